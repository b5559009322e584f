/* The answer of the token endpoint (RFC 6749 §5.1). */
#include "src/oauth/answer_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"

enum { SCOPE_MAX = 65536 };

static void required_missing(struct oauth_answer *a, const char *name)
{
	answer_malformed(a, "`%s` is %s (RFC 6749 §5.1)", name,
			 !json_get(a->json, name)	? "missing"
			 : json_get_text(a->json, name) ? "empty"
							: "no text");
}

/* Empty where there is none. */
static void token_take(struct secret *out, struct oauth_answer *a, const char *name)
{
	const char *text = json_get_text(a->json, name);

	if (text && *text)
		secret_set(out, text, strlen(text));
	else if (json_get(a->json, name))
		answer_note(a, "`%s` is no token", name);
}

/* --- scope ------------------------------------------------------------------------------------------- */

/* Appends the parts between separators and blanks, with one blank between two. */
static void scope_add(struct buf *out, const char *text, char separator)
{
	for (; *text; text++) {
		if (*text != ' ' && *text != separator)
			buf_add_char(out, *text);
		else if (out->len && out->data[out->len - 1] != ' ')
			buf_add_char(out, ' ');
	}
}

static void scope_list_add(struct buf *out, const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++) {
		const char *text = json_as_text(json_at(list, i));

		buf_add_text(out, out->len ? " " : "");
		scope_add(out, text ? text : "", ' ');
	}
}

static void scope_read(struct oauth_tokens *out, struct oauth_answer *a,
		       const struct oauth_preset *preset, const char *asked)
{
	const struct json *scope = json_get(a->json, "scope");
	const char *text = json_as_text(scope);
	struct buf plain = BUF_INIT(SCOPE_MAX);

	out->scope_told = true;
	if (text) {
		scope_add(&plain, text, preset->scope_separator ? preset->scope_separator : ' ');
	} else if (json_type_of(scope) == JSON_ARRAY_TYPE) {
		answer_note(a, "`scope` is a list: RFC 6749 §3.3 has a text");
		scope_list_add(&plain, scope);
	} else {
		if (scope)
			answer_note(a, "`scope` is no text: what was asked for is assumed");
		out->scope_told = false;
		scope_add(&plain, asked ? asked : "", ' ');
	}
	while (plain.len && plain.data[plain.len - 1] == ' ')
		plain.data[--plain.len] = '\0';
	out->scope = x_strdup(buf_text(&plain));
	buf_release(&plain);
}

/* --- the rest ---------------------------------------------------------------------------------------- */

static void expires_read(struct oauth_tokens *out, struct oauth_answer *a)
{
	struct oauth_number n = oauth_number_get(a->json, "expires_in");

	out->expires_ms = -1;
	if (n.state == NUMBER_GIVEN && n.value > 0)
		out->expires_ms = n.value * SECOND_MS;
	else if (n.state != NUMBER_MISSING)
		answer_note(a, "`expires_in` is %s: when the token ends is not known",
			    n.state == NUMBER_GIVEN ? "not above zero" : "no number");
	if (n.state == NUMBER_GIVEN && n.text)
		answer_note(a, "`expires_in` is a string: RFC 6749 §5.1 has a number");
}

static void type_note(struct oauth_answer *a, const char *type)
{
	if (strcasecmp(type, "Bearer") != 0)
		answer_note(a, "`token_type` is \"%.64s\": it is no bearer token", type);
}

void oauth_tokens_read(struct oauth_tokens *out, struct oauth_answer *a,
		       const struct oauth_preset *preset, const char *asked_scope)
{
	const char *access, *type;

	*out = (struct oauth_tokens){ .expires_ms = -1 };
	access = json_get_text(a->json, "access_token");
	type = json_get_text(a->json, "token_type");
	if (!access || !*access || !type || !*type) {
		required_missing(a, access && *access ? "token_type" : "access_token");
		return;
	}
	out->token_type = x_strdup(type);
	type_note(a, type);
	token_take(&out->access_token, a, "access_token");
	token_take(&out->refresh_token, a, "refresh_token");
	token_take(&out->id_token, a, "id_token");
	scope_read(out, a, preset, asked_scope);
	expires_read(out, a);
}

void oauth_tokens_release(struct oauth_tokens *t)
{
	secret_release(&t->access_token);
	secret_release(&t->refresh_token);
	secret_release(&t->id_token);
	free(t->token_type);
	free(t->scope);
	*t = (struct oauth_tokens){ .expires_ms = -1 };
}
