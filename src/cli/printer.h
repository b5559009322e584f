/* The command line's side of a running operation: its results go to standard output, questions and
 * progress to the terminal, remarks to standard error. */
#ifndef CLI_PRINTER_H
#define CLI_PRINTER_H

#include "src/app/op.h"
#include "src/cli/cell.h"
#include "src/cli/out.h"
#include "src/cli/table.h"

struct printer {
	struct look look;
	struct out out;
	const struct op *op;
	bool yes;	    /* --yes: nothing is asked */
	struct table table; /* for OP_LIST */
	size_t records;
	int64_t progress_at; /* when progress was last drawn; 0: none is on the screen */
	struct op_sink sink;
};

void printer_init(struct printer *p, const struct settings *s, const struct op *op);
/* Prints what waits and flushes; `well`: the operation succeeded. */
enum errc printer_finish(struct printer *p, bool well, struct err *e);
void printer_release(struct printer *p);

#endif
