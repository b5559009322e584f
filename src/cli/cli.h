/* The command line: from argv to an operation, and back to text on standard output. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "src/app/app.h"
#include "src/cli/settings.h"

/* Opens the console; returns an exit code. main.c brings it: this layer knows no screen. */
typedef int cli_console(const struct app_options *o, const struct settings *s);

/* The whole program. Returns the exit code. */
int cli_main(int argc, char **argv, cli_console *console);

#endif
