/* Disclosures of an SD-JWT: each is read, its digest looked up among those of the payload and of the
 * disclosures that stand within it, and what must make a verifier refuse is marked (RFC 9901 7.1). All
 * look-ups are by sorted arrays: the cost is n log n, whatever the token holds. */
#include "src/token/sd_jwt.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/base/secret.h"

enum { DIGEST_TEXT = 88 };

/* By the names of IANA's "Named Information Hash Algorithm" registry, and libcrypto's. */
static const struct {
	const char *name, *digest;
} digests[] = { { "sha-256", "SHA256" }, { "sha-384", "SHA384" }, { "sha-512", "SHA512" } };

/* A digest that stands in the payload, or in a disclosure. */
struct place {
	char digest[DIGEST_TEXT];
	bool element; /* {"...": digest} within an array, else in an _sd array */
};

/* A name of an object that claims are disclosed into: names there must not clash. */
struct name {
	size_t object;
	struct disclosure *disclosure; /* that brought it; NULL: it stood there */
	struct buf text;
};

struct reading {
	struct sd_jwt *out;
	const EVP_MD *md;
	struct disclosure **sorted; /* by digest */
	size_t sorted_count;
	struct place *places;
	size_t place_count, place_size;
	struct name *names;
	size_t name_count, name_size;
	size_t objects;			   /* so far */
	const struct lossless_value *root; /* of the payload */
	struct disclosure **queue;	   /* those whose value is still to be walked */
	size_t queue_count;
};

/* --- digests -------------------------------------------------------------------------------------- */

static void digest_text(char out[DIGEST_TEXT], const EVP_MD *md, const void *data, size_t len)
{
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	out[0] = '\0';
	if (EVP_Digest(data, len, raw, &n, md, NULL) == 1)
		base64url_encode(out, raw, n);
}

static const EVP_MD *digest_of(const struct jose *t, struct sd_jwt *out)
{
	const struct lossless_value *v = jose_claim(t, "_sd_alg");

	for (size_t i = 0; i < sizeof(digests) / sizeof(*digests); i++) {
		const char *name = digests[i].name;

		/* RFC 9901 4.1.1: sha-256 where nothing is named. */
		if (v ? lossless_equals(&t->claims, v, name, strlen(name)) : i == 0) {
			out->digest_name = name;
			return EVP_get_digestbyname(digests[i].digest);
		}
	}
	return NULL;
}

static int by_digest(const void *a, const void *b)
{
	const struct disclosure *const *x = a;
	const struct disclosure *const *y = b;

	return strcmp((*x)->digest, (*y)->digest);
}

static int by_place(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	return strcmp(x->digest, y->digest);
}

static int by_key(const void *key, const void *member)
{
	const struct disclosure *const *d = member;

	return strcmp(key, (*d)->digest);
}

/* --- disclosures ------------------------------------------------------------------------------------ */

/* [salt, name, value] or [salt, value]; `_sd` and `...` are no names (RFC 9901 4.2.1). */
static bool disclosure_parts(struct disclosure *d)
{
	const struct lossless *l = &d->json;
	const struct lossless_value *v = l->count ? &l->values[0] : NULL;
	const struct lossless_value *salt;

	if (l->error || v->type != LOSSLESS_ARRAY || v->count < 2 || v->count > 3)
		return false;
	salt = lossless_child(l, v);
	d->value = lossless_next(l, salt);
	if (v->count == 3) {
		d->name = d->value;
		d->value = lossless_next(l, d->name);
	}
	return salt->type == LOSSLESS_STRING && !l->duplicates &&
	       (!d->name ||
		(d->name->type == LOSSLESS_STRING && !lossless_equals(l, d->name, "_sd", 3) &&
		 !lossless_equals(l, d->name, "...", 3)));
}

static void disclosure_read(struct reading *r, struct disclosure *d, const char *text)
{
	struct base64_faults faults = { 0 };
	size_t room = base64_room(d->len);
	size_t n;

	d->text = x_malloc(room + 1);
	n = base64_decode((unsigned char *)d->text, text + d->offset, d->len, &faults);
	d->text[n] = '\0';
	lossless_read(&d->json, d->text, n);
	d->state = DISCLOSURE_UNREFERENCED;
	if (!disclosure_parts(d) || faults.faults) {
		d->state = DISCLOSURE_MALFORMED;
		d->name = d->value = NULL;
	}
	if (r->md)
		digest_text(d->digest, r->md, text + d->offset, d->len);
}

/* What stands between the ~, and behind the last one. */
static void split(struct reading *r, const struct jose *t)
{
	struct sd_jwt *out = r->out;
	size_t at = t->jws_len + 1;
	size_t size = 0;

	for (size_t i = at; i < t->len; i++)
		size += t->text[i] == '~';
	out->more = size > DISCLOSURES_MAX;
	if (out->more)
		size = DISCLOSURES_MAX;
	out->list = x_calloc(size + 1, sizeof(*out->list));
	for (const char *end; at < t->len && (end = memchr(t->text + at, '~', t->len - at));
	     at = (size_t)(end - t->text) + 1) {
		struct disclosure *d = &out->list[out->count];

		if (out->count == size)
			continue;
		out->count++;
		d->offset = at;
		d->len = (size_t)(end - t->text) - at;
		disclosure_read(r, d, t->text);
	}
	out->key_binding = at < t->len;
	out->binding_offset = at;
	out->binding_len = t->len - at;
}

/* Sorts what has a digest, and marks what is given twice. */
static void sort_disclosures(struct reading *r)
{
	struct sd_jwt *out = r->out;

	r->sorted = x_calloc(out->count + 1, sizeof(struct disclosure *));
	r->queue = x_calloc(out->count + 1, sizeof(struct disclosure *));
	for (size_t i = 0; r->md && i < out->count; i++)
		if (out->list[i].state != DISCLOSURE_MALFORMED)
			r->sorted[r->sorted_count++] = &out->list[i];
	if (r->sorted_count)
		qsort(r->sorted, r->sorted_count, sizeof(struct disclosure *), by_digest);
	for (size_t i = 1; i < r->sorted_count; i++)
		if (strcmp(r->sorted[i - 1]->digest, r->sorted[i]->digest) == 0)
			r->sorted[i - 1]->state = r->sorted[i]->state = DISCLOSURE_REPEATED;
}

/* --- what the payload says ------------------------------------------------------------------------------ */

static void add_name(struct reading *r, size_t object, struct disclosure *d,
		     const struct lossless *l, const struct lossless_value *v)
{
	struct name *n;

	if (r->name_count == r->name_size) {
		r->name_size = r->name_size ? 2 * r->name_size : 64;
		r->names = x_reallocarray(r->names, r->name_size, sizeof(*r->names));
	}
	n = &r->names[r->name_count++];
	*n = (struct name){ .object = object, .disclosure = d };
	buf_init(&n->text, JOSE_MAX);
	if (d)
		lossless_string(l, v, &n->text);
	else
		lossless_name(l, v, &n->text);
}

/* The disclosure of a digest, if it is of the kind that may stand there. */
static struct disclosure *referenced(struct reading *r, const struct place *p)
{
	struct disclosure **found = r->sorted_count ? bsearch(p->digest, r->sorted, r->sorted_count,
							      sizeof(struct disclosure *), by_key)
						    : NULL;

	return found && !(*found)->name == p->element ? *found : NULL;
}

/* Notes a digest; gives the disclosure that it is the first to refer to, else NULL. */
static struct disclosure *add_place(struct reading *r, const struct lossless *l,
				    const struct lossless_value *v, bool element)
{
	struct buf text = BUF_INIT(DIGEST_TEXT - 1);
	struct place p = { .element = element };
	struct disclosure *d;

	/* A longer text is no digest of ours; it counts among the undisclosed by what begins it. */
	lossless_string(l, v, &text);
	memcpy(p.digest, buf_text(&text), text.len);
	buf_release(&text);
	if (r->place_count == r->place_size) {
		r->place_size = r->place_size ? 2 * r->place_size : 64;
		r->places = x_reallocarray(r->places, r->place_size, sizeof(*r->places));
	}
	r->places[r->place_count++] = p;
	d = referenced(r, &p);
	if (!d || d->state != DISCLOSURE_UNREFERENCED)
		return NULL;
	d->state = DISCLOSURE_GOOD;
	r->queue[r->queue_count++] = d;
	return d;
}

/* Nobody may choose whether these are looked at. */
static bool is_decisive(const struct disclosure *d)
{
	static const char *const names[] = { "iss", "aud", "exp", "nbf", "cnf" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (lossless_equals(&d->json, d->name, names[i], strlen(names[i])))
			return true;
	return false;
}

static void add_claim(struct reading *r, const struct lossless *l, const struct lossless_value *v,
		      size_t object, bool top)
{
	struct disclosure *d = add_place(r, l, v, false);

	if (!d)
		return;
	d->top = top;
	add_name(r, object, d, &d->json, d->name);
	if (top && is_decisive(d))
		d->state = DISCLOSURE_DECISIVE;
}

/* {"...": digest}, and nothing else in it (RFC 9901 4.2.4.2). */
static bool is_element(const struct lossless *l, const struct lossless_value *v)
{
	return v->count == 1 && lossless_named(l, lossless_child(l, v), "...") &&
	       lossless_child(l, v)->type == LOSSLESS_STRING;
}

/* An _sd that is no array of strings alone is none (RFC 9901 7.1 step 3 b). */
static void look_at_sd(struct reading *r, const struct lossless *l,
		       const struct lossless_value *object, const struct lossless_value *sd)
{
	size_t number = r->objects++;

	for (const struct lossless_value *d = lossless_child(l, sd); d; d = lossless_next(l, d))
		if (d->type != LOSSLESS_STRING)
			return;
	for (const struct lossless_value *m = lossless_child(l, object); m; m = lossless_next(l, m))
		add_name(r, number, NULL, l, m);
	for (const struct lossless_value *d = lossless_child(l, sd); d; d = lossless_next(l, d))
		add_claim(r, l, d, number, object == r->root);
}

/* Values stand in the source's order, so that a container's parts are those behind it that begin before
 * its end: no recursion is needed. */
static void look_at(struct reading *r, const struct lossless *l, const struct lossless_value *top)
{
	size_t first = (size_t)(top - l->values);

	for (size_t i = first; i < l->count && l->values[i].begin < top->end; i++) {
		const struct lossless_value *v = &l->values[i];

		if (v->type == LOSSLESS_ARRAY) {
			for (const struct lossless_value *m = lossless_child(l, v); m;
			     m = lossless_next(l, m))
				if (m->type == LOSSLESS_OBJECT && is_element(l, m))
					add_place(r, l, lossless_child(l, m), true);
		} else if (v->type == LOSSLESS_OBJECT) {
			const struct lossless_value *sd = lossless_find(l, v, "_sd");

			if (sd && sd->type == LOSSLESS_ARRAY)
				look_at_sd(r, l, v, sd);
		}
	}
}

/* --- what follows from it ---------------------------------------------------------------------------------- */

static void count_places(struct reading *r)
{
	if (r->place_count)
		qsort(r->places, r->place_count, sizeof(*r->places), by_place);
	for (size_t i = 0; i < r->place_count; i++) {
		struct disclosure *d = referenced(r, &r->places[i]);
		bool again = i && by_place(&r->places[i - 1], &r->places[i]) == 0;

		if (!d && !again)
			r->out->undisclosed++;
		if (!again)
			continue;
		r->out->repeated++;
		if (d)
			d->state = DISCLOSURE_REPEATED;
	}
}

static int by_name(const void *a, const void *b)
{
	const struct name *x = a;
	const struct name *y = b;
	size_t least = x->text.len < y->text.len ? x->text.len : y->text.len;
	int order = x->object < y->object ? -1 : x->object > y->object;

	if (!order)
		order = memcmp(buf_text(&x->text), buf_text(&y->text), least);
	return order ? order : x->text.len < y->text.len ? -1 : x->text.len > y->text.len;
}

static void mark_clash(struct name *n)
{
	if (n->disclosure && n->disclosure->state == DISCLOSURE_GOOD)
		n->disclosure->state = DISCLOSURE_CLASH;
}

static void find_clashes(struct reading *r)
{
	if (r->name_count)
		qsort(r->names, r->name_count, sizeof(*r->names), by_name);
	for (size_t i = 1; i < r->name_count; i++)
		if (by_name(&r->names[i - 1], &r->names[i]) == 0) {
			mark_clash(&r->names[i - 1]);
			mark_clash(&r->names[i]);
		}
}

/* sd_hash is over all that stands before the key binding JWT, with its last ~ (RFC 9901 4.3.1). */
static bool binding_fits(const struct sd_jwt *s, const struct jose *t, const EVP_MD *md)
{
	char digest[DIGEST_TEXT];
	struct jose binding;
	const struct lossless_value *v;
	bool fits;

	jose_read(&binding, t->text + s->binding_offset, s->binding_len);
	v = jose_claim(&binding, "sd_hash");
	digest_text(digest, md, t->text, s->binding_offset);
	fits = jose_sound(&binding) && v && digest[0] &&
	       lossless_equals(&binding.claims, v, digest, strlen(digest));
	jose_release(&binding);
	return fits;
}

static void reading_release(struct reading *r)
{
	for (size_t i = 0; i < r->name_count; i++)
		buf_release(&r->names[i].text);
	free(r->names);
	free(r->places);
	free(r->sorted);
	free(r->queue);
}

void sd_jwt_read(struct sd_jwt *s, const struct jose *t)
{
	struct reading r = { .out = s };

	*s = (struct sd_jwt){ 0 };
	if (!t->sd_jwt)
		return;
	r.md = digest_of(t, s);
	split(&r, t);
	sort_disclosures(&r);
	if (t->is_claims) {
		r.root = &t->claims.values[0];
		look_at(&r, &t->claims, r.root);
	}
	for (size_t i = 0; i < r.queue_count; i++)
		look_at(&r, &r.queue[i]->json, r.queue[i]->value);
	count_places(&r);
	find_clashes(&r);
	if (s->key_binding && r.md)
		s->binding_hash_fits = binding_fits(s, t, r.md);
	reading_release(&r);
}

const struct lossless_value *sd_jwt_claim(const struct sd_jwt *s, const char *name,
					  const struct lossless **in)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct disclosure *d = &s->list[i];

		if (d->state != DISCLOSURE_GOOD || !d->top ||
		    !lossless_equals(&d->json, d->name, name, strlen(name)))
			continue;
		*in = &d->json;
		return d->value;
	}
	return NULL;
}

void sd_jwt_release(struct sd_jwt *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct disclosure *d = &s->list[i];

		lossless_release(&d->json);
		if (d->text)
			secret_wipe(d->text, base64_room(d->len));
		free(d->text);
	}
	free(s->list);
	*s = (struct sd_jwt){ 0 };
}
