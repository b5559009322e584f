/* What the files of masking share: readings of a text. */
#ifndef OAUTH_MASK_PARTS_H
#define OAUTH_MASK_PARTS_H

#include <stdbool.h>
#include <stddef.h>

/* A text as an encoding reads it, and where in the first text each of its bytes comes from. */
struct reading {
	char *text;
	size_t *at; /* of byte i; at[len] is the end */
	size_t len, room;
};

void reading_init(struct reading *r, const char *text, size_t len); /* as it stands */
void reading_release(struct reading *r);			    /* wipes */

enum { READING_DECODERS = 4 };
/* Percent-encoding, JSON's and HTML's escapes, wide characters. False: there is none of it. */
bool reading_decode(struct reading *out, const struct reading *in, unsigned decoder);

#endif
