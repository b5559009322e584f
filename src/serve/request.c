/* One pass over headers and query. Whatever is there twice is refused rather than chosen from: a proxy in
 * front may have looked at the other one. */
#include "src/serve/request.h"

#include <string.h>
#include <strings.h>

#include "src/app/rules.h"
#include "src/base/secret_format.h"
#include "src/serve/field.h"

enum { SCOPE_TEXT_MAX = 4096, FORWARDED_MAX = REQUEST_HEADERS_MAX };

void request_init(struct request *r)
{
	*r = (struct request){ .problem = PROBLEM_NONE };
	buf_init(&r->forwarded, FORWARDED_MAX);
	buf_init(&r->scope_text, SCOPE_TEXT_MAX);
}

void request_release(struct request *r)
{
	buf_release(&r->forwarded);
	buf_release(&r->scope_text);
}

void request_clear(struct request *r)
{
	struct buf forwarded = r->forwarded, scope_text = r->scope_text;

	buf_clear(&forwarded);
	buf_clear(&scope_text);
	*r = (struct request){ .forwarded = forwarded, .scope_text = scope_text };
}

static void problem_found(struct request *r, enum problem p)
{
	if (r->problem == PROBLEM_NONE || p < r->problem)
		r->problem = p;
}

static bool piece_is(struct piece p, const char *text, size_t len)
{
	return p.len == len && strncasecmp(p.text, text, len) == 0;
}

static struct piece piece_trim(struct piece p)
{
	while (p.len && field_is_blank(p.text[p.len - 1]))
		p.len--;
	while (p.len && field_is_blank(*p.text)) {
		p.text++;
		p.len--;
	}
	return p;
}

/* --- headers -------------------------------------------------------------------------------- */
static void secret_seen(struct request *r, struct piece value)
{
	if (r->secret_count < REQUEST_SECRETS_MAX)
		r->secrets[r->secret_count++] = value;
}

static void key_header(struct request *r, struct piece value)
{
	secret_seen(r, value);
	if (r->keys++)
		r->ambiguous = true;
	r->header_key = piece_trim(value);
}

/* RFC 6750 §2.1; the scheme's name in any case (RFC 9110 §11.1). Other schemes are not ours. */
static void authorization_header(struct request *r, struct piece value)
{
	static const char scheme[] = "Bearer";
	const size_t len = sizeof(scheme) - 1;

	secret_seen(r, value);
	if (r->authorizations++)
		r->ambiguous = true;
	value = piece_trim(value);
	if (value.len < len || strncasecmp(value.text, scheme, len) != 0 ||
	    (value.len > len && !field_is_blank(value.text[len])))
		return;
	r->bearer = piece_trim((struct piece){ value.text + len, value.len - len });
}

static void scope_add(struct request *r, struct piece value)
{
	r->scope_sources++;
	buf_add(&r->scope_text, value.text, value.len);
}

static void forwarded_header(struct request *r, struct piece value)
{
	if (r->has_forwarded)
		buf_add_text(&r->forwarded, ", ");
	buf_add(&r->forwarded, value.text, value.len);
	r->has_forwarded = true;
}

static void caller_header(struct request *r, struct piece value)
{
	secret_seen(r, value);
	r->callers++;
	r->caller = piece_trim(value);
}

static void length_header(struct request *r, struct piece value)
{
	(void)value;
	r->lengths++;
}

static void encoding_header(struct request *r, struct piece value)
{
	static const char chunked[] = "chunked";

	r->encodings++;
	if (!piece_is(value, chunked, sizeof(chunked) - 1))
		r->misframed = true;
}

static const struct {
	const char *name;
	size_t len;
	void (*take)(struct request *r, struct piece value);
} headers[] = {
#define HEADER(name, take)                   \
	{                                    \
		name, sizeof(name) - 1, take \
	}
	HEADER("X-API-Key", key_header),
	HEADER("Authorization", authorization_header),
	HEADER("X-Authrack-Scope", scope_add),
	HEADER("X-Forwarded-For", forwarded_header),
	HEADER("X-Authrack-Caller", caller_header),
	HEADER("Content-Length", length_header),
	HEADER("Transfer-Encoding", encoding_header),
#undef HEADER
};

void request_header(struct request *r, struct piece name, struct piece value)
{
	r->header_bytes += name.len + value.len + 4; /* ": " and the line's end */
	if (r->header_bytes > REQUEST_HEADERS_MAX)
		problem_found(r, PROBLEM_HEADERS_SIZE);
	if (name.len && field_is_blank(name.text[name.len - 1]))
		r->misframed = true; /* "Content-Length : 5" counts with some (RFC 9112 §5.1) */
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (piece_is(name, headers[i].name, headers[i].len))
			headers[i].take(r, value);
}

/* --- query ------------------------------------------------------------------------------------ */
/* A parameter by such a name is meant to carry a key: it would end up in logs. */
static bool names_key(struct piece name)
{
	static const char *const names[] = {
		"key",		"api_key", "apikey",	   "api-key", "x-api-key",     "x_api_key",
		"access_token", "token",   "access-token", "secret",  "authorization", "bearer",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (piece_is(name, names[i], strlen(names[i])))
			return true;
	return false;
}

/* Does it hold a secret whose prefix ends before the '_' at `at`? */
static bool secret_at(struct piece value, size_t at)
{
	size_t end = at + 1 + (SECRET_ID_SIZE - 1) + 1 + SECRET_TAIL;

	for (size_t len = 1; end <= value.len && len < PREFIX_SIZE && len <= at; len++) {
		enum secret_shape shape = secret_parse(value.text + at - len, end - at + len, NULL);

		if (shape == SECRET_OWN || shape == SECRET_MISTYPED)
			return true;
	}
	return false;
}

/* Anywhere in it, as in "Bearer ak_…". */
static bool has_secret(struct piece value)
{
	for (size_t at = 0; at < value.len; at++)
		if (value.text[at] == '_' && secret_at(value, at))
			return true;
	return false;
}

void request_parameter(struct request *r, struct piece name, struct piece value, bool foreign)
{
	if (has_secret(value) || has_secret(name) || (!foreign && names_key(name)))
		problem_found(r, PROBLEM_KEY_IN_QUERY);
	if (!foreign && piece_is(name, "scope", strlen("scope")))
		scope_add(r, value);
}

/* --- the end -------------------------------------------------------------------------------- */
static void scopes_read(struct request *r)
{
	char *at = r->scope_text.data, *end = at + r->scope_text.len;

	for (; at < end; at++) {
		char *start;

		while (at < end && field_is_blank(*at))
			at++;
		for (start = at; at < end && !field_is_blank(*at); at++)
			;
		if (at == start)
			break;
		*at = '\0'; /* at the end it is one already */
		if (r->scope_count == REQUEST_SCOPES_MAX || strlen(start) != (size_t)(at - start) ||
		    rule_scope(start, NULL))
			problem_found(r, PROBLEM_SCOPE);
		else
			r->scopes[r->scope_count++] = start;
	}
}

static bool pieces_differ(struct piece a, struct piece b)
{
	return a.len != b.len || memcmp(a.text, b.text, a.len) != 0;
}

/* RFC 9112 §6.3: a proxy in front that reads the other of two takes the rest for a request, or the answer
 * to it for another client's. */
static void framing_check(struct request *r)
{
	if (r->lengths + r->encodings > 1)
		r->misframed = true;
	if (r->misframed)
		problem_found(r, PROBLEM_FRAMING);
}

void request_end(struct request *r)
{
	framing_check(r);
	if (r->scope_sources > 1)
		problem_found(r, PROBLEM_SCOPE_TWICE);
	else if (r->scope_text.full)
		problem_found(r, PROBLEM_SCOPE);
	else if (r->scope_text.len)
		scopes_read(r);
	if (r->header_key.text && r->bearer.text && pieces_differ(r->header_key, r->bearer))
		r->ambiguous = true;
}

struct piece request_secret(const struct request *r)
{
	const struct piece none = { "", 0 };

	if (r->header_key.text)
		return r->header_key;
	return r->bearer.text ? r->bearer : none;
}
