/* Errors: message, hint, code and what hostile text becomes in them. */
#include "tests/lib/support.h"

#include <errno.h>
#include <string.h>

static void err_set_returns_the_code_and_clears_the_hint(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(err_set(&e, ERR_CONFLICT, "key \"%s\" is revoked", "ci"), ERR_CONFLICT);
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_string_equal(e.message, "key \"ci\" is revoked");
	err_hint(&e, "make a new one");
	assert_string_equal(e.hint, "make a new one");
	err_set(&e, ERR_STORE, "other");
	assert_string_equal(e.hint, "");
}

static void err_hint_returns_the_code_that_was_set(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	err_set(&e, ERR_PERMISSION, "no");
	assert_int_equal(err_hint(&e, "chmod 600 %s", "f"), ERR_PERMISSION);
	assert_string_equal(e.message, "no");
}

static void a_null_error_is_well_everywhere(void **state)
{
	(void)state;
	errno = ENOENT;
	assert_int_equal(err_set(NULL, ERR_STORE, "x"), ERR_STORE);
	assert_int_equal(err_errno(NULL, ERR_REMOTE, "x"), ERR_REMOTE);
	assert_int_equal(err_hint(NULL, "x"), ERR_USAGE);
}

static void hostile_text_never_stays_raw_in_message_or_hint(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	err_set(&e, ERR_USAGE, "\"%s\" is bad", "\x1b]0;x\x07\xe2\x80\xae\xff\n");
	assert_string_equal(e.message, "\"<U+001B>]0;x<U+0007><U+202E>\\xFF\\n\" is bad");
	err_hint(&e, "%s", "\23331m");
	assert_string_equal(e.hint, "\\x9B31m");
}

static void a_message_that_is_too_long_ends_where_the_room_ends(void **state)
{
	struct err e = ERR_INIT;
	char text[4096];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&e, ERR_USAGE, "%s", text);
	assert_in_range(strlen(e.message), sizeof(e.message) - 40, sizeof(e.message) - 1);
	memset(text, '\x1b', sizeof(text) - 1);
	err_set(&e, ERR_USAGE, "%s", text);
	assert_int_equal(strlen(e.message) % strlen("<U+001B>"), 0);
}

static void err_errno_says_why(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	errno = ENOENT;
	assert_int_equal(err_errno(&e, ERR_STORE, "cannot open \"%s\"", "a\tb"), ERR_STORE);
	assert_string_equal(e.message, "cannot open \"a\\tb\": No such file or directory");
	errno = 99999;
	err_errno(&e, ERR_STORE, "x");
	assert_string_equal(e.message, "x: unknown error");
}

static void every_code_has_its_name_in_json(void **state)
{
	static const struct {
		enum errc code;
		const char *name;
	} names[] = {
		{ ERR_OK, "ok" },
		{ ERR_NO, "no" },
		{ ERR_USAGE, "usage" },
		{ ERR_NOT_FOUND, "not_found" },
		{ ERR_CONFLICT, "conflict" },
		{ ERR_STORE, "store" },
		{ ERR_REMOTE, "remote" },
		{ ERR_PERMISSION, "permission" },
		{ ERR_CANCELLED, "cancelled" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_string_equal(err_name(names[i].code), names[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(err_set_returns_the_code_and_clears_the_hint),
		cmocka_unit_test(err_hint_returns_the_code_that_was_set),
		cmocka_unit_test(a_null_error_is_well_everywhere),
		cmocka_unit_test(hostile_text_never_stays_raw_in_message_or_hint),
		cmocka_unit_test(a_message_that_is_too_long_ends_where_the_room_ends),
		cmocka_unit_test(err_errno_says_why),
		cmocka_unit_test(every_code_has_its_name_in_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
