/* Answers of providers, made up without a network. */
#include "tests/lib/support.h"

#include <string.h>

#include "src/base/alloc.h"
#include "tests/lib/oauth_answers.h"

void http_made(struct http_response *r, long status, const char *type, const char *body)
{
	*r = (struct http_response){ .status = status, .times = { 1, 2, 3, 4, 5 } };
	buf_init(&r->body, HTTP_BODY_MAX);
	buf_add_text(&r->body, body);
	if (type)
		http_made_header(r, "Content-Type", type);
}

void http_made_header(struct http_response *r, const char *name, const char *value)
{
	r->headers = x_reallocarray(r->headers, r->header_count + 1, sizeof(*r->headers));
	r->headers[r->header_count++] = (struct http_header){ x_strdup(name), x_strdup(value) };
}

void http_failed(struct http_response *r, enum errc code, bool connected, const char *message)
{
	*r = (struct http_response){ .code = code,
				     .times = { -1, connected ? 1 : -1, -1, -1, -1 } };
	err_set(&r->err, code, "%s", message);
	err_hint(&r->err, "try again");
}

void answer_made_by(struct oauth_answer *a, const char *preset, long status, const char *json)
{
	struct http_response r;

	http_made(&r, status, "application/json", json);
	oauth_answer_read(a, &r, oauth_preset_find(preset), NULL, TEST_NOW);
	http_response_release(&r);
}

void answer_made(struct oauth_answer *a, long status, const char *json)
{
	answer_made_by(a, "", status, json);
}

bool answer_notes(const struct oauth_answer *a, const char *text)
{
	for (size_t i = 0; i < json_count(a->notes); i++)
		if (strstr(json_as_text(json_at(a->notes, i)), text))
			return true;
	return false;
}
