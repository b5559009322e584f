/* The thread that takes connections. */
#include "src/serve/acceptor.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/loop.h"

enum { SWEEP_MS = 500, PAUSE_MS = 100, RESUME_MS = 50 };

/* A request that has begun has this long to be sent and its answer to be taken; who is connected without
 * asking may stay longer once it has asked before: proxies keep connections for a minute. */
static const struct connection_patience patience = {
	.of = {
		[CONNECTION_NEW] = 10 * SECOND_MS,
		[CONNECTION_BUSY] = 10 * SECOND_MS,
		[CONNECTION_IDLE] = 75 * SECOND_MS,
	},
};

struct door {
	struct acceptor *acceptor;
	const struct listener *listener;
};

struct acceptor {
	struct service *service;
	size_t door_count, capacity, turn;
	struct log_state full;
	struct door *doors;
	struct loop *loop;
	pthread_t thread;
};

static size_t connections_count(struct worker *w)
{
	return atomic_load_explicit(&worker_connections(w)->count, memory_order_relaxed);
}

static size_t sweep(struct acceptor *a, const struct connection_patience *p)
{
	size_t ended = 0;

	for (size_t i = 0; i < a->service->worker_count; i++)
		ended += connections_sweep(worker_connections(a->service->workers[i]), p);
	return ended;
}

/* The one that has been so for longest goes, and others about as old. */
static bool oldest_end(struct acceptor *a, enum connection_phase phase)
{
	size_t ended = 0;

	for (int64_t ms = 64 * SECOND_MS; !ended && ms; ms /= 2) {
		struct connection_patience p = { .of = { 0 } };

		p.of[phase] = ms;
		ended = sweep(a, &p);
	}
	return ended;
}

static bool is_full(struct acceptor *a)
{
	size_t total = 0;

	for (size_t i = 0; i < a->service->worker_count; i++)
		total += connections_count(a->service->workers[i]);
	return total >= a->capacity;
}

/* When no more fit, those go first who never asked for anything, then those who wait to ask again. */
static void make_room(struct acceptor *a, bool full)
{
	if (log_changed(&a->full, full))
		log_line(&a->service->log,
			 full ? "no more connections fit: raise the limit of open files"
			      : "connections fit again");
	if (full && !oldest_end(a, CONNECTION_NEW))
		oldest_end(a, CONNECTION_IDLE);
}

/* Among equals the one whose turn it is. */
static struct worker *least_busy(struct acceptor *a)
{
	struct worker *best = a->service->workers[a->turn++ % a->service->worker_count];

	for (size_t i = 0; i < a->service->worker_count; i++)
		if (connections_count(a->service->workers[i]) < connections_count(best))
			best = a->service->workers[i];
	return best;
}

static void doors_open(void *arg);

/* Without descriptors the socket would be ready all the time. */
static void doors_shut(struct acceptor *a)
{
	for (size_t i = 0; i < a->door_count; i++)
		loop_watch(a->loop, a->doors[i].listener->fd, 0, NULL, NULL);
	loop_after(a->loop, PAUSE_MS, doors_open, a);
}

static void accept_all(void *arg, short revents)
{
	struct door *d = arg;
	struct acceptor *a = d->acceptor;

	(void)revents;
	for (;;) {
		int fd = accept4(d->listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			worker_take(least_busy(a), fd);
			make_room(a, is_full(a));
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
			   errno == ENOBUFS) {
			make_room(a, true);
			doors_shut(a);
			return;
		} else if (errno != EINTR && errno != ECONNABORTED) {
			return;
		}
	}
}

static void doors_open(void *arg)
{
	struct acceptor *a = arg;

	for (size_t i = 0; i < a->door_count; i++)
		loop_watch(a->loop, a->doors[i].listener->fd, POLLIN, accept_all, &a->doors[i]);
}

static void sweep_tick(void *arg)
{
	struct acceptor *a = arg;

	sweep(a, &patience);
	make_room(a, is_full(a));
	loop_after(a->loop, SWEEP_MS, sweep_tick, a);
}

static void resume_tick(void *arg)
{
	struct acceptor *a = arg;

	for (size_t i = 0; i < a->service->worker_count; i++)
		worker_resume(a->service->workers[i], false);
	loop_after(a->loop, RESUME_MS, resume_tick, a);
}

static void *acceptor_run(void *arg)
{
	struct acceptor *a = arg;

	doors_open(a);
	sweep_tick(a);
	resume_tick(a);
	loop_run(a->loop);
	for (size_t i = 0; i < a->door_count; i++)
		accept_all(&a->doors[i], POLLIN);
	return NULL;
}

static void acceptor_free(struct acceptor *a)
{
	loop_free(a->loop);
	free(a->doors);
	free(a);
}

enum errc acceptor_start(struct acceptor **out, struct service *s, const struct listeners *l,
			 size_t capacity, struct err *e)
{
	struct acceptor *a = x_calloc(1, sizeof(*a));

	*a = (struct acceptor){ .service = s,
				.door_count = l->count,
				.capacity = capacity,
				.doors = x_calloc(l->count, sizeof(*a->doors)),
				.loop = loop_new() };
	for (size_t i = 0; i < l->count; i++)
		a->doors[i] = (struct door){ a, &l->items[i] };
	errno = pthread_create(&a->thread, NULL, acceptor_run, a);
	if (errno) {
		acceptor_free(a);
		return err_errno(e, ERR_STORE, "can't start the thread that takes connections");
	}
	*out = a;
	return ERR_OK;
}

void acceptor_stop(struct acceptor *a)
{
	if (!a)
		return;
	loop_post_stop(a->loop);
	pthread_join(a->thread, NULL);
	acceptor_free(a);
}
