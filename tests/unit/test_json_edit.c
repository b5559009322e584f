/* Edits of JSON text: what is not edited stays byte by byte. */
#include "tests/lib/support.h"

#include "src/app/json_edit.h"

enum { ROOM = 4096 };

struct editing {
	struct json_edits edits;
	struct buf out;
};

static int editing_setup(void **state)
{
	struct editing *x = test_calloc(1, sizeof(*x));

	buf_init(&x->out, ROOM);
	*state = x;
	return 0;
}

static int editing_teardown(void **state)
{
	struct editing *x = *state;

	json_edits_release(&x->edits);
	buf_release(&x->out);
	test_free(x);
	return 0;
}

static const char *edited(struct editing *x, const char *text)
{
	buf_clear(&x->out);
	assert_true(json_edit(&x->out, text, strlen(text), &x->edits));
	return buf_text(&x->out);
}

static void without_edits_members_stay_as_they_stand(void **state)
{
	struct editing *x = *state;

	assert_string_equal(edited(x, "{\"a\":1.10,\"b\\u0041\":\"\\u0041\",\"a\":[1, 2]}"),
			    "{\"a\":1.10,\"b\\u0041\":\"\\u0041\",\"a\":[1, 2]}");
	assert_string_equal(edited(x, ""), "{}");
	assert_string_equal(edited(x, " { } "), "{}");
}

static void a_member_is_replaced_where_it_stands_and_added_at_the_end(void **state)
{
	struct editing *x = *state;

	json_edit_text(&x->edits, "b", "new");
	json_edit_int(&x->edits, "d", 7);
	assert_string_equal(edited(x, "{\"a\":1,\"b\":2,\"c\":3}"),
			    "{\"a\":1,\"b\":\"new\",\"c\":3,\"d\":7}");
	assert_string_equal(edited(x, ""), "{\"b\":\"new\",\"d\":7}");
}

static void a_name_is_found_with_its_escapes_decoded_and_once(void **state)
{
	struct editing *x = *state;

	json_edit_text(&x->edits, "sub", "x");
	assert_string_equal(edited(x, "{\"s\\u0075b\":1,\"sub\":2}"), "{\"sub\":\"x\"}");
}

static void a_later_edit_wins(void **state)
{
	struct editing *x = *state;

	json_edit_text(&x->edits, "a", "first");
	json_edit_text(&x->edits, "a", "second");
	assert_string_equal(edited(x, ""), "{\"a\":\"second\"}");
}

static void a_value_is_json_where_it_reads_so_and_else_a_text(void **state)
{
	static const char *const values[][2] = {
		{ "1.10", "{\"v\":1.10}" },	  { "[1, \"x\"]", "{\"v\":[1, \"x\"]}" },
		{ "true", "{\"v\":true}" },	  { "\"t\"", "{\"v\":\"t\"}" },
		{ "plain", "{\"v\":\"plain\"}" }, { "01", "{\"v\":\"01\"}" },
		{ "", "{\"v\":\"\"}" },		  { "{\"a\":", "{\"v\":\"{\\\"a\\\":\"}" },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct editing *x = *state;

		json_edit_value(&x->edits, "v", values[i][0]);
		assert_string_equal(edited(x, ""), values[i][1]);
	}
}

static void several_texts_are_an_array(void **state)
{
	static const char *const texts[] = { "a", "b" };
	struct editing *x = *state;

	json_edit_texts(&x->edits, "one", texts, 1);
	json_edit_texts(&x->edits, "two", texts, 2);
	assert_string_equal(edited(x, ""), "{\"one\":\"a\",\"two\":[\"a\",\"b\"]}");
}

static void what_is_no_object_is_refused(void **state)
{
	static const char *const texts[] = { "[]", "1", "{", "{\"a\":1}x", "null", "{\"a\"}" };
	struct editing *x = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		buf_clear(&x->out);
		assert_false(json_edit(&x->out, texts[i], strlen(texts[i]), &x->edits));
	}
}

static void what_does_not_fit_is_refused(void **state)
{
	struct editing *x = *state;
	struct buf small = BUF_INIT(8);

	json_edit_text(&x->edits, "name", "a value that is too long");
	assert_false(json_edit(&small, "", 0, &x->edits));
	buf_release(&small);
}

int main(void)
{
#define EDITING(name) cmocka_unit_test_setup_teardown(name, editing_setup, editing_teardown)
	const struct CMUnitTest tests[] = {
		EDITING(without_edits_members_stay_as_they_stand),
		EDITING(a_member_is_replaced_where_it_stands_and_added_at_the_end),
		EDITING(a_name_is_found_with_its_escapes_decoded_and_once),
		EDITING(a_later_edit_wins),
		EDITING(a_value_is_json_where_it_reads_so_and_else_a_text),
		EDITING(several_texts_are_an_array),
		EDITING(what_is_no_object_is_refused),
		EDITING(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
