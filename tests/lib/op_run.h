/* Runs operations as a front end does, on a store of the test's own, and keeps what came out. */
#ifndef TESTS_OP_RUN_H
#define TESTS_OP_RUN_H

#include "src/app/app.h"
#include "src/base/buf.h"
#include "tests/lib/support.h"

struct op_run {
	char *folder, *store, *master;
	struct test_clock clock;
	struct app_options options;
	struct app *app;
	/* Of the last operation: */
	struct json *rows; /* array of its records */
	struct buf text;   /* what it wrote as text */
	struct buf notes;  /* its remarks, one a line */
	char secret[128];  /* the last one revealed */
	size_t progress;   /* calls */
	struct err e;
	/* Answers, for the next ones: */
	bool refuses_confirm, refuses_reveal;
	/* Called with each progress; false cancels. NULL is well. */
	bool (*on_progress)(struct op_run *r, const char *what);
	const char *passphrase;
	const char *stdin_secret; /* value of the ARG_SECRET argument; NULL none */
};

/* cmocka set-up and tear-down: *state is a struct op_run. */
int op_run_setup(void **state);
int op_run_teardown(void **state);

/* Runs "key.create" with name and value pairs; a flag has the value "". Ends with NULL. */
enum errc op_run(struct op_run *r, const char *id, ...) __attribute__((sentinel));
/* A member of record `n` of the last operation as text; NULL where it is none. */
const char *op_run_text(const struct op_run *r, size_t n, const char *name);
int64_t op_run_int(const struct op_run *r, size_t n, const char *name);
bool op_run_bool(const struct op_run *r, size_t n, const char *name);
/* A file in the test's folder: heap path. */
char *op_run_file(const struct op_run *r, const char *name, const char *text);

/* Runs and expects success, or a refusal whose message, hint or notes have `part`. */
#define assert_run(r, ...) \
	support_well(op_run((r), __VA_ARGS__), &(r)->e, #__VA_ARGS__, __FILE__, __LINE__)
#define assert_run_refused(r, code, part, ...)                                                     \
	support_refused(op_run((r), __VA_ARGS__), (code), &(r)->e, (part), #__VA_ARGS__, __FILE__, \
			__LINE__)

#endif
