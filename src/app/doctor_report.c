/* The doctor's report as a record, as Markdown and as JUnit's XML. */
#include "src/app/doctor_report.h"

#include <string.h>

#include "src/base/text.h"

enum { TEXT_MAX = 64 * 1024 };

static void text_or_null(struct json *object, const char *name, const char *text)
{
	json_set_text(object, name, text && *text ? text : NULL);
}

static struct json *check_record(const struct doctor_gather *g, const struct doctor_rule *rule,
				 const struct doctor_result *r)
{
	const struct doctor_probe *p = r->evidence < PROBES ? &g->facts.probes[r->evidence] : NULL;
	struct json *row = json_object_new();

	json_set_text(row, "id", rule->id);
	json_set_text(row, "severity", doctor_severity_name(rule->severity));
	json_set_text(row, "verdict", doctor_verdict_name(r->verdict));
	json_set_text(row, "summary", rule->summary);
	text_or_null(row, "seen", r->seen);
	json_set_text(row, "expected", r->expected[0] ? r->expected : rule->expected);
	json_set_text(row, "source", rule->source);
	text_or_null(row, "remedy", r->remedy[0] ? r->remedy : rule->remedy);
	json_set_bool(row, "interactive", rule->phase == DOCTOR_INTERACTIVE);
	json_set(row, "evidence", p && p->exchange ? json_keep(p->exchange) : json_null_new());
	return row;
}

static bool listed(const char *const *only, const char *id)
{
	for (size_t i = 0; only && only[i]; i++)
		if (strcmp(only[i], id) == 0)
			return true;
	return !only;
}

struct json *doctor_record(const struct doctor_gather *g, const struct doctor_report *r,
			   const char *provider, int64_t at, const char *const *only)
{
	struct json *record = json_object_new(), *checks = json_array_new();
	struct json *summary = json_object_new();
	int64_t totals[DOCTOR_SKIPPED + 1] = { 0 };

	for (size_t i = 0; i < r->count; i++) {
		if (!listed(only, doctor_rules[i]->id))
			continue;
		totals[r->results[i].verdict]++;
		json_add(checks, check_record(g, doctor_rules[i], &r->results[i]));
	}
	for (unsigned v = DOCTOR_PASS; v <= DOCTOR_SKIPPED; v++)
		json_set_int(summary, doctor_verdict_name(v), totals[v]);
	json_set_text(record, "provider", provider);
	json_set_time(record, "at", at);
	json_set(record, "checks", checks);
	json_set(record, "summary", summary);
	return record;
}

/* --- Markdown -------------------------------------------------------------------------------- */

/* A name, too, may have what drives a terminal, or no XML may have. */
static void add_safe(struct buf *out, const char *text, void (*add)(struct buf *out, char c))
{
	struct buf safe = BUF_INIT(TEXT_MAX);

	text_safe(&safe, text ? text : "", text ? strlen(text) : 0);
	for (size_t i = 0; i < safe.len; i++)
		add(out, safe.data[i]);
	buf_release(&safe);
}

static void markdown_char(struct buf *out, char c)
{
	if (strchr("\\`*_{}[]<>()#+!|~&", c))
		buf_add(out, "\\", 1);
	buf_add(out, &c, 1);
}

static void markdown_text(struct buf *out, const char *text)
{
	add_safe(out, text, markdown_char);
}

static void markdown_line(struct buf *out, const char *name, const char *text)
{
	if (!text)
		return;
	buf_addf(out, "- %s: ", name);
	markdown_text(out, text);
	buf_add(out, "\n", 1);
}

/* What is to be done something about first. */
static const char *const verdict_order[] = { "fail", "warn", "info", "pass", "skipped", NULL };

static void markdown_check(struct buf *out, const struct json *check)
{
	buf_addf(out, "\n## %s: %s (%s)\n\n", json_get_text(check, "id"),
		 json_get_text(check, "verdict"), json_get_text(check, "severity"));
	markdown_line(out, "checked", json_get_text(check, "summary"));
	markdown_line(out, "seen", json_get_text(check, "seen"));
	markdown_line(out, "expected", json_get_text(check, "expected"));
	markdown_line(out, "source", json_get_text(check, "source"));
	markdown_line(out, "to do", json_get_text(check, "remedy"));
}

static void markdown_row(struct buf *out, const struct json *check)
{
	buf_addf(out, "| %s | %s | ", json_get_text(check, "verdict"), json_get_text(check, "id"));
	markdown_text(out, json_get_text(check, "seen"));
	buf_addf(out, " |\n");
}

/* Failures and warnings in full, the rest as a table. */
void doctor_markdown(struct buf *out, const struct json *record)
{
	const struct json *checks = json_get(record, "checks");
	const struct json *summary = json_get(record, "summary");

	buf_addf(out, "# ");
	markdown_text(out, json_get_text(record, "provider"));
	buf_addf(out, "\n\n%s: %lld failed, %lld warned, %lld passed, %lld skipped.\n",
		 json_get_text(record, "at"), (long long)json_get_int(summary, "fail", 0),
		 (long long)json_get_int(summary, "warn", 0),
		 (long long)json_get_int(summary, "pass", 0),
		 (long long)json_get_int(summary, "skipped", 0));
	for (size_t v = 0; verdict_order[v]; v++) {
		if (v == 2)
			buf_addf(out, "\n## All else\n\n| verdict | check | seen |\n| --- | --- | "
				      "--- |\n");
		for (size_t i = 0; i < json_count(checks); i++) {
			const struct json *check = json_at(checks, i);

			if (strcmp(json_get_text(check, "verdict"), verdict_order[v]) != 0)
				continue;
			if (v < 2)
				markdown_check(out, check);
			else
				markdown_row(out, check);
		}
	}
}

/* --- JUnit ----------------------------------------------------------------------------------- */

static void xml_char(struct buf *out, char c)
{
	switch (c) {
	case '&':
		buf_addf(out, "&amp;");
		break;
	case '<':
		buf_addf(out, "&lt;");
		break;
	case '>':
		buf_addf(out, "&gt;");
		break;
	case '"':
		buf_addf(out, "&quot;");
		break;
	default:
		buf_add(out, &c, 1);
	}
}

static void xml_text(struct buf *out, const char *text)
{
	add_safe(out, text, xml_char);
}

static void junit_case(struct buf *out, const struct json *check, const char *provider)
{
	const char *verdict = json_get_text(check, "verdict");
	const char *element = strcmp(verdict, "fail") == 0	? "failure"
			      : strcmp(verdict, "skipped") == 0 ? "skipped"
								: NULL;

	buf_addf(out, "  <testcase name=\"%s\" classname=\"", json_get_text(check, "id"));
	xml_text(out, provider);
	buf_addf(out, "\">\n");
	if (element) {
		buf_addf(out, "    <%s message=\"", element);
		xml_text(out, json_get_text(check, "seen"));
		buf_addf(out, "\">");
		xml_text(out, json_get_text(check, "remedy"));
		buf_addf(out, "</%s>\n", element);
	} else {
		buf_addf(out, "    <system-out>%s: ", verdict);
		xml_text(out, json_get_text(check, "seen"));
		buf_addf(out, "</system-out>\n");
	}
	buf_addf(out, "  </testcase>\n");
}

void doctor_junit(struct buf *out, const struct json *record)
{
	const struct json *checks = json_get(record, "checks");
	const struct json *summary = json_get(record, "summary");

	buf_addf(out,
		 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"authrack provider "
		 "doctor\" tests=\"%zu\" failures=\"%lld\" skipped=\"%lld\" timestamp=\"%s\">\n",
		 json_count(checks), (long long)json_get_int(summary, "fail", 0),
		 (long long)json_get_int(summary, "skipped", 0), json_get_text(record, "at"));
	for (size_t i = 0; i < json_count(checks); i++)
		junit_case(out, json_at(checks, i), json_get_text(record, "provider"));
	buf_addf(out, "</testsuite>\n");
}
