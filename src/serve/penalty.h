/* How long the answer to a wrong key is held up, by the address that it came from. Good keys are never asked
 * about. */
#ifndef SERVE_PENALTY_H
#define SERVE_PENALTY_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/cidr.h"

struct penalty;

enum {
	PENALTY_FREE = 10,	  /* wrong keys a minute */
	PENALTY_FREE_LOCAL = 100, /* from this host: an app on it asks for many clients */
	PENALTY_SPACE_MS = 1000,  /* between answers from then on */
	PENALTY_LONGEST_MS = 10000,
	PENALTY_HELD = 32,	  /* answers held up at a time, for one address */
	PENALTY_HELD_ALL = 1024,  /* for all together: they take connections from the others */
	PENALTY_ADDRESSES = 65536 /* that are remembered; IPv6 by its /64 */
};
#define PENALTY_REFUSE (-1)

struct penalty *penalty_new(void);
void penalty_free(struct penalty *p); /* NULL is well */

/* Counts one wrong key; the address is the client's own, or told by a trusted proxy, and has `allowance`
 * of them a minute. 0: answer now. PENALTY_REFUSE:
 * answer 429 now, too many are held up. Else hold the answer up for so many milliseconds, and call penalty_done()
 * when it left, or its connection went. `now_ms` is monotonic. From any thread. */
int64_t penalty_delay_ms(struct penalty *p, const struct address *a, uint32_t allowance,
			 int64_t now_ms);
void penalty_done(struct penalty *p, const struct address *a);
/* Answers that are held up just now. */
size_t penalty_held(struct penalty *p);

#endif
