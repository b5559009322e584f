/* Randomness: different every time, and without bias where letters are drawn. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/encode.h"
#include "src/base/random.h"

static void two_draws_differ(void **state)
{
	uint8_t a[32], b[32];

	(void)state;
	random_private(a, sizeof(a));
	random_private(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	random_public(a, sizeof(a));
	random_public(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

static void no_byte_beyond_the_count_is_written(void **state)
{
	char text[16];

	(void)state;
	memset(text, '!', sizeof(text));
	random_text(text, 8, BASE62_ALPHABET);
	assert_memory_equal(text + 8, "!!!!!!!!", 8);
	random_text(text, 0, BASE62_ALPHABET);
	assert_null(memchr(text, '!', 8));
}

static void only_letters_of_the_alphabet_are_drawn(void **state)
{
	char text[1001] = "";

	(void)state;
	random_text(text, 1000, CROCKFORD_ALPHABET);
	assert_int_equal(strspn(text, CROCKFORD_ALPHABET), 1000);
}

/* Chi-squared over 62 letters, 61 degrees of freedom: above 140 in one run of ten million. The
 * remainder without rejection would give the first eight letters a fourth more: about 900 here. */
static void every_letter_is_equally_likely(void **state)
{
	enum { DRAWS = 124000, EXPECTED = DRAWS / 62 };
	char *text = malloc(DRAWS);
	double chi = 0;

	(void)state;
	assert_non_null(text);
	random_text(text, DRAWS, BASE62_ALPHABET);
	for (const char *letter = BASE62_ALPHABET; *letter; letter++) {
		int seen = 0;

		for (size_t i = 0; i < DRAWS; i++)
			seen += text[i] == *letter;
		chi += (double)(seen - EXPECTED) * (seen - EXPECTED) / EXPECTED;
	}
	free(text);
	assert_true(chi < 140);
	assert_true(chi > 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_draws_differ),
		cmocka_unit_test(no_byte_beyond_the_count_is_written),
		cmocka_unit_test(only_letters_of_the_alphabet_are_drawn),
		cmocka_unit_test(every_letter_is_equally_likely),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
