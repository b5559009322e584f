/* A doctor's report into a file: as Markdown for a ticket, as JUnit's XML, as JSON. */
#include <string.h>

#include "src/app/doctor_report.h"
#include "ui/doctor.h"
#include "ui/report_form.h"

/* The report as the screen has it: checks that were run again are in it as they are now. */
static struct json *report_record(const struct doctor_state *s)
{
	static const char *const members[DOCTOR_VERDICTS] = {
		[RANK_FAIL] = "fail", [RANK_WARN] = "warn",	  [RANK_INFO] = "info",
		[RANK_PASS] = "pass", [RANK_SKIPPED] = "skipped",
	};
	struct json *record = json_object_new(), *summary = json_object_new();

	for (int rank = 0; rank < DOCTOR_VERDICTS; rank++)
		json_set_int(summary, members[rank],
			     (int64_t)doctor_total(s, (enum doctor_rank)rank));
	json_set_text(record, "provider", s->provider);
	json_set_time(record, "at", s->made_at);
	json_set(record, "checks", json_keep(s->checks));
	json_set(record, "summary", summary);
	return record;
}

static void report_write(struct view *v, struct buf *out, const char *format)
{
	struct json *record = report_record(doctor_state(v));

	if (strcmp(format, "junit") == 0) {
		doctor_junit(out, record);
	} else if (strcmp(format, "json") == 0) {
		json_write(out, record);
		buf_add_char(out, '\n');
	} else {
		doctor_markdown(out, record);
	}
	json_free(record);
}

/* The equal command line tells the format, too; JSON is a way of every command. */
static void report_changed(struct form_dialog *d)
{
	const char *format = report_form_format(d);

	form_refix(d->form, "format",
		   strcmp(format, "junit") == 0	     ? "junit"
		   : strcmp(format, "markdown") == 0 ? "md"
						     : "text");
}

static const char *const formats[] = { "markdown", "junit", "json", NULL };

static const struct report_kind report_kind = {
	.form = { REPORT_FORM, .changed = report_changed },
	.op = "provider.doctor",
	REPORT_FORMATS(formats, "markdown"),
	.title = "Write the doctor's report",
	.about = "Failures and warnings with what was seen, expected and to be done; no secret is "
		 "in it.",
	.file = "doctor-report.md",
	.said = "",
	.write = report_write,
};

void doctor_export(struct view *v)
{
	report_form_open(v, &report_kind, "provider", doctor_state(v)->provider);
}
