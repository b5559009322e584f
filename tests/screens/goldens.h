/* Screens that have to be as they are drawn in tests/screens/golden/, each a test of its own over a store of its own. */
#ifndef TESTS_GOLDENS_H
#define TESTS_GOLDENS_H

#include "tests/screens/console_run.h"

struct golden {
	const char *name;  /* of the file, with the size */
	const char *world; /* what is there already, for who opens it; NULL: nothing */
	int width, height;
	bool ascii;
	const char *keys; /* what is typed */
};

/* Starts a console of that size over what the golden's world says. */
typedef void golden_open(struct console_run *c, struct op_run *r, const struct golden *g);

/* For tests of screens: a store in a world that stands still. */
int golden_setup(void **state);

/* Runs `tests` (NULL none) and then every golden; the last has no name. What main() returns. */
int golden_group(const char *name, const struct CMUnitTest *tests, size_t count,
		 const struct golden *goldens, golden_open *open);

#endif
