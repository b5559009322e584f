/* What the contents of a store are known by: equal stamps, equal contents. */
#ifndef DATA_STAMP_H
#define DATA_STAMP_H

#include <stdint.h>

enum { STAMP_WORDS = 6 };

struct stamp {
	uint64_t words[STAMP_WORDS];
	uint32_t changes; /* counts commits, and wraps */
};

#endif
