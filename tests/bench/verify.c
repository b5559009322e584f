/* Point verification in process, beside a bare prepared look-up of the same rows plus SHA-256.
 *
 * usage: verify STORE MASTER SECRETS — one secret a line; prints "ours PER_SECOND bare PER_SECOND"
 * of five interleaved rounds each (medians). */
#include <err.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/secret_format.h"
#include "src/app/verify.h"
#include "src/base/alloc.h"
#include "src/base/crypto.h"

enum { ROUNDS = 5, LINE_SIZE = 600 };

struct input {
	char (*secrets)[LINE_SIZE];
	uint8_t (*lookups)[16]; /* what the row of each secret is found by */
	size_t count;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void input_read(struct input *in, const char *path)
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
		if (!fgets(in->secrets[in->count], LINE_SIZE, file))
			break;
		in->secrets[in->count][strcspn(in->secrets[in->count], "\n")] = '\0';
		in->count++;
	}
	fclose(file);
}

static double ours(struct store *s, const struct input *in)
{
	struct verify_result result;
	struct err e = ERR_INIT;
	double start = seconds();

	verify_result_init(&result);
	for (size_t i = 0; i < in->count; i++) {
		const struct verify_request q = { .secret = in->secrets[i],
						  .len = strlen(in->secrets[i]),
						  .at = TIME_NONE };

		if (key_verify(s, &q, &result, &e) || result.code != VERIFY_VALID)
			errx(1, "%s: %s", e.message, verify_code_name(result.code));
	}
	verify_result_release(&result);
	return (double)in->count / (seconds() - start);
}

/* The look-ups are what key_verify() found its rows by. */
static void lookups_read(struct store *s, struct input *in)
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

static double bare(sqlite3 *db, const struct input *in)
{
	sqlite3_stmt *look;
	double start;

	if (sqlite3_prepare_v2(db,
			       "SELECT v.*, k.* FROM version v JOIN apikey k ON k.row = v.key "
			       "WHERE v.lookup = ?1",
			       -1, &look, NULL))
		errx(1, "%s", sqlite3_errmsg(db));
	start = seconds();
	for (size_t i = 0; i < in->count; i++) {
		uint8_t digest[SHA256_SIZE];

		sha256(digest, &(struct span){ in->secrets[i], strlen(in->secrets[i]) }, 1);
		sqlite3_bind_blob(look, 1, in->lookups[i], sizeof(in->lookups[i]), SQLITE_STATIC);
		if (sqlite3_step(look) != SQLITE_ROW)
			errx(1, "not found");
		sqlite3_reset(look);
	}
	start = (double)in->count / (seconds() - start);
	sqlite3_finalize(look);
	return start;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
	struct input in = { 0 };
	struct err e = ERR_INIT;
	struct store *s;
	sqlite3 *db;
	double us[ROUNDS], them[ROUNDS];

	if (argc != 4)
		errx(2, "usage: verify STORE MASTER SECRETS");
	secret_process_init();
	input_read(&in, argv[3]);
	if (store_open(&s,
		       &(struct store_options){ .url = argv[1],
						.master_file = argv[2],
						.wait_ms = 30000,
						.read_only = true,
						.verb = "bench" },
		       &e))
		errx(1, "%s", e.message);
	if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL))
		errx(1, "%s", sqlite3_errmsg(db));
	lookups_read(s, &in);
	for (int round = 0; round < ROUNDS; round++) {
		us[round] = ours(s, &in);
		them[round] = bare(db, &in);
	}
	qsort(us, ROUNDS, sizeof(*us), by_size);
	qsort(them, ROUNDS, sizeof(*them), by_size);
	printf("%.0f %.0f\n", us[ROUNDS / 2], them[ROUNDS / 2]);
	sqlite3_close(db);
	store_close(s);
	return 0;
}
