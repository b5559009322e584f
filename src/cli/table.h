/* Records in columns. Widths come from the first rows; the rest flows, so that a million rows
 * take no more memory than some hundred. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stddef.h>

#include "src/cli/cell.h"
#include "src/cli/out.h"

enum { TABLE_COLUMNS = 16 };

struct table {
	const struct look *look;
	struct out *out;
	const struct op_column *columns[TABLE_COLUMNS];
	int widths[TABLE_COLUMNS];
	bool seen[TABLE_COLUMNS]; /* a record had this member */
	size_t count;		  /* columns */
	int indent;
	struct cell *cells; /* rows that wait for the widths */
	size_t rows;
	bool flowing; /* widths are fixed, the header is printed */
};

/* Of the columns those that have a title. */
void table_init(struct table *t, const struct look *l, struct out *o,
		const struct op_column *columns);
enum errc table_row(struct table *t, const struct json *row, struct err *e);
enum errc table_end(struct table *t, struct err *e); /* prints what waits */
void table_release(struct table *t);

#endif
