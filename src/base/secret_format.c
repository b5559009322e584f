/* Our secret format: generation by rejection sampling, parsing from the right by fixed widths. */
#include "src/base/secret_format.h"

#include <string.h>

#include "src/base/crypto.h"
#include "src/base/encode.h"
#include "src/base/random.h"

enum { ID_LENGTH = SECRET_ID_SIZE - 1, SHORTEST_HINTED = 16 };

static void hint_copy(char out[HINT_SIZE], const char *text, size_t len)
{
	memcpy(out, text + len - (HINT_SIZE - 1), HINT_SIZE - 1);
	out[HINT_SIZE - 1] = '\0';
}

void secret_hint(char out[HINT_SIZE], const char *text, size_t len)
{
	out[0] = '\0';
	if (len >= SHORTEST_HINTED)
		hint_copy(out, text, len);
}

void secret_generate(struct secret *out, struct secret_parts *parts, const char *prefix)
{
	char body[SECRET_BODY], check[SECRET_CHECK + 1];

	snprintf(parts->prefix, sizeof(parts->prefix), "%s", prefix);
	random_text(parts->secret_id, ID_LENGTH, CROCKFORD_ALPHABET);
	parts->secret_id[ID_LENGTH] = '\0';
	random_text(body, sizeof(body), BASE62_ALPHABET);

	secret_release(out);
	secret_init(out, SECRET_LONGEST + 1);
	secret_add(out, parts->prefix, strlen(parts->prefix));
	secret_add(out, "_", 1);
	secret_add(out, parts->secret_id, ID_LENGTH);
	secret_add(out, "_", 1);
	secret_add(out, body, sizeof(body));
	crc32_base62(check, secret_reveal(out), out->len);
	secret_add(out, check, SECRET_CHECK);
	hint_copy(parts->hint, check, SECRET_CHECK);
	secret_wipe(body, sizeof(body));
}

static bool all_of(const char *text, size_t len, const char *alphabet)
{
	for (size_t i = 0; i < len; i++)
		if (!text[i] || !strchr(alphabet, text[i]))
			return false;
	return true;
}

bool secret_id_valid(const char *text)
{
	return strlen(text) == ID_LENGTH && all_of(text, ID_LENGTH, CROCKFORD_ALPHABET);
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_prefix(const char *text, size_t len)
{
	if (len == 0 || len >= PREFIX_SIZE || !is_lower(text[0]))
		return false;
	for (size_t i = 1; i < len; i++)
		if (!is_lower(text[i]) && !is_digit(text[i]) && text[i] != '_')
			return false;
	return true;
}

static bool is_base62(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char folded = (char)(text[i] | 0x20);

		if (!is_digit(text[i]) && !is_lower(folded))
			return false;
	}
	return true;
}

static bool is_presentable(const char *text, size_t len)
{
	if (len == 0 || len > SECRET_PRESENTED)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	return true;
}

/* The length of the prefix when the widths and alphabets are ours, else 0. */
static size_t own_shape(const char *text, size_t len)
{
	const size_t fixed = 1 + ID_LENGTH + 1 + SECRET_TAIL;
	size_t prefix = len > fixed ? len - fixed : 0;
	const char *id = text + prefix + 1, *tail = id + ID_LENGTH + 1;

	if (!prefix || !is_prefix(text, prefix) || id[-1] != '_' || tail[-1] != '_')
		return 0;
	if (!all_of(id, ID_LENGTH, CROCKFORD_ALPHABET) || !is_base62(tail, SECRET_TAIL))
		return 0;
	return prefix;
}

static bool check_holds(const char *text, size_t len)
{
	char check[SECRET_CHECK + 1];

	crc32_base62(check, text, len - SECRET_CHECK);
	return memcmp(check, text + len - SECRET_CHECK, SECRET_CHECK) == 0;
}

enum secret_shape secret_parse(const char *text, size_t len, struct secret_parts *parts)
{
	size_t prefix;

	if (!is_presentable(text, len))
		return SECRET_UNPRESENTABLE;
	prefix = own_shape(text, len);
	if (!prefix)
		return SECRET_FOREIGN;
	if (parts) {
		memcpy(parts->prefix, text, prefix);
		parts->prefix[prefix] = '\0';
		memcpy(parts->secret_id, text + prefix + 1, ID_LENGTH);
		parts->secret_id[ID_LENGTH] = '\0';
		hint_copy(parts->hint, text, len);
	}
	return check_holds(text, len) ? SECRET_OWN : SECRET_MISTYPED;
}
