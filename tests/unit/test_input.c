/* The input parser: sequences in any pieces, pastes, the mouse, and that nothing unknown runs as a key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "tests/lib/support.h"
#include "ui/input.h"

enum { EVENTS = 64 };

struct heard {
	struct input_parser *parser;
	int32_t keys[EVENTS];
	size_t key_count, pastes, paste_len;
	bool cut;
	char paste[64];
	struct input mouse;
	size_t mice;
};

static void hear(void *arg, const struct input *in)
{
	struct heard *h = arg;

	switch (in->type) {
	case INPUT_KEY:
		assert_true(h->key_count < EVENTS);
		h->keys[h->key_count++] = in->key;
		break;
	case INPUT_PASTE:
		h->pastes++;
		h->paste_len = in->len;
		h->cut = in->cut;
		snprintf(h->paste, sizeof(h->paste), "%s", in->text);
		break;
	case INPUT_MOUSE:
		h->mice++;
		h->mouse = *in;
		break;
	}
}

static int start(void **state)
{
	struct heard *h = x_calloc(1, sizeof(*h));

	h->parser = input_parser_new(true, hear, h);
	*state = h;
	return 0;
}

static int end(void **state)
{
	struct heard *h = *state;

	input_parser_free(h->parser);
	free(h);
	return 0;
}

static void feed(struct heard *h, const char *text)
{
	input_feed(h->parser, text, strlen(text));
}

static void assert_keys(struct heard *h, size_t count, ...)
{
	va_list ap;

	assert_int_equal(h->key_count, count);
	va_start(ap, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(h->keys[i], va_arg(ap, int));
	va_end(ap);
	h->key_count = 0;
}

static void letters_and_controls_are_keys(void **state)
{
	struct heard *h = *state;

	feed(h, "aZ?\r\t\177\b\x13");
	assert_keys(h, 8, 'a', 'Z', '?', PRESS_ENTER, PRESS_TAB, PRESS_BACKSPACE, PRESS_BACKSPACE,
		    PRESS_CTRL('s'));
}

static void sequences_of_every_terminal_are_known(void **state)
{
	struct heard *h = *state;

	feed(h, "\033[A\033OA\033[1~\033[7~\033OH\033[5~\033[Z\033OP\033[[A\033[11~\033[24~");
	assert_keys(h, 11, PRESS_UP, PRESS_UP, PRESS_HOME, PRESS_HOME, PRESS_HOME, PRESS_PAGE_UP,
		    PRESS_BACKTAB, PRESS_F1, PRESS_F1, PRESS_F1, PRESS_F12);
}

static void modifiers_are_left_out(void **state)
{
	struct heard *h = *state;

	feed(h, "\033[1;5A\033[5;2~\033[1;2P");
	assert_keys(h, 3, PRESS_UP, PRESS_PAGE_UP, PRESS_F1);
}

static void a_sequence_in_pieces_is_one_key(void **state)
{
	struct heard *h = *state;

	feed(h, "\033");
	assert_true(input_waiting(h->parser));
	feed(h, "[");
	feed(h, "5");
	feed(h, "~x");
	assert_keys(h, 2, PRESS_PAGE_UP, 'x');
	assert_false(input_waiting(h->parser));
}

static void esc_alone_comes_after_the_delay(void **state)
{
	struct heard *h = *state;

	feed(h, "\033");
	assert_int_equal(h->key_count, 0);
	input_flush(h->parser);
	assert_keys(h, 1, PRESS_ESC);
}

static void esc_before_a_letter_is_both(void **state)
{
	struct heard *h = *state;

	feed(h, "\033q");
	assert_keys(h, 2, PRESS_ESC, 'q');
	feed(h, "\033\033[B");
	assert_keys(h, 2, PRESS_ESC, PRESS_DOWN);
}

static void a_torn_arrow_runs_no_command(void **state)
{
	struct heard *h = *state;

	feed(h, "\033O");
	input_flush(h->parser);
	assert_keys(h, 2, PRESS_ESC, 'O'); /* O is bound to nothing */
	feed(h, "\033[5");
	input_flush(h->parser);
	assert_keys(h, 0); /* and half of PgUp is nothing at all */
}

static void unknown_sequences_run_nothing(void **state)
{
	struct heard *h = *state;

	feed(h, "\033[?1;2c\033[99~\033[13;37R\033[200;5uD");
	assert_keys(h, 1, 'D');
}

static void an_endless_sequence_is_dropped(void **state)
{
	struct heard *h = *state;

	feed(h, "\033[");
	for (int i = 0; i < 61; i++)
		feed(h, "1");
	assert_keys(h, 0);
	feed(h, "x");
	assert_keys(h, 1, 'x');
}

static void characters_in_pieces_are_whole(void **state)
{
	struct heard *h = *state;

	feed(h, "\xe6\x9d");
	assert_keys(h, 0);
	feed(h, "\xb1");
	assert_keys(h, 1, 0x6771);
}

static void invalid_bytes_are_no_keys(void **state)
{
	struct heard *h = *state;

	feed(h, "\xff\xc0\x80"
		"a");
	assert_keys(h, 1, 'a');
}

static void a_paste_is_one_event_whatever_is_in_it(void **state)
{
	struct heard *h = *state;

	feed(h, "\033[200~X\rD\033[A\033[20\033[201~j");
	assert_int_equal(h->pastes, 1);
	assert_string_equal(h->paste, "X\nD\033[A\033[20");
	assert_keys(h, 1, 'j');
}

static void a_paste_of_64_kb_in_pieces_is_one_event(void **state)
{
	struct heard *h = *state;
	char piece[1000];

	memset(piece, 'D', sizeof(piece));
	feed(h, "\033[20");
	feed(h, "0~");
	for (int i = 0; i < 66; i++)
		input_feed(h->parser, piece, i == 65 ? 536 : sizeof(piece));
	feed(h, "\033[2");
	feed(h, "01~");
	assert_int_equal(h->pastes, 1);
	assert_int_equal(h->paste_len, 65536);
	assert_false(h->cut);
	assert_keys(h, 0);
}

static void a_paste_beyond_the_bound_is_cut_and_says_so(void **state)
{
	struct heard *h = *state;
	char *much = x_malloc(PASTE_MAX + 10);

	memset(much, 'a', PASTE_MAX + 10);
	feed(h, "\033[200~");
	input_feed(h->parser, much, PASTE_MAX + 10);
	feed(h, "\033[201~");
	free(much);
	assert_true(h->cut);
	assert_true(h->paste_len <= PASTE_MAX);
	assert_keys(h, 0);
}

static void the_mouse_tells_where(void **state)
{
	struct heard *h = *state;

	feed(h, "\033[<0;5;3M");
	assert_int_equal(h->mouse.mouse, MOUSE_CLICK);
	assert_int_equal(h->mouse.x, 4);
	assert_int_equal(h->mouse.y, 2);
	feed(h, "\033[<65;1;1M\033[<2;1;1M");
	assert_int_equal(h->mouse.mouse, MOUSE_WHEEL_DOWN);
	assert_int_equal(h->mice, 2); /* the right button is the terminal's */
	assert_keys(h, 0);
}

static void keys_have_names(void **state)
{
	char out[16];

	(void)state;
	assert_string_equal(press_name(PRESS_ENTER, out), "Enter");
	assert_string_equal(press_name(PRESS_CTRL('s'), out), "^S");
	assert_string_equal(press_name(PRESS_F1 + 9, out), "F10");
	assert_string_equal(press_name('X', out), "X");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(letters_and_controls_are_keys),
		TEST(sequences_of_every_terminal_are_known),
		TEST(modifiers_are_left_out),
		TEST(a_sequence_in_pieces_is_one_key),
		TEST(esc_alone_comes_after_the_delay),
		TEST(esc_before_a_letter_is_both),
		TEST(a_torn_arrow_runs_no_command),
		TEST(unknown_sequences_run_nothing),
		TEST(an_endless_sequence_is_dropped),
		TEST(characters_in_pieces_are_whole),
		TEST(invalid_bytes_are_no_keys),
		TEST(a_paste_is_one_event_whatever_is_in_it),
		TEST(a_paste_of_64_kb_in_pieces_is_one_event),
		TEST(a_paste_beyond_the_bound_is_cut_and_says_so),
		TEST(the_mouse_tells_where),
		TEST(keys_have_names),
	};

	return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
