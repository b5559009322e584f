/* Strings in the source with their escapes decoded, a piece at a time. Only for the two files of
 * lossless: the text is known to be well formed. */
#ifndef TOKEN_LOSSLESS_TEXT_H
#define TOKEN_LOSSLESS_TEXT_H

#include "src/token/lossless.h"

/* What is left of a string, between its quotes. */
struct lossless_span {
	const char *at, *end;
};

int lossless_hex(char c); /* -1: no hexadecimal digit */
/* What \c stands for; 0: it is no escape of one letter. */
char lossless_escape(char c);
/* The next byte, or the one to four bytes that an escape stands for. Needs at < end. */
size_t lossless_piece(struct lossless_span *s, char out[4]);
struct lossless_span lossless_name_span(const struct lossless *l, const struct lossless_value *v);
bool lossless_same_name(const struct lossless *l, const struct lossless_value *a,
			const struct lossless_value *b);

#endif
