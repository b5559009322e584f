/* Counts in memory, by key, version, hour and code, in shards with a lock each; who writes takes a whole
 * shard by exchanging it for an empty one, so counting never waits for the store. */
#include "src/app/meter.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "data/usage.h"
#include "src/base/alloc.h"
#include "src/base/hash.h"

enum {
	SHARDS = 16,
	SLOTS_FIRST = 64, /* powers of two */
	SLOTS_IDLE = 8,	  /* a table this many times larger than it was used for is given back */
	ROWS_MAX = 16384, /* of a shard, where the store can't be written for long: 1 MB */
	SEENS_MAX = 4096, /* the same, of address lists: 1 MB */
	BATCH_MAX = 500,  /* rows of one transaction */
	ALL_ADDRESS_BITS = 128,
};

struct seen { /* the latest client addresses of one row, in no order */
	struct {
		struct address address;
		int64_t at;
	} list[USAGE_ADDRESSES];
	size_t count;
};

struct row {
	int64_t key, version, at, count;
	uint32_t seen; /* number of its address list, from 1; 0: none */
	enum verify_code code;
};

/* Rows in the order they came, found by open addressing. Nothing is ever taken out singly. */
struct table {
	struct row *rows;
	size_t count;
	uint32_t *slots;   /* number of a row, from 1; 0: free */
	size_t slot_count; /* twice as many as there is room for rows */
	struct seen *seens;
	size_t seen_count, seen_size;
};

struct shard {
	pthread_mutex_t lock;
	struct table table;
	int64_t lost;
};

struct meter {
	struct shard shards[SHARDS];
	pthread_mutex_t writing; /* guards `taken`, but for its count */
	struct table taken[SHARDS];
	_Atomic size_t under_way; /* rows of `taken` that are neither written nor put back */
};

/* --- table -------------------------------------------------------------------------------------- */

/* The hour is not in it: rows that differ by nothing else stand in one chain. */
static uint64_t row_hash(int64_t key, int64_t version, enum verify_code code)
{
	return hash_mix(hash_mix((uint64_t)key) ^ ((uint64_t)version << 8) ^ (uint64_t)code);
}

static void table_release(struct table *t)
{
	free(t->rows);
	free(t->slots);
	free(t->seens);
	*t = (struct table){ .rows = NULL };
}

static void table_place(struct table *t, size_t row)
{
	const struct row *r = &t->rows[row];
	size_t mask = t->slot_count - 1;
	size_t at = row_hash(r->key, r->version, r->code) / SHARDS & mask;

	while (t->slots[at])
		at = (at + 1) & mask;
	t->slots[at] = (uint32_t)row + 1;
}

static void table_grow(struct table *t)
{
	t->slot_count = t->slot_count ? 2 * t->slot_count : SLOTS_FIRST;
	t->rows = x_reallocarray(t->rows, t->slot_count / 2, sizeof(*t->rows));
	free(t->slots);
	t->slots = x_calloc(t->slot_count, sizeof(*t->slots));
	for (size_t i = 0; i < t->count; i++)
		table_place(t, i);
}

/* Makes it empty, and as small as what it was used for this time. */
static void table_clear(struct table *t)
{
	if (t->slot_count > SLOTS_FIRST && t->count < t->slot_count / SLOTS_IDLE / 2) {
		table_release(t);
		return;
	}
	t->count = 0;
	t->seen_count = 0;
	if (t->slots)
		memset(t->slots, 0, t->slot_count * sizeof(*t->slots));
}

static struct row *table_add(struct table *t, const struct row *like)
{
	struct row *r;

	if (t->count >= t->slot_count / 2)
		table_grow(t);
	r = &t->rows[t->count];
	*r = (struct row){ like->key, like->version, like->at, .code = like->code };
	table_place(t, t->count++);
	return r;
}

/* The row for what has `like`'s key, version, hour and code. A full table takes that of another hour: the
 * call is then counted in the later of both; NULL where there is none. */
static struct row *table_row(struct table *t, const struct row *like, uint64_t hash)
{
	size_t mask = t->slot_count - 1;
	struct row *other = NULL;

	for (size_t at = hash / SHARDS & mask; t->slots && t->slots[at]; at = (at + 1) & mask) {
		struct row *r = &t->rows[t->slots[at] - 1];

		if (r->key != like->key || r->version != like->version || r->code != like->code)
			continue;
		if (r->at / HOUR_MS == like->at / HOUR_MS)
			return r;
		other = r;
	}
	return t->count < ROWS_MAX ? table_add(t, like) : other;
}

/* --- addresses ---------------------------------------------------------------------------------- */

/* The latest win; of those of one millisecond, the last that came. */
static void seen_add(struct seen *s, const struct address *a, int64_t at)
{
	size_t place = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (memcmp(&s->list[i].address, a, sizeof(*a)) == 0) {
			if (at > s->list[i].at)
				s->list[i].at = at;
			return;
		}
		if (s->list[i].at < s->list[place].at)
			place = i;
	}
	if (s->count < USAGE_ADDRESSES)
		place = s->count++;
	else if (at < s->list[place].at)
		return;
	s->list[place].address = *a;
	s->list[place].at = at;
}

static struct seen *seen_of(struct table *t, struct row *r)
{
	if (r->seen)
		return &t->seens[r->seen - 1];
	if (t->seen_count == SEENS_MAX)
		return NULL;
	if (t->seen_count == t->seen_size) {
		t->seen_size = t->seen_size ? 2 * t->seen_size : SLOTS_FIRST / 2;
		t->seens = x_reallocarray(t->seens, t->seen_size, sizeof(*t->seens));
	}
	t->seens[t->seen_count].count = 0;
	r->seen = (uint32_t)++t->seen_count;
	return &t->seens[r->seen - 1];
}

/* --- counting ----------------------------------------------------------------------------------- */

struct meter *meter_new(void)
{
	struct meter *m = x_calloc(1, sizeof(*m));

	for (size_t i = 0; i < SHARDS; i++)
		pthread_mutex_init(&m->shards[i].lock, NULL);
	pthread_mutex_init(&m->writing, NULL);
	return m;
}

void meter_free(struct meter *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_destroy(&m->shards[i].lock);
		table_release(&m->shards[i].table);
		table_release(&m->taken[i]);
	}
	pthread_mutex_destroy(&m->writing);
	free(m);
}

/* Adds to the row that `add` is like. NULL where there is no room for it. */
static struct row *shard_add(struct shard *s, const struct row *add, uint64_t hash)
{
	struct row *r = table_row(&s->table, add, hash);

	if (!r) {
		s->lost += add->count;
		return NULL;
	}
	r->count += add->count;
	if (add->at > r->at)
		r->at = add->at;
	return r;
}

void meter_count(struct meter *m, const struct meter_call *call)
{
	struct row add = { call->key, call->version, call->at, 1, .code = call->code };
	uint64_t hash = row_hash(add.key, add.version, add.code);
	struct shard *s = &m->shards[hash % SHARDS];
	struct seen *seen;
	struct row *r;

	pthread_mutex_lock(&s->lock);
	r = shard_add(s, &add, hash);
	if (r && call->address && call->code == VERIFY_VALID) {
		seen = seen_of(&s->table, r);
		if (seen)
			seen_add(seen, call->address, call->at);
	}
	pthread_mutex_unlock(&s->lock);
}

size_t meter_waiting(struct meter *m)
{
	size_t count = m->under_way;

	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_lock(&m->shards[i].lock);
		count += m->shards[i].table.count;
		pthread_mutex_unlock(&m->shards[i].lock);
	}
	return count;
}

int64_t meter_lost(struct meter *m)
{
	int64_t lost = 0;

	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_lock(&m->shards[i].lock);
		lost += m->shards[i].lost;
		pthread_mutex_unlock(&m->shards[i].lock);
	}
	return lost;
}

/* --- writing ------------------------------------------------------------------------------------ */

struct item { /* a row that was taken, and the table it is in */
	const struct row *row;
	const struct table *table;
};

/* The order of the store's tables: neighbours share a page. */
static int item_compare(const void *a, const void *b)
{
	const struct row *x = ((const struct item *)a)->row, *y = ((const struct item *)b)->row;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->at / HOUR_MS != y->at / HOUR_MS)
		return x->at < y->at ? -1 : 1;
	if (x->version != y->version)
		return x->version < y->version ? -1 : 1;
	return (x->code > y->code) - (x->code < y->code);
}

/* Takes all that gathered; the items are heap. */
static struct item *items_take(struct meter *m, size_t *count)
{
	struct item *items;
	size_t n = 0;

	*count = 0;
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *s = &m->shards[i];
		struct table empty = m->taken[i];

		pthread_mutex_lock(&s->lock);
		m->under_way += s->table.count;
		m->taken[i] = s->table;
		s->table = empty;
		pthread_mutex_unlock(&s->lock);
		*count += m->taken[i].count;
	}
	items = x_reallocarray(NULL, *count + 1, sizeof(*items));
	for (size_t i = 0; i < SHARDS; i++)
		for (size_t r = 0; r < m->taken[i].count; r++)
			items[n++] = (struct item){ &m->taken[i].rows[r], &m->taken[i] };
	qsort(items, n, sizeof(*items), item_compare);
	return items;
}

static const struct seen *item_seen(const struct item *item)
{
	return item->row->seen ? &item->table->seens[item->row->seen - 1] : NULL;
}

/* The call may have been counted meanwhile, too: it is added to what is there. */
static void items_put_back(struct meter *m, const struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = items[i].row;
		const struct seen *from = item_seen(&items[i]);
		uint64_t hash = row_hash(row->key, row->version, row->code);
		struct shard *s = &m->shards[hash % SHARDS];
		struct seen *to;
		struct row *r;

		pthread_mutex_lock(&s->lock);
		r = shard_add(s, row, hash);
		to = r && from ? seen_of(&s->table, r) : NULL;
		for (size_t a = 0; to && a < from->count; a++)
			seen_add(to, &from->list[a].address, from->list[a].at);
		m->under_way--;
		pthread_mutex_unlock(&s->lock);
	}
}

struct batch {
	struct usage_add rows[BATCH_MAX];
	size_t count;
	char addresses[BATCH_MAX][CIDR_TEXT_SIZE];
};

static void batch_address(struct batch *b, struct usage_add *row, const struct address *a)
{
	char *text = b->addresses[row - b->rows];

	cidr_text(text, &(struct cidr){ *a, ALL_ADDRESS_BITS });
	row->address = text;
}

/* One row with the count and the last use, one more for each address that is older. */
static void batch_add(struct batch *b, const struct item *item)
{
	const struct row *r = item->row;
	const struct seen *seen = item_seen(item);
	struct usage_add *row = &b->rows[b->count++];

	*row = (struct usage_add){ .key = r->key,
				   .version = r->version,
				   .at = r->at,
				   .code = verify_code_name(r->code),
				   .count = r->count };
	for (size_t i = 0; seen && i < seen->count; i++) {
		struct usage_add *one = row;

		if (seen->list[i].at != r->at || row->address) {
			one = &b->rows[b->count++];
			*one = *row;
			one->at = seen->list[i].at;
			one->count = 0;
		}
		batch_address(b, one, &seen->list[i].address);
	}
}

/* Returns how many items found room. */
static size_t batch_fill(struct batch *b, const struct item *items, size_t count)
{
	size_t n = 0;

	b->count = 0;
	while (n < count && b->count + 1 + USAGE_ADDRESSES <= BATCH_MAX)
		batch_add(b, &items[n++]);
	return n;
}

static enum errc batch_write(struct store *s, const struct batch *b, struct err *e)
{
	enum errc rc = usage_write(s, b->rows, b->count, e);

	if (!rc)
		return store_commit(s, e);
	store_rollback(s);
	return rc;
}

/* Each batch by itself: where one can't be written, perhaps the others can. Where not even a transaction
 * begins, the rest waits as well. */
static enum errc items_write(struct meter *m, struct store *s, const struct item *items,
			     size_t count, struct err *e)
{
	struct batch *b = x_malloc(sizeof(*b));
	enum errc first = ERR_OK, rc;

	for (size_t n, i = 0; i < count; i += n) {
		struct err *told = first ? NULL : e;

		n = batch_fill(b, &items[i], count - i);
		rc = store_begin_spare(s, told);
		if (rc)
			n = count - i;
		else
			rc = batch_write(s, b, told);
		if (rc)
			items_put_back(m, &items[i], n);
		else
			m->under_way -= n;
		first = first ? first : rc;
	}
	free(b);
	return first;
}

enum errc meter_write(struct meter *m, struct store *s, struct err *e)
{
	struct item *items;
	enum errc rc = ERR_OK;
	size_t count;

	pthread_mutex_lock(&m->writing);
	items = items_take(m, &count);
	if (count)
		rc = items_write(m, s, items, count, e);
	free(items);
	for (size_t i = 0; i < SHARDS; i++)
		table_clear(&m->taken[i]);
	pthread_mutex_unlock(&m->writing);
	return rc;
}
