/* The thread that takes connections, hands each to the thread that has the fewest, and lets go of those that
 * hold on to one without use. */
#ifndef SERVE_ACCEPTOR_H
#define SERVE_ACCEPTOR_H

#include "src/serve/listen.h"
#include "src/serve/worker.h"

struct acceptor;

/* All are borrowed. */
struct acceptor *acceptor_start(const struct listeners *l, struct worker *const *workers,
				size_t worker_count, size_t capacity);
/* Takes what still waits, then no more. NULL is well. */
void acceptor_stop(struct acceptor *a);

#endif
