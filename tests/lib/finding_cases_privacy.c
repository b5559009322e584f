/* Cases of finding_privacy.c. */
#include "tests/lib/finding_cases.h"

static void decrypted(struct finding_world *w)
{
	w->in.decrypted = true;
}

#define JWT "{'alg':'ES256','typ':'JWT'}"
/* GitHub's published example, and the same with another letter. */
#define GITHUB "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"
#define NO_GITHUB "ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18"

const struct finding_case finding_cases_privacy[] = {
	RAISES("pii", JWT, "{'sub':'x','email':'a@b.example','birthdate':'2000-01-01'}",
	       .text = "email, birthdate"),
	RAISES("pii", JWT, "{'user':{'given_name':'x'}}", .text = "given_name"),
	RAISES("pii", JWT, "{'\\u0065mail':'x'}"),
	RAISES("pii", JWT,
	       "{'email':1,'phone':1,'ssn':1,'dob':1,'name':1,'gender':1,'address':1,'upn':1}",
	       .text = "…"),
	SILENT("pii", JWT, "{'email':'a@b.example'}", .prepare = decrypted),
	SILENT("pii", JWT, "{'kubernetes.io':{'pod':{'name':'x'}},'Email':1}"),
	RAISES("secret-claim", JWT, "{'client_secret':'x'}", .text = "named like"),
	RAISES("secret-claim", JWT, "{'db':{'dbPassword':'x'}}", .text = "dbPassword"),
	RAISES("secret-claim", JWT, "{'X-Api-Key':'x'}"),
	RAISES("secret-claim", JWT, "{'pwd':'x'}"),
	RAISES("secret-claim", JWT, "{'notes':['" GITHUB "']}", .text = "GitHub"),
	RAISES("secret-claim", JWT, "{'inner':'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.AAAA'}"),
	RAISES("secret-claim", JWT, "{'cnf':{'jwk':{'kty':'EC','d':'x'}}}", .text = "private part"),
	SILENT("secret-claim", JWT, "{'notes':'" NO_GITHUB "'}"),
	SILENT("secret-claim", JWT, "{'password_changed_at':'2000','password':false,'secret':''}"),
	SILENT("secret-claim", JWT, "{'cnf':{'jwk':{'kty':'EC','x':'x'}}}"),
	SILENT("secret-claim"),
	RAISES("scope-wide", JWT, "{'scope':'a admin b'}", .text = "admin: it allows"),
	RAISES("scope-wide", JWT, "{'scope':'offline_access'}", .text = "refresh token"),
	RAISES("scope-wide", JWT, "{'scp':['a','*']}", .text = "everything"),
	RAISES("scope-wide", JWT, "{'scp':'root'}"),
	SILENT("scope-wide", JWT, "{'scope':'admins  orders:* rooted','scp':7}"),
	SILENT("scope-wide"),
	{ .id = NULL },
};
