/* Adding and modifying providers: one form each, from a preset or by hand. */
#include <stdio.h>
#include <string.h>

#include "ui/form_dialog.h"
#include "ui/providers.h"
#include "ui/record.h"

static const struct form_place add_places[] = {
	{ "name", .width = 30 },
	{ "preset", .width = 20, .empty = "the issuer tells" },
	{ "issuer", .width = 46, .empty = "the preset's" },
	{ "client-id", .width = 46 },
	{ "client-secret", .width = 46, .empty = "a public client" },
	{ "client-key-file", .width = 46, .empty = "none" },
	{ "client-certificate-file", .width = 46, .empty = "none" },
	{ "auth-method", .width = 22, .empty = "as given" },
	{ "scope", .width = 46, .empty = "the preset's", .hint = "e.g. openid offline_access" },
	{ "audience", .width = 46, .empty = "not told" },
	{ "ca-file", .width = 46, .empty = "the system's" },
	{ "device-authorization-endpoint", .width = 46, .empty = "discovered" },
	{ "token-endpoint", .width = 46, .empty = "discovered" },
	{ "jwks-uri", .width = 46, .empty = "discovered" },
	{ "userinfo-endpoint", .width = 46, .empty = "discovered" },
	{ "introspection-endpoint", .width = 46, .empty = "discovered" },
	{ "revocation-endpoint", .width = 46, .empty = "discovered" },
	{ .arg = NULL },
};

static const struct form_place modify_places[] = {
	{ "name", .width = 30 },
	{ "preset", .width = 20, .empty = "generic" },
	{ "issuer", .width = 46, .empty = "none" },
	{ "client-id", .width = 46 },
	{ "client-secret", .width = 46, .empty = "unchanged" },
	{ "clear-secret", .width = 6 },
	{ "client-key-file", .width = 46, .empty = "unchanged" },
	{ "client-certificate-file", .width = 46, .empty = "unchanged" },
	{ "clear-key", .width = 6 },
	{ "auth-method", .width = 22 },
	{ "scope", .width = 46, .empty = "none" },
	{ "audience", .width = 46, .empty = "not told" },
	{ "ca-file", .width = 46, .empty = "the system's" },
	{ "device-authorization-endpoint", .width = 46, .empty = "discovered" },
	{ "token-endpoint", .width = 46, .empty = "discovered" },
	{ "jwks-uri", .width = 46, .empty = "discovered" },
	{ "userinfo-endpoint", .width = 46, .empty = "discovered" },
	{ "introspection-endpoint", .width = 46, .empty = "discovered" },
	{ "revocation-endpoint", .width = 46, .empty = "discovered" },
	{ .arg = NULL },
};

/* What was remarked on the way is as good to know as that it was done. */
static void say_done(struct form_dialog *d, const struct work_result *r, const char *done)
{
	const char *note = json_as_text(json_at(r->notes, 0));
	const struct json *row = json_at(r->rows, 0);

	console_say(d->base.console, note ? STYLE_WARNING : STYLE_GOOD, "%s %s%s%s", done,
		    record_text(row, "name", "it"), note ? ": " : "", note ? note : "");
	list_select(d->view->list, record_text(row, "id", ""));
}

static void add_done(struct form_dialog *d, const struct work_result *r)
{
	say_done(d, r, "added");
}

static const struct form_kind add_kind = {
	.name = "Add a provider",
	.page = true,
	.done = add_done,
};

void providers_add(struct view *v)
{
	struct form *f = form_new(op_find("provider.add"), add_places, console_now(v->console));
	struct form_dialog *d = form_dialog_new(&add_kind, f);

	d->view = v;
	f->submit = "Add";
	snprintf(d->title, sizeof(d->title), "Providers › add");
	snprintf(d->context, sizeof(d->context), "nothing is stored before you press Add");
	snprintf(d->tail, sizeof(d->tail),
		 "a secret is kept encrypted, and never shown again; t examines the provider then");
	form_dialog_open(v->console, d);
}

/* --- modify -------------------------------------------------------------------------------- */
static void modify_done(struct form_dialog *d, const struct work_result *r)
{
	say_done(d, r, "modified");
}

static bool modify_submit(struct form_dialog *d)
{
	if (form_dirty(d->form))
		return true;
	err_set(&d->error, ERR_USAGE, "nothing was changed");
	return false;
}

static const struct form_kind modify_kind = {
	.name = "Modify a provider",
	.page = true,
	.submit = modify_submit,
	.done = modify_done,
};

static bool is_explicit(const struct json *row, const char *member)
{
	const struct json *names = json_get(row, "explicit");

	for (size_t i = 0; i < json_count(names); i++)
		if (strcmp(json_as_text(json_at(names, i)), member) == 0)
			return true;
	return false;
}

/* Endpoints stand in the form only as far as they were given by hand: the others may change by themselves. */
static void modify_fill(struct form *f, const struct json *row)
{
	static const char *const texts[][2] = {
		{ "name", "name" },	    { "preset", "preset" },
		{ "issuer", "issuer" },	    { "client-id", "client_id" },
		{ "scope", "scope" },	    { "auth-method", "auth_method" },
		{ "audience", "audience" }, { "ca-file", "ca_file" },
	};
	static const char *const endpoints[][2] = {
		{ "device-authorization-endpoint", "device_authorization_endpoint" },
		{ "token-endpoint", "token_endpoint" },
		{ "jwks-uri", "jwks_uri" },
		{ "userinfo-endpoint", "userinfo_endpoint" },
		{ "introspection-endpoint", "introspection_endpoint" },
		{ "revocation-endpoint", "revocation_endpoint" },
	};
	char revision[24];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		form_start(f, texts[i][0], json_get_text(row, texts[i][1]));
	for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++)
		if (is_explicit(row, endpoints[i][1]))
			form_start(f, endpoints[i][0], json_get_text(row, endpoints[i][1]));
	form_fix(f, "provider", record_text(row, "id", ""));
	snprintf(revision, sizeof(revision), "%lld", (long long)json_get_int(row, "revision", 0));
	form_fix(f, "expect-revision", revision);
}

void providers_modify(struct view *v)
{
	const struct json *row = list_row(v->list);
	struct form *f = form_new(op_find("provider.edit"), modify_places, console_now(v->console));
	struct form_dialog *d = form_dialog_new(&modify_kind, f);

	d->view = v;
	f->submit = "Modify";
	f->changes_only = true;
	modify_fill(f, row);
	snprintf(d->title, sizeof(d->title), "Providers › modify");
	snprintf(d->context, sizeof(d->context), "%s   only what you change is sent",
		 record_text(row, "name", "?"));
	snprintf(d->tail, sizeof(d->tail),
		 "an edit somebody else was faster with is refused, and keeps what you typed");
	form_dialog_open(v->console, d);
}
