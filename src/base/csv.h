/* CSV as RFC 4180 has it: quoted fields, line ends inside them, CRLF or LF, a BOM skipped. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/buf.h"
#include "src/base/err.h"

struct csv {
	const char *data; /* whole text, borrowed */
	size_t len, at;
	size_t line;	  /* of the record last read, from 1 */
	size_t next_line; /* of the record to be read */
	struct buf text;  /* unquoted fields, NUL-separated */
	size_t *offsets;  /* field starts in text */
	size_t *columns;  /* field starts in the source line, from 1, in characters */
	size_t count, size;
};

void csv_init(struct csv *c, const char *data, size_t len);
void csv_release(struct csv *c); /* wipes what it unquoted */
/* Next record; *more false at the end. Blank lines are skipped. ERR_USAGE names line and column. */
enum errc csv_next(struct csv *c, bool *more, struct err *e);
const char *csv_field(const struct csv *c, size_t index, size_t *len);
/* Appends one field, quoted where needed; what a spreadsheet would run (= + - @ tab CR first) gets a
 * leading apostrophe inside quotes. */
void csv_add_field(struct buf *out, const char *text, bool first);

#endif
