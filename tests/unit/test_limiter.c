/* Rate limits: against a slow model of what a limit promises, in steady traffic, from several threads, and through
 * edits. */
#include "tests/lib/limit_calls.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"

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

/* --- what one limit is ------------------------------------------------------ */

static void limit_passes_its_count_at_once_and_says_when_the_next_may_come(void **state)
{
	struct limit_verdict v;

	for (int i = 0; i < 5; i++) {
		v = limit_call(*state, "5/min", START);
		assert_true(v.allowed);
		assert_int_equal(v.retry_after_ms, 0);
		assert_int_equal(v.count, 1);
		assert_int_equal(v.left[0].limit.count, 5);
		assert_int_equal(v.left[0].remaining, 4 - i);
		assert_int_equal(v.left[0].reset_ms, 12000 * (i + 1));
	}
	v = limit_call(*state, "5/min", START);
	assert_false(v.allowed);
	assert_int_equal(v.retry_after_ms, 12000);
	assert_int_equal(v.left[0].remaining, 0);
	assert_int_equal(v.left[0].reset_ms, 60000);
	assert_false(limit_call(*state, "5/min", START + 12 * SEC - 1).allowed);
	assert_true(limit_call(*state, "5/min", START + 12 * SEC).allowed);
}

static void times_are_rounded_up(void **state)
{
	limit_call(*state, "1/sec", START);
	assert_int_equal(limit_call(*state, "1/sec", START + SEC - 1).retry_after_ms, 1);
	assert_int_equal(limit_call(*state, "1/sec", START + SEC - 1).left[0].reset_ms, 1);
}

static void burst_is_what_passes_at_once(void **state)
{
	assert_int_equal(limit_calls(*state, "100/min:3", START, 10), 3);
	assert_int_equal(limit_call(*state, "100/min:3", START).retry_after_ms, 600);
	assert_int_equal(limit_calls(*state, "100/min:3", START + 3600 * SEC, 10), 3);
}

static void denied_call_uses_nothing_up(void **state)
{
	assert_int_equal(limit_calls(*state, "2/min", START, 2), 2);
	assert_int_equal(limit_calls(*state, "2/min", START + 29 * SEC, 1000), 0);
	assert_true(limit_call(*state, "2/min", START + 30 * SEC).allowed);
}

static void key_without_limits_is_always_allowed(void **state)
{
	for (int i = 0; i < 1000; i++) {
		struct limit_verdict v = limit_call(*state, "", START);

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

	assert_int_equal(limit_calls(*state, "5/min", START, 3), 3);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct limit_verdict v = limit_call(*state, texts[i], START);

		assert_false(v.allowed);
		assert_int_equal(v.count, 0);
		assert_true(v.retry_after_ms > 0);
	}
	assert_int_equal(limit_calls(*state, "5/min", START, 5), 2);
}

/* The largest that a key may have: nothing overflows, and the last call of the burst passes. */
static void largest_limits_hold(void **state)
{
	struct limit_verdict v = limit_call(*state, "1/day:1000000000", START);

	assert_true(v.allowed);
	assert_int_equal(v.left[0].remaining, 999999999);
	assert_int_equal(v.left[0].reset_ms, DAY_MS);
	for (int i = 0; i < 200000; i++)
		assert_true(limit_call(*state, "1/day:1000000000", START).allowed);
	v = limit_call(*state, "1/day:1000000000", START);
	assert_int_equal(v.left[0].remaining, 1000000000 - 200002);
	assert_int_equal(v.left[0].reset_ms, 200002 * DAY_MS);
	v = limit_call(*state, "1000000000/sec:1000000000 1000000000/day", START);
	assert_true(v.allowed);
	assert_int_equal(v.left[0].remaining, 999999999);
	assert_int_equal(v.left[1].remaining, 1000000000 - 200003);
}

/* --- several limits --------------------------------------------------------- */

static void all_limits_are_charged_or_none(void **state)
{
	static const char limits[] = "2/sec 3/min 1000/day";
	struct limit_verdict v;

	assert_int_equal(limit_calls(*state, limits, START, 10), 2);
	v = limit_call(*state, limits, START);
	assert_int_equal(v.count, 3);
	assert_int_equal(v.retry_after_ms, 500);
	assert_int_equal(v.left[0].remaining, 0);
	assert_int_equal(v.left[1].remaining, 1);
	assert_int_equal(v.left[2].remaining, 998);
	assert_int_equal(limit_calls(*state, limits, START + SEC, 10), 1);
	v = limit_call(*state, limits, START + SEC);
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
			is = limit_call(l, text, now);
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

			assert_true(limit_call(l, rates[r].limit, even(&rates[r], i)).allowed);
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

			assert_true(limit_call(l, two, even(&rates[r], i) + late).allowed);
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
			passed += limit_call(l, rates[r].limit, now).allowed;
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
	assert_true(limit_call(*state, "1/sec", START).allowed);
	assert_true(limit_call(*state, "1/sec", START + SEC).allowed);
	assert_int_equal(limit_call(*state, "1/sec", START).retry_after_ms, 1000);
	assert_true(limit_call(*state, "1/sec", START + 2 * SEC).allowed);
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

		assert_int_equal(limit_calls(l, cases[i].before, START, cases[i].used),
				 cases[i].used);
		assert_int_equal(limit_calls(l, cases[i].after, START, 1000), cases[i].left);
		limiter_free(l);
	}
}

/* A part of a call stays a part of a call. */
static void edit_keeps_what_a_call_is_worth(void **state)
{
	assert_true(limit_call(*state, "1/min", START).allowed);
	assert_int_equal(limit_call(*state, "1/min", START + 30 * SEC).retry_after_ms, 30000);
	assert_false(limit_call(*state, "2/min:1", START + 30 * SEC).allowed);
	assert_int_equal(limit_call(*state, "2/min:1", START + 30 * SEC).retry_after_ms, 15000);
}

/* A key never waits for longer than what it has now takes. */
static void edit_to_less_makes_nobody_wait_for_what_was(void **state)
{
	struct limit_verdict v;

	assert_int_equal(limit_calls(*state, "100/min", START, 100), 100);
	v = limit_call(*state, "2/min", START);
	assert_int_equal(v.retry_after_ms, 30000);
	assert_int_equal(v.left[0].reset_ms, 60000);
}

/* Of several with its period a new limit takes over what is used most; one that stays goes on as it is. */
static void edit_of_one_limit_leaves_the_others_alone(void **state)
{
	const int64_t later = START + 30 * SEC;
	struct limit_verdict v;

	assert_int_equal(limit_calls(*state, "50/min 100/min", START, 40), 40);
	v = limit_call(*state, "50/min 60/min 100/min", later);
	assert_int_equal(v.left[0].remaining, 50 - 15 - 1);
	assert_int_equal(v.left[1].remaining, 60 - 15 - 1);
	assert_int_equal(v.left[2].remaining, 100 - 1);
}

static void edit_back_and_forth_gives_nothing_back(void **state)
{
	assert_int_equal(limit_calls(*state, "10/min", START, 100), 10);
	for (int i = 0; i < 50; i++) {
		assert_false(limit_call(*state, "9/min", START).allowed);
		assert_false(limit_call(*state, "9/min:9", START).allowed);
	}
	assert_int_equal(limit_calls(*state, "", START, 10), 10);
	assert_false(limit_call(*state, "9/min", START).allowed);
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
	assert_int_equal(limit_calls(*state, "5/min", START + 3600 * SEC, 9), 5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
