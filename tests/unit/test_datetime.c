/* Instants and durations: both ways, at the edges of the calendar, and what is refused. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/datetime.h"

static const struct {
	const char *text;
	int64_t at;
} instants[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "1969-12-31T23:59:59.999Z", -1 },
	{ "2026-06-16T13:06:52Z", TEST_NOW },
	{ "2026-06-16T13:06:52.481Z", TEST_NOW + 481 },
	{ "2000-02-29T00:00:00Z", INT64_C(951782400000) },
	{ "2000-03-01T00:00:00Z", INT64_C(951868800000) },
	{ "2100-02-28T23:59:59Z", INT64_C(4107542399000) },
	{ "2100-03-01T00:00:00Z", INT64_C(4107542400000) },
	{ "1600-02-29T12:00:00Z", INT64_C(-11670955200000) },
	{ "0000-01-01T00:00:00Z", INT64_C(-62167219200000) },
	{ "0001-01-01T00:00:00Z", INT64_C(-62135596800000) },
	{ "9999-12-31T23:59:59.999Z", INT64_C(253402300799999) },
};

static void rfc3339_goes_there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(instants) / sizeof(*instants); i++) {
		struct err e = ERR_INIT;
		char text[DATETIME_SIZE];
		int64_t at;

		datetime_rfc3339(text, instants[i].at);
		assert_string_equal(text, instants[i].text);
		assert_well(datetime_parse(&at, text, &e), &e);
		assert_int_equal(at, instants[i].at);
	}
}

/* The C library as a witness, over eight centuries. */
static void the_calendar_agrees_with_the_c_library(void **state)
{
	(void)state;
	for (int64_t day = -150000; day < 150000; day += 13) {
		time_t seconds = (time_t)(day * 86400 + 45296);
		char ours[DATETIME_SIZE], theirs[DATETIME_SIZE];
		struct tm tm;

		assert_non_null(gmtime_r(&seconds, &tm));
		strftime(theirs, sizeof(theirs), "%Y-%m-%dT%H:%M:%SZ", &tm);
		datetime_rfc3339(ours, (int64_t)seconds * 1000);
		assert_string_equal(ours, theirs);
	}
}

static void no_instant_overruns_its_text(void **state)
{
	static const int64_t extremes[] = { INT64_MIN, INT64_MIN + 1, INT64_MAX };
	char text[DATETIME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(extremes) / sizeof(*extremes); i++) {
		datetime_rfc3339(text, extremes[i]);
		assert_in_range(strlen(text), 20, DATETIME_SIZE - 1);
		datetime_local(text, extremes[i], true);
		assert_in_range(strlen(text), 20, DATETIME_SIZE - 1);
	}
}

/* RFC 3339 §5.8. */
static void offsets_fractions_and_cases_are_understood(void **state)
{
	static const struct {
		const char *text, *meant;
	} cases[] = {
		{ "1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520Z" },
		{ "1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z" },
		{ "1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870Z" },
		{ "2026-06-16t13:06:52z", "2026-06-16T13:06:52Z" },
		{ "2026-06-16 13:06:52Z", "2026-06-16T13:06:52Z" },
		{ "2026-06-16T13:06:52-00:00", "2026-06-16T13:06:52Z" },
		{ "2026-06-16T13:06:52.4819999999Z", "2026-06-16T13:06:52.481Z" },
		{ "2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z" },
	};
	struct err e = ERR_INIT;
	char text[DATETIME_SIZE];
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_well(datetime_parse(&at, cases[i].text, &e), &e);
		datetime_rfc3339(text, at);
		assert_string_equal(text, cases[i].meant);
	}
}

static void a_leap_second_is_the_last_millisecond_before_midnight(void **state)
{
	static const char *const leaps[] = { "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00",
					     "1990-12-31T23:59:60.7Z" };
	struct err e = ERR_INIT;
	char text[DATETIME_SIZE];
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(leaps) / sizeof(*leaps); i++) {
		assert_well(datetime_parse(&at, leaps[i], &e), &e);
		datetime_rfc3339(text, at);
		assert_string_equal(text, "1990-12-31T23:59:59.999Z");
	}
	assert_refused(datetime_parse(&at, "1990-12-31T22:59:60Z", &e), ERR_USAGE, &e, NULL);
	assert_refused(datetime_parse(&at, "1990-12-31T23:59:60-08:00", &e), ERR_USAGE, &e, NULL);
}

static void what_is_no_rfc3339_time_is_refused(void **state)
{
	static const char *const refused[] = {
		"",
		"2026-06-16",
		"2026-06-16T13:06Z",
		"2026-06-16T13:06:52",
		"2026-06-16T13:06:52 Z",
		"2026-06-16T13:06:52Zx",
		"2026-06-16T13:06:52.Z",
		"2026-06-16T13:06:52,5Z",
		"2026-06-16T24:00:00Z",
		"2026-06-16T13:60:00Z",
		"2026-06-16T13:06:61Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-06-00T00:00:00Z",
		"2026-06-31T00:00:00Z",
		"2026-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z",
		"2026-6-16T13:06:52Z",
		"26-06-16T13:06:52Z",
		"+2026-06-16T13:06:52Z",
		"2026-06-16T13:06:52+24:00",
		"2026-06-16T13:06:52+01:60",
		"2026-06-16T13:06:52+0100",
		"2026-06-16T13:06:52+1:00",
		" 2026-06-16T13:06:52Z",
		"2026-06-16T-1:06:52Z",
		"1781615212",
	};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct err e = ERR_INIT;

		assert_refused(datetime_parse(&at, refused[i], &e), ERR_USAGE, &e, "is not a time");
	}
}

static void local_time_names_its_zone(void **state)
{
	char text[DATETIME_SIZE];

	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	datetime_local(text, TEST_NOW, false);
	assert_string_equal(text, "2026-06-16 15:06 CEST");
	datetime_local(text, TEST_NOW, true);
	assert_string_equal(text, "2026-06-16 15:06:52 CEST");
	datetime_local(text, INT64_C(1767225600000), false);
	assert_string_equal(text, "2026-01-01 01:00 CET");
	datetime_local(text, -1, true);
	assert_string_equal(text, "1970-01-01 00:59:59 CET");
	unsetenv("TZ");
	tzset();
}

static void durations_are_read_in_all_units(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "0", 0 },
		{ "0s", 0 },
		{ "500ms", 500 },
		{ "30s", 30 * SECOND_MS },
		{ "15m", 15 * MINUTE_MS },
		{ "24h", DAY_MS },
		{ "90d", 90 * DAY_MS },
		{ "2w", 14 * DAY_MS },
		{ "1d12h", 36 * HOUR_MS },
		{ "1w2d3h4m5s6ms", 9 * DAY_MS + 3 * HOUR_MS + 4 * MINUTE_MS + 5006 },
		{ "36525d", 36525 * DAY_MS },
		{ "007d", 7 * DAY_MS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = ERR_INIT;
		int64_t ms = -1;

		assert_well(duration_parse(&ms, cases[i].text, &e), &e);
		assert_int_equal(ms, cases[i].ms);
	}
}

static void a_number_without_unit_is_asked_back(void **state)
{
	struct err e = ERR_INIT;
	int64_t ms;

	(void)state;
	assert_int_equal(duration_parse(&ms, "90", &e), ERR_USAGE);
	assert_string_equal(e.message, "\"90\" has no unit");
	assert_string_equal(e.hint, "90 what? 90d, 90h");
}

static void what_is_no_duration_is_refused(void **state)
{
	static const char *const refused[] = { "",     "-1d",	"+1d",	 "1.5d", "1y",	"1M",
					       "1D",   "d",	"1 d",	 "1d ",	 " 1d", "1d1d",
					       "1h1d", "1d-1h", "1ms1s", "1d12", "\x1b" };
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct err e = ERR_INIT;

		assert_refused(duration_parse(&ms, refused[i], &e), ERR_USAGE, &e,
			       "is not a duration");
	}
}

static void over_a_hundred_years_is_refused(void **state)
{
	static const char *const refused[] = { "36525d1ms", "36526d", "99999999999999999999999d",
					       "9223372036854775807ms", "5218w" };
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct err e = ERR_INIT;

		assert_refused(duration_parse(&ms, refused[i], &e), ERR_USAGE, &e, "100 years");
	}
}

static void durations_are_written_in_the_largest_exact_unit(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {
		{ 0, "0s" },
		{ 1, "1ms" },
		{ 1500, "1500ms" },
		{ 30 * SECOND_MS, "30s" },
		{ 90 * SECOND_MS, "90s" },
		{ 36 * HOUR_MS, "36h" },
		{ 90 * DAY_MS, "90d" },
		{ 14 * DAY_MS, "14d" },
	};
	char text[DATETIME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		duration_text(text, cases[i].ms);
		assert_string_equal(text, cases[i].text);
	}
}

static void an_instant_is_a_time_a_distance_now_or_never(void **state)
{
	struct err e = ERR_INIT;
	int64_t at;

	(void)state;
	assert_well(instant_parse(&at, "now", TEST_NOW, false, &e), &e);
	assert_int_equal(at, TEST_NOW);
	assert_well(instant_parse(&at, "90d", TEST_NOW, false, &e), &e);
	assert_int_equal(at, TEST_NOW + 90 * DAY_MS);
	assert_well(instant_parse(&at, "2026-06-16T13:06:52Z", 0, false, &e), &e);
	assert_int_equal(at, TEST_NOW);
	assert_well(instant_parse(&at, "never", TEST_NOW, true, &e), &e);
	assert_int_equal(at, TIME_NONE);
}

static void an_instant_that_is_none_of_these_is_refused(void **state)
{
	struct err e = ERR_INIT;
	int64_t at;

	(void)state;
	assert_refused(instant_parse(&at, "never", TEST_NOW, false, &e), ERR_USAGE, &e,
		       "is not a time");
	assert_refused(instant_parse(&at, "90", TEST_NOW, true, &e), ERR_USAGE, &e, "90 what?");
	assert_refused(instant_parse(&at, "2026-06-16", TEST_NOW, true, &e), ERR_USAGE, &e,
		       "is not a time");
	assert_refused(instant_parse(&at, "tomorrow", TEST_NOW, true, &e), ERR_USAGE, &e,
		       "is not a time");
	assert_refused(instant_parse(&at, "", TEST_NOW, true, &e), ERR_USAGE, &e, "is not a time");
	assert_refused(instant_parse(&at, "-1d", TEST_NOW, true, &e), ERR_USAGE, &e,
		       "is not a time");
}

static void distances_are_short_enough_for_a_column(void **state)
{
	static const struct {
		int64_t from_now;
		const char *plain, *with_suffix;
	} cases[] = {
		{ 0, "0s", "0s ago" },
		{ -12 * SECOND_MS, "12s", "12s ago" },
		{ -59999, "59s", "59s ago" },
		{ -MINUTE_MS, "1m", "1m ago" },
		{ -9 * HOUR_MS - 1, "9h", "9h ago" },
		{ -41 * DAY_MS, "41d", "41d ago" },
		{ 1, "in 0s", "in 0s" },
		{ 30 * SECOND_MS, "in 30s", "in 30s" },
		{ 3 * HOUR_MS + 12 * MINUTE_MS, "in 3h 12m", "in 3h 12m" },
		{ 2 * DAY_MS + 4 * HOUR_MS + MINUTE_MS, "in 2d 4h", "in 2d 4h" },
		{ 2 * DAY_MS, "in 2d", "in 2d" },
		{ 41 * DAY_MS + HOUR_MS, "in 41d", "in 41d" },
	};
	char text[DATETIME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		datetime_relative(text, TEST_NOW + cases[i].from_now, TEST_NOW, false);
		assert_string_equal(text, cases[i].plain);
		datetime_relative(text, TEST_NOW + cases[i].from_now, TEST_NOW, true);
		assert_string_equal(text, cases[i].with_suffix);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc3339_goes_there_and_back),
		cmocka_unit_test(the_calendar_agrees_with_the_c_library),
		cmocka_unit_test(no_instant_overruns_its_text),
		cmocka_unit_test(offsets_fractions_and_cases_are_understood),
		cmocka_unit_test(a_leap_second_is_the_last_millisecond_before_midnight),
		cmocka_unit_test(what_is_no_rfc3339_time_is_refused),
		cmocka_unit_test(local_time_names_its_zone),
		cmocka_unit_test(durations_are_read_in_all_units),
		cmocka_unit_test(a_number_without_unit_is_asked_back),
		cmocka_unit_test(what_is_no_duration_is_refused),
		cmocka_unit_test(over_a_hundred_years_is_refused),
		cmocka_unit_test(durations_are_written_in_the_largest_exact_unit),
		cmocka_unit_test(an_instant_is_a_time_a_distance_now_or_never),
		cmocka_unit_test(an_instant_that_is_none_of_these_is_refused),
		cmocka_unit_test(distances_are_short_enough_for_a_column),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
