/* What was called and refused over a range of time, as the Usage screen and the usage page of a key have it:
 * loading it by key.usage, and its columns of time; usage_draw.h draws it. */
#ifndef UI_USAGE_VIEW_H
#define UI_USAGE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/json.h"
#include "ui/console.h"

struct usage_range {
	const char *name;  /* "24 hours" */
	const char *since; /* what key.usage is asked for: the unit that runs is one of the units */
	const char *by;	   /* "hour", "day" */
	int64_t unit;	   /* ms */
	size_t units;
	size_t joined[4]; /* units that may stand in one column, fewest first; ends with 0 */
	bool line;	  /* drawn as a line */
};

enum { USAGE_RANGES = 4 };
extern const struct usage_range usage_ranges[USAGE_RANGES];

enum usage_part { USAGE_TIMES, USAGE_CODES, USAGE_VERSIONS, USAGE_KEY, USAGE_PARTS };

struct usage;

/* One operation of it: what runs, and what came last, for which range. */
struct usage_load {
	struct usage *usage;
	enum usage_part part;
	struct work *work;
	bool again; /* the store changed while it ran */
	struct json *rows;
	size_t range;
};

struct usage {
	struct console *console;
	char key[40];	 /* "" all keys together: no versions, no key */
	bool times_only; /* of its parts */
	size_t range;
	struct usage_load loads[USAGE_PARTS];
	struct err error;
	/* After a change of the range; after a part came. May be NULL. */
	void (*ranged)(void *arg);
	void (*came)(void *arg, enum usage_part part);
	void *arg;
};

/* Loads; what the caller set in a zeroed one stays. */
void usage_start(struct usage *u, struct console *c, const char *key);
bool usage_started(const struct usage *u);
void usage_release(struct usage *u);
void usage_reload(struct usage *u); /* what came stays until the new figures do */
/* What came of a part, NULL nothing yet; and the range it is for. */
const struct json *usage_rows(const struct usage *u, enum usage_part part);
const struct usage_range *usage_rows_range(const struct usage *u, enum usage_part part);

void usage_range_menu(struct usage *u);
/* The keys that change the range: t, + and -. */
bool usage_range_key(struct usage *u, int32_t key);
void usage_range_step(struct usage *u, int by);

enum { USAGE_COLUMNS = 240 };

/* The range's units as columns of a chart, oldest first. */
struct usage_series {
	int64_t allowed[USAGE_COLUMNS], denied[USAGE_COLUMNS];
	int64_t begin[USAGE_COLUMNS]; /* of the column */
	size_t count, joined;	      /* units in a column */
	int64_t allowed_total, denied_total;
};
/* Fewest units in a column that fit into `room` columns. */
void usage_series(const struct usage *u, int64_t now, size_t room, struct usage_series *s);

#endif
