/* The gate: "is this key good?" for a process that is asked all the time, by several threads. It decides
 * as key_verify() does, charges the limits and counts; it fails closed where the store can't be read, and comes
 * back by itself when it can. Rows that were read and checked are remembered for as long as the store's log
 * shows that nobody else has committed since. */
#ifndef APP_GATE_H
#define APP_GATE_H

#include "src/app/app.h"
#include "src/app/limiter.h"
#include "src/app/verify.h"

struct gate;	    /* what the threads share: limits, counts, the state of the store */
struct gate_thread; /* one thread's own connection */

/* Opens the store of the session `a` (borrowed, and used by no other thread from now on), and what was
 * used up of the limits. Errors as of store_open(). */
enum errc gate_open(struct gate **out, struct app *a, struct err *e);
/* Writes what was counted (a failure is told by `e`) and closes. All threads are closed before. */
enum errc gate_close(struct gate *g, struct err *e);

/* What opening found that is no error but has to be told (an anchor that is missing or torn); "" nothing. */
const char *gate_notice(const struct gate *g);

/* A connection for one more thread. It may be made and closed by another thread than the one that uses
 * it. */
enum errc gate_thread_open(struct gate_thread **out, struct gate *g, struct err *e);
void gate_thread_close(struct gate_thread *t); /* NULL is well */

struct gate_answer {
	enum verify_code code;		    /* result->code, or RATE_LIMITED */
	const struct verify_result *result; /* lent until the thread's next call */
	struct limit_verdict limits;	    /* count 0 where none was charged */
	int64_t deprecated_at; /* of a version in grace: since when it has a successor; TIME_NONE */
};
/* ERR_OK with an answer, or ERR_STORE: the store can't be read just now, or the row was altered; nobody is
 * let in. A change that was acknowledged before this call began is seen by it. q->at is not looked at: the
 * question is about now. */
enum errc gate_check(struct gate_thread *t, const struct verify_request *q, struct gate_answer *a,
		     struct err *e);

/* Some twenty times a second, from one thread: lets go of snapshots that nobody uses, notices a store that
 * was moved or went away, and opens it anew when it is there again. */
void gate_tick(struct gate *g);
/* Once a second, from one thread (it waits for the disk): writes counts and limits. What could not be
 * written is tried again. Of a row of failures the first is returned; gate_health() has it until it is over. */
enum errc gate_write(struct gate *g, struct err *e);
/* Opens every connection anew with the next gate_tick() (another master key, an upgraded schema). */
void gate_reload(struct gate *g);

struct gate_health {
	bool readable;	     /* gate_check() answers */
	bool writable;	     /* the last gate_write() succeeded */
	char reason[512];    /* why not, terminal-safe; "" */
	int64_t written_at;  /* wall clock of the last write that succeeded; TIME_NONE: none yet */
	bool counts;	     /* false: read-only, nothing is counted */
	size_t waiting;	     /* rows of usage to be written */
	int64_t lost;	     /* calls that found no room among them */
	size_t limited_keys; /* keys that have used up some of a limit */
};
/* From any thread. */
void gate_health(struct gate *g, struct gate_health *out);

#endif
