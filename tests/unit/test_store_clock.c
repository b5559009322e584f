/* The clock mark: a clock set back revives nothing, a step is told, only audited changes move it. */
#include "tests/lib/store_fixture.h"

static void now_is_the_later_of_mark_and_wall(void **state)
{
	struct store_fixture *f = *state;
	int64_t mark;

	assert_int_equal(store_now(f->s), f->clock.wall);
	fixture_create(f, "one");
	mark = f->clock.wall;
	test_clock_step(&f->clock, -HOUR_MS);
	assert_int_equal(store_now(f->s), mark);
	fixture_reopen(f);
	assert_int_equal(store_now(f->s), mark);
	test_clock_step(&f->clock, 2 * HOUR_MS);
	assert_int_equal(store_now(f->s), mark + HOUR_MS);
}

static void reading_does_not_move_the_mark(void **state)
{
	struct store_fixture *f = *state;
	int64_t mark;

	fixture_create(f, "one");
	mark = f->clock.wall;
	test_clock_advance(&f->clock, DAY_MS);
	fixture_reopen(f);
	fixture_reopen(f);
	test_clock_step(&f->clock, -2 * DAY_MS);
	assert_int_equal(store_now(f->s), mark);
}

static int64_t step_of(struct store_fixture *f, enum errc wanted, const char *text)
{
	struct err e = ERR_INIT;
	int64_t step = 0;

	if (wanted)
		assert_refused(store_clock_check(f->s, &step, &e), wanted, &e, text);
	else
		assert_well(store_clock_check(f->s, &step, &e), &e);
	return step;
}

static void steps_within_a_boot_are_told_both_ways(void **state)
{
	struct store_fixture *f = *state;

	assert_int_equal(step_of(f, ERR_OK, NULL), 0);
	fixture_create(f, "one");
	test_clock_advance(&f->clock, 30 * DAY_MS);
	assert_int_equal(step_of(f, ERR_OK, NULL), 0);
	test_clock_step(&f->clock, 5 * MINUTE_MS);
	assert_int_equal(step_of(f, ERR_OK, NULL), 0);
	test_clock_step(&f->clock, 1);
	assert_int_equal(step_of(f, ERR_CONFLICT, "ahead"), 5 * MINUTE_MS + 1);
	test_clock_step(&f->clock, -10 * MINUTE_MS - 2);
	assert_int_equal(step_of(f, ERR_CONFLICT, "back"), -5 * MINUTE_MS - 1);
	test_clock_step(&f->clock, 1);
	assert_int_equal(step_of(f, ERR_OK, NULL), 0);
}

static void across_boots_only_backwards_is_a_step(void **state)
{
	struct store_fixture *f = *state;

	fixture_create(f, "one");
	test_clock_reboot(&f->clock);
	test_clock_step(&f->clock, 30 * DAY_MS);
	assert_int_equal(step_of(f, ERR_OK, NULL), 0);
	test_clock_step(&f->clock, -30 * DAY_MS - 5 * MINUTE_MS);
	assert_int_equal(step_of(f, ERR_OK, NULL), 0);
	test_clock_step(&f->clock, -1);
	assert_int_equal(step_of(f, ERR_CONFLICT, "--accept-clock"), -5 * MINUTE_MS - 1);
}

/* As in a container without /proc: the boot-time clocks of two processes can't be compared. */
static void without_a_boot_id_only_backwards_is_a_step(void **state)
{
	struct store_fixture *f = *state;

	f->clock.boot_id[0] = '\0';
	fixture_create(f, "one");
	f->clock.boot = 1;
	test_clock_step(&f->clock, 30 * DAY_MS);
	assert_int_equal(step_of(f, ERR_OK, NULL), 0);
	test_clock_step(&f->clock, -30 * DAY_MS - 5 * MINUTE_MS - 1);
	assert_int_equal(step_of(f, ERR_CONFLICT, "--accept-clock"), -5 * MINUTE_MS - 1);
}

static void a_mark_edited_to_no_time_at_all_overflows_nothing(void **state)
{
	static const char *const times[] = { "-9223372036854775807", "9223372036854775807" };
	struct store_fixture *f = *state;

	fixture_create(f, "one");
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		fixture_sqlf(f, "UPDATE audit SET time = %s, boot_time = -1 - %s", times[i],
			     times[1]);
		fixture_reopen(f);
		assert_true(store_now(f->s) >= f->clock.wall);
		assert_int_not_equal(step_of(f, ERR_CONFLICT, "--accept-clock"), 0);
	}
}

static void an_accepted_clock_takes_the_mark_down(void **state)
{
	struct store_fixture *f = *state;
	int64_t wall;

	test_clock_step(&f->clock, 400 * DAY_MS);
	fixture_create(f, "made in a wrong year");
	test_clock_step(&f->clock, -400 * DAY_MS);
	assert_true(step_of(f, ERR_CONFLICT, "back") < 0);
	f->options.accept_clock = true;
	fixture_reopen(f);
	assert_true(step_of(f, ERR_OK, NULL) < 0);
	fixture_create(f, "made in the right one");
	wall = f->clock.wall;
	f->options.accept_clock = false;
	fixture_reopen(f);
	assert_int_equal(step_of(f, ERR_OK, NULL), 0);
	assert_int_equal(store_now(f->s), wall);
	fixture_assert_sound(f);
}

static void a_change_by_another_process_moves_the_mark(void **state)
{
	struct store_fixture *f = *state;
	struct store *reader = NULL;
	struct err e = ERR_INIT;
	uint64_t before, after;
	int64_t mark;

	assert_well(store_open(&reader, &f->options, &e), &e);
	assert_well(store_version(reader, &before, &e), &e);
	fixture_create(f, "one");
	mark = f->clock.wall;
	test_clock_step(&f->clock, -HOUR_MS);
	assert_well(store_version(reader, &after, &e), &e);
	assert_int_not_equal(before, after);
	assert_int_equal(store_now(reader), mark);
	store_close(reader);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(now_is_the_later_of_mark_and_wall),
		STORE_TEST(reading_does_not_move_the_mark),
		STORE_TEST(steps_within_a_boot_are_told_both_ways),
		STORE_TEST(across_boots_only_backwards_is_a_step),
		STORE_TEST(without_a_boot_id_only_backwards_is_a_step),
		STORE_TEST(a_mark_edited_to_no_time_at_all_overflows_nothing),
		STORE_TEST(an_accepted_clock_takes_the_mark_down),
		STORE_TEST(a_change_by_another_process_moves_the_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
