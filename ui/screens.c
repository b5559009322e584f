/* The registry of screens: one line adds one. */
#include "ui/screens.h"

const struct screen *const screens[] = {
	&screen_keys, &screen_token, &screen_audit, &screen_guide, NULL,
};
