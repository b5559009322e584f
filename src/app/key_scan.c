/* key.scan: finds leaked credentials, ours and other vendors', in files, folders or standard input. */
#include "src/app/ops.h"

static const struct arg scan_args[] = {
	{ .name = "path", .type = ARG_FILE, .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "files and folders; none, or -, is standard input" },
	{ .name = "binary", .letter = 'b', .type = ARG_FLAG,
	  .help = "read binary files over 16 MiB, too" },
	{ .name = NULL },
};

static const struct op_column scan_columns[] = {
	{ "live", "LIVE", COLUMN_FLAG, "true: it works, or can come to work, here; null: unknown" },
	{ "file", "FILE", COLUMN_TEXT, "where it was found" },
	{ "line", "LINE", COLUMN_NUMBER, "line, from 1" },
	{ "column", "COL", COLUMN_NUMBER, "byte in the line, from 1" },
	{ "kind", "KIND", COLUMN_TEXT, "authrack, or the vendor: github gitlab stripe aws slack "
	  "google npm anthropic openai jwt" },
	{ "masked", "CREDENTIAL", COLUMN_TEXT, "what may be shown of it" },
	{ "name", "KEY", COLUMN_TEXT, "name of the key; null: not of this store" },
	{ "status", "STATUS", COLUMN_TEXT, "active, disabled, not_yet_valid, revoked, retired, "
	  "expired; unknown" },
	{ "id", NULL, COLUMN_TEXT, "the key's id" },
	{ "owner", NULL, COLUMN_TEXT, "who answers for it" },
	{ "version", NULL, COLUMN_NUMBER, "number of the secret" },
	{ "secret_id", NULL, COLUMN_TEXT, "public id of the secret" },
	{ "what", NULL, COLUMN_TEXT, "what the credential is, in words" },
	{ "revoke_at", NULL, COLUMN_TEXT, "where to revoke it" },
	{ .name = NULL },
};

const struct op op_key_scan = {
	.id = "key.scan",
	.summary = "find leaked credentials in files, folders or standard input",
	.detail =
		"Finds strings of our format with a good checksum, and credentials of other vendors. "
		"For ours it says whose it is and whether it lives; a foreign secret that was "
		"imported here is known, too.\n\n"
		"Ends with 1 when a live one is found: a secret of a key here that is active, "
		"disabled or not yet valid, so that it works now or may again. Symbolic links inside "
		"a folder are not followed; binary files over 16 MiB are passed over and named.",
	.example = "authrack key scan ~/src/shop\n"
		   "git log -p | authrack key scan -\n"
		   "authrack key scan --json /etc /srv\n",
	.args = scan_args,
	.columns = scan_columns,
	.flags = OP_LIST | OP_ASYNC | OP_ANSWERS,
};
