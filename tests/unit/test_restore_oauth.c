/* store restore, providers and grants: as in the backup, but what was removed, revoked or refreshed since
 * stays so. */
#include "tests/lib/oauth_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"

/* What a restore has to report; in text, so that a failure shows all of it. */
static void restore(struct store_fixture *f, const char *path, bool loss, const char *wanted)
{
	struct store_restore_report r;
	struct err e = ERR_INIT;
	char is[128];

	assert_well(fixture_restore(f, path, loss, &r, &e), &e);
	fixture_assert_sound(f);
	snprintf(is, sizeof is, "%d providers %d grants, %d back %d kept %d lost", (int)r.providers,
		 (int)r.grants, (int)r.changed_back, (int)r.revocations_kept, (int)r.lost);
	assert_string_equal(is, wanted);
}

/* "corp" with a grant of ann, and a backup of both; the id of ann's grant. */
static char *stock(struct store_fixture *f, char **path)
{
	char *ann;

	fixture_provider(f, "corp");
	ann = x_strdup(fixture_grant(f, "corp", "ann"));
	*path = fixture_backup(f, "b1");
	return ann;
}

static void assert_grant(struct store_fixture *f, const char *id, enum grant_state state,
			 const char *tokens)
{
	struct grant g;

	grant_init(&g);
	fixture_grant_read(f, id, &g);
	assert_false(g.altered);
	assert_int_equal(g.state, state);
	fixture_assert_tokens(f, id, tokens);
	grant_release(&g);
}

static void assert_no_grant(struct store_fixture *f, const char *id)
{
	struct err e = ERR_INIT;
	struct grant g;

	grant_init(&g);
	assert_refused(grant_get(f->s, id, &g, &e), ERR_NOT_FOUND, &e, NULL);
	grant_release(&g);
}

static void assert_scope(struct store_fixture *f, const char *name, const char *scope,
			 int64_t revision)
{
	struct provider p;

	provider_init(&p);
	fixture_provider_read(f, name, &p);
	assert_false(p.altered);
	assert_string_equal(p.scope, scope);
	assert_int_equal(p.revision, revision);
	provider_release(&p);
}

static int64_t restored_events(struct store_fixture *f)
{
	return fixture_number(f, "SELECT count(*) AS n FROM audit WHERE operation ="
				 " 'store.restore' AND object <> 'store'");
}

/* --- providers ------------------------------------------------------------ */

static void what_did_not_change_stays(void **state)
{
	struct store_fixture *f = *state;
	char *path, *ann = stock(f, &path);

	restore(f, path, false, "1 providers 1 grants, 0 back 0 kept 0 lost");
	assert_int_equal(restored_events(f), 0);
	free(ann);
	free(path);
}

static void edited_provider_is_changed_back_once(void **state)
{
	struct store_fixture *f = *state;
	char *path, *ann = stock(f, &path), text[] = "{}";
	struct provider_facts facts = { .metadata = text };
	struct secret other = SECRET_INIT;
	struct err e = ERR_INIT;
	struct provider p;

	secret_set(&other, "other", 5);
	fixture_provider_change(f, "corp", "openid", &other, NULL);
	provider_init(&p);
	fixture_provider_read(f, "corp", &p);
	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(provider_learn(f->s, &p, &facts, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	restore(f, path, false, "1 providers 1 grants, 1 back 0 kept 0 lost");
	assert_scope(f, "corp", "", 3);
	fixture_assert_secret(f, "corp", "SECRET-of-corp");
	assert_int_equal(restored_events(f), 1);
	/* What was learnt was of the other one. */
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM provider_facts"), 0);
	restore(f, path, false, "1 providers 1 grants, 0 back 0 kept 0 lost");
	provider_release(&p);
	secret_release(&other);
	free(ann);
	free(path);
}

static void a_rekey_since_changes_nothing(void **state)
{
	struct store_fixture *f = *state;
	char *path, *ann = stock(f, &path);
	struct secret same = SECRET_INIT;
	struct err e = ERR_INIT;

	secret_set(&same, "SECRET-of-corp", 14);
	fixture_begin(f);
	assert_well(store_rekey(f->s, NULL, NULL, &e), &e);
	fixture_commit(f);
	fixture_provider_change(f, "corp", "", &same, NULL);
	restore(f, path, false, "1 providers 1 grants, 0 back 0 kept 0 lost");
	fixture_provider_change(f, "corp", "openid", NULL, NULL);
	restore(f, path, false, "1 providers 1 grants, 1 back 0 kept 0 lost");
	fixture_assert_secret(f, "corp", "SECRET-of-corp");
	secret_release(&same);
	free(ann);
	free(path);
}

static void providers_made_since_go_with_their_grants(void **state)
{
	struct store_fixture *f = *state;
	char *path, *ann = stock(f, &path);

	fixture_provider(f, "later");
	fixture_grant(f, "later", "bob");
	fixture_grant(f, "corp", "cyd");
	restore(f, path, false, "1 providers 1 grants, 3 back 0 kept 0 lost");
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM oauth_grant"), 1);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM provider"), 1);
	assert_grant(f, ann, GRANT_LIVE, "TOKENS-of-ann");
	free(ann);
	free(path);
}

static void names_that_changed_places_change_back(void **state)
{
	struct store_fixture *f = *state;
	char *path, *one, *two;
	const char *names[][2] = { { "one", "x" }, { "two", "one" }, { "x", "two" } };

	one = x_strdup(fixture_provider(f, "one"));
	two = x_strdup(fixture_provider(f, "two"));
	path = fixture_backup(f, "b1");
	for (size_t i = 0; i < 3; i++)
		fixture_provider_rename(f, names[i][0], names[i][1]);
	fixture_provider_rename(f, "one", "three");
	fixture_provider(f, "one");
	restore(f, path, false, "2 providers 0 grants, 3 back 0 kept 0 lost");
	fixture_assert_secret(f, "one", "SECRET-of-one");
	fixture_assert_secret(f, "two", "SECRET-of-two");
	fixture_assert_secret(f, one, "SECRET-of-one");
	fixture_assert_secret(f, two, "SECRET-of-two");
	free(one);
	free(two);
	free(path);
}

static void removed_provider_stays_removed_with_its_grants(void **state)
{
	struct store_fixture *f = *state;
	char *path, *ann = stock(f, &path);

	fixture_provider_remove(f, "corp");
	restore(f, path, false, "1 providers 1 grants, 0 back 2 kept 0 lost");
	assert_no_grant(f, ann);
	restore(f, path, true, "1 providers 1 grants, 2 back 0 kept 2 lost");
	assert_grant(f, ann, GRANT_LIVE, "TOKENS-of-ann");
	fixture_assert_secret(f, "corp", "SECRET-of-corp");
	free(ann);
	free(path);
}

static void what_a_restore_removed_another_brings_back(void **state)
{
	struct store_fixture *f = *state;
	char *empty = fixture_backup(f, "b0"), *path, *ann = stock(f, &path);

	restore(f, empty, false, "0 providers 0 grants, 2 back 0 kept 0 lost");
	assert_no_grant(f, ann);
	restore(f, path, false, "1 providers 1 grants, 2 back 0 kept 0 lost");
	fixture_assert_secret(f, "corp", "SECRET-of-corp");
	free(empty);
	free(ann);
	free(path);
}

/* --- grants --------------------------------------------------------------- */

static void revoked_grant_stays_revoked(void **state)
{
	struct store_fixture *f = *state;
	char *path, *ann = stock(f, &path);

	fixture_grant_revoke(f, ann);
	restore(f, path, false, "1 providers 1 grants, 0 back 1 kept 0 lost");
	assert_grant(f, ann, GRANT_ENDED, "TOKENS-of-ann");
	restore(f, path, true, "1 providers 1 grants, 1 back 0 kept 1 lost");
	assert_grant(f, ann, GRANT_LIVE, "TOKENS-of-ann");
	free(ann);
	free(path);
}

static void refreshed_grant_keeps_its_newer_tokens(void **state)
{
	struct store_fixture *f = *state;
	char *path, *ann = stock(f, &path);

	fixture_grant_refresh(f, ann);
	restore(f, path, false, "1 providers 1 grants, 0 back 1 kept 0 lost");
	assert_grant(f, ann, GRANT_LIVE, "TOKENS-of-ann-again");
	restore(f, path, true, "1 providers 1 grants, 1 back 0 kept 1 lost");
	assert_grant(f, ann, GRANT_LIVE, "TOKENS-of-ann");
	restore(f, path, true, "1 providers 1 grants, 0 back 0 kept 0 lost");
	free(ann);
	free(path);
}

static void removed_grant_stays_removed(void **state)
{
	struct store_fixture *f = *state;
	char *path, *ann = stock(f, &path);

	fixture_grant_remove(f, ann);
	restore(f, path, false, "1 providers 1 grants, 0 back 1 kept 0 lost");
	assert_no_grant(f, ann);
	restore(f, path, true, "1 providers 1 grants, 1 back 0 kept 1 lost");
	assert_grant(f, ann, GRANT_LIVE, "TOKENS-of-ann");
	free(ann);
	free(path);
}

/* --- edited by hand ------------------------------------------------------- */

static void what_was_edited_by_hand_is_mended(void **state)
{
	static const char *const edits[] = {
		"UPDATE provider SET issuer = 'https://mallory.example', name = 'x'",
		"UPDATE provider SET id = x'00112233445566778899aabbccddeeff'",
		"UPDATE provider SET revision = 9223372036854775807",
		"UPDATE oauth_grant SET state = 3, revision = 9223372036854775807",
		"UPDATE oauth_grant SET id = x'00112233445566778899aabbccddeeff'",
		"UPDATE oauth_grant SET provider = 77",
		"DELETE FROM oauth_grant",
		"DELETE FROM provider",
		"DELETE FROM oauth_grant; DELETE FROM provider",
	};
	struct store_fixture *f = *state;
	char *path, *ann = stock(f, &path);
	struct store_restore_report r;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		/* Nothing that operations did: the backup is of now. */
		free(path);
		path = fixture_backup(f, (char[]){ 'c', (char)('a' + i), '\0' });
		fixture_sql(f, edits[i]);
		assert_well(fixture_restore(f, path, false, &r, &e), &e);
		fixture_assert_sound(f);
		assert_int_equal(r.revocations_kept, 0);
		assert_grant(f, ann, GRANT_LIVE, "TOKENS-of-ann");
		fixture_assert_secret(f, "corp", "SECRET-of-corp");
		assert_scope(f, "corp", "",
			     fixture_number(f, "SELECT revision AS n FROM provider"));
	}
	free(ann);
	free(path);
}

static void planted_rows_go(void **state)
{
	struct store_fixture *f = *state;
	char *path, *ann = stock(f, &path);

	fixture_sql(f, "CREATE TABLE plant AS SELECT * FROM provider;"
		       "UPDATE plant SET row = 9, id = x'00112233445566778899aabbccddeeff',"
		       " name = 'planted'; INSERT INTO provider SELECT * FROM plant;"
		       "DROP TABLE plant; UPDATE oauth_grant SET provider = 9");
	restore(f, path, false, "1 providers 1 grants, 2 back 0 kept 0 lost");
	assert_grant(f, ann, GRANT_LIVE, "TOKENS-of-ann");
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM provider"), 1);
	free(ann);
	free(path);
}

/* The newer tokens are lost with the row: what comes back does not look good. */
static void grant_altered_after_a_refresh_comes_back_uncertain(void **state)
{
	struct store_fixture *f = *state;
	char *path, *ann = stock(f, &path);

	fixture_grant_refresh(f, ann);
	fixture_sql(f, "UPDATE oauth_grant SET scope = '*'");
	restore(f, path, false, "1 providers 1 grants, 1 back 0 kept 0 lost");
	assert_grant(f, ann, GRANT_UNCERTAIN, "TOKENS-of-ann");
	free(ann);
	free(path);
}

static void grant_unrevoked_by_hand_comes_back_ended(void **state)
{
	struct store_fixture *f = *state;
	char *path, *ann = stock(f, &path);

	fixture_grant_revoke(f, ann);
	fixture_sql(f, "UPDATE oauth_grant SET state = 1");
	restore(f, path, false, "1 providers 1 grants, 1 back 1 kept 0 lost");
	assert_grant(f, ann, GRANT_ENDED, "TOKENS-of-ann");
	fixture_sql(f, "DELETE FROM oauth_grant");
	restore(f, path, true, "1 providers 1 grants, 1 back 0 kept 0 lost");
	assert_grant(f, ann, GRANT_LIVE, "TOKENS-of-ann");
	free(ann);
	free(path);
}

/* --- older schemas -------------------------------------------------------- */

static void backup_of_the_first_schema_is_restored(void **state)
{
	struct store_fixture *f = *state;
	char *path, *live = f->path;

	fixture_create(f, "alpha");
	path = fixture_backup(f, "b1");
	f->path = path;
	fixture_to_schema_1(f);
	f->path = live;
	fixture_provider(f, "corp");
	restore(f, path, false, "0 providers 0 grants, 1 back 0 kept 0 lost");
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM provider"), 0);
	free(path);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_did_not_change_stays),
		TEST(edited_provider_is_changed_back_once),
		TEST(a_rekey_since_changes_nothing),
		TEST(providers_made_since_go_with_their_grants),
		TEST(names_that_changed_places_change_back),
		TEST(removed_provider_stays_removed_with_its_grants),
		TEST(what_a_restore_removed_another_brings_back),
		TEST(revoked_grant_stays_revoked),
		TEST(refreshed_grant_keeps_its_newer_tokens),
		TEST(removed_grant_stays_removed),
		TEST(what_was_edited_by_hand_is_mended),
		TEST(planted_rows_go),
		TEST(grant_altered_after_a_refresh_comes_back_uncertain),
		TEST(grant_unrevoked_by_hand_comes_back_ended),
		TEST(backup_of_the_first_schema_is_restored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
