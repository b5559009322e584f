/* The program from its start to its exit code. */
#include "src/cli/cli.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/secret.h"
#include "src/cli/ask.h"
#include "src/cli/command.h"
#include "src/cli/completion.h"
#include "src/cli/help.h"
#include "src/cli/interrupt.h"
#include "src/cli/parse.h"
#include "src/cli/printer.h"
#include "src/cli/report.h"

/* A descriptor that was closed at the start would be the next file opened: the store. Standard input
 * can then not be read and standard output not be written, as is right: a secret must not vanish. */
static bool standard_files_open(void)
{
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDWR };

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
			return false;
	return true;
}

/* A write that fails is an error to be told, not the end. */
static void signals_ignore(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

static struct app_options options_of(const struct settings *s, const struct op *op)
{
	return (struct app_options){
		.store = s->store,
		.master_file = s->master_key,
		.read_only = s->read_only,
		.accept_clock = s->accept_clock,
		.no_syslog = s->no_syslog,
		.wait_ms = s->wait_ms,
		/* Pressing Tab must not ask for a passphrase. */
		.passphrase = op == &op_completion ? NULL : ask_passphrase,
	};
}

/* Who reads only has nothing to tell where nobody listens (`key list | head`): ends as SIGPIPE ends
 * other programs, which a shell calls 141. Of a change it has to be told. */
static void end_unread(const struct out *out, const struct op *op)
{
	if (!out->unread || (op && op->flags & OP_WRITES))
		return;
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
}

static enum errc print_text(const struct buf *text, struct err *e)
{
	struct out out;
	enum errc rc;

	out_init(&out, STDOUT_FILENO);
	rc = out_add(&out, buf_text(text), text->len, e);
	if (!rc)
		rc = out_flush(&out, e);
	end_unread(&out, NULL);
	out_release(&out);
	return rc;
}

static enum errc
secret_take(struct command_line *c, const struct arg *arg,
	    enum errc (*ask)(struct secret *s, const struct arg *arg, struct err *e), struct err *e)
{
	struct secret secret = SECRET_INIT;
	enum errc rc;

	if (!arg)
		return ERR_OK;
	rc = ask(&secret, arg, e);
	if (!rc)
		op_args_add_secret(c->args, arg->name, &secret);
	secret_release(&secret);
	return rc;
}

static enum errc secrets_take(struct command_line *c, struct err *e)
{
	enum errc rc = secret_take(c, c->secret, ask_secret, e);

	return rc ? rc : secret_take(c, c->hidden, ask_hidden, e);
}

/* A failure leaves standard output empty; only lists show what they found until then (an altered
 * row is listed, and the list fails for it). */
static enum errc operation_run(struct command_line *c, struct app *app, struct printer *p,
			       struct err *e)
{
	struct err late = ERR_INIT;
	enum errc rc = secrets_take(c, e), finished;

	if (!rc)
		rc = app_run(app, c->op, c->args, &p->sink, e);
	if (rc && rc != ERR_NO && !(c->op->flags & OP_LIST))
		out_drop(&p->out);
	finished = printer_finish(p, rc == ERR_OK, &late);
	if (finished && (rc == ERR_OK || rc == ERR_NO)) {
		*e = late;
		rc = finished;
		if (c->op->flags & OP_WRITES)
			err_hint(e, "the change was made: look with authrack audit list");
	}
	return rc;
}

static enum errc operate(struct command_line *c, const struct settings *s,
			 const struct front_ends *others, struct err *e)
{
	struct app_options options = options_of(s, c->op);
	struct printer printer;
	struct app *app;
	enum errc rc;

	options.serve = others->serve;
	app = app_new(&options);
	printer_init(&printer, s, c->op);
	if (!(c->op->flags & OP_STAYS))
		interrupt_watch(app, c->op->flags & OP_REMOTE);
	rc = operation_run(c, app, &printer, e);
	interrupt_end(rc == ERR_CANCELLED);
	app_free(app);
	end_unread(&printer.out, c->op);
	printer_release(&printer);
	return rc;
}

static enum errc console_open(const struct front_ends *others, const struct settings *s,
			      struct err *e)
{
	const struct app_options options = options_of(s, NULL);
	const char *term = getenv("TERM");
	bool dumb = !term || !*term || strcmp(term, "dumb") == 0;

	if (!dumb && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return (enum errc)others->console(&options, s);
	err_set(e, ERR_USAGE,
		dumb ? "the console does not work on this terminal (TERM=%s)"
		     : "the console needs a terminal",
		term ? term : "");
	return err_hint(e, "use the command line: authrack NOUN VERB, see authrack help");
}

static enum errc help_print(const struct command_line *c, struct err *e)
{
	struct buf text = BUF_INIT(HELP_MAX);
	enum errc rc;

	if (c->op)
		help_command(&text, c->op);
	else if (c->noun)
		help_noun(&text, c->noun);
	else
		help_program(&text);
	rc = print_text(&text, e);
	buf_release(&text);
	return rc;
}

static enum errc version_print(struct err *e)
{
	struct buf text = BUF_INIT(128);
	enum errc rc;

	buf_add_text(&text, "authrack " AUTHRACK_VERSION "\n");
	rc = print_text(&text, e);
	buf_release(&text);
	return rc;
}

static enum errc dispatch(struct command_line *c, const struct front_ends *others, struct err *e)
{
	struct settings settings = { .json = false };
	enum errc rc;

	if (op_flag(c->globals, "version"))
		return version_print(e);
	if (op_flag(c->globals, "help") || (c->noun && !c->op))
		return help_print(c, e);
	rc = settings_load(&settings, c->globals, e);
	if (!rc)
		rc = c->op ? operate(c, &settings, others, e) : console_open(others, &settings, e);
	settings_release(&settings);
	return rc;
}

int cli_main(int argc, char **argv, const struct front_ends *others)
{
	struct command_line line = { .op = NULL };
	struct err e = ERR_INIT;
	enum errc rc;

	if (!standard_files_open())
		return ERR_STORE;
	signals_ignore();
	secret_process_init();
	setlocale(LC_CTYPE, "");
	rc = command_line_parse(&line, argc, argv, &e);
	if (!rc)
		rc = dispatch(&line, others, &e);
	if (rc && rc != ERR_NO)
		report_error(command_line_wants_json(argc, argv), &e);
	command_line_release(&line);
	return (int)rc;
}
