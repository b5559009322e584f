/* The thread that takes connections, hands each to the thread that has the fewest, and lets go of those that
 * hold on to one without use. */
#ifndef SERVE_ACCEPTOR_H
#define SERVE_ACCEPTOR_H

#include "src/serve/listen.h"
#include "src/serve/worker.h"

struct acceptor;

/* Service and listeners are borrowed. `capacity`: connections that fit. */
enum errc acceptor_start(struct acceptor **out, struct service *s, const struct listeners *l,
			 size_t capacity, struct err *e);
/* Takes what still waits, then no more. NULL is well. */
void acceptor_stop(struct acceptor *a);

#endif
