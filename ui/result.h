/* What an operation answered, as a page: a table of its columns, or the members of one record. */
#ifndef UI_RESULT_H
#define UI_RESULT_H

#include "ui/console.h"

/* Opens the page. `answer` is drawn first, in its style ("VALID"); may be NULL. */
void result_open(struct console *c, const char *title, enum style style, const char *answer,
		 const struct work_result *r);

#endif
