/* Making a compact JWS, for tests of a set-up. */
#ifndef TOKEN_SIGN_H
#define TOKEN_SIGN_H

#include "src/base/secret.h"
#include "src/token/jose_key.h"

/* Signs. `header` is a JSON object's text without "alg" (it is put in first), or NULL; `payload` any
 * bytes. The key must allow the algorithm for signing; `algorithm` NULL: the key's own `alg`, else the
 * strongest usual one of its type (RS256, ES256 …, EdDSA, HS256). ERR_USAGE tells why not. */
enum errc sign_compact(struct jose_key *k, const char *algorithm, const char *header,
		       const void *payload, size_t len, bool allow_weak, struct secret *out,
		       struct err *e);

#endif
