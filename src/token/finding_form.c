/* Findings about the form of a token. Most are what jose_read() met on its way: those rows have no
 * function. */
#include "src/token/finding_rules.h"

#include <stdio.h>

#include "src/token/finding_seen.h"
#include "src/token/paste.h"
#include "src/token/verdict.h"

enum { COOKIE_MOST = 4096, HEADER_MOST = 8192, LARGEST = 3 };

const struct finding_rule finding_seg_count = {
	.id = "seg-count",
	.severity = SEVERITY_ERROR,
	.summary = "not three or five segments",
	.remedy = "copy the whole token: three segments when signed, five when encrypted",
	.source = "RFC 7519 7.2",
};

/* Bits of what was mended inside a token; what merely stood around it is no fault of it. */
static void look_mended(const struct inspection *in, const struct finding_rule *rule,
			struct findings *out)
{
	if (!in->expected)
		return;
	for (unsigned bit = 1; bit < 1u << MEND_COUNT; bit <<= 1)
		if (in->mends & bit)
			finding_add(out, rule, "not as it was made: %s", paste_mend_text(bit));
}

const struct finding_rule finding_b64_loose = {
	.id = "b64-loose",
	.severity = SEVERITY_ERROR,
	.summary = "padding, white space, the wrong alphabet or stray bits in base64url; or a "
		   "token that "
		   "had to be mended to be verified",
	.remedy = "refuse it: one token must have one spelling; copy it again if it was broken on "
		  "the way",
	.source = "RFC 7515 2, RFC 4648 3.5",
	.look = look_mended,
};

const struct finding_rule finding_alb_padding = {
	.id = "alb-padding",
	.severity = SEVERITY_WARNING,
	.summary = "padded segments as AWS load balancers make them",
	.remedy = "verify it with --padded, with the key of the load balancer's region",
	.source = "RFC 7515 2",
};

const struct finding_rule finding_not_utf8 = {
	.id = "not-utf8",
	.severity = SEVERITY_ERROR,
	.summary = "header or claims are not UTF-8",
	.remedy = "the issuer must encode JSON as UTF-8",
	.source = "RFC 8725 3.7",
};

const struct finding_rule finding_json_invalid = {
	.id = "json-invalid",
	.severity = SEVERITY_ERROR,
	.summary = "header or claims are not JSON",
	.remedy = "refuse it; see whether it was cut off, or is no token at all",
	.source = "RFC 7519 7.2",
};

/* A payload that does not even look like claims is no fault of a JWS; where claims are to be verified it
 * is. */
static void look_not_object(const struct inspection *in, const struct finding_rule *rule,
			    struct findings *out)
{
	const struct jose *t = in->token;

	if (!in->expected || in->expected->no_claims || !t->payload.present || t->is_claims)
		return;
	for (size_t i = 0; i < t->fault_count; i++)
		if (t->faults[i].payload)
			return;
	finding_add(out, rule, "the payload is no claims set");
}

const struct finding_rule finding_not_object = {
	.id = "not-object",
	.severity = SEVERITY_ERROR,
	.summary = "header or claims are not a JSON object",
	.remedy = "refuse it; what is signed but no claims set is verified with --no-claims",
	.source = "RFC 7519 7.2",
	.about = ABOUT_JWS,
	.look = look_not_object,
};

const struct finding_rule finding_dup_header = {
	.id = "dup-header",
	.severity = SEVERITY_ERROR,
	.summary = "a header parameter twice",
	.remedy = "refuse it: two libraries may each take another one",
	.source = "RFC 7515 4",
};

const struct finding_rule finding_dup_claim = {
	.id = "dup-claim",
	.severity = SEVERITY_ERROR,
	.summary = "a claim twice",
	.remedy = "refuse it: two libraries may each take another one",
	.source = "RFC 7519 4",
};

static void look_serialisation(const struct inspection *in, const struct finding_rule *rule,
			       struct findings *out)
{
	if (in->token->form != JOSE_COMPACT)
		finding_add(out, rule, "a JWT is compact; this is the %s JSON serialisation",
			    in->token->form == JOSE_GENERAL ? "general" : "flattened");
}

const struct finding_rule finding_json_serialisation = {
	.id = "json-serialisation",
	.severity = SEVERITY_ERROR,
	.summary = "a JWT in JSON serialisation",
	.remedy = "the issuer must use the compact serialisation",
	.source = "RFC 7519 3",
	.about = ABOUT_CLAIMS,
	.look = look_serialisation,
};

/* The claim of the top that takes most room, but for those before; NULL. */
static const struct lossless_value *largest_after(const struct lossless *l, uint32_t below,
						  const struct lossless_value *last)
{
	const struct lossless_value *best = NULL;

	for (const struct lossless_value *v = lossless_child(l, lossless_object(l)); v;
	     v = lossless_next(l, v)) {
		uint32_t size = v->end - v->begin;

		if (size > below || (size == below && v <= last))
			continue;
		if (!best || size > best->end - best->begin)
			best = v;
	}
	return best;
}

static void largest_name(const struct inspection *in, char *out, size_t size)
{
	const struct lossless *l = &in->token->claims;
	const struct lossless_value *v = NULL;
	char shown[SHOWN_SIZE];
	size_t used = 0;

	out[0] = '\0';
	if (!seen_claims_meant(in))
		return;
	for (int i = 0; i < LARGEST && used < size; i++) {
		v = largest_after(l, v ? v->end - v->begin : UINT32_MAX, v);
		if (!v)
			break;
		used += (size_t)snprintf(out + used, size - used, "%s%s %u",
					 i ? ", " : "; largest: ", seen_show_name(shown, l, v),
					 v->end - v->begin);
	}
}

static void look_large(const struct inspection *in, const struct finding_rule *rule,
		       struct findings *out)
{
	size_t len = in->token->len;
	char largest[160];

	if (len <= COOKIE_MOST)
		return;
	largest_name(in, largest, sizeof(largest));
	finding_add(out, rule, "%zu bytes: more than %s%s", len,
		    len > HEADER_MOST ? "many servers take as headers (8 KB)"
				      : "a cookie holds (4 KB)",
		    largest);
}

const struct finding_rule finding_too_large = {
	.id = "too-large",
	.severity = SEVERITY_WARNING,
	.summary = "over 4 KB (a cookie) or 8 KB (the default header limit of common servers)",
	.remedy = "leave out what the API can look up: groups, roles, pictures",
	.look = look_large,
};
