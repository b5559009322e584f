/* The list widget's inside, shared by its files. */
#ifndef UI_LIST_STATE_H
#define UI_LIST_STATE_H

#include "ui/console.h"
#include "ui/edit.h"
#include "ui/id_map.h"
#include "ui/list.h"
#include "ui/screen.h"

enum {
	LIST_ID = ID_SIZE,
	LIST_COLUMNS = 16,
	LIST_LINES = 512,
	MARKS_MAX = 100000,
	MARK_ROWS = 1000, /* rows kept with the marks, for their names */
};

/* What the page on its way is for. */
enum list_request {
	REQUEST_NONE,
	REQUEST_START,
	REQUEST_END, /* replace the window by the list's start or end */
	REQUEST_MORE,
	REQUEST_LESS, /* grow it */
	REQUEST_BEFORE,
	REQUEST_AROUND, /* find what is above a row, then replace from there on */
	REQUEST_MATCH,	/* the next match of the last filter */
};

/* What is known of a marked id. */
struct mark {
	struct json *row; /* NULL: not seen, or one of too many */
	bool shown;	  /* by the filter, as far as known */
};

struct list {
	const struct list_type *type;
	struct view *view;
	/* The window: rows that follow each other in the list. */
	struct json **rows;
	size_t count, size;
	bool at_start, at_end; /* the window holds the list's first, last row */
	bool loaded;
	size_t cursor, top;
	int height; /* lines for rows when drawn last */

	enum list_request request;
	struct work *page;
	char anchor[LIST_ID]; /* the row a request starts from */
	char wanted[LIST_ID]; /* where the cursor goes when the window is replaced; "" stays */
	size_t limit;
	bool reload_again;	 /* asked for while a page was on its way */
	int64_t asked_at;	 /* when the page was, of console_boot() */
	struct loop_timer *rest; /* of a slow list, before it is loaded again */

	struct work *counting;
	int64_t matches, total;

	struct edit filter;
	bool editing;
	char *last_filter;  /* for n and N; NULL none */
	struct err trouble; /* the filter can't be taken, or the store can't be read */
	const char *sort;
	bool descending;

	struct id_map marked;
	struct mark *marks; /* one for each id of `marked`, in its order */
	size_t mark_size;
	struct work *marking;

	/* Where things were drawn last, for the mouse. */
	int column_x[LIST_COLUMNS], column_width[LIST_COLUMNS]; /* width 0: left out */
	int line_row[LIST_LINES]; /* row of each line below the titles; -1 none */
	int line_count;
};

/* list_load.c */
void list_load(struct list *l, enum list_request request, const char *anchor);
void list_load_count(struct list *l);
void list_load_match(struct list *l, bool backwards);
void list_load_drop(struct list *l);

/* list_whole.c: lists that are loaded at once */
/* The rows that have every word of the filter; a new array. */
struct json *list_whole_rows(const struct list *l, const struct json *rows);
/* Goes to the next row, or the one before, that has the words of the last filter. */
void list_whole_match(struct list *l, bool backwards);

/* list_marks.c */
void list_mark_toggle(struct list *l);
void list_mark_all(struct list *l);
void list_marks_refilter(struct list *l); /* the filter changed: none is known to be in it */
void list_marks_seen(struct list *l);	  /* rows came: marks among them are */
void list_marks_free(struct list *l);

/* list.c */
const char *list_row_id(const struct list *l, size_t index, char out[LIST_ID]);
size_t list_find(const struct list *l, const char *id); /* index, or l->count */

#endif
