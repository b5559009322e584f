/* The open connections of one thread, so that those that hold on to one without use can be let go. */
#ifndef SERVE_CLIENTS_H
#define SERVE_CLIENTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/cidr.h"

enum client_phase {
	CLIENT_NEW,  /* connected, no request yet */
	CLIENT_BUSY, /* a request has begun */
	CLIENT_HELD, /* its answer is held back */
	CLIENT_IDLE, /* answered, may ask again */
};

struct client {
	struct client *next, **link;
	int fd;
	bool is_unix;
	struct address peer;
	/* Written by its own thread, read by any. */
	atomic_int phase;
	atomic_int_least64_t since; /* milliseconds, clients_now() */
	/* Of the request that runs. */
	bool has_headers;
	size_t body;
	/* Of an answer that is held back. */
	void *held; /* libmicrohttpd's connection */
	int64_t held_until;
	bool was_held;
	int code; /* enum verify_code */
};

struct clients {
	pthread_mutex_t lock; /* over the list; a descriptor in it stays open while it is held */
	struct client *first;
	atomic_size_t count; /* from when one is handed over until it is closed */
};

void clients_init(struct clients *c);
void clients_release(struct clients *c);
int64_t clients_now(void);

struct client *client_open(struct clients *c, int fd);
void client_close(struct clients *c, struct client *one);
void client_phase(struct client *one, enum client_phase phase);

/* For how long a connection may stay in each phase, in milliseconds; 0: as long as it likes. */
struct client_patience {
	int64_t of[CLIENT_IDLE + 1];
};
/* Counts those with an answer under way, and those that were so `ms` ago or later. From any thread. */
size_t clients_active(struct clients *c, int64_t ms);
/* Calls `resume` for those whose answer was held back until `at` or before, in clients_now()'s time. From any
 * thread. */
size_t clients_resume(struct clients *c, int64_t at, void (*resume)(void *held));
/* Shuts down those that are over it; returns how many. From any thread. */
size_t clients_sweep(struct clients *c, const struct client_patience *p);

#endif
