/* An answer before it is sent: status, header fields, body. */
#ifndef SERVE_REPLY_H
#define SERVE_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"

enum { REPLY_FIELDS_MAX = 24, REPLY_VALUES_MAX = 16 * 1024, REPLY_BODY_MAX = 256 * 1024 };

struct reply {
	unsigned status;
	bool ends; /* the connection, too */
	size_t count;
	struct {
		const char *name; /* static */
		size_t at;	  /* of its NUL-terminated value in `values` */
	} fields[REPLY_FIELDS_MAX];
	struct buf values, body;
};

/* Made once, used for many answers: the buffers keep their memory. */
void reply_init(struct reply *r);
void reply_release(struct reply *r);
void reply_clear(struct reply *r, unsigned status);

/* `value` is printable ASCII. */
void reply_field(struct reply *r, const char *name, const char *value);
void reply_field_number(struct reply *r, const char *name, int64_t value);
/* For a value in pieces: begin, add to r->values, end. */
void reply_field_begin(struct reply *r, const char *name);
void reply_field_end(struct reply *r);
const char *reply_value(const struct reply *r, size_t field);

#endif
