/* One JWK: read, described, used for what it allows. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fixed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	struct key_set set;

	key_set_init(&set);
	if (key_set_add_jwk(&set, (const char *)data, size, "fuzz", &e) == ERR_OK)
		fuzz_use_keys(&set);
	else
		must(e.message[0]);
	key_set_release(&set);
	return 0;
}
