/* Verdicts and refusals as HTTP answers, in the shape of each path. */
#ifndef SERVE_ANSWER_H
#define SERVE_ANSWER_H

#include "src/app/gate.h"
#include "src/serve/reply.h"
#include "src/serve/request.h"

enum shape {
	SHAPE_JSON,  /* /v1/verify: what was found as JSON */
	SHAPE_EMPTY, /* /v1/auth: no body, X-Auth-* fields */
	SHAPE_NGINX, /* the same; auth_request knows 2xx, 401 and 403 only */
};

/* `explain`: say why a key was refused; else all those answers are the same, byte for byte. */
void answer_verdict(struct reply *r, enum shape shape, bool explain, const struct gate_answer *a);
void answer_ambiguous(struct reply *r, enum shape shape, bool explain);
/* `allow`: methods, for PROBLEM_METHOD. */
void answer_problem(struct reply *r, enum shape shape, enum problem p, const char *allow);

#endif
