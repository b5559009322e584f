/* The filter of the Keys screen: words, and field:value for the options of key.list. */
#include <stdio.h>
#include <string.h>

#include "src/app/key_pick.h"
#include "src/base/buf.h"
#include "ui/keys.h"

enum { WORD_MAX = 300 };

struct keys_filter {
	struct op_args *args;
	struct buf words;
	struct err *e;
};

/* What "status:" takes beyond the states of the table, each an option of its own. */
static const struct {
	const char *word, *option, *value;
} shorthands[] = {
	{ "expiring", "expiring", "14d" },
	{ "grace", "in-grace", "true" },
	{ "in-grace", "in-grace", "true" },
	{ "not-yet", "status", "not_yet_valid" },
};

static bool filter_status(struct keys_filter *f, const char *value)
{
	size_t len = strlen(value);

	if (!len)
		return true;
	for (const char *const *c = key_status_choices; *c; c++)
		if (strncmp(*c, value, len) == 0)
			return !op_args_add(f->args, "status", *c, f->e);
	for (size_t i = 0; i < sizeof(shorthands) / sizeof(shorthands[0]); i++)
		if (strncmp(shorthands[i].word, value, len) == 0)
			return !op_args_add(f->args, shorthands[i].option, shorthands[i].value,
					    f->e);
	err_set(f->e, ERR_USAGE, "no state begins with \"%s\"", value);
	err_hint(f->e, "active disabled revoked expired not-yet expiring grace");
	return false;
}

/* Half-typed values ("expiring:1") are no reason to complain: they do not filter yet. */
static bool filter_option(struct keys_filter *f, const char *name, const char *value)
{
	struct err ignored = ERR_INIT;

	op_args_add(f->args, name, value, &ignored);
	return true;
}

static bool filter_field(struct keys_filter *f, const char *word, const char *colon)
{
	static const char *const fields[] = { "owner", "tier", "scope", "expiring", "unused" };
	size_t len = (size_t)(colon - word);

	if (strncmp(word, "status:", 7) == 0)
		return filter_status(f, colon + 1);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strlen(fields[i]) == len && strncmp(fields[i], word, len) == 0)
			return !colon[1] || filter_option(f, fields[i], colon + 1);
	return buf_addf(&f->words, "%s%s", f->words.len ? " " : "", word);
}

static bool filter_word(void *arg, const char *word, size_t len)
{
	struct keys_filter *f = arg;
	const char *colon = memchr(word, ':', len);

	if (colon)
		return filter_field(f, word, colon);
	return buf_addf(&f->words, "%s%s", f->words.len ? " " : "", word);
}

enum errc keys_filter(struct op_args *args, const char *text, struct err *e)
{
	struct keys_filter f = { .args = args, .words = BUF_INIT(WORD_MAX), .e = e };
	bool taken = form_split(text, filter_word, &f);

	if (taken && f.words.len)
		taken = !op_args_add(args, "search", buf_text(&f.words), e);
	buf_release(&f.words);
	return taken ? ERR_OK : ERR_USAGE;
}
