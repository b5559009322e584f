/* Findings about the disclosures of an SD-JWT (RFC 9901 §7.1). */
#include "src/token/finding_rules.h"

#include "src/token/finding_seen.h"
#include "src/token/sd_jwt.h"

enum { TOLD_MOST = 8 };

static const char *state_words(enum disclosure_state state)
{
	switch (state) {
	case DISCLOSURE_GOOD:
		break;
	case DISCLOSURE_UNREFERENCED:
		return "its digest is nowhere in the token";
	case DISCLOSURE_REPEATED:
		return "its digest is there twice, or it is given twice";
	case DISCLOSURE_MALFORMED:
		return "it is no list of salt, name and value";
	case DISCLOSURE_CLASH:
		return "a claim of that name is there already";
	case DISCLOSURE_DECISIVE:
		return "what decides about the token must not be kept back (RFC 9901 9.7)";
	}
	return "";
}

static void disclosure_tell(const struct disclosure *d, size_t number,
			    const struct finding_rule *rule, struct findings *out)
{
	char shown[SHOWN_SIZE];

	if (d->state != DISCLOSURE_MALFORMED && d->name)
		finding_add(out, rule, "disclosure %zu, %s: %s", number,
			    seen_show(shown, &d->json, d->name), state_words(d->state));
	else
		finding_add(out, rule, "disclosure %zu: %s", number, state_words(d->state));
}

static void look_disclosures(const struct inspection *in, const struct finding_rule *rule,
			     struct findings *out)
{
	struct sd_jwt s;
	size_t told = 0;

	if (!in->token->sd_jwt)
		return;
	sd_jwt_read(&s, in->token);
	if (!s.digest_name)
		finding_add(out, rule, "_sd_alg names a hash that is not known here");
	for (size_t i = 0; i < s.count && s.digest_name && told < TOLD_MOST; i++)
		if (s.list[i].state != DISCLOSURE_GOOD) {
			disclosure_tell(&s.list[i], i + 1, rule, out);
			told++;
		}
	if (s.more)
		finding_add(out, rule, "more than %d disclosures: the rest was not looked at",
			    DISCLOSURES_MAX);
	if (s.repeated)
		finding_add(out, rule, "%zu digests stand in the token more than once", s.repeated);
	if (s.key_binding && !s.binding_hash_fits)
		finding_add(out, rule, "sd_hash of the key binding is not that of this token");
	sd_jwt_release(&s);
}

const struct finding_rule finding_sd_mismatch = {
	.id = "sd-mismatch",
	.severity = SEVERITY_ERROR,
	.summary = "a disclosure of an SD-JWT whose digest is in no \"_sd\"",
	.remedy = "refuse it: the claim is not among those that were signed",
	.source = "RFC 9901 7.1",
	.about = ABOUT_JWS,
	.look = look_disclosures,
};
