/* key.usage: what one key was used for, or all of them, per hour, day, version, code or key. */
#include <stdlib.h>
#include <string.h>

#include "data/usage.h"
#include "src/app/key_pick.h"
#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/base/datetime.h"

enum { KEYS_SHOWN = 20, DAYS_SHOWN = 30 };

static const char *const groups[] = { "hour", "day", "version", "code", "key", NULL };

static const struct arg usage_args[] = {
	{ .name = "key",
	  .type = ARG_KEY,
	  .flags = ARG_POSITIONAL,
	  .help = "id or name; none given: all keys together" },
	{ .name = "by",
	  .letter = 'b',
	  .type = ARG_CHOICE,
	  .choices = groups,
	  .fallback = "hour",
	  .value = "GROUP",
	  .help = "hour, day, version of the key, code, or key (most called first)" },
	{ .name = "since",
	  .letter = 's',
	  .type = ARG_DURATION,
	  .flags = ARG_BACK,
	  .value = "DURATION",
	  .help = "how far back: 24h, by day 30d; hours are kept 31 days, days 400" },
	{ .name = "limit",
	  .letter = 'L',
	  .type = ARG_INTEGER,
	  .flags = ARG_COMMAND_LINE,
	  .value = "N",
	  .help = "with --by key: at most so many, 20 where not given" },
	{ .name = NULL },
};

static const struct op_column usage_columns[] = {
	{ "hour", "HOUR", COLUMN_TIME, "begin of the hour" },
	{ "day", "DAY", COLUMN_DAY, "begin of the day, in UTC" },
	{ "id", NULL, COLUMN_TEXT, "the key's id" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "owner", "OWNER", COLUMN_TEXT, "who answers for it" },
	{ "version", "V", COLUMN_NUMBER, "number of the secret" },
	{ "code", "CODE", COLUMN_TEXT, "VALID, or why it was denied" },
	{ "allowed", "ALLOWED", COLUMN_NUMBER, "calls that were let through" },
	{ "denied", "DENIED", COLUMN_NUMBER, "calls that were not" },
	{ "count", "COUNT", COLUMN_NUMBER, "calls with this code" },
	{ "first_used_at", NULL, COLUMN_TIME_OR_NEVER,
	  "first use of the version ever; null: never" },
	{ "last_used_at", "LAST USED", COLUMN_TIME_OR_NEVER,
	  "last use of the version, or of the key; null: never" },
	{ "addresses", "FROM", COLUMN_LIST, "its latest client addresses, up to eight" },
	{ "seen_at", NULL, COLUMN_LIST, "with addresses: when each of them called last" },
	{ .name = NULL },
};

/* What was asked, and where the answer goes. */
struct asked {
	struct store *store;
	const struct key *key; /* NULL: all */
	int64_t from, until;
	bool by_days; /* where figures can come from either */
	size_t limit;
	struct json *rows;
};

/* --- hours and days ---------------------------------------------------------------------------- */

static void buckets_tell(struct asked *a, const char *name, const struct usage_hour *found,
			 size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct json *row = json_object_new();

		json_set_time(row, name, found[i].hour);
		if (a->key)
			json_set_int(row, "version", found[i].version);
		json_set_int(row, "allowed", found[i].allowed);
		json_set_int(row, "denied", found[i].denied);
		json_add(a->rows, row);
	}
}

typedef enum errc buckets_of(struct store *s, int64_t key, int64_t version, int64_t from,
			     int64_t until, struct usage_hour **out, size_t *count, struct err *e);

static enum errc version_buckets(struct asked *a, const struct key_version *v, buckets_of *read,
				 const char *name, struct err *e)
{
	struct usage_hour *found = NULL;
	size_t count = 0;
	enum errc rc = read(a->store, a->key->row, v->number, a->from, a->until, &found, &count, e);

	buckets_tell(a, name, found, count);
	free(found);
	return rc;
}

static enum errc version_hours(struct asked *a, const struct key_version *v, struct err *e)
{
	return version_buckets(a, v, usage_hours, "hour", e);
}

static enum errc version_days(struct asked *a, const struct key_version *v, struct err *e)
{
	return version_buckets(a, v, usage_days, "day", e);
}

static enum errc of_versions(struct asked *a,
			     enum errc (*tell)(struct asked *a, const struct key_version *v,
					       struct err *e),
			     struct err *e)
{
	struct key_version *versions = NULL;
	size_t count = 0;
	enum errc rc = versions_of(a->store, a->key->row, &versions, &count, e);

	for (size_t i = 0; !rc && i < count; i++)
		if (versions[i].state != VERSION_PENDING)
			rc = tell(a, &versions[i], e);
	free(versions);
	return rc;
}

static enum errc key_by_hour(struct asked *a, struct err *e)
{
	return of_versions(a, version_hours, e);
}

static enum errc key_by_day(struct asked *a, struct err *e)
{
	return of_versions(a, version_days, e);
}

typedef enum errc all_buckets_of(struct store *s, int64_t from, int64_t until,
				 struct usage_hour **out, size_t *count, struct err *e);

static enum errc all_buckets(struct asked *a, all_buckets_of *read, const char *name, struct err *e)
{
	struct usage_hour *found = NULL;
	size_t count = 0;
	enum errc rc = read(a->store, a->from, a->until, &found, &count, e);

	buckets_tell(a, name, found, count);
	free(found);
	return rc;
}

static enum errc all_by_hour(struct asked *a, struct err *e)
{
	return all_buckets(a, usage_all_hours, "hour", e);
}

static enum errc all_by_day(struct asked *a, struct err *e)
{
	return all_buckets(a, usage_all_days, "day", e);
}

/* --- versions ---------------------------------------------------------------------------------- */

static void addresses_set(struct json *row, const struct usage_last *last)
{
	struct json *addresses = json_array_new(), *seen = json_array_new();
	char at[DATETIME_SIZE];

	for (size_t i = 0; i < last->address_count; i++) {
		datetime_rfc3339(at, last->addresses[i].at);
		json_add(addresses, json_text(last->addresses[i].address));
		json_add(seen, json_text(at));
	}
	json_set(row, "addresses", addresses);
	json_set(row, "seen_at", seen);
}

static enum errc version_sums(struct asked *a, const struct key_version *v, struct err *e)
{
	struct usage_hour *found = NULL;
	struct usage_last last = { .last_used = TIME_NONE };
	struct json *row = json_object_new();
	int64_t allowed = 0, denied = 0;
	size_t count = 0;
	enum errc rc = (a->by_days ? usage_days : usage_hours)(
		a->store, a->key->row, v->number, a->from, a->until, &found, &count, e);

	if (!rc)
		rc = usage_last(a->store, a->key->row, v->number, &last, e);
	for (size_t i = 0; i < count; i++) {
		allowed += found[i].allowed;
		denied += found[i].denied;
	}
	free(found);
	json_set_int(row, "version", v->number);
	json_set_int(row, "allowed", allowed);
	json_set_int(row, "denied", denied);
	json_set_time(row, "first_used_at", last.first_used);
	json_set_time(row, "last_used_at", last.last_used);
	addresses_set(row, &last);
	json_add(a->rows, row);
	return rc;
}

static enum errc key_by_version(struct asked *a, struct err *e)
{
	return of_versions(a, version_sums, e);
}

/* --- codes ------------------------------------------------------------------------------------- */

static void codes_tell(struct asked *a, const struct usage_code *codes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct json *row = json_object_new();

		json_set_text(row, "code", codes[i].code);
		json_set_int(row, "count", codes[i].count);
		json_add(a->rows, row);
	}
}

static enum errc key_by_code(struct asked *a, struct err *e)
{
	struct usage_code *codes = NULL;
	size_t count = 0;
	enum errc rc = usage_codes(a->store, a->key->row, a->from, a->until, &codes, &count, e);

	codes_tell(a, codes, count);
	free(codes);
	return rc;
}

static enum errc all_by_code(struct asked *a, struct err *e)
{
	struct usage_code *codes = NULL;
	size_t count = 0;
	enum errc rc = usage_all_codes(a->store, a->from, a->until, &codes, &count, e);

	codes_tell(a, codes, count);
	free(codes);
	return rc;
}

/* --- keys -------------------------------------------------------------------------------------- */

static enum errc top_tell(struct asked *a, const struct usage_key *u, struct err *e)
{
	struct json *row = json_object_new();
	char address[USAGE_ADDRESS_SIZE];
	int64_t at = TIME_NONE;
	struct key k;
	enum errc rc;

	key_init(&k);
	rc = key_get_row(a->store, u->key, &k, e);
	if (!rc)
		rc = usage_last_of_key(a->store, u->key, &at, address, e);
	json_set_text(row, "id", k.id);
	json_set_text(row, "name", k.name);
	json_set_text(row, "owner", k.owner);
	json_set_int(row, "allowed", u->allowed);
	json_set_int(row, "denied", u->denied);
	json_set_time(row, "last_used_at", at);
	json_add(a->rows, row);
	key_release(&k);
	return rc;
}

static enum errc all_by_key(struct asked *a, struct err *e)
{
	struct usage_key *top = NULL;
	size_t count = 0;
	enum errc rc = usage_top_keys(a->store, a->from, a->until, a->limit, &top, &count, e);

	for (size_t i = 0; !rc && i < count; i++)
		rc = top_tell(a, &top[i], e);
	free(top);
	return rc;
}

/* --- the operation ----------------------------------------------------------------------------- */

static const struct shape {
	const char *by;
	int64_t since;	     /* where nothing is said */
	int64_t hours_until; /* so far back by hours, further by days */
	enum errc (*of_key)(struct asked *a, struct err *e);
	enum errc (*of_all)(struct asked *a, struct err *e);
} shapes[] = {
	{ "hour", DAY_MS, INT64_MAX, key_by_hour, all_by_hour },
	{ "day", DAYS_SHOWN *DAY_MS, -1, key_by_day, all_by_day },
	{ "version", DAY_MS, USAGE_HOURS_KEPT *HOUR_MS, key_by_version, NULL },
	{ "code", DAY_MS, USAGE_HOURS_KEPT *HOUR_MS, key_by_code, all_by_code },
	{ "key", DAY_MS, USAGE_TOP_HOURS *HOUR_MS, NULL, all_by_key },
};

static const struct shape *shape_named(const char *by)
{
	size_t i = 0;

	while (strcmp(shapes[i].by, by) != 0)
		i++;
	return &shapes[i];
}

/* From the begin of the hour, or day, that the time falls in. */
static void asked_since(struct asked *a, const struct op_call *c, const struct shape *shape)
{
	int64_t now = app_now(c->app), since = op_duration(c->args, "since", shape->since);
	int64_t unit;

	a->by_days = since > shape->hours_until;
	unit = a->by_days ? DAY_MS : HOUR_MS;
	a->from = since < now ? (now - since) / unit * unit : 0;
	a->until = now + 1;
	if (!a->by_days && since > USAGE_HOURS_KEPT * HOUR_MS)
		call_note(c, "hours are kept 31 days; --by day goes back 400");
}

static enum errc refuse_group(const struct shape *shape, struct err *e)
{
	if (shape->of_key) {
		err_set(e, ERR_USAGE, "--by %s is about one key, and none is given", shape->by);
		return err_hint(e, "name the key");
	}
	err_set(e, ERR_USAGE, "--by %s is about all keys, and one is given", shape->by);
	return err_hint(e, "leave the key out, or ask --by version");
}

static enum errc usage_check(const struct op_call *c, const struct shape *shape, size_t *limit,
			     struct err *e)
{
	enum errc rc = op_limit(c->args, limit, e);

	if (rc)
		return rc;
	if (op_has(c->args, "key") ? !shape->of_key : !shape->of_all)
		return refuse_group(shape, e);
	if (*limit && shape->of_all != all_by_key) {
		err_set(e, ERR_USAGE, "--limit is for --by key");
		return err_hint(e, "say by --since how far back");
	}
	*limit = *limit ? *limit : KEYS_SHOWN;
	return ERR_OK;
}

static enum errc usage_of_key(struct asked *a, const char *who, const struct shape *shape,
			      struct err *e)
{
	struct key k;
	enum errc rc;

	key_init(&k);
	rc = key_pick(a->store, who, &k, e);
	a->key = &k;
	if (!rc)
		rc = shape->of_key(a, e);
	a->key = NULL;
	key_release(&k);
	return rc;
}

static enum errc usage_run(const struct op_call *c, struct err *e)
{
	const struct shape *shape = shape_named(op_text(c->args, "by"));
	struct asked a = { .store = app_store(c->app) };
	enum errc rc = usage_check(c, shape, &a.limit, e);

	if (rc)
		return rc;
	asked_since(&a, c, shape);
	a.rows = json_array_new();
	rc = store_snapshot(a.store, e);
	if (!rc)
		rc = op_has(c->args, "key") ? usage_of_key(&a, op_text(c->args, "key"), shape, e)
					    : shape->of_all(&a, e);
	store_snapshot_end(a.store);
	if (!rc)
		rc = call_listing(c, a.rows, 0, "key", e);
	json_free(a.rows);
	return rc;
}

const struct op op_key_usage = {
	.id = "key.usage",
	.summary = "show how a key was used, or all keys, by hour, day, version, code or key",
	.detail =
		"Counted by the service. By hour or day: allowed and denied calls, of each version "
		"of the key or of all keys together. By version: the sums, last use and from "
		"where. By code: calls with each answer; without a key also those with unknown "
		"secrets. By key: the keys that are called most. Counted is from the begin of the "
		"hour that --since falls in, or of the day (in UTC) where figures are those of "
		"days.",
	.example = "authrack key usage billing-sync\n"
		   "authrack key usage billing-sync --by version --since 7d\n"
		   "authrack key usage --by key --limit 5\n",
	.args = usage_args,
	.columns = usage_columns,
	.flags = OP_LIST,
	.run = usage_run,
};
