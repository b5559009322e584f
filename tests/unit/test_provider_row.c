/* Rows of providers: what was written comes back, every column that somebody edits by hand shows, and a
 * sealed secret opens only where it belongs. */
#include "tests/lib/oauth_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/file.h"

static void row_get(struct store_fixture *f, struct provider_row *r)
{
	struct stmt *st = db_stmt(f->s->db, "SELECT * FROM provider ORDER BY row LIMIT 1");
	struct err e = ERR_INIT;
	bool any;

	assert_well(stmt_step(st, &any, &e), &e);
	assert_true(any);
	provider_row_read(f->s, st, r);
	stmt_done(st);
}

/* --- round trip ----------------------------------------------------------- */

static void every_field_comes_back(void **state)
{
	struct store_fixture *f = *state;
	struct secret secret = SECRET_INIT, is = SECRET_INIT;
	struct err e = ERR_INIT;
	struct provider_row back, want;

	provider_row_init(&back);
	provider_row_init(&want);
	for (const struct field *at = provider_fields; at->column; at++)
		if (at->type == FIELD_TEXT)
			fixture_text((char **)((char *)&want + at->offset), at->column);
	want.p.created_at = 1;
	want.p.updated_at = -2;
	secret_set(&secret, "a\0b", 3);
	fixture_begin(f);
	assert_well(provider_insert(f->s, &want.p, &secret, NULL, &e), &e);
	fixture_commit(f);
	assert_int_equal(want.p.revision, 1);
	assert_true(want.p.has_secret);
	assert_false(want.p.has_key);
	row_get(f, &back);
	assert_false(back.p.altered);
	sealed_copy(&want.secret, &back.secret);
	fixture_assert_same(provider_fields, &want, &back);
	assert_well(provider_secret(f->s, &back.p, &is, &e), &e);
	assert_true(secret_equal(&is, &secret));
	assert_well(provider_key(f->s, &back.p, &is, &e), &e);
	assert_int_equal(is.len, 0);
	provider_row_release(&want);
	provider_row_release(&back);
	secret_release(&secret);
	secret_release(&is);
}

static void found_by_id_and_by_name(void **state)
{
	struct store_fixture *f = *state;
	char *id = x_strdup(fixture_provider(f, "corp"));
	struct err e = ERR_INIT;
	struct provider p;

	provider_init(&p);
	fixture_provider_read(f, id, &p);
	assert_string_equal(p.name, "corp");
	fixture_provider_read(f, "corp", &p);
	assert_string_equal(p.id, id);
	assert_refused(provider_get(f->s, "Corp", &p, &e), ERR_NOT_FOUND, &e, "no provider");
	assert_refused(provider_get(f->s, "prv_00000000000000000000000000", &p, &e), ERR_NOT_FOUND,
		       &e, "provider list");
	provider_release(&p);
	free(id);
}

struct names {
	struct store_fixture *f;
	struct buf out;
	size_t left;
};

static bool name_add(void *arg, const struct provider *p)
{
	struct names *n = arg;
	struct provider again;

	buf_addf(&n->out, "%s ", p->name);
	/* Asking the store while it lists is well. */
	provider_init(&again);
	fixture_provider_read(n->f, p->name, &again);
	assert_string_equal(again.id, p->id);
	provider_release(&again);
	return --n->left > 0;
}

static void assert_names(struct store_fixture *f, const char *after, size_t limit, size_t stop,
			 const char *wanted)
{
	struct names n = { .f = f, .out = BUF_INIT(1024), .left = stop };
	struct err e = ERR_INIT;

	assert_well(provider_each(f->s, after, limit, name_add, &n, &e), &e);
	assert_string_equal(buf_text(&n.out), wanted);
	buf_release(&n.out);
}

static void listed_by_name(void **state)
{
	struct store_fixture *f = *state;

	fixture_provider(f, "b");
	fixture_provider(f, "c");
	fixture_provider(f, "a");
	assert_names(f, NULL, 0, 99, "a b c ");
	assert_names(f, "a", 1, 99, "b ");
	assert_names(f, "c", 0, 99, "");
	assert_names(f, NULL, 0, 2, "a b ");
}

/* --- edited by hand ------------------------------------------------------- */

static void every_column_is_guarded(void **state)
{
	struct store_fixture *f = *state;
	struct provider_row r;

	provider_row_init(&r);
	for (const struct field *at = provider_fields; at->column; at++) {
		fixture_sql(f, "DELETE FROM provider");
		fixture_provider(f, "victim");
		row_get(f, &r);
		assert_false(r.p.altered);
		fixture_tamper(f, "provider", at);
		row_get(f, &r);
		if (!r.p.altered)
			print_error("column %s\n", at->column);
		assert_true(r.p.altered);
	}
	provider_row_release(&r);
}

static void sealed_columns_emptied_or_swapped_are_altered(void **state)
{
	static const char *const edits[] = {
		"UPDATE provider SET secret = NULL",
		"UPDATE provider SET secret = x''",
		"UPDATE provider SET secret = client_key, client_key = secret",
		"UPDATE provider SET issuer = hex(zeroblob(4000000))",
		"UPDATE provider SET ring = 99",
	};
	struct store_fixture *f = *state;
	struct provider_row r;

	provider_row_init(&r);
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		fixture_sql(f, "DELETE FROM provider");
		fixture_provider(f, "victim");
		fixture_sql(f, edits[i]);
		row_get(f, &r);
		assert_true(r.p.altered);
	}
	provider_row_release(&r);
}

static void altered_rows_give_no_secret_and_are_not_written(void **state)
{
	struct store_fixture *f = *state;
	struct secret is = SECRET_INIT;
	struct err e = ERR_INIT;
	struct provider p;

	fixture_provider(f, "victim");
	fixture_sql(f, "UPDATE provider SET issuer = 'https://mallory.example'");
	provider_init(&p);
	fixture_provider_read(f, "victim", &p);
	assert_true(p.altered);
	assert_refused(provider_secret(f->s, &p, &is, &e), ERR_STORE, &e, "altered");
	assert_refused(provider_key(f->s, &p, &is, &e), ERR_STORE, &e, "altered");
	assert_int_equal(is.len, 0);
	fixture_begin(f);
	assert_refused(provider_update(f->s, &p, NULL, NULL, &e), ERR_STORE, &e, "altered");
	store_rollback(f->s);
	provider_release(&p);
}

/* --- sealed --------------------------------------------------------------- */

static void sealed_texts_open_only_in_their_place(void **state)
{
	static const char one[] = "prv_00000000000000000000000001",
			  two[] = "prv_00000000000000000000000002";
	struct store_fixture *f = *state, other;
	struct secret plain = SECRET_INIT, is = SECRET_INIT;
	struct sealed s = { .data = NULL }, copy = { .data = NULL };
	struct err e = ERR_INIT;

	secret_set(&plain, "hush", 4);
	assert_well(store_seal(f->s, &s, 1, "provider", "secret", one, &plain, &e), &e);
	assert_int_equal(s.len, 4 + SEAL_OVERHEAD);
	assert_well(store_unseal(f->s, &is, &s, 1, "provider", "secret", one, &e), &e);
	assert_string_equal(secret_reveal(&is), "hush");
	assert_refused(store_unseal(f->s, &is, &s, 1, "provider", "secret", two, &e), ERR_STORE, &e,
		       two);
	assert_int_equal(is.len, 0);
	assert_refused(store_unseal(f->s, &is, &s, 1, "provider", "client_key", one, &e), ERR_STORE,
		       &e, "moved");
	assert_refused(store_unseal(f->s, &is, &s, 1, "grant", "secret", one, &e), ERR_STORE, &e,
		       "moved");
	assert_refused(store_unseal(f->s, &is, &s, 2, "provider", "secret", one, &e), ERR_STORE, &e,
		       "no ring key 2");
	for (size_t i = 0; i < s.len; i++) {
		sealed_copy(&copy, &s);
		copy.data[i] ^= 1;
		assert_refused(store_unseal(f->s, &is, &copy, 1, "provider", "secret", one, &e),
			       ERR_STORE, &e, NULL);
		copy.data[i] ^= 1;
		copy.len = i;
		assert_refused(store_unseal(f->s, &is, &copy, 1, "provider", "secret", one, &e),
			       ERR_STORE, &e, NULL);
	}
	fixture_start(&other);
	assert_refused(store_unseal(other.s, &is, &s, 1, "provider", "secret", one, &e), ERR_STORE,
		       &e, NULL);
	fixture_end(&other);
	sealed_release(&s);
	sealed_release(&copy);
	secret_release(&plain);
	secret_release(&is);
}

static void secrets_too_long_are_refused(void **state)
{
	struct store_fixture *f = *state;
	struct secret plain = SECRET_INIT;
	struct sealed s = { .data = NULL };
	struct err e = ERR_INIT;
	char *text = x_calloc(1, SEALED_MAX + 1);

	secret_set(&plain, text, SEALED_MAX);
	assert_well(store_seal(f->s, &s, 1, "provider", "secret", "prv_x", &plain, &e), &e);
	secret_set(&plain, text, SEALED_MAX + 1);
	assert_refused(store_seal(f->s, &s, 1, "provider", "secret", "prv_x", &plain, &e),
		       ERR_USAGE, &e, "not kept");
	assert_null(s.data);
	secret_release(&plain);
	free(text);
}

static void secrets_are_not_in_the_file(void **state)
{
	struct store_fixture *f = *state;
	char *log = x_asprintf("%s-wal", f->path);
	const char *files[] = { f->path, log };

	fixture_provider(f, "corp");
	fixture_assert_secret(f, "corp", "SECRET-of-corp");
	for (size_t i = 0; i < 2; i++) {
		struct buf text = BUF_INIT(1 << 24);
		struct err e = ERR_INIT;

		assert_well(file_read(&text, files[i], &e), &e);
		assert_null(memmem(text.data, text.len, "SECRET-of", 9));
		assert_null(memmem(text.data, text.len, "KEY-of", 6));
		buf_release(&text);
	}
	free(log);
}

static void rekey(struct store_fixture *f)
{
	struct err e = ERR_INIT;

	fixture_begin(f);
	assert_well(store_rekey(f->s, NULL, NULL, &e), &e);
	fixture_commit(f);
}

static void a_rekey_leaves_what_was_sealed_and_a_change_seals_it_anew(void **state)
{
	struct store_fixture *f = *state;
	struct provider_row r;

	fixture_provider(f, "corp");
	rekey(f);
	fixture_reopen(f);
	fixture_assert_secret(f, "corp", "SECRET-of-corp");
	provider_row_init(&r);
	row_get(f, &r);
	assert_int_equal(r.p.ring, 1);
	fixture_provider_change(f, "corp", "openid", NULL, NULL);
	row_get(f, &r);
	assert_int_equal(r.p.ring, 2);
	assert_false(r.p.altered);
	fixture_assert_secret(f, "corp", "SECRET-of-corp");
	provider_row_release(&r);
}

/* --- changes -------------------------------------------------------------- */

static void secrets_stay_are_replaced_or_taken_away(void **state)
{
	struct store_fixture *f = *state;
	struct secret next = SECRET_INIT, none = SECRET_INIT, is = SECRET_INIT;
	struct err e = ERR_INIT;
	struct provider p;

	fixture_provider(f, "corp");
	secret_set(&next, "next", 4);
	provider_init(&p);
	fixture_provider_change(f, "corp", NULL, &next, &none);
	fixture_provider_read(f, "corp", &p);
	assert_int_equal(p.revision, 2);
	assert_true(p.has_secret);
	assert_false(p.has_key);
	fixture_assert_secret(f, "corp", "next");
	assert_well(provider_key(f->s, &p, &is, &e), &e);
	assert_int_equal(is.len, 0);
	fixture_provider_change(f, "corp", "openid", NULL, NULL);
	fixture_assert_secret(f, "corp", "next");
	/* What was read before that goes with other endpoints perhaps. */
	assert_refused(provider_secret(f->s, &p, &is, &e), ERR_CONFLICT, &e, "somebody else");
	fixture_begin(f);
	assert_refused(provider_update(f->s, &p, NULL, NULL, &e), ERR_CONFLICT, &e,
		       "somebody else");
	assert_refused(provider_delete(f->s, &p, &e), ERR_CONFLICT, &e, "somebody else");
	store_rollback(f->s);
	provider_release(&p);
	secret_release(&next);
}

static void names_are_taken_once(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct provider p;

	fixture_provider(f, "one");
	fixture_provider(f, "two");
	provider_init(&p);
	fixture_provider_read(f, "two", &p);
	fixture_text(&p.name, "one");
	fixture_begin(f);
	assert_refused(provider_update(f->s, &p, NULL, NULL, &e), ERR_CONFLICT, &e,
		       "named \"one\" already");
	assert_int_equal(p.revision, 1);
	p.id[0] = '\0';
	assert_refused(provider_insert(f->s, &p, NULL, NULL, &e), ERR_CONFLICT, &e,
		       "named \"one\" already");
	store_rollback(f->s);
	provider_release(&p);
}

static void deleting_takes_all_along(void **state)
{
	struct store_fixture *f = *state;
	char doctor[] = "{}";
	struct provider_facts facts = { .doctor = doctor };
	struct err e = ERR_INIT;
	struct provider p;
	struct flow flow;

	fixture_provider(f, "corp");
	fixture_provider(f, "other");
	fixture_grant(f, "corp", "ann");
	fixture_grant(f, "other", "bob");
	provider_init(&p);
	flow_row_init(&flow);
	fixture_provider_read(f, "corp", &p);
	flow.provider = p.row;
	flow.expires_at = INT64_MAX;
	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(flow_insert(f->s, &flow, NULL, &e), &e);
	assert_well(provider_learn(f->s, &p, &facts, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	fixture_provider_remove(f, "corp");
	assert_int_equal(fixture_number(f, "SELECT (SELECT count(*) FROM provider) * 1000 +"
					   " (SELECT count(*) FROM oauth_grant) * 100 +"
					   " (SELECT count(*) FROM flow) * 10 +"
					   " (SELECT count(*) FROM provider_facts) AS n"),
			 1100);
	provider_release(&p);
	flow_row_release(&flow);
}

static void writing_wants_a_transaction(void **state)
{
	struct store_fixture *f = *state;
	char doctor[] = "{}";
	struct provider_facts facts = { .doctor = doctor };
	struct err e = ERR_INIT;
	struct provider p;

	fixture_provider(f, "still");
	provider_init(&p);
	fixture_provider_read(f, "still", &p);
	assert_refused(provider_update(f->s, &p, NULL, NULL, &e), ERR_STORE, &e,
		       "outside a transaction");
	assert_refused(provider_delete(f->s, &p, &e), ERR_STORE, &e, "outside a transaction");
	assert_refused(provider_learn(f->s, &p, &facts, &e), ERR_STORE, &e,
		       "outside a transaction");
	p.id[0] = '\0';
	assert_refused(provider_insert(f->s, &p, NULL, NULL, &e), ERR_STORE, &e,
		       "outside a transaction");
	provider_release(&p);
}

/* --- what was learnt ------------------------------------------------------ */

static void learn(struct store_fixture *f, const char *name, const char *metadata,
		  const char *doctor)
{
	struct provider_facts facts = { .metadata = metadata ? x_strdup(metadata) : NULL,
					.metadata_at = 5,
					.metadata_until = 6,
					.doctor = doctor ? x_strdup(doctor) : NULL,
					.doctor_at = 7 };
	struct err e = ERR_INIT;
	struct provider p;

	provider_init(&p);
	fixture_provider_read(f, name, &p);
	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(provider_learn(f->s, &p, &facts, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	provider_facts_release(&facts);
	provider_release(&p);
}

/* What is known, as "metadata/doctor". */
static void assert_facts(struct store_fixture *f, const char *name, const char *wanted)
{
	struct provider_facts facts;
	struct err e = ERR_INIT;
	struct provider p;
	char text[64];

	provider_init(&p);
	fixture_provider_read(f, name, &p);
	assert_well(provider_facts(f->s, &p, &facts, &e), &e);
	snprintf(text, sizeof text, "%s/%s", facts.metadata ? facts.metadata : "-",
		 facts.doctor ? facts.doctor : "-");
	assert_string_equal(text, wanted);
	assert_int_equal(facts.metadata_at, facts.metadata ? 5 : TIME_NONE);
	assert_int_equal(facts.metadata_until, facts.metadata ? 6 : TIME_NONE);
	assert_int_equal(facts.doctor_at, facts.doctor ? 7 : TIME_NONE);
	provider_facts_release(&facts);
	provider_release(&p);
}

static void what_was_learnt_is_kept_apart(void **state)
{
	struct store_fixture *f = *state;
	int64_t events;

	fixture_provider(f, "corp");
	events = fixture_number(f, "SELECT count(*) AS n FROM audit");
	assert_facts(f, "corp", "-/-");
	learn(f, "corp", "m", NULL);
	assert_facts(f, "corp", "m/-");
	learn(f, "corp", NULL, "d");
	assert_facts(f, "corp", "m/d");
	learn(f, "corp", "n", NULL);
	assert_facts(f, "corp", "n/d");
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM audit"), events);
	/* It is about the provider as it was. */
	fixture_provider_change(f, "corp", "openid", NULL, NULL);
	assert_facts(f, "corp", "-/-");
}

static void facts_that_are_not_ours_are_none(void **state)
{
	static const char *const edits[] = {
		"UPDATE provider_facts SET metadata = 'mm' WHERE provider = 1",
		"UPDATE provider_facts SET metadata_until = 99 WHERE provider = 1",
		"UPDATE provider_facts SET doctor = 'dd' WHERE provider = 1",
		("DELETE FROM provider_facts WHERE provider = 1;"
		 "UPDATE provider_facts SET provider = 1 WHERE provider = 2"),
	};
	struct store_fixture *f = *state;

	fixture_provider(f, "corp");
	fixture_provider(f, "other");
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		learn(f, "corp", "m", "d");
		learn(f, "other", "m", "d");
		assert_facts(f, "corp", "m/d");
		fixture_sql(f, edits[i]);
		assert_facts(f, "corp", "-/-");
	}
}

static void too_much_is_not_learnt(void **state)
{
	struct store_fixture *f = *state;
	char *text = x_calloc(1, (5 << 20) + 1);
	struct provider_facts facts = { .metadata = text };
	struct err e = ERR_INIT;
	struct provider p;

	fixture_provider(f, "corp");
	memset(text, 'x', 5 << 20);
	provider_init(&p);
	fixture_provider_read(f, "corp", &p);
	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_refused(provider_learn(f->s, &p, &facts, &e), ERR_USAGE, &e, "too much");
	store_rollback(f->s);
	provider_release(&p);
	free(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_field_comes_back),
		TEST(found_by_id_and_by_name),
		TEST(listed_by_name),
		TEST(every_column_is_guarded),
		TEST(sealed_columns_emptied_or_swapped_are_altered),
		TEST(altered_rows_give_no_secret_and_are_not_written),
		TEST(sealed_texts_open_only_in_their_place),
		TEST(secrets_too_long_are_refused),
		TEST(secrets_are_not_in_the_file),
		TEST(a_rekey_leaves_what_was_sealed_and_a_change_seals_it_anew),
		TEST(secrets_stay_are_replaced_or_taken_away),
		TEST(names_are_taken_once),
		TEST(deleting_takes_all_along),
		TEST(writing_wants_a_transaction),
		TEST(what_was_learnt_is_kept_apart),
		TEST(facts_that_are_not_ours_are_none),
		TEST(too_much_is_not_learnt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
