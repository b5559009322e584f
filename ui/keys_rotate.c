/* Rotating keys: a new secret, finishing a rotation early, and going back to the older version. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/csv.h"
#include "src/base/datetime.h"
#include "src/base/file.h"
#include "ui/chart.h"
#include "ui/key_view.h"
#include "ui/keys.h"

enum { LINE_MAX_BYTES = 4096 };

static const struct form_place rotate_places[] = {
	{ "grace", .width = 12 },
	{ "expires", .width = 12, .empty = "unchanged" },
	{ "reason", .width = 38, .hint = "(kept in audit)" },
	{ .arg = NULL },
};

static const struct form_place rotate_many_places[] = {
	{ "grace", .width = 12 },
	{ "reason", .width = 38, .hint = "(kept in audit)" },
	{ .arg = NULL },
};

static int64_t value_duration(struct form_dialog *d, const char *name)
{
	const char *text = form_value(d->form, name);
	struct err e = ERR_INIT;
	int64_t ms;

	return duration_parse(&ms, text[0] ? text : "24h", &e) ? -1 : ms;
}

/* Grace 0 with callers that still use the old secret is what hurts most here: said in red. */
static void grace_changed(struct form_dialog *d)
{
	struct form_item *item = form_item(d->form, "grace");
	struct view *v = d->view;
	const struct json *row = d->row;
	int64_t grace = value_duration(d, "grace"), now = console_now(v->console);
	int64_t expires = record_time(row, "expires_at"), last = record_time(row, "last_used_at");
	char when[96];

	d->form->submit = "Rotate";
	if (!item || grace < 0 || !row)
		return;
	item->warning[0] = '\0';
	item->grave = grace == 0;
	if (grace == 0) {
		d->form->submit = "Rotate, end the old one now";
		snprintf(item->warning, sizeof(item->warning),
			 last != TIME_NONE && now - last < HOUR_MS
				 ? "callers of the last hour fail on their next request"
				 : "the old secret fails with the next request");
		return;
	}
	console_when_full(v->console, when, sizeof(when),
			  expires != TIME_NONE && expires < now + grace ? expires : now + grace);
	snprintf(item->meaning, sizeof(item->meaning), "v%lld ends %s",
		 (long long)json_get_int(row, "version", 0), when);
}

static void expires_changed(struct form_dialog *d)
{
	struct form_item *item = form_item(d->form, "expires");
	struct view *v = d->view;
	int64_t at = record_time(d->row, "expires_at"), now = console_now(v->console);
	char when[96];

	if (!item || item->field.len || at == TIME_NONE)
		return;
	console_when(v->console, when, sizeof(when), at);
	if (at <= now)
		snprintf(item->warning, sizeof(item->warning),
			 "it is expired: rotating needs a new end. Type 90d");
	else if (at - now <= KEY_EXPIRING_DAYS * DAY_MS)
		snprintf(item->warning, sizeof(item->warning),
			 "%s both end: rotating extends "
			 "nothing. Type 90d to extend",
			 when);
}

static void rotate_changed(struct form_dialog *d)
{
	if (!d->row)
		return;
	grace_changed(d);
	expires_changed(d);
}

static void rotate_done(struct form_dialog *d, const struct work_result *r)
{
	struct view *v = d->view;
	const struct json *row = d->secret_row ? d->secret_row : json_at(r->rows, 0);

	console_say(v->console, STYLE_GOOD, "rotated %s to v%lld", record_text(row, "name", "it"),
		    (long long)json_get_int(row, "version", 0));
	keys_changed(v, json_get_text(row, "id"));
}

/* --- somebody else was faster -------------------------------------------------------------- */
static void winner_done(void *arg, const struct work_result *r)
{
	struct form_dialog *d = arg;
	const struct json *row = json_at(r->rows, 0);
	const struct json *event = json_at(json_get(row, "history"), 0);
	char ago[DATETIME_SIZE] = "just now";
	int64_t at = record_time(event, "time");
	const struct json *actor = json_get(event, "actor");
	const char *who = json_as_text(actor);

	d->work = NULL;
	console_redraw(d->base.console);
	if (r->code)
		return;
	if (!who)
		who = record_text(actor, "name", record_text(actor, "user", "somebody"));
	if (at != TIME_NONE)
		datetime_relative(ago, at, console_now(d->base.console), true);
	err_set(&d->error, ERR_CONFLICT, "%s rotated it %s to v%lld", who, ago,
		(long long)json_get_int(row, "version", 0));
	err_hint(&d->error, "look (Esc), or rotate again");
	keys_dialog_load(d, record_text(row, "id", ""));
}

static bool rotate_failed(struct form_dialog *d, const struct work_result *r)
{
	if (r->code != ERR_CONFLICT || !d->row)
		return false;
	d->error = r->err;
	d->work = console_work(d->base.console,
			       &(struct work_order){
				       .op = op_find("key.show"),
				       .args = keys_show_args(record_text(d->row, "id", "")),
				       .lane = LANE_READ,
				       .arg = d,
				       .done = winner_done,
			       });
	return true;
}

/* --- the dialog ---------------------------------------------------------------------------- */
static void rotate_facts(struct form_dialog *d)
{
	long long version = (long long)json_get_int(d->row, "version", 0);
	char text[24];

	snprintf(text, sizeof(text), "%lld", version);
	form_refix(d->form, "expect-version", text);
	snprintf(d->title, sizeof(d->title), "Rotate %.100s, v%lld → v%lld",
		 record_text(d->row, "name", "key"), version, version + 1);
	form_dialog_head(d, STYLE_NORMAL, "",
			 "A new secret (v%lld) works at once; v%lld goes on for the grace time.",
			 version + 1, version);
	form_dialog_gap(d);
	keys_head_used(d);
	form_dialog_gap(d);
}

static const struct form_kind rotate_kind = {
	.name = "Rotate",
	.facts = rotate_facts,
	.changed = rotate_changed,
	.done = rotate_done,
	.failed = rotate_failed,
};

static void rotate_one(struct view *v)
{
	struct form_dialog *d = form_dialog_new(&rotate_kind,
						keys_form(v, "key.rotate", rotate_places));

	d->form->submit = "Rotate";
	form_start(d->form, "grace", "24h");
	keys_dialog(v, d);
}

/* --- several at once ----------------------------------------------------------------------- */
static const struct arg secrets_arg = {
	.name = "secrets",
	.type = ARG_FILE,
	.flags = ARG_REQUIRED,
	.label = "To file",
	.help = "a new file for the new secrets, readable by you only",
};

struct many_state {
	int fd; /* of the file; -1: not made yet */
	size_t written;
};

static void many_facts(struct form_dialog *d)
{
	form_dialog_head(d, STYLE_NORMAL, "",
			 "Each gets a new secret at once; the older ones go on "
			 "for the grace time. The secrets go to a new file that only you can read, "
			 "one line each: id, name, secret.");
	form_dialog_gap(d);
	keys_head_list(d);
	form_dialog_gap(d);
}

/* The file is there before the first key is touched. */
static bool many_submit(struct form_dialog *d)
{
	struct many_state *s = d->state;
	const char *path = form_value(d->form, secrets_arg.name);

	if (s->fd >= 0)
		return true;
	s->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->fd >= 0)
		return true;
	err_errno(&form_item(d->form, secrets_arg.name)->error, ERR_STORE, "can't make \"%s\"",
		  path);
	return false;
}

/* A key goes live once its line is in the file. */
static bool many_reveal(struct form_dialog *d, const struct json *row, struct secret *secret)
{
	struct many_state *s = d->state;
	struct buf line = BUF_INIT(LINE_MAX_BYTES);
	bool well;

	csv_add_field(&line, record_text(row, "id", ""), true);
	csv_add_field(&line, record_text(row, "name", ""), false);
	buf_add_char(&line, ',');
	well = fd_write_all(s->fd, buf_text(&line), line.len) &&
	       fd_write_all(s->fd, secret_reveal(secret), secret->len) &&
	       fd_write_all(s->fd, "\n", 1) && fsync(s->fd) == 0;
	s->written += well;
	buf_release(&line);
	return well;
}

static void many_done(struct form_dialog *d, const struct work_result *r)
{
	struct many_state *s = d->state;

	(void)r;
	console_say(d->base.console, STYLE_GOOD, "rotated %zu keys; their secrets are in %s",
		    s->written, form_value(d->form, secrets_arg.name));
	keys_changed(d->view, NULL);
}

static bool many_failed(struct form_dialog *d, const struct work_result *r)
{
	struct many_state *s = d->state;

	d->error = r->err;
	if (s->written)
		err_hint(&d->error, "%zu were rotated before this; their secrets are in the file",
			 s->written);
	keys_changed(d->view, NULL);
	return true;
}

static void many_release(struct form_dialog *d)
{
	struct many_state *s = d->state;

	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

static const struct form_kind many_kind = {
	.name = "Rotate",
	.facts = many_facts,
	.submit = many_submit,
	.reveal = many_reveal,
	.done = many_done,
	.failed = many_failed,
	.release = many_release,
};

static void rotate_many(struct view *v)
{
	struct form_dialog *d = form_dialog_new(&many_kind,
						keys_form(v, "key.rotate", rotate_many_places));
	struct many_state *s = x_calloc(1, sizeof(*s));

	s->fd = -1;
	d->state = s;
	d->form->submit = "Rotate";
	form_start(d->form, "grace", "24h");
	form_extra(d->form, &secrets_arg,
		   &(struct form_place){ .arg = secrets_arg.name, .width = 46 });
	snprintf(d->title, sizeof(d->title), "Rotate %zu keys", keys_targets(v));
	keys_dialog(v, d);
}

void keys_rotate(struct view *v)
{
	if (keys_targets(v) > 1)
		rotate_many(v);
	else
		rotate_one(v);
}

const char *keys_why_no_rotate(struct view *v)
{
	if (keys_altered(v))
		return keys_altered(v);
	if (keys_targets(v) == 1 && key_is(keys_target_row(v, 0), "revoked"))
		return "it is revoked, that is final";
	return NULL;
}

/* --- finish and keep ----------------------------------------------------------------------- */
static const struct form_place reason_place[] = {
	{ "reason", .width = 38, .hint = "(kept in audit)" },
	{ .arg = NULL },
};

static void end_done(struct form_dialog *d, const struct work_result *r)
{
	struct view *v = d->view;
	const struct json *row = json_at(r->rows, 0);

	console_say(v->console, STYLE_GOOD, "%s: v%lld is the only live version",
		    record_text(row, "name", "key"), (long long)json_get_int(row, "version", 0));
	keys_changed(v, json_get_text(row, "id"));
}

/* The older versions that live, each with its use. */
static void head_versions(struct form_dialog *d)
{
	const struct json *version;
	int64_t now = console_now(d->view->console);

	for (size_t i = 0; (version = key_grace_version(d->row, i)); i++) {
		int64_t last = record_time(version, "last_used_at");
		const char *from = json_get_text(version, "last_used_from");
		char used[DATETIME_SIZE] = "never", label[16], calls[160];
		bool hot = last != TIME_NONE && now - last < HOUR_MS;

		snprintf(label, sizeof(label), "v%lld",
			 (long long)json_get_int(version, "version", 0));
		key_recent_text(json_get(version, "recent"), from, calls, sizeof(calls));
		if (last != TIME_NONE)
			datetime_relative(used, last, now, true);
		form_dialog_head(d, hot ? STYLE_DANGER : STYLE_NORMAL, label, "%s", calls);
		form_dialog_head(d, STYLE_NORMAL, " ", "last used %s%s%s", used,
				 from ? " from " : "", from ? from : "");
	}
}

static void end_facts(struct form_dialog *d, const char *text)
{
	char version[24];

	snprintf(version, sizeof(version), "%lld", (long long)json_get_int(d->row, "version", 0));
	form_refix(d->form, "expect-version", version);
	form_dialog_head(d, STYLE_NORMAL, "", "%s", text);
	form_dialog_gap(d);
	head_versions(d);
	form_dialog_gap(d);
}

static void finish_facts(struct form_dialog *d)
{
	snprintf(d->title, sizeof(d->title), "Finish the rotation of %.100s",
		 record_text(d->row, "name", "key"));
	end_facts(d, "Every older version ends with the next request; the newest goes on alone.");
}

static void keep_facts(struct form_dialog *d)
{
	snprintf(d->title, sizeof(d->title), "Go back to the older version of %.80s",
		 record_text(d->row, "name", "key"));
	end_facts(d,
		  "The new version ends with the next request; nobody used it yet. The older one "
		  "goes on as it did before the rotation.");
}

static const struct form_kind finish_kind = {
	.name = "Finish a rotation",
	.danger = true,
	.facts = finish_facts,
	.done = end_done,
};

static const struct form_kind keep_kind = {
	.name = "Keep the old version",
	.danger = true,
	.facts = keep_facts,
	.done = end_done,
};

static void end_open(struct view *v, const struct form_kind *kind, const char *flag,
		     const char *submit)
{
	struct form *f = form_new(op_find("key.rotate"), reason_place, console_now(v->console));
	struct form_dialog *d = form_dialog_new(kind, f);

	f->submit = submit;
	form_fix(f, "key", keys_target(v, 0));
	form_fix(f, flag, "true");
	form_fix(f, "yes", "true");
	keys_dialog(v, d);
}

void keys_finish(struct view *v)
{
	end_open(v, &finish_kind, "finish", "End them now");
}

void keys_keep(struct view *v)
{
	end_open(v, &keep_kind, "cancel", "Go back");
}

const char *keys_why_no_finish(struct view *v)
{
	if (keys_targets(v) > 1)
		return "one key at a time";
	return key_in_grace(keys_record(v), console_now(v->console)) ? NULL
								     : "no older version is live";
}

const char *keys_why_no_keep(struct view *v)
{
	const struct json *row = keys_record(v);
	const struct json *current = json_at(json_get(row, "versions"), 0);
	int64_t now = console_now(v->console), used = record_time(current, "last_used_at");
	char ago[DATETIME_SIZE];

	if (keys_why_no_finish(v))
		return keys_why_no_finish(v);
	if (used == TIME_NONE)
		return NULL;
	datetime_relative(ago, used, now, true);
	snprintf(v->reason, sizeof(v->reason), "v%lld was used %s",
		 (long long)json_get_int(current, "version", 0), ago);
	return v->reason;
}
