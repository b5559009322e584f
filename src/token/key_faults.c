/* What is wrong with a key: its size, its numbers, its point, and keys that must not stand together. */
#include "src/token/key_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include "src/base/alloc.h"
#include "src/base/text.h"

/* Above this libcrypto verifies nothing. */
enum { RSA_BITS_LEAST = 2048, RSA_BITS_MOST = 16384 };

void key_words(char *out, size_t size, const char *format, va_list ap)
{
	struct buf safe = BUF_INIT(4096);
	char raw[512];
	size_t len;

	if (vsnprintf(raw, sizeof(raw), format, ap) < 0)
		raw[0] = '\0';
	text_safe(&safe, raw, strlen(raw));
	len = safe.len;
	if (len >= size)
		for (len = size - 1; len && ((unsigned char)safe.data[len] & 0xc0) == 0x80; len--)
			;
	memcpy(out, buf_text(&safe), len);
	out[len] = '\0';
	buf_release(&safe);
}

void key_fault(struct jose_key *k, unsigned fault, const char *format, ...)
{
	va_list ap;

	if (!k->faults) {
		va_start(ap, format);
		key_words(k->fault, sizeof(k->fault), format, ap);
		va_end(ap);
	}
	k->faults |= fault;
}

/* The moduli that the flawed generator makes are powers of 65537 modulo every small prime. Another
 * modulus is that by chance in one of about 2^27 cases. */
bool rsa_is_roca(const BIGNUM *modulus)
{
	static const unsigned char primes[] = { 3,   5,	  7,   11,  13,	 17,  19,  23,	29,  31,
						37,  41,  43,  47,  53,	 59,  61,  67,	71,  73,
						79,  83,  89,  97,  101, 103, 107, 109, 113, 127,
						131, 137, 139, 149, 151, 157, 163, 167 };

	for (size_t i = 0; i < sizeof(primes); i++) {
		BN_ULONG p = primes[i], rest = BN_mod_word(modulus, p), power = 1;

		do
			power = power * (65537 % p) % p;
		while (power != 1 && power != rest);
		if (power != rest)
			return false;
	}
	return true;
}

/* Numbers to compute with, and the room for results. */
struct sums {
	BN_CTX *context;
	BIGNUM *a, *b;
	bool worked;
};

static void sums_start(struct sums *s)
{
	s->context = BN_CTX_new();
	if (!s->context)
		alloc_exhausted();
	BN_CTX_start(s->context);
	s->a = BN_CTX_get(s->context);
	s->b = BN_CTX_get(s->context);
	if (!s->b)
		alloc_exhausted();
}

/* A context wipes what it hands out. */
static void sums_end(struct sums *s)
{
	BN_CTX_end(s->context);
	BN_CTX_free(s->context);
	ERR_clear_error();
}

/* Is x · y ≡ 1 modulo m? */
static bool inverse(struct sums *s, const BIGNUM *x, const BIGNUM *y, const BIGNUM *m)
{
	return !BN_is_zero(m) && BN_mod_mul(s->a, x, y, m, s->context) && BN_is_one(s->a);
}

/* RFC 8017 §3.2: e·d ≡ 1 and the exponent of the prime is d, modulo the prime less one. */
static bool prime_fits(struct sums *s, const struct rsa_numbers *r, enum rsa_part prime,
		       enum rsa_part exponent)
{
	const BIGNUM *d = r->part[RSA_D];

	if (!BN_copy(s->b, r->part[prime]) || !BN_sub_word(s->b, 1) || BN_is_negative(s->b))
		return false;
	if (!inverse(s, d, r->part[RSA_E], s->b))
		return false;
	return BN_mod(s->a, d, s->b, s->context) && BN_cmp(s->a, r->part[exponent]) == 0;
}

static bool primes_fit(struct sums *s, const struct rsa_numbers *r)
{
	return BN_mul(s->a, r->part[RSA_P], r->part[RSA_Q], s->context) &&
	       BN_cmp(s->a, r->part[RSA_N]) == 0 && prime_fits(s, r, RSA_P, RSA_DP) &&
	       prime_fits(s, r, RSA_Q, RSA_DQ) && BN_cmp(r->part[RSA_QI], r->part[RSA_P]) < 0 &&
	       inverse(s, r->part[RSA_QI], r->part[RSA_Q], r->part[RSA_P]);
}

/* Without the primes: a number raised to e and then to d has to come back. */
static bool exponents_fit(struct sums *s, const struct rsa_numbers *r)
{
	const BIGNUM *n = r->part[RSA_N];

	if (BN_cmp(r->part[RSA_D], n) >= 0 || !BN_set_word(s->b, 2))
		return false;
	BN_set_flags(r->part[RSA_D], BN_FLG_CONSTTIME);
	return BN_mod_exp(s->a, s->b, r->part[RSA_E], n, s->context) &&
	       BN_mod_exp(s->b, s->a, r->part[RSA_D], n, s->context) && BN_is_word(s->b, 2);
}

static bool rsa_pair_fits(const struct rsa_numbers *r)
{
	struct sums s;
	bool fits;

	sums_start(&s);
	fits = r->part[RSA_P] ? primes_fit(&s, r) : exponents_fit(&s, r);
	sums_end(&s);
	return fits;
}

static void exponent_check(struct jose_key *k, const struct rsa_numbers *r)
{
	const BIGNUM *e = r->part[RSA_E];

	if (BN_is_one(e))
		key_fault(k, KEY_FAULT_EXPONENT, "the RSA exponent is 1: anyone can sign");
	else if (!BN_is_odd(e))
		key_fault(k, KEY_FAULT_EXPONENT, "the RSA exponent is even");
	else if (BN_cmp(e, r->part[RSA_N]) >= 0)
		key_fault(k, KEY_FAULT_EXPONENT, "the RSA exponent is not below the modulus");
}

void key_check_rsa(struct jose_key *k, const struct rsa_numbers *r)
{
	const BIGNUM *n = r->part[RSA_N];

	k->bits = (unsigned)BN_num_bits(n);
	if (k->bits > RSA_BITS_MOST)
		key_fault(k, KEY_FAULT_MEMBER, "the RSA modulus has over %d bits", RSA_BITS_MOST);
	else if (!BN_is_odd(n))
		key_fault(k, KEY_FAULT_MEMBER, "the RSA modulus is even");
	exponent_check(k, r);
	if (rsa_is_roca(n))
		key_fault(k, KEY_FAULT_ROCA,
			  "the RSA modulus was made by a flawed generator (ROCA): it can be "
			  "factored");
	if (!(k->faults & KEY_FATAL) && r->part[RSA_D] && !rsa_pair_fits(r))
		key_fault(k, KEY_FAULT_PAIR,
			  "its private and public numbers do not belong together");
	/* The last, since it forbids the least. */
	if (k->bits < RSA_BITS_LEAST)
		key_fault(k, KEY_FAULT_SMALL, "RSA with %u bits, %d are the least", k->bits,
			  RSA_BITS_LEAST);
}

void key_check_ec(struct jose_key *k)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);

	if (!context)
		alloc_exhausted();
	if (EVP_PKEY_public_check_quick(context) != 1)
		key_fault(k, KEY_FAULT_POINT, "the point is not on its curve");
	else if (k->is_private &&
		 (EVP_PKEY_private_check(context) != 1 || EVP_PKEY_pairwise_check(context) != 1))
		key_fault(k, KEY_FAULT_PAIR, "private and public key do not belong together");
	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
}

/* A secret beside public keys can be taken for one of them, and a set with private members was never
 * meant to be handed to who verifies: RFC 7517 §9.2, RFC 8725 §3.1. Secrets alone are well. */
static unsigned mixed(const struct key_set *s, size_t first)
{
	bool secret = false, asymmetric = false, is_private = false;

	for (size_t i = first; i < s->count; i++) {
		const struct jose_key *k = &s->keys[i];

		secret |= k->type == JOSE_OCT;
		asymmetric |= k->type != JOSE_OCT;
		is_private |= k->type != JOSE_OCT && k->is_private;
	}
	return is_private || (secret && asymmetric) ? KEY_SET_MIXED : 0;
}

/* A key without `use` serves any. */
static bool same_use(const struct jose_key *a, const struct jose_key *b)
{
	return !a->use || !b->use || strcmp(a->use, b->use) == 0;
}

static bool kid_before(const struct key_set *s, size_t first, size_t at)
{
	const struct jose_key *k = &s->keys[at];

	for (size_t i = first; i < at; i++) {
		const struct jose_key *other = &s->keys[i];

		if (other->kid && other->type == k->type && strcmp(other->kid, k->kid) == 0 &&
		    same_use(other, k))
			return true;
	}
	return false;
}

void key_set_check_published(struct key_set *s, size_t first)
{
	for (size_t i = first; i < s->count; i++)
		if (s->keys[i].type == JOSE_OCT || s->keys[i].is_private)
			s->faults |= KEY_SET_PUBLISHED;
}

void key_set_check(struct key_set *s, size_t first)
{
	s->faults |= mixed(s, first);
	for (size_t i = first; i < s->count; i++)
		if (s->keys[i].kid && kid_before(s, first, i))
			s->faults |= KEY_SET_SAME_KID;
}
