/* key.import: keys from a CSV or JSON Lines file, all of them or none. */
#include "src/app/ops.h"

static const char *const formats[] = { "csv", "jsonl", NULL };

static const struct arg import_args[] = {
	{ .name = "file", .type = ARG_FILE, .flags = ARG_REQUIRED | ARG_POSITIONAL,
	  .help = "CSV with a header, or JSON Lines; - is standard input" },
	{ .name = "format", .letter = 'f', .type = ARG_CHOICE, .choices = formats, .value = "FORMAT",
	  .help = "csv or jsonl; without it the first character tells", .label = "Format" },
	{ .name = "dry-run", .letter = 'n', .type = ARG_FLAG,
	  .help = "check the whole file, and import nothing", .label = "Only check" },
	{ .name = "allow-weak", .type = ARG_FLAG,
	  .help = "take digests, and secrets under 128 bits by their length",
	  .label = "Allow weak" },
	{ .name = NULL },
};

static const struct op_column import_columns[] = {
	{ "imported", "IMPORTED", COLUMN_NUMBER, "keys made; 0 with --dry-run" },
	{ "rows", "ROWS", COLUMN_NUMBER, "keys in the file" },
	{ "own_format", "OWN", COLUMN_NUMBER, "of them with a secret of our format" },
	{ "foreign", "FOREIGN", COLUMN_NUMBER, "of them with a secret of any other form" },
	{ "digests", "DIGESTS", COLUMN_NUMBER, "of those given as sha256:HEX" },
	{ "weak", "WEAK", COLUMN_NUMBER, "taken by --allow-weak only" },
	{ "event", "EVENT", COLUMN_NUMBER, "sequence of the one audit event; null with --dry-run" },
	{ "rows_sha256", NULL, COLUMN_TEXT, "SHA-256 over the rows as that event has it" },
	{ "dry_run", NULL, COLUMN_FLAG, "true when nothing was imported" },
	{ .name = NULL },
};

const struct op op_key_import = {
	.id = "key.import",
	.summary = "import keys from CSV or JSON Lines",
	.detail =
		"Columns by header, or members of each object, in any order: name owner tier note "
		"prefix scopes limits allow_from meta not_before expires_at secret. Only name and "
		"secret are needed; user is taken for owner; other columns of key export are passed "
		"over, unknown ones refused.\n\n"
		"A secret is plaintext or sha256:HEX. One of our own format keeps it. Of any other "
		"only an HMAC under the store's key is kept, never the digest itself. Sets (scopes, "
		"limits, allow_from) have blanks or commas between; meta is NAME=VALUE pairs or a "
		"JSON object.\n\n"
		"All or nothing: every error is named with line and column (the first 100, and how "
		"many there are), never with the value. Refused are a secret that was ever known "
		"here (purged ones too), one that is in the file twice, one of our form with a wrong "
		"checksum; and, without --allow-weak, any digest and every secret that has under 128 "
		"bits by its length. The import is one audit event.",
	.example = "authrack key import keys.csv --dry-run\n"
		   "authrack key import keys.csv\n"
		   "authrack key import --format jsonl - < keys.jsonl\n",
	.args = import_args,
	.columns = import_columns,
	.flags = OP_WRITES | OP_ASYNC | OP_CREATES_STORE,
};
