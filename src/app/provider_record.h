/* A provider as JSON: the same record from every operation on one. */
#ifndef APP_PROVIDER_RECORD_H
#define APP_PROVIDER_RECORD_H

#include "data/provider.h"
#include "src/app/op.h"

#define PROVIDER_COLUMNS                                                                          \
	{ "name", "NAME", COLUMN_TEXT, "its name" },                                              \
		{ "id", NULL, COLUMN_TEXT, "the provider's id" },                                 \
		{ "status", "STATUS", COLUMN_STATUS, "ok, or altered: outside authrack" },        \
		{ "preset", "PRESET", COLUMN_TEXT, "the vendor; null: generic" },                 \
		{ "issuer", "ISSUER", COLUMN_TEXT, "its issuer; null: endpoints by hand only" },  \
		{ "client_id", "CLIENT", COLUMN_TEXT, "the client's id" },                        \
		{ "auth_method", "METHOD", COLUMN_TEXT, "how the client authenticates" },         \
		{ "scope", NULL, COLUMN_TEXT, "scopes that are asked for" },                      \
		{ "audience", NULL, COLUMN_TEXT, "whom access tokens are for; null" },            \
		{ "ca_file", NULL, COLUMN_TEXT, "certificates trusted instead of the system's" }, \
		{ "has_secret", NULL, COLUMN_FLAG, "a client secret is kept, encrypted" },        \
		{ "has_key", NULL, COLUMN_FLAG, "a private key is kept, encrypted" },             \
		{ "certificate", NULL, COLUMN_FLAG, "a client certificate is kept" },             \
		{ "device_authorization_endpoint", NULL, COLUMN_TEXT,                             \
		  "as in effect: by hand, else discovered, else the vendor's; null: not known" }, \
		{ "token_endpoint", NULL, COLUMN_TEXT, "likewise" },                              \
		{ "jwks_uri", NULL, COLUMN_TEXT, "likewise" },                                    \
		{ "userinfo_endpoint", NULL, COLUMN_TEXT, "likewise" },                           \
		{ "introspection_endpoint", NULL, COLUMN_TEXT, "likewise" },                      \
		{ "revocation_endpoint", NULL, COLUMN_TEXT, "likewise" },                         \
		{ "explicit", NULL, COLUMN_LIST, "names of the endpoints given by hand" },        \
		{ "pkce", NULL, COLUMN_FLAG, "its metadata has S256: PKCE goes with the flow" },  \
		{ "discovered_at", NULL, COLUMN_TIME, "when its metadata was fetched" },          \
		{ "doctor", "DOCTOR", COLUMN_LIST,                                                \
		  "last report: pass fail warn info skipped; null: never run" },                  \
		{ "doctor_at", NULL, COLUMN_TIME, "when that was" },                              \
		{ "created_at", NULL, COLUMN_TIME, "when it was added" },                         \
		{ "updated_at", NULL, COLUMN_TIME, "last change" },                               \
	{                                                                                         \
		"revision", NULL, COLUMN_NUMBER, "rises with each change"                         \
	}

/* Reads what was learnt of it, too. ERR_STORE. Caller frees. */
enum errc provider_record(struct json **out, struct store *s, const struct provider *p,
			  struct err *e);

#endif
