/* store rekey: another master key opens the same store, the old one no longer, and nothing that
 * can go wrong on the way leaves a store that neither opens. */
#include "tests/lib/store_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/file.h"

static char phrase[] = "correct horse battery";

static enum errc ask(void *arg, const char *prompt, struct secret *out, struct err *e)
{
	(void)prompt;
	(void)e;
	secret_set(out, arg, strlen(arg));
	return ERR_OK;
}

static char *new_key(struct store_fixture *f)
{
	return path_join(f->folder, "new.key");
}

static void event(struct store_fixture *f)
{
	struct err e = ERR_INIT;
	struct audit_event ev = { .actor = x_strdup("{}"),
				  .operation = x_strdup("store.rekey"),
				  .object = x_strdup("store"),
				  .name = x_strdup(""),
				  .detail = x_strdup("{}") };

	assert_well(audit_append(f->s, &ev, &e), &e);
	audit_event_release(&ev);
}

static void rekey(struct store_fixture *f, const char *file, const char *passphrase)
{
	struct secret secret = SECRET_INIT;
	struct err e = ERR_INIT;

	if (passphrase)
		secret_set(&secret, passphrase, strlen(passphrase));
	assert_well(store_begin(f->s, &e), &e);
	assert_well(store_rekey(f->s, file, passphrase ? &secret : NULL, &e), &e);
	event(f);
	assert_well(store_commit(f->s, &e), &e);
	secret_release(&secret);
}

static int64_t ring_of(struct store_fixture *f, const char *name)
{
	char *sql = x_asprintf("SELECT ring AS n FROM apikey WHERE name = '%s'", name);
	int64_t ring = fixture_number(f, sql);

	free(sql);
	return ring;
}

/* --- what it does --------------------------------------------------------- */

static void fresh_ring_key_serves_what_comes_after(void **state)
{
	struct store_fixture *f = *state;

	fixture_create(f, "before");
	rekey(f, NULL, NULL);
	fixture_create(f, "after");
	assert_int_equal(store_ring(f->s), 2);
	assert_int_equal(ring_of(f, "before"), 1);
	assert_int_equal(ring_of(f, "after"), 2);
	fixture_assert_sound(f);
	fixture_reopen(f);
	assert_int_equal(store_ring(f->s), 2);
	fixture_scopes(f, fixture_id(f, "before"), "orders:read");
	assert_int_equal(ring_of(f, "before"), 2);
	fixture_assert_sound(f);
}

static void new_key_file_opens_it_and_the_old_one_does_not(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *file = new_key(f), *id = x_strdup(fixture_create(f, "alpha"));
	struct stat st;

	rekey(f, file, NULL);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	fixture_revoke(f, id);
	store_close(f->s);
	assert_refused(store_open(&f->s, &f->options, &e), ERR_STORE, &e, "another master key");
	f->options.master_file = file;
	assert_well(store_open(&f->s, &f->options, &e), &e);
	assert_int_equal(fixture_status(f, id), KEY_REVOKED);
	fixture_assert_sound(f);
	free(file);
	free(id);
}

static void passphrase_opens_it_after_that(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *id = x_strdup(fixture_create(f, "alpha"));

	rekey(f, NULL, phrase);
	store_close(f->s);
	f->s = NULL;
	unlink(f->master_file);
	f->options.master_file = NULL;
	assert_refused(store_open(&f->s, &f->options, &e), ERR_STORE, &e, "passphrase");
	f->options.passphrase = ask;
	f->options.passphrase_arg = phrase;
	assert_well(store_open(&f->s, &f->options, &e), &e);
	assert_int_equal(fixture_status(f, id), KEY_ACTIVE);
	fixture_assert_sound(f);
	free(id);
}

static void passphrase_gives_way_to_a_file(void **state)
{
	struct store_fixture *f = *state;
	char *file = new_key(f);

	fixture_create(f, "alpha");
	rekey(f, NULL, phrase);
	rekey(f, file, NULL);
	f->options.master_file = file;
	fixture_reopen(f);
	assert_int_equal(store_ring(f->s), 3);
	fixture_assert_sound(f);
	free(file);
}

static void secrets_of_before_are_still_known(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *file = new_key(f), *id = x_strdup(fixture_create(f, "alpha"));
	struct key_version *versions, v;
	struct key k;
	size_t count;

	key_init(&k);
	assert_true(fixture_get(f, id, &k));
	assert_well(versions_of(f->s, k.row, &versions, &count, &e), &e);
	rekey(f, file, NULL);
	f->options.master_file = file;
	fixture_reopen(f);
	assert_well(version_by_secret_id(f->s, versions[0].secret_id, &v, &k, &e), &e);
	assert_false(v.altered);
	assert_memory_equal(v.secret_mac, versions[0].secret_mac, MAC_SIZE);
	free(versions);
	key_release(&k);
	free(file);
	free(id);
}

/* --- what goes wrong ------------------------------------------------------ */

static void file_that_is_there_is_refused_and_left(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *file = new_key(f), *text;

	file_put(file, "precious");
	assert_well(store_begin(f->s, &e), &e);
	assert_refused(store_rekey(f->s, file, NULL, &e), ERR_CONFLICT, &e, "not there yet");
	store_rollback(f->s);
	text = file_get(file);
	assert_string_equal(text, "precious");
	assert_int_equal(store_ring(f->s), 1);
	fixture_create(f, "alpha");
	fixture_assert_sound(f);
	fixture_reopen(f);
	free(text);
	free(file);
}

static void rolled_back_rekey_leaves_all_as_it_was(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *file = new_key(f);

	assert_well(store_begin(f->s, &e), &e);
	assert_well(store_rekey(f->s, file, NULL, &e), &e);
	store_rollback(f->s);
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(store_ring(f->s), 1);
	fixture_create(f, "alpha");
	fixture_assert_sound(f);
	fixture_reopen(f);
	assert_int_equal(ring_of(f, "alpha"), 1);
	free(file);
}

static void rolled_back_ring_key_is_forgotten(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;

	assert_well(store_begin(f->s, &e), &e);
	assert_well(store_rekey(f->s, NULL, NULL, &e), &e);
	assert_int_equal(store_ring(f->s), 2);
	store_rollback(f->s);
	assert_int_equal(store_ring(f->s), 1);
	fixture_create(f, "alpha");
	assert_int_equal(ring_of(f, "alpha"), 1);
	fixture_assert_sound(f);
}

/* A commit without an audit event is refused, which is a rollback. */
static void rekey_that_does_not_commit_takes_its_file_away(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *file = new_key(f);

	assert_well(store_begin(f->s, &e), &e);
	assert_well(store_rekey(f->s, file, NULL, &e), &e);
	assert_refused(store_commit(f->s, &e), ERR_STORE, &e, "without an audit event");
	assert_int_equal(access(file, F_OK), -1);
	fixture_create(f, "alpha");
	fixture_reopen(f);
	fixture_assert_sound(f);
	free(file);
}

/* A log that was not surely taken back may bring the new key into force: it must not be lost. */
static void rekey_of_unknown_outcome_leaves_both_keys(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *file = new_key(f);

	assert_well(store_begin(f->s, &e), &e);
	assert_well(store_rekey(f->s, file, NULL, &e), &e);
	db_engine(f->s->db)->rollback(db_conn(f->s->db));
	rekey_undo(f->s, true);
	store_rollback(f->s);
	assert_int_equal(access(file, F_OK), 0);
	assert_int_equal(access(f->master_file, F_OK), 0);
	fixture_create(f, "alpha");
	fixture_reopen(f);
	fixture_assert_sound(f);
	free(file);
}

/* Killed between the new file and the commit: the old key still opens the store. */
static void crash_before_the_commit_leaves_the_old_key_in_force(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *file = new_key(f), *copy = path_join(f->folder, "crashed.db"), *live = f->path;
	char *text;

	fixture_create(f, "alpha");
	assert_well(store_backup(f->s, copy, NULL, NULL, NULL, &e), &e);
	assert_well(store_begin(f->s, &e), &e);
	assert_well(store_rekey(f->s, file, NULL, &e), &e);
	assert_int_equal(access(file, F_OK), 0);
	text = file_get(file);
	store_rollback(f->s);
	/* What a kill here would have left: the store as it was, and the new file. */
	file_put(file, text);
	store_close(f->s);
	f->options.url = f->path = copy;
	assert_well(store_open(&f->s, &f->options, &e), &e);
	fixture_assert_sound(f);
	assert_well(store_begin(f->s, &e), &e);
	assert_refused(store_rekey(f->s, file, NULL, &e), ERR_CONFLICT, &e, "interrupted rekey");
	store_rollback(f->s);
	assert_int_equal(access(file, F_OK), 0);
	f->path = live;
	free(text);
	free(copy);
	free(file);
}

static void rekey_needs_a_transaction(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *file = new_key(f);

	assert_refused(store_rekey(f->s, file, NULL, &e), ERR_STORE, &e, "outside a transaction");
	assert_int_equal(access(file, F_OK), -1);
	free(file);
}

/* --- others that have it open --------------------------------------------- */

static void other_connection_learns_of_a_fresh_ring_key(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct store *other, *own = f->s;

	assert_well(store_open(&other, &f->options, &e), &e);
	rekey(f, NULL, NULL);
	fixture_create(f, "alpha");
	f->s = other;
	fixture_create(f, "beta");
	assert_int_equal(ring_of(f, "beta"), 2);
	assert_int_equal(fixture_status(f, fixture_id(f, "alpha")), KEY_ACTIVE);
	fixture_assert_sound(f);
	f->s = own;
	store_close(other);
}

static void other_connection_is_told_of_another_master_key(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *file = new_key(f);
	struct store *other;

	assert_well(store_open(&other, &f->options, &e), &e);
	rekey(f, file, NULL);
	assert_refused(store_begin(other, &e), ERR_STORE, &e, "another master key");
	assert_refused(store_snapshot(other, &e), ERR_STORE, &e, "start this program again");
	store_close(other);
	free(file);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(fresh_ring_key_serves_what_comes_after),
		TEST(new_key_file_opens_it_and_the_old_one_does_not),
		TEST(passphrase_opens_it_after_that),
		TEST(passphrase_gives_way_to_a_file),
		TEST(secrets_of_before_are_still_known),
		TEST(file_that_is_there_is_refused_and_left),
		TEST(rolled_back_rekey_leaves_all_as_it_was),
		TEST(rolled_back_ring_key_is_forgotten),
		TEST(rekey_that_does_not_commit_takes_its_file_away),
		TEST(rekey_of_unknown_outcome_leaves_both_keys),
		TEST(crash_before_the_commit_leaves_the_old_key_in_force),
		TEST(rekey_needs_a_transaction),
		TEST(other_connection_learns_of_a_fresh_ring_key),
		TEST(other_connection_is_told_of_another_master_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
