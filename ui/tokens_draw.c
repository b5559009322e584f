/* The Token screen's body: the verdict, then the panes, which share the lines that are there; the one in
 * focus gets more of them. */
#include <stdio.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/text.h"
#include "ui/chart.h"
#include "ui/record.h"
#include "ui/tokens.h"

/* --- the context line ---------------------------------------------------------------------- */
static const char *kind_text(const struct tokens_item *item, char out[80])
{
	static const struct {
		const char *kind, *text;
	} kinds[] = {
		{ "jwt", "JWT" }, { "jws", "JWS" }, { "jwe", "JWE" }, { "sd-jwt", "SD-JWT" }
	};
	const char *kind = record_text(item->record, "kind", "?");
	const char *type = json_get_text(json_get(item->record, "header"), "typ");
	char shown[40];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			kind = kinds[i].text;
	snprintf(out, 80, "%s", kind);
	if (type && strcmp(type, kind) != 0) {
		text_safe_put(shown, sizeof(shown), type, strlen(type));
		snprintf(out, 80, "%s %s", kind, shown);
	}
	return out;
}

void tokens_context(struct view *v, const struct area *line)
{
	const struct tokens_state *s = tokens_state(v);
	const struct tokens_item *item = tokens_now(v);
	char kind[80], size[NUMBER_SIZE], when[DATETIME_SIZE];

	if (!item) {
		area_text(line, 0, 0, -1, STYLE_NORMAL,
			  tokens_reading(s) ? "reading what was pasted" : "no token here");
		return;
	}
	number_grouped(size, json_get_int(item->record, "size", (int64_t)item->len));
	datetime_local(when, item->paste->at, false);
	area_textf(line, 0, 0, -1, STYLE_NORMAL, "Token %zu of %zu  %s  %s bytes  %s %.5s",
		   s->at + 1, s->count, kind_text(item, kind), size, item->paste->origin,
		   strlen(when) > 16 ? when + 11 : when);
}

/* --- nothing here -------------------------------------------------------------------------- */
static void empty_draw(struct view *v, const struct area *a)
{
	static const char *const takes[] = {
		"JWT, JWS, JWE, SD-JWT   compact or JSON, with \"Bearer\", quotes, line breaks",
		"what is around a token  cURL, headers, cookies, URLs, JSON, YAML, .env",
		"other credentials       GitHub, GitLab, AWS, Slack, Stripe, PASETO, SAML …",
		"a key of this store     says whose it is",
	};
	const struct tokens_state *s = tokens_state(v);
	struct area box;
	int y = a->height > 18 ? 2 : 1;

	area_text(a, 3, y, -1, STYLE_TITLE, "Paste a token.");
	box = area_part(a, 3, y + 2, a->width - 6, 3);
	area_box(&box, NULL, STYLE_SECONDARY);
	area_text(&box, 2, 1, -1, tokens_reading(s) ? STYLE_PROGRESS : STYLE_SECONDARY,
		  tokens_reading(s)
			  ? "reading"
			  : "paste anywhere on this screen, up to 1 MiB; or press p and type");
	area_cursor(&box, 2, 1);
	y += 6;
	for (size_t i = 0; i < sizeof(takes) / sizeof(takes[0]); i++)
		area_text(a, 3, y++, -1, STYLE_NORMAL, takes[i]);
	area_wrap(a, 3, y + 1, a->width - 6, STYLE_NORMAL,
		  "It is looked at here and sent nowhere, never stored and never logged. Leaving "
		  "this screen wipes it from memory and from the terminal.");
	if (s->wiped)
		area_text(a, 3, y + 4, -1, STYLE_SECONDARY,
			  "What was here was wiped when you left the screen.");
}

/* --- sharing the lines --------------------------------------------------------------------- */
struct pane_lines {
	int want, height; /* rows only; 0 lines: the pane is left out with its rule */
};

static int pane_height(struct view *v, enum tokens_pane p, int width)
{
	size_t rows = tokens_pane_rows(v, p);
	int height = 0;

	if (p == TOKEN_HEADER || p == TOKEN_CLAIMS)
		return rows > 100000 ? 100000 : (int)rows;
	for (size_t i = 0; i < rows; i++)
		height += tokens_row_height(v, p, i, width);
	return height;
}

/* Raises a pane to at most `to` lines from what is left. */
static void pane_raise(struct pane_lines *p, int to, int *left)
{
	int more = (p->want < to ? p->want : to) - p->height;

	if (more <= 0)
		return;
	if (!p->height)
		--*left; /* its rule */
	if (*left < more)
		more = *left > 0 ? *left : 0;
	if (!p->height && !more)
		++*left;
	p->height += more;
	*left -= more;
}

/* Every pane a little, the one in focus most, then by what matters. */
static void panes_share(struct view *v, struct pane_lines panes[TOKEN_PANES], int width, int room)
{
	static const struct {
		enum tokens_pane pane;
		int least, fair;
	} order[] = {
		{ TOKEN_FINDINGS_FIRST, 3, 6 }, { TOKEN_CLAIMS, 3, 8 },
		{ TOKEN_FACTS, 2, 6 },		{ TOKEN_HEADER, 2, 4 },
		{ TOKEN_FINDINGS, 2, 4 },	{ TOKEN_DISCLOSURES, 2, 4 },
		{ TOKEN_TEXT, 0, 1 },
	};
	enum { ORDER = sizeof(order) / sizeof(order[0]) };
	const struct tokens_state *s = tokens_state(v);
	int left = room;

	for (int p = 0; p < TOKEN_PANES; p++)
		panes[p] = (struct pane_lines){ .want = pane_height(v, (enum tokens_pane)p,
								    width) };
	pane_raise(&panes[s->pane], 1, &left);
	for (size_t i = 0; i < ORDER; i++)
		pane_raise(&panes[order[i].pane], order[i].least, &left);
	pane_raise(&panes[s->pane], room / 2, &left);
	for (size_t i = 0; i < ORDER; i++)
		pane_raise(&panes[order[i].pane], order[i].fair, &left);
	pane_raise(&panes[s->pane], room, &left);
	for (size_t i = 0; i < ORDER; i++)
		pane_raise(&panes[order[i].pane], room, &left);
}

/* --- panes --------------------------------------------------------------------------------- */
static int rows_draw(struct view *v, enum tokens_pane p, const struct area *a)
{
	size_t rows = tokens_pane_rows(v, p);
	int y = 0;

	for (size_t i = 0; i < rows; i++) {
		int height = p == TOKEN_HEADER || p == TOKEN_CLAIMS
				     ? 1
				     : tokens_row_height(v, p, i, a->width);

		if (y + height > a->skip && y < a->skip + a->height)
			tokens_row_draw(v, p, i, a, y);
		y += height;
	}
	return y;
}

/* Keeps the row in focus in sight. */
static void pane_follow(struct view *v, enum tokens_pane p, int width)
{
	struct tokens_place *place = &tokens_state(v)->places[p];
	int y = 0;

	if (p == TOKEN_TEXT) {
		scroll_by(&place->scroll, 0);
		return;
	}
	if (p == TOKEN_HEADER || p == TOKEN_CLAIMS) {
		scroll_show(&place->scroll, (int)place->at, 1);
		return;
	}
	for (size_t i = 0; i < place->at; i++)
		y += tokens_row_height(v, p, i, width);
	scroll_show(&place->scroll, y, tokens_row_height(v, p, place->at, width));
}

static void pane_rule(struct view *v, enum tokens_pane p, const struct area *a)
{
	const struct tokens_state *s = tokens_state(v);
	char title[80], right[80], more[40], text[128];

	tokens_pane_title(v, p, title, right);
	scroll_more(&s->places[p].scroll, more);
	snprintf(text, sizeof(text), "%s%s%s", right, *right && *more ? "   " : "", more);
	area_rule(a, 0, title, text);
}

static int pane_draw(struct view *v, enum tokens_pane p, const struct area *a, int y, int height)
{
	struct tokens_place *place = &tokens_state(v)->places[p];
	struct area rule = area_part(a, 0, y, a->width, 1);
	struct area rows = area_part(a, 0, y + 1, a->width, height);

	place->scroll.room = height;
	place->scroll.lines = pane_height(v, p, a->width);
	if (place->at >= tokens_pane_rows(v, p))
		place->at = 0;
	pane_follow(v, p, a->width);
	pane_rule(v, p, &rule);
	rows.skip = place->scroll.at;
	rows_draw(v, p, &rows);
	place->x = rows.x;
	place->y = rows.y;
	place->width = rows.width;
	place->height = rows.height;
	return y + 1 + height;
}

/* --- the body ------------------------------------------------------------------------------ */
static void find_draw(struct view *v, const struct area *a)
{
	struct tokens_state *s = tokens_state(v);

	area_text(a, 1, a->height - 1, 1, STYLE_TITLE, "/");
	edit_draw(&s->find, a, 2, a->height - 1, 40, STYLE_FIELD_CURRENT, true);
	area_text(a, 44, a->height - 1, -1, STYLE_SECONDARY, "Enter next  Esc ends");
}

static void tokens_draw_item(struct view *v, const struct area *a)
{
	struct tokens_state *s = tokens_state(v);
	struct pane_lines panes[TOKEN_PANES];
	struct area body;
	int y;

	s->seen = true;
	if (!tokens_pane_shown(v, s->pane))
		tokens_focus_step(v, 1);
	y = tokens_draw_verdict(v, a);
	y = tokens_draw_life(v, a, y);
	body = area_part(a, 0, y, a->width, a->height - y - s->finding);
	panes_share(v, panes, body.width, body.height);
	y = 0;
	for (int p = 0; p < TOKEN_PANES; p++) {
		s->places[p].height = 0;
		if (panes[p].height)
			y = pane_draw(v, (enum tokens_pane)p, &body, y, panes[p].height);
	}
	if (s->finding)
		find_draw(v, a);
}

/* --- what runs ----------------------------------------------------------------------------- */
static void least(int64_t *wait, int64_t other)
{
	if (*wait < 0 || other < *wait)
		*wait = other;
}

/* A span reads differently with each second below an hour, with each minute below a day. */
static void time_next(int64_t at, int64_t now, int64_t *wait)
{
	int64_t away, unit;

	if (at == TIME_NONE)
		return;
	away = at > now ? at - now : now - at;
	unit = away < HOUR_MS + MINUTE_MS ? SECOND_MS : away < 3 * DAY_MS ? MINUTE_MS : HOUR_MS;
	least(wait, at > now ? away % unit + 1 : unit - away % unit);
}

int64_t tokens_next_change(struct view *v)
{
	static const char *const times[] = { "issued_at", "not_before", "expires_at" };
	const struct tokens_item *item = tokens_now(v);
	int64_t wait = -1;

	for (size_t i = 0; item && i < sizeof(times) / sizeof(times[0]); i++)
		time_next(record_time(item->record, times[i]), console_now(v->console), &wait);
	return wait;
}

static void tick_due(void *arg)
{
	struct view *v = arg;

	tokens_state(v)->tick = NULL;
	console_redraw(v->console);
}

static void tick_set(struct view *v)
{
	struct tokens_state *s = tokens_state(v);
	int64_t wait = tokens_next_change(v);

	if (!s->tick && wait >= 0)
		s->tick = loop_after(console_loop(v->console), wait, tick_due, v);
}

void tokens_draw(struct view *v, const struct area *a)
{
	if (tokens_now(v))
		tokens_draw_item(v, a);
	else
		empty_draw(v, a);
	tick_set(v);
}
