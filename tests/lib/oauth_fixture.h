/* Providers, grants and flows in a store of a test, made as the operations make them. */
#ifndef TESTS_OAUTH_FIXTURE_H
#define TESTS_OAUTH_FIXTURE_H

#include "data/oauth_rows.h"
#include "tests/lib/store_fixture.h"

/* A transaction of the fixture's store, with an event so that it commits. */
void fixture_begin(struct store_fixture *f);
void fixture_commit(struct store_fixture *f);
void fixture_text(char **slot, const char *text);

/* One audited transaction each. A provider has the secret "SECRET-of-NAME" and the key "KEY-of-NAME", a grant the
 * tokens "TOKENS-of-SUBJECT". Ids are lent until the next one is made. */
const char *fixture_provider(struct store_fixture *f, const char *name);
const char *fixture_grant(struct store_fixture *f, const char *provider, const char *subject);
/* NULL leaves what is there. */
void fixture_provider_change(struct store_fixture *f, const char *name, const char *scope,
			     const struct secret *secret, const struct secret *key);
void fixture_provider_rename(struct store_fixture *f, const char *name, const char *to);
void fixture_provider_remove(struct store_fixture *f, const char *name);
/* Other tokens: "TOKENS-of-SUBJECT-again". */
void fixture_grant_refresh(struct store_fixture *f, const char *id);
void fixture_grant_revoke(struct store_fixture *f, const char *id);
void fixture_grant_remove(struct store_fixture *f, const char *id);

/* Reads what must be there into initialised ones. */
void fixture_provider_read(struct store_fixture *f, const char *what, struct provider *p);
void fixture_grant_read(struct store_fixture *f, const char *id, struct grant *g);
void fixture_assert_secret(struct store_fixture *f, const char *provider, const char *wanted);
void fixture_assert_tokens(struct store_fixture *f, const char *grant, const char *wanted);

/* Another value of its own type for every row's column, by hand. */
void fixture_tamper(struct store_fixture *f, const char *table, const struct field *field);
/* Every member of the table is the same in both. */
void fixture_assert_same(const struct field *fields, const void *one, const void *two);

#endif
