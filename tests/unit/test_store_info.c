/* store info and store upgrade: what a store tells of itself, and what is refused on the way
 * up. */
#include "tests/lib/oauth_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/file.h"
#include "src/base/json.h"

static struct json *info_of(struct store_fixture *f)
{
	struct err e = ERR_INIT;
	struct json *info;

	assert_well(store_info(f->s, &info, &e), &e);
	return info;
}

static void info_counts_what_is_there(void **state)
{
	struct store_fixture *f = *state;
	struct json *info;

	fixture_rotate(f, fixture_create(f, "alpha"), HOUR_MS);
	fixture_revoke(f, fixture_create(f, "beta"));
	fixture_purge(f, fixture_id(f, "beta"));
	fixture_provider(f, "corp");
	fixture_provider(f, "hub");
	fixture_grant(f, "hub", "ann");
	info = info_of(f);
	assert_int_equal(json_get_int(info, "keys", -1), 1);
	assert_int_equal(json_get_int(info, "versions", -1), 2);
	assert_int_equal(json_get_int(info, "pending", -1), 0);
	assert_int_equal(json_get_int(info, "providers", -1), 2);
	assert_int_equal(json_get_int(info, "grants", -1), 1);
	assert_int_equal(json_get_int(info, "flows", -1), 0);
	assert_int_equal(json_get_int(info, "tombstones", -1), 1);
	assert_int_equal(json_get_int(info, "audit_events", -1), 8);
	assert_int_equal(json_get_int(info, "audit_sequence", -1), 8);
	assert_true(json_get_int(info, "bytes", -1) > 0);
	json_free(info);
}

static void info_says_where_and_under_which_key(void **state)
{
	struct store_fixture *f = *state;
	struct json *info;

	fixture_create(f, "alpha");
	info = info_of(f);
	assert_string_equal(json_get_text(info, "path"), f->path);
	assert_string_equal(json_get_text(info, "engine"), "sqlite");
	assert_int_equal(strlen(json_get_text(info, "store_id")), 2 * STORE_ID_SIZE);
	assert_int_equal(json_get_int(info, "schema_version", -1), 3);
	assert_int_equal(json_get_int(info, "ring", -1), 1);
	assert_string_equal(json_get_text(json_get(info, "master_key"), "kind"), "file");
	assert_string_equal(json_get_text(json_get(info, "master_key"), "place"), f->master_file);
	assert_string_equal(json_get_text(json_get(info, "anchor"), "state"), "fits");
	json_free(info);
}

static void info_tells_no_key(void **state)
{
	struct store_fixture *f = *state;
	struct json *info = info_of(f);
	struct buf text = BUF_INIT(65536);
	char *key = file_get(f->master_file);

	assert_true(json_write(&text, info));
	key[64] = '\0';
	assert_null(strstr(text.data, key));
	free(key);
	buf_release(&text);
	json_free(info);
}

/* --- upgrade -------------------------------------------------------------- */

static void store_that_is_up_to_date_stays(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	int64_t from, to;

	fixture_create(f, "alpha");
	assert_well(store_upgrade(&f->options, &from, &to, &e), &e);
	assert_int_equal(from, 3);
	assert_int_equal(to, 3);
	fixture_create(f, "beta");
	fixture_assert_sound(f);
}

/* Keys, versions and the chain go through it as they are. */
static void store_of_the_first_schema_is_upgraded(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	int64_t from, to;
	char *id;

	id = x_strdup(fixture_create(f, "alpha"));
	fixture_rotate(f, id, HOUR_MS);
	fixture_import(f, "bulk", 5);
	store_close(f->s);
	f->s = NULL;
	fixture_to_schema_1(f);
	assert_refused(store_open(&f->s, &f->options, &e), ERR_STORE, &e, "older schema (1,");
	assert_refused(store_open(&f->s, &f->options, &e), ERR_STORE, &e, "authrack store upgrade");
	assert_well(store_upgrade(&f->options, &from, &to, &e), &e);
	assert_int_equal(from, 1);
	assert_int_equal(to, 3);
	assert_well(store_upgrade(&f->options, &from, &to, &e), &e);
	assert_int_equal(from, 3);
	fixture_reopen(f);
	fixture_assert_sound(f);
	assert_int_equal(fixture_status(f, id), KEY_ACTIVE);
	fixture_provider(f, "corp");
	fixture_revoke(f, id);
	fixture_assert_sound(f);
	free(id);
}

/* Providers and what else came with it stay, and so do usage figures, in another order. */
static void store_of_the_second_schema_is_upgraded(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	int64_t from, to;

	fixture_create(f, "alpha");
	fixture_provider(f, "corp");
	store_close(f->s);
	f->s = NULL;
	fixture_to_schema_2(f);
	fixture_sql(f,
		    "INSERT INTO usage_hour VALUES (1, 50, 1, 'VALID', 3), (2, 50, 1, 'VALID', 4);"
		    "INSERT INTO usage_day VALUES (1, 2, 1, 'VALID', 3), (2, 2, 1, 'VALID', 4)");
	assert_refused(store_open(&f->s, &f->options, &e), ERR_STORE, &e, "older schema (2,");
	assert_well(store_upgrade(&f->options, &from, &to, &e), &e);
	assert_int_equal(from, 2);
	assert_int_equal(to, 3);
	fixture_reopen(f);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM provider"), 1);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM limit_state"), 0);
	assert_int_equal(fixture_number(f, "SELECT count AS n FROM usage_by_hour WHERE key = 2"),
			 4);
	assert_int_equal(fixture_number(f, "SELECT count AS n FROM usage_by_day WHERE key = 1"), 3);
	assert_int_equal(fixture_number(f, "SELECT count AS n FROM usage_all_hour WHERE hour = 50"),
			 7);
	assert_int_equal(fixture_number(f, "SELECT count AS n FROM usage_all_day WHERE day = 2"),
			 7);
	fixture_assert_sound(f);
}

/* What has the store open since before the upgrade knows nothing of the new tables. */
static void an_old_process_does_not_write_after_an_upgrade(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	int64_t from, to;

	fixture_create(f, "alpha");
	/* As a process of that release has it. */
	fixture_to_schema_1(f);
	f->s->schema_version = 1;
	f->s->schema_cookie = fixture_number(
		f, "SELECT schema_version AS n FROM pragma_schema_version");
	fixture_create(f, "before");
	assert_well(store_upgrade(&f->options, &from, &to, &e), &e);
	assert_refused(store_begin(f->s, &e), ERR_STORE, &e, "upgraded by another release");
	assert_refused(store_begin_unaudited(f->s, &e), ERR_STORE, &e, "start this program again");
	fixture_reopen(f);
	fixture_create(f, "after");
	fixture_assert_sound(f);
}

static void newer_schema_is_refused(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	int64_t from, to;

	fixture_sql(f, "PRAGMA user_version = 99");
	assert_refused(store_upgrade(&f->options, &from, &to, &e), ERR_STORE, &e, "newer");
	assert_int_equal(fixture_number(f, "SELECT user_version AS n FROM pragma_user_version"),
			 99);
}

static void database_of_others_is_refused(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	int64_t from, to;

	fixture_sql(f, "PRAGMA user_version = 0");
	assert_refused(store_upgrade(&f->options, &from, &to, &e), ERR_STORE, &e, "no store");
}

static void missing_store_is_not_made(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char *none = path_join(f->folder, "none.db");
	int64_t from, to;

	f->options.url = none;
	assert_refused(store_upgrade(&f->options, &from, &to, &e), ERR_STORE, &e, "no store at");
	assert_false(store_exists(none));
	f->options.url = f->path;
	free(none);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(info_counts_what_is_there),
		TEST(info_says_where_and_under_which_key),
		TEST(info_tells_no_key),
		TEST(store_that_is_up_to_date_stays),
		TEST(store_of_the_first_schema_is_upgraded),
		TEST(store_of_the_second_schema_is_upgraded),
		TEST(an_old_process_does_not_write_after_an_upgrade),
		TEST(newer_schema_is_refused),
		TEST(database_of_others_is_refused),
		TEST(missing_store_is_not_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
