/* Point verification in process, beside a bare prepared look-up of the same rows plus SHA-256.
 *
 * usage: verify STORE MASTER SECRETS — one secret a line; prints "ours PER_SECOND bare PER_SECOND"
 * of five interleaved rounds each (medians). */
#include <err.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "src/app/verify.h"
#include "src/base/secret.h"
#include "tests/lib/bench.h"

enum { ROUNDS = 5 };

static double ours(struct store *s, const struct bench_secrets *in)
{
	struct verify_result result;
	struct err e = ERR_INIT;
	double start = bench_seconds();

	verify_result_init(&result);
	for (size_t i = 0; i < in->count; i++) {
		const struct verify_request q = { .secret = in->secrets[i],
						  .len = strlen(in->secrets[i]),
						  .at = TIME_NONE };

		if (key_verify(s, &q, &result, &e) || result.code != VERIFY_VALID)
			errx(1, "%s: %s", e.message, verify_code_name(result.code));
	}
	verify_result_release(&result);
	return (double)in->count / (bench_seconds() - start);
}

int main(int argc, char **argv)
{
	struct bench_secrets in = { 0 };
	struct err e = ERR_INIT;
	struct store *s;
	sqlite3 *db;
	double us[ROUNDS], them[ROUNDS];

	if (argc != 4)
		errx(2, "usage: verify STORE MASTER SECRETS");
	secret_process_init();
	bench_secrets_read(&in, argv[3]);
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
	bench_lookups_read(&in, s);
	for (int round = 0; round < ROUNDS; round++) {
		us[round] = ours(s, &in);
		them[round] = bench_bare(&in, db);
	}
	printf("%.0f %.0f\n", bench_median(us, ROUNDS), bench_median(them, ROUNDS));
	sqlite3_close(db);
	store_close(s);
	return 0;
}
