/* What a token operation looks at: a paste of up to 1 MiB out of a file, standard input or the front
 * end's field, with everything that was found in it. Kept in secret memory. */
#ifndef APP_TOKEN_INPUT_H
#define APP_TOKEN_INPUT_H

#include "src/app/op.h"
#include "src/base/secret.h"
#include "src/token/paste.h"

struct token_input {
	struct secret text;
	struct paste paste;
};

/* The arguments of an operation on one paste: [FILE], else the paste itself. */
#define TOKEN_INPUT_ARGS                                                                 \
	{ .name = "file",                                                                \
	  .type = ARG_FILE,                                                              \
	  .flags = ARG_POSITIONAL | ARG_COMMAND_LINE,                                    \
	  .help = "file to read; none, or -, is standard input, or a paste where "       \
		  "that is a terminal" },                                                \
	{                                                                                \
		.name = "token", .type = ARG_SECRET, .flags = ARG_OTHERWISE | ARG_PASTE, \
		.help = "what was pasted: read where no FILE is given", .label = "Paste" \
	}

/* Reads and scans. ERR_USAGE when there is nothing. To be released in any case. */
enum errc token_input_read(struct token_input *in, const struct op_call *c, struct err *e);
/* The same of one file ("-" is standard input), whatever its mode. */
enum errc token_input_file(struct token_input *in, const char *path, struct err *e);
/* A file of at most `max` bytes whatever its mode; "-" is standard input. */
enum errc token_file_read(struct secret *s, const char *path, size_t max, struct err *e);
void token_input_release(struct token_input *in); /* wipes; idempotent */

/* Does a word of a command line hold a token or credential, where everyone can read it? */
bool token_like(const char *word);
/* ERR_USAGE: nothing in the paste is known. */
enum errc token_none_found(struct err *e);

#endif
