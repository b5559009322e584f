/* key.usage: what a key was used for, per hour, version or code. */
#include <string.h>

#include "data/usage.h"
#include "src/app/key_pick.h"
#include "src/app/ops.h"
#include "src/app/session.h"

static const char *const groups[] = { "hour", "version", "code", NULL };

static const struct arg usage_args[] = {
	{ .name = "key",
	  .type = ARG_KEY,
	  .flags = ARG_REQUIRED | ARG_POSITIONAL,
	  .help = "id or name" },
	{ .name = "by",
	  .letter = 'b',
	  .type = ARG_CHOICE,
	  .choices = groups,
	  .fallback = "hour",
	  .value = "GROUP",
	  .help = "hour (each version by itself), version, or code" },
	{ .name = "since",
	  .letter = 's',
	  .type = ARG_DURATION,
	  .flags = ARG_BACK,
	  .fallback = "24h",
	  .value = "DURATION",
	  .help = "how far back; hours are kept 31 days" },
	{ .name = NULL },
};

static const struct op_column usage_columns[] = {
	{ "hour", "HOUR", COLUMN_TIME, "begin of the hour" },
	{ "version", "V", COLUMN_NUMBER, "number of the secret" },
	{ "code", "CODE", COLUMN_TEXT, "VALID, or why it was denied" },
	{ "allowed", "ALLOWED", COLUMN_NUMBER, "calls that were let through" },
	{ "denied", "DENIED", COLUMN_NUMBER, "calls that were not" },
	{ "count", "COUNT", COLUMN_NUMBER, "calls with this code" },
	{ "first_used_at", NULL, COLUMN_TIME_OR_NEVER,
	  "first use of the version ever; null: never" },
	{ "last_used_at", "LAST USED", COLUMN_TIME_OR_NEVER,
	  "last use of the version; null: never" },
	{ "addresses", "FROM", COLUMN_LIST, "its latest client addresses, up to eight" },
	{ .name = NULL },
};

struct span_of_time {
	int64_t from, until;
};

static enum errc hour_tell(const struct op_call *c, const struct usage_hour *h, struct err *e)
{
	struct json *row = json_object_new();

	json_set_time(row, "hour", h->hour);
	json_set_int(row, "version", h->version);
	json_set_int(row, "allowed", h->allowed);
	json_set_int(row, "denied", h->denied);
	return call_record_take(c, row, e);
}

static enum errc by_hour(const struct op_call *c, const struct key *k, const struct key_version *v,
			 struct span_of_time t, struct err *e)
{
	struct usage_hour *hours = NULL;
	size_t count = 0;
	enum errc rc = usage_hours(app_store(c->app), k->row, v->number, t.from, t.until, &hours,
				   &count, e);

	for (size_t i = 0; !rc && i < count; i++)
		rc = hour_tell(c, &hours[i], e);
	free(hours);
	return rc;
}

static struct json *addresses_json(const struct usage_last *last)
{
	struct json *list = json_array_new();

	for (size_t i = 0; i < last->address_count; i++)
		json_add(list, json_text(last->addresses[i].address));
	return list;
}

static enum errc by_version(const struct op_call *c, const struct key *k,
			    const struct key_version *v, struct span_of_time t, struct err *e)
{
	struct usage_hour *hours = NULL;
	struct usage_last last;
	int64_t allowed = 0, denied = 0;
	size_t count = 0;
	struct json *row;
	enum errc rc = usage_hours(app_store(c->app), k->row, v->number, t.from, t.until, &hours,
				   &count, e);

	if (!rc)
		rc = usage_last(app_store(c->app), k->row, v->number, &last, e);
	for (size_t i = 0; !rc && i < count; i++) {
		allowed += hours[i].allowed;
		denied += hours[i].denied;
	}
	free(hours);
	if (rc)
		return rc;
	row = json_object_new();
	json_set_int(row, "version", v->number);
	json_set_int(row, "allowed", allowed);
	json_set_int(row, "denied", denied);
	json_set_time(row, "first_used_at", last.first_used);
	json_set_time(row, "last_used_at", last.last_used);
	json_set(row, "addresses", addresses_json(&last));
	return call_record_take(c, row, e);
}

static enum errc by_code(const struct op_call *c, const struct key *k, struct span_of_time t,
			 struct err *e)
{
	struct usage_code *codes = NULL;
	size_t count = 0;
	enum errc rc = usage_codes(app_store(c->app), k->row, t.from, t.until, &codes, &count, e);

	for (size_t i = 0; !rc && i < count; i++) {
		struct json *row = json_object_new();

		json_set_text(row, "code", codes[i].code);
		json_set_int(row, "count", codes[i].count);
		rc = call_record_take(c, row, e);
	}
	free(codes);
	return rc;
}

static enum errc of_versions(const struct op_call *c, const struct key *k, struct span_of_time t,
			     bool hours, struct err *e)
{
	struct key_version *versions = NULL;
	size_t count = 0;
	enum errc rc = versions_of(app_store(c->app), k->row, &versions, &count, e);

	for (size_t i = 0; !rc && i < count; i++) {
		if (versions[i].state != VERSION_PENDING)
			rc = (hours ? by_hour : by_version)(c, k, &versions[i], t, e);
	}
	free(versions);
	return rc;
}

static enum errc usage_run(const struct op_call *c, struct err *e)
{
	int64_t now = app_now(c->app), since = op_duration(c->args, "since", DAY_MS);
	const char *by = op_text(c->args, "by");
	/* From the begin of the hour that the time falls in. */
	struct span_of_time t = { (now - since) / HOUR_MS * HOUR_MS, now + 1 };
	struct key k;
	enum errc rc;

	key_init(&k);
	rc = key_pick(app_store(c->app), op_text(c->args, "key"), &k, e);
	if (!rc && !strcmp(by, "code"))
		rc = by_code(c, &k, t, e);
	else if (!rc)
		rc = of_versions(c, &k, t, !strcmp(by, "hour"), e);
	key_release(&k);
	return rc;
}

const struct op op_key_usage = {
	.id = "key.usage",
	.summary = "show how a key was used, by hour, version or code",
	.detail = "Counted by the service. By hour: allowed and denied calls of each version. By "
		  "version: the sums, last use and from where. By code: calls with each answer.",
	.example = "authrack key usage billing-sync\n"
		   "authrack key usage billing-sync --by code --since 7d\n",
	.args = usage_args,
	.columns = usage_columns,
	.flags = OP_LIST,
	.run = usage_run,
};
