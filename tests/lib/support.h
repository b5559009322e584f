/* What unit tests share: a folder of their own, a clock that stands still, short assertions. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/base/clock.h"
#include "src/base/err.h"

/* A new empty folder (0700) below $TMPDIR. Give it back to temp_folder_remove(). */
char *temp_folder(void);
void temp_folder_remove(char *folder); /* with all that is in it; frees */

/* Writes a whole file with 0600, over what was there; fails the test where that can't be done. */
void file_put(const char *path, const char *text);
/* The whole file as heap text. */
char *file_get(const char *path);

/* A clock that moves only when told. Pass &t.clock. */
struct test_clock {
	struct clock clock;
	int64_t wall, boot;
	char boot_id[37];
};

void test_clock_init(struct test_clock *t, int64_t wall);
void test_clock_advance(struct test_clock *t, int64_t ms); /* both clocks, as time does */
void test_clock_step(struct test_clock *t, int64_t ms); /* the wall clock alone, as a person does */
void test_clock_reboot(struct test_clock *t);		/* another boot id, boot clock near zero */

/* 2026-06-16T13:06:52Z */
#define TEST_NOW INT64_C(1781615212000)

/* Ends the test where it can't be run here, and says why. (cmocka's own skip() is a failure to prove.) */
#define SKIP_TEST(why)                                 \
	do {                                           \
		print_message("# skipped: %s\n", why); \
		return;                                \
	} while (0)

/* The call worked; otherwise the test fails with the error's message. */
#define assert_well(call, e) support_well((call), (e), #call, __FILE__, __LINE__)
/* The call was refused with this code, and the message or hint has this text (NULL: any). */
#define assert_refused(call, code, e, text) \
	support_refused((call), (code), (e), (text), #call, __FILE__, __LINE__)

void support_well(enum errc rc, const struct err *e, const char *call, const char *file, int line);
void support_refused(enum errc rc, enum errc code, const struct err *e, const char *text,
		     const char *call, const char *file, int line);

#endif
