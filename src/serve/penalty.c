/* Wrong keys by address: a table of fixed size, of small sets, so that no call looks at more than one set. */
#include "src/serve/penalty.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/hash.h"
#include "src/base/random.h"

enum { WAYS = 16, SETS = PENALTY_ADDRESSES / WAYS };

struct place { /* count 0: free */
	struct address from;
	int64_t since; /* when the first of its wrong keys came */
	int64_t next;  /* when the last answer that is held up leaves */
	uint32_t count, held;
};

struct penalty {
	pthread_mutex_t lock;
	uint64_t seeds[2];
	size_t held;
	struct place *places;
};

struct penalty *penalty_new(void)
{
	struct penalty *p = x_calloc(1, sizeof(*p));

	pthread_mutex_init(&p->lock, NULL);
	random_public(p->seeds, sizeof(p->seeds));
	p->places = x_calloc(PENALTY_ADDRESSES, sizeof(*p->places));
	return p;
}

void penalty_free(struct penalty *p)
{
	if (!p)
		return;
	pthread_mutex_destroy(&p->lock);
	free(p->places);
	free(p);
}

/* One customer of a provider has a whole /64 of IPv6. */
static struct address address_group(const struct address *a)
{
	struct address group = *a;

	if (!address_is_v4(a))
		memset(group.bytes + 8, 0, 8);
	return group;
}

/* Seeded: nobody chooses addresses that meet in one set. */
static size_t set_of(const struct penalty *p, const struct address *a)
{
	uint64_t half[2];

	memcpy(half, a->bytes, sizeof(half));
	return hash_mix(hash_mix(half[0] ^ p->seeds[0]) ^ half[1] ^ p->seeds[1]) % SETS;
}

static struct place *place_find(const struct penalty *p, const struct address *a)
{
	struct place *set = &p->places[WAYS * set_of(p, a)];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].count && memcmp(&set[i].from, a, sizeof(*a)) == 0)
			return &set[i];
	return NULL;
}

static bool place_over(const struct place *at, int64_t now)
{
	return !at->held && at->next <= now && now - at->since >= MINUTE_MS;
}

/* The one that is free or over, else the one that began first; never one with answers held up, which come back
 * by penalty_done(). NULL: all have some. */
static struct place *place_new(struct penalty *p, const struct address *a, int64_t now)
{
	struct place *set = &p->places[WAYS * set_of(p, a)], *best = NULL;

	for (size_t i = 0; i < WAYS; i++) {
		if (!set[i].count || place_over(&set[i], now)) {
			best = &set[i];
			break;
		}
		if (!set[i].held && (!best || set[i].since < best->since))
			best = &set[i];
	}
	if (best)
		*best = (struct place){ .from = *a, .since = now, .next = now };
	return best;
}

/* Each answer leaves a second behind the one before it. */
static int64_t place_delay(struct penalty *p, struct place *at, int64_t now)
{
	if (place_over(at, now))
		*at = (struct place){ .from = at->from, .since = now, .next = now };
	if (at->count < PENALTY_FREE) {
		at->count++;
		return 0;
	}
	if (at->held >= PENALTY_HELD || p->held >= PENALTY_HELD_ALL)
		return PENALTY_REFUSE;
	at->next = (at->next > now ? at->next : now) + PENALTY_SPACE_MS;
	if (at->next > now + PENALTY_LONGEST_MS)
		at->next = now + PENALTY_LONGEST_MS;
	at->held++;
	p->held++;
	return at->next - now;
}

int64_t penalty_delay_ms(struct penalty *p, const struct address *a, int64_t now_ms)
{
	struct address group = address_group(a);
	struct place *at;
	int64_t delay;

	pthread_mutex_lock(&p->lock);
	at = place_find(p, &group);
	if (!at)
		at = place_new(p, &group, now_ms);
	delay = at ? place_delay(p, at, now_ms) : PENALTY_REFUSE;
	pthread_mutex_unlock(&p->lock);
	return delay;
}

void penalty_done(struct penalty *p, const struct address *a)
{
	struct address group = address_group(a);
	struct place *at;

	pthread_mutex_lock(&p->lock);
	at = place_find(p, &group);
	if (at && at->held) {
		at->held--;
		p->held--;
	}
	pthread_mutex_unlock(&p->lock);
}

size_t penalty_held(struct penalty *p)
{
	size_t held;

	pthread_mutex_lock(&p->lock);
	held = p->held;
	pthread_mutex_unlock(&p->lock);
	return held;
}
