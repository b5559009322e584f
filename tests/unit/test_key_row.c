/* Rows of keys and versions: what was written comes back, and every column that somebody edits by hand
 * shows as altered. */
#include "tests/lib/oauth_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/encode.h"

static void read_key(struct store_fixture *f, const char *id, struct key *k)
{
	struct err e = ERR_INIT;

	assert_well(key_get(f->s, id, k, &e), &e);
}

static struct key_version current_version(struct store_fixture *f, const struct key *k)
{
	struct err e = ERR_INIT;
	struct key_version *all, v;
	size_t count;

	assert_well(versions_of(f->s, k->row, &all, &count, &e), &e);
	assert_true(count > 0);
	v = all[0];
	free(all);
	return v;
}

/* --- round trip -------------------------------------------------------------------------------------- */

static void every_field_comes_back(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct key k, back;

	key_init(&k);
	key_init(&back);
	fixture_text(&k.name, "billing-sync");
	fixture_text(&k.owner, "finance");
	fixture_text(&k.tier, "gold");
	fixture_text(&k.note, "zwei Zeilen\nund ein ß");
	fixture_text(&k.scopes, "orders:read orders:write");
	fixture_text(&k.limits, "100/min");
	fixture_text(&k.allow_from, "10.0.0.0/8");
	fixture_text(&k.meta, "{\"team\":\"x\"}");
	fixture_text(&k.revoke_reason, "policy");
	fixture_text(&k.revoke_text, "asked for");
	memcpy(k.prefix, "ak", 3);
	memcpy(k.hint, "abcd", 5);
	k.status = KEY_REVOKED;
	k.created_at = 1;
	k.updated_at = 2;
	k.not_before = -3;
	k.expires_at = INT64_MAX;
	k.disabled_at = 0;
	k.revoked_at = 5;
	k.version = 6;
	k.retiring_until = 7;
	k.import_event = 8;
	fixture_begin(f);
	assert_well(key_insert(f->s, &k, &e), &e);
	fixture_commit(f);
	read_key(f, k.id, &back);
	assert_false(back.altered);
	fixture_assert_same(key_fields, &k, &back);
	key_release(&k);
	key_release(&back);
}

static void a_reader_that_is_used_again_forgets(void **state)
{
	struct store_fixture *f = *state;
	char *longer = x_strdup(fixture_create(f, "a name that is quite long"));
	struct key k;

	fixture_create(f, "short");
	key_init(&k);
	read_key(f, longer, &k);
	read_key(f, f->last_id, &k);
	assert_string_equal(k.name, "short");
	assert_false(k.altered);
	read_key(f, longer, &k);
	assert_string_equal(k.name, "a name that is quite long");
	key_release(&k);
	free(longer);
}

/* --- edited by hand ------------------------------------------------------------------------------------ */

static void every_column_of_a_key_is_guarded(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	int64_t row;
	struct key k;

	key_init(&k);
	for (const struct field *at = key_fields; at->column; at++) {
		fixture_sql(f, "DELETE FROM version; DELETE FROM apikey");
		read_key(f, fixture_create(f, "victim"), &k);
		assert_false(k.altered);
		row = k.row;
		fixture_tamper(f, "apikey", at);
		assert_well(key_get_row(f->s, row, &k, &e), &e);
		if (!k.altered)
			print_error("column %s\n", at->column);
		assert_true(k.altered);
	}
	key_release(&k);
}

static void every_column_of_a_version_is_guarded(void **state)
{
	struct store_fixture *f = *state;
	struct key k;

	key_init(&k);
	for (const struct field *at = version_fields; at->column; at++) {
		fixture_sql(f, "DELETE FROM version; DELETE FROM apikey");
		read_key(f, fixture_create(f, "victim"), &k);
		assert_false(current_version(f, &k).altered);
		fixture_tamper(f, "version", at);
		if (!current_version(f, &k).altered)
			print_error("column %s\n", at->column);
		assert_true(current_version(f, &k).altered);
	}
	key_release(&k);
}

static void a_mac_of_another_row_does_not_fit(void **state)
{
	struct store_fixture *f = *state;
	char *one = x_strdup(fixture_create(f, "one"));
	struct key k;

	fixture_create(f, "two");
	fixture_sql(f, "UPDATE apikey SET mac = (SELECT mac FROM apikey WHERE name = 'two')"
		       " WHERE name = 'one'");
	key_init(&k);
	read_key(f, one, &k);
	assert_true(k.altered);
	key_release(&k);
	free(one);
}

static void a_version_moved_to_another_key_does_not_fit(void **state)
{
	struct store_fixture *f = *state;
	struct key_version v;
	struct key k, found;
	struct err e = ERR_INIT;

	key_init(&k);
	key_init(&found);
	read_key(f, fixture_create(f, "giver"), &k);
	v = current_version(f, &k);
	fixture_create(f, "taker");
	fixture_sql(
		f,
		"UPDATE version SET number = 2, key = (SELECT row FROM apikey WHERE name = 'taker')"
		" WHERE key = (SELECT row FROM apikey WHERE name = 'giver')");
	assert_well(version_by_secret_id(f->s, v.secret_id, &v, &found, &e), &e);
	assert_string_equal(found.name, "taker");
	assert_false(found.altered);
	assert_true(v.altered);
	key_release(&found);
	key_release(&k);
}

static void rows_of_purged_keys_are_not_used_again(void **state)
{
	struct store_fixture *f = *state;
	char *gone = x_strdup(fixture_create(f, "gone"));
	struct key k;

	fixture_revoke(f, gone);
	fixture_purge(f, gone);
	key_init(&k);
	read_key(f, fixture_create(f, "next"), &k);
	assert_true(k.row > 1);
	key_release(&k);
	free(gone);
}

static void text_with_a_nul_or_too_long_is_altered(void **state)
{
	static const char *const edits[] = {
		"UPDATE apikey SET name = cast(x'766963746d00' AS TEXT)",
		"UPDATE apikey SET prefix = 'a_prefix_that_is_far_too_long_for_its_member'",
		"UPDATE apikey SET hint = 'abcdefgh'",
		"UPDATE apikey SET status = 4294967297",
		"UPDATE apikey SET id = x'00'",
		"UPDATE apikey SET mac = x''",
		"UPDATE apikey SET ring = 99",
		"UPDATE apikey SET note = hex(zeroblob(4000000))",
	};
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct key k;

	key_init(&k);
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		fixture_sql(f, "DELETE FROM version; DELETE FROM apikey");
		read_key(f, fixture_create(f, "victm"), &k);
		fixture_sql(f, edits[i]);
		assert_well(key_get_row(f->s, k.row, &k, &e), &e);
		assert_true(k.altered);
	}
	key_release(&k);
}

/* --- names ------------------------------------------------------------------------------------------------ */

static void names_find_living_keys_first(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *dead = x_strdup(fixture_create(f, "twin")), *alive, ids[4][KEY_ID_SIZE];
	size_t live, count;

	fixture_revoke(f, dead);
	alive = x_strdup(fixture_create(f, "twin"));
	assert_well(key_named(f->s, "twin", ids, 4, &live, &count, &e), &e);
	assert_int_equal(count, 2);
	assert_int_equal(live, 1);
	assert_string_equal(ids[0], alive);
	assert_string_equal(ids[1], dead);
	assert_well(key_named(f->s, "Twin", ids, 4, &live, &count, &e), &e);
	assert_int_equal(count, 0);
	free(alive);
	free(dead);
}

static void unknown_ids_are_not_found(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct key k;

	key_init(&k);
	assert_refused(key_get(f->s, "key_00000000000000000000000000", &k, &e), ERR_NOT_FOUND, &e,
		       "no key");
	assert_refused(key_get(f->s, "nonsense", &k, &e), ERR_NOT_FOUND, &e, "no id");
	assert_refused(key_get_row(f->s, 77, &k, &e), ERR_NOT_FOUND, &e, NULL);
	key_release(&k);
}

/* --- changes ------------------------------------------------------------------------------------------------ */

static void an_update_of_an_older_revision_is_refused(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct key k;

	key_init(&k);
	read_key(f, fixture_create(f, "edited"), &k);
	fixture_scopes(f, f->last_id, "a:b");
	fixture_begin(f);
	assert_refused(key_update(f->s, &k, &e), ERR_CONFLICT, &e, "somebody else");
	assert_int_equal(k.revision, 1);
	store_rollback(f->s);
	key_release(&k);
}

static void writing_wants_a_transaction(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct key k;

	key_init(&k);
	read_key(f, fixture_create(f, "still"), &k);
	assert_refused(key_update(f->s, &k, &e), ERR_STORE, &e, "outside a transaction");
	assert_refused(key_insert(f->s, &k, &e), ERR_STORE, &e, "outside a transaction");
	assert_refused(key_purge(f->s, &k, &e), ERR_STORE, &e, "outside a transaction");
	key_release(&k);
}

static void secrets_ever_known_are_refused(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct key_version v;
	bool known;
	struct key k;

	key_init(&k);
	read_key(f, fixture_create(f, "known"), &k);
	v = current_version(f, &k);
	v.number = 2;
	fixture_begin(f);
	assert_refused(version_insert(f->s, &v, &e), ERR_CONFLICT, &e, "known already");
	store_rollback(f->s);
	fixture_revoke(f, f->last_id);
	fixture_purge(f, f->last_id);
	assert_well(secret_known(f->s, v.secret_id, NULL, &known, &e), &e);
	assert_true(known);
	read_key(f, fixture_create(f, "later"), &k);
	v.key = k.row;
	fixture_begin(f);
	assert_refused(version_insert(f->s, &v, &e), ERR_CONFLICT, &e, "known already");
	store_rollback(f->s);
	key_release(&k);
}

static void foreign_secrets_are_found_by_their_digest(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct key_version v = { .number = 2,
				 .kind = VERSION_FOREIGN,
				 .state = VERSION_LIVE,
				 .valid_until = TIME_NONE },
			   found;
	uint8_t digest[SHA256_SIZE] = { 1, 2, 3 };
	bool known;
	struct key k;

	key_init(&k);
	read_key(f, fixture_create(f, "holder"), &k);
	v.key = k.row;
	v.secret_ring = store_ring(f->s);
	assert_well(store_import_mac(f->s, v.lookup, v.secret_ring, digest, &e), &e);
	fixture_begin(f);
	assert_well(version_insert(f->s, &v, &e), &e);
	/* Under newer ring keys it is still found, however many. */
	for (int i = 0; i < 70; i++)
		assert_well(store_rekey(f->s, NULL, NULL, &e), &e);
	fixture_commit(f);
	assert_int_equal(store_ring(f->s), 71);
	assert_well(version_by_digest(f->s, digest, &found, &k, &e), &e);
	assert_false(found.altered);
	assert_int_equal(found.number, 2);
	assert_well(secret_known(f->s, NULL, digest, &known, &e), &e);
	assert_true(known);
	digest[0]++;
	assert_refused(version_by_digest(f->s, digest, &found, &k, &e), ERR_NOT_FOUND, &e, NULL);
	assert_well(secret_known(f->s, NULL, digest, &known, &e), &e);
	assert_false(known);
	key_release(&k);
}

/* --- pending ------------------------------------------------------------------------------------------------- */

/* A pending key of the given process, as create makes it; its id. */
static char *make_pending(struct store_fixture *f, int64_t pid, int64_t start)
{
	struct err e = ERR_INIT;
	struct key_version v = { .number = 1,
				 .state = VERSION_PENDING,
				 .secret_id = "pendingxxxxx",
				 .valid_until = TIME_NONE,
				 .pid = pid,
				 .pid_start = start };
	struct key k;
	char *id;

	key_init(&k);
	fixture_text(&k.name, "unborn");
	k.status = KEY_PENDING;
	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(key_insert(f->s, &k, &e), &e);
	v.key = k.row;
	v.secret_ring = store_ring(f->s);
	assert_well(version_insert(f->s, &v, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	id = x_strdup(k.id);
	key_release(&k);
	return id;
}

static int64_t own_start(void)
{
	char *text = file_get("/proc/self/stat"), *at = strrchr(text, ')');
	int64_t start = 0;

	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	start = strtoll(at, NULL, 10);
	free(text);
	return start;
}

static void pending_keys_are_not_found(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *id = make_pending(f, getpid(), own_start()), ids[1][KEY_ID_SIZE];
	size_t live, count;
	struct key k;

	key_init(&k);
	assert_refused(key_get(f->s, id, &k, &e), ERR_NOT_FOUND, &e, NULL);
	assert_well(key_named(f->s, "unborn", ids, 1, &live, &count, &e), &e);
	assert_int_equal(count, 0);
	key_release(&k);
	free(id);
}

static void pending_keys_of_the_living_stay_until_activated(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *id = make_pending(f, getpid(), own_start());
	struct key k;

	fixture_create(f, "another change");
	key_init(&k);
	assert_well(key_get_row(f->s, 1, &k, &e), &e);
	assert_string_equal(k.id, id);
	fixture_begin(f);
	k.status = KEY_ACTIVE;
	assert_well(key_activate(f->s, &k, &e), &e);
	fixture_commit(f);
	read_key(f, id, &k);
	assert_int_equal(k.revision, 1);
	assert_false(k.altered);
	assert_int_equal(current_version(f, &k).state, VERSION_LIVE);
	fixture_begin(f);
	assert_refused(key_activate(f->s, &k, &e), ERR_CONFLICT, &e, "pending no more");
	store_rollback(f->s);
	key_release(&k);
	free(id);
}

static void pending_keys_given_up_are_gone(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct key k;

	free(make_pending(f, getpid(), own_start()));
	key_init(&k);
	assert_well(key_get_row(f->s, 1, &k, &e), &e);
	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(key_activate(f->s, &k, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	assert_int_equal(fixture_number(f, "SELECT (SELECT count(*) FROM apikey) + (SELECT count(*)"
					   " FROM version) AS n"),
			 0);
	key_release(&k);
}

/* Swept while its process still lived after all (in another pid namespace): its row is another key's. */
static void a_row_that_another_key_got_is_left_alone(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct key late;

	free(make_pending(f, getpid(), own_start()));
	key_init(&late);
	assert_well(key_get_row(f->s, 1, &late, &e), &e);
	fixture_sql(f, "DELETE FROM version; DELETE FROM apikey");
	fixture_create(f, "alpha");
	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(key_activate(f->s, &late, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM version"), 1);
	late.status = KEY_ACTIVE;
	fixture_begin(f);
	assert_refused(key_update(f->s, &late, &e), ERR_CONFLICT, &e, "somebody else");
	store_rollback(f->s);
	fixture_assert_sound(f);
	key_release(&late);
}

static void pending_keys_of_the_dead_are_swept(void **state)
{
	struct store_fixture *f = *state;
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, &status, 0), child);
	free(make_pending(f, child, 12345));
	fixture_create(f, "the next change");
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM apikey"), 1);
	/* The same number again is another process when it started at another time. */
	free(make_pending(f, getpid(), own_start() - 1));
	fixture_create(f, "the next but one");
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM apikey"), 2);
	fixture_assert_sound(f);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(every_field_comes_back),
		STORE_TEST(a_reader_that_is_used_again_forgets),
		STORE_TEST(every_column_of_a_key_is_guarded),
		STORE_TEST(every_column_of_a_version_is_guarded),
		STORE_TEST(a_mac_of_another_row_does_not_fit),
		STORE_TEST(a_version_moved_to_another_key_does_not_fit),
		STORE_TEST(rows_of_purged_keys_are_not_used_again),
		STORE_TEST(text_with_a_nul_or_too_long_is_altered),
		STORE_TEST(names_find_living_keys_first),
		STORE_TEST(unknown_ids_are_not_found),
		STORE_TEST(an_update_of_an_older_revision_is_refused),
		STORE_TEST(writing_wants_a_transaction),
		STORE_TEST(secrets_ever_known_are_refused),
		STORE_TEST(foreign_secrets_are_found_by_their_digest),
		STORE_TEST(pending_keys_are_not_found),
		STORE_TEST(pending_keys_of_the_living_stay_until_activated),
		STORE_TEST(pending_keys_given_up_are_gone),
		STORE_TEST(a_row_that_another_key_got_is_left_alone),
		STORE_TEST(pending_keys_of_the_dead_are_swept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
