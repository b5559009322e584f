/* Findings about header parameters: keys and addresses that a token brings along, what must be
 * understood, and what kind of token it says to be. */
#include "src/token/finding_rules.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/base/text.h"
#include "src/token/finding_seen.h"
#include "src/token/verdict.h"

enum { KID_MOST = 256, CRIT_MOST = 64 };

static bool part_has(const struct seen_part *p, enum seen_header which)
{
	return p->header[which].value;
}

/* --- keys and addresses -------------------------------------------------------------------------- */

static bool key_told_by_design(const struct inspection *in)
{
	return in->seen->wants & WANTS_NO_KEY_TOLD;
}

static void look_jwk(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out)
{
	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];

		if (part_has(p, HEADER_JWK) && !key_told_by_design(in))
			finding_add(out, rule, "%sjwk: the token brings the key to check it with",
				    p->words);
		if (part_has(p, HEADER_X5C) && !key_told_by_design(in))
			finding_add(out, rule,
				    "%sx5c: the token brings the certificate to check it with",
				    p->words);
	}
}

const struct finding_rule finding_jwk_embedded = {
	.id = "jwk-embedded",
	.severity = SEVERITY_WARNING,
	.summary = "\"jwk\" or \"x5c\" in the header: the token brings its own key",
	.remedy = "never check with a key out of the token; take the issuer's, by its kid",
	.source = "RFC 8725 3.10",
	.look = look_jwk,
};

static void address_tell(const struct seen_part *p, enum seen_header which, const char *name,
			 const struct finding_rule *rule, struct findings *out)
{
	const struct seen_value *v = &p->header[which];
	char shown[SHOWN_SIZE];

	if (v->value)
		finding_add(out, rule, "%s%s names where to fetch the key: %s; nothing was fetched",
			    p->words, name, seen_show(shown, v->in, v->value));
}

static void look_jku(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out)
{
	for (size_t i = 0; i < in->seen->count; i++) {
		address_tell(&in->seen->parts[i], HEADER_JKU, "jku", rule, out);
		address_tell(&in->seen->parts[i], HEADER_X5U, "x5u", rule, out);
	}
}

const struct finding_rule finding_jku_remote = {
	.id = "jku-remote",
	.severity = SEVERITY_WARNING,
	.summary =
		"\"jku\" or \"x5u\" in the header: an address to fetch from (never fetched here)",
	.remedy = "never fetch from it; configure the issuer's JWKS address",
	.source = "RFC 8725 3.10",
	.look = look_jku,
};

static bool is_path(struct seen_text t)
{
	if (memmem(t.at, t.len, "../", 3) || memchr(t.at, '\\', t.len))
		return true;
	if (seen_text_begins(t, "./") || seen_text_begins(t, "~/") || seen_text_begins(t, "file:"))
		return true;
	return t.len && t.at[0] == '/' && memchr(t.at + 1, '/', t.len - 1);
}

/* Nothing but letters, digits, '-' and '_', as most are. */
static bool is_word(struct seen_text t)
{
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.at[i];

		if ((unsigned char)((c | 0x20) - 'a') >= 26 && (unsigned char)(c - '0') >= 10 &&
		    c != '-' && c != '_')
			return false;
	}
	return true;
}

/* What makes a kid look like an attack on whoever looks it up; NULL: nothing. Base64 may have '/'. */
static const char *kid_suspicion(struct seen_text t)
{
	if (t.len > KID_MOST)
		return "is over 256 bytes long";
	if (is_word(t))
		return NULL;
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)t.at[i] < 0x20 || t.at[i] == 0x7F)
			return "has control characters";
	if (memmem(t.at, t.len, "://", 3))
		return "is a URL";
	if (is_path(t))
		return "is a path";
	for (size_t i = 0; i < t.len; i++)
		if (t.at[i] && strchr("'\"`", t.at[i]))
			return "has quotes";
		else if (t.at[i] && strchr(";|<", t.at[i]))
			return "has characters of a command";
	return memmem(t.at, t.len, "$(", 2) ? "has characters of a command" : NULL;
}

static void look_kid(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out)
{
	struct buf room = BUF_INIT(JOSE_MAX);
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		const struct seen_value *kid = &p->header[HEADER_KID];
		struct seen_text t = { NULL, 0 };
		const char *why;

		if (kid->value)
			t = seen_text(kid->in, kid->value, &room);
		why = t.at ? kid_suspicion(t) : NULL;
		if (why)
			finding_add(out, rule, "%skid %s: %s", p->words, why,
				    seen_show(shown, kid->in, kid->value));
	}
	buf_release(&room);
}

const struct finding_rule finding_kid_suspicious = {
	.id = "kid-suspicious",
	.severity = SEVERITY_WARNING,
	.summary = "\"kid\" with a path, quotes, a URL, control characters, or over 256 bytes",
	.remedy = "compare kid with the ids of keys you have; never build a path or query from it",
	.source = "RFC 8725 3.10",
	.look = look_kid,
};

static void look_type(const struct inspection *in, const struct finding_rule *rule,
		      struct findings *out)
{
	static const struct {
		enum seen_header which;
		const char *name;
	} strings[] = { { HEADER_KID, "kid" }, { HEADER_TYP, "typ" }, { HEADER_CTY, "cty" },
			{ HEADER_JKU, "jku" }, { HEADER_X5U, "x5u" }, { HEADER_ENC, "enc" } };
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];

		for (size_t k = 0; k < sizeof(strings) / sizeof(strings[0]); k++) {
			const struct seen_value *v = &p->header[strings[k].which];

			if (v->value && v->value->type != LOSSLESS_STRING)
				finding_add(out, rule, "%s%s is no string: %s", p->words,
					    strings[k].name, seen_show(shown, v->in, v->value));
		}
	}
}

const struct finding_rule finding_header_type = {
	.id = "header-type",
	.severity = SEVERITY_ERROR,
	.summary = "\"kid\", \"typ\", \"cty\", \"jku\", \"x5u\" or \"enc\" is not a string",
	.remedy = "the issuer must write it as a string",
	.source = "RFC 7515 4.1",
	.look = look_type,
};

static void look_unprotected(const struct inspection *in, const struct finding_rule *rule,
			     struct findings *out)
{
	static const struct {
		enum seen_header which;
		const char *name;
	} watched[] = { { HEADER_ALG, "alg" }, { HEADER_KID, "kid" }, { HEADER_CRIT, "crit" } };

	if (in->token->form == JOSE_COMPACT)
		return;
	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];

		for (size_t k = 0; k < sizeof(watched) / sizeof(watched[0]); k++) {
			const struct seen_value *v = &p->header[watched[k].which];

			if (v->value && v->place != PLACE_PROTECTED)
				finding_add(out, rule,
					    "%s%s stands in the unprotected header: anybody can "
					    "change it",
					    p->words, watched[k].name);
		}
	}
}

const struct finding_rule finding_header_unprotected = {
	.id = "header-unprotected",
	.severity = SEVERITY_WARNING,
	.summary = "\"alg\", \"kid\" or \"crit\" stand only in the unprotected header",
	.remedy = "the issuer should put them into the protected header",
	.source = "RFC 7515 4.1.11, 7.2.1",
	.look = look_unprotected,
};

/* Raised by who reads (jose_json.c). */
const struct finding_rule finding_header_unsigned = {
	.id = "header-unsigned",
	.severity = SEVERITY_ERROR,
	.summary = "a name that no standard has stands in an unprotected header",
	.remedy = "refuse it: anybody can add it without breaking the signature",
	.source = "RFC 7515 4.3, 7.2.1",
};

/* --- what must be understood --------------------------------------------------------------------- */

/* Names that crit must not list: they are the standards' own (RFC 7515 §4.1, RFC 7516 §4.1, RFC 7518
 * §4). */
static bool registered_by_the_standards(struct seen_text name)
{
	static const char *const names[] = { "alg", "jku",	"jwk",	"kid", "x5u", "x5c", "x5t",
					     "typ", "cty",	"crit", "enc", "zip", "epk", "apu",
					     "apv", "x5t#S256", "iv",	"tag", "p2s", "p2c" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (seen_text_is(name, names[i]))
			return true;
	return false;
}

static bool header_has(const struct seen_part *p, struct seen_text name)
{
	struct buf room = BUF_INIT(JOSE_MAX);
	bool found = false;

	for (int place = 0; place < PLACE_COUNT && !found; place++) {
		const struct lossless *l = &p->part->header[place];
		const struct lossless_value *v = p->part->has[place]
							 ? lossless_child(l, lossless_object(l))
							 : NULL;

		for (; v && !found; v = lossless_next(l, v)) {
			struct seen_text other = seen_member_name(l, v, &room);

			found = other.len == name.len && memcmp(other.at, name.at, name.len) == 0;
		}
	}
	buf_release(&room);
	return found;
}

/* Does an element before `v` say the same? */
static bool element_repeats(const struct lossless *l, const struct lossless_value *list,
			    const struct lossless_value *v, struct seen_text name)
{
	const struct lossless_value *o = lossless_child(l, list);

	while (o && o != v && !lossless_equals(l, o, name.at, name.len))
		o = lossless_next(l, o);
	return o && o != v;
}

/* The first thing wrong with crit; NULL: nothing. *at: the element. */
static const char *crit_fault(const struct seen_part *p, const struct lossless_value **at)
{
	const struct seen_value *crit = &p->header[HEADER_CRIT];
	struct buf room = BUF_INIT(JOSE_MAX);
	const char *why = NULL;

	*at = crit->value;
	if (crit->value->type != LOSSLESS_ARRAY)
		return "is no array of names";
	if (!crit->value->count)
		return "is empty";
	if (crit->value->count > CRIT_MOST)
		return "names more than 64 parameters";
	if (crit->place != PLACE_PROTECTED)
		return "must stand in the protected header";
	for (*at = lossless_child(crit->in, crit->value); *at && !why;) {
		struct seen_text name = seen_text(crit->in, *at, &room);

		if (!name.at)
			why = "has an element that is no name";
		else if (element_repeats(crit->in, crit->value, *at, name))
			why = "names something twice";
		else if (registered_by_the_standards(name))
			why = "names a parameter of the standard itself";
		else if (!header_has(p, name))
			why = "names what the header does not have";
		if (!why)
			*at = lossless_next(crit->in, *at);
	}
	buf_release(&room);
	return why;
}

static void look_crit_malformed(const struct inspection *in, const struct finding_rule *rule,
				struct findings *out)
{
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		const struct lossless_value *at;
		const char *why;

		if (!part_has(p, HEADER_CRIT))
			continue;
		why = crit_fault(p, &at);
		if (why)
			finding_add(out, rule, "%scrit %s: %s", p->words, why,
				    seen_show(shown, p->header[HEADER_CRIT].in, at));
	}
}

const struct finding_rule finding_crit_malformed = {
	.id = "crit-malformed",
	.severity = SEVERITY_ERROR,
	.summary =
		"\"crit\" is empty, no array of strings, repeats a name, or names a registered or "
		"absent parameter",
	.remedy = "refuse it; the issuer must list extensions that its header has",
	.source = "RFC 7515 4.1.11",
	.look = look_crit_malformed,
};

/* Extensions that are understood here: b64, of a JWS (RFC 7797). */
static bool extension_known(const struct inspection *in, const struct lossless *l,
			    const struct lossless_value *v)
{
	return in->token->kind == JOSE_JWS && lossless_equals(l, v, "b64", 3);
}

static void look_crit_unknown(const struct inspection *in, const struct finding_rule *rule,
			      struct findings *out)
{
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		const struct seen_value *crit = &p->header[HEADER_CRIT];
		const struct lossless_value *v;

		if (!crit->value || crit->value->type != LOSSLESS_ARRAY)
			continue;
		for (v = lossless_child(crit->in, crit->value); v; v = lossless_next(crit->in, v))
			if (v->type == LOSSLESS_STRING && !extension_known(in, crit->in, v))
				finding_add(out, rule,
					    "%scrit demands %s, which is not understood here",
					    p->words, seen_show(shown, crit->in, v));
	}
}

const struct finding_rule finding_crit_unknown = {
	.id = "crit-unknown",
	.severity = SEVERITY_ERROR,
	.summary = "\"crit\" names an extension that is not understood",
	.remedy = "refuse it, unless your API implements the extension",
	.source = "RFC 7515 4.1.11",
	.look = look_crit_unknown,
};

static bool crit_lists(const struct seen_part *p, const char *name)
{
	const struct seen_value *crit = &p->header[HEADER_CRIT];
	const struct lossless_value *v;

	if (!crit->value || crit->value->type != LOSSLESS_ARRAY)
		return false;
	for (v = lossless_child(crit->in, crit->value); v; v = lossless_next(crit->in, v))
		if (lossless_equals(crit->in, v, name, strlen(name)))
			return true;
	return false;
}

static void look_b64(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out)
{
	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];

		if (!part_has(p, HEADER_B64))
			continue;
		if (p->header[HEADER_B64].place != PLACE_PROTECTED)
			finding_add(out, rule, "%sb64 stands in the unprotected header", p->words);
		else if (!crit_lists(p, "b64"))
			finding_add(
				out, rule,
				"%sb64 is not listed in crit: who does not know it reads another "
				"payload",
				p->words);
	}
}

const struct finding_rule finding_b64_uncrit = {
	.id = "b64-uncrit",
	.severity = SEVERITY_ERROR,
	.summary = "\"b64\" is there, but not in \"crit\"",
	.remedy = "the issuer must add \"crit\":[\"b64\"]",
	.source = "RFC 7797 6",
	.about = ABOUT_JWS,
	.look = look_b64,
};

static void look_zip(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out)
{
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];

		if (!part_has(p, HEADER_ZIP))
			continue;
		finding_add(
			out, rule, "%szip is %s: the length of what is encrypted tells about it",
			p->words,
			seen_show(shown, p->header[HEADER_ZIP].in, p->header[HEADER_ZIP].value));
		break;
	}
}

const struct finding_rule finding_zip_used = {
	.id = "zip-used",
	.severity = SEVERITY_WARNING,
	.summary = "compressed before encryption",
	.remedy = "encrypt without zip, at least where others put text into the token",
	.source = "RFC 8725 3.6",
	.about = ABOUT_JWE,
	.look = look_zip,
};

/* --- which kind of token ------------------------------------------------------------------------- */

static void look_typ_missing(const struct inspection *in, const struct finding_rule *rule,
			     struct findings *out)
{
	for (size_t i = 0; i < in->seen->count; i++)
		if (in->seen->parts[i].readable && !part_has(&in->seen->parts[i], HEADER_TYP))
			finding_add(out, rule,
				    "%sno typ: tokens of another kind can be passed off as this",
				    in->seen->parts[i].words);
}

const struct finding_rule finding_typ_missing = {
	.id = "typ-missing",
	.severity = SEVERITY_INFO,
	.summary = "no \"typ\": kinds of tokens can be mixed up",
	.remedy = "let the issuer set typ (at+jwt for access tokens), and ask for it",
	.source = "RFC 8725 3.11",
	.about = ABOUT_CLAIMS,
	.look = look_typ_missing,
};

static void look_typ_access(const struct inspection *in, const struct finding_rule *rule,
			    struct findings *out)
{
	if (in->seen->profile && in->seen->profile->use == USE_ACCESS)
		finding_add(out, rule, "an access token of RFC 9068: held to its profile");
}

const struct finding_rule finding_typ_access = {
	.id = "typ-access",
	.severity = SEVERITY_INFO,
	.summary = "\"typ\" is at+jwt: held to the profile of access tokens",
	.source = "RFC 9068 2.1",
	.about = ABOUT_CLAIMS,
	.look = look_typ_access,
};

static void look_typ_unexpected(const struct inspection *in, const struct finding_rule *rule,
				struct findings *out)
{
	const struct seen_value *typ = &in->seen->parts[0].header[HEADER_TYP];
	struct buf room = BUF_INIT(JOSE_MAX);
	char shown[SHOWN_SIZE];

	if (!in->expected || !in->expected->type || !in->seen->count || !typ->value)
		return;
	if (!typ_equal(seen_text(typ->in, typ->value, &room), in->expected->type))
		finding_add(out, rule, "typ is %s, asked for was \"%s\"",
			    seen_show(shown, typ->in, typ->value), in->expected->type);
	buf_release(&room);
}

const struct finding_rule finding_typ_unexpected = {
	.id = "typ-unexpected",
	.severity = SEVERITY_ERROR,
	.summary =
		"another kind of token than was asked for (at+jwt, logout+jwt, dpop+jwt, kb+jwt …)",
	.remedy = "refuse it: a token of another kind proves something else",
	.source = "RFC 8725 3.12",
	.look = look_typ_unexpected,
};

/* --- a token within --------------------------------------------------------------------------------- */

/* Has the payload the shape of a compact token: "eyJ" and at least two dots between base64url? */
static bool payload_is_token(const struct jose_segment *p)
{
	size_t dots = 0;

	if (p->size < 16 || memcmp(p->data, "eyJ", 3) != 0)
		return false;
	for (size_t i = 0; i < p->size; i++) {
		unsigned char c = p->data[i];

		dots += c == '.';
		if (c != '.' && c != '-' && c != '_' && !(c >= '0' && c <= '9') &&
		    !((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
			return false;
	}
	return dots == 2 || dots == 4;
}

static void look_nested(const struct inspection *in, const struct finding_rule *rule,
			struct findings *out)
{
	const struct seen_value *cty = &in->seen->parts[0].header[HEADER_CTY];
	const struct jose_segment *payload = &in->token->payload;
	struct buf room = BUF_INIT(JOSE_MAX);
	bool said, is;

	if (!in->seen->count || !payload->present)
		return;
	said = cty->value && typ_equal(seen_text(cty->in, cty->value, &room), "JWT");
	is = payload_is_token(payload);
	if (is && !said)
		finding_add(out, rule, "the payload is a token, and cty does not say so");
	else if (said && !is)
		finding_add(out, rule, "cty says that the payload is a token, and it is none");
	buf_release(&room);
}

const struct finding_rule finding_nested_cty = {
	.id = "nested-cty",
	.severity = SEVERITY_WARNING,
	.summary = "the payload is a token and \"cty\" does not say so, or the reverse",
	.remedy = "the issuer must set cty to JWT for a nested token, and leave it out otherwise",
	.source = "RFC 7519 5.2",
	.about = ABOUT_JWS,
	.look = look_nested,
};
