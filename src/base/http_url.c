/* Which URLs may be fetched: absolute ones without user information, by https, or http to this machine. */
#include "src/base/http_parts.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static enum errc refuse(const char *url, const char *why, const char *hint, struct err *e)
{
	err_set(e, ERR_USAGE, "\"%.200s\" %s", url, why);
	return err_hint(e, "%s", hint);
}

/* RFC 3986 §2: what stands in a URL, and a backslash is none of it. */
static bool characters_well(const char *url)
{
	for (; *url; url++)
		if (*url <= ' ' || *url > '~' || strchr("\\\"<>^`{|}", *url))
			return false;
	return true;
}

/* Only what resolves here without asking anyone. */
static bool is_loopback(const char *host)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, host, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six);
	return strcmp(host, "localhost") == 0;
}

static bool host_take(struct http_url *out, const char *host, size_t len)
{
	if (len == 0 || len >= sizeof(out->host))
		return false;
	for (size_t i = 0; i < len; i++)
		out->host[i] = (char)tolower((unsigned char)host[i]);
	out->host[len] = '\0';
	return true;
}

/* Within brackets an IPv6 address, else a name of letters, digits, dots, hyphens and underscores.
 * Returns what stands behind it; NULL: it is none. */
static const char *host_read(struct http_url *out, const char *at, const char *end)
{
	struct in6_addr six;
	const char *stop = at;

	if (*at == '[') {
		stop = memchr(at, ']', (size_t)(end - at));
		if (!stop || !host_take(out, at + 1, (size_t)(stop - at - 1)) ||
		    inet_pton(AF_INET6, out->host, &six) != 1)
			return NULL;
		return stop + 1;
	}
	while (stop < end && (isalnum((unsigned char)*stop) || strchr(".-_", *stop)))
		stop++;
	return host_take(out, at, (size_t)(stop - at)) ? stop : NULL;
}

static bool port_read(struct http_url *out, const char *at, const char *end)
{
	char *stop;
	unsigned long port;

	out->port = out->secure ? 443 : 80;
	if (at == end)
		return true;
	if (*at != ':' || !isdigit((unsigned char)at[1]))
		return false;
	port = strtoul(at + 1, &stop, 10);
	out->port = (unsigned)port;
	return stop == end && port > 0 && port <= 65535;
}

/* What stands before "//", or NULL. */
static const char *scheme_read(struct http_url *out, const char *url)
{
	if (strncasecmp(url, "https://", 8) == 0) {
		out->secure = true;
		return url + 8;
	}
	return strncasecmp(url, "http://", 7) == 0 ? url + 7 : NULL;
}

enum errc http_url_read(struct http_url *out, const char *url, struct err *e)
{
	const char *at, *end, *host_end;

	*out = (struct http_url){ .secure = false };
	at = scheme_read(out, url);
	if (!at)
		return refuse(url, "is no absolute http or https URL",
			      "write it with its scheme: https://example.com/…", e);
	if (strlen(url) > HTTP_URL_MAX || !characters_well(url))
		return refuse(url, "is no well-formed URL",
			      "blanks and other than ASCII are percent-encoded, names in punycode",
			      e);
	end = at + strcspn(at, "/?#");
	if (memchr(at, '@', (size_t)(end - at)))
		return refuse("the URL", "has a user name or password in it",
			      "leave out what stands before the @", e);
	host_end = host_read(out, at, end);
	if (!host_end || !port_read(out, host_end, end))
		return refuse(url, "has no host name and port that can be used",
			      "as in https://example.com:8443/…", e);
	out->loopback = is_loopback(out->host);
	return ERR_OK;
}

enum errc http_url_split(struct http_url *out, const char *url, struct err *e)
{
	enum errc rc = http_url_read(out, url, e);

	if (rc == ERR_OK && !out->secure && !out->loopback)
		return refuse(
			url, "is not encrypted",
			"use https; http is for this machine only: 127.0.0.1, [::1], localhost", e);
	return rc;
}

enum errc http_url_check(const char *url, struct err *e)
{
	struct http_url parts;

	return http_url_split(&parts, url, e);
}

bool http_same_origin(const struct http_url *a, const struct http_url *b)
{
	return a->secure == b->secure && a->port == b->port && strcmp(a->host, b->host) == 0;
}
