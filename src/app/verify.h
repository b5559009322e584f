/* The decision whether a presented secret is good: one function for key.verify and the service,
 * with no JSON and no allocation of its own. */
#ifndef APP_VERIFY_H
#define APP_VERIFY_H

#include "data/key.h"
#include "src/base/cidr.h"

/* In the order they are decided. */
enum verify_code {
	VERIFY_MALFORMED,
	VERIFY_NOT_FOUND,
	VERIFY_REVOKED,
	VERIFY_RETIRED,
	VERIFY_DISABLED,
	VERIFY_NOT_YET_VALID,
	VERIFY_EXPIRED,
	VERIFY_ADDRESS_DENIED,
	VERIFY_INSUFFICIENT_SCOPE,
	VERIFY_RATE_LIMITED,
	VERIFY_VALID,
};
const char *verify_code_name(enum verify_code code); /* "NOT_FOUND" … */

struct verify_request {
	const char *secret; /* as presented, not NUL-terminated */
	size_t len;
	const char *const *scopes; /* all of them must be granted */
	size_t scope_count;
	const struct address *address; /* of the client; NULL: unknown */
	int64_t at;		       /* TIME_NONE: store_now() */
};

/* Made once, used for many requests: key and version keep their memory. */
struct verify_result {
	enum verify_code code;
	bool known; /* key and version are filled: the caller has the secret */
	struct key key;
	struct key_version version;
	bool retiring;	     /* VALID, by an older version in its grace */
	int64_t valid_until; /* the earlier end, of version or key; TIME_NONE: none */
};
void verify_result_init(struct verify_result *r);
void verify_result_release(struct verify_result *r);

/* ERR_OK with result->code; ERR_STORE where the row was altered or the store fails. Counts as no
 * use. */
enum errc key_verify(struct store *s, const struct verify_request *q, struct verify_result *r,
		     struct err *e);

/* The second half of key_verify(), for a key and version that were found, and not altered: sets code,
 * retiring and valid_until as of q->at. */
void verify_decide(const struct verify_request *q, struct verify_result *r);

/* Finds the key and version of a presented secret whatever their state; VERIFY_MALFORMED and
 * VERIFY_NOT_FOUND end it, VERIFY_VALID is "found". An unknown secret takes the same path, and
 * time, as a known one with a wrong MAC. For identify, revoke by secret and key_verify(). */
enum errc verify_find(struct store *s, const char *secret, size_t len, struct verify_result *r,
		      struct err *e);

#endif
