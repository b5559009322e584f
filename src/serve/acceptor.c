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

enum { SWEEP_MS = 500, PAUSE_MS = 100 };

/* A request that has begun has this long to be sent and its answer to be taken; who is connected without
 * asking may stay longer once it has asked before: proxies keep connections for a minute. */
static const struct client_patience patience = { .of = {
							 [CLIENT_NEW] = 10 * SECOND_MS,
							 [CLIENT_BUSY] = 10 * SECOND_MS,
							 [CLIENT_IDLE] = 75 * SECOND_MS,
						 } };

struct acceptor;

struct door {
	struct acceptor *acceptor;
	const struct listener *listener;
};

struct acceptor {
	struct worker *const *workers;
	size_t worker_count, door_count, capacity, turn;
	struct door *doors;
	struct loop *loop;
	pthread_t thread;
};

static size_t clients_count(struct worker *w)
{
	return atomic_load_explicit(&worker_clients(w)->count, memory_order_relaxed);
}

static void sweep(struct acceptor *a, const struct client_patience *p, size_t *ended)
{
	for (size_t i = 0; i < a->worker_count; i++)
		*ended += clients_sweep(worker_clients(a->workers[i]), p);
}

/* When no more fit, those go that have been idle for longest. */
static void make_room(struct acceptor *a)
{
	size_t total = 0, ended = 0;

	for (size_t i = 0; i < a->worker_count; i++)
		total += clients_count(a->workers[i]);
	if (total < a->capacity)
		return;
	for (int64_t ms = 32 * SECOND_MS; !ended && ms; ms /= 2) {
		const struct client_patience p = {
			.of = { [CLIENT_NEW] = ms, [CLIENT_IDLE] = ms }
		};

		sweep(a, &p, &ended);
	}
}

/* Among equals the one whose turn it is. */
static struct worker *least_busy(struct acceptor *a)
{
	struct worker *best = a->workers[a->turn++ % a->worker_count];

	for (size_t i = 0; i < a->worker_count; i++)
		if (clients_count(a->workers[i]) < clients_count(best))
			best = a->workers[i];
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
			make_room(a);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
			   errno == ENOBUFS) {
			make_room(a);
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
	size_t ended = 0;

	sweep(a, &patience, &ended);
	loop_after(a->loop, SWEEP_MS, sweep_tick, a);
}

static void *acceptor_run(void *arg)
{
	struct acceptor *a = arg;

	doors_open(a);
	sweep_tick(a);
	loop_run(a->loop);
	for (size_t i = 0; i < a->door_count; i++)
		accept_all(&a->doors[i], POLLIN);
	return NULL;
}

struct acceptor *acceptor_start(const struct listeners *l, struct worker *const *workers,
				size_t worker_count, size_t capacity)
{
	struct acceptor *a = x_calloc(1, sizeof(*a));

	*a = (struct acceptor){ .workers = workers,
				.worker_count = worker_count,
				.door_count = l->count,
				.capacity = capacity,
				.doors = x_calloc(l->count, sizeof(*a->doors)),
				.loop = loop_new() };
	for (size_t i = 0; i < l->count; i++)
		a->doors[i] = (struct door){ a, &l->items[i] };
	if (pthread_create(&a->thread, NULL, acceptor_run, a) != 0)
		alloc_exhausted();
	return a;
}

static void stop(void *arg)
{
	loop_stop(arg);
}

void acceptor_stop(struct acceptor *a)
{
	if (!a)
		return;
	loop_post(a->loop, stop, a->loop);
	pthread_join(a->thread, NULL);
	loop_free(a->loop);
	free(a->doors);
	free(a);
}
