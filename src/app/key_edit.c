/* key.edit: changes fields of keys; refused when somebody else was faster. */
#include "src/app/key_columns.h"
#include "src/app/key_fields.h"
#include "src/app/key_pick.h"
#include "src/app/ops.h"

/* The filter's --owner, --tier and --scope would be taken for the new values. */
#define EDIT_FILTER_ARGS \
	{ .name = "search", .type = ARG_TEXT, .flags = ARG_COMMAND_LINE, .value = "WORDS", \
	  .help = "keys with these words in name, owner, id or secret id" }, \
	{ .name = "status", .type = ARG_CHOICE, .flags = ARG_REPEATED | ARG_COMMAND_LINE, \
	  .choices = key_status_choices, .value = "STATUS", .help = "keys in this state" }, \
	{ .name = "where-owner", .type = ARG_TEXT, .flags = ARG_COMMAND_LINE, \
	  .value = "TEXT", .help = "keys of this owner" }, \
	{ .name = "where-tier", .type = ARG_TEXT, .flags = ARG_COMMAND_LINE, .value = "TEXT", \
	  .help = "keys of this tier" }, \
	{ .name = "where-scope", .type = ARG_SCOPE, .flags = ARG_COMMAND_LINE, \
	  .value = "SCOPE", .help = "keys that list exactly this scope" }, \
	{ .name = "expiring", .type = ARG_DURATION, .flags = ARG_COMMAND_LINE, \
	  .value = "DURATION", .help = "keys that expire within this time" }, \
	{ .name = "unused", .type = ARG_DURATION, .flags = ARG_COMMAND_LINE, \
	  .value = "DURATION", .help = "keys not used for this long" }

static const struct arg edit_args[] = {
	{ .name = "key", .type = ARG_KEY, .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "ids or names" },
	{ .name = "name", .letter = 'n', .type = ARG_TEXT, .value = "TEXT",
	  .help = "what it is for, 1 to 128 characters" },
	KEY_FIELD_ARGS(ARG_CLEARS),
	{ .name = "add-scope", .type = ARG_SCOPE, .flags = ARG_REPEATED | ARG_COMMAND_LINE,
	  .value = "SCOPE", .help = "one scope more; the others stay" },
	{ .name = "remove-scope", .type = ARG_SCOPE, .flags = ARG_REPEATED | ARG_COMMAND_LINE,
	  .value = "SCOPE", .help = "one scope less; the others stay" },
	{ .name = "expect-revision", .type = ARG_INTEGER, .flags = ARG_COMMAND_LINE,
	  .value = "N", .help = "refuse unless the key is still at this revision" },
	EDIT_FILTER_ARGS,
	KEY_BULK_ARGS,
	{ .name = NULL },
};

static const struct op_column edit_columns[] = {
	{ "id", "ID", COLUMN_TEXT, "the key's id" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "status", "STATUS", COLUMN_STATUS, "its state" },
	{ "owner", NULL, COLUMN_TEXT, "who answers for it" },
	{ "tier", NULL, COLUMN_TEXT, "plan or class" },
	{ "version", NULL, COLUMN_NUMBER, "number of the current secret" },
	{ "prefix", NULL, COLUMN_TEXT, "begin of its secrets" },
	{ "expires_at", "EXPIRES", COLUMN_TIME, "end of its life; null: never" },
	KEY_RULE_COLUMNS,
	{ "changed", "CHANGED", COLUMN_LIST, "names of the fields that changed" },
	{ "dry_run", NULL, COLUMN_FLAG, "true when nothing was done" },
	{ .name = NULL },
};

const struct op op_key_edit = {
	.id = "key.edit",
	.summary = "change fields of keys",
	.detail = "Sets (--scope, --limit, --allow-from, --meta) are replaced as a whole; the "
		  "empty text clears a field (--owner \"\", --scope \"\"), --expires never an "
		  "expiry. With --expect-revision an edit that is based on an older state is "
		  "refused and shows what changed meanwhile.",
	.example = "authrack key edit billing-sync --limit 200/min --expires 180d\n"
		   "authrack key edit billing-sync --add-scope invoices:read\n"
		   "authrack key edit --where-owner finance --tier gold --dry-run\n",
	.args = edit_args,
	.columns = edit_columns,
	.flags = OP_WRITES | OP_BULK,
};
