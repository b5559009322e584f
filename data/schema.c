/* The schema: applying migrations, and comparing what a file holds with what they make. */
#include "data/store_internal.h"

#include "data/migrations.h"
#include "src/base/alloc.h"

int64_t schema_newest(void)
{
	return migrations[migration_count - 1].number;
}

enum errc schema_apply(struct db *d, int64_t from, struct err *e)
{
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < migration_count && !rc; i++) {
		const char *const *sql = migrations[i].statements;

		for (; migrations[i].number > from && *sql && !rc; sql++)
			rc = db_exec(d, *sql, e);
	}
	if (!rc)
		rc = db_error(d, db_engine(d)->set_schema_version(db_conn(d), schema_newest()),
			      "set the schema's version", e);
	return rc;
}

/* --- comparing ---------------------------------------------------------------------------------- */

struct object {
	char *type, *name, *sql;
};

struct listing {
	struct object *objects;
	size_t count;
};

static bool list_object(void *arg, const char *type, const char *name, const char *table,
			const char *sql)
{
	struct listing *l = arg;

	l->objects = x_reallocarray(l->objects, l->count + 1, sizeof *l->objects);
	l->objects[l->count++] = (struct object){ x_strdup(type), x_strdup(name),
						  x_asprintf("%s: %s", table, sql) };
	return true;
}

static void object_release(struct object *o)
{
	free(o->type);
	free(o->name);
	free(o->sql);
}

static void listing_release(struct listing *l)
{
	for (size_t i = 0; i < l->count; i++)
		object_release(&l->objects[i]);
	free(l->objects);
}

static enum errc listing_read(struct listing *l, struct db *d, struct err *e)
{
	return db_error(d, db_engine(d)->schema(db_conn(d), list_object, l), "read the schema", e);
}

static int compare_objects(const struct object *a, const struct object *b)
{
	int order = strcmp(a->type, b->type);

	return order ? order : strcmp(a->name, b->name);
}

static bool report(engine_report *found, void *arg, const struct object *o, const char *what)
{
	char *text = x_asprintf("%s \"%s\" %s", o->type, o->name, what);
	bool more = found(arg, text);

	free(text);
	return more;
}

/* Both are sorted by type and name. */
static void compare(const struct listing *is, const struct listing *wanted, engine_report *found,
		    void *arg)
{
	size_t i = 0, w = 0;
	bool more = true;

	while (more && (i < is->count || w < wanted->count)) {
		int order = i == is->count ? 1
			    : w == wanted->count
				    ? -1
				    : compare_objects(&is->objects[i], &wanted->objects[w]);

		if (order < 0)
			more = report(found, arg, &is->objects[i], "is unknown");
		else if (order > 0)
			more = report(found, arg, &wanted->objects[w], "is missing");
		else if (strcmp(is->objects[i].sql, wanted->objects[w].sql) != 0)
			more = report(found, arg, &is->objects[i], "was altered");
		i += order <= 0;
		w += order >= 0;
	}
}

/* What the migrations make is asked of the engine itself, in memory: nothing to keep in step. */
static enum errc listing_model(struct listing *l, const struct engine *engine, struct err *e)
{
	struct db *model = NULL;
	enum errc rc = db_open(&model, engine, "model", ENGINE_MEMORY, e);

	if (!rc)
		rc = schema_apply(model, 0, e);
	if (!rc)
		rc = listing_read(l, model, e);
	db_close(model);
	return rc;
}

/* --- the short way ------------------------------------------------------------------------------ */

/* The text up to the next blank or bracket; heap. */
static char *word_of(const char *text)
{
	return x_strndup(text, strcspn(text, " (\n"));
}

/* An engine notes a plain CREATE of one object by its text, without the semicolon. False for what is none. */
static bool statement_read(struct object *o, const char *sql)
{
	static const struct {
		const char *words, *type;
	} kinds[] = { { "CREATE TABLE ", "table" },
		      { "CREATE INDEX ", "index" },
		      { "CREATE UNIQUE INDEX ", "index" } };
	size_t len = strcspn(sql, ";");

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const char *name = sql + strlen(kinds[i].words), *on = name;
		char *table;

		if (strncmp(sql, kinds[i].words, strlen(kinds[i].words)) != 0)
			continue;
		if (*kinds[i].type == 'i' && (on = strstr(name, " ON ")))
			on += strlen(" ON ");
		if (!on)
			return false;
		table = word_of(on);
		*o = (struct object){ x_strdup(kinds[i].type), word_of(name),
				      x_asprintf("%s: %.*s", table, (int)len, sql) };
		free(table);
		return true;
	}
	return false;
}

static int sort_objects(const void *a, const void *b)
{
	return compare_objects(a, b);
}

/* A table goes with its indices: of both, the text begins with the table's name. */
static void listing_drop(struct listing *l, const char *table)
{
	size_t len = strcspn(table, ";"), kept = 0;

	for (size_t i = 0; i < l->count; i++) {
		const char *sql = l->objects[i].sql;

		if (strncmp(sql, table, len) == 0 && sql[len] == ':')
			object_release(&l->objects[i]);
		else
			l->objects[kept++] = l->objects[i];
	}
	l->count = kept;
}

static bool listing_statement(struct listing *l, const char *sql)
{
	static const char drop[] = "DROP TABLE ", insert[] = "INSERT INTO ";

	if (strncmp(sql, insert, strlen(insert)) == 0)
		return true;
	if (strncmp(sql, drop, strlen(drop)) == 0) {
		listing_drop(l, sql + strlen(drop));
		return true;
	}
	l->objects = x_reallocarray(l->objects, l->count + 1, sizeof *l->objects);
	if (!statement_read(&l->objects[l->count], sql))
		return false;
	l->count++;
	return true;
}

static bool listing_written(struct listing *l)
{
	for (size_t i = 0; i < migration_count; i++) {
		const char *const *sql = migrations[i].statements;

		for (; *sql; sql++)
			if (!listing_statement(l, *sql))
				return false;
	}
	if (l->count)
		qsort(l->objects, l->count, sizeof *l->objects, sort_objects);
	return true;
}

static bool note_difference(void *arg, const char *text)
{
	(void)text;
	*(bool *)arg = true;
	return false;
}

/* Opening a store takes 0.6 ms with it, 2.1 without: what has the very texts of the migrations, object by
 * object, is what they make. Anything else is compared with what the engine makes of them. */
static bool is_written(const struct listing *is)
{
	struct listing wanted = { .count = 0 };
	bool differs = !listing_written(&wanted);

	if (!differs)
		compare(is, &wanted, note_difference, &differs);
	listing_release(&wanted);
	return !differs;
}

enum errc schema_written(struct db *d, bool *written, struct err *e)
{
	struct listing is = { .count = 0 };
	enum errc rc = listing_read(&is, d, e);

	*written = !rc && is_written(&is);
	listing_release(&is);
	return rc;
}

enum errc schema_compare(struct db *d, engine_report *found, void *arg, struct err *e)
{
	struct listing is = { .count = 0 }, wanted = { .count = 0 };
	enum errc rc = listing_read(&is, d, e);

	if (!rc && !is_written(&is)) {
		rc = listing_model(&wanted, db_engine(d), e);
		if (!rc)
			compare(&is, &wanted, found, arg);
	}
	listing_release(&is);
	listing_release(&wanted);
	return rc;
}

enum { FINDING_SIZE = 160 };

static bool first_take(void *arg, const char *text)
{
	snprintf(arg, FINDING_SIZE, "%s", text);
	return false;
}

enum errc schema_require(struct db *d, struct err *e)
{
	char what[FINDING_SIZE] = "";
	enum errc rc = schema_compare(d, first_take, what, e);

	if (rc || !what[0])
		return rc;
	err_set(e, ERR_STORE, "the schema of \"%s\" was changed by hand: %s", db_path(d), what);
	err_hint(e,
		 "authrack store check names all of it; remove what is unknown (sqlite3), or put a "
		 "backup there, without a -wal beside it");
	return ERR_STORE;
}
