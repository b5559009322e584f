/* Several keys at once: ids or a filter, all or nothing, counted before anything is done. */
#include <string.h>

#include "tests/lib/sink.h"

static void make_three(struct session *s)
{
	session_create_with(s, "a", "owner", "finance");
	session_create_with(s, "b", "owner", "finance");
	session_create_with(s, "c", "owner", "mobile");
}

static size_t count_status(struct session *s, const char *status)
{
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.list", "status", status, NULL), &e);
	return session_count(s);
}

static void several_names_are_one_change_with_an_event_each(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_three(s);
	assert_well(session_run(s, &e, "key.disable", "key", "a", "key", "c", NULL), &e);
	assert_int_equal(session_count(s), 2);
	assert_int_equal(session_events(s), 5);
	assert_int_equal(count_status(s, "disabled"), 2);
}

static void a_key_named_twice_counts_once(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_three(s);
	assert_well(session_run(s, &e, "key.disable", "key", "a", "key", "a", "expect", "1", NULL),
		    &e);
	assert_int_equal(session_count(s), 1);
}

static void one_that_is_refused_undoes_all(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_three(s);
	assert_well(session_run(s, &e, "key.revoke", "key", "b", "yes", "", NULL), &e);
	assert_refused(session_run(s, &e, "key.disable", "key", "a", "key", "b", NULL),
		       ERR_CONFLICT, &e, "revoked");
	assert_refused(session_run(s, &e, "key.disable", "key", "a", "key", "nobody", NULL),
		       ERR_NOT_FOUND, &e, "nobody");
	assert_int_equal(count_status(s, "disabled"), 0);
	assert_int_equal(session_count(s), 0);
	assert_int_equal(session_events(s), 4);
}

static void a_filter_means_the_keys_that_it_can_be_done_to(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_three(s);
	assert_well(session_run(s, &e, "key.revoke", "key", "a", "yes", "", NULL), &e);
	assert_well(session_run(s, &e, "key.disable", "owner", "finance", NULL), &e);
	assert_int_equal(session_count(s), 1);
	assert_string_equal(session_text(s, "name"), "b");
	assert_well(session_run(s, &e, "key.enable", "owner", "finance", NULL), &e);
	assert_int_equal(session_count(s), 1);
}

static void dry_run_says_what_would_be_and_does_nothing(void **state)
{
	static const char *const ops[] = { "key.disable", "key.revoke", "key.rotate" };
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_three(s);
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		assert_well(session_run(s, &e, ops[i], "owner", "finance", "dry-run", "", NULL),
			    &e);
		assert_int_equal(session_count(s), 2);
		assert_true(json_get_bool(session_record(s, 0), "dry_run"));
		assert_int_equal(s->asked, 0);
		assert_int_equal(s->reveals, 0);
	}
	assert_well(session_run(s, &e, "key.edit", "where-owner", "finance", "tier", "gold",
				"dry-run", "", NULL),
		    &e);
	assert_string_equal(session_text(s, "tier"), "gold");
	assert_int_equal(session_events(s), 3);
	session_show(s, "a");
	assert_string_equal(session_text(s, "tier"), "");
}

static void a_dry_run_finds_what_would_be_refused(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_three(s);
	assert_well(session_run(s, &e, "key.revoke", "key", "b", "yes", "", NULL), &e);
	assert_refused(session_run(s, &e, "key.rotate", "key", "b", "dry-run", "", NULL),
		       ERR_CONFLICT, &e, "revoked");
	assert_refused(session_run(s, &e, "key.disable", "key", "b", "dry-run", "", NULL),
		       ERR_CONFLICT, &e, "revoked");
}

static void another_count_than_expected_is_refused(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_three(s);
	assert_refused(session_run(s, &e, "key.revoke", "owner", "finance", "expect", "3", "yes",
				   "", NULL),
		       ERR_CONFLICT, &e, "2 keys");
	assert_refused(session_run(s, &e, "key.revoke", "key", "a", "expect", "2", "yes", "", NULL),
		       ERR_CONFLICT, &e, "1 key");
	assert_refused(
		session_run(s, &e, "key.purge", "older-than", "0", "expect", "1", "yes", "", NULL),
		ERR_CONFLICT, &e, "0 keys");
	assert_int_equal(count_status(s, "revoked"), 0);
	assert_well(session_run(s, &e, "key.revoke", "owner", "finance", "expect", "2", "yes", "",
				NULL),
		    &e);
	assert_int_equal(count_status(s, "revoked"), 2);
}

static void many_are_asked_about_once(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_three(s);
	assert_well(session_run(s, &e, "key.revoke", "owner", "finance", NULL), &e);
	assert_int_equal(s->asked, 1);
	assert_non_null(strstr(s->question, "2 keys"));
}

static void keys_and_a_filter_are_refused_and_so_is_neither(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_three(s);
	assert_refused(session_run(s, &e, "key.disable", "key", "a", "owner", "mobile", NULL),
		       ERR_USAGE, &e, "not both");
	assert_refused(session_run(s, &e, "key.disable", NULL), ERR_USAGE, &e, "filter");
}

static void a_filter_that_finds_nothing_does_nothing(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_three(s);
	assert_well(session_run(s, &e, "key.disable", "owner", "nobody", NULL), &e);
	assert_int_equal(session_count(s), 0);
	assert_non_null(strstr(s->notes, "nothing was done"));
}

static void rotating_many_shows_a_secret_each(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_three(s);
	assert_well(session_run(s, &e, "key.rotate", "owner", "finance", NULL), &e);
	assert_int_equal(s->reveals, 2);
	assert_string_equal(session_code(s, session_last_secret(s)), "VALID");
	assert_refused(session_run(s, &e, "key.rotate", "owner", "finance", "out-file", "/x", NULL),
		       ERR_USAGE, &e, "one key");
	assert_refused(
		session_run(s, &e, "key.rotate", "owner", "finance", "expect-version", "2", NULL),
		ERR_USAGE, &e, "one key");
}

static void rotating_many_refuses_before_the_first_secret(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_three(s);
	assert_well(session_run(s, &e, "key.revoke", "key", "c", "yes", "", NULL), &e);
	assert_refused(session_run(s, &e, "key.rotate", "key", "a", "key", "c", NULL), ERR_CONFLICT,
		       &e, "revoked");
	assert_int_equal(s->reveals, 0);
}

static void unused_keys_are_found_by_filter(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	make_three(s);
	test_clock_advance(&s->clock, 100 * DAY_MS);
	session_use(s, 1, TEST_NOW + 99 * DAY_MS, NULL);
	assert_well(session_run(s, &e, "key.revoke", "unused", "90d", "reason", "unused", "yes", "",
				NULL),
		    &e);
	assert_int_equal(session_count(s), 2);
	assert_string_equal(session_text(s, "revoke_reason"), "unused");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, session_setup, session_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(several_names_are_one_change_with_an_event_each),
		TEST(a_key_named_twice_counts_once),
		TEST(one_that_is_refused_undoes_all),
		TEST(a_filter_means_the_keys_that_it_can_be_done_to),
		TEST(dry_run_says_what_would_be_and_does_nothing),
		TEST(a_dry_run_finds_what_would_be_refused),
		TEST(another_count_than_expected_is_refused),
		TEST(many_are_asked_about_once),
		TEST(keys_and_a_filter_are_refused_and_so_is_neither),
		TEST(a_filter_that_finds_nothing_does_nothing),
		TEST(rotating_many_shows_a_secret_each),
		TEST(rotating_many_refuses_before_the_first_secret),
		TEST(unused_keys_are_found_by_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
