/* The Providers screen: who issues tokens, which client we are there and how it proves itself, and what the
 * doctor said last. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clock.h"
#include "ui/logins.h"
#include "ui/op_form.h"
#include "ui/providers.h"
#include "ui/record.h"
#include "ui/result.h"

enum { LABEL_X = 12, SUMMARY_GAP = 1 };

struct providers_state {
	struct work *work; /* discovery, or a look at one */
};

static struct providers_state *providers_state(struct view *v)
{
	return v->state;
}

/* --- columns ------------------------------------------------------------------------------- */
static void summary_draw(const struct area *a, int x, int y, const struct json *summary)
{
	static const struct {
		const char *member;
		enum glyph glyph;
		enum style style;
	} parts[] = {
		{ "fail", GLYPH_FAIL, STYLE_DANGER },
		{ "warn", GLYPH_WARN, STYLE_WARNING },
		{ "pass", GLYPH_PASS, STYLE_GOOD },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int64_t n = json_get_int(summary, parts[i].member, 0);

		if (n > 0)
			x += area_textf(a, x, y, -1, parts[i].style, "%s%lld",
					glyph(a->frame, parts[i].glyph), (long long)n) +
			     SUMMARY_GAP;
	}
}

static void name_cell(struct view *v, const struct json *row, const struct area *cell)
{
	bool altered = strcmp(record_text(row, "status", "ok"), "altered") == 0;
	int x = 0;

	(void)v;
	if (altered)
		x = area_textf(cell, 0, 0, -1, STYLE_DANGER, "%s ",
			       glyph(cell->frame, GLYPH_CRITICAL));
	area_text(cell, x, 0, -1, altered ? STYLE_DANGER : STYLE_NORMAL,
		  record_text(row, "name", "?"));
}

static void issuer_cell(struct view *v, const struct json *row, const struct area *cell)
{
	(void)v;
	area_text_middle(
		cell, 0, 0, -1, STYLE_NORMAL,
		record_text(row, "issuer", record_text(row, "device_authorization_endpoint", "-")));
}

static const char *method_word(const struct json *row)
{
	static const struct {
		const char *method, *word;
	} words[] = {
		{ "none", "public" },
		{ "client_secret_basic", "basic" },
		{ "client_secret_post", "post" },
		{ "client_secret_jwt", "secret jwt" },
		{ "private_key_jwt", "key jwt" },
		{ "tls_client_auth", "tls" },
	};
	const char *method = record_text(row, "auth_method", "");

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].method, method) == 0)
			return words[i].word;
	return method;
}

static void method_cell(struct view *v, const struct json *row, const struct area *cell)
{
	(void)v;
	area_text(cell, 0, 0, -1, STYLE_NORMAL, method_word(row));
}

static void doctor_cell(struct view *v, const struct json *row, const struct area *cell)
{
	const struct json *summary = json_get(row, "doctor");

	(void)v;
	if (json_type_of(summary) == JSON_OBJECT_TYPE)
		summary_draw(cell, 0, 0, summary);
	else
		area_text(cell, 0, 0, -1, STYLE_SECONDARY, "never run");
}

static void doctor_at_cell(struct view *v, const struct json *row, const struct area *cell)
{
	int64_t at = record_time(row, "doctor_at");
	char when[48];

	if (at == TIME_NONE)
		return;
	console_when_fit(v->console, when, sizeof(when), at, cell->width);
	area_text_right(cell, 0, 0, -1, STYLE_NORMAL, when);
}

static const struct list_column providers_columns[] = {
	{ .title = "NAME", .width = 14, .max_width = 18, .flags = LIST_FLEX, .draw = name_cell },
	{ .title = "ISSUER",
	  .width = 20,
	  .max_width = 60,
	  .flags = LIST_FLEX,
	  .draw = issuer_cell },
	{ .title = "CLIENT", .width = 12, .drop = 2, .flags = LIST_FLEX, .member = "client_id" },
	{ .title = "METHOD", .width = 10, .drop = 1, .draw = method_cell },
	{ .title = "DOCTOR", .width = 12, .draw = doctor_cell },
	{ .title = "WHEN", .width = 5, .drop = 3, .flags = LIST_RIGHT, .draw = doctor_at_cell },
	{ .title = NULL },
};

static const struct list_sort providers_sorts[] = {
	{ "name", "name", false },
	{ .label = NULL },
};

/* --- the pane ------------------------------------------------------------------------------ */
static int line_draw(const struct area *a, int y, enum style style, const char *label,
		     const char *text)
{
	if (!text || !*text)
		return y;
	area_text(a, 1, y, LABEL_X - 2, STYLE_SECONDARY, label);
	return y + area_wrap(a, LABEL_X, y, a->width - LABEL_X - 1, style, text);
}

static int client_draw(const struct area *a, int y, const struct json *row)
{
	char text[400];

	snprintf(text, sizeof(text), "%.200s   %s%s%s%s", record_text(row, "client_id", "?"),
		 record_text(row, "auth_method", "?"),
		 json_get_bool(row, "has_secret") ? "   a secret is kept" : "",
		 json_get_bool(row, "has_key") ? "   a key is kept" : "",
		 json_get_bool(row, "certificate") ? "   a certificate is kept" : "");
	return line_draw(a, y, STYLE_NORMAL, "client", text);
}

static int endpoints_draw(const struct area *a, int y, const struct json *row)
{
	static const struct {
		const char *member, *label;
	} endpoints[] = {
		{ "device_authorization_endpoint", "device" },
		{ "token_endpoint", "token" },
		{ "jwks_uri", "keys" },
		{ "userinfo_endpoint", "userinfo" },
		{ "introspection_endpoint", "introspect" },
		{ "revocation_endpoint", "revoke" },
	};

	for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++)
		y = line_draw(a, y, STYLE_NORMAL, endpoints[i].label,
			      json_get_text(row, endpoints[i].member));
	return y;
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

static int providers_pane(struct view *v, const struct json *row, const struct area *a)
{
	const char *preset = json_get_text(row, "preset");
	int y = 1;

	area_rule(a, 0, record_text(row, "name", "?"), preset);
	if (strcmp(record_text(row, "status", "ok"), "altered") == 0)
		y += area_wrap(a, 1, y, a->width - 2, STYLE_DANGER,
			       "altered outside authrack: it is used for nothing; remove it and "
			       "add it anew");
	y = line_draw(a, y, STYLE_NORMAL, "issuer",
		      record_text(row, "issuer", "none: endpoints by hand"));
	y = client_draw(a, y, row);
	y = line_draw(a, y, STYLE_NORMAL, "scope", json_get_text(row, "scope"));
	y = line_draw(a, y, STYLE_NORMAL, "audience", json_get_text(row, "audience"));
	if (!json_get_text(row, "device_authorization_endpoint"))
		y = line_draw(a, y, STYLE_SECONDARY, "endpoints",
			      "not discovered yet: f fetches the metadata");
	y = endpoints_draw(a, y, row);
	y = line_draw(a, y, STYLE_NORMAL, "CA file", json_get_text(row, "ca_file"));
	y = when_draw(v, a, y, "discovered", row, "discovered_at");
	y = when_draw(v, a, y, "examined", row, "doctor_at");
	return when_draw(v, a, y, "added", row, "created_at");
}

/* --- actions ------------------------------------------------------------------------------- */
static const char *row_id(struct view *v)
{
	return record_text(list_row(v->list), "id", "");
}

static const char *why_altered(struct view *v)
{
	return strcmp(record_text(list_row(v->list), "status", "ok"), "altered") == 0
		       ? "it was altered outside authrack"
		       : NULL;
}

static void look_done(void *arg, const struct work_result *r)
{
	struct view *v = arg;

	providers_state(v)->work = NULL;
	if (r->code) {
		console_error(v->console, &r->err);
		return;
	}
	if (strcmp(r->op->id, "provider.discover") == 0)
		list_reload(v->list);
	result_open(v->console, record_text(json_at(r->rows, 0), "name", "Provider"), STYLE_NORMAL,
		    NULL, r);
}

static void look(struct view *v, const char *id, enum work_lane lane)
{
	const struct op *op = op_find(id);
	struct op_args *args = op_args_new(op);
	struct err e = ERR_INIT;

	op_args_add(args, "provider", row_id(v), &e);
	work_drop(providers_state(v)->work);
	providers_state(v)->work = console_work(v->console, &(struct work_order){
								    .op = op,
								    .args = args,
								    .lane = lane,
								    .arg = v,
								    .done = look_done,
							    });
}

static void providers_open(struct view *v)
{
	look(v, "provider.show", LANE_READ);
}

static void providers_discover(struct view *v)
{
	console_say(v->console, STYLE_PROGRESS, "fetching the metadata of %s…",
		    record_text(list_row(v->list), "name", "?"));
	look(v, "provider.discover", LANE_OWN);
}

static void providers_doctor(struct view *v)
{
	char name[256];

	snprintf(name, sizeof(name), "%s", record_text(list_row(v->list), "name", ""));
	doctor_open(v->console, name);
}

static void providers_login(struct view *v)
{
	char name[256], scope[1200];
	struct console *c = v->console;

	snprintf(name, sizeof(name), "%s", record_text(list_row(v->list), "name", ""));
	snprintf(scope, sizeof(scope), "%s", record_text(list_row(v->list), "scope", ""));
	if (console_go(c, "device"))
		logins_new_for(console_view(c, "device"), name, scope);
}

static void remove_done(struct view *v, const struct work_result *r)
{
	const struct json *row = json_at(r->rows, 0);

	console_say(v->console, STYLE_GOOD, "removed %s, with %lld grants and %lld device logins",
		    record_text(row, "name", "it"), (long long)json_get_int(row, "grants", 0),
		    (long long)json_get_int(row, "flows", 0));
	list_reload(v->list);
}

static const struct op_form remove_form = {
	.op = "provider.remove",
	.title = "Remove a provider",
	.submit = "Remove",
	.about = "provider",
	.places = op_form_no_places,
	.text = "What is stored of it goes, its grants and its device logins included. At the "
		"provider "
		"nothing changes: revoke its grants first (screen 5, X) where they shall end "
		"there, too.",
	.type_name = true,
	.danger = true,
	.done = remove_done,
};

static void providers_remove(struct view *v)
{
	op_form_open_named(v, &remove_form, row_id(v), record_text(list_row(v->list), "name", "?"));
}

static void providers_close(struct view *v)
{
	work_drop(providers_state(v)->work);
}

static void providers_empty(struct view *v, const struct area *a)
{
	area_text(a, 3, 2, -1, STYLE_TITLE, "No providers yet.");
	area_wrap(
		a, 3, 4, a->width - 6, STYLE_NORMAL,
		"A provider is an OAuth2 or OpenID Connect server (an issuer), and the client you "
		"have registered there. With one you can run a device login, look after the tokens "
		"that come, and have the doctor say what is wrong with its set-up. Secrets are "
		"kept "
		"encrypted.");
	if (console_read_only(v->console))
		return;
	area_text(a, 8, 9, 1, STYLE_TITLE, "c");
	area_text(a, 13, 9, -1, STYLE_NORMAL,
		  "add one: from a preset (GitHub, Entra, Keycloak …) or an issuer");
}

static const struct action providers_actions[] = {
	{ PRESS_ENTER, "open", "all that is known of it", "Open provider", "provider.show",
	  GROUP_MOVE, ACTION_FOOTER | ACTION_NEEDS_ROW, .run = providers_open },
	{ 'c', "add", "add a provider…", "Add provider…", "provider.add", GROUP_CHANGE,
	  ACTION_FOOTER, .run = providers_add },
	{ 'm', "modify", "modify (edit)…", "Modify provider…", "provider.edit", GROUP_CHANGE,
	  ACTION_FOOTER | ACTION_NEEDS_ROW, .disabled = why_altered, .run = providers_modify },
	{ 'l', "login", "start a device login…", "Device login with the provider…", "device.run",
	  GROUP_CHANGE, ACTION_FOOTER | ACTION_NEEDS_ROW | ACTION_WRITES, .disabled = why_altered,
	  .run = providers_login },
	{ 't', "doctor", "examine its set-up", "Examine the provider (doctor)", "provider.doctor",
	  GROUP_OTHER, ACTION_FOOTER | ACTION_NEEDS_ROW, .disabled = why_altered,
	  .run = providers_doctor },
	{ 'f', "discover", "fetch its metadata anew", "Discover: fetch the metadata anew",
	  "provider.discover", GROUP_OTHER, ACTION_FOOTER | ACTION_NEEDS_ROW,
	  .disabled = why_altered, .run = providers_discover },
	{ 'D', "remove", "remove it and its grants…", "Remove provider…", "provider.remove",
	  GROUP_CHANGE, ACTION_FOOTER | ACTION_NEEDS_ROW | ACTION_DANGER, .run = providers_remove },
	{ .label = NULL },
};

static const struct list_type providers_list = {
	.columns = providers_columns,
	.sorts = providers_sorts,
	.noun = "provider",
	.plural = "providers",
	.op = "provider.list",
	.whole = true,
	.empty = providers_empty,
};

const struct screen screen_providers = {
	.id = "providers",
	.title = "Providers",
	.digit = '3',
	.help = "who issues tokens: issuer, client, and what the doctor said",
	.legend = "Doctor  ✗ failed  ! warning  ✓ passed",
	.state_size = sizeof(struct providers_state),
	.actions = providers_actions,
	.list = &providers_list,
	.close = providers_close,
	.context = list_context,
	.detail = providers_pane,
};
