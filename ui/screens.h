/* The screens by name: the registry (ui/screens.c) lists them in the order of their digits. */
#ifndef UI_SCREENS_H
#define UI_SCREENS_H

#include "ui/screen.h"

extern const struct screen screen_keys, screen_token, screen_providers, screen_device,
	screen_grants, screen_doctor, screen_audit, screen_usage, screen_guide;

#endif
