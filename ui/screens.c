/* The registry of screens: one line adds one. */
#include "ui/screens.h"

const struct screen *const screens[] = {
	&screen_keys,
	NULL,
};
