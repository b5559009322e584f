/* grant.list and grant.show. */

#include "src/app/audit_note.h"
#include "src/app/grant_use.h"
#include "src/app/ops.h"
#include "src/app/provider_change.h"
#include "src/app/session.h"

static const struct arg list_args[] = {
	{ .name = "provider",
	  .letter = 'p',
	  .type = ARG_PROVIDER,
	  .help = "only of this provider" },
	LIMIT_ARG,
	{ .name = "after",
	  .type = ARG_GRANT,
	  .flags = ARG_COMMAND_LINE,
	  .value = "GRANT",
	  .help = "go on behind this one" },
	{ .name = NULL },
};

static const struct op_column list_columns[] = {
	GRANT_COLUMNS,
	{ .name = NULL },
};

struct listing {
	struct json *records;
	size_t altered;
};

static bool list_one(void *arg, const struct grant *g)
{
	struct listing *l = arg;

	json_add(l->records, grant_record(g));
	l->altered += g->altered;
	return true;
}

static enum errc list_run(const struct op_call *c, struct err *e)
{
	struct listing l = { .records = json_array_new() };
	struct store *s = app_store(c->app);
	struct provider p;
	size_t limit;
	enum errc rc = op_limit(c->args, &limit, e);

	provider_init(&p);
	if (!rc)
		rc = store_snapshot(s, e);
	if (!rc && op_has(c->args, "provider"))
		rc = provider_pick(s, op_text(c->args, "provider"), &p, e);
	if (!rc)
		rc = grant_each(s, p.row, op_text(c->args, "after"), limit, list_one, &l, e);
	store_snapshot_end(s);
	if (!rc)
		rc = call_listing(c, l.records, l.altered, "grant", e);
	json_free(l.records);
	provider_release(&p);
	return rc;
}

const struct op op_grant_list = {
	.id = "grant.list",
	.summary = "list what providers have granted",
	.example = "authrack grant list\n"
		   "authrack grant list --provider keycloak\n",
	.args = list_args,
	.columns = list_columns,
	.flags = OP_LIST,
	.run = list_run,
};

static const struct arg show_args[] = {
	GRANT_ARG,
	{ .name = "show-tokens",
	  .type = ARG_FLAG,
	  .flags = ARG_COMMAND_LINE,
	  .help = "put out the tokens themselves; the audit tells it" },
	{ .name = NULL },
};

static const struct op_column show_columns[] = {
	GRANT_COLUMNS,
	{ "access_token", NULL, COLUMN_TEXT, "with --show-tokens" },
	{ "refresh_token", NULL, COLUMN_TEXT, "with --show-tokens; null: none" },
	{ "id_token", NULL, COLUMN_TEXT, "with --show-tokens; null: none" },
	{ .name = NULL },
};

static void set_token(struct json *record, const char *name, const struct secret *token)
{
	json_set_text(record, name, token->len ? secret_reveal(token) : NULL);
}

/* No token is shown that the audit does not tell of. */
static enum errc note_showing(struct grant_use *g, struct err *e)
{
	struct json *detail = grant_detail(&g->row);
	uint8_t mac[MAC_SIZE];
	enum errc rc = store_begin(g->store, e);

	json_set_bool(detail, "shown", true);
	if (!rc)
		rc = grant_object_mac(g->store, &g->row, mac, e);
	if (!rc)
		rc = grant_note(g->call, g->store, &g->row, NULL, mac, detail, e);
	if (!rc)
		rc = audit_commit(g->call, g->store, e);
	audit_rollback(g->call, g->store);
	json_free(detail);
	return rc;
}

static enum errc show_tokens(struct grant_use *g, struct json *record, struct err *e)
{
	enum errc rc;

	if (app_read_only(g->call->app)) {
		err_set(e, ERR_PERMISSION,
			"showing tokens is written to the audit, and the store "
			"is open read-only");
		return err_hint(e, "run it without --read-only");
	}
	rc = grant_use_load(g, e);
	if (!rc)
		rc = note_showing(g, e);
	if (rc)
		return rc;
	set_token(record, "access_token", &g->tokens.access_token);
	set_token(record, "refresh_token", &g->tokens.refresh_token);
	set_token(record, "id_token", &g->tokens.id_token);
	return ERR_OK;
}

static enum errc show_run(const struct op_call *c, struct err *e)
{
	struct json *record = NULL;
	struct grant_use g;
	enum errc rc;

	grant_use_init(&g, c);
	rc = grant_use_row(&g, e);
	if (!rc) {
		record = grant_record(&g.row);
		if (op_flag(c->args, "show-tokens"))
			rc = show_tokens(&g, record, e);
	}
	if (!rc)
		rc = call_record(c, record, e);
	if (!rc)
		rc = grant_intact(&g.row, e);
	json_free(record);
	grant_use_release(&g);
	return rc;
}

const struct op op_grant_show = {
	.id = "grant.show",
	.summary = "show a grant",
	.detail = "Tokens are shown with --show-tokens only, which writes an audit event first. "
		  "token inspect --grant looks at them without putting them out.",
	.example = "authrack grant show grt_01jq8m2v5x0c9d3n6p8r4t7kfa\n",
	.args = show_args,
	.columns = show_columns,
	.run = show_run,
};
