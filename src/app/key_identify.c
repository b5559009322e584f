/* key.identify: whose is this secret, whatever its state; and what a foreign string looks like. */
#include <string.h>

#include "src/app/identify.h"
#include "src/app/key_record.h"
#include "src/app/ops.h"
#include "src/app/session.h"

static const struct arg identify_args[] = {
	{ .name = "secret-id",
	  .type = ARG_TEXT,
	  .flags = ARG_POSITIONAL | ARG_COMMAND_LINE,
	  .help = "public secret id: the 12 characters in the middle; without it a secret is "
		  "read" },
	{ .name = "secret",
	  .type = ARG_SECRET,
	  .flags = ARG_OTHERWISE,
	  .label = "Pasted string",
	  .help = "the string, on standard input; one line end behind it is taken off" },
	{ .name = NULL },
};

static const struct op_column identify_columns[] = {
	{ "kind", "KIND", COLUMN_TEXT,
	  "authrack, imported, or the vendor: github gitlab stripe "
	  "aws slack google npm anthropic openai jwt" },
	{ "what", "WHAT", COLUMN_TEXT, "the same in words" },
	{ "id", "ID", COLUMN_TEXT, "the key's id; null: no key of this store" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "owner", "OWNER", COLUMN_TEXT, "who answers for it" },
	{ "tier", NULL, COLUMN_TEXT, "plan or class" },
	{ "status", "STATUS", COLUMN_STATUS, "status of the key" },
	{ "version", "V", COLUMN_NUMBER, "number of the secret" },
	{ "version_state", "STATE", COLUMN_TEXT, "current, grace or ended" },
	{ "current_version", NULL, COLUMN_NUMBER, "number of the key's current secret" },
	{ "secret_id", NULL, COLUMN_TEXT, "public id of the secret" },
	{ "valid_until", NULL, COLUMN_TIME, "end of this version; null: none of its own" },
	{ "created_at", NULL, COLUMN_TIME, "when the key was made" },
	{ "expires_at", NULL, COLUMN_TIME, "when the key expires" },
	{ "revoked_at", NULL, COLUMN_TIME, "when the key was revoked" },
	{ "live", NULL, COLUMN_FLAG, "true: it works, or can come to work; null: unknown" },
	{ "checksum", NULL, COLUMN_TEXT, "good, wrong or none" },
	{ "revoke_at", "REVOKE", COLUMN_TEXT, "where to revoke it" },
	{ .name = NULL },
};

static const char *checksum_text(const struct identity *id)
{
	static const char *const names[] = {
		[FOREIGN_UNCHECKED] = "none",
		[FOREIGN_GOOD] = "good",
		[FOREIGN_WRONG] = "wrong",
	};

	if (id->shape == SECRET_OWN)
		return "good";
	return id->shape == SECRET_MISTYPED ? "wrong" : names[id->check];
}

static void add_key(struct json *row, const struct identity *id, int64_t now)
{
	const struct key *k = &id->found.key;
	const struct key_version *v = &id->found.version;

	json_set_text(row, "id", k->id);
	json_set_text(row, "name", k->name);
	json_set_text(row, "owner", k->owner);
	json_set_text(row, "tier", k->tier);
	json_set_text(row, "status", key_status_text(k, now));
	json_set_int(row, "version", v->number);
	json_set_text(row, "version_state", version_state_text(k, v, now));
	json_set_int(row, "current_version", k->version);
	json_set_text(row, "secret_id", v->secret_id);
	json_set_time(row, "valid_until", v->valid_until);
	json_set_time(row, "created_at", k->created_at);
	json_set_time(row, "expires_at", k->expires_at);
	json_set_time(row, "revoked_at", k->revoked_at);
	json_set_bool(row, "live", identity_live(id, now));
}

static enum errc identity_tell(const struct op_call *c, const struct identity *id, struct err *e)
{
	struct json *row = json_object_new();

	json_set_text(row, "kind", identity_kind(id));
	json_set_text(row, "what", identity_what(id));
	if (id->known) {
		add_key(row, id, app_now(c->app));
	} else {
		json_set_text(row, "id", NULL);
		json_set_text(row, "secret_id", *id->parts.secret_id ? id->parts.secret_id : NULL);
		json_set(row, "live", json_null_new());
	}
	json_set_text(row, "checksum", checksum_text(id));
	json_set_text(row, "revoke_at", identity_revoke(id));
	return call_record_take(c, row, e);
}

/* The 12 characters, by themselves or behind a prefix; never a whole secret. */
static enum errc by_secret_id(const struct op_call *c, const char *given, struct identity *id,
			      struct err *e)
{
	const char *last = strrchr(given, '_'), *secret_id = last ? last + 1 : given;
	enum errc rc;

	if (strlen(given) >= SECRET_TAIL) {
		err_set(e, ERR_USAGE,
			"a secret as an argument can be read by everyone on this "
			"machine");
		return err_hint(e, "give it on standard input; rotate the key it belongs to");
	}
	if (!secret_id_valid(secret_id)) {
		err_set(e, ERR_USAGE, "\"%s\" is no public secret id", given);
		return err_hint(e, "it is the 12 characters between prefix and secret");
	}
	rc = identify_secret_id(app_store(c->app), secret_id, id, e);
	if (rc != ERR_NOT_FOUND)
		return rc;
	err_set(e, ERR_NOT_FOUND, "no key here has the secret id \"%s\"", secret_id);
	return err_hint(e, "it may belong to another store, or to a key that was purged");
}

static enum errc by_secret(const struct op_call *c, const struct secret *secret,
			   struct identity *id, struct err *e)
{
	const char *text = secret_reveal(secret);
	size_t len = secret->len;
	enum errc rc;

	while (len && strchr(" \t\r\n", text[len - 1]))
		len--;
	while (len && strchr(" \t", *text)) {
		text++;
		len--;
	}
	rc = identify_text(app_store(c->app), text, len, id, e);
	if (rc || id->known || id->foreign)
		return rc;
	if (id->shape == SECRET_OWN || id->shape == SECRET_MISTYPED) {
		err_set(e, ERR_NOT_FOUND, "of our format, but no key here has the secret id \"%s\"",
			id->parts.secret_id);
		return err_hint(e, id->shape == SECRET_OWN
					   ? "it may belong to another store, or to a "
					     "key that was purged"
					   : "its checksum is wrong: mistyped or cut off");
	}
	err_set(e, ERR_NOT_FOUND,
		"no key here has this secret, and its shape is no vendor's that is "
		"known");
	return err_hint(e, "look that it is whole: no quotes, nothing cut off");
}

static enum errc identify_run(const struct op_call *c, struct err *e)
{
	const char *secret_id = op_text(c->args, "secret-id");
	const struct secret *secret = op_secret(c->args, "secret");
	struct identity id;
	enum errc rc;

	if (!secret_id && !secret) {
		err_set(e, ERR_USAGE, "nothing to identify");
		return err_hint(e, "give a secret on standard input, or a public secret id");
	}
	identity_init(&id);
	rc = secret_id ? by_secret_id(c, secret_id, &id, e) : by_secret(c, secret, &id, e);
	if (!rc)
		rc = identity_tell(c, &id, e);
	identity_release(&id);
	return rc;
}

const struct op op_key_identify = {
	.id = "key.identify",
	.summary = "tell whose a secret is, whatever its state",
	.detail =
		"Reads a secret on standard input, or takes a public secret id, and names key and "
		"version. Of a string that is no key of this store it says what it looks like and "
		"where that is revoked. Ends with 3 when neither is known.",
	.example = "authrack key identify < found.txt\n"
		   "authrack key identify 7k2m9x4c0vqp\n",
	.args = identify_args,
	.columns = identify_columns,
	.run = identify_run,
};
