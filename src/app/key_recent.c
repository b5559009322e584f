/* What is in use just now; see key_recent.h. */
#include "src/app/key_recent.h"

#include <inttypes.h>

#include "src/base/datetime.h"

enum { CLOCK_AT = 11, CLOCK_WIDTH = 5 }; /* in "2026-06-16 15:07 CEST" */

struct json *recent_json(const struct usage_recent *r)
{
	struct json *record = json_object_new();

	json_set_time(record, "since", r->since);
	json_set_int(record, "allowed", r->allowed);
	json_set_int(record, "addresses", (int64_t)r->address_count);
	json_set_bool(record, "more", r->more);
	return record;
}

void recent_text(struct buf *out, const struct usage_recent *r)
{
	char since[DATETIME_SIZE];

	datetime_local(since, r->since, false);
	if (r->allowed)
		buf_addf(out, "%" PRId64 " call%s let through", r->allowed,
			 r->allowed == 1 ? "" : "s");
	else
		buf_add_text(out, "no calls let through");
	buf_addf(out, " since %.*s", CLOCK_WIDTH, since + CLOCK_AT);
	if (!r->allowed || !r->address_count)
		return;
	if (r->address_count == 1 && !r->more)
		buf_addf(out, ", from %s", r->addresses[0]);
	else
		buf_addf(out, ", from %zu%s addresses", r->address_count,
			 r->more ? " or more" : "");
}
