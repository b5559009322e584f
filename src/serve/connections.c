/* The open connections of one thread. */
#include "src/serve/connections.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"

void connections_init(struct connections *c)
{
	*c = (struct connections){ .first = NULL };
	pthread_mutex_init(&c->lock, NULL);
}

void connections_release(struct connections *c)
{
	pthread_mutex_destroy(&c->lock);
}

static void peer_read(struct connection *one)
{
	struct sockaddr_storage a = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(a);

	getpeername(one->fd, (struct sockaddr *)&a, &len);
	one->is_unix = !address_of_socket(&one->peer, (const struct sockaddr *)&a);
}

struct connection *connection_open(struct connections *c, int fd)
{
	struct connection *one = x_calloc(1, sizeof(*one));

	one->fd = fd;
	peer_read(one);
	connection_enter(one, CONNECTION_NEW);
	pthread_mutex_lock(&c->lock);
	one->next = c->first;
	one->link = &c->first;
	if (one->next)
		one->next->link = &one->next;
	c->first = one;
	pthread_mutex_unlock(&c->lock);
	return one;
}

void connection_close(struct connections *c, struct connection *one)
{
	pthread_mutex_lock(&c->lock);
	*one->link = one->next;
	if (one->next)
		one->next->link = one->link;
	pthread_mutex_unlock(&c->lock);
	atomic_fetch_sub_explicit(&c->count, 1, memory_order_relaxed);
	free(one);
}

void connection_enter(struct connection *one, enum connection_phase phase)
{
	atomic_store_explicit(&one->since, ticks_ms(), memory_order_relaxed);
	atomic_store_explicit(&one->phase, phase, memory_order_release);
}

size_t connections_sweep(struct connections *c, const struct connection_patience *p)
{
	int64_t now = ticks_ms();
	size_t ended = 0;

	pthread_mutex_lock(&c->lock);
	for (struct connection *one = c->first; one; one = one->next) {
		int phase = atomic_load_explicit(&one->phase, memory_order_relaxed);
		int64_t since = atomic_load_explicit(&one->since, memory_order_relaxed);

		if (p->of[phase] && now - since >= p->of[phase]) {
			shutdown(one->fd, SHUT_RDWR);
			ended++;
		}
	}
	pthread_mutex_unlock(&c->lock);
	return ended;
}

size_t connections_active(struct connections *c, int64_t ms)
{
	int64_t now = ticks_ms();
	size_t active = 0;

	pthread_mutex_lock(&c->lock);
	for (struct connection *one = c->first; one; one = one->next) {
		int phase = atomic_load_explicit(&one->phase, memory_order_relaxed);
		int64_t since = atomic_load_explicit(&one->since, memory_order_relaxed);

		active += phase == CONNECTION_BUSY || phase == CONNECTION_HELD || now - since < ms;
	}
	pthread_mutex_unlock(&c->lock);
	return active;
}

/* A connection that is held back is not closed before it was resumed. */
size_t connections_resume(struct connections *c, int64_t at, void (*resume)(void *held))
{
	size_t resumed = 0;

	pthread_mutex_lock(&c->lock);
	for (struct connection *one = c->first; one; one = one->next) {
		if (atomic_load_explicit(&one->phase, memory_order_acquire) != CONNECTION_HELD ||
		    one->held_until > at)
			continue;
		connection_enter(one, CONNECTION_BUSY);
		resume(one->held);
		resumed++;
	}
	pthread_mutex_unlock(&c->lock);
	return resumed;
}
