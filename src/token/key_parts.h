/* What the readers of keys share: the curves, keys of libcrypto out of their numbers, and what is wrong
 * with them. For jose_key.c, jwk.c and key_pem.c only. */
#ifndef TOKEN_KEY_PARTS_H
#define TOKEN_KEY_PARTS_H

#include <stdarg.h>

#include <openssl/bn.h>

#include "src/token/jose_key.h"

struct curve {
	const char *name;  /* JOSE's */
	const char *group; /* OpenSSL's: of the group, or of the key's type */
	enum jose_key_type type;
	unsigned bits;
	size_t bytes; /* of a coordinate or of the raw key, private ones as well */
};

extern const struct curve curves[];		      /* ends with a NULL name */
const struct curve *curve_find(const char *name);     /* JOSE's; NULL */
const struct curve *curve_by_group(const char *name); /* OpenSSL's; NULL */

/* The numbers of an RSA key, in the order of RFC 7518 §6.3. */
enum rsa_part { RSA_N, RSA_E, RSA_D, RSA_P, RSA_Q, RSA_DP, RSA_DQ, RSA_QI, RSA_PARTS };

extern const char *const rsa_params[RSA_PARTS]; /* OpenSSL's names of them */

struct rsa_numbers {
	BIGNUM *part[RSA_PARTS]; /* NULL: not there */
};

void rsa_numbers_release(struct rsa_numbers *r); /* wipes */

/* Bytes of a key, wiped when released. */
struct octets {
	unsigned char *data; /* NULL: not there */
	size_t len;
	size_t size;
};

void octets_release(struct octets *o);

/* Formats, terminal-safe, and cuts what is too long for `out` between two characters. */
void key_words(char *out, size_t size, const char *format, va_list ap)
	__attribute__((format(printf, 3, 0)));
/* Notes what is wrong; the words are those of the first fault. Text that goes in by %s is made
 * terminal-safe. */
void key_fault(struct jose_key *k, unsigned fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Looks at size, exponent, fingerprint, and whether the private numbers belong to the public ones. */
void key_check_rsa(struct jose_key *k, const struct rsa_numbers *r);
/* Is the point on its curve, and the private number its own? k->pkey is there. */
void key_check_ec(struct jose_key *k);
/* Is the secret no secret, but the text of a public key, or of a pair? */
void key_check_secret(struct jose_key *k);
/* Public keys of OpenSSH, which people have at hand. */
bool key_is_ssh(const char *text, size_t len);
/* Does the encoding stand for a point of Ed25519 or Ed448, and one of full order (RFC 8032 §5.1.3)?
 * Other curves: always well, since X25519 and X448 take every string. */
bool edwards_point_good(const struct curve *c, const unsigned char *encoded);
/* Has the modulus the fingerprint of CVE-2017-15361? */
bool rsa_is_roca(const BIGNUM *modulus);

/* Each makes k->pkey, or notes the fault that forbids it. `d` may be empty. */
void key_build_rsa(struct jose_key *k, const struct rsa_numbers *r);
void key_build_ec(struct jose_key *k, const struct curve *c, const struct octets *x,
		  const struct octets *y, const struct octets *d);
void key_build_okp(struct jose_key *k, const struct curve *c, const struct octets *x,
		   const struct octets *d);

/* A new key at the end of the set, zeroed, with its label; valid until the next one is added. */
struct jose_key *key_set_add(struct key_set *s, const char *label);
/* Takes the last key away again, or all beyond the first `count`. */
void key_set_drop(struct key_set *s);
void key_set_cut(struct key_set *s, size_t count);
/* Faults of the keys from `first` on as one set: MIXED and SAME_KID (RFC 7517 §4.5, §9.2). */
void key_set_check(struct key_set *s, size_t first);
/* What a key is called in a sentence: "RSA", "EC on P-256", "a secret". */
const char *key_noun(const struct jose_key *k, char *room, size_t size);

#endif
