/* The Token screen: paste anything, see what it is, what it says, whether it is valid and what is wrong
 * with it. Nothing that is pasted is stored, logged or sent anywhere, and leaving wipes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/keys.h"
#include "ui/record.h"
#include "ui/token.h"

enum { FIND_MAX = 60 };

/* --- why not ------------------------------------------------------------------------------- */
const char *token_why_none(struct view *v)
{
	return token_now(v) ? NULL : "paste a token first";
}

const char *token_why_no_other(struct view *v)
{
	return token_state(v)->count > 1 ? NULL : "there is no other token";
}

const char *token_why_no_value(struct view *v)
{
	const struct json *row = token_row(v);

	if (!token_now(v))
		return token_why_none(v);
	return json_get_text(row, "value") || json_get_text(row, "text")
		       ? NULL
		       : "the row in focus has no value; Tab goes to the claims";
}

/* --- tokens -------------------------------------------------------------------------------- */
void token_go(struct view *v, size_t at)
{
	token_state(v)->at = at;
	token_focus_first(v);
}

static void token_next(struct view *v)
{
	token_go(v, (token_state(v)->at + 1) % token_state(v)->count);
}

static void token_before(struct view *v)
{
	token_go(v, (token_state(v)->at + token_state(v)->count - 1) % token_state(v)->count);
}

static void token_clear(struct view *v)
{
	token_wipe(v);
	console_say(v->console, STYLE_NORMAL, "wiped");
}

void token_show(struct view *v)
{
	struct token_state *s = token_state(v);

	s->shown = !s->shown;
	s->places[TOKEN_TEXT] = (struct token_place){ .at = 0 };
	if (s->shown)
		s->pane = TOKEN_TEXT;
	else
		console_scrub(v->console);
	console_redraw(v->console);
}

static const char *token_show_label(struct view *v)
{
	return token_state(v)->shown ? "hide token" : "show token";
}

static void token_pane_next(struct view *v)
{
	token_focus_step(v, 1);
}

/* --- keys of our own ----------------------------------------------------------------------- */
static const char *token_why_no_identify(struct view *v)
{
	if (!token_now(v))
		return token_why_none(v);
	return strcmp(record_text(token_now(v)->record, "kind", ""), "authrack") == 0
		       ? NULL
		       : "it is no key of authrack's";
}

/* Leaving wipes what is here: the key goes along. */
static void token_identify(struct view *v)
{
	struct console *c = v->console;
	struct secret key = SECRET_INIT;
	size_t len;
	const char *text = token_text(token_now(v), &len);

	secret_set(&key, text, len);
	if (console_go(c, "keys"))
		keys_identify_now(console_view(c, "keys"), secret_reveal(&key));
	secret_release(&key);
}

/* --- find ---------------------------------------------------------------------------------- */
static void find_open(struct view *v)
{
	struct token_state *s = token_state(v);

	if (!s->find.text)
		edit_init(&s->find, FIND_MAX);
	edit_set(&s->find, "");
	s->finding = true;
	console_redraw(v->console);
}

/* The next row that has the words, in this pane and the ones behind it; from `from` rows on. */
static bool find_from(struct view *v, size_t from)
{
	struct token_state *s = token_state(v);
	char folded[FIND_MAX + 1];
	size_t len = s->find.len;

	for (size_t i = 0; i <= len; i++)
		folded[i] = s->find.text[i] >= 'A' && s->find.text[i] <= 'Z'
				    ? (char)(s->find.text[i] + 'a' - 'A')
				    : s->find.text[i];
	for (int step = 0; step <= TOKEN_PANES; step++) {
		enum token_pane p = (enum token_pane)(((int)s->pane + step) % TOKEN_PANES);
		size_t rows = p == TOKEN_TEXT ? 0 : token_pane_rows(v, p);

		for (size_t n = step ? 0 : from; n < rows; n++)
			if (token_row_has(v, p, n, folded, len)) {
				s->pane = p;
				s->places[p].at = n;
				return true;
			}
	}
	return false;
}

static void find_next(struct view *v)
{
	struct token_state *s = token_state(v);

	if (!s->find.len)
		find_open(v);
	else if (!find_from(v, s->places[s->pane].at + 1))
		console_say(v->console, STYLE_NORMAL, "\"%s\" is nowhere in this token",
			    s->find.text);
	console_redraw(v->console);
}

static bool find_input(struct view *v, const struct input *in)
{
	struct token_state *s = token_state(v);

	if (in->type == INPUT_KEY && in->key == PRESS_ESC) {
		s->finding = false;
	} else if (in->type == INPUT_KEY && in->key == PRESS_ENTER) {
		s->finding = false;
		find_next(v);
	} else if (edit_input(&s->find, in)) {
		if (s->find.len && !find_from(v, s->places[s->pane].at))
			console_say(v->console, STYLE_NORMAL, "\"%s\" is nowhere in this token",
				    s->find.text);
	}
	console_redraw(v->console);
	return true;
}

/* --- keys ---------------------------------------------------------------------------------- */
static bool token_key(struct view *v, int32_t key)
{
	struct token_state *s = token_state(v);
	int page = s->places[s->pane].scroll.room > 1 ? s->places[s->pane].scroll.room : 1;
	const struct {
		int32_t key;
		int by;
	} moves[] = {
		{ 'j', 1 },
		{ PRESS_DOWN, 1 },
		{ 'k', -1 },
		{ PRESS_UP, -1 },
		{ ' ', page },
		{ PRESS_PAGE_DOWN, page },
		{ 'g', -(1 << 24) },
		{ PRESS_HOME, -(1 << 24) },
		{ 'G', 1 << 24 },
		{ PRESS_END, 1 << 24 },
		{ PRESS_PAGE_UP, -page },
	};

	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		if (moves[i].key == key) {
			token_move(v, moves[i].by);
			return true;
		}
	if (key == PRESS_BACKTAB)
		token_focus_step(v, -1);
	return key == PRESS_BACKTAB;
}

/* The row of a pane that is drawn in a line of it. */
static size_t row_at(struct view *v, enum token_pane p, int line)
{
	const struct token_place *place = &token_state(v)->places[p];
	size_t rows = token_pane_rows(v, p);
	int y = 0;

	line += place->scroll.at;
	for (size_t i = 0; i < rows; i++) {
		y += token_row_height(v, p, i, place->width);
		if (line < y)
			return i;
	}
	return rows ? rows - 1 : 0;
}

static bool token_mouse(struct view *v, const struct input *in)
{
	struct token_state *s = token_state(v);

	if (in->mouse == MOUSE_WHEEL_UP || in->mouse == MOUSE_WHEEL_DOWN) {
		token_move(v, in->mouse == MOUSE_WHEEL_UP ? -3 : 3);
		return true;
	}
	for (int p = 0; in->mouse == MOUSE_CLICK && p < TOKEN_PANES; p++) {
		struct token_place *place = &s->places[p];

		if (in->y < place->y - 1 || in->y >= place->y + place->height || !place->height)
			continue;
		s->pane = (enum token_pane)p;
		if (in->y >= place->y)
			place->at = row_at(v, (enum token_pane)p, in->y - place->y);
		console_redraw(v->console);
		return true;
	}
	return false;
}

static bool token_input(struct view *v, const struct input *in)
{
	if (!token_now(v))
		return false;
	if (in->type == INPUT_MOUSE)
		return token_mouse(v, in);
	if (token_state(v)->finding)
		return find_input(v, in);
	return in->type == INPUT_KEY && token_key(v, in->key);
}

static void token_paste(struct view *v, const char *text, size_t len, bool cut)
{
	if (len)
		token_take(v, text, len, cut, "at");
}

static void token_leave(struct view *v)
{
	struct token_state *s = token_state(v);
	bool had = s->count || token_reading(s);

	token_wipe(v);
	s->wiped = had;
}

static void token_close(struct view *v)
{
	token_wipe(v);
	json_free(token_state(v)->key_choice);
}

static const struct action token_actions[] = {
	{ 'p', "paste", "paste box, for terminals that mark no paste", "Paste a token…", NULL,
	  GROUP_CHANGE, ACTION_FOOTER, .run = token_paste_box },
	{ 'V', "verify with…", "verify with a key…", "Verify the token…", "token.verify",
	  GROUP_CHANGE, ACTION_FOOTER, .disabled = token_why_no_verify, .run = token_verify },
	{ 'D', "decrypt", "decrypt with a key…", "Decrypt the token…", "token.decrypt",
	  GROUP_CHANGE, ACTION_FOOTER, .disabled = token_why_no_decrypt, .run = token_decrypt },
	{ 'i', "identify", "whose key it is", "Identify the pasted key", "key.identify", GROUP_FIND,
	  ACTION_FOOTER, .disabled = token_why_no_identify, .run = token_identify },
	{ 'y', "copy claim", "copy the value in focus", "Copy the value in focus", NULL,
	  GROUP_OTHER, ACTION_FOOTER, .disabled = token_why_no_value, .run = token_copy_value },
	{ 'Y', "copy", "copy the token, claims, header…", "Copy the token or a part of it…", NULL,
	  GROUP_OTHER, 0, .disabled = token_why_none, .run = token_copy },
	{ '/', "find", "find in names and values", "Find in the token", NULL, GROUP_FIND,
	  ACTION_FOOTER, .disabled = token_why_none, .run = find_open },
	{ 'n', "next match", "next match", NULL, NULL, GROUP_FIND, 0, .disabled = token_why_none,
	  .run = find_next },
	{ PRESS_TAB, "pane", "next pane", NULL, NULL, GROUP_MOVE, ACTION_FOOTER,
	  .disabled = token_why_none, .run = token_pane_next },
	{ PRESS_RIGHT, "next token", "next token", "Next token", NULL, GROUP_MOVE, ACTION_FOOTER,
	  .disabled = token_why_no_other, .run = token_next },
	{ PRESS_LEFT, "token before", "token before", NULL, NULL, GROUP_MOVE, 0,
	  .disabled = token_why_no_other, .run = token_before },
	{ 'l', "list", "list the tokens…", "List the tokens", NULL, GROUP_MOVE, 0,
	  .disabled = token_why_no_other, .run = token_list },
	{ PRESS_ENTER, "open", "the row in focus as a page", NULL, NULL, GROUP_MOVE, 0,
	  .disabled = token_why_none, .run = token_open_row },
	{ 'e', "export", "write a report to a file…", "Write a report on the token…",
	  "token.inspect", GROUP_OTHER, ACTION_FOOTER, .disabled = token_why_none,
	  .run = token_export },
	{ 'T', "show token", "show the token itself, or mask it", "Show or mask the token", NULL,
	  GROUP_OTHER, ACTION_FOOTER, .disabled = token_why_none, .label_now = token_show_label,
	  .run = token_show },
	{ PRESS_ESC, "clear", "wipe what was pasted", "Wipe what was pasted", NULL, GROUP_CHANGE,
	  ACTION_FOOTER | ACTION_DANGER, .disabled = token_why_none, .run = token_clear },
	{ .label = NULL },
};

const struct screen screen_token = {
	.id = "token",
	.title = "Token",
	.digit = '2',
	.help = "what a pasted token says, whether it is valid, and what is wrong with it",
	.legend = "Verdict  ✓ valid  ✗ not valid  ? unchecked   Check  ✓ ✗ – not made\n"
		  "Finding  !! critical  ✗ error  ! warning  i info",
	.state_size = sizeof(struct token_state),
	.actions = token_actions,
	.close = token_close,
	.context = token_context,
	.draw = token_draw,
	.input = token_input,
	.paste = token_paste,
	.leave = token_leave,
};
