/* Device flows under way as rows: what is needed to take one up again, its codes sealed. */
#include "data/flow.h"

#include <stdlib.h>
#include <string.h>

#include "data/oauth_rows.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/base/process.h"

static const char table[] = "flow", prefix[] = "flw_";

const struct field flow_fields[] = {
	FIELD_OF_ID(flow_row, f.id, "id", "flw_"),
	FIELD(FIELD_TEXT, flow_row, f.kept, "kept"),
	FIELD(FIELD_INT, flow_row, f.created_at, "created_at"),
	FIELD(FIELD_INT, flow_row, f.expires_at, "expires_at"),
	FIELD(FIELD_FLAG, flow_row, f.save, "save"),
	FIELD(FIELD_INT, flow_row, f.pid, "pid"),
	FIELD(FIELD_INT, flow_row, f.pid_start, "pid_start"),
	FIELD(FIELD_SEALED, flow_row, secrets, "secrets"),
	FIELD(FIELD_INT, flow_row, f.ring, "ring"),
	{ .column = NULL },
};

enum {
	FLOW_FIELDS = sizeof flow_fields / sizeof *flow_fields - 1,
	PARAMETER_MAC = FLOW_FIELDS + 1,
	PARAMETER_PROVIDER,
	PARAMETER_ROW
};

static const char insert_sql[] =
	"INSERT INTO flow (id, kept, created_at, expires_at, save, pid, pid_start, secrets, ring, "
	"mac, provider) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING row";

static const char update_sql[] =
	"UPDATE flow SET id = $1, kept = $2, created_at = $3, expires_at = $4, save = $5, "
	"pid = $6, pid_start = $7, secrets = $8, ring = $9, mac = $10, provider = $11 "
	"WHERE row = $12 RETURNING row";

void flow_keep_init(struct flow_row *r)
{
	*r = (struct flow_row){ .secrets = { .data = NULL } };
	row_blank(flow_fields, r);
	r->f.provider_name = x_strdup("");
	r->provider_id = x_strdup("");
}

void flow_keep_release(struct flow_row *r)
{
	row_release(flow_fields, r);
	free(r->f.provider_name);
	free(r->provider_id);
	*r = (struct flow_row){ .secrets = { .data = NULL } };
}

void flow_row_init(struct flow *f)
{
	struct flow_row r;

	flow_keep_init(&r);
	free(r.provider_id);
	*f = r.f;
}

void flow_row_release(struct flow *f)
{
	struct flow_row r = { .f = *f };

	flow_keep_release(&r);
	*f = r.f;
}

/* --- reading -------------------------------------------------------------- */

void flow_row_read(struct store *s, struct stmt *st, struct flow_row *r)
{
	struct flow *f = &r->f;
	bool fits;

	f->row = stmt_get_int(st, "row");
	fits = row_read(st, flow_fields, r);
	f->provider = stmt_get_int(st, "provider");
	joined_provider(st, &r->provider_id, &f->provider_name);
	f->altered = !fits || !row_mac_fits(s, st, f->ring, table, flow_fields, r, r->provider_id);
}

enum errc flow_row_opens(struct store *s, const struct flow_row *r, struct err *e)
{
	struct secret plain = SECRET_INIT;
	enum errc rc = store_unseal(s, &plain, &r->secrets, r->f.ring, table, "secrets", r->f.id,
				    e);

	secret_release(&plain);
	return rc;
}

static bool id_bytes(uint8_t out[ULID_BYTES], const char *id)
{
	return strncmp(id, prefix, strlen(prefix)) == 0 && ulid_parse(out, id + strlen(prefix));
}

static enum errc row_get(struct store *s, const char *id, struct flow_row *r, struct err *e)
{
	struct stmt *st = db_stmt(s->db, FLOW_SELECT "WHERE f.id = $1");
	uint8_t bytes[ULID_BYTES];
	bool any = false;
	enum errc rc;

	if (!id_bytes(bytes, id))
		return err_set(e, ERR_NOT_FOUND, "\"%s\" is no id of a device flow", id);
	stmt_blob(st, 1, bytes, sizeof bytes);
	rc = stmt_step(st, &any, e);
	if (!rc && any)
		flow_row_read(s, st, r);
	stmt_done(st);
	if (!rc && !any) {
		err_set(e, ERR_NOT_FOUND, "there is no device flow %s any more", id);
		rc = err_hint(e, "its code has expired, or it has ended: run it anew");
	}
	return rc;
}

enum errc flow_get(struct store *s, const char *id, struct flow *f, struct err *e)
{
	struct flow_row r;
	struct flow before = *f;
	enum errc rc;

	flow_keep_init(&r);
	rc = row_get(s, id, &r, e);
	if (!rc) {
		*f = r.f;
		r.f = before;
	}
	flow_keep_release(&r);
	return rc;
}

static enum errc row_ours(struct store *s, const struct flow *f, struct flow_row *r, struct err *e)
{
	enum errc rc = row_get(s, f->id, r, e);

	if (rc || !r->f.altered)
		return rc;
	err_set(e, ERR_STORE, "the device flow %s was altered by hand", f->id);
	return err_hint(e, "run it anew");
}

enum errc flow_secrets(struct store *s, const struct flow *f, struct secret *out, struct err *e)
{
	struct flow_row r;
	enum errc rc;

	secret_release(out);
	flow_keep_init(&r);
	rc = row_ours(s, f, &r, e);
	if (!rc)
		rc = store_unseal(s, out, &r.secrets, r.f.ring, table, "secrets", r.f.id, e);
	flow_keep_release(&r);
	return rc;
}

/* A statement of its own: `call` may ask for anything, this list too. */
enum errc flow_each(struct store *s, bool (*call)(void *arg, const struct flow *f), void *arg,
		    struct err *e)
{
	struct stmt *st = db_prepare(s->db, FLOW_SELECT "ORDER BY f.id DESC");
	struct flow_row r;
	bool row;
	enum errc rc;

	flow_keep_init(&r);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		flow_row_read(s, st, &r);
		if (!call(arg, &r.f))
			break;
	}
	flow_keep_release(&r);
	stmt_free(st);
	return rc;
}

/* --- changing ------------------------------------------------------------- */

static enum errc row_write(struct store *s, struct flow_row *r, struct err *e)
{
	struct stmt *st = db_stmt(s->db, r->f.row ? update_sql : insert_sql);
	uint8_t mac[ROW_MAC_SIZE];
	struct row_keep keep;
	int64_t row = 0;
	enum errc rc = store_writing(s, e);

	if (!rc && strlen(r->f.kept) > FLOW_KEPT_MAX)
		rc = err_set(e, ERR_USAGE, "the device flow is too large to keep");
	if (!rc)
		rc = sealed_renew(s, &r->secrets, r->f.ring, store_ring(s), table, "secrets",
				  r->f.id, e);
	if (rc)
		return rc;
	r->f.ring = store_ring(s);
	if (!row_mac(s, r->f.ring, table, flow_fields, r, r->provider_id, mac))
		return ring_unknown(s, r->f.ring, e);
	row_bind(st, flow_fields, r, &keep);
	stmt_blob(st, PARAMETER_MAC, mac, sizeof mac);
	stmt_int(st, PARAMETER_PROVIDER, r->f.provider);
	if (r->f.row)
		stmt_int(st, PARAMETER_ROW, r->f.row);
	rc = stmt_one_int(st, "row", &row, e);
	if (!rc)
		r->f.row = row;
	return rc;
}

enum errc flow_insert(struct store *s, struct flow *f, const struct secret *secrets, struct err *e)
{
	struct flow_row r = { .f = *f };
	char provider[PROVIDER_ID_SIZE];
	uint8_t id[ULID_BYTES];
	enum errc rc = flow_sweep(s, clock_wall(s->clock), e);

	if (!rc)
		rc = provider_id_of(s, f->provider, provider, e);
	if (rc)
		return rc;
	if (!f->id[0]) {
		ulid_new(id, clock_wall(s->clock));
		memcpy(r.f.id, prefix, sizeof prefix);
		ulid_text(r.f.id + strlen(prefix), id);
	}
	r.provider_id = provider;
	r.f.row = 0;
	r.f.ring = store_ring(s);
	r.f.altered = false;
	if (secrets)
		rc = store_seal(s, &r.secrets, r.f.ring, table, "secrets", r.f.id, secrets, e);
	if (!rc)
		rc = row_write(s, &r, e);
	if (!rc)
		*f = r.f;
	sealed_release(&r.secrets);
	return rc;
}

static enum errc other_has_it(const struct flow *f, int64_t pid, struct err *e)
{
	err_set(e, ERR_CONFLICT, "process %lld polls the device flow %s", (long long)pid, f->id);
	return err_hint(e, "two would poll one code: end it there, or run a new one");
}

/* Writes the stored row with the members of `f` that change, where `f` has it still. */
static enum errc own_write(struct store *s, const struct flow *f, int64_t pid, int64_t pid_start,
			   struct err *e)
{
	struct flow_row r;
	enum errc rc = store_writing(s, e);

	flow_keep_init(&r);
	if (!rc)
		rc = row_ours(s, f, &r, e);
	if (rc == ERR_NOT_FOUND)
		rc = err_set(e, ERR_CONFLICT, "the device flow %s was forgotten meanwhile", f->id);
	if (!rc && (r.f.pid != f->pid || r.f.pid_start != f->pid_start))
		rc = other_has_it(f, r.f.pid, e);
	if (rc)
		goto out;
	text_put(&r.f.kept, f->kept, strlen(f->kept));
	r.f.expires_at = f->expires_at;
	r.f.save = f->save;
	r.f.pid = pid;
	r.f.pid_start = pid_start;
	rc = row_write(s, &r, e);
out:
	flow_keep_release(&r);
	return rc;
}

enum errc flow_update(struct store *s, const struct flow *f, struct err *e)
{
	return own_write(s, f, f->pid, f->pid_start, e);
}

enum errc flow_give_back(struct store *s, struct flow *f, struct err *e)
{
	enum errc rc = own_write(s, f, 0, 0, e);

	if (!rc)
		f->pid = f->pid_start = 0;
	return rc;
}

enum errc flow_take(struct store *s, struct flow *f, int64_t pid, int64_t pid_start, struct err *e)
{
	struct flow_row r;
	enum errc rc = store_writing(s, e);

	flow_keep_init(&r);
	if (!rc)
		rc = row_ours(s, f, &r, e);
	if (!rc && r.f.pid && process_alive(r.f.pid, r.f.pid_start))
		rc = other_has_it(f, r.f.pid, e);
	if (rc)
		goto out;
	r.f.pid = pid;
	r.f.pid_start = pid_start;
	rc = row_write(s, &r, e);
	if (!rc) {
		/* What is kept may be newer than what the caller has read. */
		struct flow before = *f;

		*f = r.f;
		r.f = before;
	}
out:
	flow_keep_release(&r);
	return rc;
}

enum errc flow_delete(struct store *s, const char *id, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "DELETE FROM flow WHERE id = $1");
	uint8_t bytes[ULID_BYTES];
	enum errc rc = store_writing(s, e);

	if (rc)
		return rc;
	if (!id_bytes(bytes, id))
		return err_set(e, ERR_NOT_FOUND, "\"%s\" is no id of a device flow", id);
	stmt_blob(st, 1, bytes, sizeof bytes);
	return stmt_run(st, e);
}

enum errc flow_sweep(struct store *s, int64_t now, struct err *e)
{
	enum { AT_ONCE = 64 };
	struct {
		int64_t row, pid, start;
	} found[AT_ONCE];
	struct stmt *st = db_stmt(s->db, "SELECT row, pid, pid_start FROM flow"
					 " WHERE expires_at < $1 LIMIT 64");
	size_t count = 0;
	bool row;
	enum errc rc = store_writing(s, e);

	stmt_int(st, 1, now);
	while (!rc && !(rc = stmt_step(st, &row, e)) && row && count < AT_ONCE) {
		found[count].row = stmt_get_int(st, "row");
		found[count].pid = stmt_get_int(st, "pid");
		found[count++].start = stmt_get_int(st, "pid_start");
	}
	stmt_done(st);
	for (size_t i = 0; i < count && !rc; i++) {
		if (found[i].pid && process_alive(found[i].pid, found[i].start))
			continue;
		st = db_stmt(s->db, "DELETE FROM flow WHERE row = $1");
		stmt_int(st, 1, found[i].row);
		rc = stmt_run(st, e);
	}
	return rc;
}
