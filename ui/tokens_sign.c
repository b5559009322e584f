/* Signing a test token: the claims as text to edit, a key, and the new token inspected at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/buf.h"
#include "src/base/clock.h"
#include "ui/ask.h"
#include "ui/lines.h"
#include "ui/record.h"
#include "ui/tokens.h"

enum { CLAIMS_MAX = 512 * 1024, CHECKED_MAX = 64 * 1024, FORM_LINES = 6, COMMAND_LINES = 2 };

struct sign_page {
	struct dialog base;
	struct view *view;
	struct lines claims;
	struct form *form;
	bool in_form, typed;
	struct err json, error; /* what is wrong with the text; of the last run */
	struct work *work;
	int claims_y, claims_height; /* in the frame, for the mouse */
};

/* --- drawing ------------------------------------------------------------------------------- */
static int error_draw(const struct sign_page *p, const struct area *a, int y)
{
	char text[800];

	if (!p->error.code)
		return 0;
	snprintf(text, sizeof(text), "%s %s%s%s", glyph(a->frame, GLYPH_FAIL), p->error.message,
		 p->error.hint[0] ? "; " : "", p->error.hint);
	return area_wrap(a, 1, y, a->width - 2, STYLE_DANGER, text);
}

static void claims_draw(struct sign_page *p, const struct area *a, int y, int height)
{
	struct area field = area_part(a, 1, y + 1, a->width - 2, height);
	char right[80] = "JSON, well formed";

	if (p->json.code)
		snprintf(right, sizeof(right), "%.70s", p->json.message);
	area_rule(a, y, "claims", right);
	p->claims_y = field.y;
	p->claims_height = field.height;
	lines_draw(&p->claims, &field, p->in_form ? STYLE_NORMAL : STYLE_FIELD, !p->in_form);
}

static void page_draw(struct dialog *base, const struct area *body)
{
	struct sign_page *p = (struct sign_page *)base;
	struct area measure = { .frame = body->frame, .width = body->width };
	int errors = error_draw(p, &measure, 0);
	int most = body->height / 3 > FORM_LINES ? body->height / 3 : FORM_LINES;
	int lines = form_height(p->form) < most ? form_height(p->form) : most;
	int tall = body->height - 1 - 1 - lines - 2 - errors - 1 - COMMAND_LINES;
	struct area part;
	int y = 1, cursor_x, cursor_y, rule;
	char more[40];

	area_text(body, 1, 0, -1, STYLE_TITLE, "Token › sign a test token");
	area_text(body, 29, 0, -1, STYLE_SECONDARY, "edit the claims, give a key");
	claims_draw(p, body, y, tall);
	cursor_x = body->frame->cursor_x;
	cursor_y = body->frame->cursor_y;
	y += 1 + tall;
	rule = y++;
	part = area_part(body, 1, y, body->width - 2, lines);
	p->form->now = console_now(base->console);
	form_draw(p->form, &part);
	form_more(p->form, lines, more);
	area_rule(body, rule, "key", more);
	y += lines;
	y += error_draw(p, body, y);
	form_draw_buttons(p->form, body, y++);
	area_rule(body, y++, "same as, with the claims piped in", NULL);
	form_draw_command(p->form, body, 1, y, COMMAND_LINES);
	if (!p->in_form) {
		body->frame->cursor_x = cursor_x;
		body->frame->cursor_y = cursor_y;
	}
}

/* --- signing ------------------------------------------------------------------------------- */
/* The new token is looked at as if it had been pasted. */
static bool sign_reveal(void *arg, const struct json *row, struct secret *token)
{
	struct sign_page *p = arg;

	(void)row;
	return tokens_take(p->view, secret_reveal(token), token->len, false, "signed");
}

static void sign_done(void *arg, const struct work_result *r)
{
	struct sign_page *p = arg;
	struct console *c = p->base.console;

	p->work = NULL;
	console_redraw(c);
	if (r->code) {
		p->error = r->err;
		return;
	}
	console_say(c, STYLE_GOOD, "signed; Y copies it");
	dialog_close(&p->base);
}

static void sign_run(struct sign_page *p)
{
	struct op_args *args;
	struct secret text = SECRET_INIT;

	p->error = (struct err)ERR_INIT;
	if (!form_check(p->form) || form_args(p->form, &args, &p->error)) {
		p->in_form = true;
		return;
	}
	secret_set(&text, p->claims.text, p->claims.len);
	op_args_add_secret(args, "text", &text);
	p->work = console_work(p->view->console, &(struct work_order){
							 .op = p->form->op,
							 .args = args,
							 .lane = LANE_READ,
							 .arg = p,
							 .reveal = sign_reveal,
							 .done = sign_done,
						 });
}

static void leave_answer(void *arg, bool yes)
{
	struct sign_page *p = arg;

	if (yes)
		dialog_close(&p->base);
}

static void sign_leave(struct sign_page *p)
{
	if (!p->typed && !form_dirty(p->form)) {
		dialog_close(&p->base);
		return;
	}
	ask_open(p->base.console, &(struct ask){
					  .title = "Leave the form?",
					  .text = "What you typed is lost. Nothing was signed.",
					  .yes = "Leave",
					  .no = "Stay",
					  .answer = leave_answer,
					  .arg = p,
				  });
}

/* --- keys ---------------------------------------------------------------------------------- */
/* The text is looked at as it is typed, while that takes no time. */
static void claims_check(struct sign_page *p)
{
	struct json *value = NULL;

	p->json = (struct err)ERR_INIT;
	if (p->claims.len > CHECKED_MAX)
		return;
	json_parse(&value, p->claims.text, p->claims.len, &p->json);
	json_free(value);
}

static void form_copy(struct sign_page *p)
{
	const char *command = form_command(p->form);

	if (console_copy(p->base.console, command, strlen(command)))
		console_say(p->base.console, STYLE_NORMAL,
			    "command sent to your terminal, nothing was run");
}

static bool form_event(struct sign_page *p, enum form_event event)
{
	switch (event) {
	case FORM_IGNORED:
		return false;
	case FORM_TAKEN:
		break;
	case FORM_CHANGED:
		p->error = (struct err)ERR_INIT;
		break;
	case FORM_SUBMIT:
		sign_run(p);
		break;
	case FORM_CANCEL:
		sign_leave(p);
		break;
	case FORM_COPY:
		form_copy(p);
		break;
	}
	return true;
}

static bool claims_input(struct sign_page *p, const struct input *in)
{
	if (in->type == INPUT_KEY && (in->key == PRESS_TAB || in->key == PRESS_BACKTAB)) {
		p->in_form = true;
		p->form->focus = in->key == PRESS_TAB ? 0 : p->form->count;
	} else if (in->type == INPUT_KEY && in->key == PRESS_CTRL('S')) {
		sign_run(p);
	} else if (in->type == INPUT_KEY && in->key == PRESS_CTRL('Y')) {
		form_copy(p);
	} else if (in->type == INPUT_KEY && in->key == PRESS_ESC) {
		sign_leave(p);
	} else if (lines_input(&p->claims, in)) {
		p->typed = true;
		claims_check(p);
	} else {
		return false;
	}
	return true;
}

/* Beyond either end of the form the claims come again. */
static bool back_to_claims(const struct sign_page *p, const struct input *in)
{
	if (in->type != INPUT_KEY)
		return false;
	return (in->key == PRESS_BACKTAB && p->form->focus == 0) ||
	       (in->key == PRESS_TAB && p->form->focus == p->form->count + 1);
}

static bool page_input(struct dialog *base, const struct input *in)
{
	struct sign_page *p = (struct sign_page *)base;
	bool in_claims = in->y >= p->claims_y && in->y < p->claims_y + p->claims_height;

	console_redraw(base->console);
	if (p->work) {
		if (in->type == INPUT_KEY && in->key == PRESS_ESC)
			work_cancel(p->work);
		return true;
	}
	if (in->type == INPUT_MOUSE)
		p->in_form = !in_claims;
	if (back_to_claims(p, in)) {
		p->in_form = false;
		return true;
	}
	if (p->in_form)
		return form_event(p, form_input(p->form, in));
	return in->type == INPUT_MOUSE || claims_input(p, in);
}

static void page_free(struct dialog *base)
{
	struct sign_page *p = (struct sign_page *)base;

	work_drop(p->work);
	lines_release(&p->claims);
	form_free(p->form);
	free(p);
}

static const struct action page_actions[] = {
	{ PRESS_TAB, "key, claims", "from the claims to the key and back", .flags = ACTION_FOOTER },
	{ PRESS_CTRL('S'), "sign", "sign, from anywhere", .flags = ACTION_FOOTER },
	{ PRESS_CTRL('Y'), "copy command", "copy the equal command line without running it",
	  .flags = ACTION_FOOTER },
	{ PRESS_ESC, "leave", "leave; asks when something typed would be lost",
	  .flags = ACTION_FOOTER },
	{ PRESS_F1, "help", "this help", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct dialog_type page_type = {
	.name = "Sign",
	.flags = DIALOG_PAGE,
	.actions = page_actions,
	.draw = page_draw,
	.input = page_input,
	.free = page_free,
};

/* --- the claims to begin with -------------------------------------------------------------- */
/* A line a claim, values as they stand in the token. */
static void claims_of(struct buf *out, const struct tokens_item *item)
{
	buf_add_text(out, "{\n");
	for (size_t i = 0; i < item->claim_count; i++) {
		struct json *name = json_text(record_text(item->claims[i], "name", ""));

		buf_add_text(out, "  ");
		json_write(out, name);
		buf_addf(out, ": %s%s\n", record_text(item->claims[i], "value", "null"),
			 i + 1 < item->claim_count ? "," : "");
		json_free(name);
	}
	buf_add_text(out, "}\n");
}

static void claims_made_up(struct buf *out, int64_t now)
{
	buf_addf(out,
		 "{\n  \"iss\": \"https://issuer.example\",\n  \"sub\": \"test\",\n"
		 "  \"aud\": \"my-api\",\n  \"iat\": %lld,\n  \"exp\": %lld\n}\n",
		 (long long)(now / SECOND_MS), (long long)((now + HOUR_MS) / SECOND_MS));
}

static const struct form_place sign_places[] = {
	{ "secret", .width = 38, .hint = "for HS256, HS384, HS512" },
	{ "key", .width = 38, .hint = "pasted: PEM or JWK" },
	{ "pem", .width = 38, .hint = "a file: PEM or DER" },
	{ "jwk", .width = 38, .hint = "a file: JWK" },
	{ "alg", .width = 16, .empty = "the key's own" },
	{ "expires-in", .width = 20, .empty = "as the claims say" },
	{ "kid", .width = 30, .empty = "the key's own" },
	{ "typ", .width = 20, .empty = "JWT" },
	{ "header", .width = 38, .empty = "nothing more" },
	{ "allow-weak-key", .width = 6 },
	{ .arg = NULL },
};

static void sign_suggest(struct form *f, const struct tokens_item *item)
{
	static const char *const names[] = { "alg", "kid", "typ" };
	const struct json *header = item ? json_get(item->record, "header") : NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		form_suggest(f, names[i], json_get_text(header, names[i]));
}

void tokens_sign(struct view *v)
{
	const struct tokens_item *item = tokens_now(v);
	struct sign_page *p = x_calloc(1, sizeof(*p));
	struct buf text = BUF_INIT(CLAIMS_MAX);

	p->base.type = &page_type;
	p->view = v;
	p->form = form_new(op_find("token.sign"), sign_places, console_now(v->console));
	p->form->submit = "Sign";
	sign_suggest(p->form, item);
	if (item && item->claim_count)
		claims_of(&text, item);
	else
		claims_made_up(&text, console_now(v->console));
	lines_init(&p->claims, CLAIMS_MAX);
	lines_set(&p->claims, buf_text(&text), text.len);
	secret_wipe(text.data, text.size);
	buf_release(&text);
	claims_check(p);
	dialog_push(v->console, &p->base);
}
