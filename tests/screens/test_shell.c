/* The shell around the screens: list, filter, marks, help, palette, mouse, sizes, live reload, and what a
 * key must never do. */
#include <stdlib.h>
#include <string.h>

#include "data/usage.h"
#include "src/app/session.h"
#include "src/base/alloc.h"
#include "tests/screens/console_run.h"
#include "tests/screens/still_world.h"

static int setup(void **state)
{
	still_world();
	return op_run_setup(state);
}

static const char *const names[] = { "acme", "billing", "ci", "data", "etl" };

static void open_five(struct console_run *c, struct op_run *r)
{
	for (size_t i = 0; i < 5; i++)
		assert_run(r, "key.create", "name", names[i], "owner", i % 2 ? "odd" : "even",
			   NULL);
	console_run_start(c, r, 80, 24, true);
}

static void open_many(struct console_run *c, struct op_run *r, int count)
{
	struct buf csv = BUF_INIT(1 << 24);
	char *path;

	buf_add_text(&csv, "name,secret\n");
	for (int i = 0; i < count; i++)
		buf_addf(&csv, "svc-%05d,%032d0123456789abcdefghijklmnopqrstuv\n", i, i);
	path = op_run_file(r, "many.csv", buf_text(&csv));
	assert_run(r, "key.import", "file", path, NULL);
	free(path);
	buf_release(&csv);
	console_run_start(c, r, 80, 24, true);
}

/* The name on the row with the cursor. */
static const char *selected(struct console_run *c)
{
	const struct list *l = console_view(c->console, NULL)->list;

	return list_row(l) ? json_get_text(list_row(l), "name") : "";
}

static void the_cursor_moves_and_stays_inside(void **state)
{
	struct console_run c;

	open_five(&c, *state);
	console_run_keys(&c, "k<Up>");
	assert_string_equal(selected(&c), "acme");
	console_run_keys(&c, "j<Down>");
	assert_string_equal(selected(&c), "ci");
	console_run_keys(&c, "Gj<PgDn>");
	assert_string_equal(selected(&c), "etl");
	console_run_keys(&c, "g");
	assert_string_equal(selected(&c), "acme");
	console_run_end(&c);
}

static void a_long_list_is_paged_both_ways(void **state)
{
	struct console_run c;
	const struct list *l;

	open_many(&c, *state, 2000);
	console_run_keys(&c, "<PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn>");
	l = console_view(c.console, NULL)->list;
	assert_string_equal(selected(&c), "svc-00110");
	console_run_keys(&c, "<PgUp><PgUp>");
	assert_string_equal(selected(&c), "svc-00088");
	console_run_keys(&c, "G");
	assert_string_equal(selected(&c), "svc-01999");
	console_run_keys(&c, "<PgUp><PgUp><PgUp><PgUp><PgUp><PgUp><PgUp><PgUp><PgUp>k");
	assert_string_equal(selected(&c), "svc-01899");
	assert_int_equal(list_count(l), 2000);
	console_run_keys(&c, "g");
	assert_string_equal(selected(&c), "svc-00000");
	console_run_end(&c);
}

static void a_walk_over_everything_meets_every_row_once(void **state)
{
	struct console_run c;
	char expected[16];

	open_many(&c, *state, 1500);
	for (int i = 0; i < 1500; i++) {
		snprintf(expected, sizeof(expected), "svc-%05d", i);
		assert_string_equal(selected(&c), expected);
		console_run_keys(&c, "j");
	}
	for (int i = 1498; i >= 0; i--) {
		snprintf(expected, sizeof(expected), "svc-%05d", i);
		console_run_keys(&c, "k");
		assert_string_equal(selected(&c), expected);
	}
	console_run_end(&c);
}

static void the_filter_applies_as_it_is_typed(void **state)
{
	struct console_run c;

	open_five(&c, *state);
	console_run_keys(&c, "/b");
	assert_string_equal(selected(&c), "billing");
	console_run_shows(&c, "1 of 5");
	console_run_keys(&c, "<BS>owner:odd");
	console_run_shows(&c, "2 of 5");
	console_run_keys(&c, "<Esc>");
	console_run_shows(&c, "Esc clears"); /* kept, and still visible */
	console_run_lacks(&c, "acme");
	console_run_keys(&c, "<Esc>");
	console_run_shows(&c, "acme");
	console_run_end(&c);
}

static void keys_in_the_filter_type_and_run_nothing(void **state)
{
	struct console_run c;

	open_five(&c, *state);
	console_run_keys(&c, "/XDq?:1");
	assert_null(dialog_top(c.console));
	assert_true(c.console->running);
	assert_string_equal(list_filter(console_view(c.console, NULL)->list), "XDq?:1");
	console_run_end(&c);
}

static void n_finds_the_next_match_of_the_last_filter(void **state)
{
	struct console_run c;

	open_five(&c, *state);
	console_run_keys(&c, "/owner:odd<Enter><Esc>g");
	assert_string_equal(selected(&c), "acme");
	console_run_keys(&c, "n");
	assert_string_equal(selected(&c), "billing");
	console_run_keys(&c, "n");
	assert_string_equal(selected(&c), "data");
	console_run_keys(&c, "N");
	assert_string_equal(selected(&c), "billing");
	console_run_keys(&c, "Gn");
	console_run_shows(&c, "no further match");
	console_run_end(&c);
}

static void marks_follow_the_key_not_the_place(void **state)
{
	struct console_run c;
	const struct list *l;

	open_five(&c, *state);
	l = console_view(c.console, NULL)->list;
	console_run_keys(&c, "<Space>/owner:odd<Enter>");
	assert_int_equal(list_marked(l), 1);
	assert_int_equal(list_marked_hidden(l), 1);
	console_run_shows(&c, "1 hidden by the filter");
	console_run_keys(&c, "<Esc>");
	assert_int_equal(list_marked(l), 0);
	console_run_end(&c);
}

static void all_in_the_filter_are_marked_and_unmarked(void **state)
{
	struct console_run c;
	const struct list *l;

	open_many(&c, *state, 700);
	l = console_view(c.console, NULL)->list;
	console_run_keys(&c, "a");
	assert_int_equal(list_marked(l), 700);
	console_run_shows(&c, "X revoke 700");
	console_run_keys(&c, "a");
	assert_int_equal(list_marked(l), 0);
	console_run_keys(&c, "/svc-0001<Enter>a");
	assert_int_equal(list_marked(l), 10);
	console_run_end(&c);
}

/* An action of one screen, run with another's state, would read that as its own. */
static void the_last_action_is_repeated_on_its_own_screen_only(void **state)
{
	struct console_run c;

	open_five(&c, *state);
	console_run_keys(&c, "R<Esc>.");
	console_run_shows(&c, "Rotate acme");
	console_run_keys(&c, "<Esc>7.");
	assert_null(dialog_top(c.console));
	console_run_shows(&c, "nothing was done on this screen");
	console_run_keys(&c, "1.");
	console_run_shows(&c, "Rotate acme");
	console_run_end(&c);
}

static void what_another_does_shows_and_the_cursor_stays(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_five(&c, r);
	live_look(c.console);
	console_settle(c.console);
	console_run_keys(&c, "jj");
	assert_run(r, "key.create", "name", "aaa", NULL);
	assert_run(r, "key.revoke", "key", "etl", "yes", "", NULL);
	live_look(c.console);
	console_settle(c.console);
	assert_string_equal(selected(&c), "ci");
	console_run_shows(&c, "aaa");
	console_run_shows(&c, "revoked etl, and 1 more change");
	console_run_end(&c);
}

static void our_own_change_is_no_news(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_five(&c, r);
	live_look(c.console);
	console_settle(c.console);
	console_run_keys(&c, "D<C-s>");
	console_run_keys(&c, "<Down>");
	live_look(c.console);
	console_settle(c.console);
	console_run_lacks(&c, "disabled acme, ");
	console_run_lacks(&c, "ops1 disabled");
	console_run_end(&c);
}

static void a_row_that_goes_hands_the_cursor_on(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_five(&c, r);
	console_run_keys(&c, "/status:active<Enter>j");
	assert_string_equal(selected(&c), "billing");
	assert_run(r, "key.revoke", "key", "billing", "yes", "", NULL);
	view_changed(c.console);
	console_settle(c.console);
	assert_string_equal(selected(&c), "ci");
	console_run_end(&c);
}

static void lower_case_never_changes_anything(void **state)
{
	struct console_run c;

	open_five(&c, *state);
	for (const char *key = "bdfhlotvwxz"; *key; key++) {
		console_run_keys(&c, (char[]){ *key, '\0' });
		while (dialog_top(c.console))
			console_run_keys(&c, "<Esc>");
	}
	console_run_keys(&c, "d");
	console_run_shows(&c, "D disable is a capital");
	console_run_keys(&c, "x");
	console_run_shows(&c, "X revoke is a capital");
	console_run_end(&c);
}

static void every_capital_only_opens_a_dialog(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_five(&c, r);
	for (char key = 'A'; key <= 'Z'; key++) {
		console_run_keys(&c, (char[]){ key, '\0' });
		while (dialog_top(c.console))
			console_run_keys(&c, "<Esc>");
	}
	assert_run(r, "audit.list", NULL);
	assert_int_equal(json_count(r->rows), 5);
	console_run_end(&c);
}

static void keys_typed_ahead_answer_no_dialog(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_five(&c, r);
	console_bytes(c.console, "X\t\t\tacme\t\r\023", 10);
	console_settle(c.console);
	assert_non_null(dialog_top(c.console));
	console_run_keys(&c, "<Esc>");
	assert_run(r, "key.list", "status", "active", NULL);
	assert_int_equal(json_count(r->rows), 5);
	console_run_end(&c);
}

static void a_paste_outside_a_field_runs_no_key(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_five(&c, r);
	console_run_keys(&c, "<paste:XDRq please revoke everything>");
	assert_true(c.console->running);
	while (dialog_top(c.console))
		console_run_keys(&c, "<Esc>");
	assert_run(r, "audit.list", NULL);
	assert_int_equal(json_count(r->rows), 5);
	console_run_end(&c);
}

static void help_is_made_from_the_screen(void **state)
{
	struct console_run c;

	open_five(&c, *state);
	console_run_keys(&c, "?");
	console_run_golden(&c, "help-80x24");
	console_run_keys(&c, "/X");
	console_run_shows(&c, "revoke, final");
	console_run_lacks(&c, "rotate");
	console_run_keys(&c, "<Enter>");
	console_run_shows(&c, "Revoke acme");
	console_run_end(&c);
}

static void the_palette_finds_by_words_and_initials(void **state)
{
	struct console_run c;

	open_five(&c, *state);
	console_run_keys(&c, ":rev");
	console_run_golden(&c, "palette-80x24");
	console_run_keys(&c, "<Enter>");
	console_run_shows(&c, "Revoke acme");
	console_run_keys(&c, "<Esc>:rk<Enter>");
	console_run_shows(&c, "acme, v1");
	console_run_keys(&c, "<Esc>:go audit<Enter>");
	console_run_shows(&c, "OPERATION");
	console_run_end(&c);
}

static void the_palette_finds_keys_by_name(void **state)
{
	struct console_run c;

	open_five(&c, *state);
	console_run_keys(&c, ":etl<Enter>");
	assert_string_equal(selected(&c), "etl");
	console_run_end(&c);
}

static void reading_only_takes_every_change_away(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	for (size_t i = 0; i < 5; i++)
		assert_run(r, "key.create", "name", names[i], NULL);
	r->options.read_only = true;
	console_run_start(&c, r, 80, 24, true);
	console_run_shows(&c, "read only");
	console_run_lacks(&c, "revoke");
	console_run_keys(&c, "X");
	assert_null(dialog_top(c.console));
	console_run_shows(&c, "the store is open for reading only");
	console_run_keys(&c, "?");
	console_run_lacks(&c, "rotate");
	console_run_keys(&c, "<Esc>:revoke");
	console_run_lacks(&c, "Revoke key");
	console_run_end(&c);
}

static void the_mouse_selects_scrolls_sorts_and_presses(void **state)
{
	struct console_run c;

	open_five(&c, *state);
	console_run_keys(&c, "<click:20,6>");
	assert_string_equal(selected(&c), "ci");
	console_run_keys(&c, "<wheel-up>");
	assert_string_equal(selected(&c), "acme");
	console_run_keys(&c, "<click:16,3>");
	assert_string_equal(selected(&c), "etl"); /* the title turned the order round */
	console_run_keys(&c, "<click:57,1>");
	console_run_shows(&c, "OPERATION");
	console_run_end(&c);
}

static const char *line_at(const char *text, int line)
{
	while (line--)
		text = strchr(text, '\n') + 1;
	return text;
}

static bool lines_equal(const char *a, int from_a, const char *b, int from_b, int count)
{
	const char *begin = line_at(a, from_a), *other = line_at(b, from_b);
	size_t len = (size_t)(line_at(begin, count) - begin);

	return !strncmp(begin, other, len);
}

static void open_rotated(struct console_run *c, struct op_run *r, int width, int height)
{
	assert_run(r, "key.create", "name", "alpha", "note", "the first of many", NULL);
	for (int i = 0; i < 20; i++)
		assert_run(r, "key.rotate", "key", "alpha", NULL);
	assert_well(store_begin_unaudited(app_store(r->app), &r->e), &r->e);
	assert_well(usage_write(app_store(r->app),
				&(struct usage_add){ .key = 1,
						     .version = 1,
						     .code = "VALID",
						     .count = 40,
						     .at = r->clock.wall },
				1, &r->e),
		    &r->e);
	assert_well(store_commit(app_store(r->app), &r->e), &r->e);
	assert_run(r, "key.create", "name", "bravo", NULL);
	console_run_start(c, r, width, height, true);
}

static void assert_pane_scrolls(struct console_run *c, const char *last)
{
	char *first = x_strdup(console_run_text(c)), *end;

	console_run_lacks(c, last);
	console_run_keys(c, "<Tab>j");
	console_run_shows(c, "more: PgDn");
	console_run_keys(c, "<PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn>");
	console_run_shows(c, last);
	console_run_lacks(c, "more: PgDn");
	end = x_strdup(console_run_text(c));
	console_run_keys(c, "jj");
	assert_string_equal(console_run_text(c), end);
	console_bytes(c->console, "jjjjk", 5); /* there is no beyond to come back from */
	assert_string_not_equal(console_run_text(c), end);
	console_run_keys(c, "<PgUp><PgUp><PgUp><PgUp><PgUp><PgUp><PgUp><PgUp><PgUp><Tab>");
	assert_string_equal(console_run_text(c), first);
	free(first);
	free(end);
}

static void a_long_pane_scrolls_to_its_end_and_back(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_rotated(&c, r, 80, 24);
	assert_pane_scrolls(&c, "  1  grace ");
	console_run_end(&c);
	console_run_start(&c, r, 120, 30, true);
	assert_pane_scrolls(&c, "create   ops1");
	console_run_end(&c);
}

static void another_row_is_shown_from_its_top(void **state)
{
	struct op_run *r = *state;
	struct console_run c;
	char *first;

	open_rotated(&c, r, 80, 24);
	console_run_keys(&c, "7"); /* its pane has nothing to load */
	first = x_strdup(console_run_text(&c));
	console_run_keys(&c, "<Tab><PgDn><Tab>jk");
	assert_string_equal(console_run_text(&c), first);
	free(first);
	console_run_keys(&c, "1<Tab><PgDn><Esc>");
	console_run_lacks(&c, "── alpha ──");
	console_run_keys(&c, "jk");
	console_run_shows(&c, "── alpha ──");
	console_run_keys(&c, "<Tab><PgDn><PgDn><PgDn><PgDn><PgDn><size:80x50>");
	console_run_shows(&c, "  1  grace ");
	console_run_end(&c);
}

/* Line by line, the figure of the calls too: it is cut at the top, not squeezed. */
static void a_page_scrolls_as_it_was_drawn(void **state)
{
	enum { TOP = 2, LINES = 18 }; /* below the page's title, above "more" */
	struct op_run *r = *state;
	struct console_run c;
	bool bars = false;

	open_rotated(&c, r, 80, 24);
	console_run_keys(&c, "<Enter>");
	for (int i = 0; i < 40; i++) {
		char *before = x_strdup(console_run_text(&c));

		bars = bars || strstr(before, "█");
		console_run_keys(&c, "j");
		if (strcmp(before, console_run_text(&c)) != 0 &&
		    !lines_equal(before, TOP + 1, console_run_text(&c), TOP, LINES))
			fail_msg("not a line on:\n%s%s", before, console_run_text(&c));
		free(before);
	}
	assert_true(bars);
	console_run_end(&c);
}

static int suspended;

static void count_suspend(struct paint *p)
{
	(void)p;
	suspended++;
}

/* While the secret is handed over the write holds the store's lock. */
static bool suspend_in_the_middle(void *arg, const struct json *row, struct secret *secret)
{
	struct console_run *c = arg;

	(void)row;
	(void)secret;
	console_bytes(c->console, "\032", 1);
	assert_int_equal(suspended, 0);
	console_run_shows(c, "finishing the write…");
	return true;
}

static void suspending_waits_for_a_write(void **state)
{
	struct op_run *r = *state;
	struct console_run c;
	const struct op *op = op_find("key.create");
	struct op_args *args = op_args_new(op);
	struct err e = ERR_INIT;

	suspended = 0;
	open_five(&c, r);
	c.paint->suspend = count_suspend;
	assert_int_equal(op_args_add(args, "name", "late", &e), ERR_OK);
	console_work(c.console, &(struct work_order){ .op = op,
						      .args = args,
						      .lane = LANE_WRITE,
						      .arg = &c,
						      .reveal = suspend_in_the_middle });
	console_settle(c.console);
	assert_int_equal(suspended, 1);
	console_run_lacks(&c, "finishing");
	assert_run(r, "key.show", "key", "late", NULL);
	console_bytes(c.console, "\032", 1);
	assert_int_equal(suspended, 2); /* nothing to wait for */
	console_run_end(&c);
}

static void every_size_is_survived(void **state)
{
	static const char *const sizes[] = {
		"<size:80x24>", "<size:40x10>",	 "<size:1x1>",	  "<size:20x7>",   "<size:300x5>",
		"<size:19x50>", "<size:200x50>", "<size:119x24>", "<size:120x17>", "<size:81x16>",
	};
	static const char *const places[] = {
		"", "?", ":", "s", "X", "c", "R", "<Enter>", "7", "9"
	};
	struct console_run c;

	open_five(&c, *state);
	for (size_t p = 0; p < sizeof(places) / sizeof(*places); p++) {
		console_run_keys(&c, places[p]);
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
			console_run_keys(&c, sizes[i]);
		while (dialog_top(c.console))
			console_run_keys(&c, "<Esc>");
		console_run_keys(&c, "<size:80x24>1");
	}
	console_run_shows(&c, "acme");
	console_run_end(&c);
}

static void copying_goes_out_as_one_line_of_base64(void **state)
{
	struct console_run c;
	const char *sent;

	unsetenv("TMUX");
	unsetenv("STY");
	open_five(&c, *state);
	assert_true(console_copy(c.console, "ak_?>1", 6));
	sent = paint_memory_sent(c.paint);
	assert_string_equal(sent, "\033]52;c;YWtfPz4x\a");
	setenv("TMUX", "x", 1);
	console_copy(c.console, "a", 1);
	assert_string_equal(paint_memory_sent(c.paint),
			    "\033]52;c;YQ==\a\033Ptmux;\033\033]52;c;YQ==\a\033\\");
	unsetenv("TMUX");
	console_run_end(&c);
}

/* The least that a list screen is: the operation whose records it shows, columns, orders and a name. */
static const struct list_column least_columns[] = {
	{ .title = "NAME", .width = 20, .flags = LIST_FLEX, .sort = "name", .member = "name" },
	{ .title = "OWNER", .width = 10, .drop = 1, .member = "owner" },
	{ .title = NULL },
};

static const struct list_sort least_sorts[] = {
	{ "name", "name", false },
	{ .label = NULL },
};

static const struct list_type least_list = {
	.columns = least_columns,
	.sorts = least_sorts,
	.noun = "key",
	.plural = "keys",
	.op = "key.list",
};

static const struct screen least_screen = {
	.id = "least",
	.title = "Least",
	.digit = '1',
	.list = &least_list,
};

static void a_screen_needs_no_more_than_an_operation_and_columns(void **state)
{
	static const struct screen *const table[] = { &least_screen, NULL };
	struct op_run *r = *state;
	struct console_run c;

	for (size_t i = 0; i < 5; i++)
		assert_run(r, "key.create", "name", names[i], "owner", "odd", NULL);
	console_run_table(&c, r, table, 80, 24, true);
	console_run_shows(&c, "acme");
	console_run_keys(&c, "/bill");
	console_run_shows(&c, "1 of 5");
	console_run_lacks(&c, "acme");
	console_run_keys(&c, "<Esc><Esc><Space><Space>");
	console_run_keys(&c, "?<Esc>s<Enter>:Le<Enter>uG");
	assert_int_equal(list_marked(console_view(c.console, NULL)->list), 2);
	assert_string_equal(selected(&c), "etl");
	console_run_end(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, op_run_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_cursor_moves_and_stays_inside),
		TEST(a_long_list_is_paged_both_ways),
		TEST(a_walk_over_everything_meets_every_row_once),
		TEST(the_filter_applies_as_it_is_typed),
		TEST(keys_in_the_filter_type_and_run_nothing),
		TEST(n_finds_the_next_match_of_the_last_filter),
		TEST(marks_follow_the_key_not_the_place),
		TEST(all_in_the_filter_are_marked_and_unmarked),
		TEST(the_last_action_is_repeated_on_its_own_screen_only),
		TEST(what_another_does_shows_and_the_cursor_stays),
		TEST(our_own_change_is_no_news),
		TEST(a_row_that_goes_hands_the_cursor_on),
		TEST(lower_case_never_changes_anything),
		TEST(every_capital_only_opens_a_dialog),
		TEST(keys_typed_ahead_answer_no_dialog),
		TEST(a_paste_outside_a_field_runs_no_key),
		TEST(help_is_made_from_the_screen),
		TEST(the_palette_finds_by_words_and_initials),
		TEST(the_palette_finds_keys_by_name),
		TEST(reading_only_takes_every_change_away),
		TEST(the_mouse_selects_scrolls_sorts_and_presses),
		TEST(a_long_pane_scrolls_to_its_end_and_back),
		TEST(another_row_is_shown_from_its_top),
		TEST(a_page_scrolls_as_it_was_drawn),
		TEST(suspending_waits_for_a_write),
		TEST(every_size_is_survived),
		TEST(a_screen_needs_no_more_than_an_operation_and_columns),
		TEST(copying_goes_out_as_one_line_of_base64),
	};

	return cmocka_run_group_tests_name("shell", tests, NULL, NULL);
}
