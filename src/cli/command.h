/* The commands by their words: the operation table, and the few that only a command line has. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "src/app/op.h"

enum { NOUN_SIZE = 32 };

/* The n-th command in the order of the help; NULL behind the last. */
const struct op *command_at(size_t n);

/* "key" of "key.rotate"; the whole id where there is no verb ("guide"). Returns `out`. */
const char *command_noun(const struct op *op, char out[NOUN_SIZE]);
/* "rotate" of "key.rotate"; NULL where there is no verb. */
const char *command_verb(const struct op *op);
/* "key rotate". Returns `out`. */
const char *command_words(const struct op *op, char out[2 * NOUN_SIZE]);

/* Verb NULL finds only commands without one. NULL when there is none. */
const struct op *command_find(const char *noun, const char *verb);
bool command_noun_exists(const char *noun);
const char *command_noun_summary(const char *noun); /* "" where none is written */

/* Options that stand before a value: all but flags and secrets. */
bool arg_takes_value(const struct arg *arg);

/* Errors (ERR_USAGE) that say what was probably meant. */
enum errc command_unknown_noun(const char *noun, struct err *e);
enum errc command_unknown_verb(const char *noun, const char *verb, struct err *e);
enum errc command_unknown_option(const struct op *op, const char *option, struct err *e);

#endif
