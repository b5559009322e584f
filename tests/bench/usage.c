/* What counting costs, and writing what was counted: keys of a store with a month of figures, a second's
 * batch of many of them.
 *
 * usage: usage STORE MASTER KEYS — fills the figures of every tenth key (up to 10,000 keys) where there are
 * none, then prints what counting a call costs, writing a second's batch of 1,000 and of 10,000 keys, and
 * reading. */
#include <err.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data/usage.h"
#include "src/app/meter.h"
#include "src/base/clock.h"
#include "src/base/secret.h"

enum { ACTIVE = 10000, HOURS = 31 * 24, DAYS = 31, ROUNDS = 7, COUNTS = 2000000 };

static int64_t keys;

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of processor time, which other work on the machine leaves alone. */
static double busy(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* All that was written by this process. */
static int64_t written(void)
{
	FILE *f = fopen("/proc/self/io", "re");
	char line[80];
	int64_t bytes = 0;

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "wchar: ", 7) == 0)
			bytes = strtoll(line + 7, NULL, 10);
	if (f)
		fclose(f);
	return bytes;
}

static int64_t key_at(int64_t i)
{
	return 1 + i % ACTIVE * (keys / ACTIVE);
}

static void sql(sqlite3 *db, const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL))
		errx(1, "%s", sqlite3_errmsg(db));
}

static bool is_filled(sqlite3 *db)
{
	sqlite3_stmt *st;
	bool filled;

	if (sqlite3_prepare_v2(db, "SELECT 1 FROM usage_by_day", -1, &st, NULL))
		errx(1, "%s", sqlite3_errmsg(db));
	filled = sqlite3_step(st) == SQLITE_ROW;
	sqlite3_finalize(st);
	return filled;
}

/* As a month of calls would have left them. */
static void fill_table(sqlite3 *db, const char *table, const char *totals, int buckets, int64_t end)
{
	char text[700];

	snprintf(
		text, sizeof(text),
		"BEGIN; WITH RECURSIVE k(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i < "
		"%d), h(n) AS (SELECT %d UNION ALL SELECT n - 1 FROM h WHERE n > 1) INSERT INTO %s "
		"SELECT %" PRId64 " - n, 1 + i * %" PRId64 ", 1, 'VALID', 60 FROM h CROSS JOIN k; "
		"INSERT INTO %s SELECT %s, code, sum(count) FROM %s GROUP BY 1, 2; COMMIT",
		ACTIVE - 1, buckets, table, end, keys / ACTIVE, totals, strrchr(totals, '_') + 1,
		table);
	sql(db, text);
}

static void fill(const char *path, int64_t now)
{
	sqlite3 *db;

	if (sqlite3_open(path, &db))
		errx(1, "%s", sqlite3_errmsg(db));
	if (is_filled(db)) {
		sqlite3_close(db);
		return;
	}
	fill_table(db, "usage_by_hour", "usage_all_hour", HOURS, now / HOUR_MS);
	fill_table(db, "usage_by_day", "usage_all_day", DAYS, now / DAY_MS);
	sql(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	sqlite3_close(db);
}

static double counting(int64_t now)
{
	struct meter *m = meter_new();
	struct meter_call call = { 0, 1, VERIFY_VALID, now, NULL };
	struct address from = { { 0 } };
	double start = seconds();

	call.address = &from;
	for (int64_t i = 0; i < COUNTS; i++) {
		call.key = key_at(i * 7919);
		meter_count(m, &call);
	}
	start = seconds() - start;
	meter_free(m);
	return start / COUNTS * 1e9;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void writing(struct store *s, int64_t count, int64_t now)
{
	struct meter *m = meter_new();
	struct address from = { { 0 } };
	struct err e = ERR_INIT;
	double took[ROUNDS], used[ROUNDS];
	int64_t bytes = 0;

	for (int round = 0; round < ROUNDS; round++) {
		int64_t before = written();

		from.bytes[15] = (uint8_t)round;
		for (int64_t i = 0; i < count; i++)
			meter_count(m, &(struct meter_call){ key_at(i * (ACTIVE / count)), 1,
							     VERIFY_VALID, now + round * SECOND_MS,
							     &from });
		took[round] = seconds();
		used[round] = busy();
		if (meter_write(m, s, &e))
			errx(1, "%s", e.message);
		took[round] = seconds() - took[round];
		used[round] = busy() - used[round];
		bytes = written() - before;
	}
	qsort(took, ROUNDS, sizeof(*took), by_size);
	qsort(used, ROUNDS, sizeof(*used), by_size);
	printf("write %" PRId64 " keys: %.2f us each, %.2f of the processor, %" PRId64 " bytes\n",
	       count, took[ROUNDS / 2] / (double)count * 1e6,
	       used[ROUNDS / 2] / (double)count * 1e6, bytes / count);
	meter_free(m);
}

static void reading(struct store *s, int64_t now)
{
	struct usage_hour *hours;
	struct usage_code *codes;
	struct usage_key *top;
	struct err e = ERR_INIT;
	size_t count;
	double at = seconds();

	for (int i = 0; i < 100; i++) {
		usage_hours(s, key_at(i), 0, now - DAY_MS, now, &hours, &count, &e);
		free(hours);
	}
	printf("read 24h of a key %.0f us\n", (seconds() - at) * 1e6 / 100);
	at = seconds();
	usage_hours(s, key_at(1), 0, now - 31 * DAY_MS, now, &hours, &count, &e);
	printf("read 31d of a key %.0f us, %zu hours\n", (seconds() - at) * 1e6, count);
	free(hours);
	at = seconds();
	usage_all_hours(s, now - 31 * DAY_MS, now, &hours, &count, &e);
	printf("read 31d of all %.0f us, %zu hours\n", (seconds() - at) * 1e6, count);
	free(hours);
	at = seconds();
	usage_all_codes(s, now - 31 * DAY_MS, now, &codes, &count, &e);
	printf("read codes of all %.0f us\n", (seconds() - at) * 1e6);
	free(codes);
	for (int days = 1; days <= 32; days += 30) {
		at = seconds();
		if (usage_top_keys(s, now - days * DAY_MS, now, 20, &top, &count, &e))
			errx(1, "%s", e.message);
		printf("read top keys of %d days %.0f us, %zu keys\n", days, (seconds() - at) * 1e6,
		       count);
		free(top);
	}
}

int main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct store *s;
	int64_t now = clock_wall(&clock_system);

	if (argc != 4)
		errx(2, "usage: usage STORE MASTER KEYS");
	secret_process_init();
	keys = strtoll(argv[3], NULL, 10);
	fill(argv[1], now);
	if (store_open(&s,
		       &(struct store_options){ .url = argv[1],
						.master_file = argv[2],
						.wait_ms = 30000,
						.verb = "bench" },
		       &e))
		errx(1, "%s", e.message);
	printf("count %.0f ns\n", counting(now));
	writing(s, 1000, now);
	writing(s, 10000, now + MINUTE_MS);
	writing(s, 10000, now + 2 * MINUTE_MS);
	reading(s, now + HOUR_MS);
	store_close(s);
	return 0;
}
