/* The service: `authrack serve` from its options to its end. */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include "src/app/op.h"

/* Answers until SIGTERM or SIGINT. */
enum errc serve_run(const struct op_call *c, struct err *e);

#endif
