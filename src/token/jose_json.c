/* The JSON serialisations (RFC 7515 §7.2, RFC 7516 §7.2): members typed and required as there, flattened
 * or general but not both, header names disjoint. Members of other names are ignored, as it is said
 * there. */
#include "src/token/jose_read.h"

#include <stdio.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/secret.h"
#include "src/base/text.h"
#include "src/token/explain.h"

/* The document while it is read. */
struct reading {
	struct jose *t;
	struct lossless json;
	const struct lossless_value *root;
};

/* A member that must be of `type`; NULL when it is not there, or told when it is of another. */
static const struct lossless_value *member(struct reading *r, const struct lossless_value *object,
					   const char *name, enum lossless_type type)
{
	static const char *const types[] = {
		[LOSSLESS_OBJECT] = "object", [LOSSLESS_ARRAY] = "array",
		[LOSSLESS_STRING] = "string", [LOSSLESS_NUMBER] = "number",
		[LOSSLESS_TRUE] = "true",     [LOSSLESS_FALSE] = "false",
		[LOSSLESS_NULL] = "null",
	};
	const struct lossless_value *v = lossless_find(&r->json, object, name);

	if (!v || v->type == type)
		return v;
	jose_fault_add(r->t, "json-invalid", v->begin, "\"%s\" is no %s (RFC %s 7.2)", name,
		       types[type], r->t->kind == JOSE_JWE ? "7516" : "7515");
	return NULL;
}

static void missing_tell(struct reading *r, const struct lossless_value *object, const char *name)
{
	if (!lossless_find(&r->json, object, name))
		jose_fault_add(r->t, "json-invalid", object->begin, "\"%s\" is missing", name);
}

static bool has(const struct reading *r, const char *name)
{
	return lossless_find(&r->json, r->root, name) != NULL;
}

/* A base64url member. Its characters need no escapes, and what is signed is the text as it stands. */
static bool segment_member(struct reading *r, const struct lossless_value *object, const char *name,
			   struct jose_segment *s)
{
	const struct lossless_value *v = member(r, object, name, LOSSLESS_STRING);

	if (!v)
		return false;
	jose_segment_read(r->t, s, v->begin + 1, v->end - v->begin - 2, name);
	return true;
}

static void protected_member(struct reading *r, const struct lossless_value *object,
			     struct jose_part *p)
{
	if (!segment_member(r, object, "protected", &p->protected_header))
		return;
	p->has[PLACE_PROTECTED] = true;
	if (p->protected_header.len)
		jose_header_read(r->t, &p->header[PLACE_PROTECTED], &p->protected_header);
	else
		jose_fault_add(r->t, "json-invalid", p->protected_header.offset,
			       "\"protected\" is empty: it has to be left out then");
}

/* A name that no standard has, where nobody vouches for it, is refused: "valid" must not be said of what
 * anybody could have added (RFC 7515 §4.3 and §7.2.1 leave it to the application). */
static void unsigned_check(struct reading *r, const struct lossless *header, size_t offset)
{
	const struct lossless_value *v = lossless_child(header, lossless_object(header));
	struct buf name = BUF_INIT(JOSE_MAX);

	for (; v; v = lossless_next(header, v)) {
		const struct explained *known;

		buf_clear(&name);
		lossless_name(header, v, &name);
		known = explain_name(EXPLAIN_HEADER, buf_text(&name), name.len);
		if (!known || known->issuer)
			jose_fault_add(r->t, "header-unsigned", offset + v->name_begin,
				       "\"%.64s\" stands in an unprotected header",
				       buf_text(&name));
	}
	buf_release(&name);
}

static void header_member(struct reading *r, const struct lossless_value *object, const char *name,
			  struct jose_part *p, enum jose_place place)
{
	const struct lossless_value *v = member(r, object, name, LOSSLESS_OBJECT);

	if (!v)
		return;
	p->has[place] = true;
	lossless_read(&p->header[place], r->json.text + v->begin, v->end - v->begin);
	unsigned_check(r, &p->header[place], v->begin);
}

/* No name in two headers of one part (RFC 7515 §7.2.1, RFC 7516 §7.2.1). The names are written into one
 * object, whose reader finds what is there twice. */
static void disjoint_check(struct reading *r, const struct jose_part *p)
{
	struct buf all = BUF_INIT(4 * JOSE_MAX), name = BUF_INIT(JOSE_MAX);
	struct lossless joined;
	size_t places = 0, i = 0;

	for (size_t place = 0; place < PLACE_COUNT; place++)
		places += p->has[place];
	if (places < 2)
		return;
	for (size_t place = 0; place < PLACE_COUNT; place++) {
		const struct lossless *l = &p->header[place];
		const struct lossless_value *v = p->has[place] && l->text ? lossless_object(l)
									  : NULL;

		for (v = v ? lossless_child(l, v) : NULL; v; v = lossless_next(l, v)) {
			buf_add_char(&all, all.len ? ',' : '{');
			buf_add(&all, l->text + v->name_begin, v->name_end - v->name_begin);
			buf_add_text(&all, ":0");
		}
	}
	buf_add_text(&all, all.len ? "}" : "{}");
	lossless_read(&joined, all.data, all.len);
	while (i < joined.count && !joined.values[i].duplicate)
		i++;
	if (i < joined.count) {
		lossless_name(&joined, &joined.values[i], &name);
		jose_fault_add(r->t, "dup-header", r->root->begin,
			       "\"%.64s\" is in two headers at once", buf_text(&name));
	}
	lossless_release(&joined);
	secret_wipe(all.data, all.len);
	buf_release(&all);
	buf_release(&name);
}

static void signature_read(struct reading *r, const struct lossless_value *object,
			   struct jose_part *p)
{
	protected_member(r, object, p);
	header_member(r, object, "header", p, PLACE_RECIPIENT);
	missing_tell(r, object, "signature");
	segment_member(r, object, "signature", &p->value);
	if (!p->has[PLACE_PROTECTED] && !p->has[PLACE_RECIPIENT])
		jose_fault_add(r->t, "json-invalid", object->begin,
			       "neither \"protected\" nor \"header\" is there");
	disjoint_check(r, p);
	jose_length_check(r->t, p);
}

static void recipient_read(struct reading *r, const struct lossless_value *object,
			   struct jose_part *p)
{
	header_member(r, object, "header", p, PLACE_RECIPIENT);
	segment_member(r, object, "encrypted_key", &p->value);
	if (!p->has[PLACE_PROTECTED] && !p->has[PLACE_SHARED] && !p->has[PLACE_RECIPIENT])
		jose_fault_add(r->t, "json-invalid", object->begin, "there is no header");
	disjoint_check(r, p);
}

/* Makes room for the elements of the list, which is told when it is empty or too long. */
static const struct lossless_value *list_open(struct reading *r, const char *name)
{
	const struct lossless_value *list = member(r, r->root, name, LOSSLESS_ARRAY);
	size_t count = list ? list->count : 0;

	if (list && !count)
		jose_fault_add(r->t, "json-invalid", list->begin, "\"%s\" is empty", name);
	if (count > JOSE_PARTS) {
		jose_fault_add(r->t, "json-invalid", list->begin, "\"%s\" has over %d elements",
			       name, JOSE_PARTS);
		count = JOSE_PARTS;
	}
	if (!count)
		return NULL;
	r->t->parts = x_calloc(count, sizeof(*r->t->parts));
	r->t->count = count;
	return list;
}

/* What all recipients share is read once, into the first; they borrow it. */
static void shared_borrow(const struct jose *t, struct jose_part *p)
{
	p->protected_header = t->first.protected_header;
	for (size_t place = 0; place < PLACE_RECIPIENT; place++) {
		p->has[place] = t->first.has[place];
		if (t->first.header[place].text)
			p->header[place] = t->first.header[place];
	}
}

static void list_read(struct reading *r, const char *name,
		      void (*read)(struct reading *r, const struct lossless_value *object,
				   struct jose_part *p))
{
	const struct lossless_value *list = list_open(r, name);
	const struct lossless_value *v = list ? lossless_child(&r->json, list) : NULL;

	for (size_t i = 0; v && i < r->t->count; i++, v = lossless_next(&r->json, v)) {
		if (r->t->kind == JOSE_JWE)
			shared_borrow(r->t, &r->t->parts[i]);
		if (v->type == LOSSLESS_OBJECT)
			read(r, v, &r->t->parts[i]);
		else
			jose_fault_add(r->t, "json-invalid", v->begin,
				       "an element of \"%s\" is no object", name);
	}
}

/* Members of the flattened form beside the list of the general one (RFC 7515 §7.2.2, 7516 §7.2.2). */
static void both_tell(struct reading *r, const char *list, const char *const *names)
{
	for (; *names; names++)
		if (has(r, *names))
			jose_fault_add(r->t, "json-invalid", 0,
				       "\"%s\" stands beside \"%s\": flattened and general at once",
				       *names, list);
}

/* b64 must be the same in all signatures (RFC 7797 §3). */
static void unencoded_read(struct jose *t)
{
	for (size_t i = 0; i < t->count; i++) {
		bool unencoded = jose_unencoded(t, &t->parts[i]);

		if (i && unencoded != t->unencoded)
			jose_fault_add(t, "b64-uncrit", 0,
				       "\"b64\" differs between the signatures");
		t->unencoded = i ? t->unencoded : unencoded;
	}
}

/* The text of an unencoded payload, decoded from its JSON string into the token's memory: it is never
 * longer than that. */
static void unencoded_payload(struct reading *r, const struct lossless_value *v)
{
	struct jose *t = r->t;
	struct buf into = { .data = (char *)t->memory + t->memory_used,
			    .size = t->memory_size - t->memory_used,
			    .max = v->end - v->begin };

	t->payload = (struct jose_segment){ .present = true,
					    .offset = v->begin + 1,
					    .len = v->end - v->begin - 2 };
	lossless_string(&r->json, v, &into);
	t->payload.data = t->memory + t->memory_used;
	t->payload.size = into.len;
	t->memory_used += into.len;
	t->signed_payload = t->payload.data;
	t->signed_size = t->payload.size;
}

static void payload_read(struct reading *r)
{
	struct jose *t = r->t;
	const struct lossless_value *v;

	if (!has(r, "payload")) {
		t->detached = true;
		return;
	}
	v = member(r, r->root, "payload", LOSSLESS_STRING);
	if (!v)
		return;
	if (t->unencoded) {
		unencoded_payload(r, v);
	} else {
		segment_member(r, r->root, "payload", &t->payload);
		t->signed_payload = t->text + t->payload.offset;
		t->signed_size = t->payload.len;
	}
	jose_claims_read(t);
}

static void jws_read(struct reading *r)
{
	static const char *const flattened[] = { "signature", "protected", "header", NULL };

	if (has(r, "signatures")) {
		r->t->form = JOSE_GENERAL;
		both_tell(r, "signatures", flattened);
		list_read(r, "signatures", signature_read);
	} else {
		r->t->count = 1;
		signature_read(r, r->root, &r->t->first);
	}
	unencoded_read(r->t);
	payload_read(r);
}

static void jwe_read(struct reading *r)
{
	static const char *const flattened[] = { "header", "encrypted_key", NULL };
	struct jose *t = r->t;

	protected_member(r, r->root, &t->first);
	header_member(r, r->root, "unprotected", &t->first, PLACE_SHARED);
	if (has(r, "recipients")) {
		t->form = JOSE_GENERAL;
		both_tell(r, "recipients", flattened);
		list_read(r, "recipients", recipient_read);
	} else {
		t->count = 1;
		recipient_read(r, r->root, &t->first);
	}
	segment_member(r, r->root, "iv", &t->iv);
	segment_member(r, r->root, "aad", &t->aad);
	missing_tell(r, r->root, "ciphertext");
	segment_member(r, r->root, "ciphertext", &t->ciphertext);
	segment_member(r, r->root, "tag", &t->tag);
	if (t->count)
		jose_length_check(t, &t->parts[0]);
}

/* What can't be read, or is there twice, in the document itself. */
static void document_check(struct reading *r)
{
	const struct lossless *l = &r->json;
	struct buf name = BUF_INIT(JOSE_MAX);
	size_t i = 0;

	if (l->error)
		jose_fault_add(r->t,
			       utf8_valid(r->t->text, r->t->len) ? "json-invalid" : "not-utf8",
			       l->error_at, "the JSON serialisation: %s", l->error);
	while (l->duplicates && i < l->count && !l->values[i].duplicate)
		i++;
	if (l->duplicates && i < l->count) {
		lossless_name(l, &l->values[i], &name);
		jose_fault_add(r->t, "dup-header", l->values[i].name_begin,
			       "\"%.64s\" is there twice", buf_text(&name));
	}
	buf_release(&name);
}

void jose_json_read(struct jose *t)
{
	static const char *const jwe[] = { "ciphertext", "recipients", "encrypted_key", "iv",
					   "tag" };
	static const char *const jws[] = { "payload", "signature", "signatures" };
	struct reading r = { .t = t };
	bool is_jwe = false, is_jws = false;

	t->form = JOSE_FLATTENED;
	lossless_read(&r.json, t->text, t->len);
	r.root = r.json.count && r.json.values[0].type == LOSSLESS_OBJECT ? r.json.values : NULL;
	document_check(&r);
	for (size_t i = 0; i < sizeof(jwe) / sizeof(*jwe); i++)
		is_jwe = is_jwe || has(&r, jwe[i]);
	for (size_t i = 0; i < sizeof(jws) / sizeof(*jws); i++)
		is_jws = is_jws || has(&r, jws[i]);
	if (is_jwe && is_jws)
		jose_fault_add(t, "json-invalid", 0, "members of a JWS and of a JWE at once");
	t->kind = is_jwe && !is_jws ? JOSE_JWE : JOSE_JWS;
	if (r.root && t->kind == JOSE_JWE)
		jwe_read(&r);
	else if (r.root)
		jws_read(&r);
	lossless_release(&r.json);
}
