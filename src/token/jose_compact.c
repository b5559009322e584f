/* The compact serialisation (RFC 7515 §7.1, RFC 7516 §7.1), with the payload of RFC 7797 §5 and what an
 * SD-JWT has behind it. */
#include "src/token/jose_read.h"

#include <string.h>

enum { JWS_SEGMENTS = 3, JWE_SEGMENTS = 5 };

struct piece {
	size_t at, len;
};

/* An SD-JWT's first '~' ends the signature; an unencoded payload may hold some before that. */
static void sd_jwt_find(struct jose *t)
{
	const char *tilde = memchr(t->text, '~', t->len);
	size_t dots = 0;

	if (!tilde)
		return;
	for (const char *p = t->text; p < tilde; p++)
		dots += *p == '.';
	if (dots != JWS_SEGMENTS - 1)
		return;
	t->sd_jwt = true;
	t->jws_len = (size_t)(tilde - t->text);
}

/* Counts the segments; the first five go into `pieces`. */
static size_t split(const struct jose *t, struct piece pieces[JWE_SEGMENTS])
{
	const char *at = t->text, *end = t->text + t->jws_len;
	size_t count = 0;

	for (;;) {
		const char *dot = memchr(at, '.', (size_t)(end - at));
		const char *stop = dot ? dot : end;

		if (count < JWE_SEGMENTS)
			pieces[count] = (struct piece){ (size_t)(at - t->text),
							(size_t)(stop - at) };
		count++;
		if (!dot)
			return count;
		at = dot + 1;
	}
}

/* Are the segments padded to whole groups of four, as AWS ALB makes them? */
static bool is_padded(const struct jose *t, const struct piece *pieces)
{
	bool any = false;

	for (size_t i = 0; i < JWS_SEGMENTS; i++) {
		const char *end = t->text + pieces[i].at + pieces[i].len;

		if (pieces[i].len % 4 != 0 || pieces[i].len < 4)
			return false;
		if (end[-3] == '=')
			return false;
		any = any || end[-1] == '=';
	}
	return any;
}

static void count_tell(struct jose *t, bool encrypted)
{
	static const char *const texts[] = {
		"nothing",
		"one segment: no token, or one cut off within its header",
		"two segments of three: the signature is missing",
		"three segments, and the header is a JWE's: two of five are cut off",
		"four segments of five: a JWE that was cut off",
	};

	if (!t->len)
		jose_fault_add(t, "seg-count", 0, "%s", texts[0]);
	else if (t->segments > JWE_SEGMENTS)
		jose_fault_add(t, "seg-count", 0, "%zu segments: a JWS has three, a JWE five",
			       t->segments);
	else if (t->segments == 2 && encrypted)
		jose_fault_add(t, "seg-count", 0, "two segments of five: a JWE that was cut off");
	else if (t->segments == 4 && !encrypted)
		jose_fault_add(t, "seg-count", 0, "four segments: a JWS has three, a JWE five");
	else
		jose_fault_add(t, "seg-count", 0, "%s", texts[t->segments]);
}

/* What RFC 7797 §5.2 allows in the token, the '.' being gone already. */
static void unencoded_read(struct jose *t, const struct piece *piece)
{
	struct jose_segment *s = &t->payload;

	*s = (struct jose_segment){ .present = true, .offset = piece->at, .len = piece->len };
	s->data = (unsigned char *)t->text + piece->at;
	s->size = piece->len;
	for (size_t i = 0; i < s->size; i++) {
		if (s->data[i] >= 0x20 && s->data[i] <= 0x7E)
			continue;
		s->base64 = (struct base64_faults){ BASE64_FOREIGN, s->offset + i };
		jose_fault_add(t, "b64-loose", s->offset + i,
			       "payload: a character that can't stand there unencoded");
		return;
	}
}

static void jws_read(struct jose *t, const struct piece *pieces)
{
	struct jose_part *p = &t->first;

	t->unencoded = jose_unencoded(t, p);
	if (t->segments > 1) {
		t->detached = pieces[1].len == 0;
		if (t->unencoded && !t->detached)
			unencoded_read(t, &pieces[1]);
		else if (!t->detached)
			jose_segment_read(t, &t->payload, pieces[1].at, pieces[1].len, "payload");
		t->signed_payload = t->text + pieces[1].at;
		t->signed_size = pieces[1].len;
		jose_claims_read(t);
	}
	if (t->segments > 2)
		jose_segment_read(t, &p->value, pieces[2].at, pieces[2].len, "signature");
	jose_length_check(t, p);
}

static void jwe_read(struct jose *t, const struct piece *pieces)
{
	struct {
		struct jose_segment *segment;
		const char *name;
	} parts[] = {
		{ NULL, "header" },
		{ &t->first.value, "encrypted key" },
		{ &t->iv, "initialisation vector" },
		{ &t->ciphertext, "ciphertext" },
		{ &t->tag, "authentication tag" },
	};

	for (size_t i = 1; i < JWE_SEGMENTS && i < t->segments; i++)
		jose_segment_read(t, parts[i].segment, pieces[i].at, pieces[i].len, parts[i].name);
	jose_length_check(t, &t->first);
}

void jose_compact_read(struct jose *t)
{
	struct piece pieces[JWE_SEGMENTS] = { 0 };
	struct jose_part *p = &t->first;
	bool encrypted;

	sd_jwt_find(t);
	t->segments = split(t, pieces);
	t->count = 1;
	t->padded = t->segments == JWS_SEGMENTS && !t->sd_jwt && is_padded(t, pieces);
	jose_segment_read(t, &p->protected_header, pieces[0].at, pieces[0].len, "header");
	p->has[PLACE_PROTECTED] = true;
	if (t->len)
		jose_header_read(t, &p->header[PLACE_PROTECTED], &p->protected_header);
	encrypted = jose_header(p, "enc", NULL, NULL) != NULL;
	if (t->segments == JWE_SEGMENTS || (t->segments != JWS_SEGMENTS && encrypted))
		t->kind = JOSE_JWE;
	if (t->padded)
		jose_fault_add(t, "alb-padding", pieces[0].at + pieces[0].len,
			       "the segments are padded, as AWS load balancers make them");
	if ((t->segments != JWS_SEGMENTS && t->segments != JWE_SEGMENTS) ||
	    (t->segments == JWS_SEGMENTS && encrypted))
		count_tell(t, encrypted);
	if (t->kind == JOSE_JWE)
		jwe_read(t, pieces);
	else
		jws_read(t, pieces);
}
