/* Findings: what is wrong or remarkable about a token, as one table (CONTRIBUTING, "A finding"). Ids are
 * stable. A rule that can't be decided from what is given says nothing. */
#ifndef TOKEN_FINDING_H
#define TOKEN_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/token/jose.h"
#include "src/token/jose_key.h"

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR, SEVERITY_CRITICAL };

struct inspection;
struct findings;
struct finding_rule;

struct finding_rule {
	const char *id; /* "alg-none" */
	enum severity severity;
	const char *summary; /* when it is raised, for the manual: one line */
	const char *remedy;  /* what to change, addressed to the reader's own API; NULL */
	const char *source;  /* "RFC 8725 3.1"; NULL */
	/* Raises it by finding_add() as often as it holds. NULL: raised by who reads, not by looking. */
	void (*look)(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out);
};

struct finding {
	const struct finding_rule *rule;
	enum severity severity; /* the rule's, but where the text says why not */
	char text[256];		/* what was seen, terminal-safe */
};

enum { FINDINGS_MAX = 128 };

struct findings {
	struct finding *list; /* most severe first once findings_collect() is done */
	size_t count, size;
};

/* What the rules look at. */
struct inspection {
	const struct jose *token;
	struct key_set *keys;		     /* given for verification; NULL none */
	bool checked;			     /* the signature was checked, and … */
	bool signature_valid;		     /* … this came out */
	const struct jose_key *key;	     /* that fitted; NULL */
	const struct expectations *expected; /* NULL: inspected only */
	int64_t now_ms;
	int64_t leeway_ms;
	bool decrypted;		  /* the token was within a JWE that `key` opened */
	const char *access_token; /* pasted beside an ID token, for at_hash; NULL */
	const char *code;	  /* likewise, for c_hash; NULL */
	unsigned mends;		  /* what the paste scanner repaired (paste.h) */
};

/* All rules, in the order of the manual; ends with a NULL id. */
extern const struct finding_rule *const finding_rules[];
const struct finding_rule *finding_rule_find(const char *id); /* NULL */

void findings_init(struct findings *f);
void findings_release(struct findings *f);
/* Text made by format; what comes from outside by %s is made terminal-safe. Beyond FINDINGS_MAX nothing
 * is added. */
void finding_add(struct findings *f, const struct finding_rule *rule, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Runs every rule, and adds what jose_read() found; sorts. */
void findings_collect(const struct inspection *in, struct findings *out);
/* The worst; SEVERITY_INFO when there is none. */
enum severity findings_worst(const struct findings *f);
const char *severity_name(enum severity s); /* "info" "warning" "error" "critical" */

#endif
