/* The layout of token records: verdict, what it is, its parts. What is shown comes from the record alone,
 * which the console draws from, too. */
#include "src/cli/token_text.h"

#include <string.h>

#include "src/base/text.h"
#include "src/cli/token_parts.h"

enum { NAME_LEAST = 4, NAME_MOST = 18 };

/* --- the verdict ------------------------------------------------------------------------------- */

static const struct json *check_failed(const struct json *row)
{
	const struct json *checks = json_get(row, "checks");

	for (size_t i = 0; i < json_count(checks); i++)
		if (strcmp(json_get_text(json_at(checks, i), "result"), "failed") == 0)
			return json_at(checks, i);
	return NULL;
}

/* Why, in a line: what is critical first (a forgery), then the check that failed. */
static void verdict_why(struct buf *out, const struct json *row)
{
	const struct json *failed = check_failed(row), *worst = token_finding_worst(row);
	const char *severity = json_get_text(worst, "severity");
	bool critical = severity && strcmp(severity, "critical") == 0;

	if (json_get_bool(row, "valid"))
		buf_add_text(out, "the signature fits, and every check that was asked for passed");
	else if (failed && !critical)
		buf_addf(out, "%s: %s", json_get_text(failed, "name"),
			 json_get_text(failed, "detail"));
	else if (token_is_severe(worst))
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
		page_addf(p, TONE_GOOD, "%s VALID", token_glyph(p, "✓", "+"));
	else if (unchecked && !check_failed(row) && !token_is_severe(token_finding_worst(row)))
		page_add(p, TONE_WARNING, "? UNCHECKED");
	else
		page_addf(p, TONE_DANGER, "%s NOT VALID", token_glyph(p, "✗", "X"));
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
	page_add(p, TONE_SECONDARY, token_glyph(p, "–", "-"));
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
			put_check(p, json_at(checks, i), TONE_DANGER, token_glyph(p, "✗", "X"),
				  column);
	for (size_t i = 0; i < json_count(checks); i++)
		if (check_is(json_at(checks, i), "passed"))
			put_check(p, json_at(checks, i), TONE_GOOD, token_glyph(p, "✓", "+"),
				  column);
	for (size_t i = 0; i < json_count(checks); i++)
		if (check_is(json_at(checks, i), "not_made"))
			put_not_made(p, checks, i);
}

/* --- what it is -------------------------------------------------------------------------------- */

static void put_line(struct page *p, enum tone tone, int indent, const char *text)
{
	page_to(p, indent);
	page_wrap(p, tone, indent, text);
	page_end_line(p);
}

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

	snprintf(line, sizeof(line), "%s bytes", token_number(size, json_get_int(row, "size", 0)));
	if (json_get_int(row, "offset", 0) > 0)
		snprintf(line, sizeof(line), "%s bytes, from byte %s of the paste", size,
			 token_number(offset, json_get_int(row, "offset", 0)));
	put_pair(p, "size", line);
	put_pair(p, "found in", json_get_text(row, "where"));
	for (size_t i = 0; i < json_count(mended); i++)
		put_pair(p, i ? "" : "mended", json_as_text(json_at(mended, i)));
	if (token_has(row, "warning")) {
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

/* --- whole records ----------------------------------------------------------------------------- */

static bool is_jose(const struct json *row)
{
	return token_has(row, "form");
}

static void put_credential(struct page *p, const struct json *row)
{
	const struct json *facts = json_get(row, "facts");

	put_pair(p, "checksum", json_get_text(row, "checksum"));
	for (size_t i = 0; i < json_count(facts); i++)
		put_pair(p, json_get_text(json_at(facts, i), "name"),
			 json_get_text(json_at(facts, i), "value"));
	put_pair(p, "to revoke", json_get_text(row, "revoke_at"));
	token_put_findings(p, row);
}

static void put_contents(struct page *p, const struct json *row, const char *claims)
{
	const char *severity = json_get_text(token_finding_worst(row), "severity");
	bool first = severity && strcmp(severity, "critical") == 0;

	token_put_life(p, row);
	if (first)
		token_put_findings(p, row);
	token_put_members(p, row, "header", "header");
	token_put_members(p, row, "claims", claims);
	if (token_has(row, "payload")) {
		page_heading(p, "payload, base64url", "");
		put_line(p, TONE_NORMAL, NAME_COLUMN, json_get_text(row, "payload"));
	}
	token_put_disclosures(p, row);
	token_put_largest(p, row);
	if (!first)
		token_put_findings(p, row);
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

static void put_nested(struct page *p, const struct json *row)
{
	const struct json *nested = json_get(row, "nested");

	if (!nested || json_type_of(nested) != JSON_OBJECT_TYPE)
		return;
	page_end_line(p);
	page_heading(p, "the token within", "");
	put_verdict(p, nested);
	put_checks(p, nested);
	put_what(p, nested);
	put_contents(p, nested,
		     json_get_bool(nested, "valid") ? "claims" : "claims, not to be trusted");
}

static void put_verified(struct page *p, const struct json *row)
{
	put_verdict(p, row);
	put_checks(p, row);
	page_end_line(p);
	put_what(p, row);
	put_contents(p, row, json_get_bool(row, "valid") ? "claims" : "claims, not to be trusted");
	put_nested(p, row);
}

static const struct {
	const char *id;
	void (*put)(struct page *p, const struct json *row);
} layouts[] = {
	{ "token.inspect", put_inspected },
	{ "token.verify", put_verified },
	{ "token.diff", token_put_compared },
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
