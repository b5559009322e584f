/* What a request says to us: the key, the scopes that are asked for, who calls for whom. Made in one pass
 * over its headers and its query. */
#ifndef SERVE_REQUEST_H
#define SERVE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/buf.h"

/* Why a request gets no verdict, in the order in which it is told. */
enum problem {
	PROBLEM_NONE,
	PROBLEM_PATH,
	PROBLEM_METHOD,
	PROBLEM_FRAMING,
	PROBLEM_HEADERS_SIZE,
	PROBLEM_BODY_SIZE,
	PROBLEM_CALLER,
	PROBLEM_KEY_IN_QUERY,
	PROBLEM_SCOPE_TWICE,
	PROBLEM_SCOPE,
	PROBLEM_GUESSING,
	PROBLEM_UNAVAILABLE,
	PROBLEM_COUNT
};

enum { REQUEST_HEADERS_MAX = 8 * 1024, REQUEST_SCOPES_MAX = 32, REQUEST_SECRETS_MAX = 8 };

/* A text inside the request: lent, not NUL-terminated. */
struct piece {
	const char *text; /* NULL: not there */
	size_t len;
};

struct request {
	struct piece header_key, bearer;
	bool ambiguous;	     /* a second header of the kind, or two that differ */
	struct piece caller; /* X-Authrack-Caller */
	unsigned callers;
	struct buf forwarded; /* X-Forwarded-For, several joined in order; empty: none */
	bool has_forwarded;
	struct buf scope_text; /* the scopes, each with its NUL */
	const char *scopes[REQUEST_SCOPES_MAX];
	size_t scope_count;
	unsigned scope_sources; /* headers and parameters that name scopes */
	unsigned authorizations, keys;
	struct piece secrets[REQUEST_SECRETS_MAX]; /* headers that may hold one, to be wiped */
	size_t secret_count;
	size_t header_bytes;
	unsigned lengths, encodings;
	/* Where it ends can be read in two ways: what follows on this connection may be another's. */
	bool misframed;
	enum problem problem; /* the first that is found in this order: see enum problem */
};

/* Made once, used for many requests: the buffers keep their memory. */
void request_init(struct request *r);
void request_release(struct request *r);
void request_clear(struct request *r);

void request_header(struct request *r, struct piece name, struct piece value);
/* A decoded parameter of the query. `foreign`: it is the client's own, of which we look only whether it
 * is one of our secrets. */
void request_parameter(struct request *r, struct piece name, struct piece value, bool foreign);
/* After the last one: reads the scopes and compares the keys. */
void request_end(struct request *r);

/* The key as presented; length 0 where there is none. */
struct piece request_secret(const struct request *r);

#endif
