/* Revoking, disabling and enabling; purging what was revoked long ago. */
#include <string.h>

#include "data/key.h"
#include "tests/lib/sink.h"

static void revoke(struct session *s, const char *reason)
{
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.revoke", "key", "k", "reason", reason, "yes", "", NULL),
		    &e);
}

static void all_versions_stop_at_once(void **state)
{
	struct session *s = *state;
	const char *old = session_create(s, "k"), *new;
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.rotate", "key", "k", NULL), &e);
	new = session_last_secret(s);
	revoke(s, "compromise");
	assert_string_equal(session_text(s, "status"), "revoked");
	assert_string_equal(session_code(s, old), "REVOKED");
	assert_string_equal(session_code(s, new), "REVOKED");
}

static void repeating_it_succeeds_and_keeps_the_first_reason(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	assert_well(session_run(s, &e, "key.revoke", "key", "k", "reason", "policy", "text",
				"audit 12", "yes", "", NULL),
		    &e);
	assert_false(json_get_bool(session_record(s, 0), "already"));
	test_clock_advance(&s->clock, HOUR_MS);
	revoke(s, "other");
	assert_true(json_get_bool(session_record(s, 0), "already"));
	assert_string_equal(session_text(s, "revoke_reason"), "policy");
	assert_string_equal(session_text(s, "revoke_text"), "audit 12");
	assert_int_equal(session_time(s, "revoked_at"), TEST_NOW);
	assert_int_equal(session_events(s), 2);
}

static void asks_and_says_whom_it_hits(void **state)
{
	struct session *s = *state;
	const char *secret = session_create(s, "k");
	struct err e = ERR_INIT;

	session_use(s, 1, TEST_NOW - MINUTE_MS, "10.20.4.18");
	s->answer = ERR_CONFLICT;
	assert_refused(session_run(s, &e, "key.revoke", "key", "k", NULL), ERR_CONFLICT, &e,
		       "confirmed");
	assert_non_null(strstr(s->question, "10.20.4.18"));
	assert_non_null(strstr(s->question, "\"k\""));
	assert_string_equal(session_code(s, secret), "VALID");
	s->answer = ERR_OK;
	assert_well(session_run(s, &e, "key.revoke", "key", "k", NULL), &e);
	assert_int_equal(s->asked, 1);
}

static void a_leaked_secret_kills_its_key(void **state)
{
	struct session *s = *state;
	const char *secret = session_create(s, "k");
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.revoke", "secret", secret, "yes", "", NULL), &e);
	assert_string_equal(session_text(s, "name"), "k");
	assert_string_equal(session_code(s, secret), "REVOKED");
	assert_non_null(strstr(session_last_detail(s), "\"by_secret\":true"));
	assert_null(strstr(s->text, secret));
}

static void an_unknown_secret_kills_nothing(void **state)
{
	struct session *s = *state;
	char wrong[SINK_TEXT];
	struct err e = ERR_INIT;

	snprintf(wrong, sizeof(wrong), "%s", session_create(s, "k"));
	assert_refused(
		session_run(s, &e, "key.revoke", "secret", "something else", "yes", "", NULL),
		ERR_NOT_FOUND, &e, "no key");
	wrong[strlen(wrong) - 1] = wrong[strlen(wrong) - 1] == 'a' ? 'b' : 'a';
	assert_refused(session_run(s, &e, "key.revoke", "secret", wrong, "yes", "", NULL),
		       ERR_NOT_FOUND, &e, "mistyped");
	assert_refused(session_run(s, &e, "key.revoke", "secret", wrong, "key", "k", NULL),
		       ERR_USAGE, &e, "one way");
	assert_int_equal(session_events(s), 1);
}

static void works_while_the_clock_is_off(void **state)
{
	struct session *s = *state;

	session_create(s, "k");
	test_clock_step(&s->clock, -DAY_MS);
	revoke(s, "other");
	/* The mark is not put back by it. */
	assert_int_equal(session_time(s, "revoked_at"), TEST_NOW);
}

static void what_is_unknown_is_not_found(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	assert_refused(session_run(s, &e, "key.revoke", "key", "nobody", "yes", "", NULL),
		       ERR_NOT_FOUND, &e, "nobody");
	assert_refused(session_run(s, &e, "key.revoke", "key", "key_01jq8m2v5x0c9d3n6p8r4t7kfa",
				   "yes", "", NULL),
		       ERR_NOT_FOUND, &e, "key_01jq8m2v5x0c9d3n6p8r4t7kfa");
	assert_refused(session_run(s, &e, "key.revoke", "yes", "", NULL), ERR_USAGE, &e, "filter");
	assert_refused(session_run(s, &e, "key.revoke", "key", "k", "reason", "bad", NULL),
		       ERR_USAGE, &e, "compromise");
}

static void an_ambiguous_name_lists_the_candidates(void **state)
{
	struct session *s = *state;
	char first[64];
	struct err e = ERR_INIT;

	session_create(s, "k");
	snprintf(first, sizeof(first), "%s", session_text(s, "id"));
	session_create(s, "k");
	assert_refused(session_run(s, &e, "key.revoke", "key", "k", "yes", "", NULL), ERR_CONFLICT,
		       &e, first);
	assert_well(session_run(s, &e, "key.revoke", "key", first, "yes", "", NULL), &e);
	/* Of that name one is left that is not revoked: it is meant now. */
	assert_well(session_run(s, &e, "key.revoke", "key", "k", "yes", "", NULL), &e);
	assert_false(json_get_bool(session_record(s, 0), "already"));
	assert_refused(session_run(s, &e, "key.revoke", "key", "k", "yes", "", NULL), ERR_CONFLICT,
		       &e, first);
}

static void disable_stops_it_and_enable_undoes_it(void **state)
{
	struct session *s = *state;
	const char *secret = session_create(s, "k");
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.disable", "key", "k", "reason", "odd", NULL), &e);
	assert_string_equal(session_text(s, "status"), "disabled");
	assert_int_equal(session_time(s, "disabled_at"), TEST_NOW);
	assert_string_equal(session_code(s, secret), "DISABLED");
	assert_well(session_run(s, &e, "key.disable", "key", "k", NULL), &e);
	assert_true(json_get_bool(session_record(s, 0), "already"));
	assert_int_equal(session_events(s), 2);
	assert_well(session_run(s, &e, "key.enable", "key", "k", NULL), &e);
	assert_null(session_text(s, "disabled_at"));
	assert_string_equal(session_code(s, secret), "VALID");
	assert_int_equal(s->asked, 0);
}

static void deadlines_keep_running_while_disabled(void **state)
{
	struct session *s = *state;
	const char *secret = session_create_with(s, "k", "expires", "1h");
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.disable", "key", "k", NULL), &e);
	test_clock_advance(&s->clock, HOUR_MS);
	assert_well(session_run(s, &e, "key.enable", "key", "k", NULL), &e);
	assert_string_equal(session_code(s, secret), "EXPIRED");
}

static void revoked_is_final(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	revoke(s, "other");
	assert_refused(session_run(s, &e, "key.disable", "key", "k", NULL), ERR_CONFLICT, &e,
		       "revoked");
	assert_refused(session_run(s, &e, "key.enable", "key", "k", NULL), ERR_CONFLICT, &e,
		       "revoked");
}

static void a_stepped_clock_lets_disable_pass_and_blocks_enable(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	test_clock_step(&s->clock, HOUR_MS);
	assert_well(session_run(s, &e, "key.disable", "key", "k", NULL), &e);
	test_clock_step(&s->clock, HOUR_MS);
	assert_refused(session_run(s, &e, "key.enable", "key", "k", NULL), ERR_CONFLICT, &e,
		       "accept-clock");
}

static void purge_removes_what_was_revoked_long_ago(void **state)
{
	struct session *s = *state;
	const char *secret = session_create(s, "k");
	struct err e = ERR_INIT;

	session_create(s, "young");
	revoke(s, "unused");
	test_clock_advance(&s->clock, 90 * DAY_MS);
	assert_well(session_run(s, &e, "key.revoke", "key", "young", "yes", "", NULL), &e);
	assert_well(session_run(s, &e, "key.purge", "older-than", "90d", NULL), &e);
	assert_int_equal(s->asked, 1);
	assert_int_equal(session_count(s), 1);
	assert_string_equal(session_text(s, "name"), "k");
	assert_string_equal(session_code(s, secret), "NOT_FOUND");
	session_show(s, "young");
	assert_refused(session_run(s, &e, "key.show", "key", "k", NULL), ERR_NOT_FOUND, &e, "k");
	assert_non_null(strstr(session_last_detail(s), "\"reason\":\"unused\""));
}

static void purge_refuses_keys_that_are_not_old_enough(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	assert_refused(
		session_run(s, &e, "key.purge", "key", "k", "older-than", "0", "yes", "", NULL),
		ERR_CONFLICT, &e, "not revoked");
	revoke(s, "other");
	assert_refused(
		session_run(s, &e, "key.purge", "key", "k", "older-than", "1d", "yes", "", NULL),
		ERR_CONFLICT, &e, "later");
	assert_refused(session_run(s, &e, "key.purge", "key", "k", "yes", "", NULL), ERR_USAGE, &e,
		       "older-than");
	s->answer = ERR_CONFLICT;
	assert_refused(session_run(s, &e, "key.purge", "older-than", "0", NULL), ERR_CONFLICT, &e,
		       "confirmed");
	session_show(s, "k");
}

static void purge_dry_run_removes_nothing(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	revoke(s, "other");
	assert_well(session_run(s, &e, "key.purge", "older-than", "0", "dry-run", "", NULL), &e);
	assert_int_equal(s->asked, 0);
	assert_true(json_get_bool(session_record(s, 0), "dry_run"));
	session_show(s, "k");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, session_setup, session_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_versions_stop_at_once),
		TEST(repeating_it_succeeds_and_keeps_the_first_reason),
		TEST(asks_and_says_whom_it_hits),
		TEST(a_leaked_secret_kills_its_key),
		TEST(an_unknown_secret_kills_nothing),
		TEST(works_while_the_clock_is_off),
		TEST(what_is_unknown_is_not_found),
		TEST(an_ambiguous_name_lists_the_candidates),
		TEST(disable_stops_it_and_enable_undoes_it),
		TEST(deadlines_keep_running_while_disabled),
		TEST(revoked_is_final),
		TEST(a_stepped_clock_lets_disable_pass_and_blocks_enable),
		TEST(purge_removes_what_was_revoked_long_ago),
		TEST(purge_refuses_keys_that_are_not_old_enough),
		TEST(purge_dry_run_removes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
