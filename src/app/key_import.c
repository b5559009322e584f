/* key.import: keys from a CSV or JSON Lines file, all of them or none. */
#include <string.h>

#include "src/app/import_parse.h"
#include "src/app/import_store.h"
#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/base/alloc.h"

static const char *const formats[] = { "csv", "jsonl", NULL };

static const struct arg import_args[] = {
	{ .name = "file",
	  .type = ARG_FILE,
	  .flags = ARG_REQUIRED | ARG_POSITIONAL,
	  .help = "CSV with a header, or JSON Lines; - is standard input" },
	{ .name = "format",
	  .letter = 'f',
	  .type = ARG_CHOICE,
	  .choices = formats,
	  .value = "FORMAT",
	  .help = "csv or jsonl; without it the first character tells",
	  .label = "Format" },
	{ .name = "dry-run",
	  .type = ARG_FLAG,
	  .help = "check the whole file, and import nothing",
	  .label = "Only check" },
	{ .name = "allow-weak",
	  .type = ARG_FLAG,
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

static enum errc format_choose(const struct op_call *c, struct import_source *src,
			       enum import_format *format, struct err *e)
{
	const char *given = op_text(c->args, "format");

	if (!given)
		return import_source_format(src, format, e);
	*format = strcmp(given, "csv") == 0 ? IMPORT_CSV : IMPORT_JSONL;
	import_source_set_format(src, *format);
	return ERR_OK;
}

static enum errc blocks_read(const struct op_call *c, struct import_source *src,
			     struct import_reader *reader, struct import_rows *rows, struct err *e)
{
	const char *data;
	bool stop = false;
	size_t len;

	for (;;) {
		enum errc rc = import_source_next(src, &data, &len, e);

		if (!rc && len)
			rc = import_read_block(reader, rows, data, len, src->line, &stop, e);
		if (!rc)
			rc = call_progress(c, "reading", src->done, src->total, e);
		if (rc || !len || stop)
			return rc;
	}
}

/* Reads and checks the file; no lock of the store is held. */
static enum errc rows_read(const struct op_call *c, struct import_rows *rows, struct err *e)
{
	struct import_reader *reader = NULL;
	struct import_source src;
	enum import_format format;
	enum errc rc = import_source_open(&src, op_text(c->args, "file"), e);

	if (rc)
		return rc;
	rc = format_choose(c, &src, &format, e);
	if (!rc) {
		reader = import_reader_new(format);
		rc = blocks_read(c, &src, reader, rows, e);
	}
	import_reader_free(reader);
	import_source_close(&src);
	return rc;
}

static const char *error_text(const struct import_error *error, char *out, size_t size)
{
	if (!error->line)
		snprintf(out, size, "%s", error->text);
	else if (!error->column)
		snprintf(out, size, "line %zu: %s", error->line, error->text);
	else
		snprintf(out, size, "line %zu, column %zu: %s", error->line, error->column,
			 error->text);
	return out;
}

/* ERR_OK where there are no errors; else each is told, and the first stands in `e`. */
static enum errc errors_tell(const struct op_call *c, const struct import_rows *rows,
			     enum errc code, struct err *e)
{
	const char *file = op_text(c->args, "file");
	uint64_t count = rows->error_count, kept = count < IMPORT_ERRORS ? count : IMPORT_ERRORS;
	char text[IMPORT_ERROR_SIZE + 64];

	if (!count)
		return ERR_OK;
	for (uint64_t i = 0; count > 1 && i < kept; i++)
		call_note(c, "%s", error_text(&rows->errors[i], text, sizeof(text)));
	error_text(&rows->errors[0], text, sizeof(text));
	if (count == 1)
		err_set(e, code, "\"%s\": %s", file, text);
	else
		err_set(e, code, "\"%s\" has %llu errors, the first: %s", file,
			(unsigned long long)count, text);
	return err_hint(e, "nothing was imported; mend the file, --dry-run checks it");
}

static enum errc result_tell(const struct op_call *c, const struct import_rows *rows,
			     const struct import_result *result, struct err *e)
{
	bool dry_run = op_flag(c->args, "dry-run");
	struct json *row = json_object_new();

	json_set_int(row, "imported", dry_run ? 0 : (int64_t)rows->count);
	json_set_int(row, "rows", (int64_t)rows->count);
	json_set_int(row, "own_format", (int64_t)rows->own);
	json_set_int(row, "foreign", (int64_t)rows->foreign);
	json_set_int(row, "digests", (int64_t)rows->digests);
	json_set_int(row, "weak", (int64_t)rows->weak);
	json_set(row, "event", dry_run ? json_null_new() : json_int(result->event));
	json_set_text(row, "rows_sha256", dry_run ? NULL : result->rows_sha256);
	json_set_bool(row, "dry_run", dry_run);
	return call_record_take(c, row, e);
}

static enum errc import_run(const struct op_call *c, struct err *e)
{
	struct import_rows *rows = x_malloc(sizeof(*rows));
	struct import_result result = { .event = 0 };
	enum errc rc;

	import_rows_init(rows, app_store(c->app), app_now(c->app), op_flag(c->args, "allow-weak"));
	rc = rows_read(c, rows, e);
	if (!rc)
		rc = errors_tell(c, rows, ERR_USAGE, e);
	if (!rc && !rows->count)
		rc = err_set(e, ERR_USAGE, "\"%s\" has no keys", op_text(c->args, "file"));
	if (!rc)
		rc = op_flag(c->args, "dry-run") ? import_look(c, rows, e)
						 : import_store(c, rows, &result, e);
	if (!rc)
		rc = errors_tell(c, rows, ERR_CONFLICT, e);
	if (!rc)
		rc = result_tell(c, rows, &result, e);
	import_rows_release(rows);
	free(rows);
	return rc;
}

const struct op op_key_import = {
	.id = "key.import",
	.summary = "import keys from CSV or JSON Lines",
	.detail =
		"Columns by header, or members of each object, in any order: name owner tier note "
		"prefix scopes limits allow_from meta not_before expires_at secret. Only name and "
		"secret are needed; user is taken for owner; other columns of key export are "
		"passed "
		"over, unknown ones refused.\n\n"
		"A secret is plaintext or sha256:HEX. One of our own format keeps it. Of any other "
		"only an HMAC under the store's key is kept, never the digest itself. Sets "
		"(scopes, "
		"limits, allow_from) have blanks or commas between; meta is NAME=VALUE pairs or a "
		"JSON object.\n\n"
		"All or nothing: every error is named with line and column (the first 100, and how "
		"many there are), never with the value. Refused are a secret that was ever known "
		"here (purged ones too), one that is in the file twice, one of our form with a "
		"wrong "
		"checksum; and, without --allow-weak, any digest and every secret that has under "
		"128 "
		"bits by its length. The import is one audit event.",
	.example = "authrack key import keys.csv --dry-run\n"
		   "authrack key import keys.csv\n"
		   "authrack key import --format jsonl - < keys.jsonl\n",
	.args = import_args,
	.columns = import_columns,
	.flags = OP_WRITES | OP_ASYNC | OP_CREATES_STORE,
	.run = import_run,
};
