/* Bytes and numbers as text: hex, base62, Crockford base32, CRC-32, ULID. */
#ifndef BASE_ENCODE_H
#define BASE_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BASE62_ALPHABET "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define CROCKFORD_ALPHABET "0123456789abcdefghjkmnpqrstvwxyz"

void hex_encode(char *out, const void *data, size_t len);   /* 2*len+1 bytes, lower case */
bool hex_decode(void *out, const char *text, size_t bytes); /* exactly 2*bytes digits, any case */

/* IEEE CRC-32, as zlib computes it, as six base62 digits, most significant first. */
void crc32_base62(char out[7], const void *data, size_t len);

enum { ULID_BYTES = 16, ULID_TEXT = 26 };
/* 48 bits of milliseconds, 80 random bits (ULID specification). */
void ulid_new(uint8_t out[ULID_BYTES], int64_t wall_ms);
void ulid_text(char out[ULID_TEXT + 1], const uint8_t id[ULID_BYTES]); /* lower case */
/* Exactly 26 digits of either case; more than 128 bits are refused. */
bool ulid_parse(uint8_t out[ULID_BYTES], const char *text);

#endif
