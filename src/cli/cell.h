/* One value of a record as people read it: terminal-safe text, its width and what it means. */
#ifndef CLI_CELL_H
#define CLI_CELL_H

#include <stdbool.h>

#include "src/app/op.h"
#include "src/cli/look.h"

struct cell {
	char *text; /* heap, terminal-safe, no line end */
	int width;  /* display columns */
	enum tone tone;
};

/* The column's value of a record. `full`: a line of its own, so times are written out. */
struct cell cell_make(const struct look *l, const struct op_column *c, const struct json *row,
		      bool full);
void cell_release(struct cell *c);
/* Is there anything worth a line in the detail of a record? */
bool cell_says_something(const struct op_column *c, const struct json *row);

#endif
