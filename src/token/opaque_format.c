/* Reading Fernet, macaroons, Biscuit and SAML as far as they can be read without a key. Bounded, and
 * without recursion: all of it comes from outside. */
#include "src/token/opaque_format.h"

#include <inttypes.h>
#include <string.h>

#include <zlib.h>

#include "src/base/alloc.h"
#include "src/base/datetime.h"
#include "src/base/secret.h"

/* --- Fernet ----------------------------------------------------------------------------------- */

/* 80, eight bytes of time, an IV, whole blocks, an HMAC (github.com/fernet/spec). */
bool fernet_read(struct opaque *o, const unsigned char *data, size_t size)
{
	enum { TIME = 8, FIXED = 1 + TIME + 16 + 32, BLOCK = 16 };
	uint64_t at = 0;

	if (size < FIXED + BLOCK || (size - FIXED) % BLOCK || data[0] != 0x80)
		return false;
	for (size_t i = 1; i <= TIME; i++)
		at = at << 8 | data[i];
	if (at >> 33)
		return false;
	opaque_fact_time(o, "created", at);
	opaque_fact_number(o, "ciphertext bytes", size - FIXED);
	return true;
}

/* --- macaroons -------------------------------------------------------------------------------- */

static void macaroon_fact(struct opaque *o, const char *key, size_t len, const void *value,
			  size_t size)
{
	static const struct {
		const char *key, *name;
	} facts[] = {
		{ "location", "location" },
		{ "identifier", "identifier" },
		{ "cid", "caveat" },
		{ "cl", "caveat location" },
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++)
		if (strlen(facts[i].key) == len && memcmp(facts[i].key, key, len) == 0)
			opaque_fact(o, facts[i].name, value, size);
}

/* The length of a version 1 packet from its four hex digits; 0: none. */
static size_t packet_length(const unsigned char *data, size_t size)
{
	size_t length = 0;

	if (size < 6)
		return 0;
	for (int i = 0; i < 4; i++) {
		const char *digit = data[i] ? strchr("0123456789abcdef", data[i]) : NULL;

		if (!digit)
			return 0;
		length = length << 4 | (size_t)(digit - "0123456789abcdef");
	}
	return length >= 6 && length <= size ? length : 0;
}

/* Packets of "LENGTHkey value\n", the last of them the signature. */
static bool macaroon1_read(struct opaque *o, const unsigned char *data, size_t size)
{
	size_t at = 0, packets = 0, n;

	while (at < size && (n = packet_length(data + at, size - at))) {
		const char *key = (const char *)data + at + 4, *end = (const char *)data + at + n;
		const char *space = memchr(key, ' ', n - 4);

		if (!space || end[-1] != '\n')
			return false;
		if (!packets && strncmp(key, "location ", 9) != 0 &&
		    strncmp(key, "identifier ", 11) != 0)
			return false;
		macaroon_fact(o, key, (size_t)(space - key), space + 1,
			      (size_t)(end - 1 - space - 1));
		packets++;
		at += n;
		if (space - key == 9 && memcmp(key, "signature", 9) == 0)
			return at == size;
	}
	return packets >= 2;
}

static bool varint(const unsigned char *data, size_t size, size_t *at, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; shift < 63 && *at < size; shift += 7) {
		unsigned char byte = data[(*at)++];

		*out |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

/* 02, then fields of type, length and bytes in sections that a 00 ends; the last is the signature. */
static bool macaroon2_read(struct opaque *o, const unsigned char *data, size_t size)
{
	enum { LOCATION = 1, IDENTIFIER, VERIFICATION = 4, SIGNATURE = 6 };
	size_t at = 1, fields = 0, sections = 0, ends = 0;
	uint64_t type, length;

	while (at < size && varint(data, size, &at, &type)) {
		if (type == 0) {
			sections++;
			if (++ends > 2)
				return false;
			continue;
		}
		if (!varint(data, size, &at, &length) || length > size - at)
			return false;
		if (type == SIGNATURE)
			return ends == 2 && length == 32 && at + 32 == size && fields;
		if (type == LOCATION)
			opaque_fact(o, sections ? "caveat location" : "location", data + at,
				    (size_t)length);
		else if (type == IDENTIFIER)
			opaque_fact(o, sections ? "caveat" : "identifier", data + at,
				    (size_t)length);
		else if (type != VERIFICATION)
			return false;
		fields++;
		ends = 0;
		at += (size_t)length;
	}
	return false;
}

bool macaroon_read(struct opaque *o, const unsigned char *data, size_t size)
{
	if (size > 4 && data[0] == '0' && data[1] == '0')
		return macaroon1_read(o, data, size);
	return size > 36 && data[0] == 2 && macaroon2_read(o, data, size);
}

/* --- Biscuit ---------------------------------------------------------------------------------- */

struct field {
	unsigned number;
	uint64_t value; /* of a varint */
	const unsigned char *data;
	size_t size;
};

/* The next protobuf field: varints and length-delimited ones; false: none, or something else. */
static bool field_next(const unsigned char *data, size_t size, size_t *at, struct field *out)
{
	uint64_t key, length;

	*out = (struct field){ .number = 0 };
	if (*at >= size || !varint(data, size, at, &key) || key >> 3 == 0 || key >> 3 > 31)
		return false;
	out->number = (unsigned)(key >> 3);
	if ((key & 7) == 0)
		return varint(data, size, at, &out->value);
	if ((key & 7) != 2 || !varint(data, size, at, &length) || length > size - *at)
		return false;
	out->data = data + *at;
	out->size = (size_t)length;
	*at += (size_t)length;
	return true;
}

/* Strings of the block: its symbols and its context. */
static void block_facts(struct opaque *o, const unsigned char *data, size_t size)
{
	struct field f;
	size_t at = 0;

	while (field_next(data, size, &at, &f))
		if (f.data && f.number == 1)
			opaque_fact(o, "symbol", f.data, f.size);
		else if (f.data && f.number == 2)
			opaque_fact(o, "context", f.data, f.size);
}

/* A signed block: the block's bytes, the next public key, a signature. */
static bool signed_block_read(struct opaque *o, const struct field *signed_block)
{
	unsigned seen = 0;
	struct field f;
	size_t at = 0;

	while (at < signed_block->size) {
		if (!field_next(signed_block->data, signed_block->size, &at, &f))
			return false;
		if (f.number == 1 && f.data)
			block_facts(o, f.data, f.size);
		seen |= f.data ? 1U << f.number : 0;
	}
	return (seen & 0xe) == 0xe;
}

/* Biscuit { rootKeyId 1, authority 2, blocks 3, proof 4 } */
bool biscuit_read(struct opaque *o, const unsigned char *data, size_t size)
{
	uint64_t blocks = 0;
	bool authority = false, proof = false;
	struct field f;
	size_t at = 0;

	if (size < 100)
		return false;
	while (at < size) {
		if (!field_next(data, size, &at, &f))
			return false;
		if (f.number == 1 && !f.data)
			opaque_fact_number(o, "root key id", f.value);
		else if ((f.number == 2 || f.number == 3) && f.data && signed_block_read(o, &f))
			blocks++;
		else if (f.number == 4 && f.data && f.size >= 34)
			proof = true;
		else
			return false;
		if (proof && at == size && f.number == 4)
			opaque_fact(o, "sealed", f.data[0] == 0x12 ? "yes" : "no",
				    f.data[0] == 0x12 ? 3 : 2);
		authority |= f.number == 2;
	}
	opaque_fact_number(o, "blocks", blocks);
	return authority && proof;
}

/* --- SAML ------------------------------------------------------------------------------------- */

/* Copies what stands in the first element of that local name as a fact. */
static void element_fact(struct opaque *o, const char *xml, size_t size, const char *element,
			 const char *name)
{
	size_t len = strlen(element);
	const char *at = xml, *end = xml + size;

	while ((at = memmem(at, (size_t)(end - at), element, len))) {
		const char *open = at + len, *close;
		bool begins = at > xml && (at[-1] == '<' || at[-1] == ':') &&
			      (open < end && *open && strchr(" >\t\r\n", *open));

		at = open;
		if (!begins)
			continue;
		open = memchr(open, '>', (size_t)(end - open));
		close = open ? memchr(open, '<', (size_t)(end - open)) : NULL;
		if (close) {
			opaque_fact(o, name, open + 1, (size_t)(close - open - 1));
			return;
		}
	}
}

static void attribute_fact(struct opaque *o, const char *xml, size_t size, const char *attribute,
			   const char *name)
{
	const char *at = memmem(xml, size, attribute, strlen(attribute)), *end = xml + size, *close;

	if (!at)
		return;
	at += strlen(attribute);
	if (end - at < 3 || at[0] != '=' || (at[1] != '"' && at[1] != '\''))
		return;
	close = memchr(at + 2, at[1], (size_t)(end - at - 2));
	if (close)
		opaque_fact(o, name, at + 2, (size_t)(close - at - 2));
}

/* XML is not parsed here: names are looked for, entities stay as they are. */
bool saml_read(struct opaque *o, const unsigned char *data, size_t size)
{
	enum { NEAR = 4096 };
	const char *xml = (const char *)data;
	size_t skip = size > 3 && memcmp(xml, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

	while (skip < size && strchr(" \t\r\n", xml[skip]) && xml[skip])
		skip++;
	if (skip >= size || xml[skip] != '<' ||
	    !memmem(xml, size < NEAR ? size : NEAR, "urn:oasis:names:tc:SAML:", 24))
		return false;
	if (!o)
		return true;
	element_fact(o, xml, size, "Issuer", "issuer");
	element_fact(o, xml, size, "NameID", "subject");
	element_fact(o, xml, size, "Audience", "audience");
	attribute_fact(o, xml, size, "Destination", "destination");
	attribute_fact(o, xml, size, "IssueInstant", "issued");
	attribute_fact(o, xml, size, "NotBefore", "not before");
	attribute_fact(o, xml, size, "NotOnOrAfter", "not on or after");
	return true;
}

unsigned char *opaque_inflate(const unsigned char *data, size_t size, bool framed, size_t *out)
{
	unsigned char *room = x_malloc(OPAQUE_INFLATED_MOST + 1);
	z_stream z = { .avail_in = 0 };
	int rc;

	if (inflateInit2(&z, framed ? 15 : -15) != Z_OK)
		alloc_exhausted();
	z.next_in = (unsigned char *)(uintptr_t)data;
	z.avail_in = (unsigned)size;
	z.next_out = room;
	z.avail_out = OPAQUE_INFLATED_MOST;
	rc = inflate(&z, Z_FINISH);
	*out = z.total_out;
	inflateEnd(&z);
	if (rc == Z_STREAM_END && *out) {
		room[*out] = '\0';
		return room;
	}
	secret_wipe(room, *out);
	free(room);
	return NULL;
}

const char *opaque_kind(const unsigned char *data, size_t size)
{
	static const struct {
		const char *kind;
		bool (*read)(struct opaque *o, const unsigned char *data, size_t size);
	} formats[] = {
		{ "fernet", fernet_read },
		{ "macaroon", macaroon_read },
		{ "saml", saml_read },
		{ "biscuit", biscuit_read },
	};

	for (size_t i = 0; size && i < sizeof(formats) / sizeof(*formats); i++)
		if (formats[i].read(NULL, data, size))
			return formats[i].kind;
	return NULL;
}
