/* What the harnesses share: demands, and the input in parts. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void must_hold(bool holds, const char *condition, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: broken demand: %s\n", file, line, condition);
	abort();
}

struct fuzz_input fuzz_take(struct fuzz_input *in, char end)
{
	const char *at = in->len ? memchr(in->text, end, in->len) : NULL;
	struct fuzz_input part = { in->text, at ? (size_t)(at - in->text) : in->len };
	size_t gone = part.len + (at != NULL);

	in->text += gone;
	in->len -= gone;
	return part;
}
