/* Rows by their field tables: binding, reading, and the canonical encoding under the MAC. */
#include "data/row.h"

#include <assert.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/encode.h"

static const void *member(const struct field *f, const void *object)
{
	return (const char *)object + f->offset;
}

static const char *member_text(const struct field *f, const void *object)
{
	const char *text;

	if (f->type != FIELD_TEXT)
		return member(f, object);
	memcpy(&text, member(f, object), sizeof text);
	return text ? text : "";
}

static int64_t member_int(const struct field *f, const void *object)
{
	int64_t wide = 0;
	int narrow = 0;

	if (f->type == FIELD_ENUM) {
		memcpy(&narrow, member(f, object), sizeof narrow);
		return narrow;
	}
	memcpy(&wide, member(f, object), sizeof wide);
	return wide;
}

int row_bind(struct stmt *s, const struct field *fields, const void *object, struct row_keep *keep)
{
	int number = 1, ids = 0;

	for (const struct field *f = fields; f->column; f++, number++) {
		switch (f->type) {
		case FIELD_INT:
		case FIELD_ENUM:
			stmt_int(s, number, member_int(f, object));
			break;
		case FIELD_TIME:
			stmt_time(s, number, member_int(f, object));
			break;
		case FIELD_TEXT:
		case FIELD_CHARS:
			stmt_text(s, number, member_text(f, object));
			break;
		case FIELD_BYTES:
			stmt_blob(s, number, member(f, object), f->size);
			break;
		case FIELD_KEY_ID:
			assert(ids < 2);
			memset(keep->ids[ids], 0, sizeof keep->ids[ids]);
			ulid_parse(keep->ids[ids], member_text(f, object) + 4);
			stmt_blob(s, number, keep->ids[ids], sizeof keep->ids[ids]);
			ids++;
			break;
		}
	}
	return number;
}

void text_put(char **slot, const char *text, size_t len)
{
	if (*slot && len == 0) {
		**slot = '\0';
		return;
	}
	if (!*slot || strlen(*slot) < len) {
		free(*slot);
		*slot = x_strndup(text, len);
		return;
	}
	memcpy(*slot, text, len);
	(*slot)[len] = '\0';
}

/* Texts with a NUL inside, or too long for their member, were not written by us. */
static bool read_text(const struct engine_value *value, const struct field *f, void *to)
{
	bool fits = value->type == ENGINE_DATA && !memchr(value->data, '\0', value->len);
	char *heap;

	if (f->type == FIELD_CHARS) {
		fits = fits && value->len < f->size;
		memset(to, 0, f->size);
		memcpy(to, value->data, value->len < f->size ? value->len : f->size - 1u);
		return fits;
	}
	memcpy(&heap, to, sizeof heap);
	text_put(&heap, value->data, value->len);
	memcpy(to, &heap, sizeof heap);
	return fits;
}

static bool read_bytes(const struct engine_value *value, void *to, size_t size)
{
	bool fits = value->type == ENGINE_DATA && value->len == size;

	if (fits)
		memcpy(to, value->data, size);
	else
		memset(to, 0, size);
	return fits;
}

static bool read_key_id(const struct engine_value *value, char *to)
{
	uint8_t id[ULID_BYTES];
	bool fits = read_bytes(value, id, sizeof id);

	memcpy(to, "key_", 4);
	ulid_text(to + 4, id);
	return fits;
}

static bool read_int(const struct engine_value *value, const struct field *f, void *to)
{
	int64_t wide = value->integer;
	int narrow = (int)wide;

	if (f->type == FIELD_TIME && value->type == ENGINE_NULL)
		wide = TIME_NONE;
	else if (value->type != ENGINE_INTEGER)
		return false;
	if (f->type == FIELD_ENUM)
		memcpy(to, &narrow, sizeof narrow);
	else
		memcpy(to, &wide, sizeof wide);
	return f->type != FIELD_ENUM || narrow == wide;
}

static const char *column_name(const void *fields, int i)
{
	return ((const struct field *)fields)[i].column;
}

static int field_count(const struct field *fields)
{
	int count = 0;

	while (fields[count].column)
		count++;
	return count;
}

bool row_read(struct stmt *s, const struct field *fields, void *object)
{
	int column = stmt_find_columns(s, fields, column_name, field_count(fields));
	struct engine_value value;
	bool fits = true;

	for (const struct field *f = fields; f->column; f++) {
		void *to = (char *)object + f->offset;

		stmt_value_at(s, column++, &value);
		switch (f->type) {
		case FIELD_INT:
		case FIELD_ENUM:
		case FIELD_TIME:
			fits &= read_int(&value, f, to);
			break;
		case FIELD_TEXT:
		case FIELD_CHARS:
			fits &= read_text(&value, f, to);
			break;
		case FIELD_BYTES:
			fits &= read_bytes(&value, to, f->size);
			break;
		case FIELD_KEY_ID:
			fits &= read_key_id(&value, to);
			break;
		}
	}
	return fits;
}

/* Short forms, since every byte is hashed at every verification: a number has as many bytes as it
 * needs, a length seven bits a byte. Each value has one form only. */
static void encode_int(struct buf *out, int64_t value)
{
	uint64_t rest = (uint64_t)value;
	char bytes[10] = { 'i' };
	size_t len = 2;

	for (; rest; rest >>= 8)
		bytes[len++] = (char)rest;
	bytes[1] = (char)(len - 2);
	buf_add(out, bytes, len);
}

static void encode_bytes(struct buf *out, char type, const void *data, size_t len)
{
	char head[11] = { type };
	size_t used = 1, rest = len;

	for (; rest >= 0x80; rest >>= 7)
		head[used++] = (char)(rest | 0x80);
	head[used++] = (char)rest;
	buf_add(out, head, used);
	if (len)
		buf_add(out, data, len);
}

void row_encode(struct buf *out, const struct field *fields, const void *object)
{
	for (const struct field *f = fields; f->column; f++) {
		const char *text;
		int64_t at;

		if (f->outside_mac)
			continue;
		switch (f->type) {
		case FIELD_INT:
		case FIELD_ENUM:
			encode_int(out, member_int(f, object));
			break;
		case FIELD_TIME:
			at = member_int(f, object);
			if (at == TIME_NONE)
				buf_add(out, "n", 1);
			else
				encode_int(out, at);
			break;
		case FIELD_TEXT:
		case FIELD_CHARS:
		case FIELD_KEY_ID:
			text = member_text(f, object);
			encode_bytes(out, 't', text, strlen(text));
			break;
		case FIELD_BYTES:
			encode_bytes(out, 'b', member(f, object), f->size);
			break;
		}
	}
}
