/* One request and its answer as JSON, masked while it is made. */
#include "src/oauth/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/oauth/mask.h"

enum {
	BODY_SHOWN = 16 * 1024,
	UNIT_MAX = 6, /* bytes that one of a secret takes in the widest encoding */
	TEXT_MAX = 16 * 1024 * 1024,
};

void oauth_secrets_add(struct oauth_secrets *s, const void *data, size_t len)
{
	if (!len)
		return;
	s->values = x_reallocarray(s->values, s->count + 1, sizeof(*s->values));
	s->values[s->count] = (struct secret)SECRET_INIT;
	secret_set(&s->values[s->count++], data, len);
}

void oauth_secrets_release(struct oauth_secrets *s)
{
	for (size_t i = 0; i < s->count; i++)
		secret_release(&s->values[i]);
	free(s->values);
	*s = (struct oauth_secrets){ .values = NULL };
}

static char *masked_copy(const char *text, size_t len, const struct oauth_secrets *known)
{
	struct buf out = BUF_INIT(TEXT_MAX);

	oauth_mask(&out, text, len, known);
	return buf_take(&out);
}

char *oauth_masked(const char *text, const struct oauth_secrets *known)
{
	return masked_copy(text, strlen(text), known);
}

/* JSON text ends at a zero byte: what stands behind it is to be seen, too. */
static struct json *text_json(char *text, size_t len)
{
	struct buf out = BUF_INIT(TEXT_MAX);
	struct json *json;

	for (size_t at = 0, run; at < len; at += run + 1) {
		run = strnlen(text + at, len - at);
		buf_add(&out, text + at, run);
		if (at + run < len)
			buf_add_text(&out, "\uFFFD");
	}
	json = json_text(buf_text(&out));
	buf_release(&out);
	return json;
}

/* At a whole character, and marked. */
static void text_cut(struct buf *text, size_t max)
{
	if (text->len > max)
		for (text->len = max; text->len && (text->data[text->len] & 0xc0) == 0x80;)
			text->len--;
	buf_add_text(text, "…");
}

/* Masked first and cut then, so that no part of a secret is left at the cut; what is far behind it can't
 * reach back. */
static struct json *body_json(const char *text, size_t len, const struct oauth_secrets *known)
{
	struct buf out = BUF_INIT(TEXT_MAX);
	size_t longest = 0, looked_at;
	struct json *json;

	for (size_t i = 0; i < known->count; i++)
		if (known->values[i].len > longest)
			longest = known->values[i].len;
	looked_at = BODY_SHOWN + 2 * UNIT_MAX * longest;
	oauth_mask(&out, text, len < looked_at ? len : looked_at, known);
	if (out.len > BODY_SHOWN || len > looked_at)
		text_cut(&out, BODY_SHOWN);
	json = out.len ? text_json(out.data, out.len) : json_text("");
	buf_release(&out);
	return json;
}

static void line_add(struct json *lines, const char *name, const char *value,
		     const struct oauth_secrets *known)
{
	char *line = x_asprintf("%s%s%s", name, value ? ": " : "", value ? value : "");
	char *masked = oauth_masked(line, known);

	json_add(lines, json_text(masked));
	secret_wipe(line, strlen(line));
	free(line);
	free(masked);
}

static struct json *request_headers(const struct http_request *r, const struct oauth_secrets *known)
{
	struct json *lines = json_array_new();

	for (size_t i = 0; r->headers && r->headers[i]; i++)
		line_add(lines, r->headers[i], NULL, known);
	if (r->body && r->content_type)
		line_add(lines, "Content-Type", r->content_type, known);
	return lines;
}

static struct json *response_headers(const struct http_response *a,
				     const struct oauth_secrets *known)
{
	struct json *lines = json_array_new();

	for (size_t i = 0; i < a->header_count; i++)
		line_add(lines, a->headers[i].name, a->headers[i].value, known);
	return lines;
}

static struct json *times_json(const struct http_times *t)
{
	const struct {
		const char *name;
		int64_t at_us;
	} times[] = {
		{ "dns", t->resolved },		 { "connect", t->connected }, { "tls", t->secured },
		{ "first_byte", t->first_byte }, { "total", t->total },
	};
	struct json *json = json_object_new();

	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		json_set(json, times[i].name,
			 times[i].at_us < 0 ? json_null_new()
					    : json_int((times[i].at_us + 500) / 1000));
	return json;
}

static void masked_set(struct json *to, const char *name, const char *text,
		       const struct oauth_secrets *known)
{
	char *masked = text ? oauth_masked(text, known) : NULL;

	json_set_text(to, name, masked);
	free(masked);
}

/* What is secret by its name in one part is secret in all of them. */
static void secrets_gather(struct oauth_secrets *all, const struct http_request *r,
			   const struct http_response *a, const struct oauth_secrets *known)
{
	size_t len = a->body.len < BODY_SHOWN ? a->body.len : BODY_SHOWN;

	for (size_t i = 0; known && i < known->count; i++)
		oauth_secrets_add(all, secret_reveal(&known->values[i]), known->values[i].len);
	if (r->body)
		oauth_mask_learn(all, secret_reveal(r->body), r->body->len);
	oauth_mask_learn(all, buf_text(&a->body), len);
}

struct json *oauth_exchange(const struct http_request *r, const struct http_response *a,
			    const struct oauth_secrets *known, int64_t at)
{
	struct json *json = json_object_new();
	struct oauth_secrets all = { .values = NULL };

	secrets_gather(&all, r, a, known);
	json_set_time(json, "at", at);
	json_set_text(json, "method", r->method ? r->method : r->body ? "POST" : "GET");
	masked_set(json, "url", a->url ? a->url : r->url, &all);
	json_set(json, "status", a->status ? json_int(a->status) : json_null_new());
	masked_set(json, "error", a->code == ERR_OK ? NULL : a->err.message, &all);
	json_set(json, "request_headers", request_headers(r, &all));
	json_set(json, "request",
		 r->body ? body_json(secret_reveal(r->body), r->body->len, &all) : json_null_new());
	json_set(json, "headers", response_headers(a, &all));
	json_set(json, "body", body_json(buf_text(&a->body), a->body.len, &all));
	json_set(json, "times", times_json(&a->times));
	oauth_secrets_release(&all);
	return json;
}
