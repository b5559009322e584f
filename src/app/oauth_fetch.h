/* Requests of operations to a provider: each can be cancelled at any moment, and is told as an event
 * where --trace was given. */
#ifndef APP_OAUTH_FETCH_H
#define APP_OAUTH_FETCH_H

#include "src/app/op.h"
#include "src/base/http.h"
#include "src/oauth/exchange.h"

struct oauth_fetch {
	const struct op_call *call;
	const char *doing; /* for progress: "asking for the metadata" */
	uint64_t number;   /* likewise: seconds left; 0 none */
	/* A request that changes what lives at the provider is given so long to come to its end when the
	 * person cancels: its answer must not get lost. 0: ends at once. */
	int64_t grace_ms;
	bool cancelled; /* out: the person wanted it to end, whether or not an answer came */
};

/* Sends and waits. `known`: what is masked in the trace; NULL nothing. Release `out` in any case; the code
 * is out->code: ERR_OK whatever the status. */
enum errc oauth_fetch(struct oauth_fetch *f, const struct http_request *r,
		      const struct oauth_secrets *known, struct http_response *out, struct err *e);

#endif
