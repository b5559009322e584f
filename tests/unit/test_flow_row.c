/* Rows of device flows: they can be taken up again by one process at a time while their code lives, and
 * go when it has ended. */
#include "tests/lib/oauth_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/process.h"

static void begin(struct store_fixture *f)
{
	struct err e = ERR_INIT;

	assert_well(store_begin_unaudited(f->s, &e), &e);
}

static void commit(struct store_fixture *f)
{
	struct err e = ERR_INIT;

	assert_well(store_commit(f->s, &e), &e);
}

/* A process that has ended. */
static pid_t gone(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	return child;
}

/* A flow of the provider in row 1, which `pid` polls, with the secrets "CODE". */
static void flow_make(struct store_fixture *f, struct flow *flow, int64_t pid, int64_t expires)
{
	struct secret code = SECRET_INIT;
	struct err e = ERR_INIT;

	flow_row_init(flow);
	flow->provider = 1;
	fixture_text(&flow->kept, "{\"user_code\":\"ABCD\"}");
	flow->created_at = 1;
	flow->expires_at = expires;
	flow->save = true;
	flow->pid = pid;
	flow->pid_start = process_start(pid);
	secret_set(&code, "CODE", 4);
	begin(f);
	assert_well(flow_insert(f->s, flow, &code, &e), &e);
	commit(f);
	secret_release(&code);
}

static void assert_code(struct store_fixture *f, const struct flow *flow)
{
	struct secret is = SECRET_INIT;
	struct err e = ERR_INIT;

	assert_well(flow_secrets(f->s, flow, &is, &e), &e);
	assert_string_equal(secret_reveal(&is), "CODE");
	secret_release(&is);
}

static int64_t rows(struct store_fixture *f)
{
	return fixture_number(f, "SELECT count(*) AS n FROM flow");
}

static void every_field_comes_back(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct flow flow, back;

	fixture_provider(f, "corp");
	flow_make(f, &flow, getpid(), INT64_MAX);
	assert_int_equal(strncmp(flow.id, "flw_", 4), 0);
	flow_row_init(&back);
	assert_well(flow_get(f->s, flow.id, &back, &e), &e);
	assert_false(back.altered);
	assert_string_equal(back.id, flow.id);
	assert_string_equal(back.kept, flow.kept);
	assert_string_equal(back.provider_name, "corp");
	assert_int_equal(back.provider, 1);
	assert_int_equal(back.created_at, 1);
	assert_int_equal(back.expires_at, INT64_MAX);
	assert_true(back.save);
	assert_int_equal(back.pid, getpid());
	assert_int_equal(back.pid_start, flow.pid_start);
	assert_code(f, &back);
	/* It grants nothing: no audit event tells of it. */
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM audit"), 1);
	assert_refused(flow_get(f->s, "flw_00000000000000000000000000", &back, &e), ERR_NOT_FOUND,
		       &e, "no device flow");
	assert_refused(flow_get(f->s, "nonsense", &back, &e), ERR_NOT_FOUND, &e, "no id");
	flow_row_release(&flow);
	flow_row_release(&back);
}

static bool id_add(void *arg, const struct flow *flow)
{
	buf_addf(arg, "%s ", flow->id);
	return true;
}

static void listed_newest_first(void **state)
{
	struct store_fixture *f = *state;
	struct buf is = BUF_INIT(1024);
	struct flow one, two;
	struct err e = ERR_INIT;
	char *wanted;

	fixture_provider(f, "corp");
	flow_make(f, &one, getpid(), INT64_MAX);
	test_clock_advance(&f->clock, SECOND_MS);
	flow_make(f, &two, getpid(), INT64_MAX);
	wanted = x_asprintf("%s %s ", two.id, one.id);
	assert_well(flow_each(f->s, id_add, &is, &e), &e);
	assert_string_equal(buf_text(&is), wanted);
	buf_release(&is);
	free(wanted);
	flow_row_release(&one);
	flow_row_release(&two);
}

static void every_column_is_guarded(void **state)
{
	struct store_fixture *f = *state;
	struct stmt *st;
	struct err e = ERR_INIT;
	struct flow_row r;
	struct flow flow;
	bool any;

	fixture_provider(f, "corp");
	flow_keep_init(&r);
	for (const struct field *at = flow_fields; at->column; at++) {
		fixture_sql(f, "DELETE FROM flow");
		flow_make(f, &flow, getpid(), INT64_MAX - 1);
		fixture_tamper(f, "flow", at);
		st = db_stmt(f->s->db, FLOW_SELECT);
		assert_well(stmt_step(st, &any, &e), &e);
		flow_row_read(f->s, st, &r);
		stmt_done(st);
		if (!r.f.altered)
			print_error("column %s\n", at->column);
		assert_true(r.f.altered);
		flow_row_release(&flow);
	}
	flow_keep_release(&r);
}

static void altered_rows_are_of_no_use(void **state)
{
	static const char *const edits[] = {
		"UPDATE flow SET kept = '{}'",
		"UPDATE flow SET secrets = NULL",
		"UPDATE flow SET provider = 2",
		"UPDATE flow SET provider = 77",
	};
	struct store_fixture *f = *state;
	struct secret is = SECRET_INIT;
	struct err e = ERR_INIT;
	struct flow flow;

	fixture_provider(f, "corp");
	fixture_provider(f, "mallory");
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		fixture_sql(f, "DELETE FROM flow");
		flow_make(f, &flow, 0, INT64_MAX);
		fixture_sql(f, edits[i]);
		assert_refused(flow_secrets(f->s, &flow, &is, &e), ERR_STORE, &e, "altered");
		begin(f);
		assert_refused(flow_take(f->s, &flow, 1, 1, &e), ERR_STORE, &e, "altered");
		assert_refused(flow_update(f->s, &flow, &e), ERR_STORE, &e, "altered");
		store_rollback(f->s);
		flow_row_release(&flow);
	}
}

static void one_process_polls_a_flow(void **state)
{
	struct store_fixture *f = *state;
	int64_t pid = getpid(), start = process_start(pid), parent = getppid();
	struct err e = ERR_INIT;
	struct flow flow, reader;

	fixture_provider(f, "corp");
	flow_make(f, &flow, pid, INT64_MAX);
	flow_row_init(&reader);
	assert_well(flow_get(f->s, flow.id, &reader, &e), &e);
	begin(f);
	assert_refused(flow_take(f->s, &reader, parent, process_start(parent), &e), ERR_CONFLICT,
		       &e, "polls");
	/* Nor does the same process twice. */
	assert_refused(flow_take(f->s, &reader, pid, start, &e), ERR_CONFLICT, &e, "polls");
	fixture_text(&flow.kept, "{\"polls\":7}");
	assert_well(flow_update(f->s, &flow, &e), &e);
	assert_well(flow_give_back(f->s, &flow, &e), &e);
	commit(f);
	begin(f);
	assert_well(flow_take(f->s, &reader, parent, process_start(parent), &e), &e);
	assert_string_equal(reader.kept, "{\"polls\":7}");
	assert_int_equal(reader.pid, parent);
	/* Who had it before does not write to it any more. */
	assert_refused(flow_update(f->s, &flow, &e), ERR_CONFLICT, &e, "polls");
	commit(f);
	assert_code(f, &reader);
	flow_row_release(&flow);
	flow_row_release(&reader);
}

static void a_flow_of_a_process_that_is_gone_is_taken_up(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct flow flow;

	fixture_provider(f, "corp");
	flow_make(f, &flow, gone(), INT64_MAX);
	begin(f);
	assert_well(store_rekey(f->s, NULL, NULL, &e), &e);
	assert_well(flow_take(f->s, &flow, getpid(), 1, &e), &e);
	assert_int_equal(flow.ring, 2);
	commit(f);
	assert_code(f, &flow);
	flow_row_release(&flow);
}

static void a_forgotten_flow_is_not_written(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct flow flow;

	fixture_provider(f, "corp");
	flow_make(f, &flow, getpid(), INT64_MAX);
	begin(f);
	assert_well(flow_delete(f->s, flow.id, &e), &e);
	assert_well(flow_delete(f->s, flow.id, &e), &e);
	assert_refused(flow_update(f->s, &flow, &e), ERR_CONFLICT, &e, "forgotten");
	assert_refused(flow_take(f->s, &flow, 1, 1, &e), ERR_NOT_FOUND, &e, "no device flow");
	commit(f);
	assert_int_equal(rows(f), 0);
	flow_row_release(&flow);
}

static void expired_flows_are_swept_but_for_those_that_run(void **state)
{
	struct store_fixture *f = *state;
	struct flow dead[70], running, next;
	struct err e = ERR_INIT;

	fixture_provider(f, "corp");
	for (size_t i = 0; i < 70; i++)
		flow_make(f, &dead[i], 0, TEST_NOW + MINUTE_MS);
	flow_make(f, &running, getpid(), TEST_NOW + MINUTE_MS);
	assert_int_equal(rows(f), 71);
	begin(f);
	assert_well(flow_sweep(f->s, TEST_NOW + MINUTE_MS, &e), &e);
	commit(f);
	assert_int_equal(rows(f), 71);
	begin(f);
	assert_well(flow_sweep(f->s, TEST_NOW + 2 * MINUTE_MS, &e), &e);
	commit(f);
	assert_int_equal(rows(f), 7);
	/* A new one sweeps by itself. */
	test_clock_advance(&f->clock, HOUR_MS);
	flow_make(f, &next, getpid(), INT64_MAX);
	assert_int_equal(rows(f), 2);
	for (size_t i = 0; i < 70; i++)
		flow_row_release(&dead[i]);
	flow_row_release(&running);
	flow_row_release(&next);
}

static void what_is_too_large_is_refused(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct flow flow;

	fixture_provider(f, "corp");
	flow_make(f, &flow, getpid(), INT64_MAX);
	free(flow.kept);
	flow.kept = x_calloc(1, FLOW_KEPT_MAX + 2);
	memset(flow.kept, ' ', FLOW_KEPT_MAX + 1);
	begin(f);
	assert_refused(flow_update(f->s, &flow, &e), ERR_USAGE, &e, "too large");
	store_rollback(f->s);
	assert_refused(flow_update(f->s, &flow, &e), ERR_STORE, &e, "outside a transaction");
	assert_refused(flow_delete(f->s, flow.id, &e), ERR_STORE, &e, "outside a transaction");
	assert_refused(flow_insert(f->s, &flow, NULL, &e), ERR_STORE, &e, "outside a transaction");
	flow_row_release(&flow);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_field_comes_back),
		TEST(listed_newest_first),
		TEST(every_column_is_guarded),
		TEST(altered_rows_are_of_no_use),
		TEST(one_process_polls_a_flow),
		TEST(a_flow_of_a_process_that_is_gone_is_taken_up),
		TEST(a_forgotten_flow_is_not_written),
		TEST(expired_flows_are_swept_but_for_those_that_run),
		TEST(what_is_too_large_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
