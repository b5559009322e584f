/* What is expected of claims: each check passed, failed, or not made and why. */
#include "src/token/verdict_checks.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/datetime.h"

/* Beyond any time that lossless_seconds() gives: sums with it stay in range. */
#define TIME_BOUND (INT64_C(1) << 54)

static const char not_asked[] = "not asked for";

static int64_t bounded(int64_t ms)
{
	return ms < -TIME_BOUND ? -TIME_BOUND : ms > TIME_BOUND ? TIME_BOUND : ms;
}

static int64_t leeway(const struct deciding *d)
{
	return d->x->leeway_ms < 0 ? 0 : bounded(d->x->leeway_ms);
}

/* A claim of the payload, as it stands there or was disclosed (RFC 9901 §7.1); `in` is the JSON that it is
 * in. What must not be kept back is looked up in the payload alone. */
static const struct lossless_value *claim_find(const struct deciding *d, const char *name,
					       const struct lossless **in)
{
	const struct lossless_value *v = jose_claim(d->t, name);

	*in = &d->t->claims;
	return v || !d->t->sd_jwt ? v : sd_jwt_claim(&d->disclosed, name, in);
}

/* --- times (RFC 7519 §4.1.4 to 4.1.6) --------------------------------------------------------- */

/* The instant of a claim. False: it is not there, or it is listed as failed. */
static bool time_claim(struct deciding *d, const char *name, int64_t *at)
{
	const struct lossless *in;
	const struct lossless_value *v = claim_find(d, name, &in);

	if (!v)
		check_add(d, name, CHECK_NOT_MADE, "the token has none");
	else if (v->type != LOSSLESS_NUMBER)
		check_add(d, name, CHECK_FAILED, "\"", name, "\" is no number");
	else if (!lossless_seconds(in, v, at))
		check_add(d, name, CHECK_FAILED, "\"", name, "\" is no time that there can be");
	else
		return true;
	return false;
}

static void time_add(struct deciding *d, const char *name, enum check_result result,
		     const char *text, int64_t at)
{
	char when[DATETIME_SIZE];

	datetime_relative(when, at, bounded(d->x->now_ms), true);
	check_add(d, name, result, text, " ", when);
}

bool time_passed(const struct deciding *d, int64_t at, bool until)
{
	int64_t now = bounded(d->x->now_ms);

	return until ? now >= at + leeway(d) : now + leeway(d) >= at;
}

static void expiry_check(struct deciding *d)
{
	int64_t now = bounded(d->x->now_ms), at;

	if (!time_claim(d, "exp", &at))
		return;
	if (time_passed(d, at, true))
		time_add(d, "exp", CHECK_FAILED, "expired", at);
	else if (now >= at)
		time_add(d, "exp", CHECK_PASSED, "within the leeway: ended", at);
	else
		time_add(d, "exp", CHECK_PASSED, "ends", at);
}

static void start_check(struct deciding *d)
{
	int64_t now = bounded(d->x->now_ms), at;

	if (!time_claim(d, "nbf", &at))
		return;
	if (!time_passed(d, at, false))
		time_add(d, "nbf", CHECK_FAILED, "not valid yet: begins", at);
	else if (at > now)
		time_add(d, "nbf", CHECK_PASSED, "within the leeway: begins", at);
	else
		time_add(d, "nbf", CHECK_PASSED, "began", at);
}

/* One of the future is told by a finding: clocks differ, and no rule forbids it. */
static void issue_check(struct deciding *d)
{
	int64_t at;

	if (time_claim(d, "iat", &at))
		time_add(d, "iat", CHECK_PASSED, "issued", at);
}

/* --- names (RFC 7519 §4.1.1 to 4.1.3, 4.1.7) --------------------------------------------------- */

static bool is_text(const struct lossless *in, const struct lossless_value *v, const char *text)
{
	return lossless_equals(in, v, text, strlen(text));
}

/* ""a" is not "b"", with the claim's text. */
static void differs(struct deciding *d, const char *name, const struct lossless *in,
		    const struct lossless_value *v, const char *wanted)
{
	struct buf text = BUF_INIT(64);

	lossless_string(in, v, &text);
	check_add(d, name, CHECK_FAILED, "\"", buf_text(&text), text.full ? "…" : "",
		  "\" is not \"", wanted, "\"");
	buf_release(&text);
}

static void text_check(struct deciding *d, const char *name, const char *wanted)
{
	const struct lossless *in;
	const struct lossless_value *v = claim_find(d, name, &in);

	if (v && v->type != LOSSLESS_STRING)
		check_add(d, name, CHECK_FAILED, "\"", name, "\" is no string");
	else if (!wanted)
		check_add(d, name, CHECK_NOT_MADE, not_asked);
	else if (!v)
		check_add(d, name, CHECK_FAILED, "the token has none, \"", wanted,
			  "\" is expected");
	else if (is_text(in, v, wanted))
		check_add(d, name, CHECK_PASSED, "as expected");
	else
		differs(d, name, in, v, wanted);
}

/* Is it a string, or an array of strings? */
static bool audience_typed(const struct deciding *d, const struct lossless_value *v)
{
	if (v->type != LOSSLESS_ARRAY)
		return v->type == LOSSLESS_STRING;
	for (v = lossless_child(&d->t->claims, v); v; v = lossless_next(&d->t->claims, v))
		if (v->type != LOSSLESS_STRING)
			return false;
	return true;
}

/* The first of the expected audiences that the token is for; NULL. */
static const char *audience_find(const struct deciding *d, const struct lossless_value *aud)
{
	const struct lossless *l = &d->t->claims;

	for (const char *const *wanted = d->x->audiences; *wanted; wanted++) {
		const struct lossless_value *v = aud;

		if (aud->type == LOSSLESS_STRING && is_text(l, aud, *wanted))
			return *wanted;
		for (v = aud->type == LOSSLESS_ARRAY ? lossless_child(l, aud) : NULL; v;
		     v = lossless_next(l, v))
			if (is_text(l, v, *wanted))
				return *wanted;
	}
	return NULL;
}

/* Nobody can ask for it to be something; it is held to its type. */
static void id_check(struct deciding *d)
{
	const struct lossless *in;
	const struct lossless_value *v = claim_find(d, "jti", &in);

	if (v && v->type != LOSSLESS_STRING)
		check_add(d, "jti", CHECK_FAILED, "\"jti\" is no string");
}

static void audience_check(struct deciding *d)
{
	const struct lossless_value *v = jose_claim(d->t, "aud");
	bool asked = d->x->audiences && *d->x->audiences;
	const char *found;

	if (v && !audience_typed(d, v))
		check_add(d, "aud", CHECK_FAILED, "\"aud\" is neither a string nor strings");
	else if (!asked)
		check_add(d, "aud", CHECK_NOT_MADE, not_asked);
	else if (!v)
		check_add(d, "aud", CHECK_FAILED, "the token has none, \"", *d->x->audiences,
			  "\" is expected");
	else if ((found = audience_find(d, v)))
		check_add(d, "aud", CHECK_PASSED, found);
	else if (v->type == LOSSLESS_STRING)
		differs(d, "aud", &d->t->claims, v, *d->x->audiences);
	else
		check_add(d, "aud", CHECK_FAILED, "\"", *d->x->audiences, "\" is not among them");
}

/* --- typ (RFC 7515 §4.1.9, RFC 8725 §3.11) -------------------------------------------------------- */

/* The part that counts: "application/" may be left out. */
static const char *type_base(const char *type)
{
	static const char prefix[] = "application/";

	return strncasecmp(type, prefix, sizeof(prefix) - 1) == 0 ? type + sizeof(prefix) - 1
								  : type;
}

static void type_check(struct deciding *d, const char *type)
{
	const char *wanted = d->x->type;

	if (!wanted)
		check_add(d, "typ", CHECK_NOT_MADE, not_asked);
	else if (!type)
		check_add(d, "typ", CHECK_FAILED, "the header has none, \"", wanted,
			  "\" is expected");
	else if (strcasecmp(type_base(type), type_base(wanted)) == 0)
		check_add(d, "typ", CHECK_PASSED, type);
	else
		check_add(d, "typ", CHECK_FAILED, "\"", type, "\" is not \"", wanted, "\"");
}

/* --- what must be there ------------------------------------------------------------------------------ */

static bool claim_there(const struct deciding *d, const char *name)
{
	const struct lossless *in;
	const struct lossless_value *v = claim_find(d, name, &in);

	return v && v->type != LOSSLESS_NULL;
}

static void required_check(struct deciding *d)
{
	const char *const *name = d->x->required;

	if (!name || !*name) {
		check_add(d, "require", CHECK_NOT_MADE, not_asked);
		return;
	}
	for (; *name; name++) {
		bool there = claim_there(d, *name);

		check_add(d, "require", there ? CHECK_PASSED : CHECK_FAILED, "\"", *name, "\" is ",
			  there ? "there" : "missing");
	}
}

/* A token that calls itself an access token follows that profile (RFC 9068 §2.2). */
static void profile_check(struct deciding *d, const char *type)
{
	static const char *const names[] = {
		"iss", "exp", "aud", "sub", "client_id", "iat", "jti"
	};
	const struct lossless *in;
	const struct lossless_value *client;

	if (!type || strcasecmp(type_base(type), "at+jwt") != 0)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (claim_there(d, names[i]))
			continue;
		check_add(d, "profile", CHECK_FAILED, "an at+jwt has to have \"", names[i],
			  "\" (RFC 9068 2.2)");
		return;
	}
	client = claim_find(d, "client_id", &in);
	if (client && client->type != LOSSLESS_STRING)
		check_add(d, "profile", CHECK_FAILED, "\"client_id\" is no string (RFC 8693 4.3)");
	else
		check_add(d, "profile", CHECK_PASSED, "at+jwt, RFC 9068");
}

/* --- all of them ----------------------------------------------------------------------------------------- */

void claims_check(struct deciding *d)
{
	char *type = jose_header_text(&d->t->parts[0], "typ");

	expiry_check(d);
	start_check(d);
	issue_check(d);
	text_check(d, "iss", d->x->issuer);
	audience_check(d);
	text_check(d, "sub", d->x->subject);
	id_check(d);
	type_check(d, type);
	required_check(d);
	profile_check(d, type);
	free(type);
}

void claims_skip(struct deciding *d, const char *why)
{
	static const char *const names[] = { "exp", "nbf", "iat", "iss",
					     "aud", "sub", "typ", "require" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		check_add(d, names[i], CHECK_NOT_MADE, why);
}

/* What is asked for and can't be looked at must not pass for looked at. */
static void unlooked_add(struct deciding *d, const char *name, bool asked)
{
	check_add(d, name, asked ? CHECK_FAILED : CHECK_NOT_MADE,
		  asked ? "asked for, but the payload is taken for no claims"
			: "the payload is taken for no claims");
}

void payload_check(struct deciding *d)
{
	char *type = jose_header_text(&d->t->parts[0], "typ");

	unlooked_add(d, "exp", false);
	unlooked_add(d, "nbf", false);
	unlooked_add(d, "iat", false);
	unlooked_add(d, "iss", d->x->issuer);
	unlooked_add(d, "aud", d->x->audiences && *d->x->audiences);
	unlooked_add(d, "sub", d->x->subject);
	type_check(d, type);
	unlooked_add(d, "require", d->x->required && *d->x->required);
	free(type);
}
