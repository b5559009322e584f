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

/* May the ephemeral key `epk` of a recipient's header be used: a public key, its point on its curve, and,
 * where `k` is not NULL, on the curve of `k` (RFC 7518 §4.6.1.1, RFC 8725 §3.4)? False: `why` (may be
 * NULL) says why not, terminal-safe. */
bool jwe_epk_fits(const struct jose_part *p, const struct jose_key *k, char *why, size_t why_size);

#endif
