/* What needs a key: verifying the token on the screen, and decrypting it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "ui/record.h"
#include "ui/result.h"
#include "ui/tokens.h"

const char *tokens_why_no_jose(struct view *v)
{
	if (!tokens_now(v))
		return tokens_why_none(v);
	return tokens_is_jose(tokens_now(v)) ? NULL : "this is no token with a signature";
}

const char *tokens_why_no_verify(struct view *v)
{
	return tokens_why_no_jose(v);
}

const char *tokens_why_no_decrypt(struct view *v)
{
	if (tokens_why_no_jose(v))
		return tokens_why_no_jose(v);
	return strcmp(record_text(tokens_now(v)->record, "kind", ""), "jwe") == 0
		       ? NULL
		       : "it is not encrypted";
}

/* --- the form ------------------------------------------------------------------------------ */
static const struct form_place key_places[] = {
	{ "secret", .width = 40, .hint = "a shared secret (HS256 …)" },
	{ "key", .width = 40, .hint = "pasted: PEM or JWK" },
	{ "pem", .width = 40, .hint = "a file: PEM or DER" },
	{ "jwk", .width = 40, .hint = "a file: JWK or a set" },
	{ "jwks", .width = 40, .hint = "a file or an https URL" },
	{ "issuer", .width = 40, .hint = "its keys are fetched" },
	{ "provider", .width = 40 },
	{ "alg", .width = 30, .empty = "what the key allows" },
	{ "iss", .width = 40, .empty = "not asked for" },
	{ "aud", .width = 40, .empty = "not asked for" },
	{ "sub", .width = 40, .empty = "not asked for" },
	{ "typ", .width = 20, .empty = "not asked for" },
	{ "require", .width = 40, .empty = "none" },
	{ "leeway", .width = 12, .empty = "0" },
	{ "at", .width = 30, .empty = "now" },
	{ "allow-weak-key", .width = 6 },
	{ "no-claims", .width = 6 },
	{ "padded", .width = 6 },
	{ .arg = NULL },
};

/* What Tab completes: what the token itself says. */
static void form_suggest_claims(struct form *f, const struct json *record)
{
	static const char *const names[] = { "iss", "aud", "sub" };
	const struct json *claims = json_get(record, "claims");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct json *value = json_get(claims, names[i]);

		form_suggest(f, names[i], json_as_text(value));
		for (size_t n = 0; n < json_count(value); n++)
			form_suggest(f, names[i], json_as_text(json_at(value, n)));
	}
	form_suggest(f, "typ", json_get_text(json_get(record, "header"), "typ"));
	form_suggest(f, "alg", json_get_text(json_get(record, "header"), "alg"));
}

/* Values as they were last time: whoever looks at a second token wants the same key. */
static void form_recall(struct form *f, const struct json *choice)
{
	for (const void *it = json_first(choice); it; it = json_next(choice, it))
		form_start(f, json_name(it), json_as_text(json_value(it)));
}

static void form_remember(struct tokens_state *s, const struct form *f)
{
	json_free(s->key_choice);
	s->key_choice = json_object_new();
	for (size_t i = 0; i < f->count; i++)
		if (f->items[i].arg->type != ARG_SECRET && f->items[i].field.len)
			json_set_text(s->key_choice, f->items[i].arg->name, f->items[i].field.text);
}

/* "pem api-public.pem": the key options that were given. */
static void against_text(const struct form *f, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < f->count && len < size; i++) {
		const struct form_item *item = &f->items[i];
		const char *slash;

		if (strcmp(item->arg->name, "alg") == 0)
			break; /* what comes behind are expectations */
		if (!item->field.len)
			continue;
		slash = item->field.hidden ? NULL : strrchr(item->field.text, '/');
		len += (size_t)snprintf(out + len, size - len, "%s%s%s%.60s", len ? ", " : "",
					item->arg->name, item->field.hidden ? "" : " ",
					item->field.hidden  ? ""
					: slash && slash[1] ? slash + 1
							    : item->field.text);
	}
}

static struct form *tokens_form(struct view *v, const char *op)
{
	const struct tokens_item *item = tokens_now(v);
	struct form *f = form_new(op_find(op), key_places, console_now(v->console));
	size_t len;
	const char *text = tokens_text(item, &len);

	form_fix_secret(f, "token", text, len);
	form_suggest_claims(f, item->record);
	form_recall(f, tokens_state(v)->key_choice);
	return f;
}

/* --- verify -------------------------------------------------------------------------------- */
static void verify_done(struct form_dialog *d, const struct work_result *r)
{
	struct tokens_state *s = tokens_state(d->view);
	struct tokens_item *item = tokens_now(d->view);

	form_remember(s, d->form);
	if (!json_count(r->rows))
		return;
	tokens_set_record(item, json_at(r->rows, 0));
	item->verified = true;
	item->verified_at = console_now(d->view->console);
	against_text(d->form, item->against, sizeof(item->against));
	tokens_focus_first(d->view);
}

static const struct form_kind verify_kind = {
	.name = "Verify",
	.page = true,
	.done = verify_done,
};

void tokens_verify_with(struct view *v, const char *option, const char *value)
{
	struct tokens_state *s = tokens_state(v);

	json_free(s->key_choice);
	s->key_choice = json_object_new();
	json_set_text(s->key_choice, option, value);
}

void tokens_verify(struct view *v)
{
	struct form *f = tokens_form(v, "token.verify");
	struct form_dialog *d = form_dialog_new(&verify_kind, f);

	d->view = v;
	f->submit = "Verify";
	snprintf(d->title, sizeof(d->title), "Token › verify");
	snprintf(d->context, sizeof(d->context),
		 "give one key; what is asked for below must hold too");
	snprintf(d->tail, sizeof(d->tail),
		 "the token stays here; a key is fetched only from where you say");
	form_dialog_open(v->console, d);
}

/* --- decrypt ------------------------------------------------------------------------------- */
static const char *plaintext_of(const struct work_result *r)
{
	const char *text = json_get_text(json_at(r->rows, 0), "plaintext");

	return text ? text : r->text;
}

static void decrypt_done(struct form_dialog *d, const struct work_result *r)
{
	struct view *v = d->view;
	const char *text = plaintext_of(r);
	const struct json *nested = json_get(json_at(r->rows, 0), "nested");
	char origin[64];

	form_remember(tokens_state(v), d->form);
	snprintf(origin, sizeof(origin), "out of token %zu,", tokens_state(v)->at + 1);
	if (text && json_type_of(nested) == JSON_OBJECT_TYPE)
		tokens_take(v, text, strlen(text), false, origin);
	else
		result_open(v->console, "What was encrypted", STYLE_GOOD,
			    "decrypted: the key fits, and nothing was changed on the way", r);
}

static const struct form_kind decrypt_kind = {
	.name = "Decrypt",
	.page = true,
	.done = decrypt_done,
};

void tokens_decrypt(struct view *v)
{
	struct form *f = tokens_form(v, "token.decrypt");
	struct form_dialog *d = form_dialog_new(&decrypt_kind, f);

	d->view = v;
	f->submit = "Decrypt";
	snprintf(d->title, sizeof(d->title), "Token › decrypt");
	snprintf(d->context, sizeof(d->context), "a token within it is shown as another one");
	form_dialog_open(v->console, d);
}
