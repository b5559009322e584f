/* The client's address: X-Forwarded-For, read from the right, as far as those who wrote it are trusted. */
#include "src/serve/client.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/serve/field.h"

enum {
	HOP_TEXT_MAX = 64, /* "[v6]:port" is 53 at most */
	PORT_DIGITS = 5,
};

enum errc proxies_parse(struct proxies *out, const char *const *texts, size_t count, struct err *e)
{
	*out = (struct proxies){ .ranges = x_calloc(count + 1, sizeof(*out->ranges)) };
	for (size_t i = 0; i < count; i++) {
		enum errc rc = ERR_OK;

		if (strcmp(texts[i], "unix") == 0)
			out->local = true;
		else
			rc = cidr_parse(&out->ranges[out->count++], texts[i], e);
		if (rc) {
			proxies_release(out);
			return rc;
		}
	}
	return ERR_OK;
}

void proxies_release(struct proxies *p)
{
	free(p->ranges);
	*p = (struct proxies){ .count = 0 };
}

static bool proxies_trust(const struct proxies *p, const struct address *a)
{
	for (size_t i = 0; i < p->count; i++)
		if (cidr_contains(&p->ranges[i], a))
			return true;
	return false;
}

/* ":8080", or nothing. */
static bool port_follows(const char *text)
{
	size_t digits;

	if (!*text)
		return true;
	digits = strspn(text + 1, "0123456789");
	return *text == ':' && digits >= 1 && digits <= PORT_DIGITS && !text[1 + digits];
}

/* An address; some proxies put a port behind it, and brackets around one of IPv6. */
static bool hop_parse(struct address *out, char *text)
{
	char *end;

	if (*text == '[') {
		end = strchr(text, ']');
		if (!end || !port_follows(end + 1))
			return false;
		*end = '\0';
		return strchr(++text, ':') && address_parse(out, text, NULL) == ERR_OK;
	}
	end = strchr(text, ':');
	if (end && strchr(text, '.') && !strchr(end + 1, ':')) {
		if (!port_follows(end))
			return false;
		*end = '\0';
	}
	return address_parse(out, text, NULL) == ERR_OK;
}

/* The piece between two commas. */
static bool hop_read(struct address *out, const char *from, const char *to)
{
	char text[HOP_TEXT_MAX + 1];
	size_t len;

	while (from < to && field_is_blank(*from))
		from++;
	while (from < to && field_is_blank(to[-1]))
		to--;
	len = (size_t)(to - from);
	if (!len || len > HOP_TEXT_MAX)
		return false;
	memcpy(text, from, len);
	text[len] = '\0';
	return hop_parse(out, text);
}

static bool forwarded_read(const struct proxies *p, const char *forwarded, struct address *out)
{
	const char *end = forwarded + strlen(forwarded);

	for (;;) {
		const char *comma = memrchr(forwarded, ',', (size_t)(end - forwarded));

		if (!hop_read(out, comma ? comma + 1 : forwarded, end))
			return false;
		if (!comma || !proxies_trust(p, out))
			return true;
		end = comma;
	}
}

enum client_source client_address(const struct proxies *p, const struct address *peer,
				  const char *forwarded, struct address *out)
{
	if (peer && !proxies_trust(p, peer)) {
		*out = *peer;
		return CLIENT_OWN;
	}
	if ((peer || p->local) && forwarded && forwarded_read(p, forwarded, out))
		return CLIENT_TOLD;
	*out = (struct address){ .bytes = { 0 } };
	return CLIENT_UNKNOWN;
}
