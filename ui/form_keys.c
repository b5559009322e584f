/* What keys, pastes and clicks do in a form. */
#include <string.h>

#include "ui/form.h"

static struct form_item *form_focused(struct form *f)
{
	return f->focus < f->count ? &f->items[f->focus] : NULL;
}

static void form_go(struct form *f, size_t focus)
{
	struct form_item *item = form_focused(f);

	f->focus = focus;
	if (!item)
		return;
	form_check_item(f, item);
	if (f->left)
		f->left(f->left_arg, item);
}

static void form_step(struct form *f, int by)
{
	size_t stops = f->count + 2;
	size_t to = (f->focus + stops + (size_t)by) % stops;

	if (to == f->count + 1 && f->blocked)
		to = (to + stops + (size_t)by) % stops;
	form_go(f, to);
}

static void choice_step(struct form_item *item, int by)
{
	const char *const *choices = item->arg->choices;
	size_t count = 0, at = 0;

	while (choices[count]) {
		if (strcmp(choices[count], item->field.text) == 0)
			at = count + (by > 0 ? 1 : 0);
		count++;
	}
	if (!count)
		return;
	if (by < 0)
		at = (at + count - 1) % count;
	edit_set(&item->field, choices[at % count]);
}

static bool choice_letter(struct form_item *item, int32_t key)
{
	for (const char *const *c = item->arg->choices; *c; c++)
		if ((*c)[0] == key && strcmp(*c, item->field.text) != 0) {
			edit_set(&item->field, *c);
			return true;
		}
	return false;
}

static bool choice_input(struct form_item *item, const struct input *in)
{
	if (in->type != INPUT_KEY)
		return false;
	if (in->key == PRESS_LEFT || in->key == PRESS_RIGHT || in->key == ' ') {
		choice_step(item, in->key == PRESS_LEFT ? -1 : 1);
		return true;
	}
	if (in->key == PRESS_BACKSPACE || in->key == PRESS_DELETE) {
		edit_set(&item->field, item->arg->fallback ? item->arg->fallback : "");
		return true;
	}
	return choice_letter(item, in->key);
}

static bool flag_input(struct form_item *item, const struct input *in)
{
	if (in->type != INPUT_KEY || in->key != ' ')
		return false;
	edit_set(&item->field, item->field.len ? "" : "true");
	return true;
}

/* A printable key or a paste is used up even where the item has no use for it: a missed key
 * must not
 * turn into a command. */
static bool item_swallows(const struct input *in)
{
	return in->type == INPUT_PASTE ||
	       (in->type == INPUT_KEY && in->key >= ' ' && in->key < PRESS_NONE && in->key != 0x7f);
}

/* It would stand there for all to see, and be stored as it is. */
static enum form_event item_refuse_secret(struct form_item *item)
{
	err_set(&item->error, ERR_USAGE, "a secret of a key: not taken");
	err_hint(&item->error, "i in the list identifies it");
	return FORM_TAKEN;
}

static enum form_event item_input(struct form *f, struct form_item *item, const struct input *in)
{
	bool changed;

	if (!item->field.hidden && paste_has_secret(in))
		return item_refuse_secret(item);
	if (item->arg->type == ARG_CHOICE) {
		changed = choice_input(item, in);
	} else if (item->arg->type == ARG_FLAG) {
		changed = flag_input(item, in);
	} else {
		changed = edit_input(&item->field, in);
	}
	if (!changed)
		return item_swallows(in) ? FORM_TAKEN : FORM_IGNORED;
	form_changed(f, item);
	return FORM_CHANGED;
}

static enum form_event form_enter(struct form *f)
{
	if (f->focus == f->count)
		return FORM_CANCEL;
	if (f->focus == f->count + 1)
		return f->blocked ? FORM_TAKEN : FORM_SUBMIT;
	form_step(f, 1);
	return FORM_TAKEN;
}

static enum form_event form_tab(struct form *f)
{
	struct form_item *item = form_focused(f);

	if (item && form_complete(f, item))
		return FORM_CHANGED;
	form_step(f, 1);
	return FORM_TAKEN;
}

static enum form_event form_submit(struct form *f)
{
	struct form_item *item = form_focused(f);

	if (item)
		form_check_item(f, item);
	return f->blocked ? FORM_TAKEN : FORM_SUBMIT;
}

static enum form_event form_click(struct form *f, const struct input *in)
{
	if (in->mouse != MOUSE_CLICK)
		return FORM_TAKEN;
	for (size_t i = 0; i < f->count; i++) {
		const struct form_item *item = &f->items[i];

		if (item->y != in->y || in->x < item->x || in->x >= item->x + item->width)
			continue;
		form_go(f, i);
		return FORM_TAKEN;
	}
	if (in->y != f->buttons_y || in->x < f->cancel_x)
		return FORM_IGNORED;
	if (in->x < f->submit_x - 3)
		return FORM_CANCEL;
	if (in->x < f->submit_x || in->x >= f->submit_x + 4 + (int)strlen(f->submit))
		return FORM_IGNORED;
	return form_submit(f);
}

enum form_event form_input(struct form *f, const struct input *in)
{
	struct form_item *item = form_focused(f);

	if (in->type == INPUT_MOUSE)
		return form_click(f, in);
	if (in->type == INPUT_PASTE)
		return item ? item_input(f, item, in) : FORM_TAKEN;
	switch (in->key) {
	case PRESS_CTRL('S'):
		return form_submit(f);
	case PRESS_CTRL('Y'):
		return FORM_COPY;
	case PRESS_ESC:
		return FORM_CANCEL;
	case PRESS_ENTER:
		return form_enter(f);
	case PRESS_TAB:
		return form_tab(f);
	case PRESS_BACKTAB:
	case PRESS_UP:
		form_step(f, -1);
		return FORM_TAKEN;
	case PRESS_DOWN:
		form_step(f, 1);
		return FORM_TAKEN;
	default:
		break;
	}
	if (item)
		return item_input(f, item, in);
	if (in->key == PRESS_LEFT || in->key == PRESS_RIGHT) {
		f->focus = f->count + (f->focus == f->count);
		return FORM_TAKEN;
	}
	return FORM_IGNORED;
}
