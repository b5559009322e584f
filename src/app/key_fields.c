/* The fields of a key that create and edit set. */
#include "src/app/key_fields.h"

#include <stdlib.h>

#include "src/app/rules.h"
#include "src/base/alloc.h"
#include "src/base/datetime.h"

void key_text_set(char **field, const char *text)
{
	char *copy = x_strdup(text);

	free(*field);
	*field = copy;
}

static void text_apply(const struct op_args *a, const char *name, char **field)
{
	if (op_has(a, name))
		key_text_set(field, op_text(a, name));
}

/* Makes the canonical set of a repeated option; one empty value is the empty set. */
static enum errc set_apply(const struct op_args *a, const char *name, char **field,
			   enum errc (*canonical)(char **out, struct texts t, struct err *e),
			   struct err *e)
{
	size_t count = op_count(a, name), used = 0;
	const char **items;
	char *text = NULL;
	enum errc r;

	if (!count)
		return ERR_OK;
	items = x_calloc(count, sizeof(*items));
	for (size_t i = 0; i < count; i++)
		if (*op_nth(a, name, i))
			items[used++] = op_nth(a, name, i);
	r = canonical(&text, (struct texts){ items, used }, e);
	free(items);
	if (r)
		return r;
	free(*field);
	*field = text;
	return ERR_OK;
}

static void time_apply(const struct op_args *a, const char *name, int64_t now, int64_t *field)
{
	if (op_has(a, name))
		*field = op_instant(a, name, now, TIME_NONE);
}

static enum errc times_check(const struct op_args *a, int64_t now, const struct key *k,
			     struct err *e)
{
	char text[DATETIME_SIZE];

	if (k->expires_at == TIME_NONE)
		return ERR_OK;
	datetime_rfc3339(text, k->expires_at);
	if (op_has(a, "expires") && k->expires_at <= now) {
		err_set(e, ERR_USAGE, "expiry \"%s\" is not in the future", text);
		return err_hint(e, "to end a key now use key disable or key revoke");
	}
	if (k->not_before != TIME_NONE && k->not_before >= k->expires_at) {
		err_set(e, ERR_USAGE, "the key would expire at \"%s\", before it is valid", text);
		return err_hint(e, "put --not-before before --expires");
	}
	return ERR_OK;
}

enum errc key_fields_apply(const struct op_args *a, int64_t now, struct key *k, struct err *e)
{
	enum errc r;

	text_apply(a, "name", &k->name);
	text_apply(a, "owner", &k->owner);
	text_apply(a, "tier", &k->tier);
	text_apply(a, "note", &k->note);
	time_apply(a, "not-before", now, &k->not_before);
	time_apply(a, "expires", now, &k->expires_at);
	r = set_apply(a, "scope", &k->scopes, scopes_canonical, e);
	if (!r)
		r = set_apply(a, "limit", &k->limits, limits_canonical, e);
	if (!r)
		r = set_apply(a, "allow-from", &k->allow_from, ranges_canonical, e);
	if (!r)
		r = set_apply(a, "meta", &k->meta, meta_canonical, e);
	return r ? r : times_check(a, now, k, e);
}
