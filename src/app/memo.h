/* What one thread has found out about secrets that are presented again and again. The rows were read and
 * checked in one state of the store; whoever asks says whether it is in that state still. */
#ifndef APP_MEMO_H
#define APP_MEMO_H

#include "src/app/verify.h"

struct memo;

struct memo *memo_new(void);
void memo_free(struct memo *m); /* wipes; NULL is well */

/* A secret as the memo knows it: its HMAC under a random key that lives as long as the memo. */
struct memo_proof {
	uint8_t mac[MAC_SIZE];
};
void memo_prove(struct memo *m, const char *secret, size_t len, struct memo_proof *out);

struct memo_entry {
	struct memo_proof proof;
	uint64_t era; /* that of the memo, or it is over */
	struct verify_result
		result;	       /* key and version, known and unaltered; the rest is the caller's */
	int64_t deprecated_at; /* when the version got a successor; TIME_NONE: it has none */
};
/* What is kept of a secret: lent until the next call of any of these; NULL: nothing. */
struct memo_entry *memo_find(struct memo *m, const struct memo_proof *p);
/* Keeps a copy of the key and version that a secret was found to be, in place of something older. */
void memo_keep(struct memo *m, const struct memo_proof *p, const struct verify_result *r,
	       int64_t deprecated_at);
/* The store has changed: nothing holds any more. */
void memo_forget(struct memo *m);

#endif
