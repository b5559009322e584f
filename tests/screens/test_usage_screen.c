/* The Usage screen and the usage page of a key as whole screens, and what keys do there. */
#include <string.h>

#include "data/usage.h"
#include "src/app/session.h"
#include "src/base/alloc.h"
#include "src/base/buf.h"
#include "tests/screens/goldens.h"
#include "ui/chart.h"
#include "ui/list_state.h"

enum { NOBODY = 0, DAYS = 398 };

static void count(struct op_run *r, int64_t key, int64_t version, int64_t ago, const char *code,
		  int64_t calls)
{
	const struct usage_add add = { .key = key,
				       .version = version,
				       .code = code,
				       .count = calls,
				       .at = r->clock.wall - ago,
				       .address = key ? "10.20.4.18" : NULL };

	if (calls)
		assert_well(usage_write(app_store(r->app), &add, 1, &r->e), &r->e);
}

static void begin(struct op_run *r)
{
	assert_well(store_begin_unaudited(app_store(r->app), &r->e), &r->e);
}

static void commit(struct op_run *r)
{
	assert_well(store_commit(app_store(r->app), &r->e), &r->e);
}

static void create(struct op_run *r, const char *name, const char *owner)
{
	assert_run(r, "key.create", "name", name, "owner", owner, NULL);
}

/* A day with its quiet and its busy hours. */
static int64_t of_hour(int64_t hour, int64_t most)
{
	int64_t from_noon = hour % 24 - 12;

	return most * (160 - from_noon * from_noon) / 160;
}

static void make_busy_usage(struct op_run *r, int64_t most)
{
	begin(r);
	for (int64_t hour = 167; hour >= 0; hour--) {
		for (int64_t key = 1; key <= 6; key++)
			count(r, key, 1, hour * HOUR_MS + key * 1000, "VALID",
			      of_hour(hour, most / (key * key)));
		count(r, 2, 1, hour * HOUR_MS, "RATE_LIMITED", hour % 5 ? 0 : 7 + hour % 3);
		count(r, NOBODY, 0, hour * HOUR_MS, "NOT_FOUND", hour % 7);
		count(r, NOBODY, 0, hour * HOUR_MS, "MALFORMED", hour % 3);
	}
	count(r, 2, 2, 12000, "VALID", 25);
	count(r, 3, 1, HOUR_MS, "EXPIRED", 3);
	count(r, 4, 1, 2 * HOUR_MS, "INSUFFICIENT_SCOPE", 2);
	count(r, 4, 1, 2 * HOUR_MS, "ADDRESS_DENIED", 1);
	commit(r);
}

static void make_keys(struct op_run *r)
{
	create(r, "acme-mobile", "mobile");
	create(r, "billing-sync", "finance");
	create(r, "ci-deploy", "platform");
	create(r, "東京-pos-sync", "retail");
	create(r, "a-name-that-is-longer-than-its-column", "an-owner-likewise");
	create(r, "bidi\xe2\x80\xaenimda \xe2\x80\x8b", "support");
	create(r, "never-called", "nobody");
	test_clock_advance(&r->clock, HOUR_MS);
	assert_run(r, "key.rotate", "key", "billing-sync", "grace", "3h", NULL);
	test_clock_advance(&r->clock, 5 * MINUTE_MS);
}

static void make_busy(struct op_run *r)
{
	make_keys(r);
	make_busy_usage(r, 1200);
}

static void make_millions(struct op_run *r)
{
	make_keys(r);
	make_busy_usage(r, 300000000000);
}

static void make_one(struct op_run *r)
{
	create(r, "acme-mobile", "mobile");
	begin(r);
	count(r, 1, 1, 3000, "VALID", 1);
	commit(r);
}

static void make_uncounted(struct op_run *r)
{
	create(r, "acme-mobile", "mobile");
}

static void make_earlier(struct op_run *r)
{
	create(r, "acme-mobile", "mobile");
	begin(r);
	count(r, 1, 1, 40 * DAY_MS, "VALID", 12);
	commit(r);
}

/* More than a year that rises from week to week. */
static void make_year(struct op_run *r)
{
	create(r, "acme-mobile", "mobile");
	begin(r);
	for (int64_t day = DAYS; day >= 0; day--) {
		count(r, 1, 1, day * DAY_MS, "VALID", 1000 + (DAYS - day) * 20);
		count(r, 1, 1, day * DAY_MS, "RATE_LIMITED", day % 30 < 9 ? day : 0);
	}
	commit(r);
}

static const struct {
	const char *name;
	void (*make)(struct op_run *r);
} worlds[] = {
	{ "busy", make_busy },		 { "millions", make_millions }, { "one", make_one },
	{ "uncounted", make_uncounted }, { "earlier", make_earlier },	{ "year", make_year },
};

/* --- as drawn ------------------------------------------------------------------------------ */
static const struct golden goldens[] = {
	{ "usage-screen-80x24", "busy", 80, 24, false, "8j" },
	{ "usage-screen-100x30", "busy", 100, 30, false, "8j" },
	{ "usage-screen-120x40", "busy", 120, 40, false, "8j" },
	{ "usage-screen-200x50", "busy", 200, 50, false, "8j" },
	{ "usage-screen-ascii-80x24", "busy", 80, 24, true, "8j" },
	{ "usage-screen-millions-80x24", "millions", 80, 24, false, "8" },
	{ "usage-screen-one-80x24", "one", 80, 24, false, "8" },
	{ "usage-screen-week-80x24", "busy", 80, 24, false, "8+" },
	{ "usage-screen-week-200x50", "busy", 200, 50, false, "8+" },
	{ "usage-screen-month-80x24", "year", 80, 24, false, "8++" },
	{ "usage-screen-year-80x24", "year", 80, 24, false, "8+++" },
	{ "usage-screen-year-200x50", "year", 200, 50, false, "8+++" },
	{ "usage-screen-year-ascii-80x24", "year", 80, 24, true, "8+++" },
	{ "usage-screen-range-80x24", "busy", 80, 24, false, "8t" },
	{ "usage-screen-filter-80x24", "busy", 80, 24, false, "8/fin" },
	{ "usage-screen-empty-80x24", "uncounted", 80, 24, false, "8" },
	{ "usage-screen-earlier-80x24", "earlier", 80, 24, false, "8" },
	{ "usage-screen-start-80x24", NULL, 80, 24, false, "8" },
	{ "usage-page-80x24", "busy", 80, 24, false, "/billing<Enter>o" },
	{ "usage-page-120x40", "busy", 120, 40, false, "/billing<Enter>o" },
	{ "usage-page-ascii-80x24", "busy", 80, 24, true, "/billing<Enter>o" },
	{ "usage-page-week-80x24", "busy", 80, 24, false, "/billing<Enter>o+" },
	{ "usage-page-never-80x24", "busy", 80, 24, false, "/never<Enter>o" },
	{ .name = NULL },
};

static void make_world(struct op_run *r, const char *world)
{
	for (size_t i = 0; world && i < sizeof(worlds) / sizeof(worlds[0]); i++)
		if (strcmp(worlds[i].name, world) == 0)
			worlds[i].make(r);
}

static void open_golden(struct console_run *c, struct op_run *r, const struct golden *g)
{
	make_world(r, g->world);
	console_run_start(c, r, g->width, g->height, !g->ascii);
}

/* --- what keys do -------------------------------------------------------------------------- */
static void open_busy(struct console_run *c, struct op_run *r)
{
	make_busy(r);
	console_run_start(c, r, 80, 24, true);
	live_look(c->console);
	console_settle(c->console);
}

static const char *selected(struct console_run *c)
{
	return json_get_text(list_row(console_view(c->console, NULL)->list), "name");
}

static void the_range_is_chosen_from_a_menu_or_by_plus_and_minus(void **state)
{
	struct console_run c;

	open_busy(&c, *state);
	console_run_keys(&c, "8");
	console_run_shows(&c, "calls per hour, last 24 hours");
	console_run_keys(&c, "tj<Enter>");
	console_run_shows(&c, "calls per 3 hours, last 7 days");
	console_run_keys(&c, "+");
	console_run_shows(&c, "calls per day, last 31 days");
	console_run_keys(&c, "++");
	console_run_shows(&c, "calls per week, last 57 weeks");
	console_run_shows(&c, "57 weeks is the longest range");
	console_run_keys(&c, "----");
	console_run_shows(&c, "calls per hour, last 24 hours");
	console_run_shows(&c, "24 hours is the shortest range");
	console_run_end(&c);
}

static void totals_are_those_of_the_operation(void **state)
{
	struct op_run *r = *state;
	struct console_run c;
	int64_t allowed = 0, denied = 0;
	char *line, ok[NUMBER_SIZE], refused[NUMBER_SIZE];

	make_busy(r);
	assert_run(r, "key.usage", "by", "hour", "since", "23h", NULL);
	for (size_t i = 0; i < json_count(r->rows); i++) {
		allowed += op_run_int(r, i, "allowed");
		denied += op_run_int(r, i, "denied");
	}
	assert_true(allowed > 1000 && denied > 10);
	number_grouped(ok, allowed);
	number_grouped(refused, denied);
	line = x_asprintf("%s ok  %s denied", ok, refused);
	console_run_start(&c, r, 80, 24, true);
	console_run_keys(&c, "8");
	console_run_shows(&c, line);
	console_run_end(&c);
	free(line);
}

static void figures_move_on_and_the_cursor_stays_on_its_key(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_busy(&c, r);
	console_run_keys(&c, "8jj");
	assert_string_equal(selected(&c), "ci-deploy");
	begin(r);
	count(r, 3, 1, 0, "VALID", 700000);
	commit(r);
	live_look(c.console);
	console_settle(c.console);
	assert_string_equal(selected(&c), "ci-deploy");
	assert_string_equal(json_get_text(list_at(console_view(c.console, NULL)->list, 0), "name"),
			    "ci-deploy");
	console_run_shows(&c, "800k"); /* the axis */
	console_run_end(&c);
}

static void the_cursor_stays_on_its_key_when_the_range_is_another(void **state)
{
	struct console_run c;

	open_busy(&c, *state);
	console_run_keys(&c, "8jj+");
	assert_string_equal(selected(&c), "ci-deploy");
	console_run_keys(&c, "-");
	assert_string_equal(selected(&c), "ci-deploy");
	console_run_end(&c);
}

/* Of ten thousand keys the most called ones take a while: they must not take all of it. */
static void keys_that_take_long_are_not_loaded_all_the_time(void **state)
{
	struct op_run *r = *state;
	struct console_run c;
	const struct list *l;

	open_busy(&c, r);
	console_run_keys(&c, "8jj");
	l = console_view(c.console, NULL)->list;
	view_changed(c.console);
	view_changed(c.console);
	console_settle(c.console);
	assert_null(l->rest);
	view_changed(c.console);
	test_clock_advance(&r->clock, 2000);
	view_changed(c.console);
	console_settle(c.console);
	assert_non_null(l->rest);
	view_changed(c.console);
	assert_false(list_loading(l));
	console_run_keys(&c, "+"); /* who wants to see something else does not wait */
	assert_null(l->rest);
	assert_string_equal(selected(&c), "ci-deploy");
	console_run_end(&c);
}

static void of_very_many_keys_the_most_called_are_listed_once(void **state)
{
	struct op_run *r = *state;
	struct console_run c;
	struct buf csv = BUF_INIT(1 << 20);
	char *path;

	buf_add_text(&csv, "name,secret\n");
	for (int i = 0; i <= LIST_WHOLE_MAX; i++)
		buf_addf(&csv, "svc-%05d,%032d0123456789abcdefghijklmnopqrstuv\n", i, i);
	path = op_run_file(r, "many.csv", buf_text(&csv));
	assert_run(r, "key.import", "file", path, NULL);
	free(path);
	buf_release(&csv);
	begin(r);
	for (int i = 0; i <= LIST_WHOLE_MAX; i++)
		count(r, i + 1, 1, 0, "VALID", 5000 - i);
	commit(r);
	console_run_start(&c, r, 80, 24, true);
	console_run_keys(&c, "8");
	console_run_shows(&c, "1,200 keys or more called");
	console_run_keys(&c, "G<PgDn>");
	assert_string_equal(selected(&c), "svc-01199");
	assert_null(list_at(console_view(c.console, NULL)->list, LIST_WHOLE_MAX));
	console_run_end(&c);
}

static void enter_opens_the_key_and_o_its_usage(void **state)
{
	struct console_run c;

	open_busy(&c, *state);
	console_run_keys(&c, "8j<Enter>");
	console_run_shows(&c, "Keys › billing-sync   ");
	console_run_shows(&c, "versions");
	console_run_keys(&c, "<Esc>");
	assert_string_equal(console_view(c.console, NULL)->screen->id, "keys");
	assert_string_equal(selected(&c), "billing-sync");
	console_run_keys(&c, "8o");
	console_run_shows(&c, "Keys › billing-sync › usage");
	console_run_shows(&c, "who uses which version");
	console_run_keys(&c, "<Esc>");
	console_run_shows(&c, "rules");
	console_run_end(&c);
}

static void the_mouse_chooses_a_key_below_the_chart(void **state)
{
	struct console_run c;

	open_busy(&c, *state);
	console_run_keys(&c, "8<click:20,14>"); /* third row */
	assert_string_equal(selected(&c), "ci-deploy");
	console_run_keys(&c, "<click:20,6>"); /* in the chart */
	assert_string_equal(selected(&c), "ci-deploy");
	console_run_keys(&c, "<wheel-up>");
	console_run_end(&c);
}

static void a_filter_of_the_keys_screen_hides_no_key_that_is_opened(void **state)
{
	struct console_run c;

	open_busy(&c, *state);
	console_run_keys(&c, "/never<Enter>8<Enter>");
	console_run_shows(&c, "Keys › acme-mobile");
	console_run_keys(&c, "<Esc>");
	assert_string_equal(selected(&c), "acme-mobile");
	console_run_end(&c);
}

/* F on the page is about the page's key, whatever the list below has under its cursor. */
static void the_page_finishes_the_rotation_of_its_own_key(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_busy(&c, r);
	console_run_keys(&c, "/billing<Enter>o");
	console_run_shows(&c, "is still used");
	assert_run(r, "key.create", "name", "aaa", NULL);
	live_look(c.console);
	console_settle(c.console);
	console_run_keys(&c, "F");
	console_run_shows(&c, "billing-sync");
	console_run_keys(&c, "<C-s>");
	assert_run(r, "key.show", "key", "billing-sync", NULL);
	assert_string_equal(
		json_get_text(json_at(json_get(json_at(r->rows, 0), "versions"), 1), "state"),
		"ended");
	console_run_end(&c);
}

static void the_page_tells_each_address_with_its_time(void **state)
{
	struct op_run *r = *state;
	struct console_run c;
	struct usage_add late = { .key = 2, .version = 1, .code = "VALID", .count = 3 };

	make_busy(r);
	late.at = r->clock.wall - 7 * MINUTE_MS;
	late.address = "2001:db8::77";
	begin(r);
	assert_well(usage_write(app_store(r->app), &late, 1, &r->e), &r->e);
	commit(r);
	console_run_start(&c, r, 80, 24, true);
	console_run_keys(&c, "/billing<Enter>o");
	console_run_shows(&c, "2001:db8::77     7m");
	console_run_end(&c);
}

static void the_page_moves_on_by_itself(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_busy(&c, r);
	console_run_keys(&c, "/ci-<Enter>o");
	begin(r);
	count(r, 3, 1, 0, "REVOKED", 4321);
	commit(r);
	live_look(c.console);
	console_settle(c.console);
	console_run_shows(&c, "4,321");
	console_run_shows(&c, "its key was revoked");
	console_run_end(&c);
}

static void what_is_shown_is_exported(void **state)
{
	struct op_run *r = *state;
	struct console_run c;
	char *csv = x_asprintf("%s/usage.csv", r->folder);
	char *jsonl = x_asprintf("%s/usage.jsonl", r->folder), *keys, *text;

	open_busy(&c, r);
	keys = x_asprintf("8/sync<Enter>e<Tab><C-u>%s<C-s>", csv);
	console_run_keys(&c, keys);
	free(keys);
	console_run_shows(&c, "report written");
	text = file_get(csv);
	assert_memory_equal(text, "part,time,id,name,owner,code,allowed,denied,count,", 50);
	assert_non_null(strstr(text, ",billing-sync,finance,,"));
	assert_null(strstr(text, "ci-deploy"));
	assert_non_null(strstr(text, "code,,,,,RATE_LIMITED,,,"));
	free(text);
	keys = x_asprintf("e<Right><Tab><C-u>%s<C-s>", jsonl);
	console_run_keys(&c, keys);
	free(keys);
	text = file_get(jsonl);
	assert_non_null(strstr(text, "{\"part\":\"hour\",\"time\":\""));
	free(text);
	console_run_end(&c);
	free(csv);
	free(jsonl);
}

static void nothing_is_exported_where_nothing_is(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	make_uncounted(r);
	console_run_start(&c, r, 80, 24, true);
	console_run_keys(&c, "8e");
	assert_null(dialog_top(c.console));
	console_run_shows(&c, "no calls are shown");
	console_run_keys(&c, "<Enter>o");
	assert_null(dialog_top(c.console));
	console_run_end(&c);
}

static void a_store_that_is_only_read_shows_the_same(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	make_busy(r);
	r->options.read_only = true;
	console_run_start(&c, r, 80, 24, true);
	console_run_keys(&c, "8jo");
	console_run_shows(&c, "who uses which version");
	console_run_lacks(&c, "F finish ");
	console_run_end(&c);
}

static void every_size_is_drawn(void **state)
{
	struct console_run c;

	open_busy(&c, *state);
	console_run_keys(&c, "8<size:300x90><size:81x25><size:119x24><size:120x24><size:240x25>+");
	console_run_keys(&c, "<size:20x5><size:80x24>++<size:500x40><size:80x24>o<size:90x60>");
	console_run_keys(&c, "<size:20x5><size:80x24>");
	console_run_shows(&c, "who uses which version");
	console_run_end(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, golden_setup, op_run_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_range_is_chosen_from_a_menu_or_by_plus_and_minus),
		TEST(totals_are_those_of_the_operation),
		TEST(figures_move_on_and_the_cursor_stays_on_its_key),
		TEST(the_cursor_stays_on_its_key_when_the_range_is_another),
		TEST(keys_that_take_long_are_not_loaded_all_the_time),
		TEST(of_very_many_keys_the_most_called_are_listed_once),
		TEST(enter_opens_the_key_and_o_its_usage),
		TEST(the_mouse_chooses_a_key_below_the_chart),
		TEST(a_filter_of_the_keys_screen_hides_no_key_that_is_opened),
		TEST(the_page_finishes_the_rotation_of_its_own_key),
		TEST(the_page_tells_each_address_with_its_time),
		TEST(the_page_moves_on_by_itself),
		TEST(what_is_shown_is_exported),
		TEST(nothing_is_exported_where_nothing_is),
		TEST(a_store_that_is_only_read_shows_the_same),
		TEST(every_size_is_drawn),
	};

	return golden_group("usage screen", tests, sizeof(tests) / sizeof(tests[0]), goldens,
			    open_golden);
}
