/* The `completion` command. */
#include "src/cli/completion.h"

#include <string.h>

#include "src/app/app.h"
#include "src/cli/help.h"

/* What has no name is known by its id. */
static enum errc print_name(void *arg, const struct op *op, const struct json *row, struct err *e)
{
	const struct op_sink *sink = arg;
	const char *name = json_get_text(row, json_get(row, "name") ? "name" : "id");
	enum errc rc;

	(void)op;
	if (!name || strpbrk(name, "\n\t\033"))
		return ERR_OK;
	rc = sink->text(sink->arg, name, strlen(name), e);
	return rc ? rc : sink->text(sink->arg, "\n", 1, e);
}

static void no_note(void *arg, const char *text)
{
	(void)arg;
	(void)text;
}

/* What the scripts ask for, and the operation that lists it. */
static const struct {
	const char *word, *list;
} lists[] = {
	{ "keys", "key.list" },
	{ "providers", "provider.list" },
	{ "grants", "grant.list" },
	{ "flows", "device.list" },
};

static const struct op *list_of(const char *word)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strcmp(lists[i].word, word) == 0)
			return op_find(lists[i].list);
	return NULL;
}

static enum errc print_names(const struct op_call *call, const struct op *list, struct err *e)
{
	struct op_sink sink = *call->sink,
		       names = { .arg = &sink, .record = print_name, .note = no_note };
	struct op_args *args = op_args_new(list);
	enum errc rc = op_takes(args, "limit") ? op_args_add(args, "limit", "1000", e) : ERR_OK;

	if (!rc)
		rc = app_run(call->app, list, args, &names, e);
	op_args_free(args);
	return rc;
}

static const char *const shells[] = { "bash", "zsh", "fish", NULL };

static enum errc run_completion(const struct op_call *call, struct err *e)
{
	static void (*const writers[])(struct buf * out) = { completion_bash, completion_zsh,
							     completion_fish };
	const char *shell = op_text(call->args, "shell");
	struct buf text = BUF_INIT(HELP_MAX);
	size_t i = 0;
	enum errc rc;

	if (list_of(shell))
		return print_names(call, list_of(shell), e);
	while (shells[i] && strcmp(shells[i], shell) != 0)
		i++;
	if (!shells[i]) {
		err_set(e, ERR_USAGE, "there is no completion for \"%s\"", shell);
		return err_hint(e, "bash, zsh or fish");
	}
	writers[i](&text);
	rc = call->sink->text(call->sink->arg, buf_text(&text), text.len, e);
	buf_release(&text);
	return rc;
}

static const struct arg completion_args[] = {
	{ .name = "shell",
	  .type = ARG_TEXT,
	  .flags = ARG_POSITIONAL | ARG_REQUIRED,
	  .choices = shells,
	  .help = "whose script to print" },
	{ .name = NULL },
};

const struct op op_completion = {
	.id = "completion",
	.summary = "print a completion script for a shell",
	.detail = "bash: authrack completion bash > "
		  "~/.local/share/bash-completion/completions/authrack\n"
		  "zsh: put it as _authrack into a folder of $fpath\n"
		  "fish: authrack completion fish > ~/.config/fish/completions/authrack.fish",
	.args = completion_args,
	.flags = OP_TEXT | OP_NO_STORE,
	.run = run_completion,
};
