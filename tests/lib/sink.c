/* A session and a recording sink for the tests of operations. */
#include "tests/lib/sink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/audit.h"
#include "data/key.h"
#include "src/base/alloc.h"
#include "src/base/datetime.h"
#include "src/base/file.h"

static enum errc on_record(void *arg, const struct op *op, const struct json *row, struct err *e)
{
	struct session *s = arg;
	struct buf text = BUF_INIT(1024 * 1024);
	struct json *copy = NULL;

	(void)op;
	if (s->record_fails)
		return err_set(e, s->record_fails, "the output is closed");
	assert_true(json_write(&text, row));
	assert_well(json_parse(&copy, buf_text(&text), text.len, e), e);
	json_add(s->records, copy);
	buf_release(&text);
	return ERR_OK;
}

static enum errc on_reveal(void *arg, const struct op *op, const struct json *row,
			   const struct secret *secret, struct err *e)
{
	struct session *s = arg;

	assert_true(s->secret_count < SINK_SECRETS);
	snprintf(s->secrets[s->secret_count++], SINK_TEXT, "%s", secret_reveal(secret));
	s->reveals++;
	if (s->on_reveal)
		s->on_reveal(s);
	if (s->reveal_fails)
		return err_set(e, s->reveal_fails, "the output is closed");
	return on_record(arg, op, row, e);
}

static enum errc on_text(void *arg, const char *data, size_t len, struct err *e)
{
	struct session *s = arg;
	size_t used = strlen(s->text);

	(void)e;
	snprintf(s->text + used, sizeof(s->text) - used, "%.*s", (int)len, data);
	return ERR_OK;
}

static enum errc on_confirm(void *arg, const char *question, struct err *e)
{
	struct session *s = arg;

	s->asked++;
	snprintf(s->question, sizeof(s->question), "%s", question);
	return s->answer ? err_set(e, s->answer, "not confirmed") : ERR_OK;
}

static void on_note(void *arg, const char *text)
{
	struct session *s = arg;
	size_t used = strlen(s->notes);

	snprintf(s->notes + used, sizeof(s->notes) - used, "%s\n", text);
}

void session_start(struct session *s)
{
	*s = (struct session){ .folder = temp_folder() };
	s->path = path_join(s->folder, "authrack.db");
	s->master_file = path_join(s->folder, "master.key");
	test_clock_init(&s->clock, TEST_NOW);
	s->options = (struct app_options){
		.store = s->path,
		.master_file = s->master_file,
		.no_syslog = true,
		.clock = &s->clock.clock,
	};
	s->records = json_array_new();
	s->app = app_new(&s->options);
}

void session_end(struct session *s)
{
	app_free(s->app);
	json_free(s->records);
	temp_folder_remove(s->folder);
	free(s->path);
	free(s->master_file);
}

int session_setup(void **state)
{
	struct session *s = x_calloc(1, sizeof(*s));

	session_start(s);
	*state = s;
	return 0;
}

int session_teardown(void **state)
{
	session_end(*state);
	free(*state);
	return 0;
}

void session_reopen(struct session *s)
{
	app_free(s->app);
	s->app = app_new(&s->options);
}

static void add_secret(struct op_args *args, const char *name, const char *value)
{
	struct secret secret = SECRET_INIT;

	secret_set(&secret, value, strlen(value));
	op_args_add_secret(args, name, &secret);
}

static enum errc args_from(struct op_args *args, const struct op *op, va_list ap, struct err *e)
{
	enum errc r = ERR_OK;
	const char *name;

	while (!r && (name = va_arg(ap, const char *))) {
		const char *value = va_arg(ap, const char *);
		const struct arg *arg = op_arg(op, name);

		if (arg && arg->type == ARG_SECRET)
			add_secret(args, name, value);
		else
			r = op_args_add(args, name, value, e);
	}
	return r;
}

static const struct op_sink *recording_sink(struct session *s)
{
	static struct op_sink sink = {
		.record = on_record,
		.reveal = on_reveal,
		.text = on_text,
		.confirm = on_confirm,
		.note = on_note,
	};

	sink.arg = s;
	return &sink;
}

static enum errc run_list(struct app *app, const struct op_sink *sink, struct err *e,
			  const char *id, va_list ap)
{
	const struct op *op = op_find(id);
	struct op_args *args;
	enum errc r;

	assert_non_null(op);
	args = op_args_new(op);
	r = args_from(args, op, ap, e);
	if (!r)
		r = app_run(app, op, args, sink, e);
	op_args_free(args);
	return r;
}

enum errc session_run(struct session *s, struct err *e, const char *id, ...)
{
	enum errc r;
	va_list ap;

	json_free(s->records);
	s->records = json_array_new();
	s->notes[0] = s->text[0] = s->question[0] = '\0';
	s->asked = s->reveals = 0;
	va_start(ap, id);
	r = run_list(s->app, recording_sink(s), e, id, ap);
	va_end(ap);
	return r;
}

static enum errc drop_record(void *arg, const struct op *op, const struct json *row, struct err *e)
{
	(void)arg;
	(void)op;
	(void)row;
	(void)e;
	return ERR_OK;
}

static enum errc drop_secret(void *arg, const struct op *op, const struct json *row,
			     const struct secret *secret, struct err *e)
{
	(void)secret;
	return drop_record(arg, op, row, e);
}

enum errc session_other(struct session *s, struct err *e, const char *id, ...)
{
	const struct op_sink sink = { .record = drop_record, .reveal = drop_secret };
	struct app *app = app_new(&s->options);
	enum errc r;
	va_list ap;

	va_start(ap, id);
	r = run_list(app, &sink, e, id, ap);
	va_end(ap);
	app_free(app);
	return r;
}

size_t session_count(const struct session *s)
{
	return json_count(s->records);
}

const struct json *session_record(const struct session *s, size_t n)
{
	assert_true(n < json_count(s->records));
	return json_at(s->records, n);
}

const char *session_text(const struct session *s, const char *member)
{
	return json_get_text(session_record(s, 0), member);
}

int64_t session_int(const struct session *s, const char *member)
{
	return json_get_int(session_record(s, 0), member, -1);
}

int64_t session_time(const struct session *s, const char *member)
{
	const char *text = session_text(s, member);
	struct err e = ERR_INIT;
	int64_t at = TIME_NONE;

	if (text)
		assert_well(datetime_parse(&at, text, &e), &e);
	return at;
}

const char *session_last_secret(const struct session *s)
{
	assert_true(s->secret_count > 0);
	return s->secrets[s->secret_count - 1];
}

const char *session_create(struct session *s, const char *name)
{
	return session_create_with(s, name, NULL, NULL);
}

const char *session_create_with(struct session *s, const char *name, const char *option,
				const char *value)
{
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.create", "name", name, option, value, NULL), &e);
	return session_last_secret(s);
}

const char *session_code(struct session *s, const char *secret)
{
	struct err e = ERR_INIT;
	enum errc r = session_run(s, &e, "key.verify", "secret", secret, NULL);

	if (r != ERR_OK && r != ERR_NO)
		fail_msg("verify: %s", e.message);
	assert_int_equal(r == ERR_OK, json_get_bool(session_record(s, 0), "valid"));
	return session_text(s, "code");
}

void session_show(struct session *s, const char *key)
{
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.show", "key", key, NULL), &e);
}

struct store *session_store(struct session *s)
{
	const struct store_options o = {
		.url = s->path,
		.master_file = s->master_file,
		.wait_ms = 5000,
		.verb = "test",
		.clock = &s->clock.clock,
	};
	struct store *store = NULL;
	struct err e = ERR_INIT;

	assert_well(store_open(&store, &o, &e), &e);
	return store;
}

void session_use(struct session *s, int64_t version, int64_t at, const char *address)
{
	const struct usage_add use = {
		.key = 1,
		.version = version,
		.at = at,
		.code = "VALID",
		.count = 1,
		.address = address,
	};
	struct store *store = session_store(s);
	struct err e = ERR_INIT;

	assert_well(store_begin_unaudited(store, &e), &e);
	assert_well(usage_write(store, &use, 1, &e), &e);
	assert_well(store_commit(store, &e), &e);
	store_close(store);
}

int64_t session_events(struct session *s)
{
	struct store *store = session_store(s);
	struct audit_event ev = { .sequence = 0 };
	struct err e = ERR_INIT;
	bool any = false;
	int64_t count;

	assert_well(audit_head(store, &ev, &any, &e), &e);
	count = any ? ev.sequence : 0;
	audit_event_release(&ev);
	store_close(store);
	return count;
}

const char *session_last_detail(struct session *s)
{
	struct store *store = session_store(s);
	struct audit_event ev = { .sequence = 0 };
	struct err e = ERR_INIT;
	bool any = false;

	assert_well(audit_head(store, &ev, &any, &e), &e);
	assert_true(any);
	snprintf(s->text, sizeof(s->text), "%s", ev.detail);
	audit_event_release(&ev);
	store_close(store);
	return s->text;
}
