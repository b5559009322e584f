/* Work off the screen's thread: an operation is run on a worker thread with a session of its own;
 * what it says arrives on the event loop. */
#ifndef UI_WORKER_H
#define UI_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "src/app/app.h"
#include "src/app/op.h"
#include "src/base/loop.h"

struct workers;
struct work;

/* Each lane is one thread with one session; work in a lane runs in the order it was given. */
/* LANE_SLOW: reads that must not hold up a page of rows (counts of a million rows); they start when
 * the reader has rested for a moment. */
/* LANE_OWN: a thread and a session for each order, for what waits for minutes on a network or a person;
 * any number of them run side by side. */
enum work_lane { LANE_READ, LANE_WRITE, LANE_SLOW, LANE_OWN, LANE_COUNT };

struct work_result {
	const struct op *op;
	enum errc code; /* ERR_CANCELLED after work_cancel() */
	struct err err;
	/* Array of the records, but for those that `record` was called with; never NULL; json_keep() what you
	 * keep. */
	struct json *rows;
	struct json *notes; /* array of texts: warnings */
	char *text;	    /* of OP_TEXT operations; NULL */
	uint64_t change;    /* when `op` was NULL: app_change()'s version */
};

/* What to run and whom to tell. Every call comes on the loop's thread, but for reveal_there. */
struct work_order {
	const struct op *op;  /* NULL: asks app_change() only */
	struct op_args *args; /* taken, freed after the run */
	enum work_lane lane;
	void *arg;
	/* Once, unless the work was dropped. The result is freed after it returned. */
	void (*done)(void *arg, const struct work_result *r);
	void (*progress)(void *arg, const char *what, uint64_t done, uint64_t total); /* or NULL */
	/* Each record as it comes, in order and before `done`; NULL: all of them in the result. */
	void (*record)(void *arg, const struct json *row);
	void (*note)(void *arg,
		     const char *text); /* each remark likewise; the result has them too */
	/* A new secret: take it with secret_move() and return true; false leaves no live key. The worker
	 * waits meanwhile; `done` follows once the key is live. NULL refuses. */
	bool (*reveal)(void *arg, const struct json *row, struct secret *secret);
	bool reveal_there; /* call it on the WORKER's thread: it does more than a screen may wait for */
	/* The operation asks; answer now or later with work_answer(). NULL refuses. */
	void (*confirm)(void *arg, struct work *w, const char *question);
};

struct workers *workers_new(struct loop *l, const struct app *a); /* sessions are app_dup()s */
/* Cancels and joins: no call comes any more, on no thread; handles may still be dropped. The loop must
 * not run again. Operations learn that the front end leaves (op_sink.leaves). */
void workers_stop(struct workers *w);
void workers_free(struct workers *w); /* stops them first; frees every handle */

/* Queues the order (copied). The handle is good until `done` returned. */
struct work *work_start(struct workers *w, const struct work_order *o);
/* Ends it early; `done` comes with ERR_CANCELLED (or with success that raced it). */
void work_cancel(struct work *work);
/* Ends it early and forgets who asked: no call comes any more. NULL is well. */
void work_drop(struct work *work);
void work_answer(struct work *work, bool yes);
/* Sees every piece of work go, dropped ones too; on the loop's thread, before `done`. */
struct work_watch {
	void *arg;
	void (*progress)(void *arg, const struct work_order *o, const char *what, uint64_t done,
			 uint64_t total);
	void (*done)(void *arg, const struct work_order *o, const struct work_result *r);
};
void workers_watch(struct workers *w, const struct work_watch *watch);
/* The work of a lane that runs or waits first; NULL: the lane rests. Not for LANE_OWN. */
struct work *workers_current(struct workers *w, enum work_lane lane);
/* Work that changes something and runs or waits, whatever its lane; NULL: none. */
struct work *workers_writing(struct workers *w);
/* How long the reader must have rested; 120 ms unless said. */
void workers_slow_after(struct workers *w, int64_t ms);
bool workers_idle(const struct workers *w); /* nothing queued, running or undelivered */

#endif
