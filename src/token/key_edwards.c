/* Is an encoded public key of Ed25519 or Ed448 a point of the curve? libcrypto looks only when it
 * verifies, and takes points of small order, under which one signature fits many messages. */
#include "src/token/key_parts.h"

#include <string.h>

#include <openssl/err.h>

#include "src/base/alloc.h"

/* a·x² + y² = 1 + d·x²·y² modulo p (RFC 8032 §5.1, §5.2). */
struct edwards {
	const char *name;
	const char *p, *d; /* hexadecimal */
	bool twisted;	   /* a is -1, and there are points of order 8 */
};

static const struct edwards edwards[] = {
	{ "Ed25519", "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed",
	  "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3", true },
	{ "Ed448",
	  "fffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
	  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	  "fffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
	  "ffffffffffffffffffffffffffffffffffffffffffffffffffff6756",
	  false },
};

/* Numbers of one look at a point: x² = u / v. */
struct point {
	BN_CTX *context;
	BIGNUM *p, *d, *y, *y2, *u, *v, *t;
	bool sign;
};

static void point_open(struct point *q, const struct edwards *e)
{
	q->context = BN_CTX_new();
	if (!q->context)
		alloc_exhausted();
	BN_CTX_start(q->context);
	q->p = BN_CTX_get(q->context);
	q->d = BN_CTX_get(q->context);
	q->y = BN_CTX_get(q->context);
	q->y2 = BN_CTX_get(q->context);
	q->u = BN_CTX_get(q->context);
	q->v = BN_CTX_get(q->context);
	q->t = BN_CTX_get(q->context);
	if (!q->t || !BN_hex2bn(&q->p, e->p) || !BN_hex2bn(&q->d, e->d))
		alloc_exhausted();
}

static void point_close(struct point *q)
{
	BN_CTX_end(q->context);
	BN_CTX_free(q->context);
	ERR_clear_error();
}

/* The last bit is the sign of x, the rest is y, below p. */
static bool point_read(struct point *q, const struct curve *c, const unsigned char *encoded)
{
	unsigned char raw[64];

	memcpy(raw, encoded, c->bytes);
	q->sign = raw[c->bytes - 1] >> 7;
	raw[c->bytes - 1] &= 0x7f;
	if (!BN_lebin2bn(raw, (int)c->bytes, q->y))
		alloc_exhausted();
	return BN_cmp(q->y, q->p) < 0;
}

/* u = y² - 1, v = d·y² - a */
static bool point_fractions(struct point *q, const struct edwards *e)
{
	const BIGNUM *one = BN_value_one();

	return BN_mod_sqr(q->y2, q->y, q->p, q->context) &&
	       BN_mod_sub(q->u, q->y2, one, q->p, q->context) &&
	       BN_mod_mul(q->v, q->d, q->y2, q->p, q->context) &&
	       (e->twisted ? BN_mod_add(q->v, q->v, one, q->p, q->context)
			   : BN_mod_sub(q->v, q->v, one, q->p, q->context));
}

/* There is a root of u / v when there is one of u · v. */
static bool on_curve(struct point *q)
{
	if (BN_is_zero(q->u) && q->sign)
		return false;
	return BN_mod_mul(q->t, q->u, q->v, q->p, q->context) &&
	       BN_kronecker(q->t, q->p, q->context) >= 0;
}

/* y is 1 or -1 for order 1 and 2, and 0 for 4; twice a point of order 8 has y = 0, which is where
 * y² = -x². */
static bool small_order(struct point *q, const struct edwards *e)
{
	if (BN_is_zero(q->y) || BN_is_zero(q->u))
		return true;
	return e->twisted && BN_mod_mul(q->t, q->y2, q->v, q->p, q->context) &&
	       BN_mod_add(q->t, q->t, q->u, q->p, q->context) && BN_is_zero(q->t);
}

bool edwards_point_good(const struct curve *c, const unsigned char *encoded)
{
	struct point q;
	bool good;

	for (size_t i = 0; i < sizeof(edwards) / sizeof(*edwards); i++) {
		const struct edwards *e = &edwards[i];

		if (strcmp(e->name, c->name) != 0)
			continue;
		point_open(&q, e);
		good = point_read(&q, c, encoded) && point_fractions(&q, e) && on_curve(&q) &&
		       !small_order(&q, e);
		point_close(&q);
		return good;
	}
	return true;
}
