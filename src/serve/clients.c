/* The open connections of one thread. */
#include "src/serve/clients.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "src/base/alloc.h"

int64_t clients_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clients_init(struct clients *c)
{
	*c = (struct clients){ .first = NULL };
	pthread_mutex_init(&c->lock, NULL);
}

void clients_release(struct clients *c)
{
	pthread_mutex_destroy(&c->lock);
}

static void peer_read(struct client *one)
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

struct client *client_open(struct clients *c, int fd)
{
	struct client *one = x_calloc(1, sizeof(*one));

	one->fd = fd;
	peer_read(one);
	client_phase(one, CLIENT_NEW);
	pthread_mutex_lock(&c->lock);
	one->next = c->first;
	one->link = &c->first;
	if (one->next)
		one->next->link = &one->next;
	c->first = one;
	pthread_mutex_unlock(&c->lock);
	return one;
}

void client_close(struct clients *c, struct client *one)
{
	pthread_mutex_lock(&c->lock);
	*one->link = one->next;
	if (one->next)
		one->next->link = one->link;
	pthread_mutex_unlock(&c->lock);
	atomic_fetch_sub_explicit(&c->count, 1, memory_order_relaxed);
	free(one);
}

void client_phase(struct client *one, enum client_phase phase)
{
	atomic_store_explicit(&one->since, clients_now(), memory_order_relaxed);
	atomic_store_explicit(&one->phase, phase, memory_order_release);
}

size_t clients_sweep(struct clients *c, const struct client_patience *p)
{
	int64_t now = clients_now();
	size_t ended = 0;

	pthread_mutex_lock(&c->lock);
	for (struct client *one = c->first; one; one = one->next) {
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

size_t clients_active(struct clients *c, int64_t ms)
{
	int64_t now = clients_now();
	size_t active = 0;

	pthread_mutex_lock(&c->lock);
	for (struct client *one = c->first; one; one = one->next) {
		int phase = atomic_load_explicit(&one->phase, memory_order_relaxed);
		int64_t since = atomic_load_explicit(&one->since, memory_order_relaxed);

		active += phase == CLIENT_BUSY || phase == CLIENT_HELD || now - since < ms;
	}
	pthread_mutex_unlock(&c->lock);
	return active;
}

/* A connection that is held back is not closed before it was resumed. */
size_t clients_resume(struct clients *c, int64_t at, void (*resume)(void *held))
{
	size_t resumed = 0;

	pthread_mutex_lock(&c->lock);
	for (struct client *one = c->first; one; one = one->next) {
		if (atomic_load_explicit(&one->phase, memory_order_acquire) != CLIENT_HELD ||
		    one->held_until > at)
			continue;
		client_phase(one, CLIENT_BUSY);
		resume(one->held);
		resumed++;
	}
	pthread_mutex_unlock(&c->lock);
	return resumed;
}
