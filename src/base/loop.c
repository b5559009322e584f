/* One thread's event loop. Callbacks may watch, stop watching, arm, cancel and post at will: each
 * round works on what was there when it began. */
#include "src/base/loop.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "src/base/alloc.h"

struct watch {
	int fd;
	short events;
	uint64_t serial; /* tells a descriptor from a later one of the same number */
	void (*call)(void *arg, short revents);
	void *arg;
};

struct signal_call {
	void (*call)(void *arg, int signal_number);
	void *arg;
};

struct loop_timer {
	int64_t deadline; /* milliseconds of CLOCK_MONOTONIC */
	uint64_t serial;
	void (*call)(void *arg);
	void *arg;
	struct loop_timer *next;
};

struct post {
	void (*call)(void *arg);
	void *arg;
	struct post *next;
};

struct loop {
	struct watch *watches;
	struct pollfd *polled; /* the round's copy of the watches … */
	uint64_t *serials;     /* … and which ones they were */
	size_t count, size, polled_size;
	struct loop_timer *timers; /* by deadline, then by age */
	uint64_t serial;
	struct signal_call signals[_NSIG];
	sigset_t blocked; /* by this loop: unblocked when it goes */
	int signal_fd;
	int post_fd;
	pthread_mutex_t lock; /* over the posts */
	struct post *posts, **posts_end;
	bool stopped;
};

static void signals_read(void *arg, short revents);
static void posts_read(void *arg, short revents);

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct loop *loop_new(void)
{
	struct loop *l = x_calloc(1, sizeof(*l));

	sigemptyset(&l->blocked);
	l->signal_fd = signalfd(-1, &l->blocked, SFD_CLOEXEC | SFD_NONBLOCK);
	l->post_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->signal_fd < 0 || l->post_fd < 0)
		alloc_exhausted();
	pthread_mutex_init(&l->lock, NULL);
	l->posts_end = &l->posts;
	loop_watch(l, l->signal_fd, POLLIN, signals_read, l);
	loop_watch(l, l->post_fd, POLLIN, posts_read, l);
	return l;
}

static void posts_free(struct post *p)
{
	while (p) {
		struct post *next = p->next;

		free(p);
		p = next;
	}
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	while (l->timers)
		loop_cancel(l, l->timers);
	posts_free(l->posts);
	close(l->signal_fd);
	close(l->post_fd);
	pthread_mutex_destroy(&l->lock);
	pthread_sigmask(SIG_UNBLOCK, &l->blocked, NULL);
	free(l->watches);
	free(l->polled);
	free(l->serials);
	free(l);
}

static struct watch *watch_find(struct loop *l, int fd)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->watches[i].fd == fd)
			return &l->watches[i];
	return NULL;
}

static struct watch *watch_add(struct loop *l, int fd)
{
	struct watch *w;

	if (l->count == l->size) {
		l->size = l->size ? 2 * l->size : 8;
		l->watches = x_reallocarray(l->watches, l->size, sizeof(*l->watches));
	}
	w = &l->watches[l->count++];
	*w = (struct watch){ .fd = fd, .serial = ++l->serial };
	return w;
}

void loop_watch(struct loop *l, int fd, short events, void (*call)(void *arg, short revents),
		void *arg)
{
	struct watch *w = watch_find(l, fd);

	if (!events) {
		if (w)
			*w = l->watches[--l->count];
		return;
	}
	if (!w)
		w = watch_add(l, fd);
	w->events = events;
	w->call = call;
	w->arg = arg;
}

void loop_signal(struct loop *l, int signal_number, void (*call)(void *arg, int signal_number),
		 void *arg)
{
	sigset_t one, before, all;

	sigemptyset(&one);
	sigaddset(&one, signal_number);
	pthread_sigmask(SIG_BLOCK, &one, &before);
	if (!sigismember(&before, signal_number))
		sigaddset(&l->blocked, signal_number);
	l->signals[signal_number] = (struct signal_call){ call, arg };
	sigemptyset(&all);
	for (int i = 1; i < _NSIG; i++)
		if (l->signals[i].call)
			sigaddset(&all, i);
	signalfd(l->signal_fd, &all, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void signals_read(void *arg, short revents)
{
	struct loop *l = arg;
	struct signalfd_siginfo info;

	(void)revents;
	while (read(l->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		const struct signal_call *s = &l->signals[info.ssi_signo];

		if (s->call)
			s->call(s->arg, (int)info.ssi_signo);
	}
}

void loop_post(struct loop *l, void (*call)(void *arg), void *arg)
{
	struct post *p = x_malloc(sizeof(*p));

	*p = (struct post){ .call = call, .arg = arg };
	pthread_mutex_lock(&l->lock);
	*l->posts_end = p;
	l->posts_end = &p->next;
	pthread_mutex_unlock(&l->lock);
	eventfd_write(l->post_fd, 1);
}

static void posts_read(void *arg, short revents)
{
	struct loop *l = arg;
	struct post *p, *next;
	eventfd_t count;

	(void)revents;
	eventfd_read(l->post_fd, &count);
	pthread_mutex_lock(&l->lock);
	p = l->posts;
	l->posts = NULL;
	l->posts_end = &l->posts;
	pthread_mutex_unlock(&l->lock);
	for (; p; p = next) {
		next = p->next;
		p->call(p->arg);
		free(p);
	}
}

struct loop_timer *loop_after(struct loop *l, int64_t delay_ms, void (*call)(void *arg), void *arg)
{
	struct loop_timer *t = x_malloc(sizeof(*t)), **at = &l->timers;

	/* One more than the clock shows: the millisecond that runs is partly over. */
	*t = (struct loop_timer){ .deadline = monotonic_ms() + (delay_ms > 0 ? delay_ms + 1 : 0),
				  .serial = ++l->serial,
				  .call = call,
				  .arg = arg };
	while (*at && (*at)->deadline <= t->deadline)
		at = &(*at)->next;
	t->next = *at;
	*at = t;
	return t;
}

void loop_cancel(struct loop *l, struct loop_timer *t)
{
	struct loop_timer **at = &l->timers;

	if (!t)
		return;
	while (*at && *at != t)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = t->next;
	free(t);
}

/* A timer that a callback arms waits for the next round, even when it is due at once. */
static void timers_run(struct loop *l)
{
	int64_t now = monotonic_ms();
	uint64_t newest = l->serial;
	struct loop_timer *t;

	while ((t = l->timers) && t->deadline <= now && t->serial <= newest) {
		l->timers = t->next;
		t->call(t->arg);
		free(t);
	}
}

static int wait_time(const struct loop *l, int timeout_ms)
{
	int64_t left;

	if (!l->timers)
		return timeout_ms;
	left = l->timers->deadline - monotonic_ms();
	if (left < 0)
		left = 0;
	if (timeout_ms >= 0 && timeout_ms < left)
		return timeout_ms;
	return left > INT_MAX ? INT_MAX : (int)left;
}

static void polled_fill(struct loop *l)
{
	if (l->polled_size < l->count) {
		l->polled_size = l->size;
		l->polled = x_reallocarray(l->polled, l->size, sizeof(*l->polled));
		l->serials = x_reallocarray(l->serials, l->size, sizeof(*l->serials));
	}
	for (size_t i = 0; i < l->count; i++) {
		l->polled[i] = (struct pollfd){ .fd = l->watches[i].fd,
						.events = l->watches[i].events };
		l->serials[i] = l->watches[i].serial;
	}
}

void loop_step(struct loop *l, int timeout_ms)
{
	size_t count = l->count;
	int ready;

	polled_fill(l);
	ready = poll(l->polled, count, wait_time(l, timeout_ms));
	for (size_t i = 0; ready > 0 && i < count; i++) {
		struct watch *w = watch_find(l, l->polled[i].fd);

		if (l->polled[i].revents && w && w->serial == l->serials[i])
			w->call(w->arg, l->polled[i].revents);
	}
	timers_run(l);
}

void loop_run(struct loop *l)
{
	l->stopped = false;
	while (!l->stopped)
		loop_step(l, -1);
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
}

static void stop_posted(void *arg)
{
	loop_stop(arg);
}

void loop_post_stop(struct loop *l)
{
	loop_post(l, stop_posted, l);
}
