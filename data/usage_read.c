/* Reading usage figures: last uses, and counts of one key or of all. */
#include "data/usage.h"

#include <stdlib.h>
#include <string.h>

#include "data/db.h"
#include "data/store_internal.h"
#include "src/base/alloc.h"

enum { ROWS_FIRST = 16 }; /* of a result, doubled as it grows: a power of two */

const char usage_code_allowed[] = "VALID";

/* --- last uses ------------------------------------------------------------ */

static void address_copy(char out[USAGE_ADDRESS_SIZE], struct stmt *st)
{
	size_t len;
	const char *text = stmt_get_text(st, "address", &len);

	if (len >= USAGE_ADDRESS_SIZE)
		len = USAGE_ADDRESS_SIZE - 1;
	memcpy(out, text, len);
	out[len] = '\0';
}

static const char addresses_read_sql[] =
	"SELECT address, at FROM version_address WHERE key = $1 AND version = $2 ORDER BY at "
	"DESC, address LIMIT $3";

static enum errc addresses_read(struct db *d, int64_t key, int64_t version, struct usage_last *u,
				struct err *e)
{
	bool row;
	enum errc rc;
	struct stmt *st = db_stmt(d, addresses_read_sql);

	stmt_int(st, 1, key);
	stmt_int(st, 2, version);
	stmt_int(st, 3, USAGE_ADDRESSES);
	while (!(rc = stmt_step(st, &row, e)) && row) {
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

enum errc usage_last_of_key(struct store *s, int64_t key, int64_t *at,
			    char address[USAGE_ADDRESS_SIZE], struct err *e)
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

/* A heap array that doubles where it is full; the place for one more row. */
static void *rows_next(void *rows, size_t *count, size_t size)
{
	bool full = !*count || (*count >= ROWS_FIRST && (*count & (*count - 1)) == 0);

	if (full)
		rows = x_reallocarray(rows, *count ? 2 * *count : ROWS_FIRST, size);
	return rows;
}

/* After the last row, or an error: then there are none. Returns the rows. */
static void *rows_end(struct stmt *st, enum errc rc, void *rows, size_t *count)
{
	stmt_done(st);
	if (!rc)
		return rows;
	free(rows);
	*count = 0;
	return NULL;
}

/* The first bucket that begins at or after an instant. */
static int64_t bucket_from(int64_t at, int64_t unit)
{
	return at / unit + (at % unit > 0);
}

/* $1 and $2: the buckets within. $3, $4 and $5 where a statement has them: the code of what was allowed,
 * key, version. */
static struct stmt *figures_stmt(struct store *s, const char *sql, int64_t unit, int64_t from,
				 int64_t until)
{
	struct stmt *st = db_stmt(s->db, sql);

	stmt_int(st, 1, bucket_from(from, unit));
	stmt_int(st, 2, bucket_from(until, unit));
	return st;
}

static enum errc buckets_read(struct stmt *st, int64_t unit, int64_t version,
			      struct usage_hour **out, size_t *count, struct err *e)
{
	bool row;
	enum errc rc;

	*out = NULL;
	*count = 0;
	stmt_text(st, 3, usage_code_allowed);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		*out = rows_next(*out, count, sizeof(**out));
		(*out)[(*count)++] = (struct usage_hour){
			.hour = stmt_get_int(st, "bucket") * unit,
			.version = version,
			.allowed = stmt_get_int(st, "allowed"),
			.denied = stmt_get_int(st, "denied"),
		};
	}
	*out = rows_end(st, rc, *out, count);
	return rc;
}

static enum errc codes_read(struct stmt *st, struct usage_code **out, size_t *count, struct err *e)
{
	bool row;
	enum errc rc;

	*out = NULL;
	*count = 0;
	while (!(rc = stmt_step(st, &row, e)) && row) {
		struct usage_code *c;
		size_t len;
		const char *code = stmt_get_text(st, "code", &len);

		*out = rows_next(*out, count, sizeof(**out));
		c = &(*out)[(*count)++];
		len = len < sizeof(c->code) ? len : sizeof(c->code) - 1;
		memcpy(c->code, code, len);
		c->code[len] = '\0';
		c->count = stmt_get_int(st, "total");
	}
	*out = rows_end(st, rc, *out, count);
	return rc;
}

/* Is an instant no longer ago than so many hours, and the one that began before? */
static bool is_within(struct store *s, int64_t from, int64_t hours)
{
	return from / HOUR_MS >= store_now(s) / HOUR_MS - hours;
}

/* --- lately --------------------------------------------------------------- */

void usage_recent_init(struct store *s, struct usage_recent *r)
{
	r->since = (store_now(s) / HOUR_MS - 1) * HOUR_MS;
	r->allowed = 0;
	r->address_count = 0;
	r->more = false;
}

static void recent_address(struct usage_recent *r, const char address[USAGE_ADDRESS_SIZE])
{
	for (size_t i = 0; i < r->address_count; i++)
		if (strcmp(r->addresses[i], address) == 0)
			return;
	if (r->address_count == sizeof(r->addresses) / sizeof(*r->addresses))
		r->more = true;
	else
		memcpy(r->addresses[r->address_count++], address, sizeof(*r->addresses));
}

static const char recent_addresses_sql[] =
	"SELECT version, address FROM version_address WHERE key = $1 AND at >= $2 AND ($3 = 0 OR "
	"version = $3) ORDER BY version DESC, at DESC, address";

/* Where all that are kept of a version came since, older ones of that time may have been let go. */
static enum errc recent_addresses(struct store *s, int64_t key, int64_t version,
				  struct usage_recent *r, struct err *e)
{
	struct stmt *st = db_stmt(s->db, recent_addresses_sql);
	int64_t last = 0;
	size_t of_version = 0;
	bool row;
	enum errc rc;

	stmt_int(st, 1, key);
	stmt_int(st, 2, r->since);
	stmt_int(st, 3, version);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		int64_t number = stmt_get_int(st, "version");
		char address[USAGE_ADDRESS_SIZE];

		of_version = number == last ? of_version + 1 : 1;
		last = number;
		r->more = r->more || of_version >= USAGE_ADDRESSES;
		address_copy(address, st);
		recent_address(r, address);
	}
	stmt_done(st);
	return rc;
}

enum errc usage_recent_add(struct store *s, int64_t key, int64_t version, struct usage_recent *r,
			   struct err *e)
{
	struct usage_hour *hours;
	size_t count;
	enum errc rc = usage_hours(s, key, version, r->since, INT64_MAX, &hours, &count, e);

	for (size_t i = 0; i < count; i++)
		r->allowed += hours[i].allowed;
	free(hours);
	return rc ? rc : recent_addresses(s, key, version, r, e);
}

/* --- one key -------------------------------------------------------------- */

#define ALLOWED_DENIED                                                \
	"sum(CASE WHEN code = $3 THEN count ELSE 0 END) AS allowed, " \
	"sum(CASE WHEN code = $3 THEN 0 ELSE count END) AS denied "
/* The hours there are, each looked up with the key: the figures of other keys are not passed over. */
#define HOURS_OF_KEY                                                                      \
	"FROM usage_by_hour WHERE key = $4 AND hour IN (SELECT hour FROM usage_all_hour " \
	"WHERE hour >= $1 AND hour < $2) "
#define DAYS_OF_KEY                                                                   \
	"FROM usage_by_day WHERE key = $4 AND day IN (SELECT day FROM usage_all_day " \
	"WHERE day >= $1 AND day < $2) "

static const char hours_sql[] = "SELECT hour AS bucket, " ALLOWED_DENIED HOURS_OF_KEY
				"AND ($5 = 0 OR version = $5) GROUP BY hour ORDER BY hour";

static const char days_sql[] = "SELECT day AS bucket, " ALLOWED_DENIED DAYS_OF_KEY
			       "AND ($5 = 0 OR version = $5) GROUP BY day ORDER BY day";

enum errc usage_hours(struct store *s, int64_t key, int64_t version, int64_t from, int64_t until,
		      struct usage_hour **out, size_t *count, struct err *e)
{
	struct stmt *st = figures_stmt(s, hours_sql, HOUR_MS, from, until);

	stmt_int(st, 4, key);
	stmt_int(st, 5, version);
	return buckets_read(st, HOUR_MS, version, out, count, e);
}

enum errc usage_days(struct store *s, int64_t key, int64_t version, int64_t from, int64_t until,
		     struct usage_hour **out, size_t *count, struct err *e)
{
	struct stmt *st = figures_stmt(s, days_sql, DAY_MS, from, until);

	stmt_int(st, 4, key);
	stmt_int(st, 5, version);
	return buckets_read(st, DAY_MS, version, out, count, e);
}

static const char codes_by_hour_sql[] = "SELECT code, sum(count) AS total " HOURS_OF_KEY
					"GROUP BY code ORDER BY 2 DESC, 1";

static const char codes_by_day_sql[] = "SELECT code, sum(count) AS total " DAYS_OF_KEY
				       "GROUP BY code ORDER BY 2 DESC, 1";

enum errc usage_codes(struct store *s, int64_t key, int64_t from, int64_t until,
		      struct usage_code **out, size_t *count, struct err *e)
{
	struct stmt *st = is_within(s, from, USAGE_HOURS_KEPT)
				  ? figures_stmt(s, codes_by_hour_sql, HOUR_MS, from, until)
				  : figures_stmt(s, codes_by_day_sql, DAY_MS, from, until);

	stmt_int(st, 4, key);
	return codes_read(st, out, count, e);
}

/* --- all keys ------------------------------------------------------------- */

static const char all_hours_sql[] =
	"SELECT hour AS bucket, " ALLOWED_DENIED
	"FROM usage_all_hour WHERE hour >= $1 AND hour < $2 GROUP BY hour ORDER BY hour";

static const char all_days_sql[] =
	"SELECT day AS bucket, " ALLOWED_DENIED
	"FROM usage_all_day WHERE day >= $1 AND day < $2 GROUP BY day ORDER BY day";

enum errc usage_all_hours(struct store *s, int64_t from, int64_t until, struct usage_hour **out,
			  size_t *count, struct err *e)
{
	return buckets_read(figures_stmt(s, all_hours_sql, HOUR_MS, from, until), HOUR_MS, 0, out,
			    count, e);
}

enum errc usage_all_days(struct store *s, int64_t from, int64_t until, struct usage_hour **out,
			 size_t *count, struct err *e)
{
	return buckets_read(figures_stmt(s, all_days_sql, DAY_MS, from, until), DAY_MS, 0, out,
			    count, e);
}

static const char all_codes_by_hour_sql[] =
	"SELECT code, sum(count) AS total FROM usage_all_hour WHERE hour >= $1 AND hour < $2 "
	"GROUP BY code ORDER BY 2 DESC, 1";

static const char all_codes_by_day_sql[] =
	"SELECT code, sum(count) AS total FROM usage_all_day WHERE day >= $1 AND day < $2 GROUP "
	"BY code ORDER BY 2 DESC, 1";

enum errc usage_all_codes(struct store *s, int64_t from, int64_t until, struct usage_code **out,
			  size_t *count, struct err *e)
{
	struct stmt *st = is_within(s, from, USAGE_HOURS_KEPT)
				  ? figures_stmt(s, all_codes_by_hour_sql, HOUR_MS, from, until)
				  : figures_stmt(s, all_codes_by_day_sql, DAY_MS, from, until);

	return codes_read(st, out, count, e);
}

/* --- top keys ------------------------------------------------------------- */

/* A key that is no more has no name to be told by. */
#define TOP_KEYS                                                                   \
	"GROUP BY key HAVING key IN (SELECT row FROM apikey) ORDER BY sum(count) " \
	"DESC, key LIMIT $4"

static const char top_by_hour_sql[] = "SELECT key, " ALLOWED_DENIED
				      "FROM usage_by_hour WHERE hour >= $1 AND hour < $2 " TOP_KEYS;

static const char top_by_day_sql[] = "SELECT key, " ALLOWED_DENIED
				     "FROM usage_by_day WHERE day >= $1 AND day < $2 " TOP_KEYS;

enum errc usage_top_keys(struct store *s, int64_t from, int64_t until, size_t limit,
			 struct usage_key **out, size_t *count, struct err *e)
{
	bool by_hours = is_within(s, from, USAGE_TOP_HOURS);
	struct stmt *st = by_hours ? figures_stmt(s, top_by_hour_sql, HOUR_MS, from, until)
				   : figures_stmt(s, top_by_day_sql, DAY_MS, from, until);
	bool row;
	enum errc rc;

	*out = NULL;
	*count = 0;
	stmt_text(st, 3, usage_code_allowed);
	stmt_int(st, 4, (int64_t)limit);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		*out = rows_next(*out, count, sizeof(**out));
		(*out)[(*count)++] = (struct usage_key){
			.key = stmt_get_int(st, "key"),
			.allowed = stmt_get_int(st, "allowed"),
			.denied = stmt_get_int(st, "denied"),
		};
	}
	*out = rows_end(st, rc, *out, count);
	return rc;
}
