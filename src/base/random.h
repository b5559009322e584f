/* Random bytes for secrets and identifiers. Aborts when the generator fails: nothing can go on then. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_private(void *out, size_t len); /* RAND_priv_bytes: keys and secrets */
void random_public(void *out, size_t len);  /* RAND_bytes: ids, nonces, salts */
/* `count` characters of `alphabet` (2–256 characters) without bias, by rejection sampling. */
void random_text(char *out, size_t count, const char *alphabet);

#endif
