/* A store of their own for the tests of data/: made in a temporary folder, changed as the
 * operations do it, or edited by hand as somebody with the sqlite3 tool would. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "data/audit.h"
#include "data/key.h"
#include "data/store.h"
#include "tests/lib/support.h"

struct store_fixture {
	char *folder; /* 0700; all below is in it */
	char *path, *master_file;
	struct test_clock clock;
	struct store_options options; /* a test may change them before fixture_reopen() */
	struct store *s;
	char last_id[KEY_ID_SIZE]; /* of the key made last */
};

/* Makes the folder, the master key and the store, and opens it. */
void fixture_start(struct store_fixture *f);
void fixture_end(struct store_fixture *f);
/* For cmocka: *state is a heap fixture. */
int fixture_setup(void **state);
int fixture_teardown(void **state);
/* Closes and opens again with the options; fails the test where that is refused. */
void fixture_reopen(struct store_fixture *f);

/* One audited transaction each, as the operations make them. Ids are lent until the next one. */
const char *fixture_create(struct store_fixture *f, const char *name);
void fixture_scopes(struct store_fixture *f, const char *id, const char *scopes);
void fixture_disable(struct store_fixture *f, const char *id);
void fixture_revoke(struct store_fixture *f, const char *id);
void fixture_purge(struct store_fixture *f, const char *id);
/* A new version; older live ones end after `grace` ms (0: now). */
void fixture_rotate(struct store_fixture *f, const char *id, int64_t grace);
/* `count` keys PREFIX1 … with foreign secrets, in one import. */
void fixture_import(struct store_fixture *f, const char *prefix, int count);
/* The id of the one key of that name. */
const char *fixture_id(struct store_fixture *f, const char *name);

/* Reads a key, which must be there, into an initialised one; false: it is not there. */
bool fixture_get(struct store_fixture *f, const char *id, struct key *k);
enum key_status fixture_status(struct store_fixture *f, const char *id);

/* A backup in the fixture's folder; its path, heap. */
char *fixture_backup(struct store_fixture *f, const char *name);
/* As the operation does it: one transaction, and a last event about the whole. */
enum errc fixture_restore(struct store_fixture *f, const char *path, bool accept_loss,
			  struct store_restore_report *report, struct err *e);

/* Runs SQL on the file from a connection that knows nothing of authrack. */
void fixture_sql(struct store_fixture *f, const char *sql);
void fixture_sqlf(struct store_fixture *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* One number of a query with a column "n". */
int64_t fixture_number(struct store_fixture *f, const char *sql);

/* Makes it what the release with the first or second schema would have made of the same keys; what came
 * later goes, and usage figures. */
void fixture_to_schema_2(struct store_fixture *f);
void fixture_to_schema_1(struct store_fixture *f);

/* What store_check() finds, one "check|object|text" line each; heap. */
char *fixture_check(struct store_fixture *f);
/* The check finds nothing; otherwise the findings are printed. */
void fixture_assert_sound(struct store_fixture *f);
/* A finding of this check, whose object has one text and whose text has the other. */
void fixture_assert_found(struct store_fixture *f, const char *check, const char *object,
			  const char *text);

#endif
