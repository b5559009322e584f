/* Answers of device and token endpoints, read strictly: what a provider may send and what it means. */
#ifndef OAUTH_ANSWER_H
#define OAUTH_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/http.h"
#include "src/base/json.h"
#include "src/oauth/exchange.h"
#include "src/oauth/preset.h"

enum oauth_kind {
	OAUTH_SUCCESS,
	OAUTH_PENDING,	 /* authorization_pending */
	OAUTH_SLOW_DOWN, /* slow_down */
	OAUTH_DENIED,	 /* access_denied */
	OAUTH_EXPIRED,	 /* expired_token */
	OAUTH_RETRY,	 /* 429, 5xx without an OAuth error, no answer at all: later again */
	OAUTH_ERROR,	 /* another OAuth error */
	OAUTH_MALFORMED	 /* no answer that the RFCs know */
};

struct oauth_answer {
	enum oauth_kind kind;
	/* The registered error, masked; "" for a success. Ours where the provider told none:
	 * "malformed_response" for OAUTH_MALFORMED, "network", "rate_limited" or "server_error" for
	 * OAUTH_RETRY, "network" for an OAUTH_ERROR without an answer. */
	char error[96];
	char vendor_error[96]; /* the provider's own word for it; "": the same */
	char *description;     /* the provider's text, masked, not terminal-safe yet; NULL none */
	char *explanation; /* ours: what was wrong with the answer, or what the error means; NULL */
	int64_t retry_after_ms; /* Retry-After (RFC 9110 §10.2.3), from now; -1: none */
	int64_t interval_ms;	/* an `interval` that slow_down brought; -1: none */
	bool lost; /* OAUTH_RETRY: time-out or reset: what became of the request is unknown */
	struct json *json;  /* the whole object of a success; holds secrets */
	struct json *notes; /* array of texts: deviations that were tolerated; never NULL */
};

/* Reads what came of a request to the token endpoint or the device endpoint. An `error` member wins
 * over everything else, whatever the status. `now` is wall time, for Retry-After as a date. Release it in
 * any case. */
void oauth_answer_read(struct oauth_answer *a, const struct http_response *response,
		       const struct oauth_preset *preset, const struct oauth_secrets *known,
		       int64_t now);
void oauth_answer_release(struct oauth_answer *a);

/* A success of the device endpoint (RFC 8628 §3.2). */
struct device_codes {
	struct secret device_code;
	char *user_code;
	char *verification_uri;		 /* as it came, whatever it is */
	char *verification_uri_complete; /* NULL none */
	bool openable; /* verification_uri is an http(s) URL without user information */
	char *qr_uri;  /* what a QR code shows; NULL: none of itself */
	char *host;    /* the real host of verification_uri, where it has user information; NULL */
	char *message; /* Entra's; NULL */
	int64_t expires_ms;  /* bounded to an hour (told), 15 min where it is missing (told) */
	int64_t interval_ms; /* 5 s where it is missing, null or below 1 */
};
/* Turns a->kind to OAUTH_MALFORMED where the object is none of these; deviations go to a->notes. */
void oauth_device_codes(struct device_codes *out, struct oauth_answer *a);
void device_codes_release(struct device_codes *c);

/* A success of the token endpoint (RFC 6749 §5.1). */
struct oauth_tokens {
	struct secret access_token, refresh_token, id_token; /* empty: none */
	char *token_type;
	char *scope;	    /* blank-separated; as asked where the answer has none */
	bool scope_told;    /* the answer had one */
	int64_t expires_ms; /* -1: not told */
};
/* Turns a->kind to OAUTH_MALFORMED where access_token or token_type are missing. */
void oauth_tokens_read(struct oauth_tokens *out, struct oauth_answer *a,
		       const struct oauth_preset *preset, const char *asked_scope);
void oauth_tokens_release(struct oauth_tokens *t);

#endif
