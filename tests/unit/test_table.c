/* Records as people read them: cells, tables, details. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/text.h"
#include "src/cli/detail.h"
#include "src/cli/table.h"

static const struct op_column columns[] = {
	{ "status", "STATUS", COLUMN_STATUS, "" },
	{ "name", "NAME", COLUMN_TEXT, "" },
	{ "version", "V", COLUMN_NUMBER, "" },
	{ "expires_at", "EXPIRES", COLUMN_TIME_OR_NEVER, "" },
	{ "scopes", NULL, COLUMN_LIST, "" },
	{ "altered", NULL, COLUMN_FLAG, "" },
	{ .name = NULL },
};

static const struct op op = { .id = "test.list", .columns = columns, .flags = OP_LIST };

static const struct look plain = { .now = TEST_NOW };

/* A row of the columns above; `expires` TIME_NONE for never. */
static struct json *row_of(const char *status, const char *name, int64_t expires)
{
	struct json *row = json_object_new(), *scopes = json_array_new();

	json_set_text(row, "status", status);
	json_set_text(row, "name", name);
	json_set_int(row, "version", 2);
	json_set_time(row, "expires_at", expires);
	json_add(scopes, json_text("a:b"));
	json_add(scopes, json_text("c"));
	json_set(row, "scopes", scopes);
	json_set_bool(row, "altered", false);
	return row;
}

/* What a table of the given rows prints; takes the rows. Heap text. */
static char *table_text(const struct look *l, struct json *const *rows, size_t count)
{
	struct table table;
	struct err e = ERR_INIT;
	struct out out;
	char *text;

	out_init(&out, -1);
	table_init(&table, l, &out, columns);
	for (size_t i = 0; i < count; i++) {
		assert_well(table_row(&table, rows[i], &e), &e);
		json_free(rows[i]);
	}
	assert_well(table_end(&table, &e), &e);
	text = strdup(buf_text(&out.pending));
	table_release(&table);
	out_release(&out);
	return text;
}

static void columns_are_aligned_by_display_width(void **state)
{
	struct json *rows[] = { row_of("active", "東京", TIME_NONE),
				row_of("revoked", "abc", TEST_NOW + 400 * DAY_MS) };
	char *text = table_text(&plain, rows, 2);

	(void)state;
	assert_string_equal(text, "STATUS     NAME  V  EXPIRES\n"
				  "● active   東京  2    never\n"
				  "✗ revoked  abc   2  in 400d\n");
	free(text);
}

static void a_terminal_without_utf_8_gets_ascii(void **state)
{
	const struct look ascii = { .now = TEST_NOW, .ascii = true, .width = 80 };
	struct json *rows[] = { row_of("disabled", "東", TIME_NONE) };
	char *text = table_text(&ascii, rows, 1);

	(void)state;
	assert_non_null(strstr(text, "D disabled  <U+6771>"));
	free(text);
}

static void a_narrow_terminal_cuts_text_and_nothing_else(void **state)
{
	const struct look narrow = { .now = TEST_NOW, .width = 40 };
	struct json *rows[] = { row_of("active", "a-name-that-is-much-too-long", TIME_NONE) };
	char *text = table_text(&narrow, rows, 1), *line = strchr(text, '\n') + 1;

	(void)state;
	line[strlen(line) - 1] = '\0';
	assert_true(text_width(line, strlen(line)) <= 40);
	assert_non_null(strstr(line, "a-name"));
	assert_non_null(strstr(line, "…  2"));
	assert_non_null(strstr(line, "never"));
	free(text);
}

static void hostile_text_stays_on_its_line(void **state)
{
	struct json *rows[] = { row_of("active", "a\033[2J\nb\xE2\x80\xAE", TIME_NONE) };
	char *text = table_text(&plain, rows, 1);

	(void)state;
	assert_null(strchr(text, '\033'));
	assert_null(strstr(text, "\xE2\x80\xAE"));
	assert_non_null(strstr(text, "<U+001B>[2J\\nb<U+202E>"));
	free(text);
}

static void a_status_says_what_needs_attention(void **state)
{
	static const struct {
		const char *status;
		int64_t expires;
		const char *shown;
	} cases[] = {
		{ "active", TIME_NONE, "● active" },
		{ "active", TEST_NOW + 13 * DAY_MS, "▲ expiring" },
		{ "active", TEST_NOW + 15 * DAY_MS, "● active" },
		{ "not_yet_valid", TIME_NONE, "◷ not yet" },
		{ "altered", TIME_NONE, "!! ALTERED" },
		{ "RETIRED", TIME_NONE, "RETIRED" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json *row = row_of(cases[i].status, "n", cases[i].expires);
		struct cell cell = cell_make(&plain, &columns[0], row, false);

		assert_string_equal(cell.text, cases[i].shown);
		cell_release(&cell);
		json_free(row);
	}
}

static void a_long_table_flows(void **state)
{
	enum { ROWS = 1000 };
	struct json *rows[ROWS];
	char *text;
	size_t lines = 0;

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		rows[i] = row_of("active", i == ROWS - 1 ? "longer-than-all-before" : "n",
				 TIME_NONE);
	text = table_text(&plain, rows, ROWS);
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, ROWS + 1);
	assert_non_null(strstr(text, "longer-than-all-before"));
	free(text);
}

static void a_detail_leaves_out_what_says_nothing(void **state)
{
	struct json *row = row_of("active", "n", TIME_NONE);
	struct err e = ERR_INIT;
	struct out out;

	(void)state;
	out_init(&out, -1);
	assert_well(detail_print(&out, &plain, &op, row, &e), &e);
	assert_string_equal(buf_text(&out.pending), "status:     ● active\n"
						    "name:       n\n"
						    "version:    2\n"
						    "expires at: never\n"
						    "scopes:     a:b c\n");
	out_release(&out);
	json_free(row);
}

static void text_is_cut_at_the_end_or_in_the_middle(void **state)
{
	static const struct {
		const char *text;
		int width;
		bool middle;
		const char *cut;
	} cases[] = {
		{ "abcdef", 6, false, "abcdef" }, { "abcdef", 4, false, "abc…" },
		{ "abcdef", 5, true, "ab…ef" },	  { "東京東京", 4, false, "東…" },
		{ "abcdef", 1, false, "…" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *cut = look_cut(&plain, cases[i].text, cases[i].width, cases[i].middle);

		assert_string_equal(cut, cases[i].cut);
		free(cut);
	}
}

static void an_output_that_fails_is_told_once_and_for_all(void **state)
{
	struct err e = ERR_INIT;
	struct out out;

	(void)state;
	out_init(&out, -1);
	assert_well(out_add(&out, "x", 1, &e), &e);
	assert_refused(out_flush(&out, &e), ERR_STORE, &e, "standard output");
	assert_refused(out_flush(&out, &e), ERR_STORE, &e, "standard output");
	out_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_aligned_by_display_width),
		cmocka_unit_test(a_terminal_without_utf_8_gets_ascii),
		cmocka_unit_test(a_narrow_terminal_cuts_text_and_nothing_else),
		cmocka_unit_test(hostile_text_stays_on_its_line),
		cmocka_unit_test(a_status_says_what_needs_attention),
		cmocka_unit_test(a_long_table_flows),
		cmocka_unit_test(a_detail_leaves_out_what_says_nothing),
		cmocka_unit_test(text_is_cut_at_the_end_or_in_the_middle),
		cmocka_unit_test(an_output_that_fails_is_told_once_and_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
