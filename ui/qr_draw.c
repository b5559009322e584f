/* QR codes into cells; see qr_draw.h. */
#include "ui/qr_draw.h"

int qr_columns(const struct qr *q, int quiet)
{
	return q->width + 2 * quiet;
}

int qr_lines(const struct qr *q, int quiet)
{
	return (qr_columns(q, quiet) + 1) / 2;
}

bool qr_fits(const struct area *a, const struct qr *q, int quiet)
{
	return a->frame->utf8 && q->width && qr_columns(q, quiet) <= a->width &&
	       qr_lines(q, quiet) <= a->height;
}

void qr_draw(const struct area *a, int x, int y, const struct qr *q, int quiet, bool inverted)
{
	static const char *const cells[2][2] = { { " ", "▄" }, { "▀", "█" } };

	for (int line = 0; line < qr_lines(q, quiet); line++) {
		for (int column = 0; column < qr_columns(q, quiet); column++) {
			bool upper = qr_dark(q, column - quiet, 2 * line - quiet) == inverted;
			bool lower = qr_dark(q, column - quiet, 2 * line + 1 - quiet) == inverted;

			area_text(a, x + column, y + line, 1, STYLE_QR, cells[upper][lower]);
		}
	}
}
