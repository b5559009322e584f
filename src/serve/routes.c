/* The paths of the service. */
#include "src/serve/routes.h"

#include <string.h>

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
static void verify_answer(struct visit *v)
{
	const struct piece secret = request_secret(&v->request);
	const struct gate_request q = {
		.secret = secret.text,
		.len = secret.len,
		.scopes = v->request.scopes,
		.scope_count = v->request.scope_count,
		.address = v->is_unix ? NULL : &v->peer,
	};
	struct gate_answer a;

	if (v->request.ambiguous) {
		answer_ambiguous(&v->reply, v->route->shape, v->service->explain);
		return;
	}
	if (gate_check(v->gate, &q, &a, NULL)) {
		answer_problem(&v->reply, v->route->shape, PROBLEM_UNAVAILABLE, NULL);
		return;
	}
	v->has_code = true;
	v->code = a.code;
	answer_verdict(&v->reply, v->route->shape, v->service->explain, &a);
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

static void metrics_answer(struct visit *v)
{
	text_answer(v, 200, "text/plain; version=0.0.4; charset=utf-8", "");
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
	if (!takes_method(v->route, v->method))
		p = PROBLEM_METHOD;
	if (p == PROBLEM_NONE || v->route->answer == nothing_answer)
		v->route->answer(v);
	else
		answer_problem(&v->reply, v->route->shape, p, v->route->allow);
}
