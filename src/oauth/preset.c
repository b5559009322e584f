/* Finding a vendor's record, and reading what stands in it. */
#include "src/oauth/preset.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "src/base/alloc.h"

const struct oauth_preset *oauth_preset_find(const char *name)
{
	if (!*name)
		return &oauth_preset_generic;
	for (size_t i = 0; oauth_presets[i]; i++)
		if (strcmp(oauth_presets[i]->name, name) == 0)
			return oauth_presets[i];
	return NULL;
}

/* --- issuers -------------------------------------------------------------------------------------- */

/* How much of the text "{…}" may stand for: a scheme, a host with its port, a part of a path. */
static size_t blank_span(const char *text)
{
	return strcspn(text, "/?#@");
}

/* Does the text look like the pattern? What "{…}" stands for ends before what follows it, at the latest
 * possible place. */
static bool pattern_fits(const char *pattern, const char *text)
{
	size_t span;

	for (; *pattern && *pattern != '{' && *pattern != '*'; pattern++, text++)
		if (tolower((unsigned char)*pattern) != tolower((unsigned char)*text))
			return false;
	if (*pattern == '*')
		return true;
	if (!*pattern)
		return !*text || strcmp(text, "/") == 0;
	pattern += strcspn(pattern, "}") + 1;
	for (span = blank_span(text); span > 0; span--)
		if (pattern_fits(pattern, text + span))
			return true;
	return false;
}

const struct oauth_preset *oauth_preset_guess(const char *issuer)
{
	for (size_t i = 0; oauth_presets[i]; i++) {
		const char *const *pattern = oauth_presets[i]->issuers;

		for (; pattern && *pattern; pattern++)
			if (pattern_fits(*pattern, issuer))
				return oauth_presets[i];
	}
	return &oauth_preset_generic;
}

/* --- endpoints ------------------------------------------------------------------------------------ */

/* What stands for the blank at a template's begin: so much of the issuer. 0: it can't be told. */
static size_t stem_len(const char *template, const char *issuer)
{
	const char *host = strstr(issuer, "://"), *path;
	size_t len = strlen(issuer);

	if (!host)
		return 0;
	path = host + 3 + strcspn(host + 3, "/");
	if (strncmp(template, "{origin}", 8) == 0)
		return (size_t)(path - issuer);
	while (len > (size_t)(path - issuer) && issuer[len - 1] == '/')
		len--;
	if (strncmp(template, "{parent}", 8) == 0)
		while (len > (size_t)(path - issuer) && issuer[len] != '/')
			len--;
	return len;
}

/* NULL where the issuer is not known, or is a template itself. */
static char *template_fill(const char *template, const char *issuer)
{
	size_t len;

	if (*template != '{')
		return x_strdup(template);
	len = strchr(issuer, '{') ? 0 : stem_len(template, issuer);
	return len ? x_asprintf("%.*s%s", (int)len, issuer, strchr(template, '}') + 1) : NULL;
}

void oauth_preset_apply(struct oauth_provider *p)
{
	const struct oauth_preset *preset = p->preset;
	const char *issuer = *p->issuer || !preset->issuer ? p->issuer : preset->issuer;

	for (unsigned n = 0; n < OAUTH_ENDPOINTS; n++)
		if (!p->endpoints[n] && preset->endpoints[n])
			p->endpoints[n] = template_fill(preset->endpoints[n], issuer);
}

/* --- errors --------------------------------------------------------------------------------------- */

const char *oauth_preset_error(const struct oauth_preset *p, const char *error)
{
	for (const struct oauth_alias *a = p->aliases; a && a->error; a++)
		if (strcasecmp(a->error, error) == 0)
			return a->meaning;
	return error;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* As a word of its own, in any case: AADSTS70016 does not stand in AADSTS700160. */
static bool mark_stands_in(const char *mark, const char *text)
{
	size_t len = strlen(mark);

	for (const char *at = text; (at = strcasestr(at, mark)) != NULL; at++)
		if ((at == text || !is_word(at[-1])) && !is_word(at[len]))
			return true;
	return false;
}

static const char *explanation_find(const struct oauth_preset *p, const char *text)
{
	for (const struct oauth_explanation *x = p->explanations; text && x && x->mark; x++)
		if (mark_stands_in(x->mark, text))
			return x->text;
	return NULL;
}

/* What the description names says more than the error it comes with, and the vendor's own more than what
 * holds for all. */
const char *oauth_preset_explain(const struct oauth_preset *p, const char *error,
				 const char *description)
{
	const char *registered = error ? oauth_preset_error(p, error) : NULL;
	const struct oauth_preset *const presets[] = { p, &oauth_preset_generic };
	const char *const texts[] = { description, error, registered };
	const char *found = NULL;

	for (size_t i = 0; !found && i < 2; i++)
		for (size_t t = 0; !found && t < 3; t++)
			found = explanation_find(presets[i], texts[t]);
	return found;
}
