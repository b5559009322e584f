/* What is used up of the limits, to the store and back. */
#include <stdlib.h>
#include <string.h>

#include "data/limit.h"
#include "src/app/limiter_table.h"
#include "src/base/alloc.h"
#include "src/base/clock.h"

enum {
	/* A save ends with the shard in which it reaches so many rows: the writers' lock is held for some ten
	 * milliseconds, and the next save goes on from there. */
	SAVE_ROWS = 2000,
};
#define COUNT_MAX INT64_C(1000000000) /* of count and burst, as limit_parse() has them */

/* Rounded up, so that no restart gives anything back. */
static int64_t arrival_us(wide debt, int64_t wall_us)
{
	wide at = wall_us + (debt + NS_A_US - 1) / NS_A_US;

	return at > INT64_MAX ? INT64_MAX : (int64_t)at;
}

static void row_add(struct limiter *l, const struct limit_state *row)
{
	if (l->row_count == l->row_size) {
		l->row_size = l->row_size ? 2 * l->row_size : SAVE_ROWS;
		l->rows = x_reallocarray(l->rows, l->row_size, sizeof(*l->rows));
	}
	l->rows[l->row_count++] = *row;
}

static void saved_add(struct limiter *l, int64_t key)
{
	if (l->saved_count == l->saved_size) {
		l->saved_size = l->saved_size ? 2 * l->saved_size : SAVE_ROWS;
		l->saved = x_reallocarray(l->saved, l->saved_size, sizeof(*l->saved));
	}
	l->saved[l->saved_count++] = key;
}

static void entry_rows(struct limiter *l, const struct entry *en, int64_t now, int64_t wall_us)
{
	for (size_t i = 0; i < en->count; i++) {
		const struct limit *limit = &en->buckets[i].limit;
		wide debt = bucket_debt(&en->buckets[i], now);

		if (debt > 0)
			row_add(l, &(struct limit_state){
					   .key = en->key,
					   .period_ms = limit->period_ms,
					   .count = limit->count,
					   .burst = limit->burst,
					   .arrival_us = arrival_us(debt, wall_us),
				   });
	}
}

static void shard_rows(struct limiter *l, struct shard *sh, int64_t now, int64_t wall_us)
{
	pthread_mutex_lock(&sh->lock);
	for (size_t i = 0; i < sh->size && sh->dirty; i++) {
		struct entry *en = &sh->slots[i];

		if (!en->dirty)
			continue;
		entry_rows(l, en, now, wall_us);
		saved_add(l, en->key);
		entry_mark(sh, en, false);
	}
	pthread_mutex_unlock(&sh->lock);
}

enum errc limiter_save(struct limiter *l, struct store *s, int64_t now_ns, int64_t wall_us,
		       struct err *e)
{
	enum errc rc;

	l->row_count = 0;
	for (size_t i = 0; i < SHARDS && l->row_count < SAVE_ROWS; i++) {
		shard_rows(l, &l->shards[l->next_shard], now_ns, wall_us);
		l->next_shard = (l->next_shard + 1) % SHARDS;
	}
	rc = limit_states_write(s, l->rows, l->row_count, e);
	return rc ? rc : limit_states_prune(s, wall_us, e);
}

static void mark_again(struct limiter *l, int64_t key)
{
	struct shard *sh = limiter_shard(l, key);
	struct entry *en;

	pthread_mutex_lock(&sh->lock);
	en = shard_find(sh, key);
	if (en->key)
		entry_mark(sh, en, true);
	pthread_mutex_unlock(&sh->lock);
}

void limiter_saved(struct limiter *l, bool committed)
{
	for (size_t i = 0; i < l->saved_count && !committed; i++)
		mark_again(l, l->saved[i]);
	l->saved_count = 0;
}

size_t limiter_waiting(struct limiter *l)
{
	size_t waiting = 0;

	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *sh = &l->shards[i];

		pthread_mutex_lock(&sh->lock);
		waiting += sh->dirty;
		pthread_mutex_unlock(&sh->lock);
	}
	return waiting;
}

struct loading {
	struct limiter *limiter;
	int64_t now, wall_us;
};

/* No edit by hand in a table without MACs does more harm than another budget. */
static bool state_sound(const struct limit_state *s)
{
	return s->key > 0 && s->period_ms > 0 && s->period_ms <= DAY_MS && s->count > 0 &&
	       s->count <= COUNT_MAX && s->burst >= 0 && s->burst <= COUNT_MAX;
}

/* A clock that was put back leaves a debt larger than any that can be run up: no more than that holds. */
static void state_load(void *arg, const struct limit_state *s)
{
	const struct loading *to = arg;
	struct bucket b;
	struct shard *sh;
	struct entry *en;
	wide debt;

	if (!state_sound(s))
		return;
	b = bucket_make(
		(struct limit){ .count = s->count, .period_ms = s->period_ms, .burst = s->burst });
	debt = ((wide)s->arrival_us - to->wall_us) * NS_A_US;
	b.arrival = to->now + (debt < b.whole ? debt : b.whole);
	sh = limiter_shard(to->limiter, s->key);
	pthread_mutex_lock(&sh->lock);
	en = shard_entry(sh, s->key);
	if (en->count < 4 * LIMITS_MAX) {
		en->buckets = x_reallocarray(en->buckets, en->count + 1u, sizeof(*en->buckets));
		en->buckets[en->count++] = b;
		entry_touch(en);
	}
	pthread_mutex_unlock(&sh->lock);
}

enum errc limiter_load(struct limiter *l, struct store *s, int64_t now_ns, int64_t wall_us,
		       struct err *e)
{
	struct loading to = { l, now_ns, wall_us };

	return limit_states_each(s, wall_us, state_load, &to, e);
}
