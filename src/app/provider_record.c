/* The record of a provider: its row, the endpoints in effect, the last word of the doctor. */
#include "src/app/provider_record.h"

#include <string.h>

#include "src/app/provider_use.h"
#include "src/oauth/metadata.h"
#include "src/oauth/preset.h"

static void set_text(struct json *record, const char *name, const char *text)
{
	json_set_text(record, name, text && *text ? text : NULL);
}

static void set_row(struct json *record, const struct provider *p)
{
	json_set_text(record, "name", p->name);
	json_set_text(record, "id", p->id);
	json_set_text(record, "status", p->altered ? "altered" : "ok");
	set_text(record, "preset", p->preset);
	set_text(record, "issuer", p->issuer);
	set_text(record, "client_id", p->client_id);
	set_text(record, "auth_method", p->auth_method);
	set_text(record, "scope", p->scope);
	set_text(record, "audience", p->audience);
	set_text(record, "ca_file", p->ca_file);
	json_set_bool(record, "has_secret", p->has_secret);
	json_set_bool(record, "has_key", p->has_key);
	json_set_bool(record, "certificate", *p->certificate);
}

/* Endpoints in effect: nothing is fetched for it. Returns whether the metadata that is kept was used. */
static bool endpoints_fill(struct oauth_provider *o, const struct provider *p,
			   const struct provider_facts *facts)
{
	struct json *metadata = NULL;
	bool used;

	provider_to_oauth(o, p);
	used = facts->metadata && provider_discoverable(o) &&
	       oauth_metadata_read(&metadata, o->issuer, facts->metadata, strlen(facts->metadata),
				   NULL) == ERR_OK;
	if (used)
		oauth_metadata_apply(o, metadata);
	oauth_preset_apply(o);
	json_free(metadata);
	return used;
}

static struct json *explicit_names(const struct provider *p)
{
	struct json *given = provider_explicit(p), *names = json_array_new();

	for (unsigned n = 0; n < OAUTH_ENDPOINTS; n++) {
		const char *member = oauth_endpoint_member((enum oauth_endpoint)n);

		if (json_get_text(given, member))
			json_add(names, json_text(member));
	}
	json_free(given);
	return names;
}

static void set_endpoints(struct json *record, const struct provider *p,
			  const struct provider_facts *facts)
{
	struct oauth_provider o;
	bool discovered;

	oauth_provider_init(&o);
	discovered = endpoints_fill(&o, p, facts);
	for (unsigned n = 0; n < OAUTH_ENDPOINTS; n++)
		set_text(record, oauth_endpoint_member((enum oauth_endpoint)n), o.endpoints[n]);
	json_set(record, "explicit", explicit_names(p));
	json_set_bool(record, "pkce", o.pkce);
	json_set_time(record, "discovered_at", discovered ? facts->metadata_at : TIME_NONE);
	oauth_provider_release(&o);
}

static void set_doctor(struct json *record, const struct provider_facts *facts)
{
	struct json *report = NULL;

	if (facts->doctor && json_parse(&report, facts->doctor, strlen(facts->doctor), NULL))
		report = NULL;
	json_set(record, "doctor",
		 json_get(report, "summary") ? json_keep(json_get(report, "summary"))
					     : json_null_new());
	json_set_time(record, "doctor_at", report ? facts->doctor_at : TIME_NONE);
	json_free(report);
}

enum errc provider_record(struct json **out, struct store *s, const struct provider *p,
			  struct err *e)
{
	struct provider_facts facts = { .metadata = NULL };
	enum errc rc = provider_facts(s, p, &facts, e);
	struct json *record;

	*out = NULL;
	if (rc)
		return rc;
	record = json_object_new();
	set_row(record, p);
	set_endpoints(record, p, &facts);
	set_doctor(record, &facts);
	json_set_time(record, "created_at", p->created_at);
	json_set_time(record, "updated_at", p->updated_at);
	json_set_int(record, "revision", p->revision);
	provider_facts_release(&facts);
	*out = record;
	return ERR_OK;
}
