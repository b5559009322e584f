/* The open connections of one thread. */
#include "src/serve/connections.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "src/base/alloc.h"

int64_t connections_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

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
	static const uint8_t v4_prefix[12] = { [10] = 0xFF, [11] = 0xFF };
	struct sockaddr_storage a = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(a);
	const void *at = &a;

	getpeername(one->fd, (struct sockaddr *)&a, &len);
	one->is_unix = a.ss_family != AF_INET && a.ss_family != AF_INET6;
	if (a.ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = at;

		memcpy(one->peer.bytes, &v6->sin6_addr, sizeof(one->peer.bytes));
	} else if (a.ss_family == AF_INET) {
		const struct sockaddr_in *v4 = at;

		memcpy(one->peer.bytes, v4_prefix, sizeof(v4_prefix));
		memcpy(one->peer.bytes + sizeof(v4_prefix), &v4->sin_addr, 4);
	}
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
	atomic_store_explicit(&one->since, connections_now(), memory_order_relaxed);
	atomic_store_explicit(&one->phase, phase, memory_order_release);
}

size_t connections_sweep(struct connections *c, const struct connection_patience *p)
{
	int64_t now = connections_now();
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
	int64_t now = connections_now();
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
