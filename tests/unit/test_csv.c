/* CSV: RFC 4180 read strictly, errors with line and column, cells that no spreadsheet runs. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/csv.h"

/* Every record of `text` as "field|field;" with its line before it. */
static void read_all(struct buf *out, const char *text)
{
	struct err e = ERR_INIT;
	struct csv c;
	bool more;

	buf_clear(out);
	csv_init(&c, text, strlen(text));
	for (;;) {
		assert_well(csv_next(&c, &more, &e), &e);
		if (!more)
			break;
		buf_addf(out, "%zu:", c.line);
		for (size_t i = 0; i < c.count; i++) {
			size_t len;
			const char *field = csv_field(&c, i, &len);

			assert_int_equal(strlen(field), len);
			buf_addf(out, "%s%s", i ? "|" : "", field);
		}
		buf_add_char(out, ';');
	}
	csv_release(&c);
}

static void records_and_fields_are_told_apart(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "\n\r\n\n", "" },
		{ "a", "1:a;" },
		{ "a,b\nc,d\n", "1:a|b;2:c|d;" },
		{ "a,b\r\nc,d", "1:a|b;2:c|d;" },
		{ ",\n", "1:|;" },
		{ "a,,b,", "1:a||b|;" },
		{ "\n\na\n\nb", "3:a;5:b;" },
		{ "\"a\"", "1:a;" },
		{ "\"\"", "1:;" },
		{ "\"a,b\",\"c\"\"d\"", "1:a,b|c\"d;" },
		{ "\"\"\"\"", "1:\";" },
		{ "\"two\nlines\",x\nnext", "1:two\nlines|x;3:next;" },
		{ "\"two\r\nlines\"\r\nnext", "1:two\r\nlines;3:next;" },
		{ " a , b ", "1: a | b ;" },
		{ "\xEF\xBB\xBFname\n", "1:name;" },
		{ "\xEF\xBB\xBF", "" },
	};
	struct buf out = BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		read_all(&out, cases[i][0]);
		assert_string_equal(buf_text(&out), cases[i][1]);
	}
	buf_release(&out);
}

static void columns_are_counted_in_characters_from_one(void **state)
{
	const char *text = "\xEF\xBB\xBFgr\xc3\xbc\xc3\x9f,\"x\ny\",z\n1,22,333\n";
	struct err e = ERR_INIT;
	struct csv c;
	bool more;

	(void)state;
	csv_init(&c, text, strlen(text));
	assert_well(csv_next(&c, &more, &e), &e);
	assert_int_equal(c.columns[0], 1);
	assert_int_equal(c.columns[1], 6);
	assert_int_equal(c.columns[2], 4); /* of the second line */
	assert_well(csv_next(&c, &more, &e), &e);
	assert_int_equal(c.line, 3);
	assert_int_equal(c.columns[1], 3);
	assert_int_equal(c.columns[2], 6);
	csv_release(&c);
}

static void malformed_text_is_refused_with_line_and_column(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *told;
	} cases[] = {
		{ "a,b\"c\n", 6, "line 1, column 4: a quote inside" },
		{ "ok\nx,\"y\"z\n", 10, "line 2, column 6: a quoted field goes on" },
		{ "ok\nx,\"y\" ,\n", 11, "line 2, column 6: a quoted field goes on" },
		{ "a,\"open\nand\non", 14, "line 1, column 3: the quoted field" },
		{ "\"", 1, "line 1, column 1: the quoted field" },
		{ "\"a\"\"", 4, "line 1, column 1: the quoted field" },
		{ "a\rb\n", 4, "line 1, column 2: a carriage return" },
		{ "a\r", 2, "line 1, column 2: a carriage return" },
		{ "\"a\"\rb", 5, "line 1, column 4: a quoted field goes on" },
		{ "a\0b\n", 4, "line 1, column 2: a NUL byte" },
		{ "x,\"a\0b\"\n", 8, "line 1, column 3: a NUL byte" },
		{ "\xc3\xa4,\xc3\xa4\"\n", 7, "line 1, column 4: a quote inside" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = ERR_INIT;
		enum errc rc = ERR_OK;
		bool more = true;
		struct csv c;

		csv_init(&c, cases[i].text, cases[i].len);
		while (!rc && more)
			rc = csv_next(&c, &more, &e);
		assert_refused(rc, ERR_USAGE, &e, cases[i].told);
		csv_release(&c);
	}
}

static void nothing_is_read_beyond_the_length(void **state)
{
	/* No NUL behind it: a sanitizer sees the byte too many. */
	char *text = x_malloc(5);
	struct err e = ERR_INIT;
	struct csv c;
	bool more;

	(void)state;
	memcpy(text, "\"a\",b", 5);
	csv_init(&c, text, 5);
	assert_well(csv_next(&c, &more, &e), &e);
	assert_int_equal(c.count, 2);
	assert_string_equal(csv_field(&c, 1, NULL), "b");
	assert_well(csv_next(&c, &more, &e), &e);
	assert_false(more);
	csv_release(&c);
	free(text);
}

static void many_and_long_fields_fit(void **state)
{
	struct buf text = BUF_INIT(1000000);
	struct err e = ERR_INIT;
	struct csv c;
	size_t len;
	bool more;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_addf(&text, "%s%0*d", i ? "," : "", i + 1, i);
	csv_init(&c, text.data, text.len);
	assert_well(csv_next(&c, &more, &e), &e);
	assert_int_equal(c.count, 1000);
	for (size_t i = 0; i < 1000; i++) {
		csv_field(&c, i, &len);
		assert_int_equal(len, i + 1);
	}
	csv_release(&c);
	buf_release(&text);
}

static const char *written(struct buf *b, const char *text)
{
	buf_clear(b);
	csv_add_field(b, text, true);
	return buf_text(b);
}

static void fields_are_quoted_where_needed(void **state)
{
	static const char *const cases[][2] = {
		{ "plain", "plain" },	{ "", "" },
		{ "a,b", "\"a,b\"" },	{ "say \"hi\"", "\"say \"\"hi\"\"\"" },
		{ "a\nb", "\"a\nb\"" }, { "a\rb", "\"a\rb\"" },
		{ "a=b", "a=b" },	{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
	};
	struct buf b = BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(written(&b, cases[i][0]), cases[i][1]);
	buf_release(&b);
}

static void what_a_spreadsheet_would_run_is_disarmed(void **state)
{
	static const char *const cases[][2] = {
		{ "=1+1", "\"'=1+1\"" },	 { "+1", "\"'+1\"" },	{ "-1", "\"'-1\"" },
		{ "@SUM(A1)", "\"'@SUM(A1)\"" }, { "\tx", "\"'\tx\"" }, { "\rx", "\"'\rx\"" },
		{ "=\"a\"", "\"'=\"\"a\"\"\"" },
	};
	struct buf b = BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(written(&b, cases[i][0]), cases[i][1]);
	buf_release(&b);
}

static void what_was_written_reads_back(void **state)
{
	static const char *const fields[] = {
		"a,b", "\"", "", "x\r\ny", "plain", "\xf0\x9f\x98\x80"
	};
	struct buf text = BUF_INIT(1000);
	struct err e = ERR_INIT;
	struct csv c;
	bool more;

	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		csv_add_field(&text, fields[i], i == 0);
	csv_init(&c, text.data, text.len);
	assert_well(csv_next(&c, &more, &e), &e);
	assert_int_equal(c.count, sizeof(fields) / sizeof(*fields));
	for (size_t i = 0; i < c.count; i++)
		assert_string_equal(csv_field(&c, i, NULL), fields[i]);
	csv_release(&c);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_and_fields_are_told_apart),
		cmocka_unit_test(columns_are_counted_in_characters_from_one),
		cmocka_unit_test(malformed_text_is_refused_with_line_and_column),
		cmocka_unit_test(nothing_is_read_beyond_the_length),
		cmocka_unit_test(many_and_long_fields_fit),
		cmocka_unit_test(fields_are_quoted_where_needed),
		cmocka_unit_test(what_a_spreadsheet_would_run_is_disarmed),
		cmocka_unit_test(what_was_written_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
