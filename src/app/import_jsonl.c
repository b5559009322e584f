/* Reads the objects of an import in place. A JSON library would keep copies of the secrets in memory
 * that nobody wipes, and can't say in which column a value stands. */
#include "src/app/import_jsonl.h"

#include <stdio.h>
#include <string.h>

#include "src/app/import_source.h"
#include "src/base/alloc.h"
#include "src/base/buf.h"
#include "src/base/json.h"
#include "src/base/secret.h"
#include "src/base/text.h"

enum { HEX_DIGITS = 4 };

struct jsonl {
	struct import_rows *rows;
	const char *begin, *at, *end; /* of the line */
	size_t line;
	char *scratch; /* decoded texts of this line */
	size_t used;
	const char *wrong; /* NULL: well so far */
};

static size_t column_of(const struct jsonl *j, const char *place)
{
	size_t column = 1;

	for (const char *p = j->begin; p < place; p++)
		column += (*p & 0xC0) != 0x80;
	return column;
}

static bool fail(struct jsonl *j, const char *wrong)
{
	j->wrong = wrong;
	return false;
}

static void skip_blanks(struct jsonl *j)
{
	while (j->at < j->end && (*j->at == ' ' || *j->at == '\t' || *j->at == '\r'))
		j->at++;
}

static bool take(struct jsonl *j, char c)
{
	skip_blanks(j);
	if (j->at == j->end || *j->at != c)
		return false;
	j->at++;
	return true;
}

static void put(struct jsonl *j, char c)
{
	j->scratch[j->used++] = c;
}

static bool take_hex(struct jsonl *j, int32_t *code)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	*code = 0;
	for (int i = 0; i < HEX_DIGITS; i++) {
		const char *digit = j->at < j->end && *j->at ? strchr(digits, *j->at) : NULL;
		ptrdiff_t value = digit ? digit - digits : 0;

		if (!digit)
			return fail(j, "\\u wants four hexadecimal digits");
		*code = *code * 16 + (int32_t)(value < 16 ? value : value - 6);
		j->at++;
	}
	return true;
}

/* The code point of "\uXXXX", a surrogate pair taken together (RFC 8259 §7). */
static bool take_code_point(struct jsonl *j)
{
	int32_t code, low = 0;
	char bytes[4];
	size_t len;

	if (!take_hex(j, &code))
		return false;
	if (code >= 0xD800 && code < 0xDC00) {
		if (j->end - j->at < 2 || j->at[0] != '\\' || j->at[1] != 'u')
			return fail(j, "half a surrogate pair");
		j->at += 2;
		if (!take_hex(j, &low))
			return false;
		if (low < 0xDC00 || low > 0xDFFF)
			return fail(j, "half a surrogate pair");
		code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
	} else if (code >= 0xDC00 && code <= 0xDFFF) {
		return fail(j, "half a surrogate pair");
	}
	if (!code)
		return fail(j, "a NUL character");
	len = utf8_encode(bytes, code);
	for (size_t i = 0; i < len; i++)
		put(j, bytes[i]);
	return true;
}

static bool take_escape(struct jsonl *j)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found;
	char c = j->at < j->end ? *j->at++ : '\0';

	if (c == 'u')
		return take_code_point(j);
	found = c ? strchr(from, c) : NULL;
	if (!found)
		return fail(j, "an unknown escape");
	put(j, to[found - from]);
	return true;
}

/* A string, decoded into the scratch; the opening quote is taken. */
static bool take_string(struct jsonl *j, const char **text, size_t *len)
{
	size_t start = j->used;

	while (j->at < j->end && *j->at != '"') {
		char c = *j->at++;

		if ((unsigned char)c < 0x20)
			return fail(j, "a control character in a string");
		if (c != '\\')
			put(j, c);
		else if (!take_escape(j))
			return false;
	}
	if (j->at == j->end)
		return fail(j, "a string has no end");
	j->at++;
	*text = j->scratch + start;
	*len = j->used - start;
	put(j, '\0');
	return true;
}

/* The bytes of an array or object, brackets and strings heeded. */
static bool take_nested(struct jsonl *j, const char **text, size_t *len)
{
	const char *start = j->at;
	bool quoted = false;
	int depth = 0;

	for (; j->at < j->end; j->at++) {
		if (quoted && *j->at == '\\' && j->at + 1 < j->end)
			j->at++;
		else if (*j->at == '"')
			quoted = !quoted;
		else if (!quoted && (*j->at == '{' || *j->at == '['))
			depth++;
		else if (!quoted && (*j->at == '}' || *j->at == ']') && !--depth)
			break;
	}
	if (j->at == j->end)
		return fail(j, "a bracket is never closed");
	j->at++;
	*text = start;
	*len = (size_t)(j->at - start);
	return true;
}

static void keep_text(struct jsonl *j, const char *text, struct import_value *v)
{
	v->len = strlen(text);
	v->text = memcpy(j->scratch + j->used, text, v->len + 1);
	j->used += v->len + 1;
}

/* An array of texts becomes the set with blanks between, an object of texts stays JSON. */
static bool take_set(struct jsonl *j, struct import_value *v)
{
	struct buf joined = BUF_INIT(IMPORT_BLOCK);
	struct json *value = NULL;
	const char *text;
	bool good = false;
	size_t len;

	if (!take_nested(j, &text, &len))
		return false;
	if (json_parse(&value, text, len, NULL))
		return fail(j, "not well formed");
	if (json_type_of(value) == JSON_OBJECT_TYPE)
		good = json_write_canonical(&joined, value);
	for (size_t i = 0; json_type_of(value) == JSON_ARRAY_TYPE && i <= json_count(value); i++) {
		const char *item = json_as_text(json_at(value, i));

		good = i == json_count(value);
		if (good || !item)
			break;
		buf_addf(&joined, "%s%s", i ? " " : "", item);
	}
	if (good && !joined.full)
		keep_text(j, buf_text(&joined), v);
	buf_release(&joined);
	json_free(value);
	return good || fail(j, "wants an array or an object of texts");
}

static bool is_set(enum import_field field)
{
	return field == IMPORT_SCOPES || field == IMPORT_LIMITS || field == IMPORT_ALLOW_FROM ||
	       field == IMPORT_META;
}

static bool take_brackets(struct jsonl *j, enum import_field field, struct import_value *v)
{
	const char *text;
	size_t len;

	if (is_set(field))
		return take_set(j, v);
	if (!take_nested(j, &text, &len))
		return false;
	return field == IMPORT_IGNORED || fail(j, "wants a text");
}

/* null is as good as nothing; a number or truth value is for members that are passed over. */
static bool take_bare(struct jsonl *j, enum import_field field)
{
	const char *text = j->at;
	size_t len;

	while (j->at < j->end && !strchr(",} \t\r", *j->at))
		j->at++;
	len = (size_t)(j->at - text);
	if (len == 4 && !memcmp(text, "null", 4))
		return true;
	if (field == IMPORT_IGNORED && len)
		return true;
	j->at = text;
	return fail(j, "wants a text");
}

static bool take_value(struct jsonl *j, enum import_field field, struct import_value *v)
{
	skip_blanks(j);
	v->column = column_of(j, j->at);
	if (take(j, '"'))
		return take_string(j, &v->text, &v->len);
	if (j->at < j->end && (*j->at == '[' || *j->at == '{'))
		return take_brackets(j, field, v);
	return take_bare(j, field);
}

static bool take_member(struct jsonl *j, struct import_record *record)
{
	struct import_value unused = { .text = NULL };
	const char *place, *name;
	enum import_field field;
	bool known;
	size_t len;

	skip_blanks(j);
	place = j->at;
	if (!take(j, '"') || !take_string(j, &name, &len))
		return j->wrong ? false : fail(j, "a member's name is missing");
	field = import_field(name, len);
	known = field < IMPORT_FIELDS;
	if (field == IMPORT_UNKNOWN || (known && record->fields[field].column)) {
		j->at = place;
		return fail(j, known ? "a member stands twice" : "an unknown member");
	}
	if (!take(j, ':'))
		return fail(j, "a colon is missing");
	return take_value(j, field, known ? &record->fields[field] : &unused);
}

static bool take_object(struct jsonl *j, struct import_record *record)
{
	if (!take(j, '{'))
		return fail(j, "an object is missing: every line is one");
	if (!take(j, '}')) {
		do {
			if (!take_member(j, record))
				return false;
		} while (take(j, ','));
		if (!take(j, '}'))
			return fail(j, "a comma or closing brace is missing");
	}
	skip_blanks(j);
	return j->at == j->end || fail(j, "something follows the object");
}

static enum errc read_line(struct jsonl *j, struct err *e)
{
	struct import_record record = { .line = j->line };
	enum errc rc = ERR_OK;

	skip_blanks(j);
	if (j->at == j->end)
		return ERR_OK;
	j->wrong = NULL;
	j->used = 0;
	if (take_object(j, &record))
		rc = import_rows_add(j->rows, &record, e);
	else
		import_rows_error(j->rows, j->line, column_of(j, j->at), "%s", j->wrong);
	secret_wipe(j->scratch, j->used);
	return rc;
}

enum errc import_read_jsonl(struct import_rows *rows, const char *data, size_t len, size_t line,
			    struct err *e)
{
	static const char mark[] = "\xEF\xBB\xBF";
	struct jsonl j = { .rows = rows, .line = line };
	const char *end = data + len;
	enum errc rc = ERR_OK;

	if (line == 1 && len >= 3 && !memcmp(data, mark, 3))
		data += 3;
	/* A text takes no more than its source, its NUL the place of a quote; meta written anew may
	 * take six bytes for one. */
	j.scratch = x_malloc(6 * len + 1);
	for (; !rc && data < end; j.line++) {
		const char *stop = memchr(data, '\n', (size_t)(end - data));

		j.begin = j.at = data;
		j.end = stop ? stop : end;
		data = j.end + (stop != NULL);
		rc = read_line(&j, e);
	}
	free(j.scratch);
	return rc;
}
