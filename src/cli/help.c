/* Help for the program, a noun, a command and some topics. */
#include "src/cli/help.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "src/cli/command.h"
#include "src/cli/settings.h"

enum { WIDTH = 80, OPTION_COLUMN = 30, VERB_COLUMN = 14 };

/* Appends words of `text`, broken before column 80; later lines begin at `indent`. */
static void put_wrapped(struct buf *out, int column, int indent, const char *text)
{
	bool first = true;

	while (*(text += strspn(text, " "))) {
		int len = (int)strcspn(text, " ");

		if (!first && column + 1 + len > WIDTH) {
			buf_addf(out, "\n%*s", indent, "");
			column = indent;
		} else if (!first) {
			buf_add_char(out, ' ');
			column++;
		}
		buf_add(out, text, (size_t)len);
		column += len;
		text += len;
		first = false;
	}
	buf_add_char(out, '\n');
}

/* Paragraphs are wrapped; a line that begins with a blank stays as it is. */
static void put_paragraphs(struct buf *out, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char line[1024];

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		if (line[0] == ' ')
			buf_addf(out, "%s\n", line);
		else
			put_wrapped(out, 0, 0, line);
		text += len + (text[len] == '\n');
	}
}

/* Lines as they are (commands must stay whole), two columns in. */
static void put_indented(struct buf *out, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		buf_addf(out, "  %.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

/* "  LEFT        right", the right side wrapped at its own column. */
static void put_pair(struct buf *out, const char *left, int column, const char *right)
{
	int width = (int)strlen(left) + 2;

	buf_addf(out, "  %s", left);
	if (!*right) {
		buf_add_char(out, '\n');
		return;
	}
	if (width + 2 > column) {
		buf_add_char(out, '\n');
		width = 0;
	}
	buf_addf(out, "%*s", column - width, "");
	put_wrapped(out, column, column, right);
}

/* --- arguments -------------------------------------------------------------------------------- */

const char *help_value(const struct arg *arg)
{
	static const char *const values[] = {
		[ARG_FLAG] = "",	   [ARG_TEXT] = "TEXT",
		[ARG_INTEGER] = "NUMBER",  [ARG_DURATION] = "DURATION",
		[ARG_INSTANT] = "TIME",	   [ARG_CHOICE] = "WORD",
		[ARG_FILE] = "FILE",	   [ARG_KEY] = "KEY",
		[ARG_PROVIDER] = "NAME",   [ARG_GRANT] = "GRANT",
		[ARG_FLOW] = "FLOW",	   [ARG_SCOPE] = "SCOPE",
		[ARG_LIMIT] = "N/PERIOD",  [ARG_RANGE] = "RANGE",
		[ARG_META] = "NAME=VALUE", [ARG_PREFIX] = "PREFIX",
		[ARG_ADDRESS] = "ADDRESS", [ARG_SECRET] = "",
	};

	return arg->value ? arg->value : values[arg->type];
}

static void put_capitals(struct buf *out, const char *name)
{
	for (; *name; name++)
		buf_add_char(out, (char)toupper((unsigned char)*name));
}

void help_option(struct buf *out, const struct arg *arg)
{
	if (arg->flags & ARG_POSITIONAL) {
		put_capitals(out, arg->name);
		return;
	}
	if (arg->letter)
		buf_addf(out, "-%c, ", arg->letter);
	buf_addf(out, "--%s", arg->name);
	if (arg_takes_value(arg))
		buf_addf(out, " %s", help_value(arg));
}

static void put_positional(struct buf *out, const struct arg *arg)
{
	bool optional = !(arg->flags & ARG_REQUIRED);

	buf_add_text(out, optional ? " [" : " ");
	put_capitals(out, arg->name);
	buf_add_text(out, arg->flags & ARG_REPEATED ? "..." : "");
	buf_add_text(out, optional ? "]" : "");
}

void help_usage(struct buf *out, const struct op *op)
{
	char words[2 * NOUN_SIZE];

	buf_addf(out, "authrack %s", command_words(op, words));
	for (const struct arg *a = op->args; a && a->name; a++)
		if (a->flags & ARG_REQUIRED && arg_takes_value(a) && !(a->flags & ARG_POSITIONAL))
			buf_addf(out, " --%s %s", a->name, help_value(a));
	for (const struct arg *a = op->args; a && a->name; a++) {
		if (a->flags & (ARG_POSITIONAL | ARG_REQUIRED))
			continue;
		buf_add_text(out, " [options]");
		break;
	}
	for (const struct arg *a = op->args; a && a->name; a++)
		if (a->flags & ARG_POSITIONAL && a->type != ARG_SECRET)
			put_positional(out, a);
	for (const struct arg *a = op->args; a && a->name; a++)
		if (a->type == ARG_SECRET && a->flags & ARG_REQUIRED)
			buf_add_text(out, " < SECRET");
}

static void put_remark(struct buf *out, int *remarks, const char *remark, const char *value)
{
	buf_addf(out, "%s%s%s", (*remarks)++ ? "; " : " (", remark, value);
}

static void put_choices(struct buf *out, int *remarks, const char *const *choices)
{
	put_remark(out, remarks, "one of ", choices[0]);
	while (*++choices)
		buf_addf(out, ", %s", *choices);
}

void help_meaning(struct buf *out, const struct arg *arg)
{
	int remarks = 0;

	buf_add_text(out, arg->help ? arg->help : "");
	if (arg->choices)
		put_choices(out, &remarks, arg->choices);
	if (arg->fallback && *arg->fallback)
		put_remark(out, &remarks, "default ", arg->fallback);
	if (arg->flags & ARG_REQUIRED && !(arg->flags & ARG_POSITIONAL))
		put_remark(out, &remarks, "needed", "");
	if (arg->flags & ARG_REPEATED)
		put_remark(out, &remarks, "may be repeated", "");
	if (remarks)
		buf_add_char(out, ')');
}

static void put_arg(struct buf *out, const struct arg *arg)
{
	struct buf left = BUF_INIT(256), right = BUF_INIT(2048);

	if (!arg->letter && !(arg->flags & ARG_POSITIONAL))
		buf_add_text(&left, "    ");
	help_option(&left, arg);
	help_meaning(&right, arg);
	put_pair(out, buf_text(&left), OPTION_COLUMN, buf_text(&right));
	buf_release(&left);
	buf_release(&right);
}

static void put_args(struct buf *out, const struct op *op, const char *title, bool positional)
{
	const char *heading = title;

	for (const struct arg *a = op->args; a && a->name; a++) {
		if (!(a->flags & ARG_POSITIONAL) == positional)
			continue;
		if (heading)
			buf_addf(out, "\n%s:\n", heading);
		heading = NULL;
		put_arg(out, a);
	}
}

/* --- levels ----------------------------------------------------------------------------------- */

void help_command(struct buf *out, const struct op *op)
{
	buf_addf(out, "%s\n\nusage: ", op->summary);
	help_usage(out, op);
	buf_add_char(out, '\n');
	if (op->detail) {
		buf_add_char(out, '\n');
		put_paragraphs(out, op->detail);
	}
	put_args(out, op, "arguments", true);
	put_args(out, op, "options", false);
	if (op->example) {
		buf_add_text(out, "\nexamples:\n");
		put_indented(out, op->example);
	}
	buf_add_text(out, "\nGlobal options: authrack help options\n");
}

void help_noun(struct buf *out, const char *noun)
{
	const struct op *op;
	char own[NOUN_SIZE];

	buf_addf(out, "%s\n\nusage: authrack %s VERB [options] [arguments]\n\n",
		 command_noun_summary(noun), noun);
	for (size_t i = 0; (op = command_at(i)); i++)
		if (strcmp(command_noun(op, own), noun) == 0)
			put_pair(out, command_verb(op), VERB_COLUMN, op->summary);
	buf_addf(out, "\nMore: authrack help %s VERB\n", noun);
}

/* One line a noun, with its verbs; a command without verb has its summary there. */
static void put_nouns(struct buf *out)
{
	char noun[NOUN_SIZE], last[NOUN_SIZE] = "";
	const struct op *op, *verb;

	for (size_t i = 0; (op = command_at(i)); i++) {
		struct buf right = BUF_INIT(2048);

		if (strcmp(command_noun(op, noun), last) == 0)
			continue;
		snprintf(last, sizeof(last), "%s", noun);
		if (!command_verb(op))
			buf_add_text(&right, op->summary);
		for (size_t n = i; (verb = command_at(n)); n++)
			if (command_verb(verb) && strcmp(command_noun(verb, noun), last) == 0)
				buf_addf(&right, "%s%s", right.len ? " " : "", command_verb(verb));
		put_pair(out, last, VERB_COLUMN, buf_text(&right));
		buf_release(&right);
	}
}

static void put_topics(struct buf *out)
{
	buf_add_text(out, "\nTopics: options");
	for (const struct help_text *t = help_texts; t->name; t++)
		buf_addf(out, ", %s", t->name);
	buf_add_char(out, '\n');
}

void help_program(struct buf *out)
{
	buf_add_text(out, "authrack administers API keys: issue, rotate, revoke, verify, audit\n\n"
			  "usage: authrack                       open the console\n"
			  "       authrack [global options] NOUN VERB [options] [arguments]\n\n"
			  "commands:\n");
	put_nouns(out);
	put_args(out, &global_options, "global options", false);
	buf_add_text(out, "\nMore: authrack help NOUN [VERB], authrack help TOPIC\n");
	put_topics(out);
}

static void help_options(struct buf *out)
{
	buf_add_text(out, "Global options stand anywhere behind the program's name.\n");
	put_args(out, &global_options, "global options", false);
}

static const struct help_text *text_find(const char *name)
{
	for (const struct help_text *t = help_texts; t->name; t++)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

static void help_text_print(struct buf *out, const struct help_text *t)
{
	buf_addf(out, "%s\n\n", t->title);
	put_paragraphs(out, t->text);
}

enum errc help_topic(struct buf *out, const char *first, const char *second, struct err *e)
{
	const struct op *op = first ? command_find(first, second) : NULL;

	if (!first)
		help_program(out);
	else if (op)
		help_command(out, op);
	else if (second && command_noun_exists(first))
		return command_unknown_verb(first, second, e);
	else if (command_noun_exists(first))
		help_noun(out, first);
	else if (strcmp(first, "options") == 0)
		help_options(out);
	else if (text_find(first))
		help_text_print(out, text_find(first));
	else
		return command_unknown_noun(first, e);
	return ERR_OK;
}

static enum errc run_help(const struct op_call *call, struct err *e)
{
	struct buf text = BUF_INIT(HELP_MAX);
	enum errc rc = help_topic(&text, op_nth(call->args, "topic", 0),
				  op_nth(call->args, "topic", 1), e);

	if (!rc)
		rc = call->sink->text(call->sink->arg, buf_text(&text), text.len, e);
	buf_release(&text);
	return rc;
}

static const struct arg help_args[] = {
	{ .name = "topic",
	  .type = ARG_TEXT,
	  .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "a noun, a noun and a verb, or a topic" },
	{ .name = NULL },
};

const struct op op_help = {
	.id = "help",
	.summary = "explain a command or a topic",
	.args = help_args,
	.flags = OP_TEXT | OP_NO_STORE,
	.run = run_help,
};
