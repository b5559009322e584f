/* Making a compact JWS (RFC 7515 §3.1, §5.1). */
#include "src/token/sign.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/token/jose.h"
#include "src/token/jws.h"
#include "src/token/lossless.h"

static const char *usual_algorithm(const struct jose_key *k)
{
	if (k->alg)
		return k->alg;
	switch (k->type) {
	case JOSE_OCT:
		return "HS256";
	case JOSE_RSA:
		return k->pkey && EVP_PKEY_get_id(k->pkey) == EVP_PKEY_RSA_PSS ? "PS256" : "RS256";
	case JOSE_EC:
		for (const struct algorithm *a = algorithms; k->curve && a->name; a++)
			if (a->family == FAMILY_ECDSA && strcmp(a->curve, k->curve) == 0)
				return a->name;
		return "ES256";
	case JOSE_OKP:
		return "EdDSA";
	}
	return "HS256";
}

static enum errc algorithm_choose(const struct algorithm **out, const struct jose_key *k,
				  const char *name, bool allow_weak, struct err *e)
{
	char why[192];

	if (!name)
		name = usual_algorithm(k);
	*out = algorithm_find(name, strlen(name));
	if (!*out) {
		err_set(e, ERR_USAGE, "\"%s\" is no algorithm that is known", name);
		return err_hint(e, "names are case-sensitive: HS256, RS256, PS256, ES256, EdDSA …");
	}
	if (jose_key_allows(k, *out, KEY_OP_SIGN, allow_weak, why, sizeof(why)))
		return ERR_OK;
	err_set(e, ERR_USAGE, "the key may not sign with \"%s\": %s", name, why);
	return err_hint(e, "give a key that is meant for it, or another algorithm");
}

/* What is signed has to be what is said of it: "alg" is put in, and the payload is always encoded. */
static enum errc members_check(const struct lossless *json, struct err *e)
{
	const struct lossless_value *object = lossless_object(json);
	const struct lossless_value *b64 = lossless_find(json, object, "b64");

	if (json->error)
		return err_set(e, ERR_USAGE, "the header is no JSON: %s at byte %zu", json->error,
			       json->error_at + 1);
	if (!object)
		return err_set(e, ERR_USAGE, "the header is no JSON object");
	if (json->duplicates)
		return err_set(e, ERR_USAGE, "the header has a name twice");
	if (lossless_find(json, object, "alg")) {
		err_set(e, ERR_USAGE, "the header has \"alg\" already");
		return err_hint(e, "leave it out: the algorithm is put in");
	}
	if (b64 && b64->type != LOSSLESS_TRUE)
		return err_set(e, ERR_USAGE, "the header's \"b64\" wants an unencoded payload");
	return ERR_OK;
}

/* {"alg":"…", and then the members of `text` as they stand. */
static enum errc header_make(struct buf *out, const char *algorithm, const char *text,
			     struct err *e)
{
	const struct lossless_value *object;
	struct lossless json;
	enum errc rc;

	buf_addf(out, "{\"alg\":\"%s\"", algorithm);
	if (!text) {
		buf_add_text(out, "}");
		return ERR_OK;
	}
	lossless_read(&json, text, strlen(text));
	rc = members_check(&json, e);
	object = lossless_object(&json);
	if (rc == ERR_OK) {
		buf_add_text(out, object->count ? "," : "");
		buf_add(out, text + object->begin + 1, object->end - object->begin - 1);
	}
	lossless_release(&json);
	return rc;
}

static void part_add(struct buf *b, const void *data, size_t len, const char *end)
{
	char *text = x_malloc(base64url_size(len));

	base64url_encode(text, data, len);
	buf_add_text(b, text);
	buf_add_text(b, end);
	secret_wipe(text, base64url_size(len));
	free(text);
}

enum errc sign_compact(struct jose_key *k, const char *algorithm, const char *header,
		       const void *payload, size_t len, bool allow_weak, struct secret *out,
		       struct err *e)
{
	struct buf members = BUF_INIT(JOSE_MAX), token = BUF_INIT(2 * JOSE_MAX);
	struct buf signature = BUF_INIT(JOSE_MAX);
	const struct algorithm *a;
	struct span input;
	enum errc rc;

	if (len > JOSE_MAX / 2)
		return err_set(e, ERR_USAGE, "the payload is longer than %d bytes", JOSE_MAX / 2);
	rc = algorithm_choose(&a, k, algorithm, allow_weak, e);
	if (rc == ERR_OK)
		rc = header_make(&members, a->name, header, e);
	if (rc != ERR_OK)
		goto out;
	part_add(&token, members.data, members.len, ".");
	part_add(&token, payload, len, "");
	input = (struct span){ token.data, token.len };
	rc = jws_sign(k, a, &input, 1, &signature, e);
	if (rc != ERR_OK)
		goto out;
	buf_add_text(&token, ".");
	part_add(&token, signature.data, signature.len, "");
	if (token.full || token.len > JOSE_MAX)
		rc = err_set(e, ERR_USAGE, "the token would be longer than %d bytes", JOSE_MAX);
	else
		secret_set(out, token.data, token.len);
out:
	if (token.data)
		secret_wipe(token.data, token.size);
	buf_release(&members);
	buf_release(&token);
	buf_release(&signature);
	return rc;
}
