/* Rows described once: which column holds which member, how it is bound, read and covered by the MAC. */
#ifndef DATA_ROW_H
#define DATA_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/db.h"
#include "src/base/buf.h"

enum { ROW_MAC_SIZE = 16 }; /* on disk; in memory MACs are MAC_SIZE, zeros behind */

enum field_type {
	FIELD_INT,    /* int64_t */
	FIELD_ENUM,   /* an enum, stored as its number */
	FIELD_TIME,   /* int64_t; TIME_NONE is NULL */
	FIELD_TEXT,   /* char *, heap, never NULL */
	FIELD_CHARS,  /* char array of `size`, NUL-terminated */
	FIELD_BYTES,  /* uint8_t array of exactly `size` */
	FIELD_FLAG,   /* bool, stored as 0 or 1 */
	FIELD_ID,     /* `prefix` + ULID in a char array; 16 bytes in the column */
	FIELD_SEALED, /* struct sealed; NULL where nothing is kept */
};

struct field {
	const char *column;
	enum field_type type;
	uint16_t offset, size;
	bool outside_mac;
	const char *prefix; /* of a FIELD_ID: "key_" */
};

#define FIELD(kind, type_of, member, name)                                                    \
	{                                                                                     \
		.column = (name), .type = (kind), .offset = offsetof(struct type_of, member), \
		.size = sizeof((struct type_of *)0)->member                                   \
	}

#define FIELD_OF_ID(type_of, member, name, before)                                              \
	{                                                                                       \
		.column = (name), .type = FIELD_ID, .offset = offsetof(struct type_of, member), \
		.size = sizeof((struct type_of *)0)->member, .prefix = (before)                 \
	}

/* All texts "", times TIME_NONE, else zeros: of the members in the table. */
void row_blank(const struct field *fields, void *object);
/* Frees what the members of the table have on the heap. */
void row_release(const struct field *fields, void *object);
/* The tables end with a NULL column. Parameters are $1 … in the order of the table; returns the next
 * free number. `keep` holds the blobs that are made from text until the statement is done. */
struct row_keep {
	uint8_t ids[2][16];
};
int row_bind(struct stmt *s, const struct field *fields, const void *object, struct row_keep *keep);
/* False when a value does not fit its member (then it was altered by hand). */
bool row_read(struct stmt *s, const struct field *fields, void *object);
/* Appends the canonical encoding of the fields under the MAC: type, length, value each. */
void row_encode(struct buf *out, const struct field *fields, const void *object);
/* Replaces a heap text, reusing its memory where it is large enough. */
void text_put(char **slot, const char *text, size_t len);

#endif
