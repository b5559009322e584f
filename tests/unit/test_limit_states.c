/* What was used up of limits, in the store: written as it is, pruned when its time is over, gone with its
 * key, and not given back by a restore. */
#include "tests/lib/store_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "data/limit.h"
#include "src/base/alloc.h"

#define NOW_US (TEST_NOW * 1000)

static void put(struct store_fixture *f, struct limit_state row)
{
	struct err e = ERR_INIT;

	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(limit_states_write(f->s, &row, 1, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
}

static void use(struct store_fixture *f, int64_t key, int64_t arrival_us)
{
	put(f, (struct limit_state){ key, MINUTE_MS, 100, 0, arrival_us });
}

struct list {
	struct limit_state rows[8];
	size_t count;
};

static void list_add(void *arg, const struct limit_state *l)
{
	struct list *list = arg;

	assert_true(list->count < 8);
	list->rows[list->count++] = *l;
}

static struct list list_at(struct store_fixture *f, int64_t now_us)
{
	struct list list = { .count = 0 };
	struct err e = ERR_INIT;

	assert_well(limit_states_each(f->s, now_us, list_add, &list, &e), &e);
	return list;
}

static int64_t rows(struct store_fixture *f)
{
	return fixture_number(f, "SELECT count(*) AS n FROM limit_state");
}

static int64_t arrival(struct store_fixture *f)
{
	return fixture_number(f, "SELECT arrival_us AS n FROM limit_state");
}

static void state_comes_back_as_it_was_written(void **state)
{
	struct store_fixture *f = *state;
	struct list list;

	fixture_create(f, "alpha");
	put(f, (struct limit_state){ 1, DAY_MS, 1000000000, 7, INT64_MAX });
	list = list_at(f, NOW_US);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.rows[0].key, 1);
	assert_int_equal(list.rows[0].period_ms, DAY_MS);
	assert_int_equal(list.rows[0].count, 1000000000);
	assert_int_equal(list.rows[0].burst, 7);
	assert_int_equal(list.rows[0].arrival_us, INT64_MAX);
	fixture_assert_sound(f);
}

/* Even where that is earlier: the wall clock was put back. */
static void state_is_what_was_written_last(void **state)
{
	struct store_fixture *f = *state;

	fixture_create(f, "alpha");
	use(f, 1, NOW_US + 9);
	use(f, 1, NOW_US + 5);
	assert_int_equal(rows(f), 1);
	assert_int_equal(arrival(f), NOW_US + 5);
	put(f, (struct limit_state){ 1, MINUTE_MS, 100, 20, NOW_US + 1 });
	assert_int_equal(rows(f), 2);
}

static void state_whose_time_is_over_is_not_told_and_pruned(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;

	fixture_create(f, "alpha");
	use(f, 1, NOW_US + 5);
	assert_int_equal(list_at(f, NOW_US + 4).count, 1);
	assert_int_equal(list_at(f, NOW_US + 5).count, 0);
	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(limit_states_prune(f->s, NOW_US + 4, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	assert_int_equal(rows(f), 1);
	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(limit_states_prune(f->s, NOW_US + 5, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	assert_int_equal(rows(f), 0);
}

static void state_needs_a_transaction(void **state)
{
	struct store_fixture *f = *state;
	struct limit_state row = { 1, MINUTE_MS, 100, 0, NOW_US + 1 };
	struct err e = ERR_INIT;

	fixture_create(f, "alpha");
	assert_refused(limit_states_write(f->s, &row, 1, &e), ERR_STORE, &e,
		       "outside a transaction");
	assert_refused(limit_states_prune(f->s, NOW_US, &e), ERR_STORE, &e,
		       "outside a transaction");
	assert_int_equal(rows(f), 0);
}

/* A service may go on counting for a moment. */
static void purged_key_leaves_no_state_and_gets_none(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha"));

	use(f, 1, NOW_US + DAY_MS * 1000);
	fixture_revoke(f, id);
	fixture_purge(f, id);
	assert_int_equal(rows(f), 0);
	use(f, 1, NOW_US + DAY_MS * 1000);
	assert_int_equal(rows(f), 0);
	free(id);
}

static void restore(struct store_fixture *f, const char *path)
{
	struct store_restore_report report;
	struct err e = ERR_INIT;

	assert_well(fixture_restore(f, path, false, &report, &e), &e);
}

static void restore_gives_no_budget_back(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path;

	use(f, 1, NOW_US + 1000000);
	path = fixture_backup(f, "b1");
	use(f, 1, NOW_US + 7000000);
	fixture_scopes(f, id, "orders:read");
	restore(f, path);
	assert_int_equal(arrival(f), NOW_US + 7000000);
	free(path);
	free(id);
}

static void key_that_a_restore_removes_takes_its_state_along(void **state)
{
	struct store_fixture *f = *state;
	char *path = fixture_backup(f, "b1");

	fixture_create(f, "alpha");
	use(f, 1, NOW_US + 1000000);
	restore(f, path);
	assert_int_equal(rows(f), 0);
	free(path);
}

static void key_that_a_restore_brings_has_used_what_the_backup_says(void **state)
{
	struct store_fixture *f = *state;
	char *empty = fixture_backup(f, "b1"), *path;

	fixture_create(f, "alpha");
	use(f, 1, NOW_US + 1000000);
	path = fixture_backup(f, "b2");
	restore(f, empty);
	restore(f, path);
	assert_int_equal(arrival(f), NOW_US + 1000000);
	/* Deleted by hand, its state was left: that is the newer word. */
	use(f, 1, NOW_US + 7000000);
	fixture_sql(f, "DELETE FROM version; DELETE FROM apikey");
	restore(f, path);
	assert_int_equal(arrival(f), NOW_US + 7000000);
	free(path);
	free(empty);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(state_comes_back_as_it_was_written),
		TEST(state_is_what_was_written_last),
		TEST(state_whose_time_is_over_is_not_told_and_pruned),
		TEST(state_needs_a_transaction),
		TEST(purged_key_leaves_no_state_and_gets_none),
		TEST(restore_gives_no_budget_back),
		TEST(key_that_a_restore_removes_takes_its_state_along),
		TEST(key_that_a_restore_brings_has_used_what_the_backup_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
