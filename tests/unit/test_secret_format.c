/* Our secret format: widths, alphabets and checksum, and what is not of it. */
#include <string.h>

#include "src/base/secret_format.h"
#include "src/base/encode.h"
#include "tests/lib/support.h"

static enum secret_shape shape(const char *text)
{
	return secret_parse(text, strlen(text), NULL);
}

/* Puts a fitting checksum behind everything else. */
static void seal_text(char *text)
{
	char crc[7];
	size_t len = strlen(text) - SECRET_CHECK;

	crc32_base62(crc, text, len);
	memcpy(text + len, crc, SECRET_CHECK);
}

static void a_generated_one_parses_back(void **state)
{
	static const char *const prefixes[] = { "ak", "a", "ci_2_", "abcdefghijklmnop" };
	struct secret_parts made, parts;

	(void)state;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		struct secret s = SECRET_INIT;

		secret_generate(&s, &made, prefixes[i]);
		assert_int_equal(s.len, strlen(prefixes[i]) + 1 + 12 + 1 + 38);
		assert_int_equal(secret_parse(secret_reveal(&s), s.len, &parts), SECRET_OWN);
		assert_string_equal(parts.prefix, prefixes[i]);
		assert_string_equal(parts.secret_id, made.secret_id);
		assert_string_equal(parts.hint, made.hint);
		assert_string_equal(parts.hint, secret_reveal(&s) + s.len - 4);
		assert_true(secret_id_valid(parts.secret_id));
		secret_release(&s);
	}
}

static void no_two_are_alike(void **state)
{
	struct secret a = SECRET_INIT, b = SECRET_INIT;
	struct secret_parts one, two;

	(void)state;
	secret_generate(&a, &one, "ak");
	secret_generate(&b, &two, "ak");
	assert_string_not_equal(one.secret_id, two.secret_id);
	assert_false(secret_equal(&a, &b));
	secret_release(&a);
	secret_release(&b);
}

static void every_mistyped_character_is_noticed(void **state)
{
	struct secret s = SECRET_INIT;
	struct secret_parts parts;
	char text[SECRET_LONGEST + 1];

	(void)state;
	secret_generate(&s, &parts, "ak");
	snprintf(text, sizeof(text), "%s", secret_reveal(&s));
	for (size_t i = 0; i < s.len; i++) {
		char was = text[i];

		text[i] = was == 'b' ? 'c' : 'b';
		assert_int_not_equal(shape(text), SECRET_OWN);
		text[i] = was;
	}
	assert_int_equal(shape(text), SECRET_OWN);
	secret_release(&s);
}

static void widths_and_alphabets_are_strict(void **state)
{
	char good[] = "ak_0123456789ab_0123456789ABCDEFGHIJabcdefghij01000000";
	char upper_id[] = "ak_0123456789AB_0123456789ABCDEFGHIJabcdefghij01000000";
	char letter_i[] = "ak_i123456789ab_0123456789ABCDEFGHIJabcdefghij01000000";
	char dash[] = "ak_0123456789ab_-123456789ABCDEFGHIJabcdefghij01000000";
	char upper_prefix[] = "Ak_0123456789ab_0123456789ABCDEFGHIJabcdefghij01000000";
	char long_prefix[] =
		"abcdefghijklmnopq_0123456789ab_0123456789ABCDEFGHIJabcdefghij01000000";
	char no_prefix[] = "_0123456789ab_0123456789ABCDEFGHIJabcdefghij01000000";

	(void)state;
	assert_int_equal(shape(good), SECRET_MISTYPED);
	seal_text(good);
	assert_int_equal(shape(good), SECRET_OWN);
	seal_text(upper_id);
	assert_int_equal(shape(upper_id), SECRET_FOREIGN);
	seal_text(letter_i);
	assert_int_equal(shape(letter_i), SECRET_FOREIGN);
	seal_text(dash);
	assert_int_equal(shape(dash), SECRET_FOREIGN);
	seal_text(upper_prefix);
	assert_int_equal(shape(upper_prefix), SECRET_FOREIGN);
	seal_text(long_prefix);
	assert_int_equal(shape(long_prefix), SECRET_FOREIGN);
	seal_text(no_prefix);
	assert_int_equal(shape(no_prefix), SECRET_FOREIGN);
	assert_int_equal(secret_parse(good, strlen(good) - 1, NULL), SECRET_FOREIGN);
}

static void what_is_no_printable_text_is_unpresentable(void **state)
{
	char big[514];

	(void)state;
	memset(big, 'x', sizeof(big));
	assert_int_equal(shape(""), SECRET_UNPRESENTABLE);
	assert_int_equal(shape("a\nb"), SECRET_UNPRESENTABLE);
	assert_int_equal(shape("a\x7f"), SECRET_UNPRESENTABLE);
	assert_int_equal(shape("\xc3\xa9"), SECRET_UNPRESENTABLE);
	assert_int_equal(secret_parse("a\0b", 3, NULL), SECRET_UNPRESENTABLE);
	assert_int_equal(secret_parse(big, 513, NULL), SECRET_UNPRESENTABLE);
	assert_int_equal(secret_parse(big, 512, NULL), SECRET_FOREIGN);
	assert_int_equal(shape("d0b1 c2"), SECRET_FOREIGN);
}

static void short_secrets_give_no_hint(void **state)
{
	char hint[HINT_SIZE];

	(void)state;
	secret_hint(hint, "0123456789abcdef", 16);
	assert_string_equal(hint, "cdef");
	secret_hint(hint, "0123456789abcde", 15);
	assert_string_equal(hint, "");
}

static void secret_ids_are_twelve_crockford_characters(void **state)
{
	(void)state;
	assert_true(secret_id_valid("0123456789ab"));
	assert_false(secret_id_valid("0123456789a"));
	assert_false(secret_id_valid("0123456789abc"));
	assert_false(secret_id_valid("0123456789AB"));
	assert_false(secret_id_valid("0123456789al"));
	assert_false(secret_id_valid(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_generated_one_parses_back),
		cmocka_unit_test(no_two_are_alike),
		cmocka_unit_test(every_mistyped_character_is_noticed),
		cmocka_unit_test(widths_and_alphabets_are_strict),
		cmocka_unit_test(what_is_no_printable_text_is_unpresentable),
		cmocka_unit_test(short_secrets_give_no_hint),
		cmocka_unit_test(secret_ids_are_twelve_crockford_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
