/* Questions and menus; see ask.h. */
#include "ui/ask.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/text.h"

enum { ASK_WIDTH = 66, MENU_WIDTH = 60 };

static int text_columns(const char *text)
{
	return (int)text_width(text, strlen(text));
}

/* --- question ------------------------------------------------------------------------------------ */
struct ask_dialog {
	struct dialog base;
	char *title, *text, *yes, *no;
	bool danger, on_yes;
	void (*answer)(void *arg, bool yes);
	void *arg;
	int y, no_x, yes_x;	/* buttons in the frame */
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
	{ 0 },
};

static const struct dialog_type ask_type = {
	.name = "Question", .actions = ask_actions, .draw = ask_draw, .input = ask_input,
	.free = ask_free,
};

void ask_open(struct console *c, const struct ask *a)
{
	struct ask_dialog *d = x_calloc(1, sizeof(*d));

	*d = (struct ask_dialog){
		.base = { .type = &ask_type }, .title = x_strdup(a->title), .text = x_strdup(a->text),
		.yes = x_strdup(a->yes), .no = x_strdup(a->no), .danger = a->danger,
		.answer = a->answer, .arg = a->arg,
	};
	dialog_push(c, &d->base);
}

/* --- menu ---------------------------------------------------------------------------------------- */
struct menu_dialog {
	struct dialog base;
	char *title;
	struct menu_item *items;
	char **labels, **details;
	size_t count, at;
	void (*choose)(void *arg, size_t index);
	void *arg;
	int y;			/* of the first item in the frame */
};

static void menu_draw(struct dialog *base, const struct area *body)
{
	struct menu_dialog *d = (struct menu_dialog *)base;
	struct area in = dialog_box(body, MENU_WIDTH, (int)d->count + 2, d->title, STYLE_TITLE);

	d->y = in.y;
	for (size_t i = 0; i < d->count; i++) {
		const char key[2] = { (char)d->items[i].key, '\0' };
		struct area line = area_part(&in, 0, (int)i, in.width, 1);

		area_text(&line, 1, 0, 1, STYLE_TITLE, key);
		area_text(&line, 4, 0, 22, STYLE_NORMAL, d->labels[i]);
		if (d->details[i])
			area_text_middle(&line, 27, 0, -1, STYLE_SECONDARY, d->details[i]);
		area_select(&line, 0, i == d->at);
		if (i == d->at)
			area_cursor(&line, 0, 0);
	}
}

static void menu_finish(struct menu_dialog *d, size_t index)
{
	void (*choose)(void *arg, size_t index) = d->choose;
	void *arg = d->arg;

	dialog_close(&d->base);
	choose(arg, index);
}

static bool menu_letter(struct menu_dialog *d, int32_t key)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->items[i].key && d->items[i].key == key) {
			menu_finish(d, i);
			return true;
		}
	return false;
}

static bool menu_click(struct menu_dialog *d, const struct input *in)
{
	size_t index = (size_t)(in->y - d->y);

	if (in->mouse == MOUSE_CLICK && in->y >= d->y && index < d->count)
		menu_finish(d, index);
	return true;
}

static bool menu_input(struct dialog *base, const struct input *in)
{
	struct menu_dialog *d = (struct menu_dialog *)base;

	if (in->type == INPUT_MOUSE)
		return menu_click(d, in);
	if (in->type != INPUT_KEY || menu_letter(d, in->key))
		return true;
	switch (in->key) {
	case PRESS_UP:
	case 'k':
		d->at = (d->at + d->count - 1) % d->count;
		break;
	case PRESS_DOWN:
	case 'j':
	case PRESS_TAB:
		d->at = (d->at + 1) % d->count;
		break;
	case PRESS_ENTER:
		menu_finish(d, d->at);
		return true;
	case PRESS_ESC:
		menu_finish(d, SIZE_MAX);
		return true;
	default:
		return in->key != PRESS_F1 && in->key != '?';
	}
	console_redraw(base->console);
	return true;
}

static void menu_free(struct dialog *base)
{
	struct menu_dialog *d = (struct menu_dialog *)base;

	for (size_t i = 0; i < d->count; i++) {
		free(d->labels[i]);
		free(d->details[i]);
	}
	free(d->labels);
	free(d->details);
	free(d->items);
	free(d->title);
	free(d);
}

static const struct action menu_actions[] = {
	{ PRESS_DOWN, "choose", "next line", .flags = ACTION_FOOTER },
	{ PRESS_ENTER, "take it", "take the line in reverse", .flags = ACTION_FOOTER },
	{ PRESS_ESC, "close", "close", .flags = ACTION_FOOTER },
	{ 0 },
};

static const struct dialog_type menu_type = {
	.name = "Menu", .actions = menu_actions, .draw = menu_draw, .input = menu_input,
	.free = menu_free,
};

void menu_open(struct console *c, const struct menu *m)
{
	struct menu_dialog *d = x_calloc(1, sizeof(*d));

	*d = (struct menu_dialog){
		.base = { .type = &menu_type }, .title = x_strdup(m->title), .count = m->count,
		.at = m->first, .choose = m->choose, .arg = m->arg,
		.items = x_calloc(m->count, sizeof(*d->items)),
		.labels = x_calloc(m->count, sizeof(*d->labels)),
		.details = x_calloc(m->count, sizeof(*d->details)),
	};
	for (size_t i = 0; i < m->count; i++) {
		d->items[i] = m->items[i];
		d->labels[i] = x_strdup(m->items[i].label);
		d->details[i] = x_strdup(m->items[i].detail);
	}
	dialog_push(c, &d->base);
}
