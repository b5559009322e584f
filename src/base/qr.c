/* QR codes by libqrencode. */
#include "src/base/qr.h"

#include <stdlib.h>
#include <string.h>

#include <qrencode.h>

#include "src/base/alloc.h"

bool qr_make(struct qr *q, const char *text)
{
	size_t len = strlen(text), count;
	QRcode *code = NULL;

	*q = (struct qr){ .width = 0 };
	if (len && len <= QR_TEXT_MAX)
		code = QRcode_encodeData((int)len, (const unsigned char *)text, 0, QR_ECLEVEL_L);
	if (!code)
		return false;
	q->width = code->width;
	count = (size_t)code->width * (size_t)code->width;
	q->modules = x_malloc(count);
	for (size_t i = 0; i < count; i++)
		q->modules[i] = code->data[i] & 1;
	QRcode_free(code);
	return true;
}

void qr_release(struct qr *q)
{
	free(q->modules);
	*q = (struct qr){ .width = 0 };
}

bool qr_dark(const struct qr *q, int x, int y)
{
	return x >= 0 && y >= 0 && x < q->width && y < q->width &&
	       q->modules[(size_t)y * (size_t)q->width + (size_t)x];
}
