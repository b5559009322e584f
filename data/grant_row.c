/* Grants as rows: what a provider gave, its tokens sealed, all of it under a MAC. */
#include "data/grant.h"

#include <stdlib.h>
#include <string.h>

#include "data/oauth_rows.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/base/process.h"

static const char table[] = "oauth_grant", prefix[] = "grt_";

const struct field grant_fields[] = {
	FIELD_OF_ID(grant_row, g.id, "id", "grt_"),
	FIELD(FIELD_TEXT, grant_row, g.subject, "subject"),
	FIELD(FIELD_TEXT, grant_row, g.scope, "scope"),
	FIELD(FIELD_TEXT, grant_row, g.token_type, "token_type"),
	FIELD(FIELD_ENUM, grant_row, g.state, "state"),
	FIELD(FIELD_TEXT, grant_row, g.note, "note"),
	FIELD(FIELD_FLAG, grant_row, g.refreshable, "refreshable"),
	FIELD(FIELD_FLAG, grant_row, g.has_id_token, "has_id_token"),
	FIELD(FIELD_INT, grant_row, g.created_at, "created_at"),
	FIELD(FIELD_TIME, grant_row, g.refreshed_at, "refreshed_at"),
	FIELD(FIELD_TIME, grant_row, g.expires_at, "expires_at"),
	FIELD(FIELD_INT, grant_row, g.revision, "revision"),
	FIELD(FIELD_SEALED, grant_row, tokens, "tokens"),
	FIELD(FIELD_INT, grant_row, g.ring, "ring"),
	{ .column = NULL },
};

enum {
	GRANT_FIELDS = sizeof grant_fields / sizeof *grant_fields - 1,
	PARAMETER_MAC = GRANT_FIELDS + 1,
	PARAMETER_PROVIDER,
	PARAMETER_ROW
};

static const char insert_sql[] =
	"INSERT INTO oauth_grant (id, subject, scope, token_type, state, note, refreshable, "
	"has_id_token, created_at, refreshed_at, expires_at, revision, tokens, ring, mac, "
	"provider, "
	"pid, pid_start) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
	"$16, 0, 0) RETURNING row";

static const char update_sql[] =
	"UPDATE oauth_grant SET id = $1, subject = $2, scope = $3, token_type = $4, state = $5, "
	"note = $6, refreshable = $7, has_id_token = $8, created_at = $9, refreshed_at = $10, "
	"expires_at = $11, revision = $12, tokens = $13, ring = $14, mac = $15, provider = $16 "
	"WHERE row = $17 RETURNING row";

void grant_row_init(struct grant_row *r)
{
	*r = (struct grant_row){ .tokens = { .data = NULL } };
	row_blank(grant_fields, r);
	r->g.state = GRANT_LIVE;
	r->g.provider_id = x_strdup("");
	r->g.provider_name = x_strdup("");
}

void grant_row_release(struct grant_row *r)
{
	row_release(grant_fields, r);
	free(r->g.provider_id);
	free(r->g.provider_name);
	*r = (struct grant_row){ .tokens = { .data = NULL } };
}

void grant_init(struct grant *g)
{
	struct grant_row r;

	grant_row_init(&r);
	*g = r.g;
}

void grant_release(struct grant *g)
{
	struct grant_row r = { .g = *g };

	grant_row_release(&r);
	*g = r.g;
}

/* --- reading -------------------------------------------------------------- */

bool grant_row_mac(struct store *s, const struct grant_row *r, uint8_t out[ROW_MAC_SIZE])
{
	return row_mac(s, r->g.ring, table, grant_fields, r, r->g.provider_id, out);
}

void grant_row_read(struct store *s, struct stmt *st, struct grant_row *r)
{
	struct grant *g = &r->g;
	int64_t pid;
	bool fits;

	g->row = stmt_get_int(st, "row");
	fits = row_read(st, grant_fields, r);
	g->provider = stmt_get_int(st, "provider");
	joined_provider(st, &g->provider_id, &g->provider_name);
	pid = stmt_get_int(st, "pid");
	g->abandoned = pid && !process_alive(pid, stmt_get_int(st, "pid_start"));
	g->altered = !fits || !row_mac_fits(s, st, g->ring, table, grant_fields, r, g->provider_id);
}

enum errc grant_row_opens(struct store *s, const struct grant_row *r, struct err *e)
{
	struct secret plain = SECRET_INIT;
	enum errc rc = store_unseal(s, &plain, &r->tokens, r->g.ring, table, "tokens", r->g.id, e);

	secret_release(&plain);
	return rc;
}

/* Runs a statement that selects one grant; *any false where there is none. */
static enum errc row_step(struct store *s, struct stmt *st, struct grant_row *r, bool *any,
			  struct err *e)
{
	enum errc rc = stmt_step(st, any, e);

	if (!rc && *any)
		grant_row_read(s, st, r);
	stmt_done(st);
	return rc;
}

enum errc grant_get(struct store *s, const char *id, struct grant *g, struct err *e)
{
	struct stmt *st = db_stmt(s->db, GRANT_SELECT "WHERE g.id = $1");
	uint8_t bytes[ULID_BYTES] = { 0 };
	struct grant_row r;
	struct grant before = *g;
	bool any;
	enum errc rc;

	if (strncmp(id, prefix, strlen(prefix)) != 0 || !ulid_parse(bytes, id + strlen(prefix)))
		return err_set(e, ERR_NOT_FOUND, "\"%s\" is no id of a grant", id);
	grant_row_init(&r);
	stmt_blob(st, 1, bytes, sizeof bytes);
	rc = row_step(s, st, &r, &any, e);
	if (!rc && any) {
		*g = r.g;
		r.g = before;
	}
	if (!rc && !any) {
		err_set(e, ERR_NOT_FOUND, "there is no grant \"%s\"", id);
		rc = err_hint(e, "list them with authrack grant list");
	}
	grant_row_release(&r);
	return rc;
}

static enum errc changed_meanwhile(const struct grant *g, struct err *e)
{
	err_set(e, ERR_CONFLICT, "the grant %s was changed by somebody else meanwhile", g->id);
	return err_hint(e, "look at it again, then repeat it");
}

/* What is stored of `g` now. ERR_CONFLICT where that is not of its revision. */
static enum errc row_again(struct store *s, const struct grant *g, struct grant_row *r,
			   struct err *e)
{
	struct stmt *st = db_stmt(s->db, GRANT_SELECT "WHERE g.row = $1");
	bool any;
	enum errc rc;

	stmt_int(st, 1, g->row);
	rc = row_step(s, st, r, &any, e);
	if (!rc && (!any || strcmp(r->g.id, g->id) != 0 || r->g.revision != g->revision))
		rc = changed_meanwhile(g, e);
	return rc;
}

static enum errc row_ours(struct store *s, const struct grant *g, struct grant_row *r,
			  struct err *e)
{
	enum errc rc = row_again(s, g, r, e);

	if (rc || !r->g.altered)
		return rc;
	err_set(e, ERR_STORE, "the grant %s was altered by hand", g->id);
	return err_hint(e, "look with authrack store check; remove it, or restore a backup");
}

enum errc grant_tokens(struct store *s, const struct grant *g, struct secret *out, struct err *e)
{
	struct grant_row r;
	enum errc rc;

	secret_release(out);
	grant_row_init(&r);
	rc = row_ours(s, g, &r, e);
	if (!rc)
		rc = store_unseal(s, out, &r.tokens, r.g.ring, table, "tokens", r.g.id, e);
	grant_row_release(&r);
	return rc;
}

enum errc grant_object_mac(struct store *s, const struct grant *g, uint8_t out[MAC_SIZE],
			   struct err *e)
{
	uint8_t mac[ROW_MAC_SIZE];
	struct grant_row r;
	enum errc rc;

	grant_row_init(&r);
	rc = row_again(s, g, &r, e);
	if (!rc && (!grant_row_mac(s, &r, mac) || !object_mac_row(s, r.g.ring, mac, out)))
		rc = ring_unknown(s, r.g.ring, e);
	grant_row_release(&r);
	return rc;
}

static const char each_sql[] = GRANT_SELECT
	"WHERE ($1 IS NULL OR g.id < $1) AND ($2 = 0 OR g.provider = $2) "
	"ORDER BY g.id DESC LIMIT $3";

/* A statement of its own: `call` may ask for anything, this list too. */
enum errc grant_each(struct store *s, int64_t provider, const char *after, size_t limit,
		     bool (*call)(void *arg, const struct grant *g), void *arg, struct err *e)
{
	struct stmt *st = db_prepare(s->db, each_sql);
	uint8_t id[ULID_BYTES];
	struct grant_row r;
	bool row;
	enum errc rc;

	grant_row_init(&r);
	if (after && strlen(after) > strlen(prefix) && ulid_parse(id, after + strlen(prefix)))
		stmt_blob(st, 1, id, sizeof id);
	stmt_int(st, 2, provider);
	stmt_int(st, 3, limit ? (int64_t)limit : INT64_MAX);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		grant_row_read(s, st, &r);
		if (!call(arg, &r.g))
			break;
	}
	grant_row_release(&r);
	stmt_free(st);
	return rc;
}

/* --- changing ------------------------------------------------------------- */

enum errc grant_row_write(struct store *s, struct grant_row *r, struct err *e)
{
	struct stmt *st = db_stmt(s->db, r->g.row ? update_sql : insert_sql);
	uint8_t mac[ROW_MAC_SIZE];
	struct row_keep keep;
	int64_t row = 0;
	enum errc rc = store_writing(s, e);

	if (!rc)
		rc = sealed_renew(s, &r->tokens, r->g.ring, store_ring(s), table, "tokens", r->g.id,
				  e);
	if (rc)
		return rc;
	r->g.ring = store_ring(s);
	if (!grant_row_mac(s, r, mac))
		return err_set(e, ERR_USAGE, "the grant %s is too large to keep", r->g.id);
	row_bind(st, grant_fields, r, &keep);
	stmt_blob(st, PARAMETER_MAC, mac, sizeof mac);
	stmt_int(st, PARAMETER_PROVIDER, r->g.provider);
	if (r->g.row)
		stmt_int(st, PARAMETER_ROW, r->g.row);
	rc = stmt_one_int(st, "row", &row, e);
	if (!rc && !row)
		return changed_meanwhile(&r->g, e);
	if (!rc)
		r->g.row = row;
	r->g.altered = rc;
	return rc;
}

static enum errc tokens_seal(struct store *s, struct grant_row *r, const struct secret *tokens,
			     struct err *e)
{
	if (!tokens)
		return ERR_OK;
	return store_seal(s, &r->tokens, r->g.ring, table, "tokens", r->g.id, tokens, e);
}

enum errc grant_insert(struct store *s, struct grant *g, const struct secret *tokens, struct err *e)
{
	struct grant_row r = { .g = *g };
	char provider[PROVIDER_ID_SIZE];
	uint8_t id[ULID_BYTES];
	enum errc rc = provider_id_of(s, g->provider, provider, e);

	if (rc)
		return rc;
	if (!g->id[0]) {
		ulid_new(id, clock_wall(s->clock));
		memcpy(r.g.id, prefix, sizeof prefix);
		ulid_text(r.g.id + strlen(prefix), id);
	}
	text_put(&g->provider_id, provider, strlen(provider));
	r.g.provider_id = g->provider_id;
	r.g.row = 0;
	r.g.revision = 1;
	r.g.ring = store_ring(s);
	rc = tokens_seal(s, &r, tokens, e);
	if (!rc)
		rc = grant_row_write(s, &r, e);
	if (!rc)
		*g = r.g;
	sealed_release(&r.tokens);
	return rc;
}

enum errc grant_update(struct store *s, struct grant *g, const struct secret *tokens, struct err *e)
{
	struct grant_row stored, r = { .g = *g };
	enum errc rc = store_writing(s, e);

	grant_row_init(&stored);
	if (!rc)
		rc = row_ours(s, g, &stored, e);
	if (rc)
		goto out;
	sealed_copy(&r.tokens, &stored.tokens);
	r.g.provider = stored.g.provider;
	r.g.provider_id = stored.g.provider_id;
	r.g.ring = stored.g.ring;
	r.g.revision++;
	rc = tokens_seal(s, &r, tokens, e);
	if (!rc)
		rc = grant_row_write(s, &r, e);
	if (!rc) {
		r.g.provider_id = g->provider_id;
		*g = r.g;
	}
out:
	sealed_release(&r.tokens);
	grant_row_release(&stored);
	return rc;
}

/* Runs a statement over the row ($1) of a grant that is as `g` has it. */
static enum errc row_run(struct store *s, struct stmt *st, const struct grant *g, struct err *e)
{
	enum errc rc = store_writing(s, e);

	if (rc)
		return rc;
	stmt_int(st, 1, g->row);
	return stmt_run(st, e);
}

enum errc grant_delete(struct store *s, const struct grant *g, struct err *e)
{
	struct grant_row r;
	enum errc rc;

	grant_row_init(&r);
	rc = row_again(s, g, &r, e);
	if (!rc)
		rc = row_run(s, db_stmt(s->db, "DELETE FROM oauth_grant WHERE row = $1"), g, e);
	grant_row_release(&r);
	return rc;
}

/* --- who refreshes it ----------------------------------------------------- */

static enum errc taken_check(struct store *s, const struct grant *g, int64_t pid, int64_t pid_start,
			     struct err *e)
{
	struct stmt *st = db_stmt(
		s->db, "SELECT revision, pid, pid_start FROM oauth_grant WHERE row = $1");
	int64_t has = 0, has_start = 0, revision = 0;
	bool any;
	enum errc rc;

	stmt_int(st, 1, g->row);
	rc = stmt_step(st, &any, e);
	if (!rc && any) {
		revision = stmt_get_int(st, "revision");
		has = stmt_get_int(st, "pid");
		has_start = stmt_get_int(st, "pid_start");
	}
	stmt_done(st);
	if (rc)
		return rc;
	if (revision != g->revision)
		return changed_meanwhile(g, e);
	if (!has || (has == pid && has_start == pid_start) || !process_alive(has, has_start))
		return ERR_OK;
	err_set(e, ERR_CONFLICT, "process %lld is refreshing the grant %s", (long long)has, g->id);
	return err_hint(e, "wait for it, then look at the grant again");
}

static const char take_sql[] = "UPDATE oauth_grant SET pid = $2, pid_start = $3 WHERE row = $1";

enum errc grant_take(struct store *s, const struct grant *g, int64_t pid, int64_t pid_start,
		     struct err *e)
{
	struct stmt *st;
	enum errc rc = taken_check(s, g, pid, pid_start, e);

	if (rc)
		return rc;
	st = db_stmt(s->db, take_sql);
	stmt_int(st, 2, pid);
	stmt_int(st, 3, pid_start);
	return row_run(s, st, g, e);
}

enum errc grant_give_back(struct store *s, const struct grant *g, struct err *e)
{
	struct stmt *st = db_stmt(s->db, take_sql);

	stmt_int(st, 2, 0);
	stmt_int(st, 3, 0);
	return row_run(s, st, g, e);
}
