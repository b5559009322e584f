/* What a person set for all commands: global options, environment and configuration file, in this
 * order of precedence. */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "src/app/op.h"

enum times { SHOW_RELATIVE, SHOW_EXACT, SHOW_UTC };

struct settings {
	bool json, quiet, no_color, yes, read_only, accept_clock, no_syslog;
	char *store, *master_key; /* NULL: not set */
	char *theme;		  /* NULL: "auto" */
	int times;		  /* enum times */
	int mouse_off;
	int64_t wait_ms; /* 0: not set */
};

/* The global options, as the arguments of an operation that is never run. */
extern const struct op global_options;

/* Reads the configuration file and lays the given global options over it. ERR_USAGE names file and
 * line. `s` may be released whatever came. */
enum errc settings_load(struct settings *s, const struct op_args *globals, struct err *e);
void settings_release(struct settings *s);

#endif
