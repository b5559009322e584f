/* A screen as one record: columns, actions, loading, drawing. Footer, help, palette and the key tables
 * of README and manual page come from it. */
#ifndef UI_SCREEN_H
#define UI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/app/op.h"
#include "ui/frame.h"
#include "ui/input.h"
#include "ui/list.h"

struct console;
struct screen;

/* A screen at run time. */
struct view {
	const struct screen *screen;
	struct console *console;
	struct list *list; /* NULL for a screen without one */
	void *state;	   /* screen->state_size bytes, zeroed */
	const struct json
		*detail;     /* record of `detail_load` for the selected row; NULL: not there yet */
	bool detail_focused; /* Tab: keys scroll the pane */
	int detail_scroll, detail_most; /* lines off the pane's top, and the most there can be */
	char reason[160];		/* room for a `disabled` function's text */
};

enum action_group { GROUP_MOVE, GROUP_CHANGE, GROUP_FIND, GROUP_OTHER, GROUP_COUNT };

enum {
	ACTION_FOOTER = 1 << 0,	   /* in the footer while it is not disabled */
	ACTION_NEEDS_ROW = 1 << 1, /* disabled on an empty list */
	ACTION_BULK = 1 << 2,	   /* acts on the marked; the footer says how many */
	ACTION_WRITES = 1 << 3,	   /* gone in a read-only store (OP_WRITES of `op` implies it) */
	ACTION_DANGER = 1 << 4,	   /* last in the footer */
	ACTION_LIST = 1 << 5,	   /* only on screens with a list */
	ACTION_MARKS = 1 << 6,	   /* in the footer while something is marked */
};

struct action {
	int32_t key;
	const char *label; /* footer: "revoke" */
	const char *help;  /* help overlay: "revoke, final…" */
	const char *title; /* palette: "Revoke key…"; NULL: not in it */
	const char *op;	   /* operation id, for the palette and parity; NULL: none */
	enum action_group group;
	unsigned flags;
	/* Why it can't be done now (may be written to v->reason), or NULL. May be NULL. */
	const char *(*disabled)(struct view *v);
	/* The footer's word for this row ("enable" instead of "disable"). May be NULL. */
	const char *(*label_now)(struct view *v);
	void (*run)(struct view *v);
	const char *keys; /* as help writes the keys ("↑↓ j k"); NULL: the name of `key` */
};

struct screen {
	const char *id;	    /* "keys" */
	const char *title;  /* tab: "Keys" */
	char digit;	    /* '1' */
	const char *help;   /* one line for the palette: what it shows */
	const char *legend; /* signs explained below its help; NULL none */
	size_t state_size;
	const struct action *actions; /* ends with a NULL label */
	const struct list_type *list; /* NULL: `draw` and `input` do it all */

	void (*open)(struct view *v);  /* once; may be NULL */
	void (*close)(struct view *v); /* once; may be NULL */
	/* Draws the left part of the context line (the shell draws store, actor and time). */
	void (*context)(struct view *v, const struct area *line);
	/* Instead of list and pane; may be NULL when there is a list. `area` is the body. With a list as
	 * well it places that by view_draw_list(). */
	void (*draw)(struct view *v, const struct area *area);
	/* Before the shell's own keys; false: not taken. May be NULL. */
	bool (*input)(struct view *v, const struct input *in);
	/* Operation and arguments that load the detail pane's record for a row; NULL result: none. */
	struct op_args *(*detail_load)(struct view *v, const struct json *row,
				       const struct op **op);
	/* Draws the pane; v->detail may still be NULL (draw what the row has). Title line included.
	 * Returns how many lines there are, seen or not: the shell scrolls them. */
	int (*detail)(struct view *v, const struct json *row, const struct area *area);
	/* Called when the store changed (ours or others), so that figures above the list can be loaded. */
	void (*changed)(struct view *v);
	/* A paste outside any field; `cut`: its end is missing. */
	void (*paste)(struct view *v, const char *text, size_t len, bool cut);
	/* Does something go on here that other screens should tell of (a mark in the tab)? May be NULL. */
	bool (*busy)(const struct view *v);
	/* Another screen is entered; what must not outlive the look at it goes. May be NULL. */
	void (*leave)(struct view *v);
};

/* Draws the view's list there, for a screen that has more to show than list and pane. */
void view_draw_list(struct view *v, const struct area *area);

/* All screens, in the order of their digits; NULL-terminated. One line here adds a screen. */
extern const struct screen *const screens[];
const struct screen *screen_find(const char *id); /* NULL */

/* Actions every screen has (move, filter, mark …), for help and documentation; ends with a NULL label. */
extern const struct action shell_actions[];

#endif
