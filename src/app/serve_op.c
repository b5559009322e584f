/* serve: what the service takes on its command line. It is a front end of its own, which main.c brings. */
#include "src/app/ops.h"
#include "src/app/session.h"

static const struct arg serve_args[] = {
	{ .name = "listen",
	  .letter = 'l',
	  .type = ARG_TEXT,
	  .flags = ARG_REPEATED,
	  .value = "ADDRESS",
	  .help = "HOST:PORT or unix:PATH; 127.0.0.1:8420 where none is given, nor by systemd" },
	{ .name = "listen-mode",
	  .type = ARG_TEXT,
	  .value = "MODE",
	  .fallback = "0660",
	  .help = "who may connect to the Unix socket, in octal digits" },
	{ .name = "listen-group",
	  .type = ARG_TEXT,
	  .value = "GROUP",
	  .help = "group of the Unix socket: the proxy's" },
	{ .name = "threads",
	  .letter = 't',
	  .type = ARG_INTEGER,
	  .value = "N",
	  .help = "threads that answer; as many as cores where not given" },
	{ .name = "explain", .type = ARG_FLAG, .help = "tell callers why a key was refused" },
	{ .name = "caller-token-file",
	  .type = ARG_FILE,
	  .value = "FILE",
	  .help = "tokens, one a line, of which callers send one as X-Authrack-Caller" },
	{ .name = "trusted-proxy",
	  .type = ARG_TEXT,
	  .flags = ARG_REPEATED,
	  .value = "RANGE",
	  .help = "whose X-Forwarded-For is believed: an address range, or unix" },
	{ .name = NULL },
};

const struct op op_serve = {
	.id = "serve",
	.summary = "answer \"is this key good?\" for proxies and apps",
	.detail = "Paths: /v1/verify (JSON), /v1/auth (no body, X-Auth-* fields), /v1/auth/nginx "
		  "(for "
		  "auth_request), /v1/auth/envoy/ (for ext_authz), /healthz, /readyz, /metrics. "
		  "The key "
		  "comes as X-API-Key or Authorization: Bearer, the scopes that it needs in "
		  "X-Authrack-Scope or ?scope=. Speaks HTTP, no TLS. Beyond loopback it wants "
		  "--caller-token-file. SIGHUP reads the caller tokens anew; SIGTERM "
		  "ends it "
		  "when all that was asked is answered, and counted.",
	.example = "authrack serve\n"
		   "authrack serve --listen unix:/run/authrack/serve.sock --listen-group www-data "
		   "--trusted-proxy unix\n",
	.args = serve_args,
	.flags = OP_NO_STORE | OP_STAYS,
	.run = app_serve,
};
