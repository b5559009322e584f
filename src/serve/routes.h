/* The paths of the service: which methods they take, what they answer. */
#ifndef SERVE_ROUTES_H
#define SERVE_ROUTES_H

#include "src/serve/answer.h"
#include "src/serve/service.h"

struct route;

/* A request on its way to its answer. */
struct visit {
	struct service *service;
	struct gate_thread *gate;
	struct metrics *metrics; /* this thread's */
	const struct route *route;
	const char *method;
	bool is_unix;	     /* the peer came by a Unix socket … */
	struct address peer; /* … or from this address */
	enum client_source source;
	struct address client; /* where the source is known */
	struct request request;
	struct reply reply;
	enum verify_code code; /* of the last verdict */
	int64_t hold_ms;       /* its answer is to be held back so long; 0: it is not */
};

/* Who may ask, where there are caller tokens. */
enum guard {
	GUARD_NONE,
	GUARD_CALLER,  /* who sends one as X-Authrack-Caller */
	GUARD_METRICS, /* or as Bearer, which is all that Prometheus can do */
};

struct route {
	const char *path;
	const char *allow; /* methods, as Allow names them: "GET, POST"; NULL: any */
	enum guard guard;
	bool is_prefix; /* what follows is the client's path, the query the client's, too */
	enum shape shape;
	void (*answer)(struct visit *v);
};
/* Never NULL: what is not there has a route of its own. */
const struct route *route_find(const char *path);

/* Fills v->reply. v->request is read to its end, v->request.problem may be set. */
void visit_answer(struct visit *v);
/* The answer that was held back. */
void visit_answer_held(struct visit *v, enum verify_code code);

#endif
