/* JWK sets: the input is the set's list where it begins so, else the whole text; what it holds is
 * asked about a token that none of its keys signed. */
#include <string.h>

#include "src/base/buf.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fixed.h"

static void ask(struct key_set *set)
{
	const struct expectations expected = { .now_ms = INT64_C(1781615212000),
					       .allow_weak_key = true };

	for (const char *const *text = fuzz_tokens; *text; text++) {
		struct verdict verdict;
		struct jose token;

		jose_read(&token, *text, strlen(*text));
		token_verify(&token, set, &expected, &verdict);
		must(!verdict.valid || (set->count && !set->faults && verdict.key));
		findings_release(&verdict.findings);
		jose_release(&token);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = BUF_INIT(size + 32);
	struct err e = ERR_INIT;
	struct key_set set;

	if (size && data[0] == '[')
		buf_add_text(&text, "{\"keys\":");
	buf_add(&text, data, size);
	if (size && data[0] == '[')
		buf_add_char(&text, '}');
	key_set_init(&set);
	if (key_set_add_any(&set, buf_text(&text), text.len, "fuzz", &e) != ERR_OK)
		must(e.message[0]);
	ask(&set);
	fuzz_use_keys(&set);
	key_set_release(&set);
	buf_release(&text);
	return 0;
}
