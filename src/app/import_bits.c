/* How strong a secret can be at most, by its length and the characters in it. */
#include <string.h>

#include "src/app/import_rows.h"

enum { LOWER = 1, UPPER = 2, DIGIT = 4, BASE64 = 8, OTHER = 16 };

static unsigned character_class(char c)
{
	if (c >= 'a' && c <= 'z')
		return LOWER;
	if (c >= 'A' && c <= 'Z')
		return UPPER;
	if (c >= '0' && c <= '9')
		return DIGIT;
	return strchr("-_+/=", c) ? BASE64 : OTHER;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Thousandths of a bit that one character gives, by the classes in use. */
static unsigned class_bits(unsigned classes)
{
	static const unsigned plain[] = {
		/* log2 of 1 26 26 52 10 36 36 62 */
		0, 4700, 4700, 5700, 3321, 5169, 5169, 5954,
	};

	if (classes & OTHER)
		return 6569; /* 95 printable characters */
	return classes & BASE64 ? 6000 : plain[classes];
}

unsigned import_secret_bits(const char *secret, size_t len)
{
	static const unsigned few[] = { 0, 0, 1000, 1584, 2000, 2321, 2584, 2807 };
	bool seen[128] = { false };
	size_t hex = 0, separators = 0, distinct = 0;
	unsigned classes = 0, each;

	for (size_t i = 0; i < len; i++) {
		char c = secret[i];

		hex += is_hex(c);
		separators += c == '-' || c == ':' || c == '.' || c == ' ';
		classes |= character_class(c);
		distinct += !seen[c & 127];
		seen[c & 127] = true;
	}
	if (distinct < sizeof(few) / sizeof(*few))
		return (unsigned)(len * few[distinct] / 1000);
	if (hex + separators == len && (classes & (LOWER | UPPER)) != (LOWER | UPPER)) {
		each = classes & (LOWER | UPPER) ? 4000 : 3321;
		return (unsigned)(hex * each / 1000);
	}
	each = class_bits(classes);
	return (unsigned)(len * each / 1000);
}
