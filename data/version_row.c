/* Versions as rows: the secrets of a key, looked up by secret id or by the digest of a foreign one. */
#include "data/key.h"

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/base/process.h"

enum { LOOKUP_SIZE = 16 };

/* As stored: our own secrets are found by their public id, foreign ones by half of their MAC. */
struct version_row {
	struct key_version v;
	uint8_t find[LOOKUP_SIZE], proof[MAC_SIZE];
};

#define VERSION_FIELD(kind, member_name, name)                       \
	{                                                            \
		.column = (name), .type = (kind),                    \
		.offset = offsetof(struct version_row, v) +          \
			  offsetof(struct key_version, member_name), \
		.size = sizeof((struct key_version *)0)->member_name \
	}

const struct field version_fields[] = {
	VERSION_FIELD(FIELD_INT, number, "number"),
	VERSION_FIELD(FIELD_ENUM, kind, "kind"),
	VERSION_FIELD(FIELD_ENUM, state, "state"),
	FIELD(FIELD_BYTES, version_row, find, "lookup"),
	FIELD(FIELD_BYTES, version_row, proof, "secret_mac"),
	VERSION_FIELD(FIELD_INT, secret_ring, "secret_ring"),
	VERSION_FIELD(FIELD_CHARS, hint, "hint"),
	VERSION_FIELD(FIELD_INT, created_at, "created_at"),
	VERSION_FIELD(FIELD_TIME, valid_until, "valid_until"),
	VERSION_FIELD(FIELD_INT, pid, "pid"),
	VERSION_FIELD(FIELD_INT, pid_start, "pid_start"),
	VERSION_FIELD(FIELD_INT, ring, "ring"),
	{ .column = NULL },
};

enum {
	VERSION_FIELDS = sizeof version_fields / sizeof *version_fields - 1,
	PARAMETER_MAC = VERSION_FIELDS + 1,
	PARAMETER_KEY
};

static const char insert_sql[] =
	"INSERT INTO version (number, kind, state, lookup, secret_mac, secret_ring, hint, "
	"created_at,"
	" valid_until, pid, pid_start, ring, mac, key)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

static const char update_sql[] =
	"UPDATE version SET kind = $2, state = $3, lookup = $4, secret_mac = $5, secret_ring = $6,"
	" hint = $7, created_at = $8, valid_until = $9, pid = $10, pid_start = $11, ring = $12,"
	" mac = $13 WHERE key = $14 AND number = $1";

/* Columns of the key first, then of the version, each in the order of its table of fields: names that
 * both have are told apart by reading in that order. */
static const char verify_sql[] =
	"SELECT k.row, k.id, k.name, k.owner, k.tier, k.note, k.scopes, k.limits, k.allow_from, "
	"k.meta,"
	" k.prefix, k.status, k.created_at, k.updated_at, k.not_before, k.expires_at, "
	"k.disabled_at,"
	" k.revoked_at, k.revoke_reason, k.revoke_text, k.revision, k.version, k.hint,"
	" k.retiring_until, k.import_event, k.ring, k.mac,"
	" v.key, v.number, v.kind, v.state, v.lookup, v.secret_mac, v.secret_ring, v.hint, "
	"v.created_at,"
	" v.valid_until, v.pid, v.pid_start, v.ring, v.mac"
	" FROM version AS v JOIN apikey AS k ON k.row = v.key WHERE v.lookup = $1";

static void own_lookup(uint8_t out[LOOKUP_SIZE], const char *secret_id)
{
	memset(out, 0, LOOKUP_SIZE);
	memcpy(out, secret_id, strnlen(secret_id, SECRET_ID_SIZE - 1));
}

static void row_of(struct version_row *r, const struct key_version *v)
{
	r->v = *v;
	if (v->kind == VERSION_OWN) {
		own_lookup(r->find, v->secret_id);
		memcpy(r->proof, v->secret_mac, sizeof r->proof);
	} else {
		memcpy(r->find, v->lookup, sizeof r->find);
		memcpy(r->proof, v->lookup, sizeof r->proof);
	}
}

static void version_of(struct key_version *v, const struct version_row *r)
{
	*v = r->v;
	memset(v->lookup, 0, sizeof v->lookup);
	memset(v->secret_mac, 0, sizeof v->secret_mac);
	if (v->kind == VERSION_OWN) {
		memcpy(v->secret_id, r->find, SECRET_ID_SIZE - 1);
		v->secret_id[SECRET_ID_SIZE - 1] = '\0';
		memcpy(v->secret_mac, r->proof, sizeof v->secret_mac);
	} else {
		hex_encode(v->secret_id, r->find, (SECRET_ID_SIZE - 1) / 2);
		memcpy(v->lookup, r->proof, sizeof v->lookup);
	}
}

/* The key's id is under the MAC, not its row: a version fits one key for ever. */
static bool mac_of(struct store *s, const struct version_row *r, const char *id,
		   uint8_t out[ROW_MAC_SIZE])
{
	return row_mac(s, r->v.ring, "version", version_fields, r, id, out);
}

bool version_mac(struct store *s, const struct key_version *v, const char *id,
		 uint8_t out[ROW_MAC_SIZE])
{
	struct version_row r;

	row_of(&r, v);
	return mac_of(s, &r, id, out);
}

void version_from_row(struct store *s, struct stmt *st, const char *id, struct key_version *v)
{
	uint8_t mac[ROW_MAC_SIZE], wanted[ROW_MAC_SIZE];
	struct version_row r = { .v.key = stmt_get_int(st, "key") };
	bool fits = row_read(st, version_fields, &r);

	fits &= stmt_copy_blob(st, "mac", mac, sizeof mac);
	fits = fits && mac_of(s, &r, id, wanted) && bytes_equal(mac, wanted, sizeof mac);
	/* A foreign look-up is the first half of its MAC. */
	fits = fits && (r.v.kind == VERSION_OWN || memcmp(r.find, r.proof, sizeof r.find) == 0);
	r.v.altered = !fits;
	version_of(v, &r);
}

/* --- changing ---------------------------------------------------------------------------------------- */

static enum errc id_of_row(struct store *s, int64_t row, struct err *e)
{
	struct stmt *st;
	uint8_t id[ULID_BYTES];
	bool there;
	enum errc rc;

	if (s->id_row == row && row > 0)
		return ERR_OK;
	st = db_stmt(s->db, "SELECT id FROM apikey WHERE row = $1");
	stmt_int(st, 1, row);
	rc = stmt_step(st, &there, e);
	if (!rc && !there)
		rc = err_set(e, ERR_NOT_FOUND, "there is no key in row %lld", (long long)row);
	if (!rc) {
		stmt_copy_blob(st, "id", id, sizeof id);
		memcpy(s->id_text, "key_", 4);
		ulid_text(s->id_text + 4, id);
		s->id_row = row;
	}
	stmt_done(st);
	return rc;
}

static enum errc version_write(struct store *s, const char *sql, struct version_row *r,
			       struct err *e)
{
	struct stmt *st = db_stmt(s->db, sql);
	uint8_t mac[ROW_MAC_SIZE];
	struct row_keep keep;
	enum errc rc = store_writing(s, e);

	if (!rc)
		rc = id_of_row(s, r->v.key, e);
	if (rc)
		return rc;
	r->v.ring = store_ring(s);
	mac_of(s, r, s->id_text, mac);
	memcpy(s->version_mac, mac, sizeof s->version_mac);
	row_bind(st, version_fields, r, &keep);
	stmt_blob(st, PARAMETER_MAC, mac, sizeof mac);
	stmt_int(st, PARAMETER_KEY, r->v.key);
	return stmt_run(st, e);
}

static enum errc is_tombstone(struct store *s, const uint8_t find[LOOKUP_SIZE], bool *is,
			      struct err *e)
{
	struct stmt *st;
	enum errc rc = ERR_OK;

	/* Mostly there are none: then an import need not look a million times. */
	if (s->tombstones < 0)
		rc = stmt_one_int(db_stmt(s->db, "SELECT EXISTS (SELECT 1 FROM tombstone) AS any"),
				  "any", &s->tombstones, e);
	*is = false;
	if (rc || s->tombstones == 0)
		return rc;
	st = db_stmt(s->db, "SELECT 1 AS there FROM tombstone WHERE lookup = $1");
	stmt_blob(st, 1, find, LOOKUP_SIZE);
	rc = stmt_step(st, is, e);
	stmt_done(st);
	return rc;
}

static enum errc known_already(struct err *e)
{
	err_set(e, ERR_CONFLICT, "the secret is known already");
	return err_hint(
		e, "a secret that was ever in the store, purged ones included, is not taken again");
}

enum errc version_insert(struct store *s, struct key_version *v, struct err *e)
{
	struct version_row r;
	bool known = false;
	enum errc rc;

	row_of(&r, v);
	rc = is_tombstone(s, r.find, &known, e);
	if (!rc && known)
		rc = known_already(e);
	if (!rc) {
		rc = version_write(s, insert_sql, &r, e);
		if (rc == ERR_CONFLICT)
			known_already(e);
	}
	if (!rc) {
		version_of(v, &r);
		v->altered = false;
	}
	return rc;
}

enum errc version_update(struct store *s, const struct key_version *v, struct err *e)
{
	struct version_row r;
	enum errc rc;

	row_of(&r, v);
	rc = version_write(s, update_sql, &r, e);
	if (!rc && db_changes(s->db) == 0)
		rc = err_set(e, ERR_CONFLICT, "version %lld is gone", (long long)v->number);
	return rc;
}

enum errc version_delete(struct store *s, const struct key_version *v, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "DELETE FROM version WHERE key = $1 AND number = $2");
	enum errc rc = store_writing(s, e);

	if (rc)
		return rc;
	stmt_int(st, 1, v->key);
	stmt_int(st, 2, v->number);
	return stmt_run(st, e);
}

/* --- reading ----------------------------------------------------------------------------------------- */

enum errc versions_of(struct store *s, int64_t key, struct key_version **out, size_t *count,
		      struct err *e)
{
	struct stmt *st;
	bool row;
	enum errc rc;

	*out = NULL;
	*count = 0;
	rc = id_of_row(s, key, e);
	if (rc)
		return rc;
	st = db_stmt(s->db, "SELECT * FROM version WHERE key = $1 ORDER BY number DESC");
	stmt_int(st, 1, key);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		*out = x_reallocarray(*out, *count + 1, sizeof **out);
		version_from_row(s, st, s->id_text, &(*out)[(*count)++]);
	}
	if (rc) {
		free(*out);
		*out = NULL;
	}
	return rc;
}

static enum errc version_by_lookup(struct store *s, const uint8_t find[LOOKUP_SIZE],
				   struct key_version *v, struct key *k, struct err *e)
{
	struct stmt *st = db_stmt(s->db, verify_sql);
	bool row;
	enum errc rc;

	stmt_blob(st, 1, find, LOOKUP_SIZE);
	rc = stmt_step(st, &row, e);
	if (!rc && row) {
		key_from_row(s, st, k);
		version_from_row(s, st, k->id, v);
	}
	stmt_done(st);
	if (!rc && !row)
		rc = err_set(e, ERR_NOT_FOUND, "no key has this secret");
	return rc;
}

enum errc version_by_secret_id(struct store *s, const char *secret_id, struct key_version *v,
			       struct key *k, struct err *e)
{
	uint8_t find[LOOKUP_SIZE];

	own_lookup(find, secret_id);
	return version_by_lookup(s, find, v, k, e);
}

enum errc version_by_digest(struct store *s, const uint8_t digest[SHA256_SIZE],
			    struct key_version *v, struct key *k, struct err *e)
{
	enum errc rc = ERR_NOT_FOUND;

	for (size_t i = 0; i < s->ring_count && rc == ERR_NOT_FOUND; i++) {
		uint8_t mac[MAC_SIZE];

		rc = store_import_mac(s, mac, s->ring[i].number, digest, e);
		if (!rc)
			rc = version_by_lookup(s, mac, v, k, e);
		/* The look-up is half of it: the whole has to fit too. */
		if (!rc && (v->kind != VERSION_FOREIGN || !bytes_equal(v->lookup, mac, sizeof mac)))
			rc = err_set(e, ERR_NOT_FOUND, "no key has this secret");
	}
	return rc;
}

static enum errc lookup_known(struct store *s, const uint8_t find[LOOKUP_SIZE], bool *known,
			      struct err *e)
{
	struct stmt *st = db_stmt(s->db, "SELECT 1 AS there FROM version WHERE lookup = $1"
					 " UNION ALL SELECT 1 FROM tombstone WHERE lookup = $1");
	enum errc rc;

	stmt_blob(st, 1, find, LOOKUP_SIZE);
	rc = stmt_step(st, known, e);
	stmt_done(st);
	return rc;
}

enum errc secret_known(struct store *s, const char *secret_id_or_null,
		       const uint8_t digest[SHA256_SIZE], bool *known, struct err *e)
{
	uint8_t find[MAC_SIZE];
	enum errc rc = ERR_OK;

	*known = false;
	if (secret_id_or_null) {
		own_lookup(find, secret_id_or_null);
		rc = lookup_known(s, find, known, e);
	}
	for (size_t i = 0; i < s->ring_count && digest && !*known && !rc; i++) {
		rc = store_import_mac(s, find, s->ring[i].number, digest, e);
		if (!rc)
			rc = lookup_known(s, find, known, e);
	}
	return rc;
}

/* --- pending ones ------------------------------------------------------------------------------------- */

static enum errc sweep_one(struct store *s, int64_t key, int64_t number, struct err *e)
{
	struct key_version v = { .key = key, .number = number };
	struct stmt *st;
	enum errc rc = version_delete(s, &v, e);

	if (rc)
		return rc;
	st = db_stmt(s->db, "DELETE FROM apikey WHERE row = $1 AND status = 0");
	stmt_int(st, 1, key);
	return stmt_run(st, e);
}

enum errc pending_sweep(struct store *s, struct err *e)
{
	enum { AT_ONCE = 64 };
	struct {
		int64_t key, number, pid, start;
	} found[AT_ONCE];
	struct stmt *st = db_stmt(s->db, "SELECT key, number, pid, pid_start FROM version"
					 " WHERE state = 0 LIMIT 64");
	size_t count = 0;
	bool row;
	enum errc rc;

	while (!(rc = stmt_step(st, &row, e)) && row && count < AT_ONCE) {
		found[count].key = stmt_get_int(st, "key");
		found[count].number = stmt_get_int(st, "number");
		found[count].pid = stmt_get_int(st, "pid");
		found[count++].start = stmt_get_int(st, "pid_start");
	}
	stmt_done(st);
	for (size_t i = 0; i < count && !rc; i++)
		if (!process_alive(found[i].pid, found[i].start))
			rc = sweep_one(s, found[i].key, found[i].number, e);
	return rc;
}
