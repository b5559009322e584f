/* store check, providers, grants and flows: their MACs, whose they are, what the audit chain says they
 * are, and whether what they keep opens. */
#include "data/check.h"
#include "data/oauth_rows.h"

static void sealed_check(struct check *c, const char *label, enum errc opened,
			 const struct err *failed)
{
	if (opened)
		check_found(c, "sealed", label, "%s", failed->message);
}

/* A row that carries our MAC, with its object MAC. */
static enum errc chain_check(struct check *c, struct check_object *o, int64_t ring,
			     uint8_t row[ROW_MAC_SIZE], const struct audit_change *l, struct err *e)
{
	uint8_t mac[MAC_SIZE];

	if (!object_mac_row(c->s, ring, row, mac))
		return ring_unknown(c->s, ring, e);
	o->mac = mac;
	return check_against_chain(c, o, l, e);
}

/* --- providers ------------------------------------------------------------ */

static enum errc facts_check(struct check *c, const struct provider *p, const char *label,
			     struct err *e)
{
	bool ours;
	enum errc rc = provider_facts_ours(c->s, p, &ours, e);

	if (!rc && !ours)
		check_found(c, "row_mac", label, "what was learnt of it was altered by hand");
	return rc;
}

static enum errc provider_check(struct check *c, const struct provider_row *r, struct err *e)
{
	struct check_object o = { .kind = &check_kinds[CHECK_PROVIDER],
				  .id = r->p.id,
				  .revision = r->p.revision };
	struct err failed = ERR_INIT;
	uint8_t mac[ROW_MAC_SIZE];
	struct audit_change l;
	enum errc rc = audit_last_change(c->s, r->p.id, &l, e);

	snprintf(o.label, sizeof o.label, "%s %s", r->p.id, r->p.name);
	if (!rc)
		rc = facts_check(c, &r->p, o.label, e);
	if (rc)
		return rc;
	if (r->p.altered || !provider_row_mac(c->s, r, mac)) {
		check_altered(c, o.label, &l, false);
		return ERR_OK;
	}
	sealed_check(c, o.label, provider_row_opens(c->s, r, &failed), &failed);
	return chain_check(c, &o, r->p.ring, mac, &l, e);
}

static enum errc providers_check(struct check *c, struct err *e)
{
	struct stmt *st = db_prepare(c->s->db, "SELECT * FROM provider ORDER BY row");
	struct provider_row r;
	bool row;
	enum errc rc;

	provider_row_init(&r);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		provider_row_read(c->s, st, &r);
		rc = provider_check(c, &r, e);
		if (rc)
			break;
	}
	provider_row_release(&r);
	stmt_free(st);
	return rc;
}

/* --- grants --------------------------------------------------------------- */

static enum errc grant_check(struct check *c, const struct grant_row *r, struct err *e)
{
	struct check_object o = { .kind = &check_kinds[CHECK_GRANT],
				  .id = r->g.id,
				  .revision = r->g.revision };
	struct err failed = ERR_INIT;
	uint8_t mac[ROW_MAC_SIZE];
	struct audit_change l;
	enum errc rc = audit_last_change(c->s, r->g.id, &l, e);

	if (rc)
		return rc;
	snprintf(o.label, sizeof o.label, "%s %s", r->g.id, r->g.provider_name);
	if (!r->g.provider_id[0])
		check_found(c, "invariant", o.label, "its provider is not there");
	if (r->g.altered || !grant_row_mac(c->s, r, mac)) {
		check_altered(c, o.label, &l, false);
		return ERR_OK;
	}
	sealed_check(c, o.label, grant_row_opens(c->s, r, &failed), &failed);
	return chain_check(c, &o, r->g.ring, mac, &l, e);
}

static enum errc grants_check(struct check *c, struct err *e)
{
	struct stmt *st = db_prepare(c->s->db, GRANT_SELECT "ORDER BY g.row");
	struct grant_row r;
	bool row;
	enum errc rc;

	grant_row_init(&r);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		grant_row_read(c->s, st, &r);
		rc = grant_check(c, &r, e);
		if (rc)
			break;
	}
	grant_row_release(&r);
	stmt_free(st);
	return rc;
}

/* --- flows ---------------------------------------------------------------- */

static void flow_check(struct check *c, const struct flow_row *r)
{
	struct err failed = ERR_INIT;
	char label[CHECK_LABEL_SIZE];

	snprintf(label, sizeof label, "%s %s", r->f.id, r->f.provider_name);
	if (!r->provider_id[0])
		check_found(c, "invariant", label, "its provider is not there");
	if (r->f.altered)
		check_found(c, "row_mac", label, "the device flow was altered or planted by hand");
	else
		sealed_check(c, label, flow_row_opens(c->s, r, &failed), &failed);
}

static enum errc flows_check(struct check *c, struct err *e)
{
	struct stmt *st = db_prepare(c->s->db, FLOW_SELECT "ORDER BY f.row");
	struct flow_row r;
	bool row;
	enum errc rc;

	flow_keep_init(&r);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		flow_row_read(c->s, st, &r);
		flow_check(c, &r);
	}
	flow_keep_release(&r);
	stmt_free(st);
	return rc;
}

enum errc check_oauth(struct check *c, struct err *e)
{
	enum errc rc = providers_check(c, e);

	if (!rc)
		rc = grants_check(c, e);
	return rc ? rc : flows_check(c, e);
}
