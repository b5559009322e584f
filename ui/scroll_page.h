/* A record as a page that scrolls: what it draws is the owner's, the rest (keys, wheel, what is out of sight) is
 * the same for all of them. */
#ifndef UI_SCROLL_PAGE_H
#define UI_SCROLL_PAGE_H

#include "src/base/json.h"
#include "ui/dialog.h"
#include "ui/scroll.h"

struct scroll_page_type {
	struct dialog_type dialog; /* SCROLL_PAGE, with name and actions */
	/* The line above. */
	void (*title)(const struct json *record, const struct area *line);
	/* Draws it from line 0 on and returns the lines that it takes; `now` is wall time. */
	int (*body)(const struct json *record, const struct area *a, int64_t now);
};

void scroll_page_draw(struct dialog *d, const struct area *body);
bool scroll_page_input(struct dialog *d, const struct input *in);
void scroll_page_free(struct dialog *d);

#define SCROLL_PAGE                                                                 \
	.flags = DIALOG_PAGE, .draw = scroll_page_draw, .input = scroll_page_input, \
	.free = scroll_page_free

/* First of its actions. */
#define SCROLL_PAGE_ACTION                                                                        \
	{                                                                                         \
		PRESS_DOWN, "scroll", "next line; PgDn, Space: next page", .flags = ACTION_FOOTER \
	}

/* Opens it; keeps a reference to the record. */
void scroll_page_open(struct console *c, const struct scroll_page_type *type,
		      const struct json *record);

#endif
