/* What names in headers and claims mean, in words: registered ones (IANA) and those of well-known
 * issuers. */
#ifndef TOKEN_EXPLAIN_H
#define TOKEN_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

enum explain_part { EXPLAIN_HEADER, EXPLAIN_CLAIM };

struct explained {
	const char *name;
	const char *text;   /* "when it ends" */
	const char *issuer; /* "Microsoft Entra"; NULL: registered */
	const char *source; /* "RFC 7519 4.1.4"; NULL */
	bool is_time;	    /* NumericDate */
	bool is_personal;   /* personal data */
};

/* NULL: nothing is known of it. `name` of `len` bytes. */
const struct explained *explain_name(enum explain_part part, const char *name, size_t len);
/* The rows one by one, ordered by the bytes of their names; NULL behind the last. */
const struct explained *explain_at(enum explain_part part, size_t index);
/* What a typ means: "access token, RFC 9068"; NULL. Without "application/", any case. */
const char *explain_type(const char *typ);

#endif
