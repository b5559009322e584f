/* JSON Lines of an import: one object a line (RFC 8259), members as the CSV's columns. */
#ifndef APP_IMPORT_JSONL_H
#define APP_IMPORT_JSONL_H

#include <stddef.h>

#include "src/app/import_rows.h"

/* Reads whole lines; `line` is the number of the first. Fails only when the store does. */
enum errc import_read_jsonl(struct import_rows *rows, const char *data, size_t len, size_t line,
			    struct err *e);

#endif
