/* key.disable and key.enable: the reversible stop. Deadlines keep running meanwhile. */
#include "src/app/key_change.h"
#include "src/app/key_pick.h"
#include "src/app/key_record.h"
#include "src/app/ops.h"

static const struct arg disable_args[] = {
	{ .name = "key",
	  .type = ARG_KEY,
	  .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "ids or names" },
	{ .name = "reason",
	  .letter = 'r',
	  .type = ARG_TEXT,
	  .value = "TEXT",
	  .help = "kept in the audit" },
	KEY_FILTER_ARGS,
	KEY_BULK_ARGS,
	{ .name = NULL },
};

static const struct op_column disable_columns[] = {
	{ "id", "ID", COLUMN_TEXT, "the key's id" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "status", "STATUS", COLUMN_STATUS, "its state" },
	{ "disabled_at", "DISABLED", COLUMN_TIME, "since when; null: not disabled" },
	{ "version", NULL, COLUMN_NUMBER, "number of the current secret" },
	{ "expires_at", NULL, COLUMN_TIME_OR_NEVER, "end of its life; null: never" },
	{ "already", NULL, COLUMN_FLAG, "true when nothing had to be changed" },
	{ "revision", NULL, COLUMN_NUMBER, "rises with each change" },
	{ "dry_run", NULL, COLUMN_FLAG, "true when nothing was done" },
	{ .name = NULL },
};

static enum errc refuse_revoked(const struct key *k, struct err *e)
{
	err_set(e, ERR_CONFLICT, "key %s \"%s\" is revoked", k->id, k->name);
	return err_hint(e, "revoked is final; create a new key");
}

static void add_reason(const struct op_call *c, struct json *detail)
{
	if (op_has(c->args, "reason"))
		json_set_text(detail, "reason", op_text(c->args, "reason"));
}

static enum errc disable_step(const struct op_call *c, struct store *s, int64_t now,
			      struct key_change *ch, struct json *detail, bool *changed,
			      struct err *e)
{
	(void)s;
	if (ch->key.status == KEY_REVOKED)
		return refuse_revoked(&ch->key, e);
	*changed = ch->key.status != KEY_DISABLED;
	if (!*changed)
		return ERR_OK;
	ch->key.status = KEY_DISABLED;
	ch->key.disabled_at = now;
	add_reason(c, detail);
	return ERR_OK;
}

static enum errc enable_step(const struct op_call *c, struct store *s, int64_t now,
			     struct key_change *ch, struct json *detail, bool *changed,
			     struct err *e)
{
	(void)s;
	(void)now;
	if (ch->key.status == KEY_REVOKED)
		return refuse_revoked(&ch->key, e);
	*changed = ch->key.status == KEY_DISABLED;
	if (!*changed)
		return ERR_OK;
	ch->key.status = KEY_ACTIVE;
	ch->key.disabled_at = TIME_NONE;
	add_reason(c, detail);
	return ERR_OK;
}

static struct json *disable_record(const struct key_change *ch, int64_t now, bool changed,
				   const struct json *detail)
{
	const struct key *k = &ch->key;
	struct json *record = json_object_new();

	(void)detail;
	json_set_text(record, "id", k->id);
	json_set_text(record, "name", k->name);
	json_set_text(record, "status", key_status_text(k, now));
	json_set_time(record, "disabled_at", k->disabled_at);
	json_set_int(record, "version", k->version);
	json_set_time(record, "expires_at", k->expires_at);
	json_set_bool(record, "already", !changed);
	json_set_int(record, "revision", k->revision);
	return record;
}

static enum errc disable_run(const struct op_call *c, struct err *e)
{
	static const struct change_rule rule = {
		.states = KEY_STATES_ALL & ~(1U << KEY_STATE_REVOKED),
		.any_clock = true,
		.step = disable_step,
		.record = disable_record,
	};

	return change_run(c, &rule, e);
}

static enum errc enable_run(const struct op_call *c, struct err *e)
{
	static const struct change_rule rule = {
		.states = 1U << KEY_STATE_DISABLED,
		.step = enable_step,
		.record = disable_record,
	};

	return change_run(c, &rule, e);
}

const struct op op_key_disable = {
	.id = "key.disable",
	.summary = "stop keys for a while",
	.detail = "The next verification is refused; key enable undoes it. Deadlines keep running.",
	.example = "authrack key disable billing-sync --reason \"odd traffic\"\n",
	.args = disable_args,
	.columns = disable_columns,
	.flags = OP_WRITES | OP_BULK,
	.run = disable_run,
};

const struct op op_key_enable = {
	.id = "key.enable",
	.summary = "let disabled keys work again",
	.example = "authrack key enable billing-sync\n",
	.args = disable_args,
	.columns = disable_columns,
	.flags = OP_WRITES | OP_BULK,
	.run = enable_run,
};
