/* key.identify: whose is this secret, whatever its state; and what a foreign string looks like. */
#include "src/app/ops.h"

static const struct arg identify_args[] = {
	{ .name = "secret-id", .type = ARG_TEXT, .flags = ARG_POSITIONAL | ARG_COMMAND_LINE,
	  .help = "public secret id: the 12 characters in the middle; without it a secret is read" },
	{ .name = "secret", .type = ARG_SECRET, .label = "Pasted string",
	  .help = "the string, on standard input; one line end behind it is taken off" },
	{ .name = NULL },
};

static const struct op_column identify_columns[] = {
	{ "kind", "KIND", COLUMN_TEXT, "authrack, imported, or the vendor: github gitlab stripe "
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
};
