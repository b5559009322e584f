/* Writing usage figures: they grant nothing and carry no MAC, so one batch is a handful of upserts a
 * version. */
#include "data/usage.h"

#include <string.h>

#include "data/db.h"
#include "data/store_internal.h"

enum {
	TOTALS = 32, /* hours and codes that are added up before they are written */
};

/* --- last uses ------------------------------------------------------------ */

static const char version_use_sql[] =
	"INSERT INTO version_use AS u (key, version, first_used, last_used) VALUES ($1, $2, "
	"$3, $3) ON CONFLICT (key, version) DO UPDATE SET last_used = excluded.last_used "
	"WHERE excluded.last_used > u.last_used";

static enum errc version_use_write(struct db *d, const struct usage_add *a, struct err *e)
{
	struct stmt *st = db_stmt(d, version_use_sql);

	stmt_int(st, 1, a->key);
	stmt_int(st, 2, a->version);
	stmt_int(st, 3, a->at);
	return stmt_run(st, e);
}

static const char key_use_sql[] =
	"INSERT INTO key_use AS u (key, last_used, address) VALUES ($1, $2, $3) ON CONFLICT "
	"(key) DO UPDATE SET last_used = excluded.last_used, address = excluded.address WHERE "
	"excluded.last_used > u.last_used";

static enum errc key_use_write(struct db *d, const struct usage_add *a, struct err *e)
{
	struct stmt *st = db_stmt(d, key_use_sql);

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
	stmt_int(st, 3, USAGE_ADDRESSES);
	return stmt_run(st, e);
}

static enum errc address_run(struct db *d, const char *sql, const struct usage_add *a,
			     struct err *e)
{
	struct stmt *st = db_stmt(d, sql);

	stmt_int(st, 1, a->key);
	stmt_int(st, 2, a->version);
	stmt_text(st, 3, a->address);
	stmt_int(st, 4, a->at);
	return stmt_run(st, e);
}

static const char address_move_sql[] =
	"UPDATE version_address SET at = $4 WHERE key = $1 AND version = $2 AND address = $3 AND "
	"at < $4";

static const char address_insert_sql[] =
	"INSERT INTO version_address (key, version, address, at) VALUES ($1, $2, $3, $4) ON "
	"CONFLICT (key, version, address) DO NOTHING";

/* Most calls come from where the last ones came from: only a new one can be the ninth. */
static enum errc address_write(struct db *d, const struct usage_add *a, struct err *e)
{
	enum errc rc = address_run(d, address_move_sql, a, e);

	if (rc || db_changes(d))
		return rc;
	rc = address_run(d, address_insert_sql, a, e);
	return rc || !db_changes(d) ? rc : addresses_trim(d, a, e);
}

/* A use is a call that was allowed; what was denied only counts. */
static enum errc use_write(struct db *d, const struct usage_add *a, struct err *e)
{
	enum errc rc = ERR_OK;

	if (strcmp(a->code, usage_code_allowed) != 0)
		return ERR_OK;
	if (a->count) {
		rc = version_use_write(d, a, e);
		if (!rc)
			rc = key_use_write(d, a, e);
	}
	return rc || !a->address ? rc : address_write(d, a, e);
}

/* --- counts --------------------------------------------------------------- */

static const char hour_add_sql[] =
	"INSERT INTO usage_by_hour AS u (hour, key, version, code, count) VALUES ($1, $2, $3, "
	"$4, $5) ON CONFLICT (hour, key, version, code) DO UPDATE SET count = u.count + "
	"excluded.count";

static const char day_add_sql[] =
	"INSERT INTO usage_by_day AS u (day, key, version, code, count) VALUES ($1, $2, $3, $4, "
	"$5) ON CONFLICT (day, key, version, code) DO UPDATE SET count = u.count + "
	"excluded.count";

static enum errc count_add(struct stmt *st, const struct usage_add *a, int64_t bucket,
			   struct err *e)
{
	stmt_int(st, 1, bucket);
	stmt_int(st, 2, a->key);
	stmt_int(st, 3, a->version);
	stmt_text(st, 4, a->code);
	stmt_int(st, 5, a->count);
	return stmt_run(st, e);
}

static enum errc counts_write(struct db *d, const struct usage_add *a, struct err *e)
{
	enum errc rc = count_add(db_stmt(d, hour_add_sql), a, a->at / HOUR_MS, e);

	return rc ? rc : count_add(db_stmt(d, day_add_sql), a, a->at / DAY_MS, e);
}

/* --- all keys together ---------------------------------------------------- */

struct totals {
	struct total {
		int64_t hour, count;
		const char *code;
	} list[TOTALS];
	size_t count;
};

static const char all_hour_sql[] =
	"INSERT INTO usage_all_hour AS u (hour, code, count) VALUES ($1, $2, $3) ON CONFLICT "
	"(hour, code) DO UPDATE SET count = u.count + excluded.count";

static const char all_day_sql[] =
	"INSERT INTO usage_all_day AS u (day, code, count) VALUES ($1, $2, $3) ON CONFLICT "
	"(day, code) DO UPDATE SET count = u.count + excluded.count";

static enum errc total_add(struct stmt *st, const struct total *t, int64_t bucket, struct err *e)
{
	stmt_int(st, 1, bucket);
	stmt_text(st, 2, t->code);
	stmt_int(st, 3, t->count);
	return stmt_run(st, e);
}

static enum errc totals_write(struct db *d, struct totals *t, struct err *e)
{
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < t->count && !rc; i++) {
		const struct total *one = &t->list[i];

		rc = total_add(db_stmt(d, all_hour_sql), one, one->hour, e);
		if (!rc)
			rc = total_add(db_stmt(d, all_day_sql), one, one->hour * HOUR_MS / DAY_MS,
				       e);
	}
	t->count = 0;
	return rc;
}

static enum errc totals_add(struct db *d, struct totals *t, const struct usage_add *a,
			    struct err *e)
{
	int64_t hour = a->at / HOUR_MS;
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < t->count; i++) {
		if (t->list[i].hour == hour && strcmp(t->list[i].code, a->code) == 0) {
			t->list[i].count += a->count;
			return ERR_OK;
		}
	}
	if (t->count == TOTALS)
		rc = totals_write(d, t, e);
	t->list[t->count++] = (struct total){ hour, a->count, a->code };
	return rc;
}

/* --- what is past its time ------------------------------------------------ */

static const char hours_prune_sql[] =
	"DELETE FROM usage_by_hour WHERE (hour, key, version, code) IN (SELECT hour, key, "
	"version, code FROM usage_by_hour WHERE hour < $1 LIMIT 500)";

static const char days_prune_sql[] =
	"DELETE FROM usage_by_day WHERE (day, key, version, code) IN (SELECT day, key, version, "
	"code FROM usage_by_day WHERE day < $1 LIMIT 500)";

static const char all_hours_prune_sql[] = "DELETE FROM usage_all_hour WHERE hour < $1";

static const char all_days_prune_sql[] = "DELETE FROM usage_all_day WHERE day < $1";

/* A few hundred rows a batch, so that no batch is slow: a batch a second keeps up with any
 * load. */
static enum errc figures_prune(struct store *s, struct err *e)
{
	int64_t now = store_now(s);
	const struct {
		const char *sql;
		int64_t first;
	} steps[] = {
		{ hours_prune_sql, now / HOUR_MS - USAGE_HOURS_KEPT },
		{ days_prune_sql, now / DAY_MS - USAGE_DAYS_KEPT },
		{ all_hours_prune_sql, now / HOUR_MS - USAGE_HOURS_KEPT },
		{ all_days_prune_sql, now / DAY_MS - USAGE_DAYS_KEPT },
	};
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && !rc; i++) {
		struct stmt *st = db_stmt(s->db, steps[i].sql);

		stmt_int(st, 1, steps[i].first);
		rc = stmt_run(st, e);
	}
	return rc;
}

enum errc usage_write(struct store *s, const struct usage_add *rows, size_t count, struct err *e)
{
	struct totals totals = { .count = 0 };
	enum errc rc = store_writing(s, e);

	for (size_t i = 0; i < count && !rc; i++) {
		rc = use_write(s->db, &rows[i], e);
		if (!rc && rows[i].count)
			rc = counts_write(s->db, &rows[i], e);
		if (!rc && rows[i].count)
			rc = totals_add(s->db, &totals, &rows[i], e);
	}
	if (!rc)
		rc = totals_write(s->db, &totals, e);
	return rc ? rc : figures_prune(s, e);
}
