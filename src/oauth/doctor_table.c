/* The doctor's rules, in the order of the report. One line a rule. */
#include "src/oauth/doctor_rules.h"

const struct doctor_rule *const doctor_rules[] = {
	&doctor_disc_fetch,    &doctor_disc_issuer,  &doctor_disc_slash,
	&doctor_disc_template, &doctor_disc_both,    &doctor_disc_required,
	&doctor_disc_device,   &doctor_disc_grant,   &doctor_disc_auth,
	&doctor_disc_url,      &doctor_tls_https,    &doctor_tls_chain,
	&doctor_tls_version,   &doctor_clock,	     &doctor_jwks_fetch,
	&doctor_jwks_private,  &doctor_jwks_kid,     &doctor_jwks_strength,
	&doctor_jwks_alg,      &doctor_dev_response, &doctor_dev_cache,
	&doctor_dev_entropy,   &doctor_dev_own,	     &doctor_dev_pkce,
	&doctor_dev_scope,     &doctor_dev_units,    &doctor_dev_types,
	&doctor_dev_page,      &doctor_dev_site,     &doctor_dev_rate,
	&doctor_dev_usercode,  &doctor_dev_uri,	     &doctor_dev_complete,
	&doctor_dev_expiry,    &doctor_dev_interval, &doctor_dev_client,
	&doctor_dev_noclient,  &doctor_dev_get,	     &doctor_tok_pending,
	&doctor_tok_json,      &doctor_tok_slow,     &doctor_tok_exact,
	&doctor_tok_echo,      &doctor_tok_expired,  &doctor_tok_unknown,
	&doctor_tok_bound,     &doctor_tok_grant,    &doctor_tok_secret,
	&doctor_tok_query,     &doctor_tok_twice,    &doctor_ok_response,
	&doctor_ok_scope,      &doctor_ok_once,	     &doctor_ok_denied,
	&doctor_ok_idmissing,  &doctor_ok_offline,   &doctor_ok_idtoken,
	&doctor_ok_at,	       &doctor_ok_refresh,   &doctor_ok_userinfo,
	&doctor_ok_introspect, &doctor_ok_revoke,    NULL,
};
