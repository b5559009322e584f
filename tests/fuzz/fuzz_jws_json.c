/* JWS in JSON serialisation, verified against fixed keys: valid is nothing but a good token's payload
 * with a good token's header and signature. The input is the document, or behind \1 its parts. */
#include <string.h>

#include "src/base/alloc.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fixed.h"

static bool segment_is(const struct jose *t, const struct jose_segment *s, const char **good)
{
	size_t len = strcspn(*good, ".");
	bool is = s->len == len && !memcmp(t->text + s->offset, *good, len);

	*good += len + 1;
	return is;
}

static bool has_good_signature(const struct jose *t)
{
	for (size_t i = 0; i < t->count; i++) {
		for (const char *const *good = fuzz_tokens; *good; good++) {
			const char *at = *good;
			bool header = segment_is(t, &t->parts[i].protected_header, &at);
			bool payload = segment_is(t, &t->payload, &at);

			if (header && payload && segment_is(t, &t->parts[i].value, &at))
				return true;
		}
	}
	return false;
}

static void add_part(struct buf *out, const char *head, struct fuzz_input part)
{
	char *text = x_malloc(base64url_size(part.len));

	base64url_encode(text, part.text, part.len);
	buf_addf(out, "%s\"%s\"", head, text);
	free(text);
}

/* Protected header, payload and unprotected header up to a NUL each, and the signature. */
static void join(struct buf *out, struct fuzz_input in)
{
	struct fuzz_input header = fuzz_take(&in, '\0'), payload = fuzz_take(&in, '\0'),
			  open = fuzz_take(&in, '\0');

	add_part(out, "{\"payload\":", payload);
	add_part(out, ",\"protected\":", header);
	add_part(out, ",\"signature\":", in);
	if (open.len) {
		buf_add_text(out, ",\"header\":");
		buf_add(out, open.text, open.len);
	}
	buf_add_char(out, '}');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { (const char *)data, size };
	struct buf text = BUF_INIT(4 * size + 256);
	struct verdict verdict;
	struct jose token;

	if (fuzz_take(&in, '\1').len == 0 && size)
		join(&text, in);
	else
		buf_add(&text, data, size);
	jose_read(&token, buf_text(&text), text.len);
	fuzz_verify(&token, &verdict, true, false);
	must(!verdict.valid || has_good_signature(&token));
	must(verdict.signature != SIGNATURE_VALID || has_good_signature(&token));
	findings_release(&verdict.findings);
	fuzz_verify(&token, &verdict, false, false);
	must(!verdict.valid || token.form == JOSE_COMPACT);
	findings_release(&verdict.findings);
	jose_release(&token);
	buf_release(&text);
	return 0;
}
