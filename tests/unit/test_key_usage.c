/* What the operations tell of usage, as the meter has written it: key.usage in all its shapes, whom a revoke
 * or the end of a rotation hits, and which keys are not used. */
#include "tests/lib/op_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/meter.h"
#include "src/app/session.h"

static void call(struct op_run *r, int64_t key, int64_t version, enum verify_code code, int64_t at,
		 int64_t count, const char *from)
{
	struct meter *m = meter_new();
	struct address address;

	if (from)
		assert_well(address_parse(&address, from, &r->e), &r->e);
	for (int64_t i = 0; i < count; i++)
		meter_count(m,
			    &(struct meter_call){ key, version, code, at, from ? &address : NULL });
	assert_well(meter_write(m, app_store(r->app), &r->e), &r->e);
	meter_free(m);
}

static void use(struct op_run *r, int64_t key, int64_t version, int64_t at, int64_t count)
{
	call(r, key, version, VERIFY_VALID, at, count, "10.1.2.3");
}

static bool row_is(struct op_run *r, size_t n, int64_t allowed, int64_t denied)
{
	return op_run_int(r, n, "allowed") == allowed && op_run_int(r, n, "denied") == denied;
}

static bool row_has(struct op_run *r, size_t n, const char *name)
{
	return json_get(json_at(r->rows, n), name);
}

/* --- key.usage: of one key ------------------------------------------------ */

static void make_busy(struct op_run *r)
{
	assert_run(r, "key.create", "name", "busy", NULL);
	assert_run(r, "key.rotate", "key", "busy", NULL);
	use(r, 1, 1, TEST_NOW - HOUR_MS, 5);
	use(r, 1, 2, TEST_NOW - MINUTE_MS, 7);
	call(r, 1, 2, VERIFY_RATE_LIMITED, TEST_NOW - MINUTE_MS, 2, NULL);
	use(r, 1, 2, TEST_NOW - 3 * DAY_MS, 100);
	use(r, 1, 2, TEST_NOW - 60 * DAY_MS, 1000);
}

static void hours_are_told_version_by_version(void **state)
{
	struct op_run *r = *state;

	make_busy(r);
	assert_run(r, "key.usage", "key", "busy", NULL);
	assert_int_equal(json_count(r->rows), 2);
	assert_int_equal(op_run_int(r, 0, "version"), 2);
	assert_true(row_is(r, 0, 7, 2));
	assert_true(row_is(r, 1, 5, 0));
	assert_string_equal(op_run_text(r, 0, "hour"), "2026-06-16T13:00:00Z");
	assert_run(r, "key.usage", "key", "busy", "since", "90d", NULL);
	assert_int_equal(json_count(r->rows), 3);
	assert_non_null(strstr(buf_text(&r->notes), "--by day goes back 400"));
}

static void days_go_back_further_than_hours(void **state)
{
	struct op_run *r = *state;

	make_busy(r);
	assert_run(r, "key.usage", "key", "busy", "by", "day", NULL);
	assert_int_equal(json_count(r->rows), 3);
	assert_string_equal(op_run_text(r, 0, "day"), "2026-06-13T00:00:00Z");
	assert_true(row_is(r, 0, 100, 0));
	assert_true(row_is(r, 1, 7, 2));
	assert_int_equal(op_run_int(r, 2, "version"), 1);
	assert_run(r, "key.usage", "key", "busy", "by", "day", "since", "90d", NULL);
	assert_true(row_is(r, 0, 1000, 0));
	assert_string_equal(buf_text(&r->notes), "");
	assert_run(r, "key.usage", "key", "busy", "by", "day", "since", "0", NULL);
	assert_int_equal(json_count(r->rows), 2);
}

static void versions_have_sums_last_use_and_addresses(void **state)
{
	struct op_run *r = *state;

	make_busy(r);
	assert_run(r, "key.usage", "key", "busy", "by", "version", "since", "7d", NULL);
	assert_true(row_is(r, 0, 107, 2));
	assert_int_equal(json_count(json_get(json_at(r->rows, 0), "addresses")), 1);
	assert_string_equal(op_run_text(r, 1, "last_used_at"), "2026-06-16T12:06:52Z");
	assert_run(r, "key.usage", "key", "busy", "by", "version", "since", "90d", NULL);
	assert_true(row_is(r, 0, 1107, 2));
}

static void codes_are_told_by_hours_or_days(void **state)
{
	struct op_run *r = *state;

	make_busy(r);
	assert_run(r, "key.usage", "key", "busy", "by", "code", NULL);
	assert_string_equal(op_run_text(r, 0, "code"), "VALID");
	assert_int_equal(op_run_int(r, 0, "count"), 12);
	assert_int_equal(op_run_int(r, 1, "count"), 2);
	assert_run(r, "key.usage", "key", "busy", "by", "code", "since", "90d", NULL);
	assert_int_equal(op_run_int(r, 0, "count"), 1112);
}

/* --- key.usage: of all keys ----------------------------------------------- */

static void make_many(struct op_run *r)
{
	make_busy(r);
	assert_run(r, "key.create", "name", "quiet", "owner", "ops", NULL);
	use(r, 2, 1, TEST_NOW, 1);
	call(r, 2, 1, VERIFY_EXPIRED, TEST_NOW, 30, NULL);
	call(r, 0, 0, VERIFY_NOT_FOUND, TEST_NOW, 50, "10.9.9.9");
}

static void hours_and_days_of_all_keys_have_no_version(void **state)
{
	struct op_run *r = *state;

	make_many(r);
	assert_run(r, "key.usage", NULL);
	assert_int_equal(json_count(r->rows), 2);
	assert_true(row_is(r, 0, 5, 0));
	assert_true(row_is(r, 1, 8, 82));
	assert_false(row_has(r, 0, "version"));
	assert_run(r, "key.usage", "by", "day", NULL);
	assert_int_equal(json_count(r->rows), 2);
	assert_true(row_is(r, 0, 100, 0));
	assert_true(row_is(r, 1, 13, 82));
	assert_false(row_has(r, 0, "version"));
}

static void codes_of_all_keys_have_unknown_secrets(void **state)
{
	struct op_run *r = *state;

	make_many(r);
	assert_run(r, "key.usage", "by", "code", NULL);
	assert_int_equal(json_count(r->rows), 4);
	assert_string_equal(op_run_text(r, 0, "code"), "NOT_FOUND");
	assert_int_equal(op_run_int(r, 0, "count"), 50);
	assert_string_equal(op_run_text(r, 1, "code"), "EXPIRED");
}

static void keys_called_most_come_first(void **state)
{
	struct op_run *r = *state;

	make_many(r);
	assert_run(r, "key.usage", "by", "key", NULL);
	assert_int_equal(json_count(r->rows), 2);
	assert_string_equal(op_run_text(r, 0, "name"), "quiet");
	assert_string_equal(op_run_text(r, 0, "owner"), "ops");
	assert_true(row_is(r, 0, 1, 30));
	assert_string_equal(op_run_text(r, 0, "last_used_at"), "2026-06-16T13:06:52Z");
	assert_true(row_is(r, 1, 12, 2));
	assert_run(r, "key.usage", "by", "key", "since", "7d", "limit", "1", NULL);
	assert_int_equal(json_count(r->rows), 1);
	assert_string_equal(op_run_text(r, 0, "name"), "busy");
	assert_true(row_is(r, 0, 112, 2));
}

static void twenty_keys_where_nothing_is_said(void **state)
{
	struct op_run *r = *state;
	char name[16];

	for (int i = 1; i <= 25; i++) {
		snprintf(name, sizeof(name), "k%d", i);
		assert_run(r, "key.create", "name", name, NULL);
		use(r, i, 1, TEST_NOW, i);
	}
	assert_run(r, "key.usage", "by", "key", NULL);
	assert_int_equal(json_count(r->rows), 20);
	assert_string_equal(op_run_text(r, 0, "name"), "k25");
	assert_run(r, "key.usage", "by", "key", "limit", "25", NULL);
	assert_int_equal(json_count(r->rows), 25);
}

/* --- key.usage: refused --------------------------------------------------- */

static void nothing_used_gives_no_rows(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "key.create", "name", "idle", NULL);
	for (const char *const *by = (const char *const[]){ "hour", "day", "code", "key", NULL };
	     *by; by++) {
		assert_run(r, "key.usage", "by", *by, NULL);
		assert_int_equal(json_count(r->rows), 0);
	}
	assert_run(r, "key.usage", "key", "idle", NULL);
	assert_int_equal(json_count(r->rows), 0);
}

static void what_makes_no_sense_is_refused(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "key.create", "name", "idle", NULL);
	assert_run_refused(r, ERR_NOT_FOUND, "nothere", "key.usage", "key", "nothere", NULL);
	assert_run_refused(r, ERR_USAGE, NULL, "key.usage", "key", "idle", "by", "year", NULL);
	assert_run_refused(r, ERR_USAGE, "about one key", "key.usage", "by", "version", NULL);
	assert_run_refused(r, ERR_USAGE, "about all keys", "key.usage", "key", "idle", "by", "key",
			   NULL);
	assert_run_refused(r, ERR_USAGE, "--limit is for --by key", "key.usage", "limit", "5",
			   NULL);
	assert_run_refused(r, ERR_USAGE, "--limit is for --by key", "key.usage", "key", "idle",
			   "by", "code", "limit", "5", NULL);
	assert_run_refused(r, ERR_USAGE, "lists nothing", "key.usage", "by", "key", "limit", "0",
			   NULL);
}

/* --- whom it hits --------------------------------------------------------- */

static void refuse_questions(struct op_run *r)
{
	r->refuses_confirm = true;
}

/* 13:06:52 by the test's clock: the hour before began at 12:00. */
static void revoke_tells_what_it_hits(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "key.create", "name", "k", NULL);
	refuse_questions(r);
	assert_run_refused(r, ERR_CONFLICT, "for good? never used", "key.revoke", "key", "k", NULL);
	use(r, 1, 1, TEST_NOW - 70 * MINUTE_MS, 100);
	assert_run_refused(r, ERR_CONFLICT, "? no calls let through since 12:00; last used 1h",
			   "key.revoke", "key", "k", NULL);
	use(r, 1, 1, TEST_NOW - 60 * MINUTE_MS, 1);
	assert_run_refused(r, ERR_CONFLICT, "? 1 call let through since 12:00, from 10.1.2.3; last",
			   "key.revoke", "key", "k", NULL);
	use(r, 1, 1, TEST_NOW, 410);
	call(r, 1, 1, VERIFY_VALID, TEST_NOW, 1, "10.1.2.4");
	call(r, 1, 1, VERIFY_VALID, TEST_NOW - 1, 1, "10.1.2.5");
	call(r, 1, 1, VERIFY_RATE_LIMITED, TEST_NOW, 9, "10.1.2.6");
	assert_run_refused(r, ERR_CONFLICT, "? 413 calls let through since 12:00, from 3 addresses",
			   "key.revoke", "key", "k", NULL);
}

static void eight_addresses_may_be_more(void **state)
{
	struct op_run *r = *state;
	char from[24];

	assert_run(r, "key.create", "name", "k", NULL);
	refuse_questions(r);
	for (int i = 0; i < 7; i++) {
		snprintf(from, sizeof(from), "10.0.0.%d", i);
		call(r, 1, 1, VERIFY_VALID, TEST_NOW - i, 1, from);
	}
	assert_run_refused(r, ERR_CONFLICT, "from 7 addresses;", "key.revoke", "key", "k", NULL);
	call(r, 1, 1, VERIFY_VALID, TEST_NOW, 1, "10.0.0.7");
	assert_run_refused(r, ERR_CONFLICT, "from 8 or more addresses;", "key.revoke", "key", "k",
			   NULL);
	/* One that came before is the eighth: all that came since are known. */
	test_clock_advance(&r->clock, HOUR_MS);
	call(r, 1, 1, VERIFY_VALID, r->clock.wall, 1, "10.0.0.8");
	assert_run_refused(r, ERR_CONFLICT, "from 8 or more addresses;", "key.revoke", "key", "k",
			   NULL);
	test_clock_advance(&r->clock, HOUR_MS);
	assert_run_refused(r, ERR_CONFLICT, "1 call let through since 14:00, from 10.0.0.8;",
			   "key.revoke", "key", "k", NULL);
}

static void several_keys_are_summed_up(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "key.create", "name", "a", NULL);
	assert_run(r, "key.create", "name", "b", NULL);
	assert_run(r, "key.create", "name", "c", NULL);
	use(r, 1, 1, TEST_NOW, 400);
	use(r, 2, 1, TEST_NOW, 12);
	call(r, 2, 1, VERIFY_VALID, TEST_NOW, 1, "2001:db8::1");
	refuse_questions(r);
	assert_run_refused(r, ERR_CONFLICT,
			   "revoke 3 keys for good? 2 of them in use: 413 calls let through since "
			   "12:00, from 2 addresses",
			   "key.revoke", "key", "a", "key", "b", "key", "c", NULL);
	assert_run(r, "key.revoke", "key", "a", "key", "b", "yes", "", NULL);
}

static void rotation_tells_who_uses_the_old_version(void **state)
{
	struct op_run *r = *state;
	const struct json *versions, *old;

	assert_run(r, "key.create", "name", "k", NULL);
	assert_run(r, "key.rotate", "key", "k", NULL);
	use(r, 1, 2, TEST_NOW, 50);
	call(r, 1, 1, VERIFY_VALID, TEST_NOW - 5 * MINUTE_MS, 9, "10.20.4.18");
	assert_run(r, "key.show", "key", "k", NULL);
	versions = json_get(json_at(r->rows, 0), "versions");
	old = json_get(json_at(versions, 1), "recent");
	assert_int_equal(json_get_int(old, "allowed", -1), 9);
	assert_int_equal(json_get_int(old, "addresses", -1), 1);
	assert_false(json_get_bool(old, "more"));
	assert_string_equal(json_get_text(old, "since"), "2026-06-16T12:00:00Z");
	assert_string_equal(json_get_text(json_at(versions, 1), "last_used_from"), "10.20.4.18");
	old = json_get(json_get(json_at(r->rows, 0), "usage"), "recent");
	assert_int_equal(json_get_int(old, "allowed", -1), 59);
	assert_int_equal(json_get_int(old, "addresses", -1), 2);
	refuse_questions(r);
	assert_run_refused(r, ERR_CONFLICT,
			   "was used 5m ago from 10.20.4.18 (9 calls let through since 12:00, from "
			   "10.20.4.18); end it now?",
			   "key.rotate", "key", "k", "finish", "", NULL);
	test_clock_advance(&r->clock, 10 * MINUTE_MS);
	assert_run(r, "key.rotate", "key", "k", "finish", "", NULL);
}

/* --- unused --------------------------------------------------------------- */

static void unused_keys_are_those_that_nobody_called(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "key.create", "name", "never", NULL);
	assert_run(r, "key.create", "name", "once", NULL);
	assert_run(r, "key.create", "name", "often", NULL);
	assert_run(r, "key.create", "name", "denied", NULL);
	use(r, 2, 1, TEST_NOW, 1);
	assert_run(r, "key.list", "unused", "90d", NULL);
	assert_int_equal(json_count(r->rows), 0);
	test_clock_advance(&r->clock, 91 * DAY_MS);
	assert_run(r, "key.create", "name", "young", NULL);
	use(r, 3, 1, r->clock.wall - 89 * DAY_MS, 1);
	call(r, 4, 1, VERIFY_RATE_LIMITED, r->clock.wall, 5, NULL);
	assert_run(r, "key.list", "unused", "90d", "sort", "name", NULL);
	assert_int_equal(json_count(r->rows), 3);
	assert_string_equal(op_run_text(r, 0, "name"), "denied");
	assert_string_equal(op_run_text(r, 1, "name"), "never");
	assert_string_equal(op_run_text(r, 2, "name"), "once");
	/* What comes late, of an hour ago, moves nothing back. */
	use(r, 2, 1, r->clock.wall, 1);
	use(r, 2, 1, r->clock.wall - 100 * DAY_MS, 1);
	assert_run(r, "key.list", "unused", "90d", NULL);
	assert_int_equal(json_count(r->rows), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, op_run_setup, op_run_teardown)
	const struct CMUnitTest tests[] = {
		TEST(hours_are_told_version_by_version),
		TEST(days_go_back_further_than_hours),
		TEST(versions_have_sums_last_use_and_addresses),
		TEST(codes_are_told_by_hours_or_days),
		TEST(hours_and_days_of_all_keys_have_no_version),
		TEST(codes_of_all_keys_have_unknown_secrets),
		TEST(keys_called_most_come_first),
		TEST(twenty_keys_where_nothing_is_said),
		TEST(nothing_used_gives_no_rows),
		TEST(what_makes_no_sense_is_refused),
		TEST(revoke_tells_what_it_hits),
		TEST(eight_addresses_may_be_more),
		TEST(several_keys_are_summed_up),
		TEST(rotation_tells_who_uses_the_old_version),
		TEST(unused_keys_are_those_that_nobody_called),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
