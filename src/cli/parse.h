/* argv against the tables: which command, with which arguments. */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include <stdbool.h>

#include "src/app/op.h"

struct command_line {
	const struct op *op;	  /* NULL: no command, or only a noun, was named */
	const char *noun;	  /* the first word; NULL: none */
	struct op_args *args;	  /* of `op`; NULL without one */
	struct op_args *globals;  /* of global_options */
	const struct arg *secret; /* the secret that standard input has; NULL: none */
	const struct arg *hidden; /* one that is asked for beside it, on the terminal; NULL */
};

/* Options stand anywhere behind the program's name: --name VALUE, --name=VALUE, -n VALUE,
 * -nVALUE, flags together (-jq), "--" ends them. ERR_USAGE. `c` may be released whatever came.
 * Words that could be a secret are never repeated in an error. */
enum errc command_line_parse(struct command_line *c, int argc, char **argv, struct err *e);
void command_line_release(struct command_line *c);

/* Was --json given? For errors from before the line is understood. */
bool command_line_wants_json(int argc, char **argv);

#endif
