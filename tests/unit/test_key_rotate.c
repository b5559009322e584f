/* Rotating: a new secret at once, older ones run out exactly, one winner of a race, a way back. */
#include <string.h>

#include "data/key.h"
#include "src/base/file.h"
#include "tests/lib/sink.h"

static const struct json *version_of(struct session *s, const char *key, int64_t number)
{
	const struct json *versions;

	session_show(s, key);
	versions = json_get(session_record(s, 0), "versions");
	for (size_t i = 0; i < json_count(versions); i++)
		if (json_get_int(json_at(versions, i), "version", 0) == number)
			return json_at(versions, i);
	fail_msg("no version %d", (int)number);
	return NULL;
}

static void rotate(struct session *s, const char *grace)
{
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.rotate", "key", "k", "grace", grace, NULL), &e);
}

static void the_new_secret_works_at_once_and_the_old_one_until_its_end(void **state)
{
	struct session *s = *state;
	const char *old = session_create(s, "k"), *new;

	rotate(s, "2h");
	new = session_last_secret(s);
	assert_int_equal(session_int(s, "version"), 2);
	assert_string_equal(session_text(s, "status"), "active");
	assert_int_equal(session_time(s, "retiring_until"), TEST_NOW + 2 * HOUR_MS);
	assert_string_equal(session_code(s, new), "VALID");
	assert_false(json_get_bool(session_record(s, 0), "retiring"));
	assert_string_equal(session_code(s, old), "VALID");
	assert_true(json_get_bool(session_record(s, 0), "retiring"));
	assert_int_equal(session_time(s, "valid_until"), TEST_NOW + 2 * HOUR_MS);
	test_clock_advance(&s->clock, 2 * HOUR_MS - 1);
	assert_string_equal(session_code(s, old), "VALID");
	test_clock_advance(&s->clock, 1);
	assert_string_equal(session_code(s, old), "RETIRED");
	assert_string_equal(session_code(s, new), "VALID");
}

static void without_grace_the_old_secret_ends_now(void **state)
{
	struct session *s = *state;
	const char *old = session_create(s, "k");

	rotate(s, "0");
	assert_string_equal(session_code(s, old), "RETIRED");
	assert_null(json_get_text(version_of(s, "k", 2), "valid_until"));
	assert_string_equal(json_get_text(version_of(s, "k", 1), "state"), "ended");
}

static void the_grace_is_a_day_when_none_is_given(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	assert_well(session_run(s, &e, "key.rotate", "key", "k", NULL), &e);
	assert_int_equal(session_time(s, "retiring_until"), TEST_NOW + DAY_MS);
}

static void no_older_version_ends_later_than_before(void **state)
{
	struct session *s = *state;
	const char *first = session_create(s, "k"), *second;

	rotate(s, "1h");
	second = session_last_secret(s);
	rotate(s, "5h");
	assert_int_equal(session_time(s, "retiring_until"), TEST_NOW + 5 * HOUR_MS);
	test_clock_advance(&s->clock, HOUR_MS);
	assert_string_equal(session_code(s, first), "RETIRED");
	assert_string_equal(session_code(s, second), "VALID");
}

static void the_expiry_bounds_the_grace(void **state)
{
	struct session *s = *state;

	session_create_with(s, "k", "expires", "1h");
	rotate(s, "24h");
	assert_int_equal(session_time(s, "retiring_until"), TEST_NOW + HOUR_MS);
	assert_int_equal(session_time(s, "expires_at"), TEST_NOW + HOUR_MS);
}

static void an_expired_key_needs_a_new_expiry_and_its_old_secret_stays_dead(void **state)
{
	struct session *s = *state;
	const char *old = session_create_with(s, "k", "expires", "1h");
	struct err e = ERR_INIT;

	test_clock_advance(&s->clock, 2 * HOUR_MS);
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", NULL), ERR_CONFLICT, &e,
		       "--expires");
	assert_int_equal(s->reveals, 0);
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", "expires",
				   "2020-01-01T00:00:00Z", NULL),
		       ERR_USAGE, &e, "future");
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "expires", "90d", NULL), &e);
	assert_string_equal(session_code(s, session_last_secret(s)), "VALID");
	assert_string_equal(session_code(s, old), "RETIRED");
}

static void a_revoked_key_is_not_rotated(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	assert_well(session_run(s, &e, "key.revoke", "key", "k", "yes", "", NULL), &e);
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", NULL), ERR_CONFLICT, &e,
		       "revoked");
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", "finish", "", NULL),
		       ERR_CONFLICT, &e, "revoked");
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", "cancel", "", NULL),
		       ERR_CONFLICT, &e, "revoked");
}

static void of_two_that_expect_one_version_the_second_sees_the_winner(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "expect-version", "1", NULL), &e);
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", "expect-version", "1", NULL),
		       ERR_CONFLICT, &e, "version 2, not 1");
	assert_non_null(strstr(e.hint, "rotate"));
	assert_int_equal(s->reveals, 0);
}

static void race_for_version_one(struct session *s)
{
	struct err e = ERR_INIT;

	for (int i = 0; i < 49; i++)
		assert_refused(
			session_other(s, &e, "key.rotate", "key", "k", "expect-version", "1", NULL),
			ERR_CONFLICT, &e, "handing out version 2");
}

static void one_that_is_being_written_out_counts_for_expect_version(void **state)
{
	struct session *s = *state;
	const char *old = session_create(s, "k");
	struct err e = ERR_INIT;

	s->on_reveal = race_for_version_one;
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "expect-version", "1", "grace",
				"0", NULL),
		    &e);
	s->on_reveal = NULL;
	assert_string_equal(session_code(s, old), "RETIRED");
	assert_string_equal(session_code(s, session_last_secret(s)), "VALID");
	session_show(s, "k");
	assert_int_equal(json_count(json_get(session_record(s, 0), "versions")), 2);
}

static void rotate_too(struct session *s)
{
	struct err e = ERR_INIT;

	assert_well(session_other(s, &e, "key.rotate", "key", "k", NULL), &e);
}

static void without_it_rotations_follow_each_other_and_the_highest_is_current(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	s->on_reveal = rotate_too;
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "grace", "3h", NULL), &e);
	s->on_reveal = NULL;
	session_show(s, "k");
	assert_int_equal(session_int(s, "version"), 3);
	/* The slower one was overtaken: it is live, as an older version. */
	assert_string_equal(session_code(s, session_last_secret(s)), "VALID");
	assert_true(json_get_bool(session_record(s, 0), "retiring"));
	assert_int_equal(session_time(s, "valid_until"), TEST_NOW + 3 * HOUR_MS);
}

static void revoke_meanwhile(struct session *s)
{
	struct err e = ERR_INIT;

	assert_well(session_other(s, &e, "key.revoke", "key", "k", "yes", "", NULL), &e);
}

static void a_revoke_during_a_rotation_wins(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	s->on_reveal = revoke_meanwhile;
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", NULL), ERR_CONFLICT, &e,
		       "revoked");
	s->on_reveal = NULL;
	assert_string_equal(session_code(s, session_last_secret(s)), "NOT_FOUND");
}

static void a_closed_output_leaves_everything_as_it_was(void **state)
{
	struct session *s = *state;
	const char *old = session_create(s, "k");
	struct err e = ERR_INIT;

	s->reveal_fails = ERR_STORE;
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", "grace", "0", NULL), ERR_STORE,
		       &e, NULL);
	s->reveal_fails = ERR_OK;
	assert_string_equal(session_code(s, session_last_secret(s)), "NOT_FOUND");
	assert_string_equal(session_code(s, old), "VALID");
	assert_int_equal(session_events(s), 1);
	session_show(s, "k");
	assert_int_equal(session_int(s, "version"), 1);
	assert_int_equal(json_count(json_get(session_record(s, 0), "versions")), 1);
}

static void out_file_holds_the_new_secret(void **state)
{
	struct session *s = *state;
	char *path = path_join(s->folder, "new.key"), *text;
	struct err e = ERR_INIT;

	session_create(s, "k");
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "out-file", path, NULL), &e);
	assert_int_equal(s->reveals, 0);
	text = file_get(path);
	text[strcspn(text, "\n")] = '\0';
	assert_string_equal(session_code(s, text), "VALID");
	free(text);
	free(path);
}

static void if_unused_replaces_a_lost_secret_at_once(void **state)
{
	struct session *s = *state;
	const char *first = session_create(s, "k"), *lost;
	struct err e = ERR_INIT;

	rotate(s, "5h");
	lost = session_last_secret(s);
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "if-unused", "", NULL), &e);
	assert_string_equal(session_code(s, lost), "RETIRED");
	assert_string_equal(session_code(s, first), "VALID");
	session_use(s, 3, TEST_NOW, "10.0.0.1");
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", "if-unused", "", NULL),
		       ERR_CONFLICT, &e, "10.0.0.1");
}

static void finish_ends_the_older_versions_now(void **state)
{
	struct session *s = *state;
	const char *old = session_create(s, "k");
	struct err e = ERR_INIT;

	rotate(s, "5h");
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "finish", "", NULL), &e);
	assert_int_equal(s->asked, 0);
	assert_int_equal(session_int(s, "version"), 2);
	assert_null(session_text(s, "retiring_until"));
	assert_string_equal(session_code(s, old), "RETIRED");
	assert_int_equal(session_events(s), 3);
	/* Again: nothing to do, and no event. */
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "finish", "", NULL), &e);
	assert_int_equal(session_events(s), 3);
}

static void finish_asks_when_an_older_version_was_used_just_now(void **state)
{
	struct session *s = *state;
	const char *old = session_create(s, "k");
	struct err e = ERR_INIT;

	rotate(s, "5h");
	session_use(s, 1, TEST_NOW, "10.20.4.18");
	s->answer = ERR_CONFLICT;
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", "finish", "", NULL),
		       ERR_CONFLICT, &e, "confirmed");
	assert_non_null(strstr(s->question, "10.20.4.18"));
	assert_string_equal(session_code(s, old), "VALID");
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "finish", "", "yes", "", NULL),
		    &e);
	assert_int_equal(s->asked, 0);
	assert_string_equal(session_code(s, old), "RETIRED");
}

static void finish_does_not_ask_a_quarter_of_an_hour_later(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	rotate(s, "5h");
	session_use(s, 1, TEST_NOW, NULL);
	test_clock_advance(&s->clock, 15 * MINUTE_MS);
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "finish", "", NULL), &e);
	assert_int_equal(s->asked, 0);
}

static void cancel_goes_back_to_the_older_version(void **state)
{
	struct session *s = *state;
	const char *old = session_create(s, "k"), *new;
	struct err e = ERR_INIT;

	rotate(s, "5h");
	new = session_last_secret(s);
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "cancel", "", NULL), &e);
	assert_int_equal(session_int(s, "version"), 1);
	assert_string_equal(session_code(s, new), "RETIRED");
	assert_string_equal(session_code(s, old), "VALID");
	test_clock_advance(&s->clock, DAY_MS);
	assert_string_equal(session_code(s, old), "VALID");
	/* The number is not given out twice. */
	rotate(s, "0");
	assert_int_equal(session_int(s, "version"), 3);
}

static void cancel_is_refused_once_the_new_secret_is_in_use(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	rotate(s, "5h");
	session_use(s, 2, TEST_NOW, "10.20.4.18");
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", "cancel", "", NULL),
		       ERR_CONFLICT, &e, "was used");
}

static void cancel_needs_an_older_version_that_lives(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", "cancel", "", NULL),
		       ERR_CONFLICT, &e, "older");
	rotate(s, "0");
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", "cancel", "", NULL),
		       ERR_CONFLICT, &e, "older");
}

static void forms_do_not_mix(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	assert_refused(
		session_run(s, &e, "key.rotate", "key", "k", "finish", "", "cancel", "", NULL),
		ERR_USAGE, &e, "--cancel");
	assert_refused(
		session_run(s, &e, "key.rotate", "key", "k", "finish", "", "grace", "1h", NULL),
		ERR_USAGE, &e, "--grace");
	assert_refused(
		session_run(s, &e, "key.rotate", "key", "k", "cancel", "", "expires", "1d", NULL),
		ERR_USAGE, &e, "--expires");
}

static void the_reason_is_kept_in_the_audit(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "reason", "quarterly", NULL), &e);
	assert_non_null(strstr(session_last_detail(s), "\"reason\":\"quarterly\""));
	assert_null(strstr(s->text, session_last_secret(s)));
}

static void a_stepped_clock_blocks_all_but_finish(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	rotate(s, "5h");
	test_clock_step(&s->clock, HOUR_MS);
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", NULL), ERR_CONFLICT, &e,
		       "accept-clock");
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", "cancel", "", NULL),
		       ERR_CONFLICT, &e, "accept-clock");
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "finish", "", NULL), &e);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, session_setup, session_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_new_secret_works_at_once_and_the_old_one_until_its_end),
		TEST(without_grace_the_old_secret_ends_now),
		TEST(the_grace_is_a_day_when_none_is_given),
		TEST(no_older_version_ends_later_than_before),
		TEST(the_expiry_bounds_the_grace),
		TEST(an_expired_key_needs_a_new_expiry_and_its_old_secret_stays_dead),
		TEST(a_revoked_key_is_not_rotated),
		TEST(of_two_that_expect_one_version_the_second_sees_the_winner),
		TEST(one_that_is_being_written_out_counts_for_expect_version),
		TEST(without_it_rotations_follow_each_other_and_the_highest_is_current),
		TEST(a_revoke_during_a_rotation_wins),
		TEST(a_closed_output_leaves_everything_as_it_was),
		TEST(out_file_holds_the_new_secret),
		TEST(if_unused_replaces_a_lost_secret_at_once),
		TEST(finish_ends_the_older_versions_now),
		TEST(finish_asks_when_an_older_version_was_used_just_now),
		TEST(finish_does_not_ask_a_quarter_of_an_hour_later),
		TEST(cancel_goes_back_to_the_older_version),
		TEST(cancel_is_refused_once_the_new_secret_is_in_use),
		TEST(cancel_needs_an_older_version_that_lives),
		TEST(forms_do_not_mix),
		TEST(the_reason_is_kept_in_the_audit),
		TEST(a_stepped_clock_blocks_all_but_finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
