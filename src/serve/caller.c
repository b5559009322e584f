/* Caller tokens: a file read into a set, which is replaced as a whole. */
#include "src/serve/caller.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/crypto.h"
#include "src/base/secret.h"

enum { FILE_MAX = 16384, TOKENS_MAX = 64, TOKEN_MAX = 256 };

struct token_set {
	struct secret tokens[TOKENS_MAX];
	size_t count;
};

struct callers {
	char *path;
	pthread_rwlock_t lock;
	struct token_set *set;
};

static void set_free(struct token_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->count; i++)
		secret_release(&set->tokens[i]);
	free(set);
}

/* How long a token of these letters has to be for 128 bits; the first that holds all of them decides. */
static const struct alphabet {
	const char *letters;
	size_t least;
} alphabets[] = {
	{ "0123456789", 39 },
	{ "0123456789abcdef", 32 },
	{ "0123456789ABCDEF", 32 },
	{ "0123456789abcdefghijklmnopqrstuvwxyz", 25 },
	{ "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 25 },
	{ NULL, 22 }, /* base64, or more */
};

static size_t least_length(const char *token, size_t len)
{
	const struct alphabet *a = alphabets;

	while (a->letters && strspn(token, a->letters) < len)
		a++;
	return a->least;
}

static bool is_printable(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return true;
}

static enum errc refuse_line(const char *path, size_t line, const char *what, struct err *e)
{
	err_set(e, ERR_USAGE, "line %zu of \"%s\" %s", line, path, what);
	return err_hint(e, "one token a line, as openssl rand -hex 32 makes them");
}

static enum errc token_check(const char *path, size_t line, const char *token, size_t len,
			     struct err *e)
{
	if (!is_printable(token, len))
		return refuse_line(path, line, "has blanks or characters outside ASCII", e);
	if (len > TOKEN_MAX)
		return refuse_line(path, line, "is longer than 256 characters", e);
	if (len < least_length(token, len))
		return refuse_line(path, line, "is too short for 128 bits", e);
	return ERR_OK;
}

static enum errc token_add(struct token_set *set, const char *path, size_t line, const char *token,
			   size_t len, struct err *e)
{
	enum errc rc = token_check(path, line, token, len, e);

	if (rc)
		return rc;
	if (set->count == TOKENS_MAX)
		return refuse_line(path, line, "is one token too many: 64 are possible", e);
	secret_init(&set->tokens[set->count], len);
	secret_add(&set->tokens[set->count++], token, len);
	return ERR_OK;
}

static enum errc set_parse(struct token_set *set, const char *path, const struct secret *text,
			   struct err *e)
{
	const char *at = secret_reveal(text), *end = at + text->len;

	for (size_t line = 1; at < end; line++) {
		const char *eol = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((eol ? eol : end) - at);
		size_t used = len && at[len - 1] == '\r' ? len - 1 : len;
		enum errc rc = ERR_OK;

		if (used && *at != '#')
			rc = token_add(set, path, line, at, used, e);
		if (rc)
			return rc;
		at += len + (eol != NULL);
	}
	if (set->count)
		return ERR_OK;
	err_set(e, ERR_USAGE, "\"%s\" holds no token", path);
	return err_hint(e, "one token a line, as openssl rand -hex 32 makes them");
}

static enum errc set_read(struct token_set **out, const char *path, struct err *e)
{
	struct token_set *set = x_calloc(1, sizeof(*set));
	struct secret text = SECRET_INIT;
	enum errc rc = secret_read_file(&text, path, FILE_MAX, e);

	if (!rc)
		rc = set_parse(set, path, &text, e);
	secret_release(&text);
	if (rc)
		set_free(set);
	else
		*out = set;
	return rc;
}

enum errc callers_open(struct callers **out, const char *path, struct err *e)
{
	struct token_set *set = NULL;
	enum errc rc = set_read(&set, path, e);
	struct callers *c;

	if (rc)
		return rc;
	c = x_calloc(1, sizeof(*c));
	c->path = x_strdup(path);
	c->set = set;
	pthread_rwlock_init(&c->lock, NULL);
	*out = c;
	return ERR_OK;
}

void callers_free(struct callers *c)
{
	if (!c)
		return;
	set_free(c->set);
	pthread_rwlock_destroy(&c->lock);
	free(c->path);
	free(c);
}

enum errc callers_reload(struct callers *c, struct err *e)
{
	struct token_set *set = NULL, *old;
	enum errc rc = set_read(&set, c->path, e);

	if (rc)
		return rc;
	pthread_rwlock_wrlock(&c->lock);
	old = c->set;
	c->set = set;
	pthread_rwlock_unlock(&c->lock);
	set_free(old);
	return ERR_OK;
}

bool callers_allow(struct callers *c, const char *token, size_t len)
{
	bool allowed = false;

	pthread_rwlock_rdlock(&c->lock);
	for (size_t i = 0; i < c->set->count; i++) {
		const struct secret *t = &c->set->tokens[i];

		allowed |= t->len == len && bytes_equal(secret_reveal(t), token, len);
	}
	pthread_rwlock_unlock(&c->lock);
	return allowed;
}
