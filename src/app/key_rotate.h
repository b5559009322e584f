/* What the forms of key.rotate share. */
#ifndef APP_KEY_ROTATE_H
#define APP_KEY_ROTATE_H

#include "src/app/key_change.h"

/* --finish: older versions end now. --cancel: back to the older one, while the new is unused. */
enum errc rotate_finish(const struct op_call *c, struct err *e);
enum errc rotate_cancel(const struct op_call *c, struct err *e);

/* Activated, and not past its end. */
bool version_lives(const struct key_version *v, int64_t now);
/* Sets key.retiring_until from the versions: the latest end of an older one that lives. */
void rotate_retiring(struct key_change *ch, int64_t now);
/* --expect-version, told who won where it does not hold. */
enum errc rotate_check_version(const struct op_call *c, struct store *s,
			       const struct key_change *ch, struct err *e);
/* ERR_CONFLICT with `hint` when the current version was ever used. */
enum errc rotate_check_unused(struct store *s, const struct key *k, const char *hint,
			      struct err *e);

#endif
