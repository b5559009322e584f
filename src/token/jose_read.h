/* What the readers of the compact and of the JSON serialisation share. */
#ifndef TOKEN_JOSE_READ_H
#define TOKEN_JOSE_READ_H

#include "src/token/jose.h"

/* Notes a fault at `at`; what comes from outside by %s is made terminal-safe. Beyond JOSE_FAULTS nothing
 * is added. */
void jose_fault_add(struct jose *t, const char *id, size_t at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Decodes the base64url text at `offset`; what is wrong with it becomes a fault. `name` is what the part
 * is called: "payload". */
void jose_segment_read(struct jose *t, struct jose_segment *s, size_t offset, size_t len,
		       const char *name);
/* Reads the decoded segment as a header; what is wrong becomes a fault. */
void jose_header_read(struct jose *t, struct lossless *l, const struct jose_segment *s);
/* Reads t->payload as claims once it is decoded. */
void jose_claims_read(struct jose *t);
/* Tells a signature that is empty or too short for its algorithm, and a tag too short for its own. */
void jose_length_check(struct jose *t, const struct jose_part *p);
/* Does the part's protected header say b64: false (RFC 7797 §3)? What is no boolean is a fault. */
bool jose_unencoded(struct jose *t, const struct jose_part *p);

void jose_compact_read(struct jose *t);
void jose_json_read(struct jose *t);

#endif
