/* The open connections of one thread, so that those that hold on to one without use can be let go. */
#ifndef SERVE_CONNECTIONS_H
#define SERVE_CONNECTIONS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/cidr.h"

enum connection_phase {
	CONNECTION_NEW,	 /* connected, no request yet */
	CONNECTION_BUSY, /* a request has begun */
	CONNECTION_HELD, /* its answer is held back */
	CONNECTION_IDLE, /* answered, may ask again */
};

struct connection {
	struct connection *next, **link;
	int fd;
	bool is_unix;
	struct address peer;
	/* Written by its own thread, read by any. */
	atomic_int phase;
	atomic_int_least64_t since; /* ticks_ms() */
	/* Of the request that runs. */
	bool has_headers;
	size_t body;
	/* Of an answer that is held back. */
	void *held;	    /* libmicrohttpd's connection */
	int64_t held_until; /* ticks_ms() */
	bool was_held;
	int code; /* enum verify_code */
	struct address held_for;
};

struct connections {
	pthread_mutex_t lock; /* over the list; a descriptor in it stays open while it is held */
	struct connection *first;
	atomic_size_t count; /* from when one is handed over until it is closed */
};

void connections_init(struct connections *c);
void connections_release(struct connections *c);

struct connection *connection_open(struct connections *c, int fd);
void connection_close(struct connections *c, struct connection *one);
void connection_enter(struct connection *one, enum connection_phase phase);

/* For how long a connection may stay in each phase, in milliseconds; 0: as long as it likes. */
struct connection_patience {
	int64_t of[CONNECTION_IDLE + 1];
};
/* Counts those with an answer under way, and those that were so `ms` ago or later. From any thread. */
size_t connections_active(struct connections *c, int64_t ms);
/* Calls `resume` for those whose answer was held back until `at` (ticks_ms()) or before. From any thread. */
size_t connections_resume(struct connections *c, int64_t at, void (*resume)(void *held));
/* Shuts down those that are over it; returns how many. From any thread. */
size_t connections_sweep(struct connections *c, const struct connection_patience *p);

#endif
