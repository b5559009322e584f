/* Checking one argument's value, by its type. Declared for the front ends in op.h: arg_check(). */
#ifndef APP_ARG_CHECK_H
#define APP_ARG_CHECK_H

#include "src/app/op.h"

/* A decimal number that is not negative; false when it is none. */
bool arg_integer(const char *text, int64_t *value);

#endif
