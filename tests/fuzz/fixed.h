/* Keys and tokens that stand still: made for the fuzzers, used for nothing else. */
#ifndef TESTS_FUZZ_FIXED_H
#define TESTS_FUZZ_FIXED_H

#include "src/token/jose_key.h"
#include "src/token/verdict.h"

enum fuzz_key { FUZZ_SECRET, FUZZ_RSA, FUZZ_EC, FUZZ_ED25519, FUZZ_X25519, FUZZ_KEYS };
enum { FUZZ_TOKENS = 4 };

/* Each signed by the key of that number; ends with NULL. */
extern const char *const fuzz_tokens[FUZZ_TOKENS + 1];

/* All of them, read once, private parts included; for verification a signature's fit is decided by the
 * public ones. */
struct key_set *fuzz_key_set(void);
/* Verifies at a time when the tokens are good. */
void fuzz_verify(const struct jose *t, struct verdict *out, bool no_claims, bool padded);
/* Does what may be done with keys that somebody else gave. */
void fuzz_use_keys(struct key_set *s);

#endif
