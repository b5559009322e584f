/* store restore, providers and grants: what a backup has of them, but for what was removed, revoked or
 * refreshed since. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "data/audit_walk.h"
#include "data/oauth_rows.h"
#include "data/restore.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"

/* How an object stands in the live store, by the audit chain's word. */
struct standing {
	struct audit_change last;
	bool trusted; /* the live row is what its last event left */
	bool since;   /* that event is younger than the backup */
};

struct provider_item {
	struct provider_row *live, *copy; /* NULL: not there */
	struct standing is;
};

struct grant_item {
	struct grant_row *live, *copy;
	struct standing is;
};

/* All rows of both stores, in the order of their ids, and what is to be done. */
struct work {
	struct restore *r;
	struct provider_row *providers[2]; /* live, copy */
	struct grant_row *grants[2];
	size_t provider_count[2], grant_count[2];
	struct provider_item *provider_items;
	struct grant_item *grant_items;
	size_t provider_item_count, grant_item_count;
};

enum { LIVE, COPY };

/* `row`: its row MAC; NULL where it is not there, or altered. */
static enum errc standing_get(struct restore *r, struct standing *is, const char *id, int64_t ring,
			      uint8_t *row, struct err *e)
{
	uint8_t mac[MAC_SIZE];
	enum errc rc = audit_last_change(r->live, id, &is->last, e);

	is->since = is->last.any && is->last.sequence > r->copy->mark.sequence;
	is->trusted = !rc && row && is->last.any && object_mac_row(r->live, ring, row, mac) &&
		      bytes_equal(mac, is->last.mac, MAC_SIZE);
	return rc;
}

/* Somebody took it away since, which restoring does not undo; an earlier restore is nobody. */
static bool removed_since(const struct standing *is)
{
	return is->since && audit_removes(is->last.operation, is->last.mac) &&
	       strcmp(is->last.operation, "store.restore") != 0;
}

static enum errc note(struct restore *r, const struct standing *is, const char *id,
		      const char *name, int64_t revision, const uint8_t *after, const char *what,
		      struct err *e)
{
	struct json *detail = json_object_new();

	json_set_text(detail, "restored", what);
	return restore_event(r,
			     &(struct restore_change){ .object = id,
						       .name = name,
						       .revision = revision,
						       .before = is->last.mac,
						       .after = after,
						       .detail = detail },
			     e);
}

static enum errc note_removed(struct restore *r, const struct standing *is, const char *id,
			      const char *name, struct err *e)
{
	int64_t revision = 0;
	enum errc rc = restore_revision(r, id, &revision, e);

	return rc ? rc : note(r, is, id, name, revision, NULL, "removed", e);
}

/* --- providers ------------------------------------------------------------ */

static enum errc providers_load(struct work *w, int side, struct err *e)
{
	struct store *s = side == LIVE ? w->r->live : w->r->copy;
	struct stmt *st = db_prepare(s->db, "SELECT * FROM provider ORDER BY id");
	size_t *count = &w->provider_count[side];
	bool row;
	enum errc rc;

	while (!(rc = stmt_step(st, &row, e)) && row) {
		w->providers[side] = x_reallocarray(w->providers[side], *count + 1,
						    sizeof **w->providers);
		provider_row_init(&w->providers[side][*count]);
		provider_row_read(s, st, &w->providers[side][(*count)++]);
	}
	stmt_free(st);
	return rc;
}

/* Would the backup's row change anything but revision, time and ring key? */
static bool provider_same(struct store *s, const struct provider_row *live,
			  const struct provider_row *copy)
{
	struct provider_row probe = *copy; /* lends its texts */
	uint8_t is[ROW_MAC_SIZE], would[ROW_MAC_SIZE];
	const char *id = live->p.id;

	probe.p.revision = live->p.revision;
	probe.p.updated_at = live->p.updated_at;
	probe.p.ring = live->p.ring;
	probe.secret = live->secret;
	probe.key = live->key;
	return provider_row_mac(s, live, is) && provider_row_mac(s, &probe, would) &&
	       bytes_equal(is, would, sizeof is) &&
	       sealed_same(s, &live->secret, live->p.ring, &copy->secret, copy->p.ring, "provider",
			   "secret", id) &&
	       sealed_same(s, &live->key, live->p.ring, &copy->key, copy->p.ring, "provider",
			   "client_key", id);
}

/* Is anything to be done? */
static bool provider_decide(struct restore *r, struct provider_item *item)
{
	if (item->live && item->copy)
		return !item->is.trusted || !provider_same(r->live, item->live, item->copy);
	if (item->live || !removed_since(&item->is))
		return true;
	r->report->lost += r->accept_loss;
	r->report->revocations_kept += !r->accept_loss;
	return r->accept_loss;
}

static enum errc provider_plan(struct work *w, struct provider_row *live, struct provider_row *copy,
			       struct err *e)
{
	struct provider_item item = { .live = live, .copy = copy };
	uint8_t mac[ROW_MAC_SIZE];
	const struct provider *p;
	bool sound;
	enum errc rc;

	assert(live || copy);
	p = live ? &live->p : &copy->p;
	sound = live && !p->altered && provider_row_mac(w->r->live, live, mac);
	rc = standing_get(w->r, &item.is, p->id, p->ring, sound ? mac : NULL, e);

	if (!rc && provider_decide(w->r, &item)) {
		w->provider_items = x_reallocarray(w->provider_items, w->provider_item_count + 1,
						   sizeof *w->provider_items);
		w->provider_items[w->provider_item_count++] = item;
	}
	return rc;
}

static enum errc providers_plan(struct work *w, struct err *e)
{
	size_t i = 0, k = 0, live = w->provider_count[LIVE], copy = w->provider_count[COPY];
	enum errc rc = ERR_OK;

	while (!rc && (i < live || k < copy)) {
		struct provider_row *is = i < live ? &w->providers[LIVE][i] : NULL,
				    *was = k < copy ? &w->providers[COPY][k] : NULL;
		int order = !is ? 1 : !was ? -1 : strcmp(is->p.id, was->p.id);

		rc = provider_plan(w, order <= 0 ? is : NULL, order >= 0 ? was : NULL, e);
		i += order <= 0;
		k += order >= 0;
	}
	return rc;
}

/* Names are unique: those that change or go make room first. No name begins with a control character. */
static enum errc names_park(struct work *w, struct err *e)
{
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < w->provider_item_count && !rc; i++) {
		struct stmt *st;

		if (!w->provider_items[i].live)
			continue;
		st = db_stmt(w->r->live->db,
			     "UPDATE provider SET name = char(1) || row WHERE row = $1");
		stmt_int(st, 1, w->provider_items[i].live->p.row);
		rc = stmt_run(st, e);
	}
	return rc;
}

static enum errc provider_put(struct restore *r, struct provider_item *item, struct err *e)
{
	struct provider_row *row = item->copy;
	struct provider *p = &row->p;
	uint8_t mac[ROW_MAC_SIZE], after[MAC_SIZE];
	enum errc rc;

	rc = restore_revision(r, p->id, &p->revision, e);
	p->row = item->live ? item->live->p.row : 0;
	p->updated_at = r->now;
	if (!rc)
		rc = provider_row_write(r->live, row, e);
	if (!rc)
		rc = provider_forget(r->live, p, e);
	if (rc)
		return rc;
	if (!provider_row_mac(r->live, row, mac) || !object_mac_row(r->live, p->ring, mac, after))
		return ring_unknown(r->live, p->ring, e);
	return note(r, &item->is, p->id, p->name, p->revision, after,
		    item->live ? "changed" : "brought back", e);
}

static enum errc providers_put(struct work *w, struct err *e)
{
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < w->provider_item_count && !rc; i++)
		if (w->provider_items[i].copy)
			rc = provider_put(w->r, &w->provider_items[i], e);
	return rc;
}

static enum errc providers_remove(struct work *w, struct err *e)
{
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < w->provider_item_count && !rc; i++) {
		struct provider_item *item = &w->provider_items[i];
		const struct provider *p;

		if (item->copy)
			continue;
		p = &item->live->p;
		rc = provider_delete(w->r->live, p, e);
		if (!rc)
			rc = note_removed(w->r, &item->is, p->id, p->name, e);
	}
	return rc;
}

/* --- grants --------------------------------------------------------------- */

static enum errc grants_load(struct work *w, int side, struct err *e)
{
	struct store *s = side == LIVE ? w->r->live : w->r->copy;
	struct stmt *st = db_prepare(s->db, GRANT_SELECT "ORDER BY g.id");
	size_t *count = &w->grant_count[side];
	bool row;
	enum errc rc;

	while (!(rc = stmt_step(st, &row, e)) && row) {
		w->grants[side] = x_reallocarray(w->grants[side], *count + 1, sizeof **w->grants);
		grant_row_init(&w->grants[side][*count]);
		grant_row_read(s, st, &w->grants[side][(*count)++]);
	}
	stmt_free(st);
	return rc;
}

static bool grant_same(struct store *s, const struct grant_row *live, const struct grant_row *copy)
{
	struct grant_row probe = *copy; /* lends its texts */
	uint8_t is[ROW_MAC_SIZE], would[ROW_MAC_SIZE];

	probe.g.revision = live->g.revision;
	probe.g.ring = live->g.ring;
	probe.tokens = live->tokens;
	return grant_row_mac(s, live, is) && grant_row_mac(s, &probe, would) &&
	       bytes_equal(is, would, sizeof is) &&
	       sealed_same(s, &live->tokens, live->g.ring, &copy->tokens, copy->g.ring,
			   "oauth_grant", "tokens", live->g.id);
}

static void grant_state_set(struct grant *g, enum grant_state state, const char *text)
{
	g->state = state;
	text_put(&g->note, text, strlen(text));
}

/* What comes back where the live row can't be asked: a refresh token that was used up since must not
 * look as if it were good, nor a grant that was revoked. */
static void grant_doubt(struct restore *r, struct grant_item *item)
{
	bool revoked = strcmp(item->is.last.operation, "grant.revoke") == 0;

	if (!item->is.since || r->accept_loss || item->copy->g.state == GRANT_ENDED)
		return;
	grant_state_set(&item->copy->g, revoked ? GRANT_ENDED : GRANT_UNCERTAIN,
			revoked ? "revoked" : "restored from a backup, but changed since");
	r->report->revocations_kept += revoked;
}

/* A grant changes by being refreshed, revoked or refused: its older tokens are of no use any more, and a
 * refresh token that is used twice may cost the whole grant. So it stays as it is. Anything to be done? */
static bool grant_decide(struct restore *r, struct grant_item *item)
{
	bool same = item->live && item->copy && item->is.trusted &&
		    grant_same(r->live, item->live, item->copy);
	bool ended = item->copy && !same && (item->is.trusted || removed_since(&item->is));

	if (same)
		return false;
	if (ended) {
		r->report->lost += r->accept_loss;
		r->report->revocations_kept += !r->accept_loss;
		return r->accept_loss;
	}
	if (item->copy)
		grant_doubt(r, item);
	return true;
}

static enum errc grant_plan(struct work *w, struct grant_row *live, struct grant_row *copy,
			    struct err *e)
{
	struct grant_item item = { .live = live, .copy = copy };
	uint8_t mac[ROW_MAC_SIZE];
	const struct grant *g;
	bool sound;
	enum errc rc;

	assert(live || copy);
	g = live ? &live->g : &copy->g;
	sound = live && !g->altered && grant_row_mac(w->r->live, live, mac);
	rc = standing_get(w->r, &item.is, g->id, g->ring, sound ? mac : NULL, e);

	if (!rc && grant_decide(w->r, &item)) {
		w->grant_items = x_reallocarray(w->grant_items, w->grant_item_count + 1,
						sizeof *w->grant_items);
		w->grant_items[w->grant_item_count++] = item;
	}
	return rc;
}

static enum errc grants_plan(struct work *w, struct err *e)
{
	size_t i = 0, k = 0, live = w->grant_count[LIVE], copy = w->grant_count[COPY];
	enum errc rc = ERR_OK;

	while (!rc && (i < live || k < copy)) {
		struct grant_row *is = i < live ? &w->grants[LIVE][i] : NULL,
				 *was = k < copy ? &w->grants[COPY][k] : NULL;
		int order = !is ? 1 : !was ? -1 : strcmp(is->g.id, was->g.id);

		rc = grant_plan(w, order <= 0 ? is : NULL, order >= 0 ? was : NULL, e);
		i += order <= 0;
		k += order >= 0;
	}
	return rc;
}

static enum errc grant_remove(struct restore *r, const struct grant_item *item, struct err *e)
{
	const struct grant *g = &item->live->g;
	enum errc rc = grant_delete(r->live, g, e);

	return rc ? rc : note_removed(r, &item->is, g->id, g->provider_name, e);
}

static enum errc grants_remove(struct work *w, struct err *e)
{
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < w->grant_item_count && !rc; i++)
		if (!w->grant_items[i].copy)
			rc = grant_remove(w->r, &w->grant_items[i], e);
	return rc;
}

static enum errc provider_place(struct store *s, const char *id, int64_t *row, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "SELECT row FROM provider WHERE id = $1");
	uint8_t bytes[ULID_BYTES] = { 0 };

	*row = 0;
	ulid_parse(bytes, id + strlen("prv_"));
	stmt_blob(st, 1, bytes, sizeof bytes);
	return stmt_one_int(st, "row", row, e);
}

static enum errc grant_put(struct restore *r, struct grant_item *item, struct err *e)
{
	struct grant_row *row = item->copy;
	struct grant *g = &row->g;
	uint8_t mac[ROW_MAC_SIZE], after[MAC_SIZE];
	enum errc rc = provider_place(r->live, g->provider_id, &g->provider, e);

	/* Its provider was removed since, and stays so. */
	if (!rc && !g->provider)
		return item->live ? grant_remove(r, item, e) : ERR_OK;
	if (!rc)
		rc = restore_revision(r, g->id, &g->revision, e);
	g->row = item->live ? item->live->g.row : 0;
	if (!rc)
		rc = grant_row_write(r->live, row, e);
	if (rc)
		return rc;
	if (!grant_row_mac(r->live, row, mac) || !object_mac_row(r->live, g->ring, mac, after))
		return ring_unknown(r->live, g->ring, e);
	return note(r, &item->is, g->id, g->provider_name, g->revision, after,
		    item->live ? "changed" : "brought back", e);
}

static enum errc grants_put(struct work *w, struct err *e)
{
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < w->grant_item_count && !rc; i++)
		if (w->grant_items[i].copy)
			rc = grant_put(w->r, &w->grant_items[i], e);
	return rc;
}

/* --- all of it ------------------------------------------------------------ */

static void work_release(struct work *w)
{
	for (int side = LIVE; side <= COPY; side++) {
		for (size_t i = 0; i < w->provider_count[side]; i++)
			provider_row_release(&w->providers[side][i]);
		for (size_t i = 0; i < w->grant_count[side]; i++)
			grant_row_release(&w->grants[side][i]);
		free(w->providers[side]);
		free(w->grants[side]);
	}
	free(w->provider_items);
	free(w->grant_items);
}

/* Providers come before the grants that need them, and go after those that may have been moved to them. */
static enum errc (*const steps[])(struct work *w, struct err *e) = {
	providers_plan, grants_plan, grants_remove,    names_park,
	providers_put,	grants_put,  providers_remove,
};

enum errc restore_oauth(struct restore *r, struct err *e)
{
	struct work w = { .r = r };
	enum errc rc = ERR_OK;

	for (int side = LIVE; side <= COPY && !rc; side++) {
		rc = providers_load(&w, side, e);
		if (!rc)
			rc = grants_load(&w, side, e);
	}
	r->report->providers = w.provider_count[COPY];
	r->report->grants = w.grant_count[COPY];
	for (size_t i = 0; i < sizeof steps / sizeof *steps && !rc; i++)
		rc = steps[i](&w, e);
	work_release(&w);
	return rc;
}
