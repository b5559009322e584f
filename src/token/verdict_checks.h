/* What the two halves of a decision share: the signature's and the claims'. */
#ifndef TOKEN_VERDICT_CHECKS_H
#define TOKEN_VERDICT_CHECKS_H

#include "src/token/sd_jwt.h"
#include "src/token/verdict.h"

/* A decision while it is made. */
struct deciding {
	const struct jose *t;
	struct key_set *keys;
	const struct expectations *x;
	struct verdict *out;
	struct sd_jwt disclosed; /* where the token is an SD-JWT: read for the claims */
	bool failed;		 /* a check did, whether there was room to list it or not */
};

/* Lists a check. The detail is put together from `texts`, up to a NULL, and made terminal-safe. */
void check_add_texts(struct deciding *d, const char *name, enum check_result result,
		     const char *const *texts);
#define check_add(d, name, result, ...) \
	check_add_texts(d, name, result, (const char *const[]){ __VA_ARGS__, NULL })

/* The expectations about claims, and what RFC 7519 §4.1 and RFC 9068 §2.2 want of them. */
void claims_check(struct deciding *d);
/* In their place where the payload is taken for no claims: of the header, typ is left to check. */
void payload_check(struct deciding *d);
/* Is the instant behind us? Clocks may differ by the leeway, in favour of the token: `until` says that it
 * is good before the instant, else that it is from then on. */
bool time_passed(const struct deciding *d, int64_t at, bool until);
/* Disclosures and key binding of an SD-JWT. */
void disclosed_check(struct deciding *d);
/* Lists them as not made. */
void claims_skip(struct deciding *d, const char *why);

#endif
