/* The writers' queue: a lock file beside the store, taken before BEGIN IMMEDIATE. The kernel wakes who
 * waits in order; SQLite's own time-outs let some writers starve. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"

enum { RECORD_SIZE = 128 }; /* who holds it; never shorter, so that a full disk has room for it */

/* A wait runs in a thread of its own, since flock(2) has no time-out and signals belong to the front
 * end. Who gave up leaves it behind; it lets go of what it gets. */
struct waiter {
	pthread_mutex_t mutex;
	pthread_cond_t done;
	int fd;	   /* own descriptor, closed by the thread when abandoned */
	int error; /* of flock; 0: taken */
	bool finished, abandoned, cancelled;
	int users;
};

struct lock {
	char *path;
	int fd;
	bool held;
	pthread_mutex_t mutex; /* over `waiter` */
	struct waiter *waiter; /* of the wait under way, for lock_interrupt() */
};

static enum errc open_file(struct lock *l, bool create, struct err *e)
{
	static const char blank[RECORD_SIZE];
	struct stat st;

	l->fd = open(l->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
	if (l->fd < 0)
		return err_errno(e, ERR_STORE, "can't open the lock \"%s\"", l->path);
	if (fstat(l->fd, &st) == 0 && st.st_size < RECORD_SIZE &&
	    pwrite(l->fd, blank, sizeof blank, 0) < 0 && errno != ENOSPC)
		return err_errno(e, ERR_STORE, "can't write the lock \"%s\"", l->path);
	return ERR_OK;
}

enum errc lock_open(struct lock **out, const char *path, bool create, struct err *e)
{
	struct lock *l = x_calloc(1, sizeof *l);
	enum errc rc;

	pthread_mutex_init(&l->mutex, NULL);
	l->path = x_strdup(path);
	rc = open_file(l, create, e);
	if (rc) {
		lock_close(l);
		l = NULL;
	}
	*out = l;
	return rc;
}

void lock_close(struct lock *l)
{
	if (!l)
		return;
	if (l->fd >= 0)
		close(l->fd);
	pthread_mutex_destroy(&l->mutex);
	free(l->path);
	free(l);
}

/* --- waiting -------------------------------------------------------------------------------------- */

static void waiter_drop(struct waiter *w)
{
	int users;

	pthread_mutex_lock(&w->mutex);
	users = --w->users;
	pthread_mutex_unlock(&w->mutex);
	if (users > 0)
		return;
	pthread_cond_destroy(&w->done);
	pthread_mutex_destroy(&w->mutex);
	free(w);
}

static void *waiter_run(void *arg)
{
	struct waiter *w = arg;
	int error = 0;

	while (flock(w->fd, LOCK_EX) != 0) {
		error = errno;
		if (error != EINTR)
			break;
		error = 0;
	}
	pthread_mutex_lock(&w->mutex);
	w->error = error;
	w->finished = true;
	if (w->abandoned)
		close(w->fd);
	pthread_cond_signal(&w->done);
	pthread_mutex_unlock(&w->mutex);
	waiter_drop(w);
	return NULL;
}

static struct waiter *waiter_new(int fd)
{
	struct waiter *w = x_calloc(1, sizeof *w);
	pthread_condattr_t attributes;

	pthread_mutex_init(&w->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&w->done, &attributes);
	pthread_condattr_destroy(&attributes);
	w->fd = fd;
	w->users = 2;
	return w;
}

/* Signals stay with the threads that know what to do with them. */
static int waiter_start(struct waiter *w)
{
	pthread_attr_t attributes;
	pthread_t thread;
	sigset_t all, before;
	int error;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, &attributes, waiter_run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return error;
}

static struct timespec deadline(int64_t wait_ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += wait_ms / 1000;
	at.tv_nsec += wait_ms % 1000 * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

/* Waits for the thread. 0 taken, ETIMEDOUT, ECANCELED, or flock's error. */
static int waiter_wait(struct waiter *w, int64_t wait_ms)
{
	struct timespec until = deadline(wait_ms);
	int error = 0;

	pthread_mutex_lock(&w->mutex);
	while (!w->finished && !w->cancelled && error != ETIMEDOUT)
		error = pthread_cond_timedwait(&w->done, &w->mutex, &until);
	if (w->finished)
		error = w->error;
	else if (w->cancelled)
		error = ECANCELED;
	w->abandoned = !w->finished;
	pthread_mutex_unlock(&w->mutex);
	return error;
}

/* The thread gets its own descriptor of the same file, so that leaving it behind leaves ours alone. */
static int wait_in_queue(struct lock *l, int64_t wait_ms)
{
	int fd = open(l->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC), error;
	struct waiter *w;

	if (fd < 0)
		return errno;
	w = waiter_new(fd);
	pthread_mutex_lock(&l->mutex);
	l->waiter = w;
	pthread_mutex_unlock(&l->mutex);
	error = waiter_start(w);
	if (error) {
		w->users--;
		close(fd);
	} else {
		error = waiter_wait(w, wait_ms);
		if (!w->abandoned && error)
			close(fd);
	}
	pthread_mutex_lock(&l->mutex);
	l->waiter = NULL;
	pthread_mutex_unlock(&l->mutex);
	if (!error) {
		close(l->fd);
		l->fd = fd;
	}
	waiter_drop(w);
	return error;
}

void lock_interrupt(struct lock *l)
{
	pthread_mutex_lock(&l->mutex);
	if (l->waiter) {
		pthread_mutex_lock(&l->waiter->mutex);
		l->waiter->cancelled = true;
		pthread_cond_signal(&l->waiter->done);
		pthread_mutex_unlock(&l->waiter->mutex);
	}
	pthread_mutex_unlock(&l->mutex);
}

/* --- taking ---------------------------------------------------------------------------------------- */

/* The record of who holds it: "PID VERB". */
static bool holder_read(const struct lock *l, long *pid, char verb[64])
{
	char holder[RECORD_SIZE + 1] = "", *end = holder;

	if (pread(l->fd, holder, RECORD_SIZE, 0) <= 0)
		return false;
	*pid = strtol(holder, &end, 10);
	if (end == holder || *end != ' ')
		return false;
	snprintf(verb, 64, "%.*s", (int)strcspn(end + 1, " \n"), end + 1);
	return verb[0];
}

static enum errc waited_too_long(const struct lock *l, int64_t wait_ms, struct err *e)
{
	char verb[64] = "";
	long pid = 0;

	if (holder_read(l, &pid, verb)) {
		err_set(e, ERR_STORE,
			"waited %lld s for process %ld (%s), which is changing the store",
			(long long)(wait_ms / 1000), pid, verb);
		err_hint(e, "look what it is doing (ps %ld), or wait longer with --wait", pid);
	} else {
		err_set(e, ERR_STORE, "waited %lld s for another process, which holds \"%s\"",
			(long long)(wait_ms / 1000), l->path);
		err_hint(e, "look who it is (lsof \"%s\"), or wait longer with --wait", l->path);
	}
	return ERR_STORE;
}

/* The file may have been replaced while we waited: then others queue on the new one. */
static bool still_there(const struct lock *l)
{
	struct stat ours, there;

	return fstat(l->fd, &ours) == 0 && lstat(l->path, &there) == 0 &&
	       ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

static void sign(const struct lock *l, const char *verb)
{
	char record[RECORD_SIZE] = "";
	ssize_t n;

	snprintf(record, sizeof record, "%ld %s\n", (long)getpid(),
		 verb && *verb ? verb : "authrack");
	n = pwrite(l->fd, record, sizeof record, 0);
	(void)n; /* a name that can't be told is no reason to stop */
}

enum errc lock_take(struct lock *l, int64_t wait_ms, const char *verb, struct err *e)
{
	bool there;

	do {
		int error = flock(l->fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
		enum errc rc = ERR_OK;

		if (error == EWOULDBLOCK || error == EINTR)
			error = wait_in_queue(l, wait_ms);
		if (error == ETIMEDOUT)
			return waited_too_long(l, wait_ms, e);
		if (error == ECANCELED)
			return err_set(e, ERR_CANCELLED, "waiting for the store was cancelled");
		errno = error;
		if (error)
			return err_errno(e, ERR_STORE, "can't lock \"%s\"", l->path);
		there = still_there(l);
		if (!there) {
			close(l->fd);
			rc = open_file(l, true, e);
		}
		if (rc)
			return rc;
	} while (!there);
	sign(l, verb);
	l->held = true;
	return ERR_OK;
}

void lock_drop(struct lock *l)
{
	if (l && l->held)
		flock(l->fd, LOCK_UN);
	if (l)
		l->held = false;
}
