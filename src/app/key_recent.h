/* How much a key, one of its versions or several keys are in use just now, as a record and in words. */
#ifndef APP_KEY_RECENT_H
#define APP_KEY_RECENT_H

#include "data/usage.h"
#include "src/base/buf.h"
#include "src/base/json.h"

/* {since allowed addresses more}; caller frees. */
struct json *recent_json(const struct usage_recent *r);
/* "412 calls let through since 13:00, from 8 or more addresses"; the time is the reader's. */
void recent_text(struct buf *out, const struct usage_recent *r);

#endif
