/* The box that shows a new secret this once: masked until asked for, to be copied, written to a
 * file or
 * tested, and forgotten when it closes. */
#include "ui/secret_box.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/datetime.h"
#include "src/base/file.h"
#include "src/base/text.h"
#include "ui/ask.h"
#include "ui/dialog.h"

enum {
	BOX_WIDTH = 76,
	BOX_HEIGHT = 17,
	CHECK_TAIL = 6,
	MASKED = 32,
	SECRET_INDENT = 3,
	REVEAL_MS = 30000,
	REPORT_LINES = 3
};

struct secret_box {
	struct dialog base;
	struct secret secret;
	struct json *row;
	bool shown; /* in clear now */
	bool was_shown, was_copied, was_written;
	bool focused; /* on the button */
	struct loop_timer *timer;
	struct work *test;
	enum style report_style;
	char report[REPORT_LINES][160];
	int button_y, button_x;
};

static void box_report(struct secret_box *b, enum style style, const char *first,
		       const char *second, const char *third)
{
	b->report_style = style;
	snprintf(b->report[0], sizeof(b->report[0]), "%s", first);
	snprintf(b->report[1], sizeof(b->report[1]), "%s", second);
	snprintf(b->report[2], sizeof(b->report[2]), "%s", third);
	console_redraw(b->base.console);
}

static bool box_kept(const struct secret_box *b)
{
	return b->was_shown || b->was_copied || b->was_written;
}

static const char *box_name(const struct secret_box *b)
{
	const char *name = json_get_text(b->row, "name");

	return name ? name : "key";
}

/* --- drawing ------------------------------------------------------------------------------- */
/* The public part, a mask, and the checksum's end. */
static void mask_draw(const struct secret_box *b, const struct area *a, int y)
{
	const char *text = secret_reveal(&b->secret);
	size_t open = b->secret.len > MASKED + CHECK_TAIL ? b->secret.len - MASKED - CHECK_TAIL : 0;
	size_t tail = open ? b->secret.len - CHECK_TAIL : b->secret.len;
	int x = SECRET_INDENT;

	for (size_t i = 0; i < b->secret.len; i++) {
		const char shown[2] = { i < open || i >= tail ? text[i] : '\0', '\0' };

		x += area_text(a, x, y, 1, STYLE_TITLE,
			       shown[0] ? shown : glyph(a->frame, GLYPH_MASK));
	}
}

/* In clear: alone on its line from edge to edge, so that a selection takes nothing else. */
static void clear_draw(const struct secret_box *b, const struct area *body, int x, int y)
{
	struct area line = area_part(body, 0, y, body->width, 1);

	area_fill(&line, ' ', STYLE_NORMAL);
	area_text(&line, x, 0, -1, STYLE_TITLE, secret_reveal(&b->secret));
}

static void report_draw(const struct secret_box *b, const struct area *a, int y)
{
	const char *mark = b->report_style == STYLE_GOOD      ? glyph(a->frame, GLYPH_PASS)
			   : b->report_style == STYLE_DANGER  ? glyph(a->frame, GLYPH_FAIL)
			   : b->report_style == STYLE_WARNING ? glyph(a->frame, GLYPH_WARN)
							      : " ";

	if (!b->report[0][0])
		return;
	area_text(a, SECRET_INDENT, y, 2, b->report_style, mark);
	area_text(a, SECRET_INDENT + 2, y, -1, b->report_style, b->report[0]);
	for (int i = 1; i < REPORT_LINES; i++)
		area_text(a, SECRET_INDENT + 2, y + i, -1, STYLE_NORMAL, b->report[i]);
}

static void facts_draw(const struct secret_box *b, const struct area *a, int y)
{
	const char *expires = json_get_text(b->row, "expires_at");
	char when[96] = "never";
	int64_t at;
	struct err e = ERR_INIT;

	if (expires && !datetime_parse(&at, expires, &e))
		console_when_full(b->base.console, when, sizeof(when), at);
	area_textf(a, 2, y, -1, STYLE_NORMAL, "name %.28s   version %lld   expires %s", box_name(b),
		   (long long)json_get_int(b->row, "version", 1), when);
	area_text(a, 2, y + 1, -1, STYLE_SECONDARY,
		  "not used yet       use:  curl -H \"X-API-Key: $KEY\" https://…");
}

static void box_draw(struct dialog *base, const struct area *body)
{
	struct secret_box *b = (struct secret_box *)base;
	char title[200];
	struct area in;

	snprintf(title, sizeof(title), "%.120s: the secret, shown this once", box_name(b));
	in = dialog_box(body, BOX_WIDTH, BOX_HEIGHT, title, STYLE_TITLE);
	area_wrap(
		&in, 0, 0, -1, STYLE_NORMAL,
		"Authrack keeps only a MAC of it. After this box closes nobody can show it again; "
		"lost means: rotate.");
	if (b->shown)
		clear_draw(b, body, in.x - body->x + SECRET_INDENT, in.y - body->y + 3);
	else
		mask_draw(b, &in, 3);
	area_text(&in, SECRET_INDENT, 5, -1, STYLE_NORMAL,
		  b->shown ? "v hide           y copy   w write to a file (0600)   t test it now"
			   : "v reveal (30 s)  y copy   w write to a file (0600)   t test it now");
	report_draw(b, &in, 7);
	dialog_rule(&in, 10);
	facts_draw(b, &in, 11);
	dialog_rule(&in, 13);
	b->button_y = in.y + 14;
	b->button_x = in.x + 10;
	area_text(&in, 10, 14, -1, b->focused ? STYLE_SELECTED : STYLE_NORMAL,
		  "[ I have stored it ]");
	if (!box_kept(b))
		area_text(&in, 35, 14, -1, STYLE_SECONDARY, "Esc asks while it was not copied");
	area_cursor(&in, b->focused ? 12 : SECRET_INDENT, b->focused ? 14 : 3);
}

/* --- what the keys do ---------------------------------------------------------------------- */
static void box_mask(struct secret_box *b)
{
	if (!b->shown)
		return;
	b->shown = false;
	console_redraw(b->base.console);
	console_scrub(b->base.console);
}

static void reveal_over(void *arg)
{
	struct secret_box *b = arg;

	b->timer = NULL;
	box_mask(b);
}

static void box_reveal(struct secret_box *b)
{
	loop_cancel(console_loop(b->base.console), b->timer);
	b->timer = NULL;
	if (b->shown) {
		box_mask(b);
		return;
	}
	b->shown = b->was_shown = true;
	b->timer = loop_after(console_loop(b->base.console), REVEAL_MS, reveal_over, b);
	console_redraw(b->base.console);
}

static void box_copy(struct secret_box *b)
{
	char now[DATETIME_SIZE], line[160];

	if (!console_copy(b->base.console, secret_reveal(&b->secret), b->secret.len)) {
		box_report(b, STYLE_WARNING, "your terminal can't be handed a copy from here",
			   "v shows it for Shift-drag; w writes it to a file.", "");
		return;
	}
	b->was_copied = true;
	datetime_local(now, console_now(b->base.console), true);
	snprintf(line, sizeof(line),
		 "copy sent to your terminal at %.8s (OSC 52, %zu bytes). Paste it",
		 strlen(now) > 19 ? now + 11 : now, b->secret.len);
	box_report(b, STYLE_GOOD, line,
		   "somewhere to be sure: many terminals ignore this without a word.",
		   getenv("TMUX") ? "tmux: set -g set-clipboard on. Not there? v, then Shift-drag."
				  : "Not there? v, then Shift-drag.");
}

static bool box_write_answer(void *arg, const char *path, char *error)
{
	struct secret_box *b = arg;
	struct err e = ERR_INIT;
	char line[160];

	if (!path)
		return true;
	if (!path[0]) {
		snprintf(error, 512, "a path is needed");
		return false;
	}
	if (file_write_new(path, secret_reveal(&b->secret), b->secret.len, &e)) {
		snprintf(error, 512, "%.400s", e.message);
		return false;
	}
	b->was_written = true;
	snprintf(line, sizeof(line), "written to %.140s", path);
	box_report(b, STYLE_GOOD, line, "readable by you only (0600), no line end behind it", "");
	return true;
}

/* A file name out of the key's name: what a shell would need quoted becomes "-". */
static char *box_file_name(const struct secret_box *b)
{
	char *name = x_asprintf("%.60s.key", box_name(b));

	for (char *p = name; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-",
			    *p))
			*p = '-';
	if (name[0] == '.' || name[0] == '-')
		name[0] = '_';
	return name;
}

static void box_write(struct secret_box *b)
{
	char *name = box_file_name(b);
	const char *home = getenv("HOME");
	char *path = home ? path_join(home, name) : x_strdup(name);

	prompt_open(b->base.console, &(struct prompt){
					     .title = "Write the secret to a file",
					     .text = "A new file that only you can read (0600). An "
						     "existing one is not touched.",
					     .label = "File",
					     .submit = "Write",
					     .start = path,
					     .answer = box_write_answer,
					     .arg = b,
				     });
	free(path);
	free(name);
}

static void test_done(void *arg, const struct work_result *r)
{
	struct secret_box *b = arg;
	const char *code = json_get_text(json_at(r->rows, 0), "code");
	char line[160];

	b->test = NULL;
	if (r->code == ERR_OK) {
		box_report(b, STYLE_GOOD, "VALID: a verification now accepts it", "", "");
	} else if (r->code == ERR_NO) {
		snprintf(line, sizeof(line), "%.60s: a verification now refuses it",
			 code ? code : "not valid");
		box_report(b, STYLE_WARNING, line, "", "");
	} else {
		box_report(b, STYLE_DANGER, r->err.message, r->err.hint, "");
	}
}

static void box_test(struct secret_box *b)
{
	const struct op *op = op_find("key.verify");
	struct op_args *args = op_args_new(op);
	struct secret copy = SECRET_INIT;

	if (b->test) {
		op_args_free(args);
		return;
	}
	secret_copy(&copy, &b->secret);
	op_args_add_secret(args, "secret", &copy);
	b->test = console_work(b->base.console, &(struct work_order){
							.op = op,
							.args = args,
							.lane = LANE_READ,
							.arg = b,
							.done = test_done,
						});
}

static void box_close(struct secret_box *b)
{
	struct console *c = b->base.console;
	bool tmux = b->was_shown && (getenv("TMUX") || getenv("STY"));

	dialog_close(&b->base);
	console_scrub(c);
	if (tmux)
		console_say(c, STYLE_WARNING, "%s keeps what it showed: clear its history",
			    getenv("TMUX") ? "tmux" : "screen");
}

static void close_answer(void *arg, bool yes)
{
	if (yes)
		box_close(arg);
}

static void box_leave(struct secret_box *b)
{
	if (box_kept(b)) {
		box_close(b);
		return;
	}
	ask_open(b->base.console, &(struct ask){
					  .title = "Close without the secret?",
					  .text = "It was not copied, written or revealed yet. "
						  "After this nobody can show it "
						  "again; the key would have to be rotated.",
					  .yes = "Close",
					  .no = "No, stay",
					  .danger = true,
					  .answer = close_answer,
					  .arg = b,
				  });
}

static bool box_click(struct secret_box *b, const struct input *in)
{
	if (in->mouse == MOUSE_CLICK && in->y == b->button_y && in->x >= b->button_x &&
	    in->x < b->button_x + 20)
		box_leave(b);
	return true;
}

static bool box_key(struct secret_box *b, int32_t key)
{
	switch (key) {
	case 'v':
		box_reveal(b);
		return true;
	case 'y':
		box_copy(b);
		return true;
	case 'w':
		box_write(b);
		return true;
	case 't':
		box_test(b);
		return true;
	case PRESS_TAB:
	case PRESS_BACKTAB:
		b->focused = !b->focused;
		console_redraw(b->base.console);
		return true;
	case PRESS_ENTER:
		if (b->focused)
			box_leave(b);
		return true;
	case PRESS_ESC:
		box_leave(b);
		return true;
	default:
		return key != PRESS_F1 && key != '?';
	}
}

static bool box_input(struct dialog *base, const struct input *in)
{
	struct secret_box *b = (struct secret_box *)base;

	if (in->type == INPUT_MOUSE)
		return box_click(b, in);
	return in->type != INPUT_KEY || box_key(b, in->key);
}

static void box_free(struct dialog *base)
{
	struct secret_box *b = (struct secret_box *)base;

	loop_cancel(console_loop(base->console), b->timer);
	work_drop(b->test);
	secret_release(&b->secret);
	json_free(b->row);
	free(b);
}

static const struct action box_actions[] = {
	{ 'v', "reveal", "show it for 30 seconds, or mask it again", .flags = ACTION_FOOTER },
	{ 'y', "copy", "send it to the terminal's clipboard (OSC 52)", .flags = ACTION_FOOTER },
	{ 'w', "write to file", "write it to a new file only you can read",
	  .flags = ACTION_FOOTER },
	{ 't', "test", "verify it now; counts as no use", .op = "key.verify",
	  .flags = ACTION_FOOTER },
	{ PRESS_TAB, "button", "to the button; Enter presses it", .flags = ACTION_FOOTER },
	{ PRESS_ESC, "close", "close; asks while it was not copied, written or revealed",
	  .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct dialog_type box_type = {
	.name = "Secret",
	.flags = DIALOG_STILL,
	.actions = box_actions,
	.draw = box_draw,
	.input = box_input,
	.free = box_free,
};

void secret_box_open(struct console *c, const struct json *row, struct secret *secret)
{
	struct secret_box *b = x_calloc(1, sizeof(*b));

	b->base.type = &box_type;
	b->row = json_keep(row);
	secret_move(&b->secret, secret);
	dialog_push(c, &b->base);
}
