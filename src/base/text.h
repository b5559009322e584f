/* Text from outside, made harmless once, at the cell or line boundary; and its width. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"

/* Decodes one code point of valid UTF-8 (RFC 3629: shortest form, no surrogates). Returns the bytes
 * taken (≥ 1); an invalid byte gives *code = -1 and 1. `len` must be > 0. */
size_t utf8_decode(int32_t *code, const char *text, size_t len);
size_t utf8_encode(char out[4], int32_t code);
bool utf8_valid(const char *text, size_t len);
size_t utf8_length(const char *text); /* code points */

/* May this code point be put on a terminal as it is? No: Cc, Cf, Zl, Zp, Co, Cs, unassigned, soft hyphen,
 * bidi controls, variation selectors, zero width, tags. */
bool code_point_safe(int32_t code);
int code_point_width(int32_t code); /* 0 combining, 1, 2; unsafe ones: width of their escape */

/* Appends text as a terminal may show it: an invalid byte as \xHH, an unsafe code point as <U+202E>,
 * newline and tab as \n and \t, combining runs clamped to four. NULL adds nothing. */
void text_safe(struct buf *out, const char *text, size_t len);
/* The safe form as a string in out[size]; what does not fit is left out. */
void text_safe_put(char *out, size_t size, const char *text, size_t len);
/* Likewise of what the format makes, up to 1 KiB of it. */
void text_safe_format(char *out, size_t size, const char *format, va_list ap)
	__attribute__((format(printf, 3, 0)));
/* Columns that the safe form takes. */
size_t text_width(const char *text, size_t len);

/* Case-insensitive substring (ASCII folding). Fast enough to run over a million names. */
bool text_contains(const char *text, size_t len, const char *folded_needle, size_t needle_len);

#endif
