/* store check, providers, grants and flows: what operations leave is sound; whatever was edited by hand is
 * found, and by name. */
#include "tests/lib/oauth_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/alloc.h"

/* "corp" with a grant for ann, "mallory" with one for eve. */
static char *stock(struct store_fixture *f)
{
	fixture_provider(f, "corp");
	fixture_provider(f, "mallory");
	fixture_grant(f, "mallory", "eve");
	return x_strdup(fixture_grant(f, "corp", "ann"));
}

static void flow_make(struct store_fixture *f, int64_t provider)
{
	struct secret code = SECRET_INIT;
	struct err e = ERR_INIT;
	struct flow flow;

	flow_row_init(&flow);
	flow.provider = provider;
	flow.expires_at = INT64_MAX;
	secret_set(&code, "CODE", 4);
	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(flow_insert(f->s, &flow, &code, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	flow_row_release(&flow);
	secret_release(&code);
}

static void learn(struct store_fixture *f, const char *name)
{
	char doctor[] = "{}";
	struct provider_facts facts = { .doctor = doctor };
	struct err e = ERR_INIT;
	struct provider p;

	provider_init(&p);
	fixture_provider_read(f, name, &p);
	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(provider_learn(f->s, &p, &facts, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	provider_release(&p);
}

/* Keeps a table as it is now, and puts it back later. */
static void rows_keep(struct store_fixture *f, const char *table)
{
	char *path = x_asprintf("%s/%s.kept", f->folder, table);

	file_put(path, "");
	fixture_sqlf(f, "ATTACH '%s' AS kept; CREATE TABLE kept.%s AS SELECT * FROM main.%s", path,
		     table, table);
	free(path);
}

static void rows_put_back(struct store_fixture *f, const char *table)
{
	fixture_sqlf(f,
		     "ATTACH '%s/%s.kept' AS kept; DELETE FROM main.%s;"
		     "INSERT INTO main.%s SELECT * FROM kept.%s",
		     f->folder, table, table, table, table);
}

/* --- sound ---------------------------------------------------------------- */

static void operations_leave_it_sound(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *ann = stock(f);

	learn(f, "mallory");
	flow_make(f, 1);
	fixture_assert_sound(f);
	fixture_begin(f);
	assert_well(store_rekey(f->s, NULL, NULL, &e), &e);
	fixture_commit(f);
	fixture_provider_change(f, "corp", "openid", NULL, NULL);
	fixture_grant_refresh(f, ann);
	fixture_assert_sound(f);
	fixture_grant_revoke(f, ann);
	fixture_provider_remove(f, "mallory");
	fixture_assert_sound(f);
	fixture_grant_remove(f, ann);
	fixture_assert_sound(f);
	free(ann);
}

/* --- providers ------------------------------------------------------------ */

static void edited_endpoint_is_found(void **state)
{
	struct store_fixture *f = *state;

	free(stock(f));
	fixture_sql(f, "UPDATE provider SET endpoints ="
		       " '{\"token_endpoint\":\"https://mallory.example/\"}' WHERE name = 'corp'");
	fixture_assert_found(f, "row_mac", "corp", "altered by hand after audit event 1");
	fixture_assert_found(f, "row_mac", "prv_", "provider.add");
}

static void moved_secret_is_found(void **state)
{
	struct store_fixture *f = *state;

	free(stock(f));
	fixture_sql(f, "UPDATE provider SET secret = (SELECT secret FROM provider WHERE"
		       " name = 'corp') WHERE name = 'mallory'");
	fixture_assert_found(f, "row_mac", "mallory", "altered by hand");
}

static void planted_provider_is_found(void **state)
{
	struct store_fixture *f = *state;

	free(stock(f));
	fixture_sql(f, "CREATE TABLE plant AS SELECT * FROM provider WHERE name = 'corp';"
		       "UPDATE plant SET row = 9, id = x'00112233445566778899aabbccddeeff',"
		       " name = 'planted'; INSERT INTO provider SELECT * FROM plant;"
		       "DROP TABLE plant");
	fixture_assert_found(f, "row_mac", "planted", "was planted: no audit event made it");
}

static void older_provider_put_back_is_found_and_not_written(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct audit_event ev = { .actor = x_strdup("{}"),
				  .operation = x_strdup("provider.edit"),
				  .name = x_strdup("corp"),
				  .detail = x_strdup("{}"),
				  .has_object_mac = true };
	struct provider p;

	free(stock(f));
	rows_keep(f, "provider");
	fixture_provider_change(f, "corp", "openid", NULL, NULL);
	rows_put_back(f, "provider");
	fixture_assert_found(f, "object", "corp", "an older row was put back: it is revision 1");
	provider_init(&p);
	fixture_provider_read(f, "corp", &p);
	assert_false(p.altered);
	ev.object = x_strdup(p.id);
	assert_well(provider_object_mac(f->s, &p, ev.object_before, &e), &e);
	fixture_begin(f);
	assert_refused(audit_append(f->s, &ev, &e), ERR_STORE, &e, "provider prv_");
	/* It can be got rid of. */
	fixture_text(&ev.operation, "provider.remove");
	assert_well(audit_append(f->s, &ev, &e), &e);
	store_rollback(f->s);
	audit_event_release(&ev);
	provider_release(&p);
}

static void deleted_provider_is_found(void **state)
{
	struct store_fixture *f = *state;

	free(stock(f));
	fixture_sql(f, "DELETE FROM provider WHERE name = 'corp'");
	fixture_assert_found(f, "object", "corp", "the provider is gone");
	fixture_assert_found(f, "foreign_key", "store", "oauth_grant");
	fixture_assert_found(f, "invariant", "grt_", "its provider is not there");
}

static void removed_provider_put_back_is_found(void **state)
{
	struct store_fixture *f = *state;

	free(stock(f));
	rows_keep(f, "provider");
	rows_keep(f, "oauth_grant");
	fixture_provider_remove(f, "mallory");
	rows_put_back(f, "provider");
	rows_put_back(f, "oauth_grant");
	fixture_assert_found(f, "object", "mallory",
			     "removed this provider, and it is there again");
	fixture_assert_found(f, "object", "mallory", "removed this grant, and it is there again");
}

static void row_of_another_store_is_found(void **state)
{
	struct store_fixture *f = *state, other;

	fixture_provider(f, "corp");
	fixture_start(&other);
	fixture_provider(&other, "corp");
	store_close(other.s);
	other.s = NULL;
	fixture_sqlf(f,
		     "ATTACH '%s' AS other; DELETE FROM provider;"
		     "INSERT INTO provider SELECT * FROM other.provider",
		     other.path);
	fixture_assert_found(f, "row_mac", "corp", "planted");
	fixture_end(&other);
}

static void altered_facts_are_found(void **state)
{
	struct store_fixture *f = *state;

	free(stock(f));
	learn(f, "corp");
	fixture_sql(f, "UPDATE provider_facts SET metadata = '{}'");
	fixture_assert_found(f, "row_mac", "corp", "what was learnt of it was altered");
}

/* A row whose MAC is ours, with a sealed text that is another row's: nothing that can write the file alone
 * makes one. */
static void sealed_text_that_does_not_open_is_found(void **state)
{
	struct store_fixture *f = *state;
	struct provider_row one, two;
	struct err e = ERR_INIT;
	struct stmt *st;
	bool any;

	free(stock(f));
	provider_row_init(&one);
	provider_row_init(&two);
	st = db_stmt(f->s->db, "SELECT * FROM provider ORDER BY row");
	assert_well(stmt_step(st, &any, &e), &e);
	provider_row_read(f->s, st, &one);
	assert_well(stmt_step(st, &any, &e), &e);
	provider_row_read(f->s, st, &two);
	stmt_done(st);
	sealed_copy(&one.secret, &two.secret);
	fixture_begin(f);
	assert_well(provider_row_write(f->s, &one, &e), &e);
	fixture_commit(f);
	fixture_assert_found(f, "sealed", "corp", "does not open");
	provider_row_release(&one);
	provider_row_release(&two);
}

/* --- grants --------------------------------------------------------------- */

static void moved_tokens_are_found(void **state)
{
	struct store_fixture *f = *state;
	char *ann = stock(f);

	fixture_sql(f, "UPDATE oauth_grant SET tokens = (SELECT tokens FROM oauth_grant WHERE"
		       " subject = 'eve') WHERE subject = 'ann'");
	fixture_assert_found(f, "row_mac", ann, "altered by hand");
	free(ann);
}

static void grant_moved_to_another_provider_is_found(void **state)
{
	struct store_fixture *f = *state;
	char *ann = stock(f);

	fixture_sql(f, "UPDATE oauth_grant SET provider = 2");
	fixture_assert_found(f, "row_mac", ann, "altered by hand");
	free(ann);
}

static void older_grant_put_back_is_found(void **state)
{
	struct store_fixture *f = *state;
	char *ann = stock(f);

	rows_keep(f, "oauth_grant");
	fixture_grant_refresh(f, ann);
	rows_put_back(f, "oauth_grant");
	fixture_assert_found(f, "object", ann, "an older row was put back: it is revision 1");
	/* To revoke it is open to any row. */
	fixture_grant_revoke(f, ann);
	free(ann);
}

static void planted_and_deleted_grants_are_found(void **state)
{
	struct store_fixture *f = *state;
	char *ann = stock(f);

	fixture_sql(f, "UPDATE oauth_grant SET id = x'00112233445566778899aabbccddeeff'"
		       " WHERE subject = 'ann'");
	fixture_assert_found(f, "row_mac", "grt_", "was planted");
	fixture_assert_found(f, "object", ann, "the grant is gone");
	free(ann);
}

/* --- flows ---------------------------------------------------------------- */

static void altered_flows_are_found(void **state)
{
	struct store_fixture *f = *state;

	free(stock(f));
	flow_make(f, 1);
	fixture_sql(f, "UPDATE flow SET provider = 2");
	fixture_assert_found(f, "row_mac", "flw_", "altered or planted");
	fixture_sql(f, "UPDATE flow SET provider = 77");
	fixture_assert_found(f, "invariant", "flw_", "its provider is not there");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(operations_leave_it_sound),
		TEST(edited_endpoint_is_found),
		TEST(moved_secret_is_found),
		TEST(planted_provider_is_found),
		TEST(older_provider_put_back_is_found_and_not_written),
		TEST(deleted_provider_is_found),
		TEST(removed_provider_put_back_is_found),
		TEST(row_of_another_store_is_found),
		TEST(altered_facts_are_found),
		TEST(sealed_text_that_does_not_open_is_found),
		TEST(moved_tokens_are_found),
		TEST(grant_moved_to_another_provider_is_found),
		TEST(older_grant_put_back_is_found),
		TEST(planted_and_deleted_grants_are_found),
		TEST(altered_flows_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
