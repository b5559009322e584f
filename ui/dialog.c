/* The stack of dialogs, and the box they stand in. */
#include "ui/dialog.h"

#include "ui/shell.h"

enum { BOX_WIDTH = 76, BOX_HEIGHT = 20 };

void dialog_push(struct console *c, struct dialog *d)
{
	d->console = c;
	d->below = c->top;
	d->batch = c->batch;
	c->top = d;
	*c->message = '\0';
	console_redraw(c);
}

void dialog_close(struct dialog *d)
{
	struct console *c = d->console;
	struct dialog **at = &c->top;

	while (*at && *at != d)
		at = &(*at)->below;
	if (*at)
		*at = d->below;
	d->type->free(d);
	console_redraw(c);
}

struct dialog *dialog_top(const struct console *c)
{
	return c->top;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

struct area dialog_box(const struct area *body, int width, int height, const char *title,
		       enum style style)
{
	struct area box;

	width = least(least(width, BOX_WIDTH), body->width);
	height = least(least(height, BOX_HEIGHT), body->height);
	box = area_part(body, (body->width - width) / 2, (body->height - height) / 2, width,
			height);
	area_fill(&box, ' ', STYLE_NORMAL);
	area_box(&box, title, style);
	return area_part(&box, 2, 1, box.width - 4, box.height - 2);
}

/* A rule is drawn like the box it belongs to. */
static enum style border_style(const struct area *line, int y)
{
	const struct frame *f = line->frame;

	if (y < 0 || y >= line->height || line->x < 0 || line->x >= f->width ||
	    line->y + y >= f->height)
		return STYLE_NORMAL;
	return f->cells[(line->y + y) * f->width + line->x].style;
}

void dialog_rule(const struct area *inner, int y)
{
	struct area line = *inner;
	const char *hline = glyph(inner->frame, GLYPH_HLINE);
	enum style style;

	line.x -= 2;
	line.width += 4;
	style = border_style(&line, y);
	for (int x = 1; x < line.width - 1; x++)
		area_text(&line, x, y, 1, style, hline);
	area_text(&line, 0, y, 1, style, glyph(inner->frame, GLYPH_JOIN_LEFT));
	area_text(&line, line.width - 1, y, 1, style, glyph(inner->frame, GLYPH_JOIN_RIGHT));
}
