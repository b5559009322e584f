/* Masking: what of a text is secret, however it is written. */
#ifndef OAUTH_MASK_H
#define OAUTH_MASK_H

#include "src/base/buf.h"
#include "src/oauth/exchange.h"

#define OAUTH_MASK "•••"

/* Appends text with its secrets masked: by the name they stand behind (as a form member, a JSON member
 * or in running text), and what is known by value, plain, percent-encoded, escaped in JSON or HTML, in
 * base64, or in several of these. */
void oauth_mask(struct buf *out, const char *text, size_t len, const struct oauth_secrets *known);
/* Adds the values that oauth_mask() finds by their names, for the other parts of the same exchange. */
void oauth_mask_learn(struct oauth_secrets *known, const char *text, size_t len);

#endif
