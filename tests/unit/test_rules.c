/* The rules: what each field takes and refuses, its canonical form, and what scopes and ranges
 * grant. */
#include <stdlib.h>
#include <string.h>

#include "src/app/rules.h"
#include "tests/lib/support.h"

static char *repeated(const char *piece, size_t count)
{
	size_t len = strlen(piece);
	char *text = malloc(len * count + 1);

	for (size_t i = 0; i < count; i++)
		memcpy(text + i * len, piece, len);
	text[len * count] = '\0';
	return text;
}

static void names_are_counted_in_characters(void **state)
{
	struct err e = ERR_INIT;
	char *longest = repeated("\xe6\x9d\xb1", 128), *more = repeated("\xe6\x9d\xb1", 129);

	(void)state;
	assert_well(rule_name("a", &e), &e);
	assert_well(rule_name(longest, &e), &e);
	assert_refused(rule_name(more, &e), ERR_USAGE, &e, "at most 128");
	assert_refused(rule_name("", &e), ERR_USAGE, &e, "empty");
	assert_refused(rule_name(" \t ", &e), ERR_USAGE, &e, "empty");
	assert_refused(rule_name("caf\xe9", &e), ERR_USAGE, &e, "UTF-8");
	assert_refused(rule_name("key_01jq8m2v5x0c9d3n6p8r4t7kfa", &e), ERR_USAGE, &e, "id");
	free(longest);
	free(more);
}

static void prefixes_fit_the_scanner_pattern(void **state)
{
	static const char *const good[] = { "ak", "a", "ci_2", "abcdefghijklmnop" };
	static const char *const bad[] = { "",	      "AK", "2a", "_a", "a-b", "abcdefghijklmnopq",
					   "\xc3\xa9" };
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_well(rule_prefix(good[i], &e), &e);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(rule_prefix(bad[i], &e), ERR_USAGE, &e, "prefix");
}

static void scopes_have_their_characters_and_length(void **state)
{
	struct err e = ERR_INIT;
	char *longest = repeated("a", 64), *more = repeated("a", 65);

	(void)state;
	assert_well(rule_scope("A-z0:9._*/-", &e), &e);
	assert_well(rule_scope(longest, &e), &e);
	assert_refused(rule_scope(more, &e), ERR_USAGE, &e, "scope");
	assert_refused(rule_scope("", &e), ERR_USAGE, &e, "scope");
	assert_refused(rule_scope("a b", &e), ERR_USAGE, &e, "scope");
	assert_refused(rule_scope("a,b", &e), ERR_USAGE, &e, "scope");
	assert_refused(rule_scope("\xc3\xa9", &e), ERR_USAGE, &e, "scope");
	free(longest);
	free(more);
}

static void a_star_at_the_end_grants_what_begins_so(void **state)
{
	(void)state;
	assert_true(scopes_grant("orders:*", "orders:read"));
	assert_true(scopes_grant("orders:*", "orders:read:all"));
	assert_true(scopes_grant("orders:*", "orders:*"));
	assert_true(scopes_grant("a orders:read z", "orders:read"));
	assert_true(scopes_grant("*", "anything"));
	assert_false(scopes_grant("orders:*", "orders"));
	assert_false(scopes_grant("orders:*", "orders:"));
	assert_false(scopes_grant("orders:*", "ordersx:read"));
	assert_false(scopes_grant("orders:read", "orders:*"));
	assert_false(scopes_grant("orders:read", "orders:rea"));
	assert_false(scopes_grant("orders:read", "orders:reads"));
	assert_false(scopes_grant("*:read", "orders:read"));
	assert_false(scopes_grant("", "orders:read"));
	assert_false(scopes_grant("*", ""));
}

static void limits_have_one_form(void **state)
{
	static const char *const forms[][2] = {
		{ "100/min", "100/min" },
		{ "100/m", "100/min" },
		{ "100/minute", "100/min" },
		{ "5/s", "5/sec" },
		{ "5/second", "5/sec" },
		{ "7/h", "7/hour" },
		{ "5000/day:200", "5000/day:200" },
		{ "1/d:1", "1/day:1" },
	};
	struct err e = ERR_INIT;
	char text[LIMIT_TEXT_SIZE];
	struct limit l;

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		assert_well(limit_parse(&l, forms[i][0], &e), &e);
		limit_text(text, &l);
		assert_string_equal(text, forms[i][1]);
	}
	assert_well(limit_parse(&l, "5000/day:200", &e), &e);
	assert_int_equal(l.count, 5000);
	assert_int_equal(l.period_ms, DAY_MS);
	assert_int_equal(l.burst, 200);
}

static void limits_that_are_none_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"100",
		"/min",
		"100/",
		"0/min",
		"-1/min",
		"100/year",
		"100/min:",
		"100/min:0",
		"100/min:x",
		"100/min:5x",
		"1e3/min",
		"100 /min",
		"2000000000/min",
		"99999999999999999999/min",
		"100/min:99999999999999999999",
		"100/Min",
	};
	struct err e = ERR_INIT;
	struct limit l;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(limit_parse(&l, bad[i], &e), ERR_USAGE, &e, "N/PERIOD");
}

static void ranges_hold_v4_and_v6(void **state)
{
	struct err e = ERR_INIT;
	struct address a;

	(void)state;
	assert_well(address_parse(&a, "10.20.4.18", &e), &e);
	assert_true(ranges_contain("10.20.0.0/16 2001:db8::/32", &a));
	assert_false(ranges_contain("10.21.0.0/16 2001:db8::/32", &a));
	assert_false(ranges_contain("", &a));
	assert_well(address_parse(&a, "2001:db8::7", &e), &e);
	assert_true(ranges_contain("10.20.0.0/16 2001:db8::/32", &a));
	assert_refused(rule_range("10.0.0.1/8", &e), ERR_USAGE, &e, "10.0.0.0/8");
	assert_refused(rule_range("nonsense", &e), ERR_USAGE, &e, NULL);
}

static void sets_are_sorted_with_each_member_once(void **state)
{
	const char *const scopes[] = { "b", "a", "b" };
	const char *const limits[] = { "5000/day", "100/min:5", "100/m", "5000/d" };
	const char *const ranges[] = { "10.20.0.0/16", "10.0.0.0/8", "10.20.0.0/16" };
	struct err e = ERR_INIT;
	char *out = NULL;

	(void)state;
	assert_well(scopes_canonical(&out, (struct texts){ scopes, 3 }, &e), &e);
	assert_string_equal(out, "a b");
	free(out);
	assert_well(limits_canonical(&out, (struct texts){ limits, 4 }, &e), &e);
	assert_string_equal(out, "100/min 100/min:5 5000/day");
	free(out);
	assert_well(ranges_canonical(&out, (struct texts){ ranges, 3 }, &e), &e);
	assert_string_equal(out, "10.0.0.0/8 10.20.0.0/16");
	free(out);
	assert_well(scopes_canonical(&out, (struct texts){ NULL, 0 }, &e), &e);
	assert_string_equal(out, "");
	free(out);
}

static void sets_have_a_maximum_and_good_members(void **state)
{
	const char *items[SCOPES_MAX + 1];
	const char *const bad[] = { "good", "not good" };
	struct err e = ERR_INIT;
	char *out = NULL;

	(void)state;
	for (size_t i = 0; i <= SCOPES_MAX; i++)
		items[i] = "a";
	assert_refused(scopes_canonical(&out, (struct texts){ items, SCOPES_MAX + 1 }, &e),
		       ERR_USAGE, &e, "256");
	for (size_t i = 0; i <= LIMITS_MAX; i++)
		items[i] = "1/min";
	assert_refused(limits_canonical(&out, (struct texts){ items, LIMITS_MAX + 1 }, &e),
		       ERR_USAGE, &e, "16");
	assert_refused(scopes_canonical(&out, (struct texts){ bad, 2 }, &e), ERR_USAGE, &e,
		       "not good");
	assert_refused(limits_canonical(&out, (struct texts){ bad, 2 }, &e), ERR_USAGE, &e, "good");
	assert_refused(ranges_canonical(&out, (struct texts){ bad, 2 }, &e), ERR_USAGE, &e, "good");
	assert_null(out);
}

static void meta_is_an_object_with_sorted_names(void **state)
{
	const char *const pairs[] = { "team=payments", "env=a=b", "empty=" };
	struct err e = ERR_INIT;
	char *out = NULL;

	(void)state;
	assert_well(meta_canonical(&out, (struct texts){ pairs, 3 }, &e), &e);
	assert_string_equal(out, "{\"empty\":\"\",\"env\":\"a=b\",\"team\":\"payments\"}");
	free(out);
	assert_well(meta_canonical(&out, (struct texts){ NULL, 0 }, &e), &e);
	assert_string_equal(out, "");
	free(out);
}

static void meta_that_is_none_is_refused(void **state)
{
	const char *const twice[] = { "a=1", "a=2" };
	const char *many[META_MAX + 1];
	struct err e = ERR_INIT;
	char *out = NULL, *value = repeated("x", 257), *pair = malloc(300);

	(void)state;
	assert_refused(rule_meta("novalue", &e), ERR_USAGE, &e, "NAME=VALUE");
	assert_refused(rule_meta("=value", &e), ERR_USAGE, &e, "NAME=VALUE");
	assert_refused(rule_meta("a b=c", &e), ERR_USAGE, &e, "NAME=VALUE");
	snprintf(pair, 300, "a=%s", value);
	assert_refused(rule_meta(pair, &e), ERR_USAGE, &e, "256");
	assert_refused(meta_canonical(&out, (struct texts){ twice, 2 }, &e), ERR_USAGE, &e,
		       "twice");
	for (size_t i = 0; i <= META_MAX; i++)
		many[i] = "a=b";
	assert_refused(meta_canonical(&out, (struct texts){ many, META_MAX + 1 }, &e), ERR_USAGE,
		       &e, "32");
	free(value);
	free(pair);
}

static void meta_comes_from_json_too(void **state)
{
	struct err e = ERR_INIT;
	struct json *object = json_object_new();
	char *out = NULL;

	(void)state;
	json_set_text(object, "b", "2");
	json_set_text(object, "a", "1");
	assert_well(meta_from_json(&out, object, &e), &e);
	assert_string_equal(out, "{\"a\":\"1\",\"b\":\"2\"}");
	free(out);
	json_set_int(object, "n", 3);
	assert_refused(meta_from_json(&out, object, &e), ERR_USAGE, &e, "\"n\"");
	json_free(object);
	object = json_array_new();
	assert_refused(meta_from_json(&out, object, &e), ERR_USAGE, &e, "object");
	json_free(object);
}

static void a_field_with_a_whole_set_is_split(void **state)
{
	char **items = NULL;
	struct json *list;

	(void)state;
	assert_int_equal(texts_split(&items, " a b,c; d\n"), 4);
	assert_string_equal(items[0], "a");
	assert_string_equal(items[3], "d");
	free(items);
	assert_int_equal(texts_split(&items, ""), 0);
	free(items);
	list = texts_json("x y");
	assert_int_equal(json_count(list), 2);
	json_free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_counted_in_characters),
		cmocka_unit_test(prefixes_fit_the_scanner_pattern),
		cmocka_unit_test(scopes_have_their_characters_and_length),
		cmocka_unit_test(a_star_at_the_end_grants_what_begins_so),
		cmocka_unit_test(limits_have_one_form),
		cmocka_unit_test(limits_that_are_none_are_refused),
		cmocka_unit_test(ranges_hold_v4_and_v6),
		cmocka_unit_test(sets_are_sorted_with_each_member_once),
		cmocka_unit_test(sets_have_a_maximum_and_good_members),
		cmocka_unit_test(meta_is_an_object_with_sorted_names),
		cmocka_unit_test(meta_that_is_none_is_refused),
		cmocka_unit_test(meta_comes_from_json_too),
		cmocka_unit_test(a_field_with_a_whole_set_is_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
