/* Bounded buffers: what fits is kept, what does not leaves everything as it was. */
#include "tests/lib/support.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/buf.h"

static void an_empty_buffer_reads_as_empty_text(void **state)
{
	struct buf b = BUF_INIT(10);

	(void)state;
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(b.len, 0);
	buf_release(&b);
}

static void pieces_are_joined_in_order(void **state)
{
	struct buf b = BUF_INIT(100);

	(void)state;
	assert_true(buf_add(&b, "ab", 2));
	assert_true(buf_add_text(&b, "cd"));
	assert_true(buf_add_char(&b, 'e'));
	assert_true(buf_addf(&b, "%d%s", 12, "f"));
	assert_true(buf_add(&b, NULL, 0));
	assert_string_equal(buf_text(&b), "abcde12f");
	assert_int_equal(b.len, 8);
	buf_release(&b);
}

static void exactly_the_maximum_fits(void **state)
{
	struct buf b = BUF_INIT(4);

	(void)state;
	assert_true(buf_add_text(&b, "abcd"));
	assert_false(b.full);
	assert_false(buf_add_char(&b, 'e'));
	assert_true(b.full);
	assert_string_equal(buf_text(&b), "abcd");
	buf_release(&b);
}

static void what_does_not_fit_is_not_added_in_part(void **state)
{
	struct buf b = BUF_INIT(4);

	(void)state;
	buf_add_text(&b, "ab");
	assert_false(buf_add_text(&b, "cde"));
	assert_string_equal(buf_text(&b), "ab");
	buf_clear(&b);
	assert_false(buf_addf(&b, "%s", "12345"));
	assert_string_equal(buf_text(&b), "");
	buf_release(&b);
}

static void a_full_buffer_takes_no_later_piece(void **state)
{
	struct buf b = BUF_INIT(4);

	(void)state;
	buf_add_text(&b, "ab");
	buf_add_text(&b, "too long");
	assert_false(buf_add_char(&b, 'c'));
	assert_false(buf_addf(&b, "c"));
	assert_string_equal(buf_text(&b), "ab");
	buf_release(&b);
}

static void clearing_makes_a_full_buffer_usable(void **state)
{
	struct buf b = BUF_INIT(2);

	(void)state;
	buf_add_text(&b, "abc");
	buf_clear(&b);
	assert_false(b.full);
	assert_true(buf_add_text(&b, "xy"));
	assert_string_equal(buf_text(&b), "xy");
	buf_release(&b);
}

static void an_absurd_length_is_refused_without_arithmetic_overflow(void **state)
{
	struct buf b = BUF_INIT(SIZE_MAX);

	(void)state;
	buf_add_text(&b, "ab");
	assert_false(buf_add(&b, "", SIZE_MAX - 1));
	assert_true(b.full);
	assert_string_equal(buf_text(&b), "ab");
	buf_release(&b);
}

static void bytes_with_nul_are_kept(void **state)
{
	struct buf b = BUF_INIT(10);

	(void)state;
	buf_add(&b, "a\0b", 3);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "a\0b", 4);
	buf_release(&b);
}

static void growth_keeps_what_was_there(void **state)
{
	struct buf b = BUF_INIT(100000);

	(void)state;
	for (int i = 0; i < 20000; i++)
		assert_true(buf_addf(&b, "%04d", i % 10000));
	assert_int_equal(b.len, 80000);
	assert_memory_equal(b.data + 4 * 12345, "2345", 4);
	buf_release(&b);
}

static void taken_text_belongs_to_the_caller(void **state)
{
	struct buf b = BUF_INIT(10);
	char *text, *nothing;

	(void)state;
	buf_add_text(&b, "abc");
	text = buf_take(&b);
	nothing = buf_take(&b);
	assert_string_equal(text, "abc");
	assert_string_equal(nothing, "");
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(b.max, 10);
	free(text);
	free(nothing);
}

static void numbers_are_decimal(void **state)
{
	static const struct {
		int64_t value;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 7, "7" },
		{ -10, "-10" },
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT(32);

		buf_add_number(&out, cases[i].value);
		assert_string_equal(buf_text(&out), cases[i].text);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_reads_as_empty_text),
		cmocka_unit_test(pieces_are_joined_in_order),
		cmocka_unit_test(exactly_the_maximum_fits),
		cmocka_unit_test(what_does_not_fit_is_not_added_in_part),
		cmocka_unit_test(a_full_buffer_takes_no_later_piece),
		cmocka_unit_test(clearing_makes_a_full_buffer_usable),
		cmocka_unit_test(an_absurd_length_is_refused_without_arithmetic_overflow),
		cmocka_unit_test(bytes_with_nul_are_kept),
		cmocka_unit_test(growth_keeps_what_was_there),
		cmocka_unit_test(taken_text_belongs_to_the_caller),
		cmocka_unit_test(numbers_are_decimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
