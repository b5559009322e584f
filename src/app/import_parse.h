/* The two formats of an import, each read block by block into checked rows. */
#ifndef APP_IMPORT_PARSE_H
#define APP_IMPORT_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "src/app/import_rows.h"
#include "src/app/import_source.h"
#include "src/base/err.h"

/* A reader of one format; it lives as long as the import. */
struct import_reader;
struct import_reader *import_reader_new(enum import_format format);
void import_reader_free(struct import_reader *reader); /* wipes; NULL is well */
/* Reads one block of whole records that begins in `line`. What is wrong goes to the rows' errors;
 * *stop where nothing behind it can be read. Fails only when the store does. */
enum errc import_read_block(struct import_reader *reader, struct import_rows *rows,
			    const char *data, size_t len, size_t line, bool *stop, struct err *e);

#endif
