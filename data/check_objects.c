/* store check, keys: their MACs, what the audit chain says they are, and what must always hold. */
#include <inttypes.h>

#include "data/check.h"

static void key_label(char out[CHECK_LABEL_SIZE], const struct key *k)
{
	snprintf(out, CHECK_LABEL_SIZE, "%s %s", k->id, k->name);
}

/* --- the MACs of the rows ------------------------------------------------- */

/* True where a version does not carry our MAC. */
static bool versions_altered(struct check *c, const struct object_scan *o)
{
	char label[CHECK_LABEL_SIZE];
	bool altered = false;

	for (size_t i = 0; i < o->count; i++) {
		if (!o->versions[i].altered)
			continue;
		altered = true;
		key_label(label, &o->key);
		check_found(c, "row_mac", label,
			    "version %" PRId64 " (secret %s) was altered or "
			    "planted by hand, or moved from another key",
			    o->versions[i].number, o->versions[i].secret_id);
	}
	return altered;
}

static void orphans_found(struct check *c, const struct object_scan *o)
{
	char label[CHECK_LABEL_SIZE];

	for (size_t i = 0; i < o->count; i++) {
		snprintf(label, sizeof label, "row %" PRId64, o->versions[i].key);
		check_found(c, "invariant", label, "version %" PRId64 " (secret %s) has no key",
			    o->versions[i].number, o->versions[i].secret_id);
	}
}

/* --- the audit chain's word ----------------------------------------------- */

static enum errc audit_compare(struct check *c, const struct key *k, const uint8_t mac[MAC_SIZE],
			       const struct audit_change *l, struct err *e)
{
	struct check_object o = {
		.kind = &check_kinds[CHECK_KEY], .id = k->id, .revision = k->revision, .mac = mac
	};

	key_label(o.label, k);
	if (l->any || !k->import_event)
		return check_against_chain(c, &o, l, e);
	if (k->revision != 1)
		check_found(c, "object", o.label,
			    "it is revision %" PRId64
			    " of an imported key, but no audit event changed it",
			    k->revision);
	return ERR_OK;
}

/* --- what must always hold ------------------------------------------------ */

static const struct key_version *current_version(const struct object_scan *o)
{
	for (size_t i = 0; i < o->count; i++) {
		if (o->versions[i].number == o->key.version)
			return &o->versions[i];
	}
	return NULL;
}

static bool no_current(const struct object_scan *o, int64_t now)
{
	const struct key_version *v = current_version(o);

	(void)now;
	return !v || v->state == VERSION_PENDING;
}

static bool not_highest(const struct object_scan *o, int64_t now)
{
	(void)now;
	for (size_t i = 0; i < o->count; i++) {
		if (o->versions[i].number > o->key.version && o->versions[i].state == VERSION_LIVE)
			return true;
	}
	return false;
}

static bool current_ends(const struct object_scan *o, int64_t now)
{
	const struct key_version *v = current_version(o);

	(void)now;
	return v && o->key.status != KEY_REVOKED &&
	       (v->state == VERSION_ENDED || v->valid_until != TIME_NONE);
}

static bool older_endless(const struct object_scan *o, int64_t now)
{
	(void)now;
	for (size_t i = 0; i < o->count; i++) {
		if (o->versions[i].state == VERSION_LIVE &&
		    o->versions[i].number < o->key.version &&
		    o->versions[i].valid_until == TIME_NONE)
			return true;
	}
	return false;
}

/* Ends that are past need no care: nothing is done at that moment. */
static bool grace_wrong(const struct object_scan *o, int64_t now)
{
	int64_t last = now, said = o->key.retiring_until;

	if (o->key.status == KEY_REVOKED)
		return false;
	for (size_t i = 0; i < o->count; i++) {
		const struct key_version *v = &o->versions[i];

		if (v->state == VERSION_LIVE && v->number < o->key.version && v->valid_until > last)
			last = v->valid_until;
	}
	return last != (said > now ? said : now);
}

static bool hint_wrong(const struct object_scan *o, int64_t now)
{
	const struct key_version *v = current_version(o);

	(void)now;
	return v && strcmp(v->hint, o->key.hint) != 0;
}

static bool revoked_wrong(const struct object_scan *o, int64_t now)
{
	(void)now;
	return (o->key.status == KEY_REVOKED) != (o->key.revoked_at != TIME_NONE);
}

static bool disabled_wrong(const struct object_scan *o, int64_t now)
{
	(void)now;
	return o->key.status == KEY_DISABLED && o->key.disabled_at == TIME_NONE;
}

static const struct {
	bool (*broken)(const struct object_scan *o, int64_t now);
	const char *text;
} rules[] = {
	{ no_current, "its current version is not there" },
	{ not_highest, "its current version is not the highest one that was activated" },
	{ current_ends, "its current version has ended" },
	{ older_endless, "an older version of it never ends" },
	{ grace_wrong, "the end of its grace is not that of its older versions" },
	{ hint_wrong, "its hint is not that of its current version" },
	{ revoked_wrong, "its status and its time of revocation disagree" },
	{ disabled_wrong, "it is disabled, but not since when" },
};

static void rules_check(struct check *c, const struct object_scan *o, int64_t now)
{
	char label[CHECK_LABEL_SIZE];

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (!rules[i].broken(o, now))
			continue;
		key_label(label, &o->key);
		check_found(c, "invariant", label, "%s", rules[i].text);
	}
}

/* --- one object after the other ------------------------------------------- */

/* A key that is being written out has no event yet, and may have nothing but its pending
 * version. */
static void pending_check(struct check *c, const struct object_scan *o,
			  const struct audit_change *l)
{
	char label[CHECK_LABEL_SIZE];
	bool live = l->any;

	for (size_t i = 0; i < o->count; i++)
		live = live || o->versions[i].state != VERSION_PENDING;
	if (!live)
		return;
	key_label(label, &o->key);
	check_found(c, "object", label, "it waits to be written out, but was in use before");
}

/* The object MAC at revision 1, which the import's sum is over. */
static enum errc import_check(struct check *c, const struct key *k, const struct audit_change *l,
			      const uint8_t *now, struct err *e)
{
	uint8_t first[MAC_SIZE];
	bool any = false;
	enum errc rc = ERR_OK;

	if (k->import_event && l->any)
		rc = check_first_mac(c, k->id, first, &any, e);
	if (rc)
		return rc;
	return check_import_key(c, k, l->any ? (any ? first : NULL) : now, e);
}

static enum errc object_check(struct check *c, const struct object_scan *o, int64_t now,
			      struct err *e)
{
	char label[CHECK_LABEL_SIZE];
	struct audit_change l;
	uint8_t mac[MAC_SIZE];
	bool altered;
	enum errc rc;

	if (o->key.row == 0) {
		orphans_found(c, o);
		return ERR_OK;
	}
	rc = audit_last_change(c->s, o->key.id, &l, e);
	if (rc)
		return rc;
	if (o->key.altered) {
		key_label(label, &o->key);
		check_altered(c, label, &l, o->key.import_event);
	}
	altered = versions_altered(c, o) || o->key.altered;
	altered = altered || !object_mac(c->s, &o->key, o->versions, o->count, mac);
	rc = import_check(c, &o->key, &l, altered ? NULL : mac, e);
	if (rc || altered)
		return rc;
	if (o->key.status == KEY_PENDING) {
		pending_check(c, o, &l);
		return ERR_OK;
	}
	rules_check(c, o, now);
	return audit_compare(c, &o->key, mac, &l, e);
}

static enum errc objects_progress(struct check *c, struct err *e)
{
	if (!c->progress || ++c->done % PROGRESS_STEP != 0 ||
	    c->progress(c->arg, c->done, c->total))
		return ERR_OK;
	return err_set(e, ERR_CANCELLED, "cancelled");
}

enum errc check_objects(struct check *c, struct err *e)
{
	struct object_scan o;
	int64_t now = store_now(c->s);
	bool more = true;
	enum errc rc = object_scan_start(&o, c->s, e);

	check_imports_begin(c);
	while (!rc) {
		rc = object_scan_next(&o, &more, e);
		if (rc || !more)
			break;
		rc = object_check(c, &o, now, e);
		if (!rc)
			rc = objects_progress(c, e);
	}
	object_scan_end(&o);
	return rc ? rc : check_imports_end(c, e);
}
