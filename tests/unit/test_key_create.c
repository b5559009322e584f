/* Creating keys: pending until written out, and nothing left of what could not be. */
#include <string.h>
#include <sys/stat.h>

#include "data/key.h"
#include "src/base/secret_format.h"
#include "src/base/file.h"
#include "tests/lib/sink.h"

static void shows_the_secret_once_and_the_key_verifies(void **state)
{
	struct session *s = *state;
	const char *secret = session_create(s, "billing-sync");
	struct secret_parts parts;

	assert_int_equal(s->reveals, 1);
	assert_int_equal(secret_parse(secret, strlen(secret), &parts), SECRET_OWN);
	assert_string_equal(parts.prefix, "ak");
	assert_string_equal(session_text(s, "name"), "billing-sync");
	assert_string_equal(session_text(s, "status"), "active");
	assert_int_equal(session_int(s, "version"), 1);
	assert_string_equal(session_text(s, "secret_id"), parts.secret_id);
	assert_null(session_text(s, "expires_at"));
	assert_string_equal(session_code(s, secret), "VALID");
}

static void keeps_every_field(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.create", "name", "full", "owner", "finance", "tier",
				"gold", "note", "nightly", "prefix", "ci_2", "scope",
				"orders:write", "scope", "orders:read", "limit", "5000/day:200",
				"limit", "100/min", "allow-from", "10.20.0.0/16", "meta",
				"env=prod", "meta", "team=payments", "not-before", "1h", "expires",
				"90d", NULL),
		    &e);
	session_show(s, "full");
	assert_string_equal(session_text(s, "owner"), "finance");
	assert_string_equal(session_text(s, "tier"), "gold");
	assert_string_equal(session_text(s, "note"), "nightly");
	assert_string_equal(session_text(s, "prefix"), "ci_2");
	assert_string_equal(session_text(s, "status"), "not_yet_valid");
	assert_string_equal(json_as_text(json_at(json_get(session_record(s, 0), "scopes"), 0)),
			    "orders:read");
	assert_string_equal(json_as_text(json_at(json_get(session_record(s, 0), "limits"), 1)),
			    "5000/day:200");
	assert_string_equal(json_as_text(json_at(json_get(session_record(s, 0), "allow_from"), 0)),
			    "10.20.0.0/16");
	assert_string_equal(json_get_text(json_get(session_record(s, 0), "meta"), "team"),
			    "payments");
	assert_int_equal(session_time(s, "not_before"), TEST_NOW + HOUR_MS);
	assert_int_equal(session_time(s, "expires_at"), TEST_NOW + 90 * DAY_MS);
}

static void the_audit_holds_the_fields_and_no_secret(void **state)
{
	struct session *s = *state;
	const char *secret = session_create_with(s, "audited", "owner", "finance");
	const char *detail = session_last_detail(s);

	assert_int_equal(session_events(s), 1);
	assert_non_null(strstr(detail, "\"owner\":\"finance\""));
	assert_non_null(strstr(detail, "\"secret_id\""));
	assert_null(strstr(detail, secret));
	assert_null(strstr(detail, secret + strlen(secret) - SECRET_TAIL));
}

static void a_closed_output_leaves_no_key(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	s->reveal_fails = ERR_STORE;
	assert_refused(session_run(s, &e, "key.create", "name", "lost", NULL), ERR_STORE, &e,
		       "output");
	s->reveal_fails = ERR_OK;
	assert_int_equal(session_events(s), 0);
	assert_refused(session_run(s, &e, "key.show", "key", "lost", NULL), ERR_NOT_FOUND, &e,
		       "lost");
	assert_string_equal(session_code(s, session_last_secret(s)), "NOT_FOUND");
}

static void is_pending_while_it_is_written_out(struct session *s)
{
	struct err e = ERR_INIT;
	struct store *store = session_store(s);
	struct key k;
	struct key_version v;
	struct secret_parts parts;
	const char *secret = session_last_secret(s);

	key_init(&k);
	assert_int_equal(secret_parse(secret, strlen(secret), &parts), SECRET_OWN);
	assert_well(version_by_secret_id(store, parts.secret_id, &v, &k, &e), &e);
	assert_int_equal(v.state, VERSION_PENDING);
	assert_int_equal(k.status, KEY_PENDING);
	store_close(store);
	key_release(&k);
	/* And the lock is free: somebody else gets work done meanwhile. */
	assert_well(session_other(s, &e, "key.create", "name", "meanwhile", NULL), &e);
	assert_refused(session_other(s, &e, "key.show", "key", "slow", NULL), ERR_NOT_FOUND, &e,
		       "slow");
	assert_int_equal(session_other(s, &e, "key.verify", "secret", secret, NULL), ERR_NO);
}

static void a_stopped_terminal_holds_up_nobody(void **state)
{
	struct session *s = *state;

	s->on_reveal = is_pending_while_it_is_written_out;
	session_create(s, "slow");
	s->on_reveal = NULL;
	assert_string_equal(session_code(s, session_last_secret(s)), "VALID");
	session_show(s, "meanwhile");
}

static void out_file_gets_the_secret_and_the_output_does_not(void **state)
{
	struct session *s = *state;
	char *path = path_join(s->folder, "ci.key"), *text;
	struct err e = ERR_INIT;
	struct stat st;

	assert_well(session_run(s, &e, "key.create", "name", "ci", "out-file", path, NULL), &e);
	assert_int_equal(s->reveals, 0);
	assert_string_equal(session_text(s, "secret_file"), path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	text = file_get(path);
	text[strlen(text) - 1] = '\0';
	assert_string_equal(session_code(s, text), "VALID");
	free(text);
	free(path);
}

static void a_file_that_is_there_is_not_overwritten_and_no_key_is_made(void **state)
{
	struct session *s = *state;
	char *path = path_join(s->folder, "mine");
	struct err e = ERR_INIT;

	file_put(path, "precious");
	session_create(s, "seed");
	assert_int_not_equal(session_run(s, &e, "key.create", "name", "ci", "out-file", path, NULL),
			     ERR_OK);
	assert_refused(session_run(s, &e, "key.show", "key", "ci", NULL), ERR_NOT_FOUND, &e, "ci");
	free(path);
}

static void names_may_repeat_but_it_is_told(void **state)
{
	struct session *s = *state;

	session_create(s, "twin");
	session_create(s, "twin");
	assert_non_null(strstr(s->notes, "twin"));
}

static void the_first_key_makes_the_store_and_says_so(void **state)
{
	struct session *s = *state;

	session_create(s, "first");
	assert_non_null(strstr(s->notes, "back up"));
	session_create(s, "second");
	assert_null(strstr(s->notes, "back up"));
}

static void refuses_what_breaks_a_rule(void **state)
{
	static const char *const bad[][3] = {
		{ "expires", "2020-01-01T00:00:00Z", "not in the future" },
		{ "expires", "90", "90" },
		{ "scope", "no blanks", "scope" },
		{ "limit", "100", "limit" },
		{ "allow-from", "10.0.0.1/8", "10.0.0.0/8" },
		{ "meta", "novalue", "meta" },
		{ "prefix", "AK", "prefix" },
	};
	struct session *s = *state;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(
			session_run(s, &e, "key.create", "name", "x", bad[i][0], bad[i][1], NULL),
			ERR_USAGE, &e, bad[i][2]);
	assert_refused(session_run(s, &e, "key.create", NULL), ERR_USAGE, &e, "name");
	assert_refused(session_run(s, &e, "key.create", "name", "  ", NULL), ERR_USAGE, &e,
		       "empty");
	assert_refused(session_run(s, &e, "key.create", "name", "x", "not-before", "2d", "expires",
				   "1d", NULL),
		       ERR_USAGE, &e, "before it is valid");
}

static void a_read_only_session_changes_nothing(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "there");
	s->options.read_only = true;
	session_reopen(s);
	assert_refused(session_run(s, &e, "key.create", "name", "x", NULL), ERR_PERMISSION, &e,
		       "read-only");
	session_show(s, "there");
}

static void a_stepped_clock_blocks_it_until_accepted(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "before");
	test_clock_step(&s->clock, DAY_MS);
	assert_refused(session_run(s, &e, "key.create", "name", "after", NULL), ERR_CONFLICT, &e,
		       "accept-clock");
	assert_int_equal(s->reveals, 0);
	s->options.accept_clock = true;
	session_reopen(s);
	session_create(s, "after");
	assert_non_null(strstr(session_last_detail(s), "accepted_clock_step_ms"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, session_setup, session_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(shows_the_secret_once_and_the_key_verifies),
		TEST(keeps_every_field),
		TEST(the_audit_holds_the_fields_and_no_secret),
		TEST(a_closed_output_leaves_no_key),
		TEST(a_stopped_terminal_holds_up_nobody),
		TEST(out_file_gets_the_secret_and_the_output_does_not),
		TEST(a_file_that_is_there_is_not_overwritten_and_no_key_is_made),
		TEST(names_may_repeat_but_it_is_told),
		TEST(the_first_key_makes_the_store_and_says_so),
		TEST(refuses_what_breaks_a_rule),
		TEST(a_read_only_session_changes_nothing),
		TEST(a_stepped_clock_blocks_it_until_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
