/* One row of a token as a page: the whole value, what it means, where that is said; all checks; and the
 * list of the tokens that are here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/datetime.h"
#include "src/base/text.h"
#include "ui/menu.h"
#include "ui/record.h"
#include "ui/scroll_page.h"
#include "ui/tokens.h"

enum { LABEL_X = 1, VALUE_X = 14 };

static int line_draw(const struct area *a, int y, const char *label, enum style style,
		     const char *text)
{
	if (!text || !*text)
		return y;
	area_text(a, LABEL_X, y, VALUE_X - LABEL_X - 1, STYLE_SECONDARY, label);
	return y + area_wrap(a, VALUE_X, y, a->width - VALUE_X - 2, style, text);
}

static int time_draw(const struct json *row, const struct area *a, int y, int64_t now)
{
	int64_t at = record_time(row, "at");
	char utc[DATETIME_SIZE], local[DATETIME_SIZE], span[48], text[64];

	if (at == TIME_NONE)
		return y;
	datetime_rfc3339(utc, at);
	datetime_local(local, at, true);
	tokens_span(span, at - now);
	snprintf(text, sizeof(text), "%s%s%s", at > now ? "in " : "", span, at > now ? "" : " ago");
	y = line_draw(a, y, "UTC", STYLE_NORMAL, utc);
	y = line_draw(a, y, "local", STYLE_NORMAL, local);
	return line_draw(a, y, "from now", STYLE_NORMAL, text);
}

static int offset_draw(const struct json *row, const struct area *a, int y)
{
	char text[80];

	if (json_get_int(row, "offset", -1) < 0)
		return y;
	snprintf(text, sizeof(text), "byte %lld of the decoded %s",
		 (long long)json_get_int(row, "offset", 0), record_text(row, "part", "part"));
	return line_draw(a, y, "stands at", STYLE_SECONDARY, text);
}

static int checks_body(const struct json *checks, const struct area *a, int64_t now)
{
	(void)now;
	return tokens_draw_checks(checks, a);
}

static int row_body(const struct json *row, const struct area *a, int64_t now)
{
	int y = 0;

	y = line_draw(a, y, "severity", STYLE_NORMAL, json_get_text(row, "severity"));
	y = line_draw(a, y, "means", STYLE_NORMAL, json_get_text(row, "text"));
	y = line_draw(a, y, "do", STYLE_TITLE, json_get_text(row, "remedy"));
	if (json_get_bool(row, "duplicate"))
		y = line_draw(a, y, "twice", STYLE_DANGER,
			      "the name is there more than once: readers take one or the other");
	if (json_get_bool(row, "personal"))
		y = line_draw(a, y, "personal", STYLE_WARNING, "personal data, readable by anyone");
	y = time_draw(row, a, y, now);
	y = line_draw(a, y, "type", STYLE_NORMAL, json_get_text(row, "type"));
	y = line_draw(a, y, "state", STYLE_NORMAL, json_get_text(row, "state"));
	y = line_draw(a, y, "digest", STYLE_NORMAL, json_get_text(row, "digest"));
	y = line_draw(a, y, "source", STYLE_NORMAL, json_get_text(row, "source"));
	y = offset_draw(row, a, y);
	if (!json_get_text(row, "value"))
		return y;
	area_rule(a, y + 1, "value, as it stands in the token", NULL);
	return y + 2 +
	       area_wrap(a, LABEL_X, y + 2, a->width - 2, STYLE_NORMAL,
			 json_get_text(row, "value"));
}

static void page_title(const struct json *row, const struct area *line)
{
	int x = 1 + area_text(line, 1, 0, -1, STYLE_SECONDARY, "Token › ");

	area_text(line, x, 0, -1, STYLE_TITLE,
		  json_type_of(row) == JSON_ARRAY_TYPE
			  ? "checks"
			  : record_text(row, "name", record_text(row, "id", "?")));
}

static const struct action row_actions[] = {
	SCROLL_PAGE_ACTION,
	{ 'y', "copy value", "copy the value", .flags = ACTION_FOOTER,
	  .disabled = tokens_why_no_value, .run = tokens_copy_value },
	{ PRESS_ESC, "back", "back to the token", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct action checks_actions[] = {
	SCROLL_PAGE_ACTION,
	{ PRESS_ESC, "back", "back to the token", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct scroll_page_type row_type = {
	.dialog = { .name = "Row", SCROLL_PAGE, .actions = row_actions },
	.title = page_title,
	.body = row_body,
};

static const struct scroll_page_type checks_type = {
	.dialog = { .name = "Checks", SCROLL_PAGE, .actions = checks_actions },
	.title = page_title,
	.body = checks_body,
};

void tokens_open_row(struct view *v)
{
	const struct json *row = tokens_row(v);

	if (tokens_state(v)->pane == TOKEN_TEXT)
		tokens_show(v);
	else if (row)
		scroll_page_open(v->console, &row_type, row);
}

const char *tokens_why_no_checks(struct view *v)
{
	if (!tokens_now(v))
		return tokens_why_none(v);
	return tokens_now(v)->verified ? NULL : "nothing was checked yet: V verifies";
}

void tokens_open_checks(struct view *v)
{
	scroll_page_open(v->console, &checks_type, json_get(tokens_now(v)->record, "checks"));
}

/* --- the list of tokens -------------------------------------------------------------------- */
/* "  1  jwt     RS256  in 8m   c0ffee00-1111  https://issuer.example": what tells one from another
 * first, for the end is cut. */
static char *item_label(const struct tokens_item *item, size_t n, int64_t now)
{
	const struct json *claims = json_get(item->record, "claims");
	const char *algorithm = record_text(json_get(item->record, "header"), "alg", "-");
	const char *subject = record_text(claims, "sub", "no sub");
	const char *issuer = record_text(claims, "iss", "");
	int64_t ends = record_time(item->record, "expires_at");
	char alg[24], sub[64], iss[64], end[DATETIME_SIZE] = "no end";

	if (!tokens_is_jose(item))
		return x_asprintf("%3zu  %s", n + 1, record_text(item->record, "what", "?"));
	if (ends != TIME_NONE)
		datetime_relative(end, ends, now, true);
	text_safe_put(alg, sizeof(alg), algorithm, strlen(algorithm));
	text_safe_put(sub, sizeof(sub), subject, strlen(subject));
	text_safe_put(iss, sizeof(iss), issuer, strlen(issuer));
	return x_asprintf("%3zu  %-6s  %-7s %-9s %s  %s", n + 1,
			  record_text(item->record, "kind", "?"), alg, end, sub, iss);
}

void tokens_menu(struct view *v, const char *title, void (*choose)(void *arg, size_t line))
{
	const struct tokens_state *s = tokens_state(v);
	struct menu_line *lines = x_calloc(s->count + 1, sizeof(*lines));
	char **labels = x_calloc(s->count + 1, sizeof(*labels));

	for (size_t i = 0; i < s->count; i++) {
		labels[i] = item_label(&s->items[i], i, console_now(v->console));
		lines[i].label = labels[i];
		lines[i].right = json_get_text(s->items[i].record, "where");
	}
	menu_open(v->console, title, lines, s->at, choose, v);
	for (size_t i = 0; i < s->count; i++)
		free(labels[i]);
	free(labels);
	free(lines);
}

static void tokens_chosen(void *arg, size_t line)
{
	tokens_go(arg, line);
}

void tokens_list(struct view *v)
{
	tokens_menu(v, "What was found", tokens_chosen);
}
