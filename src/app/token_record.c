/* The record of a token or credential, member by member. */
#include "src/app/token_record.h"

#include <stdlib.h>
#include <string.h>

#include "src/app/token_members.h"
#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/encode.h"
#include "src/base/text.h"
#include "src/token/opaque.h"
#include "src/token/sd_jwt.h"

enum { MASK_HEAD = 10, MASK_TAIL = 4, MASK_HIDDEN = 16 };

struct json *token_bytes_json(const void *data, size_t len)
{
	struct buf text = BUF_INIT(3 * len + 1);
	struct json *v;

	/* Runs at a time: there may be a megabyte. */
	for (const char *from = data, *end = from + len; from < end;) {
		const char *nul = memchr(from, '\0', (size_t)(end - from));

		buf_add(&text, from, (size_t)((nul ? nul : end) - from));
		if (nul)
			buf_add_text(&text, "\xEF\xBF\xBD");
		from = nul ? nul + 1 : end;
	}
	v = json_text(buf_text(&text));
	secret_wipe(text.data, text.len);
	buf_release(&text);
	return v;
}

char *token_mask(const char *text, size_t len)
{
	struct buf out = BUF_INIT(16 * (MASK_HEAD + MASK_TAIL) + 8);
	size_t head = len > MASK_HEAD + MASK_HIDDEN ? MASK_HEAD : len / 4;
	size_t tail = len > MASK_HEAD + MASK_TAIL + MASK_HIDDEN ? MASK_TAIL : 0;

	text_safe(&out, text, head);
	buf_add_text(&out, "…");
	text_safe(&out, text + len - tail, tail);
	return buf_take(&out);
}

/* --- where it was found ------------------------------------------------------------------------ */

static struct json *mended_json(unsigned mends)
{
	struct json *list = json_array_new();

	for (unsigned bit = 0; bit < MEND_COUNT; bit++)
		if (mends & 1U << bit)
			json_add(list, json_text(paste_mend_text(1U << bit)));
	return list;
}

static void fill_place(struct json *row, const struct paste_item *item)
{
	json_set_text(row, "where", item ? item->where : NULL);
	json_set_text(row, "warning", item ? item->warning : NULL);
	json_set(row, "offset", item ? json_int((int64_t)item->offset) : json_null_new());
	json_set(row, "length", item ? json_int((int64_t)item->len) : json_null_new());
	json_set(row, "mended", mended_json(item ? item->mends : 0));
}

/* --- parts of a token -------------------------------------------------------------------------- */

static void segment_add(struct json *list, const char *name, const struct jose_segment *s)
{
	struct json *row;

	if (!s->present)
		return;
	row = json_object_new();
	json_set_text(row, "name", name);
	json_set_int(row, "offset", (int64_t)s->offset);
	json_set_int(row, "length", (int64_t)s->len);
	json_set_int(row, "bytes", (int64_t)s->size);
	json_add(list, row);
}

static struct json *segments_json(const struct jose *t)
{
	struct json *list = json_array_new();
	bool jws = t->kind == JOSE_JWS;

	/* A JWE in general serialisation has one protected header for all recipients. */
	for (size_t i = 0; i < t->count && (jws || i == 0); i++)
		segment_add(list, "header", &t->parts[i].protected_header);
	if (jws)
		segment_add(list, "payload", &t->payload);
	for (size_t i = 0; i < t->count; i++)
		segment_add(list, jws ? "signature" : "encrypted_key", &t->parts[i].value);
	segment_add(list, "iv", &t->iv);
	segment_add(list, "ciphertext", &t->ciphertext);
	segment_add(list, "tag", &t->tag);
	segment_add(list, "aad", &t->aad);
	return list;
}

/* A header parameter that is a string, as JSON; null. */
static struct json *parameter_json(const struct jose_part *p, const char *name)
{
	const struct lossless *in;
	const struct lossless_value *v = jose_header(p, name, &in, NULL);

	return v && v->type == LOSSLESS_STRING ? token_value_json(in, v) : json_null_new();
}

static struct json *parts_json(const struct jose *t, enum jose_kind kind)
{
	struct json *list;

	if (t->kind != kind)
		return json_null_new();
	list = json_array_new();
	for (size_t i = 0; i < t->count; i++) {
		struct json *row = json_object_new();

		json_set(row, "algorithm", parameter_json(&t->parts[i], "alg"));
		json_set(row, "kid", parameter_json(&t->parts[i], "kid"));
		json_set_int(row, "bytes", (int64_t)t->parts[i].value.size);
		json_add(list, row);
	}
	return list;
}

static struct json *disclosure_json(const struct disclosure *d)
{
	static const char *const states[] = {
		[DISCLOSURE_GOOD] = "good",	    [DISCLOSURE_UNREFERENCED] = "unreferenced",
		[DISCLOSURE_REPEATED] = "repeated", [DISCLOSURE_MALFORMED] = "malformed",
		[DISCLOSURE_CLASH] = "clash",	    [DISCLOSURE_DECISIVE] = "decisive",
	};
	struct json *row = json_object_new();

	json_set_text(row, "state", states[d->state]);
	json_set(row, "name", d->name ? token_value_json(&d->json, d->name) : json_null_new());
	json_set(row, "value", d->value ? token_lexeme_json(&d->json, d->value) : json_null_new());
	json_set_text(row, "digest", d->digest);
	json_set_int(row, "offset", (int64_t)d->offset);
	json_set_int(row, "length", (int64_t)d->len);
	return row;
}

static void fill_disclosures(struct json *row, const struct jose *t)
{
	struct json *list = json_array_new();
	struct sd_jwt s;

	if (!t->sd_jwt) {
		json_free(list);
		json_set_text(row, "disclosures", NULL);
		json_set_text(row, "undisclosed", NULL);
		return;
	}
	sd_jwt_read(&s, t);
	for (size_t i = 0; i < s.count; i++)
		json_add(list, disclosure_json(&s.list[i]));
	json_set(row, "disclosures", list);
	json_set_int(row, "undisclosed", (int64_t)s.undisclosed);
	sd_jwt_release(&s);
}

/* --- what it says ------------------------------------------------------------------------------ */

static const struct algorithm *algorithm_of(const struct jose *t)
{
	char *name = t->count ? jose_header_text(&t->parts[0], "alg") : NULL;
	const struct algorithm *a = name ? algorithm_find(name, strlen(name)) : NULL;

	free(name);
	return a;
}

static struct json *algorithm_json(const struct jose *t)
{
	const struct algorithm *a = algorithm_of(t);
	struct json *row;

	if (!t->count || !jose_header(&t->parts[0], "alg", NULL, NULL))
		return json_null_new();
	row = json_object_new();
	json_set(row, "name", parameter_json(&t->parts[0], "alg"));
	json_set_text(row, "text", a ? a->text : NULL);
	return row;
}

static void fill_times(struct json *row, const struct jose *t)
{
	static const struct {
		const char *member, *claim;
	} times[] = {
		{ "issued_at", "iat" },
		{ "not_before", "nbf" },
		{ "expires_at", "exp" },
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		json_set_time(row, times[i].member,
			      t ? token_time(&t->claims, jose_claim(t, times[i].claim))
				: TIME_NONE);
}

/* A payload that is no claims set: of any bytes. */
static struct json *payload_json(const struct jose *t)
{
	char *text;
	struct json *v;

	if (t->kind != JOSE_JWS || t->is_claims || !t->payload.present)
		return json_null_new();
	text = x_malloc(base64url_size(t->payload.size));
	base64url_encode(text, t->payload.data, t->payload.size);
	v = json_text(text);
	secret_wipe(text, strlen(text));
	free(text);
	return v;
}

static struct json *source_text(const struct lossless *l, bool there)
{
	return there ? token_bytes_json(l->text, l->len) : json_null_new();
}

/* Characters of base64url for so many bytes. */
static size_t characters_of(size_t bytes)
{
	return (bytes * 4 + 2) / 3;
}

/* Characters missing at the end, by what the algorithm's signature has to be; 0 none, or unknown. */
static size_t truncated_by(const struct jose *t)
{
	enum { RSA_2048 = 256 };
	const struct algorithm *a = algorithm_of(t);
	size_t bytes, due;

	if (t->kind != JOSE_JWS || t->form != JOSE_COMPACT || t->segments != 3 || !a ||
	    a->family == FAMILY_NONE || !t->count)
		return 0;
	bytes = a->signature_bytes;
	if (a->family == FAMILY_RSA_PKCS1 || a->family == FAMILY_RSA_PSS)
		bytes = RSA_2048;
	due = characters_of(bytes);
	return t->parts[0].value.len < due ? due - t->parts[0].value.len : 0;
}

static struct json *truncated_json(const struct jose *t)
{
	size_t missing = truncated_by(t);

	return missing ? json_int((int64_t)missing) : json_null_new();
}

static void fill_text(struct json *row, const struct jose *t)
{
	const struct jose_part *p = t->count ? &t->parts[0] : NULL;
	bool has = p && p->has[PLACE_PROTECTED];

	json_set(row, "header", token_header_json(t));
	json_set(row, "claims", token_claims_json(t));
	json_set(row, "header_text",
		 has ? source_text(&p->header[PLACE_PROTECTED], true) : json_null_new());
	json_set(row, "claims_text", source_text(&t->claims, t->kind == JOSE_JWS && t->is_claims));
	json_set(row, "payload", payload_json(t));
	json_set(row, "algorithm", algorithm_json(t));
}

static const char *what_of(const struct jose *t)
{
	if (t->kind == JOSE_JWE)
		return "encrypted token (JWE)";
	if (t->sd_jwt)
		return "signed token with selective disclosure (SD-JWT)";
	return t->is_claims ? "signed token (JWT)" : "signed content (JWS)";
}

static void fill_jose(struct json *row, const struct token_facts *f)
{
	static const char *const forms[] = {
		[JOSE_COMPACT] = "compact",
		[JOSE_FLATTENED] = "flattened",
		[JOSE_GENERAL] = "general",
	};
	const struct jose *t = f->jose;
	char *mask = token_mask(t->text, t->len);

	json_set_text(row, "kind", jose_kind_name(t));
	json_set_text(row, "what", what_of(t));
	json_set_text(row, "form", forms[t->form]);
	fill_place(row, f->item);
	json_set_int(row, "size", (int64_t)t->len);
	json_set_text(row, "token", mask);
	fill_text(row, t);
	json_set(row, "members", token_members_json(t, f->now));
	json_set(row, "segments", segments_json(t));
	json_set(row, "signatures", parts_json(t, JOSE_JWS));
	json_set(row, "recipients", parts_json(t, JOSE_JWE));
	fill_disclosures(row, t);
	fill_times(row, t);
	json_set(row, "truncated_by", truncated_json(t));
	free(mask);
}

/* --- other credentials ------------------------------------------------------------------------- */

static struct json *facts_json(const struct opaque *o)
{
	struct json *list = json_array_new();

	for (size_t i = 0; i < o->count; i++) {
		struct json *row = json_object_new();

		json_set_text(row, "name", o->facts[i].name);
		json_set_text(row, "value", o->facts[i].value);
		json_add(list, row);
	}
	return list;
}

static void fill_opaque(struct json *row, const struct token_facts *f)
{
	struct opaque o;

	opaque_read(&o, f->item);
	json_set_text(row, "kind", f->item->kind);
	json_set_text(row, "what", o.what);
	fill_place(row, f->item);
	if (o.loud)
		json_set_text(row, "warning",
			      "key material: whoever saw it can sign or read in its "
			      "owner's name");
	json_set_int(row, "size", (int64_t)f->item->text_len);
	json_set_text(row, "token", o.mask);
	json_set_text(row, "checksum", o.checksum);
	json_set_text(row, "revoke_at", o.revoke);
	json_set(row, "facts", facts_json(&o));
	opaque_release(&o);
}

/* --- together ---------------------------------------------------------------------------------- */

static struct json *finding_json(const struct finding *f)
{
	struct json *row = json_object_new();

	json_set_text(row, "id", f->rule->id);
	json_set_text(row, "severity", severity_name(f->severity));
	json_set_text(row, "text", f->text);
	json_set_text(row, "source", f->rule->source);
	json_set_text(row, "remedy", f->rule->remedy);
	return row;
}

/* The most severe first, whoever raised them. */
static struct json *findings_json(const struct findings *f)
{
	struct json *list = json_array_new();

	for (int severity = SEVERITY_CRITICAL; f && severity >= SEVERITY_INFO; severity--)
		for (size_t i = 0; i < f->count; i++)
			if ((int)f->list[i].severity == severity)
				json_add(list, finding_json(&f->list[i]));
	return list;
}

void token_record_fill(struct json *row, const struct token_facts *f)
{
	static const struct op_column columns[] = { TOKEN_COLUMNS };

	/* In the order of the manual, whatever there is to say. */
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		json_set_text(row, columns[i].name, NULL);
	json_set_time(row, "as_of", f->now);
	if (f->jose)
		fill_jose(row, f);
	else
		fill_opaque(row, f);
	json_set(row, "findings", findings_json(f->findings));
}

struct json *token_record_new(const struct token_facts *f)
{
	struct json *row = json_object_new();

	token_record_fill(row, f);
	return row;
}

struct json *token_checks_json(const struct verdict *v)
{
	struct json *list = json_array_new();

	for (size_t i = 0; i < v->count; i++) {
		struct json *row = json_object_new();

		json_set_text(row, "name", v->checks[i].name);
		json_set_text(row, "result", check_name(v->checks[i].result));
		json_set_text(row, "detail", v->checks[i].detail);
		json_add(list, row);
	}
	return list;
}
