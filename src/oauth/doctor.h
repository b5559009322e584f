/* The doctor: what a provider does, held against what the RFCs want, one row a check. Rules
 * only look at what was gathered: who gathers it (src/app/) sends the requests, and a probe
 * that was not sent makes its checks skipped, with the reason. Ids are stable: reports name
 * them. */
#ifndef OAUTH_DOCTOR_H
#define OAUTH_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/oauth/answer.h"
#include "src/oauth/provider.h"

enum doctor_verdict { DOCTOR_PASS, DOCTOR_FAIL, DOCTOR_WARN, DOCTOR_INFO, DOCTOR_SKIPPED };
enum doctor_severity {
	DOCTOR_SEVERITY_INFO,
	DOCTOR_SEVERITY_WARNING,
	DOCTOR_SEVERITY_ERROR,
	DOCTOR_SEVERITY_CRITICAL
};
const char *doctor_verdict_name(enum doctor_verdict v); /* "pass" "fail" "warn" "info" "skipped" */
const char *doctor_severity_name(enum doctor_severity s); /* "info" "warning" "error" "critical" */

/* Requests, in the order they are sent. */
enum doctor_probe_id {
	/* passive */
	PROBE_OIDC,  /* OIDC's metadata */
	PROBE_OAUTH, /* RFC 8414's */
	PROBE_JWKS,
	PROBE_TLS_OLD, /* TLS 1.1 and less offered: has to fail */
	/* active */
	PROBE_DEVICE,	       /* as configured */
	PROBE_DEVICE_PLAIN,    /* without the configured scopes, where those were refused */
	PROBE_DEVICE_AGAIN,    /* for another device code; polled in earnest by nobody */
	PROBE_PAGE,	       /* GET of verification_uri */
	PROBE_DEVICE_STRANGER, /* a made-up client */
	PROBE_DEVICE_NOBODY,   /* no client_id */
	PROBE_DEVICE_GET,
	PROBE_TOKEN_UNKNOWN,   /* a made-up device code */
	PROBE_TOKEN_GRANT,     /* a made-up grant type */
	PROBE_TOKEN_TWICE,     /* grant_type twice */
	PROBE_TOKEN_SECRET,    /* a made-up client secret, with the other device code */
	PROBE_TOKEN_NO_SECRET, /* none, with a made-up device code */
	PROBE_TOKEN_QUERY,     /* a made-up one in the query, likewise */
	PROBE_POLL,	       /* first poll, after one interval */
	PROBE_POLL_SECOND,     /* at the interval … */
	PROBE_POLL_THIRD,
	PROBE_POLL_FAST,   /* at once behind it */
	PROBE_TOKEN_OTHER, /* the device code, by another client */
	PROBE_EXPIRED,	   /* a poll after expiry; only when asked for */
	/* interactive */
	PROBE_SUCCESS, /* the poll that brought tokens */
	PROBE_USERINFO,
	PROBE_INTROSPECT,
	PROBE_INTROSPECT_NOBODY, /* without client authentication */
	PROBE_REFRESH,
	PROBE_REVOKE,
	PROBE_REVOKE_UNKNOWN,
	PROBE_INTROSPECT_AFTER,
	PROBE_DENIED,	   /* the last poll of a flow that the person denied */
	PROBE_ONCE,	   /* the redeemed device code once more: may end the grant */
	PROBE_REFRESH_OLD, /* the refresh token that was replaced: likewise */
	PROBE_REVOKE_REST, /* what is left: the newest refresh token */
	PROBES
};

struct doctor_probe {
	bool sent;
	const char *why_not; /* not sent: why, in words (static); NULL: it was not the turn of it */
	struct http_response response;
	struct oauth_answer answer;   /* of device and token endpoints */
	struct json *json;	      /* the body as a JSON object; NULL: it is none */
	char json_fault[160];	      /* why it is none; "" */
	struct json *exchange;	      /* masked, for the evidence */
	int64_t started_at, ended_at; /* wall time in ms */
};

/* What the token engine says of the keys at the provider's jwks_uri; src/app/ fills it in. */
struct doctor_keys {
	bool read;
	char fault[160]; /* why they could not be read */
	size_t count, signing, skipped;
	size_t without_kid;
	bool same_kid, private_members, symmetric;
	char kid[64];	 /* one that stands twice, made terminal-safe */
	char weak[160];	 /* the first key that is too weak or broken, in words; "" none */
	char unfit[160]; /* why the keys do not fit the advertised algorithms; "" */
};

/* What the token engine says of the ID and access token. */
struct doctor_token {
	bool looked; /* there was one to look at */
	bool valid;
	bool is_jwt;
	char text[256]; /* what is wrong with it */
	char *subject;	/* of the ID token; NULL */
};

struct doctor_facts {
	const struct oauth_provider *provider; /* endpoints as in effect */
	const struct json *metadata;	       /* NULL: none that can be read */
	struct doctor_probe probes[PROBES];
	struct doctor_keys keys;
	struct device_codes codes; /* of PROBE_DEVICE */
	bool has_codes;
	char codes_fault[160];	   /* why the answer has none that can be used; "" */
	struct device_codes again; /* of PROBE_DEVICE_AGAIN */
	bool has_again;
	struct secret sent_code;    /* what must not be echoed: the device code … */
	struct secret made_up_code; /* … a made-up one … */
	struct secret made_up;	    /* … and the made-up client secret */
	int64_t interval_ms;	    /* that was kept between polls */
	int64_t clock_ahead_ms;	    /* provider's Date against ours */
	bool clock_seen;
	double clock_drift;	    /* wall against boot clock, as a share; 0: not measured */
	struct oauth_tokens tokens; /* of PROBE_SUCCESS */
	bool has_tokens;
	char tokens_fault[160]; /* likewise */
	struct doctor_token id_token, access_token;
	bool pkce_wanted; /* the device request was refused for want of PKCE, and sent anew with it */
	bool interactive_done, denied_asked;
	bool passive;	   /* only passive checks were asked for */
	bool rate_limited; /* a 429 came: what was not sent by then is skipped */
};
void doctor_facts_init(struct doctor_facts *f, const struct oauth_provider *p);
void doctor_facts_release(struct doctor_facts *f); /* wipes */

struct doctor_result {
	enum doctor_verdict verdict;
	char seen[400];		       /* what was seen; terminal-safe */
	char expected[200];	       /* "": the rule's */
	char remedy[300];	       /* "": the rule's */
	enum doctor_probe_id evidence; /* PROBES: none */
};

enum doctor_phase { DOCTOR_PASSIVE, DOCTOR_ACTIVE, DOCTOR_INTERACTIVE };

struct doctor_rule {
	const char *id; /* "disc-issuer" */
	enum doctor_severity severity;
	enum doctor_phase phase;
	const char *summary;  /* what is checked: one line */
	const char *expected; /* what the source says */
	const char *source;   /* "RFC 8414 3.3" */
	const char *remedy;   /* what to change, on the provider or here; NULL none */
	const char *
		silenced; /* ids of more specific rules, blank-separated: if one of them does not pass,
			       * this one is skipped; NULL none */
	/* Decides; result is DOCTOR_PASS with nothing seen before. */
	void (*look)(const struct doctor_facts *f, struct doctor_result *r);
};

/* All of them in the order of CHECKS; ends with NULL. */
extern const struct doctor_rule *const doctor_rules[];
const struct doctor_rule *doctor_rule_find(const char *id); /* NULL */

struct doctor_report {
	struct doctor_result *results; /* one a rule, in the order of doctor_rules */
	size_t count;
	size_t totals[DOCTOR_SKIPPED + 1]; /* by verdict */
};
/* Runs every rule, and silences general ones. */
void doctor_report_make(struct doctor_report *out, const struct doctor_facts *f);
void doctor_report_release(struct doctor_report *r);

/* --- for rules ------------------------------------------------------------------------------- */
/* Sets the verdict, and what was seen by format; text from outside is made terminal-safe. */
void doctor_say(struct doctor_result *r, enum doctor_verdict verdict, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void doctor_expect(struct doctor_result *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void doctor_advise(struct doctor_result *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The probe where it was sent and answered; else NULL, and the result is skipped with the
 * reason. Of a request that gets no answer at all one rule an endpoint tells: disc-fetch,
 * jwks-fetch, dev-response, tok-json. */
const struct doctor_probe *doctor_probe_of(const struct doctor_facts *f, struct doctor_result *r,
					   enum doctor_probe_id id);

#endif
