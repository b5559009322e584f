/* key.export: keys as CSV or JSON Lines, in the columns that key.import takes; never a secret. */
#include "src/app/key_pick.h"
#include "src/app/ops.h"

static const char *const formats[] = { "csv", "jsonl", NULL };

static const struct arg export_args[] = {
	{ .name = "key", .type = ARG_KEY, .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "only these: ids or names" },
	{ .name = "format", .letter = 'f', .type = ARG_CHOICE, .choices = formats,
	  .fallback = "csv", .value = "FORMAT", .help = "csv or jsonl" },
	KEY_FILTER_ARGS,
	{ .name = NULL },
};

const struct op op_key_export = {
	.id = "key.export",
	.summary = "export keys as CSV or JSON Lines, without secrets",
	.detail =
		"The columns that key import takes (but for secret), then what the key is now: "
		"id status version secret_id hint, the times, revision. An import passes those over.\n\n"
		"A cell that a spreadsheet would run (it begins with = + - @, a tab or a carriage "
		"return) gets an apostrophe before it, which an import takes off again.",
	.example = "authrack key export > keys.csv\n"
		   "authrack key export --owner finance --format jsonl\n",
	.args = export_args,
	.flags = OP_TEXT | OP_ASYNC,
};
