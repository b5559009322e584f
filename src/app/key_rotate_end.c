/* The end of a rotation: --finish ends the older versions now, --cancel goes back to them. */
#include "src/app/key_pick.h"
#include "src/app/key_recent.h"
#include "src/app/key_record.h"
#include "src/app/key_rotate.h"
#include "src/app/session.h"
#include "src/base/datetime.h"

#include "data/usage.h"

#include <inttypes.h>
#include <string.h>

enum { RECENT_MINUTES = 15 };

static enum errc refuse_revoked(const struct key *k, struct err *e)
{
	err_set(e, ERR_CONFLICT, "key %s \"%s\" is revoked", k->id, k->name);
	return err_hint(e, "none of its secrets works any more");
}

static bool is_older(const struct key_change *ch, const struct key_version *v, int64_t now)
{
	return v->number != ch->key.version && version_lives(v, now);
}

static void add_reason(const struct op_call *c, struct json *detail)
{
	if (op_has(c->args, "reason"))
		json_set_text(detail, "reason", op_text(c->args, "reason"));
}

static enum errc finish_step(const struct op_call *c, struct store *s, int64_t now,
			     struct key_change *ch, struct json *detail, bool *changed,
			     struct err *e)
{
	struct json *ended = json_array_new();

	json_set(detail, "finished", ended);
	if (ch->key.status == KEY_REVOKED)
		return refuse_revoked(&ch->key, e);
	if (rotate_check_version(c, s, ch, e))
		return ERR_CONFLICT;
	for (size_t i = 0; i < ch->count; i++) {
		if (!is_older(ch, &ch->versions[i], now))
			continue;
		ch->versions[i].state = VERSION_ENDED;
		ch->versions[i].valid_until = now;
		json_add(ended, json_int(ch->versions[i].number));
	}
	*changed = json_count(ended) > 0;
	if (!*changed)
		call_note(c, "no older version of \"%s\" is live", ch->key.name);
	rotate_retiring(ch, now);
	add_reason(c, detail);
	return ERR_OK;
}

/* The older version to go back to: the highest number that lives. Versions come highest first. */
static struct key_version *older_version(struct key_change *ch, int64_t now)
{
	for (size_t i = 0; i < ch->count; i++)
		if (is_older(ch, &ch->versions[i], now))
			return &ch->versions[i];
	return NULL;
}

static enum errc cancel_step(const struct op_call *c, struct store *s, int64_t now,
			     struct key_change *ch, struct json *detail, bool *changed,
			     struct err *e)
{
	struct key *k = &ch->key;
	struct key_version *older = older_version(ch, now);
	enum errc r;

	if (k->status == KEY_REVOKED)
		return refuse_revoked(k, e);
	if (!older) {
		err_set(e, ERR_CONFLICT, "no older version of \"%s\" lives to go back to", k->name);
		return err_hint(e, "rotate it, which gives it a new secret");
	}
	r = rotate_check_version(c, s, ch, e);
	if (!r)
		r = rotate_check_unused(s, k, "rotate again, or let the older one run out", e);
	if (r)
		return r;
	for (size_t i = 0; i < ch->count; i++) {
		if (ch->versions[i].number != k->version)
			continue;
		ch->versions[i].state = VERSION_ENDED;
		ch->versions[i].valid_until = now;
	}
	json_set_int(detail, "cancelled", k->version);
	json_set_int(detail, "version", older->number);
	add_reason(c, detail);
	older->valid_until = TIME_NONE;
	k->version = older->number;
	memcpy(k->hint, older->hint, sizeof(k->hint));
	rotate_retiring(ch, now);
	*changed = true;
	return ERR_OK;
}

static struct json *end_record(const struct key_change *ch, int64_t now, bool changed,
			       const struct json *detail)
{
	const struct key *k = &ch->key;
	struct json *record = json_object_new();

	(void)changed;
	json_set_text(record, "id", k->id);
	json_set_text(record, "name", k->name);
	json_set_text(record, "status", key_status_text(k, now));
	json_set_int(record, "version", k->version);
	json_set_time(record, "expires_at", k->expires_at);
	json_set_time(record, "retiring_until", k->retiring_until);
	json_set_int(record, "revision", k->revision);
	if (json_get(detail, "finished"))
		json_set_from(record, detail, "finished");
	else
		json_set_from(record, detail, "cancelled");
	return record;
}

/* The latest use of an older version that lives; TIME_NONE: none. */
static enum errc older_use(struct store *s, const struct key_change *ch, int64_t now,
			   struct usage_last *latest, int64_t *number, struct err *e)
{
	enum errc r = ERR_OK;

	latest->last_used = TIME_NONE;
	for (size_t i = 0; !r && i < ch->count; i++) {
		struct usage_last use = { .last_used = TIME_NONE };

		if (!is_older(ch, &ch->versions[i], now))
			continue;
		r = usage_last(s, ch->key.row, ch->versions[i].number, &use, e);
		if (!r && use.last_used > latest->last_used) {
			*latest = use;
			*number = ch->versions[i].number;
		}
	}
	return r;
}

static enum errc ask_one(const struct op_call *c, struct store *s, const char *id, struct err *e)
{
	int64_t now = store_now(s), number = 0;
	struct usage_last use = { .last_used = TIME_NONE };
	struct buf calls = BUF_INIT(200);
	struct usage_recent recent;
	struct key_change ch;
	char when[DATETIME_SIZE];
	enum errc r;

	change_init(&ch);
	r = change_load(s, id, false, &ch, e);
	if (!r)
		r = older_use(s, &ch, now, &use, &number, e);
	if (!r && use.last_used != TIME_NONE && use.last_used > now - RECENT_MINUTES * MINUTE_MS) {
		usage_recent_init(s, &recent);
		r = usage_recent_add(s, ch.key.row, number, &recent, e);
		recent_text(&calls, &recent);
		datetime_relative(when, use.last_used, now, true);
		if (!r)
			r = call_confirm(
				c, e,
				"version %" PRId64 " of \"%s\" was used %s%s%s (%s); end it now?",
				number, ch.key.name, when, use.address_count ? " from " : "",
				use.address_count ? use.addresses[0].address : "",
				buf_text(&calls));
	}
	buf_release(&calls);
	change_release(&ch);
	return r;
}

static enum errc finish_ask(const struct op_call *c, struct store *s, char (*ids)[KEY_ID_SIZE],
			    size_t count, struct err *e)
{
	enum errc r = ERR_OK;

	for (size_t i = 0; !r && i < count; i++)
		r = ask_one(c, s, ids[i], e);
	return r;
}

enum errc rotate_finish(const struct op_call *c, struct err *e)
{
	static const struct change_rule rule = {
		.states = KEY_STATES_ALL & ~(1U << KEY_STATE_REVOKED),
		.any_clock = true,
		.step = finish_step,
		.record = end_record,
		.ask = finish_ask,
	};

	return change_run(c, &rule, e);
}

enum errc rotate_cancel(const struct op_call *c, struct err *e)
{
	static const struct change_rule rule = {
		.states = KEY_STATES_ALL & ~(1U << KEY_STATE_REVOKED),
		.step = cancel_step,
		.record = end_record,
	};

	return change_run(c, &rule, e);
}
