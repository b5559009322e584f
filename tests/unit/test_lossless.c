/* JSON as it stands in the source: every rule of RFC 8259 that refuses, what is left of a text that
 * breaks off, names that occur twice, numbers to the last digit. */
#include "tests/lib/support.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/token/lossless.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

/* --- well-formed text ---------------------------------------------------------------------- */

static const struct lossless_value *read_well(struct lossless *l, const char *text)
{
	if (!lossless_read(l, text, strlen(text)))
		fail_msg("%s: %s at %zu", text, l->error, l->error_at);
	return l->values;
}

static void order_types_and_places_are_kept(void **state)
{
	static const char text[] = " {\"b\": [1.10 , true],\"a\":null, \"s\" : \"x\\ty\" } ";
	struct lossless l;
	const struct lossless_value *v, *root = read_well(&l, text);

	(void)state;
	assert_ptr_equal(lossless_object(&l), root);
	assert_int_equal(root->count, 3);
	assert_int_equal(root->begin, 1);
	assert_int_equal(root->end, strlen(text) - 1);
	assert_int_equal(root->name_end, 0);
	v = lossless_child(&l, root);
	assert_int_equal(v->type, LOSSLESS_ARRAY);
	assert_int_equal(v->count, 2);
	assert_true(lossless_named(&l, v, "b"));
	assert_memory_equal(text + v->begin, "[1.10 , true]", v->end - v->begin);
	assert_memory_equal(text + v->name_begin, "\"b\"", v->name_end - v->name_begin);
	v = lossless_child(&l, v);
	assert_int_equal(v->type, LOSSLESS_NUMBER);
	assert_int_equal(v->end - v->begin, 4);
	assert_int_equal(v->name_end, 0);
	v = lossless_next(&l, v);
	assert_int_equal(v->type, LOSSLESS_TRUE);
	assert_null(lossless_next(&l, v));
	assert_null(lossless_child(&l, v));
	v = lossless_find(&l, root, "s");
	assert_true(v->escaped);
	assert_true(lossless_equals(&l, v, "x\ty", 3));
	assert_null(lossless_find(&l, root, "t"));
	assert_null(lossless_find(&l, v, "s"));
	assert_null(lossless_find(&l, NULL, "s"));
	assert_ptr_equal(l.values, l.room);
	lossless_release(&l);
}

static void every_kind_of_value_may_stand_alone(void **state)
{
	static const struct {
		const char *text;
		enum lossless_type type;
	} rows[] = {
		{ "{}", LOSSLESS_OBJECT },	    { "[]", LOSSLESS_ARRAY },
		{ "\"\"", LOSSLESS_STRING },	    { "-0", LOSSLESS_NUMBER },
		{ "\t\r\n true\n", LOSSLESS_TRUE }, { "false", LOSSLESS_FALSE },
		{ "null ", LOSSLESS_NULL },
	};
	struct lossless l;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(read_well(&l, rows[i].text)->type, rows[i].type);
		assert_true(!!lossless_object(&l) == (rows[i].type == LOSSLESS_OBJECT));
		lossless_release(&l);
	}
}

static void many_values_move_to_the_heap_and_stay_readable(void **state)
{
	struct buf text = BUF_INIT(100000);
	const struct lossless_value *v;
	struct lossless l;
	int64_t n, count = 0;

	(void)state;
	buf_add_text(&text, "[0");
	for (int i = 1; i < 5000; i++)
		buf_addf(&text, ",%d", i);
	buf_add_text(&text, "]");
	v = read_well(&l, buf_text(&text));
	assert_int_equal(v->count, 5000);
	assert_int_equal(l.count, 5001);
	for (v = lossless_child(&l, v); v; v = lossless_next(&l, v)) {
		assert_true(lossless_integer(&l, v, &n));
		assert_int_equal(n, count++);
	}
	assert_int_equal(count, 5000);
	lossless_release(&l);
	lossless_release(&l);
	buf_release(&text);
}

/* The value that no longer fits into the room, whatever its type, is kept whole. */
static void the_first_value_on_the_heap_is_kept(void **state)
{
	static const char *const kinds[] = { "\"\\n\"", "1", "true", "{}", "[]", "null" };

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		for (int before = LOSSLESS_INLINE - 3; before <= 2 * LOSSLESS_INLINE; before++) {
			struct buf text = BUF_INIT(1000);
			const struct lossless_value *v;
			struct lossless l;

			buf_add_char(&text, '[');
			for (int k = 0; k < before; k++)
				buf_add_text(&text, "0,");
			buf_addf(&text, "%s]", kinds[i]);
			read_well(&l, buf_text(&text));
			v = &l.values[l.count - 1];
			assert_int_equal(l.values->count, before + 1);
			assert_int_equal(v->end - v->begin, strlen(kinds[i]));
			assert_int_equal(v->escaped, i == 0);
			lossless_release(&l);
			buf_release(&text);
		}
	}
}

static void texts_have_their_escapes_decoded(void **state)
{
	static const struct {
		const char *source, *text;
		size_t len;
	} rows[] = {
		{ "\"\"", "", 0 },
		{ "\"plain\"", "plain", 5 },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8 },
		{ "\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac", 6 },
		{ "\"\\ud83d\\uDE00!\"", "\xf0\x9f\x98\x80!", 5 },
		{ "\"gr\xc3\xbc\xc3\x9f\"", "gr\xc3\xbc\xc3\x9f", 6 },
		{ "\"\xf4\x8f\xbf\xbf\x7f\"", "\xf4\x8f\xbf\xbf\x7f", 5 },
		{ "\"a\\u0000b\"", "a\0b", 3 },
	};
	struct lossless l;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct lossless_value *v = read_well(&l, rows[i].source);
		struct buf out = BUF_INIT(100);
		char *copy = lossless_dup(&l, v);

		assert_true(lossless_equals(&l, v, rows[i].text, rows[i].len));
		assert_false(lossless_equals(&l, v, rows[i].text, rows[i].len + 1));
		assert_false(rows[i].len && lossless_equals(&l, v, rows[i].text, rows[i].len - 1));
		assert_true(lossless_string(&l, v, &out));
		assert_int_equal(out.len, rows[i].len);
		assert_memory_equal(buf_text(&out), rows[i].text, rows[i].len);
		if (memchr(rows[i].text, 0, rows[i].len))
			assert_null(copy);
		else
			assert_string_equal(copy, rows[i].text);
		free(copy);
		buf_release(&out);
		lossless_release(&l);
	}
}

static void what_is_no_string_has_no_text(void **state)
{
	struct buf out = BUF_INIT(100);
	struct lossless l;
	const struct lossless_value *v = read_well(&l, "1");

	(void)state;
	assert_false(lossless_equals(&l, v, "1", 1));
	assert_false(lossless_string(&l, v, &out));
	assert_null(lossless_dup(&l, v));
	assert_false(lossless_equals(&l, NULL, "", 0));
	assert_false(lossless_string(&l, NULL, &out));
	assert_null(lossless_dup(&l, NULL));
	lossless_name(&l, v, &out);
	assert_false(lossless_named(&l, v, ""));
	assert_int_equal(out.len, 0);
	lossless_release(&l);
}

static void names_have_their_escapes_decoded(void **state)
{
	struct buf out = BUF_INIT(100);
	struct lossless l;
	const struct lossless_value *v, *root = read_well(&l, "{\"\\u0061lg\":1,\"\":2}");

	(void)state;
	v = lossless_find(&l, root, "alg");
	assert_non_null(v);
	assert_true(v->name_escaped);
	lossless_name(&l, v, &out);
	assert_string_equal(buf_text(&out), "alg");
	assert_false(lossless_named(&l, v, "al"));
	assert_false(lossless_named(&l, v, "algo"));
	assert_non_null(lossless_find(&l, root, ""));
	lossless_release(&l);
	buf_release(&out);
}

/* --- malformed text ------------------------------------------------------------------------ */

struct fault {
	const char *text;
	size_t len; /* 0: strlen(text) */
	const char *error;
	size_t at, count; /* of values that can be read all the same */
};

static const struct fault faults[] = {
	{ "", 0, "there is nothing", 0, 0 },
	{ " \n", 0, "there is nothing", 2, 0 },
	{ "\xef\xbb\xbf{}", 0, "byte order mark", 0, 0 },
	{ "{} {}", 0, "behind the value", 3, 1 },
	{ "{}\0", 3, "behind the value", 2, 1 },
	{ "1 // one", 0, "behind the value", 2, 1 },
	{ "[1,2]]", 0, "behind the value", 5, 3 },
	{ "\f1", 0, "a value is missing", 0, 0 },
	{ "\xc2\xa0"
	  "1",
	  0, "a value is missing", 0, 0 },
	{ "[1,]", 0, "a value is missing", 3, 2 },
	{ "[,1]", 0, "a value is missing", 1, 1 },
	{ "[1 2]", 0, "a comma or ] is missing", 3, 2 },
	{ "[1}", 0, "a comma or ] is missing", 2, 2 },
	{ "[1", 0, "too soon", 2, 2 },
	{ "[", 0, "too soon", 1, 1 },
	{ "{", 0, "too soon", 1, 1 },
	{ "{\"a\"", 0, "too soon", 4, 1 },
	{ "{\"a\":", 0, "too soon", 5, 1 },
	{ "{\"a\":1", 0, "too soon", 6, 2 },
	{ "{\"a\":1,", 0, "too soon", 7, 2 },
	{ "{\"a\":1,}", 0, "a name in quotes", 7, 2 },
	{ "{a:1}", 0, "a name in quotes", 1, 1 },
	{ "{'a':1}", 0, "a name in quotes", 1, 1 },
	{ "{1:1}", 0, "a name in quotes", 1, 1 },
	{ "{\"a\" 1}", 0, "a colon", 5, 1 },
	{ "{\"a\"::1}", 0, "a value is missing", 5, 1 },
	{ "{\"a\":1 \"b\":2}", 0, "a comma or }", 7, 2 },
	{ "{\"a\":1]", 0, "a comma or }", 6, 2 },
	{ "nul", 0, "too soon", 3, 0 },
	{ "nulL", 0, "a word", 3, 0 },
	{ "True", 0, "a value is missing", 0, 0 },
	{ "tRue", 0, "a word", 1, 0 },
	{ "falsx", 0, "a word", 4, 0 },
	{ "truex", 0, "behind the value", 4, 1 },
	{ "NaN", 0, "a value is missing", 0, 0 },
	{ "-Infinity", 0, "a number", 1, 0 },
	{ "+1", 0, "a value is missing", 0, 0 },
	{ ".5", 0, "a value is missing", 0, 0 },
	{ "01", 0, "a number", 1, 0 },
	{ "-01", 0, "a number", 2, 0 },
	{ "[1.]", 0, "a number", 3, 1 },
	{ "[1.e1]", 0, "a number", 3, 1 },
	{ "[1e]", 0, "a number", 3, 1 },
	{ "[1e+]", 0, "a number", 4, 1 },
	{ "-", 0, "too soon", 1, 0 },
	{ "0x10", 0, "behind the value", 1, 1 },
	{ "\"abc", 0, "too soon", 4, 0 },
	{ "\"abc\\", 0, "too soon", 5, 0 },
	{ "\"abc\\\"", 0, "too soon", 6, 0 },
	{ "\"a\nb\"", 0, "a control character", 2, 0 },
	{ "\"a\0b\"", 5, "a control character", 2, 0 },
	{ "\"\x1f\"", 0, "a control character", 1, 0 },
	{ "\"\\x41\"", 0, "an escape", 1, 0 },
	{ "\"\\U0041\"", 0, "an escape", 1, 0 },
	{ "\"\\'\"", 0, "an escape", 1, 0 },
	{ "\"\\\n\"", 0, "an escape", 1, 0 },
	{ "\"\\u12G4\"", 0, "four hexadecimal", 5, 0 },
	{ "\"\\u123\"", 0, "four hexadecimal", 6, 0 },
	{ "\"\\u12", 0, "too soon", 5, 0 },
	{ "\"\\ud800\"", 0, "surrogate", 1, 0 },
	{ "\"\\udc00\"", 0, "surrogate", 1, 0 },
	{ "\"\\ud800x\"", 0, "surrogate", 1, 0 },
	{ "\"\\ud800\\n\"", 0, "surrogate", 1, 0 },
	{ "\"\\ud800\\ud800\"", 0, "surrogate", 1, 0 },
	{ "\"\\ud800\\u0041\"", 0, "surrogate", 1, 0 },
	{ "\"\\udc00\\ud800\"", 0, "surrogate", 1, 0 },
	{ "\"a\x80\"", 0, "not UTF-8", 2, 0 },
	{ "\"\xff\"", 0, "not UTF-8", 1, 0 },
	{ "\"\xc0\x80\"", 0, "not UTF-8", 1, 0 },	  /* not the shortest form */
	{ "\"\xe0\x80\xaf\"", 0, "not UTF-8", 1, 0 },	  /* likewise */
	{ "\"\xf0\x80\x80\xaf\"", 0, "not UTF-8", 1, 0 }, /* likewise */
	{ "\"\xed\xa0\x80\"", 0, "not UTF-8", 1, 0 },	  /* a surrogate */
	{ "\"\xf4\x90\x80\x80\"", 0, "not UTF-8", 1, 0 }, /* beyond U+10FFFF */
	{ "\"\xf5\x80\x80\x80\"", 0, "not UTF-8", 1, 0 },
	{ "\"\xe2\x82\"", 0, "not UTF-8", 1, 0 }, /* cut off */
	{ "\"\xe2\x82", 0, "not UTF-8", 1, 0 },
	{ "{\"\xff\":1}", 0, "not UTF-8", 2, 1 },
	{ "{\"\\ud800\":1}", 0, "surrogate", 2, 1 },
	{ "{\"a\":1,\"b\":[2,{\"c\":x}]}", 0, "a value is missing", 19, 5 },
};

static void malformed_text_is_refused_with_reason_and_place(void **state)
{
	struct lossless l;

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		const struct fault *f = &faults[i];

		assert_false(lossless_read(&l, f->text, f->len ? f->len : strlen(f->text)));
		if (!strstr(l.error, f->error) || l.error_at != f->at || l.count != f->count)
			fail_msg("%s: %s at %zu, %zu values", f->text, l.error, l.error_at,
				 l.count);
		assert_null(lossless_object(&l));
		lossless_release(&l);
	}
}

/* A byte less than there is may be anything but read. */
static void nothing_behind_the_end_is_read(void **state)
{
	static const char *const texts[] = {
		"{\"a\":[1.5e+3,\"\\ud83d\\ude00\\n\xf0\x9f\x98\x80\",true,false,null]}",
		"-12",
		"nul",
	};
	struct lossless l;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		for (size_t len = 0; len < strlen(texts[i]); len++) {
			char *exact = x_malloc(len);

			memcpy(exact, texts[i], len);
			lossless_read(&l, exact, len);
			for (size_t k = 0; k < l.count; k++)
				assert_true(l.values[k].end <= len);
			lossless_release(&l);
			free(exact);
		}
	}
}

static void what_stands_before_a_fault_can_be_read(void **state)
{
	struct lossless l;
	const struct lossless_value *v;
	int64_t n;

	(void)state;
	assert_false(lossless_read(&l, "{\"sub\":\"alice\",\"exp\":17,\"a\":[1,{\"b\":\"x", 38));
	assert_int_equal(l.error_at, 38);
	assert_null(lossless_object(&l));
	v = lossless_find(&l, l.values, "sub");
	assert_true(lossless_equals(&l, v, "alice", 5));
	assert_true(lossless_integer(&l, lossless_find(&l, l.values, "exp"), &n));
	assert_int_equal(n, 17);
	v = lossless_find(&l, l.values, "a");
	assert_int_equal(v->count, 2);
	assert_int_equal(v->end, 38);
	assert_int_equal(l.values->count, 3);
	lossless_release(&l);
}

static void nest(char *text, size_t depth)
{
	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	text[2 * depth] = '\0';
}

static void nesting_ends_at_64_levels(void **state)
{
	struct lossless l;
	char text[512];

	(void)state;
	nest(text, LOSSLESS_DEPTH);
	read_well(&l, text);
	lossless_release(&l);
	nest(text, LOSSLESS_DEPTH + 1);
	assert_false(lossless_read(&l, text, strlen(text)));
	assert_non_null(strstr(l.error, "deeper than 64"));
	assert_int_equal(l.error_at, 64);
	lossless_release(&l);
	read_well(&l, "[[[]],[[]],[[]]]");
	lossless_release(&l);
}

/* --- names that occur twice ---------------------------------------------------------------- */

static void a_name_that_occurs_twice_is_marked(void **state)
{
	static const struct {
		const char *text;
		bool twice;
	} rows[] = {
		{ "{\"a\":1,\"a\":1}", true },
		{ "{\"a\":1,\"b\":2,\"a\":3}", true },
		{ "{\"a\":1,\"\\u0061\":2}", true },
		{ "{\"\\u0061\":1,\"a\":2}", true },
		{ "{\"\\u0061b\":1,\"a\\u0062\":2}", true },
		{ "{\"\\u00e9\\n\":1,\"\xc3\xa9\\u000a\":2}", true },
		{ "{\"\\ud83d\\ude00\\t\":1,\"\xf0\x9f\x98\x80\\t\":2}", true },
		{ "{\"\":1,\"\":2}", true },
		{ "{\"x\":{\"a\":1,\"a\":2}}", true },
		{ "[{\"a\":1,\"a\":2}]", true },
		{ "{\"a\\u0000b\":1,\"a\\u0000b\":2}", true },
		{ "{\"a\":1,\"A\":2}", false },
		{ "{\"a\":1,\"ab\":2}", false },
		{ "{\"a\\u0000b\":1,\"a\\u0000c\":2,\"a\":3}", false },
		{ "{\"\\u0061b\":1,\"a\\u0063\":2}", false },
		{ "{\"a\\n\":1,\"a\\nb\":2,\"\\\\n\":3}", false },
		{ "{\"a\":{\"a\":{\"a\":1}}}", false },
		{ "[{\"a\":1},{\"a\":1}]", false },
		{ "[\"a\",\"a\"]", false },
		{ "{\"\xc3\xa9\":1,\"e\xcc\x81\":2}", false }, /* bytes count, not looks */
	};
	struct lossless l;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t marked = 0;

		read_well(&l, rows[i].text);
		for (size_t k = 0; k < l.count; k++)
			marked += l.values[k].duplicate;
		if (l.duplicates != rows[i].twice || marked != rows[i].twice)
			fail_msg("%s: %zu marked", rows[i].text, marked);
		lossless_release(&l);
	}
}

static void the_later_one_is_marked_and_the_first_is_found(void **state)
{
	struct lossless l;
	const struct lossless_value *v, *root = read_well(&l, "{\"a\":1,\"b\":2,\"\\u0061\":3}");
	int64_t n;

	(void)state;
	v = lossless_find(&l, root, "a");
	assert_false(v->duplicate);
	assert_true(lossless_integer(&l, v, &n));
	assert_int_equal(n, 1);
	assert_true(lossless_next(&l, lossless_next(&l, v))->duplicate);
	lossless_release(&l);
}

static void it_is_marked_in_an_object_that_breaks_off(void **state)
{
	struct lossless l;

	(void)state;
	assert_false(lossless_read(&l, "{\"alg\":1,\"alg\":2,", 17));
	assert_true(l.duplicates);
	lossless_release(&l);
}

/* Every tenth name is an earlier one, written with an escape. */
static void they_are_found_among_many(void **state)
{
	enum { MEMBERS = 100000 };
	struct buf text = BUF_INIT(4 * 1024 * 1024);
	size_t marked = 0;
	struct lossless l;

	(void)state;
	buf_add_text(&text, "{\"n0\":0");
	for (int i = 1; i < MEMBERS; i++) {
		if (i % 10)
			buf_addf(&text, ",\"n%d\":0", i);
		else
			buf_addf(&text, ",\"\\u006e%d\":0", i - 1);
	}
	buf_add_text(&text, "}");
	read_well(&l, buf_text(&text));
	assert_int_equal(l.values->count, MEMBERS);
	for (size_t i = 1; i < l.count; i++) {
		assert_int_equal(l.values[i].duplicate, (i - 1) % 10 == 0 && i > 1);
		marked += l.values[i].duplicate;
	}
	assert_int_equal(marked, MEMBERS / 10 - 1);
	lossless_release(&l);
	buf_release(&text);
}

static void every_count_of_members_is_compared(void **state)
{
	(void)state;
	for (int members = 2; members < 40; members++) {
		struct buf text = BUF_INIT(4096);
		struct lossless l;

		buf_add_text(&text, "{\"n0\":0");
		for (int i = 1; i < members; i++)
			buf_addf(&text, ",\"n%d\":0", i);
		buf_add_text(&text, "}");
		read_well(&l, buf_text(&text));
		assert_false(l.duplicates);
		lossless_release(&l);
		text.data[text.len - 1] = ',';
		buf_add_text(&text, "\"n0\":1}");
		read_well(&l, buf_text(&text));
		assert_true(l.duplicates);
		assert_true(l.values[members + 1].duplicate);
		lossless_release(&l);
		buf_release(&text);
	}
}

/* --- numbers ------------------------------------------------------------------------------- */

static void times_are_read_to_the_millisecond(void **state)
{
	static const struct {
		const char *text;
		bool well;
		int64_t ms;
	} rows[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "1781615212", true, INT64_C(1781615212000) },
		{ "1781615212.5", true, INT64_C(1781615212500) },
		{ "1781615212.9999", true, INT64_C(1781615212999) },
		{ "1.0009", true, 1000 },
		{ "-1.0009", true, -1001 },
		{ "-1.5", true, -1500 },
		{ "-0.0001", true, -1 },
		{ "0.0001", true, 0 },
		{ "1e3", true, 1000000 },
		{ "1E+3", true, 1000000 },
		{ "15e-1", true, 1500 },
		{ "0.015e2", true, 1500 },
		{ "100e-2", true, 1000 },
		{ "1e-400", true, 0 },
		{ "0e99999999999999999999", true, 0 },
		{ "0.000e-99999999999999999999", true, 0 },
		{ "9007199254740.992", true, INT64_C(1) << 53 },
		{ "-9007199254740.992", true, -(INT64_C(1) << 53) },
		{ "9007199254740.993", false, 0 },
		{ "-9007199254740.9921", false, 0 },
		{ "9007199254741", false, 0 },
		{ "1e400", false, 0 },
		{ "1e99999999999999999999", false, 0 },
		{ "18446744073709551617", false, 0 },
		{ "\"1\"", false, 0 },
		{ "true", false, 0 },
		{ "null", false, 0 },
		{ "[1]", false, 0 },
	};
	struct lossless l;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct lossless_value *v = read_well(&l, rows[i].text);
		int64_t ms = 0;

		assert_int_equal(lossless_seconds(&l, v, &ms), rows[i].well);
		if (rows[i].well && ms != rows[i].ms)
			fail_msg("%s: %lld", rows[i].text, (long long)ms);
		lossless_release(&l);
	}
	assert_false(lossless_seconds(&l, NULL, &(int64_t){ 0 }));
}

static void integers_are_read_when_they_fit(void **state)
{
	static const struct {
		const char *text;
		bool well;
		int64_t value;
	} rows[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "1200000", true, 1200000 },
		{ "-17", true, -17 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775809", false, 0 },
		{ "10000000000000000000", false, 0 },
		{ "18446744073709551617", false, 0 },
		{ "1.0", false, 0 },
		{ "1e2", false, 0 },
		{ "\"1\"", false, 0 },
	};
	struct lossless l;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct lossless_value *v = read_well(&l, rows[i].text);
		int64_t value = 0;

		assert_int_equal(lossless_integer(&l, v, &value), rows[i].well);
		assert_int_equal(value, rows[i].value);
		lossless_release(&l);
	}
}

static void numbers_that_javascript_changes_are_told(void **state)
{
	static const struct {
		const char *text;
		bool big;
	} rows[] = {
		{ "0", false },
		{ "0.0", false },
		{ "-0", false },
		{ "9007199254740992", false },
		{ "-9007199254740992", false },
		{ "9007199254740993", true },
		{ "-9007199254740993", true },
		{ "9007199254740994", true },
		{ "10000000000000000", true },
		{ "123456789012345678901234567890", true },
		{ "1.10", false },
		{ "0.1", false },
		{ "1.5e300", false },
		{ "1e23", false },
		{ "1e400", true },
		{ "-1e400", true },
		{ "1e-400", true },
		{ "0e400", false },
		{ "5e-324", false },
		{ "3e-324", true },
		{ "1.7976931348623157e308", false },
		{ "1.7976931348623159e308", true },
		{ "3.141592653589793", false },
		{ "3.14159265358979312", true },
		{ "3.141592653589793238", true },
		{ "1781615212.123456", false },
		{ "1781615212.12345678", true },
		{ "true", false },
		{ "\"9007199254740993\"", false },
	};
	struct lossless l;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (lossless_big(&l, read_well(&l, rows[i].text)) != rows[i].big)
			fail_msg("%s", rows[i].text);
		lossless_release(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_types_and_places_are_kept),
		cmocka_unit_test(every_kind_of_value_may_stand_alone),
		cmocka_unit_test(many_values_move_to_the_heap_and_stay_readable),
		cmocka_unit_test(the_first_value_on_the_heap_is_kept),
		cmocka_unit_test(texts_have_their_escapes_decoded),
		cmocka_unit_test(what_is_no_string_has_no_text),
		cmocka_unit_test(names_have_their_escapes_decoded),
		cmocka_unit_test(malformed_text_is_refused_with_reason_and_place),
		cmocka_unit_test(nothing_behind_the_end_is_read),
		cmocka_unit_test(what_stands_before_a_fault_can_be_read),
		cmocka_unit_test(nesting_ends_at_64_levels),
		cmocka_unit_test(a_name_that_occurs_twice_is_marked),
		cmocka_unit_test(the_later_one_is_marked_and_the_first_is_found),
		cmocka_unit_test(it_is_marked_in_an_object_that_breaks_off),
		cmocka_unit_test(they_are_found_among_many),
		cmocka_unit_test(every_count_of_members_is_compared),
		cmocka_unit_test(times_are_read_to_the_millisecond),
		cmocka_unit_test(integers_are_read_when_they_fit),
		cmocka_unit_test(numbers_that_javascript_changes_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
