/* What a terminal may be sent: strict UTF-8, no control, format or unassigned character, widths. */
#include "tests/lib/support.h"

#include <string.h>

#include "src/base/text.h"

static const char *safe(struct buf *b, const char *text)
{
	buf_clear(b);
	text_safe(b, text, strlen(text));
	return buf_text(b);
}

static void valid_utf8_is_decoded(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		int32_t code;
	} cases[] = {
		{ "a", 1, 'a' },
		{ "\xc2\x80", 2, 0x80 },
		{ "\xdf\xbf", 2, 0x7FF },
		{ "\xe0\xa0\x80", 3, 0x800 },
		{ "\xed\x9f\xbf", 3, 0xD7FF },
		{ "\xee\x80\x80", 3, 0xE000 },
		{ "\xf0\x90\x80\x80", 4, 0x10000 },
		{ "\xf4\x8f\xbf\xbf", 4, 0x10FFFF },
	};
	char again[4];
	int32_t code;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(utf8_decode(&code, cases[i].text, cases[i].len), cases[i].len);
		assert_int_equal(code, cases[i].code);
		assert_int_equal(utf8_encode(again, code), cases[i].len);
		assert_memory_equal(again, cases[i].text, cases[i].len);
	}
}

/* RFC 3629 §3 and §10: what must not be decoded. */
static void invalid_utf8_is_refused_byte_by_byte(void **state)
{
	static const char *const refused[] = {
		"\x80",		    /* continuation alone */
		"\xbf",		    /* … */
		"\xc0\x80",	    /* overlong NUL */
		"\xc1\xbf",	    /* overlong */
		"\xe0\x9f\xbf",	    /* overlong */
		"\xf0\x8f\xbf\xbf", /* overlong */
		"\xed\xa0\x80",	    /* surrogates */
		"\xed\xbf\xbf",	    /* … */
		"\xf4\x90\x80\x80", /* beyond U+10FFFF */
		"\xf5\x80\x80\x80", /* no lead byte */
		"\xff",		    /* … */
		"\xc3",		    /* cut off */
		"\xe2\x82",	    /* … */
		"\xf0\x9f\x98",	    /* … */
		"\xc3(",	    /* no continuation */
		"\xe2(\xa1",	    /* … */
	};
	int32_t code;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		size_t len = strlen(refused[i]);

		assert_int_equal(utf8_decode(&code, refused[i], len), 1);
		assert_int_equal(code, -1);
		assert_false(utf8_valid(refused[i], len));
	}
	assert_true(utf8_valid("", 0));
	assert_true(utf8_valid("gr\xc3\xbc\xc3\x9f", 6));
}

static void length_counts_code_points(void **state)
{
	(void)state;
	assert_int_equal(utf8_length(""), 0);
	assert_int_equal(utf8_length("gr\xc3\xbc\xc3\x9f"), 4);
	assert_int_equal(utf8_length("\xf0\x9f\x98\x80"), 1);
	assert_int_equal(utf8_length("\xff\xfe"), 2);
}

static void what_could_deceive_is_unsafe(void **state)
{
	static const int32_t unsafe[] = {
		0x00,	 0x07,	   0x1B,    0x7F,     0x80,	0x9B,	0x9F,	/* Cc */
		0xAD,	 0x061C,   0x200B,  0x200E,   0x202E,	0x2066, 0xFEFF, /* Cf */
		0x2028,	 0x2029,						/* Zl, Zp */
		0xE000,	 0xF8FF,   0xF0000, 0x10FFFD,				/* Co */
		0xD800,	 0xDFFF,						/* Cs */
		0x0378,	 0x0530,   0xFFFE,  0xFFFF,   0x10FFFF,			/* unassigned */
		0xFE0F,	 0xE0100,  0x180B,					/* selectors */
		0xE0001, 0xE0041,						/* tags */
		0x034F,	 0x115F,   0x1160,  0x3164,   0xFFA0,			/* invisible */
		-1,	 0x110000,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(*unsafe); i++)
		if (code_point_safe(unsafe[i]))
			fail_msg("U+%04X passes", (unsigned)unsafe[i]);
}

static void honest_text_of_any_script_is_safe(void **state)
{
	static const int32_t honest[] = {
		' ',	'~',	0xA0,	0xE9,	 0x05D0,  0x0627, 0x0301, 0x0E01,
		0x3042, 0x4E2D, 0xAC00, 0x1F600, 0x20000, 0x2026, 0x2500, 0x2588,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(honest) / sizeof(*honest); i++)
		if (!code_point_safe(honest[i]))
			fail_msg("U+%04X is refused", (unsigned)honest[i]);
}

static void widths_do_not_depend_on_the_locale(void **state)
{
	static const struct {
		int32_t code;
		int width;
	} cases[] = {
		{ 'a', 1 },    { 0xE9, 1 },    { 0x0301, 0 },	 { 0x20DD, 0 }, { 0x1161, 0 },
		{ 0x4E2D, 2 }, { 0xAC00, 2 },  { 0x1F600, 2 },	 { 0x3000, 2 }, { 0xFF21, 2 },
		{ 0xFF71, 1 }, { 0x2026, 1 },  { 0x1B, 8 },	 { '\n', 2 },	{ '\t', 2 },
		{ 0x202E, 8 }, { 0xE0001, 9 }, { 0x10FFFF, 10 }, { -1, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(code_point_width(cases[i].code), cases[i].width);
}

static void safe_text_stays_as_it_is(void **state)
{
	static const char *const texts[] = { "",
					     "plain ASCII ~",
					     "gr\xc3\xbc\xc3\x9f",
					     "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
					     "\xe6\x97\xa5\xe6\x9c\xac",
					     "\xf0\x9f\x98\x80",
					     "e\xcc\x81" };
	struct buf b = BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_string_equal(safe(&b, texts[i]), texts[i]);
	buf_release(&b);
}

static void unsafe_text_is_told_not_sent(void **state)
{
	static const char *const cases[][2] = {
		{ "\x1b[31mred", "<U+001B>[31mred" },
		{ "\x1b]52;c;eA==\x07", "<U+001B>]52;c;eA==<U+0007>" },
		{ "\xc2\23331m", "<U+009B>31m" },
		{ "\23331m", "\\x9B31m" },
		{ "a\xe2\x80\256b", "a<U+202E>b" },
		{ "a\xe2\x80\213b", "a<U+200B>b" },
		{ "a\xc2\255b", "a<U+00AD>b" },
		{ "\xf3\xa0\x81\x81", "<U+E0041>" },
		{ "\xf4\x8f\xbf\xbf", "<U+10FFFF>" },
		{ "one\ntwo\tthree\r", "one\\ntwo\\tthree<U+000D>" },
		{ "\xc3", "\\xC3" },
		{ "\xed\xa0\x80", "\\xED\\xA0\\x80" },
		{ "\x7f", "<U+007F>" },
	};
	struct buf b = BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(safe(&b, cases[i][0]), cases[i][1]);
	buf_release(&b);
}

static void nul_bytes_are_told_and_null_adds_nothing(void **state)
{
	struct buf b = BUF_INIT(100);

	(void)state;
	text_safe(&b, "a\0b", 3);
	assert_string_equal(buf_text(&b), "a<U+0000>b");
	text_safe(&b, NULL, 5);
	assert_string_equal(buf_text(&b), "a<U+0000>b");
	buf_release(&b);
}

#define ACUTE "\xcc\x81"

static void combining_marks_are_clamped_to_four(void **state)
{
	struct buf b = BUF_INIT(1000);

	(void)state;
	assert_string_equal(safe(&b, "e" ACUTE ACUTE ACUTE ACUTE), "e" ACUTE ACUTE ACUTE ACUTE);
	assert_string_equal(safe(&b, "e" ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE "x" ACUTE),
			    "e" ACUTE ACUTE ACUTE ACUTE "x" ACUTE);
	buf_release(&b);
}

static void a_mark_with_nothing_to_sit_on_is_told(void **state)
{
	struct buf b = BUF_INIT(1000);

	(void)state;
	assert_string_equal(safe(&b, ACUTE "a"), "<U+0301>a");
	assert_string_equal(safe(&b, "\x1b" ACUTE), "<U+001B><U+0301>");
	assert_string_equal(safe(&b, "a\n" ACUTE), "a\\n<U+0301>");
	buf_release(&b);
}

/* The property that all else rests on: nothing that comes out could do harm, whatever went in. */
static void no_output_holds_anything_unsafe(void **state)
{
	struct buf b = BUF_INIT(4096), twice = BUF_INIT(4096);
	char text[64];
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t width = 0;

		for (size_t i = 0; i < sizeof(text); i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = (char)(seed >> 24);
		}
		buf_clear(&b);
		buf_clear(&twice);
		text_safe(&b, text, sizeof(text));
		text_safe(&twice, b.data, b.len);
		assert_string_equal(buf_text(&twice), buf_text(&b));
		for (size_t at = 0; at < b.len;) {
			int32_t code;

			at += utf8_decode(&code, b.data + at, b.len - at);
			assert_true(code_point_safe(code));
			width += (size_t)code_point_width(code);
		}
		assert_int_equal(text_width(text, sizeof(text)), width);
	}
	buf_release(&b);
	buf_release(&twice);
}

static void width_is_that_of_the_safe_form(void **state)
{
	(void)state;
	assert_int_equal(text_width("", 0), 0);
	assert_int_equal(text_width("abc", 3), 3);
	assert_int_equal(text_width("\xe6\x97\xa5\xe6\x9c\xac", 6), 4);
	assert_int_equal(text_width("e" ACUTE, 3), 1);
	assert_int_equal(text_width(ACUTE, 2), 8);
	assert_int_equal(text_width("a\xff", 2), 5);
}

static void a_small_buffer_ends_between_characters(void **state)
{
	struct buf b = BUF_INIT(10);

	(void)state;
	text_safe(&b, "123456789\xe6\x97\xa5", 12);
	assert_true(b.full);
	assert_string_equal(buf_text(&b), "123456789");
	buf_release(&b);
}

static bool contains(const char *text, const char *needle)
{
	return text_contains(text, strlen(text), needle, strlen(needle));
}

static void search_ignores_ascii_case_only(void **state)
{
	(void)state;
	assert_true(contains("Payments-API", "payments"));
	assert_true(contains("Payments-API", "s-api"));
	assert_true(contains("anything", ""));
	assert_true(contains("", ""));
	assert_true(contains("aab", "ab"));
	assert_false(contains("Payments", "payments-"));
	assert_false(contains("", "a"));
	assert_false(contains("abc", "abd"));
	assert_false(contains("\xc3\x84", "\xc3\xa4"));
	assert_true(contains("[", "["));
	assert_false(contains("[", "{"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_utf8_is_decoded),
		cmocka_unit_test(invalid_utf8_is_refused_byte_by_byte),
		cmocka_unit_test(length_counts_code_points),
		cmocka_unit_test(what_could_deceive_is_unsafe),
		cmocka_unit_test(honest_text_of_any_script_is_safe),
		cmocka_unit_test(widths_do_not_depend_on_the_locale),
		cmocka_unit_test(safe_text_stays_as_it_is),
		cmocka_unit_test(unsafe_text_is_told_not_sent),
		cmocka_unit_test(nul_bytes_are_told_and_null_adds_nothing),
		cmocka_unit_test(combining_marks_are_clamped_to_four),
		cmocka_unit_test(a_mark_with_nothing_to_sit_on_is_told),
		cmocka_unit_test(no_output_holds_anything_unsafe),
		cmocka_unit_test(width_is_that_of_the_safe_form),
		cmocka_unit_test(a_small_buffer_ends_between_characters),
		cmocka_unit_test(search_ignores_ascii_case_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
