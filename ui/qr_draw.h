/* A QR code in half blocks: two modules a cell, so that they are square, light ones drawn and dark ones
 * left out, in colours of its own. A terminal without colours is taken for a dark one, `inverted` is for
 * the other kind. */
#ifndef UI_QR_DRAW_H
#define UI_QR_DRAW_H

#include <stdbool.h>

#include "src/base/qr.h"
#include "ui/frame.h"

enum { QR_QUIET_SMALL = 2 /* what scanners still take */ };

/* Columns, and lines, that it takes with so many light modules around it. */
int qr_columns(const struct qr *q, int quiet);
int qr_lines(const struct qr *q, int quiet);
/* Does it fit there, and can it be drawn at all (half blocks need UTF-8)? */
bool qr_fits(const struct area *a, const struct qr *q, int quiet);
void qr_draw(const struct area *a, int x, int y, const struct qr *q, int quiet, bool inverted);

#endif
