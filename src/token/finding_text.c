/* Findings about text and numbers that are not what they look like. Decoded texts are looked at, so that
 * an escape hides nothing. */
#include "src/token/finding_rules.h"

#include <string.h>

#include "src/base/text.h"
#include "src/token/finding_seen.h"

enum { TOLD_MOST = 8 };

/* --- characters that a terminal must not be sent ----------------------------------------------------- */

static const char *unsafe_words(int32_t code)
{
	static const struct {
		int32_t first, last;
		const char *words;
	} kinds[] = {
		{ 0x00, 0x1F, "a control character" },
		{ 0x7F, 0x9F, "a control character" },
		{ 0xAD, 0xAD, "an invisible character" },
		{ 0x061C, 0x061C, "a bidi control" },
		{ 0x200B, 0x200D, "an invisible character" },
		{ 0x200E, 0x200F, "a bidi control" },
		{ 0x202A, 0x202E, "a bidi override" },
		{ 0x2060, 0x2064, "an invisible character" },
		{ 0x2066, 0x2069, "a bidi control" },
		{ 0xE000, 0xF8FF, "a private character" },
		{ 0xFE00, 0xFE0F, "an invisible character" },
		{ 0xFEFF, 0xFEFF, "an invisible character" },
		{ 0xE0000, 0xE0FFF, "an invisible character" },
		{ 0xF0000, 0x10FFFF, "a private character" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (code >= kinds[i].first && code <= kinds[i].last)
			return kinds[i].words;
	return "a character that is not shown";
}

/* The first code point that is not to be shown as it is; 0 with *found false when there is none. */
static int32_t unsafe_find(struct seen_text t, bool *found)
{
	int32_t code = 0;

	*found = false;
	for (size_t at = 0; at < t.len && !*found;) {
		at += utf8_decode(&code, t.at + at, t.len - at);
		*found = code >= 0 && !code_point_safe(code);
	}
	return code;
}

/* Only such bytes can stand for an unsafe character. */
static bool bytes_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] >= 0x7F || text[i] == '\\' ||
		    (unsigned char)text[i] < 0x20)
			return false;
	return true;
}

static void text_look(struct seen_text t, const char *what, const char *name,
		      const struct finding_rule *rule, struct findings *out)
{
	bool found;
	int32_t code = unsafe_find(t, &found);

	if (found)
		finding_add(out, rule, "%s%s has %s (U+%04X)", what, name, unsafe_words(code),
			    (unsigned)code);
}

/* Names and values of a header or of the claims. Values within a list are told by the list's name. */
static void json_look(const struct lossless *l, const struct finding_rule *rule,
		      struct findings *out)
{
	struct buf room = BUF_INIT(JOSE_MAX);
	const struct lossless_value *named = NULL;
	char shown[SHOWN_SIZE];
	size_t before = out->count;

	for (uint32_t i = 1; i < l->count && out->count - before < TOLD_MOST; i++) {
		const struct lossless_value *v = &l->values[i];

		if (v->name_end)
			named = v;
		if (named)
			seen_show_name(shown, l, named);
		else
			seen_show_text(shown, "a value", 7);
		if (v->name_end &&
		    !bytes_plain(l->text + v->name_begin, v->name_end - v->name_begin))
			text_look(seen_member_name(l, v, &room), "the name ", shown, rule, out);
		if (v->type == LOSSLESS_STRING &&
		    !bytes_plain(l->text + v->begin, v->end - v->begin))
			text_look(seen_text(l, v, &room), "", shown, rule, out);
	}
	buf_release(&room);
}

static void look_hostile(const struct inspection *in, const struct finding_rule *rule,
			 struct findings *out)
{
	if (!in->seen->unusual)
		return;
	for (size_t i = 0; i < in->seen->count; i++)
		for (int place = 0; place < PLACE_COUNT; place++)
			if (in->seen->parts[i].part->has[place])
				json_look(&in->seen->parts[i].part->header[place], rule, out);
	if (in->token->is_claims)
		json_look(&in->token->claims, rule, out);
}

const struct finding_rule finding_hostile_text = {
	.id = "hostile-text",
	.severity = SEVERITY_WARNING,
	.summary = "control, bidi or invisible characters in a name or value",
	.remedy =
		"escape what goes into logs and pages; refuse such characters where names are made",
	.source = "CWE-150",
	.look = look_hostile,
};

/* --- numbers --------------------------------------------------------------------------------------- */

static void numbers_look(const struct lossless *l, const struct finding_rule *rule,
			 struct findings *out)
{
	const struct lossless_value *named = NULL;
	char name[SHOWN_SIZE], shown[SHOWN_SIZE];
	size_t before = out->count;

	for (uint32_t i = 1; i < l->count && out->count - before < TOLD_MOST; i++) {
		const struct lossless_value *v = &l->values[i];

		if (v->name_end)
			named = v;
		if (v->type != LOSSLESS_NUMBER || !lossless_big(l, v))
			continue;
		finding_add(out, rule, "%s is %s: JavaScript reads another number",
			    named ? seen_show_name(name, l, named) : "a value",
			    seen_show(shown, l, v));
	}
}

static void look_big(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out)
{
	if (in->seen->long_number)
		numbers_look(&in->token->claims, rule, out);
}

const struct finding_rule finding_big_number = {
	.id = "big-number",
	.severity = SEVERITY_WARNING,
	.summary = "an integer beyond 2^53, which JavaScript would change",
	.remedy = "write ids as strings",
	.source = "RFC 8259 6",
	.about = ABOUT_CLAIMS,
	.look = look_big,
};

/* --- letters that look like others (UTS 39) --------------------------------------------------------- */

enum script {
	SCRIPT_NONE, /* not a letter, or of a script whose letters look like no other's here */
	SCRIPT_LATIN,
	SCRIPT_GREEK,
	SCRIPT_CYRILLIC,
	SCRIPT_ARMENIAN,
	SCRIPT_CHEROKEE,
	SCRIPT_COPTIC,
	SCRIPT_LISU,
	SCRIPT_STYLED, /* letters in another dress: fullwidth, mathematical */
	SCRIPT_COUNT
};

static const char *const script_names[SCRIPT_COUNT] = {
	[SCRIPT_LATIN] = "Latin",	[SCRIPT_GREEK] = "Greek",
	[SCRIPT_CYRILLIC] = "Cyrillic", [SCRIPT_ARMENIAN] = "Armenian",
	[SCRIPT_CHEROKEE] = "Cherokee", [SCRIPT_COPTIC] = "Coptic",
	[SCRIPT_LISU] = "Lisu",		[SCRIPT_STYLED] = "styled",
};

/* Blocks of letters, by the Unicode standard's Scripts.txt; in order. */
static const struct {
	int32_t first, last;
	enum script script;
} script_ranges[] = {
	{ 0x0041, 0x005A, SCRIPT_LATIN },    { 0x0061, 0x007A, SCRIPT_LATIN },
	{ 0x00AA, 0x00AA, SCRIPT_LATIN },    { 0x00BA, 0x00BA, SCRIPT_LATIN },
	{ 0x00C0, 0x00D6, SCRIPT_LATIN },    { 0x00D8, 0x00F6, SCRIPT_LATIN },
	{ 0x00F8, 0x02B8, SCRIPT_LATIN },    { 0x0370, 0x03E1, SCRIPT_GREEK },
	{ 0x03E2, 0x03EF, SCRIPT_COPTIC },   { 0x03F0, 0x03FF, SCRIPT_GREEK },
	{ 0x0400, 0x052F, SCRIPT_CYRILLIC }, { 0x0531, 0x0588, SCRIPT_ARMENIAN },
	{ 0x13A0, 0x13FD, SCRIPT_CHEROKEE }, { 0x1C80, 0x1C8F, SCRIPT_CYRILLIC },
	{ 0x1D00, 0x1D25, SCRIPT_LATIN },    { 0x1E00, 0x1EFF, SCRIPT_LATIN },
	{ 0x1F00, 0x1FFF, SCRIPT_GREEK },    { 0x2C60, 0x2C7F, SCRIPT_LATIN },
	{ 0x2C80, 0x2CFF, SCRIPT_COPTIC },   { 0x2DE0, 0x2DFF, SCRIPT_CYRILLIC },
	{ 0xA4D0, 0xA4FF, SCRIPT_LISU },     { 0xA640, 0xA69F, SCRIPT_CYRILLIC },
	{ 0xA722, 0xA787, SCRIPT_LATIN },    { 0xA78B, 0xA7CA, SCRIPT_LATIN },
	{ 0xAB30, 0xAB5A, SCRIPT_LATIN },    { 0xAB70, 0xABBF, SCRIPT_CHEROKEE },
	{ 0xFB00, 0xFB06, SCRIPT_LATIN },    { 0xFB13, 0xFB17, SCRIPT_ARMENIAN },
	{ 0xFF21, 0xFF3A, SCRIPT_STYLED },   { 0xFF41, 0xFF5A, SCRIPT_STYLED },
	{ 0x1D400, 0x1D7CB, SCRIPT_STYLED },
};

static enum script script_of(int32_t code)
{
	for (size_t i = 0; i < sizeof(script_ranges) / sizeof(script_ranges[0]); i++)
		if (code >= script_ranges[i].first && code <= script_ranges[i].last)
			return script_ranges[i].script;
	return SCRIPT_NONE;
}

/* Cyrillic letters that are drawn as Latin ones: a word of nothing else passes for a Latin word. */
static bool looks_latin(int32_t code)
{
	static const uint16_t letters[] = {
		0x0405, 0x0406, 0x0408, 0x0410, 0x0412, 0x0415, 0x041A, 0x041C, 0x041D, 0x041E,
		0x0420, 0x0421, 0x0422, 0x0425, 0x0430, 0x0435, 0x043E, 0x0440, 0x0441, 0x0443,
		0x0445, 0x0455, 0x0456, 0x0458, 0x04BB, 0x04CF, 0x0501, 0x051B, 0x051D,
	};

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i] == code)
			return true;
	return false;
}

/* A word: letters, and what is neither ASCII punctuation nor blank between them. */
struct word {
	enum script first, other; /* the scripts met; SCRIPT_NONE: none, or no second */
	int32_t code;		  /* first letter of the second script, or of a doubtful one */
	bool all_looks_latin;
};

static bool word_ends(int32_t code)
{
	return code < 0x80 && !(code >= 'a' && code <= 'z') && !(code >= 'A' && code <= 'Z') &&
	       !(code >= '0' && code <= '9');
}

static void word_add(struct word *w, int32_t code)
{
	enum script script = script_of(code);

	if (script == SCRIPT_NONE)
		return;
	if (w->first == SCRIPT_NONE) {
		w->first = script;
		w->code = code;
		w->all_looks_latin = true;
	} else if (script != w->first && w->other == SCRIPT_NONE) {
		w->other = script;
		if (w->first == SCRIPT_LATIN)
			w->code = code;
	}
	w->all_looks_latin &= looks_latin(code);
}

/* What a text's words came to. */
struct reading {
	struct word mixed, styled, masked;
	bool latin; /* there is a Latin word */
};

static void word_close(struct reading *r, struct word *w)
{
	if (w->other != SCRIPT_NONE)
		r->mixed = *w;
	else if (w->first == SCRIPT_STYLED)
		r->styled = *w;
	else if (w->first == SCRIPT_CYRILLIC && w->all_looks_latin)
		r->masked = *w;
	r->latin |= w->first == SCRIPT_LATIN;
	*w = (struct word){ .first = SCRIPT_NONE };
}

static void words_read(struct reading *r, struct seen_text t)
{
	const char *scheme = memmem(t.at, t.len, "://", 3);
	struct word w = { .first = SCRIPT_NONE };
	size_t at = scheme ? (size_t)(scheme - t.at) + 3 : 0;
	int32_t code;

	while (at < t.len) {
		at += utf8_decode(&code, t.at + at, t.len - at);
		if (word_ends(code))
			word_close(r, &w);
		else
			word_add(&w, code);
	}
	word_close(r, &w);
}

static void letters_look(const struct lossless *l, const struct lossless_value *v, const char *name,
			 const struct finding_rule *rule, struct findings *out)
{
	struct buf room = BUF_INIT(JOSE_MAX);
	struct reading r = { .latin = false };
	char shown[SHOWN_SIZE];

	if (seen_is_string(v) && !bytes_plain(l->text + v->begin, v->end - v->begin))
		words_read(&r, seen_text(l, v, &room));
	if (r.mixed.first != SCRIPT_NONE)
		finding_add(out, rule, "%s mixes %s and %s letters (U+%04X): %s", name,
			    script_names[r.mixed.first], script_names[r.mixed.other],
			    (unsigned)r.mixed.code, seen_show(shown, l, v));
	else if (r.styled.first != SCRIPT_NONE)
		finding_add(out, rule, "%s has letters in another dress (U+%04X): %s", name,
			    (unsigned)r.styled.code, seen_show(shown, l, v));
	else if (r.masked.first != SCRIPT_NONE && r.latin)
		finding_add(out, rule, "%s has a Cyrillic word that looks Latin (U+%04X): %s", name,
			    (unsigned)r.masked.code, seen_show(shown, l, v));
	buf_release(&room);
}

static void claim_look(const struct inspection *in, enum seen_claim which, const char *name,
		       const struct finding_rule *rule, struct findings *out)
{
	const struct lossless *l = &in->token->claims;
	const struct lossless_value *v = seen_claim(in, which);

	if (v && v->type == LOSSLESS_ARRAY)
		v = lossless_child(l, v);
	else if (v) {
		letters_look(l, v, name, rule, out);
		return;
	}
	for (; v; v = lossless_next(l, v))
		letters_look(l, v, name, rule, out);
}

static void look_alike(const struct inspection *in, const struct finding_rule *rule,
		       struct findings *out)
{
	static const struct {
		enum seen_claim which;
		const char *name;
	} watched[] = { { CLAIM_ISS, "iss" },
			{ CLAIM_SUB, "sub" },
			{ CLAIM_AUD, "aud" },
			{ CLAIM_CLIENT_ID, "client_id" },
			{ CLAIM_SCOPE, "scope" } };

	if (!in->seen->unusual)
		return;
	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_value *kid = &in->seen->parts[i].header[HEADER_KID];

		if (kid->value)
			letters_look(kid->in, kid->value, "kid", rule, out);
	}
	if (!seen_claims_meant(in))
		return;
	for (size_t i = 0; i < sizeof(watched) / sizeof(watched[0]); i++)
		claim_look(in, watched[i].which, watched[i].name, rule, out);
}

const struct finding_rule finding_look_alike = {
	.id = "look-alike",
	.severity = SEVERITY_WARNING,
	.summary = "letters of several scripts in one word of \"iss sub aud client_id kid scope\"",
	.remedy = "compare such names byte by byte, and take only ASCII where they are made",
	.source = "UTS 39",
	.look = look_alike,
};
