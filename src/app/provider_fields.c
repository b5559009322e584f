/* The fields of a provider: read from options, settled where nothing was said, and held against each
 * other. */
#include "src/app/provider_fields.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/app/key_fields.h"
#include "src/app/provider_use.h"
#include "src/app/rules.h"
#include "src/app/session.h"
#include "src/base/alloc.h"
#include "src/base/file.h"
#include "src/base/http.h"
#include "src/oauth/metadata.h"
#include "src/oauth/preset.h"
#include "src/token/jose_key.h"

enum { SCOPE_MAX = 8 * 1024, ENDPOINTS_MAX = 16 * 1024 };

/* In the order of the vendors' table. */
const char *const provider_presets[] = {
	"generic",  "github",	 "gitlab", "google",  "entra",	"okta",	      "auth0",
	"keycloak", "authentik", "dex",	   "zitadel", "hydra",	"logto",      "pingone",
	"twitch",   "asgardeo",	 "wso2",   "spring",  "oracle", "salesforce", "aws-identity-center",
	"cognito",  NULL,
};

void provider_input_init(struct provider_input *in)
{
	*in = (struct provider_input){ .secret = SECRET_INIT, .key = SECRET_INIT };
	provider_init(&in->row);
}

void provider_input_release(struct provider_input *in)
{
	provider_release(&in->row);
	secret_release(&in->secret);
	secret_release(&in->key);
}

/* "device-authorization-endpoint" of "device_authorization_endpoint". */
static void option_name(char out[64], enum oauth_endpoint n)
{
	snprintf(out, 64, "%s", oauth_endpoint_member(n));
	for (char *at = out; *at; at++)
		if (*at == '_')
			*at = '-';
}

bool provider_fields_given(const struct op_args *a)
{
	static const struct arg fields[] = { PROVIDER_FIELD_ARGS(0) };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (op_has(a, fields[i].name))
			return true;
	return false;
}

/* --- texts ------------------------------------------------------------------------------------- */

static enum errc text_refuse(const char *name, const char *what, struct err *e)
{
	err_set(e, ERR_USAGE, "--%s has %s", name, what);
	return err_hint(e, "copy it again, without line ends and blanks around it");
}

/* Without control characters and blanks around: what a paste brings along breaks it unseen. */
static enum errc text_check(const char *name, const char *text, struct err *e)
{
	size_t len = strlen(text);

	for (const char *at = text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return text_refuse(name, "control characters in it", e);
	if (len && (*text == ' ' || text[len - 1] == ' '))
		return text_refuse(name, "a blank before or behind it", e);
	return ERR_OK;
}

static enum errc texts_apply(const struct op_args *a, struct provider *p, struct err *e)
{
	const struct {
		const char *option;
		char **field;
	} texts[] = {
		{ "issuer", &p->issuer },
		{ "client-id", &p->client_id },
		{ "audience", &p->audience },
	};
	enum errc rc = ERR_OK;

	for (size_t i = 0; !rc && i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!op_has(a, texts[i].option))
			continue;
		rc = text_check(texts[i].option, op_text(a, texts[i].option), e);
		if (!rc)
			key_text_set(texts[i].field, op_text(a, texts[i].option));
	}
	if (!rc && op_has(a, "issuer") && *p->issuer)
		rc = oauth_issuer_check(p->issuer, e);
	return rc;
}

/* RFC 6749 §3.3: NQCHAR. */
static enum errc scope_check(const char *scope, struct err *e)
{
	for (const char *at = scope; *at; at++) {
		if (*at > ' ' && *at < 0x7f && *at != '"' && *at != '\\')
			continue;
		err_set(e, ERR_USAGE, "scope \"%s\" has a character that no scope may have", scope);
		return err_hint(e, "letters, digits and signs, but no quotes and backslashes");
	}
	return ERR_OK;
}

enum errc provider_scope(char **out, const struct op_args *a, struct err *e)
{
	struct buf all = BUF_INIT(SCOPE_MAX);
	enum errc rc = ERR_OK;

	for (size_t i = 0; !rc && i < op_count(a, "scope"); i++) {
		char **items;
		size_t count = texts_split(&items, op_nth(a, "scope", i));

		for (size_t n = 0; !rc && n < count; n++) {
			rc = scope_check(items[n], e);
			buf_addf(&all, "%s%s", all.len ? " " : "", items[n]);
		}
		free(items);
	}
	buf_add_text(&all, "");
	if (!rc && all.full)
		rc = err_set(e, ERR_USAGE, "the scopes are longer than %d bytes", SCOPE_MAX);
	*out = buf_take(&all);
	return rc;
}

static enum errc scope_apply(const struct op_args *a, struct provider *p, struct err *e)
{
	char *scope = NULL;
	enum errc rc;

	if (!op_has(a, "scope"))
		return ERR_OK;
	rc = provider_scope(&scope, a, e);
	if (!rc)
		key_text_set(&p->scope, scope);
	free(scope);
	return rc;
}

/* The whole path: the provider is used from other folders, too. */
static enum errc ca_file_apply(const struct op_args *a, struct provider *p, struct err *e)
{
	const char *given = op_text(a, "ca-file");
	char *path;

	if (!given)
		return ERR_OK;
	if (!*given) {
		key_text_set(&p->ca_file, "");
		return ERR_OK;
	}
	path = realpath(given, NULL);
	if (!path || access(path, R_OK)) {
		free(path);
		return err_errno(e, errno == EACCES ? ERR_PERMISSION : ERR_USAGE,
				 "cannot read \"%s\"", given);
	}
	key_text_set(&p->ca_file, path);
	free(path);
	return ERR_OK;
}

static enum errc endpoint_apply(const struct op_args *a, enum oauth_endpoint n,
				struct json *endpoints, struct err *e)
{
	const char *url;
	char option[64];
	enum errc rc;

	option_name(option, n);
	if (!op_has(a, option))
		return ERR_OK;
	url = op_text(a, option);
	json_remove(endpoints, oauth_endpoint_member(n));
	if (!*url)
		return ERR_OK;
	rc = http_url_check(url, e);
	if (!rc)
		json_set_text(endpoints, oauth_endpoint_member(n), url);
	return rc;
}

static enum errc endpoints_apply(const struct op_args *a, struct provider *p, struct err *e)
{
	struct buf text = BUF_INIT(ENDPOINTS_MAX);
	struct json *endpoints = provider_explicit(p);
	enum errc rc = ERR_OK;

	for (unsigned n = 0; !rc && n < OAUTH_ENDPOINTS; n++)
		rc = endpoint_apply(a, (enum oauth_endpoint)n, endpoints, e);
	json_write_canonical(&text, endpoints);
	if (!rc && text.full)
		rc = err_set(e, ERR_USAGE, "the endpoints are longer than %d bytes", ENDPOINTS_MAX);
	if (!rc)
		key_text_set(&p->endpoints, buf_text(&text));
	json_free(endpoints);
	buf_release(&text);
	return rc;
}

/* --- secrets ----------------------------------------------------------------------------------- */

static enum errc secret_apply(const struct op_args *a, struct provider_input *in, struct err *e)
{
	const char *file = op_text(a, "client-secret-file");
	const struct secret *given = op_secret(a, "client-secret");
	enum errc rc = ERR_OK;

	if (file && given) {
		err_set(e, ERR_USAGE, "the client secret is given twice");
		return err_hint(e, "give --client-secret or --client-secret-file");
	}
	if (!file && !given)
		return ERR_OK;
	if (given)
		secret_copy(&in->secret, given);
	else if (strcmp(file, "-") == 0)
		rc = secret_read_stdin(&in->secret, CLIENT_SECRET_MAX, "client secret: ", e);
	else
		rc = secret_read_file(&in->secret, file, CLIENT_SECRET_MAX, e);
	if (rc)
		return rc;
	secret_chomp(&in->secret);
	in->has_secret = true;
	if (in->secret.len)
		return ERR_OK;
	err_set(e, ERR_USAGE, "the client secret is empty");
	return err_hint(e, "a public client has none: --auth-method none");
}

static const struct jose_key *private_of(const struct key_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->keys[i].is_private && !(set->keys[i].faults & (unsigned)KEY_FATAL))
			return &set->keys[i];
	return NULL;
}

static enum errc key_apply(const struct op_args *a, struct provider_input *in, struct err *e)
{
	const char *file = op_text(a, "client-key-file");
	struct key_set set;
	enum errc rc;

	if (!file)
		return ERR_OK;
	key_set_init(&set);
	rc = secret_read_file(&in->key, file, CLIENT_KEY_MAX, e);
	if (!rc)
		rc = key_set_add_any(&set, secret_reveal(&in->key), in->key.len, file, e);
	if (!rc && !private_of(&set)) {
		err_set(e, ERR_USAGE, "\"%s\" holds no private key that can be used", file);
		err_hint(e, "give the private half of the key that is registered there");
		rc = ERR_USAGE;
	}
	in->has_key = !rc;
	key_set_release(&set);
	return rc;
}

static enum errc certificate_apply(const struct op_args *a, struct provider *p, struct err *e)
{
	const char *file = op_text(a, "client-certificate-file");
	struct buf text = BUF_INIT(CLIENT_KEY_MAX);
	enum errc rc;

	if (!file)
		return ERR_OK;
	rc = file_read(&text, file, e);
	if (!rc && !strstr(buf_text(&text), "-----BEGIN CERTIFICATE-----")) {
		err_set(e, ERR_USAGE, "\"%s\" holds no certificate", file);
		rc = err_hint(e, "give it as PEM: -----BEGIN CERTIFICATE-----");
	}
	if (!rc && strstr(buf_text(&text), "PRIVATE KEY-----")) {
		err_set(e, ERR_USAGE, "\"%s\" holds a private key, too", file);
		rc = err_hint(e, "give that with --client-key-file, by itself");
	}
	if (!rc)
		key_text_set(&p->certificate, buf_text(&text));
	buf_release(&text);
	return rc;
}

static enum errc secrets_apply(const struct op_args *a, struct provider_input *in, struct err *e)
{
	enum errc rc = secret_apply(a, in, e);

	if (!rc)
		rc = key_apply(a, in, e);
	if (!rc)
		rc = certificate_apply(a, &in->row, e);
	if (!rc && op_flag(a, "clear-secret") && !in->has_secret)
		in->has_secret = true;
	if (!rc && op_flag(a, "clear-key") && !in->has_key) {
		in->has_key = true;
		key_text_set(&in->row.certificate, "");
	}
	return rc;
}

/* --- what follows from it ------------------------------------------------------------------------ */

static bool keeps_secret(const struct provider_input *in)
{
	return in->has_secret ? in->secret.len > 0 : in->row.has_secret;
}

static bool keeps_key(const struct provider_input *in)
{
	return in->has_key ? in->key.len > 0 : in->row.has_key;
}

static bool uses_secret(enum oauth_auth method)
{
	return method == OAUTH_AUTH_BASIC || method == OAUTH_AUTH_POST ||
	       method == OAUTH_AUTH_SECRET_JWT;
}

/* The vendor: as said, else as the issuer tells. */
static void preset_apply(const struct op_call *c, struct provider *p)
{
	const char *given = op_text(c->args, "preset");
	const struct oauth_preset *guess;

	if (given) {
		key_text_set(&p->preset, strcmp(given, "generic") == 0 ? "" : given);
		return;
	}
	if (p->row || !*p->issuer)
		return;
	guess = oauth_preset_guess(p->issuer);
	key_text_set(&p->preset, guess->name);
	if (*guess->name)
		call_note(c, "this is %s: its preset \"%s\" is used; --preset generic would not",
			  guess->title, guess->name);
}

/* What a new provider takes over from the vendor's record. */
static enum errc defaults_apply(const struct op_call *c, const struct oauth_preset *preset,
				struct provider *p, struct err *e)
{
	if (p->row)
		return ERR_OK;
	if (!*p->issuer && preset->issuer && strchr(preset->issuer, '{')) {
		err_set(e, ERR_USAGE, "%s needs --issuer", preset->title);
		return err_hint(e, "such as %s, with yours for what stands in braces",
				preset->issuer);
	}
	if (!*p->issuer && preset->issuer)
		key_text_set(&p->issuer, preset->issuer);
	if (!op_has(c->args, "scope") && preset->scope)
		key_text_set(&p->scope, preset->scope);
	if (preset->note)
		call_note(c, "%s", preset->note);
	if (preset->refused)
		call_note(c, "%s", preset->refused);
	return ERR_OK;
}

static enum oauth_auth method_settle(const struct provider_input *in,
				     const struct oauth_preset *preset, enum oauth_auth method)
{
	bool secret = keeps_secret(in);

	if (*in->row.certificate && keeps_key(in))
		return OAUTH_AUTH_TLS;
	if (keeps_key(in))
		return OAUTH_AUTH_KEY_JWT;
	if (secret && !uses_secret(method))
		return uses_secret(preset->auth) ? preset->auth : OAUTH_AUTH_BASIC;
	if (!secret && uses_secret(method) && !preset->secret_required)
		return OAUTH_AUTH_NONE;
	return method;
}

/* Without --auth-method: the vendor's usual one, as far as it goes with what is given. */
static void method_apply(const struct op_args *a, const struct oauth_preset *preset,
			 struct provider_input *in)
{
	enum oauth_auth method = preset->auth;
	struct provider *p = &in->row;

	if (op_has(a, "auth-method")) {
		key_text_set(&p->auth_method, op_text(a, "auth-method"));
		return;
	}
	if (p->row && !in->has_secret && !in->has_key)
		return;
	if (p->row)
		oauth_auth_parse(&method, p->auth_method);
	key_text_set(&p->auth_method, oauth_auth_name(method_settle(in, preset, method)));
}

static enum errc method_check(const struct provider_input *in, struct err *e)
{
	enum oauth_auth method = OAUTH_AUTH_NONE;

	oauth_auth_parse(&method, in->row.auth_method);
	if (uses_secret(method) && !keeps_secret(in)) {
		err_set(e, ERR_USAGE, "%s needs the client secret", in->row.auth_method);
		return err_hint(e, "give --client-secret-file F, or - for standard input; a public "
				   "client: --auth-method none");
	}
	if (!uses_secret(method) && keeps_secret(in)) {
		err_set(e, ERR_USAGE, "%s makes no use of a client secret", in->row.auth_method);
		return err_hint(e, "take --auth-method client_secret_basic, or leave the secret "
				   "out (edit: --clear-secret)");
	}
	if ((method == OAUTH_AUTH_KEY_JWT || method == OAUTH_AUTH_TLS) && !keeps_key(in)) {
		err_set(e, ERR_USAGE, "%s needs the client's private key", in->row.auth_method);
		return err_hint(e, "give --client-key-file");
	}
	if (method == OAUTH_AUTH_TLS && !*in->row.certificate) {
		err_set(e, ERR_USAGE, "tls_client_auth needs the client's certificate");
		return err_hint(e, "give --client-certificate-file");
	}
	return ERR_OK;
}

/* Does the certificate belong to the key? Only of new ones: both are at hand then. */
static enum errc pair_check(const struct provider_input *in, struct err *e)
{
	char of_key[THUMBPRINT_SIZE], of_certificate[THUMBPRINT_SIZE];
	const char *certificate = in->row.certificate;
	struct key_set keys, certificates;
	enum errc rc;

	if (!in->has_key || !in->key.len || !*certificate)
		return ERR_OK;
	key_set_init(&keys);
	key_set_init(&certificates);
	rc = key_set_add_any(&keys, secret_reveal(&in->key), in->key.len, "client key", e);
	if (!rc)
		rc = key_set_add_pem(&certificates, certificate, strlen(certificate),
				     "client certificate", e);
	if (!rc && certificates.count) {
		jose_key_thumbprint(private_of(&keys), of_key);
		jose_key_thumbprint(&certificates.keys[0], of_certificate);
		if (strcmp(of_key, of_certificate) != 0) {
			err_set(e, ERR_USAGE, "the certificate is of another key");
			rc = err_hint(e, "give key and certificate that belong together");
		}
	}
	key_set_release(&keys);
	key_set_release(&certificates);
	return rc;
}

/* Is there a way to the two endpoints of the flow? */
static enum errc endpoints_check(const struct provider *p, struct err *e)
{
	struct oauth_provider o;
	bool known;

	oauth_provider_init(&o);
	provider_to_oauth(&o, p);
	oauth_preset_apply(&o);
	known = (o.endpoints[OAUTH_DEVICE] && o.endpoints[OAUTH_TOKEN]) ||
		provider_discoverable(&o);
	oauth_provider_release(&o);
	if (known)
		return ERR_OK;
	err_set(e, ERR_USAGE, "nothing says where the provider is");
	return err_hint(e, "give --issuer or a --preset; else --device-authorization-endpoint and "
			   "--token-endpoint");
}

static enum errc whole_check(const struct provider_input *in, struct err *e)
{
	enum errc rc = method_check(in, e);

	if (!*in->row.client_id) {
		err_set(e, ERR_USAGE, "the client id is missing");
		return err_hint(e, "give --client-id, as the provider registered it");
	}
	if (!rc)
		rc = pair_check(in, e);
	return rc ? rc : endpoints_check(&in->row, e);
}

enum errc provider_fields_apply(const struct op_call *c, struct provider_input *in, struct err *e)
{
	const struct oauth_preset *preset;
	struct provider *p = &in->row;
	enum errc rc = texts_apply(c->args, p, e);

	if (!rc)
		rc = scope_apply(c->args, p, e);
	if (!rc)
		rc = ca_file_apply(c->args, p, e);
	if (!rc)
		rc = endpoints_apply(c->args, p, e);
	if (!rc)
		rc = secrets_apply(c->args, in, e);
	if (rc)
		return rc;
	preset_apply(c, p);
	preset = provider_preset(p);
	rc = defaults_apply(c, preset, p, e);
	if (rc)
		return rc;
	method_apply(c->args, preset, in);
	return whole_check(in, e);
}
