/* The gate in process, as the service asks it: limits, counts, and the upkeep beside it; and a bare
 * prepared look-up of the same rows plus SHA-256.
 *
 * usage: gate STORE MASTER SECRETS — one secret a line; prints "ours PER_SECOND bare PER_SECOND" of five
 * interleaved rounds each (medians). */
#include <err.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "src/app/gate.h"
#include "src/app/session.h"
#include "src/base/secret.h"
#include "tests/lib/bench.h"

enum { ROUNDS = 5, PASSES = 20, TICKS_A_WRITE = 20 };

struct upkeep {
	struct gate *gate;
	atomic_bool stop;
};

static void *upkeep_run(void *arg)
{
	static const struct timespec pause = { .tv_nsec = 50000000 };
	struct upkeep *u = arg;
	struct err e = ERR_INIT;

	for (int i = 1; !u->stop; i++) {
		nanosleep(&pause, NULL);
		gate_tick(u->gate);
		if (i % TICKS_A_WRITE == 0 && gate_write(u->gate, &e))
			errx(1, "%s", e.message);
	}
	return NULL;
}

static double ours(struct gate_thread *t, const struct bench_secrets *in)
{
	static const char *const scopes[] = { "orders:read" };
	struct verify_request q = { .scopes = scopes, .scope_count = 1 };
	struct gate_answer a;
	struct err e = ERR_INIT;
	double start = bench_seconds();

	for (int pass = 0; pass < PASSES; pass++) {
		for (size_t i = 0; i < in->count; i++) {
			q.secret = in->secrets[i];
			q.len = strlen(q.secret);
			if (gate_check(t, &q, &a, &e) || a.code != VERIFY_VALID)
				errx(1, "%s: %s", e.message, verify_code_name(a.code));
		}
	}
	return PASSES * (double)in->count / (bench_seconds() - start);
}

int main(int argc, char **argv)
{
	struct app_options options = { .no_syslog = true };
	double us[ROUNDS], them[ROUNDS];
	struct bench_secrets in = { 0 };
	struct gate_thread *thread;
	struct upkeep upkeep = { .gate = NULL };
	struct err e = ERR_INIT;
	struct store *s;
	struct app *app;
	pthread_t beside;
	sqlite3 *db;

	if (argc != 4)
		errx(2, "usage: gate STORE MASTER SECRETS");
	secret_process_init();
	bench_secrets_read(&in, argv[3]);
	options.store = argv[1];
	options.master_file = argv[2];
	app = app_new(&options);
	if (store_open(&s, app_store_options(app), &e) || gate_open(&upkeep.gate, app, &e) ||
	    gate_thread_open(&thread, upkeep.gate, &e))
		errx(1, "%s", e.message);
	bench_lookups_read(&in, s);
	store_close(s);
	if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL))
		errx(1, "%s", sqlite3_errmsg(db));
	if (pthread_create(&beside, NULL, upkeep_run, &upkeep))
		errx(1, "no thread");
	for (int round = 0; round < ROUNDS; round++) {
		us[round] = ours(thread, &in);
		them[round] = bench_bare(&in, db);
	}
	upkeep.stop = true;
	pthread_join(beside, NULL);
	printf("%.0f %.0f\n", bench_median(us, ROUNDS), bench_median(them, ROUNDS));
	sqlite3_close(db);
	gate_thread_close(thread);
	if (gate_close(upkeep.gate, &e))
		errx(1, "%s", e.message);
	app_free(app);
	return 0;
}
