/* Texts made fit for header fields and JSON: whatever goes in, no line end, no quote and no second field comes
 * out. */
#include <stdlib.h>
#include <string.h>

#include "src/base/json.h"
#include "src/serve/field.h"
#include "src/serve/reply.h"
#include "tests/lib/support.h"

enum { OUT_MAX = 65536, ROUNDS = 20000 };

static void field_is(const char *expected, const char *text)
{
	struct buf out = BUF_INIT(OUT_MAX);

	field_add_text(&out, text);
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
}

static void a_field_keeps_printable_ascii_and_escapes_the_rest(void **state)
{
	(void)state;
	field_is("", "");
	field_is("plain: \"text\", a=b; {c}", "plain: \"text\", a=b; {c}");
	field_is("100%25", "100%");
	field_is("a%0D%0AX-Auth-Tier: root", "a\r\nX-Auth-Tier: root");
	field_is("gr%C3%B6%C3%9Fe", "größe");
	field_is("%1B[2J%7F%FF", "\x1b[2J\x7f\xff");
	field_is("%20a b%20", " a b ");
	field_is("%20%20", "  ");
	field_is("%20", " ");
	field_is("a%20%20", "a  ");
}

static void random_text(char *out, size_t size)
{
	static const char rare[] = "\r\n\t %\"\\\x1b\x7f";
	size_t len = (size_t)rand() % size;

	for (size_t i = 0; i < len; i++) {
		out[i] = (char)(rand() % 3 ? 1 + rand() % 255 : rare[rand() % (sizeof(rare) - 1)]);
		if (!out[i])
			out[i] = 'x';
	}
	out[len] = '\0';
}

static int digit(char c)
{
	return c <= '9' ? c - '0' : c - 'A' + 10;
}

/* What a reader makes of it: %XX back to bytes. */
static void percent_decode(char *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '%') {
			*out++ = (char)(digit(text[1]) << 4 | digit(text[2]));
			text += 2;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
}

static void any_text_comes_back_from_a_field(void **state)
{
	char text[200], back[800];

	(void)state;
	srand(1);
	for (int round = 0; round < ROUNDS; round++) {
		struct buf out = BUF_INIT(OUT_MAX);

		random_text(text, sizeof(text));
		field_add_text(&out, text);
		for (size_t i = 0; i < out.len; i++)
			assert_in_range((unsigned char)out.data[i], 0x20, 0x7E);
		assert_true(!out.len || (out.data[0] != ' ' && out.data[out.len - 1] != ' '));
		percent_decode(back, buf_text(&out));
		assert_string_equal(back, text);
		buf_release(&out);
	}
}

static void a_json_string_is_the_one_that_went_in(void **state)
{
	static const char *const texts[] = {
		"",
		"plain",
		"\"quoted\\\"",
		"a\r\n\tb\x01\x1f",
		"größe 中 \xf0\x9f\x98\x80",
		"\xc2\x85\xe2\x80\xae",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buf out = BUF_INIT(OUT_MAX);
		struct json *v = NULL;

		buf_add_char(&out, '[');
		field_add_json_string(&out, texts[i]);
		buf_add_char(&out, ']');
		assert_int_equal(json_parse(&v, buf_text(&out), out.len, NULL), 0);
		assert_string_equal(json_as_text(json_at(v, 0)), texts[i]);
		json_free(v);
		buf_release(&out);
	}
}

static void json_in_a_field_is_ascii_and_the_same(void **state)
{
	static const char source[] = "{\"a\":\"größe\",\"b\":\"\xf0\x9f\x98\x80\\n\x7f\"}";
	struct buf out = BUF_INIT(OUT_MAX);
	struct json *v = NULL;

	(void)state;
	field_add_json_ascii(&out, "");
	assert_string_equal(buf_text(&out), "{}");
	buf_clear(&out);
	field_add_json_ascii(&out, source);
	for (size_t i = 0; i < out.len; i++)
		assert_in_range((unsigned char)out.data[i], 0x20, 0x7E);
	assert_int_equal(json_parse(&v, buf_text(&out), out.len, NULL), 0);
	assert_string_equal(json_get_text(v, "a"), "größe");
	assert_string_equal(json_get_text(v, "b"), "\xf0\x9f\x98\x80\n\x7f");
	json_free(v);
	buf_release(&out);
}

/* A value cut short would say something else: it is left out whole, and what follows is not harmed. */
static void a_value_that_does_not_fit_is_left_out(void **state)
{
	char *large = malloc(REPLY_VALUES_MAX + 1);
	struct reply r;

	(void)state;
	memset(large, 'x', REPLY_VALUES_MAX);
	large[REPLY_VALUES_MAX] = '\0';
	reply_init(&r);
	reply_clear(&r, 200);
	reply_field(&r, "A", "1");
	reply_field(&r, "B", large);
	reply_field(&r, "C", "3");
	assert_int_equal(r.count, 2);
	assert_string_equal(r.fields[1].name, "C");
	assert_string_equal(reply_value(&r, 1), "3");
	reply_release(&r);
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_keeps_printable_ascii_and_escapes_the_rest),
		cmocka_unit_test(any_text_comes_back_from_a_field),
		cmocka_unit_test(a_json_string_is_the_one_that_went_in),
		cmocka_unit_test(json_in_a_field_is_ascii_and_the_same),
		cmocka_unit_test(a_value_that_does_not_fit_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
