/* Bytes and numbers as text: hex, base62, Crockford base32, CRC-32, ULID. */
#include "src/base/encode.h"

#include <limits.h>
#include <string.h>

#include <zlib.h>

#include "src/base/random.h"

static const char hex_digits[] = "0123456789abcdef";

void hex_encode(char *out, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++) {
		*out++ = hex_digits[bytes[i] >> 4];
		*out++ = hex_digits[bytes[i] & 15];
	}
	*out = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(void *out, const char *text, size_t bytes)
{
	uint8_t *to = out;

	if (strnlen(text, 2 * bytes + 1) != 2 * bytes)
		return false;
	for (size_t i = 0; i < bytes; i++) {
		int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		to[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void crc32_base62(char out[7], const void *data, size_t len)
{
	unsigned long crc = crc32_z(0, data, len);

	for (int i = 5; i >= 0; i--) {
		out[i] = BASE62_ALPHABET[crc % 62];
		crc /= 62;
	}
	out[6] = '\0';
}

void ulid_new(uint8_t out[ULID_BYTES], int64_t wall_ms)
{
	uint64_t ms = (uint64_t)wall_ms;

	for (int i = 5; i >= 0; i--) {
		out[i] = (uint8_t)ms;
		ms >>= 8;
	}
	random_public(out + 6, ULID_BYTES - 6);
}

/* 26 digits hold 130 bits: the first one has only three of the 128. */
void ulid_text(char out[ULID_TEXT + 1], const uint8_t id[ULID_BYTES])
{
	uint32_t pending = 0;
	unsigned bits = 2;

	for (size_t i = 0; i < ULID_BYTES; i++) {
		pending = pending << 8 | id[i];
		for (bits += 8; bits >= 5; bits -= 5)
			*out++ = CROCKFORD_ALPHABET[pending >> (bits - 5) & 31];
	}
	*out = '\0';
}

static int crockford_value(char c)
{
	char lower = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	const char *at = lower ? strchr(CROCKFORD_ALPHABET, lower) : NULL;

	return at ? (int)(at - CROCKFORD_ALPHABET) : -1;
}

bool ulid_parse(uint8_t out[ULID_BYTES], const char *text)
{
	uint32_t pending = 0;
	unsigned bits = 0;

	if (strnlen(text, ULID_TEXT + 1) != ULID_TEXT || crockford_value(text[0]) > 7)
		return false;
	for (size_t i = 0; i < ULID_TEXT; i++) {
		int value = crockford_value(text[i]);

		if (value < 0)
			return false;
		pending = pending << 5 | (uint32_t)value;
		bits += i ? 5 : 3;
		if (bits >= 8) {
			bits -= 8;
			*out++ = (uint8_t)(pending >> bits);
		}
	}
	return true;
}
