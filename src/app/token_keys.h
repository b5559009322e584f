/* The keys that an operation on tokens was given: secrets, PEM, JWK, sets. Each option is a source of
 * its own; what is wrong within a source stays with it. */
#ifndef APP_TOKEN_KEYS_H
#define APP_TOKEN_KEYS_H

#include "src/app/op.h"
#include "src/token/jose_key.h"

enum { TOKEN_SECRET_MAX = 64 * 1024 };

/* Options for keys of one's own. `flags` is ARG_REPEATED where several may be given. */
#define TOKEN_KEY_ARGS(more)                                                                      \
	{ .name = "secret-file",                                                                  \
	  .type = ARG_FILE,                                                                       \
	  .flags = (more) | ARG_COMMAND_LINE,                                                     \
	  .help = "file with a shared secret: its bytes, one line end behind them taken off" },   \
		{ .name = "pem",                                                                  \
		  .type = ARG_FILE,                                                               \
		  .flags = (more),                                                                \
		  .label = "Key file",                                                            \
		  .help = "key or certificate as PEM or DER" },                                   \
		{ .name = "jwk",                                                                  \
		  .type = ARG_FILE,                                                               \
		  .flags = (more),                                                                \
		  .label = "JWK file",                                                            \
		  .help = "key as JWK, or a set of them" },                                       \
		{ .name = "secret",                                                               \
		  .type = ARG_SECRET,                                                             \
		  .label = "Shared secret",                                                       \
		  .help = "ask for a shared secret on the terminal" },                            \
	{                                                                                         \
		.name = "key", .type = ARG_SECRET, .flags = ARG_PASTE, .label = "Key (PEM, JWK)", \
		.help = "ask for a key to be pasted on the terminal: PEM or JWK"                  \
	}

/* Reads every source that was given into `set`, initialised here and to be released in any case.
 * ERR_USAGE names what can't be read; ERR_REMOTE what can't be fetched. */
enum errc token_keys_read(struct key_set *set, const struct op_call *c, struct err *e);

/* The key in words and where it is from; as JSON null for none. */
void token_key_text(const struct jose_key *k, char *out, size_t size);
struct json *token_key_json(const struct jose_key *k);

/* Is standard input meant for two things at once? ERR_USAGE. */
enum errc token_stdin_once(const struct op_call *c, struct err *e);

/* For a secret that is itself base64 or hex: a set in which such secrets are decoded, labelled so.
 * False: none is. To be released in any case. */
bool token_keys_decoded(struct key_set *out, const struct key_set *given);

#endif
