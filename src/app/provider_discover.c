/* provider.discover: fetches a provider's metadata anew. */
#include "src/app/ops.h"
#include "src/app/provider_change.h"
#include "src/app/provider_record.h"
#include "src/app/provider_use.h"
#include "src/app/session.h"
#include "src/oauth/metadata.h"

static const struct arg discover_args[] = {
	PROVIDER_ARG,
	{ .name = NULL },
};

static const struct op_column discover_columns[] = {
	PROVIDER_COLUMNS,
	{ .name = NULL },
};

/* What a device flow will miss. */
static void tell_gaps(const struct op_call *c, const struct provider_use *u)
{
	static const char grant[] = "urn:ietf:params:oauth:grant-type:device_code";

	if (!u->oauth.endpoints[OAUTH_DEVICE])
		call_note(c, "the metadata names no device_authorization_endpoint: the device flow "
			     "may be switched off there");
	if (json_get(u->metadata, "grant_types_supported") &&
	    !oauth_metadata_lists(u->metadata, "grant_types_supported", grant))
		call_note(c, "its grant_types_supported does not have the device grant");
}

static enum errc discover_run(const struct op_call *c, struct err *e)
{
	struct store *s = app_store(c->app);
	struct provider_use u;
	enum errc rc;

	provider_use_init(&u);
	rc = provider_use_saved(&u, c, s, op_text(c->args, "provider"), e);
	if (!rc)
		rc = provider_use_discover(&u, c, e);
	if (!rc) {
		tell_gaps(c, &u);
		rc = provider_tell(c, s, u.row.id, e);
	}
	provider_use_release(&u);
	return rc;
}

const struct op op_provider_discover = {
	.id = "provider.discover",
	.summary = "fetch a provider's metadata anew",
	.detail = "Asks at the place of OpenID Connect Discovery and, where nothing is there, at "
		  "that of RFC 8414. The issuer named within has to be the one asked for, to the "
		  "character. What was learnt is kept for as long as the provider allows, an hour "
		  "at least; endpoints given by hand win over it.",
	.example = "authrack provider discover keycloak\n",
	.args = discover_args,
	.columns = discover_columns,
	.flags = OP_ASYNC | OP_REMOTE,
	.run = discover_run,
};
