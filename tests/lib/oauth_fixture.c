/* Providers, grants and flows in a store of a test. */
#include "tests/lib/oauth_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"

static void must(enum errc rc, const struct err *e)
{
	assert_well(rc, e);
}

void fixture_text(char **slot, const char *text)
{
	free(*slot);
	*slot = x_strdup(text);
}

struct change {
	const char *operation, *object, *name;
	int64_t revision;
	const uint8_t *before, *after; /* NULL: none */
};

static void event_append(struct store_fixture *f, const struct change *c)
{
	struct err e = ERR_INIT;
	struct audit_event ev = { .actor = x_strdup("{}"),
				  .operation = x_strdup(c->operation),
				  .object = x_strdup(c->object),
				  .name = x_strdup(c->name),
				  .detail = x_strdup("{}"),
				  .object_revision = c->revision,
				  .has_object_mac = c->after };

	if (c->after)
		memcpy(ev.object_mac, c->after, MAC_SIZE);
	if (c->after && c->before)
		memcpy(ev.object_before, c->before, MAC_SIZE);
	must(audit_append(f->s, &ev, &e), &e);
	audit_event_release(&ev);
}

void fixture_begin(struct store_fixture *f)
{
	struct err e = ERR_INIT;

	test_clock_advance(&f->clock, SECOND_MS);
	must(store_begin(f->s, &e), &e);
}

void fixture_commit(struct store_fixture *f)
{
	struct err e = ERR_INIT;

	event_append(f, &(struct change){ "test", "", "", 0, NULL, NULL });
	must(store_commit(f->s, &e), &e);
}

/* --- providers ------------------------------------------------------------ */

static void secret_text(struct secret *s, const char *format, const char *name)
{
	char text[256];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(text, sizeof text, format, name);
#pragma GCC diagnostic pop
	secret_set(s, text, strlen(text));
}

static void provider_noted(struct store_fixture *f, const char *operation, const struct provider *p,
			   const uint8_t *before)
{
	struct err e = ERR_INIT;
	uint8_t after[MAC_SIZE];

	must(provider_object_mac(f->s, p, after, &e), &e);
	event_append(f, &(struct change){ operation, p->id, p->name, p->revision, before, after });
	must(store_commit(f->s, &e), &e);
}

const char *fixture_provider(struct store_fixture *f, const char *name)
{
	struct secret secret = SECRET_INIT, key = SECRET_INIT;
	struct err e = ERR_INIT;
	struct provider p;

	fixture_begin(f);
	provider_init(&p);
	fixture_text(&p.name, name);
	fixture_text(&p.issuer, "https://id.example.com");
	fixture_text(&p.client_id, "client");
	fixture_text(&p.endpoints, "{}");
	p.created_at = store_now(f->s);
	secret_text(&secret, "SECRET-of-%s", name);
	secret_text(&key, "KEY-of-%s", name);
	must(provider_insert(f->s, &p, &secret, &key, &e), &e);
	provider_noted(f, "provider.add", &p, NULL);
	memcpy(f->last_id, p.id, sizeof f->last_id);
	provider_release(&p);
	secret_release(&secret);
	secret_release(&key);
	return f->last_id;
}

void fixture_provider_read(struct store_fixture *f, const char *what, struct provider *p)
{
	struct err e = ERR_INIT;

	must(provider_get(f->s, what, p, &e), &e);
}

static void provider_change(struct store_fixture *f, const char *name, const char *to,
			    const char *scope, const struct secret *secret,
			    const struct secret *key)
{
	struct err e = ERR_INIT;
	uint8_t before[MAC_SIZE];
	struct provider p;

	fixture_begin(f);
	provider_init(&p);
	fixture_provider_read(f, name, &p);
	must(provider_object_mac(f->s, &p, before, &e), &e);
	if (to)
		fixture_text(&p.name, to);
	if (scope)
		fixture_text(&p.scope, scope);
	must(provider_update(f->s, &p, secret, key, &e), &e);
	provider_noted(f, "provider.edit", &p, before);
	provider_release(&p);
}

void fixture_provider_change(struct store_fixture *f, const char *name, const char *scope,
			     const struct secret *secret, const struct secret *key)
{
	provider_change(f, name, NULL, scope, secret, key);
}

void fixture_provider_rename(struct store_fixture *f, const char *name, const char *to)
{
	provider_change(f, name, to, NULL, NULL, NULL);
}

static bool grant_gone(void *arg, const struct grant *g)
{
	event_append(arg,
		     &(struct change){ "grant.remove", g->id, "", g->revision + 1, NULL, NULL });
	return true;
}

void fixture_provider_remove(struct store_fixture *f, const char *name)
{
	struct err e = ERR_INIT;
	struct provider p;

	fixture_begin(f);
	provider_init(&p);
	fixture_provider_read(f, name, &p);
	must(grant_each(f->s, p.row, NULL, 0, grant_gone, f, &e), &e);
	must(provider_delete(f->s, &p, &e), &e);
	event_append(
		f, &(struct change){ "provider.remove", p.id, p.name, p.revision + 1, NULL, NULL });
	must(store_commit(f->s, &e), &e);
	provider_release(&p);
}

/* --- grants --------------------------------------------------------------- */

static void grant_noted(struct store_fixture *f, const char *operation, const struct grant *g,
			const uint8_t *before)
{
	struct err e = ERR_INIT;
	uint8_t after[MAC_SIZE];

	must(grant_object_mac(f->s, g, after, &e), &e);
	event_append(f, &(struct change){ operation, g->id, "", g->revision, before, after });
	must(store_commit(f->s, &e), &e);
}

const char *fixture_grant(struct store_fixture *f, const char *provider, const char *subject)
{
	struct secret tokens = SECRET_INIT;
	struct err e = ERR_INIT;
	struct provider p;
	struct grant g;

	fixture_begin(f);
	provider_init(&p);
	grant_init(&g);
	fixture_provider_read(f, provider, &p);
	g.provider = p.row;
	fixture_text(&g.subject, subject);
	fixture_text(&g.token_type, "Bearer");
	g.refreshable = true;
	g.created_at = store_now(f->s);
	secret_text(&tokens, "TOKENS-of-%s", subject);
	must(grant_insert(f->s, &g, &tokens, &e), &e);
	grant_noted(f, "grant.save", &g, NULL);
	memcpy(f->last_id, g.id, sizeof f->last_id);
	grant_release(&g);
	provider_release(&p);
	secret_release(&tokens);
	return f->last_id;
}

void fixture_grant_read(struct store_fixture *f, const char *id, struct grant *g)
{
	struct err e = ERR_INIT;

	must(grant_get(f->s, id, g, &e), &e);
}

static void grant_change(struct store_fixture *f, const char *id, const char *operation,
			 enum grant_state state, const char *tokens)
{
	struct secret secret = SECRET_INIT;
	struct err e = ERR_INIT;
	uint8_t before[MAC_SIZE];
	struct grant g;

	fixture_begin(f);
	grant_init(&g);
	fixture_grant_read(f, id, &g);
	must(grant_object_mac(f->s, &g, before, &e), &e);
	g.state = state;
	if (tokens) {
		g.refreshed_at = store_now(f->s);
		secret_text(&secret, tokens, g.subject);
	}
	must(grant_update(f->s, &g, tokens ? &secret : NULL, &e), &e);
	grant_noted(f, operation, &g, before);
	grant_release(&g);
	secret_release(&secret);
}

void fixture_grant_refresh(struct store_fixture *f, const char *id)
{
	grant_change(f, id, "grant.refresh", GRANT_LIVE, "TOKENS-of-%s-again");
}

void fixture_grant_revoke(struct store_fixture *f, const char *id)
{
	grant_change(f, id, "grant.revoke", GRANT_ENDED, NULL);
}

void fixture_grant_remove(struct store_fixture *f, const char *id)
{
	struct err e = ERR_INIT;
	struct grant g;

	fixture_begin(f);
	grant_init(&g);
	fixture_grant_read(f, id, &g);
	must(grant_delete(f->s, &g, &e), &e);
	grant_gone(f, &g);
	must(store_commit(f->s, &e), &e);
	grant_release(&g);
}

/* --- looking -------------------------------------------------------------- */

void fixture_assert_secret(struct store_fixture *f, const char *provider, const char *wanted)
{
	struct secret is = SECRET_INIT;
	struct err e = ERR_INIT;
	struct provider p;

	provider_init(&p);
	fixture_provider_read(f, provider, &p);
	must(provider_secret(f->s, &p, &is, &e), &e);
	assert_string_equal(secret_reveal(&is), wanted);
	secret_release(&is);
	provider_release(&p);
}

void fixture_assert_tokens(struct store_fixture *f, const char *grant, const char *wanted)
{
	struct secret is = SECRET_INIT;
	struct err e = ERR_INIT;
	struct grant g;

	grant_init(&g);
	fixture_grant_read(f, grant, &g);
	must(grant_tokens(f->s, &g, &is, &e), &e);
	assert_string_equal(secret_reveal(&is), wanted);
	secret_release(&is);
	grant_release(&g);
}

/* --- by hand -------------------------------------------------------------- */

/* Another value of the column's own type, that the column takes. */
static const char *other_value(const struct field *f)
{
	switch (f->type) {
	case FIELD_INT:
	case FIELD_ENUM:
		return "%s + 1";
	case FIELD_FLAG:
		return "1 - %s";
	case FIELD_TIME:
		return "coalesce(%s, 0) + 1";
	case FIELD_TEXT:
	case FIELD_CHARS:
		return "%s || 'x'";
	case FIELD_BYTES:
	case FIELD_ID:
	case FIELD_SEALED:
		return "cast(substr(%1$s, 2) || substr(%1$s, 1, 1) AS BLOB)";
	}
	return NULL;
}

void fixture_tamper(struct store_fixture *f, const char *table, const struct field *field)
{
	char value[128];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(value, sizeof value, other_value(field), field->column);
#pragma GCC diagnostic pop
	fixture_sqlf(f, "UPDATE %s SET %s = %s", table, field->column, value);
}

static void blob_same(const void *one, const void *two)
{
	struct sealed a, b;

	memcpy(&a, one, sizeof a);
	memcpy(&b, two, sizeof b);
	assert_int_equal(a.len, b.len);
	if (a.len)
		assert_memory_equal(a.data, b.data, a.len);
}

void fixture_assert_same(const struct field *fields, const void *one, const void *two)
{
	for (const struct field *at = fields; at->column; at++) {
		const char *a = (const char *)one + at->offset, *b = (const char *)two + at->offset;
		char *texts[2];

		if (at->type == FIELD_SEALED) {
			blob_same(a, b);
		} else if (at->type == FIELD_TEXT) {
			memcpy(&texts[0], a, sizeof texts[0]);
			memcpy(&texts[1], b, sizeof texts[1]);
			assert_string_equal(texts[0], texts[1]);
		} else if (at->type == FIELD_CHARS || at->type == FIELD_ID) {
			assert_string_equal(a, b);
		} else {
			assert_memory_equal(a, b, at->size);
		}
	}
}
