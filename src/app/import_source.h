/* The file of an import, read in blocks of whole records that are wiped as soon as the next one is
 * asked for: it may hold plaintext secrets. */
#ifndef APP_IMPORT_SOURCE_H
#define APP_IMPORT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"

enum import_format { IMPORT_CSV, IMPORT_JSONL };
enum { IMPORT_BLOCK = 256 * 1024 }; /* bytes of a block, and of the longest record */

struct import_source {
	int fd;
	bool opened; /* the descriptor is ours to close */
	bool end;    /* nothing more to read */
	bool format_known;
	enum import_format format;
	char *buf;    /* IMPORT_BLOCK bytes */
	size_t len;   /* bytes in it */
	size_t given; /* of them the block that was handed out last */
	size_t line;  /* of its first byte, from 1 */
	size_t next_line;
	uint64_t done, total; /* bytes; total 0: unknown */
};

/* "-" is standard input. ERR_NOT_FOUND, ERR_PERMISSION, ERR_USAGE (a folder). */
enum errc import_source_open(struct import_source *src, const char *path, struct err *e);
void import_source_close(struct import_source *src); /* wipes; idempotent */
/* The format by the first character: '{' is JSON Lines. */
enum errc import_source_format(struct import_source *src, enum import_format *format,
			       struct err *e);
void import_source_set_format(struct import_source *src, enum import_format format);
/* The next block of whole records, lent until the next call; *len 0 at the end. ERR_USAGE names the
 * line of a record that is longer than a block. */
enum errc import_source_next(struct import_source *src, const char **data, size_t *len,
			     struct err *e);

#endif
