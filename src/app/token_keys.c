/* Key sources: files, standard input, pasted text. */
#include "src/app/token_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/app/session.h"
#include "src/app/token_fetch.h"
#include "src/app/token_input.h"
#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/base/encode.h"

/* --- reading ----------------------------------------------------------------------------------- */

static bool is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* A public key may be read by all; a private one that is gets a warning: the file may well be a set of
 * test keys, and refusing would end what is only a look. */
static void tell_open_file(const struct op_call *c, const struct key_set *set, size_t from,
			   const char *path)
{
	struct stat st;

	if (is_stdin(path) || stat(path, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & 0077))
		return;
	for (size_t i = from; i < set->count; i++) {
		if (!set->keys[i].is_private && set->keys[i].type != JOSE_OCT)
			continue;
		call_note(c,
			  "\"%s\" holds a private or secret key and is open to others (mode "
			  "%04o): chmod 600 it",
			  path, (unsigned)st.st_mode & 07777);
		return;
	}
}

/* "file api.pem", "standard input": as the verdict names the source. */
static char *label_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return is_stdin(path) ? x_strdup("standard input")
			      : x_asprintf("file %s", slash ? slash + 1 : path);
}

static enum errc add_file(const struct op_call *c, struct key_set *set, const char *path,
			  enum errc (*add)(struct key_set *set, const void *data, size_t len,
					   const char *label, struct err *e),
			  struct err *e)
{
	struct secret text = SECRET_INIT;
	size_t from = set->count;
	char *label = label_of(path);
	enum errc rc = token_file_read(&text, path, KEY_TEXT_MAX, e);

	if (!rc)
		rc = add(set, secret_reveal(&text), text.len, label, e);
	if (!rc)
		tell_open_file(c, set, from, path);
	secret_release(&text);
	free(label);
	return rc;
}

static enum errc add_jwk(struct key_set *set, const void *data, size_t len, const char *label,
			 struct err *e)
{
	return key_set_add_jwk(set, data, len, label, e);
}

static enum errc add_secret_file(struct key_set *set, const char *path, struct err *e)
{
	struct secret secret = SECRET_INIT;
	char *label = label_of(path);
	enum errc rc;

	rc = is_stdin(path) ? secret_read_stdin(&secret, TOKEN_SECRET_MAX, "secret: ", e)
			    : secret_read_file(&secret, path, TOKEN_SECRET_MAX, e);
	if (!rc) {
		secret_chomp(&secret);
		key_set_add_secret(set, &secret, label);
	}
	secret_release(&secret);
	free(label);
	return rc;
}

void token_key_text(const struct jose_key *k, char *out, size_t size)
{
	size_t len;

	jose_key_describe(k, out, size);
	len = strlen(out);
	if (k->label && !strstr(out, k->label))
		snprintf(out + len, size - len, ", from %s", k->label);
}

struct json *token_key_json(const struct jose_key *k)
{
	char text[512];

	if (!k)
		return json_null_new();
	token_key_text(k, text, sizeof(text));
	return json_text(text);
}

/* --- what was given ---------------------------------------------------------------------------- */

static enum errc add_set(const struct op_call *c, struct key_set *set, const char *place,
			 struct err *e)
{
	const char *ca_file = op_text(c->args, "ca-file");

	return token_is_url(place) ? token_fetch_keys(set, c, place, ca_file, e)
				   : add_file(c, set, place, add_jwk, e);
}

static enum errc add_files(const struct op_call *c, struct key_set *set, struct err *e)
{
	enum errc rc = ERR_OK;

	for (size_t i = 0; !rc && i < op_count(c->args, "secret-file"); i++)
		rc = add_secret_file(set, op_nth(c->args, "secret-file", i), e);
	for (size_t i = 0; !rc && i < op_count(c->args, "pem"); i++)
		rc = add_file(c, set, op_nth(c->args, "pem", i), key_set_add_any, e);
	for (size_t i = 0; !rc && i < op_count(c->args, "jwk"); i++)
		rc = add_file(c, set, op_nth(c->args, "jwk", i), add_jwk, e);
	for (size_t i = 0; !rc && i < op_count(c->args, "jwks"); i++)
		rc = add_set(c, set, op_nth(c->args, "jwks", i), e);
	if (!rc && op_has(c->args, "issuer"))
		rc = token_fetch_issuer(set, c, op_text(c->args, "issuer"), e);
	return rc;
}

static enum errc add_given(const struct op_call *c, struct key_set *set, struct err *e)
{
	const struct secret *secret = op_secret(c->args, "secret");
	const struct secret *key = op_secret(c->args, "key");

	if (secret && secret->len)
		key_set_add_secret(set, secret, "the secret given");
	if (key && key->len)
		return key_set_add_any(set, secret_reveal(key), key->len, "the key given", e);
	return ERR_OK;
}

enum errc token_stdin_once(const struct op_call *c, struct err *e)
{
	static const char *const files[] = {
		"file", "left", "right", "secret-file", "pem", "jwk", "jwks", "payload", "claims",
	};
	size_t uses = op_secret(c->args, "token") != NULL;

	for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++)
		for (size_t i = 0; i < op_count(c->args, files[f]); i++)
			uses += is_stdin(op_nth(c->args, files[f], i));
	if (uses < 2)
		return ERR_OK;
	err_set(e, ERR_USAGE, "standard input can't be two things at once");
	return err_hint(e, "give one of them as a file");
}

enum errc token_keys_read(struct key_set *set, const struct op_call *c, struct err *e)
{
	enum errc rc;

	key_set_init(set);
	rc = token_stdin_once(c, e);
	if (!rc)
		rc = add_files(c, set, e);
	return rc ? rc : add_given(c, set, e);
}

/* --- secrets that are encoded ------------------------------------------------------------------ */

/* base64 in either alphabet, padded or not, without anything else in it. */
static bool secret_from_base64(struct secret *out, const struct secret *text)
{
	const unsigned allowed = BASE64_PADDING | BASE64_ALPHABET;
	struct base64_faults faults;

	secret_release(out);
	secret_init(out, base64_room(text->len));
	out->len = base64_decode(out->data, secret_reveal(text), text->len, &faults);
	return out->len && !(faults.faults & ~allowed);
}

static bool secret_from_hex(struct secret *out, const struct secret *text)
{
	secret_release(out);
	secret_init(out, text->len / 2);
	out->len = text->len / 2;
	return out->len && text->len % 2 == 0 &&
	       hex_decode(out->data, secret_reveal(text), out->len);
}

static void add_reading(struct key_set *set, const struct jose_key *k, struct secret *secret,
			const char *reading)
{
	char *label = x_asprintf("%s, read as %s", k->label ? k->label : "secret", reading);

	key_set_add_secret(set, secret, label);
	free(label);
}

bool token_keys_decoded(struct key_set *out, const struct key_set *given)
{
	struct secret secret = SECRET_INIT;

	key_set_init(out);
	for (size_t i = 0; i < given->count; i++) {
		const struct jose_key *k = &given->keys[i];

		if (k->type != JOSE_OCT || k->constrained)
			continue;
		if (secret_from_hex(&secret, &k->secret))
			add_reading(out, k, &secret, "hex");
		if (secret_from_base64(&secret, &k->secret))
			add_reading(out, k, &secret, "base64");
	}
	secret_release(&secret);
	return out->count > 0;
}
