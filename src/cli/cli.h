/* The command line: from argv to an operation, and back to text on standard output. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "src/app/app.h"
#include "src/cli/settings.h"

/* The other front ends. main.c brings them: this layer knows no screen and no service. */
struct front_ends {
	int (*console)(const struct app_options *o, const struct settings *s); /* exit code */
	enum errc (*serve)(const struct op_call *c, struct err *e);
};

/* The whole program. Returns the exit code. */
int cli_main(int argc, char **argv, const struct front_ends *others);

#endif
