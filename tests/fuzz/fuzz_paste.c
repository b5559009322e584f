/* The paste scanner: what it finds lies within the paste, in order, and can be taken apart. */
#include <string.h>

#include "src/token/jose.h"
#include "src/token/opaque.h"
#include "src/token/paste.h"
#include "tests/fuzz/fuzz.h"

static void look_at(const struct paste_item *item, size_t len)
{
	struct opaque opaque;
	struct jose token;

	must(item->kind && *item->kind);
	must(item->len && item->offset < len && item->len <= len - item->offset);
	must(strlen(item->text) == item->text_len);
	must(item->mends < 1U << MEND_COUNT);
	if (!paste_is_jose(item)) {
		opaque_read(&opaque, item);
		must(opaque.what && *opaque.what);
		opaque_release(&opaque);
		return;
	}
	jose_read(&token, item->text, item->text_len);
	jose_release(&token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct paste paste;
	size_t before = 0;

	paste_scan(&paste, (const char *)data, size);
	must(paste.count <= PASTE_ITEMS);
	for (size_t i = 0; i < paste.count; i++) {
		look_at(&paste.items[i], size);
		must(paste.items[i].offset >= before);
		before = paste.items[i].offset;
	}
	paste_release(&paste);
	paste_release(&paste);
	return 0;
}
