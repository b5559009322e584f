/* Rate limits: against a slow model of what a limit promises, in steady traffic, from several threads, through
 * edits and through the store. */
#include "tests/lib/store_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/limiter.h"
#include "src/base/alloc.h"

#define MS INT64_C(1000000)
#define SEC (1000 * MS)
#define START (1000 * SEC) /* on CLOCK_BOOTTIME */
#define WALL_US (TEST_NOW * 1000)
enum { KEY = 7 };

static int setup(void **state)
{
	*state = limiter_new();
	return 0;
}

static int teardown(void **state)
{
	limiter_free(*state);
	return 0;
}

static struct limit_verdict take(struct limiter *l, const char *limits, int64_t now)
{
	struct limit_verdict v;

	limiter_take(l, KEY, limits, now, &v);
	return v;
}

/* How many of `calls` at one instant pass. */
static int burst(struct limiter *l, const char *limits, int64_t now, int calls)
{
	int passed = 0;

	while (calls--)
		passed += take(l, limits, now).allowed;
	return passed;
}

/* --- what one limit is ------------------------------------------------------ */

static void limit_passes_its_count_at_once_and_says_when_the_next_may_come(void **state)
{
	struct limit_verdict v;

	for (int i = 0; i < 5; i++) {
		v = take(*state, "5/min", START);
		assert_true(v.allowed);
		assert_int_equal(v.retry_after_ms, 0);
		assert_int_equal(v.count, 1);
		assert_int_equal(v.left[0].limit.count, 5);
		assert_int_equal(v.left[0].remaining, 4 - i);
		assert_int_equal(v.left[0].reset_ms, 12000 * (i + 1));
	}
	v = take(*state, "5/min", START);
	assert_false(v.allowed);
	assert_int_equal(v.retry_after_ms, 12000);
	assert_int_equal(v.left[0].remaining, 0);
	assert_int_equal(v.left[0].reset_ms, 60000);
	assert_false(take(*state, "5/min", START + 12 * SEC - 1).allowed);
	assert_true(take(*state, "5/min", START + 12 * SEC).allowed);
}

static void times_are_rounded_up(void **state)
{
	take(*state, "1/sec", START);
	assert_int_equal(take(*state, "1/sec", START + SEC - 1).retry_after_ms, 1);
	assert_int_equal(take(*state, "1/sec", START + SEC - 1).left[0].reset_ms, 1);
}

static void burst_is_what_passes_at_once(void **state)
{
	assert_int_equal(burst(*state, "100/min:3", START, 10), 3);
	assert_int_equal(take(*state, "100/min:3", START).retry_after_ms, 600);
	assert_int_equal(burst(*state, "100/min:3", START + 3600 * SEC, 10), 3);
}

static void denied_call_uses_nothing_up(void **state)
{
	assert_int_equal(burst(*state, "2/min", START, 2), 2);
	assert_int_equal(burst(*state, "2/min", START + 29 * SEC, 1000), 0);
	assert_true(take(*state, "2/min", START + 30 * SEC).allowed);
}

static void key_without_limits_is_always_allowed(void **state)
{
	for (int i = 0; i < 1000; i++) {
		struct limit_verdict v = take(*state, "", START);

		assert_true(v.allowed);
		assert_int_equal(v.count, 0);
	}
	assert_int_equal(limiter_sweep(*state, START), 0);
}

static void keys_do_not_share_a_budget(void **state)
{
	struct limit_verdict v;

	for (int64_t key = 1; key <= 5000; key++) {
		limiter_take(*state, key, "1/min", START, &v);
		assert_true(v.allowed);
	}
	for (int64_t key = 1; key <= 5000; key++) {
		limiter_take(*state, key, "1/min", START, &v);
		assert_false(v.allowed);
	}
}

static void limits_that_cannot_be_read_let_nobody_in(void **state)
{
	static const char *const texts[] = {
		"100/week",
		"5/min 0/day",
		"5/min,6/day",
		"100000000000000000000000000000000000000000000000000000000000/min",
		("1/day 2/day 3/day 4/day 5/day 6/day 7/day 8/day 9/day 10/day 11/day 12/day "
		 "13/day "
		 "14/day 15/day 16/day 17/day"),
	};

	assert_int_equal(burst(*state, "5/min", START, 3), 3);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct limit_verdict v = take(*state, texts[i], START);

		assert_false(v.allowed);
		assert_int_equal(v.count, 0);
		assert_true(v.retry_after_ms > 0);
	}
	assert_int_equal(burst(*state, "5/min", START, 5), 2);
}

/* The largest that a key may have: nothing overflows, and the last call of the burst passes. */
static void largest_limits_hold(void **state)
{
	struct limit_verdict v = take(*state, "1/day:1000000000", START);

	assert_true(v.allowed);
	assert_int_equal(v.left[0].remaining, 999999999);
	assert_int_equal(v.left[0].reset_ms, DAY_MS);
	for (int i = 0; i < 200000; i++)
		assert_true(take(*state, "1/day:1000000000", START).allowed);
	v = take(*state, "1/day:1000000000", START);
	assert_int_equal(v.left[0].remaining, 1000000000 - 200002);
	assert_int_equal(v.left[0].reset_ms, 200002 * DAY_MS);
	v = take(*state, "1000000000/sec:1000000000 1000000000/day", START);
	assert_true(v.allowed);
	assert_int_equal(v.left[0].remaining, 999999999);
	assert_int_equal(v.left[1].remaining, 1000000000 - 200003);
}

/* --- several limits --------------------------------------------------------- */

static void all_limits_are_charged_or_none(void **state)
{
	static const char limits[] = "2/sec 3/min 1000/day";
	struct limit_verdict v;

	assert_int_equal(burst(*state, limits, START, 10), 2);
	v = take(*state, limits, START);
	assert_int_equal(v.count, 3);
	assert_int_equal(v.retry_after_ms, 500);
	assert_int_equal(v.left[0].remaining, 0);
	assert_int_equal(v.left[1].remaining, 1);
	assert_int_equal(v.left[2].remaining, 998);
	assert_int_equal(burst(*state, limits, START + SEC, 10), 1);
	v = take(*state, limits, START + SEC);
	assert_false(v.allowed);
	assert_int_equal(v.retry_after_ms, 19000); /* of the limit that waits longest */
	assert_int_equal(v.left[0].remaining, 1);
	assert_int_equal(v.left[2].remaining, 997);
}

/* --- against a model -------------------------------------------------------- */

/* What a limit means, call by call and without any state: no stretch of calls that passed is longer than
 * the burst and what the time in between is worth. */
struct model {
	struct limit limits[3];
	size_t count;
	int64_t passed[4000];
	size_t calls;
};

static int64_t interval_of(const struct limit *l)
{
	return l->period_ms * MS / l->count;
}

/* The most that the calls from any one on are ahead of their time; 0: none. */
static int64_t model_ahead(const struct model *m, const struct limit *l, int64_t now)
{
	int64_t most = 0;

	for (size_t i = 0; i < m->calls; i++) {
		int64_t ahead = (int64_t)(m->calls - i) * interval_of(l) - (now - m->passed[i]);

		most = ahead > most ? ahead : most;
	}
	return most;
}

static void model_take(struct model *m, int64_t now, struct limit_verdict *out)
{
	*out = (struct limit_verdict){ .allowed = true, .count = m->count };
	for (size_t i = 0; i < m->count; i++) {
		const struct limit *l = &m->limits[i];
		int64_t room = (l->burst ? l->burst : l->count) * interval_of(l);
		int64_t wait = model_ahead(m, l, now) + interval_of(l) - room;
		int64_t ms = (wait + MS - 1) / MS;

		if (wait > 0)
			out->allowed = false;
		if (wait > 0 && ms > out->retry_after_ms)
			out->retry_after_ms = ms;
	}
	if (out->allowed)
		m->passed[m->calls++] = now;
	for (size_t i = 0; i < m->count; i++) {
		const struct limit *l = &m->limits[i];
		int64_t room = (l->burst ? l->burst : l->count) * interval_of(l);
		int64_t ahead = model_ahead(m, l, now);

		out->left[i].remaining = (room - ahead) / interval_of(l);
		out->left[i].reset_ms = (ahead + MS - 1) / MS;
	}
}

static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int64_t random_below(uint64_t *seed, int64_t n)
{
	return (int64_t)(random_next(seed) % (uint64_t)n);
}

static void model_draw(struct model *m, uint64_t *seed, char *text, size_t size)
{
	static const int64_t periods[] = { SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS };
	int len = 0;

	*m = (struct model){ .count = 1 + (size_t)random_below(seed, 3) };
	for (size_t i = 0; i < m->count; i++) {
		struct limit *l = &m->limits[i];
		char one[LIMIT_TEXT_SIZE];

		l->period_ms = periods[random_below(seed, 4)];
		l->count = 1 + random_below(seed, 40);
		l->burst = random_below(seed, 2) ? 1 + random_below(seed, 50) : 0;
		limit_text(one, l);
		len += snprintf(text + len, size - (size_t)len, "%s%s", i ? " " : "", one);
	}
}

static void assert_same(const struct limit_verdict *is, const struct limit_verdict *wanted,
			const char *text)
{
	bool same = is->allowed == wanted->allowed && is->count == wanted->count &&
		    is->retry_after_ms == wanted->retry_after_ms;

	for (size_t i = 0; i < is->count && same; i++)
		same = is->left[i].remaining == wanted->left[i].remaining &&
		       is->left[i].reset_ms == wanted->left[i].reset_ms;
	if (!same)
		fail_msg("%s: another verdict than the model's", text);
}

static void any_sequence_of_calls_gets_what_the_model_says(void **state)
{
	uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
	struct model *m = x_calloc(1, sizeof *m);
	int passed = 0, refused = 0;

	(void)state;
	for (int run = 0; run < 300; run++) {
		struct limiter *l = limiter_new();
		int64_t now = START, step;
		char text[3 * LIMIT_TEXT_SIZE];

		model_draw(m, &seed, text, sizeof text);
		step = interval_of(&m->limits[0]);
		for (int i = 0; i < 150; i++) {
			struct limit_verdict is, wanted;

			/* Mostly near the first limit's rate, with stretches of silence and of haste. */
			if (random_below(&seed, 3))
				now += random_below(&seed, 2 * step);
			else if (!random_below(&seed, 20))
				now += random_below(&seed, 30 * step);
			is = take(l, text, now);
			model_take(m, now, &wanted);
			assert_same(&is, &wanted, text);
			passed += is.allowed;
			refused += !is.allowed;
			if (!random_below(&seed, 10))
				limiter_sweep(l, now);
		}
		limiter_free(l);
	}
	free(m);
	/* Both happen often, or nothing is shown. */
	assert_true(passed > 5000);
	assert_true(refused > 5000);
}

/* --- steady traffic --------------------------------------------------------- */

static const struct rate {
	const char *limit;
	int64_t period, count;
} rates[] = {
	{ "10/sec", SEC, 10 },
	{ "7/sec", SEC, 7 },
	{ "3000/sec", SEC, 3000 },
	{ "100/min", 60 * SEC, 100 },
	{ "7/min", 60 * SEC, 7 },
	{ "1/min", 60 * SEC, 1 },
	{ "900/hour", 3600 * SEC, 900 },
	{ "13/hour", 3600 * SEC, 13 },
	{ "5000/day", 86400 * SEC, 5000 },
	{ "17/day", 86400 * SEC, 17 },
};
enum { RATES = sizeof rates / sizeof *rates, STEADY_CALLS = 20000 };

/* When call i of evenly spaced ones comes. */
static int64_t even(const struct rate *r, int64_t i)
{
	return START + r->period / r->count * i + r->period % r->count * i / r->count;
}

static void steady_traffic_at_the_rate_is_never_refused(void **state)
{
	(void)state;
	for (size_t r = 0; r < RATES; r++) {
		struct limiter *l = limiter_new();
		char one[LIMIT_TEXT_SIZE]; /* even without any burst */

		snprintf(one, sizeof one, "%s:1", rates[r].limit);
		for (int i = 0; i < STEADY_CALLS; i++) {
			struct limit_verdict v;

			assert_true(take(l, rates[r].limit, even(&rates[r], i)).allowed);
			limiter_take(l, 2, one, even(&rates[r], i), &v);
			assert_true(v.allowed);
		}
		limiter_free(l);
	}
}

/* Each call up to one interval late: the next may come right behind it. */
static void steady_traffic_with_jitter_is_never_refused(void **state)
{
	uint64_t seed = 4711;

	(void)state;
	for (size_t r = 0; r < RATES; r++) {
		struct limiter *l = limiter_new();
		int64_t interval = rates[r].period / rates[r].count;
		char two[LIMIT_TEXT_SIZE];

		snprintf(two, sizeof two, "%s:2", rates[r].limit);
		for (int i = 0; i < STEADY_CALLS; i++) {
			int64_t late = random_below(&seed, interval + 1);

			assert_true(take(l, two, even(&rates[r], i) + late).allowed);
		}
		limiter_free(l);
	}
}

static void traffic_above_the_rate_gets_the_rate(void **state)
{
	(void)state;
	for (size_t r = 0; r < RATES; r++) {
		struct limiter *l;
		int64_t interval = rates[r].period / rates[r].count, now = START;
		int64_t passed = 0, wanted;

		if (rates[r].count ==
		    1) /* with no burst to even it out, every other call is early */
			continue;
		l = limiter_new();
		for (int i = 0; i < STEADY_CALLS; i++) {
			now = START + interval * 10 / 11 * i;
			passed += take(l, rates[r].limit, now).allowed;
		}
		/* Burst, and one more with each interval; nothing where it never got that far. */
		wanted = rates[r].count + (now - START) / interval;
		wanted = wanted < STEADY_CALLS ? wanted : STEADY_CALLS;
		assert_in_range(passed, wanted - 1, wanted);
		limiter_free(l);
	}
}

/* --- threads ---------------------------------------------------------------- */

enum { THREADS = 4, HAMMER_KEYS = 50, HAMMER_CALLS = 20000 };

struct hammer {
	struct limiter *l;
	int64_t keys, now;
	atomic_int *passed;
	pthread_t thread;
};

static void *hammer_run(void *arg)
{
	struct hammer *h = arg;

	for (int i = 0; i < HAMMER_CALLS; i++) {
		struct limit_verdict v;

		limiter_take(h->l, 1 + i % h->keys, "100/min", h->now, &v);
		if (v.allowed)
			atomic_fetch_add(h->passed, 1);
	}
	return NULL;
}

/* Their clocks differ by some hundred milliseconds, less than one call is worth. */
static int hammer(struct limiter *l, int64_t keys)
{
	struct hammer h[THREADS];
	atomic_int passed = 0;

	for (int i = 0; i < THREADS; i++) {
		h[i] = (struct hammer){ l, keys, START + i * 150 * MS, &passed, 0 };
		assert_int_equal(pthread_create(&h[i].thread, NULL, hammer_run, &h[i]), 0);
	}
	for (int i = 0; i < 200; i++)
		limiter_sweep(l, START);
	for (int i = 0; i < THREADS; i++)
		pthread_join(h[i].thread, NULL);
	return passed;
}

static void threads_together_get_exactly_what_the_limit_says(void **state)
{
	assert_int_equal(hammer(*state, 1), 100);
}

static void threads_on_many_keys_get_exactly_what_each_limit_says(void **state)
{
	assert_int_equal(hammer(*state, HAMMER_KEYS), 100 * HAMMER_KEYS);
}

static void late_clock_of_a_thread_takes_nothing_from_a_key(void **state)
{
	assert_true(take(*state, "1/sec", START).allowed);
	assert_true(take(*state, "1/sec", START + SEC).allowed);
	assert_int_equal(take(*state, "1/sec", START).retry_after_ms, 1000);
	assert_true(take(*state, "1/sec", START + 2 * SEC).allowed);
}

/* --- edits ------------------------------------------------------------------ */

static void edited_limit_holds_at_once_and_what_was_used_stays_used(void **state)
{
	static const struct {
		const char *before, *after;
		int used, left;
	} cases[] = {
		{ "100/min", "200/min", 80, 120 },    { "100/min", "90/min", 80, 10 },
		{ "100/min", "50/min", 80, 0 },	      { "100/min", "100/min:30", 20, 10 },
		{ "100/min:30", "100/min", 20, 80 },  { "100/min", "100/min 5/sec", 99, 1 },
		{ "5/sec 100/min", "90/min", 4, 86 }, { "100/min", "100/hour", 80, 100 },
		{ "100/min", "7/min 300/min", 3, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct limiter *l = limiter_new();

		assert_int_equal(burst(l, cases[i].before, START, cases[i].used), cases[i].used);
		assert_int_equal(burst(l, cases[i].after, START, 1000), cases[i].left);
		limiter_free(l);
	}
}

/* A part of a call stays a part of a call. */
static void edit_keeps_what_a_call_is_worth(void **state)
{
	assert_true(take(*state, "1/min", START).allowed);
	assert_int_equal(take(*state, "1/min", START + 30 * SEC).retry_after_ms, 30000);
	assert_false(take(*state, "2/min:1", START + 30 * SEC).allowed);
	assert_int_equal(take(*state, "2/min:1", START + 30 * SEC).retry_after_ms, 15000);
}

/* A key never waits for longer than what it has now takes. */
static void edit_to_less_makes_nobody_wait_for_what_was(void **state)
{
	struct limit_verdict v;

	assert_int_equal(burst(*state, "100/min", START, 100), 100);
	v = take(*state, "2/min", START);
	assert_int_equal(v.retry_after_ms, 30000);
	assert_int_equal(v.left[0].reset_ms, 60000);
}

/* Of several with its period a new limit takes over what is used most; one that stays goes on as it is. */
static void edit_of_one_limit_leaves_the_others_alone(void **state)
{
	const int64_t later = START + 30 * SEC;
	struct limit_verdict v;

	assert_int_equal(burst(*state, "50/min 100/min", START, 40), 40);
	v = take(*state, "50/min 60/min 100/min", later);
	assert_int_equal(v.left[0].remaining, 50 - 15 - 1);
	assert_int_equal(v.left[1].remaining, 60 - 15 - 1);
	assert_int_equal(v.left[2].remaining, 100 - 1);
}

static void edit_back_and_forth_gives_nothing_back(void **state)
{
	assert_int_equal(burst(*state, "10/min", START, 100), 10);
	for (int i = 0; i < 50; i++) {
		assert_false(take(*state, "9/min", START).allowed);
		assert_false(take(*state, "9/min:9", START).allowed);
	}
	assert_int_equal(burst(*state, "", START, 10), 10);
	assert_false(take(*state, "9/min", START).allowed);
}

/* --- forgetting ------------------------------------------------------------- */

static void whole_budgets_are_forgotten(void **state)
{
	struct limit_verdict v;

	for (int64_t key = 1; key <= 10000; key++)
		limiter_take(*state, key, key % 2 ? "60/min" : "60/hour", START, &v);
	assert_int_equal(limiter_sweep(*state, START), 10000);
	assert_int_equal(limiter_sweep(*state, START + SEC - 1), 10000);
	assert_int_equal(limiter_sweep(*state, START + SEC), 5000);
	for (int64_t key = 1; key <= 10000; key++) {
		limiter_take(*state, key, key % 2 ? "60/min" : "60/hour", START + SEC, &v);
		assert_int_equal(v.left[0].remaining, key % 2 ? 59 : 58);
	}
	for (int i = 0; i < 20; i++)
		assert_int_equal(limiter_sweep(*state, START + 3600 * SEC), 0);
	assert_int_equal(burst(*state, "5/min", START + 3600 * SEC, 9), 5);
}

/* --- the store -------------------------------------------------------------- */

struct kept {
	struct store_fixture f;
	struct limiter *l;
};

static int kept_setup(void **state)
{
	struct kept *k = x_calloc(1, sizeof *k);

	fixture_start(&k->f);
	fixture_import(&k->f, "bulk", 20);
	k->l = limiter_new();
	*state = k;
	return 0;
}

static int kept_teardown(void **state)
{
	struct kept *k = *state;

	limiter_free(k->l);
	fixture_end(&k->f);
	free(k);
	return 0;
}

static void save(struct kept *k, int64_t now, int64_t wall_us, bool commit)
{
	struct err e = ERR_INIT;

	assert_well(store_begin_unaudited(k->f.s, &e), &e);
	assert_well(limiter_save(k->l, k->f.s, now, wall_us, &e), &e);
	if (commit)
		assert_well(store_commit(k->f.s, &e), &e);
	else
		store_rollback(k->f.s);
	limiter_saved(k->l, commit);
}

/* As a new process does: nothing of the old one is left but the store, and its clock began anew. */
static void restart(struct kept *k, int64_t now, int64_t wall_us)
{
	struct err e = ERR_INIT;

	limiter_free(k->l);
	k->l = limiter_new();
	fixture_reopen(&k->f);
	assert_well(limiter_load(k->l, k->f.s, now, wall_us, &e), &e);
}

static int64_t rows(struct kept *k)
{
	return fixture_number(&k->f, "SELECT count(*) AS n FROM limit_state");
}

static void restart_refills_no_budget(void **state)
{
	struct kept *k = *state;

	assert_int_equal(burst(k->l, "10/min 100/day", START, 7), 7);
	save(k, START, WALL_US, true);
	restart(k, 5 * SEC, WALL_US);
	assert_int_equal(burst(k->l, "10/min 100/day", 5 * SEC, 20), 3);
	assert_int_equal(take(k->l, "10/min 100/day", 5 * SEC).left[1].remaining, 90);
	/* The time while nothing ran counts. */
	save(k, 5 * SEC, WALL_US, true);
	restart(k, SEC, WALL_US + 6000000);
	assert_int_equal(burst(k->l, "10/min 100/day", SEC, 20), 1);
}

/* The store has microseconds, 7/min is 8571428571.4 ns a call. */
static void restart_gives_no_nanosecond_back(void **state)
{
	struct kept *k = *state;

	assert_true(take(k->l, "7/min:1", START).allowed);
	save(k, START, WALL_US, true);
	restart(k, START, WALL_US);
	assert_false(take(k->l, "7/min:1", START + INT64_C(8571428000)).allowed);
	assert_true(take(k->l, "7/min:1", START + INT64_C(8571429000)).allowed);
}

static void edit_while_nothing_ran_keeps_what_was_used(void **state)
{
	struct kept *k = *state;

	assert_int_equal(burst(k->l, "10/min", START, 7), 7);
	save(k, START, WALL_US, true);
	restart(k, START, WALL_US);
	assert_int_equal(burst(k->l, "20/min", START, 50), 13);
}

/* Killed, it has lost what came after the last save, and nothing else. */
static void kill_loses_what_came_after_the_last_save(void **state)
{
	struct kept *k = *state;

	assert_int_equal(burst(k->l, "10/min", START, 4), 4);
	save(k, START, WALL_US, true);
	assert_int_equal(burst(k->l, "10/min", START, 3), 3);
	save(k, START, WALL_US, false);
	restart(k, START, WALL_US);
	assert_int_equal(burst(k->l, "10/min", START, 50), 6);
}

static void failed_commit_is_made_up_for(void **state)
{
	struct kept *k = *state;

	assert_int_equal(burst(k->l, "10/min", START, 4), 4);
	assert_int_equal(limiter_waiting(k->l), 1);
	save(k, START, WALL_US, false);
	assert_int_equal(limiter_waiting(k->l), 1);
	assert_int_equal(rows(k), 0);
	save(k, START, WALL_US, true);
	assert_int_equal(limiter_waiting(k->l), 0);
	restart(k, START, WALL_US);
	assert_int_equal(burst(k->l, "10/min", START, 50), 6);
}

static void save_that_has_no_transaction_is_made_up_for(void **state)
{
	struct kept *k = *state;
	struct err e = ERR_INIT;

	assert_int_equal(burst(k->l, "10/min", START, 4), 4);
	assert_refused(limiter_save(k->l, k->f.s, START, WALL_US, &e), ERR_STORE, &e,
		       "outside a transaction");
	limiter_saved(k->l, false);
	save(k, START, WALL_US, true);
	assert_int_equal(rows(k), 1);
}

static void save_writes_only_what_changed(void **state)
{
	struct kept *k = *state;

	take(k->l, "10/min", START);
	save(k, START, WALL_US, true);
	fixture_sql(&k->f, "UPDATE limit_state SET arrival_us = 9e15");
	save(k, START, WALL_US, true);
	assert_int_equal(fixture_number(&k->f, "SELECT max(arrival_us) AS n FROM limit_state"),
			 9000000000000000);
	take(k->l, "10/min", START);
	save(k, START, WALL_US, true);
	assert_int_equal(fixture_number(&k->f, "SELECT max(arrival_us) AS n FROM limit_state"),
			 WALL_US + 12000000);
}

static void budget_that_is_whole_is_not_written_and_goes_from_the_store(void **state)
{
	struct kept *k = *state;

	take(k->l, "60/min", START);
	save(k, START + SEC, WALL_US, true);
	assert_int_equal(rows(k), 0);
	take(k->l, "60/min 10/hour", START + SEC);
	save(k, START + SEC, WALL_US, true);
	assert_int_equal(rows(k), 2);
	save(k, START + 2 * SEC, WALL_US + 1000000, true);
	assert_int_equal(rows(k), 1);
}

/* A key comes back to itself within one whole budget, whatever the wall clock did in between. */
static void clock_that_was_put_back_locks_nobody_out(void **state)
{
	struct kept *k = *state;
	struct limit_verdict v;

	assert_int_equal(burst(k->l, "10/min:20", START, 50), 20);
	save(k, START, WALL_US, true);
	restart(k, START, WALL_US - INT64_C(315360000000000));
	v = take(k->l, "10/min:20", START);
	assert_int_equal(v.retry_after_ms, 6000);
	assert_int_equal(v.left[0].reset_ms, 120000);
}

static void state_edited_by_hand_is_no_more_than_a_budget(void **state)
{
	struct kept *k = *state;

	fixture_sql(&k->f,
		    "INSERT INTO limit_state VALUES"
		    " (7, 60000, 10, 0, 9223372036854775807), (7, 0, 10, 0, 9e18),"
		    " (7, 60000, 0, 0, 9e18), (7, 60000, -1, 0, 9e18), (0, 60000, 10, 0, 9e18),"
		    " (-9, 60000, 10, 0, 9e18), (7, 60000, 10, -2, 9e18),"
		    " (7, 9223372036854775807, 9223372036854775807, 9223372036854775807, 9e18)");
	for (int i = 1; i <= 100; i++)
		fixture_sqlf(&k->f, "INSERT INTO limit_state VALUES (7, 60000, 10, %d, 9e18)", i);
	restart(k, START, WALL_US);
	assert_int_equal(limiter_sweep(k->l, START), 1);
	assert_int_equal(take(k->l, "10/min", START).retry_after_ms, 6000);
	assert_true(take(k->l, "10/min", START + 6 * SEC).allowed);
}

/* Largest debts fit, or are cut to what fits. */
static void largest_debt_is_saved(void **state)
{
	struct kept *k = *state;

	for (int i = 0; i < 1000; i++)
		take(k->l, "1/day:1000000000", START);
	save(k, START, WALL_US, true);
	restart(k, START, WALL_US);
	assert_int_equal(take(k->l, "1/day:1000000000", START).left[0].remaining,
			 1000000000 - 1001);
}

/* One save holds the writers' lock for some thousand rows, no longer. */
static void many_keys_are_saved_in_parts(void **state)
{
	struct kept *k = *state;
	struct limit_verdict v;
	int saves = 0;

	for (int64_t key = 1; key <= 20000; key++)
		limiter_take(k->l, key, "10/hour", START, &v);
	assert_int_equal(limiter_waiting(k->l), 20000);
	while (limiter_waiting(k->l)) {
		size_t before = limiter_waiting(k->l);

		save(k, START, WALL_US, true);
		assert_in_range(before - limiter_waiting(k->l), 1, 3000);
		saves++;
	}
	assert_in_range(saves, 7, 10);
	/* Of keys that are there. */
	assert_int_equal(rows(k), 20);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define KEPT_TEST(name) cmocka_unit_test_setup_teardown(name, kept_setup, kept_teardown)
	const struct CMUnitTest tests[] = {
		TEST(limit_passes_its_count_at_once_and_says_when_the_next_may_come),
		TEST(times_are_rounded_up),
		TEST(burst_is_what_passes_at_once),
		TEST(denied_call_uses_nothing_up),
		TEST(key_without_limits_is_always_allowed),
		TEST(keys_do_not_share_a_budget),
		TEST(limits_that_cannot_be_read_let_nobody_in),
		TEST(largest_limits_hold),
		TEST(all_limits_are_charged_or_none),
		TEST(any_sequence_of_calls_gets_what_the_model_says),
		TEST(steady_traffic_at_the_rate_is_never_refused),
		TEST(steady_traffic_with_jitter_is_never_refused),
		TEST(traffic_above_the_rate_gets_the_rate),
		TEST(threads_together_get_exactly_what_the_limit_says),
		TEST(threads_on_many_keys_get_exactly_what_each_limit_says),
		TEST(late_clock_of_a_thread_takes_nothing_from_a_key),
		TEST(edited_limit_holds_at_once_and_what_was_used_stays_used),
		TEST(edit_keeps_what_a_call_is_worth),
		TEST(edit_to_less_makes_nobody_wait_for_what_was),
		TEST(edit_of_one_limit_leaves_the_others_alone),
		TEST(edit_back_and_forth_gives_nothing_back),
		TEST(whole_budgets_are_forgotten),
		KEPT_TEST(restart_refills_no_budget),
		KEPT_TEST(restart_gives_no_nanosecond_back),
		KEPT_TEST(edit_while_nothing_ran_keeps_what_was_used),
		KEPT_TEST(kill_loses_what_came_after_the_last_save),
		KEPT_TEST(failed_commit_is_made_up_for),
		KEPT_TEST(save_that_has_no_transaction_is_made_up_for),
		KEPT_TEST(save_writes_only_what_changed),
		KEPT_TEST(budget_that_is_whole_is_not_written_and_goes_from_the_store),
		KEPT_TEST(clock_that_was_put_back_locks_nobody_out),
		KEPT_TEST(state_edited_by_hand_is_no_more_than_a_budget),
		KEPT_TEST(largest_debt_is_saved),
		KEPT_TEST(many_keys_are_saved_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
