/* Measurements in process; see bench.h. */
#include "tests/lib/bench.h"

#include <err.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data/key.h"
#include "src/base/alloc.h"
#include "src/base/crypto.h"

double bench_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void bench_secrets_read(struct bench_secrets *in, const char *path)
{
	FILE *file = fopen(path, "re");
	size_t size = 0;

	if (!file)
		err(1, "%s", path);
	for (;;) {
		if (in->count == size) {
			size = size ? size * 2 : 1024;
			in->secrets = x_reallocarray(in->secrets, size, sizeof(*in->secrets));
		}
		if (!fgets(in->secrets[in->count], BENCH_LINE, file))
			break;
		in->secrets[in->count][strcspn(in->secrets[in->count], "\n")] = '\0';
		in->count++;
	}
	fclose(file);
}

/* The look-ups are what verification found its rows by. */
void bench_lookups_read(struct bench_secrets *in, struct store *s)
{
	struct key key;
	struct key_version version;
	struct err e = ERR_INIT;

	in->lookups = x_calloc(in->count, sizeof(*in->lookups));
	key_init(&key);
	for (size_t i = 0; i < in->count; i++) {
		uint8_t digest[SHA256_SIZE];

		sha256(digest, &(struct span){ in->secrets[i], strlen(in->secrets[i]) }, 1);
		if (version_by_digest(s, digest, &version, &key, &e))
			errx(1, "%s", e.message);
		memcpy(in->lookups[i], version.lookup, sizeof(in->lookups[i]));
	}
	key_release(&key);
}

double bench_bare(const struct bench_secrets *in, sqlite3 *db)
{
	sqlite3_stmt *look;
	double start;

	if (sqlite3_prepare_v2(db,
			       "SELECT v.*, k.* FROM version v JOIN apikey k ON k.row = v.key "
			       "WHERE v.lookup = ?1",
			       -1, &look, NULL))
		errx(1, "%s", sqlite3_errmsg(db));
	start = bench_seconds();
	for (size_t i = 0; i < in->count; i++) {
		uint8_t digest[SHA256_SIZE];

		sha256(digest, &(struct span){ in->secrets[i], strlen(in->secrets[i]) }, 1);
		sqlite3_bind_blob(look, 1, in->lookups[i], sizeof(in->lookups[i]), SQLITE_STATIC);
		if (sqlite3_step(look) != SQLITE_ROW)
			errx(1, "not found");
		sqlite3_reset(look);
	}
	start = (double)in->count / (bench_seconds() - start);
	sqlite3_finalize(look);
	return start;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double bench_median(double *figures, size_t count)
{
	qsort(figures, count, sizeof(*figures), by_size);
	return figures[count / 2];
}
