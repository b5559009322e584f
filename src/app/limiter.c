/* Rate limits: a hash of keys in shards, each behind a mutex of its own; per key the limits of its field as
 * they were parsed, and how far each is used up. Time never runs back within a shard, whoever reads the
 * clock first and gets there last. */
#include "src/app/limiter.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "data/limit.h"
#include "src/base/alloc.h"
#include "src/base/clock.h"

enum {
	SHARDS = 64,
	SLOTS_FIRST = 16,
	/* A save ends with the shard in which it reaches so many rows: the writers' lock is held for some
	 * milliseconds, and the next save goes on from there. */
	SAVE_ROWS = 2000,
};
#define COUNT_MAX INT64_C(1000000000) /* of count and burst, as limit_parse() has them */
#define NS_A_MS INT64_C(1000000)
#define NS_A_US INT64_C(1000)

/* 1/day with a burst of a billion is 2^77 ns. */
__extension__ typedef __int128 wide;

/* A limit of a key. Its debt is how long after now the budget is whole again: `interval` more with each call,
 * less as time goes by, at most `whole`. */
struct bucket {
	struct limit limit;
	int64_t interval; /* ns, at least 1 */
	wide whole;	  /* interval * burst */
	wide arrival;	  /* on CLOCK_BOOTTIME, ns; it never goes back but by an edit */
};

struct entry { /* key 0: the slot is free */
	int64_t key;
	char *text; /* the limits as they were parsed; NULL: loaded, and not asked for yet */
	struct bucket *buckets;
	uint16_t count;
	bool unreadable, dirty;
	int64_t whole_at; /* the latest arrival, as far as it fits */
};

struct shard {
	pthread_mutex_t lock;
	struct entry *slots;
	size_t size, used, dirty; /* size: a power of two */
	int64_t now;
} __attribute__((aligned(64)));

struct limiter {
	struct shard shards[SHARDS];
	/* of the one thread that saves */
	size_t next_shard;
	struct limit_state *rows;
	int64_t *saved; /* keys of the rows, to be marked again where the commit fails */
	size_t row_count, row_size, saved_count, saved_size;
};

/* --- the table ------------------------------------------------------------ */

/* Rows of keys are small numbers in a row: a finalizer spreads them (the high bits choose the shard). */
static uint64_t key_hash(int64_t key)
{
	uint64_t h = (uint64_t)key;

	h = (h ^ (h >> 33)) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ (h >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ (h >> 33);
}

static struct shard *shard_of(struct limiter *l, int64_t key)
{
	return &l->shards[key_hash(key) >> 58];
}

/* Where the key is, or the free slot where it belongs. */
static struct entry *slot_find(const struct shard *sh, int64_t key)
{
	size_t mask = sh->size - 1, i = key_hash(key) & mask;

	while (sh->slots[i].key && sh->slots[i].key != key)
		i = (i + 1) & mask;
	return &sh->slots[i];
}

static void shard_resize(struct shard *sh, size_t size)
{
	struct shard to = { .slots = x_calloc(size, sizeof *to.slots), .size = size };

	for (size_t i = 0; i < sh->size; i++)
		if (sh->slots[i].key)
			*slot_find(&to, sh->slots[i].key) = sh->slots[i];
	free(sh->slots);
	sh->slots = to.slots;
	sh->size = size;
}

static struct entry *entry_of(struct shard *sh, int64_t key)
{
	struct entry *en;

	if (4 * (sh->used + 1) > 3 * sh->size)
		shard_resize(sh, sh->size ? 2 * sh->size : SLOTS_FIRST);
	en = slot_find(sh, key);
	if (!en->key) {
		*en = (struct entry){ .key = key };
		sh->used++;
	}
	return en;
}

static void entry_release(struct entry *en)
{
	free(en->text);
	free(en->buckets);
}

static void mark(struct shard *sh, struct entry *en, bool dirty)
{
	sh->dirty += (size_t)dirty - (size_t)en->dirty;
	en->dirty = dirty;
}

/* Frees slot i and moves those behind it up, so that every key is found from where its hash points. */
static void slot_free(struct shard *sh, size_t i)
{
	size_t mask = sh->size - 1, at = i;

	mark(sh, &sh->slots[i], false);
	entry_release(&sh->slots[i]);
	sh->used--;
	for (;;) {
		size_t home;

		at = (at + 1) & mask;
		if (!sh->slots[at].key)
			break;
		home = key_hash(sh->slots[at].key) & mask;
		if (((at - home) & mask) < ((at - i) & mask))
			continue;
		sh->slots[i] = sh->slots[at];
		i = at;
	}
	sh->slots[i] = (struct entry){ .key = 0 };
}

struct limiter *limiter_new(void)
{
	struct limiter *l = aligned_alloc(_Alignof(struct limiter), sizeof *l);

	if (!l)
		alloc_exhausted();
	memset(l, 0, sizeof *l);
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_init(&l->shards[i].lock, NULL);
		l->shards[i].now = INT64_MIN;
	}
	return l;
}

void limiter_free(struct limiter *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *sh = &l->shards[i];

		for (size_t k = 0; k < sh->size; k++)
			entry_release(&sh->slots[k]);
		free(sh->slots);
		pthread_mutex_destroy(&sh->lock);
	}
	free(l->rows);
	free(l->saved);
	free(l);
}

/* --- limits of a key -------------------------------------------------------- */

/* A count that does not divide its period passes a little more than it says, never less. */
static struct bucket bucket_make(struct limit limit)
{
	struct bucket b = { .limit = limit };

	b.interval = limit.period_ms * NS_A_MS / limit.count;
	if (b.interval < 1)
		b.interval = 1;
	b.whole = (wide)b.interval * (limit.burst ? limit.burst : limit.count);
	return b;
}

static wide bucket_debt(const struct bucket *b, int64_t now)
{
	return b->arrival > now ? b->arrival - now : 0;
}

static bool limit_same(const struct limit *a, const struct limit *b)
{
	return a->period_ms == b->period_ms && a->count == b->count && a->burst == b->burst;
}

/* What an edited limit takes over from one with the same period: as many calls, parts of one included, but
 * no more than all that it has. */
static wide debt_carried(const struct bucket *to, const struct bucket *from, int64_t now)
{
	wide debt = bucket_debt(from, now);

	if (to->interval != from->interval)
		debt = (debt * to->interval + from->interval - 1) / from->interval;
	return debt < to->whole ? debt : to->whole;
}

static void bucket_inherit(struct bucket *b, const struct entry *old, int64_t now)
{
	wide most = 0;

	for (size_t i = 0; i < old->count; i++) {
		const struct bucket *from = &old->buckets[i];
		wide debt;

		if (limit_same(&b->limit, &from->limit)) {
			b->arrival = from->arrival;
			return;
		}
		if (from->limit.period_ms != b->limit.period_ms)
			continue;
		debt = debt_carried(b, from, now);
		most = debt > most ? debt : most;
	}
	b->arrival = now + most;
}

/* Reads a key's field; false where a limit in it can't be read, or there are too many. */
static bool buckets_parse(struct bucket *out, size_t *count, const char *text)
{
	char piece[LIMIT_TEXT_SIZE];
	struct limit limit;
	size_t len;

	*count = 0;
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		len = strcspn(text, " ");
		if (len >= sizeof piece || *count == LIMITS_MAX)
			return false;
		memcpy(piece, text, len);
		piece[len] = '\0';
		if (limit_parse(&limit, piece, NULL))
			return false;
		out[(*count)++] = bucket_make(limit);
		text += len;
	}
	return true;
}

static void entry_touch(struct entry *en)
{
	wide latest = INT64_MIN;

	for (size_t i = 0; i < en->count; i++)
		if (en->buckets[i].arrival > latest)
			latest = en->buckets[i].arrival;
	en->whole_at = latest > INT64_MAX ? INT64_MAX : (int64_t)latest;
}

/* A key that is new here, or whose limits were edited. Limits that can't be read (a newer release has written
 * them) let nobody in, and what was used of the ones before is kept. */
static void entry_parse(struct shard *sh, struct entry *en, const char *text, int64_t now)
{
	struct bucket parsed[LIMITS_MAX];
	size_t count;

	en->unreadable = !buckets_parse(parsed, &count, text);
	free(en->text);
	en->text = x_strdup(text);
	if (en->unreadable)
		return;
	for (size_t i = 0; i < count; i++)
		bucket_inherit(&parsed[i], en, now);
	free(en->buckets);
	en->buckets = x_calloc(count, sizeof *en->buckets);
	memcpy(en->buckets, parsed, count * sizeof *parsed);
	en->count = (uint16_t)count;
	entry_touch(en);
	mark(sh, en, en->whole_at > now);
}

/* --- one call --------------------------------------------------------------- */

static int64_t ms_up(wide ns)
{
	wide ms = (ns + NS_A_MS - 1) / NS_A_MS;

	return ms > INT64_MAX ? INT64_MAX : (int64_t)ms;
}

/* Most debts fit 64 bits, which divide ten times faster. */
static int64_t calls_in(wide ns, int64_t interval)
{
	return ns > INT64_MAX ? (int64_t)(ns / interval) : (int64_t)ns / interval;
}

static bool buckets_pass(const struct entry *en, int64_t now, int64_t *retry_after_ms)
{
	wide wait = 0;

	for (size_t i = 0; i < en->count; i++) {
		const struct bucket *b = &en->buckets[i];
		wide over = bucket_debt(b, now) - (b->whole - b->interval);

		wait = over > wait ? over : wait;
	}
	*retry_after_ms = ms_up(wait);
	return wait == 0;
}

static void buckets_charge(struct shard *sh, struct entry *en, int64_t now)
{
	for (size_t i = 0; i < en->count; i++) {
		struct bucket *b = &en->buckets[i];

		b->arrival = (b->arrival > now ? b->arrival : now) + b->interval;
	}
	entry_touch(en);
	mark(sh, en, true);
}

static void buckets_tell(const struct entry *en, int64_t now, struct limit_verdict *out)
{
	out->count = en->count;
	for (size_t i = 0; i < en->count; i++) {
		const struct bucket *b = &en->buckets[i];
		wide debt = bucket_debt(b, now);

		out->left[i] = (struct limit_left){
			.limit = b->limit,
			.remaining = calls_in(b->whole - debt, b->interval),
			.reset_ms = ms_up(debt),
		};
	}
}

static void shard_time(struct shard *sh, int64_t now)
{
	if (now > sh->now)
		sh->now = now;
}

static void entry_take(struct shard *sh, struct entry *en, const char *limits, int64_t now,
		       struct limit_verdict *out)
{
	if (!en->text || strcmp(en->text, limits) != 0)
		entry_parse(sh, en, limits, now);
	if (en->unreadable) {
		out->allowed = false;
		out->retry_after_ms = MINUTE_MS;
		return;
	}
	out->allowed = buckets_pass(en, now, &out->retry_after_ms);
	if (out->allowed)
		buckets_charge(sh, en, now);
	buckets_tell(en, now, out);
}

void limiter_take(struct limiter *l, int64_t key, const char *limits, int64_t now_ns,
		  struct limit_verdict *out)
{
	struct shard *sh;

	out->allowed = true;
	out->retry_after_ms = 0;
	out->count = 0;
	if (!*limits)
		return;
	sh = shard_of(l, key);
	pthread_mutex_lock(&sh->lock);
	shard_time(sh, now_ns);
	entry_take(sh, entry_of(sh, key), limits, sh->now, out);
	pthread_mutex_unlock(&sh->lock);
}

/* --- forgetting ------------------------------------------------------------- */

static size_t shard_sweep(struct shard *sh, int64_t now)
{
	size_t i = 0;

	shard_time(sh, now);
	while (i < sh->size) {
		if (sh->slots[i].key && sh->slots[i].whole_at <= now)
			slot_free(sh, i); /* and looks at what has moved there */
		else
			i++;
	}
	if (sh->size > SLOTS_FIRST && 8 * sh->used < sh->size)
		shard_resize(sh, sh->size / 2);
	return sh->used;
}

size_t limiter_sweep(struct limiter *l, int64_t now_ns)
{
	size_t left = 0;

	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *sh = &l->shards[i];

		pthread_mutex_lock(&sh->lock);
		left += shard_sweep(sh, now_ns);
		pthread_mutex_unlock(&sh->lock);
	}
	return left;
}

/* --- the store -------------------------------------------------------------- */

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
		l->rows = x_reallocarray(l->rows, l->row_size, sizeof *l->rows);
	}
	l->rows[l->row_count++] = *row;
}

static void saved_add(struct limiter *l, int64_t key)
{
	if (l->saved_count == l->saved_size) {
		l->saved_size = l->saved_size ? 2 * l->saved_size : SAVE_ROWS;
		l->saved = x_reallocarray(l->saved, l->saved_size, sizeof *l->saved);
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
		mark(sh, en, false);
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
	struct shard *sh = shard_of(l, key);
	struct entry *en;

	pthread_mutex_lock(&sh->lock);
	en = slot_find(sh, key);
	if (en->key)
		mark(sh, en, true);
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
	sh = shard_of(to->limiter, s->key);
	pthread_mutex_lock(&sh->lock);
	en = entry_of(sh, s->key);
	if (en->count < 4 * LIMITS_MAX) {
		en->buckets = x_reallocarray(en->buckets, en->count + 1u, sizeof *en->buckets);
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
