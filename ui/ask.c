/* Questions; see ask.h. */
#include "ui/ask.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/text.h"

enum { ASK_WIDTH = 66 };

static int text_columns(const char *text)
{
	return (int)text_width(text, strlen(text));
}

/* --- question ------------------------------------------------------------------------------ */
struct ask_dialog {
	struct dialog base;
	char *title, *text, *yes, *no;
	bool danger, on_yes;
	void (*answer)(void *arg, bool yes);
	void *arg;
	int y, no_x, yes_x; /* buttons in the frame */
};

static void ask_button(const struct area *a, int x, int y, const char *label, bool focused)
{
	area_textf(a, x, y, -1, focused ? STYLE_SELECTED : STYLE_NORMAL, "[ %s ]", label);
	if (focused)
		area_cursor(a, x + 2, y);
}

static void ask_draw(struct dialog *base, const struct area *body)
{
	struct ask_dialog *d = (struct ask_dialog *)base;
	struct area measure = { .frame = body->frame, .width = ASK_WIDTH - 4 };
	int lines = area_wrap(&measure, 0, 0, -1, STYLE_NORMAL, d->text);
	struct area in = dialog_box(body, ASK_WIDTH, lines + 4, d->title,
				    d->danger ? STYLE_DANGER : STYLE_TITLE);
	int x = (in.width - text_columns(d->no) - text_columns(d->yes) - 14) / 2;

	area_wrap(&in, 0, 0, -1, STYLE_NORMAL, d->text);
	d->y = in.y + in.height - 1;
	d->no_x = in.x + x;
	ask_button(&in, x, in.height - 1, d->no, !d->on_yes);
	x += text_columns(d->no) + 10;
	d->yes_x = in.x + x;
	ask_button(&in, x, in.height - 1, d->yes, d->on_yes);
}

static void ask_finish(struct ask_dialog *d, bool yes)
{
	void (*answer)(void *arg, bool yes) = d->answer;
	void *arg = d->arg;

	d->answer = NULL;
	dialog_close(&d->base);
	if (answer)
		answer(arg, yes);
}

static bool ask_click(struct ask_dialog *d, const struct input *in)
{
	if (in->mouse != MOUSE_CLICK || in->y != d->y)
		return true;
	if (in->x >= d->no_x && in->x < d->no_x + text_columns(d->no) + 4)
		ask_finish(d, false);
	else if (in->x >= d->yes_x && in->x < d->yes_x + text_columns(d->yes) + 4)
		ask_finish(d, true);
	return true;
}

static bool ask_input(struct dialog *base, const struct input *in)
{
	struct ask_dialog *d = (struct ask_dialog *)base;

	if (in->type == INPUT_MOUSE)
		return ask_click(d, in);
	if (in->type != INPUT_KEY)
		return true;
	switch (in->key) {
	case PRESS_ESC:
		ask_finish(d, false);
		return true;
	case PRESS_ENTER:
		ask_finish(d, d->on_yes);
		return true;
	case PRESS_TAB:
	case PRESS_BACKTAB:
	case PRESS_LEFT:
	case PRESS_RIGHT:
	case 'h':
	case 'l':
		d->on_yes = !d->on_yes;
		console_redraw(base->console);
		return true;
	default:
		return in->key != PRESS_F1;
	}
}

static void ask_free(struct dialog *base)
{
	struct ask_dialog *d = (struct ask_dialog *)base;

	if (d->answer)
		d->answer(d->arg, false);
	free(d->title);
	free(d->text);
	free(d->yes);
	free(d->no);
	free(d);
}

static const struct action ask_actions[] = {
	{ PRESS_TAB, "other button", "the other button", .flags = ACTION_FOOTER },
	{ PRESS_ENTER, "press", "press the button in reverse", .flags = ACTION_FOOTER },
	{ PRESS_ESC, "no", "no: nothing is done", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct dialog_type ask_type = {
	.name = "Question",
	.actions = ask_actions,
	.draw = ask_draw,
	.input = ask_input,
	.free = ask_free,
};

void ask_open(struct console *c, const struct ask *a)
{
	struct ask_dialog *d = x_calloc(1, sizeof(*d));

	*d = (struct ask_dialog){
		.base = { .type = &ask_type },
		.title = x_strdup(a->title),
		.text = x_strdup(a->text),
		.yes = x_strdup(a->yes),
		.no = x_strdup(a->no),
		.danger = a->danger,
		.answer = a->answer,
		.arg = a->arg,
	};
	dialog_push(c, &d->base);
}
