/* What the completion scripts of the shells have in common. */
#ifndef CLI_COMPLETION_PARTS_H
#define CLI_COMPLETION_PARTS_H

#include "src/app/op.h"
#include "src/base/buf.h"

/* What can stand for a value. */
enum values { VALUES_NONE, VALUES_WORDS, VALUES_FILES, VALUES_NAMES };

enum values arg_values(const struct arg *a);
/* VALUES_NAMES: whose, as `authrack completion WORD` lists them: "keys". NULL otherwise. */
const char *arg_names(const struct arg *a);
/* The choices of an argument, blanks between. */
void put_words(struct buf *out, const struct arg *a);
/* Text in single quotes for all three shells: quotes and backslashes in it are replaced. */
void put_quoted(struct buf *out, const char *text);

/* Calls `each` for the words that can be the first, in order, each once. */
void each_noun(struct buf *out,
	       void (*each)(struct buf *out, const char *noun, const char *summary));
/* Calls `each` for every command with its words ("key rotate"). */
void each_command(struct buf *out,
		  void (*each)(struct buf *out, const struct op *op, const char *words));

/* --- for bash and zsh ------------------------------------------------------------------------- */

/* Lines "'key create --prefix') ...": what to offer for the value of an option. */
void case_values(struct buf *out, const struct op *op, const char *words);
/* Lines "'key show') ...": what to offer for an argument. */
void case_arguments(struct buf *out, const struct op *op, const char *words);
/* The global options that take a value, as a variable `valued`. */
void case_valued_options(struct buf *out);

#endif
