/* key.show: everything about one key but its secret. */
#include "src/app/key_columns.h"
#include "src/app/ops.h"

static const struct arg show_args[] = {
	{ .name = "key", .type = ARG_KEY, .flags = ARG_REQUIRED | ARG_POSITIONAL,
	  .help = "id or name" },
	{ .name = "history", .letter = 'H', .type = ARG_FLAG, .flags = ARG_COMMAND_LINE,
	  .help = "add its audit events, newest first" },
	{ .name = "calls", .type = ARG_INTEGER, .flags = ARG_COMMAND_LINE, .value = "HOURS",
	  .help = "add the calls of each of the last hours" },
	{ .name = NULL },
};

static const struct op_column show_columns[] = {
	{ "id", NULL, COLUMN_TEXT, "the key's id" },
	{ "name", NULL, COLUMN_TEXT, "its name" },
	{ "owner", NULL, COLUMN_TEXT, "who answers for it" },
	{ "tier", NULL, COLUMN_TEXT, "plan or class" },
	{ "status", NULL, COLUMN_STATUS,
	  "active, disabled, revoked, expired, not_yet_valid or altered" },
	{ "version", NULL, COLUMN_NUMBER, "number of the current secret" },
	{ "prefix", NULL, COLUMN_TEXT, "begin of its secrets" },
	{ "expires_at", NULL, COLUMN_TIME, "end of its life; null: never" },
	{ "last_used_at", NULL, COLUMN_TIME, "last use; null: never" },
	KEY_RULE_COLUMNS,
	{ "versions", NULL, COLUMN_LIST, "its secrets, newest first: version secret_id hint state "
	  "created_at valid_until first_used_at last_used_at last_used_from calls_24h" },
	{ "usage", NULL, COLUMN_LIST,
	  "allowed_24h denied_24h denied_by_code addresses, over the last 24 hours" },
	{ "history", NULL, COLUMN_LIST, "with --history: its audit events" },
	{ "calls", NULL, COLUMN_LIST, "with --calls: calls per hour, oldest first" },
	{ .name = NULL },
};

const struct op op_key_show = {
	.id = "key.show",
	.summary = "show a key, its versions and its use",
	.example = "authrack key show billing-sync\n",
	.args = show_args,
	.columns = show_columns,
};
