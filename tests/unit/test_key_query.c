/* Lists of keys: each filter, each order in both directions, and pages that meet without a gap. */
#include "tests/lib/store_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"

/* Sixteen keys in which every order and filter has ties and gaps. */
enum { KEYS = 16 };

static void text_set(char **slot, const char *text)
{
	free(*slot);
	*slot = x_strdup(text);
}

static void insert_one(struct store_fixture *f, int i)
{
	static const char *const names[] = { "alpha", "beta", "Gamma", "delta" };
	static const char *const owners[] = { "", "finance", "mobile" };
	struct key_version v = { .number = 1, .state = VERSION_LIVE, .valid_until = TIME_NONE };
	struct err e = ERR_INIT;
	struct key k;

	test_clock_advance(&f->clock, 1); /* ids rise */
	key_init(&k);
	text_set(&k.name, names[i % 4]);
	text_set(&k.owner, owners[i % 3]);
	text_set(&k.tier, i % 2 ? "gold" : "free");
	text_set(&k.scopes, i % 5 == 0 ? "orders:read stock:read" : "stock:read");
	k.created_at = TEST_NOW + i * SECOND_MS;
	if (i % 4 == 1)
		k.expires_at = TEST_NOW + (i / 4 - 1) * DAY_MS;
	if (i == 2)
		k.not_before = TEST_NOW + DAY_MS;
	if (i % 7 == 3)
		k.retiring_until = TEST_NOW + i * HOUR_MS;
	k.status = i == 6 ? KEY_REVOKED : i == 7 ? KEY_DISABLED : KEY_ACTIVE;
	if (i == 6)
		k.revoked_at = TEST_NOW;
	assert_well(key_insert(f->s, &k, &e), &e);
	v.key = k.row;
	v.secret_ring = store_ring(f->s);
	snprintf(v.secret_id, sizeof v.secret_id, "s%02uabcdefghj", (unsigned)i % 100);
	assert_well(version_insert(f->s, &v, &e), &e);
	key_release(&k);
}

static int setup(void **state)
{
	struct audit_event ev = { .actor = x_strdup("{}"),
				  .operation = x_strdup("test"),
				  .object = x_strdup(""),
				  .name = x_strdup(""),
				  .detail = x_strdup("{}") };
	struct store_fixture *f;
	struct err e = ERR_INIT;

	fixture_setup(state);
	f = *state;
	assert_well(store_begin(f->s, &e), &e);
	for (int i = 0; i < KEYS; i++)
		insert_one(f, i);
	assert_well(audit_append(f->s, &ev, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	fixture_sql(
		f,
		"INSERT INTO key_use (key, last_used, address) VALUES (3, 500, ''), (9, 100, ''),"
		" (4, 500, '')");
	audit_event_release(&ev);
	return 0;
}

static struct key_query all_keys(void)
{
	return (struct key_query){ .expires_from = TIME_NONE,
				   .expires_until = TIME_NONE,
				   .unused_since = TIME_NONE,
				   .revoked_before = TIME_NONE,
				   .now = TEST_NOW };
}

struct listing {
	int64_t rows[2 * KEYS];
	char ids[2 * KEYS][KEY_ID_SIZE];
	size_t count;
};

static void list(struct store_fixture *f, const struct key_query *q, struct listing *l)
{
	struct err e = ERR_INIT;
	struct key_cursor *c;
	bool more = true;
	struct key k;

	key_init(&k);
	l->count = 0;
	assert_well(key_select(f->s, q, &c, &e), &e);
	for (;;) {
		assert_well(key_next(c, &k, &more, &e), &e);
		if (!more)
			break;
		assert_true(l->count < 2 * KEYS);
		assert_false(k.altered);
		memcpy(l->ids[l->count], k.id, KEY_ID_SIZE);
		l->rows[l->count++] = k.row;
	}
	key_cursor_free(c);
	key_release(&k);
}

/* The rows as text: "1 5 9". */
static void assert_rows(struct store_fixture *f, const struct key_query *q, const char *wanted)
{
	struct listing l;
	struct buf text = BUF_INIT(1024);
	struct err e = ERR_INIT;
	uint64_t count = 0;

	list(f, q, &l);
	for (size_t i = 0; i < l.count; i++)
		buf_addf(&text, "%s%d", i ? " " : "", (int)l.rows[i]);
	assert_string_equal(buf_text(&text), wanted);
	if (!q->limit && !q->after) {
		assert_well(key_count(f->s, q, &count, &e), &e);
		assert_int_equal(count, l.count);
	}
	buf_release(&text);
}

/* --- filters ---------------------------------------------------------------------------------------------- */

static void texts_filter_exactly(void **state)
{
	struct key_query q = all_keys();

	q.owner = "finance";
	assert_rows(*state, &q, "11 5 2 14 8");
	q.tier = "gold";
	assert_rows(*state, &q, "2 14 8");
	q.owner = NULL;
	q.tier = NULL;
	q.scope = "orders:read";
	q.sort = KEY_SORT_CREATED;
	assert_rows(*state, &q, "1 6 11 16");
	q.scope = "orders";
	assert_rows(*state, &q, "");
	q.scope = "";
	q.owner = "' OR 1 --";
	assert_rows(*state, &q, "");
}

static void states_are_derived(void **state)
{
	struct key_query q = all_keys();

	q.sort = KEY_SORT_CREATED;
	q.states = 1u << KEY_STATE_REVOKED;
	assert_rows(*state, &q, "7");
	q.states = 1u << KEY_STATE_DISABLED;
	assert_rows(*state, &q, "8");
	q.states = 1u << KEY_STATE_EXPIRED;
	assert_rows(*state, &q, "2 6");
	q.states = 1u << KEY_STATE_NOT_YET_VALID;
	assert_rows(*state, &q, "3");
	q.states = 1u << KEY_STATE_ACTIVE;
	assert_rows(*state, &q, "1 4 5 9 10 11 12 13 14 15 16");
	q.states = 1u << KEY_STATE_REVOKED | 1u << KEY_STATE_NOT_YET_VALID;
	assert_rows(*state, &q, "3 7");
}

static void times_filter(void **state)
{
	struct store_fixture *f = *state;
	struct key_query q = all_keys();

	q.sort = KEY_SORT_CREATED;
	q.expires_from = TEST_NOW;
	q.expires_until = TEST_NOW + DAY_MS + 1;
	assert_rows(f, &q, "6 10");
	q = all_keys();
	q.sort = KEY_SORT_CREATED;
	q.in_grace = true;
	assert_rows(f, &q, "4 11");
	q = all_keys();
	q.sort = KEY_SORT_CREATED;
	q.revoked_before = TEST_NOW + 1;
	assert_rows(f, &q, "7");
	q.revoked_before = TEST_NOW;
	assert_rows(f, &q, "");
	q = all_keys();
	q.sort = KEY_SORT_CREATED;
	q.unused_since = TEST_NOW + 2 * SECOND_MS;
	assert_rows(f, &q, "1 2 3 4 9");
}

static void words_are_looked_for_everywhere(void **state)
{
	struct store_fixture *f = *state;
	struct key_query q = all_keys();
	char part[KEY_ID_SIZE];
	struct listing l;

	q.sort = KEY_SORT_CREATED;
	q.search = "ALPHA";
	assert_rows(f, &q, "1 5 9 13");
	q.search = "  gam   mob ";
	assert_rows(f, &q, "3 15");
	q.search = "s07abcdefghj";
	assert_rows(f, &q, "8");
	q.search = "s07a";
	assert_rows(f, &q, "8");
	q.search = "ak_s07abc";
	assert_rows(f, &q, "8");
	q.search = "nowhere";
	assert_rows(f, &q, "");
	q.search = "100%";
	assert_rows(f, &q, "");
	q.search = "";
	list(f, &q, &l);
	assert_int_equal(l.count, KEYS);
	q.search = l.ids[4];
	assert_rows(f, &q, "5");
	/* The end of an id is what people read out to each other. */
	q.search = l.ids[4] + 22;
	assert_rows(f, &q, "5");
	/* So is its start, with "key_" or without; what is inside it would be met by chance. */
	snprintf(part, sizeof part, "%.18s", l.ids[4]);
	q.search = part;
	assert_rows(f, &q, "5");
	q.search = part + 4;
	assert_rows(f, &q, "5");
	snprintf(part, sizeof part, "%.12s", l.ids[4] + 16);
	q.search = part;
	assert_rows(f, &q, "");
	q.search = "mobile";
	assert_rows(f, &q, "3 6 9 12 15");
}

static uint64_t count_of(struct store_fixture *f, const char *search)
{
	struct key_query q = all_keys();
	struct err e = ERR_INIT;
	uint64_t count = 0;

	q.search = search;
	assert_well(key_count(f->s, &q, &count, &e), &e);
	return count;
}

static void words_are_found_in_very_many_owners(void **state)
{
	struct store_fixture *f = *state;

	fixture_sql(f,
		    "WITH RECURSIVE more (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM more"
		    " WHERE i < 80) INSERT INTO apikey SELECT 100 + i, randomblob(16), 'many',"
		    " 'team-' || i, tier, note, scopes, limits, allow_from, meta, prefix, status,"
		    " created_at, updated_at, not_before, expires_at, disabled_at, revoked_at,"
		    " revoke_reason, revoke_text, revision, version, hint, retiring_until,"
		    " import_event, ring, mac FROM more, apikey WHERE row = 1");
	assert_int_equal(count_of(f, "TEAM"), 80);
	assert_int_equal(count_of(f, "team-79"), 1);
	assert_int_equal(count_of(f, "many team-8"), 2);
	assert_int_equal(count_of(f, "many mobile"), 0);
	assert_int_equal(count_of(f, "  "), KEYS + 80);
}

static void words_work_in_every_order(void **state)
{
	struct key_query q = all_keys();

	q.search = "alpha";
	q.sort = KEY_SORT_OWNER;
	assert_rows(*state, &q, "1 13 5 9");
	q.sort = KEY_SORT_USED;
	assert_rows(*state, &q, "1 5 13 9");
	q.descending = true;
	assert_rows(*state, &q, "9 13 5 1");
	q.sort = KEY_SORT_NAME;
	assert_rows(*state, &q, "9 5 13 1");
}

/* --- orders ------------------------------------------------------------------------------------------------- */

static const struct {
	enum key_sort sort;
	const char *rows;
} orders[] = {
	/* Capitals before small letters; ties by owner, then age. */
	{ KEY_SORT_NAME, "7 11 3 15 1 13 5 9 10 2 14 6 4 16 8 12" },
	{ KEY_SORT_OWNER, "1 4 7 10 13 16 2 5 8 11 14 3 6 9 12 15" },
	{ KEY_SORT_CREATED, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16" },
	{ KEY_SORT_EXPIRES, "2 6 10 14 1 3 4 5 9 11 12 13 15 16 8 7" },
	{ KEY_SORT_USED, "1 2 5 6 7 8 10 11 12 13 14 15 16 9 3 4" },
	{ KEY_SORT_ATTENTION, "10 14 4 11 7 3 15 1 13 5 9 2 6 16 8 12" },
};

static void orders_go_both_ways(void **state)
{
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		struct key_query q = all_keys();
		struct listing up, down;

		q.sort = orders[i].sort;
		assert_rows(*state, &q, orders[i].rows);
		list(*state, &q, &up);
		q.descending = true;
		list(*state, &q, &down);
		assert_int_equal(up.count, down.count);
		for (size_t n = 0; n < up.count; n++)
			assert_int_equal(up.rows[n], down.rows[up.count - 1 - n]);
	}
}

/* Walks in pages of `size` and compares with the whole. */
static void walk(struct store_fixture *f, struct key_query q, size_t size)
{
	struct listing whole, page;
	char after[KEY_ID_SIZE];
	size_t at = 0;

	list(f, &q, &whole);
	q.limit = size;
	do {
		list(f, &q, &page);
		assert_true(page.count <= size);
		for (size_t i = 0; i < page.count; i++, at++)
			assert_int_equal(page.rows[i], whole.rows[at]);
		if (page.count)
			memcpy(after, page.ids[page.count - 1], sizeof after);
		q.after = after;
	} while (page.count);
	assert_int_equal(at, whole.count);
}

static void pages_meet_without_a_gap(void **state)
{
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		for (int way = 0; way < 2; way++) {
			struct key_query q = all_keys();

			q.sort = orders[i].sort;
			q.descending = way;
			walk(*state, q, 1);
			walk(*state, q, 3);
			q.search = "a";
			q.tier = "gold";
			walk(*state, q, 2);
		}
	}
}

static void pages_go_backwards(void **state)
{
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		struct key_query q = all_keys();
		struct listing whole, page;

		q.sort = orders[i].sort;
		list(*state, &q, &whole);
		q.backwards = true;
		q.limit = 3;
		for (size_t n = 0; n < whole.count; n++) {
			q.after = whole.ids[n];
			list(*state, &q, &page);
			assert_int_equal(page.count, n < 3 ? n : 3);
			for (size_t p = 0; p < page.count; p++)
				assert_int_equal(page.rows[p], whole.rows[n - 1 - p]);
		}
		/* Without a row to start at: the last page. */
		q.after = NULL;
		list(*state, &q, &page);
		assert_int_equal(page.count, 3);
		assert_int_equal(page.rows[0], whole.rows[whole.count - 1]);
	}
}

static void going_on_behind_a_row_that_is_gone_is_refused(void **state)
{
	struct store_fixture *f = *state;
	struct key_query q = all_keys();
	struct key_cursor *c;
	struct err e = ERR_INIT;

	q.after = "key_00000000000000000000000000";
	assert_refused(key_select(f->s, &q, &c, &e), ERR_NOT_FOUND, &e, "go on behind");
	assert_null(c);
}

static void pending_keys_are_in_no_list(void **state)
{
	struct store_fixture *f = *state;
	struct key_query q = all_keys();
	struct key_totals t;
	struct err e = ERR_INIT;

	fixture_sql(f, "UPDATE apikey SET status = 0 WHERE row = 5");
	q.search = "alpha";
	q.sort = KEY_SORT_CREATED;
	assert_rows(f, &q, "1 9 13");
	assert_well(key_totals(f->s, TEST_NOW, DAY_MS, &t, &e), &e);
	assert_int_equal(t.all, KEYS - 1);
}

static void altered_rows_are_listed_as_such(void **state)
{
	struct store_fixture *f = *state;
	struct key_query q = all_keys();
	struct key_cursor *c;
	struct err e = ERR_INIT;
	bool more;
	struct key k;

	fixture_sql(f, "UPDATE apikey SET status = 1 WHERE row = 7");
	key_init(&k);
	q.sort = KEY_SORT_CREATED;
	assert_well(key_select(f->s, &q, &c, &e), &e);
	for (int i = 1; i <= KEYS; i++) {
		assert_well(key_next(c, &k, &more, &e), &e);
		assert_int_equal(k.altered, i == 7);
	}
	key_cursor_free(c);
	key_release(&k);
}

/* --- figures --------------------------------------------------------------------------------------------------- */

static void totals_count(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct key_totals t;

	assert_well(key_totals(f->s, TEST_NOW, DAY_MS, &t, &e), &e);
	assert_int_equal(t.all, KEYS);
	assert_int_equal(t.expiring, 1);
	assert_int_equal(t.in_grace, 2);
	assert_int_equal(t.disabled, 1);
	assert_int_equal(t.revoked, 1);
}

static void assert_values(struct store_fixture *f, const char *field, const char *prefix,
			  size_t limit, const char *wanted)
{
	struct buf text = BUF_INIT(1024);
	struct err e = ERR_INIT;
	struct json *values;

	assert_well(key_values(f->s, field, prefix, limit, &values, &e), &e);
	json_write(&text, values);
	assert_string_equal(buf_text(&text), wanted);
	buf_release(&text);
	json_free(values);
}

static void values_in_use_complete_a_word(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct json *values;

	assert_values(f, "owner", "", 10, "[\"finance\",\"mobile\"]");
	assert_values(f, "owner", "mo", 10, "[\"mobile\"]");
	assert_values(f, "owner", "", 1, "[\"finance\"]");
	assert_values(f, "tier", NULL, 10, "[\"free\",\"gold\"]");
	assert_values(f, "scope", "orders", 10, "[\"orders:read stock:read\"]");
	assert_refused(key_values(f->s, "mac", "", 1, &values, &e), ERR_USAGE, &e, "mac");
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(texts_filter_exactly),
		STORE_TEST(states_are_derived),
		STORE_TEST(times_filter),
		STORE_TEST(words_are_looked_for_everywhere),
		STORE_TEST(words_are_found_in_very_many_owners),
		STORE_TEST(words_work_in_every_order),
		STORE_TEST(orders_go_both_ways),
		STORE_TEST(pages_meet_without_a_gap),
		STORE_TEST(pages_go_backwards),
		STORE_TEST(going_on_behind_a_row_that_is_gone_is_refused),
		STORE_TEST(pending_keys_are_in_no_list),
		STORE_TEST(altered_rows_are_listed_as_such),
		STORE_TEST(totals_count),
		STORE_TEST(values_in_use_complete_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
