/* key.create: a new key and its first secret, live once the secret was written out. */
#include "src/app/key_columns.h"
#include "src/app/key_fields.h"
#include "src/app/ops.h"

static const struct arg create_args[] = {
	{ .name = "name", .letter = 'n', .type = ARG_TEXT, .flags = ARG_REQUIRED, .value = "TEXT",
	  .help = "what it is for, 1 to 128 characters; need not be unique" },
	KEY_FIELD_ARGS(0),
	{ .name = "prefix", .letter = 'p', .type = ARG_PREFIX, .fallback = "ak",
	  .value = "PREFIX", .help = "begin of the secret: lower case letters, digits and _" },
	{ .name = "out-file", .letter = 'O', .type = ARG_FILE, .flags = ARG_COMMAND_LINE,
	  .value = "FILE", .help = "write the secret to this new file (0600), not to the output" },
	{ .name = NULL },
};

static const struct op_column create_columns[] = {
	{ "id", "ID", COLUMN_TEXT, "the key's id" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "status", "STATUS", COLUMN_STATUS, "state after activation" },
	{ "version", "V", COLUMN_NUMBER, "number of the current secret" },
	{ "secret", NULL, COLUMN_TEXT, "the secret, shown once; absent with --out-file" },
	{ "secret_file", NULL, COLUMN_TEXT, "where the secret was written, with --out-file" },
	{ "expires_at", "EXPIRES", COLUMN_TIME, "end of its life; null: never" },
	{ "owner", NULL, COLUMN_TEXT, "who answers for it" },
	{ "tier", NULL, COLUMN_TEXT, "plan or class" },
	{ "prefix", NULL, COLUMN_TEXT, "begin of its secrets" },
	KEY_RULE_COLUMNS,
	{ .name = NULL },
};

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
};
