/* Sets of keys, whatever they were read from, and a key in words. */
#include "src/token/jose_key.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/base/crypto.h"
#include "src/token/jws.h"
#include "src/token/key_parts.h"

void key_set_init(struct key_set *s)
{
	*s = (struct key_set){ .keys = NULL };
}

static void key_release(struct jose_key *k)
{
	key_context_free(k->context);
	EVP_PKEY_free(k->pkey);
	secret_release(&k->secret);
	free(k->kid);
	free(k->alg);
	free(k->use);
	free(k->label);
	free(k->pem);
}

void key_set_release(struct key_set *s)
{
	while (s->count)
		key_set_drop(s);
	free(s->keys);
	key_set_init(s);
}

struct jose_key *key_set_add(struct key_set *s, const char *label)
{
	struct jose_key *k;

	if (s->count == s->size) {
		s->size = s->size ? 2 * s->size : 4;
		s->keys = x_reallocarray(s->keys, s->size, sizeof(*s->keys));
	}
	k = &s->keys[s->count++];
	*k = (struct jose_key){ .label = x_strdup(label) };
	return k;
}

void key_set_drop(struct key_set *s)
{
	key_release(&s->keys[--s->count]);
}

void key_set_cut(struct key_set *s, size_t count)
{
	while (s->count > count)
		key_set_drop(s);
}

void key_set_add_secret(struct key_set *s, const struct secret *secret, const char *label)
{
	struct jose_key *k = key_set_add(s, label);

	k->type = JOSE_OCT;
	k->is_private = true;
	k->bits = (unsigned)secret->len * 8;
	secret_copy(&k->secret, secret);
	if (!secret->len)
		key_fault(k, KEY_FAULT_MEMBER, "the secret is empty: anyone can sign");
	key_check_secret(k);
}

static enum errc unknown_form(const char *text, size_t len, const char *label, struct err *e)
{
	if (key_is_ssh(text, len)) {
		err_set(e, ERR_USAGE, "\"%s\" is a key of OpenSSH's own format", label);
		return err_hint(e, "turn it into PEM: ssh-keygen -e -m PKCS8 -f FILE");
	}
	err_set(e, ERR_USAGE, "\"%s\" is neither PEM, JWK nor DER", label);
	return err_hint(e, "for a shared secret use the option for secrets");
}

enum errc key_set_add_any(struct key_set *s, const void *data, size_t len, const char *label,
			  struct err *e)
{
	const char *text = data;
	size_t at = 0;

	while (at < len && isspace((unsigned char)text[at]))
		at++;
	if (at < len && (text[at] == '{' || text[at] == '['))
		return key_set_add_jwk(s, text, len, label, e);
	if (len && memmem(text, len, "-----BEGIN ", 11))
		return key_set_add_pem(s, text, len, label, e);
	/* An ASN.1 SEQUENCE, which every DER form is. */
	if (len && text[0] == 0x30)
		return key_set_add_der(s, data, len, label, e);
	return unknown_form(text + at, len - at, label, e);
}

const char *key_noun(const struct jose_key *k, char *room, size_t size)
{
	switch (k->type) {
	case JOSE_OCT:
		return "a secret";
	case JOSE_RSA:
		return "RSA";
	case JOSE_EC:
		snprintf(room, size, "EC on %s", k->curve ? k->curve : "no known curve");
		return room;
	case JOSE_OKP:
		return k->curve ? k->curve : "OKP of no known curve";
	}
	return "unknown";
}

static void type_describe(const struct jose_key *k, struct buf *b)
{
	switch (k->type) {
	case JOSE_OCT:
		buf_addf(b, "secret of %u bits", k->bits);
		break;
	case JOSE_RSA:
		buf_addf(b, "RSA %u", k->bits);
		break;
	case JOSE_EC:
	case JOSE_OKP:
		buf_add_text(b, k->curve ? k->curve : (k->type == JOSE_EC ? "EC" : "OKP"));
		break;
	}
	if (k->is_private && k->type != JOSE_OCT)
		buf_add_text(b, " private");
}

static void words(char *out, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void words(char *out, size_t size, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	key_words(out, size, format, ap);
	va_end(ap);
}

void jose_key_describe(const struct jose_key *k, char *out, size_t size)
{
	const struct {
		const char *name, *value;
	} parts[] = {
		{ "kid", k->kid },
		{ "alg", k->alg },
		{ "use", k->use },
		{ "from", k->kid ? NULL : k->label },
	};
	struct buf b = BUF_INIT(2048);

	type_describe(k, &b);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (parts[i].value)
			buf_addf(&b, ", %s %.256s", parts[i].name, parts[i].value);
	words(out, size, "%s", buf_text(&b));
	buf_release(&b);
}

static void base64url_add(struct buf *b, const unsigned char *data, size_t len)
{
	char *text = x_malloc(base64url_size(len));

	base64url_encode(text, data, len);
	buf_add_text(b, text);
	free(text);
}

/* `"name":"base64url of the number"`; `bytes` 0: as few as it takes. */
static bool number_add(struct buf *b, const EVP_PKEY *pkey, const char *param, const char *name,
		       size_t bytes)
{
	unsigned char raw[2048];
	BIGNUM *n = NULL;

	if (EVP_PKEY_get_bn_param(pkey, param, &n) != 1)
		return false;
	if (!bytes)
		bytes = (size_t)BN_num_bytes(n);
	if (bytes > sizeof(raw) || BN_bn2binpad(n, raw, (int)bytes) < 0)
		bytes = 0;
	BN_free(n);
	buf_addf(b, "\"%s\":\"", name);
	base64url_add(b, raw, bytes);
	buf_add_text(b, "\"");
	return bytes > 0;
}

/* RFC 7638 §3.2: the required members in the order of their names, without white space. */
static bool canonical(const struct jose_key *k, struct buf *b)
{
	const struct curve *c = curve_find(k->curve);
	unsigned char raw[64];
	size_t len = sizeof(raw);
	bool worked = false;

	switch (k->type) {
	case JOSE_OCT:
		/* It would let a guess at the secret be tested. */
		break;
	case JOSE_RSA:
		buf_add_text(b, "{");
		worked = number_add(b, k->pkey, OSSL_PKEY_PARAM_RSA_E, "e", 0);
		buf_add_text(b, ",\"kty\":\"RSA\",");
		worked = worked && number_add(b, k->pkey, OSSL_PKEY_PARAM_RSA_N, "n", 0);
		break;
	case JOSE_EC:
		buf_addf(b, "{\"crv\":\"%s\",\"kty\":\"EC\",", k->curve);
		worked = number_add(b, k->pkey, OSSL_PKEY_PARAM_EC_PUB_X, "x", c->bytes);
		buf_add_text(b, ",");
		worked = worked && number_add(b, k->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, "y", c->bytes);
		break;
	case JOSE_OKP:
		worked = EVP_PKEY_get_raw_public_key(k->pkey, raw, &len) == 1;
		buf_addf(b, "{\"crv\":\"%s\",\"kty\":\"OKP\",\"x\":\"", k->curve);
		base64url_add(b, raw, worked ? len : 0);
		buf_add_text(b, "\"");
		break;
	}
	buf_add_text(b, "}");
	return worked;
}

void jose_key_thumbprint(const struct jose_key *k, char out[THUMBPRINT_SIZE])
{
	struct buf b = BUF_INIT(8192);
	uint8_t hash[SHA256_SIZE];
	struct span part;

	out[0] = '\0';
	if (k->pkey && canonical(k, &b)) {
		part = (struct span){ b.data, b.len };
		sha256(hash, &part, 1);
		base64url_encode(out, hash, sizeof(hash));
	}
	buf_release(&b);
}
