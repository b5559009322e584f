/* A token's memory, and what both serialisations have in common: segments, headers, claims. */
#include "src/token/jose.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/base/secret.h"
#include "src/base/text.h"
#include "src/token/algorithm.h"
#include "src/token/jose_read.h"

/* Segments decode to less than they are, but for a few bytes each at their ends. */
enum { SEGMENT_SLACK = 8, SEGMENTS_MOST = 2 * JOSE_PARTS + 8, EXCERPT = 16 };

void jose_fault_add(struct jose *t, const char *id, size_t at, const char *format, ...)
{
	struct jose_fault *fault = &t->faults[t->fault_count];
	va_list ap;

	if (t->fault_count == JOSE_FAULTS)
		return;
	*fault = (struct jose_fault){ .id = id, .at = at };
	va_start(ap, format);
	text_safe_format(fault->text, sizeof(fault->text), format, ap);
	va_end(ap);
	t->fault_count++;
}

static const char *base64_fault_text(unsigned faults)
{
	static const struct {
		unsigned bit;
		const char *text;
	} texts[] = {
		{ BASE64_FOREIGN, "a character that base64url does not have" },
		{ BASE64_SPACE, "white space" },
		{ BASE64_ALPHABET, "\"+\" or \"/\": base64 instead of base64url" },
		{ BASE64_PADDING, "padding (\"=\")" },
		{ BASE64_LENGTH, "one character too many or too few" },
		{ BASE64_STRAY, "bits in the last character that belong to no byte" },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (faults & texts[i].bit)
			return texts[i].text;
	return "no base64url";
}

void jose_segment_read(struct jose *t, struct jose_segment *s, size_t offset, size_t len,
		       const char *name)
{
	s->present = true;
	s->offset = offset;
	s->len = len;
	s->data = t->memory + t->memory_used;
	s->base64 = (struct base64_faults){ 0 };
	if (base64url_decode(s->data, &s->size, t->text + offset, len)) {
		t->memory_used += s->size;
		return;
	}
	s->size = base64_decode(s->data, t->text + offset, len, &s->base64);
	t->memory_used += s->size;
	s->base64.at += offset;
	if (t->padded && s->base64.faults == BASE64_PADDING)
		return; /* told once, for all of them */
	jose_fault_add(t, "b64-loose", s->base64.at, "%s: %s", name,
		       base64_fault_text(s->base64.faults));
}

/* Where in the token the decoded byte `at` of the segment comes from. */
static size_t source_offset(const struct jose *t, const struct jose_segment *s, size_t at)
{
	if ((const char *)s->data == t->text + s->offset)
		return s->offset + at;
	return s->offset + at / 3 * 4 + at % 3;
}

/* Tells the first name that its object has twice. */
static void duplicate_tell(struct jose *t, const struct lossless *l, const struct jose_segment *s,
			   const char *id, const char *what)
{
	struct buf name = BUF_INIT(JOSE_MAX);
	size_t i = 0;

	while (i < l->count && !l->values[i].duplicate)
		i++;
	if (i < l->count) {
		lossless_name(l, &l->values[i], &name);
		jose_fault_add(t, id, source_offset(t, s, l->values[i].name_begin),
			       "%s: \"%.64s\" is there twice", what, buf_text(&name));
	}
	buf_release(&name);
}

/* Tells why the segment is no JSON object. */
static void json_tell(struct jose *t, const struct lossless *l, const struct jose_segment *s,
		      const char *what)
{
	size_t rest;

	if (!l->error) {
		jose_fault_add(t, "not-object", s->offset, "%s: JSON, but no object", what);
		return;
	}
	rest = l->error_at < l->len ? l->len - l->error_at : 0;
	jose_fault_add(t, utf8_valid(l->text, l->len) ? "json-invalid" : "not-utf8",
		       source_offset(t, s, l->error_at), "%s: %s at byte %zu%s%.*s", what, l->error,
		       l->error_at, rest ? ": " : "", (int)(rest < EXCERPT ? rest : EXCERPT),
		       rest ? l->text + l->error_at : "");
}

void jose_header_read(struct jose *t, struct lossless *l, const struct jose_segment *s)
{
	lossless_read(l, (const char *)s->data, s->size);
	if (s->base64.faults & ~(unsigned)BASE64_PADDING)
		return; /* what follows from that is not told again */
	if (!lossless_object(l))
		json_tell(t, l, s, "header");
	else if (l->duplicates)
		duplicate_tell(t, l, s, "dup-header", "header");
}

/* Does it call itself a JWT (RFC 7519 §5.1, RFC 8725 §3.11)? */
static bool type_is_jwt(const struct jose *t)
{
	char *type = t->count ? jose_header_text(&t->parts[0], "typ") : NULL;
	size_t len = type ? strlen(type) : 0;
	bool is = len >= 3 && strcasecmp(type + len - 3, "jwt") == 0;

	free(type);
	return is;
}

/* Is the text, behind the white space of JSON, meant to be an object? */
static bool is_json(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len &&
	       (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n'))
		at++;
	return at < len && text[at] == '{';
}

/* Is it meant to be claims? A text that begins so is, whatever comes behind. */
static bool payload_is_meant(const struct jose *t)
{
	const char *text = (const char *)t->payload.data;
	size_t len = t->payload.size, mark = 0;

	if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		mark = 3;
	return (text && is_json(text + mark, len - mark)) || type_is_jwt(t);
}

void jose_claims_read(struct jose *t)
{
	const struct jose_segment *s = &t->payload;
	size_t before = t->fault_count;

	if (!s->present)
		return;
	lossless_read(&t->claims, (const char *)s->data, s->size);
	t->is_claims = lossless_object(&t->claims) != NULL;
	if (s->base64.faults & ~(unsigned)BASE64_PADDING)
		return;
	if (t->is_claims && t->claims.duplicates)
		duplicate_tell(t, &t->claims, s, "dup-claim", "claims");
	else if (!t->is_claims && payload_is_meant(t))
		json_tell(t, &t->claims, s, "claims");
	if (t->fault_count > before)
		t->faults[before].payload = true;
}

bool jose_unencoded(struct jose *t, const struct jose_part *p)
{
	const struct lossless *l = &p->header[PLACE_PROTECTED];
	const struct lossless_value *v;

	if (!p->has[PLACE_PROTECTED])
		return false;
	v = lossless_find(l, lossless_object(l), "b64");
	if (v && v->type != LOSSLESS_TRUE && v->type != LOSSLESS_FALSE)
		jose_fault_add(t, "json-invalid", p->protected_header.offset,
			       "header: \"b64\" is neither true nor false");
	return v && v->type == LOSSLESS_FALSE;
}

/* The algorithm that a header parameter names; NULL. */
static const struct algorithm *header_algorithm(const struct jose_part *p, const char *name)
{
	const struct lossless *l;
	const struct lossless_value *v = jose_header(p, name, &l, NULL);

	if (!v || v->type != LOSSLESS_STRING || v->escaped)
		return NULL;
	return algorithm_find(l->text + v->begin + 1, v->end - v->begin - 2);
}

static void truncated_tell(struct jose *t, const struct jose_segment *s, size_t bytes,
			   const char *what)
{
	size_t characters = (bytes * 4 + 2) / 3;

	if (s->size < bytes && s->len < characters)
		jose_fault_add(t, "truncated", s->offset + s->len,
			       "%s looks cut off by %zu characters", what, characters - s->len);
}

static void signature_check(struct jose *t, const struct jose_part *p)
{
	const struct algorithm *a = header_algorithm(p, "alg");
	char *name = NULL;

	if (!p->value.present)
		return;
	if (p->value.size) {
		if (a && a->purpose == ALGORITHM_SIGNS)
			truncated_tell(t, &p->value, a->signature_bytes, "the signature");
		return;
	}
	name = jose_header_text(p, "alg");
	if (!name || strcasecmp(name, "none") != 0)
		jose_fault_add(t, "sig-empty", p->value.offset, "the signature is empty");
	free(name);
}

void jose_length_check(struct jose *t, const struct jose_part *p)
{
	const struct algorithm *a;

	if (t->kind == JOSE_JWS) {
		signature_check(t, p);
		return;
	}
	a = header_algorithm(p, "enc");
	if (!a || a->purpose != ALGORITHM_ENCRYPTS || !t->tag.present)
		return;
	truncated_tell(t, &t->tag, a->family == FAMILY_GCM ? 16 : a->key_bits / 16,
		       "the authentication tag");
}

/* Empties it without touching the rooms within, which are most of it. */
static void jose_clear(struct jose *t)
{
	memset(t, 0, offsetof(struct jose, first));
	memset(&t->first, 0, offsetof(struct jose_part, header));
	for (size_t place = 0; place < PLACE_COUNT; place++)
		memset(&t->first.header[place], 0, offsetof(struct lossless, room));
	memset(&t->claims, 0, offsetof(struct lossless, room));
}

void jose_read(struct jose *t, const char *text, size_t len)
{
	bool over = len > JOSE_MAX;

	jose_clear(t);
	if (over)
		len = JOSE_MAX;
	t->memory_size = 2 * len + 1 + SEGMENT_SLACK * SEGMENTS_MOST;
	t->memory = x_malloc(t->memory_size);
	t->text = (char *)t->memory;
	if (len)
		memcpy(t->text, text, len);
	t->text[len] = '\0';
	t->len = t->jws_len = len;
	t->memory_used = len + 1;
	t->parts = &t->first;
	if (over)
		jose_fault_add(t, "truncated", len, "longer than 1 MiB: the rest is not read");
	if (is_json(t->text, len))
		jose_json_read(t);
	else
		jose_compact_read(t);
}

void jose_attach(struct jose *t, const void *payload, size_t len)
{
	size_t encoded = t->unencoded ? 0 : base64url_size(len);

	if (!t->detached || t->attached) {
		jose_fault_add(t, "seg-count", t->payload.offset,
			       "a payload is given, and the token has one of its own");
		return;
	}
	t->attached = true;
	t->attachment_size = len + encoded + 1;
	t->attachment = x_malloc(t->attachment_size);
	if (len)
		memcpy(t->attachment, payload, len);
	t->payload.present = true;
	t->payload.data = t->attachment;
	t->payload.size = len;
	t->signed_payload = t->attachment;
	t->signed_size = len;
	if (!t->unencoded) {
		base64url_encode((char *)t->attachment + len, t->attachment, len);
		t->signed_payload = t->attachment + len;
		t->signed_size = strlen(t->signed_payload);
	}
	jose_claims_read(t);
}

static void header_release(struct lossless *l)
{
	if (l->text)
		lossless_release(l);
}

/* Protected and shared header of a JWE are the first part's; the others borrow them. */
static void parts_release(struct jose *t)
{
	bool own = t->kind == JOSE_JWS;

	for (size_t place = 0; place < PLACE_COUNT; place++)
		header_release(&t->first.header[place]);
	if (t->parts == &t->first)
		return;
	for (size_t i = 0; i < t->count; i++)
		for (size_t place = 0; place < PLACE_COUNT; place++)
			if (own || place == PLACE_RECIPIENT)
				header_release(&t->parts[i].header[place]);
	free(t->parts);
}

void jose_release(struct jose *t)
{
	if (!t->memory)
		return;
	parts_release(t);
	header_release(&t->claims);
	secret_wipe(t->memory, t->memory_used);
	free(t->memory);
	if (t->attachment)
		secret_wipe(t->attachment, t->attachment_size);
	free(t->attachment);
	secret_wipe(t->faults, t->fault_count * sizeof(*t->faults));
	jose_clear(t);
}

static bool sound_but_for(const struct jose *t, const char *id)
{
	for (size_t i = 0; i < t->fault_count; i++)
		if (!t->faults[i].payload && (!id || strcmp(t->faults[i].id, id) != 0))
			return false;
	return t->count > 0;
}

bool jose_sound(const struct jose *t)
{
	return sound_but_for(t, NULL);
}

bool jose_sound_padded(const struct jose *t)
{
	return sound_but_for(t, "alb-padding");
}

const struct lossless_value *jose_header(const struct jose_part *p, const char *name,
					 const struct lossless **in, enum jose_place *place)
{
	for (size_t i = 0; i < PLACE_COUNT; i++) {
		const struct lossless *l = &p->header[i];
		const struct lossless_value *v;

		v = p->has[i] && l->text ? lossless_find(l, lossless_object(l), name) : NULL;
		if (!v)
			continue;
		if (in)
			*in = l;
		if (place)
			*place = (enum jose_place)i;
		return v;
	}
	return NULL;
}

char *jose_header_text(const struct jose_part *p, const char *name)
{
	const struct lossless *l;
	const struct lossless_value *v = jose_header(p, name, &l, NULL);

	return v ? lossless_dup(l, v) : NULL;
}

const char *jose_header_fault(const struct jose_part *p, const char **name)
{
	static const char *const names[] = { "alg", "kid", "typ", "cty" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct lossless_value *v = jose_header(p, names[i], NULL, NULL);
		char *text;

		*name = names[i];
		if (v && v->type != LOSSLESS_STRING)
			return " is no string";
		if (!v || !v->escaped)
			continue;
		text = jose_header_text(p, names[i]);
		free(text);
		if (!text)
			return " has a zero character in it";
	}
	return NULL;
}

const struct lossless_value *jose_claim(const struct jose *t, const char *name)
{
	return t->is_claims ? lossless_find(&t->claims, lossless_object(&t->claims), name) : NULL;
}

const char *jose_kind_name(const struct jose *t)
{
	if (t->kind == JOSE_JWE)
		return "jwe";
	if (t->sd_jwt)
		return "sd-jwt";
	return t->is_claims ? "jwt" : "jws";
}
