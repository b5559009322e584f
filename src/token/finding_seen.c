/* One pass over a token for all rules: known names looked up in a table ordered by length and bytes,
 * values only glanced at. What is remarkable is flagged here and looked at closely by its rule. */
#include "src/token/finding_seen.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/base/secret_format.h"
#include "src/token/foreign.h"
#include "src/token/verdict.h"

enum { TEXT_ROOM = JOSE_MAX, LONG_NUMBER = 16, CREDENTIAL_LEAST = 16 };

/* --- names ------------------------------------------------------------------------------------ */

#define NAME(text, ...)                                            \
	{                                                          \
		.name = text, .len = sizeof(text) - 1, __VA_ARGS__ \
	}
#define CLAIM(text, which) NAME(text, .slot = (which))
#define PERSONAL(text) NAME(text, .slot = NO_SLOT, .personal = true)
#define PERSONAL_ANYWHERE(text) NAME(text, .slot = NO_SLOT, .personal = true, .nested = true)

const struct seen_name seen_claim_names[] = {
	CLAIM("aud", CLAIM_AUD),
	CLAIM("azp", CLAIM_AZP),
	CLAIM("cnf", CLAIM_CNF),
	PERSONAL("dob"),
	CLAIM("exp", CLAIM_EXP),
	CLAIM("iat", CLAIM_IAT),
	CLAIM("iss", CLAIM_ISS),
	CLAIM("jti", CLAIM_JTI),
	CLAIM("nbf", CLAIM_NBF),
	CLAIM("scp", CLAIM_SCP),
	PERSONAL_ANYWHERE("ssn"),
	CLAIM("sub", CLAIM_SUB),
	CLAIM("typ", CLAIM_TYP),
	PERSONAL("upn"),
	PERSONAL("name"),
	PERSONAL_ANYWHERE("email"),
	PERSONAL("jcard"),
	CLAIM("nonce", CLAIM_NONCE),
	PERSONAL_ANYWHERE("phone"),
	CLAIM("scope", CLAIM_SCOPE),
	CLAIM("c_hash", CLAIM_C_HASH),
	PERSONAL("gender"),
	PERSONAL("ipaddr"),
	PERSONAL("mobile"),
	PERSONAL("msisdn"),
	PERSONAL("address"),
	CLAIM("at_hash", CLAIM_AT_HASH),
	PERSONAL("picture"),
	PERSONAL("profile"),
	PERSONAL("surname"),
	PERSONAL("website"),
	PERSONAL("birthday"),
	PERSONAL("nickname"),
	PERSONAL_ANYWHERE("birthdate"),
	CLAIM("client_id", CLAIM_CLIENT_ID),
	CLAIM("token_use", CLAIM_TOKEN_USE),
	PERSONAL_ANYWHERE("birth_date"),
	PERSONAL_ANYWHERE("given_name"),
	PERSONAL("login_hint"),
	PERSONAL("user_email"),
	PERSONAL("user_login"),
	PERSONAL_ANYWHERE("family_name"),
	PERSONAL("middle_name"),
	PERSONAL("national_id"),
	PERSONAL("nationality"),
	PERSONAL("unique_name"),
	PERSONAL("phone_number"),
	PERSONAL_ANYWHERE("date_of_birth"),
	PERSONAL("nationalities"),
	PERSONAL("place_of_birth"),
	PERSONAL_ANYWHERE("street_address"),
	PERSONAL("user_identities"),
	PERSONAL("verified_claims"),
	PERSONAL("cognito:username"),
	PERSONAL("birth_family_name"),
	PERSONAL("preferred_username"),
};
const size_t seen_claim_count = sizeof(seen_claim_names) / sizeof(seen_claim_names[0]);

const struct seen_name seen_header_names[] = {
	NAME("alg", .slot = HEADER_ALG),       NAME("b64", .slot = HEADER_B64),
	NAME("cty", .slot = HEADER_CTY),       NAME("enc", .slot = HEADER_ENC),
	NAME("epk", .slot = HEADER_EPK),       NAME("jku", .slot = HEADER_JKU),
	NAME("jwk", .slot = HEADER_JWK),       NAME("kid", .slot = HEADER_KID),
	NAME("p2c", .slot = HEADER_P2C),       NAME("typ", .slot = HEADER_TYP),
	NAME("x5c", .slot = HEADER_X5C),       NAME("x5u", .slot = HEADER_X5U),
	NAME("zip", .slot = HEADER_ZIP),       NAME("crit", .slot = HEADER_CRIT),
	NAME("signer", .slot = HEADER_SIGNER),
};
const size_t seen_header_count = sizeof(seen_header_names) / sizeof(seen_header_names[0]);

/* Halves down to the names of that length, and looks through those. */
static const struct seen_name *name_find(const struct seen_name *names, size_t count,
					 struct seen_text t)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (names[middle].len < t.len)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count && names[low].len == t.len; low++)
		if (names[low].name[0] == *t.at && memcmp(names[low].name, t.at, t.len) == 0)
			return &names[low];
	return NULL;
}

/* --- what is told by typ ------------------------------------------------------------------------ */

static const struct token_profile profiles[] = {
	{ "at+jwt", USE_ACCESS,
	  WANTS_ISS | WANTS_AUD | WANTS_SUB | WANTS_EXP | WANTS_JTI | WANTS_ALL_OF_9068 },
	{ "dpop+jwt", USE_OTHER, WANTS_JTI | WANTS_NO_KEY_TOLD },
	{ "kb+jwt", USE_OTHER, WANTS_AUD },
	{ "logout+jwt", USE_OTHER, WANTS_ISS | WANTS_AUD | WANTS_JTI | WANTS_EXP },
	{ "secevent+jwt", USE_OTHER, WANTS_ISS | WANTS_JTI },
	{ "dc+sd-jwt", USE_OTHER, WANTS_ISS },
	{ "vc+sd-jwt", USE_OTHER, WANTS_ISS },
	{ "token-introspection+jwt", USE_OTHER, WANTS_ISS | WANTS_AUD },
	{ "oauth-authz-req+jwt", USE_OTHER, WANTS_ISS | WANTS_AUD | WANTS_EXP },
	{ "client-authentication+jwt", USE_OTHER,
	  WANTS_ISS | WANTS_SUB | WANTS_AUD | WANTS_EXP | WANTS_JTI },
	{ "entity-statement+jwt", USE_OTHER, WANTS_ISS | WANTS_SUB | WANTS_EXP },
	{ "JWT", USE_UNKNOWN, WANTS_ISS | WANTS_AUD | WANTS_SUB | WANTS_EXP },
	{ "openid4vci-proof+jwt", USE_OTHER, WANTS_AUD | WANTS_NO_KEY_TOLD },
};

static struct seen_text typ_short(struct seen_text t)
{
	static const char lead[] = "application/";

	if (seen_text_begins(t, lead)) {
		t.at += sizeof(lead) - 1;
		t.len -= sizeof(lead) - 1;
	}
	return t;
}

bool typ_equal(struct seen_text a, const char *b)
{
	struct seen_text other = typ_short((struct seen_text){ b, strlen(b) });

	a = typ_short(a);
	return a.at && a.len == other.len && strncasecmp(a.at, other.at, a.len) == 0;
}

const struct token_profile *token_profile_find(struct seen_text typ)
{
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (typ_equal(typ, profiles[i].typ))
			return &profiles[i];
	return NULL;
}

static bool claim_is(const struct inspection *in, const struct seen *s, enum seen_claim which,
		     const char *text)
{
	const struct lossless_value *v = s->claims[which];

	return v && lossless_equals(&in->token->claims, v, text, strlen(text));
}

/* Without a typ that tells: by claims that only one kind has. Cognito's token_use and Keycloak's typ
 * say it outright. */
static void use_by_claims(struct seen *s, const struct inspection *in)
{
	const struct lossless_value *const *c = s->claims;

	if (claim_is(in, s, CLAIM_TOKEN_USE, "access") || claim_is(in, s, CLAIM_TYP, "Bearer"))
		s->use = USE_ACCESS;
	else if (claim_is(in, s, CLAIM_TOKEN_USE, "id") || claim_is(in, s, CLAIM_TYP, "ID"))
		s->use = USE_ID;
	else if (claim_is(in, s, CLAIM_TYP, "Refresh") || claim_is(in, s, CLAIM_TYP, "Offline"))
		s->use = USE_OTHER;
	else if (c[CLAIM_SCOPE] || c[CLAIM_SCP])
		s->use = USE_ACCESS;
	else if (c[CLAIM_AT_HASH] || c[CLAIM_C_HASH] || c[CLAIM_NONCE])
		s->use = USE_ID;
	if (s->use == USE_ACCESS)
		s->wants |= WANTS_JTI;
}

static void use_find(struct seen *s, const struct inspection *in)
{
	const struct seen_value *typ = &s->parts[0].header[HEADER_TYP];
	struct buf room = BUF_INIT(TEXT_ROOM);
	struct seen_text t = { NULL, 0 };

	if (s->count && typ->value)
		t = seen_text(typ->in, typ->value, &room);
	s->use = USE_UNKNOWN;
	s->wants = WANTS_ISS | WANTS_AUD | WANTS_SUB | WANTS_EXP;
	s->profile = t.at ? token_profile_find(t) : NULL;
	if (s->profile) {
		s->use = s->profile->use;
		s->wants = s->profile->wants;
	} else if (t.len > 4 && strncasecmp(t.at + t.len - 4, "+jwt", 4) == 0) {
		s->use = USE_OTHER;
		s->wants = 0;
	}
	if (s->use == USE_UNKNOWN)
		use_by_claims(s, in);
	buf_release(&room);
}

/* --- the pass ------------------------------------------------------------------------------------- */

struct seen_text seen_text(const struct lossless *in, const struct lossless_value *v,
			   struct buf *room)
{
	struct seen_text t = { NULL, 0 };

	if (!seen_is_string(v))
		return t;
	if (!v->escaped) {
		t.at = in->text + v->begin + 1;
		t.len = v->end - v->begin - 2;
		return t;
	}
	buf_clear(room);
	lossless_string(in, v, room);
	return (struct seen_text){ buf_text(room), room->len };
}

struct seen_text seen_member_name(const struct lossless *in, const struct lossless_value *v,
				  struct buf *room)
{
	if (!v->name_escaped)
		return (struct seen_text){ in->text + v->name_begin + 1,
					   v->name_end - v->name_begin - 2 };
	buf_clear(room);
	lossless_name(in, v, room);
	return (struct seen_text){ buf_text(room), room->len };
}

/* Bytes that a terminal or a reader may not see as what they are; an escape may stand for any. Eight at
 * a time: of ASCII, only DEL gets its highest bit by adding one. */
static bool text_unusual(const char *text, size_t len)
{
	static const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	uint64_t eight, odd = 0;
	size_t i = 0;

	for (; i + sizeof(eight) <= len; i += sizeof(eight)) {
		memcpy(&eight, text + i, sizeof(eight));
		odd |= eight | (eight + ones);
	}
	for (; i < len; i++)
		odd |= (unsigned char)text[i] >= 0x7F ? tops : 0;
	return odd & tops || memchr(text, '\\', len);
}

static void header_see(struct seen *s, struct seen_part *p, const struct lossless *l,
		       enum jose_place place)
{
	struct buf room = BUF_INIT(TEXT_ROOM);

	for (const struct lossless_value *v = lossless_child(l, lossless_object(l)); v;
	     v = lossless_next(l, v)) {
		const struct seen_name *n = name_find(seen_header_names, seen_header_count,
						      seen_member_name(l, v, &room));

		if (n && !p->header[n->slot].value)
			p->header[n->slot] = (struct seen_value){ l, v, place };
	}
	s->unusual |= text_unusual(l->text, l->len);
	buf_release(&room);
}

static void part_see(struct seen *s, const struct jose *t, size_t at)
{
	struct seen_part *p = &s->parts[at];
	const struct seen_value *alg = &p->header[HEADER_ALG];
	struct buf room = BUF_INIT(TEXT_ROOM);
	struct seen_text name;

	memset(p, 0, sizeof(*p));
	p->part = &t->parts[at];
	p->readable = false;
	for (int place = 0; place < PLACE_COUNT; place++) {
		const struct lossless *l = &p->part->header[place];

		if (!p->part->has[place])
			continue;
		p->readable = lossless_object(l);
		if (!p->readable)
			break;
		header_see(s, p, l, (enum jose_place)place);
	}
	if (t->count > 1)
		snprintf(p->words, sizeof(p->words),
			 "%s %zu: ", t->kind == JOSE_JWS ? "signature" : "recipient", at + 1);
	name = alg->value ? seen_text(alg->in, alg->value, &room) : (struct seen_text){ NULL, 0 };
	p->algorithm = name.at ? algorithm_find(name.at, name.len) : NULL;
	buf_release(&room);
}

/* Does the text end with the word, '_', '-' and ASCII case not looked at? */
static bool name_ends(struct seen_text t, const char *word)
{
	size_t left = strlen(word);

	while (t.len && left) {
		char c = t.at[--t.len];

		if (c == '_' || c == '-')
			continue;
		if ((c | 0x20) != word[--left])
			return false;
	}
	return left == 0;
}

/* The last letter rules out nearly all names. */
bool seen_credential_name(struct seen_text t)
{
	static const struct {
		char last;
		const char *word;
	} words[] = {
		{ 'd', "password" },	 { 'd', "passwd" },	  { 'e', "passphrase" },
		{ 't', "secret" },	 { 'y', "apikey" },	  { 'y', "privatekey" },
		{ 'y', "secretkey" },	 { 'y', "accesskey" },	  { 'n', "accesstoken" },
		{ 'n', "refreshtoken" }, { 'n', "sessiontoken" },
	};
	char last;

	if (t.len < 3)
		return false;
	last = (char)(t.at[t.len - 1] | 0x20);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].last == last && name_ends(t, words[i].word))
			return true;
	return t.len == 3 && last == 'd' && name_ends(t, "pwd");
}

bool seen_personal_name(struct seen_text t, bool top)
{
	const struct seen_name *n = name_find(seen_claim_names, seen_claim_count, t);

	return n && n->personal && (top || n->nested);
}

static void name_see(struct seen *s, const struct lossless *l, const struct lossless_value *v,
		     bool top, struct buf *room)
{
	struct seen_text t = seen_member_name(l, v, room);
	const struct seen_name *n = name_find(seen_claim_names, seen_claim_count, t);

	if (n && top && n->slot != NO_SLOT && !s->claims[n->slot])
		s->claims[n->slot] = v;
	if (n)
		s->personal |= n->personal && (top || n->nested);
	else
		s->credential |= v->type == LOSSLESS_STRING && seen_credential_name(t);
}

bool seen_credential_like(const struct lossless *l, const struct lossless_value *v)
{
	const char *text = l->text + v->begin + 1;
	size_t len = v->end - v->begin;

	if (v->type != LOSSLESS_STRING || len < CREDENTIAL_LEAST + 2)
		return false;
	len -= 2;
	if (len > SECRET_TAIL + 1 && text[len - SECRET_TAIL - 1] == '_')
		return true; /* as keys of our own have it */
	return v->escaped || foreign_begins((unsigned char)*text);
}

/* Values lie in source order: those of the top are found by following `next`. */
static void claims_see(struct seen *s, const struct lossless *l)
{
	const struct lossless_value *root = lossless_object(l);
	struct buf room = BUF_INIT(TEXT_ROOM);
	uint32_t top = root ? root->child : LOSSLESS_NONE;

	for (uint32_t i = 1; i < l->count && root; i++) {
		const struct lossless_value *v = &l->values[i];
		size_t len = v->end - v->begin;

		if (v->name_end)
			name_see(s, l, v, i == top, &room);
		if (i == top)
			top = v->next;
		if (v->type == LOSSLESS_NUMBER)
			s->long_number |= len >= LONG_NUMBER;
		else
			s->enclosed |= seen_credential_like(l, v);
	}
	s->unusual |= text_unusual(l->text, l->len);
	buf_release(&room);
}

static struct seen_time time_see(const struct seen *s, const struct lossless *l,
				 enum seen_claim which)
{
	struct seen_time t = { .value = s->claims[which] };

	t.well = t.value && lossless_seconds(l, t.value, &t.at);
	return t;
}

bool seen_claims_meant(const struct inspection *in)
{
	return in->token->kind == JOSE_JWS && in->token->is_claims &&
	       !(in->expected && in->expected->no_claims);
}

void seen_make(struct seen *s, const struct inspection *in)
{
	const struct jose *t = in->token;

	memset((char *)s + offsetof(struct seen, count), 0,
	       sizeof(*s) - offsetof(struct seen, count));
	s->count = t->count < JOSE_PARTS ? t->count : JOSE_PARTS;
	for (size_t i = 0; i < s->count; i++)
		part_see(s, t, i);
	if (!t->is_claims)
		return;
	claims_see(s, &t->claims);
	s->exp = time_see(s, &t->claims, CLAIM_EXP);
	s->nbf = time_see(s, &t->claims, CLAIM_NBF);
	s->iat = time_see(s, &t->claims, CLAIM_IAT);
	use_find(s, in);
}

/* --- comparing and showing ------------------------------------------------------------------------ */

bool seen_text_is(struct seen_text t, const char *text)
{
	return t.at && t.len == strlen(text) && memcmp(t.at, text, t.len) == 0;
}

bool seen_text_begins(struct seen_text t, const char *text)
{
	size_t len = strlen(text);

	return t.at && t.len >= len && strncasecmp(t.at, text, len) == 0;
}

const char *seen_show_text(char out[SHOWN_SIZE], const char *text, size_t len)
{
	enum { MOST = SHOWN_SIZE - 12 };
	size_t cut = len;

	if (len > MOST) {
		cut = MOST;
		while (cut && ((unsigned char)text[cut] & 0xC0) == 0x80)
			cut--;
	}
	snprintf(out, SHOWN_SIZE, "%.*s%s", (int)cut, text, cut < len ? "…" : "");
	return out;
}

const char *seen_show(char out[SHOWN_SIZE], const struct lossless *in,
		      const struct lossless_value *v)
{
	return seen_show_text(out, in->text + v->begin, v->end - v->begin);
}

const char *seen_show_name(char out[SHOWN_SIZE], const struct lossless *in,
			   const struct lossless_value *v)
{
	return seen_show_text(out, in->text + v->name_begin, v->name_end - v->name_begin);
}
