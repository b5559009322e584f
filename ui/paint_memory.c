/* The back end that keeps the frame, so that screens are tested without a terminal. */
#include "ui/paint.h"

#include "src/base/alloc.h"
#include "src/base/text.h"

struct paint_memory {
	struct paint paint;
	struct frame frame;
	int next_width, next_height;
	struct buf sent;
	size_t sent_before;
};

static struct paint_memory *memory_of(struct paint *p)
{
	return (struct paint_memory *)p;
}

static const struct paint_memory *memory_peek(const struct paint *p)
{
	return (const struct paint_memory *)p;
}

static void memory_show(struct paint *p, const struct frame *f)
{
	struct frame *kept = &memory_of(p)->frame;

	if (kept->width != f->width || kept->height != f->height)
		frame_resize(kept, f->width, f->height);
	memcpy(kept->cells, f->cells, (size_t)f->width * (size_t)f->height * sizeof(*f->cells));
	kept->cursor_x = f->cursor_x;
	kept->cursor_y = f->cursor_y;
}

static void memory_scrub(struct paint *p)
{
	frame_wipe(&memory_of(p)->frame);
}

static void memory_resize(struct paint *p)
{
	p->width = memory_of(p)->next_width;
	p->height = memory_of(p)->next_height;
}

static void memory_nothing(struct paint *p)
{
	(void)p;
}

static void memory_mouse(struct paint *p, bool on)
{
	(void)p;
	(void)on;
}

static void memory_send(struct paint *p, const char *bytes, size_t len)
{
	buf_add(&memory_of(p)->sent, bytes, len);
}

static void memory_free(struct paint *p)
{
	frame_release(&memory_of(p)->frame);
	buf_release(&memory_of(p)->sent);
	free(p);
}

struct paint *paint_memory_new(int width, int height, bool utf8)
{
	struct paint_memory *m = x_calloc(1, sizeof(*m));

	m->paint = (struct paint){
		.utf8 = utf8,
		.width = width,
		.height = height,
		.show = memory_show,
		.scrub = memory_scrub,
		.resize = memory_resize,
		.suspend = memory_nothing,
		.mouse = memory_mouse,
		.send = memory_send,
		.free = memory_free,
	};
	m->next_width = width;
	m->next_height = height;
	buf_init(&m->sent, PASTE_MAX);
	frame_init(&m->frame, width, height, utf8);
	return &m->paint;
}

void paint_memory_size(struct paint *p, int width, int height)
{
	memory_of(p)->next_width = width;
	memory_of(p)->next_height = height;
}

const struct frame *paint_memory_frame(const struct paint *p)
{
	return &memory_peek(p)->frame;
}

const char *paint_memory_sent(struct paint *p)
{
	struct paint_memory *m = memory_of(p);
	const char *text = buf_text(&m->sent) + m->sent_before;

	m->sent_before = m->sent.len;
	return text;
}

static void cell_text(struct buf *out, const struct cell *c)
{
	char bytes[4];

	for (int i = 0; i < CELL_CHARS && c->chars[i]; i++)
		buf_add(out, bytes, utf8_encode(bytes, c->chars[i]));
}

static const struct cell *frame_row(const struct frame *f, int y)
{
	return &f->cells[y * f->width];
}

static bool is_blank(const struct cell *c)
{
	return c->chars[0] == ' ' && !c->chars[1];
}

static void row_text(const struct frame *f, int y, struct buf *out)
{
	const struct cell *row = frame_row(f, y);
	bool selected = false;
	int width = f->width;

	for (int x = 0; x < f->width; x++)
		selected |= row[x].selected;
	while (width && is_blank(&row[width - 1]))
		width--;
	buf_add_text(out, selected ? ">" : width ? " " : "");
	for (int x = 0; x < width; x++)
		cell_text(out, &row[x]);
	buf_add_char(out, '\n');
}

static const char *const style_names[STYLE_COUNT] = {
	[STYLE_NORMAL] = "normal",
	[STYLE_SECONDARY] = "secondary",
	[STYLE_GOOD] = "good",
	[STYLE_WARNING] = "warning",
	[STYLE_DANGER] = "danger",
	[STYLE_PROGRESS] = "progress",
	[STYLE_TITLE] = "title",
	[STYLE_DANGER_TITLE] = "danger title",
	[STYLE_TAB_CURRENT] = "current tab",
	[STYLE_FIELD] = "field",
	[STYLE_FIELD_CURRENT] = "field, current",
	[STYLE_SELECTED] = "selected",
	[STYLE_BADGE_WARNING] = "badge, warning",
	[STYLE_BADGE_GOOD] = "badge, good",
	[STYLE_BADGE_DANGER] = "badge, danger",
	[STYLE_QR] = "qr",
	[STYLE_HOSTILE] = "hostile",
	[STYLE_PART_ONE] = "part one",
	[STYLE_PART_TWO] = "part two",
	[STYLE_PART_THREE] = "part three",
};

static void row_styles(const struct frame *f, int y, struct buf *out)
{
	const struct cell *row = frame_row(f, y);

	for (int x = 0, end; x < f->width; x = end) {
		uint8_t style = row[x].style;

		for (end = x + 1; end < f->width && row[end].style == style; end++)
			;
		if (style == STYLE_NORMAL || style == STYLE_SECONDARY)
			continue;
		buf_addf(out, "%d,%d %s: ", y + 1, x + 1, style_names[style]);
		for (int i = x; i < end; i++)
			cell_text(out, &row[i]);
		buf_add_char(out, '\n');
	}
}

void paint_memory_text(const struct paint *p, struct buf *out, bool styles)
{
	const struct frame *f = paint_memory_frame(p);

	for (int y = 0; y < f->height; y++)
		row_text(f, y, out);
	if (f->cursor_y >= 0)
		buf_addf(out, "cursor %d,%d\n", f->cursor_y + 1, f->cursor_x + 1);
	for (int y = 0; styles && y < f->height; y++)
		row_styles(f, y, out);
}
