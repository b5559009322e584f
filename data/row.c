/* Rows by their field tables: binding, reading, and the canonical encoding under the MAC. */
#include "data/row.h"

#include <assert.h>

#include "data/sealed.h"
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

	if (f->type == FIELD_FLAG)
		return *(const bool *)member(f, object);
	if (f->type == FIELD_ENUM) {
		memcpy(&narrow, member(f, object), sizeof narrow);
		return narrow;
	}
	memcpy(&wide, member(f, object), sizeof wide);
	return wide;
}

void row_blank(const struct field *fields, void *object)
{
	for (const struct field *f = fields; f->column; f++) {
		void *to = (char *)object + f->offset;
		char *text;

		if (f->type == FIELD_TEXT) {
			text = x_strdup("");
			memcpy(to, &text, sizeof text);
		} else if (f->type == FIELD_TIME) {
			memcpy(to, &(int64_t){ TIME_NONE }, sizeof(int64_t));
		} else {
			memset(to, 0, f->size);
		}
	}
}

void row_release(const struct field *fields, void *object)
{
	for (const struct field *f = fields; f->column; f++) {
		void *to = (char *)object + f->offset;
		char *text;

		if (f->type == FIELD_TEXT) {
			memcpy(&text, to, sizeof text);
			free(text);
			memset(to, 0, sizeof text);
		} else if (f->type == FIELD_SEALED) {
			sealed_release(to);
		}
	}
}

static void bind_sealed(struct stmt *s, int number, const struct sealed *sealed)
{
	if (sealed->data)
		stmt_blob(s, number, sealed->data, sealed->len);
	else
		stmt_null(s, number);
}

int row_bind(struct stmt *s, const struct field *fields, const void *object, struct row_keep *keep)
{
	int number = 1, ids = 0;

	for (const struct field *f = fields; f->column; f++, number++) {
		switch (f->type) {
		case FIELD_INT:
		case FIELD_ENUM:
		case FIELD_FLAG:
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
		case FIELD_ID:
			assert(ids < 2);
			memset(keep->ids[ids], 0, sizeof keep->ids[ids]);
			ulid_parse(keep->ids[ids], member_text(f, object) + strlen(f->prefix));
			stmt_blob(s, number, keep->ids[ids], sizeof keep->ids[ids]);
			ids++;
			break;
		case FIELD_SEALED:
			bind_sealed(s, number, member(f, object));
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

static bool read_id(const struct engine_value *value, const struct field *f, char *to)
{
	uint8_t id[ULID_BYTES];
	bool fits = read_bytes(value, id, sizeof id);
	size_t len = strlen(f->prefix);

	memcpy(to, f->prefix, len);
	ulid_text(to + len, id);
	return fits;
}

/* Nothing sealed is ever empty: that is NULL. */
static bool read_sealed(const struct engine_value *value, struct sealed *to)
{
	sealed_release(to);
	if (value->type == ENGINE_NULL)
		return true;
	if (value->type != ENGINE_DATA || value->len == 0)
		return false;
	sealed_put(to, value->data, value->len);
	return true;
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

static bool read_flag(const struct engine_value *value, bool *to)
{
	*to = value->type == ENGINE_INTEGER && value->integer == 1;
	return *to || (value->type == ENGINE_INTEGER && value->integer == 0);
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
		case FIELD_FLAG:
			fits &= read_flag(&value, to);
			break;
		case FIELD_ID:
			fits &= read_id(&value, f, to);
			break;
		case FIELD_SEALED:
			fits &= read_sealed(&value, to);
			break;
		}
	}
	return fits;
}

/* Short forms, since every byte is hashed at every verification: a number has as many bytes as it
 * needs, a length seven bits a byte. Each value has one form only. They are gathered in a block, which
 * goes to the buffer when it is full. */
struct encoder {
	struct buf *out;
	size_t used;
	char block[512];
};

enum { SHORT_FORM = 11 }; /* type, length or number: at most */

static void encoder_flush(struct encoder *c)
{
	if (c->used)
		buf_add(c->out, c->block, c->used);
	c->used = 0;
}

/* Where the next short form goes: there is room for one. */
static char *encoder_room(struct encoder *c)
{
	if (c->used + SHORT_FORM > sizeof c->block)
		encoder_flush(c);
	return c->block + c->used;
}

static void encode_null(struct encoder *c)
{
	*encoder_room(c) = 'n';
	c->used++;
}

static void encode_int(struct encoder *c, int64_t value)
{
	uint64_t rest = (uint64_t)value;
	char *bytes = encoder_room(c);
	size_t len = 2;

	for (; rest; rest >>= 8)
		bytes[len++] = (char)rest;
	bytes[0] = 'i';
	bytes[1] = (char)(len - 2);
	c->used += len;
}

static void encode_bytes(struct encoder *c, char type, const void *data, size_t len)
{
	char *head = encoder_room(c);
	size_t used = 1, rest = len;

	head[0] = type;
	for (; rest >= 0x80; rest >>= 7)
		head[used++] = (char)(rest | 0x80);
	head[used++] = (char)rest;
	c->used += used;
	if (len <= sizeof c->block - c->used) {
		memcpy(c->block + c->used, data, len);
		c->used += len;
		return;
	}
	encoder_flush(c);
	buf_add(c->out, data, len);
}

static void encode_sealed(struct encoder *c, const struct sealed *sealed)
{
	if (sealed->data)
		encode_bytes(c, 'b', sealed->data, sealed->len);
	else
		encode_null(c);
}

static void encode_field(struct encoder *c, const struct field *f, const void *object)
{
	const char *text;
	int64_t at;

	switch (f->type) {
	case FIELD_INT:
	case FIELD_ENUM:
	case FIELD_FLAG:
		encode_int(c, member_int(f, object));
		break;
	case FIELD_TIME:
		at = member_int(f, object);
		if (at == TIME_NONE)
			encode_null(c);
		else
			encode_int(c, at);
		break;
	case FIELD_TEXT:
	case FIELD_CHARS:
	case FIELD_ID:
		text = member_text(f, object);
		encode_bytes(c, 't', text, strlen(text));
		break;
	case FIELD_BYTES:
		encode_bytes(c, 'b', member(f, object), f->size);
		break;
	case FIELD_SEALED:
		encode_sealed(c, member(f, object));
		break;
	}
}

void row_encode(struct buf *out, const struct field *fields, const void *object)
{
	struct encoder c;

	c.out = out;
	c.used = 0;
	for (const struct field *f = fields; f->column; f++)
		if (!f->outside_mac)
			encode_field(&c, f, object);
	encoder_flush(&c);
}
