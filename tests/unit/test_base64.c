/* Base64: RFC 4648's own examples, the strict form and everything it refuses, the lenient form and
 * the fault it tells for each. */
#include "tests/lib/support.h"

#include <string.h>

#include "src/base/base64.h"
#include "src/base/random.h"

/* RFC 4648 §10: the beginnings of "foobar", padding taken off (§5 with §3.2). */
static const char *const foobar[] = { "", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy" };

static void encoding_follows_rfc_4648(void **state)
{
	char text[16];

	(void)state;
	for (size_t len = 0; len <= 6; len++) {
		base64url_encode(text, "foobar", len);
		assert_string_equal(text, foobar[len]);
		assert_int_equal(base64url_size(len), strlen(text) + 1);
	}
}

/* RFC 4648 §10. */
static void test_plain_base64(void **state)
{
	static const char *const texts[] = { "",	 "Zg==",     "Zm8=",	"Zm9v",
					     "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	char text[16];

	(void)state;
	for (size_t len = 0; len < sizeof(texts) / sizeof(*texts); len++) {
		base64_encode(text, "foobar", len);
		assert_string_equal(text, texts[len]);
		assert_int_equal(base64_size(len), strlen(text) + 1);
	}
	base64_encode(text, "\xfb\xff\xbf", 3);
	assert_string_equal(text, "+/+/");
}

static void the_digits_are_those_that_a_url_can_carry(void **state)
{
	char text[16];

	(void)state;
	base64url_encode(text, "\xfb\xff\xbf", 3);
	assert_string_equal(text, "-_-_");
}

static void decoding_follows_rfc_4648(void **state)
{
	unsigned char out[16];
	size_t size;

	(void)state;
	for (size_t len = 0; len <= 6; len++) {
		assert_true(base64url_decode(out, &size, foobar[len], strlen(foobar[len])));
		assert_int_equal(size, len);
		assert_memory_equal(out, "foobar", len);
		assert_int_equal(base64_room(strlen(foobar[len])), len);
	}
}

static void every_length_comes_back(void **state)
{
	unsigned char data[70], out[70];
	struct base64_faults f;
	char text[100];
	size_t size;

	(void)state;
	random_public(data, sizeof(data));
	for (size_t len = 0; len <= sizeof(data); len++) {
		base64url_encode(text, data, len);
		assert_true(base64url_decode(out, &size, text, strlen(text)));
		assert_int_equal(size, len);
		assert_memory_equal(out, data, len);
		assert_int_equal(base64_decode(out, text, strlen(text), &f), len);
		assert_int_equal(f.faults, 0);
		assert_memory_equal(out, data, len);
	}
}

struct loose {
	const char *text;
	size_t len; /* 0: strlen(text) */
	const char *decoded;
	unsigned faults;
	size_t at;
};

/* Each of these is read leniently with its faults told, and refused by the strict form. */
static const struct loose loose[] = {
	{ "Zg==", 0, "f", BASE64_PADDING, 2 },
	{ "Zm8=", 0, "fo", BASE64_PADDING, 3 },
	{ "Zm9v=", 0, "foo", BASE64_PADDING | BASE64_LENGTH, 4 },
	{ "Zm9v====", 0, "foo", BASE64_PADDING | BASE64_LENGTH, 4 },
	{ "Zg=", 0, "f", BASE64_PADDING | BASE64_LENGTH, 2 },
	{ "=", 0, "", BASE64_PADDING | BASE64_LENGTH, 0 },
	{ "Zg==Zg==", 0, "f", BASE64_PADDING | BASE64_FOREIGN, 2 },
	{ "Zm 9v", 0, "foo", BASE64_SPACE, 2 },
	{ "Zm9v\n", 0, "foo", BASE64_SPACE, 4 },
	{ "\tZm9v", 0, "foo", BASE64_SPACE, 0 },
	{ "Zm9v\r\nYmFy", 0, "foobar", BASE64_SPACE, 4 },
	{ "Zm8 =", 0, "fo", BASE64_SPACE | BASE64_PADDING, 3 },
	{ "+_-/", 0, "\xfb\xff\xbf", BASE64_ALPHABET, 0 },
	{ "Zm9/", 0, "fo\x7f", BASE64_ALPHABET, 3 },
	{ "Zh", 0, "f", BASE64_STRAY, 1 },
	{ "Zm9", 0, "fo", BASE64_STRAY, 2 },
	{ "ZmE9Zh==", 0, "fa=f", BASE64_STRAY | BASE64_PADDING, 5 },
	{ "Z", 0, "", BASE64_LENGTH, 0 },
	{ "Zm9vY", 0, "foo", BASE64_LENGTH, 4 },
	{ "Zm9v.Zm9v", 0, "foo", BASE64_FOREIGN, 4 },
	{ "Zm9v\0Zm9v", 9, "foo", BASE64_FOREIGN, 4 },
	{ "Zm\xc3\xa9v", 0, "f", BASE64_FOREIGN | BASE64_STRAY, 1 },
	{ "Z*9v", 0, "", BASE64_FOREIGN | BASE64_LENGTH, 0 },
	{ "Zm9*", 0, "fo", BASE64_FOREIGN | BASE64_STRAY, 2 },
};

static size_t length_of(const struct loose *row)
{
	return row->len ? row->len : strlen(row->text);
}

static void loose_text_is_read_and_its_faults_are_told(void **state)
{
	unsigned char out[32];
	struct base64_faults f;

	(void)state;
	for (size_t i = 0; i < sizeof(loose) / sizeof(*loose); i++) {
		const struct loose *row = &loose[i];
		size_t size = base64_decode(out, row->text, length_of(row), &f);

		assert_true(size <= base64_room(length_of(row)));
		assert_int_equal(size, strlen(row->decoded));
		assert_memory_equal(out, row->decoded, size);
		assert_int_equal(f.faults, row->faults);
		assert_int_equal(f.at, row->at);
	}
}

static void loose_text_is_refused_where_it_decides(void **state)
{
	unsigned char out[32];

	(void)state;
	for (size_t i = 0; i < sizeof(loose) / sizeof(*loose); i++) {
		size_t size = 99;

		assert_false(base64url_decode(out, &size, loose[i].text, length_of(&loose[i])));
		assert_int_equal(size, 0);
	}
}

/* At every place of a group of four, whichever of the 256 bytes stands there. */
static void only_the_64_digits_are_accepted(void **state)
{
	static const char all[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	(void)state;
	for (size_t at = 0; at < 4; at++) {
		for (int byte = 0; byte < 256; byte++) {
			char text[] = "AAAAAAAA";
			unsigned char out[8];
			size_t size;
			bool digit = byte && strchr(all, byte);

			text[at] = (char)byte;
			assert_int_equal(base64url_decode(out, &size, text, 8), digit);
			assert_int_equal(base64url_decode(out, &size, text, 4), digit);
		}
	}
}

/* Strict means one text for one value: what is accepted is what encoding would give. */
static void one_value_has_one_text(void **state)
{
	static const char all[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t accepted = 0;

	(void)state;
	for (size_t a = 0; a < 64; a++) {
		for (size_t b = 0; b < 64; b++) {
			char text[3] = { all[a], all[b], '\0' }, again[3];
			unsigned char out[2];
			size_t size;

			if (!base64url_decode(out, &size, text, 2))
				continue;
			base64url_encode(again, out, size);
			assert_string_equal(again, text);
			accepted++;
		}
	}
	assert_int_equal(accepted, 256);
}

static void text_may_be_decoded_where_it_stands(void **state)
{
	char text[] = "Zm9v\nYmFy";
	struct base64_faults f;
	size_t size = base64_decode((unsigned char *)text, text, strlen(text), &f);

	(void)state;
	assert_int_equal(size, 6);
	assert_memory_equal(text, "foobar", 6);
	assert_int_equal(f.faults, BASE64_SPACE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_base64),
		cmocka_unit_test(encoding_follows_rfc_4648),
		cmocka_unit_test(the_digits_are_those_that_a_url_can_carry),
		cmocka_unit_test(decoding_follows_rfc_4648),
		cmocka_unit_test(every_length_comes_back),
		cmocka_unit_test(loose_text_is_read_and_its_faults_are_told),
		cmocka_unit_test(loose_text_is_refused_where_it_decides),
		cmocka_unit_test(only_the_64_digits_are_accepted),
		cmocka_unit_test(one_value_has_one_text),
		cmocka_unit_test(text_may_be_decoded_where_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
