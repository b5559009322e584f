/* The registry of screens: one line adds one. */
#include "ui/screens.h"

const struct screen *const screens[] = {
	&screen_keys,	&screen_token, &screen_providers, &screen_device, &screen_grants,
	&screen_doctor, &screen_audit, &screen_usage,	  &screen_guide,  NULL,
};
