/* key.revoke: ends keys for good, by name, filter or leaked secret. */
#include "src/app/key_pick.h"
#include "src/app/ops.h"

static const char *const reasons[] = {
	"compromise", "superseded", "owner_left", "policy", "unused", "other", NULL,
};

static const struct arg revoke_args[] = {
	{ .name = "key", .type = ARG_KEY, .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "ids or names" },
	{ .name = "reason", .letter = 'r', .type = ARG_CHOICE, .choices = reasons,
	  .fallback = "other", .value = "REASON", .help = "why; kept with the key" },
	{ .name = "text", .letter = 't', .type = ARG_TEXT, .value = "TEXT",
	  .help = "more about it; kept with the key" },
	{ .name = "secret", .type = ARG_SECRET, .flags = ARG_COMMAND_LINE,
	  .help = "read a leaked secret instead, and revoke whatever key it belongs to" },
	{ .name = "yes", .letter = 'y', .type = ARG_FLAG, .flags = ARG_COMMAND_LINE,
	  .help = "answer yes to what would be asked" },
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
};
