/* What large providers do otherwise than the RFCs say, one record each: gathered from their
 * documentation, their servers' sources and their clients' issues. */
#ifndef OAUTH_PRESET_H
#define OAUTH_PRESET_H

#include "src/oauth/provider.h"

/* An error of the vendor's own, and what it means here. */
struct oauth_alias {
	const char *error;   /* "authorization_declined" */
	const char *meaning; /* the registered error it stands for: "access_denied" */
};

/* An error text that is worth an explanation. */
struct oauth_explanation {
	const char *mark; /* in error or description: "AADSTS7000218" */
	const char *text; /* what it means and what to change there */
};

struct oauth_preset {
	const char *name;  /* "github"; "" is the generic one */
	const char *title; /* "GitHub" */
	const char *note;  /* what to know and set up there, one line or more; NULL none */
	/* A template: "{…}" stands for what is asked for (tenant, realm, server); NULL: discovery. */
	const char *issuer;
	/* Where metadata names none; "{issuer}" is the provider's, without a slash at its end,
	 * "{parent}" without the last part of its path, "{origin}" its scheme, host and port. */
	const char *endpoints[OAUTH_ENDPOINTS];
	/* What its issuers look like, with the same "{…}" and a "*" at the end for any rest; ends with
	 * NULL; NULL: it can't be told by the issuer. */
	const char *const *issuers;
	const char *scope; /* a default that works; NULL none */
	enum oauth_auth auth;
	const char
		*device_parameters;  /* more for the device request: "response_type=device_code" */
	const char *scope_parameter; /* NULL: "scope" (Twitch: "scopes") */
	char scope_separator;	     /* of the scope in token answers; 0: blank */
	long pending_status;	     /* of authorization_pending; 0: 400, as it has to be */
	bool device_secret;	     /* the secret goes with the device request, too */
	bool secret_required;
	bool error_in_message; /* no `error`: the text is in `message` (Twitch) */
	bool code_not_at_once; /* "incorrect_device_code" right after issue is pending (GitHub) */
	bool denial_is_silent; /* a denial never reaches the client (Dex, Hydra) */
	bool no_discovery;     /* no metadata, or none of use */
	const char *refused;   /* no device flow there at all: says so; NULL: it has one */
	const struct oauth_alias *aliases;	      /* ends with a NULL error; NULL none */
	const struct oauth_explanation *explanations; /* likewise */
};

extern const struct oauth_preset oauth_preset_generic;
extern const struct oauth_preset
	*const oauth_presets[]; /* NULL-terminated, without the generic one */
const struct oauth_preset *oauth_preset_find(const char *name); /* NULL: unknown; "" generic */
/* The preset whose issuer or host this one is ("https://accounts.google.com"); generic otherwise. */
const struct oauth_preset *oauth_preset_guess(const char *issuer);
/* Fills the endpoints that neither a person nor metadata gave, from p->preset and p->issuer. */
void oauth_preset_apply(struct oauth_provider *p);
/* The registered error that a vendor's stands for; the error itself where it is none of those. */
const char *oauth_preset_error(const struct oauth_preset *p, const char *error);
/* What is worth saying about an error and its description; NULL. */
const char *oauth_preset_explain(const struct oauth_preset *p, const char *error,
				 const char *description);

#endif
