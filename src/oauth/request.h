/* Requests to a provider: the form, and how the client authenticates with it. */
#ifndef OAUTH_REQUEST_H
#define OAUTH_REQUEST_H

#include "src/base/http.h"
#include "src/oauth/exchange.h"
#include "src/oauth/provider.h"

/* Makes a compact JWS out of claims (JSON text) with the key or secret of the client; src/app/ lends
 * the token engine for it. */
struct oauth_signer {
	enum errc (*sign)(void *arg, const struct oauth_provider *p, const char *claims,
			  struct secret *out, struct err *e);
	void *arg;
};

struct oauth_request {
	struct http_request http; /* points into what is below */
	enum oauth_endpoint endpoint;
	struct secret body;
	char *url;
	char *authorization; /* "Authorization: …"; wiped when released */
	const char *headers[8];
	struct oauth_secrets secrets; /* everything secret that goes with it */
};

/* A POST of a form to an endpoint, without client authentication yet. ERR_USAGE where the endpoint is
 * not known. Release it in any case. */
enum errc oauth_request_init(struct oauth_request *r, const struct oauth_provider *p,
			     enum oauth_endpoint endpoint, struct err *e);
void oauth_request_release(struct oauth_request *r); /* wipes */
/* application/x-www-form-urlencoded (RFC 6749 appendix B); `secret`: masked in the trace. */
void oauth_request_add(struct oauth_request *r, const char *name, const char *value);
void oauth_request_add_secret(struct oauth_request *r, const char *name,
			      const struct secret *value);
/* Adds what authenticates the client, by the provider's method, and client_id in any case (but for
 * Basic at endpoints where it stands in the header already; RFC 8628 §3.4 wants it in polls). `now` is wall
 * time; `audience` of assertions is the issuer, else the token endpoint. `signer` may be NULL where the
 * method signs nothing. ERR_USAGE where secret or key is missing. */
enum errc oauth_request_authenticate(struct oauth_request *r, const struct oauth_provider *p,
				     const struct oauth_signer *signer, int64_t now, struct err *e);
/* The body is complete: fills r->http. No request may be added to afterwards. */
const struct http_request *oauth_request_done(struct oauth_request *r);

/* PKCE (RFC 7636): a fresh verifier of 43 characters, and its S256 challenge. */
enum { PKCE_SIZE = 44 };
void oauth_pkce_new(struct secret *verifier, char challenge[PKCE_SIZE]);

#endif
