/* JSON: built, read, written for a terminal and canonically, parsed strictly. */
#include "tests/lib/support.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "src/base/json.h"

static const char *written(struct buf *b, const struct json *v)
{
	buf_clear(b);
	assert_true(json_write(b, v));
	return buf_text(b);
}

static const char *canonical(struct buf *b, const struct json *v)
{
	buf_clear(b);
	assert_true(json_write_canonical(b, v));
	return buf_text(b);
}

static struct json *parsed(const char *text)
{
	struct err e = ERR_INIT;
	struct json *v;

	assert_well(json_parse(&v, text, strlen(text), &e), &e);
	return v;
}

static void members_keep_their_order(void **state)
{
	struct json *v = json_object_new(), *list = json_array_new();
	struct buf b = BUF_INIT(1000);

	(void)state;
	json_set_text(v, "z", "text");
	json_set_int(v, "a", INT64_MIN);
	json_set_bool(v, "m", true);
	json_set_text(v, "n", NULL);
	json_set_time(v, "t", INT64_C(1781615212000));
	json_set_time(v, "never", TIME_NONE);
	json_add(list, json_int(1));
	json_add(list, json_null_new());
	json_set(v, "list", list);
	assert_string_equal(written(&b, v),
			    "{\"z\":\"text\",\"a\":-9223372036854775808,\"m\":true,\"n\":null,"
			    "\"t\":\"2026-06-16T13:06:52Z\",\"never\":null,\"list\":[1,null]}");
	json_free(v);
	buf_release(&b);
}

static void the_canonical_form_sorts_names_at_every_level(void **state)
{
	struct json *v = parsed("{\"b\":{\"d\":1,\"c\":[{\"y\":1,\"x\":2}]},\"a\":null,\"B\":0}");
	struct buf b = BUF_INIT(1000);

	(void)state;
	assert_string_equal(canonical(&b, v),
			    "{\"B\":0,\"a\":null,\"b\":{\"c\":[{\"x\":2,\"y\":1}],\"d\":1}}");
	json_free(v);
	buf_release(&b);
}

static void what_a_terminal_could_act_on_is_escaped(void **state)
{
	static const char *const cases[][2] = {
		{ "\x1b[0m", "\"\\u001b[0m\"" },
		{ "\x7f", "\"\\u007f\"" },
		{ "\xc2\x9b", "\"\\u009b\"" },
		{ "\xe2\x80\xa8\xe2\x80\xa9", "\"\\u2028\\u2029\"" },
		{ "\xe2\x80\xae", "\"\\u202e\"" },
		{ "\xef\xbb\xbf", "\"\\ufeff\"" },
		{ "\xf3\xa0\x80\x81", "\"\\udb40\\udc01\"" },
		{ "\b\t\n\f\r\"\\/", "\"\\b\\t\\n\\f\\r\\\"\\\\/\"" },
		{ "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80",
		  "\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80\"" },
	};
	struct buf b = BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct json *v = json_text(cases[i][0]), *again;

		assert_string_equal(written(&b, v), cases[i][1]);
		again = parsed(buf_text(&b));
		assert_string_equal(json_as_text(again), cases[i][0]);
		json_free(again);
		json_free(v);
	}
	buf_release(&b);
}

static void names_are_escaped_as_well(void **state)
{
	struct json *v = json_object_new();
	struct buf b = BUF_INIT(1000);

	(void)state;
	json_set_int(v, "\x1b\xe2\x80\xae", 1);
	assert_string_equal(written(&b, v), "{\"\\u001b\\u202e\":1}");
	json_free(v);
	buf_release(&b);
}

static void the_canonical_form_escapes_only_what_it_must(void **state)
{
	struct json *v = json_text("\x1f\xe2\x80\xae\x7f\"");
	struct buf b = BUF_INIT(1000);

	(void)state;
	assert_string_equal(canonical(&b, v), "\"\\u001f\xe2\x80\xae\x7f\\\"\"");
	json_free(v);
	buf_release(&b);
}

static void invalid_bytes_become_the_replacement_character(void **state)
{
	struct json *v = json_object_new();
	struct buf b = BUF_INIT(1000);

	(void)state;
	json_set_text(v, "a\xff", "\xc3(\xed\xa0\x80");
	assert_string_equal(written(&b, v), "{\"a\xef\xbf\xbd\":\"\xef\xbf\xbd(\xef\xbf\xbd\xef"
					    "\xbf\xbd\xef\xbf\xbd\"}");
	json_free(v);
	buf_release(&b);
}

static void reads_of_what_is_not_there_are_neutral(void **state)
{
	struct json *v = parsed("{\"t\":\"x\",\"i\":7,\"b\":true,\"l\":[1]}");

	(void)state;
	assert_string_equal(json_get_text(v, "t"), "x");
	assert_null(json_get_text(v, "i"));
	assert_null(json_get_text(v, "none"));
	assert_int_equal(json_get_int(v, "i", -1), 7);
	assert_int_equal(json_get_int(v, "t", -1), -1);
	assert_true(json_get_bool(v, "b"));
	assert_false(json_get_bool(v, "i"));
	assert_null(json_get(v, "none"));
	assert_null(json_at(json_get(v, "l"), 1));
	assert_int_equal(json_count(v), 4);
	assert_int_equal(json_count(json_get(v, "l")), 1);
	assert_int_equal(json_count(NULL), 0);
	assert_int_equal(json_type_of(NULL), JSON_NULL_TYPE);
	json_free(v);
	json_free(NULL);
}

static void members_can_be_walked_and_removed(void **state)
{
	struct json *v = parsed("{\"a\":1,\"b\":2,\"c\":3}");
	int64_t sum = 0;
	char names[8] = "";
	size_t n = 0;

	(void)state;
	json_remove(v, "b");
	for (const void *it = json_first(v); it; it = json_next(v, it)) {
		names[n++] = json_name(it)[0];
		sum += json_as_int(json_value(it));
	}
	assert_string_equal(names, "ac");
	assert_int_equal(sum, 4);
	json_free(v);
}

static void every_type_is_told_apart(void **state)
{
	struct json *v = parsed("[{},[],\"\",1,1.5,true,false,null]");
	static const enum json_type types[] = { JSON_OBJECT_TYPE, JSON_ARRAY_TYPE, JSON_TEXT_TYPE,
						JSON_INT_TYPE,	  JSON_REAL_TYPE,  JSON_BOOL_TYPE,
						JSON_BOOL_TYPE,	  JSON_NULL_TYPE };
	struct buf b = BUF_INIT(100);

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		assert_int_equal(json_type_of(json_at(v, i)), types[i]);
	assert_string_equal(written(&b, v), "[{},[],\"\",1,1.5,true,false,null]");
	json_free(v);
	buf_release(&b);
}

static void a_number_is_written_as_it_stands(void **state)
{
	static const char *const lexemes[] = {
		"0",
		"-0",
		"1.10",
		"1e400",
		"1E+2",
		"-1.000e-0005",
		"9223372036854775807",
		"9223372036854775808",
		"-9223372036854775808",
		"123456789012345678901234567890123456789012345678901234567890.0000000000000000000",
	};
	struct buf b = BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < sizeof(lexemes) / sizeof(*lexemes); i++) {
		struct json *v = json_number_new(lexemes[i], strlen(lexemes[i]));

		assert_non_null(v);
		assert_string_equal(written(&b, v), lexemes[i]);
		assert_string_equal(canonical(&b, v), lexemes[i]);
		json_free(v);
	}
	buf_release(&b);
}

static void what_is_no_number_is_not_made_one(void **state)
{
	static const char *const refused[] = {
		"",	"-",	"+1",	 "01",	  "-01", "1.",	  ".5",	  "1e",	 "1e+",
		"1.e5", "0x1",	"1 ",	 " 1",	  "1,2", "NaN",	  "1e5 ", "1_0", "1\n",
		"Inf",	"true", "1e5e5", "1.2.3", "--1", "\"1\"", "٣",	  "1-",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		assert_null(json_number_new(refused[i], strlen(refused[i])));
	assert_null(json_number_new("1\0002", 3));
}

static void a_number_reads_as_one(void **state)
{
	struct json *v = json_object_new(), *list = json_array_new();
	struct buf b = BUF_INIT(1000);

	(void)state;
	json_set(v, "small", json_number_new("12", 2));
	json_set(v, "big", json_number_new("1e400", 5));
	json_add(list, json_number_new("-0.50", 5));
	json_set(v, "list", list);
	assert_int_equal(json_type_of(json_get(v, "small")), JSON_INT_TYPE);
	assert_int_equal(json_get_int(v, "small", 7), 12);
	assert_int_equal(json_type_of(json_get(v, "big")), JSON_REAL_TYPE);
	assert_null(json_get_text(v, "big"));
	assert_int_equal(json_get_int(v, "big", 7), 7);
	assert_int_equal(json_as_int(json_get(v, "big")), 0);
	assert_false(json_get_bool(v, "big"));
	assert_int_equal(json_count(json_get(v, "big")), 0);
	assert_null(json_first(json_get(v, "big")));
	assert_string_equal(written(&b, v), "{\"small\":12,\"big\":1e400,\"list\":[-0.50]}");
	json_free(v);
	buf_release(&b);
}

/* The mark that makes a text a number is a byte that no text from outside keeps. */
static void no_text_passes_for_a_number(void **state)
{
	struct buf b = BUF_INIT(1000);
	struct err e = ERR_INIT;
	struct json *v;

	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		char text[] = { (char)byte, '1', '\0' };
		char source[] = { '"', (char)byte, '1', '"' };

		v = json_text(text);
		assert_int_equal(json_type_of(v), JSON_TEXT_TYPE);
		assert_non_null(json_as_text(v));
		assert_int_equal(written(&b, v)[0], '"');
		json_free(v);
		if (json_parse(&v, source, sizeof(source), &e) != ERR_OK)
			continue;
		assert_int_equal(json_type_of(v), JSON_TEXT_TYPE);
		json_free(v);
	}
	buf_release(&b);
}

/* Seen from outside, since freed memory may not be read. */
static void what_is_freed_is_wiped(void **state)
{
	struct json *v = json_text(
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.signature of the token");
	off_t at = (off_t)(uintptr_t)(json_as_text(v) + 32);
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char seen[16] = "";

	(void)state;
	if (memory < 0 || pread(memory, seen, sizeof(seen), at) != sizeof(seen))
		SKIP_TEST("memory can't be read here");
	assert_memory_equal(seen, json_as_text(v) + 32, sizeof(seen));
	json_free(v);
	assert_int_equal(pread(memory, seen, sizeof(seen), at), sizeof(seen));
	for (size_t i = 0; i < sizeof(seen); i++)
		assert_int_equal(seen[i], 0);
	close(memory);
}

static void a_kept_value_outlives_its_owner(void **state)
{
	struct json *v = json_array_new(), *text = json_text("kept");

	(void)state;
	json_add(v, json_keep(text));
	json_free(v);
	assert_string_equal(json_as_text(text), "kept");
	json_free(text);
}

static void writing_into_a_small_buffer_is_told(void **state)
{
	struct json *v = json_text("longer than that");
	struct buf b = BUF_INIT(8);

	(void)state;
	assert_false(json_write(&b, v));
	json_free(v);
	buf_release(&b);
}

static void loose_json_is_refused(void **state)
{
	static const char *const refused[] = {
		"",
		" ",
		"{\"a\":1,\"a\":2}",		   /* duplicate name */
		"{\"a\":{\"b\":1,\"\\u0062\":2}}", /* the same, by escape */
		"{} {}",			   /* trailing bytes */
		"[1,]",
		"{\"a\":1,}",
		"{a:1}",
		"{'a':1}",
		"[01]",
		"[+1]",
		"[.5]",
		"[NaN]",
		"[Infinity]",
		"[1e999]",
		"[9223372036854775808]",
		"[\"\\u0000\"]", /* NUL */
		"[\"\\ud800\"]", /* lone surrogate */
		"[\"\xff\"]",	 /* invalid UTF-8 */
		"[\"\xc0\x80\"]",
		"[\"\n\"]", /* raw control character */
		"[\"abc]",
		"[1] // comment",
		"[",
		"]",
		"tru",
		"\xef\xbb\xbf{}",
	};
	struct json *v;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct err e = ERR_INIT;

		assert_refused(json_parse(&v, refused[i], strlen(refused[i]), &e), ERR_USAGE, &e,
			       "invalid JSON in line 1");
		assert_null(v);
	}
}

static void raw_nul_bytes_are_refused(void **state)
{
	struct err e = ERR_INIT;
	struct json *v;

	(void)state;
	assert_refused(json_parse(&v, "[1]\0", 4, &e), ERR_USAGE, &e, "offset 3");
	assert_refused(json_parse(&v, "123\0", 4, &e), ERR_USAGE, &e, "invalid JSON");
	assert_refused(json_parse(&v, "[\"a\0b\"]", 7, &e), ERR_USAGE, &e, "invalid JSON");
}

static void nest(char *text, size_t depth)
{
	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	text[2 * depth] = '\0';
}

static void nesting_ends_at_64_levels(void **state)
{
	struct err e = ERR_INIT;
	char text[512];
	struct json *v;

	(void)state;
	nest(text, 64);
	assert_well(json_parse(&v, text, strlen(text), &e), &e);
	json_free(v);
	nest(text, 65);
	assert_refused(json_parse(&v, text, strlen(text), &e), ERR_USAGE, &e, "deeper than 64");
}

static void brackets_in_strings_are_no_nesting(void **state)
{
	struct buf text = BUF_INIT(4096);
	struct json *v;

	(void)state;
	buf_add_text(&text, "[\"\\\"\\\\");
	for (int i = 0; i < 200; i++)
		buf_add_char(&text, '[');
	buf_add_text(&text, "\"]");
	v = parsed(buf_text(&text));
	assert_int_equal(strlen(json_as_text(json_at(v, 0))), 202);
	json_free(v);
	buf_release(&text);
}

static void a_text_over_1_mib_is_refused(void **state)
{
	enum { SIZE = 1024 * 1024 };
	struct buf text = BUF_INIT(SIZE + 1);
	struct err e = ERR_INIT;
	struct json *v;

	(void)state;
	buf_add_char(&text, '1');
	while (text.len < SIZE)
		buf_add_char(&text, ' ');
	assert_well(json_parse(&v, text.data, text.len, &e), &e);
	json_free(v);
	buf_add_char(&text, ' ');
	assert_refused(json_parse(&v, text.data, text.len, &e), ERR_USAGE, &e, "longer than");
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_keep_their_order),
		cmocka_unit_test(the_canonical_form_sorts_names_at_every_level),
		cmocka_unit_test(what_a_terminal_could_act_on_is_escaped),
		cmocka_unit_test(names_are_escaped_as_well),
		cmocka_unit_test(the_canonical_form_escapes_only_what_it_must),
		cmocka_unit_test(invalid_bytes_become_the_replacement_character),
		cmocka_unit_test(reads_of_what_is_not_there_are_neutral),
		cmocka_unit_test(members_can_be_walked_and_removed),
		cmocka_unit_test(every_type_is_told_apart),
		cmocka_unit_test(a_number_is_written_as_it_stands),
		cmocka_unit_test(what_is_no_number_is_not_made_one),
		cmocka_unit_test(a_number_reads_as_one),
		cmocka_unit_test(no_text_passes_for_a_number),
		cmocka_unit_test(what_is_freed_is_wiped),
		cmocka_unit_test(a_kept_value_outlives_its_owner),
		cmocka_unit_test(writing_into_a_small_buffer_is_told),
		cmocka_unit_test(loose_json_is_refused),
		cmocka_unit_test(raw_nul_bytes_are_refused),
		cmocka_unit_test(nesting_ends_at_64_levels),
		cmocka_unit_test(brackets_in_strings_are_no_nesting),
		cmocka_unit_test(a_text_over_1_mib_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
