/* The console as an object: its parts, what screens and dialogs ask of it, drawing when something
 * changed. Running it on a terminal is in run.c. */
#include "ui/console.h"

#include <stdarg.h>

#include "src/base/alloc.h"
#include "ui/shell.h"

enum { DETAIL_DELAY_MS = 150, BUSY_MS = 100 };

static size_t count_screens(const struct screen *const *table)
{
	size_t n = 0;

	while (table[n])
		n++;
	return n;
}

/* Work that takes longer than a moment says so where messages stand. */
static void busy_due(void *arg)
{
	struct console *c = arg;

	c->busy_timer = NULL;
	if (!workers_current(c->workers, LANE_WRITE))
		return;
	if (!*c->progress)
		snprintf(c->progress, sizeof(c->progress), "working, Esc cancels");
	console_redraw(c);
}

static void work_progress(void *arg, const struct work_order *o, const char *what, uint64_t done,
			  uint64_t total)
{
	struct console *c = arg;

	if (o->lane != LANE_WRITE)
		return;
	if (total)
		snprintf(c->progress, sizeof(c->progress), "%s  %d %%, Esc cancels", what,
			 (int)(done * 100 / total));
	else
		snprintf(c->progress, sizeof(c->progress), "%s  %llu, Esc cancels", what,
			 (unsigned long long)done);
	console_redraw(c);
}

/* After the write's own `done`, which may begin another. */
static void suspend_due(void *arg)
{
	struct console *c = arg;

	if (c->suspend_asked)
		console_suspend(c);
}

static void work_done(void *arg, const struct work_order *o, const struct work_result *r)
{
	struct console *c = arg;

	if (o->lane == LANE_WRITE)
		*c->progress = '\0';
	if (c->suspend_asked)
		loop_post(c->loop, suspend_due, c);
	if (o->op && !(o->op->flags & OP_NO_STORE))
		passphrase_tried(c, !r->code);
	live_own(c, o, r);
	if (!r->code && o->op && o->op->flags & OP_WRITES)
		view_own_change(c);
	console_redraw(c);
}

struct console *console_new(struct paint *p, const struct app_options *app,
			    const struct console_options *o, const struct screen *const *table)
{
	struct console *c = x_calloc(1, sizeof(*c));

	c->options = *app;
	passphrase_init(c, &c->options);
	c->clock = app->clock ? app->clock : &clock_system;
	c->app = app_new(&c->options);
	c->loop = loop_new();
	c->workers = workers_new(c->loop, c->app);
	workers_watch(c->workers, &(struct work_watch){
					  .arg = c, .progress = work_progress, .done = work_done });
	c->paint = p;
	c->parser = input_parser_new(p->utf8, shell_input, c);
	frame_init(&c->frame, p->width, p->height, p->utf8);
	c->screens = table;
	c->view_count = count_screens(table);
	c->views = x_calloc(c->view_count, sizeof(*c->views));
	c->runs = x_calloc(c->view_count, sizeof(*c->runs));
	c->detail_delay = DETAIL_DELAY_MS;
	c->audit_seen = -1;
	c->times = o->times;
	c->mouse = !o->no_mouse;
	c->running = true;
	c->dirty = true;
	return c;
}

void console_start(struct console *c)
{
	if (c->view_count)
		view_enter(c, 0);
}

/* Workers first: what they still write to belongs to dialogs and views. */
void console_free(struct console *c)
{
	passphrase_end(c);
	workers_stop(c->workers);
	while (c->top)
		dialog_close(c->top);
	view_close_all(c);
	workers_free(c->workers);
	passphrase_release(c);
	loop_free(c->loop);
	app_free(c->app);
	input_parser_free(c->parser);
	frame_release(&c->frame);
	free(c->views);
	free(c->runs);
	free(c);
}

void console_draw(struct console *c)
{
	if (!c->dirty)
		return;
	c->dirty = false;
	shell_draw(c);
	c->paint->show(c->paint, &c->frame);
}

void console_bytes(struct console *c, const char *bytes, size_t len)
{
	c->batch++;
	input_feed(c->parser, bytes, len);
}

void console_resize(struct console *c)
{
	c->paint->resize(c->paint);
	frame_resize(&c->frame, c->paint->width, c->paint->height);
	console_redraw(c);
}

void console_suspend(struct console *c)
{
	c->suspend_asked = workers_writing(c->workers) != NULL;
	if (!c->suspend_asked) {
		c->paint->suspend(c->paint);
		console_resize(c);
	}
	console_redraw(c);
}

void console_settle(struct console *c)
{
	int quiet = 0;

	/* Drawing may start work, and its end may set a timer of no delay: both get their turn. */
	while (quiet < 3) {
		bool busy = c->dirty || !workers_idle(c->workers);

		console_draw(c);
		loop_step(c->loop, workers_idle(c->workers) ? 0 : 100);
		quiet = busy ? 0 : quiet + 1;
	}
}

/* --- what screens ask ----------------------------------------------------------------------------- */

const struct app *console_app(const struct console *c)
{
	return c->app;
}

bool console_read_only(const struct console *c)
{
	return app_read_only(c->app);
}

bool console_utf8(const struct console *c)
{
	return c->paint->utf8;
}

int64_t console_now(const struct console *c)
{
	return clock_wall(c->clock);
}

int64_t console_boot(const struct console *c)
{
	return clock_boot(c->clock);
}

enum time_mode console_times(const struct console *c)
{
	return c->times;
}

struct loop *console_loop(struct console *c)
{
	return c->loop;
}

void console_redraw(struct console *c)
{
	c->dirty = true;
}

void console_say(struct console *c, enum style style, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(c->message, sizeof(c->message), format, ap);
	va_end(ap);
	c->message_style = style;
	c->message_until = 0;
	console_redraw(c);
}

void console_error(struct console *c, const struct err *e)
{
	console_say(c, STYLE_DANGER, "%s%s%s", e->message, *e->hint ? ": " : "", e->hint);
}

struct work *console_work(struct console *c, const struct work_order *o)
{
	if (o->lane == LANE_WRITE && !c->busy_timer)
		c->busy_timer = loop_after(c->loop, BUSY_MS, busy_due, c);
	return work_start(c->workers, o);
}

void console_quit(struct console *c)
{
	if (workers_writing(c->workers) && !c->quit_asked) {
		c->quit_asked = true;
		console_say(c, STYLE_WARNING,
			    "work goes on: Esc cancels it, q again leaves anyway");
		return;
	}
	c->running = false;
}

void console_scrub(struct console *c)
{
	frame_wipe(&c->frame);
	c->paint->scrub(c->paint);
	console_redraw(c);
}
