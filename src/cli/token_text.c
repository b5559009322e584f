/* The layout of token records. What is shown comes from the record alone, which the console draws from,
 * too. */
#include "src/cli/token_text.h"

#include <limits.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/text.h"
#include "src/cli/page.h"

enum {
	NAME_COLUMN = 3,
	NAME_LEAST = 4,
	NAME_MOST = 18,
	VALUE_LEAST = 10,
	VALUE_MOST = 28,
	LIFE_LEAST = 24,
	LIFE_MOST = 48,
	LARGE_TOKEN = 4096,
	LARGEST = 5
};

/* --- small things ------------------------------------------------------------------------------ */

static const char *glyph(const struct page *p, const char *nice, const char *ascii)
{
	return p->look->ascii ? ascii : nice;
}

static bool is_text(const struct json *row, const char *name)
{
	return json_get_text(row, name) != NULL;
}

/* "1,142". */
static const char *number_text(char out[32], int64_t n)
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

static int64_t time_of(const struct json *row, const char *name)
{
	const char *text = json_get_text(row, name);
	int64_t at = TIME_NONE;

	return text && !datetime_parse(&at, text, NULL) ? at : TIME_NONE;
}

static void put_line(struct page *p, enum tone tone, int indent, const char *text)
{
	page_to(p, indent);
	page_wrap(p, tone, indent, text);
	page_end_line(p);
}

/* --- the verdict ------------------------------------------------------------------------------- */

static const struct json *check_failed(const struct json *row)
{
	const struct json *checks = json_get(row, "checks");

	for (size_t i = 0; i < json_count(checks); i++)
		if (strcmp(json_get_text(json_at(checks, i), "result"), "failed") == 0)
			return json_at(checks, i);
	return NULL;
}

static const struct json *finding_worst(const struct json *row)
{
	return json_at(json_get(row, "findings"), 0);
}

static bool is_severe(const struct json *finding)
{
	const char *severity = json_get_text(finding, "severity");

	return severity && (strcmp(severity, "critical") == 0 || strcmp(severity, "error") == 0);
}

/* Why, in a line: what is critical first (a forgery), then the check that failed. */
static void verdict_why(struct buf *out, const struct json *row)
{
	const struct json *failed = check_failed(row), *worst = finding_worst(row);
	const char *severity = json_get_text(worst, "severity");
	bool critical = severity && strcmp(severity, "critical") == 0;

	if (json_get_bool(row, "valid"))
		buf_add_text(out, "the signature fits, and every check that was asked for passed");
	else if (failed && !critical)
		buf_addf(out, "%s: %s", json_get_text(failed, "name"),
			 json_get_text(failed, "detail"));
	else if (is_severe(worst))
		buf_add_text(out, json_get_text(worst, "text"));
	else
		buf_add_text(out, "no key was given that could check the signature");
}

static void put_why(struct page *p, const struct json *row)
{
	struct buf why = BUF_INIT(4096);

	verdict_why(&why, row);
	page_to(p, p->column + 2);
	page_wrap(p, TONE_NORMAL, NAME_COLUMN, buf_text(&why));
	buf_release(&why);
}

static void put_verdict(struct page *p, const struct json *row)
{
	const char *signature = json_get_text(row, "signature");
	const char *key = json_get_text(row, "key");
	bool unchecked = !signature || strcmp(signature, "unchecked") == 0;

	buf_add_text(&p->text, look_bold(p->look));
	if (json_get_bool(row, "valid"))
		page_addf(p, TONE_GOOD, "%s VALID", glyph(p, "✓", "+"));
	else if (unchecked && !check_failed(row) && !is_severe(finding_worst(row)))
		page_add(p, TONE_WARNING, "? UNCHECKED");
	else
		page_addf(p, TONE_DANGER, "%s NOT VALID", glyph(p, "✗", "X"));
	buf_add_text(&p->text, look_reset(p->look));
	put_why(p, row);
	page_end_line(p);
	if (!key)
		return;
	page_to(p, NAME_COLUMN);
	page_add(p, TONE_SECONDARY, "key");
	page_to(p, 0);
	page_wrap(p, TONE_NORMAL, NAME_COLUMN + 4, key);
	page_end_line(p);
}

static int check_width(const struct json *checks)
{
	int widest = NAME_LEAST;

	for (size_t i = 0; i < json_count(checks); i++) {
		const char *name = json_get_text(json_at(checks, i), "name");
		int width = (int)text_width(name, strlen(name));

		if (width > widest && width <= NAME_MOST)
			widest = width;
	}
	return widest;
}

static void put_check(struct page *p, const struct json *check, enum tone tone, const char *mark,
		      int column)
{
	page_to(p, NAME_COLUMN);
	page_add(p, tone, mark);
	page_to(p, 0);
	page_add(p, TONE_NORMAL, json_get_text(check, "name"));
	page_to(p, column);
	page_wrap(p, TONE_NORMAL, column, json_get_text(check, "detail"));
	page_end_line(p);
}

static bool check_is(const struct json *check, const char *result)
{
	return strcmp(json_get_text(check, "result"), result) == 0;
}

/* The checks not made for the same reason share a line: they are never hidden. */
static void put_not_made(struct page *p, const struct json *checks, size_t first)
{
	const char *why = json_get_text(json_at(checks, first), "detail");
	struct buf line = BUF_INIT(4096);

	for (size_t i = 0; i < json_count(checks); i++) {
		const struct json *check = json_at(checks, i);

		if (!check_is(check, "not_made") ||
		    strcmp(json_get_text(check, "detail"), why) != 0)
			continue;
		if (i < first)
			goto out;
		buf_addf(&line, "%s%s", line.len ? ", " : "", json_get_text(check, "name"));
	}
	page_to(p, NAME_COLUMN);
	page_add(p, TONE_SECONDARY, glyph(p, "–", "-"));
	page_to(p, 0);
	page_wrap(p, TONE_SECONDARY, NAME_COLUMN + 2, buf_text(&line));
	page_add(p, TONE_SECONDARY, ":");
	page_to(p, 0);
	page_wrap(p, TONE_SECONDARY, NAME_COLUMN + 2, why);
	page_end_line(p);
out:
	buf_release(&line);
}

static void put_checks(struct page *p, const struct json *row)
{
	const struct json *checks = json_get(row, "checks");
	int column = NAME_COLUMN + 2 + check_width(checks) + 2;

	for (size_t i = 0; i < json_count(checks); i++)
		if (check_is(json_at(checks, i), "failed"))
			put_check(p, json_at(checks, i), TONE_DANGER, glyph(p, "✗", "X"), column);
	for (size_t i = 0; i < json_count(checks); i++)
		if (check_is(json_at(checks, i), "passed"))
			put_check(p, json_at(checks, i), TONE_GOOD, glyph(p, "✓", "+"), column);
	for (size_t i = 0; i < json_count(checks); i++)
		if (check_is(json_at(checks, i), "not_made"))
			put_not_made(p, checks, i);
}

/* --- what it is -------------------------------------------------------------------------------- */

static void put_unchecked(struct page *p)
{
	buf_add_text(&p->text, look_bold(p->look));
	page_add(p, TONE_WARNING, "? UNCHECKED");
	buf_add_text(&p->text, look_reset(p->look));
	page_to(p, p->column + 2);
	page_wrap(p, TONE_NORMAL, NAME_COLUMN,
		  "nobody has checked the signature: authrack token verify does");
	page_end_line(p);
}

static void put_pair(struct page *p, const char *name, const char *text)
{
	enum { PAIR_COLUMN = 15 };

	if (!text)
		return;
	page_to(p, NAME_COLUMN);
	page_add(p, TONE_SECONDARY, name);
	page_to(p, PAIR_COLUMN);
	page_wrap(p, TONE_NORMAL, PAIR_COLUMN, text);
	page_end_line(p);
}

static void put_place(struct page *p, const struct json *row)
{
	const struct json *mended = json_get(row, "mended");
	char size[32], offset[32], line[160];

	snprintf(line, sizeof(line), "%s bytes", number_text(size, json_get_int(row, "size", 0)));
	if (json_get_int(row, "offset", 0) > 0)
		snprintf(line, sizeof(line), "%s bytes, from byte %s of the paste", size,
			 number_text(offset, json_get_int(row, "offset", 0)));
	put_pair(p, "size", line);
	put_pair(p, "found in", json_get_text(row, "where"));
	for (size_t i = 0; i < json_count(mended); i++)
		put_pair(p, i ? "" : "mended", json_as_text(json_at(mended, i)));
	if (is_text(row, "warning")) {
		page_to(p, NAME_COLUMN);
		page_addf(p, TONE_WARNING, "! ");
		page_wrap(p, TONE_WARNING, NAME_COLUMN + 2, json_get_text(row, "warning"));
		page_end_line(p);
	}
	if (json_get_int(row, "truncated_by", 0)) {
		snprintf(line, sizeof(line), "looks cut off by %lld characters",
			 (long long)json_get_int(row, "truncated_by", 0));
		put_line(p, TONE_DANGER, NAME_COLUMN, line);
	}
}

static void put_what(struct page *p, const struct json *row)
{
	buf_add_text(&p->text, look_bold(p->look));
	page_add(p, TONE_NORMAL,
		 json_get_text(row, "what") ? json_get_text(row, "what")
					    : json_get_text(row, "kind"));
	buf_add_text(&p->text, look_reset(p->look));
	page_to(p, 0);
	page_to(p, 0);
	page_wrap(p, TONE_SECONDARY, NAME_COLUMN, json_get_text(row, "token"));
	page_end_line(p);
	put_place(p, row);
}

/* --- its life ---------------------------------------------------------------------------------- */

static void put_clock(struct page *p, const char *name, int64_t at)
{
	char text[DATETIME_SIZE];

	datetime_local(text, at, true);
	page_addf(p, TONE_NORMAL, "%s %s", name, text);
}

/* "iat 13:55:02 ├────●──┤ exp 14:15:02": behind the end where it is over. */
static void put_life(struct page *p, const struct json *row)
{
	int64_t begin = time_of(row, "issued_at"), end = time_of(row, "expires_at");
	int64_t now = time_of(row, "as_of");
	int width = page_width(p) < 100 ? LIFE_LEAST : LIFE_MOST, at;
	char text[DATETIME_SIZE];

	if (begin == TIME_NONE)
		begin = time_of(row, "not_before");
	if (begin == TIME_NONE || end == TIME_NONE || end <= begin)
		return;
	at = now >= end ? width : now < begin ? -1 : (int)((now - begin) * width / (end - begin));
	page_heading(p, "life", "");
	page_to(p, NAME_COLUMN);
	put_clock(p, "", begin);
	page_to(p, 0);
	for (int i = -1; i <= width; i++) {
		const char *edge = i < 0	? glyph(p, "├", "|")
				   : i == width ? glyph(p, "┤", "|")
						: glyph(p, "─", "-");

		page_add(p, i == at ? TONE_PROGRESS : TONE_NORMAL,
			 i == at ? glyph(p, "●", "*") : edge);
	}
	page_end_line(p);
	datetime_relative(text, end, now, true);
	page_to(p, NAME_COLUMN);
	put_clock(p, now >= end ? "ended" : "ends", end);
	page_addf(p, now >= end ? TONE_DANGER : TONE_NORMAL, ", %s", text);
	page_end_line(p);
}

/* --- header and claims ------------------------------------------------------------------------- */

static bool is_part(const struct json *member, const char *part)
{
	return strcmp(json_get_text(member, "part"), part) == 0;
}

static int member_width(const struct json *members, const char *part, const char *name, int least,
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

/* What the member means; of a time, when that is. */
static void member_meaning(struct buf *out, const struct json *member)
{
	const char *text = json_get_text(member, "text"), *at = json_get_text(member, "at");
	const char *issuer = json_get_text(member, "issuer");
	char local[DATETIME_SIZE];

	if (at) {
		datetime_local(local, time_of(member, "at"), true);
		buf_addf(out, "%s, %s (%s)", local, json_get_text(member, "relative"), at);
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
		if (p->column >= meaning_column && p->look->width)
			page_end_line(p);
		page_to(p, meaning_column);
		page_wrap(p, json_get_bool(member, "duplicate") ? TONE_DANGER : TONE_SECONDARY,
			  meaning_column, buf_text(&meaning));
	}
	page_end_line(p);
	buf_release(&meaning);
}

static void put_members(struct page *p, const struct json *row, const char *part, const char *title)
{
	const struct json *members = json_get(row, "members");
	int value = NAME_COLUMN + 2 + member_width(members, part, "name", NAME_LEAST, NAME_MOST);
	int meaning = value + 2 + member_width(members, part, "value", VALUE_LEAST, VALUE_MOST);
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
static void put_largest(struct page *p, const struct json *row)
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
		page_addf(p, TONE_NORMAL, "%s bytes", number_text(size, (int64_t)best));
		page_to(p, NAME_COLUMN + 15);
		page_wrap(p, TONE_NORMAL, NAME_COLUMN + 15, name);
		page_end_line(p);
	}
}

static void put_disclosures(struct page *p, const struct json *row)
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
			 good ? glyph(p, "✓", "+") : glyph(p, "✗", "X"));
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
	page_add(p, severities[s].tone, glyph(p, severities[s].nice, severities[s].ascii));
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
	page_add(p, TONE_NORMAL, glyph(p, "→", "->"));
	page_to(p, 0);
	page_wrap(p, TONE_NORMAL, TEXT_COLUMN + 2, remedy);
	page_end_line(p);
}

static void put_findings(struct page *p, const struct json *row)
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

/* --- whole records ----------------------------------------------------------------------------- */

static bool is_jose(const struct json *row)
{
	return is_text(row, "form");
}

static void put_credential(struct page *p, const struct json *row)
{
	const struct json *facts = json_get(row, "facts");

	put_pair(p, "checksum", json_get_text(row, "checksum"));
	for (size_t i = 0; i < json_count(facts); i++)
		put_pair(p, json_get_text(json_at(facts, i), "name"),
			 json_get_text(json_at(facts, i), "value"));
	put_pair(p, "revoke at", json_get_text(row, "revoke_at"));
	put_findings(p, row);
}

static void put_contents(struct page *p, const struct json *row, const char *claims)
{
	const char *severity = json_get_text(finding_worst(row), "severity");
	bool first = severity && strcmp(severity, "critical") == 0;

	put_life(p, row);
	if (first)
		put_findings(p, row);
	put_members(p, row, "header", "header");
	put_members(p, row, "claims", claims);
	if (is_text(row, "payload")) {
		page_heading(p, "payload, base64url", "");
		put_line(p, TONE_NORMAL, NAME_COLUMN, json_get_text(row, "payload"));
	}
	put_disclosures(p, row);
	put_largest(p, row);
	if (!first)
		put_findings(p, row);
}

static void put_inspected(struct page *p, const struct json *row)
{
	put_what(p, row);
	if (!is_jose(row)) {
		put_credential(p, row);
		return;
	}
	if (strcmp(json_get_text(row, "kind"), "jwe") != 0)
		put_unchecked(p);
	put_contents(p, row, "claims");
}

static void put_verified(struct page *p, const struct json *row)
{
	put_verdict(p, row);
	put_checks(p, row);
	page_end_line(p);
	put_what(p, row);
	put_contents(p, row, json_get_bool(row, "valid") ? "claims" : "claims, not to be trusted");
}

/* --- two tokens -------------------------------------------------------------------------------- */

static const struct {
	const char *change, *nice, *ascii;
	enum tone tone;
} changes[] = {
	{ "same", " ", " ", TONE_SECONDARY },
	{ "changed", "≠", "#", TONE_WARNING },
	{ "removed", "-", "-", TONE_DANGER },
	{ "added", "+", "+", TONE_GOOD },
};

static size_t change_find(const char *change)
{
	size_t i = 0;

	while (strcmp(changes[i].change, change) != 0)
		i++;
	return i;
}

static void put_side(struct page *p, enum tone tone, int column, const struct json *member,
		     const char *value, const char *at)
{
	page_to(p, column);
	page_wrap(p, tone, column, json_get_text(member, value));
	if (is_text(member, at)) {
		page_to(p, 0);
		page_wrap(p, TONE_SECONDARY, column, json_get_text(member, at));
	}
}

/* Side by side would cut what differs: the right one stands below the left one. */
static void put_change(struct page *p, const struct json *member, int column)
{
	size_t c = change_find(json_get_text(member, "change"));

	page_to(p, 1);
	page_add(p, changes[c].tone, glyph(p, changes[c].nice, changes[c].ascii));
	page_to(p, NAME_COLUMN);
	page_wrap(p, TONE_NORMAL, NAME_COLUMN, json_get_text(member, "name"));
	if (is_text(member, "left")) {
		put_side(p, changes[c].tone, column, member, "left", "left_at");
		page_end_line(p);
	}
	if (is_text(member, "right") && c) {
		put_side(p, changes[c].tone, column, member, "right", "right_at");
		page_end_line(p);
	}
}

static void put_compared(struct page *p, const struct json *row)
{
	const struct json *members = json_get(row, "members");
	const char *part = "";
	int column = NAME_COLUMN + 2;

	page_add(p, TONE_NORMAL,
		 json_get_bool(row, "same") ? "the same header and claims" : "they differ");
	page_end_line(p);
	column += member_width(members, "claims", "name",
			       member_width(members, "header", "name", NAME_LEAST, NAME_MOST),
			       NAME_MOST);
	for (size_t i = 0; i < json_count(members); i++) {
		const struct json *member = json_at(members, i);

		if (strcmp(part, json_get_text(member, "part")) != 0)
			page_heading(p, json_get_text(member, "part"), "");
		part = json_get_text(member, "part");
		put_change(p, member, column);
	}
}

static const struct {
	const char *id;
	void (*put)(struct page *p, const struct json *row);
} layouts[] = {
	{ "token.inspect", put_inspected },
	{ "token.verify", put_verified },
	{ "token.diff", put_compared },
};

static size_t layout_find(const struct op *op)
{
	size_t i = 0;

	while (i < sizeof(layouts) / sizeof(layouts[0]) && strcmp(layouts[i].id, op->id) != 0)
		i++;
	return i;
}

bool token_prints(const struct op *op)
{
	return layout_find(op) < sizeof(layouts) / sizeof(layouts[0]);
}

enum errc token_print(struct out *o, const struct look *l, const struct op *op,
		      const struct json *row, struct err *e)
{
	struct page p;
	enum errc rc;

	page_init(&p, l);
	layouts[layout_find(op)].put(&p, row);
	rc = out_add(o, buf_text(&p.text), p.text.len, e);
	page_release(&p);
	return rc;
}
