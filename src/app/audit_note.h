/* Writing audit events: inside the transaction of the change, mirrored to syslog (authpriv) once it
 * is committed. */
#ifndef APP_AUDIT_NOTE_H
#define APP_AUDIT_NOTE_H

#include <stdint.h>

#include "data/key.h"
#include "data/store.h"
#include "src/app/op.h"
#include "src/base/json.h"

struct audit_note {
	const char *operation;		       /* NULL: the operation's id */
	const char *object;		       /* "key_…", "store", "import"; NULL none */
	const char *name;		       /* the object's name; NULL none */
	int64_t revision;		       /* of the object after the change; 0 none */
	const uint8_t *mac_before, *mac_after; /* MAC_SIZE each; mac_after NULL: no object MAC */
	const struct json *detail;	       /* no secret ever; NULL: {} */
};

/* Appends the event; inside a write transaction. *sequence may be NULL. */
enum errc audit_note(const struct op_call *c, struct store *s, const struct audit_note *n,
		     int64_t *sequence, struct err *e);
/* The same for a key as it stands now: object, name, revision and MAC after come from the store.
 * `before`: its key_object_mac() from before the change, NULL for a key made by it. */
enum errc audit_note_key(const struct op_call *c, struct store *s, const struct key *k,
			 const uint8_t before[MAC_SIZE], const struct json *detail, struct err *e);

/* Appends an event that data/ has filled but for actor and operation (see store_restore()). */
struct audit_event;
enum errc audit_note_event(const struct op_call *c, struct store *s, struct audit_event *ev,
			   struct err *e);

/* store_commit(), and then the mirror of the events it held; on failure none is mirrored. */
enum errc audit_commit(const struct op_call *c, struct store *s, struct err *e);
/* store_rollback(), and the events noted since are forgotten. Well without a transaction. */
void audit_rollback(const struct op_call *c, struct store *s);

/* Lifecycle changes ask this first, inside their transaction: ERR_CONFLICT when the clock stepped
 * and --accept-clock was not given; where it was, the step goes into `detail` and is noted. */
enum errc audit_clock(const struct op_call *c, struct store *s, struct json *detail, struct err *e);

#endif
