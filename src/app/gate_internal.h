/* What the files of the gate share. */
#ifndef APP_GATE_INTERNAL_H
#define APP_GATE_INTERNAL_H

#include <pthread.h>

#include "data/store.h"
#include "src/app/gate.h"
#include "src/app/memo.h"
#include "src/app/meter.h"

/* What gate_write() did to the store: nothing that grants. */
struct gate_step {
	struct stamp before, after;
};
enum { GATE_STEPS = 64 };

struct gate {
	const struct clock *clock;
	struct store_options options; /* of every connection; never asks for a passphrase */
	uint8_t store_id[STORE_ID_SIZE];
	char notice[512];
	struct limiter *limiter;
	struct meter *meter; /* NULL: read-only, usage is not kept */

	pthread_mutex_t opening; /* over what follows, and one opens at a time */
	struct gate_thread *threads;
	int64_t retry_at, retry_pause; /* monotonic, ms: when a store that is down is tried again */

	pthread_mutex_t writing; /* over `writer`; taken before `opening` */
	struct store *writer;	 /* NULL: to be opened */
	bool write_told;	 /* of a row of failures one is told */
	_Atomic bool anew;	 /* threads: by gate_reload() */
	_Atomic bool writer_anew;

	pthread_mutex_t stepping;	    /* over what follows */
	struct gate_step steps[GATE_STEPS]; /* the latest ones */
	size_t step_count;		    /* ever */

	pthread_mutex_t health; /* over what follows */
	size_t down;		/* threads whose store can't be read */
	char unreadable[512], unwritable[512];
	char row[512];	/* the last failure that was one key's alone, */
	int64_t row_at; /* and when: monotonic, ms */
	int64_t written_at;
	size_t limited_keys;
};

/* The connection is used by its own thread, and by gate_tick() and gate_write() for upkeep. */
struct gate_thread {
	struct gate *gate;
	struct gate_thread *next;
	pthread_mutex_t mutex;
	struct store *store; /* NULL: down, `why` says why */
	struct err why;
	_Atomic bool
		stale; /* the snapshot is to be ended by the thread itself: it is always busy */
	bool doubtful; /* something could not be read: a fresh connection forgets what it has of it */
	struct verify_result result;
	struct memo *memo;
	struct stamp memo_at; /* the state of the store that it was read in */
	int64_t memo_until; /* monotonic, ms: how long it may wait to be told of a step from there */
};

/* Opens one more connection to the very store that the gate was opened on. Under `opening`. */
enum errc gate_connect(struct gate *g, struct store **out, bool reads, struct err *e);
/* Closes the thread's connection and keeps `why`. Under the thread's mutex. */
void gate_thread_down(struct gate_thread *t, const struct err *why);
/* Ends the snapshots of all threads, so that the log can start anew. */
void gate_let_go(struct gate *g);
/* For store_on_step(); `arg` is the gate. */
void gate_stepped(void *arg, const struct stamp *before, const struct stamp *after);
/* Is what the thread remembers still so in its snapshot? What is known to be over is forgotten. */
bool gate_remembers(struct gate_thread *t);
/* Nothing that the thread remembers holds any more. */
void gate_forget(struct gate_thread *t);

/* The rest of a stop, or a round of gate_write(). */
enum errc gate_write_all(struct gate *g, struct err *e);

#endif
