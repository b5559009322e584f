/* The registry of screens: one line adds one. */
#include "ui/screen.h"

const struct screen *const screens[] = {
	NULL,
};
