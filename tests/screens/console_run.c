/* A console in memory; see console_run.h. */
#include "tests/screens/console_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/file.h"

enum { SCREEN_MAX = 1 << 20 };

void console_run_start(struct console_run *c, struct op_run *r, int width, int height, bool utf8)
{
	console_run_table(c, r, screens, width, height, utf8);
}

void console_run_table(struct console_run *c, struct op_run *r, const struct screen *const *table,
		       int width, int height, bool utf8)
{
	*c = (struct console_run){ .r = r, .options = { .theme = "mono" } };
	setenv("HOME", r->folder, 1); /* the store is ~/authrack.db then, wherever the folder is */
	buf_init(&c->screen, SCREEN_MAX);
	c->paint = paint_memory_new(width, height, utf8);
	c->console = console_new(c->paint, &r->options, &c->options, table);
	c->console->detail_delay = 0;
	workers_slow_after(c->console->workers, 0);
	console_start(c->console);
	console_settle(c->console);
}

void console_run_end(struct console_run *c)
{
	console_free(c->console);
	c->paint->free(c->paint);
	buf_release(&c->screen);
}

static const struct {
	const char *name, *bytes;
} named[] = {
	{ "Enter", "\r" },
	{ "Tab", "\t" },
	{ "S-Tab", "\033[Z" },
	{ "Space", " " },
	{ "BS", "\177" },
	{ "Up", "\033[A" },
	{ "Down", "\033[B" },
	{ "Right", "\033[C" },
	{ "Left", "\033[D" },
	{ "PgDn", "\033[6~" },
	{ "F1", "\033OP" },
	{ "C-s", "\023" },
	{ "PgUp", "\033[5~" },
	{ "Home", "\033OH" },
	{ "End", "\033OF" },
	{ "lt", "<" },
	{ "wheel-up", "\033[<64;10;6M" },
	{ "wheel-down", "\033[<65;10;6M" },
	{ "C-y", "\031" },
	{ "C-u", "\025" },
	{ "Esc", "\033" },
};

static void send(struct console_run *c, const char *bytes, size_t len)
{
	c->console->batch++;
	console_bytes(c->console, bytes, len);
	if (len == 1 && *bytes == '\033')
		input_flush(c->console->parser);
	console_settle(c->console);
}

static void send_paste(struct console_run *c, const char *text, size_t len)
{
	char *bytes = x_asprintf("\033[200~%.*s\033[201~", (int)len, text);

	send(c, bytes, strlen(bytes));
	free(bytes);
}

/* <click:X,Y> with places from 1, and <size:WxH>. */
static bool send_place(struct console_run *c, const char *name)
{
	char bytes[32];
	int a, b;

	if (sscanf(name, "click:%d,%d>", &a, &b) == 2) {
		snprintf(bytes, sizeof(bytes), "\033[<0;%d;%dM", a, b);
		send(c, bytes, strlen(bytes));
	} else if (sscanf(name, "size:%dx%d>", &a, &b) == 2) {
		paint_memory_size(c->paint, a, b);
		console_resize(c->console);
		console_settle(c->console);
	} else {
		return false;
	}
	return true;
}

static void send_named(struct console_run *c, const char *name, size_t len)
{
	if (len > 6 && strncmp(name, "paste:", 6) == 0) {
		send_paste(c, name + 6, len - 6);
		return;
	}
	if (send_place(c, name))
		return;
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (strlen(named[i].name) == len && strncmp(named[i].name, name, len) == 0) {
			send(c, named[i].bytes, strlen(named[i].bytes));
			return;
		}
	fail_msg("no key <%.*s>", (int)len, name);
}

void console_run_keys(struct console_run *c, const char *keys)
{
	while (*keys) {
		const char *end = *keys == '<' ? strchr(keys, '>') : NULL;

		if (end) {
			send_named(c, keys + 1, (size_t)(end - keys - 1));
			keys = end + 1;
		} else {
			size_t len = 1;

			while (((unsigned char)keys[len] & 0xc0) == 0x80)
				len++;
			send(c, keys, len);
			keys += len;
		}
	}
}

const char *console_run_text(struct console_run *c)
{
	buf_clear(&c->screen);
	console_draw(c->console);
	paint_memory_text(c->paint, &c->screen, false);
	return buf_text(&c->screen);
}

void console_run_shows(struct console_run *c, const char *text)
{
	if (!strstr(console_run_text(c), text))
		fail_msg("\"%s\" is not on the screen:\n%s", text, console_run_text(c));
}

void console_run_lacks(struct console_run *c, const char *text)
{
	if (strstr(console_run_text(c), text))
		fail_msg("\"%s\" is on the screen:\n%s", text, console_run_text(c));
}

void console_run_golden(struct console_run *c, const char *name)
{
	char *path = x_asprintf("tests/screens/golden/%s.txt", name);
	const char *text = console_run_text(c), *mode = getenv("AUTHRACK_GOLDEN");
	char *golden;

	if (mode && strcmp(mode, "write") == 0)
		file_put(path, text);
	golden = file_get(path);
	if (strcmp(golden, text) != 0)
		fail_msg("%s is\n%sand should be\n%s", path, text, golden);
	free(golden);
	free(path);
}

struct json *console_run_json(const char *folder, const char *name)
{
	char *path = x_asprintf("tests/screens/%s/%s.json", folder, name), *text = file_get(path);
	struct json *out;
	struct err e = ERR_INIT;

	assert_well(json_parse(&out, text, strlen(text), &e), &e);
	free(text);
	free(path);
	return out;
}
