/* A provider as an operation works with it: the row that is kept, or the options that were given; what
 * the protocol code wants of it; its metadata, kept or fetched. */
#ifndef APP_PROVIDER_USE_H
#define APP_PROVIDER_USE_H

#include "data/provider.h"
#include "src/app/op.h"
#include "src/base/json.h"
#include "src/oauth/provider.h"

struct provider_use {
	struct provider row; /* row.row 0: it is not saved */
	struct oauth_provider oauth;
	struct json *metadata; /* of its issuer; NULL: none is known */
	int64_t metadata_at, metadata_until;
	struct store *store; /* where it is kept; NULL: it is not saved */
};

void provider_use_init(struct provider_use *u);
void provider_use_release(struct provider_use *u); /* wipes */

/* The one of this id or name, with its secrets. ERR_NOT_FOUND; ERR_STORE where it was altered. */
enum errc provider_use_saved(struct provider_use *u, const struct op_call *c, struct store *s,
			     const char *id_or_name, struct err *e);
/* The one that the call's options describe. */
enum errc provider_use_given(struct provider_use *u, const struct op_call *c, struct err *e);
/* Has the endpoints of this set (bits 1 << OAUTH_…) known: from options, from metadata that is kept and
 * fresh, else fetched now, where it gets kept; else as the vendor has them. What is not in the set may
 * become known, too. ERR_REMOTE, ERR_CONFLICT: one stays unknown; ERR_CANCELLED. */
enum errc provider_use_complete(struct provider_use *u, const struct op_call *c, unsigned wanted,
				struct err *e);
/* Fetches the metadata anew. ERR_CONFLICT where there is none to fetch. */
enum errc provider_use_discover(struct provider_use *u, const struct op_call *c, struct err *e);

/* --- parts ------------------------------------------------------------------------------------- */
/* Everything of a row but secrets and what is learnt: explicit endpoints only. */
void provider_to_oauth(struct oauth_provider *o, const struct provider *p);
const struct oauth_preset *provider_preset(const struct provider *p); /* never NULL */
/* Can metadata be had of it? */
bool provider_discoverable(const struct oauth_provider *o);
/* The endpoints given by hand, as a JSON object. Caller frees. */
struct json *provider_explicit(const struct provider *p);
/* What is refused of a row that somebody altered: ERR_STORE. */
enum errc provider_intact(const struct provider *p, struct err *e);

#endif
