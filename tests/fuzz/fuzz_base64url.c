/* Base64: the strict form takes a text only when encoding gives it back, and the lenient form finds
 * fault with everything else. */
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "tests/fuzz/fuzz.h"

static void encode_and_decode(const uint8_t *data, size_t size)
{
	char *text = x_malloc(base64url_size(size));
	unsigned char *back;
	size_t len;

	base64url_encode(text, data, size);
	must(strlen(text) + 1 == base64url_size(size));
	back = x_malloc(base64_room(strlen(text)));
	must(base64url_decode(back, &len, text, strlen(text)));
	must(len == size && (!size || !memcmp(back, data, size)));
	free(back);
	free(text);
}

static void decode_and_encode(const char *text, size_t len)
{
	unsigned char *strict = x_malloc(base64_room(len)), *loose = x_malloc(base64_room(len));
	char *own = x_malloc(len + 1);
	struct base64_faults f, in_place;
	size_t size, loose_size;
	bool well = base64url_decode(strict, &size, text, len);

	loose_size = base64_decode(loose, text, len, &f);
	must(loose_size <= base64_room(len));
	must(well == !f.faults);
	must(f.at <= len);
	if (well) {
		must(size == loose_size && !memcmp(strict, loose, size));
		must(base64url_size(size) == len + 1);
		base64url_encode(own, strict, size);
		must(!memcmp(own, text, len));
	}
	memcpy(own, text, len);
	must(base64_decode((unsigned char *)own, own, len, &in_place) == loose_size);
	must(in_place.faults == f.faults && in_place.at == f.at);
	must(!memcmp(own, loose, loose_size));
	free(own);
	free(loose);
	free(strict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	encode_and_decode(data, size);
	decode_and_encode((const char *)data, size);
	return 0;
}
