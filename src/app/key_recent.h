/* How much a key, one of its versions or several keys are in use just now, as a record and in words. */
#ifndef APP_KEY_RECENT_H
#define APP_KEY_RECENT_H

#include "src/base/buf.h"
#include "src/base/json.h"

struct usage_recent;

/* {since allowed addresses more}; caller frees. */
struct json *recent_json(const struct usage_recent *r);
/* Such a record in words: "1,204 calls let through since 13:00, from 8 or more addresses"; the time is the reader's.
 * `from`: the address, where it is but one; NULL. */
void recent_record_text(struct buf *out, const struct json *recent, const char *from);
/* The same of the figures themselves. */
void recent_text(struct buf *out, const struct usage_recent *r);

#endif
