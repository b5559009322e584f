/* What the parts of the Providers screen share, and the way from there to the Doctor. */
#ifndef UI_PROVIDERS_H
#define UI_PROVIDERS_H

#include "ui/console.h"
#include "ui/screen.h"

void providers_add(struct view *v);
void providers_modify(struct view *v);

/* Goes to the Doctor screen and examines that provider there. */
void doctor_open(struct console *c, const char *provider);

#endif
