/* The two requests of the device flow (RFC 8628 §3.1, §3.4). */
#include "src/oauth/device_flow_parts.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"

/* "name=value" pairs with & between, as the preset has them. */
static void parameters_add(struct oauth_request *r, const char *pairs)
{
	while (pairs && *pairs) {
		size_t len = strcspn(pairs, "&"), name_len = strcspn(pairs, "=&");
		char *name = x_strndup(pairs, name_len);
		char *value = x_strndup(pairs + name_len + (name_len < len),
					len - name_len - (name_len < len));

		oauth_request_add(r, name, value);
		free(name);
		free(value);
		pairs += len + (pairs[len] == '&');
	}
}

static const char *scope_parameter(const struct oauth_provider *p)
{
	return p->preset->scope_parameter ? p->preset->scope_parameter : "scope";
}

/* RFC 8628 §3.1. */
static void device_request_fill(struct device_flow *f, struct oauth_request *r)
{
	const struct oauth_provider *p = f->provider;
	char challenge[PKCE_SIZE];

	if (*f->scope)
		oauth_request_add(r, scope_parameter(p), f->scope);
	if (p->audience && *p->audience)
		oauth_request_add(r, "audience", p->audience);
	parameters_add(r, p->preset->device_parameters);
	if (p->preset->device_secret && p->client_secret.len && p->auth != OAUTH_AUTH_POST)
		oauth_request_add_secret(r, "client_secret", &p->client_secret);
	if (!f->pkce)
		return;
	oauth_pkce_new(&f->code_verifier, challenge);
	oauth_request_add(r, "code_challenge", challenge);
	oauth_request_add(r, "code_challenge_method", "S256");
}

/* RFC 8628 §3.4. Who has a name of its own for the scope wants it again here. */
static void poll_fill(struct device_flow *f, struct oauth_request *r)
{
	oauth_request_add(r, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
	oauth_request_add_secret(r, "device_code", &f->codes.device_code);
	if (f->code_verifier.len)
		oauth_request_add_secret(r, "code_verifier", &f->code_verifier);
	if (f->provider->preset->scope_parameter && *f->scope)
		oauth_request_add(r, scope_parameter(f->provider), f->scope);
}

enum errc flow_request(struct device_flow *f, const struct oauth_signer *signer,
		       const struct flow_time *now, struct oauth_request *out, struct err *e)
{
	const struct oauth_provider *p = f->provider;
	struct err own = ERR_INIT;
	enum errc rc = oauth_request_init(out, p, f->has_codes ? OAUTH_TOKEN : OAUTH_DEVICE, &own);

	if (rc == ERR_OK) {
		if (f->has_codes)
			poll_fill(f, out);
		else
			device_request_fill(f, out);
		rc = oauth_request_authenticate(out, p, signer, now->wall, &own);
	}
	if (rc != ERR_OK) {
		flow_end_with(f, FLOW_FAILED, "request", NULL,
			      x_asprintf("%s%s%s", own.message, *own.hint ? ": " : "", own.hint));
		if (e)
			*e = own;
		return rc;
	}
	oauth_request_done(out);
	out->http.fresh = true;
	out->http.timeout_ms = ms_least(FLOW_REQUEST_MS, ms_most(flow_time_left(f, now), 1));
	f->in_flight = true;
	f->sent = *now;
	*(f->has_codes ? &f->polls : &f->requests) += 1;
	return ERR_OK;
}
