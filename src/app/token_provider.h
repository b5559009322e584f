/* Tokens and keys out of the store: a saved provider's keys, and the tokens of a grant. */
#ifndef APP_TOKEN_PROVIDER_H
#define APP_TOKEN_PROVIDER_H

#include "src/app/token_input.h"
#include "src/token/jose_key.h"

#define TOKEN_PROVIDER_ARG(what)                                                          \
	{                                                                                 \
		.name = "provider", .letter = 'P', .type = ARG_PROVIDER, .value = "NAME", \
		.label = "Provider", .help = what                                         \
	}

#define TOKEN_GRANT_ARGS                                                                       \
	{ .name = "grant",                                                                     \
	  .letter = 'g',                                                                       \
	  .type = ARG_GRANT,                                                                   \
	  .flags = ARG_COMMAND_LINE | ARG_INSTEAD,                                             \
	  .help = "the tokens of this grant instead of a file or paste; the audit tells it" }, \
	{                                                                                      \
		.name = "which", .type = ARG_CHOICE, .flags = ARG_COMMAND_LINE,                \
		.choices = token_grant_choices, .value = "TOKEN",                              \
		.help = "with --grant: this one of its tokens: access, id or refresh"          \
	}

extern const char *const token_grant_choices[];

/* Is a provider meant: by --provider, or as that of --grant where no other key source is given? */
bool token_provider_meant(const struct op_args *a);
/* Adds its keys (jwks_uri, fetched); *issuer is its issuer as heap text, NULL where it has none. */
enum errc token_provider_keys(struct key_set *set, const struct op_call *c, char **issuer,
			      struct err *e);
/* Adds the client's own private key, with which tokens for it are encrypted. */
enum errc token_provider_own_key(struct key_set *set, const struct op_call *c, struct err *e);
/* The tokens of --grant as one text, and the audit event of it. */
enum errc token_grant_text(struct secret *text, const struct op_call *c, struct err *e);

#endif
