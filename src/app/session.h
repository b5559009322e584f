/* What operations see of the session that runs them: the store that app_run() opened. */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include "data/store.h"
#include "src/app/app.h"
#include "src/base/actor.h"

/* The open store; borrowed, never NULL in an operation without OP_NO_STORE. */
struct store *app_store(struct app *a);
/* The store for an operation with OP_NO_STORE that turns out to need one; borrowed. */
enum errc app_need_store(const struct op_call *c, struct store **out, struct err *e);
/* The clock of the session. */
const struct clock *app_clock(const struct app *a);
/* Options as store_open() takes them, for operations that open a store by themselves. Borrowed. */
const struct store_options *app_store_options(struct app *a);
/* Who acts; read once a session. */
const struct actor *app_actor_record(struct app *a);

/* Was --accept-clock given? */
bool app_accepts_clock(const struct app *a);

/* Runs the service that the session was given; ERR_USAGE where it has none (the console). */
enum errc app_serve(const struct op_call *c, struct err *e);

/* Lines for syslog that wait for the commit: add one (borrowed), send all, or forget them. */
void app_mirror_add(struct app *a, const char *line);
void app_mirror_send(struct app *a);
void app_mirror_drop(struct app *a);

/* --- shorthands for run functions ---------------------------------------------------------- */
enum errc call_record(const struct op_call *c, const struct json *row, struct err *e);
/* The same, and drops the reference to `row`. */
enum errc call_record_take(const struct op_call *c, struct json *row, struct err *e);
/* A list's records, an array; then ERR_STORE where some of them were altered, the `noun` is theirs. */
enum errc call_listing(const struct op_call *c, const struct json *records, size_t altered,
		       const char *noun, struct err *e);
enum errc call_text(const struct op_call *c, const char *data, size_t len, struct err *e);
void call_note(const struct op_call *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* ERR_CANCELLED when the front end wants it to end. */
enum errc call_progress(const struct op_call *c, const char *what, uint64_t done, uint64_t total,
			struct err *e);
/* Then: does the front end itself go away, so that what can be taken up again is to be left? */
bool call_leaves(const struct op_call *c);
/* Asks unless --yes was given. */
enum errc call_confirm(const struct op_call *c, struct err *e, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
