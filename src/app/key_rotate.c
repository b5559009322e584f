/* key.rotate: a new secret for a key, while the older ones run out. */
#include "src/app/key_pick.h"
#include "src/app/ops.h"

static const struct arg rotate_args[] = {
	{ .name = "key", .type = ARG_KEY, .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "ids or names" },
	{ .name = "grace", .letter = 'g', .type = ARG_DURATION, .fallback = "24h",
	  .value = "DURATION", .help = "how long older secrets go on; 0 for a leak" },
	{ .name = "expires", .letter = 'e', .type = ARG_INSTANT, .flags = ARG_NEVER,
	  .value = "TIME", .help = "new end of the key's life; rotating alone extends nothing" },
	{ .name = "reason", .letter = 'r', .type = ARG_TEXT, .value = "TEXT",
	  .help = "kept in the audit" },
	{ .name = "expect-version", .type = ARG_INTEGER, .flags = ARG_COMMAND_LINE,
	  .value = "N", .help = "refuse unless this is the current version" },
	{ .name = "if-unused", .type = ARG_FLAG, .flags = ARG_COMMAND_LINE,
	  .help = "replace a current secret that got lost: refused once it was used" },
	{ .name = "finish", .type = ARG_FLAG, .flags = ARG_COMMAND_LINE,
	  .help = "end the older versions now; no new secret" },
	{ .name = "cancel", .type = ARG_FLAG, .flags = ARG_COMMAND_LINE,
	  .help = "go back to the older version while the new one is unused" },
	{ .name = "out-file", .letter = 'O', .type = ARG_FILE, .flags = ARG_COMMAND_LINE,
	  .value = "FILE", .help = "write the secret to this new file (0600), not to the output" },
	{ .name = "yes", .letter = 'y', .type = ARG_FLAG, .flags = ARG_COMMAND_LINE,
	  .help = "answer yes to what would be asked" },
	KEY_FILTER_ARGS,
	KEY_BULK_ARGS,
	{ .name = NULL },
};

static const struct op_column rotate_columns[] = {
	{ "id", "ID", COLUMN_TEXT, "the key's id" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "status", "STATUS", COLUMN_STATUS, "state after activation" },
	{ "version", "V", COLUMN_NUMBER, "number of the current secret" },
	{ "secret", NULL, COLUMN_TEXT, "the new secret, shown once; absent with --out-file" },
	{ "secret_file", NULL, COLUMN_TEXT, "where the secret was written, with --out-file" },
	{ "secret_id", NULL, COLUMN_TEXT, "public id of the current secret" },
	{ "expires_at", "EXPIRES", COLUMN_TIME, "end of the key's life; null: never" },
	{ "retiring_until", "OLDER UNTIL", COLUMN_TIME, "end of the last older version alive" },
	{ "revision", NULL, COLUMN_NUMBER, "rises with each change" },
	{ "dry_run", NULL, COLUMN_FLAG, "true when nothing was done" },
	{ .name = NULL },
};

const struct op op_key_rotate = {
	.id = "key.rotate",
	.summary = "give a key a new secret and let the older ones run out",
	.detail = "The new secret works at once; each older one ends after the grace time, or "
		  "earlier where its own end or the key's expiry comes first. Rotating does not "
		  "extend the key: an expired key needs --expires. With --expect-version exactly "
		  "one of two racing rotations wins, the other ends with 4.",
	.example = "authrack key rotate billing-sync --grace 2h\n"
		   "authrack key rotate billing-sync --finish\n"
		   "authrack key rotate billing-sync --cancel\n",
	.args = rotate_args,
	.columns = rotate_columns,
	.flags = OP_WRITES | OP_REVEALS | OP_BULK,
};
