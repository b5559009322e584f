/* The table of keys that have used up some of a limit: a hash in shards, each behind a mutex of its own. Time
 * never runs back within a shard, whoever reads the clock first and gets there last. */
#include "src/app/limiter_table.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/hash.h"

enum { SLOTS_FIRST = 16 };

/* Rows of keys are small numbers in a row; the high bits choose the shard. */
static uint64_t key_hash(int64_t key)
{
	return hash_mix((uint64_t)key);
}

struct shard *limiter_shard(struct limiter *l, int64_t key)
{
	return &l->shards[key_hash(key) >> 58];
}

struct entry *shard_find(const struct shard *sh, int64_t key)
{
	size_t mask = sh->size - 1, i = key_hash(key) & mask;

	while (sh->slots[i].key && sh->slots[i].key != key)
		i = (i + 1) & mask;
	return &sh->slots[i];
}

static void shard_resize(struct shard *sh, size_t size)
{
	struct shard to = { .slots = x_calloc(size, sizeof(*to.slots)), .size = size };

	for (size_t i = 0; i < sh->size; i++)
		if (sh->slots[i].key)
			*shard_find(&to, sh->slots[i].key) = sh->slots[i];
	free(sh->slots);
	sh->slots = to.slots;
	sh->size = size;
}

struct entry *shard_entry(struct shard *sh, int64_t key)
{
	struct entry *en;

	if (4 * (sh->used + 1) > 3 * sh->size)
		shard_resize(sh, sh->size ? 2 * sh->size : SLOTS_FIRST);
	en = shard_find(sh, key);
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
	en->text = NULL;
	en->buckets = NULL;
	en->key = 0;
}

void entry_mark(struct shard *sh, struct entry *en, bool dirty)
{
	sh->dirty += (size_t)dirty - (size_t)en->dirty;
	en->dirty = dirty;
}

/* Frees slot i and moves those behind it up, so that every key is found from where its hash points. */
static void shard_drop(struct shard *sh, size_t i)
{
	size_t mask = sh->size - 1, at = i;

	entry_mark(sh, &sh->slots[i], false);
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
		sh->slots[at] = (struct entry){ .key = 0 };
		i = at;
	}
}

struct limiter *limiter_new(void)
{
	struct limiter *l = aligned_alloc(_Alignof(struct limiter), sizeof(*l));

	if (!l)
		alloc_exhausted();
	memset(l, 0, sizeof(*l));
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

void entry_touch(struct entry *en)
{
	wide latest = INT64_MIN;

	for (size_t i = 0; i < en->count; i++)
		if (en->buckets[i].arrival > latest)
			latest = en->buckets[i].arrival;
	en->whole_at = latest > INT64_MAX ? INT64_MAX : (int64_t)latest;
}

void shard_time(struct shard *sh, int64_t now)
{
	if (now > sh->now)
		sh->now = now;
}

static size_t shard_sweep(struct shard *sh, int64_t now)
{
	size_t i = 0;

	shard_time(sh, now);
	while (i < sh->size) {
		if (sh->slots[i].key && sh->slots[i].whole_at <= now)
			shard_drop(sh, i); /* and looks at what has moved there */
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
