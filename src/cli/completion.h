/* Shell completion, generated from the tables. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "src/app/op.h"
#include "src/base/buf.h"

extern const struct op op_completion; /* `authrack completion bash|zsh|fish` */

void completion_bash(struct buf *out);
void completion_zsh(struct buf *out);
void completion_fish(struct buf *out);

#endif
