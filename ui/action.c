/* Actions: which are offered, why one can't be done, what it is called now. */
#include "ui/shell.h"

static bool action_writes(const struct action *a)
{
	const struct op *op = a->op ? op_find(a->op) : NULL;

	return a->flags & ACTION_WRITES || (op && op->flags & OP_WRITES);
}

bool action_offered(const struct console *c, const struct action *a)
{
	return !(action_writes(a) && console_read_only(c));
}

const char *action_disabled(struct view *v, const struct action *a)
{
	if (!action_offered(v->console, a))
		return "the store is open for reading only";
	if (a->flags & ACTION_NEEDS_ROW && (!v->list || !list_row(v->list))) {
		snprintf(v->reason, sizeof(v->reason), "there is no %s here",
			 v->screen->list ? v->screen->list->noun : "line");
		return v->reason;
	}
	return a->disabled ? a->disabled(v) : NULL;
}

const char *action_label(struct view *v, const struct action *a, char out[64])
{
	const char *label = a->label_now ? a->label_now(v) : a->label;

	if (a->flags & ACTION_BULK && v->list && list_marked(v->list))
		snprintf(out, 64, "%s %zu", label, list_marked(v->list));
	else
		snprintf(out, 64, "%s", label);
	return out;
}

static void remember(struct view *v, const struct action *a)
{
	struct console *c = v->console;
	size_t at = 0;

	if (!a->title)
		return;
	c->last_action = a;
	c->last_view = v;
	while (at < RECENT - 1 && c->recent[at] && c->recent[at] != a)
		at++;
	memmove(&c->recent[1], &c->recent[0], at * sizeof(*c->recent));
	c->recent[0] = a;
}

bool action_run(struct view *v, const struct action *a)
{
	const char *reason = action_disabled(v, a);
	char key[16];

	if (reason) {
		console_say(v->console, STYLE_NORMAL, "%s %s: %s", press_name(a->key, key),
			    a->label, reason);
		return false;
	}
	if (!a->run)
		return false;
	remember(v, a);
	a->run(v);
	return true;
}

const struct action *action_by_key(const struct action *table, int32_t key)
{
	for (const struct action *a = table; a && a->label; a++) {
		if (a->key == key)
			return a;
	}
	return NULL;
}

const struct screen *screen_find(const char *id)
{
	for (size_t i = 0; screens[i]; i++) {
		if (!strcmp(screens[i]->id, id))
			return screens[i];
	}
	return NULL;
}
