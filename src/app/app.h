/* A session: options, the store when something needs it, and running an operation. */
#ifndef APP_APP_H
#define APP_APP_H

#include "src/app/op.h"
#include "src/base/clock.h"

struct app_options {
	const char *store;	 /* --store; NULL: environment, configuration, default */
	const char *master_file; /* --master-key; NULL: default */
	bool read_only, accept_clock, no_syslog;
	int64_t wait_ms; /* --wait; 0: 30 s */
	enum errc (*passphrase)(void *arg, const char *prompt, struct secret *out, struct err *e);
	void *passphrase_arg;
	const struct clock *clock; /* NULL: the system's */
	/* Runs the service until it is told to stop; brought by main.c, NULL where there is none. */
	enum errc (*serve)(const struct op_call *c, struct err *e);
};

/* Copies the options; opens nothing yet. */
struct app *app_new(const struct app_options *o);
void app_free(struct app *a);
/* A second session with the same options, for another thread. */
struct app *app_dup(const struct app *a);

/* Runs an operation: checks arguments, opens the store as the operation's flags say, runs it. */
enum errc app_run(struct app *a, const struct op *op, const struct op_args *args,
		  const struct op_sink *sink, struct err *e);

/* For the console. */
/* Makes the store and its master key where there is none. */
enum errc app_make_store(struct app *a, struct err *e);
bool app_read_only(const struct app *a);
const char *app_store_name(struct app *a); /* the path as a person writes it (~/…) */
enum errc app_change(struct app *a, uint64_t *version, struct err *e); /* see store_version() */
void app_interrupt(struct app *a);    /* from any thread: ends the running statement */
const char *app_actor(struct app *a); /* "ops1", "ops1 from 10.20.9.7" */
int64_t app_now(struct app *a);
bool app_store_exists(const struct app *a);

#endif
