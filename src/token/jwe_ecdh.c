/* ECDH-ES: the sender's ephemeral key, the agreement, and the key made out of it (RFC 7518 4.6,
 * RFC 8037 3.2). */
#include "src/token/jwe_parts.h"

#include <stdio.h>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "src/token/jwe.h"

enum { PARTY_INFO_MOST = 1024, INFO_MOST = 2 * PARTY_INFO_MOST + 64 };

/* Curves that keys are agreed on, of which both keys have to be. */
static const char *const agreement_curves[] = { "P-256", "P-384", "P-521", "X25519", "X448" };

static bool curve_agrees(const char *curve)
{
	for (size_t i = 0; curve && i < sizeof(agreement_curves) / sizeof(*agreement_curves); i++)
		if (strcmp(curve, agreement_curves[i]) == 0)
			return true;
	return false;
}

/* Why a key that was read must not be agreed with; NULL when it may. */
static const char *epk_fault(const struct jose_key *epk, const struct jose_key *k)
{
	if (epk->faults & KEY_FATAL || !epk->pkey)
		return epk->fault[0] ? epk->fault : "it is no valid key";
	if (!curve_agrees(epk->curve))
		return "its curve is none that keys are agreed on";
	if (k && (!k->curve || strcmp(epk->curve, k->curve) != 0))
		return "it is on another curve than the key";
	return NULL;
}

/* Reads `epk` into an empty set. NULL, or why it can't be used (static, or of the set or `e`). */
static const char *epk_read(const struct jose_part *p, const struct jose_key *k,
			    struct key_set *set, struct err *e)
{
	const struct lossless *in = NULL;
	const struct lossless_value *v = jose_header(p, "epk", &in, NULL);

	if (!v)
		return "it is missing";
	if (v->type != LOSSLESS_OBJECT)
		return "it is no object";
	if (key_set_add_jwk(set, in->text + v->begin, v->end - v->begin, "epk", e))
		return e->message;
	if (set->count != 1)
		return "it is no key of a known kind";
	if (set->faults & KEY_SET_DUPLICATES)
		return "it has a member twice";
	return epk_fault(&set->keys[0], k);
}

bool jwe_epk_fits(const struct jose_part *p, const struct jose_key *k, char *why, size_t why_size)
{
	struct key_set set;
	struct err e = ERR_INIT;
	const char *fault;

	key_set_init(&set);
	fault = epk_read(p, k, &set, &e);
	if (why && why_size)
		snprintf(why, why_size, "%s", fault ? fault : "");
	key_set_release(&set);
	return !fault;
}

/* The secret that both sides can compute; libcrypto refuses points of low order. */
static bool agree(EVP_PKEY *own, EVP_PKEY *other, struct secret *z)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(own, NULL);
	size_t n = JWE_AGREED_MOST;
	bool well;

	secret_release(z);
	secret_init(z, JWE_AGREED_MOST);
	well = c && EVP_PKEY_derive_init(c) == 1 && EVP_PKEY_derive_set_peer_ex(c, other, 1) == 1 &&
	       EVP_PKEY_derive(c, z->data, &n) == 1 && n;
	EVP_PKEY_CTX_free(c);
	z->len = well ? n : 0;
	return well;
}

static void put_number(unsigned char out[4], size_t n)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (unsigned char)(n >> (24 - 8 * i));
}

/* A length of 32 bits and what is so long (RFC 7518 4.6.2). */
static size_t put_sized(unsigned char *out, const void *data, size_t len)
{
	put_number(out, len);
	if (len)
		memcpy(out + 4, data, len);
	return len + 4;
}

bool jwe_concat_kdf(const struct secret *z, const char *algorithm, const struct span *apu,
		    const struct span *apv, size_t bits, struct secret *out)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "SSKDF", NULL);
	EVP_KDF_CTX *c = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	char digest[] = "SHA256";
	unsigned char info[INFO_MOST];
	size_t n = put_sized(info, algorithm, strlen(algorithm));
	bool well;

	n += put_sized(info + n, apu->data, apu->len);
	n += put_sized(info + n, apv->data, apv->len);
	put_number(info + n, bits);
	const OSSL_PARAM parameters[] = {
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, z->data, z->len),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO, info, n + 4),
		OSSL_PARAM_END,
	};
	secret_release(out);
	secret_init(out, bits / 8);
	well = c && EVP_KDF_derive(c, out->data, bits / 8, parameters) == 1;
	out->len = well ? bits / 8 : 0;
	EVP_KDF_CTX_free(c);
	EVP_KDF_free(kdf);
	return well;
}

static enum errc derive(const struct jwe_try *x, const struct secret *z, struct secret *agreed,
			struct err *e)
{
	unsigned char u[PARTY_INFO_MOST];
	unsigned char v[PARTY_INFO_MOST];
	struct span apu, apv;
	bool direct = x->alg->key_bits == 0;
	enum errc rc = jwe_header_bytes(x->part, "apu", true, u, sizeof(u), &apu, e);

	if (!rc)
		rc = jwe_header_bytes(x->part, "apv", true, v, sizeof(v), &apv, e);
	if (rc)
		return rc;
	return jwe_concat_kdf(z, direct ? x->enc->name : x->alg->name, &apu, &apv,
			      direct ? x->enc->key_bits : x->alg->key_bits, agreed)
		       ? ERR_OK
		       : ERR_NO;
}

enum errc jwe_agree(const struct jwe_try *x, struct secret *agreed, struct err *e)
{
	struct key_set set;
	struct err fault = ERR_INIT;
	struct secret z = SECRET_INIT;
	const char *why;
	enum errc rc;

	key_set_init(&set);
	why = epk_read(x->part, x->key, &set, &fault);
	if (why)
		rc = err_set(e, ERR_USAGE, "the ephemeral key \"epk\" is refused: %s", why);
	else if (!agree(x->key->pkey, set.keys[0].pkey, &z))
		rc = ERR_NO;
	else
		rc = derive(x, &z, agreed, e);
	secret_release(&z);
	key_set_release(&set);
	return rc;
}
