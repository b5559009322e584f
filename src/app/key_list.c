/* key.list: the keys that fit a filter, in an order, by page. */
#include "src/app/key_columns.h"
#include "src/app/key_pick.h"
#include "src/app/ops.h"

static const struct arg list_args[] = {
	KEY_FILTER_ARGS,
	{ .name = "sort", .letter = 'S', .type = ARG_TEXT, .flags = ARG_COMMAND_LINE,
	  .fallback = "name", .value = "FIELD[:desc]",
	  .help = "name, owner, created, expires, used or attention" },
	{ .name = "limit", .letter = 'L', .type = ARG_INTEGER, .flags = ARG_COMMAND_LINE,
	  .value = "N", .help = "at most so many" },
	{ .name = "after", .type = ARG_KEY, .flags = ARG_COMMAND_LINE, .value = "KEY",
	  .help = "go on behind this key, in the same order" },
	{ .name = "before", .type = ARG_KEY, .flags = ARG_COMMAND_LINE, .value = "KEY",
	  .help = "the keys before this one, nearest first" },
	{ .name = "calls", .type = ARG_INTEGER, .flags = ARG_COMMAND_LINE, .value = "HOURS",
	  .help = "add the calls of each of the last hours" },
	{ .name = "check", .type = ARG_FLAG, .flags = ARG_COMMAND_LINE,
	  .help = "end with 1 when something is listed (for cron)" },
	{ .name = NULL },
};

static const struct op_column list_columns[] = {
	{ "status", "STATUS", COLUMN_STATUS,
	  "active, disabled, revoked, expired, not_yet_valid or altered" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "owner", "OWNER", COLUMN_TEXT, "who answers for it" },
	{ "tier", NULL, COLUMN_TEXT, "plan or class" },
	{ "id", "ID", COLUMN_TEXT, "the key's id" },
	{ "prefix", NULL, COLUMN_TEXT, "begin of its secrets" },
	{ "version", "V", COLUMN_NUMBER, "number of the current secret" },
	{ "expires_at", "EXPIRES", COLUMN_TIME, "end of its life; null: never" },
	{ "last_used_at", "USED", COLUMN_TIME, "last use; null: never" },
	KEY_RULE_COLUMNS,
	{ "calls", NULL, COLUMN_LIST, "with --calls: calls per hour, oldest first" },
	{ .name = NULL },
};

const struct op op_key_list = {
	.id = "key.list",
	.summary = "list keys, by filter, order and page",
	.detail = "A key whose row was changed outside authrack is listed as altered, and the "
		  "command then ends with 5.",
	.example = "authrack key list --owner finance --status active\n"
		   "authrack key list --expiring 14d --check\n"
		   "authrack key list --sort expires --limit 20\n",
	.args = list_args,
	.columns = list_columns,
	.flags = OP_LIST | OP_ANSWERS,
};
