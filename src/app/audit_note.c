/* Audit events of operations: who, what, which row as it was and is; and their mirror in syslog. */
#include "src/app/audit_note.h"

#include <inttypes.h>
#include <string.h>

#include "data/audit.h"
#include "src/app/session.h"
#include "src/base/datetime.h"

enum { DETAIL_MAX = 256 * 1024, LINE_MAX_BYTES = 4096 };

static char *canonical_take(struct json *v)
{
	struct buf out = BUF_INIT(DETAIL_MAX);

	json_write_canonical(&out, v);
	json_free(v);
	return buf_take(&out);
}

static void mirror(struct app *a, const struct audit_event *ev)
{
	struct json *line = json_object_new();
	struct buf out = BUF_INIT(LINE_MAX_BYTES);

	json_set_int(line, "sequence", ev->sequence);
	json_set_text(line, "operation", ev->operation);
	json_set_text(line, "object", ev->object);
	json_set_text(line, "name", ev->name);
	json_set_text(line, "actor", ev->actor);
	json_set_text(line, "detail", ev->detail);
	json_write(&out, line);
	app_mirror_add(a, buf_text(&out));
	buf_release(&out);
	json_free(line);
}

enum errc audit_note(const struct op_call *c, struct store *s, const struct audit_note *n,
		     int64_t *sequence, struct err *e)
{
	struct json *none = n->detail ? NULL : json_object_new();
	struct buf detail = BUF_INIT(DETAIL_MAX);
	char *actor = canonical_take(actor_json(app_actor_record(c->app)));
	struct audit_event ev = { .actor = actor, .object_revision = n->revision };
	char operation[64], object[64], name[1024];
	enum errc r;

	snprintf(operation, sizeof(operation), "%s", n->operation ? n->operation : c->op->id);
	snprintf(object, sizeof(object), "%s", n->object ? n->object : "");
	snprintf(name, sizeof(name), "%s", n->name ? n->name : "");
	json_write_canonical(&detail, n->detail ? n->detail : none);
	ev.operation = operation;
	ev.object = object;
	ev.name = name;
	ev.detail = detail.data;
	ev.has_object_mac = n->mac_after;
	if (n->mac_after)
		memcpy(ev.object_mac, n->mac_after, MAC_SIZE);
	if (n->mac_after && n->mac_before)
		memcpy(ev.object_before, n->mac_before, MAC_SIZE);
	r = audit_append(s, &ev, e);
	if (!r)
		mirror(c->app, &ev);
	if (!r && sequence)
		*sequence = ev.sequence;
	free(actor);
	buf_release(&detail);
	json_free(none);
	return r;
}

enum errc audit_note_event(const struct op_call *c, struct store *s, struct audit_event *ev,
			   struct err *e)
{
	char *actor = canonical_take(actor_json(app_actor_record(c->app)));
	char operation[64];
	enum errc r;

	snprintf(operation, sizeof(operation), "%s", c->op->id);
	ev->actor = actor;
	ev->operation = operation;
	r = audit_append(s, ev, e);
	if (!r)
		mirror(c->app, ev);
	ev->actor = ev->operation = NULL;
	free(actor);
	return r;
}

enum errc audit_note_key(const struct op_call *c, struct store *s, const struct key *k,
			 const uint8_t before[MAC_SIZE], const struct json *detail, struct err *e)
{
	uint8_t after[MAC_SIZE];
	struct audit_note n = {
		.object = k->id,
		.name = k->name,
		.revision = k->revision,
		.mac_before = before,
		.mac_after = after,
		.detail = detail,
	};
	enum errc r = key_object_mac(s, k, after, e);

	return r ? r : audit_note(c, s, &n, NULL, e);
}

enum errc audit_commit(const struct op_call *c, struct store *s, struct err *e)
{
	enum errc r = store_commit(s, e);

	if (r)
		app_mirror_drop(c->app);
	else
		app_mirror_send(c->app);
	return r;
}

void audit_rollback(const struct op_call *c, struct store *s)
{
	store_rollback(s);
	app_mirror_drop(c->app);
}

enum errc audit_clock(const struct op_call *c, struct store *s, struct json *detail, struct err *e)
{
	int64_t step = 0;
	enum errc r = store_clock_check(s, &step, e);
	char text[DATETIME_SIZE];

	if (r || !step)
		return r;
	duration_text(text, step < 0 ? -step : step);
	call_note(c, "the clock's step of %s%s is accepted", step < 0 ? "-" : "", text);
	json_set_int(detail, "accepted_clock_step_ms", step);
	return ERR_OK;
}
