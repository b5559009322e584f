/* The help of a screen or dialog, made from its records: two columns of keys; `/` finds one by word or
 * by pressing it; Enter runs the line. */
#include "src/base/alloc.h"
#include "src/base/text.h"
#include "ui/edit.h"
#include "ui/shell.h"

enum { ENTRIES = 96, KEY_WIDTH = 11, WIDTH = 76, FEET = 4, SEARCH_MAX = 40 };

/* A line of help: an action, a group's title, or a blank (both NULL). */
struct help_entry {
	const struct action *action;
	const char *title;
};

struct help {
	struct dialog dialog;
	struct view *view;
	const char *name;
	struct dialog *about; /* help of a dialog; NULL: of the screen */
	struct help_entry all[ENTRIES], shown[ENTRIES];
	size_t all_count, shown_count, at, top;
	struct edit search;
	bool editing;
	struct area left, right; /* where the lines were drawn, for the mouse */
};

static const char *const group_titles[GROUP_COUNT] = {
	[GROUP_MOVE] = "MOVE",
	[GROUP_CHANGE] = "CHANGE",
	[GROUP_FIND] = "FIND",
	[GROUP_OTHER] = "OTHER",
};

/* --- entries ------------------------------------------------------------------------------------ */

static void entry_add(struct help *h, const struct action *a, const char *title)
{
	if (h->all_count < ENTRIES)
		h->all[h->all_count++] = (struct help_entry){ a, title };
}

static void group_add(struct help *h, const struct action *table, enum action_group group,
		      bool *begun)
{
	for (const struct action *a = table; a && a->label; a++) {
		if (a->group != group || !a->help || !a->key ||
		    !action_offered(h->dialog.console, a))
			continue;
		if (a->flags & ACTION_LIST && !h->view->list)
			continue;
		if (!*begun && h->all_count)
			entry_add(h, NULL, NULL);
		if (!*begun)
			entry_add(h, NULL, group_titles[group]);
		*begun = true;
		entry_add(h, a, NULL);
	}
}

static void entries_collect(struct help *h)
{
	if (h->about) {
		for (const struct action *a = h->about->type->actions; a && a->label; a++)
			entry_add(h, a, NULL);
		return;
	}
	for (int group = 0; group < GROUP_COUNT; group++) {
		bool begun = false;

		group_add(h, h->view->screen->actions, (enum action_group)group, &begun);
		group_add(h, shell_actions, (enum action_group)group, &begun);
	}
}

/* One character asks for the key, more for words. */
static bool entry_fits(const struct help *h, const struct action *a)
{
	char folded[SEARCH_MAX + 1];
	size_t len = h->search.len;

	if (len == 1)
		return a->key == h->search.text[0] || (a->keys && strchr(a->keys, *h->search.text));
	for (size_t i = 0; i <= len; i++)
		folded[i] = h->search.text[i] >= 'A' && h->search.text[i] <= 'Z'
				    ? (char)(h->search.text[i] + 32)
				    : h->search.text[i];
	return text_contains(a->help, strlen(a->help), folded, len) ||
	       text_contains(a->label, strlen(a->label), folded, len);
}

/* A title that would end the left column begins the right one. */
static void titles_keep(struct help *h)
{
	size_t half = (h->shown_count + 1) / 2;

	while (half && h->shown[half - 1].title && h->shown_count < ENTRIES) {
		memmove(&h->shown[half], &h->shown[half - 1],
			(h->shown_count - half + 1) * sizeof(*h->shown));
		h->shown[half - 1] = (struct help_entry){ NULL, NULL };
		h->shown_count++;
		half = (h->shown_count + 1) / 2;
	}
}

static void entries_filter(struct help *h)
{
	h->shown_count = h->at = h->top = 0;
	for (size_t i = 0; i < h->all_count; i++) {
		const struct action *a = h->all[i].action;

		if (!h->search.len || (a && entry_fits(h, a)))
			h->shown[h->shown_count++] = h->all[i];
	}
	titles_keep(h);
	while (h->at + 1 < h->shown_count && !h->shown[h->at].action)
		h->at++;
}

/* --- drawing ------------------------------------------------------------------------------------- */

static void draw_entry(const struct help *h, const struct area *a, int y, size_t index)
{
	const struct help_entry *entry = &h->shown[index];
	char key[16];

	if (entry->title)
		area_text(a, 0, y, -1, STYLE_TITLE, entry->title);
	if (!entry->action)
		return;
	area_text(a, 0, y, KEY_WIDTH - 1, STYLE_NORMAL,
		  entry->action->keys ? entry->action->keys : press_name(entry->action->key, key));
	area_text(a, KEY_WIDTH, y, -1, STYLE_NORMAL, entry->action->help);
	if (index == h->at) {
		area_select(a, y, true);
		area_cursor(a, 0, y);
	}
}

static void draw_columns(struct help *h, const struct area *a)
{
	size_t half = (h->shown_count + 1) / 2, line, height = (size_t)a->height;

	if (h->search.len || half < 4)
		half = h->shown_count;
	line = half ? h->at % half : 0;
	if (line < h->top)
		h->top = line;
	if (line >= h->top + height)
		h->top = line - height + 1;
	h->left = area_part(a, 0, 0, half < h->shown_count ? a->width / 2 - 1 : a->width,
			    a->height);
	h->right = area_part(a, a->width / 2 + 1, 0, a->width / 2 - 1, a->height);
	for (size_t i = h->top; i < half && i < h->top + height; i++) {
		draw_entry(h, &h->left, (int)(i - h->top), i);
		if (i + half < h->shown_count)
			draw_entry(h, &h->right, (int)(i - h->top), i + half);
	}
}

static void draw_more(const struct help *h, const struct area *a)
{
	if (h->top + (size_t)h->left.height < (h->shown_count + 1) / 2)
		area_text(a, a->width - 13, 0, -1, STYLE_SECONDARY, " more below ");
}

/* What can't be done right now, and why: the first of them. */
static const char *first_disabled(const struct help *h, char out[200])
{
	for (const struct action *a = h->view->screen->actions; a && a->label; a++) {
		const char *reason = a->disabled && action_offered(h->dialog.console, a)
					     ? action_disabled(h->view, a)
					     : NULL;
		char key[16];

		if (!reason)
			continue;
		snprintf(out, 200, "Not now: %s %s: %s", press_name(a->key, key), a->label, reason);
		return out;
	}
	return "";
}

static const char *help_legend(const struct help *h)
{
	const char *legend = h->about ? NULL : h->view->screen->legend;

	return legend ? legend : "";
}

/* Lines below the keys: a rule, what can't be done, the legend. */
static int feet_height(const struct help *h)
{
	return *help_legend(h) ? FEET : 2;
}

static void draw_feet(const struct help *h, const struct area *a)
{
	char text[200];

	dialog_rule(a, 0);
	if (!h->about)
		area_text(a, 0, 1, a->width - 37, STYLE_NORMAL, first_disabled(h, text));
	area_text_right(a, 0, 1, a->width, STYLE_NORMAL,
			h->dialog.console->mouse ? "Mouse on, M off; Shift-drag selects"
						 : "Mouse off, M on");
	area_wrap(a, 0, 2, a->width, STYLE_NORMAL, help_legend(h));
}

static void help_draw(struct dialog *d, const struct area *body)
{
	struct help *h = (struct help *)d;
	int lines = (int)(h->shown_count > h->all_count / 2 ? (h->all_count + 1) / 2
							    : h->all_count / 2);
	char title[80];
	struct area box, lists, feet;

	snprintf(title, sizeof(title), "Help: %s", h->name);
	box = dialog_box(body, WIDTH, lines + feet_height(h) + 3, title, STYLE_NORMAL);
	if (h->editing || h->search.len) {
		area_text(&box, 0, 0, -1, STYLE_TITLE, "/");
		edit_draw(&h->search, &box, 1, 0, 30, STYLE_FIELD, h->editing);
	} else {
		area_text_right(&box, 0, 0, box.width, STYLE_SECONDARY, "/ a word or a key");
	}
	lists = area_part(&box, 0, 1, box.width, box.height - 1 - feet_height(h));
	feet = area_part(&box, 0, box.height - feet_height(h), box.width, feet_height(h));
	draw_feet(h, &feet);
	draw_columns(h, &lists);
	draw_more(h, &feet);
	if (!h->shown_count)
		area_text(&lists, 0, 0, -1, STYLE_NORMAL, "nothing here has this key or word");
}

/* --- input ----------------------------------------------------------------------------------------- */

static void help_move(struct help *h, int by)
{
	size_t at = h->at;

	do {
		if ((by < 0 && !at) || (by > 0 && at + 1 >= h->shown_count))
			return;
		at = by < 0 ? at - 1 : at + 1;
	} while (!h->shown[at].action);
	h->at = at;
}

static void help_run(struct help *h)
{
	const struct action *a = h->at < h->shown_count ? h->shown[h->at].action : NULL;
	struct console *c = h->dialog.console;
	bool about_screen = !h->about;

	dialog_close(&h->dialog);
	if (a && about_screen)
		shell_input(c, &(struct input){ .type = INPUT_KEY, .key = a->key });
}

static bool help_click(struct help *h, const struct input *in)
{
	size_t half = (h->shown_count + 1) / 2;
	int line = in->y - h->left.y;
	size_t index = h->top + (size_t)(line < 0 ? 0 : line);

	if (in->mouse == MOUSE_WHEEL_UP || in->mouse == MOUSE_WHEEL_DOWN)
		help_move(h, in->mouse == MOUSE_WHEEL_UP ? -1 : 1);
	if (in->mouse != MOUSE_CLICK || line < 0 || line >= h->left.height)
		return true;
	if (!h->search.len && in->x >= h->right.x)
		index += half;
	if (index < h->shown_count && h->shown[index].action)
		h->at = index;
	return true;
}

static bool help_search(struct help *h, const struct input *in)
{
	if (in->key == PRESS_ENTER && h->search.len) {
		help_run(h);
	} else if (in->key == PRESS_ESC || in->key == PRESS_ENTER) {
		h->editing = false;
		edit_set(&h->search, "");
		entries_filter(h);
	} else if (in->key == PRESS_UP || in->key == PRESS_DOWN) {
		help_move(h, in->key == PRESS_UP ? -1 : 1);
	} else if (edit_input(&h->search, in)) {
		entries_filter(h);
	}
	return true;
}

static bool help_input(struct dialog *d, const struct input *in)
{
	struct help *h = (struct help *)d;

	if (in->type == INPUT_MOUSE)
		return help_click(h, in);
	if (h->editing)
		return help_search(h, in);
	if (in->type != INPUT_KEY)
		return true;
	if (in->key == '/')
		h->editing = true;
	else if (in->key == PRESS_UP || in->key == 'k')
		help_move(h, -1);
	else if (in->key == PRESS_DOWN || in->key == 'j')
		help_move(h, 1);
	else if (in->key == PRESS_ENTER)
		help_run(h);
	else if (in->key == '?' || in->key == 'q' || in->key == PRESS_F1)
		dialog_close(d);
	else
		return in->key != PRESS_ESC;
	return true;
}

static void help_free(struct dialog *d)
{
	struct help *h = (struct help *)d;

	edit_release(&h->search);
	free(h);
}

static const struct action help_actions[] = {
	{ .key = PRESS_UP, .keys = "↑↓", .label = "line", .help = "line", .flags = ACTION_FOOTER },
	{ .key = '/', .label = "search", .help = "find a key or a word", .flags = ACTION_FOOTER },
	{ .key = PRESS_ENTER,
	  .label = "run the line",
	  .help = "run the line",
	  .flags = ACTION_FOOTER },
	{ .key = PRESS_ESC, .label = "close", .help = "close", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct dialog_type help_type = {
	.name = "Help",
	.flags = DIALOG_TYPE_AHEAD,
	.actions = help_actions,
	.draw = help_draw,
	.input = help_input,
	.free = help_free,
};

void help_open(struct console *c)
{
	struct help *h;

	if (c->top && c->top->type == &help_type)
		return;
	h = x_calloc(1, sizeof(*h));
	h->dialog.type = &help_type;
	h->dialog.console = c;
	h->view = view_now(c);
	h->about = c->top;
	h->name = c->top ? c->top->type->name : h->view->screen->title;
	edit_init(&h->search, SEARCH_MAX);
	entries_collect(h);
	entries_filter(h);
	dialog_push(c, &h->dialog);
}
