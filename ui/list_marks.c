/* Marks: bound to ids, whatever the window shows. */
#include "ui/list_state.h"

#include "src/base/alloc.h"

static void mark_add(struct list *l, const char *id, const struct json *row)
{
	size_t place = id_map_add(&l->marked, id);

	if (place == l->mark_size) {
		l->mark_size = l->mark_size ? 2 * l->mark_size : 16;
		l->marks = x_reallocarray(l->marks, l->mark_size, sizeof(*l->marks));
	}
	l->marks[place] = (struct mark){ .shown = true };
	if (row && place < MARK_ROWS)
		l->marks[place].row = json_keep(row);
}

static void mark_remove(struct list *l, size_t place)
{
	json_free(l->marks[place].row);
	id_map_remove(&l->marked, place);
	memmove(&l->marks[place], &l->marks[place + 1],
		(l->marked.count - place) * sizeof(*l->marks));
}

void list_mark_toggle(struct list *l)
{
	char id[LIST_ID];
	size_t at;

	if (!list_row_id(l, l->cursor, id))
		return;
	at = id_map_find(&l->marked, id);
	if (at < l->marked.count)
		mark_remove(l, at);
	else
		mark_add(l, id, list_row(l));
}

void list_unmark_all(struct list *l)
{
	for (size_t i = 0; i < l->marked.count; i++)
		json_free(l->marks[i].row);
	id_map_clear(&l->marked);
	console_redraw(l->view->console);
}

void list_marks_free(struct list *l)
{
	list_unmark_all(l);
	id_map_release(&l->marked);
	free(l->marks);
}

/* --- all in the filter ------------------------------------------------------------------------- */

static void mark_rows(struct list *l, const struct json *rows)
{
	char id[LIST_ID];

	list_unmark_all(l);
	for (size_t i = 0; i < json_count(rows); i++)
		mark_add(l, list_id_of(l->type, json_at(rows, i), id), json_at(rows, i));
}

static void marking_done(void *arg, const struct work_result *r)
{
	struct list *l = arg;

	l->marking = NULL;
	if (r->code && r->code != ERR_NO) {
		console_error(l->view->console, &r->err);
	} else if (json_count(r->rows) > MARKS_MAX) {
		console_say(l->view->console, STYLE_WARNING,
			    "more than %d %s: narrow the filter first", MARKS_MAX, l->type->plural);
	} else {
		mark_rows(l, r->rows);
	}
}

static void mark_by_query(struct list *l)
{
	struct list_query q = {
		.filter = l->filter.text,
		.sort = l->sort,
		.descending = l->descending,
		.limit = MARKS_MAX + 1,
		.ids_only = true,
	};
	struct work_order o = {
		.op = op_find(l->type->op),
		.lane = LANE_SLOW,
		.arg = l,
		.done = marking_done,
	};

	work_drop(l->marking);
	l->marking = NULL;
	o.args = list_args(l->type, l->view, &q, &l->trouble);
	if (o.args)
		l->marking = console_work(l->view->console, &o);
}

/* A second time takes all marks back. */
void list_mark_all(struct list *l)
{
	char id[LIST_ID];

	if (l->marked.count && (int64_t)(l->marked.count - list_marked_hidden(l)) == l->matches) {
		list_unmark_all(l);
		return;
	}
	if (!l->at_start || !l->at_end) {
		mark_by_query(l);
		return;
	}
	for (size_t i = 0; i < l->count; i++) {
		list_row_id(l, i, id);
		if (!list_is_marked(l, id))
			mark_add(l, id, l->rows[i]);
	}
	console_redraw(l->view->console);
}

void list_marks_refilter(struct list *l)
{
	for (size_t i = 0; i < l->marked.count; i++)
		l->marks[i].shown = !l->filter.len;
}

void list_marks_seen(struct list *l)
{
	char id[LIST_ID];

	for (size_t i = 0; i < l->count && l->marked.count; i++) {
		size_t place = id_map_find(&l->marked, list_row_id(l, i, id));

		if (place == l->marked.count)
			continue;
		l->marks[place].shown = true;
		if (place >= MARK_ROWS)
			continue;
		json_free(l->marks[place].row);
		l->marks[place].row = json_keep(l->rows[i]);
	}
}

/* --- what others ask --------------------------------------------------------------------------------- */

size_t list_marked(const struct list *l)
{
	return l->marked.count;
}

size_t list_marked_hidden(const struct list *l)
{
	size_t hidden = 0;

	for (size_t i = 0; i < l->marked.count; i++)
		hidden += !l->marks[i].shown;
	return hidden;
}

bool list_is_marked(const struct list *l, const char *id)
{
	return id_map_find(&l->marked, id) < l->marked.count;
}

size_t list_targets(const struct list *l)
{
	return l->marked.count ? l->marked.count : list_row(l) != NULL;
}

const char *list_target(const struct list *l, size_t n)
{
	if (l->marked.count)
		return n < l->marked.count ? l->marked.ids[n] : NULL;
	return n ? NULL : list_id(l);
}

const struct json *list_target_row(const struct list *l, size_t n)
{
	if (l->marked.count)
		return n < l->marked.count ? l->marks[n].row : NULL;
	return n ? NULL : list_row(l);
}
