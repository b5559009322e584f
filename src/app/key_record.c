/* A key and its versions as JSON records. */
#include "src/app/key_record.h"

#include <stdlib.h>
#include <string.h>

#include "data/usage.h"
#include "src/app/key_recent.h"
#include "src/app/rules.h"

enum { HOURS_KEPT = 31 * 24 };

const char *key_status_text(const struct key *k, int64_t now)
{
	return k->altered ? "altered" : key_state_name(key_state(k, now));
}

struct json *key_meta_json(const struct key *k)
{
	struct json *meta = NULL;

	if (!*k->meta || json_parse(&meta, k->meta, strlen(k->meta), NULL))
		return json_object_new();
	return meta;
}

static void set_texts(struct json *record, const struct key *k, int64_t now)
{
	json_set_text(record, "id", k->id);
	json_set_text(record, "name", k->name);
	json_set_text(record, "owner", k->owner);
	json_set_text(record, "tier", k->tier);
	json_set_text(record, "note", k->note);
	json_set_text(record, "status", key_status_text(k, now));
	json_set_int(record, "version", k->version);
	json_set_text(record, "prefix", k->prefix);
	json_set_text(record, "hint", k->hint);
	json_set(record, "scopes", texts_json(k->scopes));
	json_set(record, "limits", texts_json(k->limits));
	json_set(record, "allow_from", texts_json(k->allow_from));
	json_set(record, "meta", key_meta_json(k));
}

static void set_times(struct json *record, const struct key *k, int64_t now)
{
	bool retiring = k->retiring_until != TIME_NONE && k->retiring_until > now;

	json_set_time(record, "created_at", k->created_at);
	json_set_time(record, "updated_at", k->updated_at);
	json_set_time(record, "not_before", k->not_before);
	json_set_time(record, "expires_at", k->expires_at);
	json_set_time(record, "disabled_at", k->disabled_at);
	json_set_time(record, "revoked_at", k->revoked_at);
	json_set_time(record, "retiring_until", retiring ? k->retiring_until : TIME_NONE);
}

struct json *key_record(const struct key *k, int64_t now)
{
	struct json *record = json_object_new();

	set_texts(record, k, now);
	set_times(record, k, now);
	json_set_text(record, "revoke_reason", *k->revoke_reason ? k->revoke_reason : NULL);
	json_set_text(record, "revoke_text", *k->revoke_text ? k->revoke_text : NULL);
	json_set_int(record, "revision", k->revision);
	json_set_bool(record, "altered", k->altered);
	return record;
}

enum errc key_record_usage(struct store *s, const struct key *k, struct json *record, struct err *e)
{
	struct key_version *versions = NULL;
	char address[USAGE_ADDRESS_SIZE] = "";
	int64_t at = TIME_NONE;
	size_t count = 0;
	enum errc r = usage_last_of_key(s, k->row, &at, address, e);

	if (!r)
		r = versions_of(s, k->row, &versions, &count, e);
	if (r)
		return r;
	json_set_text(record, "secret_id", NULL);
	for (size_t i = 0; i < count; i++)
		if (versions[i].number == k->version)
			json_set_text(record, "secret_id", versions[i].secret_id);
	json_set_time(record, "last_used_at", at);
	json_set_text(record, "last_used_from", *address ? address : NULL);
	free(versions);
	return ERR_OK;
}

enum errc key_record_calls(struct store *s, const struct key *k, int64_t now, int64_t hours,
			   struct json *record, struct err *e)
{
	int64_t sums[HOURS_KEPT] = { 0 }, first;
	struct usage_hour *found = NULL;
	struct json *calls;
	size_t count = 0;
	enum errc r;

	hours = hours < HOURS_KEPT ? hours : HOURS_KEPT;
	first = now - now % HOUR_MS - (hours - 1) * HOUR_MS;
	r = usage_hours(s, k->row, 0, first, now + 1, &found, &count, e);
	if (r)
		return r;
	for (size_t i = 0; i < count; i++) {
		int64_t slot = (found[i].hour - first) / HOUR_MS;

		if (slot >= 0 && slot < hours)
			sums[slot] += found[i].allowed + found[i].denied;
	}
	calls = json_array_new();
	for (int64_t i = 0; i < hours; i++)
		json_add(calls, json_int(sums[i]));
	json_set(record, "calls", calls);
	free(found);
	return ERR_OK;
}

const char *version_state_text(const struct key *k, const struct key_version *v, int64_t now)
{
	if (v->altered)
		return "altered";
	if (v->state != VERSION_LIVE || (v->valid_until != TIME_NONE && v->valid_until <= now))
		return "ended";
	return v->number == k->version ? "current" : "grace";
}

/* Allowed and denied calls of one version in the last 24 hours. */
static enum errc calls_of_day(struct store *s, const struct key_version *v, int64_t now,
			      int64_t *calls, struct err *e)
{
	struct usage_hour *hours = NULL;
	size_t count = 0;
	enum errc r = usage_hours(s, v->key, v->number, now - DAY_MS, now + HOUR_MS, &hours, &count,
				  e);

	*calls = 0;
	for (size_t i = 0; !r && i < count; i++)
		*calls += hours[i].allowed + hours[i].denied;
	free(hours);
	return r;
}

/* What of the figures is told of each version. */
struct version_figures {
	struct usage_last use;
	struct usage_recent recent;
	int64_t calls;
};

static enum errc figures_read(struct store *s, const struct key_version *v, int64_t now,
			      struct version_figures *f, struct err *e)
{
	enum errc r = usage_last(s, v->key, v->number, &f->use, e);

	usage_recent_init(s, &f->recent);
	if (!r)
		r = usage_recent_add(s, v->key, v->number, &f->recent, e);
	return r ? r : calls_of_day(s, v, now, &f->calls, e);
}

enum errc version_record(struct store *s, const struct key *k, const struct key_version *v,
			 int64_t now, struct json **out, struct err *e)
{
	struct version_figures f;
	const struct usage_last *use = &f.use;
	struct json *record;
	enum errc r = figures_read(s, v, now, &f, e);

	*out = NULL;
	if (r)
		return r;
	record = json_object_new();
	json_set_int(record, "version", v->number);
	json_set_text(record, "secret_id", v->secret_id);
	json_set_text(record, "hint", v->hint);
	json_set_text(record, "state", version_state_text(k, v, now));
	json_set_time(record, "created_at", v->created_at);
	json_set_time(record, "valid_until", v->valid_until);
	json_set_time(record, "first_used_at", use->first_used);
	json_set_time(record, "last_used_at", use->last_used);
	json_set_text(record, "last_used_from",
		      use->address_count ? use->addresses[0].address : NULL);
	json_set_int(record, "calls_24h", f.calls);
	json_set(record, "recent", recent_json(&f.recent));
	*out = record;
	return ERR_OK;
}
