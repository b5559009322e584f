/* Walks over the tables, and the `case` arms that bash and zsh read alike. */
#include "src/cli/completion_parts.h"

#include <stdio.h>
#include <string.h>

#include "src/cli/command.h"
#include "src/cli/settings.h"

enum values arg_values(const struct arg *a)
{
	if (a->choices)
		return VALUES_WORDS;
	if (a->type == ARG_FILE)
		return VALUES_FILES;
	return arg_names(a) ? VALUES_NAMES : VALUES_NONE;
}

const char *arg_names(const struct arg *a)
{
	static const struct {
		enum arg_type type;
		const char *names;
	} kinds[] = {
		{ ARG_KEY, "keys" },
		{ ARG_PROVIDER, "providers" },
		{ ARG_GRANT, "grants" },
		{ ARG_FLOW, "flows" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == a->type)
			return kinds[i].names;
	return NULL;
}

void put_words(struct buf *out, const struct arg *a)
{
	for (size_t i = 0; a->choices[i]; i++)
		buf_addf(out, "%s%s", i ? " " : "", a->choices[i]);
}

void put_quoted(struct buf *out, const char *text)
{
	buf_add_char(out, '\'');
	for (; *text; text++)
		buf_add_text(out, (char[]){ *text == '\'' ? '`' : *text == '\\' ? '/' : *text, 0 });
	buf_add_char(out, '\'');
}

void each_noun(struct buf *out,
	       void (*each)(struct buf *out, const char *noun, const char *summary))
{
	char noun[NOUN_SIZE], last[NOUN_SIZE] = "";
	const struct op *op;

	for (size_t i = 0; (op = command_at(i)); i++) {
		if (strcmp(command_noun(op, noun), last) == 0)
			continue;
		snprintf(last, sizeof(last), "%s", noun);
		each(out, noun, command_verb(op) ? command_noun_summary(noun) : op->summary);
	}
}

void each_command(struct buf *out,
		  void (*each)(struct buf *out, const struct op *op, const char *words))
{
	const struct op *op;
	char words[2 * NOUN_SIZE];

	for (size_t i = 0; (op = command_at(i)); i++)
		each(out, op, command_words(op, words));
}

static void case_reply(struct buf *out, const struct arg *a)
{
	switch (arg_values(a)) {
	case VALUES_WORDS:
		buf_add_text(out, "_authrack_words \"");
		put_words(out, a);
		buf_add_char(out, '"');
		break;
	case VALUES_FILES:
		buf_add_text(out, "_authrack_files");
		break;
	case VALUES_NAMES:
		buf_addf(out, "_authrack_names %s", arg_names(a));
		break;
	case VALUES_NONE:
		buf_add_text(out, ":");
		break;
	}
	buf_add_text(out, " ;;\n");
}

void case_values(struct buf *out, const struct op *op, const char *words)
{
	for (const struct arg *a = op->args; a && a->name; a++) {
		if (!arg_takes_value(a) || a->flags & ARG_POSITIONAL)
			continue;
		buf_addf(out, "\t'%s --%s'", words, a->name);
		if (a->letter)
			buf_addf(out, "|'%s -%c'", words, a->letter);
		buf_add_text(out, ") ");
		case_reply(out, a);
	}
}

void case_arguments(struct buf *out, const struct op *op, const char *words)
{
	for (const struct arg *a = op->args; a && a->name; a++) {
		if (!(a->flags & ARG_POSITIONAL))
			continue;
		buf_addf(out, "\t'%s') ", words);
		case_reply(out, a);
		return;
	}
}

void case_valued_options(struct buf *out)
{
	buf_add_text(out, "\tlocal valued='");
	for (const struct arg *a = global_options.args; a->name; a++) {
		if (!arg_takes_value(a))
			continue;
		buf_addf(out, " --%s", a->name);
		if (a->letter)
			buf_addf(out, " -%c", a->letter);
	}
	buf_add_text(out, "'\n");
}
