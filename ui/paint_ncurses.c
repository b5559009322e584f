/* The back end that paints with ncurses: the only file that knows it. Keys are read elsewhere; ncurses
 * turns cells that changed into few bytes. */
#include "ui/paint.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <ncurses.h>
#include <term.h>

#include "src/base/alloc.h"
#include "src/base/file.h"
#include "ui/theme.h"

struct paint_ncurses {
	struct paint paint;
	SCREEN *terminal;
	enum theme theme;
	struct frame shown; /* what ncurses was given */
	bool reports;	    /* the terminal knows xterm's reports: mouse, bracketed paste */
	bool mouse_on;
};

/* For paint_emergency(): made beforehand, since a signal handler can't. */
static struct {
	char bytes[512];
	size_t len;
	struct termios modes;
	volatile bool armed;
} emergency;

static const char REPORTS_ON[] = "\033[?2004h";
static const char REPORTS_OFF[] = "\033[?2004l\033[?1006l\033[?1000l";
static const char MOUSE_ON[] = "\033[?1000h\033[?1006h";
static const char MOUSE_OFF[] = "\033[?1006l\033[?1000l";

static struct paint_ncurses *own(struct paint *p)
{
	return (struct paint_ncurses *)p;
}

static void ncurses_send(struct paint *p, const char *bytes, size_t len)
{
	(void)p;
	fd_write_all(STDOUT_FILENO, bytes, len);
}

/* --- cells ------------------------------------------------------------------------------------ */

static attr_t look_attributes(const struct look *look, bool selected)
{
	attr_t a = A_NORMAL;

	if (look->attributes & LOOK_BOLD)
		a |= A_BOLD;
	if (look->attributes & LOOK_UNDERLINE)
		a |= A_UNDERLINE;
	if (selected || look->attributes & LOOK_REVERSE)
		a |= A_REVERSE;
	return a;
}

/* Characters whose width the C library sees otherwise than we do would move what is behind them. */
static void cell_put(const struct paint_ncurses *n, int x, int y, const struct cell *c, bool wide)
{
	const struct look *look = theme_look(n->theme, (enum style)c->style);
	wchar_t text[CELL_CHARS + 1] = { 0 };
	bool plain = c->selected || n->theme == THEME_MONO ||
		     (look->foreground < 0 && look->background < 0);
	short pair = plain ? 0 : (short)(c->style + 1);
	cchar_t out;
	int count = 0;

	while (count < CELL_CHARS && c->chars[count]) {
		text[count] = (wchar_t)c->chars[count];
		count++;
	}
	if (count && wcwidth(text[0]) != (wide ? 2 : 1)) {
		text[0] = L'?';
		text[1] = 0;
		if (wide)
			mvaddch(y, x + 1, ' ');
	}
	setcchar(&out, text, look_attributes(look, c->selected), pair, NULL);
	mvadd_wch(y, x, &out);
}

/* Padding that differs costs no more than a cell painted anew. */
static bool cells_equal(const struct cell *a, const struct cell *b, int count)
{
	return !memcmp(a, b, (size_t)count * sizeof(*a));
}

static bool row_equal(const struct frame *a, int y, const struct frame *b, int z)
{
	return cells_equal(&a->cells[y * a->width], &b->cells[z * b->width], a->width);
}

/* Did most of what changed move by one line, as when the cursor pushes a list on? */
static bool moved_by_one(const struct frame *f, const struct frame *shown)
{
	int changed = 0, up = 0, down = 0;

	for (int y = 1; y + 1 < f->height; y++) {
		if (row_equal(f, y, shown, y))
			continue;
		changed++;
		up += row_equal(f, y, shown, y + 1);
		down += row_equal(f, y, shown, y - 1);
	}
	return 2 * (up > down ? up : down) > changed;
}

static void row_put(struct paint_ncurses *n, const struct frame *f, int y)
{
	const struct cell *row = &f->cells[y * f->width];
	struct cell *shown = &n->shown.cells[y * f->width];

	for (int x = 0; x < f->width; x++) {
		bool wide = x + 1 < f->width && !row[x + 1].chars[0];

		if (cells_equal(&row[x], &shown[x], 1) || !row[x].chars[0])
			continue;
		cell_put(n, x, y, &row[x], wide);
		if (wide)
			shown[x + 1].chars[0] = -1;
	}
	memcpy(shown, row, (size_t)f->width * sizeof(*row));
}

/* ncurses would move parts of the screen by SU and SD where lines look alike. Terminals that call
 * themselves xterm don't all know them, so it sees one line at a time, but for a move by one line. */
static void ncurses_show(struct paint *p, const struct frame *f)
{
	struct paint_ncurses *n = own(p);
	bool together;

	if (n->shown.width != f->width || n->shown.height != f->height) {
		frame_resize(&n->shown, f->width, f->height);
		erase();
	}
	together = moved_by_one(f, &n->shown);
	for (int y = 0; y < f->height; y++) {
		bool same = row_equal(f, y, &n->shown, y);

		row_put(n, f, y);
		if (!same && !together)
			refresh();
	}
	if (f->cursor_y >= 0) {
		move(f->cursor_y, f->cursor_x);
		curs_set(1);
	} else {
		curs_set(0);
	}
	refresh();
}

/* A secret may be left in ncurses' cells and output buffer until everything was sent once more. */
static void ncurses_scrub(struct paint *p)
{
	struct paint_ncurses *n = own(p);

	for (int y = 0; y < n->shown.height; y++)
		for (int x = 0; x < n->shown.width; x++)
			mvaddch(y, x, '.');
	frame_wipe(&n->shown);
	for (int i = 0; i < n->shown.width * n->shown.height; i++)
		n->shown.cells[i].chars[0] = -1;
	refresh();
}

/* --- the terminal ------------------------------------------------------------------------------ */

static void ncurses_resize(struct paint *p)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col && size.ws_row)
		resizeterm(size.ws_row, size.ws_col);
	getmaxyx(stdscr, p->height, p->width);
}

static void ncurses_mouse(struct paint *p, bool on)
{
	struct paint_ncurses *n = own(p);

	n->mouse_on = on;
	if (n->reports)
		ncurses_send(p, on ? MOUSE_ON : MOUSE_OFF, strlen(on ? MOUSE_ON : MOUSE_OFF));
}

static void ncurses_leave(struct paint *p)
{
	if (own(p)->reports)
		ncurses_send(p, REPORTS_OFF, strlen(REPORTS_OFF));
	endwin();
}

static void ncurses_suspend(struct paint *p)
{
	struct paint_ncurses *n = own(p);

	ncurses_leave(p);
	raise(SIGSTOP);
	ncurses_resize(p);
	clearok(curscr, TRUE);
	refresh();
	if (n->reports)
		ncurses_send(p, REPORTS_ON, strlen(REPORTS_ON));
	ncurses_mouse(p, n->mouse_on);
}

static void ncurses_free(struct paint *p)
{
	struct paint_ncurses *n = own(p);

	emergency.armed = false;
	ncurses_scrub(p);
	erase();
	refresh();
	ncurses_leave(p);
	delscreen(n->terminal);
	frame_release(&n->shown);
	free(n);
}

static int emergency_put(int c)
{
	if (emergency.len < sizeof(emergency.bytes))
		emergency.bytes[emergency.len++] = (char)c;
	return c;
}

static void emergency_capability(const char *name)
{
	const char *text = tigetstr(name);

	if (text && text != (const char *)(intptr_t)-1)
		tputs(text, 1, emergency_put);
}

static void emergency_arm(const struct termios *modes, bool reports)
{
	emergency.len = 0;
	for (const char *c = REPORTS_OFF; reports && *c; c++)
		emergency_put(*c);
	emergency_capability("sgr0");
	emergency_capability("cnorm");
	emergency_capability("rmkx");
	emergency_capability("clear");
	emergency_capability("rmcup");
	emergency.modes = *modes;
	emergency.armed = true;
}

void paint_emergency(void)
{
	if (!emergency.armed)
		return;
	emergency.armed = false;
	if (write(STDOUT_FILENO, emergency.bytes, emergency.len) < 0)
		return;
	tcsetattr(STDIN_FILENO, TCSANOW, &emergency.modes);
}

static bool has_capability(const char *name)
{
	const char *text = tigetstr(name);

	return text && text != (const char *)(intptr_t)-1;
}

/* The characters that the console draws with itself must take one column each. */
static bool draws_utf8(const char *term)
{
	static const wchar_t own_signs[] = L"●▲◐○✗◌◷✓–…─│•→▁█";

	if (strcmp(nl_langinfo(CODESET), "UTF-8") || !strncmp(term, "vt", 2))
		return false;
	for (const wchar_t *c = own_signs; *c; c++) {
		if (wcwidth(*c) != 1)
			return false;
	}
	return true;
}

static void colours_init(struct paint_ncurses *n, const struct console_options *o)
{
	n->theme = theme_pick(o->theme, tigetnum("colors"), o->no_color);
	if (n->theme == THEME_MONO)
		return;
	start_color();
	use_default_colors();
	for (int s = 0; s < STYLE_COUNT; s++) {
		const struct look *look = theme_look(n->theme, (enum style)s);

		init_pair((short)(s + 1), look->foreground, look->background);
	}
}

static enum errc terminal_check(const char *term, struct err *e)
{
	const char *instead = "the command line does all of it: see \"authrack --help\"";

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		err_set(e, ERR_USAGE, "the console needs a terminal");
		return err_hint(e, "%s", instead);
	}
	if (!*term || !strcmp(term, "dumb") || !strcmp(term, "unknown")) {
		err_set(e, ERR_USAGE, "the console can't run on a terminal of type \"%s\"", term);
		return err_hint(e, "%s", instead);
	}
	return ERR_OK;
}

static enum errc terminal_open(struct paint_ncurses *n, const char *term, struct err *e)
{
	struct termios modes;

	tcgetattr(STDIN_FILENO, &modes);
	setlocale(LC_CTYPE, "");
	n->terminal = newterm(NULL, stdout, stdin);
	if (!n->terminal) {
		err_set(e, ERR_USAGE, "terminal type \"%s\" is not known here", term);
		return err_hint(e, "set TERM to one of those \"toe -a\" lists, or use the command "
				   "line");
	}
	raw();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	typeahead(-1);
	n->reports = has_capability("kmous");
	emergency_arm(&modes, n->reports);
	return ERR_OK;
}

enum errc paint_ncurses_new(struct paint **out, const struct console_options *o, struct err *e)
{
	const char *named = getenv("TERM"), *term = named ? named : "";
	struct paint_ncurses *n;
	enum errc code = terminal_check(term, e);

	if (code)
		return code;
	n = x_calloc(1, sizeof(*n));
	code = terminal_open(n, term, e);
	if (code) {
		free(n);
		return code;
	}
	n->paint = (struct paint){
		.utf8 = draws_utf8(term),
		.show = ncurses_show,
		.scrub = ncurses_scrub,
		.resize = ncurses_resize,
		.suspend = ncurses_suspend,
		.mouse = ncurses_mouse,
		.send = ncurses_send,
		.free = ncurses_free,
	};
	colours_init(n, o);
	frame_init(&n->shown, 1, 1, n->paint.utf8);
	ncurses_resize(&n->paint);
	refresh();
	if (n->reports)
		ncurses_send(&n->paint, REPORTS_ON, strlen(REPORTS_ON));
	*out = &n->paint;
	return ERR_OK;
}
