/* What the parts of the Token screen share: what was pasted, what was found in it, and where the person
 * is in what is shown of it (token_*.c). Pasted text lives in secret memory and is wiped when the
 * screen is left. */
#ifndef UI_TOKEN_H
#define UI_TOKEN_H

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
struct token_paste {
	struct secret text;
	int64_t at;	 /* when it was pasted */
	char origin[64]; /* "at", or what else it came from: "typed", "out of token 1" */
	size_t users;	 /* items, and work under way */
	bool cut;	 /* it was longer than a paste may be */
};

/* One token, or another credential. */
struct token_item {
	struct token_paste *paste;
	size_t offset, len;  /* where it stands in the paste */
	struct json *record; /* of token.inspect, or of token.verify once that was run */
	bool verified;	     /* the record has a verdict */
	int64_t verified_at;
	char against[160];		      /* what it was held against: "JWKS keys.json" */
	const struct json **header, **claims; /* members of the record by part */
	size_t headers, claim_count;
};

enum token_pane {
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
struct token_place {
	size_t at;
	struct scroll scroll;
	int x, y, width, height; /* of its rows in the frame; height 0: not shown (for the mouse) */
};

struct token_reading;

struct token_state {
	struct token_item *items;
	size_t count, at;
	size_t pasted; /* bytes of all that is kept */
	struct token_reading *readings;
	struct token_place places[TOKEN_PANES];
	enum token_pane pane;
	bool shown; /* the token in full */
	bool seen;  /* something of a token was on the screen since it was scrubbed last */
	bool wiped; /* leaving the screen wiped what was here */
	bool finding;
	struct edit find;
	struct loop_timer *tick;
	struct work *work;	 /* a copy or an export under way */
	struct json *key_choice; /* what V was given last: option and value pairs, no secret */
};

struct token_state *token_state(struct view *v);
struct token_item *token_now(struct view *v); /* NULL: nothing is here */
bool token_is_jose(const struct token_item *item);

/* --- token_items.c: reading what is pasted --------------------------------------------------- */
enum { TOKEN_KEPT_MAX = 4 << 20, TOKEN_ITEMS_MAX = 1000 };

/* Looks for tokens in a text (copied), and adds what it finds. */
void token_take(struct view *v, const char *text, size_t len, bool cut, const char *origin);
struct token_paste *token_paste_new(const char *text, size_t len, const char *origin, int64_t at);
void token_paste_drop(struct token_paste *p); /* one user less; wiped with the last one */
/* Adds what an operation found in a text, and goes to the first of it; false: nothing. */
bool token_found(struct view *v, struct token_paste *p, const struct json *rows);
/* The token's text as it was pasted: a secret's part, not terminated. */
const char *token_text(const struct token_item *item, size_t *len);
/* Takes a record of token.verify for the item; NULL: its verdict goes. */
void token_set_record(struct token_item *item, const struct json *record);
bool token_reading(const struct token_state *s);
/* Wipes everything, on the terminal as well. */
void token_wipe(struct view *v);

/* --- token_draw.c ---------------------------------------------------------------------------- */
void token_context(struct view *v, const struct area *line);
void token_draw(struct view *v, const struct area *a);
/* Milliseconds until something drawn reads differently; -1: nothing will. */
int64_t token_next_change(struct view *v);

/* --- token_verdict.c: the verdict, its checks, the life ---------------------------------------- */
int token_draw_verdict(struct view *v, const struct area *a);
int token_draw_life(struct view *v, const struct area *a, int y);
/* It was found good, and that holds at this time. */
bool token_is_valid(const struct token_item *item, int64_t now);
bool token_is_critical(const struct token_item *item);
/* "7 min 31 s", "3 d 4 h": a time that runs, to the second below an hour. */
void token_span(char out[48], int64_t ms);

/* --- token_panes.c: rows ----------------------------------------------------------------------- */
bool token_pane_shown(struct view *v, enum token_pane p);
size_t token_pane_rows(struct view *v, enum token_pane p);
void token_pane_title(struct view *v, enum token_pane p, char title[80], char right[80]);
/* Lines that row n takes in a pane of that width. */
int token_row_height(struct view *v, enum token_pane p, size_t n, int width);
void token_row_draw(struct view *v, enum token_pane p, size_t n, const struct area *a, int y);
/* What `/` looks in: name, value and meaning of a row. */
bool token_row_has(struct view *v, enum token_pane p, size_t n, const char *folded, size_t len);
/* The row of the pane that is in focus; NULL: it has none. */
const struct json *token_row(struct view *v);
/* Goes to another pane, or row. */
void token_focus_first(struct view *v);
void token_focus_step(struct view *v, int by);
void token_move(struct view *v, int by);

/* Goes to another token. */
void token_go(struct view *v, size_t at);
/* The tokens as a menu. */
void token_menu(struct view *v, const char *title, void (*choose)(void *arg, size_t line));

/* --- actions ----------------------------------------------------------------------------------- */
void token_paste_box(struct view *v);
void token_open_row(struct view *v);
void token_show(struct view *v);
void token_list(struct view *v);
void token_copy_value(struct view *v);
void token_copy(struct view *v);
void token_export(struct view *v);
void token_verify(struct view *v);
void token_decrypt(struct view *v);
void token_sign(struct view *v);
void token_diff(struct view *v);

const char *token_why_none(struct view *v);
const char *token_why_no_jose(struct view *v);
const char *token_why_no_verify(struct view *v);
const char *token_why_no_decrypt(struct view *v);
const char *token_why_no_diff(struct view *v);
const char *token_why_no_other(struct view *v);
const char *token_why_no_value(struct view *v);

#endif
