/* Providers as the protocol code sees them: names, and what they hold. */
#include "src/oauth/provider.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/oauth/preset.h"

const char *const oauth_auth_names[] = {
	[OAUTH_AUTH_NONE] = "none",
	[OAUTH_AUTH_BASIC] = "client_secret_basic",
	[OAUTH_AUTH_POST] = "client_secret_post",
	[OAUTH_AUTH_SECRET_JWT] = "client_secret_jwt",
	[OAUTH_AUTH_KEY_JWT] = "private_key_jwt",
	[OAUTH_AUTH_TLS] = "tls_client_auth",
	[OAUTH_AUTHS] = NULL,
};

static const char *const members[OAUTH_ENDPOINTS] = {
	[OAUTH_DEVICE] = "device_authorization_endpoint",
	[OAUTH_TOKEN] = "token_endpoint",
	[OAUTH_JWKS] = "jwks_uri",
	[OAUTH_USERINFO] = "userinfo_endpoint",
	[OAUTH_INTROSPECTION] = "introspection_endpoint",
	[OAUTH_REVOCATION] = "revocation_endpoint",
};

const char *oauth_auth_name(enum oauth_auth a)
{
	return oauth_auth_names[a];
}

bool oauth_auth_parse(enum oauth_auth *out, const char *name)
{
	for (unsigned a = 0; a < OAUTH_AUTHS; a++) {
		if (strcmp(oauth_auth_names[a], name) != 0)
			continue;
		*out = (enum oauth_auth)a;
		return true;
	}
	return false;
}

const char *oauth_endpoint_member(enum oauth_endpoint n)
{
	return members[n];
}

void oauth_provider_init(struct oauth_provider *p)
{
	*p = (struct oauth_provider){ .name = x_strdup(""),
				      .issuer = x_strdup(""),
				      .client_id = x_strdup(""),
				      .certificate = x_strdup(""),
				      .scope = x_strdup(""),
				      .audience = x_strdup(""),
				      .preset = &oauth_preset_generic };
}

void oauth_provider_release(struct oauth_provider *p)
{
	char *const texts[] = { p->name,  p->issuer,   p->client_id, p->certificate,
				p->scope, p->audience, p->ca_file };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		free(texts[i]);
	for (unsigned n = 0; n < OAUTH_ENDPOINTS; n++)
		free(p->endpoints[n]);
	secret_release(&p->client_secret);
	secret_release(&p->client_key);
	*p = (struct oauth_provider){ .preset = &oauth_preset_generic };
}
