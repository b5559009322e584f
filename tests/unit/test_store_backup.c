/* store backup: an online copy that is whole, private and never in the place of another file. */
#include "tests/lib/store_fixture.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/db.h"
#include "src/base/alloc.h"
#include "src/base/file.h"

static char *backup_path(struct store_fixture *f)
{
	return path_join(f->folder, "backup.db");
}

/* Files of the folder whose name has this in it. */
static int files_with(struct store_fixture *f, const char *part)
{
	DIR *folder = opendir(f->folder);
	struct dirent *entry;
	int count = 0;

	while ((entry = readdir(folder)))
		count += strstr(entry->d_name, part) != NULL;
	closedir(folder);
	return count;
}

/* Puts the backup in the closed store's place, whose log goes with it. */
static void put_in_place(struct store_fixture *f, const char *path)
{
	char *log = x_asprintf("%s-wal", f->path);

	store_close(f->s);
	f->s = NULL;
	unlink(log);
	assert_int_equal(rename(path, f->path), 0);
	free(log);
}

static void open_in_place(struct store_fixture *f, const char *path)
{
	put_in_place(f, path);
	fixture_reopen(f);
}

static void backup_is_a_whole_store(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *path = backup_path(f), *id = x_strdup(fixture_create(f, "alpha"));

	fixture_import(f, "bulk", 50);
	assert_well(store_backup(f->s, path, NULL, NULL, NULL, &e), &e);
	open_in_place(f, path);
	assert_int_equal(fixture_status(f, id), KEY_ACTIVE);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM apikey"), 51);
	fixture_assert_sound(f);
	free(path);
	free(id);
}

static void backup_is_one_private_file(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *path = backup_path(f);
	struct stat st;

	fixture_create(f, "alpha");
	assert_well(store_backup(f->s, path, NULL, NULL, NULL, &e), &e);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(files_with(f, "backup.db"), 1);
	assert_int_equal(files_with(f, ".tmp"), 0);
	free(path);
}

static void what_is_in_the_log_is_in_the_backup(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *path = backup_path(f), *id = x_strdup(fixture_create(f, "alpha"));

	/* Nothing has moved the last change from the log into the file. */
	fixture_revoke(f, id);
	assert_well(store_backup(f->s, path, NULL, NULL, NULL, &e), &e);
	open_in_place(f, path);
	assert_int_equal(fixture_status(f, id), KEY_REVOKED);
	free(path);
	free(id);
}

static void file_that_is_there_is_not_touched(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *path = backup_path(f), *text;

	file_put(path, "precious");
	assert_refused(store_backup(f->s, path, NULL, NULL, NULL, &e), ERR_CONFLICT, &e,
		       "is there already");
	text = file_get(path);
	assert_string_equal(text, "precious");
	free(text);
	free(path);
}

static void link_that_leads_nowhere_is_not_followed(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *path = backup_path(f);

	assert_int_equal(symlink("elsewhere", path), 0);
	assert_refused(store_backup(f->s, path, NULL, NULL, NULL, &e), ERR_CONFLICT, &e,
		       "is there already");
	assert_int_equal(files_with(f, "elsewhere"), 0);
	free(path);
}

static void missing_folder_is_named(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *path = path_join(f->folder, "none/backup.db");

	assert_refused(store_backup(f->s, path, NULL, NULL, NULL, &e), ERR_STORE, &e,
		       "none/backup.db");
	free(path);
}

/* Another process changes the store between two steps of the copy. */
struct writer {
	struct store_fixture *f;
	struct store *own;
	int calls;
};

static bool change_meanwhile(void *arg, uint64_t done, uint64_t total)
{
	struct writer *w = arg;
	struct store *reader = w->f->s;

	assert_true(done <= total);
	if (w->calls++ < 3) {
		w->f->s = w->own;
		fixture_create(w->f, "meanwhile");
		w->f->s = reader;
	}
	return true;
}

static void writers_go_on_and_the_copy_is_of_one_moment(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct writer w = { .f = f };
	char *path = backup_path(f);

	fixture_import(f, "bulk", 3000);
	assert_well(store_open(&w.own, &f->options, &e), &e);
	assert_well(store_backup(f->s, path, NULL, change_meanwhile, &w, &e), &e);
	assert_true(w.calls >= 1);
	store_close(w.own);
	assert_true(fixture_number(f, "SELECT count(*) AS n FROM apikey") > 3000);
	f->options.for_check = true; /* it is older than the anchor now */
	open_in_place(f, path);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM apikey"), 3000);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM audit"), 1);
	free(path);
}

static bool stop(void *arg, uint64_t done, uint64_t total)
{
	(void)arg;
	(void)done;
	(void)total;
	return false;
}

static void cancelled_backup_leaves_nothing(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *path = backup_path(f);

	fixture_import(f, "bulk", 3000);
	assert_refused(store_backup(f->s, path, NULL, stop, NULL, &e), ERR_CANCELLED, &e, NULL);
	assert_int_equal(files_with(f, "backup.db"), 0);
	fixture_create(f, "alpha");
	free(path);
}

/* --- with the master key -------------------------------------------------- */

static enum errc right_passphrase(void *arg, const char *prompt, struct secret *out, struct err *e)
{
	(void)prompt;
	(void)e;
	secret_set(out, arg, strlen(arg));
	return ERR_OK;
}

static void backup_with_the_master_key(struct store_fixture *f, const char *path)
{
	struct secret passphrase = SECRET_INIT;
	struct err e = ERR_INIT;

	secret_set(&passphrase, "correct horse", 13);
	assert_well(store_backup(f->s, path, &passphrase, NULL, NULL, &e), &e);
	secret_release(&passphrase);
}

static void master_key_is_in_it_only_wrapped(void **state)
{
	struct store_fixture *f = *state;
	char *path = backup_path(f), *key = file_get(f->master_file);
	struct buf copy = BUF_INIT(16 << 20);
	struct err e = ERR_INIT;
	uint8_t raw[32];

	backup_with_the_master_key(f, path);
	assert_int_equal(fixture_number(f, "SELECT count(copy_sealed) AS n FROM store"), 0);
	assert_well(file_read(&copy, path, &e), &e);
	assert_int_equal(sscanf(key, "%2hhx%2hhx", &raw[0], &raw[1]), 2);
	for (size_t i = 0; i < sizeof(raw); i++)
		sscanf(key + 2 * i, "%2hhx", &raw[i]);
	assert_null(memmem(copy.data, copy.len, raw, sizeof(raw)));
	assert_null(memmem(copy.data, copy.len, key, 32));
	assert_null(memmem(copy.data, copy.len, "correct horse", 13));
	buf_release(&copy);
	free(key);
	free(path);
}

static void passphrase_opens_it_where_the_master_key_is_lost(void **state)
{
	struct store_fixture *f = *state;
	char *path = backup_path(f), *id = x_strdup(fixture_create(f, "alpha"));
	char phrase[] = "correct horse";

	backup_with_the_master_key(f, path);
	unlink(f->master_file);
	f->options.passphrase = right_passphrase;
	f->options.passphrase_arg = phrase;
	open_in_place(f, path);
	assert_int_equal(fixture_status(f, id), KEY_ACTIVE);
	fixture_revoke(f, id);
	fixture_assert_sound(f);
	free(path);
	free(id);
}

static void wrong_passphrase_opens_nothing(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *path = backup_path(f);
	char phrase[] = "wrong horse";

	backup_with_the_master_key(f, path);
	unlink(f->master_file);
	put_in_place(f, path);
	f->options.passphrase = right_passphrase;
	f->options.passphrase_arg = phrase;
	assert_refused(store_open(&f->s, &f->options, &e), ERR_STORE, &e, "passphrase");
	free(path);
}

static void without_it_a_lost_master_key_is_told(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;

	store_close(f->s);
	unlink(f->master_file);
	assert_refused(store_open(&f->s, &f->options, &e), ERR_STORE, &e, "master key");
	assert_int_equal(access(f->master_file, F_OK), -1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(backup_is_a_whole_store),
		TEST(backup_is_one_private_file),
		TEST(what_is_in_the_log_is_in_the_backup),
		TEST(file_that_is_there_is_not_touched),
		TEST(link_that_leads_nowhere_is_not_followed),
		TEST(missing_folder_is_named),
		TEST(writers_go_on_and_the_copy_is_of_one_moment),
		TEST(cancelled_backup_leaves_nothing),
		TEST(master_key_is_in_it_only_wrapped),
		TEST(passphrase_opens_it_where_the_master_key_is_lost),
		TEST(wrong_passphrase_opens_nothing),
		TEST(without_it_a_lost_master_key_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
