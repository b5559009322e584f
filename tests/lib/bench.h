/* What measurements in process share: secrets, the time, medians. */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <stddef.h>
#include <stdint.h>

struct sqlite3;
struct store;

enum { BENCH_LINE = 600 };

struct bench_secrets {
	char (*secrets)[BENCH_LINE];
	uint8_t (*lookups)[16]; /* what the row of each secret is found by */
	size_t count;
};

double bench_seconds(void); /* of the processor, for this thread: steadier than the wall clock */
double bench_median(double *figures, size_t count); /* sorts them */
/* One a line; ends the program where the file can't be read. */
void bench_secrets_read(struct bench_secrets *in, const char *path);
/* Foreign secrets: what their rows are found by. */
void bench_lookups_read(struct bench_secrets *in, struct store *s);
/* SHA-256 and a prepared look-up of each secret, a second. */
double bench_bare(const struct bench_secrets *in, struct sqlite3 *db);

#endif
