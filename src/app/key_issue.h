/* A new secret on its way out: stored as pending, written out with no lock held, activated by the
 * caller, or taken back. A pending one never verifies. */
#ifndef APP_KEY_ISSUE_H
#define APP_KEY_ISSUE_H

#include "data/key.h"
#include "src/app/op.h"
#include "src/base/secret_format.h"

struct issue {
	struct secret secret;
	struct secret_parts parts;
	struct key_version version;
	const char *written; /* --out-file, once it is there; NULL */
};

void issue_init(struct issue *i);
void issue_release(struct issue *i); /* wipes */

/* Makes the secret; `parts` can be used at once. */
void issue_generate(struct issue *i, const char *prefix);
/* Inserts it as pending version `number` of a key that has its row; in store_begin_unaudited(). */
enum errc issue_insert(struct store *s, struct issue *i, const struct key *k, int64_t number,
		       struct err *e);
/* Writes it out, to --out-file or through the sink with `record`; no lock may be held. */
enum errc issue_reveal(const struct op_call *c, struct issue *i, struct json *record,
		       struct err *e);
/* After a failure: deletes what is still pending of it, and the file; `key_too`: the pending key as
 * well. Tries its best: what stays is swept when this process is gone. */
void issue_take_back(struct store *s, struct issue *i, bool key_too);
/* Once live: prints `record` where the secret went to a file (through the sink it was printed). */
enum errc issue_done(const struct op_call *c, const struct issue *i, struct json *record,
		     struct err *e);

#endif
