/* key.create: a new key and its first secret, live once the secret was written out. */
#include "src/app/audit_note.h"
#include "src/app/key_columns.h"
#include "src/app/key_fields.h"
#include "src/app/key_issue.h"
#include "src/app/key_record.h"
#include "src/app/ops.h"
#include "src/app/session.h"

#include <string.h>

static const struct arg create_args[] = {
	{ .name = "name",
	  .letter = 'n',
	  .type = ARG_TEXT,
	  .flags = ARG_REQUIRED,
	  .value = "TEXT",
	  .help = "what it is for, 1 to 128 characters; need not be unique" },
	KEY_FIELD_ARGS(0),
	{ .name = "prefix",
	  .letter = 'p',
	  .type = ARG_PREFIX,
	  .fallback = "ak",
	  .value = "PREFIX",
	  .help = "begin of the secret: lower case letters, digits and _" },
	{ .name = "out-file",
	  .letter = 'O',
	  .type = ARG_FILE,
	  .flags = ARG_COMMAND_LINE,
	  .value = "FILE",
	  .help = "write the secret to this new file (0600), not to the output" },
	{ .name = NULL },
};

static const struct op_column create_columns[] = {
	{ "id", "ID", COLUMN_TEXT, "the key's id" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "status", "STATUS", COLUMN_STATUS, "state after activation" },
	{ "version", "V", COLUMN_NUMBER, "number of the current secret" },
	{ "secret", NULL, COLUMN_TEXT, "the secret, shown once; absent with --out-file" },
	{ "secret_file", NULL, COLUMN_TEXT, "where the secret was written, with --out-file" },
	{ "expires_at", "EXPIRES", COLUMN_TIME_OR_NEVER, "end of its life; null: never" },
	{ "owner", NULL, COLUMN_TEXT, "who answers for it" },
	{ "tier", NULL, COLUMN_TEXT, "plan or class" },
	{ "prefix", NULL, COLUMN_TEXT, "begin of its secrets" },
	KEY_RULE_COLUMNS,
	{ .name = NULL },
};

/* A key under way. */
struct create {
	const struct op_call *call;
	struct store *store;
	struct key key;
	struct issue issue;
};

static enum errc fill(struct create *w, struct err *e)
{
	int64_t now = store_now(w->store);
	struct key *k = &w->key;
	enum errc r = key_fields_apply(w->call->args, now, k, e);

	snprintf(k->prefix, sizeof(k->prefix), "%s", op_text(w->call->args, "prefix"));
	k->status = KEY_PENDING;
	k->created_at = k->updated_at = now;
	k->version = 1;
	issue_generate(&w->issue, k->prefix);
	memcpy(k->hint, w->issue.parts.hint, sizeof(k->hint));
	return r;
}

static enum errc insert_pending(struct create *w, struct err *e)
{
	enum errc r = store_begin_unaudited(w->store, e);

	if (!r)
		r = store_clock_check(w->store, NULL, e);
	if (!r)
		r = key_insert(w->store, &w->key, e);
	if (!r)
		r = issue_insert(w->store, &w->issue, &w->key, 1, e);
	if (!r)
		r = store_commit(w->store, e);
	store_rollback(w->store);
	return r;
}

/* What the audit keeps of it: every field that was set, and the public secret id. */
static struct json *create_detail(const struct create *w)
{
	static const char *const noise[] = {
		"id",	      "name",		"status",     "hint",	       "created_at",
		"updated_at", "disabled_at",	"revoked_at", "revoke_reason", "revoke_text",
		"revision",   "retiring_until", "altered",
	};
	struct json *detail = key_record(&w->key, store_now(w->store));

	for (size_t i = 0; i < sizeof(noise) / sizeof(noise[0]); i++)
		json_remove(detail, noise[i]);
	json_set_text(detail, "secret_id", w->issue.parts.secret_id);
	return detail;
}

static enum errc activate(struct create *w, struct err *e)
{
	struct json *detail = create_detail(w);
	enum errc r = store_begin(w->store, e);

	if (!r)
		r = audit_clock(w->call, w->store, detail, e);
	if (!r)
		r = key_activate(w->store, &w->key, e);
	if (!r)
		r = audit_note_key(w->call, w->store, &w->key, NULL, detail, e);
	if (!r)
		r = audit_commit(w->call, w->store, e);
	audit_rollback(w->call, w->store);
	json_free(detail);
	return r;
}

static struct json *create_record(const struct create *w)
{
	struct json *record = key_record(&w->key, store_now(w->store));

	json_set_text(record, "secret_id", w->issue.parts.secret_id);
	return record;
}

/* Names may repeat, but it is told. */
static void tell_namesakes(const struct create *w)
{
	char id[1][KEY_ID_SIZE];
	size_t live = 0, count = 0;

	if (key_named(w->store, w->key.name, id, 1, &live, &count, NULL) == ERR_OK && live)
		call_note(w->call,
			  "\"%s\" is also the name of %s: names may repeat, commands then "
			  "want the id",
			  w->key.name, id[0]);
}

static enum errc issue_key(struct create *w, struct err *e)
{
	struct json *record = NULL;
	enum errc r = fill(w, e);

	if (r)
		return r;
	tell_namesakes(w);
	r = insert_pending(w, e);
	if (r)
		return r;
	w->key.status = KEY_ACTIVE;
	record = create_record(w);
	r = issue_reveal(w->call, &w->issue, record, e);
	if (!r)
		r = activate(w, e);
	if (r)
		issue_take_back(w->store, &w->issue, true);
	else
		r = issue_done(w->call, &w->issue, record, e);
	json_free(record);
	return r;
}

static enum errc create_run(const struct op_call *c, struct err *e)
{
	struct create w = { .call = c, .store = app_store(c->app) };
	enum errc r;

	key_init(&w.key);
	issue_init(&w.issue);
	r = issue_key(&w, e);
	issue_release(&w.issue);
	key_release(&w.key);
	return r;
}

const struct op op_key_create = {
	.id = "key.create",
	.summary = "make a key and show its secret once",
	.detail = "The secret is shown once and can't be read again: only a MAC of it is stored. "
		  "The key goes live when the secret has been written out; when that fails (closed "
		  "pipe, full disk) no live key is left. Exit 0 is the acknowledgement.",
	.example = "authrack key create --name billing-sync --owner finance --scope orders:read "
		   "--limit 100/min --expires 90d\n"
		   "authrack key create --name ci --out-file ci.key\n",
	.args = create_args,
	.columns = create_columns,
	.flags = OP_WRITES | OP_REVEALS | OP_CREATES_STORE,
	.run = create_run,
};
