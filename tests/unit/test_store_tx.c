/* Transactions and the audit chain they have to carry: nothing commits without its event, nothing is
 * written into a store that is no longer the one that was opened. */
#include "tests/lib/store_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"

static struct audit_event event_of(const char *operation)
{
	return (struct audit_event){ .actor = x_strdup("{\"user\":\"ops1\"}"),
				     .operation = x_strdup(operation),
				     .object = x_strdup("store"),
				     .name = x_strdup(""),
				     .detail = x_strdup("{\"k\":\"v\"}") };
}

static void append(struct store_fixture *f, const char *operation)
{
	struct audit_event ev = event_of(operation);
	struct err e = ERR_INIT;

	assert_well(audit_append(f->s, &ev, &e), &e);
	audit_event_release(&ev);
}

static void change(struct store_fixture *f, const char *operation)
{
	struct err e = ERR_INIT;

	assert_well(store_begin(f->s, &e), &e);
	append(f, operation);
	assert_well(store_commit(f->s, &e), &e);
}

/* --- transactions ------------------------------------------------------------------------------------------- */

static void a_change_without_an_event_is_not_committed(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct key k;

	key_init(&k);
	assert_well(store_begin(f->s, &e), &e);
	assert_well(key_insert(f->s, &k, &e), &e);
	assert_refused(store_commit(f->s, &e), ERR_STORE, &e, "without an audit event");
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM apikey"), 0);
	assert_refused(store_commit(f->s, &e), ERR_STORE, &e, "outside a transaction");
	key_release(&k);
	fixture_create(f, "goes on");
}

static void a_rollback_takes_rows_event_and_mark_back(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct audit_event head = { .sequence = 0 };
	bool any;

	assert_well(store_begin(f->s, &e), &e);
	append(f, "test");
	store_rollback(f->s);
	store_rollback(f->s);
	assert_well(audit_head(f->s, &head, &any, &e), &e);
	assert_false(any);
	fixture_create(f, "first");
	assert_well(audit_head(f->s, &head, &any, &e), &e);
	assert_int_equal(head.sequence, 1);
	audit_event_release(&head);
	fixture_assert_sound(f);
}

static void an_open_transaction_dies_with_its_store(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;

	assert_well(store_begin(f->s, &e), &e);
	append(f, "test");
	fixture_reopen(f);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM audit"), 0);
	fixture_create(f, "first");
}

static void a_schema_changed_while_open_stops_changes(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;

	fixture_sql(f, "CREATE TRIGGER cuckoo AFTER UPDATE ON apikey BEGIN SELECT 1; END");
	assert_refused(store_begin(f->s, &e), ERR_STORE, &e, "trigger \"cuckoo\"");
	fixture_sql(f, "DROP TRIGGER cuckoo");
	fixture_create(f, "goes on");
	fixture_sql(f, "PRAGMA user_version = 99");
	assert_refused(store_begin(f->s, &e), ERR_STORE, &e, "another release");
}

static void a_snapshot_stays_as_it_was(void **state)
{
	struct store_fixture *f = *state;
	struct store *reader = NULL;
	struct err e = ERR_INIT;
	struct key_totals t;

	assert_well(store_open(&reader, &f->options, &e), &e);
	fixture_create(f, "one");
	assert_well(store_snapshot(reader, &e), &e);
	fixture_create(f, "two");
	assert_well(key_totals(reader, TEST_NOW, DAY_MS, &t, &e), &e);
	assert_int_equal(t.all, 1);
	store_snapshot_end(reader);
	store_snapshot_end(reader);
	assert_well(key_totals(reader, TEST_NOW, DAY_MS, &t, &e), &e);
	assert_int_equal(t.all, 2);
	store_close(reader);
}

static void others_changes_show_in_the_version(void **state)
{
	struct store_fixture *f = *state;
	struct store *reader = NULL;
	struct err e = ERR_INIT;
	uint64_t first, second, third;

	assert_well(store_open(&reader, &f->options, &e), &e);
	assert_well(store_version(reader, &first, &e), &e);
	assert_well(store_version(reader, &second, &e), &e);
	assert_int_equal(first, second);
	fixture_create(f, "one");
	assert_well(store_version(reader, &third, &e), &e);
	assert_int_not_equal(second, third);
	store_close(reader);
}

static void a_long_log_is_cut_after_an_import(void **state)
{
	struct store_fixture *f = *state;
	char *log = x_asprintf("%s-wal", f->path);
	FILE *file;

	fixture_import(f, "bulk", 20000);
	file = fopen(log, "r");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	assert_int_equal(ftell(file), 256 * 1024);
	fclose(file);
	free(log);
}

/* --- the audit chain ------------------------------------------------------------------------------------------ */

static void events_are_chained_and_come_back(void **state)
{
	static const uint8_t none[SHA256_SIZE];
	struct store_fixture *f = *state;
	struct audit_event one = { .sequence = 0 }, two = { .sequence = 0 };
	uint8_t hash[SHA256_SIZE], mac[MAC_SIZE];
	struct err e = ERR_INIT;

	change(f, "first");
	test_clock_advance(&f->clock, MINUTE_MS);
	change(f, "second");
	assert_well(audit_get(f->s, 1, &one, &e), &e);
	assert_well(audit_get(f->s, 2, &two, &e), &e);
	assert_memory_equal(one.previous, none, sizeof none);
	assert_memory_equal(two.previous, one.hash, sizeof one.hash);
	assert_string_equal(two.operation, "second");
	assert_string_equal(two.actor, "{\"user\":\"ops1\"}");
	assert_string_equal(two.detail, "{\"k\":\"v\"}");
	assert_string_equal(two.boot_id, f->clock.boot_id);
	assert_int_equal(two.time, one.time + MINUTE_MS);
	assert_int_equal(two.boot_time, f->clock.boot);
	assert_false(two.has_object_mac);
	audit_hash(&two, hash);
	assert_memory_equal(hash, two.hash, sizeof hash);
	assert_true(audit_mac(f->s, &two, mac));
	assert_memory_equal(mac, two.mac, sizeof mac);
	assert_refused(audit_get(f->s, 3, &two, &e), ERR_NOT_FOUND, &e, "no audit event 3");
	audit_event_release(&one);
	audit_event_release(&two);
}

static void appending_wants_a_transaction(void **state)
{
	struct store_fixture *f = *state;
	struct audit_event ev = event_of("test");
	struct err e = ERR_INIT;

	assert_refused(audit_append(f->s, &ev, &e), ERR_STORE, &e, "outside a transaction");
	audit_event_release(&ev);
}

static void several_events_of_one_change_follow_each_other(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;

	assert_well(store_begin(f->s, &e), &e);
	append(f, "a");
	append(f, "b");
	append(f, "c");
	assert_well(store_commit(f->s, &e), &e);
	change(f, "d");
	assert_int_equal(fixture_number(f,
					"SELECT count(*) AS n FROM audit AS a JOIN audit AS b"
					" ON b.sequence = a.sequence + 1 AND b.previous = a.hash"),
			 3);
	fixture_assert_sound(f);
}

/* The first letters of the operations that a query gives. */
static void assert_listed(struct store_fixture *f, const struct audit_query *q, const char *wanted)
{
	struct audit_event ev = { .sequence = 0 };
	struct audit_cursor *c;
	struct err e = ERR_INIT;
	char got[16] = "";
	size_t count = 0;
	bool more;

	assert_well(audit_select(f->s, q, &c, &e), &e);
	for (;;) {
		assert_well(audit_next(c, &ev, &more, &e), &e);
		if (!more)
			break;
		assert_true(count < sizeof got - 1);
		got[count++] = ev.operation[0];
	}
	assert_string_equal(got, wanted);
	audit_cursor_free(c);
	audit_event_release(&ev);
}

static void lists_filter_and_page(void **state)
{
	static const char *const operations[] = { "a.one", "b.two", "c.one", "d.two", "e.one" };
	struct store_fixture *f = *state;
	struct audit_query all = { .since = TIME_NONE, .until = TIME_NONE }, q;

	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
		change(f, operations[i]);
		test_clock_advance(&f->clock, MINUTE_MS);
	}
	q = all;
	assert_listed(f, &q, "edcba");
	q.oldest_first = true;
	q.limit = 2;
	assert_listed(f, &q, "ab");
	q.after_sequence = 2;
	assert_listed(f, &q, "cd");
	q = all;
	q.before_sequence = 4;
	q.limit = 2;
	assert_listed(f, &q, "cb");
	q = all;
	q.operation = "b.two";
	assert_listed(f, &q, "b");
	q.operation = "c*";
	assert_listed(f, &q, "c");
	q = all;
	q.search = "ONE ops1";
	assert_listed(f, &q, "eca");
	q = all;
	q.actor = "ops1";
	assert_listed(f, &q, "edcba");
	q.actor = "ops";
	assert_listed(f, &q, "");
	q = all;
	q.since = TEST_NOW + MINUTE_MS;
	q.until = TEST_NOW + 3 * MINUTE_MS;
	assert_listed(f, &q, "cb");
	q = all;
	q.object = "sto*";
	q.limit = 1;
	assert_listed(f, &q, "e");
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_change_without_an_event_is_not_committed),
		STORE_TEST(a_rollback_takes_rows_event_and_mark_back),
		STORE_TEST(an_open_transaction_dies_with_its_store),
		STORE_TEST(a_schema_changed_while_open_stops_changes),
		STORE_TEST(a_snapshot_stays_as_it_was),
		STORE_TEST(others_changes_show_in_the_version),
		STORE_TEST(a_long_log_is_cut_after_an_import),
		STORE_TEST(events_are_chained_and_come_back),
		STORE_TEST(appending_wants_a_transaction),
		STORE_TEST(several_events_of_one_change_follow_each_other),
		STORE_TEST(lists_filter_and_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
