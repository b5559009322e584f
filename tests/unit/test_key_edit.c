/* Editing: only what was given changes, sets as a whole, and never over somebody else's change. */
#include <string.h>

#include "tests/lib/sink.h"

static const char *item(struct session *s, const char *member, size_t n)
{
	return json_as_text(json_at(json_get(session_record(s, 0), member), n));
}

static void changes_what_is_given_and_leaves_the_rest(void **state)
{
	struct session *s = *state;
	const char *secret = session_create_with(s, "k", "owner", "finance");
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.edit", "key", "k", "tier", "gold", "limit", "100/min",
				NULL),
		    &e);
	assert_int_equal(json_count(json_get(session_record(s, 0), "changed")), 2);
	assert_int_equal(session_int(s, "revision"), 2);
	session_show(s, "k");
	assert_string_equal(session_text(s, "owner"), "finance");
	assert_string_equal(session_text(s, "tier"), "gold");
	assert_string_equal(item(s, "limits", 0), "100/min");
	assert_string_equal(session_code(s, secret), "VALID");
}

static void a_set_is_replaced_as_a_whole(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create_with(s, "k", "scope", "orders:read");
	assert_well(session_run(s, &e, "key.edit", "key", "k", "scope", "b", "scope", "a", "scope",
				"b", NULL),
		    &e);
	assert_int_equal(json_count(json_get(session_record(s, 0), "scopes")), 2);
	assert_string_equal(item(s, "scopes", 0), "a");
}

static void one_scope_can_be_added_or_removed(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create_with(s, "k", "scope", "orders:read");
	assert_well(session_run(s, &e, "key.edit", "key", "k", "add-scope", "invoices:*", NULL),
		    &e);
	assert_string_equal(item(s, "scopes", 0), "invoices:*");
	assert_string_equal(item(s, "scopes", 1), "orders:read");
	assert_well(session_run(s, &e, "key.edit", "key", "k", "remove-scope", "orders:read", NULL),
		    &e);
	assert_int_equal(json_count(json_get(session_record(s, 0), "scopes")), 1);
}

static void clearing_is_explicit(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.create", "name", "k", "owner", "o", "scope", "a",
				"allow-from", "10.0.0.0/8", "meta", "a=b", "expires", "90d", NULL),
		    &e);
	assert_well(session_run(s, &e, "key.edit", "key", "k", "owner", "", "scope", "",
				"allow-from", "", "meta", "", "expires", "never", NULL),
		    &e);
	assert_string_equal(session_text(s, "owner"), "");
	assert_int_equal(json_count(json_get(session_record(s, 0), "scopes")), 0);
	assert_int_equal(json_count(json_get(session_record(s, 0), "allow_from")), 0);
	assert_int_equal(json_count(json_get(session_record(s, 0), "meta")), 0);
	assert_null(session_text(s, "expires_at"));
}

static void the_audit_tells_before_and_after(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create_with(s, "k", "owner", "finance");
	assert_well(session_run(s, &e, "key.edit", "key", "k", "owner", "mobile", NULL), &e);
	assert_string_equal(session_last_detail(s),
			    "{\"after\":{\"owner\":\"mobile\"},\"before\":{\"owner\":\"finance\"},"
			    "\"changed\":[\"owner\"]}");
}

static void an_edit_that_changes_nothing_writes_nothing(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create_with(s, "k", "owner", "finance");
	assert_well(session_run(s, &e, "key.edit", "key", "k", "owner", "finance", NULL), &e);
	assert_int_equal(session_int(s, "revision"), 1);
	assert_int_equal(session_events(s), 1);
}

static void a_stale_edit_is_refused_and_shows_what_changed(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	assert_well(session_other(s, &e, "key.edit", "key", "k", "limit", "5/min", NULL), &e);
	assert_refused(session_run(s, &e, "key.edit", "key", "k", "owner", "x", "expect-revision",
				   "1", NULL),
		       ERR_CONFLICT, &e, "revision 2, not 1");
	assert_non_null(strstr(e.hint, "edit (limits)"));
	assert_well(session_run(s, &e, "key.edit", "key", "k", "owner", "x", "expect-revision", "2",
				NULL),
		    &e);
}

static void refuses_what_makes_no_sense(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	session_create(s, "l");
	assert_refused(session_run(s, &e, "key.edit", "key", "k", NULL), ERR_USAGE, &e, "nothing");
	assert_refused(session_run(s, &e, "key.edit", "key", "k", "name", "", NULL), ERR_USAGE, &e,
		       "name");
	assert_refused(session_run(s, &e, "key.edit", "key", "k", "key", "l", "name", "m", NULL),
		       ERR_USAGE, &e, "several");
	assert_refused(session_run(s, &e, "key.edit", "key", "k", "key", "l", "owner", "m",
				   "expect-revision", "1", NULL),
		       ERR_USAGE, &e, "one key");
	assert_refused(
		session_run(s, &e, "key.edit", "key", "k", "expires", "2020-01-01T00:00:00Z", NULL),
		ERR_USAGE, &e, "future");
	assert_refused(session_run(s, &e, "key.edit", "key", "k", "expires", "1h", "not-before",
				   "2h", NULL),
		       ERR_USAGE, &e, "before it is valid");
	assert_int_equal(session_events(s), 2);
}

static void a_stepped_clock_blocks_it(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	test_clock_step(&s->clock, HOUR_MS);
	assert_refused(session_run(s, &e, "key.edit", "key", "k", "owner", "x", NULL), ERR_CONFLICT,
		       &e, "accept-clock");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, session_setup, session_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(changes_what_is_given_and_leaves_the_rest),
		TEST(a_set_is_replaced_as_a_whole),
		TEST(one_scope_can_be_added_or_removed),
		TEST(clearing_is_explicit),
		TEST(the_audit_tells_before_and_after),
		TEST(an_edit_that_changes_nothing_writes_nothing),
		TEST(a_stale_edit_is_refused_and_shows_what_changed),
		TEST(refuses_what_makes_no_sense),
		TEST(a_stepped_clock_blocks_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
