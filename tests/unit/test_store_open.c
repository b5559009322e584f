/* Opening a store: what is made, and everything that is refused with what to do about it. */
#include "tests/lib/store_fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/file.h"

static enum errc reopen(struct store_fixture *f, struct err *e)
{
	store_close(f->s);
	f->s = NULL;
	return store_open(&f->s, &f->options, e);
}

#define assert_open_gives(f, code, text)                               \
	do {                                                           \
		struct err e_ = ERR_INIT;                              \
		assert_refused(reopen((f), &e_), (code), &e_, (text)); \
		assert_null((f)->s);                                   \
	} while (0)

#define assert_open_refused(f, text) assert_open_gives(f, ERR_STORE, text)
#define assert_not_permitted(f, text) assert_open_gives(f, ERR_PERMISSION, text)

static char *beside(const struct store_fixture *f, const char *end)
{
	return x_asprintf("%s%s", f->path, end);
}

static struct stat looked_at(const char *path)
{
	struct stat st = { 0 };

	assert_int_equal(lstat(path, &st), 0);
	return st;
}

/* --- making one ----------------------------------------------------------------------------------- */

static void new_store_is_small_and_private(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-lock" };
	struct store_fixture *f = *state;
	int64_t size = 0;

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char *file = beside(f, ends[i]);
		struct stat st = looked_at(file);

		assert_int_equal(st.st_mode & 07777, 0600);
		size += st.st_size;
		free(file);
	}
	assert_true(size < 1 << 20);
	assert_int_equal(looked_at(f->master_file).st_mode & 07777, 0600);
}

static void log_has_room_in_reserve(void **state)
{
	struct store_fixture *f = *state;
	char *log = beside(f, "-wal");

	assert_true(looked_at(log).st_size >= 256 * 1024);
	for (int i = 0; i < 20; i++)
		fixture_create(f, "again");
	assert_true(looked_at(log).st_size >= 256 * 1024);
	assert_true(looked_at(log).st_blocks * 512 >= 256 * 1024);
	free(log);
}

static void missing_folders_are_made_private(void **state)
{
	struct store_fixture *f = *state;
	char *folder = path_join(f->folder, "a"), *deeper = path_join(folder, "b");
	char *path = path_join(deeper, "s.db");

	f->options.url = path;
	fixture_reopen(f);
	assert_int_equal(looked_at(folder).st_mode & 07777, 0700);
	assert_int_equal(looked_at(deeper).st_mode & 07777, 0700);
	store_close(f->s);
	f->s = NULL;
	free(path);
	free(deeper);
	free(folder);
}

static void reading_makes_no_store(void **state)
{
	struct store_fixture *f = *state;
	char *path = path_join(f->folder, "none.db"), *lock = path_join(f->folder, "none.db-lock");

	f->options.url = path;
	f->options.create = false;
	assert_open_refused(f, "there is no store");
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(lock, F_OK), -1);
	f->options.create = f->options.read_only = true;
	assert_open_refused(f, "there is no store");
	assert_int_equal(access(path, F_OK), -1);
	assert_false(store_exists(path));
	free(lock);
	free(path);
}

static void an_unfinished_store_is_none_and_is_finished(void **state)
{
	struct store_fixture *f = *state;
	char *path = path_join(f->folder, "empty.db");

	file_put(path, "");
	f->options.url = path;
	f->options.create = false;
	assert_open_refused(f, "there is no store");
	f->options.create = true;
	fixture_reopen(f);
	fixture_create(f, "first");
	store_close(f->s);
	f->s = NULL;
	free(path);
}

static void several_at_once_make_one(void **state)
{
	struct store_fixture *f = *state;
	char *path = path_join(f->folder, "race.db");
	pid_t children[6];
	int status;

	f->options.url = path;
	for (size_t i = 0; i < 6; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			struct store *s = NULL;
			enum errc rc = store_open(&s, &f->options, NULL);

			store_close(s);
			_exit(rc);
		}
	}
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	fixture_reopen(f);
	fixture_assert_sound(f);
	store_close(f->s);
	f->s = NULL;
	free(path);
}

/* --- URLs ------------------------------------------------------------------------------------------- */

static void urls_are_paths_or_sqlite(void **state)
{
	struct err e = ERR_INIT;
	char *path;

	(void)state;
	assert_well(store_path(&path, "sqlite:/var/x.db", &e), &e);
	assert_string_equal(path, "/var/x.db");
	free(path);
	assert_well(store_path(&path, "x.db", &e), &e);
	assert_string_equal(path, "./x.db");
	free(path);
	assert_refused(store_path(&path, "postgresql://host/db", &e), ERR_USAGE, &e, "postgresql");
	assert_refused(store_path(&path, "sqlite:", &e), ERR_USAGE, &e, "empty");
}

/* --- who may ------------------------------------------------------------------------------------------ */

static void files_that_others_reach_are_refused(void **state)
{
	static const struct {
		const char *end;
		mode_t mode;
	} cases[] = {
		{ "", 0660 },	  { "", 0604 },	    { "", 0640 },
		{ "-wal", 0620 }, { "-shm", 0602 }, { "-lock", 0666 },
	};
	struct store_fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *file = beside(f, cases[i].end);

		assert_int_equal(chmod(file, cases[i].mode), 0);
		assert_not_permitted(f, "chmod 600");
		assert_int_equal(chmod(file, 0600), 0);
		fixture_reopen(f);
		free(file);
	}
}

static void folders_that_others_write_are_refused(void **state)
{
	struct store_fixture *f = *state;
	char *inner = path_join(f->folder, "inner"), *path = path_join(inner, "s.db");

	f->options.url = path;
	fixture_reopen(f);
	assert_int_equal(looked_at(inner).st_mode & 07777, 0700);
	assert_int_equal(chmod(inner, 0770), 0);
	assert_not_permitted(f, "chmod 700");
	assert_int_equal(chmod(inner, 0700), 0);
	assert_int_equal(chmod(f->folder, 0777), 0);
	assert_not_permitted(f, "chmod go-w");
	assert_int_equal(chmod(f->folder, 0700), 0);
	fixture_reopen(f);
	store_close(f->s);
	f->s = NULL;
	free(path);
	free(inner);
}

/* The files are their owner's alone in it, too. */
static void a_folder_that_others_only_look_into_is_well(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-lock" };
	struct store_fixture *f = *state;

	assert_int_equal(chmod(f->folder, 0755), 0);
	fixture_reopen(f);
	fixture_create(f, "one");
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char *file = beside(f, ends[i]);

		assert_int_equal(looked_at(file).st_mode & 07777, 0600);
		free(file);
	}
}

static void links_are_refused(void **state)
{
	struct store_fixture *f = *state;
	char *link = path_join(f->folder, "link.db"), *folder = path_join(f->folder, "way");
	char *through = path_join(folder, "authrack.db");

	assert_int_equal(symlink(f->path, link), 0);
	assert_int_equal(symlink(f->folder, folder), 0);
	f->options.url = link;
	assert_open_refused(f, "symbolic link");
	f->options.url = through;
	assert_open_refused(f, "symbolic link");
	free(through);
	free(folder);
	free(link);
}

static void a_link_in_the_place_of_the_log_is_refused(void **state)
{
	struct store_fixture *f = *state;
	char *log = beside(f, "-wal"), *other = path_join(f->folder, "other");

	store_close(f->s);
	f->s = NULL;
	file_put(other, "x");
	assert_int_equal(unlink(log), 0);
	assert_int_equal(symlink(other, log), 0);
	assert_open_refused(f, "symbolic link");
	free(other);
	free(log);
}

static void root_is_sent_to_the_owner(void **state)
{
	struct store_fixture *f = *state;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(f->path, 1, 1), 0);
	assert_not_permitted(f, "sudo -u daemon authrack");
	assert_int_equal(chown(f->path, 0, 0), 0);
	assert_int_equal(chown(f->folder, 1, 1), 0);
	assert_not_permitted(f, "sudo -u daemon authrack");
	assert_int_equal(chown(f->folder, 0, 0), 0);
	fixture_reopen(f);
}

static void folders_of_others_above_are_refused(void **state)
{
	struct store_fixture *f = *state;
	char *inner = path_join(f->folder, "inner"), *path = path_join(inner, "s.db");

	if (geteuid() != 0)
		skip();
	f->options.url = path;
	fixture_reopen(f);
	assert_int_equal(chown(f->folder, 1, 1), 0);
	assert_not_permitted(f, "who could replace it");
	assert_int_equal(chown(f->folder, 0, 0), 0);
	free(path);
	free(inner);
}

/* --- what it is ----------------------------------------------------------------------------------------- */

static void other_files_are_no_stores(void **state)
{
	struct store_fixture *f = *state;
	char *text = path_join(f->folder, "text"), *other = path_join(f->folder, "other.db");
	char *kept = f->path;

	file_put(text, "This is a shopping list, and long enough to look like one: eggs, flour, "
		       "butter, milk.\n");
	f->options.url = text;
	assert_open_refused(f, "no database");
	f->path = other;
	file_put(other, "");
	fixture_sql(f, "CREATE TABLE guests (name)");
	f->path = kept;
	f->options.url = other;
	assert_open_refused(f, "no store of authrack");
	free(other);
	free(text);
}

static void another_schema_version_is_refused(void **state)
{
	struct store_fixture *f = *state;

	fixture_sql(f, "UPDATE store SET release = '7.8.9'; PRAGMA user_version = 1000");
	assert_open_refused(f, "7.8.9");
	fixture_sql(f, "PRAGMA user_version = 0");
	assert_open_refused(f, "no store of authrack");
}

static bool written(struct store_fixture *f)
{
	struct err e = ERR_INIT;
	bool is;

	assert_well(schema_written(f->s->db, &is, &e), &e);
	return is;
}

static void objects_planted_in_the_schema_are_named(void **state)
{
	static const struct {
		const char *plant, *remove, *name;
	} cases[] = {
		{ "CREATE TABLE cuckoo (x)", "DROP TABLE cuckoo", "table \"cuckoo\" is unknown" },
		{ "CREATE VIEW cuckoo AS SELECT 1", "DROP VIEW cuckoo",
		  "view \"cuckoo\" is unknown" },
		{ "CREATE INDEX cuckoo ON apikey (tier)", "DROP INDEX cuckoo",
		  "index \"cuckoo\" is unknown" },
		{ "CREATE TRIGGER cuckoo AFTER UPDATE ON apikey BEGIN"
		  " UPDATE apikey SET status = 1 WHERE row = new.row; END",
		  "DROP TRIGGER cuckoo", "trigger \"cuckoo\" is unknown" },
		{ "DROP INDEX apikey_owner", "CREATE INDEX apikey_owner ON apikey (owner)",
		  "index \"apikey_owner\" is missing" },
		{ "ALTER TABLE key_use ADD COLUMN x INTEGER", "ALTER TABLE key_use DROP COLUMN x",
		  "table \"key_use\" was altered" },
	};
	struct store_fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fixture_sql(f, cases[i].plant);
		assert_open_refused(f, cases[i].name);
		f->options.for_check = true;
		fixture_reopen(f);
		assert_false(written(f));
		f->options.for_check = false;
		fixture_sql(f, cases[i].remove);
		fixture_reopen(f);
	}
}

/* What opens fast is what the engine itself makes of the migrations, and nothing else. */
static void the_migrations_are_known_by_their_text(void **state)
{
	struct store_fixture *f = *state;

	assert_true(written(f));
	fixture_sql(f, "DROP INDEX apikey_owner; CREATE INDEX apikey_owner ON apikey (owner)");
	assert_true(written(f));
	fixture_sql(f, "DROP INDEX apikey_owner; CREATE INDEX apikey_owner ON apikey (tier)");
	assert_false(written(f));
	fixture_sql(f, "DROP INDEX apikey_owner; CREATE INDEX apikey_owner ON audit (object)");
	assert_false(written(f));
	fixture_sql(f, "DROP INDEX apikey_owner; CREATE INDEX apikey_owner2 ON apikey (owner)");
	assert_false(written(f));
	fixture_to_schema_1(f);
	assert_false(written(f));
}

static void a_planted_trigger_never_runs(void **state)
{
	struct store_fixture *f = *state;
	const char *id = fixture_create(f, "target");

	fixture_sql(f, "CREATE TRIGGER cuckoo AFTER UPDATE ON apikey BEGIN"
		       " UPDATE apikey SET name = 'cuckoo' WHERE row = new.row; END");
	f->options.for_check = true;
	fixture_reopen(f);
	fixture_disable(f, id);
	assert_int_equal(
		fixture_number(f, "SELECT count(*) AS n FROM apikey WHERE name = 'cuckoo'"), 0);
}

/* --- the master key -------------------------------------------------------------------------------------- */

static void a_missing_master_key_is_not_made_anew(void **state)
{
	struct store_fixture *f = *state;

	assert_int_equal(unlink(f->master_file), 0);
	assert_open_refused(f, "--master-key");
	assert_int_equal(access(f->master_file, F_OK), -1);
}

static void another_master_key_is_refused(void **state)
{
	struct store_fixture *f = *state;

	file_put(f->master_file,
		 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
	assert_open_refused(f, "another master key");
	file_put(f->master_file, "not a key\n");
	assert_open_refused(f, "no master key");
}

static void a_second_store_shares_the_master_key(void **state)
{
	struct store_fixture *f = *state;
	char *path = path_join(f->folder, "second.db"), *before = file_get(f->master_file);
	char *after;

	f->options.url = path;
	fixture_reopen(f);
	after = file_get(f->master_file);
	assert_string_equal(before, after);
	store_close(f->s);
	f->s = NULL;
	free(after);
	free(before);
	free(path);
}

static void a_descriptor_serves_several_connections(void **state)
{
	struct store_fixture *f = *state;
	char *text = file_get(f->master_file), place[32];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
	close(ends[1]);
	snprintf(place, sizeof place, "/dev/fd/%d", ends[0]);
	f->options.master_file = place;
	fixture_reopen(f);
	fixture_reopen(f);
	close(ends[0]);
	free(text);
}

static void a_credential_of_systemd_is_taken(void **state)
{
	struct store_fixture *f = *state;
	char *credential = path_join(f->folder, "authrack-master-key");

	assert_int_equal(rename(f->master_file, credential), 0);
	setenv("CREDENTIALS_DIRECTORY", f->folder, 1);
	f->options.master_file = NULL;
	fixture_reopen(f);
	unsetenv("CREDENTIALS_DIRECTORY");
	free(credential);
}

static enum errc say(void *arg, const char *prompt, struct secret *out, struct err *e)
{
	(void)prompt;
	(void)e;
	secret_set(out, arg, strlen(arg));
	return ERR_OK;
}

static void a_passphrase_opens_and_another_does_not(void **state)
{
	struct store_fixture *f = *state;
	struct secret passphrase = SECRET_INIT;
	struct err e = ERR_INIT;
	struct audit_event ev = { .actor = x_strdup("{}"),
				  .operation = x_strdup("store.rekey"),
				  .object = x_strdup("store"),
				  .name = x_strdup(""),
				  .detail = x_strdup("{}") };
	static char wrong[] = "battery staple", right[] = "correct horse";

	secret_set(&passphrase, right, strlen(right));
	assert_well(store_begin(f->s, &e), &e);
	assert_well(store_rekey(f->s, NULL, &passphrase, &e), &e);
	assert_well(audit_append(f->s, &ev, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	f->options.master_file = NULL;
	assert_open_refused(f, "passphrase");
	f->options.passphrase = say;
	f->options.passphrase_arg = wrong;
	assert_open_refused(f, "another passphrase");
	f->options.passphrase_arg = right;
	fixture_reopen(f);
	secret_release(&passphrase);
	audit_event_release(&ev);
}

/* --- reading only ------------------------------------------------------------------------------------------ */

static void read_only_changes_nothing(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;

	fixture_create(f, "one");
	f->options.read_only = true;
	fixture_reopen(f);
	assert_refused(store_begin(f->s, &e), ERR_PERMISSION, &e, "--read-only");
	assert_refused(store_begin_unaudited(f->s, &e), ERR_PERMISSION, &e, NULL);
	assert_string_equal(fixture_id(f, "one"), f->last_id);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(new_store_is_small_and_private),
		STORE_TEST(log_has_room_in_reserve),
		STORE_TEST(missing_folders_are_made_private),
		STORE_TEST(reading_makes_no_store),
		STORE_TEST(an_unfinished_store_is_none_and_is_finished),
		STORE_TEST(several_at_once_make_one),
		cmocka_unit_test(urls_are_paths_or_sqlite),
		STORE_TEST(files_that_others_reach_are_refused),
		STORE_TEST(folders_that_others_write_are_refused),
		STORE_TEST(a_folder_that_others_only_look_into_is_well),
		STORE_TEST(links_are_refused),
		STORE_TEST(a_link_in_the_place_of_the_log_is_refused),
		STORE_TEST(root_is_sent_to_the_owner),
		STORE_TEST(folders_of_others_above_are_refused),
		STORE_TEST(other_files_are_no_stores),
		STORE_TEST(another_schema_version_is_refused),
		STORE_TEST(objects_planted_in_the_schema_are_named),
		STORE_TEST(the_migrations_are_known_by_their_text),
		STORE_TEST(a_planted_trigger_never_runs),
		STORE_TEST(a_missing_master_key_is_not_made_anew),
		STORE_TEST(another_master_key_is_refused),
		STORE_TEST(a_second_store_shares_the_master_key),
		STORE_TEST(a_descriptor_serves_several_connections),
		STORE_TEST(a_credential_of_systemd_is_taken),
		STORE_TEST(a_passphrase_opens_and_another_does_not),
		STORE_TEST(read_only_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
