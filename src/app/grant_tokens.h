/* The tokens of a grant as the store keeps them, and saving a grant. */
#ifndef APP_GRANT_TOKENS_H
#define APP_GRANT_TOKENS_H

#include "data/grant.h"
#include "src/app/op.h"
#include "src/app/provider_use.h"
#include "src/oauth/answer.h"

/* One JSON text, made and kept in secret memory; an empty token is left out. */
void grant_tokens_pack(struct secret *out, const struct oauth_tokens *t);
/* The three of a text; `out` is released first. False: it is none. */
bool grant_tokens_unpack(struct oauth_tokens *out, const struct secret *text);

/* What the audit tells of a grant. Caller frees. */
struct json *grant_detail(const struct grant *g);
/* The audit event of a change, in its transaction; `operation` NULL: the call's. `before` NULL: it is new. */
enum errc grant_note(const struct op_call *c, struct store *s, const struct grant *g,
		     const char *operation, const uint8_t before[MAC_SIZE],
		     const struct json *detail, struct err *e);

/* Saves what a flow has brought: grant, its event, and the flow's end (flow_id, may be "") in one
 * transaction. `shown`: the tokens are put out, too, which the event tells. Fills `g`. */
enum errc grant_save(const struct op_call *c, struct provider_use *u, const struct oauth_tokens *t,
		     const char *flow_id, bool shown, struct grant *g, struct err *e);

#endif
