/* provider.edit: changes fields of a provider; refused when somebody else was faster. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/audit_note.h"
#include "src/app/key_fields.h"
#include "src/app/ops.h"
#include "src/app/provider_change.h"
#include "src/app/provider_fields.h"
#include "src/app/provider_record.h"
#include "src/app/provider_use.h"
#include "src/app/session.h"
#include "src/base/alloc.h"

static const struct arg edit_args[] = {
	PROVIDER_ARG,
	{ .name = "name",
	  .letter = 'n',
	  .type = ARG_TEXT,
	  .value = "TEXT",
	  .help = "what it is called here, 1 to 128 characters" },
	PROVIDER_FIELD_ARGS(ARG_CLEARS),
	{ .name = "clear-secret", .type = ARG_FLAG, .help = "forget the client secret" },
	{ .name = "clear-key",
	  .type = ARG_FLAG,
	  .help = "forget the client's private key and certificate" },
	{ .name = "expect-revision",
	  .type = ARG_INTEGER,
	  .flags = ARG_COMMAND_LINE,
	  .value = "N",
	  .help = "refuse unless the provider is still at this revision" },
	{ .name = NULL },
};

static const struct op_column edit_columns[] = {
	PROVIDER_COLUMNS,
	{ .name = NULL },
};

static enum errc refuse_stale(const struct provider *p, int64_t expected, struct err *e)
{
	err_set(e, ERR_CONFLICT, "provider \"%s\" is at revision %" PRId64 ", not %" PRId64,
		p->name, p->revision, expected);
	return err_hint(e, "look at it again with provider show, then repeat the edit");
}

static bool gives_something(const struct op_args *a)
{
	return provider_fields_given(a) || op_has(a, "name") || op_flag(a, "clear-secret") ||
	       op_flag(a, "clear-key");
}

static enum errc apply(const struct op_call *c, struct provider_input *in, struct err *e)
{
	int64_t expected = op_integer(c->args, "expect-revision", -1);

	if (expected >= 0 && expected != in->row.revision)
		return refuse_stale(&in->row, expected, e);
	if (op_has(c->args, "name"))
		key_text_set(&in->row.name, op_text(c->args, "name"));
	return provider_fields_apply(c, in, e);
}

/* {"before":{…},"after":{…}} of what differs, {} where nothing does. A secret only says that it is another. */
static struct json *changes(const struct json *before, const struct json *after,
			    const struct provider_input *in)
{
	struct json *detail = json_object_new(), *old = json_object_new(), *new = json_object_new();

	for (const void *it = json_first(after); it; it = json_next(after, it)) {
		const char *name = json_name(it), *was = json_get_text(before, name);
		const char *is = json_as_text(json_value(it));

		if (is ? was && strcmp(was, is) == 0
		       : json_get_bool(before, name) == json_as_bool(json_value(it)))
			continue;
		json_set_from(old, before, name);
		json_set_from(new, after, name);
	}
	for (const void *it = json_first(before); it; it = json_next(before, it)) {
		if (json_get(after, json_name(it)))
			continue;
		json_set_from(old, before, json_name(it));
		json_set_text(new, json_name(it), NULL);
	}
	if (json_count(new)) {
		json_set(detail, "before", json_keep(old));
		json_set(detail, "after", json_keep(new));
	}
	if (in->has_secret && in->secret.len)
		json_set_bool(detail, "new_client_secret", true);
	if (in->has_key && in->key.len)
		json_set_bool(detail, "new_client_key", true);
	json_free(old);
	json_free(new);
	return detail;
}

static struct json *detail_of(const struct provider_input *in)
{
	struct provider p = in->row;
	struct json *detail;

	p.has_secret = in->has_secret ? in->secret.len > 0 : p.has_secret;
	p.has_key = in->has_key ? in->key.len > 0 : p.has_key;
	detail = provider_detail(&p);
	json_set_text(detail, "name", p.name);
	return detail;
}

/* ERR_CONFLICT where somebody else has changed it since it was read. */
static enum errc write_changes(const struct op_call *c, struct store *s, struct provider_input *in,
			       struct json *detail, struct err *e)
{
	uint8_t before[MAC_SIZE];
	enum errc rc = store_begin(s, e);

	if (!rc)
		rc = audit_clock(c, s, detail, e);
	if (!rc)
		rc = provider_object_mac(s, &in->row, before, e);
	in->row.updated_at = store_now(s);
	if (!rc)
		rc = provider_update(s, &in->row, in->has_secret ? &in->secret : NULL,
				     in->has_key ? &in->key : NULL, e);
	if (!rc)
		rc = provider_note(c, s, &in->row, before, detail, e);
	if (!rc)
		rc = audit_commit(c, s, e);
	audit_rollback(c, s);
	return rc;
}

/* Secrets are read before anything is locked: a person may be asked for them. */
static enum errc edit(const struct op_call *c, struct store *s, struct provider_input *in,
		      struct err *e)
{
	struct provider_input was = { .row = in->row };
	struct json *before = detail_of(&was), *after, *detail;
	char *certificate = x_strdup(in->row.certificate);
	enum errc rc = apply(c, in, e);

	after = detail_of(in);
	detail = changes(before, after, in);
	if (*in->row.certificate && strcmp(certificate, in->row.certificate) != 0)
		json_set_bool(detail, "new_certificate", true);
	if (!rc && json_count(detail))
		rc = write_changes(c, s, in, detail, e);
	json_free(before);
	json_free(after);
	json_free(detail);
	free(certificate);
	return rc;
}

static enum errc edit_run(const struct op_call *c, struct err *e)
{
	struct store *s = app_store(c->app);
	struct provider_input in;
	enum errc rc;

	if (!gives_something(c->args)) {
		err_set(e, ERR_USAGE, "nothing to change is given");
		return err_hint(e, "such as --scope \"openid email\" or --client-secret-file F");
	}
	provider_input_init(&in);
	rc = provider_pick(s, op_text(c->args, "provider"), &in.row, e);
	if (!rc)
		rc = provider_intact(&in.row, e);
	if (!rc)
		rc = edit(c, s, &in, e);
	if (!rc)
		rc = provider_tell(c, s, in.row.id, e);
	provider_input_release(&in);
	return rc;
}

const struct op op_provider_edit = {
	.id = "provider.edit",
	.summary = "change fields of a provider",
	.detail = "The empty text clears a field (--audience \"\", --jwks-uri \"\"). What was "
		  "discovered is forgotten with a change, and fetched anew when it is needed. "
		  "Grants of the provider stay.",
	.example = "authrack provider edit keycloak --scope \"openid email offline_access\"\n"
		   "authrack provider edit keycloak --client-secret-file new.secret\n",
	.args = edit_args,
	.columns = edit_columns,
	.flags = OP_WRITES,
	.run = edit_run,
};
