/* key.rotate: a new secret for a key, while the older ones run out. Its other two forms, --finish
 * and --cancel, are in key_rotate_end.c. */
#include "src/app/audit_note.h"
#include "src/app/key_history.h"
#include "src/app/key_issue.h"
#include "src/app/key_pick.h"
#include "src/app/key_record.h"
#include "src/app/key_rotate.h"
#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/base/datetime.h"

#include "data/usage.h"

#include <inttypes.h>
#include <string.h>

static const struct arg rotate_args[] = {
	{ .name = "key",
	  .type = ARG_KEY,
	  .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "ids or names" },
	{ .name = "grace",
	  .letter = 'g',
	  .type = ARG_DURATION,
	  .fallback = "24h",
	  .value = "DURATION",
	  .help = "how long older secrets go on; 0 for a leak" },
	{ .name = "expires",
	  .letter = 'e',
	  .type = ARG_INSTANT,
	  .flags = ARG_NEVER,
	  .value = "TIME",
	  .help = "new end of the key's life; rotating alone extends nothing" },
	{ .name = "reason",
	  .letter = 'r',
	  .type = ARG_TEXT,
	  .value = "TEXT",
	  .help = "kept in the audit" },
	{ .name = "expect-version",
	  .type = ARG_INTEGER,
	  .flags = ARG_COMMAND_LINE,
	  .value = "N",
	  .help = "refuse unless this is the current version" },
	{ .name = "if-unused",
	  .type = ARG_FLAG,
	  .flags = ARG_COMMAND_LINE,
	  .help = "replace a current secret that got lost: refused once it was used" },
	{ .name = "finish",
	  .type = ARG_FLAG,
	  .flags = ARG_COMMAND_LINE,
	  .help = "end the older versions now; no new secret" },
	{ .name = "cancel",
	  .type = ARG_FLAG,
	  .flags = ARG_COMMAND_LINE,
	  .help = "go back to the older version while the new one is unused" },
	{ .name = "out-file",
	  .letter = 'O',
	  .type = ARG_FILE,
	  .flags = ARG_COMMAND_LINE,
	  .value = "FILE",
	  .help = "write the secret to this new file (0600), not to the output" },
	YES_ARG,
	KEY_FILTER_ARGS,
	KEY_BULK_ARGS,
	{ .name = NULL },
};

static const struct op_column rotate_columns[] = {
	{ "id", "ID", COLUMN_TEXT, "the key's id" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "status", "STATUS", COLUMN_STATUS, "state after activation" },
	{ "version", "V", COLUMN_NUMBER, "number of the current secret" },
	{ "secret", NULL, COLUMN_TEXT, "the new secret, shown once; absent with --out-file" },
	{ "secret_file", NULL, COLUMN_TEXT, "where the secret was written, with --out-file" },
	{ "secret_id", NULL, COLUMN_TEXT, "public id of the current secret" },
	{ "expires_at", "EXPIRES", COLUMN_TIME_OR_NEVER, "end of the key's life; null: never" },
	{ "retiring_until", "OLDER UNTIL", COLUMN_TIME, "end of the last older version alive" },
	{ "revision", NULL, COLUMN_NUMBER, "rises with each change" },
	{ "finished", NULL, COLUMN_LIST, "with --finish: numbers of the versions it ended" },
	{ "cancelled", NULL, COLUMN_NUMBER, "with --cancel: number of the version it ended" },
	{ "dry_run", NULL, COLUMN_FLAG, "true when nothing was done" },
	{ .name = NULL },
};

/* One key's rotation under way. */
struct rotation {
	const struct op_call *call;
	struct store *store;
	struct key_change change;
	struct issue issue;
	int64_t now;	/* when it was decided: grace counts from here */
	int64_t number; /* of the new version */
	bool dry;
};

static enum errc refuse_state(const struct rotation *w, struct err *e)
{
	const struct key *k = &w->change.key;

	if (k->status == KEY_REVOKED) {
		err_set(e, ERR_CONFLICT, "key %s \"%s\" is revoked", k->id, k->name);
		return err_hint(e, "revoked is final; create a new key");
	}
	if (key_state(k, w->now) == KEY_STATE_EXPIRED && !op_has(w->call->args, "expires")) {
		err_set(e, ERR_CONFLICT, "key %s \"%s\" is expired", k->id, k->name);
		return err_hint(e, "rotating extends nothing: say --expires 90d with it");
	}
	return ERR_OK;
}

static const struct key_version *version_numbered(const struct key_change *ch, int64_t number)
{
	for (size_t i = 0; i < ch->count; i++)
		if (ch->versions[i].number == number)
			return &ch->versions[i];
	return NULL;
}

/* Tells the loser of a race who won: a rotation that is done, or one that is being written out. */
static enum errc refuse_version(struct store *s, const struct key_change *ch, int64_t expected,
				int64_t is, struct err *e)
{
	const struct key *k = &ch->key;
	const struct key_version *winner = version_numbered(ch, is);
	struct buf since = BUF_INIT(200);
	char at[DATETIME_SIZE] = "";

	if (winner)
		datetime_rfc3339(at, winner->created_at);
	err_set(e, ERR_CONFLICT, "\"%s\" is at version %" PRId64 ", not %" PRId64, k->name, is,
		expected);
	if (winner && winner->state == VERSION_PENDING) {
		err_hint(e, "process %" PRId64 " is handing out version %" PRId64 " since %s",
			 winner->pid, is, at);
	} else {
		key_history_since(s, k, k->revision - 1, &since);
		err_hint(e, "%s%slook at it, or rotate again with --expect-version %" PRId64,
			 buf_text(&since), since.len ? "; " : "", is);
	}
	buf_release(&since);
	return ERR_CONFLICT;
}

enum errc rotate_check_version(const struct op_call *c, struct store *s,
			       const struct key_change *ch, struct err *e)
{
	int64_t expected = op_integer(c->args, "expect-version", -1);
	int64_t is = ch->key.version;

	if (expected < 0)
		return ERR_OK;
	/* One that a living process hands out counts: it will be the current one. */
	for (size_t i = 0; i < ch->count; i++)
		if (ch->versions[i].state == VERSION_PENDING && ch->versions[i].number > is)
			is = ch->versions[i].number;
	return is == expected ? ERR_OK : refuse_version(s, ch, expected, is, e);
}

enum errc rotate_check_unused(struct store *s, const struct key *k, const char *hint, struct err *e)
{
	struct usage_last use = { .last_used = TIME_NONE };
	enum errc r = usage_last(s, k->row, k->version, &use, e);
	char when[DATETIME_SIZE];

	if (r || use.last_used == TIME_NONE)
		return r;
	datetime_relative(when, use.last_used, store_now(s), true);
	err_set(e, ERR_CONFLICT, "version %" PRId64 " of \"%s\" was used %s%s%s", k->version,
		k->name, when, use.address_count ? " from " : "",
		use.address_count ? use.addresses[0].address : "");
	return err_hint(e, "%s", hint);
}

static enum errc check_unused(const struct rotation *w, struct err *e)
{
	if (!op_flag(w->call->args, "if-unused"))
		return ERR_OK;
	return rotate_check_unused(w->store, &w->change.key,
				   "it did not get lost; leave out --if-unused to rotate it", e);
}

static int64_t earlier(int64_t a, int64_t b)
{
	if (a == TIME_NONE)
		return b;
	return b == TIME_NONE || a < b ? a : b;
}

bool version_lives(const struct key_version *v, int64_t now)
{
	return v->state == VERSION_LIVE && (v->valid_until == TIME_NONE || v->valid_until > now);
}

void rotate_retiring(struct key_change *ch, int64_t now)
{
	ch->key.retiring_until = TIME_NONE;
	for (size_t i = 0; i < ch->count; i++) {
		const struct key_version *v = &ch->versions[i];

		if (v->number != ch->key.version && version_lives(v, now) &&
		    v->valid_until > ch->key.retiring_until)
			ch->key.retiring_until = v->valid_until;
	}
}

/* When an older version ends: min(own end, now + grace, expiry), by the expiry as it was and as it
 * will be, so that a new expiry revives nothing. A secret that got lost ends at once. */
static int64_t older_end(const struct rotation *w, const struct key_version *v, int64_t old_expiry)
{
	const struct op_args *a = w->call->args;
	bool lost = op_flag(a, "if-unused") && v->number == w->change.key.version;
	int64_t grace = lost && !op_has(a, "grace") ? 0 : op_duration(a, "grace", DAY_MS);
	int64_t end = earlier(v->valid_until, w->now + grace);

	return earlier(earlier(end, old_expiry), w->change.key.expires_at);
}

/* One that ends now ends for good: by its time alone it would live again where the clock ran ahead
 * and is set right. */
static void older_cut(const struct rotation *w, struct key_version *v, int64_t old_expiry)
{
	v->valid_until = older_end(w, v, old_expiry);
	if (v->valid_until == w->now)
		v->state = VERSION_ENDED;
}

/* The key as it will be: older versions cut, the new one live. A rotation that was decided earlier
 * and comes later stays behind the newer one. */
static void apply(struct rotation *w)
{
	struct key *k = &w->change.key;
	int64_t old_expiry = k->expires_at;
	bool newest = w->number > k->version;

	k->expires_at = op_instant(w->call->args, "expires", w->now, k->expires_at);
	for (size_t i = 0; i < w->change.count; i++) {
		struct key_version *v = &w->change.versions[i];

		if (v->number == w->number) {
			v->state = VERSION_LIVE;
			v->pid = v->pid_start = 0;
			if (!newest)
				older_cut(w, v, old_expiry);
		} else if (version_lives(v, w->now) && (v->number < w->number)) {
			older_cut(w, v, old_expiry);
		}
	}
	if (newest) {
		k->version = w->number;
		memcpy(k->hint, w->issue.parts.hint, sizeof(k->hint));
	}
	rotate_retiring(&w->change, w->now);
}

static struct json *rotate_record(const struct rotation *w)
{
	const struct key *k = &w->change.key;
	struct json *record = json_object_new();
	bool retiring = k->retiring_until != TIME_NONE;

	json_set_text(record, "id", k->id);
	json_set_text(record, "name", k->name);
	json_set_text(record, "status", key_status_text(k, w->now));
	json_set_int(record, "version", w->number);
	if (!w->dry)
		json_set_text(record, "secret_id", w->issue.parts.secret_id);
	json_set_time(record, "expires_at", k->expires_at);
	json_set_time(record, "retiring_until", retiring ? k->retiring_until : TIME_NONE);
	json_set_int(record, "revision", k->revision + !w->dry);
	if (w->dry)
		json_set_bool(record, "dry_run", true);
	return record;
}

static struct json *rotate_detail(const struct rotation *w, int64_t old_expiry)
{
	const struct op_args *a = w->call->args;
	struct json *detail = json_object_new();

	json_set_int(detail, "version", w->number);
	json_set_text(detail, "secret_id", w->issue.parts.secret_id);
	json_set_int(detail, "grace", op_duration(a, "grace", DAY_MS) / SECOND_MS);
	json_set_time(detail, "older_until", w->change.key.retiring_until);
	if (w->change.key.expires_at != old_expiry)
		json_set_time(detail, "expires_at", w->change.key.expires_at);
	if (op_has(a, "reason"))
		json_set_text(detail, "reason", op_text(a, "reason"));
	if (op_flag(a, "if-unused"))
		json_set_bool(detail, "if_unused", true);
	return detail;
}

/* Decides, under the lock or in a snapshot: may this key be rotated, and to which number? */
static enum errc decide(struct rotation *w, const char *id, struct err *e)
{
	enum errc r = change_load(w->store, id, false, &w->change, e);

	w->now = store_now(w->store);
	if (!r)
		r = refuse_state(w, e);
	if (!r)
		r = rotate_check_version(w->call, w->store, &w->change, e);
	if (!r)
		r = check_unused(w, e);
	w->number = 1 + (w->change.count ? w->change.versions[0].number : 0);
	return r;
}

static enum errc insert_pending(struct rotation *w, const char *id, struct err *e)
{
	enum errc r = store_begin_unaudited(w->store, e);

	if (!r)
		r = store_clock_check(w->store, NULL, e);
	if (!r)
		r = decide(w, id, e);
	if (!r) {
		issue_generate(&w->issue, w->change.key.prefix);
		r = issue_insert(w->store, &w->issue, &w->change.key, w->number, e);
	}
	if (!r)
		r = store_commit(w->store, e);
	store_rollback(w->store);
	return r;
}

static enum errc refuse_gone(const struct rotation *w, struct err *e)
{
	err_set(e, ERR_CONFLICT, "version %" PRId64 " of \"%s\" is pending no more", w->number,
		w->change.key.name);
	return err_hint(e, "the secret that was shown is void; rotate again");
}

/* Under the lock: the key may have been revoked, or rotated again, since the secret was shown. */
static enum errc activate_locked(struct rotation *w, const char *id, struct json **detail,
				 struct err *e)
{
	const struct key_version *mine;
	int64_t old_expiry;
	enum errc r = change_load(w->store, id, false, &w->change, e);

	if (!r)
		r = refuse_state(w, e);
	if (!r)
		r = check_unused(w, e);
	if (r)
		return r;
	mine = version_numbered(&w->change, w->number);
	if (!mine || mine->state != VERSION_PENDING ||
	    strcmp(mine->secret_id, w->issue.parts.secret_id) != 0)
		return refuse_gone(w, e);
	old_expiry = w->change.key.expires_at;
	apply(w);
	*detail = rotate_detail(w, old_expiry);
	r = audit_clock(w->call, w->store, *detail, e);
	return r ? r : change_write(w->call, w->store, &w->change, *detail, e);
}

static enum errc activate(struct rotation *w, const char *id, struct err *e)
{
	struct json *detail = NULL;
	enum errc r = store_begin(w->store, e);

	if (!r)
		r = activate_locked(w, id, &detail, e);
	if (!r)
		r = audit_commit(w->call, w->store, e);
	audit_rollback(w->call, w->store);
	json_free(detail);
	return r;
}

/* Pending, written out with no lock held, activated; on any failure what is pending goes. */
static enum errc rotate_live(struct rotation *w, const char *id, struct err *e)
{
	struct json *record = NULL;
	enum errc r = insert_pending(w, id, e);

	if (r)
		return r;
	apply(w);
	record = rotate_record(w);
	r = issue_reveal(w->call, &w->issue, record, e);
	if (!r)
		r = activate(w, id, e);
	if (r)
		issue_take_back(w->store, &w->issue, false);
	else
		r = issue_done(w->call, &w->issue, record, e);
	json_free(record);
	return r;
}

/* Looks whether it could be done; with `tell`, prints what would come of it. */
static enum errc rotate_dry(struct rotation *w, const char *id, bool tell, struct err *e)
{
	enum errc r = store_snapshot(w->store, e);

	w->dry = true;
	if (!r)
		r = decide(w, id, e);
	store_snapshot_end(w->store);
	if (r || !tell)
		return r;
	apply(w);
	return call_record_take(w->call, rotate_record(w), e);
}

enum form { FORM_CHECK, FORM_DRY, FORM_LIVE };

static enum errc rotate_one(const struct op_call *c, const char *id, enum form form, struct err *e)
{
	struct rotation w = { .call = c, .store = app_store(c->app) };
	enum errc r;

	change_init(&w.change);
	issue_init(&w.issue);
	r = form == FORM_LIVE ? rotate_live(&w, id, e) : rotate_dry(&w, id, form == FORM_DRY, e);
	issue_release(&w.issue);
	change_release(&w.change);
	return r;
}

static enum errc rotate_keys(const struct op_call *c, const struct key_ids *ids, struct err *e)
{
	enum form form = op_flag(c->args, "dry-run") ? FORM_DRY : FORM_LIVE;
	enum errc r = ERR_OK;

	/* Each is acknowledged for itself: what can be refused is refused before the first. */
	for (size_t i = 0; !r && ids->count > 1 && i < ids->count; i++)
		r = rotate_one(c, ids->ids[i], FORM_CHECK, e);
	if (r)
		return r;
	for (size_t i = 0; i < ids->count; i++) {
		r = rotate_one(c, ids->ids[i], form, e);
		if (r && i)
			call_note(c, "%zu of %zu keys were rotated before this", i, ids->count);
		if (r)
			return r;
	}
	return ERR_OK;
}

static enum errc check_several(const struct op_args *a, const struct key_ids *ids, struct err *e)
{
	const char *single = op_has(a, "out-file") ? "out-file" : "expect-version";

	if (ids->count < 2 || !op_has(a, single))
		return ERR_OK;
	err_set(e, ERR_USAGE, "--%s is of one key, %zu are meant", single, ids->count);
	return err_hint(e, "rotate them one by one");
}

static enum errc rotate_new(const struct op_call *c, struct err *e)
{
	unsigned states = KEY_STATES_ALL & ~(1U << KEY_STATE_REVOKED);
	struct key_ids ids = { .ids = NULL };
	enum errc r;

	if (!op_has(c->args, "expires"))
		states &= ~(1U << KEY_STATE_EXPIRED);
	r = key_ids_pick(c, app_store(c->app), "key", states, &ids, e);
	if (!r)
		r = check_several(c->args, &ids, e);
	if (!r && !ids.count)
		call_note(c, "no key fits the filter; nothing was done");
	if (!r)
		r = rotate_keys(c, &ids, e);
	key_ids_release(&ids);
	return r;
}

/* --finish and --cancel make no secret, and --if-unused is a way of making one. */
static enum errc check_form(const struct op_args *a, struct err *e)
{
	static const char *const of_new[] = { "grace", "expires", "if-unused", "out-file" };
	bool finish = op_flag(a, "finish"), cancel = op_flag(a, "cancel");

	if (finish && cancel) {
		err_set(e, ERR_USAGE, "--finish and --cancel are given");
		return err_hint(e, "one ends the older versions, the other goes back to them");
	}
	for (size_t i = 0; (finish || cancel) && i < sizeof(of_new) / sizeof(of_new[0]); i++) {
		if (!op_has(a, of_new[i]))
			continue;
		err_set(e, ERR_USAGE, "--%s makes no secret and takes no --%s",
			finish ? "finish" : "cancel", of_new[i]);
		return err_hint(e, "leave one of them out");
	}
	return ERR_OK;
}

static enum errc check_expiry(const struct op_call *c, struct err *e)
{
	int64_t now = store_now(app_store(c->app));
	int64_t end = op_instant(c->args, "expires", now, TIME_NONE);

	if (end == TIME_NONE || end > now)
		return ERR_OK;
	err_set(e, ERR_USAGE, "expiry \"%s\" is not in the future", op_text(c->args, "expires"));
	return err_hint(e, "90d from now, RFC 3339, or never");
}

static enum errc rotate_run(const struct op_call *c, struct err *e)
{
	enum errc r = check_form(c->args, e);

	if (!r)
		r = check_expiry(c, e);
	if (r)
		return r;
	if (op_flag(c->args, "finish"))
		return rotate_finish(c, e);
	if (op_flag(c->args, "cancel"))
		return rotate_cancel(c, e);
	return rotate_new(c, e);
}

const struct op op_key_rotate = {
	.id = "key.rotate",
	.summary = "give a key a new secret and let the older ones run out",
	.detail = "The new secret works at once; each older one ends after the grace time, or "
		  "earlier where its own end or the key's expiry comes first. Rotating does not "
		  "extend the key: an expired key needs --expires. With --expect-version exactly "
		  "one of two racing rotations wins, the other ends with 4.",
	.example = "authrack key rotate billing-sync --grace 2h\n"
		   "authrack key rotate billing-sync --finish\n"
		   "authrack key rotate billing-sync --cancel\n",
	.args = rotate_args,
	.columns = rotate_columns,
	.flags = OP_WRITES | OP_REVEALS | OP_BULK,
	.run = rotate_run,
};
