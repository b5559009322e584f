/* provider.doctor: examines a provider, and says what is wrong with it and what to do. */
#include <stdlib.h>
#include <string.h>

#include "src/app/audit_note.h"
#include "src/app/doctor_report.h"
#include "src/app/ops.h"
#include "src/app/provider_change.h"
#include "src/app/session.h"
#include "src/base/alloc.h"

enum { REPORT_MAX = 4 * 1024 * 1024 };

static const char *const formats[] = { "text", "md", "junit", NULL };

static const struct arg doctor_args[] = {
	PROVIDER_ARG,
	{ .name = "passive",
	  .letter = 'p',
	  .type = ARG_FLAG,
	  .help = "only look at metadata, keys and TLS: no request to device or token endpoint" },
	{ .name = "interactive",
	  .letter = 'I',
	  .type = ARG_FLAG,
	  .help = "you approve one code and deny another one in a browser: everything is checked" },
	{ .name = "check",
	  .letter = 'c',
	  .type = ARG_TEXT,
	  .flags = ARG_REPEATED | ARG_COMMAND_LINE,
	  .value = "ID",
	  .help = "tell of this check only" },
	{ .name = "other-client",
	  .type = ARG_TEXT,
	  .value = "ID",
	  .label = "Second client",
	  .help = "id of a second, public client there: must not be able to use the first one's "
		  "code" },
	{ .name = "wait-for-expiry",
	  .type = ARG_FLAG,
	  .help = "wait until a code has expired, and see whether the provider says so" },
	{ .name = "format",
	  .letter = 'f',
	  .type = ARG_CHOICE,
	  .flags = ARG_COMMAND_LINE,
	  .fallback = "text",
	  .choices = formats,
	  .value = "FORMAT",
	  .help = "text; md: Markdown, for a ticket; junit: XML, for CI" },
	{ .name = NULL },
};

static const struct op_column doctor_columns[] = {
	{ "provider", NULL, COLUMN_TEXT, "its name" },
	{ "at", NULL, COLUMN_TIME, "when it was examined" },
	{ "checks", NULL, COLUMN_LIST,
	  "id severity verdict summary seen expected source remedy interactive evidence, each" },
	{ "summary", NULL, COLUMN_LIST, "how many: pass fail warn info skipped" },
	{ .name = NULL },
};

/* --check names rules that there are; the list ends with NULL. Heap; NULL: all are meant. */
static enum errc checks_read(const char ***out, const struct op_args *a, struct err *e)
{
	size_t count = op_count(a, "check");

	*out = count ? x_calloc(count + 1, sizeof(**out)) : NULL;
	for (size_t i = 0; i < count; i++) {
		(*out)[i] = op_nth(a, "check", i);
		if (doctor_rule_find((*out)[i]))
			continue;
		err_set(e, ERR_USAGE, "there is no check \"%s\"", (*out)[i]);
		return err_hint(e, "authrack provider doctor without --check lists all of them");
	}
	return ERR_OK;
}

/* Do these checks want no more than what --passive sends? */
static bool are_passive(const char *const *only)
{
	for (size_t i = 0; only && only[i]; i++)
		if (doctor_rule_find(only[i])->phase != DOCTOR_PASSIVE)
			return false;
	return only != NULL;
}

/* The event of it and, of a whole report, what the list of providers shows. */
static enum errc report_keep(const struct op_call *c, struct store *s, const struct provider *p,
			     const struct json *record, bool whole, struct err *e)
{
	struct buf text = BUF_INIT(4096);
	struct provider_facts facts = { .doctor_at = app_now(c->app) };
	struct json *detail = json_object_new();
	enum errc rc;

	json_set_from(detail, record, "summary");
	json_write(&text, detail);
	facts.doctor = buf_take(&text);
	rc = store_begin(s, e);
	if (!rc)
		rc = audit_note(
			c, s,
			&(struct audit_note){ .object = p->id, .name = p->name, .detail = detail },
			NULL, e);
	if (!rc && whole)
		rc = provider_learn(s, p, &facts, e);
	if (!rc)
		rc = audit_commit(c, s, e);
	if (rc)
		audit_rollback(c, s);
	json_free(detail);
	free(facts.doctor);
	return rc;
}

static enum errc report_tell(const struct op_call *c, const struct json *record, struct err *e)
{
	const char *format = op_text(c->args, "format");
	struct buf text = BUF_INIT(REPORT_MAX);
	enum errc rc;

	if (strcmp(format, "text") == 0)
		return call_record(c, record, e);
	if (strcmp(format, "md") == 0)
		doctor_markdown(&text, record);
	else
		doctor_junit(&text, record);
	rc = call_text(c, buf_text(&text), text.len, e);
	buf_release(&text);
	return rc;
}

static enum errc examine(const struct op_call *c, struct doctor_gather *g, const char *const *only,
			 struct err *e)
{
	struct doctor_report report = { .count = 0 };
	struct json *record = NULL;
	struct err unkept = ERR_INIT;
	enum errc rc;

	g->interactive = op_flag(c->args, "interactive");
	g->wait_expiry = op_flag(c->args, "wait-for-expiry");
	g->other_client = op_text(c->args, "other-client");
	g->facts.passive = op_flag(c->args, "passive") || are_passive(only);
	rc = doctor_gather_run(g, e);
	if (rc)
		return rc;
	doctor_report_make(&report, &g->facts);
	record = doctor_record(g, &report, g->use->row.name, app_now(c->app), only);
	if (!app_read_only(c->app))
		report_keep(c, app_store(c->app), &g->use->row, record, !only, &unkept);
	rc = report_tell(c, record, e);
	if (!rc && unkept.code) {
		*e = unkept;
		rc = unkept.code;
	}
	if (!rc && json_get_int(json_get(record, "summary"), "fail", 0))
		rc = ERR_NO;
	json_free(record);
	doctor_report_release(&report);
	return rc;
}

static enum errc doctor_run(const struct op_call *c, struct err *e)
{
	struct doctor_gather g;
	struct provider_use u;
	const char **only = NULL;
	enum errc rc = checks_read(&only, c->args, e);

	if (!rc && op_flag(c->args, "passive") && op_flag(c->args, "interactive"))
		rc = err_set(e, ERR_USAGE, "--passive and --interactive exclude each other");
	provider_use_init(&u);
	if (!rc)
		rc = provider_use_saved(&u, c, app_store(c->app), op_text(c->args, "provider"), e);
	doctor_gather_init(&g, c, &u);
	if (!rc)
		rc = examine(c, &g, (const char *const *)only, e);
	doctor_gather_release(&g);
	provider_use_release(&u);
	free(only);
	return rc;
}

const struct op op_provider_doctor = {
	.id = "provider.doctor",
	.summary = "examine a provider, and say what is wrong and what to do",
	.detail =
		"Metadata, keys, TLS and clock are looked at; then about fifteen small requests go "
		"to device and token endpoint, which a provider has to answer or refuse and which "
		"change nothing there (two device codes are asked for, and left to expire). A "
		"made-up secret, never the real one, goes where it might be logged. With "
		"--interactive you approve one code and deny another one, and what the tokens are "
		"good for is tried out; they are revoked then. Exit 1 when a check fails.",
	.example = "authrack provider doctor keycloak\n"
		   "authrack provider doctor keycloak --passive --format junit > doctor.xml\n",
	.args = doctor_args,
	.columns = doctor_columns,
	.flags = OP_ANSWERS | OP_ASYNC | OP_REMOTE,
	.run = doctor_run,
};
