/* One thread that answers: a libmicrohttpd daemon without a socket of its own, a connection to the store, and
 * the connections it was given. */
#ifndef SERVE_WORKER_H
#define SERVE_WORKER_H

#include "src/serve/connections.h"
#include "src/serve/service.h"

struct worker;

/* The service's `index`th. */
enum errc worker_open(struct worker **out, struct service *s, size_t index, struct err *e);
/* Ends its connections and the thread. NULL is well. */
void worker_close(struct worker *w);

/* Hands over a connection, which is closed where it can't be taken. From any thread. */
void worker_take(struct worker *w, int fd);
struct connections *worker_connections(struct worker *w);
/* Lets go of the answers that were held back until now; `all`: of any. From any thread. */
void worker_resume(struct worker *w, bool all);

#endif
