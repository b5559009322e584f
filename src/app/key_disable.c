/* key.disable and key.enable: the reversible stop. Deadlines keep running meanwhile. */
#include "src/app/key_pick.h"
#include "src/app/ops.h"

static const struct arg disable_args[] = {
	{ .name = "key", .type = ARG_KEY, .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "ids or names" },
	{ .name = "reason", .letter = 'r', .type = ARG_TEXT, .value = "TEXT",
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
	{ "expires_at", NULL, COLUMN_TIME, "end of its life; null: never" },
	{ "already", NULL, COLUMN_FLAG, "true when nothing had to be changed" },
	{ "revision", NULL, COLUMN_NUMBER, "rises with each change" },
	{ "dry_run", NULL, COLUMN_FLAG, "true when nothing was done" },
	{ .name = NULL },
};

const struct op op_key_disable = {
	.id = "key.disable",
	.summary = "stop keys for a while",
	.detail = "The next verification is refused; key enable undoes it. Deadlines keep running.",
	.example = "authrack key disable billing-sync --reason \"odd traffic\"\n",
	.args = disable_args,
	.columns = disable_columns,
	.flags = OP_WRITES | OP_BULK,
};

const struct op op_key_enable = {
	.id = "key.enable",
	.summary = "let disabled keys work again",
	.example = "authrack key enable billing-sync\n",
	.args = disable_args,
	.columns = disable_columns,
	.flags = OP_WRITES | OP_BULK,
};
