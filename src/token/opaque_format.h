/* The formats of credentials that are told by decoding them, not by how they begin. */
#ifndef TOKEN_OPAQUE_FORMAT_H
#define TOKEN_OPAQUE_FORMAT_H

#include "src/token/opaque.h"

enum { OPAQUE_INFLATED_MOST = 250000, OPAQUE_FACTS = 64 };

/* Adds a fact; nothing without `o`, beyond OPAQUE_FACTS, or of no bytes. NUL bytes become spaces. */
void opaque_fact(struct opaque *o, const char *name, const void *value, size_t len);
void opaque_fact_time(struct opaque *o, const char *name, uint64_t seconds);
void opaque_fact_number(struct opaque *o, const char *name, uint64_t value);

/* Each: are these bytes of the format? With `o` (NULL: only asked), what they tell is added. */
bool fernet_read(struct opaque *o, const unsigned char *data, size_t size);
bool macaroon_read(struct opaque *o, const unsigned char *data, size_t size);
bool biscuit_read(struct opaque *o, const unsigned char *data, size_t size);
bool saml_read(struct opaque *o, const unsigned char *data, size_t size);

/* Inflates raw (or, with `zlib`, framed) deflate to OPAQUE_INFLATED_MOST bytes at most; heap, NUL behind,
 * NULL when it is none or too long. */
unsigned char *opaque_inflate(const unsigned char *data, size_t size, bool framed, size_t *out);

/* The kind of what base64 text decodes to, by its bytes; NULL: none of these. */
const char *opaque_kind(const unsigned char *data, size_t size);

#endif
