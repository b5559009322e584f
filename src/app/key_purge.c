/* key.purge: removes keys that were revoked long ago; what tells their secrets apart stays. */
#include "src/app/key_pick.h"
#include "src/app/ops.h"

static const struct arg purge_args[] = {
	{ .name = "key", .type = ARG_KEY, .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "only these of them: ids or names" },
	{ .name = "older-than", .type = ARG_DURATION, .flags = ARG_REQUIRED, .value = "DURATION",
	  .help = "keys revoked longer ago than this" },
	{ .name = "yes", .letter = 'y', .type = ARG_FLAG, .flags = ARG_COMMAND_LINE,
	  .help = "answer yes to what would be asked" },
	KEY_FILTER_ARGS,
	KEY_BULK_ARGS,
	{ .name = NULL },
};

static const struct op_column purge_columns[] = {
	{ "id", "ID", COLUMN_TEXT, "id of a key that was removed" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "revoked_at", "REVOKED", COLUMN_TIME, "when it was revoked" },
	{ "revoke_reason", "REASON", COLUMN_TEXT, "why" },
	{ "dry_run", NULL, COLUMN_FLAG, "true when nothing was done" },
	{ .name = NULL },
};

const struct op op_key_purge = {
	.id = "key.purge",
	.summary = "remove keys that were revoked long ago",
	.detail = "Their audit events stay, and so does what tells that a secret was once known: "
		  "it can't be imported again.",
	.example = "authrack key purge --older-than 365d --dry-run\n",
	.args = purge_args,
	.columns = purge_columns,
	.flags = OP_WRITES | OP_DANGEROUS | OP_BULK,
};
