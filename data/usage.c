/* Usage figures: counts by hour and day, last uses and where they came from. They grant nothing
 * and carry no MAC, so one batch is a handful of upserts a version. */
#include "data/usage.h"

#include <stdlib.h>
#include <string.h>

#include "data/db.h"
#include "data/store_internal.h"
#include "src/base/alloc.h"

enum {
	HOURS_KEPT = 31 * 24,
	DAYS_KEPT = 400,
	ADDRESSES_KEPT = 8,
	ROWS_FIRST = 16, /* of a result, doubled as it grows */
};

static const char code_allowed[] = "VALID";

/* --- writing -------------------------------------------------------------- */

static const char version_use_write_sql[] =
	"INSERT INTO version_use AS u (key, version, first_used, last_used) VALUES ($1, $2, "
	"$3, $3) ON CONFLICT (key, version) DO UPDATE SET last_used = excluded.last_used "
	"WHERE excluded.last_used > u.last_used";

static enum errc version_use_write(struct db *d, const struct usage_add *a, struct err *e)
{
	struct stmt *st = db_stmt(d, version_use_write_sql);

	stmt_int(st, 1, a->key);
	stmt_int(st, 2, a->version);
	stmt_int(st, 3, a->at);
	return stmt_run(st, e);
}

static const char key_use_write_sql[] =
	"INSERT INTO key_use AS u (key, last_used, address) VALUES ($1, $2, $3) ON CONFLICT "
	"(key) DO UPDATE SET last_used = excluded.last_used, address = excluded.address WHERE "
	"excluded.last_used > u.last_used";

static enum errc key_use_write(struct db *d, const struct usage_add *a, struct err *e)
{
	struct stmt *st = db_stmt(d, key_use_write_sql);

	stmt_int(st, 1, a->key);
	stmt_int(st, 2, a->at);
	stmt_text(st, 3, a->address ? a->address : "");
	return stmt_run(st, e);
}

static const char addresses_trim_sql[] =
	"DELETE FROM version_address WHERE key = $1 AND version = $2 AND address IN (SELECT "
	"address FROM version_address WHERE key = $1 AND version = $2 ORDER BY at DESC, "
	"address LIMIT 1000 OFFSET $3)";

/* The latest eight stay. */
static enum errc addresses_trim(struct db *d, const struct usage_add *a, struct err *e)
{
	struct stmt *st = db_stmt(d, addresses_trim_sql);

	stmt_int(st, 1, a->key);
	stmt_int(st, 2, a->version);
	stmt_int(st, 3, ADDRESSES_KEPT);
	return stmt_run(st, e);
}

static const char address_write_sql[] =
	"INSERT INTO version_address AS a (key, version, address, at) VALUES ($1, $2, $3, $4) "
	"ON CONFLICT (key, version, address) DO UPDATE SET at = excluded.at WHERE excluded.at "
	"> a.at";

static enum errc address_write(struct db *d, const struct usage_add *a, struct err *e)
{
	enum errc rc;
	struct stmt *st = db_stmt(d, address_write_sql);

	stmt_int(st, 1, a->key);
	stmt_int(st, 2, a->version);
	stmt_text(st, 3, a->address);
	stmt_int(st, 4, a->at);
	rc = stmt_run(st, e);
	return rc ? rc : addresses_trim(d, a, e);
}

/* A use is a call that was allowed; what was denied only counts. */
static enum errc use_write(struct db *d, const struct usage_add *a, struct err *e)
{
	enum errc rc;

	if (strcmp(a->code, code_allowed) != 0)
		return ERR_OK;
	rc = a->count ? version_use_write(d, a, e) : ERR_OK;
	if (!rc && a->count)
		rc = key_use_write(d, a, e);
	if (!rc && a->address)
		rc = address_write(d, a, e);
	return rc;
}

static enum errc count_add(struct stmt *st, const struct usage_add *a, int64_t bucket,
			   struct err *e)
{
	stmt_int(st, 1, a->key);
	stmt_int(st, 2, bucket);
	stmt_int(st, 3, a->version);
	stmt_text(st, 4, a->code);
	stmt_int(st, 5, a->count);
	return stmt_run(st, e);
}

static const char hour_add_sql[] =
	"INSERT INTO usage_hour AS u (key, hour, version, code, count) VALUES ($1, $2, $3, "
	"$4, $5) ON CONFLICT (key, hour, version, code) DO UPDATE SET count = u.count + "
	"excluded.count";

static const char day_add_sql[] =
	"INSERT INTO usage_day AS u (key, day, version, code, count) VALUES ($1, $2, $3, $4, "
	"$5) ON CONFLICT (key, day, version, code) DO UPDATE SET count = u.count + "
	"excluded.count";

static enum errc counts_write(struct db *d, const struct usage_add *a, struct err *e)
{
	enum errc rc = count_add(db_stmt(d, hour_add_sql), a, a->at / HOUR_MS, e);

	if (rc)
		return rc;
	return count_add(db_stmt(d, day_add_sql), a, a->at / DAY_MS, e);
}

static const char hours_prune_sql[] =
	"DELETE FROM usage_hour WHERE (key, hour, version, code) IN (SELECT key, hour, "
	"version, code FROM usage_hour WHERE hour < $1 LIMIT 500)";

static const char days_prune_sql[] =
	"DELETE FROM usage_day WHERE (key, day, version, code) IN (SELECT key, day, version, "
	"code FROM usage_day WHERE day < $1 LIMIT 500)";

/* A few hundred rows a batch, so that no batch is slow: a batch a second keeps up with any
 * load. */
static enum errc figures_prune(struct store *s, struct err *e)
{
	int64_t now = store_now(s);
	struct stmt *hours = db_stmt(s->db, hours_prune_sql);
	struct stmt *days = db_stmt(s->db, days_prune_sql);
	enum errc rc;

	stmt_int(hours, 1, now / HOUR_MS - HOURS_KEPT);
	rc = stmt_run(hours, e);
	if (rc)
		return rc;
	stmt_int(days, 1, now / DAY_MS - DAYS_KEPT);
	return stmt_run(days, e);
}

enum errc usage_write(struct store *s, const struct usage_add *rows, size_t count, struct err *e)
{
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < count && !rc; i++) {
		rc = use_write(s->db, &rows[i], e);
		if (!rc && rows[i].count)
			rc = counts_write(s->db, &rows[i], e);
	}
	return rc ? rc : figures_prune(s, e);
}

/* --- last uses ------------------------------------------------------------ */

static void address_copy(char out[46], struct stmt *st)
{
	size_t len;
	const char *text = stmt_get_text(st, "address", &len);

	if (len > 45)
		len = 45;
	memcpy(out, text, len);
	out[len] = '\0';
}

static const char addresses_read_sql[] =
	"SELECT address, at FROM version_address WHERE key = $1 AND version = $2 ORDER BY at "
	"DESC, address LIMIT 8";

static enum errc addresses_read(struct db *d, int64_t key, int64_t version, struct usage_last *u,
				struct err *e)
{
	bool row;
	enum errc rc;
	struct stmt *st = db_stmt(d, addresses_read_sql);

	stmt_int(st, 1, key);
	stmt_int(st, 2, version);
	while (!(rc = stmt_step(st, &row, e)) && row && u->address_count < ADDRESSES_KEPT) {
		struct usage_address *a = &u->addresses[u->address_count++];

		address_copy(a->address, st);
		a->at = stmt_get_int(st, "at");
	}
	stmt_done(st);
	return rc;
}

enum errc usage_last(struct store *s, int64_t key, int64_t version, struct usage_last *u,
		     struct err *e)
{
	bool row;
	enum errc rc;
	struct stmt *st = db_stmt(
		s->db,
		"SELECT first_used, last_used FROM version_use WHERE key = $1 AND version = $2");

	*u = (struct usage_last){ .first_used = TIME_NONE, .last_used = TIME_NONE };
	stmt_int(st, 1, key);
	stmt_int(st, 2, version);
	rc = stmt_step(st, &row, e);
	if (!rc && row) {
		u->first_used = stmt_get_int(st, "first_used");
		u->last_used = stmt_get_int(st, "last_used");
	}
	stmt_done(st);
	return rc ? rc : addresses_read(s->db, key, version, u, e);
}

enum errc usage_last_of_key(struct store *s, int64_t key, int64_t *at, char address[46],
			    struct err *e)
{
	bool row;
	enum errc rc;
	struct stmt *st = db_stmt(s->db, "SELECT last_used, address FROM key_use WHERE key = $1");

	*at = TIME_NONE;
	address[0] = '\0';
	stmt_int(st, 1, key);
	rc = stmt_step(st, &row, e);
	if (!rc && row) {
		*at = stmt_get_int(st, "last_used");
		address_copy(address, st);
	}
	stmt_done(st);
	return rc;
}

static const char usage_addresses_sql[] =
	"SELECT count(DISTINCT address) AS found FROM version_address WHERE key = $1 AND at "
	">= $2";

enum errc usage_addresses(struct store *s, int64_t key, int64_t since, size_t *count, struct err *e)
{
	int64_t found = 0;
	enum errc rc;
	struct stmt *st = db_stmt(s->db, usage_addresses_sql);

	stmt_int(st, 1, key);
	stmt_int(st, 2, since);
	rc = stmt_one_int(st, "found", &found, e);
	*count = (size_t)found;
	return rc;
}

/* --- counts --------------------------------------------------------------- */

static enum errc buckets_read(struct stmt *st, int64_t unit, int64_t version,
			      struct usage_hour **out, size_t *count, struct err *e)
{
	bool row;
	enum errc rc;
	size_t size = 0;

	while (!(rc = stmt_step(st, &row, e)) && row) {
		if (*count == size) {
			size = size ? 2 * size : ROWS_FIRST;
			*out = x_reallocarray(*out, size, sizeof **out);
		}
		(*out)[(*count)++] = (struct usage_hour){
			.hour = stmt_get_int(st, "bucket") * unit,
			.version = version,
			.allowed = stmt_get_int(st, "allowed"),
			.denied = stmt_get_int(st, "denied"),
		};
	}
	stmt_done(st);
	return rc;
}

/* The first bucket that begins at or after an instant. */
static int64_t bucket_from(int64_t at, int64_t unit)
{
	return at / unit + (at % unit > 0);
}

static enum errc buckets_select(struct stmt *st, int64_t unit, int64_t key, int64_t version,
				int64_t from, int64_t until, struct usage_hour **out, size_t *count,
				struct err *e)
{
	enum errc rc;

	*out = NULL;
	*count = 0;
	stmt_text(st, 1, code_allowed);
	stmt_int(st, 2, key);
	stmt_int(st, 3, bucket_from(from, unit));
	stmt_int(st, 4, bucket_from(until, unit));
	stmt_int(st, 5, version);
	rc = buckets_read(st, unit, version, out, count, e);
	if (rc) {
		free(*out);
		*out = NULL;
		*count = 0;
	}
	return rc;
}

static const char usage_hours_sql[] =
	"SELECT hour AS bucket, sum(CASE WHEN code = $1 THEN count ELSE 0 END) AS allowed, "
	"sum(CASE WHEN code = $1 THEN 0 ELSE count END) AS denied FROM usage_hour WHERE key = "
	"$2 AND hour >= $3 AND hour < $4 AND ($5 = 0 OR version = $5) GROUP BY hour ORDER BY "
	"hour";

enum errc usage_hours(struct store *s, int64_t key, int64_t version, int64_t from, int64_t until,
		      struct usage_hour **out, size_t *count, struct err *e)
{
	struct stmt *st = db_stmt(s->db, usage_hours_sql);

	return buckets_select(st, HOUR_MS, key, version, from, until, out, count, e);
}

static const char usage_days_sql[] =
	"SELECT day AS bucket, sum(CASE WHEN code = $1 THEN count ELSE 0 END) AS allowed, "
	"sum(CASE WHEN code = $1 THEN 0 ELSE count END) AS denied FROM usage_day WHERE key = "
	"$2 AND day >= $3 AND day < $4 AND ($5 = 0 OR version = $5) GROUP BY day ORDER BY day";

enum errc usage_days(struct store *s, int64_t key, int64_t version, int64_t from, int64_t until,
		     struct usage_hour **out, size_t *count, struct err *e)
{
	struct stmt *st = db_stmt(s->db, usage_days_sql);

	return buckets_select(st, DAY_MS, key, version, from, until, out, count, e);
}

static enum errc codes_read(struct stmt *st, struct usage_code **out, size_t *count, struct err *e)
{
	bool row;
	enum errc rc;

	while (!(rc = stmt_step(st, &row, e)) && row) {
		struct usage_code *c;
		size_t len;
		const char *code = stmt_get_text(st, "code", &len);

		*out = x_reallocarray(*out, *count + 1, sizeof **out);
		c = &(*out)[(*count)++];
		len = len < sizeof c->code ? len : sizeof c->code - 1;
		memcpy(c->code, code, len);
		c->code[len] = '\0';
		c->count = stmt_get_int(st, "total");
	}
	stmt_done(st);
	return rc;
}

enum errc usage_codes(struct store *s, int64_t key, int64_t from, int64_t until,
		      struct usage_code **out, size_t *count, struct err *e)
{
	bool by_hours = from >= store_now(s) - HOURS_KEPT * HOUR_MS;
	int64_t unit = by_hours ? HOUR_MS : DAY_MS;
	struct stmt *st = db_stmt(s->db,
				  by_hours ? "SELECT code, sum(count) AS total FROM usage_hour "
					     "WHERE key = $1 AND hour >= $2 AND hour < $3 GROUP BY "
					     "code ORDER BY 2 DESC, 1"
					   : "SELECT code, sum(count) AS total FROM usage_day "
					     "WHERE key = $1 AND day >= $2 AND day < $3 GROUP BY "
					     "code ORDER BY 2 DESC, 1");
	enum errc rc;

	*out = NULL;
	*count = 0;
	stmt_int(st, 1, key);
	stmt_int(st, 2, bucket_from(from, unit));
	stmt_int(st, 3, bucket_from(until, unit));
	rc = codes_read(st, out, count, e);
	if (rc) {
		free(*out);
		*out = NULL;
		*count = 0;
	}
	return rc;
}
