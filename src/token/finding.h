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
struct seen;

/* What a rule is about: it is not asked about anything else. */
enum finding_scope {
	ABOUT_ANY,
	ABOUT_JWS,
	ABOUT_JWE,
	ABOUT_CLAIMS, /* a JWS that carries claims, and is meant to */
	ABOUT_KEYS,   /* keys were given */
};

struct finding_rule {
	const char *id; /* "alg-none" */
	enum severity severity;
	const char *summary; /* when it is raised, for the manual: one line */
	const char *remedy;  /* what to change, addressed to the reader's own API; NULL */
	const char *source;  /* "RFC 8725 3.1"; NULL */
	enum finding_scope about;
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
	bool decrypted; /* `key` opened it: `token` is the JWE itself, or the JWS that was within */
	const char *access_token; /* pasted beside an ID token, for at_hash; NULL */
	const char *code;	  /* likewise, for c_hash; NULL */
	unsigned mends;		  /* what the paste scanner repaired (paste.h) */
	const struct seen *seen;  /* made by findings_collect() for the rules; else NULL */
};

/* All rules, in the order of the manual; ends with NULL. */
extern const struct finding_rule *const finding_rules[];
const struct finding_rule *finding_rule_find(const char *id); /* NULL */

void findings_init(struct findings *f);
void findings_release(struct findings *f);
/* Text made by format; what comes from outside by %s is made terminal-safe. Beyond FINDINGS_MAX one takes
 * the place of a less grave one, or is left out where there is none. */
void finding_add(struct findings *f, const struct finding_rule *rule, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same with another severity than the rule's; the text says why. */
void finding_add_as(struct findings *f, const struct finding_rule *rule, enum severity severity,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Runs every rule, and adds what jose_read() found; sorts. */
void findings_collect(const struct inspection *in, struct findings *out);
/* The worst; SEVERITY_INFO when there is none. */
enum severity findings_worst(const struct findings *f);
const char *severity_name(enum severity s); /* "info" "warning" "error" "critical" */

#endif
