/* Tokens in the compact form: taken apart, put together again, verified against fixed keys. Nothing but
 * the good tokens themselves is ever valid. The input is a token, or behind \1 its parts, which are
 * encoded here, or behind \2 a header and claims, which are signed here as well: then what the verdict
 * says is held against jansson's reading of the claims. */
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/json.h"
#include "src/token/jws.h"
#include "src/token/sd_jwt.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fixed.h"

enum { NOW = 1781615212 };

static void segment_check(const struct jose *t, const struct jose_segment *s)
{
	char *text;

	must(s->offset <= t->len && s->len <= t->len - s->offset);
	if (!s->present || s->base64.faults || t->unencoded)
		return;
	text = x_malloc(base64url_size(s->size));
	base64url_encode(text, s->data, s->size);
	must(strlen(text) == s->len && !memcmp(text, t->text + s->offset, s->len));
	free(text);
}

/* A sound token is what its parts give when they are encoded again. */
static void parts_check(const struct jose *t, size_t size)
{
	must(t->count <= JOSE_PARTS && t->fault_count <= JOSE_FAULTS);
	for (size_t i = 0; i < t->fault_count; i++)
		must(t->faults[i].at <= size && t->faults[i].id && t->faults[i].text[0]);
	for (size_t i = 0; i < t->count; i++) {
		segment_check(t, &t->parts[i].protected_header);
		segment_check(t, &t->parts[i].value);
	}
	segment_check(t, &t->payload);
	segment_check(t, &t->iv);
	segment_check(t, &t->ciphertext);
	segment_check(t, &t->tag);
	must(!jose_sound(t) || t->count);
	must(!jose_sound(t) || jose_sound_padded(t));
}

static void disclosures_check(const struct jose *t)
{
	struct sd_jwt sd;

	if (!t->sd_jwt)
		return;
	sd_jwt_read(&sd, t);
	for (size_t i = 0; i < sd.count; i++)
		must(sd.list[i].offset <= t->len && sd.list[i].len <= t->len - sd.list[i].offset);
	sd_jwt_release(&sd);
}

static bool is_good(const char *text, size_t len)
{
	for (const char *const *good = fuzz_tokens; *good; good++)
		if (strlen(*good) == len && !memcmp(*good, text, len))
			return true;
	return false;
}

static void verify(const struct jose *t)
{
	for (int i = 0; i < 3; i++) {
		bool good = is_good(t->text, t->sd_jwt ? t->jws_len : t->len);
		struct verdict verdict;

		fuzz_verify(t, &verdict, i == 1, i == 2);
		must(!verdict.valid || good);
		must(verdict.signature != SIGNATURE_VALID || good);
		must(verdict.valid || !good || t->sd_jwt);
		findings_release(&verdict.findings);
	}
}

static void encode(struct buf *out, struct fuzz_input part)
{
	char *text = x_malloc(base64url_size(part.len));

	base64url_encode(text, part.text, part.len);
	buf_add_text(out, text);
	free(text);
}

static void encode_parts(struct buf *out, struct fuzz_input in)
{
	while (in.len) {
		encode(out, fuzz_take(&in, '\0'));
		if (in.len)
			buf_add_char(out, '.');
	}
}

static void sign(struct buf *out, struct fuzz_input in)
{
	struct jose_key *key = &fuzz_key_set()->keys[FUZZ_SECRET];
	struct buf signature = BUF_INIT(64);
	struct span message;
	struct err e = ERR_INIT;

	encode(out, fuzz_take(&in, '\0'));
	buf_add_char(out, '.');
	encode(out, in);
	message = (struct span){ out->data, out->len };
	must(jws_sign(key, algorithm_find("HS256", 5), &message, 1, &signature, &e) == ERR_OK);
	buf_add_char(out, '.');
	encode(out, (struct fuzz_input){ signature.data, signature.len });
	buf_release(&signature);
}

static double number(const struct json *object, const char *name, double otherwise)
{
	const struct json *v = json_get(object, name);
	struct buf text = BUF_INIT(100);

	must(!v || json_type_of(v) == JSON_INT_TYPE || json_type_of(v) == JSON_REAL_TYPE);
	if (v) {
		json_number_text(&text, v);
		otherwise = strtod(buf_text(&text), NULL);
	}
	buf_release(&text);
	return otherwise;
}

/* The claims of a token that is called valid, as another parser reads them. */
static void valid_check(const struct jose *t)
{
	struct err e = ERR_INIT;
	struct json *header, *claims;
	const char *text = (const char *)t->first.protected_header.data;

	must(t->is_claims && !t->unencoded && !t->claims.duplicates);
	if (json_parse(&header, text, t->first.protected_header.size, &e) == ERR_OK) {
		must(!strcmp(json_get_text(header, "alg"), "HS256"));
		must(json_get(header, "crit") == NULL || json_get_bool(header, "b64"));
	}
	text = (const char *)t->payload.data;
	if (json_parse(&claims, text, t->payload.size, &e) == ERR_OK) {
		must(number(claims, "exp", NOW + 1) > NOW);
		must(number(claims, "nbf", NOW) <= NOW);
	}
	json_free(header);
	json_free(claims);
}

static void verify_signed(const struct jose *t)
{
	struct verdict verdict;

	fuzz_verify(t, &verdict, false, false);
	if (verdict.valid)
		valid_check(t);
	findings_release(&verdict.findings);
	fuzz_verify(t, &verdict, true, false);
	findings_release(&verdict.findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { (const char *)data, size };
	struct buf text = BUF_INIT(4 * size + 256);
	int form = size && data[0] <= 2 ? data[0] : 0;
	struct jose token;

	if (form) {
		in.text++;
		in.len--;
	}
	if (form == 2)
		sign(&text, in);
	else if (form == 1)
		encode_parts(&text, in);
	else
		buf_add(&text, data, size);
	jose_read(&token, buf_text(&text), text.len);
	parts_check(&token, text.len);
	disclosures_check(&token);
	if (form == 2)
		verify_signed(&token);
	else
		verify(&token);
	jose_release(&token);
	buf_release(&text);
	return 0;
}
