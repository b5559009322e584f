/* Text into cells: made terminal-safe, measured, cut with an ellipsis, wrapped at words. */
#include "ui/frame.h"

#include <stdarg.h>

#include "src/base/buf.h"
#include "src/base/text.h"
#include "ui/glyph.h"

enum { TEXT_MAX = 1 << 16, UTF8_MOST = 4 };

/* Where the next character goes. */
struct pen {
	const struct area *area;
	int x, y, limit; /* columns of the area; nothing is drawn from `limit` on */
	enum style style;
	struct cell *last; /* what a combining character joins */
};

static struct cell *pen_cell(const struct pen *p, int x)
{
	struct cell *row = area_row(p->area, p->y);

	return row && x >= 0 && x < p->area->width ? row + x : NULL;
}

static void pen_join(struct pen *p, int32_t code)
{
	if (!p->last || !p->area->frame->utf8)
		return;
	for (int i = 1; i < CELL_CHARS; i++) {
		if (!p->last->chars[i]) {
			p->last->chars[i] = code;
			return;
		}
	}
}

static void cell_put(struct cell *c, int32_t code, enum style style)
{
	if (c)
		*c = (struct cell){ .chars = { code }, .style = (uint8_t)style };
}

/* Half of a wide character may be written over: the other half becomes a blank. */
static void pen_clear_halves(const struct pen *p, int x, int width)
{
	struct cell *before = pen_cell(p, x), *after = pen_cell(p, x + width);

	if (before && !before->chars[0] && x > 0)
		cell_put(pen_cell(p, x - 1), ' ', p->style);
	if (after && !after->chars[0])
		cell_put(after, ' ', p->style);
}

static void pen_put(struct pen *p, int32_t code, int width, enum style style)
{
	bool utf8 = p->area->frame->utf8;

	if (p->x + width > p->limit) {
		p->limit = p->x;
		return;
	}
	pen_clear_halves(p, p->x, width);
	p->last = pen_cell(p, p->x);
	cell_put(p->last, utf8 ? code : glyph_fold(code), style);
	if (width == 2)
		cell_put(pen_cell(p, p->x + 1), utf8 ? 0 : glyph_fold(code), style);
	p->x += width;
}

static void pen_escape(struct pen *p, const char *bytes, size_t len)
{
	struct buf out = BUF_INIT(64);

	text_safe(&out, bytes, len);
	for (const char *c = buf_text(&out); *c; c++)
		pen_put(p, *c, 1, STYLE_HOSTILE);
	p->last = NULL;
	buf_release(&out);
}

static void pen_text(struct pen *p, const char *text, size_t len)
{
	while (len && p->x < p->limit) {
		int32_t code;
		size_t taken = utf8_decode(&code, text, len);
		int width = code_point_width(code);

		if (!code_point_safe(code) || (!width && !p->last))
			pen_escape(p, text, taken);
		else if (!width)
			pen_join(p, code);
		else
			pen_put(p, code, width, p->style);
		text += taken;
		len -= taken;
	}
	/* Marks that belong to the last character still come. */
	while (len && p->last) {
		int32_t code;
		size_t taken = utf8_decode(&code, text, len);

		if (!code_point_safe(code) || code_point_width(code))
			return;
		pen_join(p, code);
		text += taken;
		len -= taken;
	}
}

static struct pen pen_at(const struct area *a, int x, int y, int width, enum style style)
{
	int room = a->width - x;

	if (width >= 0 && width < room)
		room = width;
	return (struct pen){ a, x, y, x + (room > 0 ? room : 0), style, NULL };
}

static void pen_ellipsis(struct pen *p, int limit)
{
	p->limit = limit;
	p->last = NULL;
	pen_text(p, "…", strlen("…"));
}

int area_text(const struct area *a, int x, int y, int width, enum style style, const char *text)
{
	struct pen p = pen_at(a, x, y, width, style);
	int limit = p.limit;
	size_t len = text ? strlen(text) : 0;

	if (!len || p.x >= limit)
		return 0;
	if ((int)text_width(text, len < TEXT_MAX ? len : TEXT_MAX) <= limit - x) {
		pen_text(&p, text, len);
		return p.x - x;
	}
	p.limit = limit - 1;
	pen_text(&p, text, len);
	pen_ellipsis(&p, limit);
	return p.x - x;
}

int area_text_right(const struct area *a, int x, int y, int width, enum style style,
		    const char *text)
{
	struct pen p = pen_at(a, x, y, width, style);
	int needed = text ? (int)text_width(text, strlen(text)) : 0, room = p.limit - x;

	if (needed >= room)
		return area_text(a, x, y, width, style, text);
	return area_text(a, x + room - needed, y, needed, style, text);
}

/* The longest tail of `text` that takes at most `width` columns. */
static const char *text_tail(const char *text, int width)
{
	const char *tail = text;

	while (*tail && (int)text_width(tail, strlen(tail)) > width) {
		int32_t code;

		tail += utf8_decode(&code, tail, strlen(tail));
	}
	return tail;
}

int area_text_middle(const struct area *a, int x, int y, int width, enum style style,
		     const char *text)
{
	struct pen p = pen_at(a, x, y, width, style);
	int limit = p.limit, room = limit - x;
	const char *tail;

	if (!text || room < 3 || (int)text_width(text, strlen(text)) <= room)
		return area_text(a, x, y, width, style, text);
	tail = text_tail(text, (room - 1) / 2);
	p.limit = x + room - 1 - (int)text_width(tail, strlen(tail));
	pen_text(&p, text, (size_t)(tail - text));
	pen_ellipsis(&p, limit);
	pen_text(&p, tail, strlen(tail));
	return p.x - x;
}

int area_textf(const struct area *a, int x, int y, int width, enum style style, const char *format,
	       ...)
{
	struct buf b = BUF_INIT(TEXT_MAX);
	va_list ap;
	int used;

	va_start(ap, format);
	buf_vaddf(&b, format, ap);
	va_end(ap);
	used = area_text(a, x, y, width, style, buf_text(&b));
	buf_release(&b);
	return used;
}

/* Bytes of `text` that fit on a line of `width` columns, cut behind a word where there is one; *skip is
 * the blank or line end that goes with it. */
static size_t line_length(const char *text, int width, size_t *skip)
{
	size_t at = 0, word = 0;
	int column = 0;

	*skip = 0;
	while (text[at] && text[at] != '\n') {
		int32_t code;
		size_t taken = utf8_decode(&code, text + at, strnlen(text + at, UTF8_MOST));

		if (text[at] == ' ')
			word = at;
		column += code_point_width(code);
		if (column > width) {
			*skip = word || text[at] == ' ';
			return word ? word : at ? at : taken;
		}
		at += taken;
	}
	*skip = text[at] == '\n';
	return at;
}

int area_wrap(const struct area *a, int x, int y, int width, enum style style, const char *text)
{
	int lines = 0, room = a->width - x;

	if (width >= 0 && width < room)
		room = width;
	while (text && *text && room > 0) {
		size_t skip, len = line_length(text, room, &skip);
		struct pen p = pen_at(a, x, y + lines, width, style);

		if (area_row(a, y + lines))
			pen_text(&p, text, len);
		text += len + skip;
		lines++;
	}
	return lines;
}
