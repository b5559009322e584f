/* Keys out of the network: a set at an address, or the set that an issuer's discovery document names.
 * Only what the command line names is fetched, never what a token does. */
#ifndef APP_TOKEN_FETCH_H
#define APP_TOKEN_FETCH_H

#include "src/app/op.h"
#include "src/token/jose_key.h"

bool token_is_url(const char *text); /* http: or https: */

/* Adds the keys of the set at `url`; each is labelled with it and its age. `ca_file` NULL: the system's
 * trust anchors. ERR_USAGE where the address must not be fetched, ERR_REMOTE where nothing of use is
 * there, ERR_CANCELLED. */
enum errc token_fetch_keys(struct key_set *set, const struct op_call *c, const char *url,
			   const char *ca_file, struct err *e);
/* Reads the issuer's metadata (OIDC Discovery 4, else RFC 8414 §3), whose `issuer` has to be this one
 * to the character (RFC 8414 §3.3), and the keys at its `jwks_uri`. */
enum errc token_fetch_issuer(struct key_set *set, const struct op_call *c, const char *issuer,
			     struct err *e);

#endif
