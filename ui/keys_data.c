/* What the Keys screen does with strings and files: identify, verify, revoke a leaked secret, scan, import,
 * export, purge; lines to paste, and the copy menu. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "ui/ask.h"
#include "ui/chart.h"
#include "ui/key_view.h"
#include "ui/keys.h"
#include "ui/menu.h"
#include "ui/op_form.h"
#include "ui/tokens.h"

/* --- identify ------------------------------------------------------------------------------ */
static const char *identify_answer(const struct work_result *r, enum style *style)
{
	const struct json *row = json_at(r->rows, 0);
	const struct json *live = json_get(row, "live");

	if (json_get_bool(row, "live")) {
		*style = STYLE_DANGER;
		return "LIVE: it works, or can come to work. Leaked? Revoke the key, or rotate "
		       "with "
		       "grace 0.";
	}
	*style = STYLE_NORMAL;
	if (live && json_type_of(live) == JSON_BOOL_TYPE)
		return "not live: a verification refuses it";
	return "not a key of this store";
}

static const struct form_place identify_places[] = {
	{ "secret", .width = 52 },
	{ .arg = NULL },
};

static const struct op_form identify_form = {
	.op = "key.identify",
	.title = "Identify a pasted string",
	.submit = "Identify",
	.text = "Says which key and version a string belongs to, whatever their state, or what a "
		"foreign one looks like. Nothing is sent anywhere; it counts as no use.",
	.places = identify_places,
	.answer = identify_answer,
};

void keys_identify(struct view *v)
{
	op_form_open(v, &identify_form, NULL);
}

/* What key.identify takes. */
enum { PASTED_MAX = 512 };

struct pasted {
	struct view *view;
	struct secret text;
	bool token;
};

void keys_identify_now(struct view *v, const char *text)
{
	struct form_dialog *d = op_form_open(v, &identify_form, NULL);

	edit_set(&form_item(d->form, "secret")->field, text);
	form_dialog_run(d);
}

/* A page of the Keys screen must not stand over the Token screen. */
static void pasted_inspect(struct pasted *p)
{
	struct console *c = p->view->console;

	while (dialog_top(c))
		dialog_close(dialog_top(c));
	if (console_go(c, "token"))
		tokens_take(console_view(c, "token"), secret_reveal(&p->text), p->text.len, false,
			    "pasted");
}

static void pasted_answer(void *arg, bool yes)
{
	struct pasted *p = arg;

	if (yes && p->token)
		pasted_inspect(p);
	else if (yes)
		keys_identify_now(p->view, secret_reveal(&p->text));
	secret_release(&p->text);
	free(p);
}

/* What base64 makes of the beginning of a JSON object, once and twice. */
static bool looks_like_token(const char *text, size_t len)
{
	return memmem(text, len, "eyJ", 3) || memmem(text, len, "ZXlK", 4);
}

void keys_identify_text(struct view *v, const char *text, size_t len)
{
	struct pasted *p;
	bool token = looks_like_token(text, len);

	while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	if (!len)
		return;
	if (len > PASTED_MAX && !token) {
		console_say(v->console, STYLE_NORMAL,
			    "%zu bytes pasted: too long for a key, nothing was done", len);
		return;
	}
	p = x_calloc(1, sizeof(*p));
	p->view = v;
	p->token = token;
	secret_set(&p->text, text, len);
	ask_open(v->console,
		 &(struct ask){
			 .title = "You pasted something",
			 .text = token ? "A paste runs no keys. This looks like a token: it can be "
					 "inspected on the Token screen; nothing is sent anywhere."
				       : "A paste runs no keys. Is it a key or another credential? "
					 "It can be identified here; nothing is sent anywhere.",
			 .yes = token ? "Inspect" : "Identify",
			 .no = "Forget it",
			 .answer = pasted_answer,
			 .arg = p,
		 });
}

/* --- verify -------------------------------------------------------------------------------- */
static const char *verify_answer(const struct work_result *r, enum style *style)
{
	const struct json *row = json_at(r->rows, 0);

	*style = json_get_bool(row, "valid") ? STYLE_GOOD : STYLE_DANGER;
	return record_text(row, "code", "?");
}

static const struct form_place verify_places[] = {
	{ "secret", .width = 52 },
	{ "scope", .width = 40, .empty = "none asked for" },
	{ "address", .width = 40, .empty = "unknown" },
	{ "at", .empty = "now" },
	{ .arg = NULL },
};

static const struct op_form verify_form = {
	.op = "key.verify",
	.title = "Verify a secret",
	.submit = "Verify",
	.text = "Is it good, as an app would be told? Counts as no use.",
	.places = verify_places,
	.answer = verify_answer,
};

void keys_verify(struct view *v)
{
	op_form_open(v, &verify_form, NULL);
}

/* --- a leaked secret ----------------------------------------------------------------------- */
static const struct form_place leaked_places[] = {
	{ "secret", .width = 52 },
	{ "reason", .width = 11 },
	{ "text", .width = 40 },
	{ .arg = NULL },
};

static const struct op_form leaked_form = {
	.op = "key.revoke",
	.title = "Revoke by secret: cannot be undone",
	.submit = "Revoke",
	.text = "This string leaked: whatever key it belongs to stops with the next request, all "
		"its versions, for good.",
	.places = leaked_places,
	.type = "revoke",
	.danger = true,
};

void keys_revoke_secret(struct view *v)
{
	struct form_dialog *d = op_form_open(v, &leaked_form, NULL);

	form_start(d->form, "reason", "compromise");
}

/* --- files --------------------------------------------------------------------------------- */
static const struct form_place scan_places[] = {
	{ "path", .width = 52 },
	{ .arg = "binary" },
	{ .arg = NULL },
};

static const char *scan_answer(const struct work_result *r, enum style *style)
{
	*style = r->code == ERR_NO ? STYLE_DANGER : STYLE_GOOD;
	if (r->code == ERR_NO)
		return "LIVE credentials were found: revoke them";
	return json_count(r->rows) ? "no live one was found"
				   : "nothing that looks like a credential";
}

static const struct op_form scan_form = {
	.op = "key.scan",
	.title = "Scan files for leaked keys",
	.submit = "Scan",
	.text = "Looks in files and folders for our keys and for other vendors' credentials: "
		"where, "
		"whose, live or dead. Nothing is sent anywhere.",
	.places = scan_places,
	.answer = scan_answer,
};

void keys_scan(struct view *v)
{
	op_form_open(v, &scan_form, NULL);
}

static const struct op_form import_form = {
	.op = "key.import",
	.title = "Import keys",
	.submit = "Import",
	.text = "CSV by header (name, secret; owner tier note prefix scopes limits allow_from meta "
		"not_before expires_at) or JSON Lines. All or nothing; errors name line and "
		"column.",
};

void keys_import(struct view *v)
{
	op_form_open(v, &import_form, NULL);
}

static const struct form_place export_places[] = {
	{ "format", .width = 12 },
	{ .arg = NULL },
};

static const struct op_form export_form = {
	.op = "key.export",
	.title = "Export keys",
	.submit = "Export",
	.text = "Writes keys to a new file. There is never a secret in it.",
	.file = "keys.csv",
	.places = export_places,
};

/* The marked keys, or all: what only a filter hides would be missed later. */
void keys_export(struct view *v)
{
	struct form_dialog *d = op_form_open(v, &export_form, NULL);
	size_t marked = list_marked(v->list);

	form_start(d->form, "format", "csv");
	for (size_t i = 0; i < marked; i++)
		form_fix(d->form, "key", list_target(v->list, i));
	if (marked)
		snprintf(d->title, sizeof(d->title), "Export %zu marked keys", marked);
	else
		snprintf(d->title, sizeof(d->title), "Export all keys");
}

static const struct form_place purge_places[] = {
	{ "older-than", .width = 12, .hint = "since they were revoked, e.g. 365d" },
	{ .arg = NULL },
};

static const struct op_form purge_form = {
	.op = "key.purge",
	.title = "Purge revoked keys: cannot be undone",
	.submit = "Purge",
	.text = "Removes keys that were revoked longer ago than given. Their audit events stay, "
		"and "
		"their secrets can't be imported again.",
	.places = purge_places,
	.type = "purge",
	.danger = true,
};

void keys_purge(struct view *v)
{
	op_form_open(v, &purge_form, NULL);
}

/* --- lines to paste ------------------------------------------------------------------------ */
static const struct form_place snippet_places[] = {
	{ "for", .width = 12 },
	{ "url", .width = 46 },
	{ .arg = NULL },
};

static const struct op_form snippet_form = {
	.op = "key.snippet",
	.title = "Lines to paste",
	.submit = "Show",
	.text = "For who calls the API, for the proxy or app that asks whether the key is good, "
		"and for GitHub's secret scanning. There is never a secret in it.",
	.places = snippet_places,
};

void keys_snippet(struct view *v)
{
	struct form_dialog *d = op_form_open(v, &snippet_form, keys_target(v, 0));

	snprintf(d->title, sizeof(d->title), "Lines to paste for %.100s",
		 record_text(keys_target_row(v, 0), "name", "key"));
}

/* --- copy ---------------------------------------------------------------------------------- */
void keys_copy_forget(struct view *v)
{
	struct keys_state *s = keys_state(v);

	for (int i = 0; i < COPY_COUNT; i++) {
		free(s->copies[i]);
		s->copies[i] = NULL;
	}
}

static void copy_choose(void *arg, size_t line)
{
	struct view *v = arg;
	const char *text = line < COPY_COUNT ? keys_state(v)->copies[line] : NULL;

	if (text && console_copy(v->console, text, strlen(text)))
		console_say(v->console, STYLE_NORMAL, "sent to your terminal: %s", text);
	else
		console_say(v->console, STYLE_WARNING, "your terminal can't be handed a copy");
}

void keys_copy(struct view *v)
{
	const struct json *row = keys_record(v);
	const char *id = record_text(row, "id", "");
	char **copies = keys_state(v)->copies;

	keys_copy_forget(v);
	copies[COPY_NAME] = x_strdup(record_text(row, "name", ""));
	copies[COPY_ID] = x_strdup(id);
	copies[COPY_SECRET_ID] = x_strdup(record_text(row, "secret_id", ""));
	copies[COPY_COMMAND] = x_asprintf("authrack key show %s", id);
	menu_open(v->console, "Copy (never a secret: there is none to copy)",
		  (const struct menu_line[]){
			  { "name", copies[COPY_NAME] },
			  { "id", copies[COPY_ID] },
			  { "public secret id", copies[COPY_SECRET_ID] },
			  { "command", copies[COPY_COMMAND] },
			  { NULL, NULL },
		  },
		  0, copy_choose, v);
}
