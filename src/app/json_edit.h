/* Changing members of a JSON object's text without touching the others: what is kept stays as it stands,
 * byte by byte. */
#ifndef APP_JSON_EDIT_H
#define APP_JSON_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"

struct json_edits {
	char **names;
	char **values; /* JSON text */
	size_t count;
};

void json_edits_release(struct json_edits *x);
/* A later edit of a name replaces an earlier one. All are copied. */
void json_edit_text(struct json_edits *x, const char *name, const char *text); /* a string */
void json_edit_int(struct json_edits *x, const char *name, int64_t value);
/* `value` as it stands when it is JSON, else as a string. */
void json_edit_value(struct json_edits *x, const char *name, const char *value);
/* One text is a string, several are an array. */
void json_edit_texts(struct json_edits *x, const char *name, const char *const *texts,
		     size_t count);

/* Appends the object `text` (len 0: an empty one) with the edits made: replaced where the name stands,
 * else at the end. False when the text is no JSON object. */
bool json_edit(struct buf *out, const char *text, size_t len, const struct json_edits *x);

#endif
