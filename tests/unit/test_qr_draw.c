/* What people scan and type: a QR code as cells is the code module by module, large letters are read as
 * drawn, and what can't be drawn says so. */
#include <string.h>

#include "tests/lib/support.h"
#include "ui/big_text.h"
#include "ui/paint.h"
#include "ui/qr_draw.h"

static const char url[] = "https://sso.example.com/realms/dev/device?user_code=WDJB-MJHT";

struct sheet {
	struct frame frame;
	struct area area;
	struct qr qr;
};

static void sheet_init(struct sheet *s, int width, int height, bool utf8)
{
	frame_init(&s->frame, width, height, utf8);
	s->area = area_of(&s->frame);
	assert_true(qr_make(&s->qr, url));
}

static void sheet_release(struct sheet *s)
{
	qr_release(&s->qr);
	frame_release(&s->frame);
}

/* Is the half of the cell filled: the upper one for y 0? */
static bool half_filled(const struct frame *f, int x, int y)
{
	int32_t c = f->cells[(y / 2) * f->width + x].chars[0];

	assert_int_equal(f->cells[(y / 2) * f->width + x].style, STYLE_QR);
	return c == 0x2588 || c == (y % 2 ? 0x2584 : 0x2580);
}

static void assert_code(struct sheet *s, const struct qr_look *look)
{
	int wide = look->large ? 2 : 1, high = look->large ? 2 : 1;

	frame_clear(&s->frame);
	assert_true(qr_fits(&s->area, &s->qr, look));
	qr_draw(&s->area, 0, 0, &s->qr, look);
	for (int y = 0; y < 2 * qr_lines(&s->qr, look); y++)
		for (int x = 0; x < qr_columns(&s->qr, look); x++)
			assert_int_equal(half_filled(&s->frame, x, y),
					 qr_dark(&s->qr, x / wide - look->quiet,
						 y / high - look->quiet) == look->inverted);
}

static void the_cells_are_the_code_module_by_module(void **state)
{
	static const struct qr_look looks[] = {
		{ .quiet = QR_QUIET_SMALL },
		{ .quiet = QR_QUIET },
		{ .quiet = QR_QUIET_SMALL, .inverted = true },
		{ .quiet = QR_QUIET, .large = true },
		{ .quiet = QR_QUIET, .large = true, .inverted = true },
	};
	struct sheet s;

	(void)state;
	sheet_init(&s, 100, 50, true);
	assert_int_equal(qr_columns(&s.qr, &looks[0]), 37);
	assert_int_equal(qr_lines(&s.qr, &looks[0]), 19);
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		assert_code(&s, &looks[i]);
	sheet_release(&s);
}

static void no_code_is_drawn_where_it_could_not_be_read(void **state)
{
	const struct qr_look small = { .quiet = QR_QUIET_SMALL };
	struct sheet s;

	(void)state;
	sheet_init(&s, 36, 30, true);
	assert_false(qr_fits(&s.area, &s.qr, &small));
	sheet_release(&s);
	sheet_init(&s, 60, 18, true);
	assert_false(qr_fits(&s.area, &s.qr, &small));
	sheet_release(&s);
	sheet_init(&s, 60, 30, false);
	assert_false(qr_fits(&s.area, &s.qr, &small));
	sheet_release(&s);
	frame_init(&s.frame, 60, 30, true);
	s.area = area_of(&s.frame);
	assert_false(qr_make(&s.qr, ""));
	assert_false(qr_fits(&s.area, &s.qr, &small));
	frame_release(&s.frame);
}

/* --- large letters ------------------------------------------------------------------------- */
static void assert_big(const char *text, int width, bool utf8, const char *picture)
{
	struct paint *p = paint_memory_new(width, 9, utf8);
	struct frame frame;
	struct area a;
	struct buf seen = BUF_INIT(1 << 16);
	int lines = 0;

	for (const char *c = picture; *c; c++)
		lines += *c == '\n';
	frame_init(&frame, width, 9, utf8);
	a = area_of(&frame);
	assert_int_equal(big_text_draw(&a, 0, 0, width, 9, STYLE_TITLE, text), lines);
	p->show(p, &frame);
	paint_memory_text(p, &seen, false);
	/* The rest is empty lines. */
	assert_memory_equal(buf_text(&seen), picture, strlen(picture));
	buf_release(&seen);
	frame_release(&frame);
	p->free(p);
}

static void a_code_is_broken_at_its_dash(void **state)
{
	(void)state;
	assert_big("WDJB-MJHT", 36, true,
		   " █   █  █▀▀▀▄    ▀█▀  █▀▀▀▄\n"
		   " █ ▄ █  █   █     █   █▄▄▄▀  ▄▄▄▄▄\n"
		   " █▄▀▄█  █   █  ▄  █   █   █\n"
		   " ▀   ▀  ▀▀▀▀    ▀▀    ▀▀▀▀\n"
		   "\n"
		   " █▄ ▄█    ▀█▀  █   █  ▀▀█▀▀\n"
		   " █ █ █     █   █▄▄▄█    █\n"
		   " █   █  ▄  █   █   █    █\n"
		   " ▀   ▀   ▀▀    ▀   ▀    ▀\n");
	assert_big("0O-", 36, true,
		   " ▄▀▀▀▄  ▄▀▀▀▄\n"
		   " █ ▄▀█  █   █  ▄▄▄▄▄\n"
		   " █▀  █  █   █\n"
		   "  ▀▀▀    ▀▀▀\n");
}

static void without_utf8_the_same_cells_are_of_ascii(void **state)
{
	(void)state;
	assert_big("W7", 20, false,
		   " #   #  ''''#\n"
		   " # . #    .'\n"
		   " #.'.#   #\n"
		   " '   '   '\n");
}

static void a_long_code_is_broken_in_equal_parts(void **state)
{
	struct frame frame;
	struct area a;

	(void)state;
	frame_init(&frame, 40, 30, true);
	a = area_of(&frame);
	assert_int_equal(big_text_draw(&a, 0, 0, 36, 30, STYLE_TITLE, "ABCDEFGH"), 9);
	assert_int_equal(frame.cells[3 * 7].chars[0], 0x2588); /* D is on the first row … */
	assert_int_equal(frame.cells[4 * 7].chars[0], ' ');    /* … and nothing behind it */
	frame_release(&frame);
}

/* Small letters may matter, and what has no letter must not be left out. */
static void what_has_no_letter_is_not_drawn(void **state)
{
	static const char *const codes[] = { "", "wdjb", "WDJB MJHT", "WDJB\xe2\x80\xae",
					     "A\033[2J" };
	struct frame frame;
	struct area a;

	(void)state;
	frame_init(&frame, 80, 30, true);
	a = area_of(&frame);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		assert_false(big_text_can(codes[i]));
		assert_int_equal(big_text_draw(&a, 0, 0, 80, 30, STYLE_TITLE, codes[i]), 0);
	}
	assert_int_equal(big_text_draw(&a, 0, 0, 36, 8, STYLE_TITLE, "WDJB-MJHT"), 0);
	assert_int_equal(big_text_draw(&a, 0, 0, 4, 30, STYLE_TITLE, "A"), 0);
	for (int i = 0; i < frame.width * frame.height; i++)
		assert_int_equal(frame.cells[i].chars[0], ' ');
	frame_release(&frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cells_are_the_code_module_by_module),
		cmocka_unit_test(no_code_is_drawn_where_it_could_not_be_read),
		cmocka_unit_test(a_code_is_broken_at_its_dash),
		cmocka_unit_test(without_utf8_the_same_cells_are_of_ascii),
		cmocka_unit_test(a_long_code_is_broken_in_equal_parts),
		cmocka_unit_test(what_has_no_letter_is_not_drawn),
	};

	return cmocka_run_group_tests_name("qr draw", tests, NULL, NULL);
}
