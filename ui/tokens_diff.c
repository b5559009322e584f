/* Two tokens side by side: member by member, what changed marked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/text.h"
#include "ui/record.h"
#include "ui/tokens.h"

enum {
	PAGE_TOP = 1,
	NAME_X = 3,
	NAME_WIDTH = 16,
	GAP = 2,
	SEEN_LEAST = 6 /* columns of what differs */
};

struct diff_page {
	struct dialog base;
	struct view *view;
	struct work *work;
	struct json *record; /* of token.diff; NULL: not there yet */
	struct err error;
	size_t left, right; /* numbers of the tokens, from 0 */
	bool only_changes;
	struct scroll scroll;
};

/* --- drawing ------------------------------------------------------------------------------- */
static const struct {
	const char *change;
	const char *mark;
	enum style style;
} changes[] = {
	{ "same", " ", STYLE_SECONDARY },
	{ "changed", "~", STYLE_WARNING },
	{ "added", "+", STYLE_WARNING },
	{ "removed", "-", STYLE_WARNING },
};

static size_t change_of(const struct json *row)
{
	size_t i = 3;

	while (i && strcmp(record_text(row, "change", ""), changes[i].change) != 0)
		i--;
	return i;
}

/* Where both sides begin, and how wide one is. */
static int side_width(const struct area *a)
{
	return (a->width - NAME_X - NAME_WIDTH - 2 * GAP - 1) / 2;
}

static int side_x(const struct area *a, bool right)
{
	return NAME_X + NAME_WIDTH + GAP + (right ? side_width(a) + GAP : 0);
}

/* Where a character begins, at or before this byte. */
static size_t character_at(const char *text, size_t at)
{
	while (at && ((unsigned char)text[at] & 0xC0) == 0x80)
		at--;
	return at;
}

static bool fits(const char *text, int width)
{
	return (int)text_width(text, strlen(text)) <= width;
}

/* How much of the beginning of both values is left out: where they are the same for longer than a side
 * is wide, the first difference would not be seen. */
static size_t value_skip(const struct json *row, int width)
{
	const char *left = record_text(row, "left", ""), *right = record_text(row, "right", "");
	size_t same = 0, before = (size_t)(width / 2);

	if (!change_of(row) || (fits(left, width) && fits(right, width)))
		return 0;
	while (left[same] && left[same] == right[same])
		same++;
	same = character_at(left, same);
	if ((int)text_width(left, same) + SEEN_LEAST < width)
		return 0;
	return character_at(left, same > before ? same - before : 0);
}

static void value_draw(const struct diff_page *p, const struct json *row, const struct area *a,
		       int y, bool right, enum style style)
{
	const char *value = json_get_text(row, right ? "right" : "left");
	int64_t at = record_time(row, right ? "right_at" : "left_at");
	size_t skip = value_skip(row, side_width(a));
	int x = side_x(a, right), end = x + side_width(a);
	char when[DATETIME_SIZE];

	if (!value) {
		area_text(a, x, y, end - x, STYLE_SECONDARY, "not there");
		return;
	}
	if (skip)
		x += area_text(a, x, y, 1, style, "…");
	x += area_text(a, x, y, end - x, style, value + skip) + 2;
	if (at == TIME_NONE || x >= end)
		return;
	datetime_relative(when, at, console_now(p->base.console), true);
	area_text(a, x, y, end - x, style, when);
}

static void change_draw(const struct diff_page *p, const struct json *row, const struct area *a,
			int y)
{
	size_t i = change_of(row);
	enum style style = i ? STYLE_NORMAL : STYLE_SECONDARY;

	if (!area_row(a, y))
		return;
	area_text(a, 1, y, 1, changes[i].style, changes[i].mark);
	area_text(a, NAME_X, y, NAME_WIDTH, i ? changes[i].style : style,
		  record_text(row, "name", "\"\""));
	value_draw(p, row, a, y, false, style);
	value_draw(p, row, a, y, true, style);
}

static int part_draw(const struct diff_page *p, const struct area *a, int y, const char *part)
{
	const struct json *members = json_get(p->record, "members");
	size_t changed = 0, count = 0;
	int rule = y++;
	char right[60];

	for (size_t i = 0; i < json_count(members); i++) {
		const struct json *row = json_at(members, i);

		if (strcmp(record_text(row, "part", ""), part) != 0)
			continue;
		count++;
		changed += change_of(row) != 0;
		if (!p->only_changes || change_of(row))
			change_draw(p, row, a, y++);
	}
	snprintf(right, sizeof(right), "%zu of %zu differ", changed, count);
	area_rule(a, rule, part, right);
	return y;
}

static int body_draw(const struct diff_page *p, const struct area *a)
{
	int y = 0;

	area_textf(a, side_x(a, false), y, side_width(a), STYLE_TITLE, "token %zu", p->left + 1);
	area_textf(a, side_x(a, true), y++, side_width(a), STYLE_TITLE, "token %zu", p->right + 1);
	y = part_draw(p, a, y, "header");
	return part_draw(p, a, y, "claims");
}

static void page_draw(struct dialog *base, const struct area *body)
{
	struct diff_page *p = (struct diff_page *)base;
	struct area part = area_part(body, 0, PAGE_TOP, body->width, body->height - PAGE_TOP);
	int x = 1;

	x += area_text(body, x, 0, -1, STYLE_SECONDARY, "Token › ");
	x += area_textf(body, x, 0, -1, STYLE_TITLE, "%zu and %zu", p->left + 1, p->right + 1) + 3;
	area_cursor(body, 1, 0);
	if (!p->record) {
		area_text(body, x, 0, -1, STYLE_SECONDARY,
			  p->error.code ? p->error.message : "comparing");
		return;
	}
	area_text(body, x, 0, -1, STYLE_NORMAL,
		  json_get_bool(p->record, "same")
			  ? "header and claims are the same, to the character"
			  : "~ changed  + only in the second  - only in the first");
	part.skip = p->scroll.at;
	p->scroll.room = part.height;
	p->scroll.lines = body_draw(p, &part);
	part.skip = 0;
	scroll_draw_more(&p->scroll, &part);
}

/* --- keys ---------------------------------------------------------------------------------- */
static bool page_input(struct dialog *base, const struct input *in)
{
	struct diff_page *p = (struct diff_page *)base;

	console_redraw(base->console);
	if (scroll_input(&p->scroll, in))
		return true;
	if (in->type != INPUT_KEY)
		return true;
	if (in->key == 'c') {
		p->only_changes = !p->only_changes;
		p->scroll.at = 0;
	} else if (in->key == 'q' || in->key == PRESS_ENTER) {
		dialog_close(base);
	} else {
		return in->key != PRESS_ESC && in->key != PRESS_F1 && in->key != '?' &&
		       in->key != 'u';
	}
	return true;
}

static void page_free(struct dialog *base)
{
	struct diff_page *p = (struct diff_page *)base;

	work_drop(p->work);
	json_free(p->record);
	free(p);
}

static const struct action page_actions[] = {
	{ PRESS_DOWN, "scroll", "next line; PgDn, Space: next page", .flags = ACTION_FOOTER },
	{ 'c', "only changes", "only what differs, or all", .flags = ACTION_FOOTER },
	{ PRESS_ESC, "back", "back to the token", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct dialog_type page_type = {
	.name = "Compare",
	.flags = DIALOG_PAGE,
	.actions = page_actions,
	.draw = page_draw,
	.input = page_input,
	.free = page_free,
};

/* --- comparing ----------------------------------------------------------------------------- */
static void diff_done(void *arg, const struct work_result *r)
{
	struct diff_page *p = arg;

	p->work = NULL;
	p->error = r->err;
	if (json_count(r->rows))
		p->record = json_keep(json_at(r->rows, 0));
	console_redraw(p->base.console);
}

/* Both tokens as one paste. */
static void pair_text(struct secret *out, const struct tokens_state *s, size_t left, size_t right)
{
	size_t first, second;
	const char *a = tokens_text(&s->items[left], &first);
	const char *b = tokens_text(&s->items[right], &second);

	secret_init(out, first + second + 2);
	secret_add(out, a, first);
	secret_add(out, "\n\n", 2);
	secret_add(out, b, second);
}

static void diff_open(struct view *v, size_t left, size_t right)
{
	const struct op *op = op_find("token.diff");
	struct op_args *args = op_args_new(op);
	struct diff_page *p = x_calloc(1, sizeof(*p));
	struct secret pair = SECRET_INIT;

	p->base.type = &page_type;
	p->view = v;
	p->left = left;
	p->right = right;
	pair_text(&pair, tokens_state(v), left, right);
	op_args_add_secret(args, "token", &pair);
	dialog_push(v->console, &p->base);
	p->work = console_work(v->console, &(struct work_order){
						   .op = op,
						   .args = args,
						   .lane = LANE_READ,
						   .arg = p,
						   .done = diff_done,
					   });
}

static void other_chosen(void *arg, size_t line)
{
	struct view *v = arg;
	struct tokens_state *s = tokens_state(v);

	if (line == s->at)
		console_say(v->console, STYLE_NORMAL, "that is the same token: choose another one");
	else if (!tokens_is_jose(&s->items[line]))
		console_say(v->console, STYLE_NORMAL,
			    "that is no token: it has no claims to compare");
	else
		diff_open(v, s->at, line);
}

const char *tokens_why_no_diff(struct view *v)
{
	const struct tokens_state *s = tokens_state(v);
	size_t others = 0;

	if (tokens_why_no_jose(v))
		return tokens_why_no_jose(v);
	for (size_t i = 0; i < s->count && others < 2; i++)
		others += tokens_is_jose(&s->items[i]);
	return others > 1 ? NULL : "paste another token to compare with";
}

void tokens_diff(struct view *v)
{
	const struct tokens_state *s = tokens_state(v);

	if (s->count == 2)
		diff_open(v, 0, 1);
	else
		tokens_menu(v, "Compare with", other_chosen);
}
