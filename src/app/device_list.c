/* device.list and device.forget: the flows that are kept. */
#include <string.h>

#include "data/flow.h"
#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/base/process.h"

static const struct arg list_args[] = { { .name = NULL } };

static const struct op_column flow_columns[] = {
	{ "id", "ID", COLUMN_TEXT, "the flow's id" },
	{ "provider", "PROVIDER", COLUMN_TEXT, "the provider's name" },
	{ "state", "STATE", COLUMN_TEXT,
	  "running: a process polls it; resumable; altered: outside authrack" },
	{ "user_code", "CODE", COLUMN_TEXT, "what the person types" },
	{ "verification_uri", "ADDRESS", COLUMN_TEXT, "where" },
	{ "expires_at", "EXPIRES", COLUMN_TIME, "when the code runs out" },
	{ "created_at", NULL, COLUMN_TIME, "when it began" },
	{ "pid", "PID", COLUMN_NUMBER, "the process that polls it; null: none" },
	{ "save", NULL, COLUMN_FLAG, "the grant will be saved" },
	{ .name = NULL },
};

static const char *state_of(const struct flow *f)
{
	if (f->altered)
		return "altered";
	return f->pid && process_alive(f->pid, f->pid_start) ? "running" : "resumable";
}

static struct json *record_new(const struct flow *f)
{
	struct json *row = json_object_new(), *kept = NULL;
	const char *state = state_of(f);

	if (f->altered || json_parse(&kept, f->kept, strlen(f->kept), NULL))
		kept = NULL;
	json_set_text(row, "id", f->id);
	json_set_text(row, "provider", f->provider_name);
	json_set_text(row, "state", state);
	json_set_text(row, "user_code", json_get_text(kept, "user_code"));
	json_set_text(row, "verification_uri", json_get_text(kept, "verification_uri"));
	json_set_time(row, "expires_at", f->expires_at);
	json_set_time(row, "created_at", f->created_at);
	json_set(row, "pid", strcmp(state, "running") == 0 ? json_int(f->pid) : json_null_new());
	json_set_bool(row, "save", f->save);
	json_free(kept);
	return row;
}

struct listing {
	struct json *records;
	int64_t now;
};

/* What has run out goes with the next sweep, and is of no use until then. */
static bool list_one(void *arg, const struct flow *f)
{
	struct listing *l = arg;

	if (f->expires_at > l->now)
		json_add(l->records, record_new(f));
	return true;
}

static enum errc list_run(const struct op_call *c, struct err *e)
{
	struct listing l = { json_array_new(), clock_wall(app_clock(c->app)) };
	enum errc rc = flow_each(app_store(c->app), list_one, &l, e);

	if (!rc)
		rc = call_listing(c, l.records, 0, "flow", e);
	json_free(l.records);
	return rc;
}

const struct op op_device_list = {
	.id = "device.list",
	.summary = "list device flows under way",
	.detail = "Flows of saved providers are kept while their code lives: those that a process "
		  "polls, and those whose process is gone, which device run --resume takes up "
		  "again.",
	.example = "authrack device list\n",
	.args = list_args,
	.columns = flow_columns,
	.flags = OP_LIST,
	.run = list_run,
};

static const struct arg forget_args[] = {
	{ .name = "flow",
	  .type = ARG_FLOW,
	  .flags = ARG_REQUIRED | ARG_POSITIONAL,
	  .help = "id, as device list shows it" },
	{ .name = NULL },
};

static enum errc forget(struct store *s, const char *id, struct err *e)
{
	enum errc rc = store_begin_unaudited(s, e);

	if (!rc)
		rc = flow_delete(s, id, e);
	if (!rc)
		rc = store_commit(s, e);
	store_rollback(s);
	return rc;
}

static enum errc forget_run(const struct op_call *c, struct err *e)
{
	struct store *s = app_store(c->app);
	const char *id = op_text(c->args, "flow");
	struct json *record = NULL;
	struct flow f;
	enum errc rc;

	flow_row_init(&f);
	rc = flow_get(s, id, &f, e);
	if (rc == ERR_NOT_FOUND) {
		err_set(e, rc, "no device flow \"%s\"", id);
		err_hint(e, "device list shows what is kept");
	}
	if (!rc) {
		record = record_new(&f);
		rc = forget(s, id, e);
	}
	if (!rc)
		rc = call_record(c, record, e);
	json_free(record);
	flow_row_release(&f);
	return rc;
}

const struct op op_device_forget = {
	.id = "device.forget",
	.summary = "forget a device flow that is kept",
	.detail = "Its code is not polled any more; a process that polls it ends. At the provider "
		  "the code lives until it runs out.",
	.example = "authrack device forget flw_01jq8m2v5x0c9d3n6p8r4t7kfa\n",
	.args = forget_args,
	.columns = flow_columns,
	.flags = OP_WRITES,
	.run = forget_run,
};
