/* store restore: rows are what they were in the backup, what was revoked since stays revoked,
 * and the live audit chain tells of every row that was changed back. */
#include "tests/lib/store_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/file.h"
#include "src/base/json.h"

struct restored {
	struct store_fixture *f;
	struct store_restore_report report;
	struct err e;
};

static enum errc restore_from(struct restored *r, const char *path, bool accept_loss)
{
	r->e = (struct err)ERR_INIT;
	return fixture_restore(r->f, path, accept_loss, &r->report, &r->e);
}

static struct store_restore_report restore(struct store_fixture *f, const char *path,
					   bool accept_loss)
{
	struct restored r = { .f = f };

	assert_well(restore_from(&r, path, accept_loss), &r.e);
	fixture_assert_sound(f);
	return r.report;
}

static void assert_report(struct store_restore_report r, uint64_t keys, uint64_t changed,
			  uint64_t kept, uint64_t lost)
{
	assert_int_equal(r.keys, keys);
	assert_int_equal(r.changed_back, changed);
	assert_int_equal(r.revocations_kept, kept);
	assert_int_equal(r.lost, lost);
}

static bool known(struct store_fixture *f, const char *secret_id)
{
	struct err e = ERR_INIT;
	bool is;

	assert_well(secret_known(f->s, secret_id, NULL, &is, &e), &e);
	return is;
}

/* The key's scopes, version and retiring_until in one text; heap. */
static char *shape(struct store_fixture *f, const char *id)
{
	struct key_version *versions;
	struct err e = ERR_INIT;
	struct buf out = BUF_INIT(4096);
	size_t count;
	struct key k;

	key_init(&k);
	assert_true(fixture_get(f, id, &k));
	assert_well(versions_of(f->s, k.row, &versions, &count, &e), &e);
	buf_addf(&out, "%s v%d", k.scopes, (int)k.version);
	for (size_t i = count; i > 0; i--)
		buf_addf(&out, " %d%s", (int)versions[i - 1].number,
			 versions[i - 1].valid_until == TIME_NONE ? "" : "-");
	free(versions);
	key_release(&k);
	return buf_take(&out);
}

static void assert_shape(struct store_fixture *f, const char *id, const char *wanted)
{
	char *is = shape(f, id);

	assert_string_equal(is, wanted);
	free(is);
}

/* --- rows ----------------------------------------------------------------- */

static void store_that_did_not_change_stays_as_it_is(void **state)
{
	struct store_fixture *f = *state;
	char *path;

	fixture_create(f, "alpha");
	fixture_import(f, "bulk", 10);
	path = fixture_backup(f, "b1");
	assert_report(restore(f, path, false), 11, 0, 0, 0);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM audit"), 3);
	free(path);
}

static void edited_keys_are_changed_back(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path;

	fixture_create(f, "beta");
	fixture_scopes(f, id, "orders:read");
	path = fixture_backup(f, "b1");
	fixture_scopes(f, id, "*");
	fixture_disable(f, id);
	assert_report(restore(f, path, false), 2, 1, 0, 0);
	assert_shape(f, id, "orders:read v1 1");
	assert_int_equal(fixture_status(f, id), KEY_ACTIVE);
	free(id);
	free(path);
}

static void revision_goes_on_rising(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path = fixture_backup(f, "b1");
	struct key k;

	fixture_scopes(f, id, "a");
	fixture_scopes(f, id, "b");
	restore(f, path, false);
	key_init(&k);
	assert_true(fixture_get(f, id, &k));
	assert_int_equal(k.revision, 4);
	key_release(&k);
	free(id);
	free(path);
}

static void each_row_changed_back_has_its_event(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path;

	fixture_create(f, "beta");
	path = fixture_backup(f, "b1");
	fixture_scopes(f, id, "*");
	fixture_scopes(f, fixture_id(f, "beta"), "*");
	fixture_create(f, "gamma");
	assert_report(restore(f, path, false), 2, 3, 0, 0);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM audit WHERE "
					   "operation = 'store.restore' AND object LIKE 'key\\_%' "
					   "ESCAPE '\\'"),
			 3);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM audit"), 9);
	free(id);
	free(path);
}

static void keys_made_since_go_and_stay_known(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *path = fixture_backup(f, "b1"), *id = x_strdup(fixture_create(f, "alpha"));
	struct key_version *v;
	struct key k;
	size_t count;

	key_init(&k);
	assert_true(fixture_get(f, id, &k));
	assert_well(versions_of(f->s, k.row, &v, &count, &e), &e);
	assert_report(restore(f, path, false), 0, 1, 0, 0);
	assert_false(fixture_get(f, id, &k));
	assert_true(known(f, v[0].secret_id));
	free(v);
	key_release(&k);
	free(id);
	free(path);
}

static void key_deleted_by_hand_is_brought_back(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path = fixture_backup(f, "b1");

	fixture_sql(f, "DELETE FROM version; DELETE FROM apikey");
	fixture_assert_found(f, "object", id, "gone");
	assert_report(restore(f, path, false), 1, 1, 0, 0);
	assert_shape(f, id, " v1 1");
	free(id);
	free(path);
}

static void what_was_edited_by_hand_is_mended(void **state)
{
	struct store_fixture *f = *state;
	char *weak = x_strdup(fixture_create(f, "weak")),
	     *strong = x_strdup(fixture_create(f, "strong"));
	char *path;

	fixture_import(f, "bulk", 3);
	path = fixture_backup(f, "b1");
	fixture_sql(f, "UPDATE version SET key = 2, number = 2 WHERE key = 1;"
		       "UPDATE apikey SET scopes = '*' WHERE name = 'bulk2';"
		       "DELETE FROM version WHERE key = 5;"
		       "DELETE FROM apikey WHERE name = 'bulk3'");
	assert_report(restore(f, path, false), 5, 4, 0, 0);
	assert_shape(f, weak, " v1 1");
	assert_shape(f, strong, " v1 1");
	free(weak);
	free(strong);
	free(path);
}

static void planted_rows_go(void **state)
{
	struct store_fixture *f = *state;
	char *path;

	fixture_create(f, "alpha");
	path = fixture_backup(f, "b1");
	fixture_sqlf(
		f,
		"ATTACH '%s' AS b; INSERT INTO apikey SELECT 99,"
		" x'00112233445566778899aabbccddeeff', 'planted', owner, tier, note, scopes, "
		"limits,"
		" allow_from, meta, prefix, status, created_at, updated_at, not_before, expires_at,"
		" disabled_at, revoked_at, revoke_reason, revoke_text, revision, version, hint,"
		" retiring_until, import_event, ring, mac FROM b.apikey;"
		"INSERT INTO version SELECT 77, number, kind, state, "
		"x'70707070707070707070707000000000', secret_mac,"
		" secret_ring, hint, created_at, valid_until, pid, pid_start, ring, mac"
		" FROM b.version",
		path);
	fixture_assert_found(f, "row_mac", "planted", "");
	assert_report(restore(f, path, false), 1, 1, 0, 0);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM apikey"), 1);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM version"), 1);
	free(path);
}

/* --- rotations ------------------------------------------------------------ */

static void rotation_since_is_taken_back(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path = fixture_backup(f, "b1");

	fixture_rotate(f, id, DAY_MS);
	assert_shape(f, id, " v2 1- 2");
	assert_report(restore(f, path, false), 1, 1, 0, 0);
	assert_shape(f, id, " v1 1");
	free(id);
	free(path);
}

/* A rotation without grace is how a leaked secret is replaced: the leaked one must not come
 * back. */
static void secret_ended_since_stays_ended(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path;

	fixture_scopes(f, id, "orders:read");
	path = fixture_backup(f, "b1");
	fixture_rotate(f, id, 0);
	fixture_scopes(f, id, "*");
	assert_report(restore(f, path, false), 1, 1, 1, 0);
	assert_shape(f, id, "orders:read v2 1- 2");
	free(id);
	free(path);
}

static void grace_that_ran_out_since_stays_over(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path = fixture_backup(f, "b1");

	fixture_rotate(f, id, HOUR_MS);
	test_clock_advance(&f->clock, 2 * HOUR_MS);
	assert_report(restore(f, path, false), 1, 0, 1, 0);
	assert_shape(f, id, " v2 1- 2");
	free(id);
	free(path);
}

static void secret_ended_since_lives_again_when_the_loss_is_accepted(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path = fixture_backup(f, "b1");

	fixture_rotate(f, id, 0);
	assert_report(restore(f, path, true), 1, 1, 0, 1);
	assert_shape(f, id, " v1 1");
	free(id);
	free(path);
}

/* --- revocations ---------------------------------------------------------- */

static void revocation_since_is_kept(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path = fixture_backup(f, "b1");
	struct key k;

	fixture_revoke(f, id);
	assert_report(restore(f, path, false), 1, 0, 1, 0);
	key_init(&k);
	assert_true(fixture_get(f, id, &k));
	assert_int_equal(k.status, KEY_REVOKED);
	assert_string_equal(k.revoke_reason, "compromise");
	key_release(&k);
	free(id);
	free(path);
}

static void fields_of_a_key_revoked_since_come_back_without_its_life(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path;

	fixture_scopes(f, id, "orders:read");
	path = fixture_backup(f, "b1");
	fixture_scopes(f, id, "*");
	fixture_revoke(f, id);
	assert_report(restore(f, path, false), 1, 1, 1, 0);
	assert_shape(f, id, "orders:read v1 1");
	assert_int_equal(fixture_status(f, id), KEY_REVOKED);
	free(id);
	free(path);
}

static void revocation_is_given_up_only_when_the_loss_is_accepted(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path = fixture_backup(f, "b1");

	fixture_revoke(f, id);
	assert_report(restore(f, path, true), 1, 1, 0, 1);
	assert_int_equal(fixture_status(f, id), KEY_ACTIVE);
	free(id);
	free(path);
}

/* The row was un-revoked by hand; the chain remembers. */
static void revocation_undone_by_hand_is_kept(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path = fixture_backup(f, "b1");

	fixture_revoke(f, id);
	fixture_sqlf(f,
		     "ATTACH '%s' AS b; DELETE FROM apikey;"
		     "INSERT INTO main.apikey SELECT * FROM b.apikey",
		     path);
	fixture_assert_found(f, "object", id, "an older row was put back");
	assert_int_equal(fixture_status(f, id), KEY_ACTIVE);
	assert_report(restore(f, path, false), 1, 1, 1, 0);
	assert_int_equal(fixture_status(f, id), KEY_REVOKED);
	free(id);
	free(path);
}

static void revoked_key_deleted_by_hand_comes_back_revoked(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path = fixture_backup(f, "b1");
	struct key k;

	fixture_revoke(f, id);
	fixture_sql(f, "DELETE FROM version; DELETE FROM apikey");
	assert_report(restore(f, path, false), 1, 1, 1, 0);
	key_init(&k);
	assert_true(fixture_get(f, id, &k));
	assert_int_equal(k.status, KEY_REVOKED);
	assert_string_equal(k.revoke_reason, "compromise");
	key_release(&k);
	free(id);
	free(path);
}

static void key_made_and_revoked_since_goes_on_saying_so(void **state)
{
	struct store_fixture *f = *state;
	char *path = fixture_backup(f, "b1"), *id = x_strdup(fixture_create(f, "alpha"));

	fixture_revoke(f, id);
	assert_report(restore(f, path, false), 0, 0, 1, 0);
	assert_int_equal(fixture_status(f, id), KEY_REVOKED);
	free(id);
	free(path);
}

static void purged_key_stays_away(void **state)
{
	struct store_fixture *f = *state;
	char *id, *path;
	struct key k;

	fixture_import(f, "bulk", 4);
	id = x_strdup(fixture_id(f, "bulk2"));
	path = fixture_backup(f, "b1");
	fixture_revoke(f, id);
	fixture_purge(f, id);
	assert_report(restore(f, path, false), 4, 0, 1, 0);
	key_init(&k);
	assert_false(fixture_get(f, id, &k));
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM tombstone"), 1);
	assert_report(restore(f, path, true), 4, 1, 0, 1);
	assert_true(fixture_get(f, id, &k));
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM tombstone"), 0);
	key_release(&k);
	free(id);
	free(path);
}

/* --- again and again ------------------------------------------------------ */

/* The wrong backup first, then the right one: nothing is lost on the way. */
static void older_backup_then_newer_one_brings_all_back(void **state)
{
	struct store_fixture *f = *state;
	char *first = fixture_backup(f, "b1"), *second, *alpha, *shaped;

	alpha = x_strdup(fixture_create(f, "alpha"));
	fixture_rotate(f, alpha, DAY_MS);
	fixture_import(f, "bulk", 5);
	fixture_scopes(f, fixture_id(f, "bulk3"), "orders:read");
	shaped = shape(f, alpha);
	second = fixture_backup(f, "b2");
	assert_report(restore(f, first, false), 0, 6, 0, 0);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM apikey"), 0);
	fixture_create(f, "later");
	assert_report(restore(f, second, false), 6, 7, 0, 0);
	assert_shape(f, alpha, shaped);
	assert_shape(f, fixture_id(f, "bulk3"), "orders:read v1 1");
	assert_report(restore(f, second, false), 6, 0, 0, 0);
	free(shaped);
	free(alpha);
	free(first);
	free(second);
}

static void revocation_given_up_once_is_not_found_again(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path = fixture_backup(f, "b1");

	fixture_revoke(f, id);
	restore(f, path, true);
	fixture_scopes(f, id, "*");
	assert_report(restore(f, path, false), 1, 1, 0, 0);
	assert_int_equal(fixture_status(f, id), KEY_ACTIVE);
	free(id);
	free(path);
}

static void rekey(struct store_fixture *f, const char *file)
{
	struct err e = ERR_INIT;
	struct audit_event ev = { .actor = x_strdup("{}"),
				  .operation = x_strdup("store.rekey"),
				  .object = x_strdup("store"),
				  .name = x_strdup(""),
				  .detail = x_strdup("{}") };

	assert_well(store_begin(f->s, &e), &e);
	assert_well(store_rekey(f->s, file, NULL, &e), &e);
	assert_well(audit_append(f->s, &ev, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	audit_event_release(&ev);
}

static void backup_from_before_a_rekey_can_be_restored(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha")), *path = fixture_backup(f, "b1");
	char *key = path_join(f->folder, "new.key");

	fixture_scopes(f, id, "*");
	rekey(f, key);
	assert_report(restore(f, path, false), 1, 1, 0, 0);
	assert_shape(f, id, " v1 1");
	free(key);
	free(id);
	free(path);
}

/* --- what is no backup of it ---------------------------------------------- */

static void assert_refused_and_nothing_changed(struct store_fixture *f, const char *path,
					       enum errc code, const char *text)
{
	struct restored r = { .f = f };
	int64_t events = fixture_number(f, "SELECT count(*) AS n FROM audit");
	assert_refused(restore_from(&r, path, true), code, &r.e, text);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM audit"), events);
	fixture_assert_sound(f);
}

static void missing_file_is_refused(void **state)
{
	struct store_fixture *f = *state;

	assert_refused_and_nothing_changed(f, "/nonexistent/backup", ERR_STORE,
					   "/nonexistent/backup");
}

static void file_that_is_no_database_is_refused(void **state)
{
	struct store_fixture *f = *state;
	char *path = path_join(f->folder, "text");

	file_put(path,
		 "this is no database, but it is long enough to be looked at as if it were one, "
		 "which takes a hundred bytes at least");
	assert_refused_and_nothing_changed(f, path, ERR_STORE, NULL);
	free(path);
}

static void backup_of_another_store_is_refused(void **state)
{
	struct store_fixture *f = *state, other;
	char *path;

	fixture_create(f, "alpha");
	fixture_start(&other);
	fixture_create(&other, "beta");
	path = fixture_backup(&other, "b1");
	assert_refused_and_nothing_changed(f, path, ERR_CONFLICT, "another store");
	fixture_end(&other);
	free(path);
}

static void backup_edited_by_hand_is_refused(void **state)
{
	struct store_fixture *f = *state;
	char *path, *live = f->path;

	fixture_create(f, "alpha");
	path = fixture_backup(f, "b1");
	f->path = path;
	fixture_sql(f, "UPDATE apikey SET scopes = '*'");
	f->path = live;
	assert_refused_and_nothing_changed(f, path, ERR_STORE, "is not sound");
	free(path);
}

static void backup_with_a_trigger_is_refused(void **state)
{
	struct store_fixture *f = *state;
	char *path, *live = f->path;

	fixture_create(f, "alpha");
	path = fixture_backup(f, "b1");
	f->path = path;
	fixture_sql(f, "CREATE TRIGGER t AFTER INSERT ON audit BEGIN DELETE FROM apikey; END");
	f->path = live;
	assert_refused_and_nothing_changed(f, path, ERR_STORE, "trigger \"t\" is unknown");
	free(path);
}

static void backup_of_a_newer_schema_is_refused(void **state)
{
	struct store_fixture *f = *state;
	char *path, *live = f->path;

	fixture_create(f, "alpha");
	path = fixture_backup(f, "b1");
	f->path = path;
	fixture_sql(f, "PRAGMA user_version = 99");
	f->path = live;
	assert_refused_and_nothing_changed(f, path, ERR_STORE, "newer than this release");
	free(path);
}

static void newer_backup_than_the_store_is_refused(void **state)
{
	struct store_fixture *f = *state;
	char *older, *newer, *log = x_asprintf("%s-wal", f->path);
	char *anchor = NULL;
	struct err e = ERR_INIT;
	struct json *info;

	fixture_create(f, "alpha");
	older = fixture_backup(f, "b1");
	fixture_create(f, "beta");
	newer = fixture_backup(f, "b2");
	assert_well(store_info(f->s, &info, &e), &e);
	anchor = x_strdup(json_get_text(json_get(info, "anchor"), "path"));
	json_free(info);
	store_close(f->s);
	f->s = NULL;
	unlink(log);
	assert_int_equal(unlink(anchor), 0);
	assert_int_equal(rename(older, f->path), 0);
	fixture_reopen(f);
	assert_refused_and_nothing_changed(f, newer, ERR_CONFLICT, "is newer than the store");
	/* And one that went another way from there. */
	fixture_create(f, "gamma");
	assert_refused_and_nothing_changed(f, newer, ERR_CONFLICT, "has another history");
	free(older);
	free(newer);
	free(log);
	free(anchor);
}

static enum errc event_fail(void *arg, struct audit_event *ev, struct err *e)
{
	int *left = arg;

	if ((*left)-- > 0)
		return ERR_OK;
	return err_set(e, ERR_STORE, "no room for the event of \"%s\"", ev->object);
}

static void event_that_fails_ends_it(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *path = fixture_backup(f, "b1");
	struct store_restore_report report;
	struct store *copy;
	int left = 1;

	fixture_create(f, "alpha");
	fixture_create(f, "beta");
	assert_well(store_backup_open(&copy, f->s, path, NULL, NULL, &e), &e);
	assert_well(store_begin(f->s, &e), &e);
	assert_refused(store_restore(f->s, copy, false, event_fail, &left, &report, &e), ERR_STORE,
		       &e, "no room");
	store_rollback(f->s);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM apikey"), 2);
	fixture_assert_sound(f);
	store_close(copy);
	free(path);
}

static void restore_needs_a_transaction(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *path = fixture_backup(f, "b1");
	struct store_restore_report report;
	struct store *copy;

	assert_well(store_backup_open(&copy, f->s, path, NULL, NULL, &e), &e);
	assert_refused(store_restore(f->s, copy, false, NULL, NULL, &report, &e), ERR_STORE, &e,
		       "outside a transaction");
	store_close(copy);
	free(path);
}

static bool stop(void *arg, uint64_t done, uint64_t total)
{
	(void)arg;
	(void)done;
	(void)total;
	return false;
}

/* Nothing of the private copy is left in the store's folder, however it ended. */
static void private_copy_has_no_name(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *path, *name = x_asprintf("%s.restore.%ld", f->path, (long)getpid());
	struct store *copy;

	fixture_import(f, "bulk", 1100);
	path = fixture_backup(f, "b1");
	assert_refused(store_backup_open(&copy, f->s, path, stop, NULL, &e), ERR_CANCELLED, &e,
		       NULL);
	assert_int_equal(access(name, F_OK), -1);
	assert_well(store_backup_open(&copy, f->s, path, NULL, NULL, &e), &e);
	assert_int_equal(access(name, F_OK), -1);
	store_close(copy);
	free(name);
	free(path);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(store_that_did_not_change_stays_as_it_is),
		TEST(edited_keys_are_changed_back),
		TEST(revision_goes_on_rising),
		TEST(each_row_changed_back_has_its_event),
		TEST(keys_made_since_go_and_stay_known),
		TEST(key_deleted_by_hand_is_brought_back),
		TEST(what_was_edited_by_hand_is_mended),
		TEST(planted_rows_go),
		TEST(rotation_since_is_taken_back),
		TEST(secret_ended_since_stays_ended),
		TEST(grace_that_ran_out_since_stays_over),
		TEST(secret_ended_since_lives_again_when_the_loss_is_accepted),
		TEST(revocation_since_is_kept),
		TEST(fields_of_a_key_revoked_since_come_back_without_its_life),
		TEST(revocation_is_given_up_only_when_the_loss_is_accepted),
		TEST(revocation_undone_by_hand_is_kept),
		TEST(revoked_key_deleted_by_hand_comes_back_revoked),
		TEST(key_made_and_revoked_since_goes_on_saying_so),
		TEST(purged_key_stays_away),
		TEST(older_backup_then_newer_one_brings_all_back),
		TEST(revocation_given_up_once_is_not_found_again),
		TEST(backup_from_before_a_rekey_can_be_restored),
		TEST(missing_file_is_refused),
		TEST(file_that_is_no_database_is_refused),
		TEST(backup_of_another_store_is_refused),
		TEST(backup_edited_by_hand_is_refused),
		TEST(backup_with_a_trigger_is_refused),
		TEST(backup_of_a_newer_schema_is_refused),
		TEST(newer_backup_than_the_store_is_refused),
		TEST(event_that_fails_ends_it),
		TEST(restore_needs_a_transaction),
		TEST(private_copy_has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
