/* The verdict on a token, first and in a word; the checks it rests on; and its life from issue to
 * end. */
#include <stdio.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/text.h"
#include "ui/record.h"
#include "ui/tokens.h"

enum { TEXT_X = 3, BAR_LEAST = 10, MORE_WIDTH = 12, CHECKS_TALL = 6, CHECKS_LOW = 3 };

/* --- what holds ---------------------------------------------------------------------------- */
static bool text_is(const struct json *row, const char *name, const char *wanted)
{
	return strcmp(record_text(row, name, ""), wanted) == 0;
}

bool tokens_is_critical(const struct tokens_item *item)
{
	const struct json *findings = json_get(item->record, "findings");

	for (size_t i = 0; i < json_count(findings); i++)
		if (text_is(json_at(findings, i), "severity", "critical"))
			return true;
	return false;
}

static bool has_ended(const struct tokens_item *item, int64_t now)
{
	int64_t ends = record_time(item->record, "expires_at");

	return ends != TIME_NONE && now >= ends;
}

/* Found good, and what was found good has not ended since. */
bool tokens_is_valid(const struct tokens_item *item, int64_t now)
{
	if (!item->verified || !json_get_bool(item->record, "valid"))
		return false;
	return !has_ended(item, now) || has_ended(item, item->verified_at);
}

/* --- the verdict --------------------------------------------------------------------------- */
struct verdict_line {
	enum glyph glyph;
	bool question; /* no glyph has it */
	enum style style;
	const char *word;
	char text[300];
	const char *more; /* behind it, where there is room for all of it; NULL */
};

/* The first check that failed says it; else the worst finding does. */
static void why_not_valid(const struct tokens_item *item, char *out, size_t size)
{
	const struct json *checks = json_get(item->record, "checks");
	const struct json *worst = json_at(json_get(item->record, "findings"), 0);

	if (worst && (text_is(worst, "severity", "critical") ||
		      !text_is(item->record, "signature", "invalid"))) {
		snprintf(out, size, "%s: %s", record_text(worst, "id", "?"),
			 record_text(worst, "text", ""));
		if (text_is(worst, "severity", "critical") || text_is(worst, "severity", "error"))
			return;
	}
	for (size_t i = 0; i < json_count(checks); i++) {
		const struct json *check = json_at(checks, i);

		if (!text_is(check, "result", "failed"))
			continue;
		snprintf(out, size, "%s: %s", record_text(check, "name", "?"),
			 record_text(check, "detail", "does not hold"));
		return;
	}
	if (text_is(item->record, "signature", "unchecked"))
		snprintf(out, size, "no key that was given fits");
}

static struct verdict_line verdict_verified(const struct tokens_item *item, int64_t now)
{
	struct verdict_line l = {
		.glyph = GLYPH_FAIL, .style = STYLE_DANGER_TITLE, .word = "NOT VALID", .text = ""
	};
	const char *key = record_text(item->record, "key", item->against);

	if (!json_get_bool(item->record, "valid")) {
		why_not_valid(item, l.text, sizeof(l.text));
	} else if (tokens_is_valid(item, now)) {
		l.glyph = GLYPH_PASS;
		l.style = STYLE_GOOD;
		l.word = "VALID";
		snprintf(l.text, sizeof(l.text), "under %s", key);
		l.more = "; every check asked for passed";
	} else {
		l.glyph = GLYPH_WARN;
		l.style = STYLE_WARNING;
		l.word = "ENDED";
		snprintf(l.text, sizeof(l.text), "it was valid under %s, and has expired since",
			 key);
	}
	return l;
}

static struct verdict_line verdict_unchecked(const struct tokens_item *item)
{
	struct verdict_line l = { .question = true,
				  .style = STYLE_WARNING,
				  .word = "UNCHECKED",
				  .text = "nobody has checked the signature; V verify with a key" };

	if (json_count(json_get(item->record, "recipients")) ||
	    text_is(item->record, "kind", "jwe")) {
		l.word = "ENCRYPTED";
		snprintf(l.text, sizeof(l.text),
			 "only the header can be read; D decrypt with a key");
	}
	return l;
}

static struct verdict_line verdict_credential(const struct tokens_item *item)
{
	struct verdict_line l = { .glyph = GLYPH_WARN, .style = STYLE_WARNING, .word = "SECRET" };
	const char *checksum = record_text(item->record, "checksum", "none");

	snprintf(l.text, sizeof(l.text), "%s%s%s",
		 record_text(item->record, "what", "a credential"),
		 text_is(item->record, "kind", "authrack") ? "; i says whose it is" : "",
		 strcmp(checksum, "good") == 0	  ? "; its checksum holds"
		 : strcmp(checksum, "wrong") == 0 ? "; its checksum does not hold: mistyped, cut "
						    "or made up"
						  : "");
	return l;
}

static struct verdict_line verdict_of(const struct tokens_item *item, int64_t now)
{
	if (item->verified)
		return verdict_verified(item, now);
	return tokens_is_jose(item) ? verdict_unchecked(item) : verdict_credential(item);
}

/* --- checks -------------------------------------------------------------------------------- */
static const struct {
	const char *result;
	enum glyph glyph;
	enum style style;
} results[] = {
	{ "failed", GLYPH_FAIL, STYLE_DANGER },
	{ "passed", GLYPH_PASS, STYLE_NORMAL },
	{ "not_made", GLYPH_SKIP, STYLE_SECONDARY },
};

enum { RESULTS = sizeof(results) / sizeof(results[0]) };

static int columns(const char *text)
{
	return (int)text_width(text, strlen(text));
}

/* Where the next check goes. */
struct check_pen {
	const struct area *area;
	int x, y, most; /* lines */
	bool brief;	/* what passed by its name alone */
	size_t left_out;
};

static void check_line(struct check_pen *p, const struct json *check, size_t kind)
{
	int x = TEXT_X;

	if (p->x > TEXT_X) {
		p->x = TEXT_X;
		p->y++;
	}
	if (p->y >= p->most) {
		p->left_out++;
		return;
	}
	x += area_text(p->area, x, p->y, 2, results[kind].style,
		       glyph(p->area->frame, results[kind].glyph)) +
	     1;
	x += area_text(p->area, x, p->y, -1, results[kind].style, record_text(check, "name", "?")) +
	     2;
	area_text(p->area, x, p->y++, p->area->width - x - 1, STYLE_NORMAL,
		  record_text(check, "detail", ""));
}

/* The last line leaves room for how many are left out. */
static int check_limit(const struct check_pen *p)
{
	return p->area->width - 1 - (p->y + 1 >= p->most ? MORE_WIDTH : 0);
}

static bool check_fits(const struct check_pen *p, const char *text)
{
	return p->x + columns(text) + 2 <= check_limit(p);
}

/* `brief` where the last line has no room for all of it. */
static void check_words(struct check_pen *p, const char *text, const char *brief, size_t kind,
			size_t count)
{
	if (p->x > TEXT_X && !check_fits(p, text) && p->y + 1 < p->most) {
		p->x = TEXT_X;
		p->y++;
	}
	if (!check_fits(p, text))
		text = brief;
	if (p->y >= p->most || (p->x > TEXT_X && p->x + columns(text) + 3 > p->area->width)) {
		p->left_out += count;
		return;
	}
	area_text(p->area, p->x, p->y, 1, results[kind].style,
		  glyph(p->area->frame, results[kind].glyph));
	p->x += 2;
	p->x += area_text(p->area, p->x, p->y, p->area->width - 1 - p->x, results[kind].style,
			  text) +
		2;
}

static void check_word(struct check_pen *p, const struct json *check, size_t kind)
{
	const char *name = record_text(check, "name", "?");
	const char *detail = record_text(check, "detail", "");
	char text[300];

	snprintf(text, sizeof(text), "%s%s%s", name, *detail ? " " : "", detail);
	check_words(p, p->brief ? name : text, name, kind, 1);
}

static bool same_detail(const struct json *a, const struct json *b)
{
	return text_is(b, "result", "not_made") &&
	       strcmp(record_text(a, "detail", ""), record_text(b, "detail", "")) == 0;
}

/* What was not made for one reason stands together: "iss, aud not asked for". */
static void check_group(struct check_pen *p, const struct json *checks, size_t first, size_t kind)
{
	const struct json *check = json_at(checks, first);
	char text[300] = "", brief[300];
	size_t len = 0, count = 0;

	for (size_t i = 0; i < first; i++)
		if (same_detail(check, json_at(checks, i)))
			return; /* it stands there already */
	for (size_t i = first; i < json_count(checks) && len < 200; i++) {
		if (!same_detail(check, json_at(checks, i)))
			continue;
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.40s",
					count ? ", " : "",
					record_text(json_at(checks, i), "name", "?"));
		count++;
	}
	snprintf(brief, sizeof(brief), "%s", text);
	snprintf(text + len, sizeof(text) - len, " %.80s", record_text(check, "detail", ""));
	check_words(p, text, brief, kind, count);
}

/* What failed a line each, then what passed and what was not made one behind the other. */
static void checks_put(struct check_pen *p, const struct json *checks)
{
	for (size_t kind = 0; kind < RESULTS; kind++)
		for (size_t i = 0; i < json_count(checks); i++) {
			const struct json *check = json_at(checks, i);

			if (!text_is(check, "result", results[kind].result))
				continue;
			if (kind == 0)
				check_line(p, check, kind);
			else if (kind == 1)
				check_word(p, check, kind);
			else
				check_group(p, checks, i, kind);
		}
}

/* Where not all has room, what passed says less, so that what was not made is seen. */
static int checks_draw(const struct tokens_item *item, const struct area *a, int y, int most)
{
	const struct json *checks = json_get(item->record, "checks");
	struct frame none = { .utf8 = true };
	struct area measure = { .frame = &none, .width = a->width };
	struct check_pen try = { .area = &measure, .x = TEXT_X, .most = most };
	struct check_pen p = { .area = a, .x = TEXT_X, .y = y, .most = y + most };

	checks_put(&try, checks);
	p.brief = try.left_out > 0;
	checks_put(&p, checks);
	if (p.left_out)
		area_textf(a, a->width - MORE_WIDTH, y + most - 1, MORE_WIDTH - 1, STYLE_SECONDARY,
			   "%zu more: c", p.left_out);
	return p.left_out ? y + most : p.y + (p.x > TEXT_X);
}

int tokens_draw_checks(const struct json *checks, const struct area *a)
{
	int y = 0;

	for (size_t kind = 0; kind < RESULTS; kind++)
		for (size_t i = 0; i < json_count(checks); i++) {
			const struct json *check = json_at(checks, i);

			if (!text_is(check, "result", results[kind].result))
				continue;
			area_text(a, TEXT_X, y, 1, results[kind].style,
				  glyph(a->frame, results[kind].glyph));
			area_text(a, TEXT_X + 2, y, 18, results[kind].style,
				  record_text(check, "name", "?"));
			area_wrap(a, TEXT_X + 22, y, a->width - TEXT_X - 24, STYLE_NORMAL,
				  record_text(check, "detail", " "));
			y += area_wrap(&(struct area){ .frame = a->frame,
						       .width = a->width - TEXT_X - 24 },
				       0, 0, -1, STYLE_NORMAL, record_text(check, "detail", " "));
		}
	return y;
}

static int why_draw(const struct tokens_item *item, const struct area *a, int y)
{
	const char *warning = record_text(item->record, "warning", "");
	const char *where = json_get_text(item->record, "where");
	int64_t cut = json_get_int(item->record, "truncated_by", 0);
	char mended[300], text[300];

	record_join(json_get(item->record, "mended"), ", ", mended, sizeof(mended));
	if (cut > 0)
		area_textf(a, TEXT_X, y++, a->width - 4, STYLE_WARNING,
			   "%s looks cut off by %lld characters", glyph(a->frame, GLYPH_WARN),
			   (long long)cut);
	if (*mended)
		area_textf(a, TEXT_X, y++, a->width - 4, STYLE_WARNING, "%s mended: %s",
			   glyph(a->frame, GLYPH_WARN), mended);
	if (*warning) {
		snprintf(text, sizeof(text), "%s%s%s%s", warning, where ? " (found in: " : "",
			 where ? where : "", where ? ")" : "");
		area_text(a, TEXT_X, y, 1, STYLE_WARNING, glyph(a->frame, GLYPH_WARN));
		y += area_wrap(a, TEXT_X + 2, y, a->width - TEXT_X - 3, STYLE_WARNING, text);
	}
	return y;
}

static int revoke_draw(const struct tokens_item *item, const struct area *a, int y)
{
	const char *revoke = record_text(item->record, "revoke_at", "");
	int x = TEXT_X;

	if (!*revoke)
		return y;
	x += area_text(a, x, y, -1, STYLE_TITLE, "to revoke  ");
	return y + area_wrap(a, x, y, a->width - x - 2, STYLE_NORMAL, revoke);
}

int tokens_draw_verdict(struct view *v, const struct area *a)
{
	const struct tokens_item *item = tokens_now(v);
	struct verdict_line l = verdict_of(item, console_now(v->console));
	int x = 1, y = 1, room;

	x += area_text(a, x, 0, 2, l.style, l.question ? "?" : glyph(a->frame, l.glyph)) + 1;
	x += area_text(a, x, 0, -1, l.style, l.word) + 3;
	room = a->width - x - 1;
	x += area_text(a, x, 0, room, STYLE_NORMAL, l.text);
	if (l.more && columns(l.text) + columns(l.more) <= room)
		area_text(a, x, 0, -1, STYLE_NORMAL, l.more);
	y = why_draw(item, a, y);
	y = revoke_draw(item, a, y);
	if (item->verified)
		y = checks_draw(item, a, y, a->height > 24 ? CHECKS_TALL : CHECKS_LOW);
	return y;
}

/* --- life ---------------------------------------------------------------------------------- */
void tokens_span(char out[48], int64_t ms)
{
	static const struct {
		int64_t from, unit, small;
		const char *name, *small_name;
	} spans[] = {
		{ 2 * 365 * DAY_MS, 365 * DAY_MS, 0, "years", NULL },
		{ 3 * DAY_MS, DAY_MS, 0, "days", NULL },
		{ DAY_MS, DAY_MS, HOUR_MS, "d", "h" },
		{ HOUR_MS, HOUR_MS, MINUTE_MS, "h", "min" },
		{ MINUTE_MS, MINUTE_MS, SECOND_MS, "min", "s" },
		{ INT64_MIN, SECOND_MS, 0, "s", NULL },
	};
	size_t i = 0;

	if (ms < 0)
		ms = ms == INT64_MIN ? INT64_MAX : -ms;
	while (ms < spans[i].from)
		i++;
	if (spans[i].small)
		snprintf(out, 48, "%lld %s %lld %s", (long long)(ms / spans[i].unit), spans[i].name,
			 (long long)(ms % spans[i].unit / spans[i].small), spans[i].small_name);
	else
		snprintf(out, 48, "%lld %s", (long long)(ms / spans[i].unit), spans[i].name);
}

/* The time alone where both ends are of one day, else the day as well. */
static void end_text(const struct console *c, char out[DATETIME_SIZE], int64_t at, bool day)
{
	char text[DATETIME_SIZE];

	if (console_times(c) == TIMES_UTC)
		datetime_rfc3339(text, at);
	else
		datetime_local(text, at, true);
	if (strlen(text) < 19) {
		snprintf(out, DATETIME_SIZE, "%s", text);
		return;
	}
	text[10] = ' ';
	snprintf(out, DATETIME_SIZE, "%.*s", day ? 16 : 8, text + (day ? 0 : 11));
}

static bool same_day(const struct console *c, int64_t a, int64_t b)
{
	char first[DATETIME_SIZE], second[DATETIME_SIZE];

	if (console_times(c) == TIMES_UTC) {
		datetime_rfc3339(first, a);
		datetime_rfc3339(second, b);
	} else {
		datetime_local(first, a, false);
		datetime_local(second, b, false);
	}
	return strncmp(first, second, 10) == 0;
}

/* The column of an instant in a bar; -1 before it, `width` behind it. */
static int bar_column(int64_t from, int64_t to, int64_t at, int width)
{
	if (at < from)
		return -1;
	if (at >= to)
		return width;
	return (int)((double)(at - from) / (double)(to - from) * width);
}

static void bar_line(const struct area *a, int x, int y, int width, int now)
{
	const char *mark = a->frame->utf8 ? "●" : "o";

	area_text(a, x, y, 1, STYLE_SECONDARY, "├");
	for (int i = 1; i < width - 1; i++)
		area_text(a, x + i, y, 1, STYLE_SECONDARY, "─");
	area_text(a, x + width - 1, y, 1, STYLE_SECONDARY, "┤");
	area_text(a, x + now, y, 1,
		  now < 0	? STYLE_WARNING
		  : now < width ? STYLE_TITLE
				: STYLE_DANGER,
		  mark);
}

struct life {
	int64_t from, to, now;
	const char *from_name;
};

static void life_bar(struct view *v, const struct life *l, const struct area *a, int y)
{
	bool day = !same_day(v->console, l->from, l->to) || !same_day(v->console, l->from, l->now);
	char from[DATETIME_SIZE], to[DATETIME_SIZE], old[48], rest[48], text[80];
	int x = TEXT_X, width, now, left, right;

	end_text(v->console, from, l->from, day);
	end_text(v->console, to, l->to, day);
	x += area_textf(a, x, y, -1, STYLE_NORMAL, "%s %s ", l->from_name, from) + 1;
	width = a->width - x - columns(to) - 9;
	if (width < BAR_LEAST)
		return;
	now = bar_column(l->from, l->to, l->now, width);
	bar_line(a, x, y, width, now);
	area_textf(a, x + width + 2, y, -1, STYLE_NORMAL, "exp %s", to);
	tokens_span(old, (l->now < l->to ? l->now : l->to) - l->from);
	tokens_span(rest, l->to - l->now);
	left = x + area_textf(a, x, y + 1, width, STYLE_SECONDARY,
			      l->now < l->from ? "begins in %s"
			      : l->now < l->to ? "%s old"
					       : "it lived %s",
			      old);
	snprintf(text, sizeof(text), l->now < l->to ? "ends in %s" : "ended %s ago", rest);
	right = a->width - 2 - columns(text);
	area_text(a, right, y + 1, -1, l->now < l->to ? STYLE_NORMAL : STYLE_DANGER, text);
	now = x + now - 1;
	if (now > left + 1 && now + 4 < right)
		area_text(a, now, y + 1, -1, STYLE_SECONDARY, "now");
}

/* With one end only: in words. */
static void life_words(struct view *v, int64_t from, int64_t to, const struct area *a, int y)
{
	int64_t now = console_now(v->console);
	char when[DATETIME_SIZE], span[48];

	if (to != TIME_NONE) {
		end_text(v->console, when, to, true);
		tokens_span(span, to - now);
		area_textf(a, TEXT_X, y, a->width - 4, now < to ? STYLE_NORMAL : STYLE_DANGER,
			   now < to ? "ends %s, in %s; it does not say since when"
				    : "ended %s, %s ago; it does not say since when",
			   when, span);
		return;
	}
	end_text(v->console, when, from, true);
	tokens_span(span, now - from);
	area_textf(a, TEXT_X, y, a->width - 4, STYLE_NORMAL,
		   "issued %s, %s ago; no exp: it never ends", when, span);
}

int tokens_draw_life(struct view *v, const struct area *a, int y)
{
	const struct tokens_item *item = tokens_now(v);
	int64_t issued = record_time(item->record, "issued_at");
	int64_t begins = record_time(item->record, "not_before");
	struct life l = { .from = issued != TIME_NONE ? issued : begins,
			  .to = record_time(item->record, "expires_at"),
			  .now = console_now(v->console),
			  .from_name = issued != TIME_NONE ? "iat" : "nbf" };
	bool both = l.from != TIME_NONE && l.to != TIME_NONE && l.from < l.to;

	if (l.from == TIME_NONE && l.to == TIME_NONE)
		return y;
	area_rule(a, y++, "life", NULL);
	if (both)
		life_bar(v, &l, a, y);
	else
		life_words(v, l.from, l.to, a, y);
	return y + (both ? 2 : 1);
}
