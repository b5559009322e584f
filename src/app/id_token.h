/* ID tokens (OIDC Core §3.1.3.7): the signature under the provider's keys, issuer, audience, times, nonce
 * and at_hash. */
#ifndef APP_ID_TOKEN_H
#define APP_ID_TOKEN_H

#include "src/app/provider_use.h"
#include "src/token/verdict.h"

enum id_token_state {
	ID_TOKEN_VALID,
	ID_TOKEN_UNCHECKED, /* no keys could be had: nobody has checked the signature */
	ID_TOKEN_INVALID,
};

/* Validates; fetches the keys where they are not at hand. `access_token`: issued beside it; NULL. The record
 * is {"valid":…,"signature":…,"key":…,"checks":[…],"claims":{…},"findings":[…]}; caller frees. Says why
 * in `why` (size bytes, may be NULL) where it is not valid. */
enum id_token_state id_token_check(struct json **record, const struct op_call *c,
				   struct provider_use *u, const struct secret *token,
				   const struct secret *access_token, char *why, size_t why_size);
/* A claim as text, whoever made the token; heap, NULL where it is none. */
char *id_token_claim(const struct secret *token, const char *name);

#endif
