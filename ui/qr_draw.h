/* A QR code in half blocks: two modules a cell, so that they are square, light ones drawn and dark ones
 * left out, in colours of its own. A terminal without colours is taken for a dark one, `inverted` is for
 * the other kind. */
#ifndef UI_QR_DRAW_H
#define UI_QR_DRAW_H

#include <stdbool.h>

#include "src/base/qr.h"
#include "ui/frame.h"

enum { QR_QUIET_SMALL = 2 /* what scanners still take */ };

struct qr_look {
	int quiet;  /* light modules around it */
	bool large; /* two columns and a line a module */
	bool inverted;
};

/* Columns and lines that it takes. */
int qr_columns(const struct qr *q, const struct qr_look *look);
int qr_lines(const struct qr *q, const struct qr_look *look);
/* Does it fit there, and can it be drawn at all (blocks need UTF-8)? */
bool qr_fits(const struct area *a, const struct qr *q, const struct qr_look *look);
void qr_draw(const struct area *a, int x, int y, const struct qr *q, const struct qr_look *look);

#endif
