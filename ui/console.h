/* The console: a shell of tabs, context line, message line and footer around one screen, with dialogs
 * stacked over it, run by one event loop that never waits for the store. */
#ifndef UI_CONSOLE_H
#define UI_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "src/app/app.h"
#include "src/base/loop.h"
#include "ui/frame.h"
#include "ui/input.h"
#include "ui/worker.h"

struct console;
struct dialog;
struct view;

enum time_mode { TIMES_RELATIVE, TIMES_EXACT, TIMES_UTC };

struct console_options {
	const char *theme; /* "auto" "256" "16" "8" "mono"; NULL: auto */
	bool no_color;	   /* --no-color or NO_COLOR */
	bool no_mouse;
	enum time_mode times;
};

/* Runs the console on the terminal until the person quits or the terminal is gone. Returns an exit
 * code; a refusal (no terminal, TERM=dumb) is written to standard error and names the command line. */
int console_run(const struct app_options *app, const struct console_options *o);

/* --- for screens and dialogs ------------------------------------------------------------------- */
/* The session's facts (read only, actor, store); never run an operation on it: see console_work. */
const struct app *console_app(const struct console *c);
bool console_read_only(const struct console *c);
bool console_utf8(const struct console *c);    /* can more than ASCII be drawn? */
int64_t console_now(const struct console *c);  /* of the injected clock */
int64_t console_boot(const struct console *c); /* likewise; goes on in suspend, never steps */
enum time_mode console_times(const struct console *c);
void console_redraw(struct console *c); /* the frame is drawn again soon */

/* The message line. Text is made terminal-safe. An error shows message and hint. */
void console_say(struct console *c, enum style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void console_error(struct console *c, const struct err *e);

/* Starts work (see worker.h). A write is remembered as our own, so that live reload names only others;
 * work over 100 ms shows its progress in the message line with Esc as cancel. */
struct work *console_work(struct console *c, const struct work_order *o);

/* The audit event that follows is ours, and no news: for operations that tell their records one by one. */
void console_own(struct console *c, const char *operation, const char *object);

/* Switches to a screen by id ("keys"); false: there is none. */
bool console_go(struct console *c, const char *screen);
struct view *console_view(struct console *c, const char *screen); /* NULL: the one shown */
void console_quit(struct console *c);

/* Calls after delay_ms unless cancelled (loop_after). */
struct loop *console_loop(struct console *c);

/* Sends text to the terminal's clipboard by OSC 52, in tmux and screen in their wrapped form too.
 * False where it can't be (too long, no terminal). Says nothing: the caller words it. */
bool console_copy(struct console *c, const char *text, size_t len);

/* Paints filler over every cell, then the frame: after a secret was on the screen. */
void console_scrub(struct console *c);

/* An instant as the time mode wants it in a narrow column: "12s", "in 2d 4h", "never", "03-17 17:19". */
void console_when(const struct console *c, char *out, size_t size, int64_t at);
/* In at most so many columns, five at least: "2027-06", "11-26", today's as "14:07". */
void console_when_fit(const struct console *c, char *out, size_t size, int64_t at, int width);
/* In full with zone and relative: "2026-04-28 16:00 CEST (in 41d)". */
void console_when_full(const struct console *c, char *out, size_t size, int64_t at);

#endif
