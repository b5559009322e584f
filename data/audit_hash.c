/* The canonical encoding of an audit event, and its hash. Every field is a text as an export shows
 * it, written as a netstring ("LENGTH:BYTES,"), so that a few lines of any language recompute it. */
#include "data/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/base/datetime.h"
#include "src/base/encode.h"

enum { FIELDS = 14, NUMBER_SIZE = 24, HEX_SIZE = 2 * SHA256_SIZE + 1 };

/* The pieces of the message: length, bytes and comma of each field. */
struct encoding {
	struct span parts[3 * FIELDS];
	char lengths[FIELDS][NUMBER_SIZE];
	size_t fields;
};

static void field_add(struct encoding *c, const char *text)
{
	size_t len = strlen(text);
	struct span *part = &c->parts[3 * c->fields];
	char *prefix = c->lengths[c->fields++];
	int prefix_len = snprintf(prefix, NUMBER_SIZE, "%zu:", len);

	part[0] = (struct span){ prefix, (size_t)prefix_len };
	part[1] = (struct span){ text, len };
	part[2] = (struct span){ ",", 1 };
}

static const char *number_text(char out[NUMBER_SIZE], int64_t value)
{
	snprintf(out, NUMBER_SIZE, "%" PRId64, value);
	return out;
}

static const char *hex_text(char out[HEX_SIZE], const uint8_t mac[MAC_SIZE])
{
	hex_encode(out, mac, MAC_SIZE);
	return out;
}

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

void audit_hash(const struct audit_event *ev, uint8_t out[SHA256_SIZE])
{
	struct encoding c = { .fields = 0 };
	char sequence[NUMBER_SIZE], revision[NUMBER_SIZE], boot_time[NUMBER_SIZE];
	char time[DATETIME_SIZE], after[HEX_SIZE], before[HEX_SIZE], previous[HEX_SIZE];

	datetime_rfc3339(time, ev->time);
	field_add(&c, "authrack audit 1");
	field_add(&c, number_text(sequence, ev->sequence));
	field_add(&c, time);
	field_add(&c, text_or_empty(ev->actor));
	field_add(&c, text_or_empty(ev->operation));
	field_add(&c, text_or_empty(ev->object));
	field_add(&c, text_or_empty(ev->name));
	field_add(&c, number_text(revision, ev->object_revision));
	field_add(&c, hex_text(after, ev->object_mac));
	field_add(&c, hex_text(before, ev->object_before));
	field_add(&c, text_or_empty(ev->detail));
	field_add(&c, ev->boot_id);
	field_add(&c, number_text(boot_time, ev->boot_time));
	field_add(&c, hex_text(previous, ev->previous));
	sha256(out, c.parts, 3 * c.fields);
}
