/* The paste box: for terminals that don't mark a paste, whose text comes as keys. */
#include <stdio.h>
#include <stdlib.h>

#include "src/base/alloc.h"
#include "ui/ask.h"
#include "ui/chart.h"
#include "ui/lines.h"
#include "ui/tokens.h"

enum { BOX_WIDTH = 76, BOX_HEIGHT = 16 };

struct paste_box {
	struct dialog base;
	struct view *view;
	struct lines lines;
	bool cut;
};

static void box_draw(struct dialog *base, const struct area *body)
{
	struct paste_box *b = (struct paste_box *)base;
	struct area in = dialog_box(body, BOX_WIDTH, BOX_HEIGHT, "Paste or type", STYLE_TITLE);
	struct area field;
	char size[NUMBER_SIZE];
	int y;

	y = area_wrap(
		&in, 0, 0, -1, STYLE_NORMAL,
		"Every key is text here, Enter too. ^D looks at it. Where the terminal marks a "
		"paste no box is needed.");
	field = area_part(&in, 0, y + 1, in.width, in.height - y - 3);
	lines_draw(&b->lines, &field, STYLE_FIELD_CURRENT, true);
	number_grouped(size, (int64_t)b->lines.len);
	area_textf(&in, 0, in.height - 1, -1,
		   b->lines.full || b->cut ? STYLE_WARNING : STYLE_SECONDARY, "%s bytes%s", size,
		   b->lines.full || b->cut ? ", more than 1 MiB: the end is missing" : "");
}

static void box_take(struct paste_box *b)
{
	struct view *v = b->view;

	if (b->lines.len)
		tokens_take(v, b->lines.text, b->lines.len, b->lines.full || b->cut, "typed");
	dialog_close(&b->base);
	console_scrub(v->console);
}

static void leave_answer(void *arg, bool yes)
{
	struct paste_box *b = arg;
	struct console *c = b->base.console;

	if (!yes)
		return;
	dialog_close(&b->base);
	console_scrub(c);
}

static void box_leave(struct paste_box *b)
{
	if (!b->lines.len) {
		leave_answer(b, true);
		return;
	}
	ask_open(b->base.console, &(struct ask){
					  .title = "Leave the paste box?",
					  .text = "What stands in it is wiped.",
					  .yes = "Wipe it",
					  .no = "Stay",
					  .answer = leave_answer,
					  .arg = b,
				  });
}

static bool box_input(struct dialog *base, const struct input *in)
{
	struct paste_box *b = (struct paste_box *)base;

	console_redraw(base->console);
	if (in->type == INPUT_KEY && (in->key == PRESS_CTRL('D') || in->key == PRESS_CTRL('S')))
		box_take(b);
	else if (in->type == INPUT_KEY && in->key == PRESS_ESC)
		box_leave(b);
	else if (!lines_input(&b->lines, in))
		return in->type != INPUT_KEY || in->key != PRESS_F1;
	else if (in->type == INPUT_PASTE)
		b->cut |= in->cut;
	return true;
}

static void box_free(struct dialog *base)
{
	struct paste_box *b = (struct paste_box *)base;

	lines_release(&b->lines);
	free(b);
}

static const struct action box_actions[] = {
	{ PRESS_CTRL('D'), "look at it", "look at what stands in the box (also ^S)",
	  .flags = ACTION_FOOTER },
	{ PRESS_ESC, "leave", "leave; asks when the box is not empty", .flags = ACTION_FOOTER },
	{ PRESS_F1, "help", "this help", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct dialog_type box_type = {
	.name = "Paste box",
	.actions = box_actions,
	.draw = box_draw,
	.input = box_input,
	.free = box_free,
};

void tokens_paste_box(struct view *v)
{
	struct paste_box *b = x_calloc(1, sizeof(*b));

	b->base.type = &box_type;
	b->view = v;
	lines_init(&b->lines, PASTE_MAX);
	dialog_push(v->console, &b->base);
}
