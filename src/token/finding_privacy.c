/* Findings about what a token gives away: personal data, credentials, and power. */
#include "src/token/finding_rules.h"

#include <string.h>

#include "src/base/secret_format.h"
#include "src/token/finding_seen.h"
#include "src/token/foreign.h"

enum { NAMES_SHOWN = 6 };

static const struct lossless *claims_of(const struct inspection *in)
{
	return &in->token->claims;
}

static void name_add(struct buf *names, size_t *count, struct seen_text name)
{
	char shown[SHOWN_SIZE];

	if ((*count)++ < NAMES_SHOWN)
		buf_addf(names, "%s%s", names->len ? ", " : "",
			 seen_show_text(shown, name.at, name.len));
	else if (*count == NAMES_SHOWN + 1)
		buf_add_text(names, " …");
}

static void look_pii(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out)
{
	const struct lossless *l = claims_of(in);
	struct buf names = BUF_INIT(512), room = BUF_INIT(JOSE_MAX);
	uint32_t top;
	size_t count = 0;

	if (!in->seen->personal || in->decrypted)
		return;
	top = l->values[0].child;
	for (uint32_t i = 1; i < l->count; i++) {
		const struct lossless_value *v = &l->values[i];

		if (v->name_end) {
			struct seen_text name = seen_member_name(l, v, &room);

			if (seen_personal_name(name, i == top))
				name_add(&names, &count, name);
		}
		if (i == top)
			top = v->next;
	}
	finding_add(out, rule, "personal data, readable for whoever sees the token: %s",
		    buf_text(&names));
	buf_release(&names);
	buf_release(&room);
}

const struct finding_rule finding_pii = {
	.id = "pii",
	.severity = SEVERITY_INFO,
	.summary =
		"claims with personal data (e-mail, telephone, address, birth date …) in a signed, "
		"readable token",
	.remedy = "leave out what the API does not need, or encrypt the token",
	.source = "RFC 7519 12",
	.about = ABOUT_CLAIMS,
	.look = look_pii,
};

/* --- credentials ---------------------------------------------------------------------------------- */

/* What credential a text is; NULL: none that is known. A form without a lead of its own is no proof. */
static const char *credential_kind(struct seen_text t)
{
	enum foreign_check check = FOREIGN_UNCHECKED;
	const struct foreign *f;

	if (t.len > FOREIGN_LONGEST)
		return NULL;
	if (secret_parse(t.at, t.len, NULL) == SECRET_OWN)
		return "an API key";
	f = foreign_identify(&check, t.at, t.len);
	return f && *f->lead && check != FOREIGN_WRONG ? f->name : NULL;
}

static void value_look(const struct lossless *l, const struct lossless_value *v,
		       struct seen_text name, bool named, const struct finding_rule *rule,
		       struct findings *out, struct buf *room)
{
	char shown[SHOWN_SIZE];
	const char *kind = NULL;

	if (v->type != LOSSLESS_STRING || v->end - v->begin == 2)
		return;
	if (seen_credential_like(l, v))
		kind = credential_kind(seen_text(l, v, room));
	if (kind)
		finding_add(out, rule, "%s holds a credential: %s",
			    seen_show_text(shown, name.at, name.len), kind);
	else if (named && v->name_end && seen_credential_name(name))
		finding_add(out, rule, "%s is named like a credential",
			    seen_show_text(shown, name.at, name.len));
}

/* Members of a JWK in cnf that nobody but its holder may have (RFC 7518 §6). */
static void binding_look(const struct inspection *in, const struct finding_rule *rule,
			 struct findings *out)
{
	const struct lossless *l = claims_of(in);
	const struct lossless_value *jwk = lossless_find(l, seen_claim(in, CLAIM_CNF), "jwk");

	if (lossless_find(l, jwk, "d") || lossless_find(l, jwk, "k"))
		finding_add(out, rule, "cnf holds the private part of its key");
}

static void look_secret(const struct inspection *in, const struct finding_rule *rule,
			struct findings *out)
{
	const struct lossless *l = claims_of(in);
	struct buf room = BUF_INIT(JOSE_MAX), text = BUF_INIT(JOSE_MAX);
	struct seen_text name = { "", 0 };

	if (seen_claim(in, CLAIM_CNF))
		binding_look(in, rule, out);
	if (!in->seen->credential && !in->seen->enclosed)
		return;
	for (uint32_t i = 1; i < l->count; i++) {
		const struct lossless_value *v = &l->values[i];

		if (v->name_end)
			name = seen_member_name(l, v, &room);
		value_look(l, v, name, in->seen->credential, rule, out, &text);
	}
	buf_release(&room);
	buf_release(&text);
}

const struct finding_rule finding_secret_claim = {
	.id = "secret-claim",
	.severity = SEVERITY_WARNING,
	.summary = "a claim named like a credential, or a token or key inside a claim",
	.remedy = "take it out, and revoke it: everybody who saw the token has it",
	.source = "CWE-522",
	.about = ABOUT_CLAIMS,
	.look = look_secret,
};

/* --- power ------------------------------------------------------------------------------------------ */

/* What a scope of this name means; NULL: nothing that is known to be wide. */
static const char *scope_wide(struct seen_text t)
{
	static const char *const wide[][2] = {
		{ "*", "everything is allowed" },
		{ "admin", "it allows administration" },
		{ "root", "it allows administration" },
		{ "offline_access", "a refresh token was issued" },
	};

	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (seen_text_is(t, wide[i][0]))
			return wide[i][1];
	return NULL;
}

static void scope_look(struct seen_text t, const struct finding_rule *rule, struct findings *out)
{
	const char *words = scope_wide(t);

	if (words)
		finding_add(out, rule, "%.*s: %s", (int)t.len, t.at, words);
}

/* Scopes one by one: a text with blanks between (RFC 6749 §3.3), or a list of them. */
static void scopes_look(const struct lossless *l, const struct lossless_value *v,
			const struct finding_rule *rule, struct findings *out, struct buf *room)
{
	struct seen_text all = seen_text(l, v, room);

	while (all.len) {
		const char *blank = memchr(all.at, ' ', all.len);
		struct seen_text one = { all.at, blank ? (size_t)(blank - all.at) : all.len };

		scope_look(one, rule, out);
		all.at += one.len + (blank != NULL);
		all.len -= one.len + (blank != NULL);
	}
}

static void look_scope(const struct inspection *in, const struct finding_rule *rule,
		       struct findings *out)
{
	static const enum seen_claim places[] = { CLAIM_SCOPE, CLAIM_SCP };
	const struct lossless *l = claims_of(in);
	struct buf room = BUF_INIT(JOSE_MAX);

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct lossless_value *v = seen_claim(in, places[i]);

		if (v && v->type == LOSSLESS_ARRAY) {
			for (v = lossless_child(l, v); v; v = lossless_next(l, v))
				scopes_look(l, v, rule, out, &room);
		} else if (v) {
			scopes_look(l, v, rule, out, &room);
		}
	}
	buf_release(&room);
}

const struct finding_rule finding_scope_wide = {
	.id = "scope-wide",
	.severity = SEVERITY_INFO,
	.summary = "\"*\", \"admin\", \"root\" or \"offline_access\" among the scopes",
	.remedy = "ask for the least that the client needs",
	.source = "RFC 9700 2.3",
	.about = ABOUT_CLAIMS,
	.look = look_scope,
};
