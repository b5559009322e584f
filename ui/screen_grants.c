/* The Grants screen: tokens that device logins brought, kept encrypted: who they are about, how long they
 * live, and what can be done with them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/secret.h"
#include "ui/grants.h"
#include "ui/op_form.h"
#include "ui/record.h"
#include "ui/result.h"
#include "ui/tokens.h"

enum { LABEL_X = 12, AGO_WIDTH = 4, EXPIRING_MS = 5 * MINUTE_MS };

/* --- columns ------------------------------------------------------------------------------- */
struct grant_badge {
	enum glyph glyph;
	enum style style;
	const char *word;
};

static bool grant_is(const struct json *row, const char *state)
{
	return strcmp(record_text(row, "state", ""), state) == 0;
}

/* The first that holds of altered, revoked, uncertain, expired, expiring, active. */
static struct grant_badge grant_badge(const struct json *row, int64_t now)
{
	int64_t ends = record_time(row, "expires_at");

	if (strcmp(record_text(row, "status", "ok"), "altered") == 0)
		return (struct grant_badge){ GLYPH_CRITICAL, STYLE_DANGER, "altered" };
	if (grant_is(row, "uncertain"))
		return (struct grant_badge){ GLYPH_WARN, STYLE_WARNING, "uncertain" };
	if (!grant_is(row, "live") && *record_text(row, "state", ""))
		return (struct grant_badge){ GLYPH_REVOKED, STYLE_DANGER,
					     record_text(row, "state", "") };
	if (ends != TIME_NONE && ends <= now)
		return (struct grant_badge){ GLYPH_EXPIRED, STYLE_NORMAL, "expired" };
	if (ends != TIME_NONE && ends - now < EXPIRING_MS)
		return (struct grant_badge){ GLYPH_EXPIRING, STYLE_WARNING, "expiring" };
	return (struct grant_badge){ GLYPH_ACTIVE, STYLE_GOOD, "active" };
}

static void state_cell(struct view *v, const struct json *row, const struct area *cell)
{
	struct grant_badge badge = grant_badge(row, console_now(v->console));

	area_text(cell, 0, 0, 2, badge.style, glyph(cell->frame, badge.glyph));
	area_text(cell, badge.glyph == GLYPH_CRITICAL ? 3 : 2, 0, -1, badge.style, badge.word);
}

static void expires_cell(struct view *v, const struct json *row, const struct area *cell)
{
	int64_t at = record_time(row, "expires_at");
	bool ago = at != TIME_NONE && at <= console_now(v->console) &&
		   console_times(v->console) == TIMES_RELATIVE;
	char when[48] = "not told", text[64];

	if (at != TIME_NONE)
		console_when_fit(v->console, when, sizeof(when), at,
				 cell->width - (ago ? AGO_WIDTH : 0));
	snprintf(text, sizeof(text), "%s%s", when, ago ? " ago" : "");
	area_text_right(cell, 0, 0, -1, STYLE_NORMAL, text);
}

static void refresh_cell(struct view *v, const struct json *row, const struct area *cell)
{
	(void)v;
	area_text(cell, 0, 0, -1, STYLE_NORMAL, json_get_bool(row, "refreshable") ? "yes" : "no");
}

static void subject_cell(struct view *v, const struct json *row, const struct area *cell)
{
	(void)v;
	area_text_middle(cell, 0, 0, -1, STYLE_NORMAL, record_text(row, "subject", "-"));
}

static const struct list_column grants_columns[] = {
	{ .title = "STATE", .width = 11, .draw = state_cell },
	{ .title = "PROVIDER",
	  .width = 14,
	  .max_width = 28,
	  .flags = LIST_FLEX,
	  .member = "provider" },
	{ .title = "SUBJECT",
	  .width = 14,
	  .max_width = 40,
	  .flags = LIST_FLEX,
	  .draw = subject_cell },
	{ .title = "SCOPE", .width = 20, .drop = 1, .flags = LIST_FLEX, .member = "scope" },
	{ .title = "REFRESH", .width = 7, .drop = 2, .draw = refresh_cell },
	{ .title = "EXPIRES", .width = 9, .flags = LIST_RIGHT, .draw = expires_cell },
	{ .title = NULL },
};

static const struct list_sort grants_sorts[] = {
	{ "newest", "newest first", false },
	{ .label = NULL },
};

static const char *grants_name(const struct json *row)
{
	return record_text(row, "provider", "grant");
}

/* --- the pane ------------------------------------------------------------------------------ */
static int line_draw(const struct area *a, int y, enum style style, const char *label,
		     const char *text)
{
	if (!text || !*text)
		return y;
	area_text(a, 1, y, LABEL_X - 2, STYLE_SECONDARY, label);
	return y + area_wrap(a, LABEL_X, y, a->width - LABEL_X - 1, style, text);
}

static int when_draw(struct view *v, const struct area *a, int y, const char *label,
		     const struct json *row, const char *member)
{
	char when[96];
	int64_t at = record_time(row, member);

	if (at == TIME_NONE)
		return y;
	console_when_full(v->console, when, sizeof(when), at);
	return line_draw(a, y, STYLE_NORMAL, label, when);
}

static int grants_pane(struct view *v, const struct json *row, const struct area *a)
{
	struct grant_badge badge = grant_badge(row, console_now(v->console));
	int y = 1;

	area_rule(a, 0, record_text(row, "provider", "?"), record_text(row, "id", ""));
	y = line_draw(a, y, badge.style, "state", badge.word);
	y = line_draw(a, y, STYLE_WARNING, "note", json_get_text(row, "note"));
	y = line_draw(a, y, STYLE_NORMAL, "subject", json_get_text(row, "subject"));
	y = line_draw(a, y, STYLE_NORMAL, "scope", json_get_text(row, "scope"));
	y = line_draw(a, y, STYLE_NORMAL, "tokens",
		      json_get_bool(row, "refreshable")	   ? json_get_bool(row, "has_id_token")
								     ? "access, refresh, ID token"
								     : "access, refresh"
		      : json_get_bool(row, "has_id_token") ? "access, ID token"
							   : "access");
	y = when_draw(v, a, y, "expires", row, "expires_at");
	y = when_draw(v, a, y, "saved", row, "created_at");
	return when_draw(v, a, y, "refreshed", row, "refreshed_at");
}

/* --- tokens -------------------------------------------------------------------------------- */
struct inspection {
	struct console *console;
	char name[128];
};

static const char *const token_members[] = { "access_token", "refresh_token", "id_token" };
enum { TOKEN_MEMBERS = sizeof(token_members) / sizeof(token_members[0]), ESCAPED = 6 };

static void add_text(struct secret *out, const char *text)
{
	secret_add(out, text, strlen(text));
}

/* A JSON string (RFC 8259 §7). */
static void add_value(struct secret *out, const char *text)
{
	char escaped[ESCAPED + 1];

	add_text(out, "\"");
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			snprintf(escaped, sizeof(escaped), "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			snprintf(escaped, sizeof(escaped), "\\u%04x", (unsigned)*text);
		else
			snprintf(escaped, sizeof(escaped), "%c", *text);
		add_text(out, escaped);
	}
	add_text(out, "\"");
	secret_wipe(escaped, sizeof(escaped));
}

/* Only the tokens go over, under the names that a token response has, so that each is found by its name. */
static void tokens_text_of(const struct json *row, struct secret *out)
{
	size_t room = 3;
	bool first = true;

	for (size_t i = 0; i < TOKEN_MEMBERS; i++)
		room += strlen(record_text(row, token_members[i], "")) * ESCAPED +
			strlen(token_members[i]) + ESCAPED;
	secret_init(out, room);
	for (size_t i = 0; i < TOKEN_MEMBERS; i++) {
		if (!json_get_text(row, token_members[i]))
			continue;
		add_text(out, first ? "{" : ",");
		first = false;
		add_value(out, token_members[i]);
		add_text(out, ":");
		add_value(out, json_get_text(row, token_members[i]));
	}
	add_text(out, "}");
}

static void tokens_hand_over(const struct inspection *s, const struct json *row)
{
	struct secret text = SECRET_INIT;
	struct view *token;
	char origin[64];

	tokens_text_of(row, &text);
	snprintf(origin, sizeof(origin), "from %.40s", s->name);
	if (console_go(s->console, "token")) {
		token = console_view(s->console, "token");
		tokens_take(token, secret_reveal(&text), text.len, false, origin);
		tokens_verify_with(token, "provider", s->name);
	}
	secret_release(&text);
}

static void inspect_done(void *arg, const struct work_result *r)
{
	struct inspection *s = arg;

	if (r->code)
		console_error(s->console, &r->err);
	else
		tokens_hand_over(s, json_at(r->rows, 0));
	free(s);
}

void grant_inspect(struct console *c, const char *grant, const char *name)
{
	const struct op *op = op_find("grant.show");
	struct inspection *s = x_calloc(1, sizeof(*s));
	struct op_args *args = op_args_new(op);
	struct err e = ERR_INIT;

	s->console = c;
	snprintf(s->name, sizeof(s->name), "%s", name);
	op_args_add(args, "grant", grant, &e);
	op_args_add(args, "show-tokens", "true", &e);
	console_own(c, "grant.show", grant);
	console_work(c, &(struct work_order){
				.op = op,
				.args = args,
				.lane = LANE_WRITE,
				.arg = s,
				.done = inspect_done,
			});
}

/* --- requests that look -------------------------------------------------------------------- */
static const char *look_answer(const struct work_result *r, enum style *style)
{
	const struct json *row = json_at(r->rows, 0);

	*style = STYLE_NORMAL;
	if (strcmp(r->op->id, "grant.introspect") == 0) {
		bool active = json_get_bool(row, "active");

		*style = active ? STYLE_GOOD : STYLE_WARNING;
		return active ? "active: the provider takes the token"
			      : "not active: the provider takes the token no more";
	}
	if (json_type_of(json_get(row, "matches_id_token")) != JSON_BOOL_TYPE)
		return NULL;
	if (json_get_bool(row, "matches_id_token"))
		return "the subject is the ID token's";
	*style = STYLE_DANGER;
	return "the subject is NOT the ID token's: do not use this answer";
}

struct look {
	struct view *view;
	const char *title;
};

static void look_done(void *arg, const struct work_result *r)
{
	struct look *l = arg;
	enum style style;
	const char *answer;

	if (r->code && r->code != ERR_NO) {
		console_error(l->view->console, &r->err);
	} else {
		answer = look_answer(r, &style);
		result_open(l->view->console, l->title, style, answer, r);
	}
	free(l);
}

static void look(struct view *v, const char *id, const char *title, const char *grant)
{
	const struct op *op = op_find(id);
	struct op_args *args = op_args_new(op);
	struct look *l = x_calloc(1, sizeof(*l));
	struct err e = ERR_INIT;

	*l = (struct look){ v, title };
	op_args_add(args, "grant", grant, &e);
	console_say(v->console, STYLE_PROGRESS, "asking the provider…");
	console_work(v->console, &(struct work_order){
					 .op = op,
					 .args = args,
					 .lane = LANE_OWN,
					 .arg = l,
					 .done = look_done,
				 });
}

void grant_userinfo_of(struct view *v, const char *grant)
{
	look(v, "grant.userinfo", "Userinfo", grant);
}

/* --- actions ------------------------------------------------------------------------------- */
static const char *row_id(struct view *v)
{
	return record_text(list_row(v->list), "id", "");
}

static const char *row_name(struct view *v)
{
	return record_text(list_row(v->list), "provider", "?");
}

static const char *why_altered(struct view *v)
{
	return strcmp(record_text(list_row(v->list), "status", "ok"), "altered") == 0
		       ? "it was altered outside authrack: it can only be removed"
		       : NULL;
}

static const char *why_no_refresh(struct view *v)
{
	if (why_altered(v))
		return why_altered(v);
	return json_get_bool(list_row(v->list), "refreshable") ? NULL : "it has no refresh token";
}

static void grants_inspect(struct view *v)
{
	grant_inspect(v->console, row_id(v), row_name(v));
}

static void grants_userinfo(struct view *v)
{
	grant_userinfo_of(v, row_id(v));
}

static void grants_introspect(struct view *v)
{
	look(v, "grant.introspect", "Introspection", row_id(v));
}

static void changed_done(struct view *v, const struct work_result *r)
{
	const char *note = json_as_text(json_at(r->notes, 0));

	console_say(v->console, note ? STYLE_WARNING : STYLE_GOOD, "%s: %s",
		    record_text(json_at(r->rows, 0), "provider", "grant"),
		    note				      ? note
		    : strcmp(r->op->id, "grant.refresh") == 0 ? "refreshed"
		    : strcmp(r->op->id, "grant.revoke") == 0  ? "revoked at the provider"
							      : "removed");
	list_reload(v->list);
}

static const struct op_form refresh_form = {
	.op = "grant.refresh",
	.title = "Refresh",
	.submit = "Refresh",
	.about = "grant",
	.places = op_form_no_places,
	.text = "Asks the provider for a new access token. Many providers give a new refresh token "
		"with "
		"it, and the old one stops: whoever else has a copy of it is locked out, or found "
		"out.",
	.done = changed_done,
};

static const struct op_form revoke_form = {
	.op = "grant.revoke",
	.title = "Revoke",
	.submit = "Revoke",
	.about = "grant",
	.places = op_form_no_places,
	.text = "Tells the provider that these tokens are void. Whatever uses them is locked out; "
		"a new "
		"grant takes a new device login. Less harsh: D removes them here and leaves them "
		"be there.",
	.danger = true,
	.done = changed_done,
};

static const struct op_form remove_form = {
	.op = "grant.remove",
	.title = "Remove",
	.submit = "Remove",
	.about = "grant",
	.places = op_form_no_places,
	.text = "Deletes the tokens here, for good. At the provider they stay good until they "
		"expire: X "
		"revokes them there first.",
	.danger = true,
	.done = changed_done,
};

/* Names the object: provider, and whose grant it is. */
static void form_open(struct view *v, const struct op_form *form)
{
	const char *subject = json_get_text(list_row(v->list), "subject");
	char name[120];

	snprintf(name, sizeof(name), "%.50s%s%.50s", row_name(v), subject ? ", " : "",
		 subject ? subject : "");
	op_form_open_named(v, form, row_id(v), name);
}

static void grants_refresh(struct view *v)
{
	form_open(v, &refresh_form);
}

static void grants_revoke(struct view *v)
{
	form_open(v, &revoke_form);
}

static void grants_remove(struct view *v)
{
	form_open(v, &remove_form);
}

static void grants_empty(struct view *v, const struct area *a)
{
	area_text(a, 3, 2, -1, STYLE_TITLE, "No grants yet.");
	area_wrap(a, 3, 4, a->width - 6, STYLE_NORMAL,
		  "A grant is what a device login brought: access token, mostly a refresh token "
		  "and an "
		  "ID token. They are kept encrypted, and shown only when you ask, which the audit "
		  "tells.");
	if (console_read_only(v->console))
		return;
	area_text(a, 8, 8, 1, STYLE_TITLE, "4");
	area_text(a, 13, 8, -1, STYLE_NORMAL, "start a device login: what it brings is saved here");
}

static const struct action grants_actions[] = {
	{ 'i', "inspect", "look at tokens (audited)", "Inspect the tokens of the grant",
	  "grant.show", GROUP_OTHER, ACTION_FOOTER | ACTION_NEEDS_ROW | ACTION_WRITES,
	  .disabled = why_altered, .run = grants_inspect },
	{ 'R', "refresh", "refresh: new tokens…", "Refresh grant…", "grant.refresh", GROUP_CHANGE,
	  ACTION_FOOTER | ACTION_NEEDS_ROW, .disabled = why_no_refresh, .run = grants_refresh },
	{ 'o', "userinfo", "ask who it is", "Userinfo of the grant", "grant.userinfo", GROUP_OTHER,
	  ACTION_FOOTER | ACTION_NEEDS_ROW, .disabled = why_altered, .run = grants_userinfo },
	{ 't', "introspect", "ask if it is active", "Introspect the grant", "grant.introspect",
	  GROUP_OTHER, ACTION_FOOTER | ACTION_NEEDS_ROW, .disabled = why_altered,
	  .run = grants_introspect },
	{ 'X', "revoke", "revoke at the provider…", "Revoke grant…", "grant.revoke", GROUP_CHANGE,
	  ACTION_FOOTER | ACTION_NEEDS_ROW | ACTION_DANGER, .disabled = why_altered,
	  .run = grants_revoke },
	{ 'D', "remove", "remove here only…", "Remove grant…", "grant.remove", GROUP_CHANGE,
	  ACTION_FOOTER | ACTION_NEEDS_ROW | ACTION_DANGER, .run = grants_remove },
	{ .label = NULL },
};

static const struct list_type grants_list = {
	.columns = grants_columns,
	.sorts = grants_sorts,
	.noun = "grant",
	.plural = "grants",
	.op = "grant.list",
	.whole = true,
	.name = grants_name,
	.empty = grants_empty,
};

const struct screen screen_grants = {
	.id = "grants",
	.title = "Grants",
	.digit = '5',
	.help = "tokens that device logins brought: refresh, userinfo, revoke",
	.legend = "Grant  ● active  ▲ expires soon  ◌ expired  ! uncertain  ✗ revoked",
	.actions = grants_actions,
	.list = &grants_list,
	.context = list_context,
	.detail = grants_pane,
};
