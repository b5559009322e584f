/* The store edited by hand: what operations do with a key that somebody else wrote. */
#include <string.h>

#include "data/db.h"
#include "tests/lib/sink.h"

/* Runs SQL on the file from a connection that knows nothing of authrack. */
static void by_hand(struct session *s, const char *sql)
{
	struct err e = ERR_INIT;
	struct db *d = NULL;

	assert_well(db_open(&d, &engine_sqlite, s->path, 0, &e), &e);
	assert_well(db_exec(d, "PRAGMA foreign_keys = OFF", &e), &e);
	assert_well(db_exec(d, sql, &e), &e);
	db_close(d);
}

static enum errc verify(struct session *s, const char *secret, struct err *e)
{
	return session_run(s, e, "key.verify", "secret", secret, NULL);
}

static void a_key_unrevoked_by_hand_verifies_no_more(void **state)
{
	struct session *s = *state;
	const char *secret = session_create(s, "k");
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.revoke", "key", "k", "yes", "", NULL), &e);
	by_hand(s, "UPDATE apikey SET status = 1, revoked_at = NULL");
	assert_refused(verify(s, secret, &e), ERR_STORE, &e, "altered");
}

static void wider_scopes_grant_nothing(void **state)
{
	struct session *s = *state;
	const char *secret = session_create_with(s, "k", "scope", "orders:read");
	struct err e = ERR_INIT;

	by_hand(s, "UPDATE apikey SET scopes = '*'");
	assert_refused(session_run(s, &e, "key.verify", "secret", secret, "scope", "admin", NULL),
		       ERR_STORE, &e, "store check");
}

static void a_version_moved_to_another_key_is_refused(void **state)
{
	struct session *s = *state;
	const char *secret = session_create(s, "poor");
	struct err e = ERR_INIT;

	session_create(s, "rich");
	by_hand(s, "UPDATE version SET key = 2, number = 2 WHERE key = 1");
	assert_refused(verify(s, secret, &e), ERR_STORE, &e, "altered");
	assert_refused(session_run(s, &e, "key.rotate", "key", "rich", NULL), ERR_STORE, &e,
		       "altered");
}

static void a_secret_kept_alive_by_hand_is_refused(void **state)
{
	struct session *s = *state;
	const char *secret = session_create(s, "k");
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.rotate", "key", "k", "grace", "0", NULL), &e);
	by_hand(s, "UPDATE version SET valid_until = NULL WHERE number = 1");
	assert_refused(verify(s, secret, &e), ERR_STORE, &e, "altered");
}

static void a_planted_digest_lets_nobody_in(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	by_hand(s, "INSERT INTO version SELECT key, 2, 1, 1, zeroblob(16), zeroblob(32),"
		   " secret_ring, hint, created_at, valid_until, pid, pid_start, ring, mac"
		   " FROM version");
	assert_string_equal(session_code(s, "a secret of an intruder, long enough"), "NOT_FOUND");
	assert_refused(session_run(s, &e, "key.show", "key", "k", NULL), ERR_STORE, &e, "altered");
}

static void lists_and_details_say_so_and_end_with_an_error(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "a");
	session_create(s, "b");
	by_hand(s, "UPDATE apikey SET tier = 'gold' WHERE name = 'b'");
	assert_refused(session_run(s, &e, "key.list", NULL), ERR_STORE, &e, "1 of the keys");
	assert_int_equal(session_count(s), 2);
	assert_string_equal(session_text(s, "status"), "active");
	assert_string_equal(json_get_text(session_record(s, 1), "status"), "altered");
	assert_refused(session_run(s, &e, "key.show", "key", "b", NULL), ERR_STORE, &e, "altered");
	assert_true(json_get_bool(session_record(s, 0), "altered"));
}

static void all_that_can_be_done_to_it_is_to_revoke_it(void **state)
{
	static const char *const ops[] = { "key.rotate", "key.disable", "key.enable" };
	struct session *s = *state;
	const char *secret = session_create(s, "k");
	struct err e = ERR_INIT;

	by_hand(s, "UPDATE apikey SET scopes = '*'");
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		assert_refused(session_run(s, &e, ops[i], "key", "k", NULL), ERR_STORE, &e,
			       "revoked");
	assert_refused(session_run(s, &e, "key.edit", "key", "k", "owner", "x", NULL), ERR_STORE,
		       &e, "altered");
	assert_int_equal(session_events(s), 1);
	assert_well(session_run(s, &e, "key.revoke", "key", "k", "yes", "", NULL), &e);
	assert_non_null(strstr(session_last_detail(s), "\"altered\":true"));
	assert_string_equal(session_code(s, secret), "REVOKED");
}

static void revoking_it_again_writes_nothing(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	by_hand(s, "UPDATE version SET valid_until = 1");
	assert_well(session_run(s, &e, "key.revoke", "key", "k", "yes", "", NULL), &e);
	assert_well(session_run(s, &e, "key.revoke", "key", "k", "yes", "", NULL), &e);
	assert_true(json_get_bool(session_record(s, 0), "already"));
	assert_int_equal(session_events(s), 2);
}

static void it_can_be_revoked_by_its_secret_too(void **state)
{
	struct session *s = *state;
	const char *secret = session_create(s, "k");
	struct err e = ERR_INIT;

	by_hand(s, "UPDATE apikey SET expires_at = NULL, owner = 'me', ring = 77");
	assert_well(session_run(s, &e, "key.revoke", "secret", secret, "yes", "", NULL), &e);
	assert_string_equal(session_code(s, secret), "REVOKED");
}

static void a_revoked_key_that_was_altered_is_not_purged(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	session_create(s, "k");
	assert_well(session_run(s, &e, "key.revoke", "key", "k", "yes", "", NULL), &e);
	by_hand(s, "UPDATE apikey SET revoked_at = 0");
	assert_refused(session_run(s, &e, "key.purge", "older-than", "90d", "yes", "", NULL),
		       ERR_STORE, &e, "altered");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, session_setup, session_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_key_unrevoked_by_hand_verifies_no_more),
		TEST(wider_scopes_grant_nothing),
		TEST(a_version_moved_to_another_key_is_refused),
		TEST(a_secret_kept_alive_by_hand_is_refused),
		TEST(a_planted_digest_lets_nobody_in),
		TEST(lists_and_details_say_so_and_end_with_an_error),
		TEST(all_that_can_be_done_to_it_is_to_revoke_it),
		TEST(revoking_it_again_writes_nothing),
		TEST(it_can_be_revoked_by_its_secret_too),
		TEST(a_revoked_key_that_was_altered_is_not_purged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
