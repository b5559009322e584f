/* Arguments of operations: checked by type when added, typed when read, shown as a command line;
 * and the table itself. */
#include <stdlib.h>
#include <string.h>

#include "src/app/op.h"
#include "tests/lib/support.h"

static const char *const colours[] = { "red", "green", NULL };
static const struct arg test_args[] = {
	{ .name = "key",
	  .type = ARG_KEY,
	  .flags = ARG_POSITIONAL | ARG_REQUIRED | ARG_REPEATED,
	  .help = "which" },
	{ .name = "yes", .type = ARG_FLAG, .help = "yes" },
	{ .name = "count", .type = ARG_INTEGER, .fallback = "7", .help = "how many" },
	{ .name = "grace", .type = ARG_DURATION, .fallback = "24h", .help = "how long" },
	{ .name = "expires", .type = ARG_INSTANT, .flags = ARG_NEVER, .help = "when" },
	{ .name = "at", .type = ARG_INSTANT, .help = "when" },
	{ .name = "colour", .type = ARG_CHOICE, .choices = colours, .help = "which" },
	{ .name = "owner", .type = ARG_TEXT, .flags = ARG_CLEARS, .help = "whose" },
	{ .name = "scope", .type = ARG_SCOPE, .flags = ARG_REPEATED, .help = "what" },
	{ .name = "limit", .type = ARG_LIMIT, .flags = ARG_REPEATED, .help = "how often" },
	{ .name = "address", .type = ARG_ADDRESS, .help = "from" },
	{ .name = "secret", .type = ARG_SECRET, .help = "secret" },
	{ .name = NULL },
};
static const struct op test_op = { .id = "key.test", .summary = "test", .args = test_args };

static int setup(void **state)
{
	*state = op_args_new(&test_op);
	return 0;
}

static int teardown(void **state)
{
	op_args_free(*state);
	return 0;
}

static void values_are_typed_when_read(void **state)
{
	struct op_args *a = *state;
	struct err e = ERR_INIT;

	assert_well(op_args_add(a, "key", "one", &e), &e);
	assert_well(op_args_add(a, "key", "two", &e), &e);
	assert_well(op_args_add(a, "yes", "", &e), &e);
	assert_well(op_args_add(a, "count", "12", &e), &e);
	assert_well(op_args_add(a, "grace", "90m", &e), &e);
	assert_well(op_args_add(a, "expires", "2h", &e), &e);
	assert_int_equal(op_count(a, "key"), 2);
	assert_string_equal(op_text(a, "key"), "one");
	assert_string_equal(op_nth(a, "key", 1), "two");
	assert_null(op_nth(a, "key", 2));
	assert_true(op_flag(a, "yes"));
	assert_int_equal(op_integer(a, "count", 0), 12);
	assert_int_equal(op_duration(a, "grace", 0), 90 * MINUTE_MS);
	assert_int_equal(op_instant(a, "expires", TEST_NOW, 0), TEST_NOW + 2 * HOUR_MS);
	assert_well(op_args_check(a, &e), &e);
}

static void what_is_not_given_falls_back(void **state)
{
	struct op_args *a = *state;

	assert_false(op_has(a, "count"));
	assert_int_equal(op_integer(a, "count", 3), 7);
	assert_int_equal(op_duration(a, "grace", 0), DAY_MS);
	assert_int_equal(op_instant(a, "expires", TEST_NOW, 5), 5);
	assert_null(op_text(a, "owner"));
	assert_false(op_flag(a, "yes"));
	assert_null(op_secret(a, "secret"));
	assert_false(op_flag(a, "no such"));
	assert_false(op_takes(a, "no such"));
	assert_true(op_takes(a, "owner"));
}

static void never_is_no_instant_unless_allowed(void **state)
{
	struct op_args *a = *state;
	struct err e = ERR_INIT;

	assert_well(op_args_add(a, "expires", "never", &e), &e);
	assert_int_equal(op_instant(a, "expires", TEST_NOW, 5), TIME_NONE);
	assert_refused(op_args_add(a, "at", "never", &e), ERR_USAGE, &e, NULL);
}

static void wrong_values_are_refused_with_a_hint(void **state)
{
	static const char *const bad[][2] = {
		{ "count", "many" },
		{ "count", "-1" },
		{ "count", "" },
		{ "count", "99999999999999999999" },
		{ "grace", "90" },
		{ "grace", "soon" },
		{ "expires", "90" },
		{ "expires", "2026-13-01T00:00:00Z" },
		{ "colour", "blue" },
		{ "scope", "a b" },
		{ "limit", "5" },
		{ "address", "10.0.0.0/8" },
		{ "address", "example.org" },
		{ "key", "" },
		{ "yes", "no" },
		{ "secret", "s3cret" },
	};
	struct op_args *a = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = ERR_INIT;

		assert_refused(op_args_add(a, bad[i][0], bad[i][1], &e), ERR_USAGE, &e, NULL);
		assert_false(op_has(a, bad[i][0]));
	}
}

static void a_secret_never_stands_in_the_error(void **state)
{
	struct op_args *a = *state;
	struct err e = ERR_INIT;

	assert_refused(op_args_add(a, "secret", "s3cret", &e), ERR_USAGE, &e, "standard input");
	assert_null(strstr(e.message, "s3cret"));
}

static void one_value_is_not_given_twice(void **state)
{
	struct op_args *a = *state;
	struct err e = ERR_INIT;

	assert_well(op_args_add(a, "count", "1", &e), &e);
	assert_refused(op_args_add(a, "count", "2", &e), ERR_USAGE, &e, "twice");
	assert_well(op_args_add(a, "yes", "", &e), &e);
	assert_well(op_args_add(a, "yes", "", &e), &e);
	assert_well(op_args_add(a, "scope", "a", &e), &e);
	assert_well(op_args_add(a, "scope", "b", &e), &e);
	assert_refused(op_args_add(a, "shape", "round", &e), ERR_USAGE, &e, "--shape");
}

static void what_is_required_is_asked_for(void **state)
{
	struct op_args *a = *state;
	struct err e = ERR_INIT;

	assert_refused(op_args_check(a, &e), ERR_USAGE, &e, "KEY");
}

static void the_empty_text_clears_where_it_may(void **state)
{
	struct op_args *a = *state;
	struct err e = ERR_INIT;

	assert_well(op_args_add(a, "owner", "", &e), &e);
	assert_true(op_has(a, "owner"));
	assert_string_equal(op_text(a, "owner"), "");
	assert_refused(op_args_add(a, "scope", "", &e), ERR_USAGE, &e, NULL);
}

static void secrets_are_moved_in(void **state)
{
	struct op_args *a = *state;
	struct secret s = SECRET_INIT;
	char *command;

	secret_set(&s, "hush", 4);
	op_args_add_secret(a, "secret", &s);
	assert_null(s.data);
	assert_string_equal(secret_reveal(op_secret(a, "secret")), "hush");
	command = op_command(a);
	assert_null(strstr(command, "hush"));
	free(command);
}

static void the_command_line_is_quoted_for_a_shell(void **state)
{
	struct op_args *a = *state;
	struct err e = ERR_INIT;
	char *command;

	assert_well(op_args_add(a, "owner", "it's $HOME", &e), &e);
	assert_well(op_args_add(a, "key", "my key", &e), &e);
	assert_well(op_args_add(a, "grace", "2h", &e), &e);
	assert_well(op_args_add(a, "yes", "", &e), &e);
	command = op_command(a);
	assert_string_equal(command, "authrack key test 'my key' --yes --grace 2h "
				     "--owner 'it'\\''s $HOME'");
	free(command);
}

static void checks_say_what_a_value_means(void **state)
{
	struct err e = ERR_INIT;
	char meaning[80];

	(void)state;
	setenv("TZ", "UTC", 1);
	assert_well(arg_check(op_arg(&test_op, "expires"), "90d", TEST_NOW, meaning,
			      sizeof(meaning), &e),
		    &e);
	assert_string_equal(meaning, "= 2026-09-14 13:06 UTC (in 90d)");
	assert_well(
		arg_check(op_arg(&test_op, "limit"), "5/s", TEST_NOW, meaning, sizeof(meaning), &e),
		&e);
	assert_string_equal(meaning, "= 5/sec");
	assert_well(
		arg_check(op_arg(&test_op, "owner"), "x", TEST_NOW, meaning, sizeof(meaning), &e),
		&e);
	assert_string_equal(meaning, "");
	assert_refused(arg_check(op_arg(&test_op, "expires"), "90", TEST_NOW, meaning,
				 sizeof(meaning), &e),
		       ERR_USAGE, &e, "90d");
}

static void every_operation_of_the_table_is_whole(void **state)
{
	char noun[32];

	(void)state;
	for (size_t i = 0; op_table[i]; i++) {
		const struct op *op = op_table[i];

		assert_non_null(op->run);
		assert_non_null(op->summary);
		assert_ptr_equal(op_find(op->id), op);
		op_noun(op, noun, sizeof(noun));
		assert_memory_equal(op->id, noun, strlen(noun));
		for (const struct arg *arg = op->args; arg && arg->name; arg++) {
			assert_non_null(arg->help);
			assert_true(arg->type != ARG_CHOICE || arg->choices);
			/* No name, and no short form, stands for two things. */
			for (const struct arg *other = arg + 1; other->name; other++) {
				assert_string_not_equal(arg->name, other->name);
				assert_true(!arg->letter || arg->letter != other->letter);
			}
		}
		for (const struct op_column *c = op->columns; c && c->name; c++)
			assert_non_null(c->help);
	}
	assert_null(op_find("key.nothing"));
}

static void fallbacks_pass_their_own_check(void **state)
{
	(void)state;
	for (size_t i = 0; op_table[i]; i++)
		for (const struct arg *arg = op_table[i]->args; arg && arg->name; arg++) {
			struct err e = ERR_INIT;

			if (arg->fallback)
				assert_well(arg_check(arg, arg->fallback, TEST_NOW, NULL, 0, &e),
					    &e);
		}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_are_typed_when_read),
		TEST(what_is_not_given_falls_back),
		TEST(never_is_no_instant_unless_allowed),
		TEST(wrong_values_are_refused_with_a_hint),
		TEST(a_secret_never_stands_in_the_error),
		TEST(one_value_is_not_given_twice),
		TEST(what_is_required_is_asked_for),
		TEST(the_empty_text_clears_where_it_may),
		TEST(secrets_are_moved_in),
		TEST(the_command_line_is_quoted_for_a_shell),
		cmocka_unit_test(checks_say_what_a_value_means),
		cmocka_unit_test(every_operation_of_the_table_is_whole),
		cmocka_unit_test(fallbacks_pass_their_own_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
