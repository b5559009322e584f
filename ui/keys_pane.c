/* The detail pane of the Keys screen: what is unfinished first, then facts. Below the list it
 * has two
 * columns of facts; at the right one column, a chart and the history. */
#include <stdio.h>

#include "ui/key_facts.h"
#include "ui/key_view.h"
#include "ui/keys.h"

enum { BELOW_HEIGHT = 16, NOW_INDENT = 14, CHART_HEIGHT = 7 };

static void badge_draw(const struct area *a, int x, int y, const struct json *key, int64_t now)
{
	struct key_badge badge = key_badge(key, now);

	area_textf(a, x, y, -1, badge.style, "%s %s", glyph(a->frame, badge.glyph), badge.word);
}

void keys_marked_draw(struct view *v, const struct json *row, const struct area *line)
{
	char expires[48], used[48];

	console_when(v->console, expires, sizeof(expires), record_time(row, "expires_at"));
	console_when(v->console, used, sizeof(used), record_time(row, "last_used_at"));
	area_text(line, 0, 0, 20, STYLE_NORMAL, record_text(row, "name", "?"));
	area_text(line, 21, 0, 9, STYLE_NORMAL, key_badge(row, console_now(v->console)).word);
	area_textf(line, 31, 0, 18, STYLE_NORMAL, "expires %s", expires);
	area_textf(line, 50, 0, -1, STYLE_NORMAL, "used %s", used);
}

static int below_draw(struct view *v, const struct json *key, const struct area *a)
{
	int y = 1, lines, versions = (int)json_count(json_get(key, "versions"));

	area_rule(a, 0, record_text(key, "name", "?"), json_get_text(key, "id"));
	lines = facts_now(v->console, a, NOW_INDENT, y, key);
	if (lines) {
		badge_draw(a, 1, y, key, console_now(v->console));
		y += lines;
	}
	y += facts_rules_wide(v->console, a, y, key);
	if (versions) {
		y += y + 2 + versions <= a->height; /* a blank line where there is room */
		y += facts_versions(v->console, a, y, key, true);
	}
	return y;
}

static int right_history(struct view *v, const struct json *key, const struct area *a, int y)
{
	const struct json *history = json_get(key, "history");

	if (!json_count(history))
		return y;
	area_text(a, 1, y++, -1, STYLE_TITLE, "HISTORY");
	for (size_t i = 0; i < json_count(history); i++)
		facts_event(v->console, a, y++, json_at(history, i));
	return y;
}

static int right_draw(struct view *v, const struct json *key, const struct area *a)
{
	char calls[80];
	int y, lines;

	area_text(a, 1, 0, a->width - 14, STYLE_TITLE, record_text(key, "name", "?"));
	badge_draw(a, a->width - 12, 0, key, console_now(v->console));
	area_text_middle(a, 1, 1, -1, STYLE_SECONDARY, json_get_text(key, "id"));
	lines = facts_now(v->console, a, 1, 3, key);
	y = 3 + lines + (lines ? 1 : 0);
	if (json_count(json_get(key, "versions")))
		y += facts_versions(v->console, a, y, key, false) + 1;
	y += facts_rules(v->console, a, y, key) + 1;
	if (json_count(json_get(key, "calls")) && y + CHART_HEIGHT + 2 < a->height) {
		facts_calls(key, calls, sizeof(calls));
		area_text(a, 1, y, -1, STYLE_TITLE, "CALLS PER HOUR, 24 H");
		area_text_right(a, 22, y, a->width - 23, STYLE_NORMAL, calls);
		y += 1 + facts_chart(v->console, a, y + 1, CHART_HEIGHT, key) + 1;
	}
	return right_history(v, key, a, y);
}

int keys_pane_draw(struct view *v, const struct json *row, const struct area *area)
{
	const struct json *key = v->detail ? v->detail : row;

	return area->height < BELOW_HEIGHT ? below_draw(v, key, area) : right_draw(v, key, area);
}
