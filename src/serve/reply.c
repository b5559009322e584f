/* An answer before it is sent. */
#include "src/serve/reply.h"

void reply_init(struct reply *r)
{
	*r = (struct reply){ .status = 0 };
	buf_init(&r->values, REPLY_VALUES_MAX);
	buf_init(&r->body, REPLY_BODY_MAX);
}

void reply_release(struct reply *r)
{
	buf_release(&r->values);
	buf_release(&r->body);
}

void reply_clear(struct reply *r, unsigned status)
{
	r->status = status;
	r->ends = false;
	r->count = 0;
	buf_clear(&r->values);
	buf_clear(&r->body);
}

void reply_field_begin(struct reply *r, const char *name)
{
	r->fields[r->count].name = name;
	r->fields[r->count].at = r->values.len;
}

/* What did not fit is left out whole: a value cut short would say something else. */
void reply_field_end(struct reply *r)
{
	if (buf_add(&r->values, "", 1) && r->count + 1 < REPLY_FIELDS_MAX) {
		r->count++;
		return;
	}
	r->values.len = r->fields[r->count].at;
	r->values.full = false;
}

void reply_field(struct reply *r, const char *name, const char *value)
{
	reply_field_begin(r, name);
	buf_add_text(&r->values, value);
	reply_field_end(r);
}

void reply_field_number(struct reply *r, const char *name, int64_t value)
{
	reply_field_begin(r, name);
	buf_add_number(&r->values, value);
	reply_field_end(r);
}

const char *reply_value(const struct reply *r, size_t field)
{
	return r->values.data + r->fields[field].at;
}
