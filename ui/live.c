/* Live reload: the store is asked every second whether it changed; then what is on the screen is loaded
 * anew and the message line names who did what, unless it was us. */
#include "src/base/datetime.h"
#include "ui/shell.h"

enum { WATCH_MS = 900, NEWS_MAX = 50, NEWS_STAY_MS = 4000 };

struct deed {
	const char *operation, *said;
};

static const struct deed deeds[] = {
	{ "key.create", "created" },
	{ "key.edit", "modified" },
	{ "key.rotate", "rotated" },
	{ "key.revoke", "revoked" },
	{ "key.disable", "disabled" },
	{ "key.enable", "enabled" },
	{ "key.import", "imported" },
	{ "key.purge", "purged" },
	{ "provider.add", "added" },
	{ "provider.edit", "modified" },
	{ "provider.discover", "discovered" },
	{ "provider.remove", "removed" },
	{ "grant.save", "saved a grant of" },
	{ "grant.refresh", "refreshed" },
	{ "grant.revoke", "revoked" },
	{ "grant.remove", "removed" },
	{ "grant.show", "looked at the tokens of" },
	{ "provider.doctor", "examined" },
	{ "store.rekey", "rekeyed" },
	{ "store.restore", "restored" },
	{ "audit.checkpoint", "made a checkpoint of" },
};

static const char *deed_said(const char *operation)
{
	for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++) {
		if (!strcmp(deeds[i].operation, operation))
			return deeds[i].said;
	}
	return operation;
}

/* --- our own changes ---------------------------------------------------------------------------- */

void console_own(struct console *c, const char *operation, const char *object)
{
	struct own_change *own = &c->own[c->own_next++ % OWN_CHANGES];

	own->operation = operation;
	snprintf(own->object, sizeof(own->object), "%s", object ? object : "");
}

void live_own(struct console *c, const struct work_order *o, const struct work_result *r)
{
	size_t count = json_count(r->rows);

	if (!o->op || !(o->op->flags & OP_WRITES))
		return;
	for (size_t i = 0; i < count && i < OWN_CHANGES; i++)
		console_own(c, o->op->id, json_get_text(json_at(r->rows, i), "id"));
}

static bool is_own(struct console *c, const char *operation, const char *object)
{
	for (size_t i = 0; i < OWN_CHANGES; i++) {
		struct own_change *own = &c->own[i];

		if (own->operation && !strcmp(own->operation, operation) &&
		    (!*own->object || !strcmp(own->object, object))) {
			own->operation = NULL;
			return true;
		}
	}
	return false;
}

/* --- news ------------------------------------------------------------------------------------------- */

static const char *text_or(const struct json *row, const char *name, const char *fallback)
{
	const char *text = json_get_text(row, name);

	return text && *text ? text : fallback;
}

static void say_event(struct console *c, const struct json *event, size_t more)
{
	const char *user = json_get_text(json_get(event, "actor"), "user");
	const char *object = text_or(event, "name", text_or(event, "object", ""));
	char when[DATETIME_SIZE], others[40] = "";

	datetime_local(when, console_now(c), false);
	if (more)
		snprintf(others, sizeof(others), ", and %zu more change%s", more,
			 more > 1 ? "s" : "");
	console_say(c, STYLE_NORMAL, "%.5s %s %s %s%s", strlen(when) > 11 ? when + 11 : when,
		    text_or(event, "user", user ? user : "somebody"),
		    deed_said(text_or(event, "operation", "changed")), object, others);
	c->message_until = console_now(c) + NEWS_STAY_MS;
}

/* Newest first. The first answer only tells where we begin. */
static void news_done(void *arg, const struct work_result *r)
{
	struct console *c = arg;
	const struct json *newest = NULL;
	size_t others = 0;
	int64_t seen = c->audit_seen;

	if (r->code || !json_count(r->rows))
		return;
	for (size_t i = 0; i < json_count(r->rows); i++) {
		const struct json *event = json_at(r->rows, i);

		if (json_get_int(event, "sequence", 0) <= seen)
			break;
		if (is_own(c, text_or(event, "operation", ""), text_or(event, "object", "")))
			continue;
		others++;
		newest = newest ? newest : event;
	}
	c->audit_seen = json_get_int(json_at(r->rows, 0), "sequence", seen);
	if (seen >= 0 && newest)
		say_event(c, newest, others - 1);
}

static void news_ask(struct console *c)
{
	struct work_order o = {
		.op = op_find("audit.list"),
		.lane = LANE_READ,
		.arg = c,
		.done = news_done,
	};
	struct err e = ERR_INIT;
	char limit[16];

	if (!o.op)
		return;
	snprintf(limit, sizeof(limit), "%d", c->audit_seen < 0 ? 1 : NEWS_MAX);
	o.args = op_args_new(o.op);
	op_args_add(o.args, "limit", limit, &e);
	console_work(c, &o);
}

/* --- the watch ------------------------------------------------------------------------------------- */

static void trouble_say(struct console *c, const struct err *e)
{
	if (!strcmp(c->trouble, e->message))
		return;
	snprintf(c->trouble, sizeof(c->trouble), "%s", e->message);
	console_error(c, e);
}

static void change_done(void *arg, const struct work_result *r)
{
	struct console *c = arg;
	bool known = c->change_known, back;

	c->change_asked = false;
	if (r->code && !c->change && !app_store_exists(c->app)) {
		c->change_known = true; /* that one is made will be a change */
		return;
	}
	if (r->code) {
		trouble_say(c, &r->err);
		return;
	}
	if (c->change && !r->change)
		return; /* the store is still away: what was read of it stays on the screen */
	back = *c->trouble;
	*c->trouble = '\0';
	if (back)
		console_say(c, STYLE_GOOD, "the store can be read again");
	if (known && r->change == c->change && !back)
		return;
	c->change_known = true;
	c->change = r->change;
	if (known)
		view_changed(c);
	news_ask(c);
}

/* Nothing moves beneath a dialog that holds the screen still. */
static bool held_still(const struct console *c)
{
	for (const struct dialog *d = c->top; d; d = d->below) {
		if (d->type->flags & DIALOG_STILL)
			return true;
	}
	return false;
}

void live_look(struct console *c)
{
	struct work_order o = { .lane = LANE_READ, .arg = c, .done = change_done };

	if (c->change_asked || held_still(c) || (!c->change && !app_store_exists(c->app)))
		return;
	c->change_asked = true;
	console_work(c, &o);
}

static void watch_due(void *arg)
{
	struct console *c = arg;

	live_look(c);
	loop_after(c->loop, WATCH_MS, watch_due, c);
}

void live_start(struct console *c)
{
	watch_due(c);
}
