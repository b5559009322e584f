/* The panes of a token: findings, facts, header, claims, disclosures and the token's own text; what
 * their rows are and how they are drawn. */
#include <stdio.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/datetime.h"
#include "src/base/text.h"
#include "ui/record.h"
#include "ui/tokens.h"

enum {
	ROW_X = 3,
	NAME_LEAST = 5,
	NAME_MOST = 18,
	MEANING_NEAR = 14, /* columns from a value to what it means, at least … */
	MEANING_FAR = 40,  /* … and as a rule at most */
	MEASURED = 200,	   /* rows looked at for the width of a column */
	MEANING_LEAST = 10,
	ID_LEAST = 10,
	ID_MOST = 20,
	SOURCE_MOST = 40,
	SOURCES_WIDTH = 120, /* of a line that has room for every source */
	FINDING_MOST = 100,  /* columns of text, so that the source stands near it */
	MASK_BEGIN = 12,
	MASK_END = 6,
	VALUE_DRAWN = 4096 /* bytes of a value that a line can show at most */
};

static int columns(const char *text)
{
	size_t len = strlen(text);

	return (int)text_width(text, len < VALUE_DRAWN ? len : VALUE_DRAWN);
}

static const struct json *pane_list(const struct tokens_item *item, enum tokens_pane p)
{
	static const char *const members[TOKEN_PANES] = {
		[TOKEN_FINDINGS_FIRST] = "findings",
		[TOKEN_FINDINGS] = "findings",
		[TOKEN_FACTS] = "facts",
		[TOKEN_DISCLOSURES] = "disclosures",
	};

	return p < TOKEN_PANES && members[p] ? json_get(item->record, members[p]) : NULL;
}

static const struct json *pane_row(const struct tokens_item *item, enum tokens_pane p, size_t n)
{
	if (p == TOKEN_HEADER)
		return n < item->headers ? item->header[n] : NULL;
	if (p == TOKEN_CLAIMS)
		return n < item->claim_count ? item->claims[n] : NULL;
	return json_at(pane_list(item, p), n);
}

size_t tokens_pane_rows(struct view *v, enum tokens_pane p)
{
	const struct tokens_item *item = tokens_now(v);

	if (!item)
		return 0;
	switch (p) {
	case TOKEN_HEADER:
		return item->headers;
	case TOKEN_CLAIMS:
		return item->claim_count;
	case TOKEN_TEXT:
		return 1;
	case TOKEN_FINDINGS_FIRST:
		return tokens_is_critical(item) ? json_count(pane_list(item, p)) : 0;
	case TOKEN_FINDINGS:
		return tokens_is_critical(item) ? 0 : json_count(pane_list(item, p));
	case TOKEN_FACTS:
	case TOKEN_DISCLOSURES:
	case TOKEN_PANES:
		break;
	}
	return json_count(pane_list(item, p));
}

bool tokens_pane_shown(struct view *v, enum tokens_pane p)
{
	return tokens_pane_rows(v, p) > 0;
}

const struct json *tokens_row(struct view *v)
{
	struct tokens_state *s = tokens_state(v);

	return s->count ? pane_row(tokens_now(v), s->pane, s->places[s->pane].at) : NULL;
}

/* --- titles -------------------------------------------------------------------------------- */
static void findings_count(const struct tokens_item *item, char out[80])
{
	static const char *const names[] = { "critical", "error", "warning", "info" };
	const struct json *findings = json_get(item->record, "findings");
	size_t counts[4] = { 0 };

	for (size_t i = 0; i < json_count(findings); i++)
		for (size_t n = 0; n < 4; n++)
			if (strcmp(record_text(json_at(findings, i), "severity", ""), names[n]) ==
			    0)
				counts[n]++;
	snprintf(out, 80, "%zu critical  %zu error  %zu warning  %zu info", counts[0], counts[1],
		 counts[2], counts[3]);
}

static void segments_text(const struct tokens_item *item, char out[80])
{
	const struct json *segments = json_get(item->record, "segments");
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < json_count(segments) && len < 79; i++) {
		const struct json *segment = json_at(segments, i);

		len += (size_t)snprintf(out + len, 80 - len, "%s%s %lld", i ? "  " : "",
					record_text(segment, "name", "?"),
					(long long)json_get_int(segment, "length", 0));
	}
}

void tokens_pane_title(struct view *v, enum tokens_pane p, char title[80], char right[80])
{
	static const char *const titles[TOKEN_PANES] = {
		[TOKEN_FINDINGS_FIRST] = "findings",
		[TOKEN_FACTS] = "what is known of it",
		[TOKEN_HEADER] = "header",
		[TOKEN_CLAIMS] = "claims",
		[TOKEN_DISCLOSURES] = "disclosures",
		[TOKEN_FINDINGS] = "findings",
		[TOKEN_TEXT] = "token",
	};
	const struct tokens_item *item = tokens_now(v);
	bool distrust = item->verified ? !tokens_is_valid(item, console_now(v->console))
				       : tokens_is_critical(item);

	snprintf(title, 80, "%s%s", titles[p],
		 p == TOKEN_CLAIMS && distrust ? ", not to be trusted" : "");
	right[0] = '\0';
	if (p == TOKEN_FINDINGS || p == TOKEN_FINDINGS_FIRST)
		findings_count(item, right);
	else if (p == TOKEN_TEXT)
		segments_text(item, right);
	else if (p != TOKEN_HEADER)
		snprintf(right, 80, "%zu", tokens_pane_rows(v, p));
}

/* --- members ------------------------------------------------------------------------------- */
/* "2026-03-18 14:15:02 CET, in 7 min  (13:15:02Z)" */
static void time_meaning(const struct console *c, int64_t at, char *out, size_t size)
{
	char local[DATETIME_SIZE], utc[DATETIME_SIZE], span[48], text[64];
	int64_t now = console_now(c);

	datetime_rfc3339(utc, at);
	datetime_local(local, at, true);
	tokens_span(span, at - now);
	snprintf(text, sizeof(text), at > now ? "in %s" : "%s ago", span);
	if (console_times(c) == TIMES_UTC || strlen(utc) < 20)
		snprintf(out, size, "%s, %s", utc, text);
	else if (strncmp(local + 11, utc + 11, 8) == 0)
		snprintf(out, size, "%s, %s", local, text);
	else
		snprintf(out, size, "%s, %s  (%s)", local, text, utc + 11);
}

static enum style member_meaning(const struct console *c, const struct json *row, char *out,
				 size_t size)
{
	int64_t at = record_time(row, "at");
	const char *text = record_text(row, "text", "");

	if (json_get_bool(row, "duplicate")) {
		snprintf(out, size, "this name is there more than once: readers differ");
		return STYLE_DANGER;
	}
	if (at != TIME_NONE)
		time_meaning(c, at, out, size);
	else
		snprintf(out, size, "%s%s%s", text,
			 json_get_bool(row, "personal") && *text ? ", " : "",
			 json_get_bool(row, "personal") ? "personal data" : "");
	return STYLE_SECONDARY;
}

/* The column that names take: as wide as the widest, within reason. */
static int name_width(const struct json *const *rows, size_t count)
{
	int width = NAME_LEAST;

	for (size_t i = 0; i < count && i < MEASURED; i++) {
		int needed = columns(record_text(rows[i], "name", ""));

		if (needed > width)
			width = needed;
	}
	return width < NAME_MOST ? width : NAME_MOST;
}

static int item_name_width(const struct tokens_item *item)
{
	int header = name_width(item->header, item->headers);
	int claims = name_width(item->claims, item->claim_count);

	return header > claims ? header : claims;
}

static const char *member_value(const struct json *row)
{
	const char *value = json_get_text(row, "value");

	return value ? value : "";
}

/* The column behind the values of a pane: as far as the widest goes, a few long ones left out. */
static int meaning_column(const struct tokens_item *item, bool header)
{
	const struct json *const *rows = header ? item->header : item->claims;
	size_t count = header ? item->headers : item->claim_count;
	int column = MEANING_NEAR;

	for (size_t i = 0; i < count && i < MEASURED; i++) {
		const char *value = member_value(rows[i]);
		int needed = strnlen(value, MEANING_FAR) < MEANING_FAR ? columns(value) + 2 : 0;

		if (needed > column && needed <= MEANING_FAR)
			column = needed;
	}
	return column;
}

static const char *member_number(const struct tokens_item *item, const struct json *row,
				 char out[24])
{
	out[0] = '\0';
	if (json_count(json_get(item->record, "signatures")) > 1)
		snprintf(out, 24, "%lld ", (long long)json_get_int(row, "signature", 0) + 1);
	return out;
}

/* The value has the room it needs; what it means stands behind, cut first. A time says much, and its
 * value is short. */
static void member_draw(struct view *v, const struct json *row, const struct area *a, int y)
{
	const struct tokens_item *item = tokens_now(v);
	bool header = strcmp(record_text(row, "part", ""), "header") == 0;
	int name = item_name_width(item), x = ROW_X + name + 2, meaning;
	const char *value = member_value(row);
	char text[400], number[24] = "";
	enum style style = member_meaning(v->console, row, text, sizeof(text));

	if (header)
		member_number(item, row, number);
	area_textf(a, ROW_X, y, name, STYLE_NORMAL, "%s%s", number,
		   record_text(row, "name", "\"\""));
	meaning = record_time(row, "at") != TIME_NONE ? MEANING_NEAR : meaning_column(item, header);
	if (columns(value) + 2 > meaning)
		meaning = columns(value) + 2;
	area_text(a, x, y, a->width - x - 1, STYLE_NORMAL, value);
	if (*text && a->width - x - meaning > MEANING_LEAST)
		area_text(a, x + meaning, y, a->width - x - meaning - 1, style, text);
}

/* --- facts and disclosures ----------------------------------------------------------------- */
static void fact_draw(const struct json *row, const struct area *a, int y)
{
	const struct json *value = json_get(row, "value");
	struct buf text = BUF_INIT(VALUE_DRAWN);

	area_text(a, ROW_X, y, NAME_MOST, STYLE_NORMAL, record_text(row, "name", "?"));
	if (json_as_text(value))
		area_text(a, ROW_X + NAME_MOST + 2, y, -1, STYLE_NORMAL, json_as_text(value));
	else if (value && json_write(&text, value))
		area_text(a, ROW_X + NAME_MOST + 2, y, -1, STYLE_NORMAL, buf_text(&text));
	buf_release(&text);
}

static void disclosure_draw(const struct json *row, const struct area *a, int y)
{
	int x = ROW_X;

	area_text(a, x, y, 13, STYLE_SECONDARY, record_text(row, "state", "?"));
	area_text(a, x + 14, y, NAME_MOST, STYLE_NORMAL, record_text(row, "name", "(element)"));
	area_text(a, x + 14 + NAME_MOST + 2, y, -1, STYLE_NORMAL, member_value(row));
}

/* --- findings ------------------------------------------------------------------------------ */
static const struct {
	const char *severity;
	enum glyph glyph;
	enum style style;
	const char *word;
} severities[] = {
	{ "critical", GLYPH_CRITICAL, STYLE_DANGER_TITLE, "!!" },
	{ "error", GLYPH_FAIL, STYLE_DANGER, NULL },
	{ "warning", GLYPH_WARN, STYLE_WARNING, "!" },
	{ "info", GLYPH_COUNT, STYLE_SECONDARY, "i" },
};

static size_t severity_of(const struct json *row)
{
	size_t i = 0;

	while (i < 3 && strcmp(record_text(row, "severity", ""), severities[i].severity) != 0)
		i++;
	return i;
}

static int id_width(const struct tokens_item *item)
{
	const struct json *findings = json_get(item->record, "findings");
	int width = ID_LEAST;

	for (size_t i = 0; i < json_count(findings); i++) {
		int needed = (int)strlen(record_text(json_at(findings, i), "id", ""));

		if (needed > width)
			width = needed;
	}
	return width < ID_MOST ? width : ID_MOST;
}

/* What is shown of a source: all of it, or the first document named. */
static int source_length(const char *source, bool all)
{
	return (int)(all ? strlen(source) : strcspn(source, ","));
}

/* The column that sources take: as wide as the widest. */
static int source_width(const struct tokens_item *item, bool all)
{
	const struct json *findings = json_get(item->record, "findings");
	int width = 0;

	for (size_t i = 0; i < json_count(findings); i++) {
		const char *source = record_text(json_at(findings, i), "source", "");
		int needed = source_length(source, all);

		needed += source[needed] ? 2 : 0;
		if (needed > width)
			width = needed;
	}
	return width < SOURCE_MOST ? width : SOURCE_MOST;
}

static void source_draw(const struct json *row, const struct area *a, int x, int y, bool all)
{
	const char *source = record_text(row, "source", "");
	int len = source_length(source, all);

	area_textf(a, x, y, a->width - x - 1, STYLE_SECONDARY, "%.*s%s", len, source,
		   source[len] ? " …" : "");
}

static bool row_open(struct view *v, enum tokens_pane p, size_t n)
{
	const struct tokens_state *s = tokens_state(v);

	return s->pane == p && s->places[p].at == n && !dialog_top(v->console);
}

/* One line; all of it with what to do, when it is the one in focus. Returns the lines. */
static int finding_draw(struct view *v, enum tokens_pane p, size_t n, const struct area *a, int y)
{
	const struct json *row = pane_row(tokens_now(v), p, n);
	size_t i = severity_of(row);
	bool sources = a->width >= SOURCES_WIDTH;
	int x = ROW_X + 3 + id_width(tokens_now(v)) + 2, begin = y;
	int room = a->width - x - 3 - source_width(tokens_now(v), sources);
	const char *text = record_text(row, "text", ""), *remedy = record_text(row, "remedy", "");

	area_text(a, ROW_X, y, 2, severities[i].style,
		  severities[i].word ? severities[i].word : glyph(a->frame, severities[i].glyph));
	area_text(a, ROW_X + 3, y, x - ROW_X - 5, severities[i].style, record_text(row, "id", "?"));
	if (room > FINDING_MOST)
		room = FINDING_MOST;
	source_draw(row, a, x + room + 2, y, sources);
	if (tokens_state(v)->pane != p || tokens_state(v)->places[p].at != n) {
		area_text(a, x, y, room, STYLE_NORMAL, text);
		return 1;
	}
	y += area_wrap(a, x, y, room, STYLE_NORMAL, text);
	if (*remedy) {
		area_text(a, x, y, 1, STYLE_TITLE, glyph(a->frame, GLYPH_ARROW_RIGHT));
		y += area_wrap(a, x + 2, y, a->width - x - 4, STYLE_TITLE, remedy);
	}
	return y > begin ? y - begin : 1;
}

/* --- the token's text ---------------------------------------------------------------------- */
static const enum style segment_styles[] = { STYLE_PART_ONE, STYLE_PART_TWO, STYLE_PART_THREE,
					     STYLE_PART_TWO, STYLE_PART_ONE };

/* Where the segments' offsets fit what was pasted: nothing was mended within. */
static enum style text_style(const struct tokens_item *item, size_t at)
{
	const struct json *segments = json_get(item->record, "segments");

	if (json_count(json_get(item->record, "mended")))
		return STYLE_NORMAL;
	for (size_t i = 0; i < json_count(segments); i++) {
		size_t from = (size_t)json_get_int(json_at(segments, i), "offset", 0);
		size_t len = (size_t)json_get_int(json_at(segments, i), "length", 0);

		if (at >= from && at < from + len)
			return segment_styles[i % 5];
	}
	return STYLE_SECONDARY;
}

/* One line of the text in the colours of its segments: a run of one style at a time. */
static void text_run(const struct tokens_item *item, const struct area *a, int x, int y,
		     size_t from, size_t len)
{
	size_t size;
	const char *text = tokens_text(item, &size);

	while (len && from < size) {
		enum style style = text_style(item, from);
		char run[256];
		size_t n = 0;

		while (n < len && from + n < size && n + 1 < sizeof(run) &&
		       text_style(item, from + n) == style) {
			run[n] = text[from + n];
			n++;
		}
		run[n] = '\0';
		x += area_text(a, x, y, -1, style, run);
		secret_wipe(run, sizeof(run));
		from += n;
		len -= n;
	}
}

static void mask_draw(const struct tokens_item *item, const struct area *a, int y)
{
	size_t size;
	int x = ROW_X;

	tokens_text(item, &size);
	if (size < 4 * (MASK_BEGIN + MASK_END)) { /* short ones show next to nothing */
		area_text(a, x, y, -1, STYLE_NORMAL, record_text(item->record, "token", ""));
		return;
	}
	text_run(item, a, x, y, 0, MASK_BEGIN);
	x += MASK_BEGIN;
	for (int i = 0; i < 8; i++)
		x += area_text(a, x, y, 1, STYLE_SECONDARY, glyph(a->frame, GLYPH_MASK));
	text_run(item, a, x, y, size - MASK_END, MASK_END);
	area_text(a, x + MASK_END + 3, y, -1, STYLE_SECONDARY, "T shows it");
}

static int text_width_of(int width)
{
	return width > ROW_X + 2 ? width - ROW_X - 1 : 1;
}

static void whole_text_draw(const struct tokens_item *item, const struct area *a, int y)
{
	size_t size, width = (size_t)text_width_of(a->width);

	tokens_text(item, &size);
	for (size_t at = 0; at < size; at += width, y++)
		if (area_row(a, y))
			text_run(item, a, ROW_X, y, at, width);
}

/* --- rows ---------------------------------------------------------------------------------- */
int tokens_row_height(struct view *v, enum tokens_pane p, size_t n, int width)
{
	struct area measure = { .frame = NULL, .width = width };
	struct frame none = { .utf8 = true };
	size_t size;

	measure.frame = &none;
	if (p == TOKEN_FINDINGS || p == TOKEN_FINDINGS_FIRST)
		return finding_draw(v, p, n, &measure, 0);
	if (p != TOKEN_TEXT || !tokens_state(v)->shown)
		return 1;
	tokens_text(tokens_now(v), &size);
	return (int)((size + (size_t)text_width_of(width) - 1) / (size_t)text_width_of(width));
}

void tokens_row_draw(struct view *v, enum tokens_pane p, size_t n, const struct area *a, int y)
{
	const struct tokens_item *item = tokens_now(v);
	const struct json *row = pane_row(item, p, n);

	switch (p) {
	case TOKEN_FINDINGS_FIRST:
	case TOKEN_FINDINGS:
		finding_draw(v, p, n, a, y);
		break;
	case TOKEN_FACTS:
		fact_draw(row, a, y);
		break;
	case TOKEN_DISCLOSURES:
		disclosure_draw(row, a, y);
		break;
	case TOKEN_HEADER:
	case TOKEN_CLAIMS:
		member_draw(v, row, a, y);
		break;
	case TOKEN_TEXT:
		if (tokens_state(v)->shown)
			whole_text_draw(item, a, y);
		else
			mask_draw(item, a, y);
		break;
	case TOKEN_PANES:
		break;
	}
	if (!row_open(v, p, n))
		return;
	if (p != TOKEN_TEXT)
		area_select(a, y, true);
	area_cursor(a, ROW_X - 2, y);
}

bool tokens_row_has(struct view *v, enum tokens_pane p, size_t n, const char *folded, size_t len)
{
	static const char *const members[] = { "name", "value", "text", "id" };
	const struct json *row = pane_row(tokens_now(v), p, n);

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const char *text = json_get_text(row, members[i]);

		if (text && text_contains(text, strlen(text), folded, len))
			return true;
	}
	return false;
}

/* --- where the person is ------------------------------------------------------------------- */
static void focus_pane(struct view *v, enum tokens_pane p)
{
	tokens_state(v)->pane = p;
	console_redraw(v->console);
}

/* What must be read first: findings where one is critical, else the claims. */
void tokens_focus_first(struct view *v)
{
	static const enum tokens_pane wanted[] = { TOKEN_FINDINGS_FIRST, TOKEN_CLAIMS,
						   TOKEN_FACTS,		 TOKEN_HEADER,
						   TOKEN_FINDINGS,	 TOKEN_TEXT };
	struct tokens_state *s = tokens_state(v);
	size_t i = 0;

	memset(s->places, 0, sizeof(s->places));
	s->shown = false;
	while (i < 5 && !tokens_pane_shown(v, wanted[i]))
		i++;
	focus_pane(v, wanted[i]);
}

void tokens_focus_step(struct view *v, int by)
{
	int p = (int)tokens_state(v)->pane;

	for (int i = 0; i < TOKEN_PANES; i++) {
		p = (p + by + TOKEN_PANES) % TOKEN_PANES;
		if (tokens_pane_shown(v, (enum tokens_pane)p)) {
			focus_pane(v, (enum tokens_pane)p);
			return;
		}
	}
}

void tokens_move(struct view *v, int by)
{
	struct tokens_state *s = tokens_state(v);
	struct tokens_place *place = &s->places[s->pane];
	size_t rows = tokens_pane_rows(v, s->pane);

	console_redraw(v->console);
	if (s->pane == TOKEN_TEXT) {
		scroll_by(&place->scroll, by);
		return;
	}
	if (by < 0 && place->at < (size_t)-by)
		place->at = 0;
	else
		place->at += (size_t)by;
	if (place->at >= rows)
		place->at = rows ? rows - 1 : 0;
}
