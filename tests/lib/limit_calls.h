/* Calls of one key, for tests of the limiter. */
#ifndef TESTS_LIMIT_CALLS_H
#define TESTS_LIMIT_CALLS_H

#include "tests/lib/support.h"

#include "src/app/limiter.h"

#define MS INT64_C(1000000)
#define SEC (1000 * MS)
#define START (1000 * SEC) /* on CLOCK_BOOTTIME */
enum { KEY = 7 };

struct limit_verdict limit_call(struct limiter *l, const char *limits, int64_t now);
/* How many of `calls` at one instant pass. */
int limit_calls(struct limiter *l, const char *limits, int64_t now, int calls);

#endif
