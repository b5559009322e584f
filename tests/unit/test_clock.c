/* The machine's clock, and the one that the tests put in its place. */
#include "tests/lib/support.h"

#include <string.h>

static void the_wall_clock_counts_milliseconds_since_1970(void **state)
{
	struct timespec now;

	(void)state;
	clock_gettime(CLOCK_REALTIME, &now);
	assert_in_range(clock_wall(&clock_system), (int64_t)now.tv_sec * 1000,
			((int64_t)now.tv_sec + 3600) * 1000);
}

static void the_boot_clock_never_goes_back(void **state)
{
	int64_t before = clock_boot(&clock_system);

	(void)state;
	assert_true(before > 0);
	assert_true(clock_boot(&clock_system) >= before);
}

static void the_boot_id_is_the_kernels(void **state)
{
	char *kernel = file_get("/proc/sys/kernel/random/boot_id");
	const char *id = clock_boot_id(&clock_system);

	(void)state;
	assert_int_equal(strlen(id), 36);
	assert_memory_equal(id, kernel, 36);
	assert_ptr_equal(id, clock_boot_id(&clock_system));
	free(kernel);
}

static void a_clock_put_in_its_place_moves_only_when_told(void **state)
{
	struct test_clock t;

	(void)state;
	test_clock_init(&t, TEST_NOW);
	assert_int_equal(clock_wall(&t.clock), TEST_NOW);
	test_clock_advance(&t, DAY_MS);
	assert_int_equal(clock_wall(&t.clock), TEST_NOW + DAY_MS);
	assert_int_equal(clock_boot(&t.clock), HOUR_MS + DAY_MS);
	test_clock_step(&t, -HOUR_MS);
	assert_int_equal(clock_wall(&t.clock), TEST_NOW + DAY_MS - HOUR_MS);
	assert_int_equal(clock_boot(&t.clock), HOUR_MS + DAY_MS);
}

static void a_reboot_changes_the_boot_id(void **state)
{
	struct test_clock t;
	char before[37];

	(void)state;
	test_clock_init(&t, TEST_NOW);
	memcpy(before, clock_boot_id(&t.clock), sizeof(before));
	test_clock_reboot(&t);
	assert_string_not_equal(clock_boot_id(&t.clock), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wall_clock_counts_milliseconds_since_1970),
		cmocka_unit_test(the_boot_clock_never_goes_back),
		cmocka_unit_test(the_boot_id_is_the_kernels),
		cmocka_unit_test(a_clock_put_in_its_place_moves_only_when_told),
		cmocka_unit_test(a_reboot_changes_the_boot_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
