/* Reading what operations answer: members of a record as a screen wants them. */
#ifndef UI_RECORD_H
#define UI_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/json.h"

int64_t record_time(const struct json *row, const char *name); /* TIME_NONE: null or missing */
/* The member's text, or `fallback` where it is missing, null or empty. */
const char *record_text(const struct json *row, const char *name, const char *fallback);
/* A list of texts on one line, "" when empty: "100/min  5000/day". */
void record_join(const struct json *list, const char *between, char *out, size_t size);

#endif
