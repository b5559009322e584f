/* The decision tree of the guide: public data? user data? internal? server to server? Every way ends at
 * an API key, OAuth2 or a JWT (or at none of them), with the reasons. */
#include "src/app/guide.h"

#include <string.h>

/* --- outcomes --------------------------------------------------------------------------------- */

static const struct guide_outcome none_needed = {
	.id = "none",
	.leads_to = "No credential; a limit per client address in front of the service.",
	.options = {
		{ "none", "nobody is kept out, so there is nothing to prove" },
		{ "API key", "as soon as you want to know who calls, or to give budgets" },
	},
	.why = "A credential that everybody may have protects nothing and has to be issued, rotated "
	       "and answered for all the same. Once a caller can cost you money or crowd out others, "
	       "give each one a key: a limit needs a name to count on.",
	.action = "Create a key with a limit, to tell callers apart",
	.screen = "keys", .operation = "key.create",
	.preset = (const char *const[]){ "limit", "100/min", NULL },
};

static const struct guide_outcome oauth_code = {
	.id = "oauth2-code",
	.leads_to = "OAuth2 authorization code with PKCE.",
	.options = {
		{ "OAuth2", "the person consents at the provider; your app never sees a password" },
		{ "JWT", "what the provider hands out: check it, and keep its life short" },
		{ "API key", "never here: it says which program calls, not which person" },
	},
	.why = "Only the person can grant access to their data, for some scopes and for some time, and "
	       "must be able to take it back at the provider. PKCE (RFC 7636) keeps a stolen code "
	       "useless, also in programs that can't keep a secret (RFC 9700 §2.1.1).",
	.action = "Add the provider and check its set-up",
	.screen = "providers",
};

static const struct guide_outcome oauth_device = {
	.id = "oauth2-device",
	.leads_to = "OAuth2 device authorization (RFC 8628).",
	.options = {
		{ "OAuth2", "the person signs in on another device; this one only polls" },
		{ "API key", "no person behind it: a sensor, a kiosk, a meter" },
		{ "JWT", "as the access token that comes out of it" },
	},
	.why = "Without a browser there is no redirect to come back by. The person types a short code "
	       "on a phone or laptop they trust, and consents there. Nothing long-lived has to be "
	       "typed into the device or copied through a chat.",
	.action = "Run a device flow against your provider",
	.screen = "device", .operation = "device.run",
};

static const struct guide_outcome session_token = {
	.id = "jwt-session",
	.leads_to = "A session cookie; behind it, JWT signed by your own issuer.",
	.options = {
		{ "session", "one web application: a cookie and a row on the server" },
		{ "JWT", "several of your services must know the person without asking" },
		{ "OAuth2", "as soon as a program that is not yours wants in" },
	},
	.why = "Where application and data are both yours there is nobody to delegate to, so OAuth2 "
	       "adds steps without adding safety. A session row ends at sign-out; a JWT is not looked "
	       "up, so minutes are a good life for it.",
	.action = "Look at a token you have",
	.screen = "token",
};

static const struct guide_outcome server_key = {
	.id = "api-key-server",
	.leads_to = "API key per service, or JWT signed by your own issuer.",
	.options = {
		{ "API key", "one service, few callers, must stop at once when leaked" },
		{ "JWT", "many services check without asking; stops only when it expires" },
		{ "OAuth2", "only if a provider already issues tokens for machines" },
	},
	.why = "A key is looked up at every call, so revoking works with the next request. A JWT is not "
	       "looked up: short life is its only brake. One key per service, so that a leak names its "
	       "source and revoking one stops nobody else.",
	.action = "Create a key for a server: expires in 90d",
	.screen = "keys", .operation = "key.create",
	.preset = (const char *const[]){ "expires", "90d", NULL },
};

static const struct guide_outcome server_jwt = {
	.id = "jwt-server",
	.leads_to = "JWT signed by your own issuer, living minutes.",
	.options = {
		{ "JWT", "every service checks the signature alone, without a look-up" },
		{ "API key", "to get the JWT with: long-lived, revocable, at one place" },
		{ "OAuth2", "the same with a standard endpoint (client credentials)" },
	},
	.why = "No call home, no shared store, no single point that every request waits for. The price "
	       "is that a leaked token works until it expires: give it five to fifteen minutes, one "
	       "audience, and an asymmetric key whose public half the services hold.",
	.action = "Look at a token you have",
	.screen = "token",
};

static const struct guide_outcome machine_oauth = {
	.id = "oauth2-client",
	.leads_to = "OAuth2 client credentials at the provider you have.",
	.options = {
		{ "OAuth2", "the provider knows your machines and rotates their credentials" },
		{ "API key", "callers the provider does not know" },
		{ "JWT", "what the provider hands out: check issuer, audience, expiry" },
	},
	.why = "A provider that already issues tokens for machines brings registration, rotation and "
	       "a log. A second scheme beside it would have to be revoked separately on the day "
	       "somebody leaves.",
	.action = "Add the provider and check its set-up",
	.screen = "providers",
};

static const struct guide_outcome partner_key = {
	.id = "api-key-partner",
	.leads_to = "API key per partner, with addresses, a limit and an expiry.",
	.options = {
		{ "API key", "their developers start in a minute; you can stop one partner alone" },
		{ "OAuth2", "partners act for your users, or ask for client credentials" },
		{ "JWT", "signed by the partner: you hold their public key, no secret travels" },
	},
	.why = "You don't run the other end, so expect the key in a wiki and a log. Addresses keep a "
	       "leaked one from working elsewhere, a limit keeps a bug from taking you down, and an "
	       "expiry makes both sides practise rotating: the older secret stays valid for a grace.",
	.action = "Create a key for a partner: 100/min, expires in 365d",
	.screen = "keys", .operation = "key.create",
	.preset = (const char *const[]){ "limit", "100/min", "expires", "365d", NULL },
};

static const struct guide_outcome job_key = {
	.id = "api-key-job",
	.leads_to = "The CI system's own identity token, else a short-lived API key.",
	.options = {
		{ "JWT", "the CI system issues one a run (OIDC): nothing is stored at all" },
		{ "API key", "it does not, or the script runs elsewhere: 30 days, few scopes" },
		{ "OAuth2", "client credentials, where your provider asks for them" },
	},
	.why = "Build logs, caches and forks leak what a job knows. A token made for one run is dead "
	       "when somebody finds it. A stored key wants a short life, the fewest scopes, and its "
	       "place among the CI system's secrets: never in the repository.",
	.action = "Create a key for a job: expires in 30d",
	.screen = "keys", .operation = "key.create",
	.preset = (const char *const[]){ "expires", "30d", NULL },
};

static const struct guide_outcome thing_key = {
	.id = "api-key-device",
	.leads_to = "API key per device; OAuth2 device flow once a person signs in on it.",
	.options = {
		{ "API key", "one a device, so that a stolen one is revoked alone" },
		{ "OAuth2", "device flow: the device acts for a person" },
		{ "JWT", "the device holds a private key in hardware and signs for itself" },
	},
	.why = "Who holds the device can read what is in it. So no two may share a secret, each may do "
	       "only its own task, and the key's usage tells when one calls from a place or at a rate "
	       "it never did.",
	.action = "Create a key for a device: 60/min",
	.screen = "keys", .operation = "key.create",
	.preset = (const char *const[]){ "limit", "60/min", NULL },
};

static const struct guide_outcome public_client = {
	.id = "own-backend",
	.leads_to = "No key in the app: your own backend holds it.",
	.options = {
		{ "session", "the app talks to your backend; the backend holds the API key" },
		{ "OAuth2", "authorization code with PKCE, once people sign in" },
		{ "API key", "only as an identifier with a tight limit: treat it as published" },
	},
	.why = "Whatever ships in a page or an app package can be read by everyone who has it. A key "
	       "there is public, however it is hidden; rotating it breaks every installed copy. The "
	       "backend can hold a key, check who asks, and be changed within the hour.",
	.action = "Create a key for your backend: expires in 90d",
	.screen = "keys", .operation = "key.create",
	.preset = (const char *const[]){ "expires", "90d", NULL },
};

/* --- questions, last ones first --------------------------------------------------------------- */

static const struct guide_question how_checked = {
	.id = "check",
	.text = "How is the credential checked?",
	.answers = {
		{ .id = "lookup", .text = "At one place, and a leaked one must stop at once",
		  .brief = "must stop at once", .outcome = &server_key },
		{ .id = "alone", .text = "By many services, each alone, without asking",
		  .brief = "checked alone", .outcome = &server_jwt },
		{ .id = "provider", .text = "By a provider that already knows our machines",
		  .brief = "provider in place", .outcome = &machine_oauth },
	},
};

static const struct guide_question who_calls = {
	.id = "caller",
	.text = "Who calls?",
	.answers = {
		{ .id = "servers", .text = "Servers you run yourself, in your network",
		  .brief = "own servers", .next = &how_checked, .outcome = &server_key },
		{ .id = "partners", .text = "Servers of a partner or customer",
		  .brief = "partner", .outcome = &partner_key },
		{ .id = "job", .text = "A script or CI job", .brief = "script or CI",
		  .outcome = &job_key },
		{ .id = "device", .text = "A device or command line with no browser",
		  .brief = "device", .outcome = &thing_key },
		{ .id = "app", .text = "A browser or mobile app  (a key there is public: see why)",
		  .brief = "browser or app", .outcome = &public_client },
	},
};

static const struct guide_question where_person = {
	.id = "person",
	.text = "Where does the person use it?",
	.answers = {
		{ .id = "app", .text = "In an app that reaches data kept somewhere else",
		  .brief = "app of others' data", .outcome = &oauth_code },
		{ .id = "device", .text = "On a device or command line with no browser",
		  .brief = "no browser", .outcome = &oauth_device },
		{ .id = "own", .text = "On your own site, over your own data",
		  .brief = "own site", .outcome = &session_token },
	},
};

static const struct guide_question acts_for_person = {
	.id = "user-data",
	.text = "Does the caller act for a person who signs in?",
	.answers = {
		{ .id = "no", .text = "No: it acts for itself", .brief = "no person",
		  .next = &who_calls },
		{ .id = "yes", .text = "Yes: it reads or changes a person's data",
		  .brief = "for a person", .next = &where_person },
	},
};

const struct guide_question guide_root = {
	.id = "public",
	.text = "Is the data public, and does it cost nothing to serve?",
	.answers = {
		{ .id = "no", .text = "No", .brief = "not public", .next = &acts_for_person },
		{ .id = "yes", .text = "Yes", .brief = "public", .outcome = &none_needed },
	},
};

const struct guide_answer *guide_answer(const struct guide_question *q, const char *id)
{
	for (size_t i = 0; i < GUIDE_ANSWERS && q->answers[i].id; i++) {
		const char number[] = { (char)('1' + i), '\0' };

		if (!strcmp(q->answers[i].id, id) || !strcmp(number, id))
			return &q->answers[i];
	}
	return NULL;
}

size_t guide_depth(const struct guide_question *q)
{
	size_t most = 0;

	for (size_t i = 0; i < GUIDE_ANSWERS && q->answers[i].id; i++) {
		size_t depth = q->answers[i].next ? guide_depth(q->answers[i].next) : 0;

		if (depth > most)
			most = depth;
	}
	return 1 + most;
}
