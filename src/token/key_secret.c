/* What a shared secret must not be: a key that others hold as well. An API that takes the text of its
 * public key for a secret accepts what anybody signs (RFC 8725 §2.1, §3.1). */
#include "src/token/key_parts.h"

#include <ctype.h>
#include <string.h>

#include "src/base/base64.h"
#include "src/base/secret.h"
#include "src/token/lossless.h"

static bool begins(const char *text, size_t len, const char *lead)
{
	return len >= strlen(lead) && memcmp(text, lead, strlen(lead)) == 0;
}

bool key_is_ssh(const char *text, size_t len)
{
	return begins(text, len, "ssh-") || begins(text, len, "ecdsa-sha2-") ||
	       begins(text, len, "sk-ssh-");
}

static bool is_der(const void *data, size_t len)
{
	struct key_set set;
	struct err e = ERR_INIT;
	bool is;

	/* An ASN.1 SEQUENCE, which every form of it is. */
	if (!len || *(const unsigned char *)data != 0x30)
		return false;
	key_set_init(&set);
	is = key_set_add_der(&set, data, len, "", &e) == ERR_OK;
	key_set_release(&set);
	return is;
}

/* DER as the text between the lines of a PEM, which some consoles show alone. */
static bool is_der_text(const char *text, size_t len)
{
	const unsigned allowed = BASE64_PADDING | BASE64_ALPHABET | BASE64_SPACE;
	struct base64_faults faults = { 0 };
	struct secret der = SECRET_INIT;
	bool is;

	/* Which 0x30 begins with. */
	if (!begins(text, len, "M"))
		return false;
	secret_init(&der, base64_room(len) + 1);
	der.len = base64_decode(der.data, text, len, &faults);
	is = !(faults.faults & ~allowed) && is_der(der.data, der.len);
	secret_release(&der);
	return is;
}

/* A JWK of a pair, or a set. */
static bool is_jwk(const char *text, size_t len)
{
	static const char *const types[] = { "RSA", "EC", "OKP" };
	const struct lossless_value *object, *kty;
	struct lossless json;
	bool is = false;

	if (!len || *text != '{')
		return false;
	lossless_read(&json, text, len);
	object = lossless_object(&json);
	kty = object ? lossless_find(&json, object, "kty") : NULL;
	for (size_t i = 0; kty && i < sizeof(types) / sizeof(*types); i++)
		is = is || lossless_equals(&json, kty, types[i], strlen(types[i]));
	is = is || (object && lossless_find(&json, object, "keys"));
	lossless_release(&json);
	return is;
}

void key_check_secret(struct jose_key *k)
{
	const char *text = secret_reveal(&k->secret);
	size_t len = k->secret.len;
	bool pem = len && memmem(text, len, "-----BEGIN ", 11);
	bool der = is_der(text, len);

	while (len && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	if (pem || der || key_is_ssh(text, len) || is_jwk(text, len) || is_der_text(text, len))
		key_fault(k, KEY_FAULT_PUBLIC,
			  "the secret is a key of a pair: whoever has the public one can sign");
}
