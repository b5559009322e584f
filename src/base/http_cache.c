/* Answers that are kept in this process as long as they say they may be (RFC 9111), for sets of keys and
 * metadata, which are the same for everyone. */
#include "src/base/http_parts.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "src/base/alloc.h"

enum { ENTRIES_MAX = 32, BYTES_MAX = 8 * 1024 * 1024, FRESH_SECONDS_MAX = 3600 };

struct entry {
	char *key; /* URL and CA file */
	char *body;
	size_t len;
	int64_t since_ms, until_ms; /* of the clock that goes on while the machine sleeps */
};

static struct {
	pthread_mutex_t lock;
	struct entry entries[ENTRIES_MAX]; /* the oldest first */
	size_t count, bytes;
} cache = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int64_t boot_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- how long -------------------------------------------------------------------------------------- */

/* Digits and nothing else; false: no delta-seconds (RFC 9111 §1.2.2). */
static bool seconds_read(const char *text, size_t len, int64_t *out)
{
	int64_t seconds = 0;

	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)text[i]))
			return false;
		if (seconds <= FRESH_SECONDS_MAX)
			seconds = seconds * 10 + (text[i] - '0');
	}
	*out = seconds;
	return len > 0;
}

struct directives {
	bool forbidden, given, broken;
	int64_t max_age;
};

static bool named(const char *text, size_t len, const char *name)
{
	return len == strlen(name) && strncasecmp(text, name, len) == 0;
}

/* One of them, without blanks around: name, or name=value with or without quotes. */
static void directive_read(struct directives *d, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len), *value = equals ? equals + 1 : text + len;
	size_t name_len = equals ? (size_t)(equals - text) : len;
	size_t value_len = (size_t)(text + len - value);
	int64_t age = 0;

	if (value_len >= 2 && value[0] == '"' && value[value_len - 1] == '"') {
		value++;
		value_len -= 2;
	}
	if (named(text, name_len, "no-store") || named(text, name_len, "no-cache"))
		d->forbidden = true;
	if (!named(text, name_len, "max-age"))
		return;
	if (!seconds_read(value, value_len, &age) || (d->given && age != d->max_age))
		d->broken = true;
	d->given = true;
	d->max_age = age;
}

static void directives_read(struct directives *d, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, ",");
		const char *next = text + len + (text[len] != '\0');

		while (len && isspace((unsigned char)*text)) {
			text++;
			len--;
		}
		while (len && isspace((unsigned char)text[len - 1]))
			len--;
		directive_read(d, text, len);
		text = next;
	}
}

/* Without max-age nothing is kept: a guess would keep a key that was taken back. */
int64_t http_fresh_ms(const struct http_response *a)
{
	const char *age_text = http_response_header(a, "Age");
	const char *vary = http_response_header(a, "Vary");
	struct directives d = { .given = false };
	int64_t age = 0;

	for (size_t i = 0; i < a->header_count; i++)
		if (strcasecmp(a->headers[i].name, "Cache-Control") == 0)
			directives_read(&d, a->headers[i].value);
	/* Our requests do not vary, so a Vary that names headers is well. */
	if (d.forbidden || d.broken || !d.given || (vary && strchr(vary, '*')))
		return 0;
	if (age_text && !seconds_read(age_text, strlen(age_text), &age))
		return 0;
	if (d.max_age > FRESH_SECONDS_MAX)
		d.max_age = FRESH_SECONDS_MAX;
	return d.max_age > age ? (d.max_age - age) * 1000 : 0;
}

/* --- what is kept (the lock is held) ------------------------------------------------------------- */

static void entry_drop(size_t at)
{
	struct entry *e = &cache.entries[at];

	cache.bytes -= e->len;
	free(e->key);
	free(e->body);
	cache.count--;
	memmove(e, e + 1, (cache.count - at) * sizeof(*e));
}

static struct entry *entry_find(const char *key, int64_t now)
{
	for (size_t i = 0; i < cache.count;) {
		struct entry *e = &cache.entries[i];

		if (now >= e->until_ms)
			entry_drop(i);
		else if (strcmp(e->key, key) == 0)
			return e;
		else
			i++;
	}
	return NULL;
}

static void entry_add(const char *key, const struct buf *body, int64_t now, int64_t fresh_ms)
{
	struct entry *old = entry_find(key, now);
	char *copy = x_malloc(body->len + 1);

	memcpy(copy, buf_text(body), body->len);
	if (old)
		entry_drop((size_t)(old - cache.entries));
	while (cache.count == ENTRIES_MAX || (cache.count && cache.bytes + body->len > BYTES_MAX))
		entry_drop(0);
	cache.entries[cache.count++] = (struct entry){ .key = x_strdup(key),
						       .body = copy,
						       .len = body->len,
						       .since_ms = now,
						       .until_ms = now + fresh_ms };
	cache.bytes += body->len;
}

static bool kept(struct buf *body, const char *key, int64_t *age_ms)
{
	int64_t now = boot_ms();
	struct entry *e;

	pthread_mutex_lock(&cache.lock);
	e = entry_find(key, now);
	if (e) {
		buf_add(body, e->body, e->len);
		*age_ms = now - e->since_ms;
	}
	pthread_mutex_unlock(&cache.lock);
	return e;
}

static void keep(const char *key, const struct http_response *a)
{
	int64_t fresh_ms = http_fresh_ms(a);

	if (fresh_ms <= 0)
		return;
	pthread_mutex_lock(&cache.lock);
	entry_add(key, &a->body, boot_ms(), fresh_ms);
	pthread_mutex_unlock(&cache.lock);
}

static enum errc status_check(const struct http_response *a, const char *url, struct err *e)
{
	bool absent = a->status >= 400 && a->status < 500 && a->status != 429;

	if (a->status == 200)
		return ERR_OK;
	err_set(e, absent ? ERR_NOT_FOUND : ERR_REMOTE, "\"%.300s\" answers with status %ld", url,
		a->status);
	err_hint(e, absent	       ? "is it the right address?"
		    : a->status >= 500 ? "the server has a fault: try again later"
				       : "it has to answer a plain GET with 200");
	return absent ? ERR_NOT_FOUND : ERR_REMOTE;
}

enum errc http_get_cached(struct buf *body, const char *url, const char *ca_file, int64_t *age_ms,
			  bool (*go_on)(void *arg), void *arg, struct err *e)
{
	static const char *const headers[] = { "Accept: application/json", NULL };
	const struct http_request r = { .url = url, .ca_file = ca_file, .headers = headers };
	char *key = x_asprintf("%s\n%s", url, ca_file ? ca_file : "");
	struct http_response a;
	int64_t age = 0;
	enum errc rc = ERR_OK;

	if (kept(body, key, &age))
		goto out;
	rc = http_fetch(&a, &r, go_on, arg, e);
	if (rc == ERR_OK)
		rc = status_check(&a, url, e);
	if (rc == ERR_OK) {
		buf_add(body, buf_text(&a.body), a.body.len);
		keep(key, &a);
	}
	http_response_release(&a);
out:
	if (age_ms)
		*age_ms = age;
	free(key);
	return rc;
}
