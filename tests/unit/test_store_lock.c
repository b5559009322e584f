/* The writers' queue: one at a time, a wait that ends and names who holds it, nothing left behind. */
#include "tests/lib/store_fixture.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/file.h"

struct holder {
	pid_t pid;
	int release;
};

/* A process that holds the lock until told; returns once it has it. */
static struct holder holder_start(const char *path, const char *verb)
{
	int ready[2], release[2];
	struct holder h;
	char byte;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(release), 0);
	h.pid = fork();
	if (h.pid == 0) {
		struct lock *l = NULL;

		close(release[1]);
		if (lock_open(&l, path, true, NULL) || lock_take(l, 1000, verb, NULL))
			_exit(1);
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		_exit(read(release[0], &byte, 1) < 0);
	}
	close(ready[1]);
	close(release[0]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	h.release = release[1];
	return h;
}

static void holder_end(struct holder *h)
{
	int status;

	close(h->release);
	assert_int_equal(waitpid(h->pid, &status, 0), h->pid);
}

static struct lock *opened(const char *path)
{
	struct err e = ERR_INIT;
	struct lock *l;

	assert_well(lock_open(&l, path, true, &e), &e);
	return l;
}

static int setup(void **state)
{
	*state = temp_folder();
	return 0;
}

static int teardown(void **state)
{
	temp_folder_remove(*state);
	return 0;
}

static void it_is_taken_and_dropped(void **state)
{
	char *path = path_join(*state, "lock");
	struct lock *one = opened(path), *two = opened(path);
	struct err e = ERR_INIT;

	for (int i = 0; i < 3; i++) {
		assert_well(lock_take(one, 0, "a", &e), &e);
		lock_drop(one);
		assert_well(lock_take(two, 0, "b", &e), &e);
		lock_drop(two);
	}
	lock_drop(two);
	lock_close(two);
	lock_close(one);
	lock_close(NULL);
	free(path);
}

static void two_connections_of_a_process_exclude_each_other(void **state)
{
	char *path = path_join(*state, "lock"), who[64];
	struct lock *one = opened(path), *two = opened(path);
	struct err e = ERR_INIT;

	assert_well(lock_take(one, 0, "key.import", &e), &e);
	snprintf(who, sizeof who, "process %ld (key.import)", (long)getpid());
	assert_refused(lock_take(two, 20, "key.list", &e), ERR_STORE, &e, who);
	lock_drop(one);
	assert_well(lock_take(two, 20, "key.list", &e), &e);
	lock_close(two);
	lock_close(one);
	free(path);
}

static void a_wait_that_ended_names_the_holder(void **state)
{
	char *path = path_join(*state, "lock"), who[64];
	struct holder h = holder_start(path, "key.rotate");
	struct lock *l = opened(path);
	struct err e = ERR_INIT;

	snprintf(who, sizeof who, "process %ld (key.rotate)", (long)h.pid);
	assert_refused(lock_take(l, 30, "key.list", &e), ERR_STORE, &e, who);
	assert_refused(lock_take(l, 0, "key.list", &e), ERR_STORE, &e, "--wait");
	holder_end(&h);
	assert_well(lock_take(l, 5000, "key.list", &e), &e);
	lock_close(l);
	free(path);
}

static void a_killed_holder_leaves_nothing(void **state)
{
	char *path = path_join(*state, "lock");
	struct holder h = holder_start(path, "key.create");
	struct lock *l = opened(path);
	struct err e = ERR_INIT;

	assert_int_equal(kill(h.pid, SIGKILL), 0);
	assert_well(lock_take(l, 5000, "key.list", &e), &e);
	holder_end(&h);
	lock_close(l);
	free(path);
}

static void a_stopped_holder_is_waited_for_no_longer_than_asked(void **state)
{
	char *path = path_join(*state, "lock");
	struct holder h = holder_start(path, "key.create");
	struct lock *l = opened(path);
	struct err e = ERR_INIT;

	assert_int_equal(kill(h.pid, SIGSTOP), 0);
	assert_refused(lock_take(l, 30, "key.list", &e), ERR_STORE, &e, "(key.create)");
	/* One that left no name is looked for by the file. */
	assert_int_equal(truncate(path, 0), 0);
	assert_refused(lock_take(l, 30, "key.list", &e), ERR_STORE, &e, "another process");
	assert_non_null(strstr(e.hint, "lsof"));
	assert_int_equal(kill(h.pid, SIGCONT), 0);
	holder_end(&h);
	lock_close(l);
	free(path);
}

static void a_wait_that_was_given_up_takes_nothing_later(void **state)
{
	char *path = path_join(*state, "lock");
	struct holder h = holder_start(path, "key.create");
	struct lock *one = opened(path), *two = opened(path);
	struct err e = ERR_INIT;

	for (int i = 0; i < 5; i++)
		assert_refused(lock_take(one, 5, "a", &e), ERR_STORE, &e, NULL);
	holder_end(&h);
	assert_well(lock_take(two, 5000, "b", &e), &e);
	lock_drop(two);
	assert_well(lock_take(one, 5000, "a", &e), &e);
	lock_close(two);
	lock_close(one);
	free(path);
}

struct interruption {
	struct lock *l;
	enum errc rc;
};

static void *take_long(void *arg)
{
	struct interruption *i = arg;

	i->rc = lock_take(i->l, 60000, "b", NULL);
	return NULL;
}

static void a_wait_can_be_interrupted(void **state)
{
	char *path = path_join(*state, "lock");
	struct lock *one = opened(path);
	struct interruption i = { .l = opened(path), .rc = ERR_OK };
	struct timespec moment = { .tv_nsec = 1000000 };
	struct err e = ERR_INIT;
	pthread_t thread;
	int joined;

	assert_well(lock_take(one, 0, "a", &e), &e);
	assert_int_equal(pthread_create(&thread, NULL, take_long, &i), 0);
	/* Whether it waits already can't be seen: told again until it has ended. */
	do {
		struct timespec until;

		lock_interrupt(i.l);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += moment.tv_nsec;
		if (until.tv_nsec >= 1000000000) {
			until.tv_sec++;
			until.tv_nsec -= 1000000000;
		}
		joined = pthread_timedjoin_np(thread, NULL, &until);
	} while (joined != 0);
	assert_int_equal(i.rc, ERR_CANCELLED);
	lock_close(i.l);
	lock_close(one);
	free(path);
}

static void a_replaced_lock_file_is_noticed(void **state)
{
	char *path = path_join(*state, "lock");
	struct lock *one = opened(path), *two;
	struct err e = ERR_INIT;

	assert_int_equal(unlink(path), 0);
	two = opened(path);
	assert_well(lock_take(one, 0, "a", &e), &e);
	assert_refused(lock_take(two, 5, "b", &e), ERR_STORE, &e, "(a)");
	lock_close(two);
	lock_close(one);
	free(path);
}

static void a_link_as_lock_is_refused(void **state)
{
	char *path = path_join(*state, "lock"), *other = path_join(*state, "other");
	struct lock *l;
	struct err e = ERR_INIT;

	file_put(other, "x");
	assert_int_equal(symlink(other, path), 0);
	assert_refused(lock_open(&l, path, true, &e), ERR_STORE, &e, "lock");
	assert_null(l);
	free(other);
	free(path);
}

/* --- through the store ------------------------------------------------------------------------------------ */

/* Adds one to the note of the key, as often as told; each reads what it changes under the lock. */
static enum errc count_up(const struct store_options *o, const char *id, int times, struct err *e)
{
	struct store *s = NULL;
	struct key k;
	enum errc rc = store_open(&s, o, e);

	key_init(&k);
	for (int i = 0; i < times && !rc; i++) {
		struct audit_event ev = { .actor = x_strdup("{}"),
					  .operation = x_strdup("test"),
					  .object = x_strdup(id),
					  .name = x_strdup(""),
					  .detail = x_strdup("{}") };

		rc = store_begin(s, e);
		if (!rc)
			rc = key_get(s, id, &k, e);
		if (!rc) {
			int64_t n = strtoll(k.note, NULL, 10);

			free(k.note);
			k.note = x_asprintf("%lld", (long long)n + 1);
			rc = key_update(s, &k, e);
		}
		if (!rc)
			rc = audit_append(s, &ev, e);
		if (!rc)
			rc = store_commit(s, e);
		audit_event_release(&ev);
	}
	key_release(&k);
	store_close(s);
	return rc;
}

static void eight_writers_lose_no_update(void **state)
{
	enum { WRITERS = 8, TIMES = 12 };
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_create(f, "shared"));
	pid_t children[WRITERS];
	struct key k;
	int status;

	f->options.wait_ms = 60000;
	for (size_t i = 0; i < WRITERS; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			struct err e = ERR_INIT;
			enum errc rc = count_up(&f->options, id, TIMES, &e);

			if (rc)
				fprintf(stderr, "# %s\n", e.message);
			_exit(rc);
		}
	}
	for (size_t i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	key_init(&k);
	assert_true(fixture_get(f, id, &k));
	assert_int_equal(strtoll(k.note, NULL, 10), WRITERS * TIMES);
	assert_int_equal(k.revision, 1 + WRITERS * TIMES);
	key_release(&k);
	free(id);
}

static void a_writer_that_does_not_queue_is_told_apart(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct db *d;

	assert_well(db_open(&d, &engine_sqlite, f->path, 0, &e), &e);
	assert_well(db_exec(d, "BEGIN IMMEDIATE", &e), &e);
	f->options.wait_ms = 20;
	fixture_reopen(f);
	assert_refused(store_begin(f->s, &e), ERR_STORE, &e, "does not queue");
	assert_well(db_exec(d, "ROLLBACK", &e), &e);
	db_close(d);
	fixture_create(f, "after");
}

int main(void)
{
#define LOCK_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		LOCK_TEST(it_is_taken_and_dropped),
		LOCK_TEST(two_connections_of_a_process_exclude_each_other),
		LOCK_TEST(a_wait_that_ended_names_the_holder),
		LOCK_TEST(a_killed_holder_leaves_nothing),
		LOCK_TEST(a_stopped_holder_is_waited_for_no_longer_than_asked),
		LOCK_TEST(a_wait_that_was_given_up_takes_nothing_later),
		LOCK_TEST(a_wait_can_be_interrupted),
		LOCK_TEST(a_replaced_lock_file_is_noticed),
		LOCK_TEST(a_link_as_lock_is_refused),
		STORE_TEST(eight_writers_lose_no_update),
		STORE_TEST(a_writer_that_does_not_queue_is_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
