/* The rows of an import: checked, hashed and kept compactly, all before the store is locked. Nothing
 * here ever repeats a value of the file in a message: a column out of place would be a secret told. */
#ifndef APP_IMPORT_ROWS_H
#define APP_IMPORT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/key.h"
#include "data/store.h"
#include "src/base/buf.h"

enum import_field {
	IMPORT_NAME,
	IMPORT_OWNER,
	IMPORT_TIER,
	IMPORT_NOTE,
	IMPORT_PREFIX,
	IMPORT_SCOPES,
	IMPORT_LIMITS,
	IMPORT_ALLOW_FROM,
	IMPORT_META,
	IMPORT_TEXTS, /* those kept as texts */
	IMPORT_NOT_BEFORE = IMPORT_TEXTS,
	IMPORT_EXPIRES_AT,
	IMPORT_SECRET,
	IMPORT_FIELDS,
	IMPORT_IGNORED = IMPORT_FIELDS, /* a column of the export that an import does not take */
	IMPORT_UNKNOWN,
};
/* The field of a column or member name, without regard to case; `user` is the owner. */
enum import_field import_field(const char *name, size_t len);
const char *import_field_name(enum import_field field);

struct import_field_rule {
	const char *name;
	const char *wrong; /* what it should be; the value itself is never told */
	/* Makes the stored form of a value (heap text); NULL for times and the secret. */
	enum errc (*form)(char **out, const char *text, struct err *e);
	bool guarded; /* an export may have put an apostrophe before it */
};
extern const struct import_field_rule import_fields[IMPORT_FIELDS];

struct import_value {
	const char *text; /* NUL-terminated; NULL: not given */
	size_t len;
	size_t column; /* in characters, from 1 */
};
struct import_record {
	size_t line;
	struct import_value fields[IMPORT_FIELDS];
};

struct import_row {
	uint32_t texts[IMPORT_TEXTS]; /* places in import_rows.texts */
	uint32_t line, column;	      /* of the secret */
	int64_t not_before, expires_at;
	uint8_t kind; /* enum version_kind */
	char hint[HINT_SIZE];
	char secret_id[SECRET_ID_SIZE]; /* own format */
	uint8_t mac[MAC_SIZE];
	uint8_t digest[SHA256_SIZE];
};

enum { IMPORT_ERRORS = 100, IMPORT_ERROR_SIZE = 160, IMPORT_MEMOS = 64 };
struct import_error {
	size_t line, column;
	char text[IMPORT_ERROR_SIZE];
};
struct import_memo { /* what a value became when it was last seen in its column */
	uint32_t raw, raw_len, canonical;
	bool set;
};

struct import_rows {
	struct store *store;
	int64_t ring, now;
	bool allow_weak;
	struct import_row *rows;
	size_t count, size;
	struct buf texts; /* NUL-terminated texts; the first is "" */
	struct import_memo memos[IMPORT_TEXTS][IMPORT_MEMOS];
	uint32_t *places; /* hash table over digests: row number + 1 */
	size_t place_count;
	struct import_error errors[IMPORT_ERRORS];
	uint64_t error_count; /* all of them, kept or not */
	uint64_t own, foreign, digests, weak;
};

void import_rows_init(struct import_rows *r, struct store *s, int64_t now, bool allow_weak);
void import_rows_release(struct import_rows *r); /* wipes digests */
/* Checks one record and keeps it; what is wrong with it goes to the errors. Fails only when the store
 * does, or there are too many rows. */
enum errc import_rows_add(struct import_rows *r, const struct import_record *record, struct err *e);
void import_rows_error(struct import_rows *r, size_t line, size_t column, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
const char *import_row_text(const struct import_rows *r, const struct import_row *row,
			    enum import_field field);

/* Bits that the length of a secret implies, by the characters it uses. */
unsigned import_secret_bits(const char *secret, size_t len);

#endif
