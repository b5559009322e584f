/* The session: opening the store when something needs it, noticing what happens to it, and telling
 * who acts where. */
#include <stdio.h>
#include <string.h>

#include "src/base/file.h"
#include "tests/lib/sink.h"

static void reading_never_makes_a_store(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	assert_refused(session_run(s, &e, "key.list", NULL), ERR_STORE, &e, "key create");
	assert_refused(session_run(s, &e, "key.rotate", "key", "k", NULL), ERR_STORE, &e, NULL);
	assert_false(app_store_exists(s->app));
	session_create(s, "k");
	assert_true(app_store_exists(s->app));
}

static void what_is_required_is_checked_before_the_store_is_opened(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	assert_refused(session_run(s, &e, "key.create", NULL), ERR_USAGE, &e, "--name");
	assert_false(app_store_exists(s->app));
}

static void a_change_of_another_session_shows(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;
	uint64_t before = 1, after = 0;

	assert_well(app_change(s->app, &before, &e), &e);
	assert_int_equal(before, 0);
	session_create(s, "k");
	assert_well(app_change(s->app, &before, &e), &e);
	assert_well(app_change(s->app, &after, &e), &e);
	assert_int_equal(before, after);
	assert_well(session_other(s, &e, "key.create", "name", "other", NULL), &e);
	assert_well(app_change(s->app, &after, &e), &e);
	assert_int_not_equal(before, after);
}

static void a_store_that_was_moved_is_an_error_until_it_is_back(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;
	uint64_t version;
	char *aside = path_join(s->folder, "aside");

	session_create(s, "k");
	assert_int_equal(rename(s->path, aside), 0);
	assert_refused(session_run(s, &e, "key.disable", "key", "k", NULL), ERR_STORE, &e, "moved");
	assert_well(app_change(s->app, &version, &e), &e);
	assert_refused(session_run(s, &e, "key.list", NULL), ERR_STORE, &e, NULL);
	assert_int_equal(rename(aside, s->path), 0);
	session_show(s, "k");
	free(aside);
}

static void home_is_written_as_a_tilde(void **state)
{
	struct session *s = *state;

	setenv("HOME", s->folder, 1);
	assert_string_equal(app_store_name(s->app), "~/authrack.db");
}

static void the_actor_is_named_with_the_client_he_claims(void **state)
{
	struct session *s = *state;

	setenv("SSH_CONNECTION", "10.20.9.7 50000 10.0.0.1 22", 1);
	assert_non_null(strstr(app_actor(s->app), " from 10.20.9.7"));
	unsetenv("SSH_CONNECTION");
	session_reopen(s);
	assert_null(strstr(app_actor(s->app), " from "));
}

static void a_duplicate_works_on_the_same_store(void **state)
{
	struct session *s = *state;
	struct app *first = s->app;

	session_create(s, "k");
	s->app = app_dup(first);
	app_free(first);
	session_show(s, "k");
	app_interrupt(s->app);
	assert_false(app_read_only(s->app));
}

static void now_is_never_before_the_last_change(void **state)
{
	struct session *s = *state;

	assert_int_equal(app_now(s->app), TEST_NOW);
	session_create(s, "k");
	test_clock_step(&s->clock, -DAY_MS);
	assert_int_equal(app_now(s->app), TEST_NOW);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, session_setup, session_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reading_never_makes_a_store),
		TEST(what_is_required_is_checked_before_the_store_is_opened),
		TEST(a_change_of_another_session_shows),
		TEST(a_store_that_was_moved_is_an_error_until_it_is_back),
		TEST(home_is_written_as_a_tilde),
		TEST(the_actor_is_named_with_the_client_he_claims),
		TEST(a_duplicate_works_on_the_same_store),
		TEST(now_is_never_before_the_last_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
