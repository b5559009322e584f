/* The Usage screen's figures into a new file. */
#ifndef UI_USAGE_EXPORT_H
#define UI_USAGE_EXPORT_H

#include "ui/screen.h"
#include "ui/usage_view.h"

struct usage *usage_of(struct view *v); /* the Usage screen's */

/* Asks for format and path: columns of time, keys as the list shows them, and codes. */
void usage_export_open(struct view *v);

#endif
