/* How much of its limits each key has used up: a side table that grants nothing and is written in
 * batches, so that a restart does not refill a budget. */
#ifndef DATA_LIMIT_H
#define DATA_LIMIT_H

#include <stddef.h>
#include <stdint.h>

#include "data/store.h"

/* One limit of one key, as GCRA keeps it: the theoretical arrival time of the next call. */
struct limit_state {
	int64_t key;			 /* row */
	int64_t period_ms, count, burst; /* of the limit; burst 0: not given */
	int64_t arrival_us;		 /* wall clock, microseconds since 1970 */
};

/* Writes the states as they are now; those of a key that is gone are left out. Where a key's limits were
 * edited the older ones stay until their time has passed. Inside store_begin_unaudited(). */
enum errc limit_states_write(struct store *s, const struct limit_state *rows, size_t count,
			     struct err *e);
/* Removes some hundred of those whose time had passed at `now_us`. Inside store_begin_unaudited(). */
enum errc limit_states_prune(struct store *s, int64_t now_us, struct err *e);
/* Calls `found`, which leaves the store alone, for each whose time is still to come at `now_us`. */
enum errc limit_states_each(struct store *s, int64_t now_us,
			    void (*found)(void *arg, const struct limit_state *l), void *arg,
			    struct err *e);
/* Gives a key in `to` what it had used up in `from`, where that is more. */
enum errc limit_states_bring(struct store *to, struct store *from, int64_t key, struct err *e);

#endif
