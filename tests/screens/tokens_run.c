/* Tokens in a console in memory; see tokens_run.h. */
#include "tests/screens/tokens_run.h"

#include <stdlib.h>

#include "src/base/alloc.h"

void tokens_run_paste(struct console_run *c, const char *text)
{
	char *keys = x_asprintf("<paste:%s>", text);

	console_run_keys(c, keys);
	free(keys);
}

void tokens_run_start(struct console_run *c, struct op_run *r, const char *name, int width,
		      int height, bool utf8)
{
	console_run_start(c, r, width, height, utf8);
	console_run_keys(c, "2");
	if (name) {
		char *path = x_asprintf(TOKENS "%s.txt", name), *text = file_get(path);

		tokens_run_paste(c, text);
		free(text);
		free(path);
	}
}
