/* Help on every level, made from the tables. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "src/app/op.h"
#include "src/base/buf.h"

enum { HELP_MAX = 1 << 18 };

extern const struct op op_help; /* `authrack help [TOPIC…]` */

void help_program(struct buf *out);
void help_noun(struct buf *out, const char *noun);
void help_command(struct buf *out, const struct op *op);
/* The words behind `help`: nothing, a topic, a noun, or noun and verb. ERR_USAGE. */
enum errc help_topic(struct buf *out, const char *first, const char *second, struct err *e);

/* --- parts, for the generated documents too --------------------------------------------------- */
/* "authrack key rotate [options] [KEY...]" */
void help_usage(struct buf *out, const struct op *op);
/* "-g, --grace DURATION" */
void help_option(struct buf *out, const struct arg *arg);
/* The value's placeholder: "DURATION"; "" for flags. A positional one is its name in capitals. */
const char *help_value(const struct arg *arg);
/* What it means, what it may be and what it is unless said: "older secrets end then (default
 * 24h)" */
void help_meaning(struct buf *out, const struct arg *arg);

/* Texts that are no part of a table; NULL behind the last. */
struct help_text {
	const char *name, *title, *text; /* text: paragraphs, empty lines between */
};
extern const struct help_text help_texts[];

#endif
