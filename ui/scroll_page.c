/* A record as a page that scrolls; see scroll_page.h. */
#include "ui/scroll_page.h"

#include <stdlib.h>

#include "src/base/alloc.h"

enum { PAGE_TOP = 2 };

struct scroll_page {
	struct dialog base;
	struct json *record;
	struct scroll scroll;
};

void scroll_page_draw(struct dialog *base, const struct area *body)
{
	struct scroll_page *p = (struct scroll_page *)base;
	const struct scroll_page_type *type = (const struct scroll_page_type *)base->type;
	struct area part = area_part(body, 0, PAGE_TOP, body->width, body->height - PAGE_TOP);

	type->title(p->record, body);
	part.skip = p->scroll.at;
	p->scroll.room = part.height;
	p->scroll.lines = type->body(p->record, &part, console_now(base->console));
	part.skip = 0;
	scroll_draw_more(&p->scroll, &part);
	area_cursor(body, 1, 0);
}

bool scroll_page_input(struct dialog *base, const struct input *in)
{
	struct scroll_page *p = (struct scroll_page *)base;

	console_redraw(base->console);
	if (scroll_input(&p->scroll, in))
		return true;
	if (in->type == INPUT_KEY && (in->key == 'q' || in->key == PRESS_ENTER)) {
		dialog_close(base);
		return true;
	}
	return in->type == INPUT_PASTE;
}

void scroll_page_free(struct dialog *base)
{
	struct scroll_page *p = (struct scroll_page *)base;

	json_free(p->record);
	free(p);
}

void scroll_page_open(struct console *c, const struct scroll_page_type *type,
		      const struct json *record)
{
	struct scroll_page *p = x_calloc(1, sizeof(*p));

	p->base.type = &type->dialog;
	p->record = json_keep(record);
	dialog_push(c, &p->base);
}
