/* Which keys an operation means. */
#include "src/app/key_pick.h"

const char *const key_status_choices[] = {
	"active", "disabled", "revoked", "expired", "not_yet_valid", NULL,
};
