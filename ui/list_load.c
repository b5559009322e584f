/* Loading pages into the list's window, in worker threads: by key, so that the place in a list of a
 * million costs nothing. One page is on its way at a time; what replaces the window replaces it too. */
#include "ui/list_state.h"

#include "src/base/alloc.h"

enum {
	LEAST_PAGE = 20,
	PAGES_AHEAD = 4,
	WINDOW_MAX = LIST_WHOLE_MAX,
	REST_FROM_MS = 50,
	REST_TIMES = 3
};

static struct list_query query_of(const struct list *l, bool backwards, const char *after)
{
	return (struct list_query){
		.filter = l->filter.text,
		.sort = l->sort,
		.descending = l->descending != backwards,
		.backwards = backwards,
		.after = after,
	};
}

/* --- arguments --------------------------------------------------------------------------------- */

static void set_option(struct op_args *args, const char *name, const char *value)
{
	struct err ignored = ERR_INIT;

	if (op_takes(args, name))
		op_args_add(args, name, value, &ignored);
}

static struct op_args *filter_args(const struct list_type *t, struct view *v, const char *filter,
				   struct err *e)
{
	struct op_args *args = op_args_new(op_find(t->op));
	enum errc code = ERR_OK;

	if (*filter && !t->whole)
		code = t->filter ? t->filter(v, args, filter, e)
				 : op_args_add(args, "search", filter, e);
	if (!code)
		return args;
	op_args_free(args);
	return NULL;
}

struct op_args *list_args(const struct list_type *t, struct view *v, const struct list_query *q,
			  struct err *e)
{
	struct op_args *args = filter_args(t, v, q->filter, e);
	char text[64];

	if (!args)
		return NULL;
	snprintf(text, sizeof(text), "%s%s", q->sort, q->descending ? ":desc" : "");
	set_option(args, "sort", text);
	snprintf(text, sizeof(text), "%zu", q->limit);
	set_option(args, "limit", text);
	if (q->after)
		set_option(args, "after", q->after);
	if (t->page)
		t->page(v, args, q);
	return args;
}

static size_t page_limit(const struct list *l, size_t pages)
{
	size_t height = l->height > LEAST_PAGE ? (size_t)l->height : LEAST_PAGE;

	return height * pages;
}

/* --- rows into the window ------------------------------------------------------------------------- */

static void window_reserve(struct list *l, size_t size)
{
	if (l->rows && l->size >= size)
		return;
	l->rows = x_reallocarray(l->rows, size, sizeof(*l->rows));
	l->size = size;
}

static struct json *row_keep(const struct json *rows, size_t index)
{
	return json_keep(json_at(rows, index));
}

/* Rows that came backwards come nearest first. */
static struct json *row_in_order(const struct json *rows, size_t index, bool backwards)
{
	return row_keep(rows, backwards ? json_count(rows) - 1 - index : index);
}

static void window_append(struct list *l, const struct json *rows)
{
	size_t add = json_count(rows), drop = 0;

	window_reserve(l, l->count + add);
	for (size_t i = 0; i < add; i++)
		l->rows[l->count++] = row_keep(rows, i);
	if (l->count > WINDOW_MAX && l->top > WINDOW_MAX / 4)
		drop = l->top - WINDOW_MAX / 4;
	for (size_t i = 0; i < drop; i++)
		json_free(l->rows[i]);
	memmove(l->rows, l->rows + drop, (l->count - drop) * sizeof(*l->rows));
	l->count -= drop;
	l->cursor -= drop;
	l->top -= drop;
	l->at_start &= !drop;
}

static void window_prepend(struct list *l, const struct json *rows)
{
	size_t add = json_count(rows);

	window_reserve(l, l->count + add);
	memmove(l->rows + add, l->rows, l->count * sizeof(*l->rows));
	for (size_t i = 0; i < add; i++)
		l->rows[i] = row_in_order(rows, i, true);
	l->count += add;
	l->cursor += add;
	l->top += add;
	while (l->count > WINDOW_MAX && l->count > l->cursor + WINDOW_MAX / 2) {
		json_free(l->rows[--l->count]);
		l->at_end = false;
	}
}

/* The row of the old window that the cursor goes to: its own, else the next one that is still there,
 * else one before it. Returns its place in the new window. */
static size_t find_neighbour(struct list *l, struct json **old, size_t old_count, size_t old_cursor)
{
	struct id_map now = { .ids = NULL };
	size_t found = l->count, begin = old_cursor < old_count ? old_cursor : old_count;
	char id[LIST_ID];

	for (size_t i = 0; i < l->count; i++)
		id_map_add(&now, list_row_id(l, i, id));
	for (size_t i = begin; i < old_count && found == l->count; i++)
		found = id_map_find(&now, list_id_of(l->type, old[i], id));
	for (size_t i = begin; i-- > 0 && found == l->count;)
		found = id_map_find(&now, list_id_of(l->type, old[i], id));
	id_map_release(&now);
	if (found < l->count)
		return found;
	return old_cursor < l->count ? old_cursor : l->count ? l->count - 1 : 0;
}

static size_t cursor_place(struct list *l, struct json **old, size_t old_count, size_t old_cursor)
{
	size_t found = l->count;

	if (l->request == REQUEST_START && !*l->wanted)
		return 0;
	if (l->request == REQUEST_END)
		return l->count ? l->count - 1 : 0;
	if (*l->wanted)
		found = list_find(l, l->wanted);
	if (found < l->count)
		return found;
	return find_neighbour(l, old, old_count, old_cursor);
}

/* The cursor keeps its row and its line on the screen. */
static void window_replace(struct list *l, const struct json *rows, bool backwards)
{
	struct json **old = l->rows;
	size_t old_count = l->count, old_cursor = l->cursor;
	size_t line = l->cursor - l->top;

	l->rows = NULL;
	l->size = 0;
	l->count = json_count(rows);
	window_reserve(l, l->count + 1);
	for (size_t i = 0; i < l->count; i++)
		l->rows[i] = row_in_order(rows, i, backwards);
	l->cursor = cursor_place(l, old, old_count, old_cursor);
	l->top = l->cursor > line ? l->cursor - line : 0;
	if (l->request == REQUEST_START && !*l->wanted)
		l->top = 0;
	*l->wanted = '\0';
	for (size_t i = 0; i < old_count; i++)
		json_free(old[i]);
	free(old);
}

/* --- a page comes ------------------------------------------------------------------------------------ */

static void around_found(struct list *l, const struct json *rows)
{
	char id[LIST_ID];
	size_t count = json_count(rows);

	l->at_start = count < l->limit;
	list_load(l, REQUEST_AROUND,
		  l->at_start ? NULL : list_id_of(l->type, json_at(rows, count - 1), id));
}

static void match_found(struct list *l, const struct json *rows)
{
	char id[LIST_ID];

	if (json_count(rows))
		list_select(l, list_id_of(l->type, json_at(rows, 0), id));
	else
		console_say(l->view->console, STYLE_NORMAL, "no further match of \"%s\"",
			    l->last_filter);
}

/* False: another page is on its way, so nothing is settled yet. */
static bool page_take(struct list *l, const struct json *rows)
{
	bool whole = l->type->whole || json_count(rows) < l->limit;

	switch (l->request) {
	case REQUEST_START:
		window_replace(l, rows, false);
		l->at_start = true;
		l->at_end = whole;
		return true;
	case REQUEST_END:
		window_replace(l, rows, true);
		l->at_start = whole;
		l->at_end = true;
		return true;
	case REQUEST_MORE:
		l->at_end = whole;
		window_append(l, rows);
		return true;
	case REQUEST_LESS:
		l->at_start = whole;
		window_prepend(l, rows);
		return true;
	case REQUEST_BEFORE:
		around_found(l, rows);
		return false;
	case REQUEST_AROUND:
		window_replace(l, rows, false);
		l->at_start = !*l->anchor;
		l->at_end = whole;
		return true;
	case REQUEST_MATCH:
		match_found(l, rows);
		return false;
	case REQUEST_NONE:
		return true;
	}
	return true;
}

static void rest_end(struct list *l)
{
	loop_cancel(console_loop(l->view->console), l->rest);
	l->rest = NULL;
}

static void rest_due(void *arg)
{
	struct list *l = arg;

	l->rest = NULL;
	list_reload(l);
}

static void reload_later(struct list *l)
{
	struct console *c = l->view->console;
	int64_t took = console_boot(c) - l->asked_at;

	l->reload_again = false;
	if (!l->type->slow || took < REST_FROM_MS)
		list_reload(l);
	else if (!l->rest)
		l->rest = loop_after(console_loop(c), REST_TIMES * took, rest_due, l);
}

static void page_settled(struct list *l)
{
	l->loaded = true;
	l->request = REQUEST_NONE;
	list_marks_seen(l);
	if (l->reload_again) {
		reload_later(l);
	} else {
		list_load_count(l);
	}
}

static void page_come(struct list *l, const struct json *rows)
{
	struct json *fitting = l->type->whole ? list_whole_rows(l, rows) : json_keep(rows);

	if (page_take(l, fitting))
		page_settled(l);
	json_free(fitting);
}

static void page_done(void *arg, const struct work_result *r)
{
	struct list *l = arg;
	bool lost = l->request == REQUEST_BEFORE && r->code == ERR_NOT_FOUND;

	l->page = NULL;
	console_redraw(l->view->console);
	if (lost) {
		list_load(l, REQUEST_START, NULL);
	} else if (r->code && r->code != ERR_NO && !json_count(r->rows) &&
		   app_store_exists(console_app(l->view->console))) {
		l->trouble = r->err;
		l->loaded = true;
		console_error(l->view->console, &r->err);
	} else {
		/* Rows with an error: some were altered outside. No store yet: an empty list. */
		if (json_count(r->rows) && r->code && r->code != ERR_NO)
			console_error(l->view->console, &r->err);
		l->trouble = (struct err)ERR_INIT;
		page_come(l, r->rows);
	}
}

static bool goes_backwards(enum list_request request)
{
	return request == REQUEST_END || request == REQUEST_LESS || request == REQUEST_BEFORE;
}

static bool page_start(struct list *l, const struct list_query *q)
{
	struct work_order o = {
		.op = op_find(l->type->op),
		.lane = l->type->slow ? LANE_SLOW : LANE_READ,
		.arg = l,
		.done = page_done,
	};

	l->limit = q->limit;
	l->asked_at = console_boot(l->view->console);
	o.args = list_args(l->type, l->view, q, &l->trouble);
	if (!o.args)
		return false;
	l->page = console_work(l->view->console, &o);
	return true;
}

/* The row that a grown window starts from is its first or last one. */
static void set_anchor(struct list *l, enum list_request request, const char *anchor)
{
	char id[LIST_ID] = "", *to = l->anchor;

	if (request == REQUEST_MORE && l->count)
		anchor = list_row_id(l, l->count - 1, id);
	else if (request == REQUEST_LESS)
		anchor = list_row_id(l, 0, id);
	if (anchor != to)
		snprintf(to, LIST_ID, "%s", anchor ? anchor : "");
}

void list_load(struct list *l, enum list_request request, const char *anchor)
{
	bool backwards;
	struct list_query q;

	if (l->type->whole && request != REQUEST_MORE) {
		/* There is no way back: what stands around a row is found by loading all. */
		if (anchor && !*l->wanted)
			snprintf(l->wanted, sizeof(l->wanted), "%s", anchor);
		request = REQUEST_START;
		anchor = NULL;
	}
	backwards = goes_backwards(request);
	set_anchor(l, request, anchor);
	rest_end(l);
	work_drop(l->page);
	work_drop(l->counting);
	l->page = l->counting = NULL;
	l->request = request;
	q = query_of(l, backwards, *l->anchor ? l->anchor : NULL);
	q.limit = l->type->whole ? WINDOW_MAX
				 : page_limit(l, request == REQUEST_BEFORE  ? 1
						 : request == REQUEST_START ? 2
									    : PAGES_AHEAD);
	if (!page_start(l, &q))
		l->loaded = true;
	console_redraw(l->view->console);
}

void list_load_match(struct list *l, bool backwards)
{
	char id[LIST_ID];
	struct list_query q = query_of(l, backwards, list_row_id(l, l->cursor, id));

	if (l->page || !q.after)
		return;
	if (l->type->whole) {
		list_whole_match(l, backwards);
		return;
	}
	q.filter = l->last_filter;
	q.limit = 1;
	l->request = REQUEST_MATCH;
	page_start(l, &q);
}

/* --- the count, after the page ------------------------------------------------------------------------- */

static void set_count(struct list *l, int64_t count)
{
	l->matches = count;
	if (!l->filter.len)
		l->total = count;
	console_redraw(l->view->console);
}

static void count_done(void *arg, const struct work_result *r)
{
	struct list *l = arg;

	l->counting = NULL;
	if (!r->code && json_count(r->rows))
		set_count(l, json_get_int(json_at(r->rows, 0), "count", -1));
}

void list_load_count(struct list *l)
{
	struct work_order o = {
		.op = op_find(l->type->op),
		.lane = LANE_SLOW,
		.arg = l,
		.done = count_done,
	};
	struct err e = ERR_INIT;

	if (l->at_start && l->at_end) {
		set_count(l, (int64_t)l->count);
		return;
	}
	if (!op_arg(o.op, "count"))
		return;
	work_drop(l->counting);
	l->counting = NULL;
	o.args = filter_args(l->type, l->view, l->filter.text, &e);
	if (!o.args)
		return;
	set_option(o.args, "count", "true");
	l->counting = console_work(l->view->console, &o);
}

void list_load_drop(struct list *l)
{
	work_drop(l->page);
	work_drop(l->counting);
	work_drop(l->marking);
	rest_end(l);
	l->page = l->counting = l->marking = NULL;
}
