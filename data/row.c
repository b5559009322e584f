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
	if (!*slot || strlen(*slot) < len) {
		free(*slot);
		*slot = x_strndup(text, len);
		return;
	}
	memcpy(*slot, text, len);
	(*slot)[len] = '\0';
}

/* Texts with a NUL inside, or too long for their member, were not written by us. */
static bool read_text(struct stmt *s, const struct field *f, void *to)
{
	size_t len;
	const char *text = stmt_get_text(s, f->column, &len);
	bool fits = !memchr(text, '\0', len);
	char *heap;

	if (f->type == FIELD_CHARS) {
		fits = fits && len < f->size;
		memset(to, 0, f->size);
		memcpy(to, text, len < f->size ? len : f->size - 1u);
		return fits;
	}
	memcpy(&heap, to, sizeof heap);
	text_put(&heap, text, len);
	memcpy(to, &heap, sizeof heap);
	return fits;
}

static bool read_key_id(struct stmt *s, const struct field *f, char *to)
{
	uint8_t id[ULID_BYTES];
	bool fits = stmt_copy_blob(s, f->column, id, sizeof id);

	memcpy(to, "key_", 4);
	ulid_text(to + 4, id);
	return fits;
}

static bool read_int(struct stmt *s, const struct field *f, void *to)
{
	int64_t wide = stmt_get_int(s, f->column);
	int narrow = (int)wide;

	if (f->type == FIELD_INT)
		memcpy(to, &wide, sizeof wide);
	else
		memcpy(to, &narrow, sizeof narrow);
	return f->type == FIELD_INT || narrow == wide;
}

bool row_read(struct stmt *s, const struct field *fields, void *object)
{
	bool fits = true;

	for (const struct field *f = fields; f->column; f++) {
		void *to = (char *)object + f->offset;
		int64_t at;

		switch (f->type) {
		case FIELD_INT:
		case FIELD_ENUM:
			fits &= read_int(s, f, to);
			break;
		case FIELD_TIME:
			at = stmt_get_time(s, f->column);
			memcpy(to, &at, sizeof at);
			break;
		case FIELD_TEXT:
		case FIELD_CHARS:
			fits &= read_text(s, f, to);
			break;
		case FIELD_BYTES:
			fits &= stmt_copy_blob(s, f->column, to, f->size);
			break;
		case FIELD_KEY_ID:
			fits &= read_key_id(s, f, to);
			break;
		}
	}
	return fits;
}

static void encode_int(struct buf *out, int64_t value)
{
	char bytes[9] = { 'i' };

	for (int i = 0; i < 8; i++)
		bytes[1 + i] = (char)((uint64_t)value >> (56 - 8 * i));
	buf_add(out, bytes, sizeof bytes);
}

static void encode_bytes(struct buf *out, char type, const void *data, size_t len)
{
	char head[5] = { type, (char)(len >> 24), (char)(len >> 16), (char)(len >> 8), (char)len };

	buf_add(out, head, sizeof head);
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
