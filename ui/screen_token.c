/* The Token screen: paste anything, see what it is, what it says, whether it is valid and what is wrong
 * with it. Nothing that is pasted is stored, logged or sent anywhere, and leaving wipes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/keys.h"
#include "ui/record.h"
#include "ui/tokens.h"

enum { FIND_MAX = 60 };

/* --- why not ------------------------------------------------------------------------------- */
const char *tokens_why_none(struct view *v)
{
	return tokens_now(v) ? NULL : "paste a token first";
}

const char *tokens_why_no_other(struct view *v)
{
	return tokens_state(v)->count > 1 ? NULL : "there is no other token";
}

const char *tokens_why_no_value(struct view *v)
{
	const struct json *row = tokens_row(v);

	if (!tokens_now(v))
		return tokens_why_none(v);
	return json_get_text(row, "value") || json_get_text(row, "text")
		       ? NULL
		       : "the row in focus has no value; Tab goes to the claims";
}

/* --- tokens -------------------------------------------------------------------------------- */
void tokens_go(struct view *v, size_t at)
{
	tokens_state(v)->at = at;
	tokens_focus_first(v);
}

static void tokens_next(struct view *v)
{
	tokens_go(v, (tokens_state(v)->at + 1) % tokens_state(v)->count);
}

static void tokens_before(struct view *v)
{
	tokens_go(v, (tokens_state(v)->at + tokens_state(v)->count - 1) % tokens_state(v)->count);
}

static void tokens_clear(struct view *v)
{
	tokens_wipe(v);
	console_say(v->console, STYLE_NORMAL, "wiped");
}

void tokens_show(struct view *v)
{
	struct tokens_state *s = tokens_state(v);

	s->shown = !s->shown;
	s->places[TOKEN_TEXT] = (struct tokens_place){ .at = 0 };
	if (s->shown)
		s->pane = TOKEN_TEXT;
	else
		console_scrub(v->console);
	console_redraw(v->console);
}

static const char *tokens_show_label(struct view *v)
{
	return tokens_state(v)->shown ? "hide token" : "show token";
}

static void tokens_pane_next(struct view *v)
{
	tokens_focus_step(v, 1);
}

/* --- keys of our own ----------------------------------------------------------------------- */
static const char *tokens_why_no_identify(struct view *v)
{
	if (!tokens_now(v))
		return tokens_why_none(v);
	return strcmp(record_text(tokens_now(v)->record, "kind", ""), "authrack") == 0
		       ? NULL
		       : "it is no key of authrack's";
}

/* Leaving wipes what is here: the key goes along. */
static void tokens_identify(struct view *v)
{
	struct console *c = v->console;
	struct secret key = SECRET_INIT;
	size_t len;
	const char *text = tokens_text(tokens_now(v), &len);

	secret_set(&key, text, len);
	if (console_go(c, "keys"))
		keys_identify_now(console_view(c, "keys"), secret_reveal(&key));
	secret_release(&key);
}

/* --- find ---------------------------------------------------------------------------------- */
static void find_open(struct view *v)
{
	struct tokens_state *s = tokens_state(v);

	if (!s->find.text)
		edit_init(&s->find, FIND_MAX);
	edit_set(&s->find, "");
	s->finding = true;
	console_redraw(v->console);
}

/* The next row that has the words, in this pane and the ones behind it; from `from` rows on. */
static bool find_from(struct view *v, size_t from)
{
	struct tokens_state *s = tokens_state(v);
	char folded[FIND_MAX + 1];
	size_t len = s->find.len;

	for (size_t i = 0; i <= len; i++)
		folded[i] = s->find.text[i] >= 'A' && s->find.text[i] <= 'Z'
				    ? (char)(s->find.text[i] + 'a' - 'A')
				    : s->find.text[i];
	for (int step = 0; step <= TOKEN_PANES; step++) {
		enum tokens_pane p = (enum tokens_pane)(((int)s->pane + step) % TOKEN_PANES);
		size_t rows = p == TOKEN_TEXT ? 0 : tokens_pane_rows(v, p);

		for (size_t n = step ? 0 : from; n < rows; n++)
			if (tokens_row_has(v, p, n, folded, len)) {
				s->pane = p;
				s->places[p].at = n;
				return true;
			}
	}
	return false;
}

static void find_next(struct view *v)
{
	struct tokens_state *s = tokens_state(v);

	if (!s->find.len)
		find_open(v);
	else if (!find_from(v, s->places[s->pane].at + 1))
		console_say(v->console, STYLE_NORMAL, "\"%s\" is nowhere in this token",
			    s->find.text);
	console_redraw(v->console);
}

static bool find_input(struct view *v, const struct input *in)
{
	struct tokens_state *s = tokens_state(v);

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
static bool tokens_key(struct view *v, int32_t key)
{
	struct tokens_state *s = tokens_state(v);
	int room = s->places[s->pane].scroll.room, by = scroll_step(key, room > 1 ? room : 1);

	if (by)
		tokens_move(v, by);
	else if (key == PRESS_BACKTAB)
		tokens_focus_step(v, -1);
	return by || key == PRESS_BACKTAB;
}

/* The row of a pane that is drawn in a line of it. */
static size_t row_at(struct view *v, enum tokens_pane p, int line)
{
	const struct tokens_place *place = &tokens_state(v)->places[p];
	size_t rows = tokens_pane_rows(v, p);
	int y = 0;

	line += place->scroll.at;
	for (size_t i = 0; i < rows; i++) {
		y += tokens_row_height(v, p, i, place->width);
		if (line < y)
			return i;
	}
	return rows ? rows - 1 : 0;
}

static bool tokens_mouse(struct view *v, const struct input *in)
{
	struct tokens_state *s = tokens_state(v);

	if (in->mouse == MOUSE_WHEEL_UP || in->mouse == MOUSE_WHEEL_DOWN) {
		tokens_move(v, in->mouse == MOUSE_WHEEL_UP ? -3 : 3);
		return true;
	}
	for (int p = 0; in->mouse == MOUSE_CLICK && p < TOKEN_PANES; p++) {
		struct tokens_place *place = &s->places[p];

		if (in->y < place->y - 1 || in->y >= place->y + place->height || !place->height)
			continue;
		s->pane = (enum tokens_pane)p;
		if (in->y >= place->y)
			place->at = row_at(v, (enum tokens_pane)p, in->y - place->y);
		console_redraw(v->console);
		return true;
	}
	return false;
}

static bool tokens_input(struct view *v, const struct input *in)
{
	if (!tokens_now(v))
		return false;
	if (in->type == INPUT_MOUSE)
		return tokens_mouse(v, in);
	if (tokens_state(v)->finding)
		return find_input(v, in);
	return in->type == INPUT_KEY && tokens_key(v, in->key);
}

static void tokens_paste(struct view *v, const char *text, size_t len, bool cut)
{
	if (tokens_state(v)->finding && len <= FIND_MAX)
		find_input(v, &(struct input){ .type = INPUT_PASTE, .text = text, .len = len });
	else if (len)
		tokens_take(v, text, len, cut, "pasted");
}

static void tokens_leave(struct view *v)
{
	struct tokens_state *s = tokens_state(v);
	bool had = s->count || tokens_reading(s);

	tokens_wipe(v);
	s->wiped = had;
}

static void tokens_close(struct view *v)
{
	tokens_wipe(v);
	json_free(tokens_state(v)->key_choice);
}

static const struct action tokens_actions[] = {
	{ 'p', "paste", "paste box to type into…", "Paste a token…", NULL, GROUP_CHANGE,
	  ACTION_FOOTER, .run = tokens_paste_box },
	{ 'V', "verify with…", "verify with a key…", "Verify the token…", "token.verify",
	  GROUP_CHANGE, ACTION_FOOTER, .disabled = tokens_why_no_verify, .run = tokens_verify },
	{ 'D', "decrypt", "decrypt with a key…", "Decrypt the token…", "token.decrypt",
	  GROUP_CHANGE, ACTION_FOOTER, .disabled = tokens_why_no_decrypt, .run = tokens_decrypt },
	{ '=', "diff", "compare two tokens…", "Compare two tokens…", "token.diff", GROUP_FIND,
	  ACTION_FOOTER, .disabled = tokens_why_no_diff, .run = tokens_diff },
	{ 'i', "identify", "whose key it is", "Identify the pasted key", "key.identify", GROUP_FIND,
	  ACTION_FOOTER, .disabled = tokens_why_no_identify, .run = tokens_identify },
	{ 'y', "copy claim", "copy the value in focus", "Copy the value in focus", NULL,
	  GROUP_OTHER, ACTION_FOOTER, .disabled = tokens_why_no_value, .run = tokens_copy_value },
	{ 'Y', "copy", "copy token, claims…", "Copy the token or a part of it…", NULL, GROUP_OTHER,
	  0, .disabled = tokens_why_none, .run = tokens_copy },
	{ '/', "find", "find in names and values", "Find in the token", NULL, GROUP_FIND,
	  ACTION_FOOTER, .disabled = tokens_why_none, .run = find_open },
	{ 'n', "next match", "next match", NULL, NULL, GROUP_FIND, 0, .disabled = tokens_why_none,
	  .run = find_next },
	{ PRESS_TAB, "pane", "next pane", NULL, NULL, GROUP_MOVE, ACTION_FOOTER,
	  .disabled = tokens_why_none, .run = tokens_pane_next },
	{ PRESS_RIGHT, "next token", "next token", "Next token", NULL, GROUP_MOVE, ACTION_FOOTER,
	  .disabled = tokens_why_no_other, .run = tokens_next },
	{ PRESS_LEFT, "token before", "token before", NULL, NULL, GROUP_MOVE, 0,
	  .disabled = tokens_why_no_other, .run = tokens_before },
	{ 'l', "list", "list the tokens…", "List the tokens", NULL, GROUP_MOVE, 0,
	  .disabled = tokens_why_no_other, .run = tokens_list },
	{ PRESS_ENTER, "open", "open the row as a page", NULL, NULL, GROUP_MOVE, 0,
	  .disabled = tokens_why_none, .run = tokens_open_row },
	{ 'S', "sign test", "sign a test token…", "Sign a test token…", "token.sign", GROUP_CHANGE,
	  ACTION_FOOTER, .run = tokens_sign },
	{ 'c', "checks", "all checks, on a page", "All checks of the verdict", NULL, GROUP_OTHER, 0,
	  .disabled = tokens_why_no_checks, .run = tokens_open_checks },
	{ 'e', "export", "write a report…", "Write a report on the token…", "token.inspect",
	  GROUP_OTHER, ACTION_FOOTER, .disabled = tokens_why_none, .run = tokens_export },
	{ 'T', "show token", "show or mask the token", "Show or mask the token", NULL, GROUP_OTHER,
	  ACTION_FOOTER, .disabled = tokens_why_none, .label_now = tokens_show_label,
	  .run = tokens_show },
	{ PRESS_ESC, "clear", "wipe what was pasted", "Wipe what was pasted", NULL, GROUP_CHANGE,
	  ACTION_FOOTER | ACTION_DANGER, .disabled = tokens_why_none, .run = tokens_clear },
	{ .label = NULL },
};

const struct screen screen_token = {
	.id = "token",
	.title = "Token",
	.digit = '2',
	.help = "what a pasted token says, whether it is valid, and what is wrong with it",
	.legend = "Verdict  ✓ valid  ✗ not valid  ? unchecked   Check  ✓ ✗ – not made\n"
		  "Finding  !! critical  ✗ error  ! warning  i info",
	.state_size = sizeof(struct tokens_state),
	.actions = tokens_actions,
	.close = tokens_close,
	.context = tokens_context,
	.draw = tokens_draw,
	.input = tokens_input,
	.paste = tokens_paste,
	.leave = tokens_leave,
};
