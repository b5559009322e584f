/* Signatures over OpenSSL EVP: one row a family, contexts kept with the key. */
#ifndef TOKEN_JWS_H
#define TOKEN_JWS_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/buf.h"
#include "src/base/crypto.h"
#include "src/token/jose_key.h"

/* What is kept initialised for a key and one algorithm: for jose_key.context. A key is used by one
 * thread at a time. */
struct key_context;
void key_context_free(struct key_context *c); /* NULL is well */

/* Does the signature fit the message (parts one behind the other) under this key? Only that: whether
 * the key may be used so is jose_key_allows()'s to say. False for a wrong length, for r or s outside
 * 1 … order-1, and for "none". RFC 7518 §3, RFC 8037 §3.1. */
bool jws_check(struct jose_key *k, const struct algorithm *a, const struct span *parts,
	       size_t count, const unsigned char *signature, size_t len);
/* Appends the signature as JWS has it (ECDSA: r ‖ s). ERR_USAGE when the key can't. */
enum errc jws_sign(struct jose_key *k, const struct algorithm *a, const struct span *parts,
		   size_t count, struct buf *out, struct err *e);

#endif
