/* Marks: bound to ids, whatever the window shows. */
#include "ui/list_state.h"

#include "src/base/alloc.h"

static size_t mark_find(const struct list *l, const char *id)
{
	for (size_t i = 0; i < l->mark_count; i++) {
		if (!strcmp(l->marks[i].id, id))
			return i;
	}
	return l->mark_count;
}

static void mark_add(struct list *l, const char *id, const struct json *row)
{
	struct mark *m;

	if (l->mark_count == l->mark_size) {
		l->mark_size = l->mark_size ? 2 * l->mark_size : 16;
		l->marks = x_reallocarray(l->marks, l->mark_size, sizeof(*l->marks));
	}
	m = &l->marks[l->mark_count++];
	*m = (struct mark){ .shown = true };
	snprintf(m->id, sizeof(m->id), "%s", id);
	if (row && l->mark_count <= MARK_ROWS)
		m->row = json_keep((struct json *)(uintptr_t)row);
}

static void mark_remove(struct list *l, size_t index)
{
	json_free(l->marks[index].row);
	memmove(&l->marks[index], &l->marks[index + 1],
		(l->mark_count - index - 1) * sizeof(*l->marks));
	l->mark_count--;
}

void list_mark_toggle(struct list *l)
{
	char id[LIST_ID];
	size_t at;

	if (!list_row_id(l, l->cursor, id))
		return;
	at = mark_find(l, id);
	if (at < l->mark_count)
		mark_remove(l, at);
	else
		mark_add(l, id, list_row(l));
}

void list_unmark_all(struct list *l)
{
	for (size_t i = 0; i < l->mark_count; i++)
		json_free(l->marks[i].row);
	l->mark_count = 0;
	console_redraw(l->view->console);
}

void list_marks_free(struct list *l)
{
	list_unmark_all(l);
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

	if (l->mark_count && (int64_t)(l->mark_count - list_marked_hidden(l)) == l->matches) {
		list_unmark_all(l);
		return;
	}
	if (!l->at_start || !l->at_end) {
		mark_by_query(l);
		return;
	}
	for (size_t i = 0; i < l->count; i++) {
		list_row_id(l, i, id);
		if (mark_find(l, id) == l->mark_count)
			mark_add(l, id, l->rows[i]);
	}
	console_redraw(l->view->console);
}

void list_marks_refilter(struct list *l)
{
	for (size_t i = 0; i < l->mark_count; i++)
		l->marks[i].shown = !l->filter.len;
}

void list_marks_seen(struct list *l)
{
	for (size_t i = 0; i < l->mark_count && i < MARK_ROWS; i++) {
		struct mark *m = &l->marks[i];
		size_t at = list_find(l, m->id);

		if (at == l->count)
			continue;
		m->shown = true;
		json_free(m->row);
		m->row = json_keep(l->rows[at]);
	}
}

/* --- what others ask --------------------------------------------------------------------------------- */

size_t list_marked(const struct list *l)
{
	return l->mark_count;
}

size_t list_marked_hidden(const struct list *l)
{
	size_t hidden = 0;

	for (size_t i = 0; i < l->mark_count; i++)
		hidden += !l->marks[i].shown;
	return hidden;
}

bool list_is_marked(const struct list *l, const char *id)
{
	return mark_find(l, id) < l->mark_count;
}

size_t list_targets(const struct list *l)
{
	return l->mark_count ? l->mark_count : list_row(l) != NULL;
}

const char *list_target(const struct list *l, size_t n)
{
	if (l->mark_count)
		return n < l->mark_count ? l->marks[n].id : NULL;
	return n ? NULL : list_id(l);
}

const struct json *list_target_row(const struct list *l, size_t n)
{
	if (l->mark_count)
		return n < l->mark_count ? l->marks[n].row : NULL;
	return n ? NULL : list_row(l);
}
