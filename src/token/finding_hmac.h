/* Trying keys on a token whose signature is an HMAC: sample secrets, a public key's text, other readings
 * of a secret. For findings alone: nothing is accepted by it. */
#ifndef TOKEN_FINDING_HMAC_H
#define TOKEN_FINDING_HMAC_H

#include <stdbool.h>
#include <stddef.h>

#include "src/token/finding.h"

struct hmac_trial;

/* For one signature of a token; NULL when it is none by HMAC, or its payload is not there. No more than
 * `most` bytes are hashed in all: a long token under many keys must not keep anybody waiting. */
struct hmac_trial *hmac_trial_new(const struct jose *t, const struct jose_part *p,
				  const struct algorithm *a, size_t most);
void hmac_trial_free(struct hmac_trial *h); /* NULL is well */
/* Is the signature the HMAC under this key? False also when too much was tried already. */
bool hmac_trial_fits(struct hmac_trial *h, const void *key, size_t len);

#endif
