/* Listing and showing: filters, orders, pages, and what a row and the details carry. */
#include <string.h>

#include "src/base/file.h"
#include "tests/lib/sink.h"

/* Names of the records, joined by blanks. */
static const char *names(struct session *s)
{
	static char out[512];

	out[0] = '\0';
	for (size_t i = 0; i < session_count(s); i++) {
		size_t len = strlen(out);

		snprintf(out + len, sizeof(out) - len, "%s%s", i ? " " : "",
			 json_get_text(session_record(s, i), "name"));
	}
	return out;
}

static void assert_lists(struct session *s, const char *expected, const char *name,
			 const char *value)
{
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.list", name, value, NULL), &e);
	assert_string_equal(names(s), expected);
}

/* alpha: finance, gold; bravo: expires in 1d; charlie: disabled; delta: revoked; echo: not yet. */
static void make_five(struct session *s)
{
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.create", "name", "alpha", "owner", "finance", "tier",
				"gold", "scope", "orders:read", NULL),
		    &e);
	test_clock_advance(&s->clock, SECOND_MS);
	session_create_with(s, "bravo", "expires", "1d");
	test_clock_advance(&s->clock, SECOND_MS);
	session_create(s, "charlie");
	test_clock_advance(&s->clock, SECOND_MS);
	session_create_with(s, "delta", "expires", "2d");
	test_clock_advance(&s->clock, SECOND_MS);
	session_create_with(s, "echo", "not-before", "30d");
	assert_well(session_run(s, &e, "key.disable", "key", "charlie", NULL), &e);
	assert_well(session_run(s, &e, "key.revoke", "key", "delta", "yes", "", NULL), &e);
}

static void filters_pick_by_every_field(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_five(s);
	assert_lists(s, "alpha bravo charlie delta echo", NULL, NULL);
	assert_lists(s, "alpha bravo", "status", "active");
	assert_lists(s, "charlie", "status", "disabled");
	assert_lists(s, "delta", "status", "revoked");
	assert_lists(s, "echo", "status", "not_yet_valid");
	assert_lists(s, "alpha", "owner", "finance");
	assert_lists(s, "alpha", "tier", "gold");
	assert_lists(s, "alpha", "scope", "orders:read");
	assert_lists(s, "charlie", "search", "harl");
	assert_lists(s, "alpha", "search", "FINANCE alpha");
	assert_lists(s, "", "search", "nobody");
	assert_well(session_run(s, &e, "key.list", "status", "disabled", "status", "revoked", NULL),
		    &e);
	assert_string_equal(names(s), "charlie delta");
	test_clock_advance(&s->clock, 2 * DAY_MS);
	assert_lists(s, "bravo", "status", "expired");
}

static void expiring_leaves_out_what_is_over(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_five(s);
	assert_lists(s, "bravo", "expiring", "14d");
	assert_lists(s, "", "expiring", "1h");
	assert_int_equal(session_run(s, &e, "key.list", "expiring", "14d", "check", "", NULL),
			 ERR_NO);
	assert_int_equal(session_run(s, &e, "key.list", "expiring", "1h", "check", "", NULL),
			 ERR_OK);
}

static void unused_counts_from_the_last_use_or_creation(void **state)
{
	struct session *s = *state;

	make_five(s);
	assert_lists(s, "", "unused", "1d");
	test_clock_advance(&s->clock, 2 * DAY_MS);
	session_use(s, 1, TEST_NOW + 2 * DAY_MS, NULL);
	assert_lists(s, "bravo charlie echo", "unused", "1d");
}

static void grace_shows_unfinished_rotations(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_five(s);
	assert_lists(s, "", "in-grace", "");
	assert_well(session_run(s, &e, "key.rotate", "key", "alpha", "grace", "1h", NULL), &e);
	assert_lists(s, "alpha", "in-grace", "");
	test_clock_advance(&s->clock, HOUR_MS);
	assert_lists(s, "", "in-grace", "");
}

static void sorts_both_ways(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_five(s);
	assert_lists(s, "echo delta charlie bravo alpha", "sort", "name:desc");
	assert_lists(s, "alpha bravo charlie delta echo", "sort", "created");
	assert_lists(s, "echo delta charlie bravo alpha", "sort", "created:desc");
	assert_refused(session_run(s, &e, "key.list", "sort", "colour", NULL), ERR_USAGE, &e,
		       "colour");
	assert_refused(session_run(s, &e, "key.list", "sort", "name:up", NULL), ERR_USAGE, &e,
		       "name:up");
}

static void pages_go_forward_and_back(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_five(s);
	assert_lists(s, "alpha bravo", "limit", "2");
	assert_well(session_run(s, &e, "key.list", "limit", "2", "after", "bravo", NULL), &e);
	assert_string_equal(names(s), "charlie delta");
	assert_well(session_run(s, &e, "key.list", "limit", "2", "before", "delta", NULL), &e);
	assert_string_equal(names(s), "charlie bravo");
	assert_refused(session_run(s, &e, "key.list", "after", "alpha", "before", "echo", NULL),
		       ERR_USAGE, &e, "--before");
	assert_refused(session_run(s, &e, "key.list", "after", "nobody", NULL), ERR_NOT_FOUND, &e,
		       "nobody");
	assert_refused(session_run(s, &e, "key.list", "limit", "0", NULL), ERR_USAGE, &e, "0");
}

static void nothing_is_lost_between_pages(void **state)
{
	static const char *const orders[] = { "owner", "created:desc", "expires", "used",
					      "attention" };
	struct session *s = *state;
	char *csv = path_join(s->folder, "many.csv");
	struct buf text = BUF_INIT(1024 * 1024);
	struct err e = ERR_INIT;

	session_create(s, "seed");
	buf_add_text(&text, "name,secret\n");
	for (int i = 0; i < 1100; i++)
		buf_addf(&text, "n%04d,0123456789abcdef0123456789abcdef%08d\n", i, i);
	file_put(csv, buf_text(&text));
	assert_well(session_run(s, &e, "key.import", "file", csv, NULL), &e);
	assert_well(session_run(s, &e, "key.list", NULL), &e);
	assert_int_equal(session_count(s), 1101);
	for (size_t i = 1; i < 1100; i++)
		assert_true(strcmp(json_get_text(session_record(s, i - 1), "name"),
				   json_get_text(session_record(s, i), "name")) < 0);
	assert_well(session_run(s, &e, "key.list", "limit", "1000", "sort", "name:desc", NULL), &e);
	assert_int_equal(session_count(s), 1000);
	assert_string_equal(json_get_text(session_record(s, 999), "name"), "n0101");
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		assert_well(session_run(s, &e, "key.list", "sort", orders[i], NULL), &e);
		assert_int_equal(session_count(s), 1101);
	}
	buf_release(&text);
	free(csv);
}

static void a_row_has_use_and_calls(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;
	const struct json *calls;

	session_create(s, "k");
	session_use(s, 1, TEST_NOW, "10.20.4.18");
	assert_well(session_run(s, &e, "key.list", "calls", "3", NULL), &e);
	assert_int_equal(session_time(s, "last_used_at"), TEST_NOW);
	assert_string_equal(session_text(s, "last_used_from"), "10.20.4.18");
	assert_non_null(session_text(s, "secret_id"));
	calls = json_get(session_record(s, 0), "calls");
	assert_int_equal(json_count(calls), 3);
	assert_int_equal(json_as_int(json_at(calls, 2)), 1);
	assert_int_equal(json_as_int(json_at(calls, 0)), 0);
}

static void show_has_versions_usage_and_history(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;
	const struct json *record, *version;

	session_create(s, "k");
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "grace", "1h", NULL), &e);
	session_use(s, 1, TEST_NOW, "10.20.4.18");
	assert_well(session_run(s, &e, "key.show", "key", "k", "history", "", NULL), &e);
	record = session_record(s, 0);
	assert_int_equal(json_count(json_get(record, "versions")), 2);
	version = json_at(json_get(record, "versions"), 0);
	assert_string_equal(json_get_text(version, "state"), "current");
	version = json_at(json_get(record, "versions"), 1);
	assert_string_equal(json_get_text(version, "state"), "grace");
	assert_string_equal(json_get_text(version, "last_used_from"), "10.20.4.18");
	assert_int_equal(json_get_int(version, "calls_24h", -1), 1);
	assert_int_equal(json_get_int(json_get(record, "usage"), "allowed_24h", -1), 1);
	assert_int_equal(json_get_int(json_get(record, "usage"), "addresses", -1), 1);
	assert_int_equal(json_count(json_get(record, "history")), 2);
	assert_string_equal(json_get_text(json_at(json_get(record, "history"), 0), "operation"),
			    "key.rotate");
	assert_null(json_get(record, "secret"));
}

static void show_takes_id_and_name(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;
	char id[64];

	session_create(s, "k");
	snprintf(id, sizeof(id), "%s", session_text(s, "id"));
	session_show(s, id);
	assert_string_equal(session_text(s, "name"), "k");
	assert_refused(session_run(s, &e, "key.show", "key", "x", NULL), ERR_NOT_FOUND, &e,
		       "\"x\"");
	assert_refused(session_run(s, &e, "key.show", NULL), ERR_USAGE, &e, "KEY");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, session_setup, session_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(filters_pick_by_every_field),
		TEST(expiring_leaves_out_what_is_over),
		TEST(unused_counts_from_the_last_use_or_creation),
		TEST(grace_shows_unfinished_rotations),
		TEST(sorts_both_ways),
		TEST(pages_go_forward_and_back),
		TEST(nothing_is_lost_between_pages),
		TEST(a_row_has_use_and_calls),
		TEST(show_has_versions_usage_and_history),
		TEST(show_takes_id_and_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
