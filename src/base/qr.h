/* A QR code as modules, by libqrencode, the only file that knows it. Drawing is the front ends'. */
#ifndef BASE_QR_H
#define BASE_QR_H

#include <stdbool.h>

enum { QR_TEXT_MAX = 512, QR_QUIET = 4 /* light modules around it (ISO/IEC 18004 §5.3.8) */ };

struct qr {
	int width;		/* modules a side, without the quiet zone */
	unsigned char *modules; /* row by row; 1 dark */
};

/* Byte mode, level L, the smallest version that fits. False: too long, or empty. */
bool qr_make(struct qr *q, const char *text);
void qr_release(struct qr *q);
/* Is the module dark? Outside of the code it is light. */
bool qr_dark(const struct qr *q, int x, int y);

#endif
