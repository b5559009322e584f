/* Usage figures into a file: one line a record, its first column says of which part it is. */
#include "ui/usage.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/base/csv.h"
#include "ui/report_form.h"

static const char *const columns[] = { "part", "time",	  "id",	    "name",  "owner",
				       "code", "allowed", "denied", "count", "last_used_at" };
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* The record with its part first, and its time under one name. */
static struct json *line_of(const char *part, const struct json *row)
{
	struct json *line = json_object_new();

	json_set_text(line, "part", part);
	for (const void *it = json_first(row); it; it = json_next(row, it)) {
		bool time = strcmp(json_name(it), "hour") == 0 || strcmp(json_name(it), "day") == 0;

		json_set(line, time ? "time" : json_name(it), json_keep(json_value(it)));
	}
	return line;
}

static void csv_line(struct buf *out, const struct json *line)
{
	char number[24];

	for (size_t i = 0; i < COLUMNS; i++) {
		const struct json *value = json_get(line, columns[i]);
		const char *text = json_as_text(value);

		snprintf(number, sizeof(number), "%" PRId64, json_as_int(value));
		csv_add_field(out,
			      text				     ? text
			      : json_type_of(value) == JSON_INT_TYPE ? number
								     : "",
			      i == 0);
	}
	buf_add_char(out, '\n');
}

static void row_write(struct buf *out, const char *format, const char *part, const struct json *row)
{
	struct json *line = line_of(part, row);

	if (strcmp(format, "csv") == 0) {
		csv_line(out, line);
	} else {
		json_write(out, line);
		buf_add_char(out, '\n');
	}
	json_free(line);
}

static void rows_write(struct buf *out, const char *format, const char *part,
		       const struct json *rows)
{
	for (size_t i = 0; i < json_count(rows); i++)
		row_write(out, format, part, json_at(rows, i));
}

static void export_write(struct view *v, struct buf *out, const char *format)
{
	const struct usage *u = usage_of(v);

	for (size_t i = 0; i < COLUMNS && strcmp(format, "csv") == 0; i++)
		csv_add_field(out, columns[i], i == 0);
	if (strcmp(format, "csv") == 0)
		buf_add_char(out, '\n');
	rows_write(out, format, usage_rows_range(u, USAGE_TIMES)->by, usage_rows(u, USAGE_TIMES));
	for (size_t i = 0; list_at(v->list, i); i++)
		row_write(out, format, "key", list_at(v->list, i));
	rows_write(out, format, "code", usage_rows(u, USAGE_CODES));
}

static const char *const formats[] = { "csv", "jsonl", NULL };

static const struct report_kind export_kind = {
	.form = { REPORT_FORM },
	.op = "key.usage",
	REPORT_FORMATS(formats, "csv"),
	.title = "Export the usage figures",
	.about = "What is shown: calls by hour or day, by key, and by code, a line each. There is "
		 "never a secret in it.",
	.file = "usage.csv",
	.said = "",
	.write = export_write,
};

void usage_export_open(struct view *v)
{
	report_form_open(v, &export_kind, "since", usage_ranges[usage_of(v)->range].since);
}
