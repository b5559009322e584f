/* store check: looks at everything a store holds, and names what is wrong with it. */
#include <inttypes.h>
#include <stdarg.h>

#include "data/check.h"
#include "src/base/encode.h"

enum { FINDING_SIZE = 65536 };

void check_found(struct check *c, const char *check, const char *object, const char *format, ...)
{
	struct buf text = BUF_INIT(FINDING_SIZE);
	struct store_finding f = { .check = check, .object = object };
	va_list ap;

	va_start(ap, format);
	buf_vaddf(&text, format, ap);
	va_end(ap);
	f.text = buf_text(&text);
	c->count++;
	c->found(c->arg, &f);
	buf_release(&text);
}

/* --- what the engine itself finds ----------------------------------------- */

/* "row 17 missing from index apikey_name" and the like: whose row is it? */
static void row_label(struct check *c, const char *text, char label[CHECK_LABEL_SIZE])
{
	struct key k;
	char *end;
	int64_t row;

	snprintf(label, CHECK_LABEL_SIZE, "store");
	if (strncmp(text, "row ", 4) != 0 || !strstr(text, "apikey"))
		return;
	row = strtoll(text + 4, &end, 10);
	key_init(&k);
	if (*end == ' ' && key_get_row(c->s, row, &k, NULL) == ERR_OK)
		snprintf(label, CHECK_LABEL_SIZE, "%s %s", k.id, k.name);
	key_release(&k);
}

/* The engine may put several into one text, a line each, below a title in asterisks. */
static bool integrity_found(void *arg, const char *text)
{
	char label[CHECK_LABEL_SIZE];

	while (*text) {
		int len = (int)strcspn(text, "\n");

		row_label(arg, text, label);
		if (len && *text != '*')
			check_found(arg, "integrity", label, "%.*s", len, text);
		text += len + (text[len] == '\n');
	}
	return true;
}

static bool foreign_key_found(void *arg, const char *text)
{
	check_found(arg, "foreign_key", "store", "%s", text);
	return true;
}

static bool schema_found(void *arg, const char *text)
{
	check_found(arg, "schema", "store", "%s", text);
	return true;
}

static enum errc check_integrity(struct check *c, struct err *e)
{
	struct db *d = c->s->db;

	return db_error(d, db_engine(d)->integrity(db_conn(d), integrity_found, c), "can't check",
			e);
}

static enum errc check_foreign_keys(struct check *c, struct err *e)
{
	struct db *d = c->s->db;

	return db_error(d, db_engine(d)->foreign_keys(db_conn(d), foreign_key_found, c),
			"can't check", e);
}

static enum errc check_schema(struct check *c, struct err *e)
{
	return schema_compare(c->s->db, schema_found, c, e);
}

/* --- chain and anchor ----------------------------------------------------- */

static enum errc check_audit(struct check *c, struct err *e)
{
	struct audit_verdict v;
	struct audit_walk w = {
		.event = check_event,
		.event_arg = c,
		.progress = c->progress,
		.progress_arg = c->arg,
		.total = c->total,
	};
	char label[CHECK_LABEL_SIZE];
	enum errc rc = audit_walk(c->s, &w, &v, e);

	c->done = v.events;
	if (rc || v.whole)
		return rc;
	snprintf(label, sizeof label, "audit event %" PRId64, v.bad_sequence);
	check_found(c, "audit", label, "%s", v.reason);
	return ERR_OK;
}

static enum errc check_anchor(struct check *c, struct err *e)
{
	struct err differs = ERR_INIT;

	(void)e;
	if (anchor_compare(c->s, &c->anchor, &differs) != ERR_OK)
		check_found(c, "anchor", "store", "%s", differs.message);
	return ERR_OK;
}

/* --- rows that must not be there ------------------------------------------ */

static const char check_tombstones_sql[] =
	"SELECT version.key AS key, version.number AS number FROM tombstone JOIN version ON "
	"version.lookup = tombstone.lookup";

/* A secret of a purged key must never come back, nor its row number. */
static enum errc check_tombstones(struct check *c, struct err *e)
{
	bool row;
	struct key k;
	enum errc rc;
	char label[CHECK_LABEL_SIZE];
	struct stmt *st = db_stmt(c->s->db, check_tombstones_sql);

	while (!(rc = stmt_step(st, &row, e)) && row) {
		key_init(&k);
		snprintf(label, sizeof label, "row %" PRId64, stmt_get_int(st, "key"));
		if (key_get_row(c->s, stmt_get_int(st, "key"), &k, NULL) == ERR_OK)
			snprintf(label, sizeof label, "%s %s", k.id, k.name);
		check_found(c, "invariant", label,
			    "the secret of version %" PRId64 " belonged to a key that was removed",
			    stmt_get_int(st, "number"));
		key_release(&k);
	}
	stmt_done(st);
	return rc;
}

/* --- all of it ------------------------------------------------------------ */

/* The chain comes before the objects, which are compared with what it says. */
static enum errc (*const steps[])(struct check *c, struct err *e) = {
	check_integrity, check_foreign_keys, check_schema,  check_anchor,     check_audit,
	check_objects,	 check_oauth,	     check_missing, check_tombstones,
};

/* What can't be read is a finding; the other steps still say what they see. */
static enum errc step_run(struct check *c, enum errc (*step)(struct check *c, struct err *e),
			  struct err *e)
{
	struct err failed = ERR_INIT;
	enum errc rc = step(c, &failed);

	if (rc == ERR_CANCELLED) {
		if (e)
			*e = failed;
		return rc;
	}
	if (rc)
		check_found(c, "integrity", "store", "%s", failed.message);
	return ERR_OK;
}

static uint64_t rows_total(struct check *c)
{
	struct stmt *st = db_stmt(c->s->db, "SELECT count(*) AS rows FROM apikey");
	int64_t rows = 0;

	if (stmt_one_int(st, "rows", &rows, NULL) != ERR_OK)
		rows = 0;
	return (uint64_t)rows + (uint64_t)c->s->mark.sequence;
}

enum errc store_check(struct store *s, void (*found)(void *arg, const struct store_finding *f),
		      store_progress *progress, void *arg, uint64_t *count, struct err *e)
{
	struct check c = { .s = s, .found = found, .progress = progress, .arg = arg };
	enum errc rc;

	/* Before the snapshot: it may lag behind it, never lead. */
	if (!s->copy)
		anchor_read(s, &c.anchor);
	rc = store_snapshot(s, e);
	if (rc)
		return rc;
	c.total = rows_total(&c);
	for (size_t i = 0; i < sizeof steps / sizeof *steps && !rc; i++)
		rc = step_run(&c, steps[i], e);
	store_snapshot_end(s);
	check_imports_free(&c);
	*count = c.count;
	return rc;
}
