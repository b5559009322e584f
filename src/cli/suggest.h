/* "Did you mean": the nearest of some words to a mistyped one. */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>

struct suggestion {
	const char *typed;
	char best[64];	 /* "" while nothing is near enough */
	size_t distance; /* of `best` */
};

struct suggestion suggestion_for(const char *typed);
/* Keeps the word when it is nearer than what came before. */
void suggestion_offer(struct suggestion *s, const char *word);

#endif
