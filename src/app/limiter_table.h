/* What the files behind limiter.h share: the table of keys, and what is kept of a limit. Nobody else includes
 * this. */
#ifndef APP_LIMITER_TABLE_H
#define APP_LIMITER_TABLE_H

#include <pthread.h>

#include "src/app/limiter.h"

#define NS_A_MS INT64_C(1000000)
#define NS_A_US INT64_C(1000)
enum { SHARDS = 64 };

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

struct limit_state;

struct limiter {
	struct shard shards[SHARDS];
	/* of the one thread that saves */
	size_t next_shard;
	struct limit_state *rows;
	int64_t *saved; /* keys of the rows, to be marked again where the commit fails */
	size_t row_count, row_size, saved_count, saved_size;
};

struct shard *limiter_shard(struct limiter *l, int64_t key);
/* All below hold the shard's lock. Where the key is, or the free slot where it belongs. */
struct entry *shard_find(const struct shard *sh, int64_t key);
/* The key's entry; made where there is none. */
struct entry *shard_entry(struct shard *sh, int64_t key);
/* Whether the entry is to be saved. */
void entry_mark(struct shard *sh, struct entry *en, bool dirty);
/* After a change of its buckets. */
void entry_touch(struct entry *en);
/* Time goes on, never back. */
void shard_time(struct shard *sh, int64_t now);

/* A bucket that is whole. */
struct bucket bucket_make(struct limit limit);
wide bucket_debt(const struct bucket *b, int64_t now);

#endif
