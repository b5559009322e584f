/* The store's upkeep as operations: what they say, what they refuse, and what they leave behind. */
#include "tests/lib/op_run.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/file.h"

static void edit(struct op_run *r, const char *sql)
{
	sqlite3 *db = NULL;

	app_free(r->app);
	assert_int_equal(sqlite3_open(r->store, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	r->app = app_new(&r->options);
}

static const char *verified(struct op_run *r, const char *secret)
{
	r->stdin_secret = secret;
	op_run(r, "key.verify", NULL);
	return op_run_text(r, 0, "code");
}

static void create(struct op_run *r, const char *name, char secret[128])
{
	assert_run(r, "key.create", "name", name, NULL);
	snprintf(secret, 128, "%s", r->secret);
}

/* --- info and check --------------------------------------------------------------------------- */

static void info_says_what_and_where(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "a", secret);
	assert_run(r, "store.info", NULL);
	assert_string_equal(op_run_text(r, 0, "engine"), "sqlite");
	assert_non_null(strstr(op_run_text(r, 0, "path"), "authrack.db"));
	assert_int_equal(strlen(op_run_text(r, 0, "store_id")), 32);
	assert_true(op_run_int(r, 0, "schema_version") >= 1);
}

static void reading_verbs_never_make_a_store(void **state)
{
	static const char *const verbs[] = {
		"store.info",	    "store.check",  "audit.list", "audit.verify",
		"audit.checkpoint", "audit.export", "key.export",
	};
	struct op_run *r = *state;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		assert_run_refused(r, ERR_STORE, NULL, verbs[i], NULL);
	assert_false(app_store_exists(r->app));
}

static void a_sound_store_has_no_findings(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "a", secret);
	assert_run(r, "store.check", NULL);
	assert_int_equal(json_count(r->rows), 0);
	assert_non_null(strstr(buf_text(&r->notes), "nothing wrong"));
}

static void findings_are_listed_and_end_with_5(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "widened", secret);
	edit(r, "UPDATE apikey SET scopes = 'admin:*'");
	assert_run_refused(r, ERR_STORE, "finding", "store.check", NULL);
	assert_true(json_count(r->rows) >= 1);
	assert_non_null(strstr(op_run_text(r, 0, "object"), "widened"));
	assert_non_null(op_run_text(r, 0, "check"));
	assert_non_null(op_run_text(r, 0, "text"));
}

static void a_planted_trigger_is_refused_by_all_and_named_by_check(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "a", secret);
	edit(r, "CREATE TRIGGER t AFTER UPDATE ON apikey BEGIN SELECT 1; END");
	assert_run_refused(r, ERR_STORE, NULL, "key.list", NULL);
	assert_run_refused(r, ERR_STORE, "finding", "store.check", NULL);
}

/* --- backup and restore ----------------------------------------------------------------------- */

static void a_backup_is_a_new_file_for_its_owner_only(void **state)
{
	struct op_run *r = *state;
	char secret[128], *file = path_join(r->folder, "backup.db");
	struct stat st;

	create(r, "a", secret);
	assert_run(r, "store.backup", "file", file, NULL);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(op_run_int(r, 0, "bytes"), st.st_size);
	assert_false(op_run_bool(r, 0, "master_key"));
	assert_run_refused(r, ERR_CONFLICT, "already", "store.backup", "file", file, NULL);
	free(file);
}

static void the_master_key_goes_in_by_passphrase_only(void **state)
{
	struct op_run *r = *state;
	char secret[128], *file = path_join(r->folder, "backup.db");

	create(r, "a", secret);
	assert_run_refused(r, ERR_USAGE, "passphrase", "store.backup", "file", file,
			   "with-master-key", "", NULL);
	r->passphrase = "";
	assert_run_refused(r, ERR_USAGE, "empty", "store.backup", "file", file, "with-master-key",
			   "", NULL);
	r->stdin_secret = "correct horse";
	assert_run_refused(r, ERR_USAGE, "--with-master-key", "store.backup", "file", file, NULL);
	assert_int_equal(access(file, F_OK), -1);
	r->passphrase = "correct horse";
	assert_run(r, "store.backup", "file", file, "with-master-key", "", NULL);
	assert_true(op_run_bool(r, 0, "master_key"));
	free(file);
}

static void a_restore_keeps_revocations_made_since(void **state)
{
	struct op_run *r = *state;
	char a[128], b[128], *file = path_join(r->folder, "backup.db");

	create(r, "a", a);
	assert_run(r, "store.backup", "file", file, NULL);
	test_clock_advance(&r->clock, HOUR_MS);
	assert_run(r, "key.revoke", "key", "a", NULL);
	create(r, "b", b);
	assert_run(r, "store.restore", "file", file, NULL);
	assert_int_equal(op_run_int(r, 0, "keys"), 1);
	assert_int_equal(op_run_int(r, 0, "revocations_kept"), 1);
	assert_string_equal(verified(r, a), "REVOKED");
	assert_string_equal(verified(r, b), "NOT_FOUND");
	assert_run(r, "audit.list", "op", "store.restore", NULL);
	assert_true(json_count(r->rows) >= 2); /* the removed key, and the whole */
	assert_string_equal(op_run_text(r, 0, "object"), "store");
	assert_run(r, "audit.verify", NULL);
	assert_run(r, "store.check", NULL);
	free(file);
}

static void accept_loss_gives_revocations_up(void **state)
{
	struct op_run *r = *state;
	char a[128], *file = path_join(r->folder, "backup.db");

	create(r, "a", a);
	assert_run(r, "store.backup", "file", file, NULL);
	assert_run(r, "key.revoke", "key", "a", NULL);
	assert_run(r, "store.restore", "file", file, "accept-loss", "", NULL);
	assert_int_equal(op_run_int(r, 0, "lost"), 1);
	assert_string_equal(verified(r, a), "VALID");
	assert_run(r, "store.check", NULL);
	free(file);
}

static void a_restore_that_is_not_confirmed_changes_nothing(void **state)
{
	struct op_run *r = *state;
	char a[128], b[128], *file = path_join(r->folder, "backup.db");

	create(r, "a", a);
	assert_run(r, "store.backup", "file", file, NULL);
	create(r, "b", b);
	r->refuses_confirm = true;
	assert_run_refused(r, ERR_CONFLICT, "backup.db", "store.restore", "file", file, NULL);
	assert_string_equal(verified(r, b), "VALID");
	free(file);
}

static void what_is_no_backup_is_refused_and_changes_nothing(void **state)
{
	struct op_run *r = *state;
	char a[128], *file = op_run_file(r, "rubbish", "this is no database");

	create(r, "a", a);
	assert_run_refused(r, ERR_STORE, NULL, "store.restore", "file", file, NULL);
	assert_string_equal(verified(r, a), "VALID");
	assert_run(r, "audit.list", NULL);
	assert_int_equal(json_count(r->rows), 1);
	free(file);
}

/* --- rekey and upgrade ------------------------------------------------------------------------ */

static void rekey_adds_a_ring_key_and_every_secret_stays_good(void **state)
{
	struct op_run *r = *state;
	char a[128], b[128];

	create(r, "a", a);
	assert_run(r, "store.rekey", NULL);
	assert_int_equal(op_run_int(r, 0, "ring"), 2);
	assert_string_equal(op_run_text(r, 0, "master_key"), "unchanged");
	create(r, "b", b);
	assert_string_equal(verified(r, a), "VALID");
	assert_string_equal(verified(r, b), "VALID");
	assert_run(r, "audit.list", "op", "store.rekey", NULL);
	assert_int_equal(json_count(r->rows), 1);
	assert_run(r, "store.check", NULL);
}

static void after_rekey_only_the_new_master_key_opens_the_store(void **state)
{
	struct op_run *r = *state;
	char a[128], *file = path_join(r->folder, "new.key");

	create(r, "a", a);
	assert_run(r, "store.rekey", "new-master-key", file, NULL);
	app_free(r->app);
	r->app = app_new(&r->options);
	assert_run_refused(r, ERR_STORE, NULL, "key.list", NULL);
	app_free(r->app);
	r->options.master_file = file;
	r->app = app_new(&r->options);
	assert_string_equal(verified(r, a), "VALID");
	free(file);
}

static void rekey_refuses_two_masters_a_taken_file_and_no_answer(void **state)
{
	struct op_run *r = *state;
	char a[128], *file = op_run_file(r, "taken.key", "x");

	create(r, "a", a);
	assert_run_refused(r, ERR_USAGE, "not both", "store.rekey", "new-master-key", file,
			   "with-passphrase", "", NULL);
	assert_int_not_equal(op_run(r, "store.rekey", "new-master-key", file, NULL), ERR_OK);
	r->refuses_confirm = true;
	assert_run_refused(r, ERR_CONFLICT, "ring key", "store.rekey", NULL);
	assert_run(r, "store.info", NULL);
	assert_int_equal(op_run_int(r, 0, "ring"), 1);
	free(file);
}

static void an_upgrade_of_a_current_store_says_so(void **state)
{
	struct op_run *r = *state;
	char a[128];

	create(r, "a", a);
	app_free(r->app);
	r->app = app_new(&r->options);
	assert_run(r, "store.upgrade", NULL);
	assert_int_equal(op_run_int(r, 0, "from"), op_run_int(r, 0, "to"));
}

static void a_read_only_session_refuses_what_writes(void **state)
{
	struct op_run *r = *state;
	char a[128];

	create(r, "a", a);
	app_free(r->app);
	r->options.read_only = true;
	r->app = app_new(&r->options);
	assert_run_refused(r, ERR_PERMISSION, NULL, "store.upgrade", NULL);
	assert_run_refused(r, ERR_PERMISSION, NULL, "store.rekey", NULL);
	assert_run(r, "store.check", NULL);
	assert_run(r, "audit.verify", NULL);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, op_run_setup, op_run_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(info_says_what_and_where),
		WITH_STORE(reading_verbs_never_make_a_store),
		WITH_STORE(a_sound_store_has_no_findings),
		WITH_STORE(findings_are_listed_and_end_with_5),
		WITH_STORE(a_planted_trigger_is_refused_by_all_and_named_by_check),
		WITH_STORE(a_backup_is_a_new_file_for_its_owner_only),
		WITH_STORE(the_master_key_goes_in_by_passphrase_only),
		WITH_STORE(a_restore_keeps_revocations_made_since),
		WITH_STORE(accept_loss_gives_revocations_up),
		WITH_STORE(a_restore_that_is_not_confirmed_changes_nothing),
		WITH_STORE(what_is_no_backup_is_refused_and_changes_nothing),
		WITH_STORE(rekey_adds_a_ring_key_and_every_secret_stays_good),
		WITH_STORE(after_rekey_only_the_new_master_key_opens_the_store),
		WITH_STORE(rekey_refuses_two_masters_a_taken_file_and_no_answer),
		WITH_STORE(an_upgrade_of_a_current_store_says_so),
		WITH_STORE(a_read_only_session_refuses_what_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
