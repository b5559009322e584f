/* What the token engine lends to the protocol code: assertions that prove who the client is (RFC 7523
 * §2.2), signed with its secret or private key. */
#ifndef APP_PROVIDER_SIGN_H
#define APP_PROVIDER_SIGN_H

#include "src/oauth/request.h"

extern const struct oauth_signer provider_signer;

#endif
