/* Which key may be used for what: the key decides, the header has only to agree (RFC 7517 §4,
 * RFC 7518 §3, RFC 8725 §3.1). */
#include "src/token/key_parts.h"

#include <string.h>

struct question {
	const struct jose_key *k;
	const struct algorithm *a;
	unsigned op;
	bool allow_weak;
	char *why;
	size_t why_size;
};

/* What a family asks of a key. */
struct demand {
	enum jose_key_type type, other; /* either will do */
	const char *text;
	unsigned ops; /* any of these, when it does not sign */
};

static const struct demand demands[] = {
	[FAMILY_NONE] = { JOSE_OCT, JOSE_OCT, "nothing", 0 },
	[FAMILY_HMAC] = { JOSE_OCT, JOSE_OCT, "a secret", 0 },
	[FAMILY_RSA_PKCS1] = { JOSE_RSA, JOSE_RSA, "RSA", 0 },
	[FAMILY_RSA_PSS] = { JOSE_RSA, JOSE_RSA, "RSA", 0 },
	[FAMILY_ECDSA] = { JOSE_EC, JOSE_EC, "EC", 0 },
	[FAMILY_EDDSA] = { JOSE_OKP, JOSE_OKP, "Ed25519 or Ed448", 0 },
	[FAMILY_RSA_OAEP] = { JOSE_RSA, JOSE_RSA, "RSA", KEY_OP_UNWRAP | KEY_OP_DECRYPT },
	[FAMILY_RSA1_5] = { JOSE_RSA, JOSE_RSA, "RSA", KEY_OP_UNWRAP | KEY_OP_DECRYPT },
	[FAMILY_ECDH_ES] = { JOSE_EC, JOSE_OKP, "EC or X25519 or X448",
			     KEY_OP_DERIVE_KEY | KEY_OP_DERIVE_BITS | KEY_OP_UNWRAP },
	[FAMILY_AES_KW] = { JOSE_OCT, JOSE_OCT, "a secret", KEY_OP_UNWRAP | KEY_OP_DECRYPT },
	[FAMILY_AES_GCM_KW] = { JOSE_OCT, JOSE_OCT, "a secret", KEY_OP_UNWRAP | KEY_OP_DECRYPT },
	[FAMILY_DIRECT] = { JOSE_OCT, JOSE_OCT, "a secret", KEY_OP_DECRYPT },
	[FAMILY_PBES2] = { JOSE_OCT, JOSE_OCT, "a password",
			   KEY_OP_DERIVE_KEY | KEY_OP_DERIVE_BITS | KEY_OP_UNWRAP },
	[FAMILY_CBC_HMAC] = { JOSE_OCT, JOSE_OCT, "a secret", KEY_OP_DECRYPT },
	[FAMILY_GCM] = { JOSE_OCT, JOSE_OCT, "a secret", KEY_OP_DECRYPT },
};

static bool refuse(const struct question *q, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Always false. */
static bool refuse(const struct question *q, const char *format, ...)
{
	va_list ap;

	if (!q->why || !q->why_size)
		return false;
	va_start(ap, format);
	key_words(q->why, q->why_size, format, ap);
	va_end(ap);
	return false;
}

static bool for_signatures(const struct question *q)
{
	return q->op & (KEY_OP_SIGN | KEY_OP_VERIFY);
}

static bool sound(const struct question *q)
{
	const struct jose_key *k = q->k;

	if (k->faults & KEY_FATAL)
		return refuse(q, "%s", k->fault);
	if (k->type != JOSE_OCT && !k->pkey)
		return refuse(q, "the key can't be used");
	return true;
}

static bool purpose_fits(const struct question *q)
{
	if (q->a->family == FAMILY_NONE)
		return refuse(q, "\"none\" is no signature: no key allows it");
	if (for_signatures(q) != (q->a->purpose == ALGORITHM_SIGNS))
		return refuse(q, "%s %s", q->a->name,
			      for_signatures(q) ? "makes no signatures"
						: "signs, it does not encrypt");
	return true;
}

static bool type_fits(const struct question *q)
{
	const struct demand *d = &demands[q->a->family];
	char room[64];

	if (q->k->type == d->type || q->k->type == d->other)
		return true;
	return refuse(q, "the key is %s, %s needs %s", key_noun(q->k, room, sizeof(room)),
		      q->a->name, d->text);
}

/* ECDSA and the new names of EdDSA have one curve each; the rest has one sort of them. */
static bool curve_fits(const struct question *q)
{
	const struct jose_key *k = q->k;
	bool edwards = k->type == JOSE_OKP && strncmp(k->curve, "Ed", 2) == 0;
	bool fits = true;

	if (q->a->curve)
		fits = strcmp(q->a->curve, k->curve) == 0;
	else if (q->a->family == FAMILY_EDDSA)
		fits = edwards;
	else if (q->a->family == FAMILY_ECDH_ES)
		fits = !edwards && strcmp(k->curve, "secp256k1") != 0;
	if (!fits)
		return refuse(q, "the key is on %s, %s needs %s", k->curve, q->a->name,
			      q->a->curve ? q->a->curve : "another curve");
	/* RFC 4055 §1.2: a key of id-RSASSA-PSS is for that alone. */
	if (k->type == JOSE_RSA && q->a->family != FAMILY_RSA_PSS &&
	    EVP_PKEY_get_id(k->pkey) == EVP_PKEY_RSA_PSS)
		return refuse(q, "the key is for RSA-PSS only");
	return true;
}

/* EdDSA is another name of what Ed25519 and Ed448 are for a key of their curve (RFC 9864 §2.2). A key
 * for direct encryption bears the name of the content encryption (RFC 7520 §5.6). */
static bool same_algorithm(const struct jose_key *k, const struct algorithm *a)
{
	const struct algorithm *own = algorithm_find(k->alg, strlen(k->alg));

	if (!own)
		return false;
	if (own == a)
		return true;
	if (a->family == FAMILY_EDDSA && own->family == FAMILY_EDDSA)
		return !own->curve || !a->curve;
	if (a->family == FAMILY_DIRECT)
		return own->purpose == ALGORITHM_ENCRYPTS;
	return a->purpose == ALGORITHM_ENCRYPTS && own->family == FAMILY_DIRECT;
}

static bool alg_fits(const struct question *q)
{
	if (!q->k->alg || same_algorithm(q->k, q->a))
		return true;
	return refuse(q, "the key is for \"%s\", not for %s", q->k->alg, q->a->name);
}

/* RFC 7517 §4.2 */
static bool use_fits(const struct question *q)
{
	const char *wanted = for_signatures(q) ? "sig" : "enc";

	if (!q->k->use || strcmp(q->k->use, wanted) == 0)
		return true;
	return refuse(q, "the key's use is \"%s\", not \"%s\"", q->k->use, wanted);
}

/* RFC 7517 §4.3 */
static bool ops_fit(const struct question *q)
{
	unsigned wanted = for_signatures(q) ? q->op : demands[q->a->family].ops;

	if (!q->k->has_ops || (q->k->ops & wanted))
		return true;
	return refuse(q, "the key's key_ops do not have %s",
		      q->op & KEY_OP_SIGN     ? "sign"
		      : q->op & KEY_OP_VERIFY ? "verify"
					      : "what decrypting takes");
}

static bool private_fits(const struct question *q)
{
	if (q->k->is_private || q->op == KEY_OP_VERIFY)
		return true;
	return refuse(q, "the key is public, %s takes the private one",
		      q->op & KEY_OP_SIGN ? "signing" : "decrypting");
}

/* A secret is not shorter than the hash (RFC 7518 §3.2), or has the very size of the cipher's key. */
static bool secret_size_fits(const struct question *q)
{
	const struct algorithm *a = q->a;
	unsigned bits = q->k->bits, least = (unsigned)a->signature_bytes * 8;

	if (!bits)
		return refuse(q, "the secret is empty");
	if (a->family == FAMILY_HMAC && bits < least && !q->allow_weak)
		return refuse(q, "the secret has %u bits, %s needs %u", bits, a->name, least);
	if (a->family != FAMILY_HMAC && a->family != FAMILY_PBES2 && a->key_bits &&
	    bits != a->key_bits)
		return refuse(q, "the secret has %u bits, %s wants %zu", bits, a->name,
			      a->key_bits);
	return true;
}

static bool size_fits(const struct question *q)
{
	if (q->k->type == JOSE_OCT)
		return secret_size_fits(q);
	if ((q->k->faults & KEY_FAULT_SMALL) && !q->allow_weak)
		return refuse(q, "%s", q->k->fault);
	return true;
}

bool jose_key_allows(const struct jose_key *k, const struct algorithm *a, unsigned op,
		     bool allow_weak, char *why, size_t why_size)
{
	static bool (*const rules[])(const struct question *q) = {
		sound,	  purpose_fits, type_fits,    curve_fits, alg_fits,
		use_fits, ops_fit,	private_fits, size_fits,
	};
	const struct question q = { k, a, op, allow_weak, why, why_size };

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (!rules[i](&q))
			return false;
	return true;
}
