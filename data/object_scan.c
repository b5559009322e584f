/* Merging the key rows with the version rows, both in the order of their primary keys. */
#include "data/object_scan.h"

#include <stdlib.h>

#include "src/base/alloc.h"

enum errc object_scan_start(struct object_scan *o, struct store *s, struct err *e)
{
	enum errc rc;

	*o = (struct object_scan){ .s = s };
	key_init(&o->key);
	o->key_rows = db_prepare(s->db, "SELECT * FROM apikey ORDER BY row");
	o->version_rows = db_prepare(s->db, "SELECT * FROM version ORDER BY key, number");
	rc = stmt_step(o->key_rows, &o->key_more, e);
	return rc ? rc : stmt_step(o->version_rows, &o->version_more, e);
}

void object_scan_end(struct object_scan *o)
{
	stmt_free(o->key_rows);
	stmt_free(o->version_rows);
	key_release(&o->key);
	free(o->versions);
	*o = (struct object_scan){ .s = NULL };
}

static struct key_version *version_slot(struct object_scan *o)
{
	if (o->count == o->size) {
		o->size = o->size ? 2 * o->size : 4;
		o->versions = x_reallocarray(o->versions, o->size, sizeof *o->versions);
	}
	return &o->versions[o->count++];
}

static enum errc versions_take(struct object_scan *o, int64_t row, struct err *e)
{
	enum errc rc = ERR_OK;

	o->count = 0;
	while (!rc && o->version_more && stmt_get_int(o->version_rows, "key") == row) {
		struct key_version *v = version_slot(o);

		*v = (struct key_version){ .key = row };
		version_from_row(o->s, o->version_rows, o->key.id, v);
		rc = stmt_step(o->version_rows, &o->version_more, e);
	}
	return rc;
}

static void versions_reverse(struct object_scan *o)
{
	for (size_t i = 0; i < o->count / 2; i++) {
		struct key_version v = o->versions[i];

		o->versions[i] = o->versions[o->count - 1 - i];
		o->versions[o->count - 1 - i] = v;
	}
}

/* The row of the next object: the lower one of both tables' next rows. */
static int64_t next_row(struct object_scan *o)
{
	int64_t key = o->key_more ? stmt_get_int(o->key_rows, "row") : INT64_MAX;
	int64_t version = o->version_more ? stmt_get_int(o->version_rows, "key") : INT64_MAX;

	return key < version ? key : version;
}

enum errc object_scan_next(struct object_scan *o, bool *more, struct err *e)
{
	enum errc rc = ERR_OK;
	int64_t row;

	*more = o->key_more || o->version_more;
	if (!*more)
		return ERR_OK;
	row = next_row(o);
	if (o->key_more && stmt_get_int(o->key_rows, "row") == row) {
		key_from_row(o->s, o->key_rows, &o->key);
		rc = stmt_step(o->key_rows, &o->key_more, e);
	} else {
		key_release(&o->key);
		key_init(&o->key);
	}
	if (!rc)
		rc = versions_take(o, row, e);
	versions_reverse(o);
	return rc;
}
