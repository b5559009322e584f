/* The record of one request and its answer, for the trace: every secret in it is masked when it is
 * made, so that nothing that shows, stores or prints it can leak one. */
#ifndef OAUTH_EXCHANGE_H
#define OAUTH_EXCHANGE_H

#include <stdint.h>

#include "src/base/http.h"
#include "src/base/json.h"
#include "src/base/secret.h"

/* Values that are masked wherever they stand, also percent-encoded, escaped in JSON or HTML and in
 * base64. Those of under four bytes are masked by their names only. */
struct oauth_secrets {
	struct secret *values;
	size_t count;
};
void oauth_secrets_add(struct oauth_secrets *s, const void *data,
		       size_t len);		     /* copies; "" is well */
void oauth_secrets_release(struct oauth_secrets *s); /* wipes */

/* Makes the record as JSON: at method url status error request_headers request headers body times
 * (dns connect tls first_byte total, in ms from the beginning; null: did not come to it). Headers are
 * arrays of "Name: value"; status, error and request (the body sent) may be null. Texts from outside stand
 * as they came (json_write escapes them) but for secrets, and bodies are cut at 16 KiB. Form members and JSON
 * members that are secrets by name (client_secret, client_assertion, device_code, code_verifier,
 * access_token, refresh_token, id_token, token …), Authorization and Set-Cookie headers are masked
 * whatever their value; `known` wherever it stands. `at` is wall time. */
struct json *oauth_exchange(const struct http_request *r, const struct http_response *a,
			    const struct oauth_secrets *known, int64_t at);

/* A copy of a text with what is known masked; caller frees. For error descriptions. */
char *oauth_masked(const char *text, const struct oauth_secrets *known);

#endif
