/* The list of device logins: those of this console, and those that an earlier one left while their codes
 * still live. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clock.h"
#include "ui/chart.h"
#include "ui/logins.h"
#include "ui/record.h"

enum { STATE_WIDTH = 14, PROVIDER_WIDTH = 22, CODE_WIDTH = 16, LEFT_WIDTH = 8 };

/* --- rows ---------------------------------------------------------------------------------- */
static size_t own_count(const struct logins_state *s)
{
	size_t n = 0;

	for (const struct login *l = s->logins; l; l = l->next)
		n++;
	return n;
}

static const char *login_flow(const struct login *l)
{
	return record_text(l->code, "flow", "");
}

/* A kept flow that one of our own logins has taken up is shown once. */
static bool is_ours(const struct logins_state *s, const struct json *kept)
{
	for (const struct login *l = s->logins; l; l = l->next)
		if (strcmp(login_flow(l), record_text(kept, "id", "?")) == 0)
			return true;
	return false;
}

static const struct json *kept_row(const struct logins_state *s, size_t n)
{
	for (size_t i = 0; i < json_count(s->kept); i++) {
		const struct json *kept = json_at(s->kept, i);

		if (!is_ours(s, kept) && n-- == 0)
			return kept;
	}
	return NULL;
}

size_t logins_rows(struct view *v)
{
	size_t kept = 0;

	while (kept_row(logins_state(v), kept))
		kept++;
	return own_count(logins_state(v)) + kept;
}

struct login *logins_row_login(struct view *v, size_t n)
{
	struct login *l = logins_state(v)->logins;

	while (l && n--)
		l = l->next;
	return l;
}

const struct json *logins_row_kept(struct view *v, size_t n)
{
	size_t own = own_count(logins_state(v));

	return n < own ? NULL : kept_row(logins_state(v), n - own);
}

/* What the focus is bound to: the login itself, or the flow's id. */
static void row_id(struct view *v, size_t n, char out[40])
{
	const struct login *l = logins_row_login(v, n);
	const struct json *kept = logins_row_kept(v, n);

	out[0] = '\0';
	if (l)
		snprintf(out, 40, "%p", (const void *)l);
	else if (kept)
		snprintf(out, 40, "%s", record_text(kept, "id", ""));
}

size_t logins_row_now(struct view *v)
{
	size_t rows = logins_rows(v);
	char id[40];

	for (size_t n = 0; n < rows; n++) {
		row_id(v, n, id);
		if (strcmp(id, logins_state(v)->at) == 0)
			return n;
	}
	return 0;
}

void logins_move(struct view *v, int by)
{
	int rows = (int)logins_rows(v), to = (int)logins_row_now(v) + by;

	to = to >= rows ? rows - 1 : to;
	row_id(v, (size_t)(to < 0 ? 0 : to), logins_state(v)->at);
	console_redraw(v->console);
}

/* --- loading ------------------------------------------------------------------------------- */
static void kept_done(void *arg, const struct work_result *r)
{
	struct view *v = arg;
	struct logins_state *s = logins_state(v);

	s->loading = NULL;
	if (r->code && !json_count(r->rows))
		return;
	json_free(s->kept);
	s->kept = json_keep(r->rows);
	console_redraw(v->console);
}

void logins_load_kept(struct view *v)
{
	const struct op *op = op_find("device.list");
	struct logins_state *s = logins_state(v);

	if (!op || !app_store_exists(console_app(v->console)))
		return;
	work_drop(s->loading);
	s->loading = console_work(v->console, &(struct work_order){
						      .op = op,
						      .args = op_args_new(op),
						      .lane = LANE_READ,
						      .arg = v,
						      .done = kept_done,
					      });
}

/* --- drawing ------------------------------------------------------------------------------- */
struct row_look {
	enum glyph glyph;
	enum style style;
	const char *word;
};

static struct row_look login_look(const struct login *l)
{
	if (l->running)
		return (struct row_look){ GLYPH_GRACE, STYLE_PROGRESS, "waiting" };
	if (login_succeeded(l))
		return (struct row_look){ GLYPH_PASS, STYLE_GOOD, "approved" };
	if (l->ended == ERR_CANCELLED)
		return (struct row_look){ GLYPH_SKIP, STYLE_NORMAL, "cancelled" };
	return (struct row_look){ GLYPH_FAIL, STYLE_DANGER, "failed" };
}

static struct row_look kept_look(const struct json *kept)
{
	if (strcmp(record_text(kept, "state", ""), "altered") == 0)
		return (struct row_look){ GLYPH_FAIL, STYLE_DANGER, "altered" };
	if (strcmp(record_text(kept, "state", ""), "running") == 0)
		return (struct row_look){ GLYPH_GRACE, STYLE_PROGRESS, "elsewhere" };
	return (struct row_look){ GLYPH_NOT_YET, STYLE_WARNING, "can go on" };
}

static void row_draw(const struct area *a, int y, struct row_look look, const char *provider,
		     const char *code, int64_t left, const char *rest)
{
	char clock[24] = "";
	int x = 2;

	area_text(a, x, y, 1, look.style, glyph(a->frame, look.glyph));
	area_text(a, x + 2, y, STATE_WIDTH - 3, look.style, look.word);
	x += STATE_WIDTH;
	area_text(a, x, y, PROVIDER_WIDTH - 1, STYLE_NORMAL, provider);
	x += PROVIDER_WIDTH;
	area_text(a, x, y, CODE_WIDTH - 1, STYLE_NORMAL, code);
	x += CODE_WIDTH;
	if (left >= 0)
		login_clock(clock, left);
	area_text_right(a, x, y, LEFT_WIDTH - 2, STYLE_NORMAL, clock);
	area_text(a, x + LEFT_WIDTH, y, -1, STYLE_SECONDARY, rest);
}

static void login_row(const struct area *a, int y, const struct login *l)
{
	char when[48], rest[64];

	console_when(l->view->console, when, sizeof(when), l->started_at);
	snprintf(rest, sizeof(rest), "begun %s", when);
	row_draw(a, y, login_look(l), l->provider, login_user_code(l),
		 l->running ? login_left_ms(l) : -1, rest);
}

static void kept_row_draw(struct view *v, const struct area *a, int y, const struct json *kept)
{
	int64_t ends = record_time(kept, "expires_at");
	int64_t left = ends == TIME_NONE ? -1 : ends - console_now(v->console);
	char rest[48] = "";

	if (strcmp(record_text(kept, "state", ""), "running") == 0)
		snprintf(rest, sizeof(rest), "process %lld",
			 (long long)json_get_int(kept, "pid", 0));
	else if (strcmp(record_text(kept, "state", ""), "resumable") == 0)
		snprintf(rest, sizeof(rest), "Enter goes on");
	row_draw(a, y, kept_look(kept), record_text(kept, "provider", "?"),
		 json_get_text(kept, "user_code"), left < 0 && ends != TIME_NONE ? 0 : left, rest);
}

static void titles_draw(const struct area *a)
{
	int x = 2;

	area_text(a, x, 0, -1, STYLE_SECONDARY, "STATE");
	area_text(a, x += STATE_WIDTH, 0, -1, STYLE_SECONDARY, "PROVIDER");
	area_text(a, x += PROVIDER_WIDTH, 0, -1, STYLE_SECONDARY, "CODE");
	area_text_right(a, x + CODE_WIDTH, 0, LEFT_WIDTH - 2, STYLE_SECONDARY, "LEFT");
}

static void empty_draw(struct view *v, const struct area *a)
{
	area_text(a, 3, 2, -1, STYLE_TITLE, "No device login is under way.");
	area_wrap(
		a, 3, 4, a->width - 6, STYLE_NORMAL,
		"A device login (RFC 8628) shows a code here; a person enters it in a browser, "
		"on any machine, and approves. Every exchange with the provider is shown, secrets "
		"masked, and what is wrong is said in words. The tokens are kept encrypted as a "
		"grant (screen 5).");
	if (console_read_only(v->console))
		return;
	area_text(a, 8, 9, 1, STYLE_TITLE, "c");
	area_text(a, 13, 9, -1, STYLE_NORMAL, "start one with a provider you have");
	area_text(a, 8, 10, 1, STYLE_TITLE, "3");
	area_text(a, 13, 10, -1, STYLE_NORMAL, "add a provider first");
}

void logins_list_draw(struct view *v, const struct area *a)
{
	size_t rows = logins_rows(v), now = logins_row_now(v);
	size_t room = a->height > 2 ? (size_t)a->height - 1 : 1;
	size_t top = now >= room ? now - room + 1 : 0;

	logins_state(v)->list_y = a->y + 1 - (int)top;
	if (!rows) {
		empty_draw(v, a);
		return;
	}
	titles_draw(a);
	for (size_t n = top; n < rows && n - top < room; n++) {
		int y = 1 + (int)(n - top);
		const struct login *l = logins_row_login(v, n);

		if (l)
			login_row(a, y, l);
		else
			kept_row_draw(v, a, y, logins_row_kept(v, n));
		if (n == now) {
			area_select(a, y, true);
			area_cursor(a, 1, y);
		}
	}
}
