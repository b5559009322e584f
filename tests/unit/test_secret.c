/* Secrets: held in memory that is wiped, and a process that leaves no core. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "src/base/secret.h"

static void a_secret_is_readable_only_by_revealing_it(void **state)
{
	struct secret s = SECRET_INIT;

	(void)state;
	assert_string_equal(secret_reveal(&s), "");
	secret_set(&s, "hunter2", 7);
	assert_string_equal(secret_reveal(&s), "hunter2");
	assert_int_equal(s.len, 7);
	secret_release(&s);
	assert_null(s.data);
	secret_release(&s);
}

static void the_size_is_fixed(void **state)
{
	struct secret s;

	(void)state;
	secret_init(&s, 4);
	assert_true(secret_add(&s, "ab", 2));
	assert_false(secret_add(&s, "cde", 3));
	assert_true(secret_add(&s, "cd", 2));
	assert_false(secret_add(&s, "e", 1));
	assert_string_equal(secret_reveal(&s), "abcd");
	secret_release(&s);
}

static void a_secret_can_be_set_from_its_own_text(void **state)
{
	struct secret s = SECRET_INIT;

	(void)state;
	secret_set(&s, "abcdef", 6);
	secret_set(&s, secret_reveal(&s) + 2, 3);
	assert_string_equal(secret_reveal(&s), "cde");
	secret_release(&s);
}

/* The secure heap stays mapped, so that what is left of a block can be looked at; its first two
 * words are the free list's. */
static void what_is_released_is_wiped(void **state)
{
	enum { SIZE = 100, LIST = 2 * sizeof(void *) };
	struct secret s = SECRET_INIT;
	const unsigned char *at;

	(void)state;
	secret_init(&s, SIZE);
	for (int i = 0; i < SIZE; i++)
		secret_add(&s, "k", 1);
	at = s.data;
	secret_release(&s);
	for (int i = LIST; i < SIZE; i++)
		assert_int_equal(at[i], 0);
}

static void what_is_larger_than_the_secure_heap_is_still_kept(void **state)
{
	enum { SIZE = 1024 * 1024 };
	struct secret s;

	(void)state;
	secret_init(&s, SIZE);
	for (int i = 0; i < SIZE; i++)
		assert_true(secret_add(&s, "x", 1));
	assert_false(secret_add(&s, "x", 1));
	assert_int_equal(strlen(secret_reveal(&s)), SIZE);
	secret_release(&s);
}

static void moving_leaves_the_source_empty(void **state)
{
	struct secret a = SECRET_INIT, b = SECRET_INIT;

	(void)state;
	secret_set(&a, "one", 3);
	secret_set(&b, "two", 3);
	secret_move(&b, &a);
	assert_null(a.data);
	assert_string_equal(secret_reveal(&b), "one");
	secret_copy(&a, &b);
	assert_ptr_not_equal(a.data, b.data);
	assert_true(secret_equal(&a, &b));
	secret_release(&a);
	secret_release(&b);
}

static void an_empty_secret_can_be_copied(void **state)
{
	struct secret a = SECRET_INIT, b = SECRET_INIT;

	(void)state;
	secret_set(&b, "x", 1);
	secret_copy(&b, &a);
	assert_int_equal(b.len, 0);
	assert_true(secret_equal(&a, &b));
	secret_release(&b);
}

static void one_trailing_line_end_goes(void **state)
{
	static const char *const cases[][2] = {
		{ "abc\n", "abc" },	{ "abc\r\n", "abc" }, { "abc", "abc" },
		{ "abc\n\n", "abc\n" }, { "abc\r", "abc\r" }, { "\n", "" },
		{ "\r\n", "" },		{ "", "" },	      { "a\nb", "a\nb" },
		{ "abc \n", "abc " },
	};
	struct secret s = SECRET_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		secret_set(&s, cases[i][0], strlen(cases[i][0]));
		secret_chomp(&s);
		assert_string_equal(secret_reveal(&s), cases[i][1]);
		assert_int_equal(s.len, strlen(cases[i][1]));
	}
	secret_release(&s);
}

static void secrets_are_equal_byte_by_byte(void **state)
{
	struct secret a = SECRET_INIT, b = SECRET_INIT;

	(void)state;
	secret_set(&a, "a\0b", 3);
	secret_set(&b, "a\0c", 3);
	assert_false(secret_equal(&a, &b));
	secret_set(&b, "a", 1);
	assert_false(secret_equal(&a, &b));
	secret_set(&b, "a\0b", 3);
	assert_true(secret_equal(&a, &b));
	secret_release(&a);
	secret_release(&b);
}

static void wiping_overwrites_memory(void **state)
{
	char text[] = "secret";

	(void)state;
	secret_wipe(text, 3);
	assert_memory_equal(text, "\0\0\0ret", 6);
}

static void the_process_leaves_no_core(void **state)
{
	struct rlimit core;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
	assert_int_equal(core.rlim_cur, 0);
	assert_int_equal(core.rlim_max, 0);
}

/* Builds with a leak checker stay dumpable: it uses ptrace(2). */
static void the_process_is_not_dumpable(void **state)
{
#ifdef __SANITIZE_ADDRESS__
	const int expected = 1;
#else
	const int expected = 0;
#endif

	(void)state;
	assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_is_readable_only_by_revealing_it),
		cmocka_unit_test(the_size_is_fixed),
		cmocka_unit_test(a_secret_can_be_set_from_its_own_text),
		cmocka_unit_test(what_is_released_is_wiped),
		cmocka_unit_test(what_is_larger_than_the_secure_heap_is_still_kept),
		cmocka_unit_test(moving_leaves_the_source_empty),
		cmocka_unit_test(an_empty_secret_can_be_copied),
		cmocka_unit_test(one_trailing_line_end_goes),
		cmocka_unit_test(secrets_are_equal_byte_by_byte),
		cmocka_unit_test(wiping_overwrites_memory),
		cmocka_unit_test(the_process_leaves_no_core),
		cmocka_unit_test(the_process_is_not_dumpable),
	};

	secret_process_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
