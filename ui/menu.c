/* The menu dialog, and the sort menu made with it. */
#include "ui/menu.h"

#include "src/base/alloc.h"
#include "src/base/text.h"
#include "ui/scroll.h"
#include "ui/shell.h"

enum { SORTS_MAX = 16, LEAST_WIDTH = 30 };

struct menu {
	struct dialog dialog;
	char *title, **labels, **rights;
	size_t count, at;
	struct scroll scroll;
	int y; /* of the first line, in the frame: for the mouse */
	void (*choose)(void *arg, size_t line);
	void *arg;
};

static int menu_width(const struct menu *m)
{
	int width = (int)text_width(m->title, strlen(m->title)) + 4;

	for (size_t i = 0; i < m->count; i++) {
		int line = 4 + (int)text_width(m->labels[i], strlen(m->labels[i]));

		if (m->rights[i])
			line += 2 + (int)text_width(m->rights[i], strlen(m->rights[i]));
		width = line > width ? line : width;
	}
	return (width > LEAST_WIDTH ? width : LEAST_WIDTH) + 4;
}

static void menu_draw(struct dialog *d, const struct area *body)
{
	struct menu *m = (struct menu *)d;
	struct area box = dialog_box(body, menu_width(m), (int)m->count + 2, m->title,
				     STYLE_NORMAL);

	m->y = box.y;
	m->scroll.lines = (int)m->count;
	m->scroll.room = box.height;
	scroll_show(&m->scroll, (int)m->at, 1);
	box.skip = m->scroll.at;
	for (size_t i = (size_t)box.skip; i < m->count && (int)i < box.skip + box.height; i++) {
		int used = area_text(&box, 1, (int)i, -1, STYLE_NORMAL, m->labels[i]);

		area_text_right(&box, used + 2, (int)i, box.width - used - 3, STYLE_SECONDARY,
				m->rights[i]);
	}
	area_select(&box, (int)m->at, true);
	area_cursor(&box, 0, (int)m->at);
}

static void menu_choose(struct menu *m)
{
	void (*choose)(void *arg, size_t line) = m->choose;
	void *arg = m->arg;
	size_t at = m->at;

	dialog_close(&m->dialog);
	choose(arg, at);
}

static bool menu_mouse(struct menu *m, const struct input *in)
{
	int line = in->y - m->y;

	if (in->mouse == MOUSE_WHEEL_UP && m->at)
		m->at--;
	else if (in->mouse == MOUSE_WHEEL_DOWN && m->at + 1 < m->count)
		m->at++;
	else if (in->mouse == MOUSE_CLICK && line >= 0 && line < m->scroll.room) {
		m->at = (size_t)line + (size_t)m->scroll.at;
		menu_choose(m);
	}
	return true;
}

static bool menu_input(struct dialog *d, const struct input *in)
{
	struct menu *m = (struct menu *)d;

	if (in->type == INPUT_MOUSE)
		return menu_mouse(m, in);
	if (in->type != INPUT_KEY)
		return true;
	if ((in->key == PRESS_DOWN || in->key == 'j') && m->at + 1 < m->count)
		m->at++;
	else if ((in->key == PRESS_UP || in->key == 'k') && m->at)
		m->at--;
	else if (in->key == PRESS_ENTER)
		menu_choose(m);
	else
		return false;
	return true;
}

static void menu_free(struct dialog *d)
{
	struct menu *m = (struct menu *)d;

	for (size_t i = 0; i < m->count; i++) {
		free(m->labels[i]);
		free(m->rights[i]);
	}
	free(m->labels);
	free(m->rights);
	free(m->title);
	free(m);
}

static const struct action menu_actions[] = {
	{ .key = PRESS_UP,
	  .keys = "↑↓",
	  .label = "choose",
	  .help = "line",
	  .flags = ACTION_FOOTER },
	{ .key = PRESS_ENTER, .label = "take", .help = "take the line", .flags = ACTION_FOOTER },
	{ .key = PRESS_ESC,
	  .label = "close",
	  .help = "close, nothing is done",
	  .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct dialog_type menu_type = {
	.name = "Menu",
	.flags = DIALOG_TYPE_AHEAD,
	.actions = menu_actions,
	.draw = menu_draw,
	.input = menu_input,
	.free = menu_free,
};

void menu_open(struct console *c, const char *title, const struct menu_line *lines, size_t at,
	       void (*choose)(void *arg, size_t line), void *arg)
{
	struct menu *m = x_calloc(1, sizeof(*m));

	m->dialog.type = &menu_type;
	m->title = x_strdup(title);
	while (lines[m->count].label)
		m->count++;
	m->labels = x_calloc(m->count + 1, sizeof(*m->labels));
	m->rights = x_calloc(m->count + 1, sizeof(*m->rights));
	for (size_t i = 0; i < m->count; i++) {
		m->labels[i] = x_strdup(lines[i].label);
		m->rights[i] = x_strdup(lines[i].right);
	}
	m->at = at < m->count ? at : 0;
	m->choose = choose;
	m->arg = arg;
	dialog_push(c, &m->dialog);
}

static void sort_chosen(void *arg, size_t line)
{
	struct view *v = arg;
	const struct list_sort *sort = &v->screen->list->sorts[line];

	list_sort_set(v->list, sort->sort, sort->descending);
	console_say(v->console, STYLE_NORMAL, "sorted by %s", sort->label);
}

void sort_menu_open(struct view *v)
{
	struct menu_line lines[SORTS_MAX] = { { NULL, NULL } };

	for (size_t i = 0; i + 1 < SORTS_MAX && v->screen->list->sorts[i].label; i++)
		lines[i].label = v->screen->list->sorts[i].label;
	menu_open(v->console, "Sort by", lines, 0, sort_chosen, v);
}
