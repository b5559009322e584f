/* Deciding about a token: the signature first, then every expectation, then what the findings forbid.
 * The answer is a list of checks, each passed, failed or not made; "valid" is never without the key it
 * is valid under (RFC 7515 §5.2, RFC 7519 §7.2, RFC 8725). */
#ifndef TOKEN_VERDICT_H
#define TOKEN_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/token/finding.h"
#include "src/token/jose.h"
#include "src/token/jose_key.h"

enum signature_state { SIGNATURE_UNCHECKED, SIGNATURE_VALID, SIGNATURE_INVALID };

enum check_result { CHECK_PASSED, CHECK_FAILED, CHECK_NOT_MADE };

struct token_check {
	const char *name; /* "signature" "exp" "nbf" "iat" "iss" "aud" "sub" "typ" "require" … */
	enum check_result result;
	char detail[192]; /* terminal-safe: "RS256, kid 9aF2mQ7c", "not asked for" */
};

enum { CHECKS_MAX = 48 };

struct expectations {
	const char *const *algorithms; /* --alg, NULL-terminated; NULL: whatever the key allows */
	const char *issuer;	       /* compared to the character; NULL: not asked for */
	const char *const *audiences;  /* one of them; NULL-terminated; NULL */
	const char *subject;
	const char *type; /* typ without "application/", case-insensitive (RFC 7515 4.1.9) */
	const char *const *required; /* claims that must be there; NULL-terminated; NULL */
	int64_t leeway_ms;
	int64_t now_ms;
	bool allow_weak_key;
	bool no_claims; /* the payload is no claims set: header rules and signature only */
	bool padded;	/* AWS ALB: the signature covers the padded segments */
};

struct verdict {
	bool valid;
	enum signature_state signature;
	const struct jose_key *key; /* that fitted; NULL. Borrowed from the set */
	struct token_check checks[CHECKS_MAX];
	size_t count;
	struct findings findings;
};

/* Decides. `keys` may be empty: the signature is unchecked then, and nothing is valid. With several
 * signatures each for which a key fits must hold, and at least one (told per signature in `checks`).
 * `keys` is not const for the contexts kept in it. `out` needs no initialisation. */
void token_verify(const struct jose *t, struct key_set *keys, const struct expectations *x,
		  struct verdict *out);

const char *signature_name(enum signature_state s); /* "valid" "invalid" "unchecked" */
const char *check_name(enum check_result r);	    /* "passed" "failed" "not_made" */

#endif
