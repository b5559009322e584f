/* Rate limits: what a key's field says, and the verdict on one call. */
#include "src/app/limiter_table.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"

/* --- limits of a key -------------------------------------------------------- */

/* A count that does not divide its period passes a little more than it says, never less. */
struct bucket bucket_make(struct limit limit)
{
	struct bucket b = { .limit = limit };

	b.interval = limit.period_ms * NS_A_MS / limit.count;
	if (b.interval < 1)
		b.interval = 1;
	b.whole = (wide)b.interval * (limit.burst ? limit.burst : limit.count);
	return b;
}

wide bucket_debt(const struct bucket *b, int64_t now)
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
		if (len >= sizeof(piece) || *count == LIMITS_MAX)
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
	en->buckets = x_calloc(count, sizeof(*en->buckets));
	memcpy(en->buckets, parsed, count * sizeof(*parsed));
	en->count = (uint16_t)count;
	entry_touch(en);
	entry_mark(sh, en, en->whole_at > now);
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
	entry_mark(sh, en, true);
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
	sh = limiter_shard(l, key);
	pthread_mutex_lock(&sh->lock);
	shard_time(sh, now_ns);
	entry_take(sh, shard_entry(sh, key), limits, sh->now, out);
	pthread_mutex_unlock(&sh->lock);
}
