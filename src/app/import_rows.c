/* Checks the records of an import and keeps them in one block of texts and one array of rows. Values
 * that repeat within a column are checked once and kept once. */
#include "src/app/import_rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "src/app/rules.h"
#include "src/base/secret_format.h"
#include "src/base/alloc.h"
#include "src/base/datetime.h"
#include "src/base/encode.h"
#include "src/base/secret.h"

enum { BITS_WANTED = 128, FIRST_ROWS = 1024 };
static const char digest_lead[] = "sha256:";

/* --- the whole -------------------------------------------------------------------------------- */

void import_rows_init(struct import_rows *r, struct store *s, int64_t now, bool allow_weak)
{
	*r = (struct import_rows){ .store = s, .now = now, .allow_weak = allow_weak };
	r->ring = store_ring(s);
	buf_init(&r->texts, UINT32_MAX);
	buf_add(&r->texts, "", 1);
}

void import_rows_release(struct import_rows *r)
{
	if (r->rows)
		secret_wipe(r->rows, r->count * sizeof(*r->rows));
	free(r->rows);
	free(r->places);
	/* A column out of place may have been a secret. */
	if (r->texts.data)
		secret_wipe(r->texts.data, r->texts.size);
	buf_release(&r->texts);
	*r = (struct import_rows){ .store = NULL };
}

void import_rows_error(struct import_rows *r, size_t line, size_t column, const char *format, ...)
{
	struct import_error *slot;
	va_list ap;

	if (r->error_count++ >= IMPORT_ERRORS)
		return;
	slot = &r->errors[r->error_count - 1];
	slot->line = line;
	slot->column = column;
	va_start(ap, format);
	vsnprintf(slot->text, sizeof(slot->text), format, ap);
	va_end(ap);
}

const char *import_row_text(const struct import_rows *r, const struct import_row *row,
			    enum import_field field)
{
	return r->texts.data + row->texts[field];
}

static void value_error(struct import_rows *r, const struct import_record *record,
			enum import_field field, const char *what)
{
	import_rows_error(r, record->line, record->fields[field].column, "%s: %s",
			  import_fields[field].name, what);
}

static bool is_empty(const struct import_value *v)
{
	return !v->text || !v->len;
}

/* --- texts ------------------------------------------------------------------------------------ */

static uint32_t text_keep(struct import_rows *r, const char *text, size_t len)
{
	size_t place = r->texts.len;

	if (!buf_add(&r->texts, text, len) || !buf_add(&r->texts, "", 1))
		return 0;
	return (uint32_t)place;
}

static size_t bytes_hash(const char *data, size_t len)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)data[i]) * 16777619u;
	return h;
}

/* Text behind the apostrophe that keeps a spreadsheet from running a cell. */
static struct import_value unguarded(const struct import_value *v)
{
	struct import_value bare = *v;

	if (v->len > 1 && v->text[0] == '\'' && strchr("=+-@\t\r", v->text[1])) {
		bare.text++;
		bare.len--;
	}
	return bare;
}

/* The place of a value's stored form; repeated ones are found again. False: it is not well formed. */
static bool text_place(struct import_rows *r, enum import_field field, const struct import_value *v,
		       uint32_t *place)
{
	struct import_memo *memo = &r->memos[field][bytes_hash(v->text, v->len) % IMPORT_MEMOS];
	char *stored = NULL;

	if (memo->set && memo->raw_len == v->len &&
	    !memcmp(r->texts.data + memo->raw, v->text, v->len)) {
		*place = memo->canonical;
		return true;
	}
	if (import_fields[field].form(&stored, v->text, NULL))
		return false;
	*place = text_keep(r, stored, strlen(stored));
	memo->canonical = *place;
	memo->raw = strcmp(stored, v->text) != 0 ? text_keep(r, v->text, v->len) : *place;
	memo->raw_len = (uint32_t)v->len;
	memo->set = true;
	free(stored);
	return true;
}

/* Names seldom repeat, so they go in without a look back and without a copy of their own. */
static bool name_place(struct import_rows *r, const struct import_value *v, uint32_t *place)
{
	if (rule_name(v->text, NULL))
		return false;
	*place = text_keep(r, v->text, v->len);
	return true;
}

static void row_texts(struct import_rows *r, const struct import_record *record,
		      struct import_row *row)
{
	for (int i = 0; i < IMPORT_TEXTS; i++) {
		struct import_value v = record->fields[i];
		bool good;

		if (is_empty(&v))
			continue;
		if (import_fields[i].guarded)
			v = unguarded(&v);
		good = i == IMPORT_NAME ? name_place(r, &v, &row->texts[i])
					: text_place(r, (enum import_field)i, &v, &row->texts[i]);
		if (!good)
			value_error(r, record, (enum import_field)i, import_fields[i].wrong);
	}
	if (is_empty(&record->fields[IMPORT_NAME]))
		value_error(r, record, IMPORT_NAME, "missing");
}

static int64_t row_time(struct import_rows *r, const struct import_record *record,
			enum import_field field)
{
	const struct import_value *v = &record->fields[field];
	int64_t at = TIME_NONE;

	if (!is_empty(v) && instant_parse(&at, v->text, r->now, field == IMPORT_EXPIRES_AT, NULL))
		value_error(r, record, field, import_fields[field].wrong);
	return at;
}

static void row_times(struct import_rows *r, const struct import_record *record,
		      struct import_row *row)
{
	row->not_before = row_time(r, record, IMPORT_NOT_BEFORE);
	row->expires_at = row_time(r, record, IMPORT_EXPIRES_AT);
	if (row->not_before != TIME_NONE && row->expires_at != TIME_NONE &&
	    row->expires_at <= row->not_before)
		value_error(r, record, IMPORT_EXPIRES_AT, "not after not_before: never valid");
}

/* --- secrets ---------------------------------------------------------------------------------- */

static bool weak_taken(struct import_rows *r, const struct import_record *record, const char *what)
{
	r->weak++;
	if (!r->allow_weak)
		value_error(r, record, IMPORT_SECRET, what);
	return r->allow_weak;
}

static enum errc row_own(struct import_rows *r, const struct import_record *record,
			 struct import_row *row, const struct secret_parts *parts, struct err *e)
{
	const struct import_value *v = &record->fields[IMPORT_SECRET];
	struct import_value prefix = { parts->prefix, strlen(parts->prefix), v->column };
	uint32_t place = 0;

	row->kind = VERSION_OWN;
	memcpy(row->secret_id, parts->secret_id, sizeof(row->secret_id));
	memcpy(row->hint, parts->hint, sizeof(row->hint));
	text_place(r, IMPORT_PREFIX, &prefix, &place);
	if (row->texts[IMPORT_PREFIX] &&
	    strcmp(r->texts.data + row->texts[IMPORT_PREFIX], parts->prefix) != 0)
		value_error(r, record, IMPORT_PREFIX, "not the one that the secret begins with");
	row->texts[IMPORT_PREFIX] = place;
	r->own++;
	return store_secret_mac(r->store, row->mac, r->ring, row->secret_id, v->text, v->len, e);
}

static enum errc row_foreign(struct import_rows *r, struct import_row *row, struct err *e)
{
	row->kind = VERSION_FOREIGN;
	r->foreign++;
	return store_import_mac(r->store, row->mac, r->ring, row->digest, e);
}

static enum errc row_digest(struct import_rows *r, const struct import_record *record,
			    struct import_row *row, struct err *e)
{
	const struct import_value *v = &record->fields[IMPORT_SECRET];

	if (!hex_decode(row->digest, v->text + sizeof(digest_lead) - 1, SHA256_SIZE)) {
		value_error(r, record, IMPORT_SECRET, "sha256: wants 64 hexadecimal digits");
		return ERR_OK;
	}
	r->digests++;
	if (!weak_taken(r, record,
			"a digest, so nobody knows how strong the secret behind it is; "
			"--allow-weak takes it"))
		return ERR_OK;
	return row_foreign(r, row, e);
}

static enum errc row_plain(struct import_rows *r, const struct import_record *record,
			   struct import_row *row, struct err *e)
{
	const struct import_value *v = &record->fields[IMPORT_SECRET];
	struct secret_parts parts;
	unsigned bits;

	sha256(row->digest, &(struct span){ v->text, v->len }, 1);
	switch (secret_parse(v->text, v->len, &parts)) {
	case SECRET_OWN:
		return row_own(r, record, row, &parts, e);
	case SECRET_MISTYPED:
		value_error(r, record, IMPORT_SECRET,
			    "one of ours by its form, but its checksum is wrong");
		return ERR_OK;
	case SECRET_UNPRESENTABLE:
		value_error(r, record, IMPORT_SECRET, import_fields[IMPORT_SECRET].wrong);
		return ERR_OK;
	case SECRET_FOREIGN:
		break;
	}
	bits = import_secret_bits(v->text, v->len);
	if (v->text[0] == ' ' || v->text[v->len - 1] == ' ')
		value_error(r, record, IMPORT_SECRET, "begins or ends with a blank");
	if (bits < BITS_WANTED) {
		char what[IMPORT_ERROR_SIZE];

		snprintf(what, sizeof(what),
			 "%u bits at most by its length, %d wanted; --allow-weak "
			 "takes it",
			 bits, BITS_WANTED);
		if (!weak_taken(r, record, what))
			return ERR_OK;
	}
	secret_hint(row->hint, v->text, v->len);
	return row_foreign(r, row, e);
}

/* --- twice in one file ------------------------------------------------------------------------ */

static size_t digest_place(const struct import_rows *r, const uint8_t digest[SHA256_SIZE])
{
	uint64_t h;

	memcpy(&h, digest, sizeof(h));
	return (size_t)h & (r->place_count - 1);
}

static void places_put(struct import_rows *r, size_t row)
{
	size_t at = digest_place(r, r->rows[row].digest);

	while (r->places[at])
		at = (at + 1) & (r->place_count - 1);
	r->places[at] = (uint32_t)(row + 1);
}

static void places_grow(struct import_rows *r)
{
	free(r->places);
	r->place_count = 4 * r->size;
	r->places = x_calloc(r->place_count, sizeof(*r->places));
	for (size_t i = 0; i < r->count; i++)
		places_put(r, i);
}

/* The earlier row with the same secret; NULL. */
static const struct import_row *row_twin(const struct import_rows *r, const struct import_row *row)
{
	for (size_t at = digest_place(r, row->digest); r->places[at];
	     at = (at + 1) & (r->place_count - 1)) {
		const struct import_row *other = &r->rows[r->places[at] - 1];

		if (!memcmp(other->digest, row->digest, SHA256_SIZE))
			return other;
	}
	return NULL;
}

static void rows_grow(struct import_rows *r)
{
	size_t size = r->size ? 2 * r->size : FIRST_ROWS;
	struct import_row *rows = x_calloc(size, sizeof(*rows));

	if (r->rows) {
		memcpy(rows, r->rows, r->count * sizeof(*rows));
		secret_wipe(r->rows, r->count * sizeof(*rows));
		free(r->rows);
	}
	r->rows = rows;
	r->size = size;
	places_grow(r);
}

static enum errc row_secret(struct import_rows *r, const struct import_record *record,
			    struct import_row *row, struct err *e)
{
	const struct import_value *v = &record->fields[IMPORT_SECRET];

	row->line = (uint32_t)record->line;
	row->column = (uint32_t)v->column;
	if (is_empty(v)) {
		value_error(r, record, IMPORT_SECRET, "missing");
		return ERR_OK;
	}
	if (!strncmp(v->text, digest_lead, sizeof(digest_lead) - 1))
		return row_digest(r, record, row, e);
	return row_plain(r, record, row, e);
}

enum errc import_rows_add(struct import_rows *r, const struct import_record *record, struct err *e)
{
	uint64_t errors = r->error_count;
	const struct import_row *twin;
	struct import_row *row;
	enum errc rc;

	if (r->count == r->size)
		rows_grow(r);
	row = &r->rows[r->count];
	*row = (struct import_row){ .line = 0 };
	row_texts(r, record, row);
	row_times(r, record, row);
	rc = row_secret(r, record, row, e);
	if (rc)
		return rc;
	if (r->texts.full || record->line > UINT32_MAX) {
		err_set(e, ERR_USAGE, "the import is over 4 GiB");
		return err_hint(e, "import it in several files");
	}
	if (errors != r->error_count)
		return ERR_OK;
	twin = row_twin(r, row);
	if (twin) {
		import_rows_error(r, row->line, row->column, "secret: the same as in line %u",
				  twin->line);
		return ERR_OK;
	}
	places_put(r, r->count++);
	return ERR_OK;
}
