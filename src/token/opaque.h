/* Credentials that are no JOSE, read as far as their format tells without a key: PASETO, PASERK,
 * macaroons, Biscuit, Fernet, SAML, itsdangerous, HTTP Basic, PEM and JWK pasted by mistake, and what a
 * vendor's own format carries (an AWS account id, GitLab's routing fields). Nothing is sent anywhere. */
#ifndef TOKEN_OPAQUE_H
#define TOKEN_OPAQUE_H

#include "src/token/finding.h"
#include "src/token/paste.h"

struct opaque_fact {
	const char *name; /* "account", "created", "caveat", "footer" (static) */
	char *value;	  /* raw text from outside, no NUL; heap */
};

struct opaque {
	const char *what;     /* "PASETO v4, public: signed, readable" (static) */
	const char *revoke;   /* what to do about it, one line (static); NULL */
	bool loud;	      /* key material: nobody should have pasted it */
	char mask[64];	      /* what may be shown of it; terminal-safe */
	const char *checksum; /* "good" "wrong" "none" */
	struct opaque_fact *facts;
	size_t count;
};

/* Reads an item of a paste that is no JOSE. */
void opaque_read(struct opaque *o, const struct paste_item *item);
void opaque_release(struct opaque *o);

#endif
