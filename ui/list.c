/* The list widget: its state, what others ask of it, and what keys and the mouse do to it. */
#include "ui/list.h"

#include "src/base/alloc.h"
#include "ui/list_state.h"

/* A longer search is refused: the list would go on as if there were no filter. */
enum { FILTER_MAX = 200, WHEEL_ROWS = 3 };

struct list *list_new(const struct list_type *type, struct view *v)
{
	struct list *l = x_calloc(1, sizeof(*l));

	l->type = type;
	l->view = v;
	l->matches = l->total = -1;
	l->height = 20;
	l->sort = type->sorts[0].sort;
	l->descending = type->sorts[0].descending;
	edit_init(&l->filter, FILTER_MAX);
	return l;
}

void list_free(struct list *l)
{
	if (!l)
		return;
	list_load_drop(l);
	for (size_t i = 0; i < l->count; i++)
		json_free(l->rows[i]);
	list_marks_free(l);
	edit_release(&l->filter);
	free(l->last_filter);
	free(l->rows);
	free(l);
}

/* --- what others ask -------------------------------------------------------------------------- */

const char *list_id_of(const struct list_type *t, const struct json *row, char out[LIST_ID])
{
	const char *id = json_get_text(row, "id");

	if (t->id)
		return t->id(row, out);
	snprintf(out, LIST_ID, "%s", id ? id : "");
	return out;
}

const char *list_name_of(const struct list_type *t, const struct json *row)
{
	const char *name = t->name ? t->name(row) : json_get_text(row, "name");

	return name ? name : "?";
}

const char *list_row_id(const struct list *l, size_t index, char out[LIST_ID])
{
	return index < l->count ? list_id_of(l->type, l->rows[index], out) : NULL;
}

size_t list_find(const struct list *l, const char *id)
{
	char text[LIST_ID];

	for (size_t i = 0; i < l->count; i++) {
		if (!strcmp(list_row_id(l, i, text), id))
			return i;
	}
	return l->count;
}

const struct json *list_row(const struct list *l)
{
	return l->cursor < l->count ? l->rows[l->cursor] : NULL;
}

const struct json *list_at(const struct list *l, size_t n)
{
	return n < l->count ? l->rows[n] : NULL;
}

const char *list_id(const struct list *l)
{
	static char id[LIST_ID];

	return list_row_id(l, l->cursor, id);
}

const char *list_filter(const struct list *l)
{
	return l->filter.text;
}

bool list_filter_editing(const struct list *l)
{
	return l->editing;
}

bool list_filter_shown(const struct list *l)
{
	return l->editing || l->filter.len;
}

int64_t list_count(const struct list *l)
{
	return l->matches;
}

bool list_loading(const struct list *l)
{
	return l->page || !l->loaded;
}

void list_reload(struct list *l)
{
	char id[LIST_ID];

	if (l->rest)
		return; /* it will be */
	if (l->page && l->request != REQUEST_MORE && l->request != REQUEST_LESS)
		l->reload_again = true;
	else if (list_row_id(l, l->cursor, id))
		list_load(l, REQUEST_BEFORE, id);
	else
		list_load(l, REQUEST_START, NULL);
}

void list_select(struct list *l, const char *id)
{
	snprintf(l->wanted, sizeof(l->wanted), "%s", id);
	list_load(l, REQUEST_BEFORE, l->wanted);
}

static void filter_changed(struct list *l)
{
	list_marks_refilter(l);
	l->matches = l->filter.len ? -1 : l->total;
	*l->wanted = '\0';
	list_load(l, REQUEST_START, NULL);
}

void list_filter_set(struct list *l, const char *filter)
{
	edit_set(&l->filter, filter);
	filter_changed(l);
}

void list_sort_set(struct list *l, const char *sort, bool descending)
{
	l->sort = sort;
	l->descending = descending;
	*l->wanted = '\0';
	list_load(l, REQUEST_START, NULL);
}

/* --- the cursor ----------------------------------------------------------------------------------- */

static size_t page_rows(const struct list *l)
{
	return l->height > 2 ? (size_t)l->height - 1 : 1;
}

/* Loads ahead, so that a person who keeps a key down never waits. */
static void cursor_ahead(struct list *l)
{
	size_t margin = 3 * page_rows(l);

	if (l->page)
		return;
	if (!l->at_end && l->cursor + margin >= l->count)
		list_load(l, REQUEST_MORE, NULL);
	else if (!l->at_start && l->cursor < margin)
		list_load(l, REQUEST_LESS, NULL);
}

static void cursor_move(struct list *l, ptrdiff_t by)
{
	ptrdiff_t to = (ptrdiff_t)l->cursor + by, last = (ptrdiff_t)l->count - 1;

	l->cursor = (size_t)(to < 0 || last < 0 ? 0 : to > last ? last : to);
	cursor_ahead(l);
	console_redraw(l->view->console);
}

static void cursor_start(struct list *l)
{
	if (l->at_start) {
		cursor_move(l, -(ptrdiff_t)l->count);
		return;
	}
	*l->wanted = '\0';
	list_load(l, REQUEST_START, NULL);
}

static void cursor_end(struct list *l)
{
	if (l->at_end) {
		cursor_move(l, (ptrdiff_t)l->count);
		return;
	}
	*l->wanted = '\0';
	list_load(l, REQUEST_END, NULL);
}

static bool cursor_key(struct list *l, int32_t key)
{
	switch (key) {
	case PRESS_UP:
		cursor_move(l, -1);
		return true;
	case PRESS_DOWN:
		cursor_move(l, 1);
		return true;
	case PRESS_PAGE_UP:
		cursor_move(l, -(ptrdiff_t)page_rows(l));
		return true;
	case PRESS_PAGE_DOWN:
		cursor_move(l, (ptrdiff_t)page_rows(l));
		return true;
	case PRESS_HOME:
		cursor_start(l);
		return true;
	case PRESS_END:
		cursor_end(l);
		return true;
	default:
		return false;
	}
}

/* --- filter ------------------------------------------------------------------------------------------ */

static void filter_remember(struct list *l)
{
	l->editing = false;
	if (!l->filter.len)
		return;
	free(l->last_filter);
	l->last_filter = x_strdup(l->filter.text);
}

static bool filter_input(struct list *l, const struct input *in)
{
	char *before;
	bool taken;

	if (in->type == INPUT_KEY && (in->key == PRESS_ESC || in->key == PRESS_ENTER)) {
		filter_remember(l);
		return true;
	}
	if (in->type == INPUT_KEY && in->key != PRESS_HOME && in->key != PRESS_END &&
	    cursor_key(l, in->key))
		return true;
	before = x_strdup(l->filter.text);
	taken = edit_input(&l->filter, in);
	if (strcmp(before, l->filter.text))
		filter_changed(l);
	free(before);
	return taken || in->type == INPUT_KEY;
}

/* n and N: among the matches of the filter that is on, else of the last one. */
static void next_match(struct list *l, bool backwards)
{
	if (l->filter.len)
		cursor_move(l, backwards ? -1 : 1);
	else if (l->last_filter)
		list_load_match(l, backwards);
	else
		console_say(l->view->console, STYLE_NORMAL, "no filter was typed yet: / does");
}

/* Esc takes back one thing at a time; with nothing to take back it isn't ours. */
static bool take_back(struct list *l)
{
	if (l->marked.count)
		list_unmark_all(l);
	else if (l->filter.len)
		list_filter_set(l, "");
	else
		return false;
	return true;
}

/* --- input ------------------------------------------------------------------------------------------- */

static bool list_key(struct list *l, int32_t key)
{
	switch (key) {
	case 'j':
	case 'k':
		cursor_move(l, key == 'j' ? 1 : -1);
		return true;
	case 'g':
		cursor_start(l);
		return true;
	case 'G':
		cursor_end(l);
		return true;
	case '/':
		l->editing = true;
		return true;
	case 'n':
	case 'N':
		next_match(l, key == 'N');
		return true;
	case ' ':
		list_mark_toggle(l);
		cursor_move(l, 1);
		return true;
	case 'a':
		list_mark_all(l);
		return true;
	case PRESS_ESC:
		return take_back(l);
	default:
		return cursor_key(l, key);
	}
}

static void click_title(struct list *l, int x)
{
	for (int i = 0; l->type->columns[i].title; i++) {
		const struct list_column *column = &l->type->columns[i];
		bool same = column->sort && !strcmp(column->sort, l->sort);

		if (!l->column_width[i] || x < l->column_x[i] ||
		    x >= l->column_x[i] + l->column_width[i])
			continue;
		if (column->sort)
			list_sort_set(l, column->sort, same ? !l->descending : column->descending);
	}
}

static bool list_mouse(struct list *l, const struct input *in)
{
	int line = in->y - 1;

	if (in->mouse == MOUSE_WHEEL_UP || in->mouse == MOUSE_WHEEL_DOWN)
		cursor_move(l, in->mouse == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS);
	else if (in->mouse == MOUSE_CLICK && line < 0)
		click_title(l, in->x);
	else if (in->mouse == MOUSE_CLICK && line < l->line_count && l->line_row[line] >= 0)
		cursor_move(l, l->line_row[line] - (ptrdiff_t)l->cursor);
	return true;
}

bool list_input(struct list *l, const struct input *in)
{
	if (in->type == INPUT_MOUSE)
		return list_mouse(l, in);
	if (l->editing)
		return filter_input(l, in);
	return in->type == INPUT_KEY && list_key(l, in->key);
}
