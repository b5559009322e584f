/* store check: an object against what the audit chain says it is. */
#include <inttypes.h>

#include "data/check.h"
#include "src/base/encode.h"

void check_altered(struct check *c, const char *label, const struct audit_change *l, bool imported)
{
	if (l->any)
		check_found(c, "row_mac", label,
			    "the row was altered by hand after audit event %" PRId64 " (%s)",
			    l->sequence, l->operation);
	else if (imported)
		check_found(c, "row_mac", label, "the row was altered by hand, or planted");
	else
		check_found(c, "row_mac", label, "the row was planted: no audit event made it");
}

static const char older_found_sql[] =
	"SELECT sequence, operation FROM audit WHERE object = $1 AND (object_mac = $2 OR "
	"object_before = $2) ORDER BY sequence DESC LIMIT 1";

/* An object that once was as it is now: an older row, put back. */
static enum errc older_found(struct check *c, const struct check_object *o,
			     const struct audit_change *l, struct err *e)
{
	struct stmt *st = db_stmt(c->s->db, older_found_sql);
	bool row;
	enum errc rc;

	stmt_text(st, 1, o->id);
	stmt_blob(st, 2, o->mac, MAC_SIZE);
	rc = stmt_step(st, &row, e);
	if (!rc && row)
		check_found(c, "object", o->label,
			    "an older row was put back: it is revision %" PRId64 ", event %" PRId64
			    " (%s) left revision %" PRId64,
			    o->revision, l->sequence, l->operation, l->revision);
	else if (!rc)
		check_found(c, "object", o->label,
			    "%s not what event %" PRId64
			    " (%s) left: a row was added, removed or put back",
			    o->kind->whole, l->sequence, l->operation);
	stmt_done(st);
	return rc;
}

enum errc check_against_chain(struct check *c, const struct check_object *o,
			      const struct audit_change *l, struct err *e)
{
	if (!l->any) {
		check_found(c, "object", o->label, "no audit event made this %s: it was planted",
			    o->kind->noun);
		return ERR_OK;
	}
	if (audit_removes(l->operation, l->mac)) {
		check_found(c, "object", o->label,
			    "event %" PRId64 " (%s) removed this %s, and it is there again",
			    l->sequence, l->operation, o->kind->noun);
		return ERR_OK;
	}
	if (l->revision == o->revision && bytes_equal(l->mac, o->mac, MAC_SIZE))
		return ERR_OK;
	return older_found(c, o, l, e);
}

/* --- objects that are not there ------------------------------------------- */

const struct check_kind check_kinds[CHECK_KINDS] = {
	[CHECK_KEY] = { "key_", "key`", "key", "the key and its versions are",
			"SELECT row FROM apikey WHERE id = $1" },
	[CHECK_PROVIDER] = { "prv_", "prv`", "provider", "the provider is",
			     "SELECT row FROM provider WHERE id = $1" },
	[CHECK_GRANT] = { "grt_", "grt`", "grant", "the grant is",
			  "SELECT row FROM oauth_grant WHERE id = $1" },
};

static enum errc present(struct check *c, const struct check_kind *k, const char *object, bool *is,
			 struct err *e)
{
	struct stmt *st = db_stmt(c->s->db, k->find_sql);
	uint8_t id[ULID_BYTES];
	enum errc rc;

	*is = true;
	if (!ulid_parse(id, object + strlen(k->from)))
		return ERR_OK;
	stmt_blob(st, 1, id, sizeof id);
	rc = stmt_step(st, is, e);
	stmt_done(st);
	return rc;
}

static enum errc missing_found(struct check *c, const struct check_kind *k, int64_t sequence,
			       struct err *e)
{
	struct audit_event ev = { .sequence = 0 };
	char label[CHECK_LABEL_SIZE];
	enum errc rc = audit_get(c->s, sequence, &ev, e);

	if (!rc && !audit_removes(ev.operation, ev.object_mac)) {
		snprintf(label, sizeof label, "%s %s", ev.object, ev.name);
		check_found(c, "object", label,
			    "the %s is gone, event %" PRId64 " (%s) is the last one that knows it",
			    k->noun, sequence, ev.operation);
	}
	audit_event_release(&ev);
	return rc;
}

static const char last_events_sql[] =
	"SELECT object, max(sequence) AS sequence FROM audit WHERE object >= $1 AND object < $2 "
	"GROUP BY object";

static enum errc missing_check(struct check *c, const struct check_kind *k, struct err *e)
{
	struct stmt *st = db_stmt(c->s->db, last_events_sql);
	bool row, is;
	enum errc rc;

	stmt_text(st, 1, k->from);
	stmt_text(st, 2, k->until);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		rc = present(c, k, stmt_get_text(st, "object", NULL), &is, e);
		if (!rc && !is)
			rc = missing_found(c, k, stmt_get_int(st, "sequence"), e);
		if (rc)
			break;
	}
	stmt_done(st);
	return rc;
}

enum errc check_missing(struct check *c, struct err *e)
{
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < CHECK_KINDS && !rc; i++)
		rc = missing_check(c, &check_kinds[i], e);
	return rc;
}
