/* Laying out the report of provider.doctor. */
#include "src/cli/doctor_text.h"

#include <string.h>

#include "src/base/json.h"
#include "src/cli/page.h"

enum { NAME_AT = 3, VALUE_AT = 13 };

/* Verdicts in the order of the report. */
static const struct {
	const char *verdict, *utf8, *ascii, *heading;
	enum tone tone;
	bool whole; /* each check in full; else their ids in a line */
} verdicts[] = {
	{ "fail", "✗", "X", "failed", TONE_DANGER, true },
	{ "warn", "!", "!", "warned", TONE_WARNING, true },
	{ "info", "i", "i", "to know", TONE_NORMAL, true },
	{ "pass", "✓", "+", "passed", TONE_GOOD, false },
	{ "skipped", "–", "-", "skipped", TONE_SECONDARY, false },
};

static void put_pair(struct page *p, const char *name, const char *text, enum tone tone)
{
	if (!text)
		return;
	page_to(p, NAME_AT);
	page_add(p, TONE_SECONDARY, name);
	page_to(p, VALUE_AT);
	page_wrap(p, tone, VALUE_AT, text);
	page_end_line(p);
}

static bool is_address(const char *text)
{
	return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
}

/* Points at the first difference of two addresses that stand one under the other. */
static void put_difference(struct page *p, const char *seen, const char *expected)
{
	size_t at = 0;

	if (!seen || !expected || !is_address(seen) || !is_address(expected))
		return;
	while (seen[at] && seen[at] == expected[at])
		at++;
	if (VALUE_AT + (int)at >= page_width(p))
		return;
	page_to(p, VALUE_AT);
	page_addf(p, TONE_WARNING, "%*s^ differs from the %zu. character on", (int)at, "", at + 1);
	page_end_line(p);
}

static void put_check(struct page *p, const struct json *check, size_t v)
{
	const char *seen = json_get_text(check, "seen");
	const char *expected = json_get_text(check, "expected");

	page_add(p, verdicts[v].tone, p->look->ascii ? verdicts[v].ascii : verdicts[v].utf8);
	page_to(p, NAME_AT);
	page_add(p, verdicts[v].tone, json_get_text(check, "id"));
	page_to(p, VALUE_AT + 4);
	page_wrap(p, TONE_NORMAL, VALUE_AT + 4, json_get_text(check, "summary"));
	page_end_line(p);
	put_pair(p, "seen", seen, TONE_NORMAL);
	put_pair(p, "expected", expected, TONE_NORMAL);
	put_difference(p, seen, expected);
	put_pair(p, "source", json_get_text(check, "source"), TONE_SECONDARY);
	put_pair(p, "to do", json_get_text(check, "remedy"), TONE_NORMAL);
}

/* The ids of all with a verdict. Of those skipped, why is told with the first of those in a row
 * that have the same reason. */
static void put_folded(struct page *p, const struct json *checks, size_t v)
{
	const char *reason = NULL;
	bool any = false, skipped = strcmp(verdicts[v].verdict, "skipped") == 0;

	for (size_t i = 0; i < json_count(checks); i++) {
		const struct json *check = json_at(checks, i);
		const char *seen = json_get_text(check, "seen");

		if (strcmp(json_get_text(check, "verdict"), verdicts[v].verdict) != 0)
			continue;
		if (skipped && (!reason || strcmp(seen ? seen : "", reason) != 0)) {
			if (any)
				page_end_line(p);
			reason = seen ? seen : "";
			page_addf(p, TONE_SECONDARY,
				  "%s  %s:", p->look->ascii ? verdicts[v].ascii : verdicts[v].utf8,
				  reason);
		} else if (!any) {
			page_addf(p, verdicts[v].tone,
				  "%s  %s:", p->look->ascii ? verdicts[v].ascii : verdicts[v].utf8,
				  verdicts[v].heading);
		}
		any = true;
		page_add(p, TONE_SECONDARY, " ");
		page_wrap(p, TONE_SECONDARY, NAME_AT, json_get_text(check, "id"));
	}
	if (any)
		page_end_line(p);
}

static void put_title(struct page *p, const struct json *report)
{
	const struct json *summary = json_get(report, "summary");

	page_add(p, TONE_NORMAL, json_get_text(report, "provider"));
	for (size_t v = 0; v < sizeof(verdicts) / sizeof(verdicts[0]); v++) {
		int64_t count = json_get_int(summary, verdicts[v].verdict, 0);

		page_addf(p, count ? verdicts[v].tone : TONE_SECONDARY, "  %s %lld %s",
			  p->look->ascii ? verdicts[v].ascii : verdicts[v].utf8, (long long)count,
			  verdicts[v].heading);
	}
	page_end_line(p);
}

enum errc doctor_print(struct out *o, const struct look *l, const struct json *report,
		       struct err *e)
{
	const struct json *checks = json_get(report, "checks");
	struct page p;
	enum errc rc;

	page_init(&p, l);
	put_title(&p, report);
	for (size_t v = 0; v < sizeof(verdicts) / sizeof(verdicts[0]); v++) {
		if (!verdicts[v].whole) {
			put_folded(&p, checks, v);
			continue;
		}
		for (size_t i = 0; i < json_count(checks); i++)
			if (strcmp(json_get_text(json_at(checks, i), "verdict"),
				   verdicts[v].verdict) == 0)
				put_check(&p, json_at(checks, i), v);
	}
	rc = out_add(o, buf_text(&p.text), p.text.len, e);
	page_release(&p);
	return rc;
}
