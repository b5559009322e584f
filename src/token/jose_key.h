/* Keys that verify, decrypt and sign: out of JWK and JWK sets (RFC 7517, 7518 §6, 8037), PEM and DER
 * (PKCS#1, PKCS#8, SEC1, SubjectPublicKeyInfo, X.509), or plain secrets. What is wrong with a key is
 * kept with it, and forbids or limits its use. */
#ifndef TOKEN_JOSE_KEY_H
#define TOKEN_JOSE_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>

#include "src/base/err.h"
#include "src/base/secret.h"
#include "src/token/algorithm.h"

enum jose_key_type { JOSE_OCT, JOSE_RSA, JOSE_EC, JOSE_OKP };

/* What is wrong with a key; the finding of the same name in CHECKS is raised for it. */
enum {
	KEY_FAULT_SMALL = 1 << 0,    /* RSA under 2048 bits: only with allow-weak-key */
	KEY_FAULT_EXPONENT = 1 << 1, /* RSA exponent 1 or even */
	KEY_FAULT_ROCA = 1 << 2,     /* modulus with the fingerprint of CVE-2017-15361 */
	KEY_FAULT_POINT = 1 << 3,    /* point off its curve, or coordinates of the wrong length */
	KEY_FAULT_MIXED = 1 << 4,    /* members of secret and public keys in one key */
	KEY_FAULT_MEMBER = 1 << 5,   /* a member is missing, twice, of the wrong type or encoding */
	KEY_FAULT_PAIR = 1 << 6,     /* private and public part do not belong together */
	KEY_FAULT_PUBLIC = 1 << 7,   /* a secret that is the text of a public key, or of a pair */
};

enum { KEY_FATAL = ~KEY_FAULT_SMALL }; /* with one of these a key is never used */

/* key_ops (RFC 7517 §4.3), as bits. */
enum {
	KEY_OP_SIGN = 1 << 0,
	KEY_OP_VERIFY = 1 << 1,
	KEY_OP_ENCRYPT = 1 << 2,
	KEY_OP_DECRYPT = 1 << 3,
	KEY_OP_WRAP = 1 << 4,
	KEY_OP_UNWRAP = 1 << 5,
	KEY_OP_DERIVE_KEY = 1 << 6,
	KEY_OP_DERIVE_BITS = 1 << 7,
	KEY_OP_OTHER = 1 << 8, /* a name that is not registered */
};

struct jose_key {
	enum jose_key_type type;
	const char *curve; /* "P-256" "secp256k1" "Ed25519" "X25519" … (static); NULL: none */
	unsigned bits;	   /* of modulus, curve or secret */
	bool is_private;
	bool constrained; /* it came from a JWK: `alg use key_ops` below are meant */
	char *kid;	  /* NULL: none */
	char *alg;	  /* NULL: any that fits the type */
	char *use;	  /* NULL: any; "sig" "enc" or another text */
	bool has_ops;
	unsigned ops;
	unsigned faults;
	char fault[160]; /* the first of them in words, terminal-safe */
	char *label;	 /* where it is from, for people: "api.pem", "JWKS file keys.json" */
	char *pem;	 /* the text a public key was read from, for the alg-confusion test; NULL */
	size_t pem_len;
	EVP_PKEY *pkey;		     /* NULL for JOSE_OCT and where a fatal fault left none */
	struct secret secret;	     /* JOSE_OCT */
	struct key_context *context; /* see jws.h; kept for the next message */
};

/* Faults of a set as a whole. */
enum {
	KEY_SET_MIXED = 1 << 0,	     /* secret and public keys, or private members, in one set */
	KEY_SET_SAME_KID = 1 << 1,   /* one kid for two keys of one type and use */
	KEY_SET_DUPLICATES = 1 << 2, /* a JSON name twice */
	KEY_SET_PUBLISHED = 1 << 3   /* what nobody else may have was fetched from where all can */
};

struct key_set {
	struct jose_key *keys;
	size_t count, size;
	unsigned faults;
	size_t skipped; /* keys of unknown type or curve: not fatal (RFC 7517 §5) */
};

enum { KEY_TEXT_MAX = 1024 * 1024, KEY_SET_MAX = 1000 };

void key_set_init(struct key_set *s);
void key_set_release(struct key_set *s); /* wipes; idempotent */

/* Each adds what the text holds; `label` is copied. ERR_USAGE says what can't be read and where.
 * A key with faults is added (they are told by findings), one of unknown type is counted. */
enum errc key_set_add_jwk(struct key_set *s, const char *text, size_t len, const char *label,
			  struct err *e); /* one key, or a set: an object with "keys" */
enum errc key_set_add_pem(struct key_set *s, const char *text, size_t len, const char *label,
			  struct err *e); /* every block of the file; encrypted ones are refused */
enum errc key_set_add_der(struct key_set *s, const void *data, size_t len, const char *label,
			  struct err *e);
/* The keys from `first` on came from an address: notes it where secrets or private ones are among them
 * (OIDC Discovery 3: a set published must not hold any). */
void key_set_check_published(struct key_set *s, size_t first);
void key_set_add_secret(struct key_set *s, const struct secret *secret, const char *label);
/* Tells PEM, JWK and DER apart by their first bytes. */
enum errc key_set_add_any(struct key_set *s, const void *data, size_t len, const char *label,
			  struct err *e);

/* May this key be used with this algorithm for `op` (KEY_OP_VERIFY …)? The type, curve, `use`,
 * `key_ops` and `alg` of the key decide (RFC 7517 §4, RFC 8725 §3.1). False: `why` (terminal-safe, may
 * be NULL) says what forbids it: "the key is RSA, HS256 needs a secret". Sizes and faults are looked at
 * too; `allow_weak`: short secrets and small RSA keys pass. */
bool jose_key_allows(const struct jose_key *k, const struct algorithm *a, unsigned op,
		     bool allow_weak, char *why, size_t why_size);
/* One line for people: "RSA 2048, kid 9aF2mQ7c, use sig". Terminal-safe. */
void jose_key_describe(const struct jose_key *k, char *out, size_t size);
/* JWK thumbprint with SHA-256 (RFC 7638), base64url; "" where the key has none. */
enum { THUMBPRINT_SIZE = 44 };
void jose_key_thumbprint(const struct jose_key *k, char out[THUMBPRINT_SIZE]);

#endif
