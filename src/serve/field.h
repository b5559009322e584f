/* Texts made fit for where they go: header fields and JSON. */
#ifndef SERVE_FIELD_H
#define SERVE_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/buf.h"

/* Printable ASCII as it is; everything else, and '%', as %XX: no line end and no second field can come out
 * of a name or an owner. */
void field_add_text(struct buf *out, const char *text);
/* A canonical JSON object of texts as one in ASCII: what is beyond becomes \uXXXX. "" gives {}. */
void field_add_json_ascii(struct buf *out, const char *json);
/* A JSON string with its quotes; `text` is valid UTF-8. */
void field_add_json_string(struct buf *out, const char *text);

/* Stands around a value and is none of it (OWS, RFC 9110 §5.6.3). */
static inline bool field_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

#endif
