/* The gate: what was changed before the question is seen in the answer, and who can't read the store lets
 * nobody in. */
#include "src/app/gate.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data/usage.h"
#include "src/app/gate_internal.h"
#include "src/base/alloc.h"
#include "src/base/buf.h"
#include "src/base/file.h"
#include "tests/lib/sink.h"

enum { ALTERNATIONS = 800, ROUNDS = 25 };

struct world {
	struct session s;
	struct gate *gate;
	struct gate_thread *thread;
	char secret[SINK_TEXT];
};

static void gate_start(struct world *w)
{
	struct err e = ERR_INIT;

	assert_well(gate_open(&w->gate, w->s.app, &e), &e);
	assert_well(gate_thread_open(&w->thread, w->gate, &e), &e);
}

static void gate_stop(struct world *w)
{
	gate_thread_close(w->thread);
	if (w->gate)
		gate_close(w->gate, NULL);
	w->thread = NULL;
	w->gate = NULL;
}

static int setup_with(void **state, const char *option, const char *value)
{
	struct world *w = x_calloc(1, sizeof *w);

	session_start(&w->s);
	snprintf(w->secret, sizeof w->secret, "%s",
		 option ? session_create_with(&w->s, "k", option, value)
			: session_create(&w->s, "k"));
	session_reopen(&w->s); /* nothing is open when a test forks */
	*state = w;
	return 0;
}

static int setup_bare(void **state)
{
	return setup_with(state, NULL, NULL);
}

static int setup(void **state)
{
	setup_bare(state);
	gate_start(*state);
	return 0;
}

static int setup_limited(void **state)
{
	setup_with(state, "limit", "3/hour");
	gate_start(*state);
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	gate_stop(w);
	session_end(&w->s);
	free(w);
	return 0;
}

static enum errc ask(struct gate_thread *t, const char *secret, struct gate_answer *a,
		     struct err *e)
{
	const struct verify_request q = { .secret = secret, .len = strlen(secret) };

	return gate_check(t, &q, a, e);
}

static const char *code_of(struct world *w, const char *secret)
{
	struct gate_answer a;
	struct err e = ERR_INIT;

	assert_well(ask(w->thread, secret, &a, &e), &e);
	return verify_code_name(a.code);
}

static void assert_answers(struct world *w)
{
	assert_string_equal(code_of(w, w->secret), "VALID");
}

static void assert_shut(struct world *w, const char *text)
{
	struct gate_answer a;
	struct err e = ERR_INIT;

	assert_refused(ask(w->thread, w->secret, &a, &e), ERR_STORE, &e, text);
	assert_int_not_equal(a.code, VERIFY_VALID);
}

static void operate(struct world *w, const char *id)
{
	struct err e = ERR_INIT;

	assert_well(session_other(&w->s, &e, id, "key", "k", NULL), &e);
}

static void sql_run(struct world *w, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(w->s.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static struct gate_health health(struct world *w)
{
	struct gate_health h;

	gate_health(w->gate, &h);
	return h;
}

/* Time passes until the gate has tried again, however long it waits by now. */
static void tick_later(struct world *w)
{
	test_clock_advance(&w->s.clock, 2 * SECOND_MS);
	gate_tick(w->gate);
}

static void assert_recovers(struct world *w)
{
	tick_later(w);
	assert_true(health(w).readable);
	assert_answers(w);
}

static int64_t counted(struct world *w, const char *code)
{
	struct usage_code *codes = NULL;
	struct store *store = session_store(&w->s);
	struct err e = ERR_INIT;
	int64_t sum = 0;
	size_t count = 0;

	assert_well(usage_codes(store, 1, 0, INT64_MAX / 2, &codes, &count, &e), &e);
	for (size_t i = 0; i < count; i++)
		if (strcmp(codes[i].code, code) == 0)
			sum += codes[i].count;
	free(codes);
	store_close(store);
	return sum;
}

/* --- what was told is seen ---------------------------------------------------------------------------- */

/* Another process: 'd' disables, 'e' enables, each answered when it is done. */
static void changer_run(struct session *s, int fd)
{
	struct err e = ERR_INIT;
	char what;

	while (read(fd, &what, 1) == 1) {
		const char *id = what == 'd' ? "key.disable" : "key.enable";

		if (session_run(s, &e, id, "key", "k", NULL) || write(fd, &what, 1) != 1)
			_exit(1);
	}
	_exit(0);
}

static pid_t changer_start(struct session *s, int *fd)
{
	int ends[2];
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		changer_run(s, ends[1]);
	}
	close(ends[1]);
	*fd = ends[0];
	return pid;
}

static void change(int fd, char what)
{
	char done = 0;

	assert_int_equal(write(fd, &what, 1), 1);
	assert_int_equal(read(fd, &done, 1), 1);
	assert_int_equal(done, what);
}

/* What the service does beside its answers, in every mixture. */
static void upkeep(struct world *w, int i)
{
	struct err e = ERR_INIT;

	if (i % 5 == 0)
		gate_tick(w->gate);
	if (i % 17 == 0)
		assert_well(gate_write(w->gate, &e), &e);
	if (i % 301 == 0)
		sql_run(w, "PRAGMA busy_timeout=0; PRAGMA wal_checkpoint(TRUNCATE)");
	if (i % 401 == 0) {
		/* An idle thread lets the log start anew. */
		gate_tick(w->gate);
		sql_run(w, "PRAGMA wal_checkpoint(TRUNCATE)");
	}
}

static void each_change_of_another_process_is_seen(void **state)
{
	struct world *w = *state;
	int fd, status;
	pid_t pid = changer_start(&w->s, &fd);

	assert_true(pid > 0);
	gate_start(w);
	for (int i = 1; i <= ALTERNATIONS; i++) {
		assert_answers(w);
		change(fd, 'd');
		assert_string_equal(code_of(w, w->secret), "DISABLED");
		upkeep(w, i);
		change(fd, 'e');
	}
	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void a_backup_changes_no_answer_and_a_restore_does(void **state)
{
	struct world *w = *state;
	char *copy = path_join(w->s.folder, "copy");
	struct err e = ERR_INIT;

	operate(w, "key.disable");
	assert_string_equal(code_of(w, w->secret), "DISABLED");
	assert_well(session_other(&w->s, &e, "store.backup", "file", copy, NULL), &e);
	operate(w, "key.enable");
	assert_answers(w);
	assert_well(session_other(&w->s, &e, "store.restore", "file", copy, "yes", "", NULL), &e);
	assert_string_equal(code_of(w, w->secret), "DISABLED");
	free(copy);
}

struct asker {
	struct gate_thread *thread;
	const char *secret;
	atomic_int disabled; /* set after it was told */
	atomic_bool stop;
	atomic_int asked;
	int wrong;
};

static void *asker_run(void *arg)
{
	struct asker *k = arg;

	while (!k->stop) {
		struct gate_answer a;
		bool disabled = k->disabled == 1;
		enum errc rc = ask(k->thread, k->secret, &a, NULL);

		k->wrong += rc != ERR_OK ||
			    (disabled && k->disabled == 1 && a.code == VERIFY_VALID);
		k->asked++;
	}
	return NULL;
}

/* Until each of them has asked from beginning to end. */
static void wait_for_askers(struct asker *askers, int count)
{
	for (int i = 0; i < count; i++) {
		int until = askers[i].asked + 3;

		while (askers[i].asked < until)
			sched_yield();
	}
}

static void threads_see_it_under_upkeep(void **state)
{
	enum { THREADS = 2 };
	struct world *w = *state;
	struct asker askers[THREADS] = { 0 };
	pthread_t ids[THREADS];
	struct err e = ERR_INIT;

	for (int i = 0; i < THREADS; i++) {
		askers[i].secret = w->secret;
		assert_well(gate_thread_open(&askers[i].thread, w->gate, &e), &e);
		assert_int_equal(pthread_create(&ids[i], NULL, asker_run, &askers[i]), 0);
	}
	for (int n = 0; n < ROUNDS; n++) {
		operate(w, "key.disable");
		for (int i = 0; i < THREADS; i++)
			askers[i].disabled = 1;
		wait_for_askers(askers, THREADS);
		gate_tick(w->gate);
		assert_well(gate_write(w->gate, &e), &e);
		for (int i = 0; i < THREADS; i++)
			askers[i].disabled = 0;
		operate(w, "key.enable");
	}
	for (int i = 0; i < THREADS; i++) {
		askers[i].stop = true;
		pthread_join(ids[i], NULL);
		gate_thread_close(askers[i].thread);
		assert_int_equal(askers[i].wrong, 0);
	}
}

static void an_idle_thread_pins_no_log(void **state)
{
	struct world *w = *state;
	char *log = x_asprintf("%s-wal", w->s.path);
	struct stat st;

	assert_answers(w);
	gate_tick(w->gate);
	/* Refused with an error where a reader is in the way. */
	sql_run(w, "CREATE TEMP TABLE t (x CHECK (x = 0)); PRAGMA wal_checkpoint(TRUNCATE)");
	assert_int_equal(stat(log, &st), 0);
	assert_int_equal(st.st_size, 0);
	free(log);
}

static void a_busy_service_keeps_the_log_short(void **state)
{
	struct world *w = *state;
	char *log = x_asprintf("%s-wal", w->s.path);
	struct err e = ERR_INIT;
	struct stat st;

	for (int i = 0; i < 150; i++) {
		test_clock_advance(&w->s.clock, HOUR_MS); /* another hour: another row */
		assert_answers(w);
		assert_well(gate_write(w->gate, &e), &e);
		assert_answers(w);
	}
	assert_int_equal(stat(log, &st), 0);
	assert_true(st.st_size <= 512 * 1024);
	free(log);
}

static void the_clock_goes_on_in_an_open_snapshot(void **state)
{
	struct world *w = *state;
	char *secret = x_strdup(session_create_with(&w->s, "short", "expires", "1h"));

	assert_string_equal(code_of(w, secret), "VALID");
	test_clock_advance(&w->s.clock, HOUR_MS);
	assert_string_equal(code_of(w, secret), "EXPIRED");
	free(secret);
}

/* --- fails closed, and comes back ---------------------------------------------------------------------- */

static void a_store_that_was_moved_is_noticed_and_found_again(void **state)
{
	struct world *w = *state;
	char *away = x_asprintf("%s.away", w->s.path);

	assert_answers(w);
	assert_int_equal(rename(w->s.path, away), 0);
	gate_tick(w->gate);
	assert_false(health(w).readable);
	assert_shut(w, "there is no store");
	tick_later(w);
	assert_shut(w, "there is no store");
	assert_int_equal(rename(away, w->s.path), 0);
	assert_recovers(w);
	assert_string_equal(health(w).reason, "");
	free(away);
}

static void another_store_in_its_place_is_not_taken(void **state)
{
	struct world *w = *state;
	char *away = x_asprintf("%s.away", w->s.path);
	struct store *other = NULL;
	struct err e = ERR_INIT;

	assert_int_equal(rename(w->s.path, away), 0);
	gate_tick(w->gate);
	assert_well(store_open(&other,
			       &(struct store_options){ .url = w->s.path,
							.master_file = w->s.master_file,
							.create = true,
							.wait_ms = 5000,
							.clock = &w->s.clock.clock },
			       &e),
		    &e);
	store_close(other);
	tick_later(w);
	assert_shut(w, "another store");
	assert_int_equal(unlink(w->s.path), 0);
	assert_int_equal(rename(away, w->s.path), 0);
	free(away);
}

static void a_schema_of_a_later_release_shuts_it(void **state)
{
	struct world *w = *state;

	sql_run(w, "PRAGMA user_version = 99");
	assert_shut(w, "another release");
	assert_false(health(w).readable);
	tick_later(w);
	assert_shut(w, "newer");
	sql_run(w, "PRAGMA user_version = 3");
	assert_recovers(w);
}

static void a_folder_that_cannot_be_entered_shuts_it(void **state)
{
	struct world *w = *state;

	assert_int_equal(chmod(w->s.folder, 0777), 0);
	gate_reload(w->gate);
	gate_tick(w->gate);
	/* What is open goes on; what is to be opened is refused. */
	assert_answers(w);
	sql_run(w, "PRAGMA user_version = 99");
	assert_shut(w, "another release");
	sql_run(w, "PRAGMA user_version = 3");
	tick_later(w);
	assert_shut(w, NULL);
	assert_int_equal(chmod(w->s.folder, 0700), 0);
	assert_recovers(w);
}

static void a_missing_master_key_keeps_it_shut(void **state)
{
	struct world *w = *state;
	char *away = x_asprintf("%s.away", w->s.master_file);

	assert_int_equal(rename(w->s.master_file, away), 0);
	assert_answers(w);
	sql_run(w, "PRAGMA user_version = 99");
	assert_shut(w, NULL);
	sql_run(w, "PRAGMA user_version = 3");
	tick_later(w);
	assert_shut(w, "master key");
	assert_int_equal(rename(away, w->s.master_file), 0);
	assert_recovers(w);
	free(away);
}

static void a_store_that_another_program_holds_is_given_up_soon(void **state)
{
	struct world *w = *state;
	char *away = x_asprintf("%s.away", w->s.path);
	sqlite3 *db = NULL;

	assert_int_equal(rename(w->s.path, away), 0);
	gate_tick(w->gate);
	gate_write(w->gate, NULL); /* nothing of ours holds it any more */
	assert_int_equal(sqlite3_open(away, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE", NULL,
				      NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(rename(away, w->s.path), 0);
	tick_later(w);
	assert_shut(w, "is locked by a program");
	sqlite3_close(db);
	assert_recovers(w);
	free(away);
}

static off_t index_page(struct world *w)
{
	sqlite3_stmt *st = NULL;
	sqlite3 *db = NULL;
	off_t page;

	assert_int_equal(sqlite3_open(w->s.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(
				 db,
				 "SELECT rootpage FROM sqlite_schema WHERE name = 'version_lookup'",
				 -1, &st, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	page = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return page;
}

static bool flip(const char *path, off_t at)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	unsigned char bytes[64];

	if (pread(fd, bytes, sizeof bytes, at) != sizeof bytes)
		return false;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] ^= 0xff;
	return pwrite(fd, bytes, sizeof bytes, at) == sizeof bytes;
}

/* Damages the index of secrets, or mends it. By another process: closing the file here would drop the locks
 * of SQLite. */
static void index_flip(struct world *w)
{
	off_t page = index_page(w);
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(flip(w->s.path, (page - 1) * 4096) ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void a_damaged_page_lets_nobody_in_until_it_is_mended(void **state)
{
	struct world *w = *state;

	gate_tick(w->gate);
	sql_run(w, "PRAGMA wal_checkpoint(TRUNCATE)");
	gate_reload(w->gate); /* nothing of it is in memory */
	gate_tick(w->gate);
	index_flip(w);
	assert_shut(w, "is damaged");
	tick_later(w);
	assert_shut(w, "is damaged");
	assert_non_null(strstr(health(w).reason, "is damaged"));
	index_flip(w);
	assert_recovers(w);
}

static void limit_files(rlim_t size)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_disk_that_takes_nothing_stops_counts_and_no_answers(void **state)
{
	struct world *w = *state;
	struct err e = ERR_INIT;
	enum errc rc;

	assert_answers(w);
	limit_files(4096);
	rc = gate_write(w->gate, &e);
	for (int i = 0; i < 20; i++) {
		assert_answers(w);
		gate_tick(w->gate);
	}
	limit_files(RLIM_INFINITY);
	assert_int_equal(rc, ERR_STORE);
	assert_true(health(w).readable);
	assert_false(health(w).writable);
	assert_string_equal(health(w).reason, e.message);
	assert_well(gate_write(w->gate, &e), &e);
	assert_true(health(w).writable);
	assert_int_equal(counted(w, "VALID"), 21);
}

static void an_altered_row_is_refused_alone(void **state)
{
	struct world *w = *state;
	char *other = x_strdup(session_create(&w->s, "other"));

	operate(w, "key.disable");
	assert_string_equal(code_of(w, w->secret), "DISABLED");
	sql_run(w, "UPDATE apikey SET status = 1 WHERE name = 'k'");
	assert_shut(w, "altered");
	assert_true(health(w).readable);
	assert_non_null(strstr(health(w).reason, "altered"));
	assert_string_equal(code_of(w, other), "VALID");
	/* Under a ring key that the store never had. */
	sql_run(w, "UPDATE version SET secret_ring = 77 WHERE key = 1");
	assert_shut(w, NULL);
	assert_true(health(w).readable);
	assert_string_equal(code_of(w, other), "VALID");
	free(other);
}

static void rows_under_a_new_ring_key_verify(void **state)
{
	struct world *w = *state;
	struct err e = ERR_INIT;

	assert_answers(w);
	assert_well(session_other(&w->s, &e, "store.rekey", "yes", "", NULL), &e);
	operate(w, "key.disable");
	assert_string_equal(code_of(w, w->secret), "DISABLED");
	operate(w, "key.enable");
	assert_answers(w);
}

static void reload_opens_everything_anew(void **state)
{
	struct world *w = *state;
	struct err e = ERR_INIT;

	assert_answers(w);
	gate_reload(w->gate);
	gate_tick(w->gate);
	assert_answers(w);
	assert_well(gate_write(w->gate, &e), &e);
	assert_true(health(w).readable && health(w).writable);
}

/* --- limits and counts ----------------------------------------------------------------------------------- */

static void limits_are_charged_for_good_calls_only(void **state)
{
	struct world *w = *state;
	struct gate_answer a;
	struct err e = ERR_INIT;

	operate(w, "key.disable");
	for (int i = 0; i < 5; i++)
		assert_string_equal(code_of(w, w->secret), "DISABLED");
	operate(w, "key.enable");
	assert_well(ask(w->thread, w->secret, &a, &e), &e);
	assert_int_equal(a.limits.count, 1);
	assert_int_equal(a.limits.left[0].remaining, 2);
	assert_answers(w);
	assert_answers(w);
	assert_well(ask(w->thread, w->secret, &a, &e), &e);
	assert_int_equal(a.code, VERIFY_RATE_LIMITED);
	assert_int_equal(a.limits.retry_after_ms, 20 * MINUTE_MS);
	assert_int_equal(health(w).limited_keys, 0); /* as of the last round */
	assert_well(gate_write(w->gate, &e), &e);
	assert_int_equal(health(w).limited_keys, 1);
	test_clock_advance(&w->s.clock, 20 * MINUTE_MS);
	assert_answers(w);
}

static void what_was_used_up_outlives_a_restart(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 3; i++)
		assert_answers(w);
	gate_stop(w);
	gate_start(w);
	assert_string_equal(code_of(w, w->secret), "RATE_LIMITED");
}

static void a_round_writes_the_limits_of_all_keys(void **state)
{
	struct world *w = *state;
	struct limiter *l = w->gate->limiter;
	struct limit_verdict verdict;
	struct err e = ERR_INIT;

	for (int64_t key = 1; key <= 20000; key++)
		limiter_take(l, key, "5/day 9/hour", clock_boot_ns(w->gate->clock), &verdict);
	assert_int_equal(limiter_waiting(l), 20000);
	assert_well(gate_write(w->gate, &e), &e);
	assert_int_equal(limiter_waiting(l), 0);
}

static void counts_are_written_and_survive_a_failure(void **state)
{
	struct world *w = *state;
	struct err e = ERR_INIT;
	sqlite3 *db = NULL;

	assert_answers(w);
	assert_answers(w);
	assert_int_equal(sqlite3_open(w->s.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_refused(gate_write(w->gate, &e), ERR_STORE, &e, "locked");
	/* It was told; health keeps it. */
	assert_well(gate_write(w->gate, &e), &e);
	assert_false(health(w).writable);
	assert_non_null(strstr(health(w).reason, "locked"));
	assert_answers(w);
	sqlite3_close(db);
	assert_well(gate_write(w->gate, &e), &e);
	assert_true(health(w).writable);
	assert_int_equal(health(w).written_at, w->s.clock.wall);
	assert_int_equal(health(w).waiting, 0);
	assert_int_equal(counted(w, "VALID"), 3);
}

static void read_only_writes_nothing(void **state)
{
	struct world *w = *state;
	struct err e = ERR_INIT;

	w->s.options.read_only = true;
	session_reopen(&w->s);
	gate_start(w);
	assert_answers(w);
	assert_well(gate_write(w->gate, &e), &e);
	assert_true(health(w).readable);
	assert_false(health(w).writable);
	assert_false(health(w).counts);
	assert_string_equal(health(w).reason, "the store was opened to read only");
	gate_stop(w);
	assert_int_equal(counted(w, "VALID"), 0);
}

static void a_retiring_version_says_since_when(void **state)
{
	struct world *w = *state;
	struct gate_answer a;
	struct err e = ERR_INIT;
	int64_t rotated;

	test_clock_advance(&w->s.clock, DAY_MS);
	rotated = w->s.clock.wall;
	assert_well(
		session_run(&w->s, &e, "key.rotate", "key", "k", "grace", "7d", "yes", "", NULL),
		&e);
	test_clock_advance(&w->s.clock, DAY_MS);
	assert_well(ask(w->thread, w->secret, &a, &e), &e);
	assert_int_equal(a.code, VERIFY_VALID);
	assert_true(a.result->retiring);
	assert_int_equal(a.deprecated_at, rotated);
	assert_well(ask(w->thread, session_last_secret(&w->s), &a, &e), &e);
	assert_false(a.result->retiring);
	assert_int_equal(a.deprecated_at, TIME_NONE);
}

int main(void)
{
#define GATE_TEST(name, before) cmocka_unit_test_setup_teardown(name, before, teardown)
	const struct CMUnitTest tests[] = {
		GATE_TEST(each_change_of_another_process_is_seen, setup_bare),
		GATE_TEST(a_backup_changes_no_answer_and_a_restore_does, setup),
		GATE_TEST(threads_see_it_under_upkeep, setup),
		GATE_TEST(an_idle_thread_pins_no_log, setup),
		GATE_TEST(a_busy_service_keeps_the_log_short, setup),
		GATE_TEST(the_clock_goes_on_in_an_open_snapshot, setup),
		GATE_TEST(a_store_that_was_moved_is_noticed_and_found_again, setup),
		GATE_TEST(another_store_in_its_place_is_not_taken, setup),
		GATE_TEST(a_schema_of_a_later_release_shuts_it, setup),
		GATE_TEST(a_folder_that_cannot_be_entered_shuts_it, setup),
		GATE_TEST(a_missing_master_key_keeps_it_shut, setup),
		GATE_TEST(a_store_that_another_program_holds_is_given_up_soon, setup),
		GATE_TEST(a_damaged_page_lets_nobody_in_until_it_is_mended, setup),
		GATE_TEST(a_disk_that_takes_nothing_stops_counts_and_no_answers, setup),
		GATE_TEST(an_altered_row_is_refused_alone, setup),
		GATE_TEST(rows_under_a_new_ring_key_verify, setup),
		GATE_TEST(reload_opens_everything_anew, setup),
		GATE_TEST(limits_are_charged_for_good_calls_only, setup_limited),
		GATE_TEST(what_was_used_up_outlives_a_restart, setup_limited),
		GATE_TEST(a_round_writes_the_limits_of_all_keys, setup),
		GATE_TEST(counts_are_written_and_survive_a_failure, setup),
		GATE_TEST(read_only_writes_nothing, setup_bare),
		GATE_TEST(a_retiring_version_says_since_when, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
