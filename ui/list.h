/* The list widget: a window of rows over a list of any length, paged by key so that a million rows
 * cost what a page costs. The cursor and marks are bound to ids, never to places. */
#ifndef UI_LIST_H
#define UI_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/app/op.h"
#include "src/base/json.h"
#include "ui/frame.h"
#include "ui/input.h"

struct console;
struct list;
struct view;

enum {
	LIST_RIGHT = 1 << 0,	  /* right-aligned title */
	LIST_UNREVERSED = 1 << 1, /* stays as it is on the cursor row (sparklines) */
	LIST_FLEX = 1 << 2,	  /* takes what is left over */
};

struct list_column {
	const char *title;
	int width;	/* columns, without the blank behind it */
	int max_width;	/* LIST_FLEX: grows up to it; 0: no bound */
	int drop;	/* 0: never; higher goes first when the list is narrow */
	int from_width; /* only from this width of the list; 0: always */
	unsigned flags;
	const char *sort; /* the sort's name in the operation ("name"); NULL: can't be sorted by */
	bool descending;  /* first choice when sorted by */
	const char *member; /* the row's text that stands in it, in `style` … */
	enum style style;
	/* … or what draws it. */
	void (*draw)(struct view *v, const struct json *row, const struct area *cell);
};

/* What a page of rows is asked for with. */
struct list_query {
	const char *filter; /* as typed; "" none */
	const char *sort;   /* as list_column.sort */
	bool descending;    /* already turned round for a page backwards */
	const char *after;  /* id of the row before the first one wanted; NULL: from the start */
	bool backwards;	    /* the order is turned round: rows above `after`, nearest first */
	size_t limit;
	bool ids_only; /* only `id` of the rows will be looked at */
};

/* As many rows as a whole list has at most. */
enum { LIST_WHOLE_MAX = 1200 };

struct list_sort {
	const char *sort, *label;
	bool descending;
};

struct list_type {
	const struct list_column *columns; /* ends with a NULL title */
	const struct list_sort
		*sorts;		   /* for the sort menu; first is the default; NULL label ends */
	const char *noun, *plural; /* "key", "keys" */
	/* The operation that lists the rows. As far as it has these options the list sets them: limit,
	 * after, sort ("name", "name:desc"), search, and count for the number of matches. */
	const char *op;
	/* That has one order and no search: a few hundred rows at most, all loaded at once, and what is typed
	 * as a filter is looked for in the rows' texts. */
	bool whole;
	/* It may take long where there is much: it holds up no other reading, and while the store changes all the
	 * time it rests between two loads for longer than one takes. */
	bool slow;
	/* Options for a filter as typed; an error: it can't be taken. NULL: all of it is for `search`. */
	enum errc (*filter)(struct view *v, struct op_args *args, const char *text, struct err *e);
	/* More options for a page. May be NULL. */
	void (*page)(struct view *v, struct op_args *args, const struct list_query *q);
	/* Id of a row into out; NULL: its member "id". */
	const char *(*id)(const struct json *row, char out[40]);
	/* For messages and the marked pane; NULL: its member "name". */
	const char *(*name)(const struct json *row);
	/* A marked row, as the pane shows it while there are marks; NULL: its name. */
	void (*marked)(struct view *v, const struct json *row, const struct area *line);
	/* Rule drawn above a row (the day in the audit list), or NULL. `previous` NULL: first row. */
	const char *(*group)(struct view *v, const struct json *previous, const struct json *row,
			     char out[64]);
	/* Nothing there at all: draws the welcome or says what the list is for. */
	void (*empty)(struct view *v, const struct area *area);
	/* Nothing fits the filter: what else may have been meant; NULL: a plain line. */
	void (*no_match)(struct view *v, const char *filter, const struct area *area);
};

struct list *list_new(const struct list_type *type, struct view *v);
void list_free(struct list *l);

/* Row under the cursor (borrowed until the next event), NULL on an empty list. */
const struct json *list_row(const struct list *l);
const char *list_id(const struct list *l); /* its id, NULL */
/* The n-th row of those that are loaded (all of them, of a whole list); NULL: there are fewer. */
const struct json *list_at(const struct list *l, size_t n);
/* Marked ids; `list_target*` are what a bulk action acts on: the marked, else the cursor row. */
size_t list_marked(const struct list *l);
size_t list_targets(const struct list *l);
const char *list_target(const struct list *l, size_t n);	    /* id */
const struct json *list_target_row(const struct list *l, size_t n); /* as last seen; may be NULL */
size_t list_marked_hidden(const struct list *l); /* marked, but not in the filter as far as known */
bool list_is_marked(const struct list *l, const char *id);
void list_unmark_all(struct list *l);

const char *list_filter(const struct list *l);
void list_filter_set(struct list *l, const char *filter); /* loads */
bool list_filter_editing(const struct list *l);
void list_sort_set(struct list *l, const char *sort, bool descending);
int64_t list_count(const struct list *l); /* matches; -1 not known (yet) */
bool list_loading(const struct list *l);

void list_reload(struct list *l); /* keeps cursor and place */
void list_select(struct list *l,
		 const char *id); /* loads around that row and puts the cursor on it */

const char *list_id_of(const struct list_type *t, const struct json *row, char out[40]);
const char *list_name_of(const struct list_type *t, const struct json *row);
/* Arguments of the type's operation for a page. NULL with *e set: the filter can't be taken. */
struct op_args *list_args(const struct list_type *t, struct view *v, const struct list_query *q,
			  struct err *e);

/* A `context` for screens: how many there are. */
void list_context(struct view *v, const struct area *line);

/* For the shell. The filter line stands in the place of the context line while there is a filter. */
bool list_filter_shown(const struct list *l);
void list_draw_filter(struct list *l, const struct area *line, bool focused);
void list_draw(struct list *l, const struct area *a, bool focused);
bool list_input(struct list *l,
		const struct input *in); /* coordinates relative to the drawn area */

#endif
