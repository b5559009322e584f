/* Cases of finding_claims.c. */
#include "tests/lib/finding_cases.h"

static void sibling_token(struct finding_world *w)
{
	w->in.access_token = "token-1";
}

static void sibling_code(struct finding_world *w)
{
	w->in.code = "code-1";
}

#define JWT "{'alg':'ES256','typ':'JWT'}"
#define DPOP "{'alg':'ES256','typ':'dpop+jwt'}"
#define SIXTEEN "aaaaaaaaaaaaaaaa"
#define LETTERS_240                                                                             \
	SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN \
		SIXTEEN SIXTEEN SIXTEEN SIXTEEN
#define LETTERS_255 LETTERS_240 "aaaaaaaaaaaaaaa"

const struct finding_case finding_cases_claims[] = {
	RAISES("iss-missing", JWT, "{'sub':'x'}"),
	SILENT("iss-missing", DPOP, "{'jti':'x'}"),
	SILENT("iss-missing", JWT, "{'iss':'x'}"),
	SILENT("iss-missing", JWT, "payload"),
	RAISES("iss-http", JWT, "{'iss':'HTTP://sso.example.com'}"),
	SILENT("iss-http", JWT, "{'iss':'https://sso.example.com'}"),
	RAISES("claim-type", JWT, "{'sub':1234567890}", .text = "sub is no string"),
	RAISES("claim-type", JWT, "{'scope':['a']}"),
	SILENT("claim-type", JWT, "{'sub':'1234567890','aud':['a']}"),
	RAISES("aud-missing", JWT, "{'sub':'x'}"),
	SILENT("aud-missing", JWT, "{'aud':'x'}"),
	SILENT("aud-missing", "{'alg':'ES256','typ':'dc+sd-jwt'}", "{'sub':'x'}"),
	RAISES("aud-odd", JWT, "{'aud':''}", .text = "empty name"),
	RAISES("aud-odd", JWT, "{'aud':[]}", .text = "empty list"),
	RAISES("aud-odd", JWT, "{'aud':'*'}", .text = "wildcard"),
	RAISES("aud-odd", JWT, "{'aud':'\\u002a'}", .text = "wildcard"),
	RAISES("aud-odd", JWT, "{'aud':['a','https://*.example.com']}", .text = "wildcard"),
	RAISES("aud-odd", JWT, "{'aud':7}", .text = "neither"),
	RAISES("aud-odd", JWT, "{'aud':['a',null]}", .text = "no string"),
	SILENT("aud-odd", JWT, "{'aud':['a','b']}"),
	SILENT("aud-odd", JWT, "{'aud':'orders'}"),
	RAISES("azp-missing", JWT, "{'nonce':'n','aud':['a','b']}"),
	SILENT("azp-missing", JWT, "{'nonce':'n','aud':['a','b'],'azp':'a'}"),
	SILENT("azp-missing", JWT, "{'nonce':'n','aud':['a']}"),
	SILENT("azp-missing", JWT, "{'aud':['a','b']}"),
	RAISES("sub-missing", JWT, "{'iss':'x'}"),
	SILENT("sub-missing", JWT, "{'sub':'x'}"),
	RAISES("sub-long", JWT, "{'sub':'" LETTERS_255 "b'}", .text = "256"),
	SILENT("sub-long", JWT, "{'sub':'" LETTERS_255 "'}"),
	SILENT("sub-long", JWT,
	       "{'sub':'" LETTERS_240 "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4"
	       "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4'}"),
	RAISES("jti-missing", NULL, "{'sub':'x'}"),
	RAISES("jti-missing", JWT, "{'scope':'a'}"),
	SILENT("jti-missing", JWT, "{'sub':'x'}"),
	RAISES("client-missing", NULL, "{'sub':'x'}"),
	SILENT("client-missing", NULL, "{'client_id':'x'}"),
	SILENT("client-missing", JWT, "{'sub':'x'}"),
	RAISES("at-claims", NULL, "{'iss':'x','exp':1,'aud':'x','sub':'x','client_id':'x','iat':1}",
	       .text = "lacks jti"),
	RAISES("at-claims", NULL, "{}", .text = "lacks iss, exp, aud, sub, client_id, iat, jti"),
	SILENT("at-claims"),
	SILENT("at-claims", JWT, "{}"),
	RAISES("bearer", JWT, "{'sub':'x'}", .text = "whoever holds it"),
	RAISES("bearer", JWT, "{'cnf':{'jkt':'x'}}", .text = "a DPoP key"),
	RAISES("bearer", JWT, "{'cnf':{'x5t#S256':'x'}}", .text = "a client certificate"),
	RAISES("bearer", JWT, "{'cnf':{}}", .text = "nothing that is known"),
	RAISES("bearer", JWT, "{'cnf':7}", .text = "nothing that is known"),
	SILENT("bearer", DPOP, "{'jti':'x'}"),
	SILENT("bearer", JWT, "{'nonce':'x'}"),
	RAISES("oidc-hash", JWT, "{'at_hash':'PwiqzhIu4jaEMsHKI6BJvB'}", .prepare = sibling_token,
	       .text = "access token"),
	RAISES("oidc-hash", JWT, "{'c_hash':'PwiqzhIu4jaEMsHKI6BJvA'}", .prepare = sibling_code,
	       .text = "code"),
	RAISES("oidc-hash", JWT, "{'at_hash':'PwiqzhIu4jaEMsHKI6BJ'}", .text = "22 characters"),
	RAISES("oidc-hash", JWT, "{'at_hash':1}"),
	SILENT("oidc-hash", JWT, "{'at_hash':'PwiqzhIu4jaEMsHKI6BJvA'}", .prepare = sibling_token),
	SILENT("oidc-hash", "{'alg':'Ed25519'}",
	       "{'at_hash':'rWaN4wJH6TNT5x9EtFq_XX9IBJJHESNXIWaktFgyZU8'}",
	       .prepare = sibling_token),
	SILENT("oidc-hash", JWT, "{'c_hash':'Ub1mOf7XwLSCavbAa_5PTA'}", .prepare = sibling_code),
	SILENT("oidc-hash", JWT, "{'at_hash':'PwiqzhIu4jaEMsHKI6BJvB'}"),
	SILENT("oidc-hash", "{'alg':'EdDSA'}", "{'at_hash':'x'}"),
	{ .id = NULL },
};
