/* Tokens for tests of verdicts, and looking at what was decided. */
#ifndef TESTS_VERDICT_CASES_H
#define TESTS_VERDICT_CASES_H

#include "src/token/verdict.h"

#define HEADER "{'alg':'HS256'}"

extern struct key_set secret_key; /* one secret of 64 bytes, without kid: */
extern const char key_text[];
extern const struct expectations nothing, taken_as_is;

/* Setup and teardown of a group of tests: secret_key. */
int verdict_keys_make(void **state);
int verdict_keys_free(void **state);

/* The base64url of a signature over `message`; caller frees. */
char *signed_by(struct jose_key *k, const char *alg, const char *message);
/* A compact token of texts with "'" for """, signed with the secret; caller frees. */
char *signed_token(const char *header, const char *payload);

/* The findings are the caller's to release. */
void decide(struct verdict *v, const char *text, struct key_set *keys,
	    const struct expectations *x);
bool has_check(const struct verdict *v, const char *name, enum check_result result,
	       const char *words);
bool has_finding(const struct verdict *v, const char *id);
/* Prints all of it, before a test fails. */
void verdict_tell(const struct verdict *v, const char *what);
/* Decided, the text being a whole token: the check has this result, with these words. What fails is never
 * valid, and what does not is. */
void assert_text_check(const char *text, struct key_set *keys, const struct expectations *x,
		       const char *name, enum check_result result, const char *words);
/* The same of a token that is signed with the secret. */
void assert_check(const char *header, const char *claims, const struct expectations *x,
		  const char *name, enum check_result result, const char *words);

#endif
