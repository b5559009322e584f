/* Finding commands by their words, and guessing what a mistyped one was meant to be. */
#include "src/cli/command.h"

#include <stdio.h>
#include <string.h>

#include "src/cli/completion.h"
#include "src/cli/help.h"
#include "src/cli/settings.h"
#include "src/cli/suggest.h"

static const struct op *const own_commands[] = { &op_completion, &op_help };

static const struct {
	const char *noun, *summary;
} noun_summaries[] = {
	{ "key", "API keys: issue, rotate, revoke, verify" },
	{ "token", "tokens: inspect, verify, sign, decrypt, compare" },
	{ "provider", "OAuth2 providers: add, discover, diagnose" },
	{ "device", "the OAuth2 device flow: run, resume" },
	{ "grant", "what providers granted: refresh, look at, revoke" },
	{ "audit", "the audit trail: list, verify, export" },
	{ "store", "the store: check, back up, restore" },
};

const struct op *command_at(size_t n)
{
	size_t own = sizeof(own_commands) / sizeof(own_commands[0]);
	size_t i;

	for (i = 0; op_table[i]; i++)
		if (i == n)
			return op_table[i];
	return n - i < own ? own_commands[n - i] : NULL;
}

const char *command_noun(const struct op *op, char out[NOUN_SIZE])
{
	snprintf(out, NOUN_SIZE, "%.*s", (int)strcspn(op->id, "."), op->id);
	return out;
}

const char *command_verb(const struct op *op)
{
	const char *dot = strchr(op->id, '.');

	return dot ? dot + 1 : NULL;
}

const char *command_words(const struct op *op, char out[2 * NOUN_SIZE])
{
	char *dot;

	snprintf(out, 2 * NOUN_SIZE, "%s", op->id);
	dot = strchr(out, '.');
	if (dot)
		*dot = ' ';
	return out;
}

static bool command_has_noun(const struct op *op, const char *noun)
{
	char own[NOUN_SIZE];

	return strcmp(command_noun(op, own), noun) == 0;
}

const struct op *command_find(const char *noun, const char *verb)
{
	const struct op *op;

	for (size_t i = 0; (op = command_at(i)); i++) {
		const char *own = command_verb(op);

		if (!command_has_noun(op, noun) || !own != !verb)
			continue;
		if (!verb || strcmp(own, verb) == 0)
			return op;
	}
	return NULL;
}

bool command_noun_exists(const char *noun)
{
	const struct op *op;

	for (size_t i = 0; (op = command_at(i)); i++)
		if (command_has_noun(op, noun))
			return true;
	return false;
}

const char *command_noun_summary(const char *noun)
{
	for (size_t i = 0; i < sizeof(noun_summaries) / sizeof(noun_summaries[0]); i++)
		if (strcmp(noun_summaries[i].noun, noun) == 0)
			return noun_summaries[i].summary;
	return "";
}

bool arg_takes_value(const struct arg *arg)
{
	return arg->type != ARG_FLAG && arg->type != ARG_SECRET;
}

/* Somebody forgot the noun: the first command with this verb, or NULL. */
static const struct op *command_by_verb(const char *verb)
{
	const struct op *op;

	for (size_t i = 0; (op = command_at(i)); i++)
		if (command_verb(op) && strcmp(command_verb(op), verb) == 0)
			return op;
	return NULL;
}

enum errc command_unknown_noun(const char *noun, struct err *e)
{
	const struct op *op, *meant = command_by_verb(noun);
	struct suggestion s = suggestion_for(noun);
	char words[2 * NOUN_SIZE];

	for (size_t i = 0; (op = command_at(i)); i++) {
		char own[NOUN_SIZE];

		suggestion_offer(&s, command_noun(op, own));
	}
	err_set(e, ERR_USAGE, "there is no command \"%s\"", noun);
	if (meant)
		return err_hint(e, "did you mean \"%s\"? See authrack help",
				command_words(meant, words));
	if (*s.best)
		return err_hint(e, "did you mean \"%s\"? See authrack help", s.best);
	return err_hint(e, "see authrack help");
}

enum errc command_unknown_verb(const char *noun, const char *verb, struct err *e)
{
	struct suggestion s = suggestion_for(verb);
	const struct op *op;

	for (size_t i = 0; (op = command_at(i)); i++)
		if (command_has_noun(op, noun) && command_verb(op))
			suggestion_offer(&s, command_verb(op));
	err_set(e, ERR_USAGE, "\"%s\" has no verb \"%s\"", noun, verb);
	if (*s.best)
		return err_hint(e, "did you mean \"%s %s\"? See authrack help %s", noun, s.best,
				noun);
	return err_hint(e, "see authrack help %s", noun);
}

static void offer_options(struct suggestion *s, const struct op *op)
{
	for (const struct arg *a = op->args; a && a->name; a++)
		if (!(a->flags & ARG_POSITIONAL))
			suggestion_offer(s, a->name);
}

enum errc command_unknown_option(const struct op *op, const char *option, struct err *e)
{
	struct suggestion s = suggestion_for(option + strspn(option, "-"));
	char words[2 * NOUN_SIZE];

	if (op)
		offer_options(&s, op);
	offer_options(&s, &global_options);
	err_set(e, ERR_USAGE, "unknown option \"%s\"", option);
	if (*s.best)
		return err_hint(e, "did you mean \"--%s\"?", s.best);
	if (op)
		return err_hint(e, "see authrack help %s", command_words(op, words));
	return err_hint(e, "see authrack help");
}
