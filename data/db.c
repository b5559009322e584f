/* Typed access over an engine; see db.h. */
#include "data/db.h"

#include <assert.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"

enum { CACHE_SIZE = 256 }; /* a power of two, well above the number of literals */

struct stmt {
	struct db *db;
	struct engine_stmt *st;	 /* NULL: it did not compile */
	const char *literal;	 /* cache key; NULL for an own one */
	enum engine_code failed; /* why it did not compile */
	bool stepped;
	int columns, last; /* last: column read last */
	char **names;
	struct run { /* where the columns of a table of names start */
		const void *names;
		int first;
	} runs[2];
};

struct db {
	const struct engine *engine;
	struct engine_conn *conn;
	char *path;
	struct stmt *cache[CACHE_SIZE];
};

/* What a failure means for the person in front of it. */
static const struct meaning {
	enum errc code;
	const char *text, *hint;
} meanings[] = {
	[ENGINE_EXISTS] = { ERR_CONFLICT, "is there already", "" },
	[ENGINE_CONSTRAINT] = { ERR_STORE, "breaks a rule of the store",
				"look with authrack store check" },
	[ENGINE_BUSY] = { ERR_STORE, "is locked by a program that does not queue",
			  "close what else has it open (lsof names it), then try again" },
	[ENGINE_FULL] = { ERR_STORE, "can't grow: the disk is full", "make room, then try again" },
	[ENGINE_IO] = { ERR_STORE, "can't be read or written",
			"look at the disk and the kernel's log (dmesg)" },
	[ENGINE_CORRUPT] = { ERR_STORE, "is damaged, or no database",
			     "look with authrack store check; restore with authrack store "
			     "restore" },
	[ENGINE_READ_ONLY] = { ERR_STORE, "can't be written to",
			       "give its owner the right to write it, or use --read-only" },
	[ENGINE_CANT_OPEN] = { ERR_STORE, "can't be opened",
			       "look at the modes of the file and its folder, and whether the disk "
			       "is full" },
	[ENGINE_INTERRUPTED] = { ERR_CANCELLED, "was interrupted", "" },
	[ENGINE_SETTING] = { ERR_STORE, "does not take a setting that safety needs",
			     "use SQLite 3.40 or later, built as Debian does" },
	[ENGINE_OTHER] = { ERR_STORE, "failed", "look with authrack store check" },
};

enum errc db_error(const struct db *d, enum engine_code code, const char *what, struct err *e)
{
	const struct meaning *m = &meanings[code];

	if (code == ENGINE_OK || code == ENGINE_ROW)
		return ERR_OK;
	err_set(e, m->code, "%s: the store \"%s\" %s (%s)", what, d->path, m->text,
		d->engine->message(d->conn));
	if (m->hint[0])
		err_hint(e, "%s", m->hint);
	return m->code;
}

enum errc db_open(struct db **out, const struct engine *engine, const char *path, unsigned flags,
		  struct err *e)
{
	struct db *d = x_calloc(1, sizeof *d);
	enum errc rc;

	*out = NULL;
	d->engine = engine;
	d->path = x_strdup(path);
	rc = db_error(d, engine->open(&d->conn, path, flags), "open", e);
	if (rc) {
		db_close(d);
		return rc;
	}
	*out = d;
	return ERR_OK;
}

static void stmt_destroy(struct stmt *s)
{
	if (s->st)
		s->db->engine->finalize(s->st);
	for (int i = 0; i < s->columns; i++)
		free(s->names[i]);
	free(s->names);
	free(s);
}

void db_close(struct db *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < CACHE_SIZE; i++)
		if (d->cache[i])
			stmt_destroy(d->cache[i]);
	d->engine->close(d->conn);
	free(d->path);
	free(d);
}

const struct engine *db_engine(const struct db *d)
{
	return d->engine;
}

struct engine_conn *db_conn(const struct db *d)
{
	return d->conn;
}

const char *db_path(const struct db *d)
{
	return d->path;
}

int64_t db_changes(const struct db *d)
{
	return d->engine->changes(d->conn);
}

enum errc db_exec(struct db *d, const char *sql, struct err *e)
{
	return db_error(d, d->engine->exec(d->conn, sql), "write", e);
}

/* --- statements --------------------------------------------------------------------------------- */

struct stmt *db_prepare(struct db *d, const char *sql)
{
	struct stmt *s = x_calloc(1, sizeof *s);

	s->db = d;
	s->failed = d->engine->prepare(d->conn, sql, &s->st);
	if (!s->st)
		return s;
	s->columns = d->engine->columns(s->st);
	s->names = x_calloc((size_t)s->columns + 1, sizeof *s->names);
	for (int i = 0; i < s->columns; i++)
		s->names[i] = x_strdup(d->engine->column_name(s->st, i));
	return s;
}

void stmt_free(struct stmt *s)
{
	if (s)
		stmt_destroy(s);
}

static size_t cache_slot(const struct db *d, const char *sql)
{
	size_t at = ((uintptr_t)sql >> 3) * 0x9e3779b1U % CACHE_SIZE;

	for (size_t i = 0; i < CACHE_SIZE; i++, at = (at + 1) % CACHE_SIZE)
		if (!d->cache[at] || d->cache[at]->literal == sql)
			return at;
	assert(false && "more literals than the cache has room for");
	return 0;
}

struct stmt *db_stmt(struct db *d, const char *sql)
{
	size_t at = cache_slot(d, sql);

	/* One that failed to compile is tried again: the reason may be gone. */
	if (d->cache[at] && !d->cache[at]->st) {
		stmt_destroy(d->cache[at]);
		d->cache[at] = NULL;
	}
	if (!d->cache[at]) {
		d->cache[at] = db_prepare(d, sql);
		d->cache[at]->literal = sql;
	}
	stmt_done(d->cache[at]);
	return d->cache[at];
}

void stmt_null(struct stmt *s, int number)
{
	if (s->st)
		s->db->engine->bind_null(s->st, number);
}

void stmt_int(struct stmt *s, int number, int64_t value)
{
	if (s->st)
		s->db->engine->bind_int(s->st, number, value);
}

void stmt_time(struct stmt *s, int number, int64_t at)
{
	if (at == TIME_NONE)
		stmt_null(s, number);
	else
		stmt_int(s, number, at);
}

void stmt_text(struct stmt *s, int number, const char *text)
{
	if (!text)
		stmt_null(s, number);
	else if (s->st)
		s->db->engine->bind_text(s->st, number, text, strlen(text));
}

void stmt_blob(struct stmt *s, int number, const void *data, size_t len)
{
	if (s->st)
		s->db->engine->bind_blob(s->st, number, data, len);
}

enum errc stmt_step(struct stmt *s, bool *row, struct err *e)
{
	struct db *d = s->db;
	enum engine_code code = s->st ? d->engine->step(s->st) : s->failed;
	enum errc rc;

	*row = code == ENGINE_ROW;
	s->stepped = true;
	s->last = -1;
	if (code == ENGINE_ROW)
		return ERR_OK;
	rc = db_error(d, code, "read or write", e);
	stmt_done(s);
	return rc;
}

enum errc stmt_run(struct stmt *s, struct err *e)
{
	bool row = true;
	enum errc rc = ERR_OK;

	while (row && !rc)
		rc = stmt_step(s, &row, e);
	return rc;
}

enum errc stmt_one_int(struct stmt *s, const char *column, int64_t *value, struct err *e)
{
	bool row;
	enum errc rc = stmt_step(s, &row, e);

	if (!rc && row)
		*value = stmt_get_int(s, column);
	stmt_done(s);
	return rc;
}

void stmt_done(struct stmt *s)
{
	if (s->st && s->stepped)
		s->db->engine->reset(s->st);
	s->stepped = false;
	s->last = -1;
}

/* --- columns ------------------------------------------------------------------------------------- */

/* Reading in the statement's order finds each name at once. One that is not there (a schema altered by
 * hand, opened for the check) gets a number that reads as NULL. */
static int column_of(struct stmt *s, const char *name)
{
	for (int i = 1, at = s->last + 1; i <= s->columns; i++, at++) {
		if (at == s->columns)
			at = 0;
		if (strcmp(s->names[at], name) == 0) {
			s->last = at;
			return at;
		}
	}
	return s->columns;
}

int stmt_find_columns(struct stmt *s, const void *names,
		      const char *(*name)(const void *names, int i), int count)
{
	size_t slot = s->runs[0].names && s->runs[0].names != names;
	struct run *r = &s->runs[slot];

	if (r->names != names) {
		r->names = names;
		r->first = column_of(s, name(names, 0));
		for (int i = 1; i < count; i++)
			if (column_of(s, name(names, i)) != r->first + i)
				r->first = s->columns;
	}
	s->last = r->first < s->columns ? r->first + count - 1 : -1;
	return r->first;
}

void stmt_value_at(struct stmt *s, int column, struct engine_value *out)
{
	s->db->engine->column_value(s->st, column, out);
}

int64_t stmt_get_int(struct stmt *s, const char *column)
{
	return s->db->engine->column_int(s->st, column_of(s, column));
}

const char *stmt_get_text(struct stmt *s, const char *column, size_t *len)
{
	size_t size;

	return s->db->engine->column_text(s->st, column_of(s, column), len ? len : &size);
}

const void *stmt_get_blob(struct stmt *s, const char *column, size_t *len)
{
	return s->db->engine->column_blob(s->st, column_of(s, column), len);
}

bool stmt_copy_blob(struct stmt *s, const char *column, void *out, size_t size)
{
	size_t len;
	const void *data = stmt_get_blob(s, column, &len);

	memset(out, 0, size);
	if (len == size)
		memcpy(out, data, size);
	return len == size;
}
