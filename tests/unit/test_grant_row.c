/* Rows of grants: what was written comes back, tokens open only in the row and at the provider they were
 * given for, and one process at a time has a grant to refresh it. */
#include "tests/lib/oauth_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/process.h"

static void row_get(struct store_fixture *f, struct grant_row *r)
{
	struct stmt *st = db_stmt(f->s->db, GRANT_SELECT "ORDER BY g.row LIMIT 1");
	struct err e = ERR_INIT;
	bool any;

	assert_well(stmt_step(st, &any, &e), &e);
	assert_true(any);
	grant_row_read(f->s, st, r);
	stmt_done(st);
}

/* --- round trip ----------------------------------------------------------- */

static void every_field_comes_back(void **state)
{
	struct store_fixture *f = *state;
	char *provider = x_strdup(fixture_provider(f, "corp"));
	struct secret tokens = SECRET_INIT, is = SECRET_INIT;
	struct err e = ERR_INIT;
	struct grant_row back, want;

	grant_row_init(&back);
	grant_row_init(&want);
	want.g.provider = 1;
	fixture_text(&want.g.subject, "ann");
	fixture_text(&want.g.scope, "openid offline_access");
	fixture_text(&want.g.token_type, "Bearer");
	fixture_text(&want.g.note, "the answer was lost");
	want.g.state = GRANT_UNCERTAIN;
	want.g.refreshable = want.g.has_id_token = true;
	want.g.created_at = 1;
	want.g.refreshed_at = 2;
	want.g.expires_at = 3;
	secret_set(&tokens, "{\"access_token\":\"x\"}", 20);
	fixture_begin(f);
	assert_well(grant_insert(f->s, &want.g, &tokens, &e), &e);
	fixture_commit(f);
	row_get(f, &back);
	assert_false(back.g.altered);
	assert_string_equal(back.g.provider_id, provider);
	assert_string_equal(want.g.provider_id, provider);
	assert_string_equal(back.g.provider_name, "corp");
	sealed_copy(&want.tokens, &back.tokens);
	fixture_assert_same(grant_fields, &want, &back);
	assert_well(grant_tokens(f->s, &back.g, &is, &e), &e);
	assert_true(secret_equal(&is, &tokens));
	grant_row_release(&want);
	grant_row_release(&back);
	secret_release(&tokens);
	secret_release(&is);
	free(provider);
}

struct subjects {
	struct buf out;
	size_t left;
};

static bool subject_add(void *arg, const struct grant *g)
{
	struct subjects *s = arg;

	buf_addf(&s->out, "%s@%s ", g->subject, g->provider_name);
	return --s->left > 0;
}

static void assert_subjects(struct store_fixture *f, int64_t provider, const char *after,
			    size_t limit, size_t stop, const char *wanted)
{
	struct subjects s = { .out = BUF_INIT(1024), .left = stop };
	struct err e = ERR_INIT;

	assert_well(grant_each(f->s, provider, after, limit, subject_add, &s, &e), &e);
	assert_string_equal(buf_text(&s.out), wanted);
	buf_release(&s.out);
}

static void listed_newest_first(void **state)
{
	struct store_fixture *f = *state;
	char *bob;

	fixture_provider(f, "corp");
	fixture_provider(f, "hub");
	fixture_grant(f, "corp", "ann");
	bob = x_strdup(fixture_grant(f, "hub", "bob"));
	fixture_grant(f, "corp", "cyd");
	assert_subjects(f, 0, NULL, 0, 99, "cyd@corp bob@hub ann@corp ");
	assert_subjects(f, 1, NULL, 0, 99, "cyd@corp ann@corp ");
	assert_subjects(f, 0, bob, 0, 99, "ann@corp ");
	assert_subjects(f, 0, NULL, 2, 99, "cyd@corp bob@hub ");
	assert_subjects(f, 0, NULL, 0, 1, "cyd@corp ");
	assert_subjects(f, 9, NULL, 0, 99, "");
	free(bob);
}

static void unknown_ids_are_not_found(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct grant g;

	grant_init(&g);
	assert_refused(grant_get(f->s, "grt_00000000000000000000000000", &g, &e), ERR_NOT_FOUND, &e,
		       "no grant");
	assert_refused(grant_get(f->s, "nonsense", &g, &e), ERR_NOT_FOUND, &e, "no id");
	g.provider = 7;
	fixture_begin(f);
	assert_refused(grant_insert(f->s, &g, NULL, &e), ERR_NOT_FOUND, &e, "provider");
	store_rollback(f->s);
	grant_release(&g);
}

/* --- edited by hand ------------------------------------------------------- */

static void every_column_is_guarded(void **state)
{
	struct store_fixture *f = *state;
	struct grant_row r;

	fixture_provider(f, "corp");
	grant_row_init(&r);
	for (const struct field *at = grant_fields; at->column; at++) {
		fixture_sql(f, "DELETE FROM oauth_grant");
		fixture_grant(f, "corp", "ann");
		row_get(f, &r);
		assert_false(r.g.altered);
		fixture_tamper(f, "oauth_grant", at);
		row_get(f, &r);
		if (!r.g.altered)
			print_error("column %s\n", at->column);
		assert_true(r.g.altered);
	}
	grant_row_release(&r);
}

static void altered_rows_give_no_tokens_and_are_not_written(void **state)
{
	static const char *const edits[] = {
		"UPDATE oauth_grant SET state = 1 - state",
		"UPDATE oauth_grant SET refreshable = 7",
		"UPDATE oauth_grant SET tokens = NULL",
		"UPDATE oauth_grant SET tokens = x''",
		/* To where its tokens would be sent. */
		"UPDATE oauth_grant SET provider = 2",
		"UPDATE oauth_grant SET provider = 77",
	};
	struct store_fixture *f = *state;
	struct secret is = SECRET_INIT;
	struct err e = ERR_INIT;
	struct grant g;

	fixture_provider(f, "corp");
	fixture_provider(f, "mallory");
	grant_init(&g);
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		fixture_sql(f, "DELETE FROM oauth_grant");
		fixture_grant(f, "corp", "ann");
		fixture_sql(f, edits[i]);
		fixture_grant_read(f, f->last_id, &g);
		assert_true(g.altered);
		assert_refused(grant_tokens(f->s, &g, &is, &e), ERR_STORE, &e, "altered");
		fixture_begin(f);
		assert_refused(grant_update(f->s, &g, NULL, &e), ERR_STORE, &e, "altered");
		/* It can be got rid of. */
		assert_well(grant_delete(f->s, &g, &e), &e);
		store_rollback(f->s);
	}
	assert_string_equal(g.provider_id, "");
	grant_release(&g);
}

static void tokens_moved_to_another_grant_are_altered(void **state)
{
	struct store_fixture *f = *state;
	struct grant_row r;

	fixture_provider(f, "corp");
	fixture_grant(f, "corp", "ann");
	fixture_grant(f, "corp", "bob");
	fixture_sql(f, "UPDATE oauth_grant SET tokens = (SELECT tokens FROM oauth_grant"
		       " WHERE subject = 'bob') WHERE subject = 'ann'");
	grant_row_init(&r);
	row_get(f, &r);
	assert_true(r.g.altered);
	grant_row_release(&r);
}

/* --- changes -------------------------------------------------------------- */

static void tokens_stay_or_are_replaced(void **state)
{
	struct store_fixture *f = *state;
	char *id;
	struct secret is = SECRET_INIT;
	struct err e = ERR_INIT;
	struct grant g;

	fixture_provider(f, "corp");
	id = x_strdup(fixture_grant(f, "corp", "ann"));
	fixture_assert_tokens(f, id, "TOKENS-of-ann");
	grant_init(&g);
	fixture_grant_read(f, id, &g);
	fixture_grant_refresh(f, id);
	fixture_assert_tokens(f, id, "TOKENS-of-ann-again");
	fixture_grant_revoke(f, id);
	fixture_assert_tokens(f, id, "TOKENS-of-ann-again");
	assert_refused(grant_tokens(f->s, &g, &is, &e), ERR_CONFLICT, &e, "somebody else");
	fixture_begin(f);
	assert_refused(grant_update(f->s, &g, NULL, &e), ERR_CONFLICT, &e, "somebody else");
	assert_int_equal(g.revision, 1);
	assert_refused(grant_delete(f->s, &g, &e), ERR_CONFLICT, &e, "somebody else");
	store_rollback(f->s);
	fixture_grant_remove(f, id);
	assert_refused(grant_get(f->s, id, &g, &e), ERR_NOT_FOUND, &e, NULL);
	grant_release(&g);
	free(id);
}

static void a_rekey_leaves_tokens_and_a_change_seals_them_anew(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct grant_row r;

	fixture_provider(f, "corp");
	fixture_grant(f, "corp", "ann");
	fixture_begin(f);
	assert_well(store_rekey(f->s, NULL, NULL, &e), &e);
	fixture_commit(f);
	fixture_reopen(f);
	fixture_assert_tokens(f, f->last_id, "TOKENS-of-ann");
	fixture_grant_revoke(f, f->last_id);
	grant_row_init(&r);
	row_get(f, &r);
	assert_int_equal(r.g.ring, 2);
	assert_false(r.g.altered);
	fixture_assert_tokens(f, f->last_id, "TOKENS-of-ann");
	grant_row_release(&r);
}

static void writing_wants_a_transaction(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct grant g;

	fixture_provider(f, "corp");
	grant_init(&g);
	fixture_grant_read(f, fixture_grant(f, "corp", "ann"), &g);
	assert_refused(grant_update(f->s, &g, NULL, &e), ERR_STORE, &e, "outside a transaction");
	assert_refused(grant_delete(f->s, &g, &e), ERR_STORE, &e, "outside a transaction");
	assert_refused(grant_take(f->s, &g, 1, 1, &e), ERR_STORE, &e, "outside a transaction");
	assert_refused(grant_insert(f->s, &g, NULL, &e), ERR_STORE, &e, "outside a transaction");
	grant_release(&g);
}

/* --- who refreshes it ----------------------------------------------------- */

static enum errc take(struct store_fixture *f, const struct grant *g, int64_t pid, int64_t start,
		      struct err *e)
{
	struct err begun = ERR_INIT;
	enum errc rc;

	assert_well(store_begin_unaudited(f->s, &begun), &begun);
	rc = grant_take(f->s, g, pid, start, e);
	if (rc)
		store_rollback(f->s);
	else
		assert_well(store_commit(f->s, &begun), &begun);
	return rc;
}

static void one_process_has_a_grant(void **state)
{
	struct store_fixture *f = *state;
	int64_t pid = getpid(), start = process_start(pid), parent = getppid();
	struct err e = ERR_INIT;
	struct grant g;

	fixture_provider(f, "corp");
	grant_init(&g);
	fixture_grant_read(f, fixture_grant(f, "corp", "ann"), &g);
	assert_well(take(f, &g, pid, start, &e), &e);
	assert_well(take(f, &g, pid, start, &e), &e);
	assert_refused(take(f, &g, parent, process_start(parent), &e), ERR_CONFLICT, &e,
		       "refreshing");
	/* It is no change of the grant. */
	fixture_grant_read(f, g.id, &g);
	assert_false(g.altered);
	assert_int_equal(g.revision, 1);
	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(grant_give_back(f->s, &g, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	assert_well(take(f, &g, parent, process_start(parent), &e), &e);
	grant_release(&g);
}

static void a_process_that_is_gone_has_nothing(void **state)
{
	struct store_fixture *f = *state;
	int64_t pid = getpid(), start = process_start(pid);
	struct err e = ERR_INIT;
	struct grant g;
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	fixture_provider(f, "corp");
	grant_init(&g);
	fixture_grant_read(f, fixture_grant(f, "corp", "ann"), &g);
	assert_well(take(f, &g, child, 1, &e), &e);
	/* Its number lives again, as another process. */
	assert_well(take(f, &g, pid, start + 1, &e), &e);
	assert_well(take(f, &g, pid, start, &e), &e);
	grant_release(&g);
}

static void a_grant_that_was_refreshed_meanwhile_is_not_lent(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct grant g;

	fixture_provider(f, "corp");
	grant_init(&g);
	fixture_grant_read(f, fixture_grant(f, "corp", "ann"), &g);
	fixture_grant_refresh(f, g.id);
	assert_refused(take(f, &g, getpid(), 1, &e), ERR_CONFLICT, &e, "somebody else");
	grant_release(&g);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_field_comes_back),
		TEST(listed_newest_first),
		TEST(unknown_ids_are_not_found),
		TEST(every_column_is_guarded),
		TEST(altered_rows_give_no_tokens_and_are_not_written),
		TEST(tokens_moved_to_another_grant_are_altered),
		TEST(tokens_stay_or_are_replaced),
		TEST(a_rekey_leaves_tokens_and_a_change_seals_them_anew),
		TEST(writing_wants_a_transaction),
		TEST(one_process_has_a_grant),
		TEST(a_process_that_is_gone_has_nothing),
		TEST(a_grant_that_was_refreshed_meanwhile_is_not_lent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
