/* Providers as rows: their secrets sealed, the whole row under a MAC; and what was learnt of them. */
#include "data/provider.h"

#include <stdlib.h>
#include <string.h>

#include "data/oauth_rows.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"

static const char table[] = "provider", prefix[] = "prv_";

const struct field provider_fields[] = {
	FIELD_OF_ID(provider_row, p.id, "id", "prv_"),
	FIELD(FIELD_TEXT, provider_row, p.name, "name"),
	FIELD(FIELD_TEXT, provider_row, p.preset, "preset"),
	FIELD(FIELD_TEXT, provider_row, p.issuer, "issuer"),
	FIELD(FIELD_TEXT, provider_row, p.client_id, "client_id"),
	FIELD(FIELD_TEXT, provider_row, p.auth_method, "auth_method"),
	FIELD(FIELD_TEXT, provider_row, p.scope, "scope"),
	FIELD(FIELD_TEXT, provider_row, p.audience, "audience"),
	FIELD(FIELD_TEXT, provider_row, p.ca_file, "ca_file"),
	FIELD(FIELD_TEXT, provider_row, p.endpoints, "endpoints"),
	FIELD(FIELD_TEXT, provider_row, p.certificate, "certificate"),
	FIELD(FIELD_INT, provider_row, p.created_at, "created_at"),
	FIELD(FIELD_TIME, provider_row, p.updated_at, "updated_at"),
	FIELD(FIELD_INT, provider_row, p.revision, "revision"),
	FIELD(FIELD_SEALED, provider_row, secret, "secret"),
	FIELD(FIELD_SEALED, provider_row, key, "client_key"),
	FIELD(FIELD_INT, provider_row, p.ring, "ring"),
	{ .column = NULL },
};

enum {
	PROVIDER_FIELDS = sizeof provider_fields / sizeof *provider_fields - 1,
	PARAMETER_MAC = PROVIDER_FIELDS + 1,
	PARAMETER_ROW
};

static const char insert_sql[] =
	"INSERT INTO provider (id, name, preset, issuer, client_id, auth_method, scope, audience, "
	"ca_file, endpoints, certificate, created_at, updated_at, revision, secret, client_key, "
	"ring, mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
	"$17, $18) RETURNING row";

static const char update_sql[] =
	"UPDATE provider SET id = $1, name = $2, preset = $3, issuer = $4, client_id = $5, "
	"auth_method = $6, scope = $7, audience = $8, ca_file = $9, endpoints = $10, "
	"certificate = $11, created_at = $12, updated_at = $13, revision = $14, secret = $15, "
	"client_key = $16, ring = $17, mac = $18 WHERE row = $19 RETURNING row";

void provider_row_init(struct provider_row *r)
{
	*r = (struct provider_row){ .secret = { .data = NULL } };
	row_blank(provider_fields, r);
}

void provider_row_release(struct provider_row *r)
{
	row_release(provider_fields, r);
	*r = (struct provider_row){ .secret = { .data = NULL } };
}

void provider_init(struct provider *p)
{
	struct provider_row r;

	provider_row_init(&r);
	*p = r.p;
}

void provider_release(struct provider *p)
{
	struct provider_row r = { .p = *p };

	provider_row_release(&r);
	*p = r.p;
}

/* --- reading -------------------------------------------------------------- */

bool provider_row_mac(struct store *s, const struct provider_row *r, uint8_t out[ROW_MAC_SIZE])
{
	return row_mac(s, r->p.ring, table, provider_fields, r, NULL, out);
}

void provider_row_read(struct store *s, struct stmt *st, struct provider_row *r)
{
	bool fits;

	r->p.row = stmt_get_int(st, "row");
	fits = row_read(st, provider_fields, r);
	fits = fits && row_mac_fits(s, st, r->p.ring, table, provider_fields, r, NULL);
	r->p.has_secret = r->secret.data;
	r->p.has_key = r->key.data;
	r->p.altered = !fits;
}

enum errc provider_row_opens(struct store *s, const struct provider_row *r, struct err *e)
{
	struct secret plain = SECRET_INIT;
	const struct provider *p = &r->p;
	enum errc rc = store_unseal(s, &plain, &r->secret, p->ring, table, "secret", p->id, e);

	if (!rc)
		rc = store_unseal(s, &plain, &r->key, p->ring, table, "client_key", p->id, e);
	secret_release(&plain);
	return rc;
}

/* Runs a statement that selects one provider; *any false where there is none. */
static enum errc row_step(struct store *s, struct stmt *st, struct provider_row *r, bool *any,
			  struct err *e)
{
	enum errc rc = stmt_step(st, any, e);

	if (!rc && *any)
		provider_row_read(s, st, r);
	stmt_done(st);
	return rc;
}

static enum errc find(struct store *s, const char *what, struct provider_row *r, bool *any,
		      struct err *e)
{
	uint8_t id[ULID_BYTES];
	struct stmt *st;
	enum errc rc = ERR_OK;

	*any = false;
	if (strncmp(what, prefix, strlen(prefix)) == 0 && ulid_parse(id, what + strlen(prefix))) {
		st = db_stmt(s->db, "SELECT * FROM provider WHERE id = $1");
		stmt_blob(st, 1, id, sizeof id);
		rc = row_step(s, st, r, any, e);
	}
	if (rc || *any)
		return rc;
	st = db_stmt(s->db, "SELECT * FROM provider WHERE name = $1");
	stmt_text(st, 1, what);
	return row_step(s, st, r, any, e);
}

static void provider_take(struct provider *p, struct provider_row *r)
{
	struct provider before = *p;

	*p = r->p;
	r->p = before;
}

enum errc provider_get(struct store *s, const char *id_or_name, struct provider *p, struct err *e)
{
	struct provider_row r;
	bool any;
	enum errc rc;

	provider_row_init(&r);
	rc = find(s, id_or_name, &r, &any, e);
	if (!rc && any)
		provider_take(p, &r);
	if (!rc && !any) {
		err_set(e, ERR_NOT_FOUND, "there is no provider \"%s\"", id_or_name);
		rc = err_hint(e, "list them with authrack provider list");
	}
	provider_row_release(&r);
	return rc;
}

static enum errc changed_meanwhile(const struct provider *p, struct err *e)
{
	err_set(e, ERR_CONFLICT, "the provider \"%s\" was changed by somebody else meanwhile",
		p->name);
	return err_hint(e, "look at it again, then repeat it");
}

/* What is stored of `p` now. ERR_CONFLICT where that is not of its revision. */
static enum errc row_again(struct store *s, const struct provider *p, struct provider_row *r,
			   struct err *e)
{
	struct stmt *st = db_stmt(s->db, "SELECT * FROM provider WHERE row = $1");
	bool any;
	enum errc rc;

	stmt_int(st, 1, p->row);
	rc = row_step(s, st, r, &any, e);
	if (!rc && (!any || strcmp(r->p.id, p->id) != 0 || r->p.revision != p->revision))
		rc = changed_meanwhile(p, e);
	return rc;
}

static enum errc row_ours(struct store *s, const struct provider *p, struct provider_row *r,
			  struct err *e)
{
	enum errc rc = row_again(s, p, r, e);

	if (rc || !r->p.altered)
		return rc;
	err_set(e, ERR_STORE, "the provider \"%s\" was altered by hand", p->name);
	return err_hint(e, "look with authrack store check; remove it, or restore a backup");
}

static enum errc secret_of(struct store *s, const struct provider *p, const char *column,
			   struct secret *out, struct err *e)
{
	struct provider_row r;
	enum errc rc;

	secret_release(out);
	provider_row_init(&r);
	rc = row_ours(s, p, &r, e);
	if (!rc)
		rc = store_unseal(s, out, strcmp(column, "secret") == 0 ? &r.secret : &r.key,
				  r.p.ring, table, column, r.p.id, e);
	provider_row_release(&r);
	return rc;
}

enum errc provider_secret(struct store *s, const struct provider *p, struct secret *out,
			  struct err *e)
{
	return secret_of(s, p, "secret", out, e);
}

enum errc provider_key(struct store *s, const struct provider *p, struct secret *out, struct err *e)
{
	return secret_of(s, p, "client_key", out, e);
}

enum errc provider_object_mac(struct store *s, const struct provider *p, uint8_t out[MAC_SIZE],
			      struct err *e)
{
	uint8_t mac[ROW_MAC_SIZE];
	struct provider_row r;
	enum errc rc;

	provider_row_init(&r);
	rc = row_again(s, p, &r, e);
	if (!rc && (!provider_row_mac(s, &r, mac) || !object_mac_row(s, r.p.ring, mac, out)))
		rc = ring_unknown(s, r.p.ring, e);
	provider_row_release(&r);
	return rc;
}

static const char each_sql[] = "SELECT * FROM provider WHERE $1 IS NULL OR name > $1 "
			       "ORDER BY name LIMIT $2";

/* A statement of its own: `call` may ask for anything, this list too. */
enum errc provider_each(struct store *s, const char *after, size_t limit,
			bool (*call)(void *arg, const struct provider *p), void *arg, struct err *e)
{
	struct stmt *st = db_prepare(s->db, each_sql);
	struct provider_row r;
	bool row;
	enum errc rc;

	provider_row_init(&r);
	stmt_text(st, 1, after);
	stmt_int(st, 2, limit ? (int64_t)limit : INT64_MAX);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		provider_row_read(s, st, &r);
		if (!call(arg, &r.p))
			break;
	}
	provider_row_release(&r);
	stmt_free(st);
	return rc;
}

enum errc provider_id_of(struct store *s, int64_t row, char id[PROVIDER_ID_SIZE], struct err *e)
{
	struct stmt *st = db_stmt(s->db, "SELECT id FROM provider WHERE row = $1");
	uint8_t bytes[ULID_BYTES];
	bool any;
	enum errc rc;

	stmt_int(st, 1, row);
	rc = stmt_step(st, &any, e);
	if (!rc && any) {
		stmt_copy_blob(st, "id", bytes, sizeof bytes);
		memcpy(id, prefix, sizeof prefix);
		ulid_text(id + strlen(prefix), bytes);
	}
	stmt_done(st);
	if (!rc && !any)
		rc = err_set(e, ERR_NOT_FOUND, "its provider was removed");
	return rc;
}

void joined_provider(struct stmt *st, char **id, char **name)
{
	char text[PROVIDER_ID_SIZE] = "";
	uint8_t bytes[ULID_BYTES];
	const char *called;
	size_t len;

	if (stmt_copy_blob(st, "provider_uid", bytes, sizeof bytes)) {
		memcpy(text, prefix, sizeof prefix);
		ulid_text(text + strlen(prefix), bytes);
	}
	text_put(id, text, strlen(text));
	called = stmt_get_text(st, "provider_name", &len);
	text_put(name, called, len);
}

/* --- changing ------------------------------------------------------------- */

static enum errc row_renew(struct store *s, struct provider_row *r, struct err *e)
{
	int64_t from = r->p.ring, to = store_ring(s);
	enum errc rc = sealed_renew(s, &r->secret, from, to, table, "secret", r->p.id, e);

	if (!rc)
		rc = sealed_renew(s, &r->key, from, to, table, "client_key", r->p.id, e);
	if (!rc)
		r->p.ring = to;
	return rc;
}

enum errc provider_row_write(struct store *s, struct provider_row *r, struct err *e)
{
	struct stmt *st = db_stmt(s->db, r->p.row ? update_sql : insert_sql);
	uint8_t mac[ROW_MAC_SIZE];
	struct row_keep keep;
	int64_t row = 0;
	enum errc rc = store_writing(s, e);

	if (!rc)
		rc = row_renew(s, r, e);
	if (rc)
		return rc;
	if (!provider_row_mac(s, r, mac))
		return err_set(e, ERR_USAGE, "the provider \"%s\" is too large to keep", r->p.name);
	row_bind(st, provider_fields, r, &keep);
	stmt_blob(st, PARAMETER_MAC, mac, sizeof mac);
	if (r->p.row)
		stmt_int(st, PARAMETER_ROW, r->p.row);
	rc = stmt_one_int(st, "row", &row, e);
	if (rc == ERR_CONFLICT) {
		err_set(e, ERR_CONFLICT, "there is a provider named \"%s\" already", r->p.name);
		return err_hint(e, "give it another name");
	}
	if (!rc && !row)
		return changed_meanwhile(&r->p, e);
	r->p.row = row;
	r->p.has_secret = r->secret.data;
	r->p.has_key = r->key.data;
	r->p.altered = false;
	return rc;
}

/* NULL leaves what is there. */
static enum errc secrets_seal(struct store *s, struct provider_row *r, const struct secret *secret,
			      const struct secret *key, struct err *e)
{
	const struct provider *p = &r->p;
	enum errc rc = ERR_OK;

	if (secret)
		rc = store_seal(s, &r->secret, p->ring, table, "secret", p->id, secret, e);
	if (!rc && key)
		rc = store_seal(s, &r->key, p->ring, table, "client_key", p->id, key, e);
	return rc;
}

enum errc provider_insert(struct store *s, struct provider *p, const struct secret *secret,
			  const struct secret *key, struct err *e)
{
	struct provider_row r = { .p = *p };
	uint8_t id[ULID_BYTES];
	enum errc rc;

	if (!p->id[0]) {
		ulid_new(id, clock_wall(s->clock));
		memcpy(r.p.id, prefix, strlen(prefix));
		ulid_text(r.p.id + strlen(prefix), id);
	}
	r.p.row = 0;
	r.p.revision = 1;
	r.p.ring = store_ring(s);
	rc = secrets_seal(s, &r, secret, key, e);
	if (!rc)
		rc = provider_row_write(s, &r, e);
	if (!rc)
		*p = r.p;
	sealed_release(&r.secret);
	sealed_release(&r.key);
	return rc;
}

enum errc provider_forget(struct store *s, const struct provider *p, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "DELETE FROM provider_facts WHERE provider = $1");

	stmt_int(st, 1, p->row);
	return stmt_run(st, e);
}

enum errc provider_update(struct store *s, struct provider *p, const struct secret *secret,
			  const struct secret *key, struct err *e)
{
	struct provider_row stored, r = { .p = *p };
	enum errc rc = store_writing(s, e);

	provider_row_init(&stored);
	if (!rc)
		rc = row_ours(s, p, &stored, e);
	if (rc)
		goto out;
	sealed_copy(&r.secret, &stored.secret);
	sealed_copy(&r.key, &stored.key);
	r.p.ring = stored.p.ring;
	r.p.revision++;
	rc = secrets_seal(s, &r, secret, key, e);
	if (!rc)
		rc = provider_row_write(s, &r, e);
	if (!rc)
		rc = provider_forget(s, p, e);
	if (!rc)
		*p = r.p;
out:
	sealed_release(&r.secret);
	sealed_release(&r.key);
	provider_row_release(&stored);
	return rc;
}

enum errc provider_delete(struct store *s, const struct provider *p, struct err *e)
{
	static const char *const steps[] = {
		"DELETE FROM flow WHERE provider = $1",
		"DELETE FROM oauth_grant WHERE provider = $1",
		"DELETE FROM provider_facts WHERE provider = $1",
		"DELETE FROM provider WHERE row = $1",
	};
	struct provider_row r;
	enum errc rc = store_writing(s, e);

	provider_row_init(&r);
	if (!rc)
		rc = row_again(s, p, &r, e);
	for (size_t i = 0; i < sizeof steps / sizeof *steps && !rc; i++) {
		struct stmt *st = db_stmt(s->db, steps[i]);

		stmt_int(st, 1, p->row);
		rc = stmt_run(st, e);
	}
	provider_row_release(&r);
	return rc;
}

/* --- what was learnt ------------------------------------------------------ */

/* As stored: nothing known is an empty text. */
struct facts_row {
	struct provider_facts f;
	int64_t ring;
};

static const struct field facts_fields[] = {
	FIELD(FIELD_TEXT, facts_row, f.metadata, "metadata"),
	FIELD(FIELD_TIME, facts_row, f.metadata_at, "metadata_at"),
	FIELD(FIELD_TIME, facts_row, f.metadata_until, "metadata_until"),
	FIELD(FIELD_TEXT, facts_row, f.doctor, "doctor"),
	FIELD(FIELD_TIME, facts_row, f.doctor_at, "doctor_at"),
	FIELD(FIELD_INT, facts_row, ring, "ring"),
	{ .column = NULL },
};

enum {
	FACTS_FIELDS = sizeof facts_fields / sizeof *facts_fields - 1,
	FACTS_MAC = FACTS_FIELDS + 1,
	FACTS_PROVIDER
};

static const char facts_table[] = "provider_facts";

static const char facts_write_sql[] =
	"INSERT INTO provider_facts (metadata, metadata_at, metadata_until, doctor, doctor_at, "
	"ring, mac, provider) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (provider) DO "
	"UPDATE SET metadata = excluded.metadata, metadata_at = excluded.metadata_at, "
	"metadata_until = excluded.metadata_until, doctor = excluded.doctor, "
	"doctor_at = excluded.doctor_at, ring = excluded.ring, mac = excluded.mac";

void provider_facts_release(struct provider_facts *f)
{
	free(f->metadata);
	free(f->doctor);
	*f = (struct provider_facts){ .metadata = NULL };
}

/* Empty texts where nothing is known that is ours; *ours false where there is something else. */
static enum errc facts_read(struct store *s, const struct provider *p, struct facts_row *r,
			    bool *ours, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "SELECT * FROM provider_facts WHERE provider = $1");
	bool row;
	enum errc rc;

	*ours = true;
	*r = (struct facts_row){ .ring = 0 };
	row_blank(facts_fields, r);
	stmt_int(st, 1, p->row);
	rc = stmt_step(st, &row, e);
	if (!rc && row)
		*ours = row_read(st, facts_fields, r) &&
			row_mac_fits(s, st, r->ring, facts_table, facts_fields, r, p->id);
	if (!*ours) {
		row_release(facts_fields, r);
		row_blank(facts_fields, r);
	}
	stmt_done(st);
	return rc;
}

enum errc provider_facts_ours(struct store *s, const struct provider *p, bool *ours, struct err *e)
{
	struct facts_row r;
	enum errc rc = facts_read(s, p, &r, ours, e);

	row_release(facts_fields, &r);
	return rc;
}

static char *text_or_none(char **text)
{
	char *taken = **text ? *text : NULL;

	if (!taken)
		free(*text);
	*text = NULL;
	return taken;
}

enum errc provider_facts(struct store *s, const struct provider *p, struct provider_facts *out,
			 struct err *e)
{
	struct facts_row r;
	bool ours;
	enum errc rc = facts_read(s, p, &r, &ours, e);

	*out = r.f;
	out->metadata = text_or_none(&r.f.metadata);
	out->doctor = text_or_none(&r.f.doctor);
	return rc;
}

static enum errc facts_write(struct store *s, const struct provider *p, struct facts_row *r,
			     struct err *e)
{
	struct stmt *st = db_stmt(s->db, facts_write_sql);
	uint8_t mac[ROW_MAC_SIZE];
	struct row_keep keep;

	r->ring = store_ring(s);
	if (!row_mac(s, r->ring, facts_table, facts_fields, r, p->id, mac))
		return err_set(e, ERR_USAGE, "what was learnt of \"%s\" is too much to keep",
			       p->name);
	row_bind(st, facts_fields, r, &keep);
	stmt_blob(st, FACTS_MAC, mac, sizeof mac);
	stmt_int(st, FACTS_PROVIDER, p->row);
	return stmt_run(st, e);
}

enum errc provider_learn(struct store *s, const struct provider *p,
			 const struct provider_facts *facts, struct err *e)
{
	struct facts_row r;
	struct provider_row now;
	bool ours;
	enum errc rc = store_writing(s, e);

	if (rc)
		return rc;
	provider_row_init(&now);
	rc = facts_read(s, p, &r, &ours, e);
	if (!rc)
		rc = row_again(s, p, &now, e);
	if (facts->metadata) {
		text_put(&r.f.metadata, facts->metadata, strlen(facts->metadata));
		r.f.metadata_at = facts->metadata_at;
		r.f.metadata_until = facts->metadata_until;
	}
	if (facts->doctor) {
		text_put(&r.f.doctor, facts->doctor, strlen(facts->doctor));
		r.f.doctor_at = facts->doctor_at;
	}
	if (!rc)
		rc = facts_write(s, p, &r, e);
	row_release(facts_fields, &r);
	provider_row_release(&now);
	return rc;
}
