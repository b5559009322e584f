/* provider.add: a provider for device flows, from issuer, endpoints or a vendor's preset. */
#include "src/app/audit_note.h"
#include "src/app/key_fields.h"
#include "src/app/ops.h"
#include "src/app/provider_change.h"
#include "src/app/provider_fields.h"
#include "src/app/provider_record.h"
#include "src/app/session.h"

static const struct arg add_args[] = {
	{ .name = "name",
	  .type = ARG_TEXT,
	  .flags = ARG_REQUIRED | ARG_POSITIONAL,
	  .help = "what it is called here, 1 to 128 characters" },
	PROVIDER_FIELD_ARGS(0),
	{ .name = NULL },
};

static const struct op_column add_columns[] = {
	PROVIDER_COLUMNS,
	{ .name = NULL },
};

static enum errc insert(const struct op_call *c, struct store *s, struct provider_input *in,
			struct err *e)
{
	struct provider *p = &in->row;
	struct json *detail;
	enum errc rc = store_begin(s, e);

	p->created_at = p->updated_at = store_now(s);
	p->has_secret = in->has_secret;
	p->has_key = in->has_key;
	detail = provider_detail(p);
	if (!rc)
		rc = audit_clock(c, s, detail, e);
	if (!rc)
		rc = provider_insert(s, p, in->has_secret ? &in->secret : NULL,
				     in->has_key ? &in->key : NULL, e);
	if (!rc)
		rc = provider_note(c, s, p, NULL, detail, e);
	if (!rc)
		rc = audit_commit(c, s, e);
	audit_rollback(c, s);
	json_free(detail);
	return rc;
}

static enum errc add_run(const struct op_call *c, struct err *e)
{
	struct store *s = app_store(c->app);
	struct provider_input in;
	enum errc rc;

	provider_input_init(&in);
	key_text_set(&in.row.name, op_text(c->args, "name"));
	rc = provider_fields_apply(c, &in, e);
	if (!rc)
		rc = insert(c, s, &in, e);
	if (!rc)
		rc = provider_tell(c, s, in.row.id, e);
	provider_input_release(&in);
	return rc;
}

const struct op op_provider_add = {
	.id = "provider.add",
	.summary = "add an OAuth2 provider",
	.detail = "A provider is an issuer whose metadata is discovered, or endpoints given by "
		  "hand, and the client that is registered there. A preset knows what a vendor "
		  "does otherwise than the RFCs say. Nothing is sent anywhere yet: the metadata "
		  "is fetched when it is first needed, or by provider discover.\n\n"
		  "A client secret comes from a file, from standard input or from a hidden "
		  "prompt, and is stored encrypted under the master key. Without a secret and a "
		  "key the client is a public one.",
	.example = "authrack provider add keycloak --issuer https://sso.example.com/realms/dev "
		   "--client-id tv-app --scope \"openid offline_access\"\n"
		   "authrack provider add github --preset github --client-id Iv1.8a61f9b3a7aba766\n"
		   "authrack provider add entra --issuer "
		   "https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0 "
		   "--client-id 6731de76-14a6-49ae-97bc-6eba6914391e\n"
		   "authrack provider add lab --device-authorization-endpoint "
		   "https://lab.example/device --token-endpoint https://lab.example/token "
		   "--client-id cli --client-secret-file lab.secret\n",
	.args = add_args,
	.columns = add_columns,
	.flags = OP_WRITES | OP_CREATES_STORE,
	.run = add_run,
};
