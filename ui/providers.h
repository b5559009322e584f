/* What the parts of the Providers screen share, and how other screens show a provider. */
#ifndef UI_PROVIDERS_H
#define UI_PROVIDERS_H

#include "ui/console.h"
#include "ui/screen.h"

void providers_add(struct view *v);
void providers_modify(struct view *v);

/* "✗2 !3 ✓27": the summary of a doctor's report, in the order of its columns. Returns the columns. */
int doctor_summary_draw(const struct area *a, int x, int y, const struct json *summary);

/* Goes to the Doctor screen and examines that provider there. */
void doctor_open(struct console *c, const char *provider);

#endif
