/* Keys of libcrypto out of the numbers of a JWK (RFC 7518 §6, RFC 8037 §2). */
#include "src/token/key_parts.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include "src/base/alloc.h"
#include "src/base/secret.h"

const struct curve curves[] = {
	{ "P-256", "prime256v1", JOSE_EC, 256, 32 },
	{ "P-384", "secp384r1", JOSE_EC, 384, 48 },
	{ "P-521", "secp521r1", JOSE_EC, 521, 66 },
	{ "secp256k1", "secp256k1", JOSE_EC, 256, 32 },
	{ "Ed25519", "ED25519", JOSE_OKP, 255, 32 },
	{ "Ed448", "ED448", JOSE_OKP, 448, 57 },
	{ "X25519", "X25519", JOSE_OKP, 255, 32 },
	{ "X448", "X448", JOSE_OKP, 448, 56 },
	{ .name = NULL },
};

const char *const rsa_params[RSA_PARTS] = {
	[RSA_N] = OSSL_PKEY_PARAM_RSA_N,	  [RSA_E] = OSSL_PKEY_PARAM_RSA_E,
	[RSA_D] = OSSL_PKEY_PARAM_RSA_D,	  [RSA_P] = OSSL_PKEY_PARAM_RSA_FACTOR1,
	[RSA_Q] = OSSL_PKEY_PARAM_RSA_FACTOR2,	  [RSA_DP] = OSSL_PKEY_PARAM_RSA_EXPONENT1,
	[RSA_DQ] = OSSL_PKEY_PARAM_RSA_EXPONENT2, [RSA_QI] = OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};

enum { POINT_MAX = 1 + 2 * 66, RAW_MAX = 57 };

const struct curve *curve_find(const char *name)
{
	for (const struct curve *c = curves; name && c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

const struct curve *curve_by_group(const char *name)
{
	for (const struct curve *c = curves; c->name; c++)
		if (strcmp(c->group, name) == 0)
			return c;
	return NULL;
}

void rsa_numbers_release(struct rsa_numbers *r)
{
	for (size_t i = 0; i < RSA_PARTS; i++)
		BN_clear_free(r->part[i]);
	*r = (struct rsa_numbers){ { NULL } };
}

void octets_release(struct octets *o)
{
	if (o->data)
		secret_memory_put(o->data, o->size);
	*o = (struct octets){ .data = NULL };
}

/* NULL when the parameters are not those of a key. */
static EVP_PKEY *pkey_make(const char *type, bool is_private, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;

	if (!context)
		alloc_exhausted();
	if (EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &pkey, is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
			      params) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
	return pkey;
}

/* Writes a number the way OSSL_PARAM wants it, and returns the bytes taken from `room`. */
static size_t number_param(OSSL_PARAM *out, const char *name, const BIGNUM *n, unsigned char *room)
{
	size_t len = (size_t)BN_num_bytes(n);

	if (!len)
		len = 1;
	BN_bn2nativepad(n, room, (int)len);
	*out = OSSL_PARAM_construct_BN(name, room, len);
	return len;
}

void key_build_rsa(struct jose_key *k, const struct rsa_numbers *r)
{
	OSSL_PARAM params[RSA_PARTS + 1], *end = params;
	size_t size = 0, at = 0;
	unsigned char *room;

	for (size_t i = 0; i < RSA_PARTS; i++)
		size += r->part[i] ? (size_t)BN_num_bytes(r->part[i]) + 1 : 0;
	room = secret_memory_get(size);
	for (size_t i = 0; i < RSA_PARTS; i++)
		if (r->part[i])
			at += number_param(end++, rsa_params[i], r->part[i], room + at);
	*end = OSSL_PARAM_construct_end();
	k->pkey = pkey_make("RSA", r->part[RSA_D] != NULL, params);
	secret_memory_put(room, size);
	if (!k->pkey)
		key_fault(k, KEY_FAULT_MEMBER, "its numbers make no RSA key");
}

static BIGNUM *octets_number(const struct octets *o)
{
	BIGNUM *n = BN_bin2bn(o->data, (int)o->len, NULL);

	if (!n)
		alloc_exhausted();
	return n;
}

static EVP_PKEY *ec_make(const struct curve *c, unsigned char *point, const BIGNUM *d)
{
	unsigned char room[RAW_MAX + 10];
	OSSL_PARAM params[4], *end = params;
	char group[16];
	EVP_PKEY *pkey;

	snprintf(group, sizeof(group), "%s", c->group);
	*end++ = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	*end++ = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point,
						   1 + 2 * c->bytes);
	if (d)
		number_param(end++, OSSL_PKEY_PARAM_PRIV_KEY, d, room);
	*end = OSSL_PARAM_construct_end();
	pkey = pkey_make("EC", d != NULL, params);
	secret_wipe(room, sizeof(room));
	return pkey;
}

void key_build_ec(struct jose_key *k, const struct curve *c, const struct octets *x,
		  const struct octets *y, const struct octets *d)
{
	unsigned char point[POINT_MAX];
	BIGNUM *number = d->data ? octets_number(d) : NULL;

	/* SEC 1 §2.3.3: uncompressed. */
	point[0] = 4;
	memcpy(point + 1, x->data, c->bytes);
	memcpy(point + 1 + c->bytes, y->data, c->bytes);
	k->pkey = ec_make(c, point, NULL);
	if (k->pkey && number) {
		EVP_PKEY_free(k->pkey);
		k->pkey = ec_make(c, point, number);
		if (!k->pkey)
			key_fault(k, KEY_FAULT_PAIR, "\"d\" is no private key of %s", c->name);
	} else if (!k->pkey) {
		key_fault(k, KEY_FAULT_POINT, "the point is not on %s", c->name);
	}
	BN_clear_free(number);
	if (k->pkey)
		key_check_ec(k);
}

/* The public key is computed from the private one, and has to be the one given. */
static bool okp_pair(const EVP_PKEY *pkey, const struct octets *x)
{
	unsigned char raw[RAW_MAX];
	size_t len = sizeof(raw);

	return EVP_PKEY_get_raw_public_key(pkey, raw, &len) == 1 && len == x->len &&
	       memcmp(raw, x->data, len) == 0;
}

void key_build_okp(struct jose_key *k, const struct curve *c, const struct octets *x,
		   const struct octets *d)
{
	if (!edwards_point_good(c, x->data)) {
		key_fault(k, KEY_FAULT_POINT, "the point is not on %s, or of small order", c->name);
		return;
	}
	if (d->data)
		k->pkey = EVP_PKEY_new_raw_private_key_ex(NULL, c->group, NULL, d->data, d->len);
	else
		k->pkey = EVP_PKEY_new_raw_public_key_ex(NULL, c->group, NULL, x->data, x->len);
	ERR_clear_error();
	if (!k->pkey)
		key_fault(k, KEY_FAULT_MEMBER, "its bytes make no key of %s", c->name);
	else if (d->data && !okp_pair(k->pkey, x))
		key_fault(k, KEY_FAULT_PAIR, "\"d\" and \"x\" do not belong together");
}
