/* Dates of HTTP header fields: written in the one form, read in all three. */
#include "tests/lib/support.h"

#include <string.h>

#include "src/base/clock.h"
#include "src/base/http.h"

#define NOW INT64_C(1790000000000)

static const struct {
	int64_t at;
	const char *text;
} dates[] = {
	{ 784111777000, "Sun, 06 Nov 1994 08:49:37 GMT" }, /* RFC 9110 §5.6.7 */
	{ 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
	{ 951782400000, "Tue, 29 Feb 2000 00:00:00 GMT" },
	{ 253402300799000, "Fri, 31 Dec 9999 23:59:59 GMT" },
};

static void a_date_is_written_as_recipients_know_it(void **state)
{
	char text[HTTP_DATE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		http_date_write(text, dates[i].at + 999);
		assert_string_equal(text, dates[i].text);
	}
}

static void what_is_written_is_read(void **state)
{
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		assert_true(http_date_read(&at, dates[i].text, NOW));
		assert_int_equal(at, dates[i].at);
	}
}

static void the_older_forms_are_read(void **state)
{
	int64_t at;

	(void)state;
	assert_true(http_date_read(&at, "Sunday, 06-Nov-94 08:49:37 GMT", NOW));
	assert_int_equal(at, dates[0].at);
	assert_true(http_date_read(&at, "Sun Nov  6 08:49:37 1994", NOW));
	assert_int_equal(at, dates[0].at);
}

static void what_is_no_date_is_refused(void **state)
{
	static const char *const none[] = {
		"",
		"now",
		"1994-11-06T08:49:37Z",
		"Sun, 06 Nov 1994 08:49:37 CET",
		"Sun, 31 Feb 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 GMT x",
	};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(http_date_read(&at, none[i], NOW));
}

static void a_year_of_five_digits_has_no_date(void **state)
{
	char text[HTTP_DATE_SIZE];

	(void)state;
	http_date_write(text, 253402300800000);
	assert_string_equal(text, "");
	http_date_write(text, INT64_MAX);
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_is_written_as_recipients_know_it),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(the_older_forms_are_read),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(a_year_of_five_digits_has_no_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
