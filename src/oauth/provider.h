/* A provider as the protocol code sees it: endpoints, client, how the client proves who it is, and how
 * the vendor deviates from the RFCs. Storing one is data/'s business, src/app/ carries it over. */
#ifndef OAUTH_PROVIDER_H
#define OAUTH_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/err.h"
#include "src/base/secret.h"

struct oauth_preset;

/* Client authentication (RFC 6749 §2.3, OIDC Core §9, RFC 8705 §2.1). */
enum oauth_auth {
	OAUTH_AUTH_NONE, /* a public client: client_id only */
	OAUTH_AUTH_BASIC,
	OAUTH_AUTH_POST,
	OAUTH_AUTH_SECRET_JWT,
	OAUTH_AUTH_KEY_JWT,
	OAUTH_AUTH_TLS,
	OAUTH_AUTHS
};
const char *oauth_auth_name(enum oauth_auth a); /* "client_secret_basic", as metadata has it */
bool oauth_auth_parse(enum oauth_auth *out, const char *name);
extern const char *const oauth_auth_names[]; /* NULL-terminated, in the order of the enum */

enum oauth_endpoint {
	OAUTH_DEVICE,
	OAUTH_TOKEN,
	OAUTH_JWKS,
	OAUTH_USERINFO,
	OAUTH_INTROSPECTION,
	OAUTH_REVOCATION,
	OAUTH_ENDPOINTS
};
/* Its name in metadata (RFC 8414 §2, RFC 8628 §4): "device_authorization_endpoint", "jwks_uri" … */
const char *oauth_endpoint_member(enum oauth_endpoint n);

struct oauth_provider {
	char *name;   /* for messages; "" where it is not saved */
	char *issuer; /* "": explicit endpoints only */
	/* NULL: not known. Explicit ones win over those of the metadata. */
	char *endpoints[OAUTH_ENDPOINTS];
	char *client_id;
	enum oauth_auth auth;
	struct secret client_secret; /* basic, post, secret_jwt; empty: none */
	struct secret client_key;    /* PEM or JWK text: key_jwt, tls; empty: none */
	char *certificate;	     /* PEM text, tls; "": none */
	char *scope;		     /* blank-separated; "" none */
	char *audience;		     /* "" none */
	char *ca_file;		     /* NULL: the system's trust anchors */
	bool pkce;		     /* it knows S256, or wants it: RFC 7636 goes with the flow */
	const struct oauth_preset *preset; /* never NULL */
};

void oauth_provider_init(struct oauth_provider *p); /* empty texts, the generic preset */
void oauth_provider_release(struct oauth_provider *p);

#endif
