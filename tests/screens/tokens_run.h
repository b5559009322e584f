/* Tokens in a console in memory: pasted from tests/screens/tokens/, whose times are around TEST_NOW. The
 * RSA key is the one of tests/lib/jose_samples.h. */
#ifndef TESTS_TOKENS_RUN_H
#define TESTS_TOKENS_RUN_H

#include "tests/screens/console_run.h"

#define TOKENS "tests/screens/tokens/"

/* Opens the console on its Token screen, and pastes TOKENS NAME.txt there; NULL: nothing. */
void tokens_run_start(struct console_run *c, struct op_run *r, const char *name, int width,
		      int height, bool utf8);
void tokens_run_paste(struct console_run *c, const char *text);

#endif
