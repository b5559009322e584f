/* Two tokens compared, for people. */
#include "src/cli/token_parts.h"

#include <string.h>

enum { NAME_LEAST = 4, NAME_MOST = 18 };

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
	if (token_has(member, at)) {
		page_to(p, 0);
		page_wrap(p, TONE_SECONDARY, column, json_get_text(member, at));
	}
}

/* Side by side would cut what differs: the right one stands below the left one. */
static void put_change(struct page *p, const struct json *member, int column)
{
	size_t c = change_find(json_get_text(member, "change"));

	page_to(p, 1);
	page_add(p, changes[c].tone, token_glyph(p, changes[c].nice, changes[c].ascii));
	page_to(p, NAME_COLUMN);
	page_wrap(p, TONE_NORMAL, NAME_COLUMN, json_get_text(member, "name"));
	if (token_has(member, "left")) {
		put_side(p, changes[c].tone, column, member, "left", "left_at");
		page_end_line(p);
	}
	if (token_has(member, "right") && c) {
		put_side(p, changes[c].tone, column, member, "right", "right_at");
		page_end_line(p);
	}
}

void token_put_compared(struct page *p, const struct json *row)
{
	const struct json *members = json_get(row, "members");
	const char *part = "";
	int column = NAME_COLUMN + 2;

	page_add(p, TONE_NORMAL,
		 json_get_bool(row, "same") ? "the same header and claims" : "they differ");
	page_end_line(p);
	column += token_member_width(
		members, "claims", "name",
		token_member_width(members, "header", "name", NAME_LEAST, NAME_MOST), NAME_MOST);
	for (size_t i = 0; i < json_count(members); i++) {
		const struct json *member = json_at(members, i);

		if (strcmp(part, json_get_text(member, "part")) != 0)
			page_heading(p, json_get_text(member, "part"), "");
		part = json_get_text(member, "part");
		put_change(p, member, column);
	}
}
