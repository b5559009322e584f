/* The paths of the service. */
#include "src/serve/routes.h"

#include <string.h>

#include "src/base/clock.h"
#include "src/serve/worker.h"

static void verify_answer(struct visit *v);
static void health_answer(struct visit *v);
static void ready_answer(struct visit *v);
static void metrics_answer(struct visit *v);
static void nothing_answer(struct visit *v);

static const struct route routes[METRIC_ROUTES] = {
	{ .path = "/v1/verify",
	  .guard = GUARD_CALLER,
	  .allow = "GET, POST",
	  .shape = SHAPE_JSON,
	  .answer = verify_answer },
	{ .path = "/v1/auth",
	  .guard = GUARD_CALLER,
	  .allow = "GET, POST",
	  .shape = SHAPE_EMPTY,
	  .answer = verify_answer },
	{ .path = "/v1/auth/nginx",
	  .guard = GUARD_CALLER,
	  .allow = "GET, POST",
	  .shape = SHAPE_NGINX,
	  .answer = verify_answer },
	{ .path = "/v1/auth/envoy/",
	  .guard = GUARD_CALLER,
	  .is_prefix = true,
	  .shape = SHAPE_EMPTY,
	  .answer = verify_answer },
	{ .path = "/healthz", .allow = "GET, HEAD", .answer = health_answer },
	{ .path = "/readyz", .allow = "GET, HEAD", .answer = ready_answer },
	{ .path = "/metrics",
	  .guard = GUARD_METRICS,
	  .allow = "GET, HEAD",
	  .answer = metrics_answer },
	{ .path = "", .is_prefix = true, .answer = nothing_answer },
};

const struct route *route_find(const char *path)
{
	const struct route *r = routes;

	while (r->is_prefix ? strncmp(path, r->path, strlen(r->path)) : strcmp(path, r->path))
		r++;
	return r;
}

static size_t route_index(const struct route *r)
{
	return (size_t)(r - routes);
}

/* --- verdicts ------------------------------------------------------------------------------- */
static enum errc ask(struct visit *v, struct gate_answer *a)
{
	const struct piece secret = request_secret(&v->request);
	const struct verify_request q = {
		.secret = secret.text,
		.len = secret.len,
		.scopes = v->request.scopes,
		.scope_count = v->request.scope_count,
		.address = v->source == CLIENT_UNKNOWN ? NULL : &v->client,
	};

	return gate_check(v->gate, &q, a, NULL);
}

static void client_find(struct visit *v)
{
	const struct request *r = &v->request;

	v->source = client_address(&v->service->proxies, v->is_unix ? NULL : &v->peer,
				   r->has_forwarded ? buf_text(&r->forwarded) : NULL, &v->client);
}

/* Somebody who guesses is slowed; who comes with a key that was good once, or with none, does not guess. */
static bool is_guess(const struct visit *v, enum verify_code code)
{
	return (code == VERIFY_MALFORMED || code == VERIFY_NOT_FOUND) &&
	       request_secret(&v->request).len && v->source != CLIENT_UNKNOWN;
}

/* False: it is one too many. */
static bool guess_slow(struct visit *v)
{
	bool is_local = v->source == CLIENT_OWN && address_is_loopback(&v->client);
	int64_t ms = penalty_delay_ms(v->service->penalty, &v->client,
				      is_local ? PENALTY_FREE_LOCAL : PENALTY_FREE, ticks_ms());

	if (ms == PENALTY_REFUSE) {
		metric_add(&v->metrics->guesses_refused, 1);
		return false;
	}
	if (ms && atomic_load(&v->service->ending)) {
		penalty_done(v->service->penalty, &v->client);
		ms = 0;
	}
	v->hold_ms = ms;
	metric_add(&v->metrics->held, ms != 0);
	return true;
}

static void verdict_answer(struct visit *v, const struct gate_answer *a)
{
	v->code = a->code;
	metric_add(&v->metrics->verdicts[a->code], 1);
	if (is_guess(v, a->code) && !guess_slow(v))
		answer_problem(&v->reply, v->route->shape, PROBLEM_GUESSING, NULL);
	else
		answer_verdict(&v->reply, v->route->shape, v->service->explain, a);
}

static void verify_answer(struct visit *v)
{
	int64_t began = ticks_ns();
	struct gate_answer a;

	client_find(v);
	if (v->request.ambiguous) {
		metric_add(&v->metrics->ambiguous, 1);
		answer_ambiguous(&v->reply, v->route->shape, v->service->explain);
		return;
	}
	if (ask(v, &a)) {
		answer_problem(&v->reply, v->route->shape, PROBLEM_UNAVAILABLE, NULL);
		return;
	}
	verdict_answer(v, &a);
	metrics_time(v->metrics, ticks_ns() - began);
}

void visit_answer_held(struct visit *v, enum verify_code code)
{
	const struct gate_answer a = { .code = code };

	answer_verdict(&v->reply, v->route->shape, v->service->explain, &a);
	metrics_request(v->metrics, route_index(v->route), v->reply.status);
}

/* --- the service itself ------------------------------------------------------------------------ */
static void text_answer(struct visit *v, unsigned status, const char *type, const char *text)
{
	reply_clear(&v->reply, status);
	reply_field(&v->reply, "Cache-Control", "no-store");
	reply_field(&v->reply, "Content-Type", type);
	buf_add_text(&v->reply.body, text);
}

static void health_answer(struct visit *v)
{
	text_answer(v, 200, "text/plain", "ok\n");
}

static void ready_answer(struct visit *v)
{
	struct gate_health health;

	gate_health(v->service->gate, &health);
	text_answer(v, health.readable ? 200 : 503, "text/plain", health.readable ? "ok\n" : "");
	if (!health.readable)
		buf_addf(&v->reply.body, "%s\n", health.reason);
	else if (!health.writable)
		buf_addf(&v->reply.body, "usage is not written: %s\n", health.reason);
}

static const char *path_of(size_t route)
{
	return *routes[route].path ? routes[route].path : "other";
}

static void metrics_answer(struct visit *v)
{
	struct service *s = v->service;
	struct metrics_now now = {
		.threads = s->worker_count,
		.started_at = s->started_at,
		.connections_held = penalty_held(s->penalty),
	};

	for (size_t i = 0; i < s->worker_count; i++)
		now.connections += atomic_load(&worker_connections(s->workers[i])->count);
	gate_health(s->gate, &now.health);
	text_answer(v, 200, "text/plain; version=0.0.4; charset=utf-8", "");
	metrics_write(&v->reply.body, s->metrics, &now, path_of);
}

static void nothing_answer(struct visit *v)
{
	answer_problem(&v->reply, v->route->shape, PROBLEM_PATH, NULL);
}

/* --- any request -------------------------------------------------------------------------------- */
static bool takes_method(const struct route *r, const char *method)
{
	size_t len = strlen(method);

	for (const char *at = r->allow; at && *at;) {
		size_t name = strcspn(at, ",");

		if (name == len && memcmp(at, method, len) == 0)
			return true;
		at += name + strspn(at + name, ", ");
	}
	return !r->allow;
}

static bool may_ask(const struct visit *v)
{
	const struct request *r = &v->request;
	struct callers *c = v->service->callers;

	if (!c || v->route->guard == GUARD_NONE)
		return true;
	if (r->callers == 1)
		return callers_allow(c, r->caller.text, r->caller.len);
	return v->route->guard == GUARD_METRICS && !r->callers && r->bearer.text &&
	       callers_allow(c, r->bearer.text, r->bearer.len);
}

/* What is wrong with it, the first in the order of enum problem; who may not ask learns no more than that. */
static enum problem problem_find(struct visit *v)
{
	enum problem p = v->request.problem;

	if (!takes_method(v->route, v->method))
		return PROBLEM_METHOD;
	if ((p != PROBLEM_NONE && p < PROBLEM_CALLER) || may_ask(v))
		return p;
	metric_add(&v->metrics->callers_refused, 1);
	return PROBLEM_CALLER;
}

void visit_answer(struct visit *v)
{
	enum problem p = problem_find(v);

	v->hold_ms = 0;
	if (p == PROBLEM_NONE || v->route->answer == nothing_answer)
		v->route->answer(v);
	else
		answer_problem(&v->reply, v->route->shape, p, v->route->allow);
	if (!v->hold_ms)
		metrics_request(v->metrics, route_index(v->route), v->reply.status);
}
