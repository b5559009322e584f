/* One record as lines "name:  value"; lists of objects follow as tables. */
#ifndef CLI_DETAIL_H
#define CLI_DETAIL_H

#include "src/cli/cell.h"
#include "src/cli/out.h"

enum errc detail_print(struct out *o, const struct look *l, const struct op *op,
		       const struct json *row, struct err *e);
/* "name:  ", as wide as the names of the operation's columns. */
void detail_name(struct buf *line, const struct look *l, const struct op *op, const char *name);

#endif
