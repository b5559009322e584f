/* What the parts of the Token screen share: what was pasted, what was found in it, and where the person
 * is in what is shown of it (tokens_*.c). Pasted text lives in secret memory and is wiped when the
 * screen is left. */
#ifndef UI_TOKENS_H
#define UI_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/json.h"
#include "src/base/secret.h"
#include "ui/edit.h"
#include "ui/form_dialog.h"
#include "ui/screen.h"
#include "ui/scroll.h"

/* A text that tokens were found in. */
struct tokens_paste {
	struct secret text;
	int64_t at;	 /* when it was pasted */
	char origin[64]; /* "at", or what else it came from: "typed", "out of token 1" */
	size_t users;	 /* items, and work under way */
	bool cut;	 /* it was longer than a paste may be */
};

/* One token, or another credential. */
struct tokens_item {
	struct tokens_paste *paste;
	size_t offset, len;  /* where it stands in the paste */
	struct json *record; /* of token.inspect, or of token.verify once that was run */
	bool verified;	     /* the record has a verdict */
	int64_t verified_at;
	char against[160];		      /* what it was held against: "JWKS keys.json" */
	const struct json **header, **claims; /* members of the record by part */
	size_t headers, claim_count;
};

enum tokens_pane {
	TOKEN_FINDINGS_FIRST, /* above the claims: something is critical */
	TOKEN_FACTS,
	TOKEN_HEADER,
	TOKEN_CLAIMS,
	TOKEN_DISCLOSURES,
	TOKEN_FINDINGS,
	TOKEN_TEXT,
	TOKEN_PANES
};

/* Where the person is in a pane. */
struct tokens_place {
	size_t at;
	struct scroll scroll;
	int x, y, width, height; /* of its rows in the frame; height 0: not shown (for the mouse) */
};

struct tokens_reading;

struct tokens_state {
	struct tokens_item *items;
	size_t count, at;
	size_t pasted; /* bytes of all that is kept */
	struct tokens_reading *readings;
	struct tokens_place places[TOKEN_PANES];
	enum tokens_pane pane;
	bool shown; /* the token in full */
	bool seen;  /* something of a token was on the screen since it was scrubbed last */
	bool wiped; /* leaving the screen wiped what was here */
	bool finding;
	struct edit find;
	struct loop_timer *tick;
	struct work *work;	 /* a copy or an export under way */
	struct json *key_choice; /* what V was given last: option and value pairs, no secret */
};

struct tokens_state *tokens_state(struct view *v);
struct tokens_item *tokens_now(struct view *v); /* NULL: nothing is here */
bool tokens_is_jose(const struct tokens_item *item);

/* --- tokens_items.c: reading what is pasted --------------------------------------------------- */
enum { TOKEN_KEPT_MAX = 4 << 20, TOKEN_ITEMS_MAX = 1000 };

/* Looks for tokens in a text (copied), and adds what it finds. */
void tokens_take(struct view *v, const char *text, size_t len, bool cut, const char *origin);
struct tokens_paste *tokens_paste_new(const char *text, size_t len, const char *origin, int64_t at);
void tokens_paste_drop(struct tokens_paste *p); /* one user less; wiped with the last one */
/* Adds what an operation found in a text, and goes to the first of it; false: nothing. */
bool tokens_found(struct view *v, struct tokens_paste *p, const struct json *rows);
/* The token's text as it was pasted: a secret's part, not terminated. */
const char *tokens_text(const struct tokens_item *item, size_t *len);
/* Takes a record of token.verify for the item; NULL: its verdict goes. */
void tokens_set_record(struct tokens_item *item, const struct json *record);
bool tokens_reading(const struct tokens_state *s);
/* Wipes everything, on the terminal as well. */
void tokens_wipe(struct view *v);

/* --- tokens_draw.c ---------------------------------------------------------------------------- */
void tokens_context(struct view *v, const struct area *line);
void tokens_draw(struct view *v, const struct area *a);
/* Milliseconds until something drawn reads differently; -1: nothing will. */
int64_t tokens_next_change(struct view *v);

/* --- tokens_verdict.c: the verdict, its checks, the life ---------------------------------------- */
int tokens_draw_verdict(struct view *v, const struct area *a);
/* All checks, a line or more each. Returns the lines. */
int tokens_draw_checks(const struct json *checks, const struct area *a);
int tokens_draw_life(struct view *v, const struct area *a, int y);
/* It was found good, and that holds at this time. */
bool tokens_is_valid(const struct tokens_item *item, int64_t now);
bool tokens_is_critical(const struct tokens_item *item);
/* "7 min 31 s", "3 d 4 h": a time that runs, to the second below an hour. */
void tokens_span(char out[48], int64_t ms);

/* --- tokens_panes.c: rows ----------------------------------------------------------------------- */
bool tokens_pane_shown(struct view *v, enum tokens_pane p);
size_t tokens_pane_rows(struct view *v, enum tokens_pane p);
void tokens_pane_title(struct view *v, enum tokens_pane p, char title[80], char right[80]);
/* Lines that row n takes in a pane of that width. */
int tokens_row_height(struct view *v, enum tokens_pane p, size_t n, int width);
void tokens_row_draw(struct view *v, enum tokens_pane p, size_t n, const struct area *a, int y);
/* What `/` looks in: name, value and meaning of a row. */
bool tokens_row_has(struct view *v, enum tokens_pane p, size_t n, const char *folded, size_t len);
/* The row of the pane that is in focus; NULL: it has none. */
const struct json *tokens_row(struct view *v);
/* Goes to another pane, or row. */
void tokens_focus_first(struct view *v);
void tokens_focus_step(struct view *v, int by);
void tokens_move(struct view *v, int by);

/* Goes to another token. */
void tokens_go(struct view *v, size_t at);
/* The tokens as a menu. */
void tokens_menu(struct view *v, const char *title, void (*choose)(void *arg, size_t line));

/* --- actions ----------------------------------------------------------------------------------- */
void tokens_paste_box(struct view *v);
void tokens_open_row(struct view *v);
void tokens_show(struct view *v);
void tokens_list(struct view *v);
void tokens_open_checks(struct view *v);
const char *tokens_why_no_checks(struct view *v);
void tokens_copy_value(struct view *v);
void tokens_copy(struct view *v);
void tokens_export(struct view *v);
void tokens_verify(struct view *v);
/* What V offers first: a key option of token.verify and its value. */
void tokens_verify_with(struct view *v, const char *option, const char *value);
void tokens_decrypt(struct view *v);
void tokens_sign(struct view *v);
void tokens_diff(struct view *v);

const char *tokens_why_none(struct view *v);
const char *tokens_why_no_jose(struct view *v);
const char *tokens_why_no_verify(struct view *v);
const char *tokens_why_no_decrypt(struct view *v);
const char *tokens_why_no_diff(struct view *v);
const char *tokens_why_no_other(struct view *v);
const char *tokens_why_no_value(struct view *v);

#endif
