/* key.revoke: ends keys for good, by name, filter or leaked secret. */
#include "src/app/key_change.h"
#include "src/app/key_fields.h"
#include "src/app/key_pick.h"
#include "src/app/key_recent.h"
#include "src/app/key_record.h"
#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/app/verify.h"
#include "src/base/datetime.h"

#include "data/usage.h"

static const char *const reasons[] = {
	"compromise", "superseded", "owner_left", "policy", "unused", "other", NULL,
};

static const struct arg revoke_args[] = {
	{ .name = "key",
	  .type = ARG_KEY,
	  .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "ids or names" },
	{ .name = "reason",
	  .letter = 'r',
	  .type = ARG_CHOICE,
	  .choices = reasons,
	  .fallback = "other",
	  .value = "REASON",
	  .help = "why; kept with the key" },
	{ .name = "text",
	  .letter = 't',
	  .type = ARG_TEXT,
	  .value = "TEXT",
	  .help = "more about it; kept with the key" },
	{ .name = "secret",
	  .type = ARG_SECRET,
	  .flags = ARG_COMMAND_LINE,
	  .help = "read a leaked secret instead, and revoke whatever key it belongs to" },
	YES_ARG,
	KEY_FILTER_ARGS,
	KEY_BULK_ARGS,
	{ .name = NULL },
};

static const struct op_column revoke_columns[] = {
	{ "id", "ID", COLUMN_TEXT, "the key's id" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "status", "STATUS", COLUMN_STATUS, "revoked" },
	{ "revoked_at", "REVOKED", COLUMN_TIME, "when it was revoked, the first time" },
	{ "revoke_reason", "REASON", COLUMN_TEXT, "the first reason given" },
	{ "revoke_text", NULL, COLUMN_TEXT, "what was said about it" },
	{ "already", NULL, COLUMN_FLAG, "true when it was revoked before" },
	{ "version", NULL, COLUMN_NUMBER, "number of the last secret" },
	{ "revision", NULL, COLUMN_NUMBER, "rises with each change" },
	{ "dry_run", NULL, COLUMN_FLAG, "true when nothing was done" },
	{ .name = NULL },
};

static enum errc revoke_step(const struct op_call *c, struct store *s, int64_t now,
			     struct key_change *ch, struct json *detail, bool *changed,
			     struct err *e)
{
	struct key *k = &ch->key;
	const char *text = op_text(c->args, "text");

	(void)s;
	(void)e;
	*changed = k->status != KEY_REVOKED || ch->row_altered;
	if (!*changed)
		return ERR_OK;
	if (k->altered)
		json_set_bool(detail, "altered", true);
	if (k->status != KEY_REVOKED || k->revoked_at == TIME_NONE) {
		k->revoked_at = now;
		key_text_set(&k->revoke_reason, op_text(c->args, "reason"));
		key_text_set(&k->revoke_text, text ? text : "");
	}
	k->status = KEY_REVOKED;
	k->retiring_until = TIME_NONE;
	json_set_text(detail, "reason", k->revoke_reason);
	if (*k->revoke_text)
		json_set_text(detail, "text", k->revoke_text);
	if (op_secret(c->args, "secret"))
		json_set_bool(detail, "by_secret", true);
	return ERR_OK;
}

static struct json *revoke_record(const struct key_change *ch, int64_t now, bool changed,
				  const struct json *detail)
{
	const struct key *k = &ch->key;
	struct json *record = json_object_new();

	(void)now;
	(void)detail;
	json_set_text(record, "id", k->id);
	json_set_text(record, "name", k->name);
	json_set_text(record, "status", "revoked");
	json_set_time(record, "revoked_at", k->revoked_at);
	json_set_text(record, "revoke_reason", k->revoke_reason);
	json_set_text(record, "revoke_text", *k->revoke_text ? k->revoke_text : NULL);
	json_set_bool(record, "already", !changed);
	json_set_int(record, "version", k->version);
	json_set_int(record, "revision", k->revision);
	return record;
}

/* "412 calls let through since 13:00, from 3 addresses; last used 12s ago from 10.20.4.18": whom it hits. */
static enum errc use_text(struct store *s, const struct key *k, struct buf *out, struct err *e)
{
	char address[USAGE_ADDRESS_SIZE] = "", when[DATETIME_SIZE];
	struct usage_recent recent;
	int64_t at = TIME_NONE;
	enum errc r = usage_last_of_key(s, k->row, &at, address, e);

	usage_recent_init(s, &recent);
	if (!r)
		r = usage_recent_add(s, k->row, 0, &recent, e);
	if (r)
		return r;
	if (at == TIME_NONE) {
		buf_add_text(out, "never used");
		return ERR_OK;
	}
	datetime_relative(when, at, store_now(s), true);
	recent_text(out, &recent);
	buf_addf(out, "; last used %s%s%s", when, *address ? " from " : "", address);
	return ERR_OK;
}

static enum errc ask_one(const struct op_call *c, struct store *s, const char *id, struct err *e)
{
	struct buf use = BUF_INIT(300);
	struct key k;
	enum errc r;

	key_init(&k);
	r = key_get(s, id, &k, e);
	if (!r && (k.status != KEY_REVOKED || k.altered)) {
		r = use_text(s, &k, &use, e);
		if (!r)
			r = call_confirm(c, e, "revoke \"%s\" (%s) for good? %s", k.name, k.id,
					 buf_text(&use));
	}
	buf_release(&use);
	key_release(&k);
	return r;
}

/* The sum over all of them, and how many of them it is that are used. */
static enum errc ask_all(const struct op_call *c, struct store *s, char (*ids)[KEY_ID_SIZE],
			 size_t count, struct err *e)
{
	struct buf use = BUF_INIT(300);
	struct usage_recent recent;
	size_t used = 0;
	struct key k;
	enum errc r = store_snapshot(s, e);

	key_init(&k);
	usage_recent_init(s, &recent);
	for (size_t i = 0; !r && i < count; i++) {
		int64_t before = recent.allowed;

		r = key_get(s, ids[i], &k, e);
		if (!r)
			r = usage_recent_add(s, k.row, 0, &recent, e);
		used += recent.allowed > before;
	}
	store_snapshot_end(s);
	key_release(&k);
	recent_text(&use, &recent);
	if (!r)
		r = call_confirm(c, e, "revoke %zu keys for good? %zu of them in use: %s", count,
				 used, buf_text(&use));
	buf_release(&use);
	return r;
}

static enum errc revoke_ask(const struct op_call *c, struct store *s, char (*ids)[KEY_ID_SIZE],
			    size_t count, struct err *e)
{
	if (op_flag(c->args, "yes"))
		return ERR_OK;
	return count == 1 ? ask_one(c, s, ids[0], e) : ask_all(c, s, ids, count, e);
}

static const struct change_rule revoke_rule = {
	.states = KEY_STATES_ALL & ~(1U << KEY_STATE_REVOKED),
	.any_clock = true,
	.altered_ok = true,
	.step = revoke_step,
	.record = revoke_record,
	.ask = revoke_ask,
};

static enum errc refuse_unknown_secret(const struct verify_result *found, struct err *e)
{
	err_set(e, ERR_NOT_FOUND,
		found->code == VERIFY_MALFORMED
			? "the string is no secret: it is empty, cut off or mistyped"
			: "no key has this secret");
	return err_hint(e, "key identify says what it looks like");
}

/* "This string leaked, kill whatever it is." */
static enum errc revoke_secret(const struct op_call *c, const struct secret *secret, struct err *e)
{
	struct verify_result found;
	char id[1][KEY_ID_SIZE];
	enum errc r;

	if (op_has(c->args, "key") || key_filter_given(c->args)) {
		err_set(e, ERR_USAGE, "a secret and keys or a filter are given");
		return err_hint(e, "say which key one way only");
	}
	verify_result_init(&found);
	r = verify_find(app_store(c->app), secret_reveal(secret), secret->len, &found, e);
	if (!r && !found.known)
		r = refuse_unknown_secret(&found, e);
	snprintf(id[0], sizeof(id[0]), "%s", found.key.id);
	verify_result_release(&found);
	return r ? r : change_keys(c, &revoke_rule, id, 1, e);
}

static enum errc revoke_run(const struct op_call *c, struct err *e)
{
	const struct secret *secret = op_secret(c->args, "secret");

	return secret ? revoke_secret(c, secret, e) : change_run(c, &revoke_rule, e);
}

const struct op op_key_revoke = {
	.id = "key.revoke",
	.summary = "end keys for good",
	.detail = "All versions stop at once, and there is no way back: disable is the reversible "
		  "form. Repeating it succeeds, says when it was done and keeps the first reason.",
	.example = "authrack key revoke billing-sync --reason compromise --yes\n"
		   "authrack key revoke --unused 180d --reason unused --dry-run\n",
	.args = revoke_args,
	.columns = revoke_columns,
	.flags = OP_WRITES | OP_DANGEROUS | OP_BULK,
	.run = revoke_run,
};
