/* QR codes into cells; see qr_draw.h. */
#include "ui/qr_draw.h"

static int modules(const struct qr *q, const struct qr_look *look)
{
	return q->width + 2 * look->quiet;
}

int qr_columns(const struct qr *q, const struct qr_look *look)
{
	return modules(q, look) * (look->large ? 2 : 1);
}

int qr_lines(const struct qr *q, const struct qr_look *look)
{
	return look->large ? modules(q, look) : (modules(q, look) + 1) / 2;
}

bool qr_fits(const struct area *a, const struct qr *q, const struct qr_look *look)
{
	return a->frame->utf8 && q->width && qr_columns(q, look) <= a->width &&
	       qr_lines(q, look) <= a->height;
}

/* Is the module drawn: x and y counted from the quiet zone's corner? */
static bool drawn(const struct qr *q, const struct qr_look *look, int x, int y)
{
	return qr_dark(q, x - look->quiet, y - look->quiet) == look->inverted;
}

void qr_draw(const struct area *a, int x, int y, const struct qr *q, const struct qr_look *look)
{
	static const char *const cells[2][2] = { { " ", "▄" }, { "▀", "█" } };

	for (int line = 0; line < qr_lines(q, look); line++) {
		for (int column = 0; column < qr_columns(q, look); column++) {
			int mx = look->large ? column / 2 : column;
			int my = look->large ? line : 2 * line;
			bool upper = drawn(q, look, mx, my);
			bool lower = look->large ? upper : drawn(q, look, mx, my + 1);

			area_text(a, x + column, y + line, 1, STYLE_QR, cells[upper][lower]);
		}
	}
}
