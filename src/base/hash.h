/* Spreading what is no secret over a table. Who must not choose what meets in it puts a seed in. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

/* Each bit of `h` changes each bit of the result with even odds (the finalizer of MurmurHash3); 0 gives 0. */
static inline uint64_t hash_mix(uint64_t h)
{
	h = (h ^ (h >> 33)) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ (h >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ (h >> 33);
}

#endif
