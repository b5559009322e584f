/* What is used up of the limits goes through the store and back: no restart, failed commit or edit refills it. */
#include "tests/lib/limit_calls.h"
#include "tests/lib/store_fixture.h"

#include <stdlib.h>

#include "src/base/alloc.h"

#define WALL_US (TEST_NOW * 1000)

struct kept {
	struct store_fixture f;
	struct limiter *l;
};

static int setup(void **state)
{
	struct kept *k = x_calloc(1, sizeof *k);

	fixture_start(&k->f);
	fixture_import(&k->f, "bulk", 20);
	k->l = limiter_new();
	*state = k;
	return 0;
}

static int teardown(void **state)
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

	assert_int_equal(limit_calls(k->l, "10/min 100/day", START, 7), 7);
	save(k, START, WALL_US, true);
	restart(k, 5 * SEC, WALL_US);
	assert_int_equal(limit_calls(k->l, "10/min 100/day", 5 * SEC, 20), 3);
	assert_int_equal(limit_call(k->l, "10/min 100/day", 5 * SEC).left[1].remaining, 90);
	/* The time while nothing ran counts. */
	save(k, 5 * SEC, WALL_US, true);
	restart(k, SEC, WALL_US + 6000000);
	assert_int_equal(limit_calls(k->l, "10/min 100/day", SEC, 20), 1);
}

/* The store has microseconds, 7/min is 8571428571.4 ns a call. */
static void restart_gives_no_nanosecond_back(void **state)
{
	struct kept *k = *state;

	assert_true(limit_call(k->l, "7/min:1", START).allowed);
	save(k, START, WALL_US, true);
	restart(k, START, WALL_US);
	assert_false(limit_call(k->l, "7/min:1", START + INT64_C(8571428000)).allowed);
	assert_true(limit_call(k->l, "7/min:1", START + INT64_C(8571429000)).allowed);
}

static void edit_while_nothing_ran_keeps_what_was_used(void **state)
{
	struct kept *k = *state;

	assert_int_equal(limit_calls(k->l, "10/min", START, 7), 7);
	save(k, START, WALL_US, true);
	restart(k, START, WALL_US);
	assert_int_equal(limit_calls(k->l, "20/min", START, 50), 13);
}

/* Killed, it has lost what came after the last save, and nothing else. */
static void kill_loses_what_came_after_the_last_save(void **state)
{
	struct kept *k = *state;

	assert_int_equal(limit_calls(k->l, "10/min", START, 4), 4);
	save(k, START, WALL_US, true);
	assert_int_equal(limit_calls(k->l, "10/min", START, 3), 3);
	save(k, START, WALL_US, false);
	restart(k, START, WALL_US);
	assert_int_equal(limit_calls(k->l, "10/min", START, 50), 6);
}

static void failed_commit_is_made_up_for(void **state)
{
	struct kept *k = *state;

	assert_int_equal(limit_calls(k->l, "10/min", START, 4), 4);
	assert_int_equal(limiter_waiting(k->l), 1);
	save(k, START, WALL_US, false);
	assert_int_equal(limiter_waiting(k->l), 1);
	assert_int_equal(rows(k), 0);
	save(k, START, WALL_US, true);
	assert_int_equal(limiter_waiting(k->l), 0);
	restart(k, START, WALL_US);
	assert_int_equal(limit_calls(k->l, "10/min", START, 50), 6);
}

static void save_that_has_no_transaction_is_made_up_for(void **state)
{
	struct kept *k = *state;
	struct err e = ERR_INIT;

	assert_int_equal(limit_calls(k->l, "10/min", START, 4), 4);
	assert_refused(limiter_save(k->l, k->f.s, START, WALL_US, &e), ERR_STORE, &e,
		       "outside a transaction");
	limiter_saved(k->l, false);
	save(k, START, WALL_US, true);
	assert_int_equal(rows(k), 1);
}

static void save_writes_only_what_changed(void **state)
{
	struct kept *k = *state;

	limit_call(k->l, "10/min", START);
	save(k, START, WALL_US, true);
	fixture_sql(&k->f, "UPDATE limit_state SET arrival_us = 9e15");
	save(k, START, WALL_US, true);
	assert_int_equal(fixture_number(&k->f, "SELECT max(arrival_us) AS n FROM limit_state"),
			 9000000000000000);
	limit_call(k->l, "10/min", START);
	save(k, START, WALL_US, true);
	assert_int_equal(fixture_number(&k->f, "SELECT max(arrival_us) AS n FROM limit_state"),
			 WALL_US + 12000000);
}

static void budget_that_is_whole_is_not_written_and_goes_from_the_store(void **state)
{
	struct kept *k = *state;

	limit_call(k->l, "60/min", START);
	save(k, START + SEC, WALL_US, true);
	assert_int_equal(rows(k), 0);
	limit_call(k->l, "60/min 10/hour", START + SEC);
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

	assert_int_equal(limit_calls(k->l, "10/min:20", START, 50), 20);
	save(k, START, WALL_US, true);
	restart(k, START, WALL_US - INT64_C(315360000000000));
	v = limit_call(k->l, "10/min:20", START);
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
	assert_int_equal(limit_call(k->l, "10/min", START).retry_after_ms, 6000);
	assert_true(limit_call(k->l, "10/min", START + 6 * SEC).allowed);
}

/* Largest debts fit, or are cut to what fits. */
static void largest_debt_is_saved(void **state)
{
	struct kept *k = *state;

	for (int i = 0; i < 1000; i++)
		limit_call(k->l, "1/day:1000000000", START);
	save(k, START, WALL_US, true);
	restart(k, START, WALL_US);
	assert_int_equal(limit_call(k->l, "1/day:1000000000", START).left[0].remaining,
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
	const struct CMUnitTest tests[] = {
		TEST(restart_refills_no_budget),
		TEST(restart_gives_no_nanosecond_back),
		TEST(edit_while_nothing_ran_keeps_what_was_used),
		TEST(kill_loses_what_came_after_the_last_save),
		TEST(failed_commit_is_made_up_for),
		TEST(save_that_has_no_transaction_is_made_up_for),
		TEST(save_writes_only_what_changed),
		TEST(budget_that_is_whole_is_not_written_and_goes_from_the_store),
		TEST(clock_that_was_put_back_locks_nobody_out),
		TEST(state_edited_by_hand_is_no_more_than_a_budget),
		TEST(largest_debt_is_saved),
		TEST(many_keys_are_saved_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
