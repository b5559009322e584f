/* Reading what is no JOSE, one function a kind: what it says of itself, what may be shown of it, and what to
 * do about it. */
#include "src/token/opaque.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/base/buf.h"
#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/secret.h"
#include "src/base/secret_format.h"
#include "src/base/text.h"
#include "src/token/lossless.h"
#include "src/token/opaque_format.h"

enum { SHOWN = 4, HIDDEN = 16, MASK_TEXT = 60 };

/* --- facts ------------------------------------------------------------------------------------ */

void opaque_fact(struct opaque *o, const char *name, const void *value, size_t len)
{
	enum { VALUE_MOST = 16384 };
	char *copy;

	if (!o || !len || o->count == OPAQUE_FACTS)
		return;
	len = len < VALUE_MOST ? len : VALUE_MOST;
	copy = x_malloc(len + 1);
	memcpy(copy, value, len);
	copy[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (!copy[i])
			copy[i] = ' ';
	if (!o->facts)
		o->facts = x_calloc(OPAQUE_FACTS, sizeof(*o->facts));
	o->facts[o->count++] = (struct opaque_fact){ .name = name, .value = copy };
}

static void fact_text(struct opaque *o, const char *name, const char *value)
{
	opaque_fact(o, name, value, strlen(value));
}

void opaque_fact_number(struct opaque *o, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	fact_text(o, name, text);
}

void opaque_fact_time(struct opaque *o, const char *name, uint64_t seconds)
{
	char text[DATETIME_SIZE];

	if (!o || seconds >> 33)
		return;
	datetime_rfc3339(text, (int64_t)seconds * SECOND_MS);
	fact_text(o, name, text);
}

/* --- decoding --------------------------------------------------------------------------------- */

/* Base64 of either alphabet; heap, a NUL behind. */
static unsigned char *decode(const char *text, size_t len, size_t *size)
{
	unsigned char *data = x_malloc(base64_room(len) + 1);
	struct base64_faults faults;

	*size = base64_decode(data, text, len, &faults);
	data[*size] = '\0';
	return data;
}

static void wipe(unsigned char *data, size_t size)
{
	secret_wipe(data, size);
	free(data);
}

/* Decodes what stands behind the lead, and gives it to a reader. */
static void read_decoded(struct opaque *o, const struct paste_item *item, size_t lead,
			 bool (*read)(struct opaque *o, const unsigned char *data, size_t size))
{
	size_t size;
	unsigned char *data = decode(item->text + lead, item->text_len - lead, &size);

	read(o, data, size);
	wipe(data, size);
}

/* --- kinds ------------------------------------------------------------------------------------ */

static void own_look(struct opaque *o, const struct paste_item *item)
{
	struct secret_parts parts;

	if (secret_parse(item->text, item->text_len, &parts) == SECRET_FOREIGN)
		return;
	fact_text(o, "secret id", parts.secret_id);
	snprintf(o->mask, sizeof(o->mask), "%s_%s_…%s", parts.prefix, parts.secret_id, parts.hint);
}

static void fernet_look(struct opaque *o, const struct paste_item *item)
{
	read_decoded(o, item, 0, fernet_read);
}

static void macaroon_look(struct opaque *o, const struct paste_item *item)
{
	read_decoded(o, item, 0, macaroon_read);
}

static void pypi_look(struct opaque *o, const struct paste_item *item)
{
	read_decoded(o, item, strlen("pypi-"), macaroon_read);
}

static void biscuit_look(struct opaque *o, const struct paste_item *item)
{
	read_decoded(o, item, 0, biscuit_read);
}

static void saml_look(struct opaque *o, const struct paste_item *item)
{
	unsigned char *data, *xml = NULL;
	size_t size, length;

	if (item->text[0] == '<') {
		saml_read(o, (const unsigned char *)item->text, item->text_len);
		fact_text(o, "form", "XML");
		return;
	}
	data = decode(item->text, item->text_len, &size);
	if (!saml_read(o, data, size))
		xml = opaque_inflate(data, size, false, &length);
	fact_text(o, "form", xml ? "deflated, of the redirect binding" : "base64");
	if (xml) {
		saml_read(o, xml, length);
		wipe(xml, length);
	}
	wipe(data, size);
}

/* The first 80 bits in base32; the account's 40 stand behind one that is set since 2019. */
static void aws_look(struct opaque *o, const struct paste_item *item)
{
	enum { DIGITS = 10, SPARE = 50 - 1 - 40 };
	uint64_t bits = 0;
	char text[24];

	for (size_t i = 4; i < 4 + DIGITS; i++) {
		char c = item->text[i];

		bits = bits << 5 | (uint64_t)(c >= 'A' ? c - 'A' : c - '2' + 26);
	}
	if (!(bits >> 49 & 1))
		return;
	snprintf(text, sizeof(text), "%012" PRIu64, bits >> SPARE & UINT64_C(0xffffffffff));
	fact_text(o, "account", text);
}

/* A line "o:1f" of GitLab's routing: what, and its number in base36. */
static void routing_fact(struct opaque *o, const char *line, size_t len)
{
	static const struct {
		char key;
		const char *name;
	} keys[] = { { 'c', "cell" },	 { 'g', "group" }, { 'o', "organization" },
		     { 'p', "project" }, { 't', "type" },  { 'u', "user" } };
	char text[16], *end;
	unsigned long long number;

	if (len < 3 || len > sizeof(text) || line[1] != ':')
		return;
	memcpy(text, line + 2, len - 2);
	text[len - 2] = '\0';
	number = strtoull(text, &end, 36);
	for (size_t i = 0; !*end && i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].key == *line)
			opaque_fact_number(o, keys[i].name, number);
}

/* Behind the payload: its length in base36, or a version and the length, and a checksum. */
static void gitlab_look(struct opaque *o, const struct paste_item *item)
{
	const char *dot = memchr(item->text, '.', item->text_len), *line, *next;
	const char *last = memrchr(item->text, '.', item->text_len);
	char holder[3] = "";
	unsigned char *data;
	size_t length, size;

	if (!dot || item->text + item->text_len - last != 10)
		return;
	memcpy(holder, last + 1, 2);
	length = strtoul(holder, NULL, 36);
	if (length > (size_t)(dot - item->text))
		return;
	data = decode(dot - length, length, &size);
	length = size ? size - 1 : 0;
	length -= length && data[size - 1] <= length ? data[size - 1] : length;
	for (line = (char *)data; length; line = next) {
		const char *end = memchr(line, '\n', length);

		end = end ? end : line + length;
		routing_fact(o, line, (size_t)(end - line));
		next = end + (end < line + length);
		length -= (size_t)(next - line);
	}
	wipe(data, size);
}

/* --- PASETO and PASERK ------------------------------------------------------------------------ */

static void decoded_fact(struct opaque *o, const char *name, const char *text, size_t len,
			 size_t tail)
{
	size_t size;
	unsigned char *data = decode(text, len, &size);

	if (size > tail)
		opaque_fact(o, name, data, size - tail);
	wipe(data, size);
}

/* Of public ones the payload is readable; behind it stands the signature. */
static void paseto_look(struct opaque *o, const struct paste_item *item)
{
	static const size_t signatures[] = { 256, 64, 96, 64 };
	size_t version = (size_t)(item->text[1] - '1'), lead = strlen(item->foreign->lead);
	const char *payload = item->text + lead, *end = item->text + item->text_len;
	const char *footer = memchr(payload, '.', (size_t)(end - payload));
	size_t len = (size_t)((footer ? footer : end) - payload);

	if (strstr(item->foreign->lead, "public") && version < 4)
		decoded_fact(o, "payload", payload, len, signatures[version]);
	if (footer)
		decoded_fact(o, "footer", footer + 1, (size_t)(end - footer - 1), 0);
}

static void paserk_look(struct opaque *o, const struct paste_item *item)
{
	const char *type = item->text + 3, *dot = memchr(type, '.', item->text_len - 3);

	if (dot)
		opaque_fact(o, "type", type, (size_t)(dot - type));
	o->loud = !item->foreign->paste_only;
}

/* --- itsdangerous ----------------------------------------------------------------------------- */

static void signed_payload(struct opaque *o, const char *text, size_t len)
{
	bool packed = *text == '.';
	size_t size, length = 0;
	unsigned char *data = decode(text + packed, len - packed, &size), *json = NULL;

	if (packed)
		json = opaque_inflate(data, size, true, &length);
	opaque_fact(o, "payload", json ? json : data, json ? length : packed ? 0 : size);
	if (json)
		wipe(json, length);
	wipe(data, size);
}

static void signed_look(struct opaque *o, const struct paste_item *item)
{
	const char *text = item->text, *end = text + item->text_len;
	const char *signature = memrchr(text, '.', item->text_len);
	const char *time = signature ? memrchr(text, '.', (size_t)(signature - text)) : NULL;
	uint64_t seconds = 0;
	unsigned char *data;
	size_t size;

	if (!signature || signature == text)
		return;
	if (time && time > text) {
		data = decode(time + 1, (size_t)(signature - time - 1), &size);
		for (size_t i = 0; i < size; i++)
			seconds = seconds << 8 | data[i];
		wipe(data, size);
		opaque_fact_time(o, "created", seconds);
	} else {
		time = signature;
	}
	signed_payload(o, text, (size_t)(time - text));
	opaque_fact_number(o, "signature characters", (uint64_t)(end - signature - 1));
}

/* --- Basic ------------------------------------------------------------------------------------ */

static void basic_look(struct opaque *o, const struct paste_item *item)
{
	const char *colon = memchr(item->text, ':', item->text_len);
	unsigned char *data = NULL;
	const char *text = item->text;
	size_t size = item->text_len;
	struct buf mask = BUF_INIT(MASK_TEXT - 8);
	char hidden[48];

	if (!colon) {
		data = decode(item->text, item->text_len, &size);
		text = (char *)data;
		colon = memchr(text, ':', size);
	}
	if (colon) {
		opaque_fact(o, "user", text, (size_t)(colon - text));
		snprintf(hidden, sizeof(hidden), "%zu characters, not shown",
			 size - (size_t)(colon - text) - 1);
		fact_text(o, "password", hidden);
		text_safe(&mask, text, (size_t)(colon - text));
		snprintf(o->mask, sizeof(o->mask), "%s:…", mask.full ? "" : buf_text(&mask));
	}
	buf_release(&mask);
	if (data)
		wipe(data, size);
}

/* --- PEM -------------------------------------------------------------------------------------- */

static const struct {
	const char *label, *what;
	bool loud;
} pem_kinds[] = {
	{ "ENCRYPTED PRIVATE KEY", "private key, encrypted with a passphrase (PKCS#8)", true },
	{ "RSA PRIVATE KEY", "private RSA key (PKCS#1)", true },
	{ "EC PRIVATE KEY", "private EC key (SEC1)", true },
	{ "OPENSSH PRIVATE KEY", "private key of OpenSSH", true },
	{ "PGP PRIVATE KEY BLOCK", "private key of OpenPGP", true },
	{ "PRIVATE KEY", "private key (PKCS#8)", true },
	{ "PUBLIC KEY", "public key", false },
	{ "CERTIFICATE REQUEST", "certificate request", false },
	{ "CERTIFICATE", "certificate (X.509)", false },
	{ "", "PEM block", false },
};

static const char revoke_key[] =
	"whoever has it is you: make another key, and take this one out of service everywhere";

static void pem_look(struct opaque *o, const struct paste_item *item)
{
	size_t lead = strlen("-----BEGIN "), n = 0, kind = 0;
	const char *label = item->text + lead;

	while (lead + n < item->text_len && label[n] != '-')
		n++;
	opaque_fact(o, "label", label, n);
	for (; *pem_kinds[kind].label; kind++)
		if (memmem(label, n, pem_kinds[kind].label, strlen(pem_kinds[kind].label)))
			break;
	o->what = pem_kinds[kind].what;
	o->loud = pem_kinds[kind].loud || memmem(label, n, "PRIVATE", 7);
	o->revoke = o->loud ? revoke_key : NULL;
	if (memmem(item->text, item->text_len, "4,ENCRYPTED", 11))
		fact_text(o, "encrypted", "with a passphrase");
	if (!memmem(item->text, item->text_len, "-----END ", 9))
		fact_text(o, "cut off", "its end is missing");
	snprintf(o->mask, sizeof(o->mask), "-----BEGIN %.*s-----…", (int)(n < 32 ? n : 32), label);
}

/* --- JWK -------------------------------------------------------------------------------------- */

/* Facts of one key; is it secret or private? */
static bool key_facts(struct opaque *o, const struct lossless *l, const struct lossless_value *key)
{
	static const char *const names[] = { "kty", "crv", "alg", "use", "kid" };
	struct buf text = BUF_INIT(1024);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct lossless_value *v = lossless_find(l, key, names[i]);

		buf_clear(&text);
		if (v && lossless_string(l, v, &text))
			opaque_fact(o, names[i], text.data, text.len);
	}
	buf_release(&text);
	return lossless_find(l, key, "d") || lossless_find(l, key, "k") ||
	       lossless_find(l, key, "p") || lossless_find(l, key, "priv");
}

static void jwk_look(struct opaque *o, const struct paste_item *item)
{
	const struct lossless_value *root, *keys, *key;
	struct lossless l;

	lossless_read(&l, item->text, item->text_len);
	root = lossless_object(&l);
	keys = lossless_find(&l, root, "keys");
	if (keys) {
		opaque_fact_number(o, "keys", keys->count);
		for (key = lossless_child(&l, keys); key; key = lossless_next(&l, key))
			o->loud |= key_facts(o, &l, key);
		o->what = o->loud ? "JWK Set with secret or private keys" : "JWK Set, public keys";
	} else if (root) {
		o->loud = key_facts(o, &l, root);
		o->what = o->loud ? "JWK, a secret or private key" : "JWK, a public key";
	} else {
		o->loud = memmem(item->text, item->text_len, "\"d\"", 3) ||
			  memmem(item->text, item->text_len, "\"k\"", 3);
		fact_text(o, "cut off", "it is no whole JSON object");
	}
	o->revoke = o->loud ? revoke_key : NULL;
	snprintf(o->mask, sizeof(o->mask), "{…}");
	lossless_release(&l);
}

/* --- table ------------------------------------------------------------------------------------ */

#define ISSUER_ENDS "not by itself: its issuer ends the session, or its key"
#define HOLDER "whatever its issuer lets its holder do"

static const struct {
	const char *kind, *what, *power, *revoke;
	void (*look)(struct opaque *o, const struct paste_item *item);
} kinds[] = {
	{ "authrack", "secret of an authrack key", "what its key's scopes allow",
	  "authrack key revoke", own_look },
	{ "aws", NULL, NULL, NULL, aws_look },
	{ "gitlab", NULL, NULL, NULL, gitlab_look },
	{ "pypi", NULL, NULL, NULL, pypi_look },
	{ "paseto", NULL, NULL, NULL, paseto_look },
	{ "paserk", NULL, NULL, NULL, paserk_look },
	{ "fernet", "Fernet token: encrypted with a shared key", HOLDER, ISSUER_ENDS, fernet_look },
	{ "macaroon", "macaroon: signed, its caveats readable",
	  "what its issuer allows, as far as its caveats go", ISSUER_ENDS, macaroon_look },
	{ "biscuit", "Biscuit token: signed, readable",
	  "what its issuer allows, as far as its checks go",
	  "by its revocation ids, or its issuer's root key", biscuit_look },
	{ "saml", "SAML message", "signs its subject in, once and for a short time",
	  "it runs out by itself; the identity provider ends the session", saml_look },
	{ "itsdangerous", "signed value of itsdangerous (Flask session …): readable", HOLDER,
	  "change the application's secret key", signed_look },
	{ "basic", "user and password (HTTP Basic)", "all that the user may do",
	  "change the password", basic_look },
	{ "code", "OAuth authorization code", "gets tokens, with what its client knows besides",
	  "it works once and for minutes; start a new sign-in", NULL },
	{ "opaque", "opaque token: only its issuer can read it", HOLDER,
	  "at its issuer: the revocation endpoint, or end the session", NULL },
	{ "pem", "PEM block", NULL, NULL, pem_look },
	{ "jwk", "JSON Web Key", NULL, NULL, jwk_look },
};

/* The first and the last characters, where enough between stay hidden. */
static void mask_text(char *out, size_t size, const struct paste_item *item)
{
	bool shown = item->text_len >= 2 * SHOWN + HIDDEN;
	struct buf head = BUF_INIT(MASK_TEXT / 2), tail = BUF_INIT(MASK_TEXT / 2);

	if (shown) {
		text_safe(&head, item->text, SHOWN);
		text_safe(&tail, item->text + item->text_len - SHOWN, SHOWN);
	}
	snprintf(out, size, "%s…%s", head.full ? "" : buf_text(&head),
		 tail.full ? "" : buf_text(&tail));
	buf_release(&head);
	buf_release(&tail);
}

static const char *checksum_name(enum foreign_check check)
{
	switch (check) {
	case FOREIGN_GOOD:
		return "good";
	case FOREIGN_WRONG:
		return "wrong";
	case FOREIGN_UNCHECKED:
		break;
	}
	return "none";
}

void opaque_read(struct opaque *o, const struct paste_item *item)
{
	const struct foreign *f = item->foreign;
	const char *power = f ? f->power : NULL;

	*o = (struct opaque){ .what = f ? f->name : item->kind,
			      .revoke = f ? f->revoke : NULL,
			      .checksum = checksum_name(item->check) };
	if (f)
		foreign_mask(o->mask, f, item->text, item->text_len);
	else
		mask_text(o->mask, sizeof(o->mask), item);
	if (f && strcmp(f->id, "age") == 0)
		o->loud = true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(kinds[i].kind, item->kind) != 0)
			continue;
		o->what = f ? o->what : kinds[i].what;
		o->revoke = f ? o->revoke : kinds[i].revoke;
		power = f ? power : kinds[i].power;
		if (kinds[i].look)
			kinds[i].look(o, item);
	}
	if (o->loud && !power)
		power = "all that its owner may: sign, or decrypt, in their name";
	if (power)
		fact_text(o, "can", power);
}

void opaque_release(struct opaque *o)
{
	for (size_t i = 0; i < o->count; i++) {
		secret_wipe(o->facts[i].value, strlen(o->facts[i].value));
		free(o->facts[i].value);
	}
	free(o->facts);
	*o = (struct opaque){ .what = NULL };
}
