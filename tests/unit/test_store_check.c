/* store check: a store that was only ever changed by operations is sound; whatever was edited
 * by hand is found, and by name. */
#include "tests/lib/store_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/file.h"

/* --- sound ---------------------------------------------------------------- */

static void new_store_is_sound(void **state)
{
	fixture_assert_sound(*state);
}

static void operations_leave_it_sound(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha"));

	fixture_scopes(f, id, "orders:read");
	fixture_rotate(f, id, HOUR_MS);
	fixture_rotate(f, id, 0);
	fixture_create(f, "beta");
	fixture_disable(f, id);
	fixture_revoke(f, id);
	fixture_assert_sound(f);
	fixture_purge(f, id);
	fixture_assert_sound(f);
	test_clock_advance(&f->clock, DAY_MS);
	fixture_assert_sound(f);
	free(id);
}

static void imported_keys_are_accounted_for_to_their_end(void **state)
{
	struct store_fixture *f = *state;
	char *id;

	fixture_create(f, "before");
	fixture_import(f, "bulk", 20);
	fixture_import(f, "more", 3);
	fixture_assert_sound(f);
	fixture_scopes(f, fixture_id(f, "bulk3"), "orders:read");
	fixture_scopes(f, fixture_id(f, "more1"), "orders:read");
	fixture_assert_sound(f);
	id = x_strdup(fixture_id(f, "bulk7"));
	fixture_revoke(f, id);
	fixture_purge(f, id);
	fixture_assert_sound(f);
	free(id);
}

static bool stop(void *arg, uint64_t done, uint64_t total)
{
	*(bool *)arg = true;
	assert_true(done <= total);
	return false;
}

static void nothing(void *arg, const struct store_finding *found)
{
	(void)arg;
	(void)found;
}

static void check_can_be_cancelled(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	bool asked = false;
	uint64_t count;

	fixture_import(f, "bulk", 1100);
	assert_refused(store_check(f->s, nothing, stop, &asked, &count, &e), ERR_CANCELLED, &e,
		       NULL);
	assert_true(asked);
	fixture_assert_sound(f);
}

/* Keeps a table as it is now, in a file beside the store, and puts rows of it back later. */
static void rows_keep(struct store_fixture *f, const char *table)
{
	char *path = x_asprintf("%s/%s.kept", f->folder, table);

	file_put(path, "");
	fixture_sqlf(f, "ATTACH '%s' AS kept; CREATE TABLE kept.%s AS SELECT * FROM main.%s", path,
		     table, table);
	free(path);
}

static void rows_put_back(struct store_fixture *f, const char *table, const char *where)
{
	fixture_sqlf(f,
		     "ATTACH '%s/%s.kept' AS kept; DELETE FROM main.%s WHERE %s;"
		     "INSERT INTO main.%s SELECT * FROM kept.%s WHERE %s",
		     f->folder, table, table, where, table, table, where);
}

/* --- keys ----------------------------------------------------------------- */

static void unrevoked_key_is_found(void **state)
{
	struct store_fixture *f = *state;

	fixture_revoke(f, fixture_create(f, "alpha"));
	fixture_sql(f, "UPDATE apikey SET status = 1, revoked_at = NULL WHERE name = 'alpha'");
	fixture_assert_found(f, "row_mac", "alpha", "key.revoke");
	fixture_assert_found(f, "row_mac", f->last_id, "altered by hand");
}

static void widened_scopes_are_found(void **state)
{
	struct store_fixture *f = *state;

	fixture_create(f, "other");
	fixture_scopes(f, fixture_create(f, "alpha"), "orders:read");
	fixture_sql(f, "UPDATE apikey SET scopes = '*' WHERE name = 'alpha'");
	fixture_assert_found(f, "row_mac", "alpha", "key.edit");
}

/* Each column that grants something, or tells a person something, is under the MAC. */
static void every_column_is_covered(void **state)
{
	static const char *const edits[] = {
		"name = 'beta'",
		"owner = 'x'",
		"tier = 'x'",
		"note = 'x'",
		"scopes = 'x'",
		"limits = '1/min'",
		"allow_from = '10.0.0.0/8'",
		"meta = '{\"a\":\"b\"}'",
		"prefix = 'zz'",
		"status = 2",
		"created_at = 1",
		"updated_at = 1",
		"not_before = 1",
		"expires_at = 1",
		"disabled_at = 1",
		"revoked_at = 1",
		"revoke_reason = 'x'",
		"revoke_text = 'x'",
		"revision = 9",
		"version = 7",
		"hint = 'x'",
		"retiring_until = 1",
		"import_event = 1",
		"mac = x'00112233445566778899aabbccddeeff'",
	};
	struct store_fixture *f = *state;

	for (size_t i = 0; i < sizeof(edits) / sizeof(*edits); i++) {
		char *id = x_strdup(fixture_create(f, "alpha"));

		fixture_sqlf(f, "UPDATE apikey SET %s WHERE row = %zu", edits[i], i + 1);
		fixture_assert_found(f, "row_mac", id, "altered by hand");
		free(id);
	}
}

static void older_row_put_back_is_found(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha"));

	fixture_scopes(f, id, "orders:read");
	rows_keep(f, "apikey");
	fixture_revoke(f, id);
	rows_put_back(f, "apikey", "name = 'alpha'");
	fixture_assert_found(f, "object", id, "an older row was put back: it is revision 2");
	fixture_assert_found(f, "object", "alpha", "key.revoke");
	free(id);
}

static void older_imported_row_put_back_is_found(void **state)
{
	struct store_fixture *f = *state;

	fixture_import(f, "bulk", 3);
	rows_keep(f, "apikey");
	fixture_revoke(f, fixture_id(f, "bulk2"));
	rows_put_back(f, "apikey", "name = 'bulk2'");
	fixture_assert_found(f, "object", "bulk2", "an older row was put back: it is revision 1");
}

static void deleted_key_is_found(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha"));

	fixture_sql(f, "DELETE FROM apikey WHERE name = 'alpha'");
	fixture_assert_found(f, "object", id, "the key is gone");
	fixture_assert_found(f, "object", "alpha", "key.create");
	fixture_assert_found(f, "invariant", "row 1", "has no key");
	fixture_assert_found(f, "foreign_key", "store", "version");
	free(id);
}

static void purged_key_put_back_is_found(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha"));

	rows_keep(f, "apikey");
	rows_keep(f, "version");
	fixture_revoke(f, id);
	fixture_purge(f, id);
	rows_put_back(f, "apikey", "true");
	rows_put_back(f, "version", "true");
	fixture_assert_found(f, "object", id, "removed this key, and it is there again");
	fixture_assert_found(f, "invariant", "alpha", "belonged to a key that was removed");
	free(id);
}

static void imported_key_deleted_is_found(void **state)
{
	struct store_fixture *f = *state;

	fixture_create(f, "alpha");
	fixture_import(f, "bulk", 4);
	fixture_sql(f,
		    "DELETE FROM version WHERE key = 3; DELETE FROM apikey WHERE name = 'bulk2'");
	fixture_assert_found(f, "object", "audit event 2", "made 4 keys, 3 are accounted for");
}

/* A row copied under another id carries a MAC of ours, but of another row. */
static void planted_key_is_found(void **state)
{
	struct store_fixture *f = *state;

	fixture_create(f, "alpha");
	fixture_sql(f,
		    "CREATE TABLE plant AS SELECT * FROM apikey;"
		    "UPDATE plant SET row = 99, id = x'00112233445566778899aabbccddeeff',"
		    " name = 'planted'; INSERT INTO apikey SELECT * FROM plant; DROP TABLE plant");
	fixture_assert_found(f, "row_mac", "planted", "was planted: no audit event made it");
}

/* --- pending ones --- */

/* A new version, or a new key, that waits to be written out: unaudited, as operations begin them. */
static void pending_insert(struct store_fixture *f, int64_t row, int64_t number)
{
	struct err e = ERR_INIT;
	struct key_version v = {
		.key = row,
		.number = number,
		.state = VERSION_PENDING,
		.secret_id = "0123456789ab",
		.secret_ring = 1,
		.valid_until = TIME_NONE,
		.pid = getpid(),
	};
	struct key k;

	assert_well(store_begin_unaudited(f->s, &e), &e);
	if (!row) {
		key_init(&k);
		k.status = KEY_PENDING;
		k.version = 1;
		assert_well(key_insert(f->s, &k, &e), &e);
		v.key = k.row;
		key_release(&k);
	}
	assert_well(version_insert(f->s, &v, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
}

static void pending_rows_are_no_finding(void **state)
{
	struct store_fixture *f = *state;

	fixture_create(f, "alpha");
	pending_insert(f, 1, 2);
	fixture_assert_sound(f);
}

static void pending_key_is_no_finding(void **state)
{
	struct store_fixture *f = *state;

	pending_insert(f, 0, 1);
	fixture_assert_sound(f);
}

static void key_activated_by_hand_is_found(void **state)
{
	struct store_fixture *f = *state;

	pending_insert(f, 0, 1);
	fixture_sql(f, "UPDATE apikey SET status = 1; UPDATE version SET state = 1");
	fixture_assert_found(f, "row_mac", "key_", "planted: no audit event made it");
	fixture_assert_found(f, "row_mac", "key_", "version 1 (secret 0123456789ab)");
}

/* --- versions ------------------------------------------------------------- */

static void version_moved_to_another_key_is_found(void **state)
{
	struct store_fixture *f = *state;
	char *weak = x_strdup(fixture_create(f, "weak"));
	char *strong = x_strdup(fixture_create(f, "strong"));

	fixture_sql(f, "UPDATE version SET key = 2, number = 2 WHERE key = 1");
	fixture_assert_found(f, "row_mac", "strong", "version 2");
	fixture_assert_found(f, "row_mac", strong, "moved from another key");
	fixture_assert_found(f, "invariant", weak, "its current version is not there");
	fixture_assert_found(f, "object", "weak", "a row was added, removed or put back");
	free(weak);
	free(strong);
}

static void planted_digest_is_found(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha"));

	fixture_sql(
		f, "INSERT INTO version (key, number, kind, state, lookup, secret_mac, secret_ring,"
		   " hint, created_at, pid, pid_start, ring, mac) VALUES (1, 2, 1, 1,"
		   " x'00112233445566778899aabbccddeeff',"
		   " x'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 1, '', 0,"
		   " 0, 0, 1, x'00112233445566778899aabbccddeeff')");
	fixture_assert_found(f, "row_mac", "alpha", "version 2 (secret 001122334455)");
	fixture_assert_found(f, "row_mac", id, "planted by hand");
	free(id);
}

static void changed_digest_is_found(void **state)
{
	struct store_fixture *f = *state;

	fixture_create(f, "alpha");
	fixture_sql(f, "UPDATE version SET secret_mac = randomblob(32) WHERE key = 1");
	fixture_assert_found(f, "row_mac", "alpha", "version 1");
}

static void revived_version_is_found(void **state)
{
	struct store_fixture *f = *state;

	fixture_rotate(f, fixture_create(f, "alpha"), 0);
	fixture_sql(f, "UPDATE version SET valid_until = NULL WHERE number = 1");
	fixture_assert_found(f, "row_mac", "alpha", "version 1");
}

static void older_version_row_put_back_is_found(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "alpha"));

	rows_keep(f, "version");
	fixture_rotate(f, id, 0);
	rows_put_back(f, "version", "number = 1");
	fixture_assert_found(f, "object", "alpha", "not what event 2 (key.rotate) left");
	fixture_assert_found(f, "invariant", id, "an older version of it never ends");
	free(id);
}

static void deleted_version_is_found(void **state)
{
	struct store_fixture *f = *state;

	fixture_rotate(f, fixture_create(f, "alpha"), HOUR_MS);
	fixture_sql(f, "DELETE FROM version WHERE number = 1");
	fixture_assert_found(f, "object", "alpha", "key.rotate");
}

static void row_of_another_store_is_found(void **state)
{
	struct store_fixture *f = *state, other;

	fixture_create(f, "alpha");
	fixture_start(&other);
	fixture_create(&other, "alpha");
	store_close(other.s);
	other.s = NULL;
	fixture_sqlf(f,
		     "ATTACH '%s' AS other; DELETE FROM version; DELETE FROM apikey;"
		     "INSERT INTO apikey SELECT * FROM other.apikey;"
		     "INSERT INTO version SELECT * FROM other.version",
		     other.path);
	fixture_assert_found(f, "row_mac", "alpha", "planted");
	fixture_end(&other);
}

/* --- schema, audit, store ------------------------------------------------- */

static void planted_trigger_is_found_and_refused(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;

	fixture_create(f, "alpha");
	fixture_sql(f, "CREATE TRIGGER undo AFTER UPDATE ON apikey BEGIN "
		       "UPDATE apikey SET status = 1 WHERE row = new.row; END");
	store_close(f->s);
	assert_refused(store_open(&f->s, &f->options, &e), ERR_STORE, &e, "undo");
	f->options.for_check = true;
	fixture_reopen(f);
	fixture_assert_found(f, "schema", "store", "trigger \"undo\" is unknown");
}

static void unknown_table_is_found(void **state)
{
	struct store_fixture *f = *state;

	fixture_sql(f, "CREATE TABLE planted (x)");
	fixture_assert_found(f, "schema", "store", "table \"planted\" is unknown");
}

static void dropped_index_is_found(void **state)
{
	struct store_fixture *f = *state;

	fixture_sql(f, "DROP INDEX version_lookup");
	fixture_assert_found(f, "schema", "store", "version_lookup");
}

static void changed_event_is_found(void **state)
{
	struct store_fixture *f = *state;

	fixture_revoke(f, fixture_create(f, "alpha"));
	fixture_sql(f, "UPDATE audit SET actor = '{\"uid\":0}' WHERE sequence = 1");
	fixture_assert_found(f, "audit", "audit event 1", "was changed");
}

static void tombstone_of_a_live_secret_is_found(void **state)
{
	struct store_fixture *f = *state;

	fixture_create(f, "alpha");
	fixture_sql(f, "INSERT INTO tombstone (lookup, key, secret_ring) "
		       "SELECT lookup, 77, 1 FROM version");
	fixture_assert_found(f, "invariant", "alpha", "belonged to a key that was removed");
}

static void older_store_put_back_is_found_and_refused(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *copy = path_join(f->folder, "last-night.db");
	char *log = x_asprintf("%s-wal", f->path);

	fixture_create(f, "alpha");
	assert_well(store_backup(f->s, copy, NULL, NULL, NULL, &e), &e);
	fixture_revoke(f, fixture_id(f, "alpha"));
	store_close(f->s);
	f->s = NULL;
	unlink(log);
	assert_int_equal(rename(copy, f->path), 0);
	assert_refused(store_open(&f->s, &f->options, &e), ERR_STORE, &e, "rolled back");
	f->options.for_check = true;
	fixture_reopen(f);
	fixture_assert_found(f, "anchor", "store", "rolled back");
	free(copy);
	free(log);
}

static void damaged_page_is_a_finding_not_the_end(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *findings;
	int64_t page, size = 4096;
	FILE *file;

	fixture_import(f, "bulk", 400);
	store_close(f->s);
	f->s = NULL;
	/* Everything into the file itself, then one page of the names' index is lost. */
	page = fixture_number(f,
			      "SELECT rootpage AS n FROM sqlite_schema WHERE name = 'apikey_name'");
	fixture_sql(f, "PRAGMA wal_checkpoint(TRUNCATE)");
	file = fopen(f->path, "r+");
	assert_non_null(file);
	fseek(file, (page - 1) * size, SEEK_SET);
	for (int i = 0; i < size; i++)
		fputc(0x5a, file);
	fclose(file);
	f->options.for_check = true;
	assert_well(store_open(&f->s, &f->options, &e), &e);
	findings = fixture_check(f);
	assert_non_null(strstr(findings, "integrity|"));
	free(findings);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(new_store_is_sound),
		TEST(operations_leave_it_sound),
		TEST(imported_keys_are_accounted_for_to_their_end),
		TEST(check_can_be_cancelled),
		TEST(unrevoked_key_is_found),
		TEST(widened_scopes_are_found),
		TEST(every_column_is_covered),
		TEST(older_row_put_back_is_found),
		TEST(older_imported_row_put_back_is_found),
		TEST(deleted_key_is_found),
		TEST(purged_key_put_back_is_found),
		TEST(imported_key_deleted_is_found),
		TEST(planted_key_is_found),
		TEST(pending_rows_are_no_finding),
		TEST(pending_key_is_no_finding),
		TEST(key_activated_by_hand_is_found),
		TEST(version_moved_to_another_key_is_found),
		TEST(planted_digest_is_found),
		TEST(changed_digest_is_found),
		TEST(revived_version_is_found),
		TEST(older_version_row_put_back_is_found),
		TEST(deleted_version_is_found),
		TEST(row_of_another_store_is_found),
		TEST(planted_trigger_is_found_and_refused),
		TEST(unknown_table_is_found),
		TEST(dropped_index_is_found),
		TEST(changed_event_is_found),
		TEST(tombstone_of_a_live_secret_is_found),
		TEST(older_store_put_back_is_found_and_refused),
		TEST(damaged_page_is_a_finding_not_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
