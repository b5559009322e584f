/* Encodings against the vectors of their specifications. */
#include "tests/lib/support.h"

#include <string.h>

#include "src/base/encode.h"

static void hex_goes_there_and_back(void **state)
{
	const uint8_t bytes[] = { 0x00, 0x7f, 0x80, 0xff, 0xa5 };
	uint8_t again[5];
	char text[11];

	(void)state;
	hex_encode(text, bytes, sizeof(bytes));
	assert_string_equal(text, "007f80ffa5");
	assert_true(hex_decode(again, "007F80ffA5", 5));
	assert_memory_equal(again, bytes, 5);
}

static void hex_of_another_length_or_letter_is_refused(void **state)
{
	uint8_t out[4];

	(void)state;
	assert_false(hex_decode(out, "00", 2));
	assert_false(hex_decode(out, "000000", 2));
	assert_false(hex_decode(out, "00g0", 2));
	assert_false(hex_decode(out, "0 00", 2));
	assert_false(hex_decode(out, "-100", 2));
	assert_false(hex_decode(out, "", 1));
	assert_true(hex_decode(out, "", 0));
}

/* The check value of CRC-32/ISO-HDLC is 0xCBF43926. */
static void crc32_gives_the_check_value_in_base62(void **state)
{
	char text[7];

	(void)state;
	crc32_base62(text, "123456789", 9);
	assert_string_equal(text, "3jZRME");
	crc32_base62(text, "", 0);
	assert_string_equal(text, "000000");
}

/* From the ULID specification: the largest valid one, and the time part of 2016-07-30. */
static void ulid_text_is_time_then_randomness(void **state)
{
	uint8_t id[ULID_BYTES];
	char text[ULID_TEXT + 1];

	(void)state;
	memset(id, 0xff, sizeof(id));
	ulid_text(text, id);
	assert_string_equal(text, "7zzzzzzzzzzzzzzzzzzzzzzzzz");
	ulid_new(id, INT64_C(1469918176385));
	ulid_text(text, id);
	assert_memory_equal(text, "01aryz6s41", 10);
}

static void ulids_sort_by_time_and_differ_within_it(void **state)
{
	uint8_t a[ULID_BYTES], b[ULID_BYTES], c[ULID_BYTES];

	(void)state;
	ulid_new(a, TEST_NOW);
	ulid_new(b, TEST_NOW);
	ulid_new(c, TEST_NOW + 1);
	assert_memory_not_equal(a, b, ULID_BYTES);
	assert_true(memcmp(a, c, ULID_BYTES) < 0);
	assert_true(memcmp(b, c, ULID_BYTES) < 0);
}

static void ulid_parse_undoes_ulid_text_in_either_case(void **state)
{
	uint8_t id[ULID_BYTES], again[ULID_BYTES];
	char text[ULID_TEXT + 1];

	(void)state;
	ulid_new(id, TEST_NOW);
	ulid_text(text, id);
	assert_true(ulid_parse(again, text));
	assert_memory_equal(id, again, ULID_BYTES);
	for (char *c = text; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	assert_true(ulid_parse(again, text));
	assert_memory_equal(id, again, ULID_BYTES);
}

static void a_ulid_that_is_none_is_refused(void **state)
{
	static const char *const refused[] = {
		"",
		"01aryz6s41tsv4rrffq69g5fa",   /* 25 */
		"01aryz6s41tsv4rrffq69g5favx", /* 27 */
		"8zzzzzzzzzzzzzzzzzzzzzzzzz",  /* 131 bits */
		"zzzzzzzzzzzzzzzzzzzzzzzzzz",
		"01aryz6s41tsv4rrffq69g5fai", /* i, l, o, u are no digits */
		"01aryz6s41tsv4rrffq69g5fal",
		"01aryz6s41tsv4rrffq69g5fao",
		"01aryz6s41tsv4rrffq69g5fau",
		"u1aryz6s41tsv4rrffq69g5fav",
		"01aryz6s41tsv4rrffq69g5fa ",
		"01aryz6s41tsv4rrffq69g5fa\xc3",
	};
	uint8_t out[ULID_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		assert_false(ulid_parse(out, refused[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hex_goes_there_and_back),
		cmocka_unit_test(hex_of_another_length_or_letter_is_refused),
		cmocka_unit_test(crc32_gives_the_check_value_in_base62),
		cmocka_unit_test(ulid_text_is_time_then_randomness),
		cmocka_unit_test(ulids_sort_by_time_and_differ_within_it),
		cmocka_unit_test(ulid_parse_undoes_ulid_text_in_either_case),
		cmocka_unit_test(a_ulid_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
