/* Calls of one key. */
#include "tests/lib/limit_calls.h"

struct limit_verdict limit_call(struct limiter *l, const char *limits, int64_t now)
{
	struct limit_verdict v;

	limiter_take(l, KEY, limits, now, &v);
	return v;
}

int limit_calls(struct limiter *l, const char *limits, int64_t now, int calls)
{
	int passed = 0;

	while (calls--)
		passed += limit_call(l, limits, now).allowed;
	return passed;
}
