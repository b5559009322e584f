/* Parsing. Options may stand before the command's words, and the same name can take a value in one
 * command and none in another; so each command of the table is tried, and the one whose words come
 * out first under its own options is the one that is meant. */
#include "src/cli/parse.h"

#include <string.h>

#include "src/app/token_input.h"
#include "src/base/secret_format.h"
#include "src/cli/command.h"
#include "src/cli/settings.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_OPTION,
	TOKEN_UNKNOWN,	      /* an option that neither the command nor the program has */
	TOKEN_NO_VALUE,	      /* an option without the value it needs */
	TOKEN_VALUE_TOO_MUCH, /* a flag with a value */
};

struct token {
	enum token_kind kind;
	const char *text; /* as it stands in argv */
	const struct arg *arg;
	const char *value; /* NULL: a flag's */
};

struct scan {
	const struct op *op; /* whose options count besides the global ones; NULL none */
	int argc, at;
	char **argv;
	const char *cluster; /* the rest of -abc, NULL none */
	bool literal;	     /* behind "--" */
};

static const struct arg *option_find(const struct op *op, const char *name, size_t len, char letter)
{
	for (const struct arg *a = op ? op->args : NULL; a && a->name; a++) {
		if (a->flags & ARG_POSITIONAL)
			continue;
		if (letter ? a->letter == letter
			   : strlen(a->name) == len && memcmp(a->name, name, len) == 0)
			return a;
	}
	return NULL;
}

/* An option of the command, else a global one. */
static const struct arg *option_of(const struct scan *s, const char *name, size_t len, char letter)
{
	const struct arg *arg = option_find(s->op, name, len, letter);

	return arg ? arg : option_find(&global_options, name, len, letter);
}

/* Takes the value from behind the "=" or the letter, else the next word of argv. */
static void take_value(struct scan *s, struct token *t, const char *attached)
{
	t->kind = TOKEN_OPTION;
	if (attached)
		t->value = attached;
	else if (s->at < s->argc)
		t->value = s->argv[s->at++];
	else
		t->kind = TOKEN_NO_VALUE;
}

static void scan_long(struct scan *s, struct token *t)
{
	const char *name = t->text + 2;
	size_t len = strcspn(name, "=");
	const char *attached = name[len] ? name + len + 1 : NULL;

	t->arg = option_of(s, name, len, '\0');
	if (!t->arg)
		t->kind = TOKEN_UNKNOWN;
	else if (arg_takes_value(t->arg))
		take_value(s, t, attached);
	else
		t->kind = attached ? TOKEN_VALUE_TOO_MUCH : TOKEN_OPTION;
}

static void scan_letter(struct scan *s, struct token *t)
{
	const char *rest = s->cluster + 1;

	t->arg = option_of(s, NULL, 0, *s->cluster);
	s->cluster = *rest ? rest : NULL;
	if (!t->arg) {
		t->kind = TOKEN_UNKNOWN;
		s->cluster = NULL;
		return;
	}
	t->kind = TOKEN_OPTION;
	if (!arg_takes_value(t->arg))
		return;
	s->cluster = NULL;
	take_value(s, t, *rest ? rest : NULL);
}

static struct token scan_next(struct scan *s)
{
	struct token t = { .kind = TOKEN_WORD };

	if (s->cluster) {
		t.text = s->argv[s->at - 1];
		scan_letter(s, &t);
		return t;
	}
	if (s->at < s->argc && !s->literal && strcmp(s->argv[s->at], "--") == 0) {
		s->literal = true;
		s->at++;
	}
	if (s->at >= s->argc) {
		t.kind = TOKEN_END;
		return t;
	}
	t.text = s->argv[s->at++];
	if (s->literal || t.text[0] != '-' || !t.text[1])
		return t;
	if (t.text[1] == '-') {
		scan_long(s, &t);
	} else {
		s->cluster = t.text + 1;
		scan_letter(s, &t);
	}
	return t;
}

/* --- which command ---------------------------------------------------------------------------- */

struct words {
	const char *noun, *verb; /* the first two words; NULL: not there */
	const char *unknown;	 /* the first unknown option that stands before the second */
};

static struct words words_of(const struct op *op, int argc, char **argv)
{
	struct scan scan = { .op = op, .argc = argc, .at = 1, .argv = argv };
	struct words w = { .noun = NULL };
	struct token t;

	while (!w.verb && (t = scan_next(&scan)).kind != TOKEN_END) {
		if (t.kind == TOKEN_UNKNOWN && !w.unknown)
			w.unknown = t.text;
		if (t.kind != TOKEN_WORD)
			continue;
		*(w.noun ? &w.verb : &w.noun) = t.text;
	}
	return w;
}

static bool command_fits(const struct op *op, int argc, char **argv)
{
	struct words w = words_of(op, argc, argv);
	const char *verb = command_verb(op);
	char noun[NOUN_SIZE];

	if (!w.noun || strcmp(w.noun, command_noun(op, noun)) != 0)
		return false;
	return !verb || (w.verb && strcmp(w.verb, verb) == 0);
}

static const struct op *command_meant(int argc, char **argv)
{
	const struct op *op;

	for (size_t i = 0; (op = command_at(i)); i++)
		if (command_fits(op, argc, argv))
			return op;
	return NULL;
}

/* Why no command fits; 0 where none was named, or only a noun. */
static enum errc command_missing(struct command_line *c, int argc, char **argv, struct err *e)
{
	struct words w = words_of(NULL, argc, argv);
	bool known = w.noun && command_noun_exists(w.noun);

	if (w.unknown && !(known && w.verb))
		return command_unknown_option(NULL, w.unknown, e);
	if (w.noun && !known)
		return command_unknown_noun(w.noun, e);
	if (w.verb)
		return command_unknown_verb(w.noun, w.verb, e);
	c->noun = w.noun;
	return ERR_OK;
}

/* --- its arguments ---------------------------------------------------------------------------- */

static const struct arg *secret_of(const struct op *op)
{
	for (const struct arg *a = op->args; a && a->name; a++)
		if (a->type == ARG_SECRET)
			return a;
	return NULL;
}

/* argv can be read by everyone: nothing there is taken for a secret, or repeated when it looks
 * so. */
static enum errc secret_refuse(struct err *e)
{
	err_set(e, ERR_USAGE, "a secret is never taken from the command line");
	return err_hint(e, "others can read it there: pipe it in, or leave it out to be asked");
}

static bool secret_like(const char *text)
{
	enum secret_shape shape = secret_parse(text, strlen(text), NULL);

	return shape == SECRET_OWN || shape == SECRET_MISTYPED || token_like(text);
}

/* The positional argument for the n-th word behind the command. */
static const struct arg *positional_at(const struct op *op, size_t n)
{
	for (const struct arg *a = op->args; a && a->name; a++)
		if (a->flags & ARG_POSITIONAL && (a->flags & ARG_REPEATED || n-- == 0))
			return a;
	return NULL;
}

static enum errc word_take(struct command_line *c, const char *word, size_t n, struct err *e)
{
	const struct arg *arg = positional_at(c->op, n);
	char words[2 * NOUN_SIZE];

	if (secret_of(c->op) && strcmp(word, "-") == 0 && !(arg && arg->type == ARG_FILE)) {
		c->secret = secret_of(c->op);
		return ERR_OK;
	}
	if (arg && arg->type != ARG_SECRET)
		return op_args_add(c->args, arg->name, word, e);
	if (secret_of(c->op))
		return secret_refuse(e);
	err_set(e, ERR_USAGE, "\"%s\" is one argument too many", word);
	return err_hint(e, "see authrack help %s", command_words(c->op, words));
}

/* An option that the command and the program both have (--yes) is told to both. */
static enum errc option_take(struct command_line *c, const struct token *t, struct err *e)
{
	const char *name = t->arg->name, *value = t->value ? t->value : "true";
	enum errc rc = ERR_OK;

	if (t->arg->type == ARG_SECRET) {
		c->secret = t->arg;
		return ERR_OK;
	}
	if (op_arg(&global_options, name))
		rc = op_args_add(c->globals, name, value, e);
	if (!rc && c->op && op_arg(c->op, name))
		rc = op_args_add(c->args, name, value, e);
	return rc;
}

static enum errc option_wrong(const struct command_line *c, const struct token *t, struct err *e)
{
	if (t->kind == TOKEN_UNKNOWN)
		return command_unknown_option(c->op, t->text, e);
	if (t->kind == TOKEN_NO_VALUE)
		err_set(e, ERR_USAGE, "\"--%s\" needs a value", t->arg->name);
	else
		err_set(e, ERR_USAGE, "\"--%s\" takes no value", t->arg->name);
	return err_hint(e, "%s", t->arg->help);
}

static enum errc tokens_take(struct command_line *c, struct scan *scan, struct err *e)
{
	size_t skip = c->op ? 1 + !!command_verb(c->op) : 1, words = 0;
	enum errc rc = ERR_OK;
	struct token t;

	while (!rc && (t = scan_next(scan)).kind != TOKEN_END) {
		if (t.kind == TOKEN_OPTION)
			rc = option_take(c, &t, e);
		else if (t.kind != TOKEN_WORD)
			rc = option_wrong(c, &t, e);
		else if (words++ >= skip)
			rc = word_take(c, t.text, words - 1 - skip, e);
	}
	return rc;
}

static bool secret_in_argv(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (secret_like(argv[i]))
			return true;
	return false;
}

/* A secret that stands for what could be given as an argument, and was not. */
static void otherwise_secret(struct command_line *c)
{
	const struct arg *secret = secret_of(c->op);

	if (!secret || !(secret->flags & ARG_OTHERWISE))
		return;
	for (const struct arg *a = c->op->args; a->name; a++)
		if (a->flags & (ARG_POSITIONAL | ARG_INSTEAD) && op_has(c->args, a->name))
			return;
	if (c->secret != secret)
		c->hidden = c->secret;
	c->secret = secret;
}

static void require_secret(struct command_line *c)
{
	const struct arg *secret = secret_of(c->op);

	c->args = op_args_new(c->op);
	if (secret && secret->flags & ARG_REQUIRED)
		c->secret = secret;
}

enum errc command_line_parse(struct command_line *c, int argc, char **argv, struct err *e)
{
	struct scan scan = { .argc = argc, .at = 1, .argv = argv };
	enum errc rc = ERR_OK;

	if (secret_in_argv(argc, argv))
		return secret_refuse(e);
	c->globals = op_args_new(&global_options);
	c->op = command_meant(argc, argv);
	if (c->op)
		require_secret(c);
	else
		rc = command_missing(c, argc, argv, e);
	scan.op = c->op;
	if (!rc)
		rc = tokens_take(c, &scan, e);
	if (!rc && c->op)
		otherwise_secret(c);
	return rc;
}

void command_line_release(struct command_line *c)
{
	op_args_free(c->args);
	op_args_free(c->globals);
	*c = (struct command_line){ .op = NULL };
}

bool command_line_wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "-j") == 0)
			return true;
	return false;
}
