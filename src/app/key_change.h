/* Changing keys: one loaded with its versions under the lock, and the way that every change which
 * reveals nothing goes for one key or many: pick, ask, one transaction, records after it. */
#ifndef APP_KEY_CHANGE_H
#define APP_KEY_CHANGE_H

#include "data/key.h"
#include "src/app/op.h"

struct key_change {
	struct key key;
	struct key_version *versions; /* highest number first, pending ones included */
	size_t count;
	bool row_altered;	    /* the key's own row; key.altered counts versions, too */
	struct key_version *loaded; /* as they were, to tell which were changed */
	uint8_t before[MAC_SIZE];   /* key_object_mac() as loaded */
};
void change_init(struct key_change *ch);
void change_release(struct key_change *ch);
/* Loads a key by id with its versions. Altered ones are refused unless `altered_ok`. */
enum errc change_load(struct store *s, const char *id, bool altered_ok, struct key_change *ch,
		      struct err *e);
/* Writes the versions that were changed, the key (revision + 1), and the event of it. */
enum errc change_write(const struct op_call *c, struct store *s, struct key_change *ch,
		       const struct json *detail, struct err *e);

/* What one operation does to one key. */
struct change_rule {
	unsigned states; /* of keys that a filter without --status means */
	bool any_clock;	 /* allowed while the clock is off */
	bool altered_ok;
	/* Changes key and versions in memory, and adds to `detail` what the audit shall tell;
	 * *changed false: there is nothing to do. Called in a dry run, too. */
	enum errc (*step)(const struct op_call *c, struct store *s, int64_t now,
			  struct key_change *ch, struct json *detail, bool *changed, struct err *e);
	/* The result; `ch` as changed. Caller frees. */
	struct json *(*record)(const struct key_change *ch, int64_t now, bool changed,
			       const struct json *detail);
	/* Asks before anything is locked; NULL: nothing to ask. */
	enum errc (*ask)(const struct op_call *c, struct store *s, char (*ids)[KEY_ID_SIZE],
			 size_t count, struct err *e);
};
/* Runs it over the keys of the argument "key" or the filter: all or nothing, one event a key. */
enum errc change_run(const struct op_call *c, const struct change_rule *rule, struct err *e);
/* The same over keys that were picked already. */
enum errc change_keys(const struct op_call *c, const struct change_rule *rule,
		      char (*ids)[KEY_ID_SIZE], size_t count, struct err *e);

#endif
