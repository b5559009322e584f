/* Rate limits: GCRA (ITU-T I.371, the leaky bucket as a meter) per key and limit, exact across the
 * threads of one process. All limits of a key are looked at, then all of them are charged or none. */
#ifndef APP_LIMITER_H
#define APP_LIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/app/rules.h"
#include "src/base/err.h"

struct store;
struct limiter;

struct limiter *limiter_new(void);
void limiter_free(struct limiter *l); /* NULL is well */

struct limit_left {
	struct limit limit;
	int64_t remaining; /* calls that would pass now */
	int64_t reset_ms;  /* until all of them are there again */
};
struct limit_verdict {
	bool allowed;
	int64_t retry_after_ms; /* where it is not: until the next call would pass */
	size_t count;
	struct limit_left left[LIMITS_MAX]; /* in the order of the key's field */
};

/* Charges one call to the key in row `key`, whose `limits` are the key's field ("100/min 5000/day:200"; ""
 * none: always allowed, count 0). `now_ns` is on CLOCK_BOOTTIME. A denied call uses nothing up. Limits
 * that were edited hold at once; what was used stays used, as a number of calls. Limits that can't be read
 * refuse every call. From any thread. */
void limiter_take(struct limiter *l, int64_t key, const char *limits, int64_t now_ns,
		  struct limit_verdict *out);

/* Forgets keys whose budgets are all whole again; returns how many are left. Cheap enough for once a
 * second. */
size_t limiter_sweep(struct limiter *l, int64_t now_ns);

/* Both times are of the same instant: they carry the state from CLOCK_BOOTTIME to the wall clock and back.
 * Save writes what changed since the last save that succeeded, inside store_begin_unaudited(): some thousand
 * rows at most, the next call goes on with the rest. After the transaction limiter_saved() says whether it was
 * committed. Both from one thread. Load is for an empty limiter; a clock that was put back since locks no key
 * out for longer than its whole budget takes. */
enum errc limiter_save(struct limiter *l, struct store *s, int64_t now_ns, int64_t wall_us,
		       struct err *e);
void limiter_saved(struct limiter *l, bool committed);
/* Keys that changed since: whoever closes saves until there is none. */
size_t limiter_waiting(struct limiter *l);
enum errc limiter_load(struct limiter *l, struct store *s, int64_t now_ns, int64_t wall_us,
		       struct err *e);

#endif
