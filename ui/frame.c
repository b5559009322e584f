/* The cells of a frame, and the parts of it that are not text: areas, rules, boxes, the cursor. */
#include "ui/frame.h"

#include "src/base/alloc.h"
#include "src/base/secret.h"

static const struct cell BLANK = { .chars = { ' ' }, .style = STYLE_NORMAL };

static size_t frame_cells(const struct frame *f)
{
	return (size_t)f->width * (size_t)f->height;
}

void frame_init(struct frame *f, int width, int height, bool utf8)
{
	*f = (struct frame){ .utf8 = utf8, .cursor_x = -1, .cursor_y = -1 };
	frame_resize(f, width, height);
}

void frame_resize(struct frame *f, int width, int height)
{
	frame_release(f);
	f->width = width > 1 ? width : 1;
	f->height = height > 1 ? height : 1;
	f->cells = x_calloc(frame_cells(f), sizeof(*f->cells));
	frame_clear(f);
}

void frame_clear(struct frame *f)
{
	for (size_t i = 0; i < frame_cells(f); i++)
		f->cells[i] = BLANK;
	f->cursor_x = f->cursor_y = -1;
}

void frame_wipe(struct frame *f)
{
	secret_wipe(f->cells, frame_cells(f) * sizeof(*f->cells));
	frame_clear(f);
}

void frame_release(struct frame *f)
{
	if (f->cells)
		secret_wipe(f->cells, frame_cells(f) * sizeof(*f->cells));
	free(f->cells);
	f->cells = NULL;
	f->width = f->height = 0;
}

struct area area_of(struct frame *f)
{
	return (struct area){ f, 0, 0, f->width, f->height, 0 };
}

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

struct area area_part(const struct area *a, int x, int y, int width, int height)
{
	struct area part = { .frame = a->frame };
	int end = a->skip + a->height;
	int left = clamp(x, 0, a->width), top = clamp(y, a->skip, end);

	part.x = a->x + left;
	part.y = a->y + top - a->skip;
	part.width = clamp(x + width, left, a->width) - left;
	part.height = clamp(y + height, top, end) - top;
	part.skip = top > y ? top - y : 0;
	return part;
}

struct cell *area_row(const struct area *a, int y)
{
	int row = y - a->skip;

	if (row < 0 || row >= a->height)
		return NULL;
	return &a->frame->cells[(a->y + row) * a->frame->width + a->x];
}

void area_fill(const struct area *a, int32_t c, enum style style)
{
	for (int y = 0; y < a->height; y++) {
		struct cell *row = area_row(a, a->skip + y);

		for (int x = 0; x < a->width; x++)
			row[x] = (struct cell){ .chars = { c }, .style = (uint8_t)style };
	}
}

void area_select(const struct area *a, int y, bool on)
{
	struct cell *row = area_row(a, y);

	for (int x = 0; row && x < a->width; x++)
		row[x].selected = on;
}

void area_cursor(const struct area *a, int x, int y)
{
	if (x < 0 || !area_row(a, y) || !a->width)
		return;
	a->frame->cursor_x = a->x + clamp(x, 0, a->width - 1);
	a->frame->cursor_y = a->y + y - a->skip;
}

static void draw_line(const struct area *a, int y)
{
	const char *line = glyph(a->frame, GLYPH_HLINE);

	for (int x = 0; x < a->width; x++)
		area_text(a, x, y, 1, STYLE_SECONDARY, line);
}

/* "── title ──────── right ──" */
void area_rule(const struct area *a, int y, const char *title, const char *right)
{
	int used, room = a->width - 6;

	draw_line(a, y);
	if (title && *title && room > 0) {
		area_text(a, 2, y, 1, STYLE_NORMAL, " ");
		used = area_text(a, 3, y, room, STYLE_TITLE, title);
		area_text(a, 3 + used, y, 1, STYLE_NORMAL, " ");
		room -= used + 3;
	}
	if (right && *right && room > 2) {
		struct area end = area_part(a, a->width - 3 - room, y, room, 1);

		used = area_text_right(&end, 0, 0, room, STYLE_NORMAL, right);
		area_text(a, a->width - 4 - used, y, 1, STYLE_NORMAL, " ");
		area_text(a, a->width - 3, y, 1, STYLE_NORMAL, " ");
	}
}

static void box_side(const struct area *a, int y, enum style style, enum glyph left,
		     enum glyph right)
{
	area_text(a, 0, y, 1, style, glyph(a->frame, left));
	area_text(a, a->width - 1, y, 1, style, glyph(a->frame, right));
}

void area_box(const struct area *a, const char *title, enum style style)
{
	const char *line = glyph(a->frame, GLYPH_HLINE);
	int bottom = a->height - 1;

	for (int x = 1; x < a->width - 1; x++) {
		area_text(a, x, 0, 1, style, line);
		area_text(a, x, bottom, 1, style, line);
	}
	for (int y = 1; y < bottom; y++)
		box_side(a, y, style, GLYPH_VLINE, GLYPH_VLINE);
	box_side(a, 0, style, GLYPH_CORNER_TOP_LEFT, GLYPH_CORNER_TOP_RIGHT);
	box_side(a, bottom, style, GLYPH_CORNER_BOTTOM_LEFT, GLYPH_CORNER_BOTTOM_RIGHT);
	if (title && *title && a->width > 6) {
		int used = area_text(a, 3, 0, a->width - 6,
				     style == STYLE_DANGER ? STYLE_DANGER_TITLE : STYLE_TITLE,
				     title);

		area_text(a, 2, 0, 1, style, " ");
		area_text(a, 3 + used, 0, 1, style, " ");
	}
}
