/* key.snippet: what to paste where a key is used, checked or looked for. It never has the secret, which
 * nobody but its holder has. */
#include <ctype.h>
#include <string.h>

#include "src/app/key_pick.h"
#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/base/buf.h"

#define SOCKET "/run/authrack/serve.sock"
#define RECIPES "share/doc/authrack/recipes"

enum { SNIPPET_MAX = 64 << 10, VARIABLE_SIZE = 48 };

/* What the lines are made of. */
struct subject {
	const struct key *key;
	const char *url;
	char variable[VARIABLE_SIZE]; /* "BILLING_SYNC_KEY" */
	char file[VARIABLE_SIZE];     /* "billing_sync_key" */
	bool foreign;		      /* its secret was imported: of no form that is known */
};

/* --- curl ---------------------------------------------------------------------------------- */
/* What a process was started with is there for everybody to read (/proc/PID/cmdline), so the secret is
 * in no program's arguments: printf is the shell's own. */
static void add_curl(struct buf *out, const struct subject *s)
{
	buf_addf(out,
		 "# The secret is in a file of mode 0600 (key create --out-file F) and goes to\n"
		 "# curl on standard input: -H \"X-API-Key: $KEY\" would show it to everybody who\n"
		 "# lists processes. Leave -L out: curl would hand X-API-Key on to whatever host\n"
		 "# an answer points to.\n"
		 "printf 'X-API-Key: %%s\\n' \"$(cat ~/.config/%s)\" | curl -sS -H @- ",
		 s->file);
	op_add_word(out, s->url);
	buf_addf(out,
		 "\n"
		 "# From an environment variable, which every child process inherits:\n"
		 "printf 'X-API-Key: %%s\\n' \"$%s\" | curl -sS -H @- ",
		 s->variable);
	op_add_word(out, s->url);
	buf_add_char(out, '\n');
}

/* --- who asks authrack ----------------------------------------------------------------------- */
/* Lines for a proxy or an app: where they go, and with the key's scopes in the place of @SCOPES@. */
static void add_asking(struct buf *out, const struct subject *s, const char *where,
		       const char *lines)
{
	static const char hole[] = "@SCOPES@";
	const char *at = strstr(lines, hole);

	buf_add_text(out, where);
	if (s->key->scopes[0])
		buf_add_text(out, "# Of the scopes keep those that this place needs: a key must "
				  "have all of them.\n");
	else
		buf_add_text(out, "# The key has no scopes: any good key passes here.\n");
	buf_add(out, lines, (size_t)(at - lines));
	buf_addf(out, "%s%s", s->key->scopes, at + strlen(hole));
}

static void add_nginx(struct buf *out, const struct subject *s)
{
	add_asking(out, s,
		   "# Into the server {} of " RECIPES "/nginx.conf, whose auth_request asks\n"
		   "# before every location.\n",
		   "location / {\n"
		   "\tset $authrack_scope \"@SCOPES@\";\n"
		   "\tproxy_pass http://api;\n"
		   "}\n");
}

static void add_caddy(struct buf *out, const struct subject *s)
{
	add_asking(out, s,
		   "# Into the site of " RECIPES "/Caddyfile,\n"
		   "# which has the snippet \"authrack\".\n",
		   "route {\n"
		   "\timport authrack \"@SCOPES@\"\n"
		   "\treverse_proxy 127.0.0.1:9000\n"
		   "}\n");
}

static void add_haproxy(struct buf *out, const struct subject *s)
{
	add_asking(out, s,
		   "# Into the frontend of " RECIPES "/haproxy.cfg,\n"
		   "# which loads authrack.lua.\n",
		   "http-request set-var(txn.authrack_scope) str(\"@SCOPES@\")\n"
		   "http-request lua.authrack\n");
}

static const char fastapi_text[] =
	"import httpx\n"
	"from fastapi import Header, HTTPException, Request\n"
	"\n"
	"authrack = httpx.AsyncClient(\n"
	"    base_url=\"http://authrack\", timeout=2,\n"
	"    transport=httpx.AsyncHTTPTransport(uds=\"" SOCKET "\"))\n"
	"\n"
	"\n"
	"async def caller(request: Request, x_api_key: str = Header(\"\")) -> dict:\n"
	"    asked = {\"X-API-Key\": x_api_key.encode(\"latin-1\"),\n"
	"             \"X-Authrack-Scope\": \"@SCOPES@\",\n"
	"             \"X-Forwarded-For\": request.client.host}\n"
	"    try:\n"
	"        answer = await authrack.get(\"/v1/verify\", headers=asked)\n"
	"    except httpx.HTTPError as trouble:\n"
	"        raise HTTPException(503, \"keys can't be checked just now\") from trouble\n"
	"    if answer.status_code != 200:\n"
	"        told = {n: v for n, v in answer.headers.items() if n == \"retry-after\"}\n"
	"        raise HTTPException(answer.status_code, \"invalid key\", headers=told)\n"
	"    return answer.json()  # id name owner tier scopes meta\n";

static void add_fastapi(struct buf *out, const struct subject *s)
{
	add_asking(out, s, "# who: dict = Depends(caller)\n", fastapi_text);
}

/* --- secret scanning ------------------------------------------------------------------------- */
#define PATTERN_TAIL "_[0-9a-hjkmnp-tv-z]{12}_[0-9A-Za-z]{38}"
/* Of our form and, but for one prefix in four thousand million, with a wrong checksum: nobody's key. */
#define EXAMPLE_TAIL "_0123456789ab_ThisIsAnExampleAndNobodysKey0000000000"
#define TOO_SHORT_TAIL "_0123456789ab_ThisIsTooShort"

_Static_assert(sizeof(EXAMPLE_TAIL) - 1 == 1 + (SECRET_ID_SIZE - 1) + 1 + SECRET_TAIL,
	       "the example has the form of a secret");

static const char before_secret[] = "\\A|[^0-9A-Za-z]", after_secret[] = "\\z|[^0-9A-Za-z]";

static void add_github(struct buf *out, const struct subject *s)
{
	const char *prefix = s->key->prefix;

	buf_addf(out,
		 "# Settings, Code security, Secret scanning, Custom patterns, New pattern.\n"
		 "# Finds the secrets of every key with the prefix \"%s\".\n",
		 prefix);
	if (s->foreign)
		buf_add_text(
			out,
			"# The secret that it has now was imported, its form is not known here.\n"
			"# The next one (key rotate) is found.\n");
	buf_addf(out,
		 "Pattern name:        authrack key (%s)\n"
		 "Secret format:       %s" PATTERN_TAIL "\n"
		 "Before secret:       %s\n"
		 "After secret:        %s\n"
		 "Test string:         %s" EXAMPLE_TAIL "\n"
		 "Must not match:      %s" TOO_SHORT_TAIL "\n",
		 prefix, prefix, before_secret, after_secret, prefix, prefix);
}

static struct json *pattern_json(const struct subject *s)
{
	struct json *pattern = json_object_new(), *matching = json_array_new(),
		    *others = json_array_new();
	struct buf text = BUF_INIT(SNIPPET_MAX);

	buf_addf(&text, "%s" PATTERN_TAIL, s->key->prefix);
	json_set_text(pattern, "secret", buf_text(&text));
	json_set_text(pattern, "before", before_secret);
	json_set_text(pattern, "after", after_secret);
	buf_clear(&text);
	buf_addf(&text, "%s" EXAMPLE_TAIL, s->key->prefix);
	json_add(matching, json_text(buf_text(&text)));
	buf_clear(&text);
	buf_addf(&text, "%s" TOO_SHORT_TAIL, s->key->prefix);
	json_add(others, json_text(buf_text(&text)));
	json_set(pattern, "matches", matching);
	json_set(pattern, "differs", others);
	json_set_bool(pattern, "finds_current", !s->foreign);
	buf_release(&text);
	return pattern;
}

/* --- the operation --------------------------------------------------------------------------- */
enum place { CURL, NGINX, CADDY, HAPROXY, FASTAPI, GITHUB, PLACES };

static const char *const places[] = {
	[CURL] = "curl",       [NGINX] = "nginx",   [CADDY] = "caddy", [HAPROXY] = "haproxy",
	[FASTAPI] = "fastapi", [GITHUB] = "github", [PLACES] = NULL,
};

static const struct {
	const char *title;
	void (*add)(struct buf *out, const struct subject *s);
} snippets[PLACES] = {
	[CURL] = { "curl: calls the API", add_curl },
	[NGINX] = { "nginx: asks before the API", add_nginx },
	[CADDY] = { "Caddy: asks before the API", add_caddy },
	[HAPROXY] = { "HAProxy: asks before the API", add_haproxy },
	[FASTAPI] = { "FastAPI: asks in the app", add_fastapi },
	[GITHUB] = { "GitHub secret scanning: finds leaked keys", add_github },
};

static const struct arg snippet_args[] = {
	{ .name = "key",
	  .type = ARG_KEY,
	  .flags = ARG_REQUIRED | ARG_POSITIONAL,
	  .help = "id or name" },
	{ .name = "for",
	  .letter = 'f',
	  .type = ARG_CHOICE,
	  .flags = ARG_REPEATED,
	  .choices = places,
	  .value = "PLACE",
	  .help = "where they are to be pasted; all where not given" },
	{ .name = "url",
	  .type = ARG_TEXT,
	  .fallback = "https://api.example.com/",
	  .value = "URL",
	  .label = "URL of the API",
	  .help = "the API that takes the key" },
	{ .name = NULL },
};

static const struct op_column snippet_columns[] = {
	{ "id", NULL, COLUMN_TEXT, "the key's id" },
	{ "name", NULL, COLUMN_TEXT, "its name" },
	{ "snippets", NULL, COLUMN_LIST,
	  "the lines, by place: curl nginx caddy haproxy fastapi github" },
	{ "pattern", NULL, COLUMN_LIST,
	  "what finds secrets with its prefix: secret before after matches differs "
	  "finds_current" },
	{ .name = NULL },
};

static enum errc url_check(const char *url, struct err *e)
{
	size_t scheme = strncmp(url, "https://", 8) == 0 ? 8 : 7;

	if (scheme == 8 || strncmp(url, "http://", 7) == 0)
		for (const char *at = url + scheme; *at > ' ' && *at < 0x7f; at++)
			if (!at[1])
				return ERR_OK;
	err_set(e, ERR_USAGE, "\"%.100s\" is no URL of an API", url);
	return err_hint(e, "give one as https://api.example.com/orders");
}

static void words_make(struct subject *s, const char *name)
{
	size_t len = 0;

	for (; *name && len + sizeof("_KEY") < VARIABLE_SIZE; name++)
		if (isascii((unsigned char)*name) && isalnum((unsigned char)*name))
			s->variable[len++] = (char)toupper((unsigned char)*name);
		else if (len && s->variable[len - 1] != '_')
			s->variable[len++] = '_';
	while (len && s->variable[len - 1] == '_')
		len--;
	if (!len || isdigit((unsigned char)s->variable[0]))
		len = (size_t)snprintf(s->variable, VARIABLE_SIZE, "API");
	snprintf(s->variable + len, VARIABLE_SIZE - len, "_KEY");
	for (size_t i = 0; i < VARIABLE_SIZE; i++)
		s->file[i] = (char)tolower((unsigned char)s->variable[i]);
}

static bool wanted(const struct op_args *a, const char *name)
{
	size_t count = op_count(a, "for");

	for (size_t i = 0; i < count; i++)
		if (strcmp(op_nth(a, "for", i), name) == 0)
			return true;
	return count == 0;
}

/* One place's lines alone; those of several under a title each. */
static enum errc snippets_tell(const struct op_call *c, const struct subject *s, struct err *e)
{
	struct json *record = json_object_new(), *texts = json_object_new();
	struct buf all = BUF_INIT(PLACES * SNIPPET_MAX), one = BUF_INIT(SNIPPET_MAX);
	enum errc rc;

	for (size_t i = 0; i < PLACES; i++) {
		if (!wanted(c->args, places[i]))
			continue;
		buf_clear(&one);
		snippets[i].add(&one, s);
		json_set_text(texts, places[i], buf_text(&one));
		if (op_count(c->args, "for") != 1)
			buf_addf(&all, "%s# --- %s ---\n", all.len ? "\n" : "", snippets[i].title);
		buf_add(&all, buf_text(&one), one.len);
	}
	json_set_text(record, "id", s->key->id);
	json_set_text(record, "name", s->key->name);
	json_set(record, "snippets", texts);
	json_set(record, "pattern", pattern_json(s));
	rc = call_text(c, buf_text(&all), all.len, e);
	if (!rc)
		rc = call_record(c, record, e);
	json_free(record);
	buf_release(&one);
	buf_release(&all);
	return rc;
}

static enum errc foreign_find(struct store *s, const struct key *k, bool *foreign, struct err *e)
{
	struct key_version *versions = NULL;
	size_t count = 0;
	enum errc rc = versions_of(s, k->row, &versions, &count, e);

	for (size_t i = 0; !rc && i < count; i++)
		if (versions[i].number == k->version)
			*foreign = versions[i].kind == VERSION_FOREIGN;
	free(versions);
	return rc;
}

static enum errc snippet_run(const struct op_call *c, struct err *e)
{
	struct store *store = app_store(c->app);
	struct subject s = { .url = op_text(c->args, "url") };
	struct key k;
	enum errc rc = url_check(s.url, e);

	key_init(&k);
	if (!rc)
		rc = key_pick(store, op_text(c->args, "key"), &k, e);
	if (!rc)
		rc = key_intact(&k, e);
	if (!rc)
		rc = foreign_find(store, &k, &s.foreign, e);
	if (!rc) {
		s.key = &k;
		words_make(&s, k.name);
		if (key_state(&k, app_now(c->app)) != KEY_STATE_ACTIVE)
			call_note(c, "the key is %s: no call with it passes",
				  key_state_name(key_state(&k, app_now(c->app))));
		rc = snippets_tell(c, &s, e);
	}
	key_release(&k);
	return rc;
}

const struct op op_key_snippet = {
	.id = "key.snippet",
	.summary = "print the lines to paste for a key: curl, proxies, apps, scanners",
	.detail = "For who calls the API (curl), for what stands before it and asks authrack serve "
		  "(nginx, Caddy, HAProxy), for the app that asks by itself (FastAPI), and the "
		  "pattern by which GitHub's secret scanning finds keys with its prefix. There is "
		  "never a secret in it.",
	.example = "authrack key snippet billing-sync --for curl --url "
		   "https://api.example.com/orders\n"
		   "authrack key snippet billing-sync --for github\n",
	.args = snippet_args,
	.columns = snippet_columns,
	.flags = OP_TEXT,
	.run = snippet_run,
};
