/* The algorithms of RFC 7518, 8037, 8812 and 9864 as one table: what each is, by what key, with what
 * sizes. The key decides which may be used; the header has only to agree (RFC 8725 §3.1). */
#ifndef TOKEN_ALGORITHM_H
#define TOKEN_ALGORITHM_H

#include <stdbool.h>
#include <stddef.h>

enum algorithm_purpose { ALGORITHM_SIGNS, ALGORITHM_MANAGES_KEYS, ALGORITHM_ENCRYPTS };

enum algorithm_family {
	FAMILY_NONE, /* "none": never verifies */
	FAMILY_HMAC,
	FAMILY_RSA_PKCS1,
	FAMILY_RSA_PSS,
	FAMILY_ECDSA,
	FAMILY_EDDSA,
	FAMILY_RSA_OAEP,
	FAMILY_RSA1_5,
	FAMILY_ECDH_ES,
	FAMILY_AES_KW,
	FAMILY_AES_GCM_KW,
	FAMILY_DIRECT,
	FAMILY_PBES2,
	FAMILY_CBC_HMAC,
	FAMILY_GCM
};

struct algorithm {
	const char *name; /* "ES256"; names are case-sensitive */
	enum algorithm_purpose purpose;
	enum algorithm_family family;
	const char *digest; /* OpenSSL's name: "SHA256"; NULL none */
	const char *curve; /* JOSE's name, the only one allowed: "P-256"; NULL: any of the family */
	size_t signature_bytes; /* exact; 0: as long as the modulus, or no signature */
	size_t key_bits;	/* of the wrapping or content key; 0: none of its own */
	bool deprecated;
	const char *text;   /* in words: "ECDSA on P-256 with SHA-256" */
	const char *source; /* "RFC 7518 3.4" */
};

extern const struct algorithm algorithms[]; /* ends with a NULL name */
/* By exact name; NULL: not registered, or not one that we know. */
const struct algorithm *algorithm_find(const char *name, size_t len);
/* The one that the name means when case is not looked at ("hs256"); NULL. Never to decide with. */
const struct algorithm *algorithm_guess(const char *name, size_t len);

#endif
