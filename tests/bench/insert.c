/* The peer of the import: the rows of a store (keys and versions) through bare prepared inserts in one
 * transaction, into a new file of the same schema and settings.
 *
 * usage: insert STORE NEW — prints the seconds from BEGIN to the end of the checkpoint. The rows are
 * read into memory before. */
#include <err.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/alloc.h"

struct rows {
	sqlite3_value **values;
	size_t count, size;
	int columns;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL))
		errx(1, "%s: %s", sql, sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL))
		errx(1, "%s: %s", sql, sqlite3_errmsg(db));
	return statement;
}

static void rows_read(struct rows *r, sqlite3 *db, const char *table)
{
	char sql[128];
	sqlite3_stmt *statement;

	snprintf(sql, sizeof(sql), "SELECT * FROM %s", table);
	statement = prepare(db, sql);
	r->columns = sqlite3_column_count(statement);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		if (r->count + (size_t)r->columns > r->size) {
			r->size = r->size ? r->size * 2 : 1 << 16;
			r->values = x_reallocarray(r->values, r->size, sizeof(*r->values));
		}
		for (int c = 0; c < r->columns; c++)
			r->values[r->count++] = sqlite3_value_dup(
				sqlite3_column_value(statement, c));
	}
	sqlite3_finalize(statement);
}

static void schema_copy(sqlite3 *to, sqlite3 *from)
{
	sqlite3_stmt *statement = prepare(
		from, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE "
		      "'sqlite_%' ORDER BY type DESC");

	while (sqlite3_step(statement) == SQLITE_ROW)
		run(to, (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
}

/* INSERT INTO TABLE VALUES (?1, …) */
static sqlite3_stmt *insert(sqlite3 *db, const char *table, int columns)
{
	char sql[512];
	int at = snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES (?", table);

	for (int c = 1; c < columns; c++)
		at += snprintf(sql + at, sizeof(sql) - (size_t)at, ", ?");
	snprintf(sql + at, sizeof(sql) - (size_t)at, ")");
	return prepare(db, sql);
}

static void insert_row(sqlite3_stmt *statement, const struct rows *r, size_t row)
{
	for (int c = 0; c < r->columns; c++)
		sqlite3_bind_value(statement, c + 1,
				   r->values[row * (size_t)r->columns + (size_t)c]);
	if (sqlite3_step(statement) != SQLITE_DONE)
		errx(1, "insert: %s", sqlite3_errmsg(sqlite3_db_handle(statement)));
	sqlite3_reset(statement);
}

/* A key and its version, as the import writes them. */
static void insert_all(sqlite3 *db, const struct rows *keys, const struct rows *versions)
{
	sqlite3_stmt *key = insert(db, "apikey", keys->columns);
	sqlite3_stmt *version = insert(db, "version", versions->columns);
	size_t count = keys->count / (size_t)keys->columns;

	run(db, "BEGIN IMMEDIATE");
	for (size_t row = 0; row < count; row++) {
		insert_row(key, keys, row);
		insert_row(version, versions, row);
	}
	run(db, "COMMIT");
	sqlite3_finalize(key);
	sqlite3_finalize(version);
}

int main(int argc, char **argv)
{
	struct rows keys = { 0 }, versions = { 0 };
	sqlite3 *from, *to;
	double start;

	if (argc != 3)
		errx(2, "usage: insert STORE NEW");
	if (sqlite3_open_v2(argv[1], &from, SQLITE_OPEN_READONLY, NULL) ||
	    sqlite3_open(argv[2], &to))
		errx(1, "can't open the stores");
	run(to, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
		"PRAGMA cache_size=-400000");
	schema_copy(to, from);
	rows_read(&keys, from, "apikey");
	rows_read(&versions, from, "version");
	if (keys.count / (size_t)keys.columns != versions.count / (size_t)versions.columns)
		errx(1, "the store has to come from one import");
	start = seconds();
	insert_all(to, &keys, &versions);
	run(to, "PRAGMA wal_checkpoint(TRUNCATE)");
	printf("%.3f\n", seconds() - start);
	sqlite3_close(to);
	sqlite3_close(from);
	return 0;
}
