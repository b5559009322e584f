/* Signatures over OpenSSL EVP: one row a family. What OpenSSL leaves open is decided here before it is
 * asked: the exact length, and the range of r and s. */
#include "src/token/jws.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "src/base/alloc.h"

enum { ED448_SIGNATURE = 114, ORDER_MOST = 66, DER_MOST = 3 + 2 * (3 + ORDER_MOST) };

struct key_context {
	const struct algorithm *algorithm;
	EVP_MAC_CTX *mac;
	EVP_MD *md;
	EVP_MD_CTX *digest;
	EVP_PKEY_CTX *pkey;
	unsigned char order[ORDER_MOST]; /* of the curve, as long as r and s are */
	size_t order_size;
};

struct message {
	const struct span *parts;
	size_t count;
};

struct family {
	/* Makes what is kept for the key; false when OpenSSL will not. */
	bool (*prepare)(struct key_context *c, struct jose_key *k);
	bool (*check)(struct key_context *c, struct jose_key *k, struct message m,
		      const unsigned char *signature, size_t len);
	bool (*sign)(struct key_context *c, struct jose_key *k, struct message m, struct buf *out);
};

void key_context_free(struct key_context *c)
{
	if (!c)
		return;
	EVP_MAC_CTX_free(c->mac);
	EVP_MD_CTX_free(c->digest);
	EVP_MD_free(c->md);
	EVP_PKEY_CTX_free(c->pkey);
	free(c);
}

/* --- HMAC (RFC 7518 §3.2) ---------------------------------------------------------------------- */

static bool hmac_prepare(struct key_context *c, struct jose_key *k)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	char *digest = x_strdup(c->algorithm->digest);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	bool well;

	c->mac = EVP_MAC_CTX_new(mac);
	well = c->mac && k->secret.len &&
	       EVP_MAC_init(c->mac, (const unsigned char *)secret_reveal(&k->secret), k->secret.len,
			    params) == 1;
	EVP_MAC_free(mac);
	free(digest);
	return well;
}

/* The key is in the context: without one the MAC starts anew. */
static bool hmac_run(struct key_context *c, struct message m, unsigned char out[EVP_MAX_MD_SIZE],
		     size_t *len)
{
	bool well = EVP_MAC_init(c->mac, NULL, 0, NULL) == 1;

	for (size_t i = 0; well && i < m.count; i++)
		well = EVP_MAC_update(c->mac, m.parts[i].data, m.parts[i].len) == 1;
	return well && EVP_MAC_final(c->mac, out, len, EVP_MAX_MD_SIZE) == 1;
}

static bool hmac_check(struct key_context *c, struct jose_key *k, struct message m,
		       const unsigned char *signature, size_t len)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	size_t size;

	(void)k;
	return hmac_run(c, m, mac, &size) && size == len && bytes_equal(mac, signature, len);
}

static bool hmac_sign(struct key_context *c, struct jose_key *k, struct message m, struct buf *out)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	size_t size;

	(void)k;
	return hmac_run(c, m, mac, &size) && buf_add(out, mac, size);
}

/* --- what signs a digest: RSA and ECDSA ---------------------------------------------------------- */

static bool digest_run(struct key_context *c, struct message m, unsigned char out[EVP_MAX_MD_SIZE],
		       unsigned *size)
{
	bool well = EVP_DigestInit_ex2(c->digest, c->md, NULL) == 1;

	for (size_t i = 0; well && i < m.count; i++)
		well = EVP_DigestUpdate(c->digest, m.parts[i].data, m.parts[i].len) == 1;
	return well && EVP_DigestFinal_ex(c->digest, out, size) == 1;
}

static bool digest_prepare(struct key_context *c, struct jose_key *k)
{
	c->md = EVP_MD_fetch(NULL, c->algorithm->digest, NULL);
	c->digest = EVP_MD_CTX_new();
	c->pkey = k->pkey ? EVP_PKEY_CTX_new(k->pkey, NULL) : NULL;
	return c->md && c->digest && c->pkey;
}

/* Salt as long as the digest, and MGF1 with the same (RFC 7518 §3.5). */
static bool padding_set(const struct key_context *c, EVP_PKEY_CTX *pkey)
{
	if (c->algorithm->family == FAMILY_RSA_PKCS1)
		return EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PADDING) == 1 &&
		       EVP_PKEY_CTX_set_signature_md(pkey, c->md) == 1;
	return EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_signature_md(pkey, c->md) == 1 &&
	       EVP_PKEY_CTX_set_rsa_mgf1_md(pkey, c->md) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static bool rsa_prepare(struct key_context *c, struct jose_key *k)
{
	return digest_prepare(c, k) && EVP_PKEY_verify_init(c->pkey) == 1 &&
	       padding_set(c, c->pkey);
}

static bool rsa_check(struct key_context *c, struct jose_key *k, struct message m,
		      const unsigned char *signature, size_t len)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size;

	return len == (size_t)EVP_PKEY_get_size(k->pkey) && digest_run(c, m, digest, &size) &&
	       EVP_PKEY_verify(c->pkey, signature, len, digest, size) == 1;
}

/* Signs the digest of the message into heap memory. */
static unsigned char *digest_sign(struct key_context *c, EVP_PKEY_CTX *pkey, struct message m,
				  size_t *len)
{
	unsigned char digest[EVP_MAX_MD_SIZE], *signature;
	unsigned size;

	if (!digest_run(c, m, digest, &size) || EVP_PKEY_sign(pkey, NULL, len, digest, size) != 1)
		return NULL;
	signature = x_malloc(*len);
	if (EVP_PKEY_sign(pkey, signature, len, digest, size) == 1)
		return signature;
	free(signature);
	return NULL;
}

static bool rsa_sign(struct key_context *c, struct jose_key *k, struct message m, struct buf *out)
{
	EVP_PKEY_CTX *pkey = EVP_PKEY_CTX_new(k->pkey, NULL);
	unsigned char *signature = NULL;
	size_t len = 0;
	bool well;

	if (pkey && EVP_PKEY_sign_init(pkey) == 1 && padding_set(c, pkey))
		signature = digest_sign(c, pkey, m, &len);
	well = signature && buf_add(out, signature, len);
	free(signature);
	EVP_PKEY_CTX_free(pkey);
	return well;
}

/* --- ECDSA (RFC 7518 §3.4) ------------------------------------------------------------------------ */

static bool ecdsa_prepare(struct key_context *c, struct jose_key *k)
{
	BIGNUM *order = NULL;
	bool well;

	if (!digest_prepare(c, k))
		return false;
	c->order_size = c->algorithm->signature_bytes / 2;
	well = EVP_PKEY_get_bn_param(k->pkey, OSSL_PKEY_PARAM_EC_ORDER, &order) == 1 &&
	       c->order_size <= ORDER_MOST && BN_num_bytes(order) == (int)c->order_size &&
	       BN_bn2binpad(order, c->order, (int)c->order_size) == (int)c->order_size &&
	       EVP_PKEY_verify_init(c->pkey) == 1 &&
	       EVP_PKEY_CTX_set_signature_md(c->pkey, c->md) == 1;
	BN_free(order);
	return well;
}

/* 1 … order-1: zero is what CVE-2022-21449 took. */
static bool in_range(const struct key_context *c, const unsigned char *n)
{
	unsigned char any = 0;

	for (size_t i = 0; i < c->order_size; i++)
		any |= n[i];
	return any && memcmp(n, c->order, c->order_size) < 0;
}

/* One INTEGER of DER; returns what is behind it. */
static unsigned char *der_integer(unsigned char *out, const unsigned char *n, size_t len)
{
	while (len > 1 && !*n) {
		n++;
		len--;
	}
	*out++ = 0x02;
	*out++ = (unsigned char)(len + (*n >> 7));
	if (*n >> 7)
		*out++ = 0;
	memcpy(out, n, len);
	return out + len;
}

/* r ‖ s as the SEQUENCE that OpenSSL wants. */
static size_t der_signature(unsigned char out[DER_MOST], const unsigned char *signature,
			    size_t each)
{
	unsigned char body[2 * (3 + ORDER_MOST)], *at = out;
	size_t len;

	len = (size_t)(der_integer(der_integer(body, signature, each), signature + each, each) -
		       body);
	*at++ = 0x30;
	if (len > 0x7F)
		*at++ = 0x81;
	*at++ = (unsigned char)len;
	memcpy(at, body, len);
	return (size_t)(at - out) + len;
}

static bool ecdsa_check(struct key_context *c, struct jose_key *k, struct message m,
			const unsigned char *signature, size_t len)
{
	unsigned char digest[EVP_MAX_MD_SIZE], der[DER_MOST];
	unsigned size;

	(void)k;
	return len == 2 * c->order_size && in_range(c, signature) &&
	       in_range(c, signature + c->order_size) && digest_run(c, m, digest, &size) &&
	       EVP_PKEY_verify(c->pkey, der, der_signature(der, signature, c->order_size), digest,
			       size) == 1;
}

static bool ecdsa_sign(struct key_context *c, struct jose_key *k, struct message m, struct buf *out)
{
	EVP_PKEY_CTX *pkey = EVP_PKEY_CTX_new(k->pkey, NULL);
	unsigned char raw[2 * ORDER_MOST], *der = NULL;
	const unsigned char *at;
	ECDSA_SIG *pair = NULL;
	int each = (int)c->order_size;
	size_t len;
	bool well;

	if (pkey && EVP_PKEY_sign_init(pkey) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(pkey, c->md) == 1)
		der = digest_sign(c, pkey, m, &len);
	at = der;
	pair = der ? d2i_ECDSA_SIG(NULL, &at, (long)len) : NULL;
	well = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, each) == each &&
	       BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + each, each) == each &&
	       buf_add(out, raw, 2 * c->order_size);
	ECDSA_SIG_free(pair);
	free(der);
	EVP_PKEY_CTX_free(pkey);
	return well;
}

/* --- EdDSA (RFC 8037 §3.1) ------------------------------------------------------------------------- */

/* It takes the message as a whole. `joined` is where it was put together: NULL when it was in one. */
static struct span message_join(struct message m, unsigned char **joined)
{
	struct span whole = { NULL, 0 };
	unsigned char *at;

	*joined = NULL;
	if (m.count == 1)
		return m.parts[0];
	for (size_t i = 0; i < m.count; i++)
		whole.len += m.parts[i].len;
	whole.data = *joined = at = x_malloc(whole.len + 1);
	for (size_t i = 0; i < m.count; i++) {
		if (m.parts[i].len)
			memcpy(at, m.parts[i].data, m.parts[i].len);
		at += m.parts[i].len;
	}
	return whole;
}

static void message_free(struct span whole, unsigned char *joined)
{
	if (joined)
		secret_wipe(joined, whole.len);
	free(joined);
}

static bool eddsa_prepare(struct key_context *c, struct jose_key *k)
{
	c->digest = EVP_MD_CTX_new();
	return c->digest && k->pkey;
}

static bool eddsa_check(struct key_context *c, struct jose_key *k, struct message m,
			const unsigned char *signature, size_t len)
{
	unsigned char *joined;
	struct span whole;
	bool well;

	if (len != (size_t)EVP_PKEY_get_size(k->pkey))
		return false;
	whole = message_join(m, &joined);
	well = EVP_DigestVerifyInit(c->digest, NULL, NULL, NULL, k->pkey) == 1 &&
	       EVP_DigestVerify(c->digest, signature, len, whole.data, whole.len) == 1;
	message_free(whole, joined);
	return well;
}

static bool eddsa_sign(struct key_context *c, struct jose_key *k, struct message m, struct buf *out)
{
	unsigned char signature[ED448_SIGNATURE], *joined;
	struct span whole = message_join(m, &joined);
	size_t len = sizeof(signature);
	bool well;

	well = EVP_DigestSignInit(c->digest, NULL, NULL, NULL, k->pkey) == 1 &&
	       EVP_DigestSign(c->digest, signature, &len, whole.data, whole.len) == 1 &&
	       buf_add(out, signature, len);
	message_free(whole, joined);
	return well;
}

/* --- all of them ------------------------------------------------------------------------------------ */

static const struct family families[] = {
	[FAMILY_HMAC] = { hmac_prepare, hmac_check, hmac_sign },
	[FAMILY_RSA_PKCS1] = { rsa_prepare, rsa_check, rsa_sign },
	[FAMILY_RSA_PSS] = { rsa_prepare, rsa_check, rsa_sign },
	[FAMILY_ECDSA] = { ecdsa_prepare, ecdsa_check, ecdsa_sign },
	[FAMILY_EDDSA] = { eddsa_prepare, eddsa_check, eddsa_sign },
};

/* The type that a key of the family has: what OpenSSL would make of another is not left to it. */
static bool type_fits(const struct jose_key *k, const struct algorithm *a)
{
	switch (k->type) {
	case JOSE_OCT:
		return a->family == FAMILY_HMAC;
	case JOSE_RSA:
		return a->family == FAMILY_RSA_PKCS1 || a->family == FAMILY_RSA_PSS;
	case JOSE_EC:
		return a->family == FAMILY_ECDSA && k->curve && a->curve &&
		       strcmp(k->curve, a->curve) == 0;
	case JOSE_OKP:
		return a->family == FAMILY_EDDSA && k->curve &&
		       (!a->curve || strcmp(k->curve, a->curve) == 0);
	}
	return false;
}

/* The family, with what is kept for key and algorithm made ready; NULL when they do not fit. */
static const struct family *context_ready(struct jose_key *k, const struct algorithm *a)
{
	const struct family *f;

	if (!a || a->purpose != ALGORITHM_SIGNS || !type_fits(k, a))
		return NULL;
	f = &families[a->family];
	if (k->context && k->context->algorithm == a)
		return f;
	key_context_free(k->context);
	k->context = x_calloc(1, sizeof(*k->context));
	k->context->algorithm = a;
	if (f->prepare(k->context, k))
		return f;
	key_context_free(k->context);
	k->context = NULL;
	return NULL;
}

bool jws_check(struct jose_key *k, const struct algorithm *a, const struct span *parts,
	       size_t count, const unsigned char *signature, size_t len)
{
	const struct family *f = context_ready(k, a);
	bool fits;

	fits = f && (!a->signature_bytes || len == a->signature_bytes) &&
	       f->check(k->context, k, (struct message){ parts, count }, signature, len);
	if (!fits)
		ERR_clear_error();
	return fits;
}

enum errc jws_sign(struct jose_key *k, const struct algorithm *a, const struct span *parts,
		   size_t count, struct buf *out, struct err *e)
{
	const struct family *f = context_ready(k, a);
	enum errc rc = ERR_OK;

	if (!f)
		rc = err_set(e, ERR_USAGE, "the key can't sign with %s", a ? a->name : "that");
	else if (k->type != JOSE_OCT && !k->is_private)
		rc = err_set(e, ERR_USAGE, "the key has no private part");
	else if (!f->sign(k->context, k, (struct message){ parts, count }, out))
		rc = err_set(e, ERR_USAGE, "OpenSSL does not sign with this key");
	ERR_clear_error();
	return rc;
}
