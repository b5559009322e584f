/* Choosing one token of a paste. Nothing is repaired in silence: what was mended is a reason to
 * refuse. */
#include "src/app/token_choose.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "src/token/jose.h"

static size_t count_jose(const struct paste *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += paste_is_jose(&p->items[i]);
	return n;
}

static const struct paste_item *nth_jose(const struct paste *p, size_t n)
{
	for (size_t i = 0; i < p->count; i++)
		if (paste_is_jose(&p->items[i]) && n-- == 0)
			return &p->items[i];
	return NULL;
}

static size_t input_len(const struct token_input *in)
{
	const char *text = secret_reveal(&in->text);
	size_t len = in->text.len;

	if (len && text[len - 1] == '\n')
		len--;
	if (len && text[len - 1] == '\r')
		len--;
	return len;
}

/* One word, or JSON: what somebody can have meant as a token. */
static bool may_be_token(const char *text, size_t len)
{
	if (!len)
		return false;
	if (*text == '{')
		return true;
	for (size_t i = 0; i < len; i++)
		if (isspace((unsigned char)text[i]))
			return false;
	return memchr(text, '.', len) != NULL;
}

/* A JWS or JWE in JSON serialisation (RFC 7515 §7.2, RFC 7516 §7.2): it has parts that look like tokens
 * of their own. */
static bool is_serialised(const char *text, size_t len)
{
	static const char *const members[] = {
		"signature",
		"signatures",
		"ciphertext",
		"recipients",
	};
	const struct lossless_value *object;
	struct lossless l;
	bool found = false;

	lossless_read(&l, text, len);
	object = lossless_object(&l);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		found |= lossless_find(&l, object, members[i]) != NULL;
	lossless_release(&l);
	return found;
}

/* Is the input, from its first to its last byte, one token? */
static bool is_whole(const char *text, size_t len)
{
	struct jose t;
	bool sound;

	if (len && *text == '{')
		return is_serialised(text, len);
	jose_read(&t, text, len);
	sound = jose_sound(&t) || jose_sound_padded(&t);
	jose_release(&t);
	return sound;
}

static void take_whole(struct token_choice *out, const struct token_input *in)
{
	out->whole = (struct paste_item){
		.kind = "jws",
		.len = input_len(in),
		.text = (char *)in->text.data,
		.text_len = input_len(in),
	};
	out->item = &out->whole;
}

static enum errc choose_unknown(struct token_choice *out, const struct token_input *in,
				struct err *e)
{
	if (in->paste.count) {
		err_set(e, ERR_USAGE, "there is no signed or encrypted token in this");
		return err_hint(e, "authrack token inspect says what it is");
	}
	if (!may_be_token(secret_reveal(&in->text), input_len(in)))
		return token_none_found(e);
	take_whole(out, in);
	return ERR_OK;
}

static void look_loose(struct token_choice *out, const struct token_input *in)
{
	const struct paste_item *item = out->item;
	size_t around = input_len(in) - item->len;

	for (unsigned bit = 0; bit < MEND_COUNT; bit++) {
		if (item->mends & 1U << bit) {
			snprintf(out->loose, sizeof(out->loose),
				 "it does not stand here as a token has to: %s",
				 paste_mend_text(1U << bit));
			return;
		}
	}
	if (!item->where && item->offset + item->len <= input_len(in) && around)
		snprintf(out->loose, sizeof(out->loose), "%zu other bytes stand around the token",
			 around);
}

enum errc token_choose(struct token_choice *out, const struct token_input *in,
		       const struct op_call *c, struct err *e)
{
	size_t count = count_jose(&in->paste);
	int64_t pick = op_integer(c->args, "pick", 0);
	bool picked = op_has(c->args, "pick");

	*out = (struct token_choice){ .item = NULL };
	if (picked && (pick < 1 || (uint64_t)pick > count)) {
		err_set(e, ERR_USAGE, "there is no token %lld: %zu were found", (long long)pick,
			count);
		return err_hint(e, "authrack token inspect shows them");
	}
	if (!picked && is_whole(secret_reveal(&in->text), input_len(in))) {
		take_whole(out, in);
		return ERR_OK;
	}
	if (!count)
		return choose_unknown(out, in, e);
	if (count > 1 && !picked) {
		err_set(e, ERR_USAGE, "there are %zu tokens in this", count);
		return err_hint(e, "choose one: --pick N, as token inspect lists them");
	}
	out->item = nth_jose(&in->paste, picked ? (size_t)pick - 1 : 0);
	if (out->item && (!picked || out->item->mends))
		look_loose(out, in);
	return ERR_OK;
}
