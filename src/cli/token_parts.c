/* The parts of a token's page: life bar, header, claims, disclosures, findings. */
#include "src/cli/token_parts.h"

#include <stdio.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/text.h"

enum {
	NAME_LEAST = 4,
	NAME_MOST = 18,
	VALUE_LEAST = 10,
	VALUE_MOST = 28,
	MEANING_LEAST = 20,
	LIFE_LEAST = 4,
	LIFE_MOST = 48,
	LARGE_TOKEN = 4096,
	LARGEST = 5
};

const char *token_glyph(const struct page *p, const char *nice, const char *ascii)
{
	return p->look->ascii ? ascii : nice;
}

bool token_has(const struct json *row, const char *name)
{
	return json_get_text(row, name) != NULL;
}

/* "1,142". */
const char *token_number(char out[32], int64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%lld", (long long)n), at = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
	return out;
}

int64_t token_at(const struct json *row, const char *name)
{
	const char *text = json_get_text(row, name);
	int64_t at = TIME_NONE;

	return text && !datetime_parse(&at, text, NULL) ? at : TIME_NONE;
}

/* --- its life ---------------------------------------------------------------------------------- */

/* Columns between the ends of the bar, which stands behind the time that it begins at. */
static int life_width(const struct page *p)
{
	enum { BESIDE = 34 };
	int room = page_width(p) - BESIDE;

	return room > LIFE_MOST ? LIFE_MOST : room < LIFE_LEAST ? LIFE_LEAST : room;
}

/* "iat 13:55:02 ├────●──┤ exp 14:15:02": behind the end where it is over. */
void token_put_life(struct page *p, const struct json *row)
{
	int64_t begin = token_at(row, "issued_at"), end = token_at(row, "expires_at");
	int64_t now = token_at(row, "as_of");
	int width = life_width(p), at;
	char text[DATETIME_SIZE], when[DATETIME_SIZE], line[3 * DATETIME_SIZE];

	if (begin == TIME_NONE)
		begin = token_at(row, "not_before");
	if (begin == TIME_NONE || end == TIME_NONE || end <= begin)
		return;
	at = now >= end ? width : now < begin ? -1 : (int)((now - begin) * width / (end - begin));
	page_heading(p, "life", "");
	page_to(p, NAME_COLUMN);
	datetime_local(when, begin, true);
	page_add(p, TONE_NORMAL, when);
	page_to(p, 0);
	for (int i = -1; i <= width; i++) {
		const char *edge = i < 0	? token_glyph(p, "├", "|")
				   : i == width ? token_glyph(p, "┤", "|")
						: token_glyph(p, "─", "-");

		page_add(p, i == at ? TONE_PROGRESS : TONE_NORMAL,
			 i == at ? token_glyph(p, "●", "*") : edge);
	}
	page_end_line(p);
	datetime_relative(text, end, now, true);
	datetime_local(when, end, true);
	snprintf(line, sizeof(line), "%s %s, %s", now >= end ? "ended" : "ends", when, text);
	page_to(p, NAME_COLUMN);
	page_wrap(p, now >= end ? TONE_DANGER : TONE_NORMAL, NAME_COLUMN, line);
	page_end_line(p);
}

/* --- header and claims ------------------------------------------------------------------------- */

static bool is_part(const struct json *member, const char *part)
{
	return strcmp(json_get_text(member, "part"), part) == 0;
}

int token_member_width(const struct json *members, const char *part, const char *name, int least,
		       int most)
{
	int widest = least;

	for (size_t i = 0; i < json_count(members); i++) {
		const char *text = json_get_text(json_at(members, i), name);
		int width = (int)text_width(text, strlen(text));

		if (is_part(json_at(members, i), part) && width > widest)
			widest = width < most ? width : most;
	}
	return widest;
}

static bool ends_in_utc(const char *local)
{
	size_t len = strlen(local);

	return len > 4 && strcmp(local + len - 4, " UTC") == 0;
}

/* What the member means; of a time, when that is. */
static void member_meaning(struct buf *out, const struct json *member)
{
	const char *text = json_get_text(member, "text"), *at = json_get_text(member, "at");
	const char *issuer = json_get_text(member, "issuer");
	char local[DATETIME_SIZE];

	if (at) {
		datetime_local(local, token_at(member, "at"), true);
		buf_addf(out, "%s, %s", local, json_get_text(member, "relative"));
		if (!ends_in_utc(local))
			buf_addf(out, " (%s)", at);
	} else if (text) {
		buf_add_text(out, text);
	}
	if (text && !at && issuer)
		buf_addf(out, " (%s)", issuer);
	if (json_get_bool(member, "duplicate"))
		buf_addf(out, "%sTHE SAME NAME AGAIN", out->len ? "; " : "");
}

static void put_member(struct page *p, const struct json *member, int value_column,
		       int meaning_column)
{
	struct buf meaning = BUF_INIT(4096);

	member_meaning(&meaning, member);
	page_to(p, NAME_COLUMN);
	page_wrap(p, TONE_NORMAL, NAME_COLUMN, json_get_text(member, "name"));
	page_to(p, value_column);
	page_wrap(p, TONE_NORMAL, value_column, json_get_text(member, "value"));
	if (meaning.len) {
		if (page_width(p) - meaning_column < MEANING_LEAST)
			meaning_column = value_column;
		if (p->column >= meaning_column && p->look->width)
			page_end_line(p);
		page_to(p, meaning_column);
		page_wrap(p, json_get_bool(member, "duplicate") ? TONE_DANGER : TONE_SECONDARY,
			  meaning_column, buf_text(&meaning));
	}
	page_end_line(p);
	buf_release(&meaning);
}

void token_put_members(struct page *p, const struct json *row, const char *part, const char *title)
{
	const struct json *members = json_get(row, "members");
	int value = NAME_COLUMN + 2 +
		    token_member_width(members, part, "name", NAME_LEAST, NAME_MOST);
	int meaning = value + 2 +
		      token_member_width(members, part, "value", VALUE_LEAST, VALUE_MOST);
	int64_t signature = 0;
	bool begun = false;

	for (size_t i = 0; i < json_count(members); i++) {
		const struct json *member = json_at(members, i);

		if (!is_part(member, part))
			continue;
		if (!begun || json_get_int(member, "signature", signature) != signature)
			page_heading(p, title, "");
		begun = true;
		signature = json_get_int(member, "signature", signature);
		put_member(p, member, value, meaning);
	}
}

/* Of a large token, which claims make it so. */
void token_put_largest(struct page *p, const struct json *row)
{
	const struct json *members = json_get(row, "members");
	size_t last = SIZE_MAX, count = json_count(members);
	char size[32];

	if (json_get_int(row, "size", 0) <= LARGE_TOKEN)
		return;
	page_heading(p, "largest claims", "");
	for (int n = 0; n < LARGEST; n++) {
		size_t best = 0;
		const char *name = NULL;

		for (size_t i = 0; i < count; i++) {
			const struct json *member = json_at(members, i);
			size_t len = strlen(json_get_text(member, "value"));

			if (!is_part(member, "claims") || len >= last || len <= best)
				continue;
			best = len;
			name = json_get_text(member, "name");
		}
		if (!name)
			return;
		last = best;
		page_to(p, NAME_COLUMN);
		page_addf(p, TONE_NORMAL, "%s bytes", token_number(size, (int64_t)best));
		page_to(p, NAME_COLUMN + 15);
		page_wrap(p, TONE_NORMAL, NAME_COLUMN + 15, name);
		page_end_line(p);
	}
}

void token_put_disclosures(struct page *p, const struct json *row)
{
	const struct json *list = json_get(row, "disclosures");
	int64_t kept = json_get_int(row, "undisclosed", 0);

	if (!list || json_type_of(list) != JSON_ARRAY_TYPE)
		return;
	page_heading(p, "disclosures", "");
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *one = json_at(list, i);
		const char *state = json_get_text(one, "state"), *name = json_get_text(one, "name");
		bool good = strcmp(state, "good") == 0;

		page_to(p, NAME_COLUMN);
		page_add(p, good ? TONE_GOOD : TONE_DANGER,
			 good ? token_glyph(p, "✓", "+") : token_glyph(p, "✗", "X"));
		page_to(p, 0);
		page_add(p, TONE_NORMAL, name ? name : "(element)");
		page_to(p, NAME_COLUMN + 2 + NAME_MOST);
		page_wrap(p, TONE_NORMAL, NAME_COLUMN + 2 + NAME_MOST,
			  good ? json_get_text(one, "value") : state);
		page_end_line(p);
	}
	page_to(p, NAME_COLUMN);
	page_addf(p, TONE_SECONDARY, "%lld kept back, or decoys", (long long)kept);
	page_end_line(p);
}

/* --- findings ---------------------------------------------------------------------------------- */

const struct json *token_finding_worst(const struct json *row)
{
	return json_at(json_get(row, "findings"), 0);
}

bool token_is_severe(const struct json *finding)
{
	const char *severity = json_get_text(finding, "severity");

	return severity && (strcmp(severity, "critical") == 0 || strcmp(severity, "error") == 0);
}

static const struct {
	const char *severity, *nice, *ascii;
	enum tone tone;
} severities[] = {
	{ "critical", "!!", "!!", TONE_DANGER },
	{ "error", "✗", "X", TONE_DANGER },
	{ "warning", "!", "!", TONE_WARNING },
	{ "info", "i", "i", TONE_SECONDARY },
};

enum { SEVERITIES = sizeof(severities) / sizeof(severities[0]) };

static void put_finding(struct page *p, const struct json *f, size_t s)
{
	enum { ID_COLUMN = 6, TEXT_COLUMN = 23 };
	const char *remedy = json_get_text(f, "remedy"), *source = json_get_text(f, "source");

	page_to(p, NAME_COLUMN);
	page_add(p, severities[s].tone, token_glyph(p, severities[s].nice, severities[s].ascii));
	page_to(p, ID_COLUMN);
	page_add(p, severities[s].tone, json_get_text(f, "id"));
	page_to(p, TEXT_COLUMN);
	page_wrap(p, TONE_NORMAL, TEXT_COLUMN, json_get_text(f, "text"));
	if (source) {
		page_to(p, 0);
		page_wrap(p, TONE_SECONDARY, TEXT_COLUMN, source);
	}
	page_end_line(p);
	if (!remedy)
		return;
	page_to(p, TEXT_COLUMN);
	page_add(p, TONE_NORMAL, token_glyph(p, "→", "->"));
	page_to(p, 0);
	page_wrap(p, TONE_NORMAL, TEXT_COLUMN + 2, remedy);
	page_end_line(p);
}

void token_put_findings(struct page *p, const struct json *row)
{
	const struct json *list = json_get(row, "findings");
	size_t counts[SEVERITIES] = { 0 };
	char right[96];

	if (!json_count(list))
		return;
	for (size_t i = 0; i < json_count(list); i++)
		for (size_t s = 0; s < SEVERITIES; s++)
			counts[s] += strcmp(json_get_text(json_at(list, i), "severity"),
					    severities[s].severity) == 0;
	snprintf(right, sizeof(right), "%zu critical  %zu error  %zu warning  %zu info", counts[0],
		 counts[1], counts[2], counts[3]);
	page_heading(p, "findings", right);
	for (size_t s = 0; s < SEVERITIES; s++)
		for (size_t i = 0; i < json_count(list); i++)
			if (strcmp(json_get_text(json_at(list, i), "severity"),
				   severities[s].severity) == 0)
				put_finding(p, json_at(list, i), s);
}
