/* argv against the operation table. */
#include "tests/lib/support.h"

#include <string.h>

#include "src/cli/parse.h"
#include "src/cli/settings.h"

enum { WORDS_MAX = 16 };

/* Parses the words behind the program's name. */
static enum errc parse(struct command_line *c, struct err *e, const char *const *words)
{
	char *argv[WORDS_MAX] = { (char[]){ "authrack" } };
	int argc = 1;

	*c = (struct command_line){ .op = NULL };
	*e = (struct err)ERR_INIT;
	for (; *words; words++)
		argv[argc++] = (char *)(uintptr_t)*words;
	return command_line_parse(c, argc, argv, e);
}

#define PARSE(c, e, ...) parse((c), (e), (const char *const[]){ __VA_ARGS__, NULL })

static void options_stand_anywhere(void **state)
{
	static const char *const orders[][7] = {
		{ "key", "create", "--name", "x", "--json", NULL },
		{ "--json", "--name", "x", "key", "create", NULL },
		{ "key", "--name=x", "--json", "create", NULL },
		{ "-j", "key", "-nx", "create", NULL },
		{ "key", "create", "-jn", "x", NULL },
		{ "--name", "key", "key", "create", "-j", NULL },
	};
	struct command_line c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		const char *name = i == 5 ? "key" : "x";

		assert_well(parse(&c, &e, orders[i]), &e);
		assert_string_equal(c.op->id, "key.create");
		assert_string_equal(op_text(c.args, "name"), name);
		assert_true(op_flag(c.globals, "json"));
		command_line_release(&c);
	}
}

static void a_name_may_take_a_value_in_one_command_and_none_in_another(void **state)
{
	struct command_line c;
	struct err e;

	(void)state;
	assert_well(PARSE(&c, &e, "--grace", "2h", "key", "rotate", "k"), &e);
	assert_string_equal(c.op->id, "key.rotate");
	assert_string_equal(op_text(c.args, "grace"), "2h");
	command_line_release(&c);
	assert_well(PARSE(&c, &e, "--in-grace", "key", "list"), &e);
	assert_string_equal(c.op->id, "key.list");
	command_line_release(&c);
}

static void two_dashes_end_the_options(void **state)
{
	struct command_line c;
	struct err e;

	(void)state;
	assert_well(PARSE(&c, &e, "key", "show", "--", "--json"), &e);
	assert_string_equal(op_nth(c.args, "key", 0), "--json");
	assert_false(op_flag(c.globals, "json"));
	command_line_release(&c);
}

static void an_option_of_both_is_told_to_both(void **state)
{
	struct command_line c;
	struct err e;

	(void)state;
	assert_well(PARSE(&c, &e, "key", "revoke", "k", "--yes"), &e);
	assert_true(op_flag(c.globals, "yes"));
	command_line_release(&c);
}

static void a_noun_alone_is_no_error(void **state)
{
	struct command_line c;
	struct err e;

	(void)state;
	assert_well(PARSE(&c, &e, "key", "--json"), &e);
	assert_null(c.op);
	assert_string_equal(c.noun, "key");
	command_line_release(&c);
	assert_well(PARSE(&c, &e, "--json"), &e);
	assert_null(c.noun);
	command_line_release(&c);
}

static void what_is_wrong_is_a_usage_error_with_a_hint(void **state)
{
	static const struct {
		const char *words[6];
		const char *message, *hint;
	} wrong[] = {
		{ { "kye", "list" }, "\"kye\"", "\"key\"" },
		{ { "key", "lst" }, "\"lst\"", "\"key list\"" },
		{ { "key", "rot" }, "\"rot\"", "\"key rotate\"" },
		{ { "key", "list", "--onwer", "x" }, "\"--onwer\"", "\"--owner\"" },
		{ { "key", "list", "--own", "x" }, "\"--own\"", "\"--owner\"" },
		{ { "key", "list", "-Z" }, "\"-Z\"", "authrack help key list" },
		{ { "key", "list", "--owner" }, "needs a value", "owner" },
		{ { "key", "list", "--json=yes" }, "takes no value", "JSON" },
		{ { "key", "list", "extra" }, "\"extra\"", "authrack help key list" },
		{ { "key", "create", "--name", "a", "--name", "b" }, "twice", "once" },
		{ { "--jsno" }, "\"--jsno\"", "\"--json\"" },
		{ { "--wiat", "3s", "key", "list" }, "\"--wiat\"", "\"--wait\"" },
		{ { "--wait", "soon", "key", "list" }, "\"soon\"", "" },
		{ { "rotate", "k" }, "\"rotate\"", "\"key rotate\"" },
		{ { "xyzzy" }, "\"xyzzy\"", "authrack help" },
	};
	struct command_line c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_refused(parse(&c, &e, wrong[i].words), ERR_USAGE, &e, wrong[i].message);
		if (!strstr(e.hint, wrong[i].hint))
			fail_msg("\"%s\" is not in the hint \"%s\"", wrong[i].hint, e.hint);
		command_line_release(&c);
	}
}

static void a_secret_in_argv_is_refused_and_not_repeated(void **state)
{
	/* Our format, once with a good and once with a wrong checksum; and some other secret. */
	static const char *const lines[][4] = {
		{ "key", "verify", "hunter2-hunter2-hunter2", NULL },
		{ "key", "show", "ak_0123456789ab_0123456789abcdefghijABCDEFGHIJ01234567", NULL },
		{ "ak_0123456789ab_0123456789abcdefghijABCDEFGHIJ01234567", NULL },
	};
	struct command_line c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_refused(parse(&c, &e, lines[i]), ERR_USAGE, &e, "never taken");
		assert_null(strstr(e.message, "hunter2"));
		assert_null(strstr(e.message, "ak_"));
		assert_null(strstr(e.hint, "hunter2"));
		command_line_release(&c);
	}
}

static void a_secret_is_asked_for_where_the_command_needs_it(void **state)
{
	struct command_line c;
	struct err e;

	(void)state;
	assert_well(PARSE(&c, &e, "key", "verify"), &e);
	assert_non_null(c.secret);
	command_line_release(&c);
	assert_well(PARSE(&c, &e, "key", "verify", "-"), &e);
	assert_non_null(c.secret);
	command_line_release(&c);
	assert_well(PARSE(&c, &e, "key", "revoke", "k"), &e);
	assert_null(c.secret);
	command_line_release(&c);
	assert_well(PARSE(&c, &e, "key", "revoke", "--secret"), &e);
	assert_non_null(c.secret);
	command_line_release(&c);
}

static void json_is_seen_before_the_line_is_understood(void **state)
{
	char *yes[] = { (char[]){ "authrack" }, (char[]){ "kye" }, (char[]){ "--json" } };
	char *no[] = { (char[]){ "authrack" }, (char[]){ "--" }, (char[]){ "--json" } };

	(void)state;
	assert_true(command_line_wants_json(3, yes));
	assert_false(command_line_wants_json(3, no));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_anywhere),
		cmocka_unit_test(a_name_may_take_a_value_in_one_command_and_none_in_another),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(an_option_of_both_is_told_to_both),
		cmocka_unit_test(a_noun_alone_is_no_error),
		cmocka_unit_test(what_is_wrong_is_a_usage_error_with_a_hint),
		cmocka_unit_test(a_secret_in_argv_is_refused_and_not_repeated),
		cmocka_unit_test(a_secret_is_asked_for_where_the_command_needs_it),
		cmocka_unit_test(json_is_seen_before_the_line_is_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
