/* A snapshot that is kept open: it ends as soon as anybody has committed, and with the store itself. */
#include "tests/lib/store_fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/log_watch.h"
#include "data/store_internal.h"
#include "data/usage.h"
#include "src/base/alloc.h"

static struct store *reader_open(struct store_fixture *f)
{
	struct store_options o = f->options;
	struct store *reader = NULL;
	struct err e = ERR_INIT;

	o.read_only = o.hasty = true;
	o.wait_ms = 50;
	assert_well(store_open(&reader, &o, &e), &e);
	return reader;
}

static void renew(struct store *reader)
{
	struct err e = ERR_INIT;

	assert_well(store_snapshot_renew(reader, &e), &e);
	assert_true(store_snapshot_current(reader));
}

static char *scopes_seen(struct store *reader, const char *id)
{
	struct err e = ERR_INIT;
	char *scopes;
	struct key k;

	key_init(&k);
	assert_well(key_get(reader, id, &k, &e), &e);
	scopes = x_strdup(k.scopes);
	key_release(&k);
	return scopes;
}

static void assert_scopes(struct store *reader, const char *id, const char *scopes)
{
	char *seen;

	renew(reader);
	seen = scopes_seen(reader, id);
	assert_string_equal(seen, scopes);
	free(seen);
}

static void it_is_kept_while_nobody_commits(void **state)
{
	struct store_fixture *f = *state;
	struct store *reader = reader_open(f);
	struct err e = ERR_INIT;

	renew(reader);
	/* A transaction that is rolled back is nothing new. */
	assert_well(store_begin(f->s, &e), &e);
	store_rollback(f->s);
	assert_true(store_snapshot_current(reader));
	assert_well(store_snapshot_renew(reader, &e), &e);
	store_snapshot_end(reader);
	assert_false(store_snapshot_current(reader));
	store_close(reader);
}

static void a_commit_ends_it(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "k"));
	struct store *reader = reader_open(f);
	char scope[16];

	for (int i = 0; i < 200; i++) {
		snprintf(scope, sizeof scope, "s%d", i);
		renew(reader);
		fixture_scopes(f, id, scope);
		assert_false(store_snapshot_current(reader));
		assert_scopes(reader, id, scope);
	}
	store_close(reader);
	free(id);
}

static void it_outlives_no_checkpoint_nor_a_log_that_starts_anew(void **state)
{
	static const enum engine_checkpoint how[] = { ENGINE_PASSIVE, ENGINE_TRUNCATE };
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "k"));
	struct store *reader = reader_open(f);
	char scope[16];

	db_engine(f->s->db)->busy_timeout(db_conn(f->s->db), 0);
	for (int i = 0; i < 100; i++) {
		snprintf(scope, sizeof scope, "s%d", i);
		if (i % 3 == 0)
			store_snapshot_end(reader);
		if (i % 7 == 0)
			db_engine(f->s->db)->checkpoint(db_conn(f->s->db), how[i % 2]);
		fixture_scopes(f, id, scope);
		assert_scopes(reader, id, scope);
	}
	store_close(reader);
	free(id);
}

static void a_backup_changes_nothing_and_a_restore_does(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "k")), *backup;
	struct store *reader = reader_open(f);
	struct store_restore_report report;
	struct err e = ERR_INIT;

	fixture_scopes(f, id, "before");
	renew(reader);
	backup = fixture_backup(f, "copy");
	assert_true(store_snapshot_current(reader));
	fixture_scopes(f, id, "after");
	assert_scopes(reader, id, "after");
	assert_well(fixture_restore(f, backup, false, &report, &e), &e);
	assert_scopes(reader, id, "before");
	store_close(reader);
	free(backup);
	free(id);
}

static void a_commit_between_the_look_and_the_snapshot_shows(void **state)
{
	struct store_fixture *f = *state;
	struct log_watch watch;
	sqlite3 *db = NULL;

	fixture_create(f, "k");
	assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "SELECT 1 FROM apikey", NULL, NULL, NULL), SQLITE_OK);
	log_watch_begin(&watch, db);
	assert_true(log_watch_holds(&watch));
	fixture_create(f, "in between");
	assert_int_equal(sqlite3_exec(db, "BEGIN; SELECT 1 FROM apikey", NULL, NULL, NULL),
			 SQLITE_OK);
	assert_false(log_watch_holds(&watch));
	sqlite3_close_v2(db);
}

static void a_torn_or_empty_head_is_not_believed(void **state)
{
	struct store_fixture *f = *state;
	struct log_watch watch = { .head = NULL };
	uint64_t *head;
	sqlite3 *db = NULL;

	assert_false(log_watch_holds(&watch));
	fixture_create(f, "k");
	assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "SELECT 1 FROM apikey", NULL, NULL, NULL), SQLITE_OK);
	log_watch_begin(&watch, db);
	head = (uint64_t *)(uintptr_t)watch.head;
	assert_non_null(head);
	head[1] ^= 1; /* the change counter of the first copy */
	assert_false(log_watch_holds(&watch));
	log_watch_begin(&watch, db);
	assert_false(log_watch_holds(&watch));
	sqlite3_close_v2(db);
}

static void a_store_that_was_moved_or_replaced_is_refused(void **state)
{
	struct store_fixture *f = *state;
	struct store *reader = reader_open(f);
	char *away = x_asprintf("%s.away", f->path);
	struct err e = ERR_INIT;

	renew(reader);
	assert_int_equal(rename(f->path, away), 0);
	store_snapshot_end(reader);
	assert_refused(store_snapshot_renew(reader, &e), ERR_STORE, &e, "was moved");
	file_put(f->path, "another file");
	assert_refused(store_snapshot_renew(reader, &e), ERR_STORE, &e, "was moved");
	assert_int_equal(rename(away, f->path), 0);
	renew(reader);
	store_close(reader);
	free(away);
}

static void a_schema_that_was_changed_is_refused(void **state)
{
	struct store_fixture *f = *state;
	struct store *reader = reader_open(f);
	struct err e = ERR_INIT;

	renew(reader);
	fixture_sql(f, "CREATE TRIGGER cuckoo AFTER UPDATE ON apikey BEGIN SELECT 1; END");
	assert_refused(store_snapshot_renew(reader, &e), ERR_STORE, &e, "trigger \"cuckoo\"");
	fixture_sql(f, "DROP TRIGGER cuckoo");
	renew(reader);
	fixture_sql(f, "PRAGMA user_version = 99");
	assert_refused(store_snapshot_renew(reader, &e), ERR_STORE, &e, "another release");
	assert_false(store_snapshot_current(reader));
	store_close(reader);
}

static void without_a_log_it_is_never_current(void **state)
{
	struct store_fixture *f = *state;
	char *shared = x_asprintf("%s-shm", f->path);
	struct store *reader;
	struct err e = ERR_INIT;

	store_close(f->s);
	f->s = NULL;
	fixture_sql(f, "PRAGMA journal_mode=DELETE");
	unlink(shared);
	reader = reader_open(f);
	assert_well(store_snapshot_renew(reader, &e), &e);
	assert_false(store_snapshot_current(reader));
	assert_int_equal(access(shared, F_OK), -1);
	store_close(reader);
	free(shared);
}

static void time_goes_on_in_it(void **state)
{
	struct store_fixture *f = *state;
	struct store *reader = reader_open(f);
	int64_t now;

	renew(reader);
	now = store_now(reader);
	test_clock_advance(&f->clock, HOUR_MS);
	assert_int_equal(store_now(reader), now + HOUR_MS);
	store_close(reader);
}

struct steps {
	struct stamp before, after;
	int count;
};

static void step_seen(void *arg, const struct stamp *before, const struct stamp *after)
{
	struct steps *seen = arg;

	seen->before = *before;
	seen->after = *after;
	seen->count++;
}

static struct stamp stamp_of(struct store *reader)
{
	struct stamp is;

	renew(reader);
	assert_true(store_snapshot_stamp(reader, &is));
	return is;
}

static void use_write(struct store *s, int64_t key)
{
	const struct usage_add one = {
		.key = key, .version = 1, .at = HOUR_MS, .code = "VALID", .count = 1
	};
	struct err e = ERR_INIT;

	assert_well(store_begin_unaudited(s, &e), &e);
	assert_well(usage_write(s, &one, 1, &e), &e);
	assert_well(store_commit(s, &e), &e);
}

static void assert_same(const struct stamp *a, const struct stamp *b)
{
	assert_memory_equal(a->words, b->words, sizeof a->words);
}

static void what_grants_nothing_tells_where_it_led(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "k"));
	struct store *reader = reader_open(f);
	struct steps seen = { .count = 0 };
	struct stamp is, was = stamp_of(reader);

	store_on_step(f->s, step_seen, &seen);
	for (int i = 1; i <= 40; i++) {
		seen.count = 0;
		use_write(f->s, 1);
		assert_in_range(seen.count, 1, 2);
		is = stamp_of(reader);
		assert_same(&seen.after, &is);
		if (seen.count == 1)
			assert_same(&seen.before, &was);
		was = is;
	}
	store_close(reader);
	free(id);
}

static void what_grants_tells_no_step(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "k"));
	struct steps seen = { .count = 0 };

	store_on_step(f->s, step_seen, &seen);
	for (int i = 0; i < 40; i++) {
		fixture_scopes(f, id, i % 2 ? "a" : "b");
		assert_int_equal(seen.count, 0);
	}
	free(id);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(it_is_kept_while_nobody_commits),
		STORE_TEST(what_grants_nothing_tells_where_it_led),
		STORE_TEST(what_grants_tells_no_step),
		STORE_TEST(a_commit_ends_it),
		STORE_TEST(it_outlives_no_checkpoint_nor_a_log_that_starts_anew),
		STORE_TEST(a_backup_changes_nothing_and_a_restore_does),
		STORE_TEST(a_commit_between_the_look_and_the_snapshot_shows),
		STORE_TEST(a_torn_or_empty_head_is_not_believed),
		STORE_TEST(a_store_that_was_moved_or_replaced_is_refused),
		STORE_TEST(a_schema_that_was_changed_is_refused),
		STORE_TEST(without_a_log_it_is_never_current),
		STORE_TEST(time_goes_on_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
