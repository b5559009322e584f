/* The audit chain: each event holds the hash of the one before it, and a MAC that a writer of the
 * store can't make. */
#include "data/audit.h"

#include "data/audit_walk.h"
#include "data/store_internal.h"
#include "src/base/alloc.h"

const struct field audit_fields[] = {
	/* none is under a row MAC: the chain has its own */
	FIELD(FIELD_INT, audit_event, sequence, "sequence"),
	FIELD(FIELD_INT, audit_event, time, "time"),
	FIELD(FIELD_TEXT, audit_event, actor, "actor"),
	FIELD(FIELD_TEXT, audit_event, operation, "operation"),
	FIELD(FIELD_TEXT, audit_event, object, "object"),
	FIELD(FIELD_TEXT, audit_event, name, "name"),
	FIELD(FIELD_INT, audit_event, object_revision, "object_revision"),
	FIELD(FIELD_BYTES, audit_event, object_mac, "object_mac"),
	FIELD(FIELD_BYTES, audit_event, object_before, "object_before"),
	FIELD(FIELD_TEXT, audit_event, detail, "detail"),
	FIELD(FIELD_CHARS, audit_event, boot_id, "boot_id"),
	FIELD(FIELD_INT, audit_event, boot_time, "boot_time"),
	FIELD(FIELD_BYTES, audit_event, previous, "previous"),
	FIELD(FIELD_BYTES, audit_event, hash, "hash"),
	FIELD(FIELD_BYTES, audit_event, mac, "mac"),
	FIELD(FIELD_INT, audit_event, ring, "ring"),
	{ .column = NULL },
};

void audit_event_release(struct audit_event *ev)
{
	free(ev->actor);
	free(ev->operation);
	free(ev->object);
	free(ev->name);
	free(ev->detail);
	*ev = (struct audit_event){ .sequence = 0 };
}

/* What removes an object leaves no MAC of it: store.restore does, too, where it leaves none. */
static const char *const removals[] = { "key.purge", "provider.remove", "grant.remove" };

static const char last_change_sql[] =
	"SELECT sequence, operation, object_revision, object_mac FROM audit WHERE object = $1 "
	"AND (object_mac <> $2 OR operation IN ('key.purge', 'provider.remove', 'grant.remove', "
	"'store.restore')) ORDER BY sequence DESC LIMIT 1";

bool audit_removes(const char *operation, const uint8_t mac[MAC_SIZE])
{
	static const uint8_t gone[MAC_SIZE];

	for (size_t i = 0; i < sizeof removals / sizeof *removals; i++)
		if (strcmp(operation, removals[i]) == 0)
			return true;
	return strcmp(operation, "store.restore") == 0 && memcmp(mac, gone, sizeof gone) == 0;
}

enum errc audit_last_change(struct store *s, const char *object, struct audit_change *c,
			    struct err *e)
{
	static const uint8_t none[MAC_SIZE];
	struct stmt *st = db_stmt(s->db, last_change_sql);
	enum errc rc;

	*c = (struct audit_change){ .any = false };
	stmt_text(st, 1, object);
	stmt_blob(st, 2, none, sizeof none);
	rc = stmt_step(st, &c->any, e);
	if (!rc && c->any) {
		c->sequence = stmt_get_int(st, "sequence");
		c->revision = stmt_get_int(st, "object_revision");
		snprintf(c->operation, sizeof c->operation, "%s",
			 stmt_get_text(st, "operation", NULL));
		stmt_copy_blob(st, "object_mac", c->mac, MAC_SIZE);
	}
	stmt_done(st);
	return rc;
}

/* "key", "provider" or "grant", by an object's id. */
static const char *noun_of(const char *object)
{
	if (strncmp(object, "prv_", 4) == 0)
		return "provider";
	return strncmp(object, "grt_", 4) == 0 ? "grant" : "key";
}

/* A change has to start from what the last one of the same object left: where an older row was put
 * back, it would give that its blessing. */
static enum errc check_continues(struct store *s, const struct audit_event *ev, struct err *e)
{
	/* What takes away is open to any row. */
	static const char *const open[] = { "key.revoke", "grant.revoke", "grant.remove",
					    "provider.remove" };
	static const uint8_t none[MAC_SIZE];
	const char *noun = noun_of(ev->object);
	bool key = strcmp(noun, "key") == 0;
	struct audit_change last;
	enum errc rc;

	if (memcmp(ev->object_before, none, sizeof none) == 0)
		return ERR_OK;
	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		if (strcmp(ev->operation, open[i]) == 0)
			return ERR_OK;
	rc = audit_last_change(s, ev->object, &last, e);
	if (rc || !last.any || bytes_equal(last.mac, ev->object_before, MAC_SIZE))
		return rc;
	err_set(e, ERR_STORE,
		"%s %s \"%s\" is not as its last change left it: an older row was put back", noun,
		ev->object, ev->name);
	return err_hint(e, "look with authrack store check; %s it, or restore a backup",
			key ? "revoke" : "remove");
}

enum errc audit_append(struct store *s, struct audit_event *ev, struct err *e)
{
	struct stmt *st;
	struct row_keep keep;
	enum errc rc = store_writing(s, e);

	if (!rc)
		rc = check_continues(s, ev, e);
	if (rc)
		return rc;
	ev->sequence = s->mark.sequence + 1;
	ev->time = store_now(s);
	snprintf(ev->boot_id, sizeof ev->boot_id, "%s", clock_boot_id(s->clock));
	ev->boot_time = clock_boot(s->clock);
	ev->ring = store_ring(s);
	memcpy(ev->previous, s->mark.hash, sizeof ev->previous);
	if (!ev->has_object_mac)
		memset(ev->object_mac, 0, sizeof ev->object_mac);
	audit_hash(ev, ev->hash);
	if (!audit_mac(s, ev, ev->mac))
		return err_set(e, ERR_STORE, "the store \"%s\" has no ring key", s->path);
	st = db_stmt(s->db,
		     "INSERT INTO audit (sequence, time, actor, operation, object, name,"
		     " object_revision, object_mac, object_before, detail, boot_id, boot_time,"
		     " previous, hash, mac, ring) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
		     "$11, $12, $13,"
		     " $14, $15, $16)");
	row_bind(st, audit_fields, ev, &keep);
	rc = stmt_run(st, e);
	if (rc)
		return rc;
	s->mark = (struct mark){
		.any = true, .sequence = ev->sequence, .time = ev->time, .boot_time = ev->boot_time
	};
	memcpy(s->mark.boot_id, ev->boot_id, sizeof s->mark.boot_id);
	memcpy(s->mark.hash, ev->hash, sizeof s->mark.hash);
	s->events++;
	return ERR_OK;
}

void audit_from_row(struct stmt *st, struct audit_event *ev)
{
	static const uint8_t none[MAC_SIZE];

	ev->altered = !row_read(st, audit_fields, ev);
	ev->has_object_mac = memcmp(ev->object_mac, none, sizeof none) != 0;
}

/* Runs a statement that selects one event. */
static enum errc event_read(struct stmt *st, struct audit_event *ev, bool *any, struct err *e)
{
	enum errc rc = stmt_step(st, any, e);

	if (!rc && *any)
		audit_from_row(st, ev);
	stmt_done(st);
	return rc;
}

enum errc audit_head(struct store *s, struct audit_event *ev, bool *any, struct err *e)
{
	return event_read(db_stmt(s->db, "SELECT * FROM audit ORDER BY sequence DESC LIMIT 1"), ev,
			  any, e);
}

enum errc audit_get(struct store *s, int64_t sequence, struct audit_event *ev, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "SELECT * FROM audit WHERE sequence = $1");
	bool any;
	enum errc rc;

	stmt_int(st, 1, sequence);
	rc = event_read(st, ev, &any, e);
	if (!rc && !any) {
		err_set(e, ERR_NOT_FOUND, "there is no audit event %lld", (long long)sequence);
		rc = err_hint(e, "list them with authrack audit list");
	}
	return rc;
}
