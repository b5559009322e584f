/* A provider as the options of a command describe it: one that is added, edited, or used without
 * being saved. */
#ifndef APP_PROVIDER_FIELDS_H
#define APP_PROVIDER_FIELDS_H

#include "data/provider.h"
#include "src/app/op.h"
#include "src/oauth/provider.h"

enum { CLIENT_SECRET_MAX = 16 * 1024, CLIENT_KEY_MAX = 64 * 1024, PROVIDER_TEXT_LENGTH = 1024 };

/* `more`: ARG_CLEARS where the empty text takes away what is there. */
#define PROVIDER_FIELD_ARGS(more)                                                                 \
	{ .name = "preset",                                                                       \
	  .letter = 'p',                                                                          \
	  .type = ARG_CHOICE,                                                                     \
	  .choices = provider_presets,                                                            \
	  .value = "PRESET",                                                                      \
	  .help = "the vendor, whose deviations are then known; generic: none; without it the "   \
		  "issuer tells" },                                                               \
		{ .name = "issuer",                                                               \
		  .letter = 'i',                                                                  \
		  .type = ARG_TEXT,                                                               \
		  .flags = (more),                                                                \
		  .value = "URL",                                                                 \
		  .help = "where its metadata is found: the issuer as it calls itself" },         \
		{ .name = "client-id",                                                            \
		  .letter = 'c',                                                                  \
		  .type = ARG_TEXT,                                                               \
		  .value = "ID",                                                                  \
		  .label = "Client id",                                                           \
		  .help = "the client's id, as registered there" },                               \
		{ .name = "client-secret-file",                                                   \
		  .type = ARG_FILE,                                                               \
		  .flags = ARG_COMMAND_LINE,                                                      \
		  .help = "file with the client secret (0600); - is standard input" },            \
		{ .name = "client-secret",                                                        \
		  .type = ARG_SECRET,                                                             \
		  .label = "Client secret",                                                       \
		  .help = "ask for the client secret on the terminal, or read it where that is "  \
			  "none" },                                                               \
		{ .name = "client-key-file",                                                      \
		  .type = ARG_FILE,                                                               \
		  .label = "Private key file",                                                    \
		  .help = "private key of the client (PEM, JWK; 0600), for private_key_jwt and "  \
			  "tls_client_auth" },                                                    \
		{ .name = "client-certificate-file",                                              \
		  .type = ARG_FILE,                                                               \
		  .label = "Certificate file",                                                    \
		  .help = "certificate of the client (PEM), for tls_client_auth" },               \
		{ .name = "auth-method",                                                          \
		  .letter = 'a',                                                                  \
		  .type = ARG_CHOICE,                                                             \
		  .choices = oauth_auth_names,                                                    \
		  .value = "METHOD",                                                              \
		  .label = "Authentication",                                                      \
		  .help = "how the client proves who it is; without it what is given decides" },  \
		{ .name = "scope",                                                                \
		  .letter = 's',                                                                  \
		  .type = ARG_TEXT,                                                               \
		  .flags = ARG_REPEATED | (more),                                                 \
		  .value = "SCOPE",                                                               \
		  .label = "Scopes",                                                              \
		  .help = "scopes to ask for, several with blanks between; openid gives an ID "   \
			  "token, offline_access mostly a refresh token" },                       \
		{ .name = "audience",                                                             \
		  .type = ARG_TEXT,                                                               \
		  .flags = (more),                                                                \
		  .value = "TEXT",                                                                \
		  .help = "whom the access token is for, where the provider wants to be told" },  \
		{ .name = "ca-file",                                                              \
		  .type = ARG_FILE,                                                               \
		  .flags = (more),                                                                \
		  .label = "CA file",                                                             \
		  .help = "certificates to trust instead of the system's" },                      \
		{ .name = "device-authorization-endpoint",                                        \
		  .type = ARG_TEXT,                                                               \
		  .flags = (more),                                                                \
		  .value = "URL",                                                                 \
		  .label = "Device endpoint",                                                     \
		  .help = "where a device code is asked for; wins over the metadata, as all of "  \
			  "these" },                                                              \
		{ .name = "token-endpoint",                                                       \
		  .type = ARG_TEXT,                                                               \
		  .flags = (more),                                                                \
		  .value = "URL",                                                                 \
		  .help = "where tokens come from" },                                             \
		{ .name = "jwks-uri",                                                             \
		  .type = ARG_TEXT,                                                               \
		  .flags = (more),                                                                \
		  .value = "URL",                                                                 \
		  .label = "JWKS address",                                                        \
		  .help = "where its keys are" },                                                 \
		{ .name = "userinfo-endpoint",                                                    \
		  .type = ARG_TEXT,                                                               \
		  .flags = (more),                                                                \
		  .value = "URL",                                                                 \
		  .help = "where it tells about the person" },                                    \
		{ .name = "introspection-endpoint",                                               \
		  .type = ARG_TEXT,                                                               \
		  .flags = (more),                                                                \
		  .value = "URL",                                                                 \
		  .help = "where it tells about a token" },                                       \
	{                                                                                         \
		.name = "revocation-endpoint", .type = ARG_TEXT, .flags = (more), .value = "URL", \
		.help = "where tokens are revoked"                                                \
	}

extern const char *const provider_presets[]; /* "generic" and the vendors */

struct provider_input {
	struct provider row;
	struct secret secret, key; /* new ones, where has_… below; empty takes it away */
	bool has_secret, has_key;
};
void provider_input_init(struct provider_input *in);
void provider_input_release(struct provider_input *in); /* wipes */

/* Sets in `in` what was given, settles what was not (preset, authentication method, scope) where `row` is
 * new, and checks that all of it fits together. Remarks go to the call. ERR_USAGE, ERR_PERMISSION. */
enum errc provider_fields_apply(const struct op_call *c, struct provider_input *in, struct err *e);
/* Was any of PROVIDER_FIELD_ARGS given? */
bool provider_fields_given(const struct op_args *a);
/* The scopes of --scope, blank-separated; heap text in any case. ERR_USAGE. */
enum errc provider_scope(char **out, const struct op_args *a, struct err *e);

#endif
