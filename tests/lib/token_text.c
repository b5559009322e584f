/* Tokens put together from their parts, for tests. */
#include "tests/lib/token_text.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"

char *base64url_text(const char *text)
{
	char *out = x_malloc(base64url_size(strlen(text)));

	base64url_encode(out, text, strlen(text));
	return out;
}

char *compact_text(const char *header, const char *payload, const char *signature)
{
	char *first = base64url_text(header), *second = base64url_text(payload);
	char *out = x_asprintf("%s.%s.%s", first, second, signature);

	free(first);
	free(second);
	return out;
}

char *quoted(const char *text)
{
	char *out = x_strdup(text);

	for (char *c = out; *c; c++)
		if (*c == '\'')
			*c = '"';
	return out;
}
