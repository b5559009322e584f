/* JWE: decrypted with fixed keys. What opens has the plaintext that was put in: nobody without the keys
 * makes another. The input is the token, or behind \1 its parts. */
#include <string.h>

#include "src/base/alloc.h"
#include "src/token/jwe.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fixed.h"

static const char plaintext[] = "the plaintext of every seed";

static void join(struct buf *out, struct fuzz_input in)
{
	for (int i = 0; i < 5; i++) {
		struct fuzz_input part = fuzz_take(&in, '\0');
		char *text = x_malloc(base64url_size(part.len));

		base64url_encode(text, part.text, part.len);
		buf_addf(out, "%s%s", i ? "." : "", text);
		free(text);
	}
}

static void decrypt(const struct jose *t)
{
	const struct jose_key *used = NULL;
	struct secret plain = SECRET_INIT;
	struct err e = ERR_INIT;
	enum errc rc = jwe_decrypt(t, fuzz_key_set(), true, &plain, &used, &e);

	must(rc == ERR_OK || rc == ERR_NO || rc == ERR_USAGE);
	if (rc == ERR_OK) {
		must(jose_sound(t) && used);
		must(plain.len == sizeof(plaintext) - 1);
		must(!memcmp(secret_reveal(&plain), plaintext, plain.len));
	} else {
		must(e.message[0] && !plain.len);
	}
	secret_release(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { (const char *)data, size };
	struct buf text = BUF_INIT(4 * size + 256);
	struct jose token;

	if (fuzz_take(&in, '\1').len == 0 && size)
		join(&text, in);
	else
		buf_add(&text, data, size);
	jose_read(&token, buf_text(&text), text.len);
	if (token.kind == JOSE_JWE)
		decrypt(&token);
	jose_release(&token);
	buf_release(&text);
	return 0;
}
