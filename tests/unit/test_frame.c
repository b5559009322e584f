/* Cells: hostile text, wide and combining characters, clipping, ellipses, wrapping, boxes, ASCII. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "tests/lib/support.h"
#include "ui/chart.h"
#include "ui/paint.h"

struct canvas {
	struct frame frame;
	struct paint *paint;
	struct area area;
	struct buf text;
};

static struct canvas *canvas_new(int width, int height, bool utf8)
{
	struct canvas *c = x_calloc(1, sizeof(*c));

	frame_init(&c->frame, width, height, utf8);
	c->paint = paint_memory_new(width, height, utf8);
	c->area = area_of(&c->frame);
	buf_init(&c->text, 1 << 16);
	return c;
}

static int start(void **state)
{
	*state = canvas_new(20, 5, true);
	return 0;
}

static int start_ascii(void **state)
{
	*state = canvas_new(20, 5, false);
	return 0;
}

static int end(void **state)
{
	struct canvas *c = *state;

	frame_release(&c->frame);
	c->paint->free(c->paint);
	buf_release(&c->text);
	free(c);
	return 0;
}

/* A row's text behind the margin, without blanks at its end. */
static const char *row(struct canvas *c, int y)
{
	const char *at;

	c->paint->show(c->paint, &c->frame);
	buf_clear(&c->text);
	paint_memory_text(c->paint, &c->text, false);
	at = buf_text(&c->text);
	while (y--)
		at = strchr(at, '\n') + 1;
	c->text.data[at - c->text.data + strcspn(at, "\n")] = '\0';
	return *at ? at + 1 : at;
}

static enum style style_at(const struct canvas *c, int x, int y)
{
	return (enum style)c->frame.cells[y * c->frame.width + x].style;
}

static void text_stands_where_it_is_put(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(area_text(&c->area, 2, 1, -1, STYLE_GOOD, "abc"), 3);
	assert_string_equal(row(c, 1), "  abc");
	assert_int_equal(style_at(c, 2, 1), STYLE_GOOD);
	assert_int_equal(style_at(c, 5, 1), STYLE_NORMAL);
}

static void long_text_ends_with_an_ellipsis(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(area_text(&c->area, 0, 0, 5, STYLE_NORMAL, "abcdefgh"), 5);
	assert_string_equal(row(c, 0), "abcd…");
	area_text(&c->area, 0, 1, 5, STYLE_NORMAL, "abcde");
	assert_string_equal(row(c, 1), "abcde");
	area_text(&c->area, 15, 2, -1, STYLE_NORMAL, "abcdefgh");
	assert_string_equal(row(c, 2), "               abcd…");
}

static void ids_are_cut_in_the_middle(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(area_text_middle(&c->area, 0, 0, 9, STYLE_NORMAL, "key_01jq8m7kfa"), 9);
	assert_string_equal(row(c, 0), "key_…7kfa");
}

static void numbers_stand_at_the_right(void **state)
{
	struct canvas *c = *state;

	area_text_right(&c->area, 0, 0, 8, STYLE_NORMAL, "18,402");
	assert_string_equal(row(c, 0), "  18,402");
	area_text_right(&c->area, 0, 1, 4, STYLE_NORMAL, "18,402");
	assert_string_equal(row(c, 1), "18,…");
}

static void wide_characters_take_two_cells(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(area_text(&c->area, 0, 0, -1, STYLE_NORMAL, "東京x"), 5);
	assert_int_equal(c->frame.cells[0].chars[0], 0x6771);
	assert_int_equal(c->frame.cells[1].chars[0], 0);
	assert_int_equal(c->frame.cells[4].chars[0], 'x');
}

static void a_wide_character_is_never_halved(void **state)
{
	struct canvas *c = *state;

	area_text(&c->area, 0, 0, 4, STYLE_NORMAL, "東京京");
	assert_string_equal(row(c, 0), "東…");
	area_text(&c->area, 1, 0, 1, STYLE_NORMAL, "|");
	assert_string_equal(row(c, 0), " |…");
}

static void combining_marks_join_their_character(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(area_text(&c->area, 0, 0, -1, STYLE_NORMAL, "e\xcc\x81x"), 2);
	assert_int_equal(c->frame.cells[0].chars[1], 0x301);
	assert_int_equal(c->frame.cells[1].chars[0], 'x');
}

static void many_marks_are_clamped(void **state)
{
	struct canvas *c = *state;
	char text[64] = "e";

	for (int i = 0; i < 20; i++)
		memcpy(text + 1 + 2 * i, "\xcc\x81", 3);
	assert_int_equal(area_text(&c->area, 0, 0, -1, STYLE_NORMAL, text), 1);
	assert_int_equal(c->frame.cells[0].chars[CELL_CHARS - 1], 0x301);
	assert_int_equal(c->frame.cells[1].chars[0], ' ');
}

static void hostile_text_is_shown_as_what_it_is(void **state)
{
	struct canvas *c = *state;

	area_text(&c->area, 0, 0, -1, STYLE_NORMAL,
		  "a\xe2\x80\xae"
		  "b");
	assert_string_equal(row(c, 0), "a<U+202E>b");
	assert_int_equal(style_at(c, 1, 0), STYLE_HOSTILE);
	assert_int_equal(style_at(c, 9, 0), STYLE_NORMAL);
	area_text(&c->area, 0, 1, -1, STYLE_NORMAL, "\033[2J\xff");
	assert_string_equal(row(c, 1), "<U+001B>[2J\\xFF");
}

static void no_control_character_gets_into_a_cell(void **state)
{
	struct canvas *c = *state;
	char text[2] = "";

	for (int byte = 1; byte < 256; byte++) {
		text[0] = (char)byte;
		frame_clear(&c->frame);
		area_text(&c->area, 0, 0, -1, STYLE_NORMAL, text);
		for (int x = 0; x < c->frame.width; x++)
			assert_true(c->frame.cells[x].chars[0] >= ' ' &&
				    c->frame.cells[x].chars[0] < 0x7f);
	}
}

static void drawing_outside_does_nothing(void **state)
{
	struct canvas *c = *state;
	struct area part = area_part(&c->area, 5, 1, 100, 100);

	assert_int_equal(part.width, 15);
	assert_int_equal(part.height, 4);
	area_text(&part, 0, 7, -1, STYLE_NORMAL, "below");
	area_text(&part, 40, 0, -1, STYLE_NORMAL, "right");
	area_text(&part, 0, -1, -1, STYLE_NORMAL, "above");
	area_select(&part, 9, true);
	area_cursor(&part, 0, 9);
	for (int y = 0; y < 5; y++)
		assert_string_equal(row(c, y), "");
	assert_int_equal(c->frame.cursor_y, -1);
}

static void parts_of_parts_stay_inside(void **state)
{
	struct canvas *c = *state;
	struct area part = area_part(&c->area, 15, 3, 5, 2), inner = area_part(&part, 3, 1, 9, 9);

	area_fill(&inner, '#', STYLE_NORMAL);
	assert_string_equal(row(c, 3), "");
	assert_string_equal(row(c, 4), "                  ##");
}

static void words_are_wrapped_whole(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(area_wrap(&c->area, 0, 0, 9, STYLE_NORMAL, "one two three\nfour"), 3);
	assert_string_equal(row(c, 0), "one two");
	assert_string_equal(row(c, 1), "three");
	assert_string_equal(row(c, 2), "four");
}

static void a_word_longer_than_the_line_is_cut_there(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(area_wrap(&c->area, 0, 0, 5, STYLE_NORMAL, "abcdefgh"), 2);
	assert_string_equal(row(c, 0), "abcde");
	assert_string_equal(row(c, 1), "fgh");
}

static void a_rule_has_its_titles(void **state)
{
	struct canvas *c = *state;

	area_rule(&c->area, 0, "now", "9 more");
	assert_string_equal(row(c, 0), "── now ─── 9 more ──");
}

static void a_box_closes(void **state)
{
	struct canvas *c = *state;
	struct area part = area_part(&c->area, 0, 0, 12, 3);

	area_box(&part, "Sort", STYLE_NORMAL);
	assert_string_equal(row(c, 0), "┌─ Sort ───┐");
	assert_string_equal(row(c, 1), "│          │");
	assert_string_equal(row(c, 2), "└──────────┘");
}

static void a_wiped_frame_keeps_nothing(void **state)
{
	struct canvas *c = *state;

	area_text(&c->area, 0, 0, -1, STYLE_NORMAL, "ak_secret");
	frame_wipe(&c->frame);
	assert_string_equal(row(c, 0), "");
}

static void ascii_keeps_every_width(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(area_text(&c->area, 0, 0, -1, STYLE_NORMAL, "東京-é…→▁█●✗"), 12);
	assert_string_equal(row(c, 0), "??"
				       "?"
				       "?-?.>_#AX");
	area_text(&c->area, 0, 1, 4, STYLE_NORMAL, "abcdefgh");
	assert_string_equal(row(c, 1), "abc.");
	area_text(&c->area, 0, 2, -1, STYLE_NORMAL, "e\xcc\x81x");
	assert_string_equal(row(c, 2), "ex");
	assert_string_equal(glyph(&c->frame, GLYPH_GRACE), "~");
}

static void numbers_are_grouped_and_shortened(void **state)
{
	char out[NUMBER_SIZE];

	(void)state;
	number_grouped(out, 18402);
	assert_string_equal(out, "18,402");
	number_grouped(out, 999);
	assert_string_equal(out, "999");
	number_grouped(out, -1234567);
	assert_string_equal(out, "-1,234,567");
	number_short(out, 950);
	assert_string_equal(out, "950");
	number_short(out, 1234);
	assert_string_equal(out, "1.2k");
	number_short(out, 999960);
	assert_string_equal(out, "1M");
}

static void pictures_of_figures(void **state)
{
	struct canvas *c = *state;
	const int64_t values[] = { 0, 1, 4, 8, -1 };

	spark_draw(&c->area, 0, 0, values, 5, STYLE_NORMAL);
	assert_string_equal(row(c, 0), "▁▃▅█");
	bar_draw(&c->area, 0, 1, 8, 3, 4, STYLE_NORMAL);
	assert_string_equal(row(c, 1), "██████░░");
	bar_draw(&c->area, 0, 2, 4, 9, 4, STYLE_NORMAL);
	assert_string_equal(row(c, 2), "████");
}

static void a_scale_ends_with_the_next_round_number(void **state)
{
	static const struct {
		int64_t most, scale;
	} cases[] = {
		{ 0, 2 },
		{ 1, 2 },
		{ 2, 2 },
		{ 3, 4 },
		{ 9, 10 },
		{ 10, 10 },
		{ 11, 12 },
		{ 100, 100 },
		{ 101, 120 },
		{ 1183, 1200 },
		{ 1201, 1600 },
		{ 9999, 10000 },
		{ 10001, 12000 },
		{ 999999999999, 1000000000000 },
		{ 900000000000000000, 1000000000000000000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(chart_scale(&cases[i].most, 1), cases[i].scale);
}

static void a_chart_has_bars_an_axis_and_labels(void **state)
{
	struct canvas *c = *state;
	const int64_t values[] = { 0, 600, 1200, 30 };
	const char *const labels[] = { "14", NULL, "16", NULL };
	const struct chart chart = { .values = values, .count = 4, .width = 8, .height = 3 };

	assert_int_equal(chart_draw(&c->area, 0, &chart), 3);
	chart_labels(&c->area, 3, &chart, labels);
	assert_string_equal(row(c, 0), "   1.2k     ██");
	assert_string_equal(row(c, 1), "    600   ▄▄██");
	assert_string_equal(row(c, 2), "      0 ▁▁████▁▁");
	assert_string_equal(row(c, 3), "        14  16");
}

static void a_line_is_drawn_through_where_it_rises_or_falls(void **state)
{
	struct canvas *c = *state;
	const int64_t values[] = { 0, 0, 10, 10, 4, 8 };
	const struct chart chart = {
		.values = values,
		.count = 6,
		.width = 12,
		.height = 3,
		.line = true,
	};

	chart_draw(&c->area, 0, &chart);
	assert_string_equal(row(c, 0), "     10     █▀▀▀▄ ▄▄");
	assert_string_equal(row(c, 1), "      5     █   █▄▀");
	assert_string_equal(row(c, 2), "      0 ▄▄▄▄▀");
}

/* Its cells never fill up to what stands above. */
static void a_row_of_values_stands_apart(void **state)
{
	struct canvas *c = *state;
	const int64_t values[] = { 0, 1, 5, 10 };
	const struct chart chart = { .values = values, .count = 4, .width = 8 };

	chart_row(&c->area, 0, &chart);
	assert_string_equal(row(c, 0), "        ▁▁▂▂▄▄▆▆");
}

static void the_cells_of_a_value_are_as_many_as_fit(void **state)
{
	(void)state;
	assert_int_equal(chart_width(80, 24, false), 3 * 24);
	assert_int_equal(chart_width(46, 24, false), 24);
	assert_int_equal(chart_width(20, 24, false), 24);
	assert_int_equal(chart_width(400, 24, false), 8 * 24);
	assert_int_equal(chart_width(100, 57, true), 92);
}

static void a_label_that_would_be_cut_is_left_out(void **state)
{
	struct canvas *c = *state;
	const char *const labels[] = { "11-26", "11-27" };
	const struct chart chart = {
		.count = 2,
		.width = 2 * (c->area.width - CHART_AXIS - 4),
	};

	chart_labels(&c->area, 0, &chart, labels);
	assert_string_equal(row(c, 0), "        11-26");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_stands_where_it_is_put),
		TEST(long_text_ends_with_an_ellipsis),
		TEST(ids_are_cut_in_the_middle),
		TEST(numbers_stand_at_the_right),
		TEST(wide_characters_take_two_cells),
		TEST(a_wide_character_is_never_halved),
		TEST(combining_marks_join_their_character),
		TEST(many_marks_are_clamped),
		TEST(hostile_text_is_shown_as_what_it_is),
		TEST(no_control_character_gets_into_a_cell),
		TEST(drawing_outside_does_nothing),
		TEST(parts_of_parts_stay_inside),
		TEST(words_are_wrapped_whole),
		TEST(a_word_longer_than_the_line_is_cut_there),
		TEST(a_rule_has_its_titles),
		TEST(a_box_closes),
		TEST(a_wiped_frame_keeps_nothing),
		cmocka_unit_test_setup_teardown(ascii_keeps_every_width, start_ascii, end),
		TEST(numbers_are_grouped_and_shortened),
		TEST(pictures_of_figures),
		TEST(a_scale_ends_with_the_next_round_number),
		TEST(a_chart_has_bars_an_axis_and_labels),
		TEST(a_line_is_drawn_through_where_it_rises_or_falls),
		TEST(a_row_of_values_stands_apart),
		TEST(the_cells_of_a_value_are_as_many_as_fit),
		TEST(a_label_that_would_be_cut_is_left_out),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
