/* The box that shows a new secret this once. */
#ifndef UI_SECRET_BOX_H
#define UI_SECRET_BOX_H

#include "src/base/json.h"
#include "src/base/secret.h"
#include "ui/console.h"

/* Opens the box for the record of the key (kept) with its secret (moved). */
void secret_box_open(struct console *c, const struct json *row, struct secret *secret);

#endif
