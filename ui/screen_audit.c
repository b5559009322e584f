/* The Audit screen: the chain of events, newest first, and whether it is whole. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/base/datetime.h"
#include "ui/chart.h"
#include "ui/event_text.h"
#include "ui/record.h"
#include "ui/op_form.h"

enum { LABEL_X = 9, HASH_ENDS = 23, PANE_TEXT_MAX = 64 * 1024 };

struct audit_state {
	struct work *verify;
	bool verified; /* `whole` holds */
	bool whole;
	int64_t verified_at, events;
	int64_t bad; /* sequence of the first bad event; 0 none */
	char reason[160];
};

static struct audit_state *audit_state(struct view *v)
{
	return v->state;
}

/* --- columns ------------------------------------------------------------------------------- */
static void number_cell(struct view *v, const struct json *row, const struct area *cell)
{
	int64_t sequence = json_get_int(row, "sequence", 0);
	char text[NUMBER_SIZE];
	bool bad = audit_state(v)->bad && audit_state(v)->bad == sequence;

	snprintf(text, sizeof(text), "%s%lld", bad ? glyph(cell->frame, GLYPH_FAIL) : "",
		 (long long)sequence);
	area_text_right(cell, 0, 0, -1, bad ? STYLE_DANGER : STYLE_NORMAL, text);
}

/* The hour of the day; the day stands in the rule above. */
static void time_cell(struct view *v, const struct json *row, const struct area *cell)
{
	char text[DATETIME_SIZE];
	int64_t at = record_time(row, "time");

	if (at == TIME_NONE)
		return;
	if (console_times(v->console) == TIMES_UTC) {
		datetime_rfc3339(text, at);
		area_textf(cell, 0, 0, -1, STYLE_NORMAL, "%.8sZ", text + 11);
		return;
	}
	datetime_local(text, at, true);
	area_textf(cell, 0, 0, -1, STYLE_NORMAL, "%.8s", text + 11);
}

static void actor_cell(struct view *v, const struct json *row, const struct area *cell)
{
	char text[80];

	(void)v;
	event_actor(row, text, sizeof(text));
	area_text(cell, 0, 0, -1, STYLE_NORMAL, text);
}

static void object_cell(struct view *v, const struct json *row, const struct area *cell)
{
	(void)v;
	area_text(cell, 0, 0, -1, STYLE_NORMAL,
		  record_text(row, "name", record_text(row, "object", "")));
}

static void detail_cell(struct view *v, const struct json *row, const struct area *cell)
{
	char text[400];

	(void)v;
	event_detail(row, text, sizeof(text));
	area_text(cell, 0, 0, -1, STYLE_NORMAL, text);
}

static const struct list_column audit_columns[] = {
	{ .title = "#", .width = 6, .flags = LIST_RIGHT, .draw = number_cell },
	{ .title = "TIME", .width = 9, .draw = time_cell },
	{ .title = "ACTOR", .width = 10, .drop = 2, .draw = actor_cell },
	{ .title = "OPERATION", .width = 12, .member = "operation" },
	{ .title = "OBJECT", .width = 16, .draw = object_cell },
	{ .title = "DETAIL", .width = 16, .drop = 1, .flags = LIST_FLEX, .draw = detail_cell },
	{ .title = NULL },
};

static const struct list_sort audit_sorts[] = {
	{ "newest", "newest first", false },
	{ .label = NULL },
};

/* --- loading ------------------------------------------------------------------------------- */
static bool audit_filter_word(void *arg, const char *word, size_t len)
{
	static const char *const fields[] = { "actor", "op", "object", "since", "until" };
	struct op_args *args = arg;
	const char *colon = memchr(word, ':', len);
	struct err e = ERR_INIT;

	for (size_t i = 0; colon && i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strlen(fields[i]) == (size_t)(colon - word) &&
		    strncmp(fields[i], word, strlen(fields[i])) == 0) {
			if (colon[1])
				op_args_add(args, fields[i], colon + 1, &e);
			return true;
		}
	op_args_add(args, "search", word, &e);
	return true;
}

static enum errc audit_filter(struct view *v, struct op_args *args, const char *text, struct err *e)
{
	(void)v;
	(void)e;
	form_split(text, audit_filter_word, args);
	return ERR_OK;
}

/* It knows one order and its reverse. */
static void audit_page(struct view *v, struct op_args *args, const struct list_query *q)
{
	struct err e = ERR_INIT;

	(void)v;
	if (q->descending)
		op_args_add(args, "oldest-first", "true", &e);
}

static const char *audit_id(const struct json *row, char out[40])
{
	snprintf(out, 40, "%lld", (long long)json_get_int(row, "sequence", 0));
	return out;
}

static const char *audit_name(const struct json *row)
{
	return record_text(row, "operation", "event");
}

static int64_t event_day(struct view *v, const struct json *row, char out[DATETIME_SIZE])
{
	int64_t at = record_time(row, "time");

	if (console_times(v->console) == TIMES_UTC)
		datetime_rfc3339(out, at);
	else
		datetime_local(out, at, false);
	return at;
}

/* The day where it changes; none above the events of today. */
static const char *audit_group(struct view *v, const struct json *previous, const struct json *row,
			       char out[64])
{
	char day[DATETIME_SIZE], before[DATETIME_SIZE], today[DATETIME_SIZE];

	if (event_day(v, row, day) == TIME_NONE)
		return NULL;
	if (console_times(v->console) == TIMES_UTC)
		datetime_rfc3339(today, console_now(v->console));
	else
		datetime_local(today, console_now(v->console), false);
	if (previous)
		event_day(v, previous, before);
	if (previous ? strncmp(day, before, 10) == 0 : strncmp(day, today, 10) == 0)
		return NULL;
	snprintf(out, 64, "%.10s", day);
	return out;
}

static void audit_empty(struct view *v, const struct area *a)
{
	(void)v;
	area_text(a, 3, 2, -1, STYLE_TITLE, "No events yet.");
	area_wrap(a, 3, 4, a->width - 6, STYLE_NORMAL,
		  "Every change to a key, and every showing of a stored secret, writes an event "
		  "here in "
		  "the same transaction. Events are chained by hash and MAC: who edits, removes or "
		  "inserts one is found by V.");
}

/* --- verifying ----------------------------------------------------------------------------- */
static void verify_done(void *arg, const struct work_result *r)
{
	struct view *v = arg;
	struct audit_state *s = audit_state(v);
	const struct json *row = json_at(r->rows, 0);

	s->verify = NULL;
	if (r->code && r->code != ERR_NO) {
		console_error(v->console, &r->err);
		return;
	}
	s->verified = true;
	s->whole = json_get_bool(row, "whole");
	s->events = json_get_int(row, "events", 0);
	s->bad = json_get_int(row, "bad_sequence", 0);
	s->verified_at = console_now(v->console);
	snprintf(s->reason, sizeof(s->reason), "%s", record_text(row, "reason", ""));
	console_redraw(v->console);
}

static void audit_verify_start(struct view *v)
{
	const struct op *op = op_find("audit.verify");

	if (!app_store_exists(console_app(v->console)))
		return;
	work_drop(audit_state(v)->verify);
	audit_state(v)->verify = console_work(v->console, &(struct work_order){
								  .op = op,
								  .args = op_args_new(op),
								  .lane = LANE_SLOW,
								  .arg = v,
								  .done = verify_done,
							  });
}

static void audit_context(struct view *v, const struct area *line)
{
	const struct audit_state *s = audit_state(v);
	char events[NUMBER_SIZE], at[DATETIME_SIZE];
	int x = 0;

	if (s->verified && s->whole) {
		number_grouped(events, s->events);
		datetime_local(at, s->verified_at, false);
		x += area_textf(line, x, 0, -1, STYLE_NORMAL, "%s events   chain ", events);
		area_textf(line, x, 0, -1, STYLE_GOOD, "%s whole, verified %.5s",
			   glyph(line->frame, GLYPH_PASS), at + 11);
	} else if (s->verified) {
		area_textf(line, x, 0, -1, STYLE_DANGER, "%s BROKEN at #%lld: %s",
			   glyph(line->frame, GLYPH_FAIL), (long long)s->bad, s->reason);
	} else {
		area_text(line, x, 0, -1, STYLE_SECONDARY,
			  s->verify ? "chain: being verified" : "chain: not verified yet, V does");
	}
}

/* --- the pane ------------------------------------------------------------------------------ */
static void hash_middle(const char *hash, char out[HASH_ENDS])
{
	size_t len = hash ? strlen(hash) : 0;

	if (len > 12)
		snprintf(out, HASH_ENDS, "%.6s…%s", hash, hash + len - 6);
	else
		snprintf(out, HASH_ENDS, "%.12s", hash ? hash : "none");
}

/* A label and its text, wrapped; returns the next line. */
static int __attribute__((format(printf, 4, 5)))
pane_line(const struct area *a, int y, const char *label, const char *format, ...)
{
	struct buf text = BUF_INIT(PANE_TEXT_MAX);
	va_list ap;

	va_start(ap, format);
	buf_vaddf(&text, format, ap);
	va_end(ap);
	area_text(a, 1, y, LABEL_X, STYLE_SECONDARY, label);
	y += area_wrap(a, LABEL_X, y, a->width - LABEL_X - 1, STYLE_NORMAL, buf_text(&text));
	buf_release(&text);
	return y;
}

/* Who it was, with where each part comes from: the kernel, or the user's environment. */
static int pane_actor(const struct json *row, const struct area *a, int y)
{
	const struct json *actor = json_get(row, "actor"), *claimed = json_get(actor, "claimed");
	const char *sudo = json_get_text(claimed, "sudo_user");
	const char *client = json_get_text(claimed, "client");
	const char *key = json_get_text(claimed, "ssh_key");
	bool login = json_get_int(actor, "login_uid", -1) >= 0;

	y = pane_line(a, y, "actor", "%s  uid %lld%s%s%s%s%s", record_text(row, "user", "?"),
		      (long long)json_get_int(actor, login ? "login_uid" : "uid", -1),
		      login ? " (login)" : "", client ? "   claimed: from " : "",
		      client ? client : "", sudo ? "   claimed: sudo of " : "", sudo ? sudo : "");
	if (key)
		y = pane_line(a, y, "key", "%s  (claimed: SSH_USER_AUTH)", key);
	return y;
}

static const char *fit_text(const struct audit_state *s, int64_t sequence)
{
	if (!s->verified)
		return "not verified yet";
	if (s->whole || sequence < s->bad)
		return "fits";
	return sequence == s->bad ? "does not fit" : "behind the break";
}

static int audit_pane(struct view *v, const struct json *row, const struct area *a)
{
	int64_t at = record_time(row, "time"), sequence = json_get_int(row, "sequence", 0);
	char title[200], time[DATETIME_SIZE], utc[DATETIME_SIZE], hash[HASH_ENDS],
		before[HASH_ENDS];
	struct buf detail = BUF_INIT(PANE_TEXT_MAX);
	int y;

	snprintf(title, sizeof(title), "#%lld %s %s", (long long)sequence,
		 record_text(row, "operation", "?"),
		 record_text(row, "name", record_text(row, "object", "")));
	area_rule(a, 0, title, NULL);
	datetime_local(time, at, true);
	datetime_rfc3339(utc, at);
	y = pane_line(a, 1, "time", "%s   %s", time, utc);
	y = pane_actor(row, a, y);
	hash_middle(json_get_text(row, "hash"), hash);
	hash_middle(json_get_text(row, "previous"), before);
	y = pane_line(a, y, "hash", "%s   previous %s   %s", hash, before,
		      fit_text(audit_state(v), sequence));
	y = pane_line(a, y, "object", "%s   revision %lld", record_text(row, "object", "none"),
		      (long long)json_get_int(row, "object_revision", 0));
	if (json_write(&detail, json_get(row, "detail")))
		y = pane_line(a, y, "detail", "%s", buf_text(&detail));
	buf_release(&detail);
	return y;
}

/* --- actions ------------------------------------------------------------------------------- */
static const char *audit_why_no_open(struct view *v)
{
	const char *object = json_get_text(list_row(v->list), "object");

	return object && strncmp(object, "key_", 4) == 0 ? NULL : "it is about no key";
}

static void audit_open(struct view *v)
{
	const char *object = json_get_text(list_row(v->list), "object");
	char id[40];

	if (audit_why_no_open(v))
		return;
	snprintf(id, sizeof(id), "%s", object);
	if (!console_go(v->console, "keys"))
		return;
	list_filter_set(console_view(v->console, "keys")->list, "");
	list_select(console_view(v->console, "keys")->list, id);
}

static const struct op_form checkpoint_form = {
	.op = "audit.checkpoint",
	.title = "Checkpoint of the audit chain",
	.submit = "Make",
	.text = "Prints sequence, head hash and a signature. Keep it elsewhere: held against the "
		"chain later it shows whether the end was cut off.",
};

static const struct op_form export_form = {
	.op = "audit.export",
	.title = "Export the audit chain",
	.submit = "Export",
	.text = "Writes every event to a new file, so that anyone can verify the hashes.",
	.file = "audit.jsonl",
};

static const struct op_form info_form = {
	.op = "store.info",
	.title = "The store",
	.submit = "Show",
	.text = "What the store is and holds.",
};

static const struct op_form check_form = {
	.op = "store.check",
	.title = "Check the store",
	.submit = "Check",
	.text = "SQLite's integrity, every row's MAC, the audit chain and our own rules; names "
		"what is "
		"wrong. May take a while.",
};

static const struct form_place backup_places[] = {
	{ "file", .width = 52 },
	{ .arg = NULL },
};

static const struct op_form backup_form = {
	.op = "store.backup",
	.title = "Back up the store",
	.submit = "Back up",
	.text = "Into a new file, checked before it gets its name. The master key is not in it: "
		"keep "
		"that apart, without it no key verifies.",
	.places = backup_places,
};

static const struct op_form restore_form = {
	.op = "store.restore",
	.title = "Restore a backup: keys change back",
	.submit = "Restore",
	.text = "Puts the rows of a backup into the live store in one transaction. Revocations "
		"made "
		"since stay, and the audit chain goes on.",
	.places = backup_places,
	.type = "restore",
	.danger = true,
};

static void audit_checkpoint(struct view *v)
{
	op_form_open(v, &checkpoint_form, NULL);
}

static void audit_export(struct view *v)
{
	op_form_open(v, &export_form, NULL);
}

static void store_info(struct view *v)
{
	op_form_open(v, &info_form, NULL);
}

static void store_check_open(struct view *v)
{
	op_form_open(v, &check_form, NULL);
}

static void store_backup_open(struct view *v)
{
	op_form_open(v, &backup_form, NULL);
}

static void store_restore_open(struct view *v)
{
	op_form_open(v, &restore_form, NULL);
}

static void audit_close(struct view *v)
{
	work_drop(audit_state(v)->verify);
}

static void audit_changed(struct view *v)
{
	if (audit_state(v)->verified)
		audit_verify_start(v);
}

static const struct action audit_actions[] = {
	{ PRESS_ENTER, "open key", "open the key it is about", "Open the event's key", "audit.list",
	  GROUP_MOVE, ACTION_FOOTER | ACTION_NEEDS_ROW, .disabled = audit_why_no_open,
	  .run = audit_open },
	{ 'V', "verify", "verify the whole chain", "Verify the audit chain", "audit.verify",
	  GROUP_OTHER, ACTION_FOOTER, .run = audit_verify_start },
	{ 'P', "checkpoint", "make a checkpoint…", "Make an audit checkpoint…", "audit.checkpoint",
	  GROUP_OTHER, ACTION_FOOTER, .run = audit_checkpoint },
	{ 'e', "export", "export the chain…", "Export the audit chain…", "audit.export",
	  GROUP_OTHER, ACTION_FOOTER, .run = audit_export },
	{ 0, "store info", "what the store is and holds", "Store: info", "store.info", GROUP_OTHER,
	  0, .run = store_info },
	{ 0, "check store", "check the store…", "Store: check…", "store.check", GROUP_OTHER, 0,
	  .run = store_check_open },
	{ 0, "back up", "back up the store…", "Store: back up…", "store.backup", GROUP_OTHER, 0,
	  .run = store_backup_open },
	{ 0, "restore", "restore a backup…", "Store: restore a backup…", "store.restore",
	  GROUP_CHANGE, ACTION_DANGER, .run = store_restore_open },
	{ .label = NULL },
};

static const struct list_type audit_list = {
	.columns = audit_columns,
	.sorts = audit_sorts,
	.noun = "event",
	.plural = "events",
	.op = "audit.list",
	.filter = audit_filter,
	.page = audit_page,
	.id = audit_id,
	.name = audit_name,
	.group = audit_group,
	.empty = audit_empty,
};

const struct screen screen_audit = {
	.id = "audit",
	.title = "Audit",
	.digit = '7',
	.help = "who changed what and when, and whether the chain is whole",
	.state_size = sizeof(struct audit_state),
	.actions = audit_actions,
	.list = &audit_list,
	.open = audit_verify_start,
	.close = audit_close,
	.context = audit_context,
	.detail = audit_pane,
	.changed = audit_changed,
};
