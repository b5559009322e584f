/* What the files of the Usage screen share. */
#ifndef UI_USAGE_H
#define UI_USAGE_H

#include "ui/screen.h"
#include "ui/usage_view.h"

struct usage *usage_of(struct view *v); /* what it shows */

/* Asks for format and path: columns of time, keys as the list shows them, and codes. */
void usage_export_open(struct view *v);

#endif
