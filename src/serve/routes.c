/* The paths of the service. */
#include "src/serve/routes.h"

#include <string.h>

#include "src/serve/worker.h"

static void verify_answer(struct visit *v);
static void health_answer(struct visit *v);
static void ready_answer(struct visit *v);
static void metrics_answer(struct visit *v);
static void nothing_answer(struct visit *v);

static const char *const asking[] = { "GET", "POST", NULL };
static const char *const reading[] = { "GET", "HEAD", NULL };

const struct route routes[ROUTES_COUNT] = {
	{ .path = "/v1/verify",
	  .allow = "GET, POST",
	  .methods = asking,
	  .shape = SHAPE_JSON,
	  .answer = verify_answer },
	{ .path = "/v1/auth",
	  .allow = "GET, POST",
	  .methods = asking,
	  .shape = SHAPE_EMPTY,
	  .answer = verify_answer },
	{ .path = "/v1/auth/nginx",
	  .allow = "GET, POST",
	  .methods = asking,
	  .shape = SHAPE_NGINX,
	  .answer = verify_answer },
	{ .path = "/v1/auth/envoy/",
	  .is_prefix = true,
	  .shape = SHAPE_EMPTY,
	  .answer = verify_answer },
	{ .path = "/healthz", .allow = "GET, HEAD", .methods = reading, .answer = health_answer },
	{ .path = "/readyz", .allow = "GET, HEAD", .methods = reading, .answer = ready_answer },
	{ .path = "/metrics", .allow = "GET, HEAD", .methods = reading, .answer = metrics_answer },
	{ .path = "", .is_prefix = true, .answer = nothing_answer },
};

const struct route *route_find(const char *path)
{
	const struct route *r = routes;

	while (r->is_prefix ? strncmp(path, r->path, strlen(r->path)) : strcmp(path, r->path))
		r++;
	return r;
}

size_t route_index(const struct route *r)
{
	return (size_t)(r - routes);
}

/* --- verdicts ------------------------------------------------------------------------------- */
static int64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static enum errc ask(struct visit *v, struct gate_answer *a)
{
	const struct piece secret = request_secret(&v->request);
	const struct gate_request q = {
		.secret = secret.text,
		.len = secret.len,
		.scopes = v->request.scopes,
		.scope_count = v->request.scope_count,
		.address = v->is_unix ? NULL : &v->peer,
	};

	return gate_check(v->gate, &q, a, NULL);
}

static void verify_answer(struct visit *v)
{
	int64_t began = nanoseconds();
	struct gate_answer a;

	if (v->request.ambiguous) {
		metric_add(&v->metrics->ambiguous, 1);
		answer_ambiguous(&v->reply, v->route->shape, v->service->explain);
		return;
	}
	if (ask(v, &a)) {
		answer_problem(&v->reply, v->route->shape, PROBLEM_UNAVAILABLE, NULL);
		return;
	}
	v->has_code = true;
	v->code = a.code;
	answer_verdict(&v->reply, v->route->shape, v->service->explain, &a);
	metric_add(&v->metrics->verdicts[a.code], 1);
	metrics_time(v->metrics, nanoseconds() - began);
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
		.connections_held = atomic_load(&s->held),
	};

	for (size_t i = 0; i < s->worker_count; i++)
		now.connections += atomic_load(&worker_clients(s->workers[i])->count);
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
	const char *const *m = r->methods;

	if (!m)
		return true;
	while (*m && strcmp(*m, method) != 0)
		m++;
	return *m;
}

void visit_answer(struct visit *v)
{
	enum problem p = v->request.problem;

	v->has_code = false;
	v->hold_ms = 0;
	if (!takes_method(v->route, v->method))
		p = PROBLEM_METHOD;
	if (p == PROBLEM_NONE || v->route->answer == nothing_answer)
		v->route->answer(v);
	else
		answer_problem(&v->reply, v->route->shape, p, v->route->allow);
	metrics_request(v->metrics, route_index(v->route), v->reply.status);
}
