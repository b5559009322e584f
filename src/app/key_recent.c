/* What is in use just now; see key_recent.h. */
#include "src/app/key_recent.h"

#include <inttypes.h>

#include "data/usage.h"
#include "src/base/datetime.h"
#include "src/base/number.h"

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

static void add_addresses(struct buf *out, int64_t count, bool more, const char *from)
{
	if (count == 1 && !more && from)
		buf_addf(out, ", from %s", from);
	else if (count == 1 && !more)
		buf_add_text(out, ", from 1 address");
	else if (count)
		buf_addf(out, ", from %" PRId64 "%s addresses", count, more ? " or more" : "");
}

void recent_record_text(struct buf *out, const struct json *recent, const char *from)
{
	int64_t allowed = json_get_int(recent, "allowed", 0), since = TIME_NONE;
	char calls[NUMBER_SIZE], local[DATETIME_SIZE];

	datetime_parse(&since, json_get_text(recent, "since"), NULL);
	datetime_local(local, since, false);
	number_grouped(calls, allowed);
	buf_addf(out, "%s call%s let through since %.*s", allowed ? calls : "no",
		 allowed == 1 ? "" : "s", CLOCK_WIDTH, local + CLOCK_AT);
	if (allowed)
		add_addresses(out, json_get_int(recent, "addresses", 0),
			      json_get_bool(recent, "more"), from);
}

void recent_text(struct buf *out, const struct usage_recent *r)
{
	struct json *record = recent_json(r);

	recent_record_text(out, record, r->address_count ? r->addresses[0] : NULL);
	json_free(record);
}
