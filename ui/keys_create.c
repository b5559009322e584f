/* Creating and modifying keys: the two forms with every field. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/datetime.h"
#include "ui/key_view.h"
#include "ui/keys.h"

#define SEEN_KEYS "200" /* how many of the newest keys are looked at for completion */

static const struct form_place create_places[] = {
	{ "name", .width = 46 },
	{ .arg = "owner" },
	{ "tier", .beside = true, .hint = "(seen, or type)" },
	{ "prefix", .hint = "lower case letters, digits, _" },
	{ "scope", .width = 46, .hint = "e.g. orders:read" },
	{ "limit", .width = 20, .empty = "none", .hint = "e.g. 100/min  5000/day" },
	{ "allow-from", .empty = "any address", .hint = "e.g. 10.20.0.0/16, 2001:db8::/32" },
	{ "not-before", .empty = "now" },
	{ "expires", .empty = "never", .hint = "90d, 2027-01-31T00:00:00Z or never" },
	{ "meta", .width = 46, .hint = "e.g. env=prod" },
	{ "note", .width = 46 },
	{ .arg = NULL },
};

struct create_state {
	struct work *look; /* is the name taken? */
	struct work *seen; /* values in use, for completion */
};

static struct create_state *create_state(struct form_dialog *d)
{
	return d->state;
}

/* --- completion ---------------------------------------------------------------------------- */
static void suggest_list(struct form *f, const char *name, const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++)
		form_suggest(f, name, json_as_text(json_at(list, i)));
}

static void seen_done(void *arg, const struct work_result *r)
{
	struct form_dialog *d = arg;

	create_state(d)->seen = NULL;
	for (size_t i = 0; i < json_count(r->rows); i++) {
		const struct json *row = json_at(r->rows, i);

		form_suggest(d->form, "owner", json_get_text(row, "owner"));
		form_suggest(d->form, "tier", json_get_text(row, "tier"));
		suggest_list(d->form, "scope", json_get(row, "scopes"));
		suggest_list(d->form, "limit", json_get(row, "limits"));
		suggest_list(d->form, "allow-from", json_get(row, "allow_from"));
	}
	console_redraw(d->base.console);
}

/* Opens the form and looks for the values that other keys have. */
static void create_open(struct view *v, struct form_dialog *d)
{
	const struct op *op = op_find("key.list");
	struct op_args *args = op_args_new(op);
	struct err e = ERR_INIT;

	op_args_add(args, "limit", SEEN_KEYS, &e);
	op_args_add(args, "sort", "created:desc", &e);
	d->view = v;
	form_dialog_open(v->console, d);
	create_state(d)->seen = console_work(v->console, &(struct work_order){
								 .op = op,
								 .args = args,
								 .lane = LANE_READ,
								 .arg = d,
								 .done = seen_done,
							 });
}

/* --- the name's remark --------------------------------------------------------------------- */
static void look_done(void *arg, const struct work_result *r)
{
	struct form_dialog *d = arg;
	const char *name = form_value(d->form, "name");

	create_state(d)->look = NULL;
	for (size_t i = 0; i < json_count(r->rows); i++) {
		const struct json *row = json_at(r->rows, i);
		const char *id = record_text(row, "id", "");
		char text[200];

		if (key_is(row, "revoked") || strcmp(record_text(row, "name", ""), name) != 0)
			continue;
		snprintf(text, sizeof(text), "taken by %.10s…%s (%s): names may repeat; rotate it?",
			 id, strlen(id) > 4 ? id + strlen(id) - 4 : "",
			 key_badge(row, console_now(d->base.console)).word);
		form_warn(d->form, "name", text);
		console_redraw(d->base.console);
		return;
	}
}

static void create_left(struct form_dialog *d, struct form_item *item)
{
	const struct op *op = op_find("key.list");
	struct err e = ERR_INIT;
	struct op_args *args;

	if (strcmp(item->arg->name, "name") != 0 || !item->field.len || item->warning[0])
		return;
	args = op_args_new(op);
	op_args_add(args, "search", item->field.text, &e);
	op_args_add(args, "limit", "20", &e);
	work_drop(create_state(d)->look);
	create_state(d)->look = console_work(d->base.console, &(struct work_order){
								      .op = op,
								      .args = args,
								      .lane = LANE_READ,
								      .arg = d,
								      .done = look_done,
							      });
}

static void create_done(struct form_dialog *d, const struct work_result *r)
{
	struct view *v = d->view;
	const struct json *row = d->secret_row ? d->secret_row : json_at(r->rows, 0);

	console_say(d->base.console, STYLE_GOOD, "created %s",
		    record_text(row, "name", form_value(d->form, "name")));
	keys_changed(v, json_get_text(row, "id"));
}

static void create_release(struct form_dialog *d)
{
	work_drop(create_state(d)->look);
	work_drop(create_state(d)->seen);
	free(d->state);
}

static const struct form_kind create_kind = {
	.name = "Create a key",
	.page = true,
	.left = create_left,
	.done = create_done,
	.release = create_release,
};

void keys_create_with(struct view *v, const char *const *preset)
{
	struct form *f = form_new(op_find("key.create"), create_places, console_now(v->console));
	struct form_dialog *d = form_dialog_new(&create_kind, f);
	struct create_state *s = x_calloc(1, sizeof(*s));

	d->state = s;
	f->submit = "Create";
	form_start(f, "prefix", "ak");
	form_start(f, "expires", "90d");
	for (; preset && preset[0] && preset[1]; preset += 2)
		form_start(f, preset[0], preset[1]);
	snprintf(d->title, sizeof(d->title), "Keys › create");
	snprintf(d->context, sizeof(d->context), "nothing is stored before you press Create");
	snprintf(d->tail, sizeof(d->tail),
		 "the secret is shown once, after Create: have the place to put it ready");
	create_open(v, d);
}

void keys_create(struct view *v)
{
	keys_create_with(v, NULL);
}

/* --- modify -------------------------------------------------------------------------------- */
static const struct form_place modify_places[] = {
	{ "name", .width = 46 },
	{ .arg = "owner" },
	{ "tier", .beside = true },
	{ "scope", .width = 46 },
	{ "limit", .width = 20, .empty = "none", .hint = "e.g. 100/min  5000/day" },
	{ "allow-from", .empty = "any address", .hint = "e.g. 10.20.0.0/16, 2001:db8::/32" },
	{ "not-before", .empty = "at once" },
	{ "expires", .empty = "never", .hint = "90d from now, a date, or never" },
	{ "meta", .width = 46 },
	{ "note", .width = 46 },
	{ .arg = NULL },
};

/* Several keys have no name in common; what is left empty stays as it is. */
static const struct form_place modify_many_places[] = {
	{ "owner", .empty = "unchanged" },
	{ "tier", .empty = "unchanged" },
	{ "scope", .width = 46, .empty = "unchanged", .hint = "replaces the whole set" },
	{ "limit", .empty = "unchanged", .hint = "replaces the whole set" },
	{ "allow-from", .empty = "unchanged", .hint = "replaces the whole set" },
	{ "expires", .empty = "unchanged" },
	{ "note", .width = 46, .empty = "unchanged" },
	{ .arg = NULL },
};

static void modify_done(struct form_dialog *d, const struct work_result *r)
{
	struct view *v = d->view;
	const struct json *row = json_at(r->rows, 0);

	if (json_count(r->rows) > 1)
		console_say(d->base.console, STYLE_GOOD, "modified %zu keys", json_count(r->rows));
	else
		console_say(d->base.console, STYLE_GOOD, "modified %s",
			    record_text(row, "name", "it"));
	keys_changed(v, json_count(r->rows) == 1 ? json_get_text(row, "id") : NULL);
}

static bool modify_submit(struct form_dialog *d)
{
	if (form_dirty(d->form))
		return true;
	err_set(&d->error, ERR_USAGE, "nothing was changed");
	return false;
}

static void modify_facts(struct form_dialog *d)
{
	char revision[24];

	if (keys_targets(d->view) > 1)
		keys_head_list(d);
	if (!d->row)
		return;
	snprintf(revision, sizeof(revision), "%lld",
		 (long long)json_get_int(d->row, "revision", 0));
	form_refix(d->form, "expect-revision", revision);
}

/* Somebody else was faster: what they changed is told, and what was typed goes in when it is sent
 * again, on top of theirs. */
static bool modify_failed(struct form_dialog *d, const struct work_result *r)
{
	if (r->code != ERR_CONFLICT || keys_targets(d->view) != 1)
		return false;
	d->error = r->err;
	err_hint(&d->error, "look, or ^S again changes it all the same");
	keys_dialog_load(d, keys_target(d->view, 0));
	return true;
}

static const struct form_kind modify_kind = {
	.name = "Modify a key",
	.page = true,
	.facts = modify_facts,
	.submit = modify_submit,
	.done = modify_done,
	.failed = modify_failed,
	.release = create_release,
};

static void modify_fill(struct form *f, const struct json *row)
{
	static const char *const lists[][2] = {
		{ "scope", "scopes" },
		{ "limit", "limits" },
		{ "allow-from", "allow_from" },
	};
	static const char *const texts[][2] = {
		{ "name", "name" }, { "owner", "owner" },	    { "tier", "tier" },
		{ "note", "note" }, { "not-before", "not_before" }, { "expires", "expires_at" },
	};
	char text[2048];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		form_start(f, texts[i][0], json_get_text(row, texts[i][1]));
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		record_join(json_get(row, lists[i][1]), "  ", text, sizeof(text));
		form_start(f, lists[i][0], text);
	}
	key_meta_text(json_get(row, "meta"), text, sizeof(text));
	form_start(f, "meta", text);
	snprintf(text, sizeof(text), "%lld", (long long)json_get_int(row, "revision", 0));
	form_fix(f, "expect-revision", text);
}

void keys_modify(struct view *v)
{
	bool many = keys_targets(v) > 1;
	struct form *f = keys_form(v, "key.edit", many ? modify_many_places : modify_places);
	struct form_dialog *d = form_dialog_new(&modify_kind, f);
	struct create_state *s = x_calloc(1, sizeof(*s));
	char subject[120];

	d->state = s;
	f->submit = "Modify";
	f->changes_only = true;
	if (!many)
		modify_fill(f, keys_record(v));
	keys_subject(v, subject, sizeof(subject));
	snprintf(d->title, sizeof(d->title), "Keys › modify");
	snprintf(d->context, sizeof(d->context), "%s   only what you change is sent", subject);
	snprintf(d->tail, sizeof(d->tail), "%s",
		 "an edit somebody else was faster with is refused, and keeps what you typed");
	create_open(v, d);
}

const char *keys_why_no_modify(struct view *v)
{
	const struct json *row = keys_target_row(v, 0);

	if (keys_altered(v))
		return keys_altered(v);
	return keys_targets(v) == 1 && key_is(row, "revoked") ? "it is revoked, that is final"
							      : NULL;
}
