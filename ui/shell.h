/* The console's inside: shared by the files of the shell and by tests of the screens, not for screens
 * and dialogs. */
#ifndef UI_SHELL_H
#define UI_SHELL_H

#include <stdbool.h>
#include <stddef.h>
#include <pthread.h>
#include <stdint.h>

#include "src/base/secret.h"
#include "ui/console.h"
#include "ui/dialog.h"
#include "ui/paint.h"
#include "ui/screen.h"

/* A view's side of the shell: whether it is up to date, and the loading of its detail pane. */
struct view_run {
	struct console *console;
	struct view *view;
	bool opened, stale;
	struct loop_timer *timer;
	struct work *work;
	char detail_id[40]; /* whose record view->detail is, or is being loaded */
	bool again;	    /* the store changed while it was being loaded */
};

/* What a click on the tabs or the footer stands for. */
struct button {
	int x, width;
	int32_t key;
};
enum { BUTTONS = 24, OWN_CHANGES = 64, RECENT = 5 };

/* A change that this console made: the audit event of it is no news. */
struct own_change {
	const char *operation;
	char object[40];
};

/* Shared by the loop and the workers. */
struct passphrase {
	pthread_mutex_t lock;
	pthread_cond_t answered;
	struct secret known;
	bool proved; /* it opened the store */
	bool asking, refused, ending;
};

struct console {
	struct app_options options;
	struct passphrase passphrase;
	struct app *app;
	const struct clock *clock;
	struct loop *loop;
	struct workers *workers;
	struct paint *paint;
	struct frame frame;
	struct input_parser *parser;
	struct loop_timer *esc_timer, *busy_timer;
	int64_t esc_delay;
	bool dirty, running;
	int exit_code;

	const struct screen *const *screens;
	struct view *views;    /* one for each of them */
	struct view_run *runs; /* what the shell keeps for each of them */
	size_t view_count, current;
	int64_t detail_delay;		    /* ms the cursor rests before the pane is loaded */
	struct area list_area, detail_area; /* where they were drawn last, for the mouse */

	struct dialog *top;
	uint64_t batch; /* counts reads of the terminal */
	const struct action *last_action;
	const struct view *last_view;	     /* where it was done */
	const struct action *recent[RECENT]; /* for the palette, newest first */

	char message[600];
	enum style message_style;
	int64_t message_until; /* keys leave the message alone before this wall time */
	char progress[200];    /* instead of the message while work goes on */
	bool quit_asked;
	bool suspend_asked; /* and waiting for a write to finish */

	enum time_mode times;
	bool mouse;
	struct button tabs[BUTTONS], footer[BUTTONS];
	size_t tab_count, footer_count;

	/* Live reload. */
	bool change_known, change_asked;
	uint64_t change;
	int64_t audit_seen; /* sequence; -1 not known */
	char trouble[600];  /* what app_change last said, so that it is said once */
	struct own_change own[OWN_CHANGES];
	size_t own_next;
};

/* Everything is borrowed and must outlive it. `table` is screens[] but for tests of the shell. */
struct console *console_new(struct paint *p, const struct app_options *app,
			    const struct console_options *o, const struct screen *const *table);
void console_free(struct console *c);
void console_start(struct console *c); /* opens the first screen, begins to watch the store */
void console_draw(struct console *c);  /* when something changed */
void console_bytes(struct console *c, const char *bytes,
		   size_t len); /* as read from the terminal */
void console_resize(struct console *c);
/* ^Z: the terminal is the shell's until SIGCONT. A write is let finish first: stopped in the middle
 * it would hold the store's lock. */
void console_suspend(struct console *c);
/* Runs the loop until no work is under way and everything is drawn: for tests. */
void console_settle(struct console *c);

/* shell.c: what is around the screen, and what keys do. */
void shell_draw(struct console *c);
void shell_input(void *console, const struct input *in);

/* view.c: the current screen, its list and its pane. */
struct view *view_now(struct console *c);
void view_enter(struct console *c, size_t index);
void view_draw(struct console *c, const struct area *body, bool focused);
void view_changed(struct console *c); /* the store changed */
/* We changed something: the pane beside the list shows it, and a form begins with it, without waiting for the
 * next look at the store. */
void view_own_change(struct console *c);
void view_close_all(struct console *c);

/* action.c */
bool action_offered(const struct console *c,
		    const struct action *a); /* not gone by read-only mode */
const char *action_disabled(struct view *v, const struct action *a); /* reason or NULL */
const char *action_label(struct view *v, const struct action *a, char out[64]);
bool action_run(struct view *v, const struct action *a); /* false: disabled, the reason is said */
const struct action *action_by_key(const struct action *table, int32_t key);

/* live.c */
void live_start(struct console *c); /* asks now and every second from now on */
void live_look(struct console *c);  /* asks once */
void live_own(struct console *c, const struct work_order *o, const struct work_result *r);

/* passphrase.c */
void passphrase_init(struct console *c, struct app_options *options);
void passphrase_tried(struct console *c, bool well); /* an operation ended */
void passphrase_again(struct console *c);	     /* a person who gave it up may be asked anew */
void passphrase_end(struct console *c);		     /* lets waiting workers go */
void passphrase_release(struct console *c);

/* overlays */
void help_open(struct console *c);
void palette_open(struct console *c);
void sort_menu_open(struct view *v);

#endif
