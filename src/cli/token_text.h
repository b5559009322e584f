/* Records of tokens for people: the verdict first, then what was checked, header, claims, findings. */
#ifndef CLI_TOKEN_TEXT_H
#define CLI_TOKEN_TEXT_H

#include "src/app/op.h"
#include "src/cli/look.h"
#include "src/cli/out.h"

/* Has the operation a layout of its own here? */
bool token_prints(const struct op *op);
/* Prints one record of it. */
enum errc token_print(struct out *o, const struct look *l, const struct op *op,
		      const struct json *row, struct err *e);

#endif
