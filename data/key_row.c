/* Keys as rows: reading with their MACs checked, and every change of one. */
#include "data/key.h"

#include <assert.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"

const struct field key_fields[] = {
	FIELD_OF_ID(key, id, "id", "key_"),
	FIELD(FIELD_TEXT, key, name, "name"),
	FIELD(FIELD_TEXT, key, owner, "owner"),
	FIELD(FIELD_TEXT, key, tier, "tier"),
	FIELD(FIELD_TEXT, key, note, "note"),
	FIELD(FIELD_TEXT, key, scopes, "scopes"),
	FIELD(FIELD_TEXT, key, limits, "limits"),
	FIELD(FIELD_TEXT, key, allow_from, "allow_from"),
	FIELD(FIELD_TEXT, key, meta, "meta"),
	FIELD(FIELD_CHARS, key, prefix, "prefix"),
	FIELD(FIELD_ENUM, key, status, "status"),
	FIELD(FIELD_INT, key, created_at, "created_at"),
	FIELD(FIELD_TIME, key, updated_at, "updated_at"),
	FIELD(FIELD_TIME, key, not_before, "not_before"),
	FIELD(FIELD_TIME, key, expires_at, "expires_at"),
	FIELD(FIELD_TIME, key, disabled_at, "disabled_at"),
	FIELD(FIELD_TIME, key, revoked_at, "revoked_at"),
	FIELD(FIELD_TEXT, key, revoke_reason, "revoke_reason"),
	FIELD(FIELD_TEXT, key, revoke_text, "revoke_text"),
	FIELD(FIELD_INT, key, revision, "revision"),
	FIELD(FIELD_INT, key, version, "version"),
	FIELD(FIELD_CHARS, key, hint, "hint"),
	FIELD(FIELD_TIME, key, retiring_until, "retiring_until"),
	FIELD(FIELD_INT, key, import_event, "import_event"),
	FIELD(FIELD_INT, key, ring, "ring"),
	{ .column = NULL },
};

enum {
	KEY_FIELDS = sizeof key_fields / sizeof *key_fields - 1,
	PARAMETER_MAC = KEY_FIELDS + 1,
	PARAMETER_ROW,
	PARAMETER_REVISION
};

static const char insert_sql[] =
	"INSERT INTO apikey (id, name, owner, tier, note, scopes, limits, allow_from, meta, prefix,"
	" status, created_at, updated_at, not_before, expires_at, disabled_at, revoked_at,"
	" revoke_reason, revoke_text, revision, version, hint, retiring_until, import_event, ring, "
	"mac,"
	" row) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
	"$18,"
	" $19, $20, $21, $22, $23, $24, $25, $26, $27)";

static const char update_sql[] =
	"UPDATE apikey SET name = $2, owner = $3, tier = $4, note = $5, scopes = $6,"
	" limits = $7, allow_from = $8, meta = $9, prefix = $10, status = $11, created_at = $12,"
	" updated_at = $13, not_before = $14, expires_at = $15, disabled_at = $16, revoked_at = "
	"$17,"
	" revoke_reason = $18, revoke_text = $19, revision = $20, version = $21, hint = $22,"
	" retiring_until = $23, import_event = $24, ring = $25, mac = $26"
	" WHERE row = $27 AND revision = $28 AND id = $1";

void key_init(struct key *k)
{
	*k = (struct key){ .row = 0 };
	row_blank(key_fields, k);
	k->status = KEY_ACTIVE;
}

void key_release(struct key *k)
{
	row_release(key_fields, k);
	*k = (struct key){ .row = 0 };
}

void key_copy(struct key *to, const struct key *from)
{
	struct key old = *to;

	*to = *from;
	for (const struct field *f = key_fields; f->column; f++) {
		char *text, *source;

		if (f->type != FIELD_TEXT)
			continue;
		memcpy(&text, (char *)&old + f->offset, sizeof text);
		memcpy(&source, (const char *)from + f->offset, sizeof source);
		text_put(&text, source, strlen(source));
		memcpy((char *)to + f->offset, &text, sizeof text);
	}
}

enum key_state key_state(const struct key *k, int64_t now)
{
	if (k->status == KEY_REVOKED)
		return KEY_STATE_REVOKED;
	if (k->status != KEY_ACTIVE)
		return KEY_STATE_DISABLED;
	if (k->expires_at != TIME_NONE && now >= k->expires_at)
		return KEY_STATE_EXPIRED;
	if (k->not_before != TIME_NONE && now < k->not_before)
		return KEY_STATE_NOT_YET_VALID;
	return KEY_STATE_ACTIVE;
}

const char *key_state_name(enum key_state s)
{
	static const char *const names[] = {
		[KEY_STATE_REVOKED] = "revoked", [KEY_STATE_DISABLED] = "disabled",
		[KEY_STATE_EXPIRED] = "expired", [KEY_STATE_NOT_YET_VALID] = "not_yet_valid",
		[KEY_STATE_ACTIVE] = "active",
	};

	return names[s];
}

/* --- reading --------------------------------------------------------------------------------------- */

bool key_mac(struct store *s, const struct key *k, uint8_t out[ROW_MAC_SIZE])
{
	return row_mac(s, k->ring, "apikey", key_fields, k, NULL, out);
}

void key_from_row(struct store *s, struct stmt *st, struct key *k)
{
	uint8_t mac[ROW_MAC_SIZE], wanted[ROW_MAC_SIZE];
	bool fits;

	k->row = stmt_get_int(st, "row");
	fits = row_read(st, key_fields, k);
	fits &= stmt_copy_blob(st, "mac", mac, sizeof mac);
	fits = fits && key_mac(s, k, wanted) && bytes_equal(mac, wanted, sizeof mac);
	k->altered = !fits;
}

/* Runs a statement that selects one key. */
static enum errc key_read(struct store *s, struct stmt *st, const char *what, struct key *k,
			  struct err *e)
{
	bool row;
	enum errc rc = stmt_step(st, &row, e);

	if (!rc && row)
		key_from_row(s, st, k);
	if (!rc && !row) {
		err_set(e, ERR_NOT_FOUND, "there is no key \"%s\"", what);
		rc = err_hint(e, "list them with authrack key list");
	}
	stmt_done(st);
	return rc;
}

enum errc key_get(struct store *s, const char *id, struct key *k, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "SELECT * FROM apikey WHERE id = $1 AND status <> 0");
	uint8_t bytes[ULID_BYTES] = { 0 };

	if (strncmp(id, "key_", 4) != 0 || !ulid_parse(bytes, id + 4))
		return err_set(e, ERR_NOT_FOUND, "\"%s\" is no id of a key", id);
	stmt_blob(st, 1, bytes, sizeof bytes);
	return key_read(s, st, id, k, e);
}

enum errc key_get_row(struct store *s, int64_t row, struct key *k, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "SELECT * FROM apikey WHERE row = $1");
	char what[32];

	snprintf(what, sizeof what, "row %lld", (long long)row);
	stmt_int(st, 1, row);
	return key_read(s, st, what, k, e);
}

enum errc key_named(struct store *s, const char *name, char (*ids)[KEY_ID_SIZE], size_t size,
		    size_t *live, size_t *count, struct err *e)
{
	struct stmt *st = db_stmt(s->db,
				  "SELECT id, status FROM apikey"
				  " WHERE name = $1 AND status <> 0 ORDER BY status = 3, row");
	uint8_t id[ULID_BYTES];
	bool row;
	enum errc rc;

	*live = *count = 0;
	stmt_text(st, 1, name);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		stmt_copy_blob(st, "id", id, sizeof id);
		if (*count < size) {
			memcpy(ids[*count], "key_", 4);
			ulid_text(ids[*count] + 4, id);
		}
		*live += stmt_get_int(st, "status") != KEY_REVOKED;
		++*count;
	}
	return rc;
}

/* --- changing --------------------------------------------------------------------------------------- */

/* Rows rise with creation and are never used again, not even after a purge. Only that of a pending key
 * that was swept is: what changes a row names the key's id too. */
static enum errc next_row(struct store *s, int64_t *row, struct err *e)
{
	enum errc rc = ERR_OK;
	int64_t newest = 0;

	if (s->next_row == 0) {
		rc = stmt_one_int(db_stmt(s->db, "SELECT coalesce(max(newest), 0) AS newest FROM"
						 " (SELECT max(row) AS newest FROM apikey"
						 " UNION ALL SELECT max(key) FROM tombstone)"),
				  "newest", &newest, e);
		s->next_row = newest + 1;
	}
	*row = s->next_row;
	return rc;
}

/* Makes the MAC under the current ring key and binds it behind the fields. */
static void bind_key(struct store *s, struct stmt *st, struct key *k, uint8_t mac[ROW_MAC_SIZE],
		     struct row_keep *keep)
{
	k->ring = store_ring(s);
	key_mac(s, k, mac);
	row_bind(st, key_fields, k, keep);
	stmt_blob(st, PARAMETER_MAC, mac, ROW_MAC_SIZE);
	stmt_int(st, PARAMETER_ROW, k->row);
}

enum errc key_insert(struct store *s, struct key *k, struct err *e)
{
	struct stmt *st = db_stmt(s->db, insert_sql);
	uint8_t mac[ROW_MAC_SIZE], id[ULID_BYTES];
	struct row_keep keep;
	enum errc rc = store_writing(s, e);

	if (!rc)
		rc = next_row(s, &k->row, e);
	if (rc)
		return rc;
	if (!k->id[0]) {
		ulid_new(id, clock_wall(s->clock));
		memcpy(k->id, "key_", 4);
		ulid_text(k->id + 4, id);
	}
	k->revision = 1;
	k->altered = false;
	bind_key(s, st, k, mac, &keep);
	rc = stmt_run(st, e);
	if (rc)
		return rc;
	s->next_row++;
	s->id_row = k->row;
	memcpy(s->id_text, k->id, sizeof s->id_text);
	memcpy(s->key_mac, mac, sizeof s->key_mac);
	return ERR_OK;
}

/* Writes k as it stands where the stored revision is `revision`. */
static enum errc key_write(struct store *s, struct key *k, int64_t revision, struct err *e)
{
	struct stmt *st = db_stmt(s->db, update_sql);
	uint8_t mac[ROW_MAC_SIZE];
	struct row_keep keep;
	enum errc rc = store_writing(s, e);

	if (rc)
		return rc;
	bind_key(s, st, k, mac, &keep);
	stmt_int(st, PARAMETER_REVISION, revision);
	rc = stmt_run(st, e);
	if (!rc && db_changes(s->db) == 0) {
		err_set(e, ERR_CONFLICT, "\"%s\" was changed by somebody else meanwhile", k->name);
		rc = err_hint(e, "look at it again, then repeat the change");
	}
	return rc;
}

enum errc key_update(struct store *s, struct key *k, struct err *e)
{
	int64_t before = k->revision++;
	enum errc rc = key_write(s, k, before, e);

	if (rc)
		k->revision = before;
	return rc;
}

/* Runs statements over one key: $1 its row, $2 its id. */
static enum errc key_delete(struct store *s, const char *const *sql, size_t count,
			    const struct key *k, struct err *e)
{
	uint8_t id[ULID_BYTES] = { 0 };
	enum errc rc = store_writing(s, e);

	ulid_parse(id, k->id + strlen("key_"));
	for (size_t i = 0; i < count && !rc; i++) {
		struct stmt *st = db_stmt(s->db, sql[i]);

		stmt_int(st, 1, k->row);
		stmt_blob(st, 2, id, sizeof id);
		rc = stmt_run(st, e);
	}
	s->id_row = 0;
	return rc;
}

static enum errc give_up(struct store *s, const struct key *k, struct err *e)
{
	static const char *const steps[] = {
		("DELETE FROM version WHERE key = (SELECT row FROM apikey"
		 " WHERE row = $1 AND id = $2 AND status = 0)"),
		"DELETE FROM apikey WHERE row = $1 AND id = $2 AND status = 0",
	};

	return key_delete(s, steps, sizeof steps / sizeof *steps, k, e);
}

enum errc key_activate(struct store *s, struct key *k, struct err *e)
{
	struct key_version *v = NULL;
	size_t count = 0;
	enum errc rc;

	if (k->status == KEY_PENDING)
		return give_up(s, k, e);
	rc = versions_of(s, k->row, &v, &count, e);
	if (!rc && (count != 1 || v[0].state != VERSION_PENDING || v[0].altered)) {
		err_set(e, ERR_CONFLICT, "\"%s\" is pending no more", k->name);
		rc = err_hint(e, "create it again");
	}
	if (!rc) {
		v[0].state = VERSION_LIVE;
		v[0].pid = v[0].pid_start = 0;
		rc = version_update(s, &v[0], e);
	}
	if (!rc)
		rc = key_write(s, k, 1, e);
	free(v);
	return rc;
}

enum errc key_purge(struct store *s, const struct key *k, struct err *e)
{
	static const char *const steps[] = {
		("INSERT INTO tombstone (lookup, key, secret_ring)"
		 " SELECT lookup, key, secret_ring FROM version WHERE key = $1"),
		"DELETE FROM version WHERE key = $1",
		/* The hours there are, one by one: none is looked through. */
		("DELETE FROM usage_by_hour WHERE key = $1 AND hour IN (SELECT hour FROM "
		 "usage_all_hour)"),
		("DELETE FROM usage_by_day WHERE key = $1 AND day IN (SELECT day FROM "
		 "usage_all_day)"),
		"DELETE FROM version_use WHERE key = $1",
		"DELETE FROM version_address WHERE key = $1",
		"DELETE FROM key_use WHERE key = $1",
		"DELETE FROM limit_state WHERE key = $1",
		"DELETE FROM apikey WHERE row = $1 AND id = $2",
	};

	s->tombstones = -1;
	return key_delete(s, steps, sizeof steps / sizeof *steps, k, e);
}

enum errc key_object_mac(struct store *s, const struct key *k, uint8_t out[MAC_SIZE], struct err *e)
{
	struct key_version *versions = NULL;
	size_t count = 0;
	enum errc rc = versions_of(s, k->row, &versions, &count, e);

	if (!rc && !object_mac(s, k, versions, count, out))
		rc = err_set(e, ERR_STORE, "a ring key of \"%s\" is missing", k->name);
	free(versions);
	return rc;
}
