/* One request and its answer, for those who can wait. */
#include "src/base/http_parts.h"

#include <string.h>
#include <time.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"

enum { ASK_MS = 100 };

struct wait {
	struct http_response *out;
	bool over;
};

static void response_copy(struct http_response *out, const struct http_response *a)
{
	*out = *a;
	out->url = x_strdup(a->url);
	out->headers = x_calloc(a->header_count + 1, sizeof(*out->headers));
	for (size_t i = 0; i < a->header_count; i++)
		out->headers[i] = (struct http_header){ .name = x_strdup(a->headers[i].name),
							.value = x_strdup(a->headers[i].value) };
	http_certificate_copy(&out->certificate, &a->certificate);
	buf_init(&out->body, HTTP_BODY_MAX);
	buf_add(&out->body, buf_text(&a->body), a->body.len);
}

static void fetched(void *arg, const struct http_response *a)
{
	struct wait *w = arg;

	response_copy(w->out, a);
	w->over = true;
}

/* However often the loop comes round, who waits is asked ten times a second. */
static bool asks_well(int64_t *asked_ms, bool (*go_on)(void *arg), void *arg)
{
	struct timespec now;
	int64_t now_ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	if (!go_on || now_ms - *asked_ms < ASK_MS)
		return true;
	*asked_ms = now_ms;
	return go_on(arg);
}

enum errc http_fetch(struct http_response *out, const struct http_request *r,
		     bool (*go_on)(void *arg), void *arg, struct err *e)
{
	struct loop *l = loop_new();
	struct http *h = http_new(l);
	struct wait w = { .out = out };
	struct http_transfer *t;
	int64_t asked_ms = 0;

	*out = (struct http_response){ .code = ERR_CANCELLED,
				       .certificate = { .not_after = TIME_NONE } };
	t = http_start(h, r, fetched, &w);
	while (!w.over && asks_well(&asked_ms, go_on, arg))
		loop_step(l, ASK_MS);
	if (!w.over) {
		http_cancel(t);
		err_set(&out->err, ERR_CANCELLED, "cancelled while waiting for an answer");
	}
	http_free(h);
	loop_free(l);
	if (out->code != ERR_OK && e)
		*e = out->err;
	return out->code;
}
