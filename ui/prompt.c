/* One line to type, plain or hidden; see ask.h. */
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "ui/ask.h"
#include "ui/edit.h"

enum { PROMPT_WIDTH = 72, PROMPT_MAX = 4096, PROMPT_SECRET_MAX = 1024 };

struct prompt_dialog {
	struct dialog base;
	char *title, *text, *label, *submit;
	struct edit edit;
	char error[512];
	size_t focus; /* 0 field, 1 cancel, 2 submit */
	bool (*answer)(void *arg, const char *text, char *error);
	void *arg;
};

static int prompt_button(const struct area *a, int x, int y, const char *label, bool focused)
{
	int used = area_textf(a, x, y, -1, focused ? STYLE_SELECTED : STYLE_NORMAL, "[ %s ]",
			      label);

	if (focused)
		area_cursor(a, x + 2, y);
	return used;
}

static void prompt_draw(struct dialog *base, const struct area *body)
{
	struct prompt_dialog *d = (struct prompt_dialog *)base;
	struct area measure = { .frame = body->frame, .width = PROMPT_WIDTH - 4 };
	int lines = area_wrap(&measure, 0, 0, -1, STYLE_NORMAL, d->text);
	struct area in = dialog_box(body, PROMPT_WIDTH, lines + 7, d->title, STYLE_TITLE);
	int x, y = area_wrap(&in, 0, 0, -1, STYLE_NORMAL, d->text) + 1;

	x = area_text(&in, 0, y, -1, STYLE_NORMAL, d->label) + 2;
	edit_draw(&d->edit, &in, x, y, in.width - x, d->focus ? STYLE_FIELD : STYLE_FIELD_CURRENT,
		  d->focus == 0);
	if (d->error[0])
		area_textf(&in, x, y + 1, -1, STYLE_DANGER, "%s %s", glyph(in.frame, GLYPH_FAIL),
			   d->error);
	x = in.width / 4;
	x += prompt_button(&in, x, in.height - 1, "Cancel", d->focus == 1) + 3;
	prompt_button(&in, x, in.height - 1, d->submit, d->focus == 2);
}

static void prompt_finish(struct prompt_dialog *d, bool submit)
{
	d->error[0] = '\0';
	if (d->answer(d->arg, submit ? d->edit.text : NULL, d->error) || !submit)
		dialog_close(&d->base);
	else
		console_redraw(d->base.console);
}

static bool prompt_input(struct dialog *base, const struct input *in)
{
	struct prompt_dialog *d = (struct prompt_dialog *)base;

	if (in->type == INPUT_MOUSE)
		return true;
	if (in->type == INPUT_KEY && in->key == PRESS_ESC) {
		prompt_finish(d, false);
		return true;
	}
	if (in->type == INPUT_KEY && (in->key == PRESS_ENTER || in->key == PRESS_CTRL('S'))) {
		prompt_finish(d, in->key != PRESS_ENTER || d->focus != 1);
		return true;
	}
	if (in->type == INPUT_KEY && (in->key == PRESS_TAB || in->key == PRESS_BACKTAB))
		d->focus = (d->focus + (in->key == PRESS_TAB ? 1 : 2)) % 3;
	else if (d->focus == 0 && edit_input(&d->edit, in))
		d->error[0] = '\0';
	else
		return in->type != INPUT_KEY || in->key != PRESS_F1;
	console_redraw(base->console);
	return true;
}

static void prompt_free(struct dialog *base)
{
	struct prompt_dialog *d = (struct prompt_dialog *)base;

	edit_release(&d->edit);
	free(d->title);
	free(d->text);
	free(d->label);
	free(d->submit);
	free(d);
}

static const struct action prompt_actions[] = {
	{ PRESS_ENTER, "done", "done", .flags = ACTION_FOOTER },
	{ PRESS_TAB, "next", "next", .flags = ACTION_FOOTER },
	{ PRESS_ESC, "cancel", "give it up", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct dialog_type prompt_type = {
	.name = "Prompt",
	.actions = prompt_actions,
	.draw = prompt_draw,
	.input = prompt_input,
	.free = prompt_free,
};

void prompt_open(struct console *c, const struct prompt *p)
{
	struct prompt_dialog *d = x_calloc(1, sizeof(*d));

	*d = (struct prompt_dialog){
		.base = { .type = &prompt_type },
		.title = x_strdup(p->title),
		.text = x_strdup(p->text),
		.label = x_strdup(p->label),
		.submit = x_strdup(p->submit),
		.answer = p->answer,
		.arg = p->arg,
	};
	if (p->hidden)
		edit_init_hidden(&d->edit, PROMPT_SECRET_MAX);
	else
		edit_init(&d->edit, PROMPT_MAX);
	if (p->start)
		edit_set(&d->edit, p->start);
	dialog_push(c, &d->base);
}
