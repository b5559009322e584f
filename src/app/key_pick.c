/* Which keys an operation means: ids, names, filters. */
#include "src/app/key_pick.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/encode.h"

enum { CANDIDATES = 8 };

const char *const key_status_choices[] = {
	"active", "disabled", "revoked", "expired", "not_yet_valid", NULL,
};

static bool is_id(const char *who)
{
	uint8_t id[ULID_BYTES];

	return strncmp(who, "key_", 4) == 0 && ulid_parse(id, who + 4);
}

static enum errc refuse_unknown(const char *who, struct err *e)
{
	err_set(e, ERR_NOT_FOUND, "no key \"%s\"", who);
	return err_hint(e, "key list --search WORDS finds it");
}

static enum errc refuse_ambiguous(const char *who, char (*ids)[KEY_ID_SIZE], size_t listed,
				  size_t count, struct err *e)
{
	struct buf list = BUF_INIT(400);

	for (size_t i = 0; i < listed && i < CANDIDATES; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", ids[i]);
	if (count > CANDIDATES)
		buf_addf(&list, " and %zu more", count - CANDIDATES);
	err_set(e, ERR_CONFLICT, "\"%s\" is the name of %zu keys: %s", who, count, buf_text(&list));
	buf_release(&list);
	return err_hint(e, "take one by its id; key list --search tells them apart");
}

enum errc key_pick(struct store *s, const char *who, struct key *k, struct err *e)
{
	char ids[CANDIDATES][KEY_ID_SIZE];
	size_t live = 0, count = 0;
	enum errc r;

	if (is_id(who)) {
		r = key_get(s, who, k, e);
		return r == ERR_NOT_FOUND ? refuse_unknown(who, e) : r;
	}
	r = key_named(s, who, ids, CANDIDATES, &live, &count, e);
	if (r == ERR_NOT_FOUND || (!r && !count))
		return refuse_unknown(who, e);
	if (r)
		return r;
	if (live == 1 || count == 1)
		return key_get(s, ids[0], k, e);
	if (live)
		count = live;
	return refuse_ambiguous(who, ids, count, count, e);
}

enum errc key_intact(const struct key *k, struct err *e)
{
	if (!k->altered)
		return ERR_OK;
	err_set(e, ERR_STORE, "key %s \"%s\" was altered outside authrack", k->id, k->name);
	return err_hint(e, "run store check; all it can be is revoked");
}

void key_ids_release(struct key_ids *k)
{
	free(k->ids);
	*k = (struct key_ids){ .ids = NULL };
}

static void ids_add(struct key_ids *k, const char *id)
{
	if (k->count == k->size) {
		k->size = k->size ? 2 * k->size : CANDIDATES;
		k->ids = x_reallocarray(k->ids, k->size, sizeof(*k->ids));
	}
	snprintf(k->ids[k->count++], KEY_ID_SIZE, "%s", id);
}

static bool ids_have(const struct key_ids *k, const char *id)
{
	for (size_t i = 0; i < k->count; i++)
		if (strcmp(k->ids[i], id) == 0)
			return true;
	return false;
}

/* An option of the filter; edit has it as --where-NAME, since --NAME is the new value there. */
static const char *filter_text(const struct op_args *a, const char *name)
{
	char where[32];

	snprintf(where, sizeof(where), "where-%s", name);
	if (op_has(a, where))
		return op_text(a, where);
	return op_takes(a, where) ? NULL : op_text(a, name);
}

bool key_filter_given(const struct op_args *a)
{
	static const char *const texts[] = { "search", "owner", "tier", "scope" };
	static const char *const others[] = { "status", "expiring", "unused", "in-grace" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (filter_text(a, texts[i]))
			return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (op_has(a, others[i]))
			return true;
	return false;
}

static unsigned states_given(const struct op_args *a)
{
	static const enum key_state states[] = {
		/* as in key_status_choices */
		KEY_STATE_ACTIVE,  KEY_STATE_DISABLED,	    KEY_STATE_REVOKED,
		KEY_STATE_EXPIRED, KEY_STATE_NOT_YET_VALID,
	};
	unsigned given = 0;

	for (size_t n = 0; n < op_count(a, "status"); n++)
		for (size_t i = 0; key_status_choices[i]; i++)
			if (strcmp(op_nth(a, "status", n), key_status_choices[i]) == 0)
				given |= 1U << states[i];
	return given;
}

void key_filter(const struct op_args *a, int64_t now, struct key_query *q)
{
	int64_t expiring = op_duration(a, "expiring", -1), unused = op_duration(a, "unused", -1);

	*q = (struct key_query){
		.search = filter_text(a, "search"),
		.states = states_given(a),
		.in_grace = op_flag(a, "in-grace"),
		.owner = filter_text(a, "owner"),
		.tier = filter_text(a, "tier"),
		.scope = filter_text(a, "scope"),
		.expires_from = expiring < 0 ? TIME_NONE : now,
		.expires_until = expiring < 0 ? TIME_NONE : now + expiring,
		.unused_since = unused < 0 ? TIME_NONE : now - unused,
		.revoked_before = TIME_NONE,
		.now = now,
	};
	/* What is over neither expires any more nor is missed. */
	if (!q->states && (expiring >= 0 || unused >= 0))
		q->states = KEY_STATES_ALL & ~(1U << KEY_STATE_REVOKED);
}

enum errc key_ids_select(struct store *s, const struct key_query *q, struct key_ids *out,
			 struct err *e)
{
	struct key_cursor *cursor = NULL;
	struct key k;
	bool more = true;
	enum errc r = key_select(s, q, &cursor, e);

	key_init(&k);
	while (!r && more) {
		r = key_next(cursor, &k, &more, e);
		if (!r && more)
			ids_add(out, k.id);
	}
	key_cursor_free(cursor);
	key_release(&k);
	return r;
}

static enum errc ids_named(const struct op_call *c, struct store *s, const char *positional,
			   struct key_ids *out, struct err *e)
{
	struct key k;
	enum errc r = ERR_OK;

	key_init(&k);
	for (size_t n = 0; !r && n < op_count(c->args, positional); n++) {
		r = key_pick(s, op_nth(c->args, positional, n), &k, e);
		if (!r && !ids_have(out, k.id))
			ids_add(out, k.id);
	}
	key_release(&k);
	return r;
}

static enum errc refuse_count(const struct key_ids *ids, int64_t expected, struct err *e)
{
	err_set(e, ERR_CONFLICT, "%zu keys are meant, not %" PRId64, ids->count, expected);
	return err_hint(e, "look at them with --dry-run, then say --expect %zu", ids->count);
}

enum errc key_ids_expect(const struct op_call *c, const struct key_ids *ids, struct err *e)
{
	int64_t expected = op_integer(c->args, "expect", -1);

	if (expected >= 0 && (uint64_t)expected != ids->count)
		return refuse_count(ids, expected, e);
	return ERR_OK;
}

enum errc key_search_check(const struct op_args *a, struct err *e)
{
	const char *words = filter_text(a, "search");

	if (!words || words[strspn(words, " \t")])
		return ERR_OK;
	err_set(e, ERR_USAGE, "--search is empty, which would be every key");
	return err_hint(e, "give a word; or --status active, when all of these are meant");
}

enum errc key_ids_pick(const struct op_call *c, struct store *s, const char *positional,
		       unsigned states, struct key_ids *out, struct err *e)
{
	bool named = op_has(c->args, positional), filtered = key_filter_given(c->args);
	struct key_query q;
	enum errc r;

	if (named == filtered) {
		err_set(e, ERR_USAGE,
			named ? "%s takes keys or a filter, not both"
			      : "%s needs keys, or a filter",
			c->op->id);
		return err_hint(e, "ids or names; or --owner, --unused 90d and the like");
	}
	r = key_search_check(c->args, e);
	if (r)
		return r;
	if (named) {
		r = ids_named(c, s, positional, out, e);
	} else {
		key_filter(c->args, store_now(s), &q);
		if (!op_has(c->args, "status"))
			q.states = states;
		r = key_ids_select(s, &q, out, e);
	}
	return r ? r : key_ids_expect(c, out, e);
}
