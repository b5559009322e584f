/* From a row, or from options, to what the protocol code works with. */
#include "src/app/provider_use.h"

#include <stdlib.h>
#include <string.h>

#include "src/app/key_fields.h"
#include "src/app/oauth_fetch.h"
#include "src/app/provider_fields.h"
#include "src/app/session.h"
#include "src/base/alloc.h"
#include "src/base/datetime.h"
#include "src/base/http_parts.h"
#include "src/oauth/metadata.h"
#include "src/oauth/preset.h"

void provider_use_init(struct provider_use *u)
{
	*u = (struct provider_use){ .metadata = NULL };
	provider_init(&u->row);
	oauth_provider_init(&u->oauth);
}

void provider_use_release(struct provider_use *u)
{
	provider_release(&u->row);
	oauth_provider_release(&u->oauth);
	json_free(u->metadata);
	u->metadata = NULL;
}

/* --- parts ------------------------------------------------------------------------------------- */

const struct oauth_preset *provider_preset(const struct provider *p)
{
	const struct oauth_preset *preset = oauth_preset_find(p->preset);

	/* A vendor that another release knows. */
	return preset ? preset : &oauth_preset_generic;
}

bool provider_discoverable(const struct oauth_provider *o)
{
	return *o->issuer && !o->preset->no_discovery;
}

struct json *provider_explicit(const struct provider *p)
{
	struct json *endpoints = NULL;

	if (!p->endpoints || !*p->endpoints ||
	    json_parse(&endpoints, p->endpoints, strlen(p->endpoints), NULL))
		return json_object_new();
	return endpoints;
}

static void explicit_apply(struct oauth_provider *o, const struct provider *p)
{
	struct json *endpoints = provider_explicit(p);

	for (unsigned n = 0; n < OAUTH_ENDPOINTS; n++) {
		const char *member = oauth_endpoint_member((enum oauth_endpoint)n);

		free(o->endpoints[n]);
		o->endpoints[n] = x_strdup(json_get_text(endpoints, member));
	}
	json_free(endpoints);
}

void provider_to_oauth(struct oauth_provider *o, const struct provider *p)
{
	key_text_set(&o->name, p->name);
	key_text_set(&o->issuer, p->issuer);
	key_text_set(&o->client_id, p->client_id);
	key_text_set(&o->certificate, p->certificate);
	key_text_set(&o->scope, p->scope);
	key_text_set(&o->audience, p->audience);
	free(o->ca_file);
	o->ca_file = *p->ca_file ? x_strdup(p->ca_file) : NULL;
	o->preset = provider_preset(p);
	oauth_auth_parse(&o->auth, p->auth_method);
	explicit_apply(o, p);
}

enum errc provider_intact(const struct provider *p, struct err *e)
{
	if (!p->altered)
		return ERR_OK;
	err_set(e, ERR_STORE, "provider %s \"%s\" was altered outside authrack", p->id, p->name);
	return err_hint(e, "run store check; remove it and add it anew");
}

/* --- metadata ------------------------------------------------------------------------------------ */

/* Takes the document over where it is this issuer's. */
static enum errc metadata_take(struct provider_use *u, const char *text, size_t len, struct err *e)
{
	struct json *metadata = NULL;
	enum errc rc = oauth_metadata_read(&metadata, u->oauth.issuer, text, len, e);

	if (rc) {
		json_free(metadata);
		return rc;
	}
	json_free(u->metadata);
	u->metadata = metadata;
	explicit_apply(&u->oauth, &u->row);
	oauth_metadata_apply(&u->oauth, metadata);
	return ERR_OK;
}

static enum errc metadata_load(struct provider_use *u, struct err *e)
{
	struct provider_facts facts = { .metadata = NULL };
	enum errc rc = provider_facts(u->store, &u->row, &facts, e);

	if (!rc && facts.metadata && provider_discoverable(&u->oauth) &&
	    metadata_take(u, facts.metadata, strlen(facts.metadata), NULL) == ERR_OK) {
		u->metadata_at = facts.metadata_at;
		u->metadata_until = facts.metadata_until;
	}
	provider_facts_release(&facts);
	return rc;
}

enum errc provider_use_saved(struct provider_use *u, const struct op_call *c, struct store *s,
			     const char *id_or_name, struct err *e)
{
	enum errc rc = provider_get(s, id_or_name, &u->row, e);

	(void)c;
	u->store = s;
	if (rc == ERR_NOT_FOUND) {
		err_set(e, rc, "no provider \"%s\"", id_or_name);
		return err_hint(e, "provider list shows them; provider add makes one");
	}
	if (!rc)
		rc = provider_intact(&u->row, e);
	if (!rc)
		provider_to_oauth(&u->oauth, &u->row);
	if (!rc)
		rc = provider_secret(s, &u->row, &u->oauth.client_secret, e);
	if (!rc)
		rc = provider_key(s, &u->row, &u->oauth.client_key, e);
	return rc ? rc : metadata_load(u, e);
}

enum errc provider_use_given(struct provider_use *u, const struct op_call *c, struct err *e)
{
	struct provider_input in;
	enum errc rc;

	provider_input_init(&in);
	rc = provider_fields_apply(c, &in, e);
	if (!rc) {
		provider_to_oauth(&u->oauth, &in.row);
		secret_move(&u->oauth.client_secret, &in.secret);
		secret_move(&u->oauth.client_key, &in.key);
		provider_release(&u->row);
		u->row = in.row;
		provider_init(&in.row);
	}
	provider_input_release(&in);
	return rc;
}

/* One of the two places where metadata stands. ERR_NOT_FOUND: nothing is there. */
static enum errc metadata_get(struct http_response *a, const struct op_call *c,
			      const struct provider_use *u, bool oidc, struct err *e)
{
	static const char *const headers[] = { "Accept: application/json", NULL };
	struct oauth_fetch f = { .call = c, .doing = "asking for the provider's metadata" };
	char *url = oauth_metadata_url(u->oauth.issuer, oidc);
	const struct http_request r = {
		.url = url,
		.headers = headers,
		.ca_file = u->oauth.ca_file,
	};
	enum errc rc = oauth_fetch(&f, &r, NULL, a, e);

	if (!rc && a->status != 200) {
		rc = a->status >= 400 && a->status < 500 && a->status != 429 ? ERR_NOT_FOUND
									     : ERR_REMOTE;
		err_set(e, rc, "\"%s\" answers with status %ld", url, a->status);
		err_hint(e, "look at the issuer's address; without metadata give the endpoints by "
			    "hand");
	}
	free(url);
	return rc;
}

static enum errc metadata_fetch(struct http_response *a, const struct op_call *c,
				const struct provider_use *u, struct err *e)
{
	struct err second = ERR_INIT;
	enum errc rc = metadata_get(a, c, u, true, e);

	if (rc != ERR_NOT_FOUND)
		return rc;
	http_response_release(a);
	rc = metadata_get(a, c, u, false, &second);
	if (rc == ERR_CANCELLED && e)
		*e = second;
	if (!rc || rc == ERR_CANCELLED)
		return rc;
	/* What went wrong at the usual place is what is told. */
	if (e)
		e->code = ERR_REMOTE;
	return ERR_REMOTE;
}

/* Keeps what was learnt, where it can be: the next command does without a request then. */
static void metadata_keep(const struct provider_use *u, const struct op_call *c, const char *text)
{
	char *copy = x_strdup(text);
	const struct provider_facts facts = {
		.metadata = copy,
		.metadata_at = u->metadata_at,
		.metadata_until = u->metadata_until,
	};

	if (u->store && !app_read_only(c->app) && store_begin_unaudited(u->store, NULL) == ERR_OK) {
		if (provider_learn(u->store, &u->row, &facts, NULL) == ERR_OK)
			store_commit(u->store, NULL);
		store_rollback(u->store);
	}
	free(copy);
}

enum errc provider_use_discover(struct provider_use *u, const struct op_call *c, struct err *e)
{
	struct http_response a = { .code = ERR_OK };
	int64_t fresh;
	enum errc rc;

	if (!provider_discoverable(&u->oauth)) {
		err_set(e, ERR_CONFLICT, "provider \"%s\" has no metadata to discover",
			u->row.name);
		return err_hint(
			e, *u->row.issuer ? "its vendor has none: preset %s" : "it has no issuer%s",
			*u->row.issuer ? u->row.preset : "");
	}
	rc = metadata_fetch(&a, c, u, e);
	if (!rc)
		rc = metadata_take(u, buf_text(&a.body), a.body.len, e);
	if (!rc) {
		fresh = http_fresh_ms(&a);
		u->metadata_at = app_now(c->app);
		u->metadata_until = u->metadata_at + (fresh > HOUR_MS ? fresh : HOUR_MS);
		metadata_keep(u, c, buf_text(&a.body));
	}
	http_response_release(&a);
	return rc;
}

/* --- endpoints ----------------------------------------------------------------------------------- */

static unsigned known(const struct oauth_provider *o)
{
	unsigned set = 0;

	for (unsigned n = 0; n < OAUTH_ENDPOINTS; n++)
		if (o->endpoints[n])
			set |= 1U << n;
	return set;
}

static enum errc refuse_missing(const struct provider_use *u, unsigned missing, struct err *e)
{
	enum oauth_endpoint n = (enum oauth_endpoint)__builtin_ctz(missing);
	const char *member = oauth_endpoint_member(n);

	if (u->metadata) {
		err_set(e, ERR_REMOTE, "the metadata of \"%s\" names no %s", u->oauth.issuer,
			member);
		return err_hint(e, n == OAUTH_DEVICE ? "switch the device flow on there, or give "
						       "the endpoint by hand"
						     : "the provider may not have it; else give it "
						       "by hand");
	}
	err_set(e, ERR_CONFLICT, "the %s of \"%s\" is not known", member,
		*u->row.name ? u->row.name : u->oauth.client_id);
	return err_hint(e, "give it by hand (provider edit)");
}

/* Metadata that could not be fetched anew: what is known does, and it is told. */
static void tell_stale(const struct provider_use *u, const struct op_call *c, const struct err *why)
{
	char when[DATETIME_SIZE];

	if (!u->metadata) {
		call_note(c, "no metadata: %s", why->message);
		return;
	}
	datetime_relative(when, u->metadata_at, app_now(c->app), true);
	call_note(c, "using the metadata of %s: %s", when, why->message);
}

enum errc provider_use_complete(struct provider_use *u, const struct op_call *c, unsigned wanted,
				struct err *e)
{
	bool fresh = u->metadata && app_now(c->app) < u->metadata_until;
	bool open = u->metadata || wanted & ~known(&u->oauth);
	struct err why = ERR_INIT;
	enum errc rc = ERR_OK;

	if (open && !fresh && provider_discoverable(&u->oauth))
		rc = provider_use_discover(u, c, &why);
	oauth_preset_apply(&u->oauth);
	wanted &= ~known(&u->oauth);
	if (rc == ERR_CANCELLED || (rc && wanted)) {
		if (e)
			*e = why;
		return rc;
	}
	if (rc)
		tell_stale(u, c, &why);
	return wanted ? refuse_missing(u, wanted, e) : ERR_OK;
}
