/* Parts of a token to the clipboard, and a report on it to a file: findings without the token. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/buf.h"
#include "src/base/datetime.h"
#include "src/base/text.h"
#include "ui/menu.h"
#include "ui/record.h"
#include "ui/report_form.h"
#include "ui/tokens.h"

enum { REPORT_MAX = 8 << 20 };

/* --- copying ------------------------------------------------------------------------------- */
static void copy_say(struct view *v, const char *what, const char *text, size_t len)
{
	if (console_copy(v->console, text, len))
		console_say(v->console, STYLE_NORMAL, "%s: %zu bytes sent to your terminal", what,
			    len);
	else
		console_say(v->console, STYLE_WARNING,
			    "too long for your terminal's clipboard: e writes a report, T and "
			    "Shift-drag select the token");
}

/* A JSON string as the text it stands for; anything else as it stands. Caller frees. */
static char *value_plain(const char *lexeme)
{
	char *list = x_asprintf("[%s]", lexeme), *plain = NULL;
	struct json *value = NULL;
	struct err e = ERR_INIT;

	if (lexeme[0] == '"' && !json_parse(&value, list, strlen(list), &e))
		plain = x_strdup(json_as_text(json_at(value, 0)));
	json_free(value);
	free(list);
	return plain ? plain : x_strdup(lexeme);
}

void tokens_copy_value(struct view *v)
{
	const struct json *row = tokens_row(v);
	const char *value = json_get_text(row, "value");
	char *plain = value ? value_plain(value) : x_strdup(record_text(row, "text", ""));

	copy_say(v, record_text(row, "name", record_text(row, "id", "text")), plain, strlen(plain));
	secret_wipe(plain, strlen(plain));
	free(plain);
}

enum { COPY_TOKEN, COPY_CLAIMS, COPY_HEADER, COPY_VALUE, COPY_REMEDY };

static void copy_chosen(void *arg, size_t line)
{
	struct view *v = arg;
	const struct tokens_item *item = tokens_now(v);
	const char *text;
	size_t len;

	switch (line) {
	case COPY_TOKEN:
		text = tokens_text(item, &len);
		copy_say(v, "the token", text, len);
		return;
	case COPY_CLAIMS:
		text = record_text(item->record, "claims_text", "");
		break;
	case COPY_HEADER:
		text = record_text(item->record, "header_text", "");
		break;
	case COPY_VALUE:
		text = record_text(tokens_row(v), "value", "");
		break;
	default:
		text = record_text(tokens_row(v), "remedy", "");
		break;
	}
	if (*text)
		copy_say(v, "copy", text, strlen(text));
	else
		console_say(v->console, STYLE_NORMAL, "there is none here");
}

void tokens_copy(struct view *v)
{
	static const struct menu_line lines[] = {
		[COPY_TOKEN] = { "the token itself", "whoever has it can use it" },
		[COPY_CLAIMS] = { "the claims, as they stand", "JSON" },
		[COPY_HEADER] = { "the header, as it stands", "JSON" },
		[COPY_VALUE] = { "the value in focus, as it stands", "JSON" },
		[COPY_REMEDY] = { "the remedy in focus", "text" },
		{ NULL, NULL },
	};

	menu_open(v->console, "Copy", lines, COPY_CLAIMS, copy_chosen, v);
}

/* --- the report ---------------------------------------------------------------------------- */
enum report_format { REPORT_TEXT, REPORT_JSON, REPORT_MARKDOWN };

static const char *verdict_word(const struct tokens_item *item, int64_t now)
{
	if (!item->verified)
		return "unchecked";
	return tokens_is_valid(item, now) ? "valid" : "not valid";
}

static void add_safe(struct buf *out, const char *text)
{
	if (text)
		text_safe(out, text, strlen(text));
}

/* A cell of a Markdown table: nothing in it may end the cell or begin markup. */
static void add_cell(struct buf *out, const char *text)
{
	struct buf safe = BUF_INIT(REPORT_MAX);

	add_safe(&safe, text);
	for (const char *p = buf_text(&safe); *p; p++) {
		if (strchr("\\|`*_<>[]#", *p))
			buf_add_char(out, '\\');
		buf_add_char(out, *p);
	}
	buf_release(&safe);
}

static void report_rows(struct buf *out, const struct json *rows, const char *const *members,
			bool markdown)
{
	for (size_t i = 0; i < json_count(rows); i++) {
		buf_add_text(out, markdown ? "|" : " ");
		for (const char *const *name = members; *name; name++) {
			const char *text = record_text(json_at(rows, i), *name, "");

			buf_add_char(out, ' ');
			if (markdown)
				add_cell(out, text);
			else if (*text)
				add_safe(out, text), buf_add_char(out, ' ');
			buf_add_text(out, markdown ? " |" : "");
		}
		buf_add_char(out, '\n');
	}
}

struct report_part {
	const char *title, *list, *members[6];
};

static const struct report_part report_parts[] = {
	{ "checks", "checks", { "result", "name", "detail" } },
	{ "findings", "findings", { "severity", "id", "text", "source", "remedy" } },
	{ "header and claims", "members", { "part", "name", "value", "text" } },
	{ "facts", "facts", { "name", "value" } },
};

static void report_title(struct buf *out, const struct report_part *part, bool markdown)
{
	if (!markdown) {
		buf_addf(out, "\n%s\n", part->title);
		return;
	}
	buf_addf(out, "\n## %s\n\n|", part->title);
	for (const char *const *name = part->members; *name; name++)
		buf_addf(out, " %s |", *name);
	buf_add_text(out, "\n|");
	for (const char *const *name = part->members; *name; name++)
		buf_add_text(out, " --- |");
	buf_add_char(out, '\n');
}

static void report_text(struct buf *out, const struct tokens_item *item, int64_t now, bool markdown)
{
	char when[DATETIME_SIZE];

	datetime_rfc3339(when, now);
	buf_addf(out, "%s%s: %s\n", markdown ? "# " : "",
		 record_text(item->record, "what", "token"), verdict_word(item, now));
	buf_addf(out, "%sseen %s%s%s\n", markdown ? "\n" : "", when,
		 item->against[0] ? ", held against " : "", item->against);
	for (size_t i = 0; i < sizeof(report_parts) / sizeof(report_parts[0]); i++) {
		const struct json *rows = json_get(item->record, report_parts[i].list);

		if (!json_count(rows))
			continue;
		report_title(out, &report_parts[i], markdown);
		report_rows(out, rows, report_parts[i].members, markdown);
	}
}

/* The record but for what the token could be made from again. */
static void report_json(struct buf *out, const struct tokens_item *item)
{
	static const char *const left_out[] = { "token",       "payload",  "header_text",
						"claims_text", "segments", "disclosures" };
	struct json *copy = json_object_new();

	for (const void *it = json_first(item->record); it; it = json_next(item->record, it)) {
		bool keep = true;

		for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++)
			keep &= strcmp(json_name(it), left_out[i]) != 0;
		if (keep)
			json_set_from(copy, item->record, json_name(it));
	}
	json_write(out, copy);
	buf_add_char(out, '\n');
	json_free(copy);
}

/* --- the form of the report ---------------------------------------------------------------- */
static void report_write(struct view *v, struct buf *out, const char *format)
{
	const struct tokens_item *item = tokens_now(v);

	if (strcmp(format, "json") == 0)
		report_json(out, item);
	else
		report_text(out, item, console_now(v->console), strcmp(format, "markdown") == 0);
}

static const char *const formats[] = { "text", "json", "markdown", NULL };

static const struct report_kind report_kind = {
	.form = { REPORT_FORM },
	.op = "token.inspect",
	REPORT_FORMATS(formats, "text"),
	.title = "Write a report on this token",
	.about = "Verdict, checks, findings, header and claims; not the token and not its "
		 "signature.",
	.file = "token-report.txt",
	.said = ", without the token",
	.write = report_write,
};

void tokens_export(struct view *v)
{
	report_form_open(v, &report_kind, NULL, NULL);
}
