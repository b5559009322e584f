/* A front end without a terminal. */
#include "tests/lib/op_run.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/file.h"

enum { KEPT_MAX = 64 * 1024 * 1024 };

static enum errc take_record(void *arg, const struct op *op, const struct json *row, struct err *e)
{
	struct op_run *r = arg;
	struct buf line = BUF_INIT(KEPT_MAX);
	struct json *copy = NULL;
	enum errc rc;

	(void)op;
	json_write(&line, row);
	rc = json_parse(&copy, buf_text(&line), line.len, e);
	if (!rc)
		json_add(r->rows, copy);
	buf_release(&line);
	return rc;
}

static enum errc take_reveal(void *arg, const struct op *op, const struct json *row,
			     const struct secret *secret, struct err *e)
{
	struct op_run *r = arg;

	if (r->refuses_reveal)
		return err_set(e, ERR_STORE, "the output is closed");
	snprintf(r->secret, sizeof(r->secret), "%s", secret_reveal(secret));
	return take_record(arg, op, row, e);
}

static enum errc take_text(void *arg, const char *data, size_t len, struct err *e)
{
	struct op_run *r = arg;

	(void)e;
	buf_add(&r->text, data, len);
	return ERR_OK;
}

static bool take_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	struct op_run *r = arg;

	(void)done;
	(void)total;
	r->progress++;
	return !r->on_progress || r->on_progress(r, what);
}

static enum errc take_confirm(void *arg, const char *question, struct err *e)
{
	struct op_run *r = arg;

	if (!r->refuses_confirm)
		return ERR_OK;
	return err_set(e, ERR_CONFLICT, "refused: %s", question);
}

static void take_note(void *arg, const char *text)
{
	struct op_run *r = arg;

	buf_addf(&r->notes, "%s\n", text);
}

static enum errc give_passphrase(void *arg, const char *prompt, struct secret *out, struct err *e)
{
	struct op_run *r = arg;

	(void)prompt;
	if (!r->passphrase)
		return err_set(e, ERR_USAGE, "no passphrase in this test");
	secret_set(out, r->passphrase, strlen(r->passphrase));
	return ERR_OK;
}

int op_run_setup(void **state)
{
	struct op_run *r = x_calloc(1, sizeof(*r));

	r->folder = temp_folder();
	r->store = path_join(r->folder, "authrack.db");
	r->master = path_join(r->folder, "master.key");
	test_clock_init(&r->clock, TEST_NOW);
	buf_init(&r->text, KEPT_MAX);
	buf_init(&r->notes, KEPT_MAX);
	r->options = (struct app_options){
		.store = r->store,
		.master_file = r->master,
		.no_syslog = true,
		.passphrase = give_passphrase,
		.passphrase_arg = r,
		.clock = &r->clock.clock,
	};
	r->app = app_new(&r->options);
	*state = r;
	return 0;
}

int op_run_teardown(void **state)
{
	struct op_run *r = *state;

	app_free(r->app);
	json_free(r->rows);
	buf_release(&r->text);
	buf_release(&r->notes);
	temp_folder_remove(r->folder);
	free(r->store);
	free(r->master);
	free(r);
	return 0;
}

static void args_secret(struct op_run *r, const struct op *op, struct op_args *args)
{
	struct secret value = SECRET_INIT;

	for (const struct arg *a = op->args; r->stdin_secret && a && a->name; a++) {
		if (a->type != ARG_SECRET)
			continue;
		secret_set(&value, r->stdin_secret, strlen(r->stdin_secret));
		op_args_add_secret(args, a->name, &value);
	}
	r->stdin_secret = NULL;
}

static enum errc args_read(struct op_run *r, const struct op *op, struct op_args *args, va_list ap)
{
	const char *name;
	enum errc rc = ERR_OK;

	args_secret(r, op, args);
	while (!rc && (name = va_arg(ap, const char *))) {
		const char *value = va_arg(ap, const char *);
		const struct arg *arg = op_arg(op, name);

		assert_non_null(arg);
		rc = op_args_add(args, name, arg->type == ARG_FLAG ? "true" : value, &r->e);
	}
	return rc;
}

enum errc op_run(struct op_run *r, const char *id, ...)
{
	const struct op_sink sink = {
		.arg = r,
		.record = take_record,
		.reveal = take_reveal,
		.text = take_text,
		.progress = take_progress,
		.confirm = take_confirm,
		.note = take_note,
	};
	const struct op *op = op_find(id);
	struct op_args *args;
	enum errc rc;
	va_list ap;

	assert_non_null(op);
	json_free(r->rows);
	r->rows = json_array_new();
	buf_clear(&r->text);
	buf_clear(&r->notes);
	r->secret[0] = '\0';
	r->progress = 0;
	r->e = (struct err)ERR_INIT;
	args = op_args_new(op);
	va_start(ap, id);
	rc = args_read(r, op, args, ap);
	va_end(ap);
	if (!rc)
		rc = app_run(r->app, op, args, &sink, &r->e);
	op_args_free(args);
	return rc;
}

const char *op_run_text(const struct op_run *r, size_t n, const char *name)
{
	return json_get_text(json_at(r->rows, n), name);
}

int64_t op_run_int(const struct op_run *r, size_t n, const char *name)
{
	return json_get_int(json_at(r->rows, n), name, INT64_MIN);
}

bool op_run_bool(const struct op_run *r, size_t n, const char *name)
{
	return json_get_bool(json_at(r->rows, n), name);
}

char *op_run_file(const struct op_run *r, const char *name, const char *text)
{
	char *path = path_join(r->folder, name);

	file_put(path, text);
	return path;
}
