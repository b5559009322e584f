/* What other screens do with a grant that was saved (screen_grants.c). */
#ifndef UI_GRANTS_H
#define UI_GRANTS_H

#include "ui/console.h"
#include "ui/screen.h"

/* Opens its tokens in the Token screen, as if they had been pasted; the audit knows. `name` is for people. */
void grant_inspect(struct console *c, const char *grant, const char *name);
/* Asks its provider who it is about. */
void grant_userinfo_of(struct view *v, const char *grant);

#endif
