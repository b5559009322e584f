/* key.usage: what a key was used for, per hour, version or code. */
#include "src/app/ops.h"

static const char *const groups[] = { "hour", "version", "code", NULL };

static const struct arg usage_args[] = {
	{ .name = "key", .type = ARG_KEY, .flags = ARG_REQUIRED | ARG_POSITIONAL,
	  .help = "id or name" },
	{ .name = "by", .letter = 'b', .type = ARG_CHOICE, .choices = groups, .fallback = "hour",
	  .value = "GROUP", .help = "hour (each version by itself), version, or code" },
	{ .name = "since", .letter = 's', .type = ARG_DURATION, .fallback = "24h",
	  .value = "DURATION", .help = "how far back; hours are kept 31 days" },
	{ .name = NULL },
};

static const struct op_column usage_columns[] = {
	{ "hour", "HOUR", COLUMN_TIME, "begin of the hour" },
	{ "version", "V", COLUMN_NUMBER, "number of the secret" },
	{ "code", "CODE", COLUMN_TEXT, "VALID, or why it was denied" },
	{ "allowed", "ALLOWED", COLUMN_NUMBER, "calls that were let through" },
	{ "denied", "DENIED", COLUMN_NUMBER, "calls that were not" },
	{ "count", "COUNT", COLUMN_NUMBER, "calls with this code" },
	{ "first_used_at", NULL, COLUMN_TIME, "first use of the version ever; null: never" },
	{ "last_used_at", "LAST USED", COLUMN_TIME, "last use of the version; null: never" },
	{ "addresses", "FROM", COLUMN_LIST, "its latest client addresses, up to eight" },
	{ .name = NULL },
};

const struct op op_key_usage = {
	.id = "key.usage",
	.summary = "show how a key was used, by hour, version or code",
	.detail = "Counted by the service. By hour: allowed and denied calls of each version. By "
		  "version: the sums, last use and from where. By code: calls with each answer.",
	.example = "authrack key usage billing-sync\n"
		   "authrack key usage billing-sync --by code --since 7d\n",
	.args = usage_args,
	.columns = usage_columns,
	.flags = OP_LIST,
};
