/* Operations for unit tests: a session on a store of their own, with a clock that stands still and
 * a sink that records what a front end would have shown. */
#ifndef TESTS_SINK_H
#define TESTS_SINK_H

#include "data/usage.h"
#include "src/app/app.h"
#include "tests/lib/support.h"

enum { SINK_SECRETS = 64, SINK_TEXT = 128 };

struct session {
	char *folder, *path, *master_file;
	struct test_clock clock;
	struct app_options options; /* a test may change them before session_reopen() */
	struct app *app;
	/* What the last run gave. */
	struct json *records; /* array */
	char notes[2048];
	char text[8192];
	char question[512];
	size_t asked, reveals;
	/* All secrets revealed since the start. */
	char secrets[SINK_SECRETS][SINK_TEXT];
	size_t secret_count;
	/* How it behaves. */
	enum errc answer; /* to questions; ERR_OK is yes */
	enum errc reveal_fails, record_fails;
	void (*on_reveal)(struct session *s); /* runs while the secret is written out */
};

void session_start(struct session *s);
void session_end(struct session *s);
/* For cmocka: *state is a heap session. */
int session_setup(void **state);
int session_teardown(void **state);
/* A new session with the options as they are now. */
void session_reopen(struct session *s);

/* Runs an operation with arguments as name and value, ended by NULL; a value for an ARG_SECRET goes
 * the secret's way. Flags take the value "". */
enum errc session_run(struct session *s, struct err *e, const char *id, ...)
	__attribute__((sentinel));
/* The same from another session on the same store, recording nothing: somebody else's doing. */
enum errc session_other(struct session *s, struct err *e, const char *id, ...)
	__attribute__((sentinel));

/* The n-th record of the last run; fails the test where there is none. */
const struct json *session_record(const struct session *s, size_t n);
size_t session_count(const struct session *s);
/* Members of the first record. */
const char *session_text(const struct session *s, const char *member);
int64_t session_int(const struct session *s, const char *member);
int64_t session_time(const struct session *s, const char *member); /* TIME_NONE: null */

/* Creates a key of that name, with one more option or none, and returns its secret (lent). */
const char *session_create(struct session *s, const char *name);
const char *session_create_with(struct session *s, const char *name, const char *option,
				const char *value);
const char *session_last_secret(const struct session *s);
/* The code that key.verify gives for a secret now (lent). */
const char *session_code(struct session *s, const char *secret);
/* The key as key.show has it, in session_record(s, 0). */
void session_show(struct session *s, const char *key);
/* One use of a version, as the service writes it down. */
void session_use(struct session *s, int64_t version, int64_t at, const char *address);
/* How many audit events the chain has. */
int64_t session_events(struct session *s);
/* The detail of the last event, in session->text. */
const char *session_last_detail(struct session *s);
/* Opens the store beside the session, for a look below it. Close it. */
struct store *session_store(struct session *s);

#endif
