/* A key's events in the audit chain. */
#include "src/app/key_history.h"

#include <string.h>

#include "data/audit.h"
#include "src/base/datetime.h"
#include "src/base/encode.h"

enum { TOLD = 3 };

static struct json *parsed(const char *text)
{
	struct json *v = NULL;

	if (json_parse(&v, text, strlen(text), NULL))
		return json_text(text);
	return v;
}

static struct json *event_record(const struct audit_event *ev)
{
	struct json *record = json_object_new(), *actor = parsed(ev->actor);
	char hash[2 * SHA256_SIZE + 1];

	hex_encode(hash, ev->hash, SHA256_SIZE);
	json_set_int(record, "sequence", ev->sequence);
	json_set_time(record, "time", ev->time);
	json_set(record, "actor", actor);
	json_set_text(record, "user", json_get_text(actor, "user"));
	json_set_text(record, "operation", ev->operation);
	json_set_text(record, "object", ev->object);
	json_set(record, "detail", parsed(ev->detail));
	json_set_text(record, "hash", hash);
	return record;
}

enum errc key_history(struct store *s, const struct key *k, size_t limit, struct json **out,
		      struct err *e)
{
	const struct audit_query q = {
		.object = k->id,
		.since = TIME_NONE,
		.until = TIME_NONE,
		.limit = limit,
	};
	struct audit_cursor *cursor = NULL;
	struct audit_event ev = { .sequence = 0 };
	bool more = true;
	enum errc r = audit_select(s, &q, &cursor, e);

	*out = json_array_new();
	while (!r && more) {
		r = audit_next(cursor, &ev, &more, e);
		if (!r && more)
			json_add(*out, event_record(&ev));
	}
	audit_cursor_free(cursor);
	audit_event_release(&ev);
	if (r) {
		json_free(*out);
		*out = NULL;
	}
	return r;
}

static void tell_event(struct buf *out, const struct json *event)
{
	const struct json *changed = json_get(json_get(event, "detail"), "changed");
	const char *user = json_get_text(json_get(event, "actor"), "user");
	const char *operation = json_get_text(event, "operation");
	const char *verb = operation ? strchr(operation, '.') : NULL;

	buf_addf(out, "%s%s at %s: %s", out->len ? "; " : "", user ? user : "somebody",
		 json_get_text(event, "time"), verb ? verb + 1 : "change");
	for (size_t i = 0; i < json_count(changed); i++)
		buf_addf(out, "%s%s", i ? ", " : " (", json_as_text(json_at(changed, i)));
	if (json_count(changed))
		buf_add_char(out, ')');
}

void key_history_since(struct store *s, const struct key *k, int64_t revision, struct buf *out)
{
	int64_t newer = k->revision - revision;
	struct json *events = NULL;

	if (newer <= 0 || key_history(s, k, newer < TOLD ? (size_t)newer : TOLD, &events, NULL))
		return;
	for (size_t i = 0; i < json_count(events); i++)
		tell_event(out, json_at(events, i));
	json_free(events);
}
