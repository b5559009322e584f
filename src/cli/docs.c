/* The documents' generated parts (a program of the build, not part of authrack): prints a file with what
 * stands between its marks made anew from the operation table. A mark is a line with "NAME: generated
 * by", the part ends before the next mark "end". */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/file.h"
#include "src/cli/command.h"
#include "src/cli/help.h"
#include "src/cli/settings.h"

enum { DOCUMENT_MAX = 1 << 20, PART_NAME_SIZE = 32 };

/* --- Markdown ------------------------------------------------------------------------------------ */

static void markdown_commands(struct buf *out)
{
	char words[2 * NOUN_SIZE];
	const struct op *op;

	buf_add_text(out, "| command | what it does |\n| --- | --- |\n");
	for (size_t i = 0; (op = command_at(i)); i++)
		buf_addf(out, "| `%s` | %s |\n", command_words(op, words), op->summary);
}

/* --- mdoc ---------------------------------------------------------------------------------------- */

/* Text for roff lines: backslashes and a control character at the begin are taken literally. */
static void roff_literal_text(struct buf *out, const char *text)
{
	bool line_begins = true;

	for (; *text; text++) {
		if (line_begins && (*text == '.' || *text == '\''))
			buf_add_text(out, "\\&");
		line_begins = *text == '\n';
		if (*text == '\\')
			buf_add_text(out, "\\e");
		else
			buf_add_char(out, *text);
	}
}

/* The same for running text, where each sentence wants a line of its own. */
static void roff_text(struct buf *out, const char *text)
{
	const char *end;

	while ((end = strpbrk(text, ".?!")) && (end = strchr(end, ' '))) {
		char sentence[1024];
		bool ends = strchr(".?!", end[-1]);

		snprintf(sentence, sizeof(sentence), "%.*s", (int)(end - text), text);
		roff_literal_text(out, sentence);
		buf_add_char(out, ends ? '\n' : ' ');
		text = end + 1;
	}
	roff_literal_text(out, text);
}

/* Paragraphs; lines that begin with a blank are shown as they are. */
static void roff_paragraphs(struct buf *out, const char *text)
{
	bool literal = false;

	while (*text) {
		size_t len = strcspn(text, "\n");
		char line[1024];

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		text += len + (text[len] == '\n');
		if (!len) {
			if (!literal && *text && *text != ' ')
				buf_add_text(out, ".Pp\n");
			continue;
		}
		if ((line[0] == ' ') != literal) {
			literal = !literal;
			buf_add_text(out, literal ? ".Bd -literal\n" : ".Ed\n.Pp\n");
		}
		(literal ? roff_literal_text : roff_text)(out, line);
		buf_add_char(out, '\n');
	}
	if (literal)
		buf_add_text(out, ".Ed\n");
}

static void roff_item(struct buf *out, const struct arg *a)
{
	struct buf words = BUF_INIT(256), meaning = BUF_INIT(2048);

	if (a->flags & ARG_POSITIONAL) {
		help_option(&words, a);
		buf_addf(out, ".It Ar %s\n", buf_text(&words));
	} else {
		buf_add_text(out, ".It");
		if (a->letter)
			buf_addf(out, " Fl %c ,", a->letter);
		buf_addf(out, " Fl -%s", a->name);
		if (arg_takes_value(a))
			buf_addf(out, " Ar %s", help_value(a));
		buf_add_char(out, '\n');
	}
	help_meaning(&meaning, a);
	roff_text(out, buf_text(&meaning));
	buf_add_char(out, '\n');
	buf_release(&words);
	buf_release(&meaning);
}

static void roff_items(struct buf *out, const struct op *op)
{
	if (!op->args || !op->args->name)
		return;
	buf_add_text(out, ".Bl -tag -width indent\n");
	for (const struct arg *a = op->args; a->name; a++)
		if (a->flags & ARG_POSITIONAL)
			roff_item(out, a);
	for (const struct arg *a = op->args; a->name; a++)
		if (!(a->flags & ARG_POSITIONAL))
			roff_item(out, a);
	buf_add_text(out, ".El\n");
}

static void man_global_options(struct buf *out)
{
	roff_items(out, &global_options);
}

static void roff_literal(struct buf *out, const char *text)
{
	buf_add_text(out, ".Bd -literal -offset indent\n");
	roff_literal_text(out, text);
	if (text[0] && text[strlen(text) - 1] != '\n')
		buf_add_char(out, '\n');
	buf_add_text(out, ".Ed\n");
}

static void man_commands(struct buf *out)
{
	char words[2 * NOUN_SIZE];
	const struct op *op;

	for (size_t i = 0; (op = command_at(i)); i++) {
		struct buf usage = BUF_INIT(1024);

		help_usage(&usage, op);
		buf_addf(out, ".Ss %s\n", command_words(op, words));
		roff_literal(out, buf_text(&usage));
		buf_release(&usage);
		buf_add_text(out, ".Pp\n");
		roff_text(out, op->summary);
		buf_add_text(out, ".\n");
		if (op->detail) {
			buf_add_text(out, ".Pp\n");
			roff_paragraphs(out, op->detail);
		}
		roff_items(out, op);
		if (op->example)
			roff_literal(out, op->example);
	}
}

/* Has an earlier command the same member with the same meaning? */
static bool member_known(size_t before, const struct op_column *column)
{
	for (size_t i = 0; i < before; i++)
		for (const struct op_column *c = command_at(i)->columns; c && c->name; c++)
			if (strcmp(c->name, column->name) == 0 && c->help && column->help &&
			    strcmp(c->help, column->help) == 0)
				return true;
	return false;
}

static void man_members(struct buf *out, const struct op *op)
{
	char words[2 * NOUN_SIZE];

	buf_addf(out, ".It %s\n", command_words(op, words));
	for (const struct op_column *c = op->columns; c->name; c++)
		buf_addf(out, "%s%s", c->name, c[1].name ? ",\n" : "");
	buf_add_char(out, '\n');
}

/* Which members a command prints; then what each means, once. */
static void man_json(struct buf *out)
{
	const struct op *op;

	buf_add_text(out, ".Bl -tag -width indent\n");
	for (size_t i = 0; (op = command_at(i)); i++)
		if (op->columns && op->columns->name)
			man_members(out, op);
	buf_add_text(out, ".El\n.Pp\nThe members:\n.Bl -tag -width indent\n");
	for (size_t i = 0; (op = command_at(i)); i++) {
		for (const struct op_column *c = op->columns; c && c->name; c++) {
			if (member_known(i, c))
				continue;
			buf_addf(out, ".It Cm %s\n", c->name);
			roff_text(out, c->help ? c->help : "");
			buf_add_char(out, '\n');
		}
	}
	buf_add_text(out, ".El\n");
}

static void man_text(struct buf *out, const char *name)
{
	for (const struct help_text *t = help_texts; t->name; t++)
		if (strcmp(t->name, name) == 0)
			roff_paragraphs(out, t->text);
}

static void man_exit_codes(struct buf *out)
{
	man_text(out, "exit-codes");
}

static void man_files(struct buf *out)
{
	man_text(out, "files");
}

static void man_output(struct buf *out)
{
	man_text(out, "json");
}

static void man_secrets(struct buf *out)
{
	man_text(out, "secrets");
}

/* --- the document -------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*write)(struct buf *out);
} parts[] = {
	{ "commands", markdown_commands },
	{ "man-commands", man_commands },
	{ "man-global-options", man_global_options },
	{ "man-json", man_json },
	{ "man-output", man_output },
	{ "man-exit-codes", man_exit_codes },
	{ "man-files", man_files },
	{ "man-secrets", man_secrets },
};

/* Writes the part that the line opens. False: it opens none of ours. */
static bool part_write(struct buf *out, const char *line)
{
	const char *mark = strstr(line, ": generated by");

	for (size_t i = 0; mark && i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t len = strlen(parts[i].name);

		if ((size_t)(mark - line) <= len || mark[-1 - (long)len] != ' ' ||
		    memcmp(mark - len, parts[i].name, len) != 0)
			continue;
		parts[i].write(out);
		return true;
	}
	return false;
}

static void document_write(struct buf *out, char *text)
{
	bool skipping = false;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		if (skipping && !strstr(line, "<!-- end") && !strstr(line, "\\\" end"))
			continue;
		skipping = false;
		buf_add_text(out, line);
		if (text)
			buf_add_char(out, '\n');
		skipping = part_write(out, line);
	}
}

int main(int argc, char **argv)
{
	struct buf in = BUF_INIT(DOCUMENT_MAX), out = BUF_INIT(DOCUMENT_MAX);
	struct err e = ERR_INIT;
	int rc = 0;

	if (argc != 2 || file_read(&in, argv[1], &e)) {
		fprintf(stderr, "usage: docs FILE\n%s\n", e.message);
		rc = ERR_USAGE;
	} else {
		if (in.len)
			document_write(&out, in.data);
		if (out.full || fwrite(buf_text(&out), 1, out.len, stdout) != out.len ||
		    fflush(stdout) != 0)
			rc = ERR_STORE;
	}
	buf_release(&in);
	buf_release(&out);
	return rc;
}
