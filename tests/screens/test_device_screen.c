/* The Device screen as whole screens: what is drawn of the records of device.run, what keys do meanwhile, and
 * that the QR code on it is read by an independent reader. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "tests/screens/goldens.h"
#include "ui/logins.h"

static struct view *device(struct console_run *c)
{
	return console_view(c->console, "device");
}

/* A login as the operation would tell it, a second after each record; ended when it told how. */
static struct login *play(struct console_run *c, const char *provider, const char *name)
{
	struct json *records = console_run_json("logins", name);
	struct login *l = login_new(device(c), provider, "openid offline_access");
	const struct err none = ERR_INIT;

	for (size_t i = 0; i < json_count(records); i++) {
		login_heard(l, json_at(records, i));
		test_clock_advance(&c->r->clock, SECOND_MS);
	}
	if (l->result)
		login_ended(l, login_succeeded(l) ? ERR_OK : ERR_NO, &none);
	json_free(records);
	return l;
}

static void open_device(struct console_run *c, struct op_run *r, const char *name, int width,
			int height, bool utf8)
{
	console_run_start(c, r, width, height, utf8);
	console_run_keys(c, "4");
	if (name)
		play(c, "keycloak-dev", name);
}

static void open_golden(struct console_run *c, struct op_run *r, const struct golden *g)
{
	open_device(c, r, g->world, g->width, g->height, !g->ascii);
}

static const struct golden goldens[] = {
	{ "device-empty-80x24", NULL, 80, 24, false, "" },
	{ "device-empty-120x40", NULL, 120, 40, false, "" },
	{ "device-waiting-80x24", "waiting", 80, 24, false, "" },
	{ "device-waiting-100x30", "waiting", 100, 30, false, "" },
	{ "device-waiting-120x40", "waiting", 120, 40, false, "" },
	{ "device-waiting-200x50", "waiting", 200, 50, false, "" },
	{ "device-waiting-ascii-80x24", "waiting", 80, 24, true, "" },
	{ "device-trace-80x24", "waiting", 80, 24, false, "<Tab>k" },
	{ "device-exchange-80x24", "waiting", 80, 24, false, "<Tab><Enter>" },
	{ "device-qr-80x24", "waiting", 80, 24, false, "z" },
	{ "device-qr-inverted-200x50", "waiting", 200, 50, false, "zz" },
	{ "device-cancel-80x24", "waiting", 80, 24, false, "C" },
	{ "device-help-80x24", "waiting", 80, 24, false, "?" },
	{ "device-slow-80x24", "slow", 80, 24, false, "" },
	{ "device-success-80x24", "success", 80, 24, false, "" },
	{ "device-success-120x40", "success", 120, 40, false, "" },
	{ "device-denied-80x24", "denied", 80, 24, false, "" },
	{ "device-hostile-80x24", "hostile", 80, 24, false, "" },
	{ "device-hostile-120x40", "hostile", 120, 40, false, "" },
	{ "device-hostile-end-80x24", "hostile-end", 80, 24, false, "" },
	{ .name = NULL },
};

/* --- several at once ----------------------------------------------------------------------- */
static void a_login_goes_on_when_its_screen_is_left(void **state)
{
	struct console_run c;
	struct login *l;

	open_device(&c, *state, "waiting", 80, 24, true);
	l = logins_state(device(&c))->open;
	console_run_keys(&c, "1");
	console_run_shows(&c, "4 Device•");
	console_run_keys(&c, "4");
	console_run_shows(&c, "WDJB-MJHT");
	login_ended(l, ERR_CANCELLED, &(const struct err){ .code = ERR_CANCELLED });
	console_run_lacks(&c, "Device•");
	console_run_shows(&c, "cancelled");
	console_run_end(&c);
}

static void several_logins_are_a_list(void **state)
{
	struct console_run c;

	open_device(&c, *state, "waiting", 80, 24, true);
	play(&c, "entra", "denied");
	play(&c, "lab", "slow");
	console_run_keys(&c, "<Esc>");
	console_run_golden(&c, "device-list-80x24");
	console_run_keys(&c, "jj<Enter>");
	console_run_shows(&c, "WDJB-MJHT");
	console_run_keys(&c, "<Esc>kd");
	console_run_lacks(&c, "entra");
	console_run_shows(&c, "lab");
	console_run_keys(&c, "d");
	console_run_shows(&c, "still under way");
	console_run_end(&c);
}

/* The focus is bound to a login, not to a line. */
static void a_new_login_does_not_move_the_focus(void **state)
{
	struct console_run c;

	open_device(&c, *state, "waiting", 80, 24, true);
	console_run_keys(&c, "<Esc>j");
	play(&c, "lab", "slow");
	logins_state(device(&c))->open = NULL;
	console_run_keys(&c, "<Enter>");
	console_run_shows(&c, "WDJB-MJHT");
	console_run_end(&c);
}

static void a_kept_login_is_offered_to_go_on_with(void **state)
{
	static const char kept[] =
		"[{\"id\":\"flw_kept\",\"provider\":\"lab\",\"user_code\":\"AAAA-BBBB\","
		"\"verification_uri\":\"https://x/\",\"expires_at\":\"2026-06-16T13:30:00Z\","
		"\"state\":\"resumable\",\"pid\":7,\"save\":true},"
		"{\"id\":\"flw_01jq8m2v5x0c9d3n6p8r4t7kfa\",\"provider\":\"keycloak-dev\","
		"\"user_code\":\"WDJB-MJHT\",\"state\":\"running\",\"pid\":8}]";
	struct console_run c;
	struct err e = ERR_INIT;

	open_device(&c, *state, "waiting", 80, 24, true);
	json_free(logins_state(device(&c))->kept);
	assert_well(json_parse(&logins_state(device(&c))->kept, kept, strlen(kept), &e), &e);
	console_run_keys(&c, "<Esc>");
	assert_int_equal(logins_rows(device(&c)), 2); /* ours stands there once */
	console_run_golden(&c, "device-kept-80x24");
	console_run_end(&c);
}

/* --- keys ---------------------------------------------------------------------------------- */
static void code_and_address_go_to_the_terminal(void **state)
{
	struct console_run c;

	open_device(&c, *state, "waiting", 80, 24, true);
	paint_memory_sent(c.paint);
	console_run_keys(&c, "y");
	assert_string_equal(paint_memory_sent(c.paint), "\033]52;c;V0RKQi1NSkhU\a");
	console_run_shows(&c, "sent to your terminal");
	console_run_keys(&c, "Y");
	assert_non_null(strstr(paint_memory_sent(c.paint), "aHR0cHM6Ly9zc28uZXhhbXBsZS5jb20"));
	console_run_end(&c);
}

/* What is no web address is shown, and neither copied nor drawn as a QR code. */
static void an_address_that_misleads_is_not_offered(void **state)
{
	struct console_run c;

	open_device(&c, *state, "hostile", 80, 24, true);
	paint_memory_sent(c.paint);
	console_run_keys(&c, "Yz");
	assert_string_equal(paint_memory_sent(c.paint), "");
	assert_null(dialog_top(c.console));
	console_run_shows(&c, "evil.example");
	console_run_end(&c);
}

static void cancelling_asks_first(void **state)
{
	struct console_run c;
	struct login *l;

	open_device(&c, *state, "waiting", 80, 24, true);
	l = logins_state(device(&c))->open;
	console_run_keys(&c, "C<Enter>");
	assert_false(l->cancelling); /* the focus was on the harmless answer */
	console_run_end(&c);
}

static void a_countdown_ends_at_nothing(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_device(&c, r, "waiting", 80, 24, true);
	test_clock_step(&r->clock, -DAY_MS); /* the wall clock does not matter */
	console_redraw(c.console);
	console_run_shows(&c, "14:57 left");
	test_clock_advance(&r->clock, 2 * HOUR_MS);
	console_redraw(c.console);
	console_run_shows(&c, "0:00 left");
	console_run_end(&c);
}

static void every_size_is_survived(void **state)
{
	static const char *const sizes[] = { "<size:80x24>", "<size:40x10>",  "<size:1x1>",
					     "<size:20x7>",  "<size:300x5>",  "<size:19x50>",
					     "<size:81x16>", "<size:200x50>", "<size:60x90>" };
	static const char *const names[] = { "waiting", "hostile", "success", "hostile-end" };
	static const char *const keys[] = { "", "<Tab>", "<Tab><Enter>", "z", "<Esc>" };

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		struct console_run c;

		open_device(&c, *state, names[n], 80, 24, n % 2 == 0);
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			console_run_keys(&c, keys[k]);
			for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
				console_run_keys(&c, sizes[i]);
			while (dialog_top(c.console))
				console_run_keys(&c, "<Esc>");
		}
		console_run_end(&c);
	}
}

/* --- the picture --------------------------------------------------------------------------- */
enum { DOT = 4 }; /* pixels a module */

/* Is the half of a cell lit, on a dark terminal? */
static bool lit(const struct frame *f, int x, int y)
{
	int32_t c = f->cells[y / 2 * f->width + x].chars[0];

	return c == 0x2588 || c == (y % 2 ? 0x2584 : 0x2580);
}

/* The screen as a picture, blocks only: what a camera sees of it. */
static void picture_write(const struct frame *f, const char *path)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fprintf(out, "P1\n%d %d\n", f->width * DOT, 2 * f->height * DOT);
	for (int y = 0; y < 2 * f->height * DOT; y++)
		for (int x = 0; x < f->width * DOT; x++)
			fputs(lit(f, x / DOT, y / DOT) ? "0\n" : "1\n", out);
	assert_int_equal(fclose(out), 0);
}

/* What zbarimg reads in it. */
static void picture_read(const char *path, char *out, size_t size)
{
	char *command = x_asprintf("zbarimg --quiet --raw %s 2>/dev/null", path);
	FILE *pipe = popen(command, "r");

	assert_non_null(pipe);
	if (!fgets(out, (int)size, pipe))
		out[0] = '\0';
	pclose(pipe);
	out[strcspn(out, "\n")] = '\0';
	free(command);
}

static void the_qr_code_is_read_by_another_program(void **state)
{
	static const struct {
		int width, height;
		const char *keys;
	} looks[] = {
		{ 80, 24, "" },	 { 100, 30, "" }, { 120, 40, "" },
		{ 200, 50, "" }, { 80, 24, "z" }, { 200, 50, "z" },
	};
	struct op_run *r = *state;
	char *path = x_asprintf("%s/screen.pbm", r->folder), seen[200];

	if (system("command -v zbarimg >/dev/null 2>&1") != 0) {
		free(path);
		skip();
	}
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		struct console_run c;

		open_device(&c, r, "waiting", looks[i].width, looks[i].height, true);
		console_run_keys(&c, looks[i].keys);
		console_run_text(&c);
		picture_write(paint_memory_frame(c.paint), path);
		picture_read(path, seen, sizeof(seen));
		assert_string_equal(
			seen, "https://sso.example.com/realms/dev/device?user_code=WDJB-MJHT");
		console_run_end(&c);
	}
	free(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, golden_setup, op_run_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_login_goes_on_when_its_screen_is_left),
		TEST(several_logins_are_a_list),
		TEST(a_new_login_does_not_move_the_focus),
		TEST(a_kept_login_is_offered_to_go_on_with),
		TEST(code_and_address_go_to_the_terminal),
		TEST(an_address_that_misleads_is_not_offered),
		TEST(cancelling_asks_first),
		TEST(a_countdown_ends_at_nothing),
		TEST(every_size_is_survived),
		TEST(the_qr_code_is_read_by_another_program),
	};

	return golden_group("device screen", tests, sizeof(tests) / sizeof(tests[0]), goldens,
			    open_golden);
}
