/* provider.remove: takes a provider away, with its grants and the flows under way. */
#include <string.h>

#include "data/audit.h"
#include "data/flow.h"
#include "data/grant.h"
#include "src/app/audit_note.h"
#include "src/app/ops.h"
#include "src/app/provider_change.h"
#include "src/app/provider_record.h"
#include "src/app/session.h"

static const struct arg remove_args[] = {
	PROVIDER_ARG,
	YES_ARG,
	{ .name = NULL },
};

static const struct op_column remove_columns[] = {
	PROVIDER_COLUMNS,
	{ "grants", "GRANTS", COLUMN_NUMBER, "how many grants went with it" },
	{ "flows", NULL, COLUMN_NUMBER, "how many device flows under way went with it" },
	{ .name = NULL },
};

struct removal {
	const struct op_call *call;
	struct store *store;
	struct provider provider;
	size_t grants, flows;
	bool noting; /* write the grants' events, too */
	enum errc code;
	struct err *e;
};

static enum errc note_grant(struct removal *w, const struct grant *g)
{
	static const uint8_t gone[MAC_SIZE];
	struct json *detail = json_object_new();
	uint8_t before[MAC_SIZE] = { 0 };
	const struct audit_note n = {
		.operation = "grant.remove",
		.object = g->id,
		.name = w->provider.name,
		.revision = g->revision + 1,
		.mac_before = before,
		.mac_after = gone,
		.detail = detail,
	};
	enum errc rc = ERR_OK;

	json_set_text(detail, "with", w->provider.id);
	json_set_text(detail, "subject", g->subject);
	json_set_int(detail, AUDIT_REMOVED_ROW, g->row);
	/* One whose own row was altered goes, too: its event starts from nothing. */
	if (!g->altered)
		rc = grant_object_mac(w->store, g, before, w->e);
	if (!rc)
		rc = audit_note(w->call, w->store, &n, NULL, w->e);
	json_free(detail);
	return rc;
}

static bool count_grant(void *arg, const struct grant *g)
{
	struct removal *w = arg;

	w->grants++;
	if (w->noting)
		w->code = note_grant(w, g);
	return w->code == ERR_OK;
}

static bool count_flow(void *arg, const struct flow *f)
{
	struct removal *w = arg;

	w->flows += f->provider == w->provider.row;
	return true;
}

static enum errc count_all(struct removal *w, bool noting)
{
	enum errc rc;

	w->grants = w->flows = 0;
	w->noting = noting;
	rc = grant_each(w->store, w->provider.row, NULL, 0, count_grant, w, w->e);
	if (!rc)
		rc = w->code;
	return rc ? rc : flow_each(w->store, count_flow, w, w->e);
}

static enum errc ask(struct removal *w)
{
	const struct provider *p = &w->provider;

	if (!w->grants && !w->flows)
		return call_confirm(w->call, w->e, "remove provider \"%s\" (%s)?", p->name, p->id);
	return call_confirm(w->call, w->e,
			    "remove provider \"%s\" (%s) with %zu grant%s and %zu flow%s under "
			    "way? What the provider has granted stays valid there",
			    p->name, p->id, w->grants, w->grants == 1 ? "" : "s", w->flows,
			    w->flows == 1 ? "" : "s");
}

static enum errc note_provider(struct removal *w, const uint8_t before[MAC_SIZE])
{
	static const uint8_t gone[MAC_SIZE];
	struct json *detail = provider_detail(&w->provider);
	const struct audit_note n = {
		.object = w->provider.id,
		.name = w->provider.name,
		.revision = w->provider.revision + 1,
		.mac_before = before,
		.mac_after = gone,
		.detail = detail,
	};
	enum errc rc;

	json_set_int(detail, "grants", (int64_t)w->grants);
	json_set_int(detail, "flows", (int64_t)w->flows);
	json_set_int(detail, AUDIT_REMOVED_ROW, w->provider.row);
	rc = audit_clock(w->call, w->store, detail, w->e);
	if (!rc)
		rc = audit_note(w->call, w->store, &n, NULL, w->e);
	json_free(detail);
	return rc;
}

/* As it is now, under the lock. */
static enum errc remove_locked(struct removal *w)
{
	uint8_t before[MAC_SIZE] = { 0 };
	char id[PROVIDER_ID_SIZE];
	enum errc rc;

	memcpy(id, w->provider.id, sizeof(id));
	rc = provider_pick(w->store, id, &w->provider, w->e);
	if (!rc && !w->provider.altered)
		rc = provider_object_mac(w->store, &w->provider, before, w->e);
	if (!rc)
		rc = count_all(w, true);
	if (!rc)
		rc = provider_delete(w->store, &w->provider, w->e);
	return rc ? rc : note_provider(w, before);
}

static enum errc remove_it(struct removal *w)
{
	struct json *record = NULL;
	enum errc rc = provider_record(&record, w->store, &w->provider, w->e);

	if (!rc)
		rc = store_begin(w->store, w->e);
	if (!rc)
		rc = remove_locked(w);
	if (!rc)
		rc = audit_commit(w->call, w->store, w->e);
	audit_rollback(w->call, w->store);
	if (!rc) {
		json_set_int(record, "grants", (int64_t)w->grants);
		json_set_int(record, "flows", (int64_t)w->flows);
		rc = call_record(w->call, record, w->e);
	}
	json_free(record);
	return rc;
}

static enum errc remove_run(const struct op_call *c, struct err *e)
{
	struct removal w = { .call = c, .store = app_store(c->app), .e = e };
	enum errc rc;

	provider_init(&w.provider);
	rc = provider_pick(w.store, op_text(c->args, "provider"), &w.provider, e);
	if (!rc)
		rc = count_all(&w, false);
	if (!rc)
		rc = ask(&w);
	if (!rc)
		rc = remove_it(&w);
	provider_release(&w.provider);
	return rc;
}

const struct op op_provider_remove = {
	.id = "provider.remove",
	.summary = "remove a provider, its grants and its flows",
	.detail = "What is stored of it goes, its grants included. At the provider nothing "
		  "changes: revoke grants first (grant revoke) where they shall end there, too.",
	.example = "authrack provider remove lab --yes\n",
	.args = remove_args,
	.columns = remove_columns,
	.flags = OP_WRITES | OP_DANGEROUS,
	.run = remove_run,
};
