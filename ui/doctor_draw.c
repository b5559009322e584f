/* Drawing a doctor's report: the table, and of the check in focus what was seen under what was expected, the
 * first difference pointed at, and what to do. */
#include <stdio.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/text.h"
#include "ui/chart.h"
#include "ui/doctor.h"
#include "ui/providers.h"
#include "ui/record.h"

enum {
	PANE_RIGHT_FROM = 120,
	PANE_WIDTH = 50,
	PANE_HEIGHT = 9,
	PANE_FROM = 17,
	LABEL_X = 11,
	ID_X = 11,
	SEEN_X = 26,
	SOURCE_WIDTH = 19,
	BAR_WIDTH = 14,
	COMMON_LEAST = 4, /* bytes that two texts must share for a difference to be pointed at */
};

/* --- verdicts ------------------------------------------------------------------------------ */
static const struct {
	enum glyph glyph;
	enum style style;
	const char *word, *folded;
} looks[DOCTOR_VERDICTS] = {
	[RANK_FAIL] = { GLYPH_FAIL, STYLE_DANGER, "fail", "failed" },
	[RANK_WARN] = { GLYPH_WARN, STYLE_WARNING, "warn", "warned" },
	[RANK_INFO] = { GLYPH_COUNT, STYLE_NORMAL, "info", "remarks" },
	[RANK_PASS] = { GLYPH_PASS, STYLE_GOOD, "pass", "passed" },
	[RANK_SKIPPED] = { GLYPH_SKIP, STYLE_NORMAL, "skip", "skipped" },
};

static const char *verdict_glyph(const struct frame *f, enum doctor_rank rank)
{
	return rank == RANK_INFO ? "i" : glyph(f, looks[rank].glyph);
}

/* --- the context line ---------------------------------------------------------------------- */
void doctor_context(struct view *v, const struct area *line)
{
	const struct doctor_state *s = doctor_state(v);
	char at[DATETIME_SIZE];
	int x;

	if (!s->provider) {
		area_text(line, 0, 0, -1, STYLE_NORMAL, "no provider chosen");
		return;
	}
	x = area_text(line, 0, 0, line->width / 3, STYLE_TITLE, s->provider) + 2;
	if (!s->checks) {
		area_text(line, x, 0, -1, STYLE_NORMAL,
			  s->work ? "being examined" : "not examined");
		return;
	}
	for (int rank = 0; rank < DOCTOR_VERDICTS; rank++) {
		size_t total = doctor_total(s, (enum doctor_rank)rank);

		if (total)
			x += area_textf(line, x, 0, -1, looks[rank].style, "%s%zu",
					verdict_glyph(line->frame, (enum doctor_rank)rank), total) +
			     1;
	}
	datetime_local(at, s->made_at, false);
	area_textf(line, x + 1, 0, -1, STYLE_SECONDARY, "run %.5s, %lld.%lld s", at + 11,
		   (long long)(s->took_ms / SECOND_MS), (long long)(s->took_ms % SECOND_MS / 100));
}

/* --- one check ----------------------------------------------------------------------------- */
/* Where the code point begins that byte `at` is part of. */
static int code_point_start(const char *text, int at)
{
	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

int doctor_difference(const char *expected, const char *seen)
{
	int at = 0;

	while (expected[at] && expected[at] == seen[at])
		at++;
	if (at < COMMON_LEAST || (!expected[at] && !seen[at]))
		return -1;
	return code_point_start(seen, at);
}

static int columns(const char *text, int len)
{
	return (int)text_width(text, (size_t)len);
}

/* Both on a line each, from the same byte on, so that the difference is in sight. */
static int compare_draw(const struct area *a, int y, const char *expected, const char *seen, int at)
{
	int room = a->width - LABEL_X - 1, from = 0, before, points = 0;
	char text[48];

	while (columns(seen + from, at - from) > room - 12 && from < at)
		from = code_point_start(seen, from + room / 2 > at ? at : from + room / 2);
	before = columns(seen + from, at - from);
	for (int i = 0; i < at; i++)
		points += ((unsigned char)seen[i] & 0xc0) != 0x80;
	area_text(a, 1, y, LABEL_X - 2, STYLE_SECONDARY, "expected");
	area_text(a, LABEL_X, y++, room, STYLE_NORMAL, expected + from);
	area_text(a, 1, y, LABEL_X - 2, STYLE_SECONDARY, "seen");
	area_text(a, LABEL_X, y++, room, STYLE_NORMAL, seen + from);
	snprintf(text, sizeof(text), "differs from character %d on", points + 1);
	area_text(a, LABEL_X + before, y, 1, STYLE_DANGER, "^");
	if (before > room / 2)
		area_text_right(a, LABEL_X, y, before - 1, STYLE_DANGER, text);
	else
		area_text(a, LABEL_X + before + 2, y, -1, STYLE_DANGER, text);
	return y + 1;
}

static int line_draw(const struct area *a, int y, const char *label, const char *text)
{
	if (!text || !*text)
		return y;
	area_text(a, 1, y, LABEL_X - 2, STYLE_SECONDARY, label);
	return y + area_wrap(a, LABEL_X, y, a->width - LABEL_X - 1, STYLE_NORMAL, text);
}

int doctor_check_draw(const struct json *check, const struct area *a, int y)
{
	const char *expected = record_text(check, "expected", "");
	const char *seen = record_text(check, "seen", "");
	int at = doctor_difference(expected, seen);

	if (at >= 0 && doctor_rank(check) <= RANK_WARN) {
		y = compare_draw(a, y, expected, seen, at);
	} else {
		y = line_draw(a, y, "seen", seen);
		y = line_draw(a, y, "expected", expected);
	}
	if (doctor_rank(check) != RANK_PASS)
		y = line_draw(a, y, "do", json_get_text(check, "remedy"));
	y = line_draw(a, y, "checked", json_get_text(check, "summary"));
	return line_draw(a, y, "source", json_get_text(check, "source"));
}

static void pane_draw(struct doctor_state *s, const struct area *a)
{
	const struct json *check = doctor_check_now(s);
	struct area body = area_part(a, 0, 1, a->width, a->height - 1);

	if (!check) {
		area_rule(a, 0, "folded", NULL);
		area_text(&body, 1, 0, -1, STYLE_NORMAL, "Enter unfolds these checks.");
		return;
	}
	area_rule(a, 0, record_text(check, "id", "?"), json_get_text(check, "severity"));
	body.skip = s->pane.at;
	s->pane.room = body.height;
	s->pane.lines = doctor_check_draw(check, &body, 0);
	body.skip = 0;
	scroll_draw_more(&s->pane, &body);
}

/* --- the table ----------------------------------------------------------------------------- */
static void row_draw(const struct area *a, int y, const struct doctor_row *row)
{
	int source = a->width - SOURCE_WIDTH;

	area_text(a, 2, y, 1, looks[row->rank].style, verdict_glyph(a->frame, row->rank));
	if (!row->check) {
		area_textf(a, 4, y, -1, STYLE_NORMAL, "%zu %s   Enter unfolds", row->folded,
			   looks[row->rank].folded);
		return;
	}
	area_text(a, 4, y, ID_X - 5, looks[row->rank].style, looks[row->rank].word);
	area_textf(a, ID_X, y, SEEN_X - ID_X - 1, STYLE_NORMAL, "%s%s",
		   record_text(row->check, "id", "?"),
		   json_get_bool(row->check, "interactive") ? " *" : "");
	area_text(a, SEEN_X, y, source - SEEN_X - 1, STYLE_NORMAL,
		  record_text(row->check, "seen", record_text(row->check, "summary", "")));
	area_text(a, source, y, SOURCE_WIDTH, STYLE_SECONDARY,
		  record_text(row->check, "source", ""));
}

static void table_draw(struct doctor_state *s, const struct area *a)
{
	size_t now = doctor_row_now(s);

	area_text(a, 2, 0, -1, STYLE_SECONDARY, "VERDICT");
	area_text(a, ID_X, 0, -1, STYLE_SECONDARY, "CHECK");
	area_text(a, SEEN_X, 0, -1, STYLE_SECONDARY, "WHAT WAS SEEN");
	area_text(a, a->width - SOURCE_WIDTH, 0, -1, STYLE_SECONDARY, "SOURCE");
	s->scroll.lines = (int)s->count;
	s->scroll.room = a->height - 1;
	scroll_show(&s->scroll, (int)now, 1);
	s->list_y = a->y + 1 - s->scroll.at;
	for (int i = 0; i < s->scroll.room && i + s->scroll.at < (int)s->count; i++) {
		int y = 1 + i, row = i + s->scroll.at;

		row_draw(a, y, &s->rows[row]);
		if (row != (int)now)
			continue;
		if (!s->in_pane)
			area_select(a, y, true);
		area_cursor(a, 1, y);
	}
}

/* --- a run --------------------------------------------------------------------------------- */
static int run_draw(const struct doctor_state *s, const struct area *a, int y)
{
	int x = 1;

	if (!s->work)
		return y;
	if (s->note[0])
		y += area_wrap(a, 1, y, a->width - 2, STYLE_WARNING, s->note);
	if (s->total) {
		x += area_textf(a, x, y, -1, STYLE_PROGRESS, "%llu of %llu",
				(unsigned long long)s->done, (unsigned long long)s->total) +
		     2;
		bar_draw(a, x, y, BAR_WIDTH, (int64_t)s->done, (int64_t)s->total, STYLE_PROGRESS);
		x += BAR_WIDTH + 2;
	}
	x += area_text(a, x, y, a->width - x - 20, STYLE_PROGRESS,
		       s->doing[0] ? s->doing : "examining the provider");
	if (!s->total && s->done)
		area_textf(a, x + 1, y, -1, STYLE_PROGRESS, "%llu", (unsigned long long)s->done);
	area_text_right(a, 0, y, a->width - 1, STYLE_NORMAL, "c cancel");
	return y + 1;
}

/* --- nothing yet --------------------------------------------------------------------------- */
static void empty_draw(struct view *v, const struct area *a)
{
	const struct doctor_state *s = doctor_state(v);

	area_text(a, 3, 2, -1, STYLE_TITLE,
		  s->provider ? "Not examined yet." : "Which provider is to be examined?");
	area_wrap(
		a, 3, 4, a->width - 6, STYLE_NORMAL,
		"The doctor reads a provider's metadata, keys and certificate, then asks for a "
		"device code and sends what a sound server must refuse: few requests, which change "
		"nothing. Each check names the RFC's section and what to change.");
	if (s->work)
		return;
	area_text(a, 8, 9, 1, STYLE_TITLE, s->provider ? "A" : "p");
	area_text(a, 13, 9, -1, STYLE_NORMAL, s->provider ? "examine it" : "choose a provider");
	area_cursor(a, 8, 9);
}

/* --- the whole ----------------------------------------------------------------------------- */
static void report_draw(struct doctor_state *s, const struct area *a)
{
	struct area table = *a, pane = area_part(a, 0, 0, 0, 0);

	if (a->width >= PANE_RIGHT_FROM) {
		table = area_part(a, 0, 0, a->width - PANE_WIDTH - 2, a->height);
		pane = area_part(a, a->width - PANE_WIDTH, 0, PANE_WIDTH, a->height);
		for (int y = 0; y < a->height; y++)
			area_text(a, a->width - PANE_WIDTH - 1, y, 1, STYLE_SECONDARY,
				  glyph(a->frame, GLYPH_VLINE));
	} else if (a->height >= PANE_FROM) {
		table = area_part(a, 0, 0, a->width, a->height - PANE_HEIGHT);
		pane = area_part(a, 0, a->height - PANE_HEIGHT, a->width, PANE_HEIGHT);
	}
	table_draw(s, &table);
	if (pane.width)
		pane_draw(s, &pane);
}

void doctor_draw(struct view *v, const struct area *a)
{
	struct doctor_state *s = doctor_state(v);
	struct area measure = { .frame = a->frame, .width = a->width };
	int run = run_draw(s, &measure, 0);
	struct area body = area_part(a, 0, 0, a->width, a->height - run);

	if (s->count)
		report_draw(s, &body);
	else
		empty_draw(v, &body);
	body = area_part(a, 0, a->height - run, a->width, run);
	run_draw(s, &body, 0);
}
