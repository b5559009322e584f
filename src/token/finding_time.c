/* Findings about exp, nbf and iat (RFC 7519 §4.1.4 to 4.1.6). A time that is given in milliseconds, or is
 * no time, is told as that and by no other rule. */
#include "src/token/finding_rules.h"

#include <inttypes.h>
#include <stdio.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/token/finding_seen.h"

#define YEAR_MS (365 * DAY_MS)
#define LARGEST_SECONDS INT64_C(100000000000)
#define LARGEST_MS (LARGEST_SECONDS * SECOND_MS)

/* A time that can be compared. */
static bool usable(const struct seen_time *t)
{
	return t->well && t->at <= LARGEST_MS;
}

/* Never negative, and small enough to be added to any time. */
static int64_t leeway_of(const struct inspection *in)
{
	if (in->leeway_ms < 0)
		return 0;
	return in->leeway_ms < LARGEST_MS ? in->leeway_ms : LARGEST_MS;
}

/* "3 years" "48 hours" "90 minutes" "5 seconds": rounded down. */
static const char *span_words(char out[DATETIME_SIZE], int64_t ms)
{
	static const struct {
		int64_t unit, from;
		const char *name;
	} units[] = { { YEAR_MS, 2 * YEAR_MS, "years" },
		      { DAY_MS, 3 * DAY_MS, "days" },
		      { HOUR_MS, 2 * HOUR_MS, "hours" },
		      { MINUTE_MS, 2 * MINUTE_MS, "minutes" },
		      { SECOND_MS, 0, "seconds" } };
	size_t i = 0;

	while (ms < units[i].from && i + 1 < sizeof(units) / sizeof(units[0]))
		i++;
	snprintf(out, DATETIME_SIZE, "%" PRId64 " %s", ms / units[i].unit, units[i].name);
	return out;
}

static void look_missing(const struct inspection *in, const struct finding_rule *rule,
			 struct findings *out)
{
	if (!in->seen->exp.value && in->seen->wants & WANTS_EXP)
		finding_add(out, rule, "no exp: it never ends");
}

const struct finding_rule finding_exp_missing = {
	.id = "exp-missing",
	.severity = SEVERITY_WARNING,
	.summary = "no \"exp\": the token never ends",
	.remedy = "let the issuer set an end; refuse tokens without one",
	.source = "RFC 9068 2.2, RFC 7519 4.1.4",
	.about = ABOUT_CLAIMS,
	.look = look_missing,
};

static void look_expired(const struct inspection *in, const struct finding_rule *rule,
			 struct findings *out)
{
	const struct seen_time *exp = &in->seen->exp;
	char at[DATETIME_SIZE], since[DATETIME_SIZE];

	if (!usable(exp) || in->now_ms - leeway_of(in) < exp->at)
		return;
	datetime_rfc3339(at, exp->at);
	finding_add(out, rule, "ended %s ago: %s", span_words(since, in->now_ms - exp->at), at);
}

const struct finding_rule finding_expired = {
	.id = "expired",
	.severity = SEVERITY_ERROR,
	.summary = "\"exp\" has passed",
	.remedy = "get a new one; a client refreshes it before it ends",
	.source = "RFC 7519 4.1.4",
	.about = ABOUT_CLAIMS,
	.look = look_expired,
};

static void look_long(const struct inspection *in, const struct finding_rule *rule,
		      struct findings *out)
{
	const struct seen *s = in->seen;
	const struct seen_time *from = usable(&s->iat) ? &s->iat : &s->nbf;
	char words[DATETIME_SIZE];
	int64_t span;

	if (s->use == USE_ACCESS && !s->exp.value)
		finding_add(out, rule, "an access token without end");
	if (!usable(&s->exp) || !(s->wants & WANTS_EXP) ||
	    (s->use != USE_ACCESS && s->use != USE_UNKNOWN))
		return;
	span = s->exp.at - (usable(from) ? from->at : in->now_ms);
	if (span <= 24 * HOUR_MS)
		return;
	if (usable(from))
		finding_add(out, rule, "good for %s: an access token should be for minutes",
			    span_words(words, span));
	else
		finding_add(out, rule, "ends in %s: an access token should be for minutes",
			    span_words(words, span));
}

const struct finding_rule finding_exp_long = {
	.id = "exp-long",
	.severity = SEVERITY_WARNING,
	.summary = "a lifetime over 24 hours, or an access token without end",
	.remedy = "shorten it to minutes and let clients refresh: nobody can call back a signed "
		  "token",
	.source = "RFC 9700",
	.about = ABOUT_CLAIMS,
	.look = look_long,
};

static void look_order(const struct inspection *in, const struct finding_rule *rule,
		       struct findings *out)
{
	const struct seen *s = in->seen;

	if (usable(&s->exp) && usable(&s->iat) && s->exp.at <= s->iat.at)
		finding_add(out, rule, "exp is not after iat: it never was valid");
	if (usable(&s->exp) && usable(&s->nbf) && s->nbf.at >= s->exp.at)
		finding_add(out, rule, "nbf is not before exp: it never is valid");
}

const struct finding_rule finding_exp_order = {
	.id = "exp-order",
	.severity = SEVERITY_ERROR,
	.summary = "\"exp\" is not after \"iat\", or \"nbf\" not before \"exp\"",
	.remedy = "the issuer's lifetime is zero or negative: see its settings",
	.source = "RFC 7519 4.1",
	.about = ABOUT_CLAIMS,
	.look = look_order,
};

static const struct seen_time *times(const struct seen *s, int which, const char **name)
{
	static const char *const names[] = { "exp", "nbf", "iat" };
	const struct seen_time *const all[] = { &s->exp, &s->nbf, &s->iat };

	*name = names[which];
	return all[which];
}

enum { TIMES = 3 };

/* In which unit a number that is too large for seconds would be a time of today; NULL: in none. */
static const char *unit_meant(const struct inspection *in, const struct seen_time *t)
{
	int64_t number = 0;

	if (!t->value || t->value->type != LOSSLESS_NUMBER)
		return NULL;
	if (t->well)
		number = t->at / SECOND_MS;
	else if (!lossless_integer(&in->token->claims, t->value, &number))
		return NULL;
	if (number <= LARGEST_SECONDS)
		return NULL;
	if (number <= LARGEST_SECONDS * 1000)
		return "milliseconds";
	return number <= LARGEST_SECONDS * 1000000 ? "microseconds" : "nanoseconds";
}

static void look_type(const struct inspection *in, const struct finding_rule *rule,
		      struct findings *out)
{
	char shown[SHOWN_SIZE];
	const char *name;

	for (int i = 0; i < TIMES; i++) {
		const struct seen_time *t = times(in->seen, i, &name);

		if (!t->value || t->well || unit_meant(in, t))
			continue;
		finding_add(out, rule, "%s is no time: %s", name,
			    seen_show(shown, &in->token->claims, t->value));
	}
}

const struct finding_rule finding_time_type = {
	.id = "time-type",
	.severity = SEVERITY_ERROR,
	.summary = "\"exp\", \"nbf\" or \"iat\" is not a number, or one beyond any calendar",
	.remedy = "the issuer must write seconds since 1970 as a number, without quotes",
	.source = "RFC 7519 2",
	.about = ABOUT_CLAIMS,
	.look = look_type,
};

static void look_millis(const struct inspection *in, const struct finding_rule *rule,
			struct findings *out)
{
	char shown[SHOWN_SIZE];
	const char *name;

	for (int i = 0; i < TIMES; i++) {
		const struct seen_time *t = times(in->seen, i, &name);
		const char *unit;

		if (!t->value || (t->well && t->at <= LARGEST_MS))
			continue;
		unit = unit_meant(in, t);
		if (unit)
			finding_add(out, rule, "%s is in %s, not in seconds: %s", name, unit,
				    seen_show(shown, &in->token->claims, t->value));
	}
}

const struct finding_rule finding_time_millis = {
	.id = "time-millis",
	.severity = SEVERITY_ERROR,
	.summary = "a time over 100,000,000,000: milliseconds for seconds",
	.remedy = "divide by 1000 in the issuer: as it is the token never ends",
	.source = "RFC 7519 2",
	.about = ABOUT_CLAIMS,
	.look = look_millis,
};

static void look_nbf(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out)
{
	const struct seen_time *nbf = &in->seen->nbf;
	char at[DATETIME_SIZE], words[DATETIME_SIZE];

	if (!usable(nbf) || in->now_ms + leeway_of(in) >= nbf->at)
		return;
	datetime_rfc3339(at, nbf->at);
	finding_add(out, rule, "begins in %s: %s", span_words(words, nbf->at - in->now_ms), at);
}

const struct finding_rule finding_nbf_future = {
	.id = "nbf-future",
	.severity = SEVERITY_ERROR,
	.summary = "not valid yet: \"nbf\" is to come",
	.remedy = "wait; where it is a matter of seconds, set the clocks, or allow a leeway",
	.source = "RFC 7519 4.1.5",
	.about = ABOUT_CLAIMS,
	.look = look_nbf,
};

static void look_iat(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out)
{
	const struct seen_time *iat = &in->seen->iat;
	char words[DATETIME_SIZE];

	if (usable(iat) && iat->at > in->now_ms + leeway_of(in))
		finding_add(out, rule, "issued in the future, by %s: the clocks differ",
			    span_words(words, iat->at - in->now_ms));
}

const struct finding_rule finding_iat_future = {
	.id = "iat-future",
	.severity = SEVERITY_WARNING,
	.summary = "issued in the future: the clocks differ",
	.remedy = "let both sides keep time by NTP",
	.source = "RFC 7519 4.1.6",
	.about = ABOUT_CLAIMS,
	.look = look_iat,
};
