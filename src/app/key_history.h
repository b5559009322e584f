/* What the audit chain tells about one key: its events as records, and a line about the last. */
#ifndef APP_KEY_HISTORY_H
#define APP_KEY_HISTORY_H

#include <stddef.h>

#include "data/key.h"
#include "src/base/buf.h"
#include "src/base/json.h"

/* Its events, newest first: {sequence time actor operation object detail hash}; limit 0: all. */
enum errc key_history(struct store *s, const struct key *k, size_t limit, struct json **out,
		      struct err *e);
/* Who did what since a revision, newest first: "ops2 at 2026-…: edit (limits, owner)". Empty where
 * the chain can't tell. */
void key_history_since(struct store *s, const struct key *k, int64_t revision, struct buf *out);

#endif
