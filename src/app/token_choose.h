/* Which of the things in a paste an operation is about, and whether it stands there as it has to for
 * somebody to rely on it. */
#ifndef APP_TOKEN_CHOOSE_H
#define APP_TOKEN_CHOOSE_H

#include "src/app/token_input.h"

struct token_choice {
	struct paste_item whole;       /* for a paste that is no known token and yet meant as one */
	const struct paste_item *item; /* the token */
	char loose[192];	       /* why it does not stand there strictly; "" */
};

#define TOKEN_PICK_ARG                                                                        \
	{                                                                                     \
		.name = "pick", .type = ARG_INTEGER, .flags = ARG_COMMAND_LINE, .value = "N", \
		.help = "the N-th token, from 1, where there are several"                     \
	}

/* The token that is meant: the only one, or the one of --pick. Where nothing is recognised the whole
 * input, one trailing line end taken off, is the token, and malformed. ERR_USAGE: none, or which of
 * several. What `out` points to belongs to `in`. */
enum errc token_choose(struct token_choice *out, const struct token_input *in,
		       const struct op_call *c, struct err *e);

#endif
