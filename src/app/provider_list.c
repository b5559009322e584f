/* provider.list and provider.show: reading only, nothing is fetched. */
#include "src/app/ops.h"
#include "src/app/provider_change.h"
#include "src/app/provider_record.h"
#include "src/app/provider_use.h"
#include "src/app/session.h"

static const struct arg list_args[] = {
	LIMIT_ARG,
	{ .name = "after",
	  .type = ARG_PROVIDER,
	  .flags = ARG_COMMAND_LINE,
	  .value = "NAME",
	  .help = "go on behind this name" },
	{ .name = NULL },
};

static const struct op_column provider_columns[] = {
	PROVIDER_COLUMNS,
	{ .name = NULL },
};

struct listing {
	struct store *store;
	struct json *records;
	size_t altered;
	enum errc code;
	struct err *e;
};

static bool list_one(void *arg, const struct provider *p)
{
	struct listing *l = arg;
	struct json *record = NULL;

	l->code = provider_record(&record, l->store, p, l->e);
	if (l->code)
		return false;
	json_add(l->records, record);
	l->altered += p->altered;
	return true;
}

static enum errc list_run(const struct op_call *c, struct err *e)
{
	struct listing l = { .store = app_store(c->app), .e = e };
	size_t limit;
	enum errc rc = op_limit(c->args, &limit, e);

	if (rc)
		return rc;
	l.records = json_array_new();
	rc = store_snapshot(l.store, e);
	if (!rc)
		rc = provider_each(l.store, op_text(c->args, "after"), limit, list_one, &l, e);
	if (!rc)
		rc = l.code;
	store_snapshot_end(l.store);
	if (!rc)
		rc = call_listing(c, l.records, l.altered, "provider", e);
	json_free(l.records);
	return rc;
}

const struct op op_provider_list = {
	.id = "provider.list",
	.summary = "list providers",
	.example = "authrack provider list\n",
	.args = list_args,
	.columns = provider_columns,
	.flags = OP_LIST,
	.run = list_run,
};

static const struct arg show_args[] = {
	PROVIDER_ARG,
	{ .name = NULL },
};

static enum errc show_run(const struct op_call *c, struct err *e)
{
	struct store *s = app_store(c->app);
	struct json *record = NULL;
	struct provider p;
	enum errc rc = store_snapshot(s, e);

	provider_init(&p);
	if (!rc)
		rc = provider_pick(s, op_text(c->args, "provider"), &p, e);
	if (!rc)
		rc = provider_record(&record, s, &p, e);
	store_snapshot_end(s);
	if (!rc)
		rc = call_record_take(c, record, e);
	if (!rc)
		rc = provider_intact(&p, e);
	provider_release(&p);
	return rc;
}

const struct op op_provider_show = {
	.id = "provider.show",
	.summary = "show a provider and the endpoints in effect",
	.detail = "Nothing is fetched: endpoints are as given by hand, else as last discovered, "
		  "else as the vendor's preset has them. The client secret is never shown.",
	.example = "authrack provider show keycloak\n",
	.args = show_args,
	.columns = provider_columns,
	.run = show_run,
};
