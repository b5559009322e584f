/* What a found or pasted string is: a secret of a key here, whatever its state, or another vendor's
 * credential by its shape. Shared by key.identify and key.scan. */
#ifndef APP_IDENTIFY_H
#define APP_IDENTIFY_H

#include "src/token/foreign.h"
#include "src/base/secret_format.h"
#include "src/app/verify.h"

struct identity {
	bool known; /* key and version are in `found` */
	enum secret_shape shape;
	struct secret_parts parts;     /* of our format, checksum good or wrong */
	const struct foreign *foreign; /* NULL: none by its shape */
	enum foreign_check check;      /* of the foreign one */
	struct verify_result found;
};

void identity_init(struct identity *id);
void identity_release(struct identity *id);
/* Fills `id` (initialised before; used again). ERR_OK also where nothing is known of the string. */
enum errc identify_text(struct store *s, const char *text, size_t len, struct identity *id,
			struct err *e);
/* By public secret id. */
enum errc identify_secret_id(struct store *s, const char *secret_id, struct identity *id,
			     struct err *e);

/* Does it work at `now`, or can it come to work without anybody making a new one: a version that has
 * not ended, of a key that is active, disabled or not yet valid? Only for a known one. */
bool identity_live(const struct identity *id, int64_t now);
/* "active" … as the key's, but "retired" for an ended version of a key that goes on. */
const char *identity_status(const struct identity *id, int64_t now);
const char *identity_kind(const struct identity *id); /* "authrack" "imported" "github" …; NULL */
const char *identity_what(const struct identity *id); /* in words; NULL */
const char *identity_revoke(const struct identity *id); /* where to revoke it; NULL */

#endif
