/* Picking providers, and the audit events of their changes. */
#include "src/app/provider_change.h"

#include <string.h>

#include "src/app/audit_note.h"
#include "src/app/provider_record.h"
#include "src/app/provider_use.h"
#include "src/app/session.h"

enum errc provider_pick(struct store *s, const char *id_or_name, struct provider *p, struct err *e)
{
	enum errc rc = provider_get(s, id_or_name, p, e);

	if (rc != ERR_NOT_FOUND)
		return rc;
	err_set(e, rc, "no provider \"%s\"", id_or_name);
	return err_hint(e, "provider list shows them; provider add makes one");
}

enum errc provider_note(const struct op_call *c, struct store *s, const struct provider *p,
			const uint8_t before[MAC_SIZE], const struct json *detail, struct err *e)
{
	uint8_t after[MAC_SIZE];
	const struct audit_note n = {
		.object = p->id,
		.name = p->name,
		.revision = p->revision,
		.mac_before = before,
		.mac_after = after,
		.detail = detail,
	};
	enum errc rc = provider_object_mac(s, p, after, e);

	return rc ? rc : audit_note(c, s, &n, NULL, e);
}

struct json *provider_detail(const struct provider *p)
{
	const struct {
		const char *name, *text;
	} texts[] = {
		{ "preset", p->preset },       { "issuer", p->issuer },
		{ "client_id", p->client_id }, { "auth_method", p->auth_method },
		{ "scope", p->scope },	       { "audience", p->audience },
		{ "ca_file", p->ca_file },
	};
	struct json *detail = json_object_new(), *endpoints = provider_explicit(p);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		json_set_text(detail, texts[i].name, texts[i].text);
	for (const void *it = json_first(endpoints); it; it = json_next(endpoints, it))
		json_set_text(detail, json_name(it), json_as_text(json_value(it)));
	if (p->has_secret)
		json_set_bool(detail, "client_secret", true);
	if (p->has_key)
		json_set_bool(detail, "client_key", true);
	if (*p->certificate)
		json_set_bool(detail, "certificate", true);
	json_free(endpoints);
	return detail;
}

enum errc provider_tell(const struct op_call *c, struct store *s, const char *id, struct err *e)
{
	struct json *record = NULL;
	struct provider p;
	enum errc rc;

	provider_init(&p);
	rc = provider_get(s, id, &p, e);
	if (!rc)
		rc = provider_record(&record, s, &p, e);
	provider_release(&p);
	return rc ? rc : call_record_take(c, record, e);
}
