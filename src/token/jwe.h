/* Decryption of JWE (RFC 7516, 7518 §4 and §5, 8037 §3.2). */
#ifndef TOKEN_JWE_H
#define TOKEN_JWE_H

#include "src/base/secret.h"
#include "src/token/jose.h"
#include "src/token/jose_key.h"

enum {
	JWE_ROUNDS_LEAST = 1000,    /* RFC 7518 §4.8.1.2 */
	JWE_ROUNDS_MOST = 1200000,  /* draft-ietf-oauth-rfc8725bis */
	JWE_INFLATED_MOST = 250000, /* bytes; likewise */
};

/* Decrypts with the first fitting key of the set: by kid where there is one, else all that the header's
 * algorithms allow are tried. ERR_NO with a message when no key opens it (never saying which step
 * failed where that could be an oracle: RFC 7516 §11.5), ERR_USAGE when it is malformed or asks for
 * what is not supported or is over a cap. *used may be NULL. */
enum errc jwe_decrypt(const struct jose *t, struct key_set *keys, bool allow_weak,
		      struct secret *plain, const struct jose_key **used, struct err *e);

#endif
