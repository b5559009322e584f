/* CSV by its header, and the choice between the two formats. */
#include "src/app/import_parse.h"

#include <ctype.h>
#include <string.h>

#include "src/app/import_jsonl.h"
#include "src/base/alloc.h"
#include "src/base/csv.h"

enum { COLUMNS_MAX = 64, TOLD_MAX = 20 };

struct import_reader {
	enum import_format format;
	bool has_header;
	size_t column_count;
	enum import_field columns[COLUMNS_MAX];
};

struct import_reader *import_reader_new(enum import_format format)
{
	struct import_reader *reader = x_calloc(1, sizeof(*reader));

	reader->format = format;
	return reader;
}

void import_reader_free(struct import_reader *reader)
{
	free(reader);
}

/* A name that can't be a secret: what stands in a first line without header is never told. */
static bool may_be_told(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_ -");

	return len && len <= TOLD_MAX && !name[len];
}

static enum import_field header_field(const struct csv *c, size_t index)
{
	size_t len;
	const char *name = csv_field(c, index, &len);

	while (len && isblank((unsigned char)*name)) {
		name++;
		len--;
	}
	while (len && isblank((unsigned char)name[len - 1]))
		len--;
	return import_field(name, len);
}

static void header_column(struct import_reader *reader, struct import_rows *rows,
			  const struct csv *c, size_t index)
{
	enum import_field field = header_field(c, index);
	const char *name = csv_field(c, index, NULL);

	reader->columns[index] = field;
	if (field == IMPORT_UNKNOWN)
		import_rows_error(rows, c->line, c->columns[index],
				  "the header has an unknown column%s%s%s",
				  may_be_told(name) ? " \"" : "", may_be_told(name) ? name : "",
				  may_be_told(name) ? "\"" : "");
	for (size_t i = 0; field < IMPORT_FIELDS && i < index; i++)
		if (reader->columns[i] == field)
			import_rows_error(rows, c->line, c->columns[index],
					  "the header has the column \"%s\" twice",
					  import_field_name(field));
}

static bool header_has(const struct import_reader *reader, enum import_field field)
{
	for (size_t i = 0; i < reader->column_count; i++)
		if (reader->columns[i] == field)
			return true;
	return false;
}

/* False: nothing behind this header can be read. */
static bool read_header(struct import_reader *reader, struct import_rows *rows, const struct csv *c)
{
	static const enum import_field needed[] = { IMPORT_NAME, IMPORT_SECRET };
	uint64_t errors = rows->error_count;

	if (c->count > COLUMNS_MAX) {
		import_rows_error(rows, c->line, 1, "the header has over %d columns", COLUMNS_MAX);
		return false;
	}
	reader->column_count = c->count;
	for (size_t i = 0; i < c->count; i++)
		header_column(reader, rows, c, i);
	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		if (!header_has(reader, needed[i]))
			import_rows_error(rows, c->line, 1, "the header has no column \"%s\"",
					  import_field_name(needed[i]));
	reader->has_header = true;
	return errors == rows->error_count;
}

static enum errc read_record(struct import_reader *reader, struct import_rows *rows,
			     const struct csv *c, struct err *e)
{
	struct import_record record = { .line = c->line };

	if (c->count != reader->column_count) {
		size_t column = c->columns[c->count > reader->column_count ? reader->column_count
									   : c->count - 1];

		import_rows_error(rows, c->line, column, "%zu fields, the header has %zu", c->count,
				  reader->column_count);
		return ERR_OK;
	}
	for (size_t i = 0; i < c->count; i++) {
		struct import_value *v;

		if (reader->columns[i] >= IMPORT_FIELDS)
			continue;
		v = &record.fields[reader->columns[i]];
		v->text = csv_field(c, i, &v->len);
		v->column = c->columns[i];
	}
	return import_rows_add(rows, &record, e);
}

static enum errc read_csv(struct import_reader *reader, struct import_rows *rows, struct csv *c,
			  bool *stop, struct err *e)
{
	struct err wrong = ERR_INIT;
	bool more = true;

	while (!*stop) {
		enum errc rc = ERR_OK;

		if (csv_next(c, &more, &wrong)) {
			import_rows_error(rows, 0, 0, "%s", wrong.message);
			*stop = true;
			break;
		}
		if (!more)
			break;
		if (reader->has_header)
			rc = read_record(reader, rows, c, e);
		else
			*stop = !read_header(reader, rows, c);
		if (rc)
			return rc;
	}
	return ERR_OK;
}

enum errc import_read_block(struct import_reader *reader, struct import_rows *rows,
			    const char *data, size_t len, size_t line, bool *stop, struct err *e)
{
	struct csv c;
	enum errc rc;

	*stop = false;
	if (reader->format == IMPORT_JSONL)
		return import_read_jsonl(rows, data, len, line, e);
	csv_init(&c, data, len);
	c.next_line = line;
	rc = read_csv(reader, rows, &c, stop, e);
	csv_release(&c);
	return rc;
}
