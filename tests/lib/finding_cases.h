/* Tokens that raise a finding, and near misses that do not: one table a file, run by test_finding. */
#ifndef TESTS_FINDING_CASES_H
#define TESTS_FINDING_CASES_H

#include "src/token/finding.h"
#include "src/token/verdict.h"

/* What a case may change before the rules run. */
struct finding_world {
	struct jose token;
	struct key_set keys;
	struct expectations expected;
	struct inspection in; /* keys and expected are NULL until a case sets them */
	struct findings found;
};

struct finding_case {
	bool raised;
	const char *id;
	const char *header;	 /* JSON; NULL: GOOD_HEADER */
	const char *claims;	 /* JSON, or any payload; NULL: GOOD_CLAIMS */
	const char *signature;	 /* base64url; NULL: of the length that ES256 makes */
	const char *signed_with; /* secret of the HMAC that is the signature; NULL */
	const char *raw;	 /* the whole token instead of these; NULL */
	const char *jwe;	 /* the header of a JWE instead of these; NULL */
	const char *jwk;	 /* key or set given for verification; NULL */
	const char *secret;	 /* likewise */
	bool fits;		 /* the last of the keys verified it */
	bool weak_allowed;
	void (*prepare)(struct finding_world *w);
	const char *text; /* must be in the finding's text; NULL */
};

/* id, header, claims, …: what follows may be named. JSON has “'” for double quotes. */
#define RAISES(...)                               \
	{                                         \
		.raised = true, .id = __VA_ARGS__ \
	}
#define SILENT(...)                                \
	{                                          \
		.raised = false, .id = __VA_ARGS__ \
	}

#define GOOD_HEADER "{'alg':'ES256','typ':'at+jwt','kid':'9aF2mQ7c'}"
/* Times around TEST_NOW, 1781615212. */
#define GOOD_CLAIMS                                                         \
	"{'iss':'https://sso.example.com','sub':'c0ffee00','aud':'orders'," \
	"'exp':1781615512,'nbf':1781615152,'iat':1781615152,'jti':'7f',"    \
	"'client_id':'acme','scope':'orders:read','cnf':{'jkt':'x'}}"

/* Each ends with a NULL id. */
extern const struct finding_case finding_cases_form[], finding_cases_header[],
	finding_cases_signature[], finding_cases_time[], finding_cases_claims[],
	finding_cases_privacy[], finding_cases_text[], finding_cases_key[];

#endif
