/* A doctor's report into a file: as Markdown for a ticket, as JUnit's XML, as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/doctor_report.h"
#include "src/base/alloc.h"
#include "src/base/file.h"
#include "ui/doctor.h"
#include "ui/form_dialog.h"
#include "ui/op_form.h"

enum { REPORT_MAX = 8 << 20 };

static const char *const formats[] = { "markdown", "junit", "json", NULL };

static const struct arg format_arg = {
	.name = "report format",
	.type = ARG_CHOICE,
	.choices = formats,
	.fallback = "markdown",
	.label = "Format",
	.help = "",
};

static const struct arg file_arg = {
	.name = "report file",
	.type = ARG_FILE,
	.label = "To file",
	.help = "a new file, readable by you only",
};

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

static void report_write(struct buf *out, const struct json *record, const char *format)
{
	if (strcmp(format, "junit") == 0) {
		doctor_junit(out, record);
	} else if (strcmp(format, "json") == 0) {
		json_write(out, record);
		buf_add_char(out, '\n');
	} else {
		doctor_markdown(out, record);
	}
}

static bool report_submit(struct form_dialog *d)
{
	const char *path = form_value(d->form, file_arg.name);
	struct console *c = d->base.console;
	struct buf out = BUF_INIT(REPORT_MAX);
	struct json *record;

	if (!*path) {
		err_set(&form_item(d->form, file_arg.name)->error, ERR_USAGE, "a path is needed");
		return false;
	}
	record = report_record(doctor_state(d->view));
	report_write(&out, record, form_value(d->form, format_arg.name));
	if (!file_write_new(path, buf_text(&out), out.len, &d->error)) {
		console_say(c, STYLE_GOOD, "report written to %s", path);
		dialog_close(&d->base);
	}
	json_free(record);
	buf_release(&out);
	return false;
}

/* The equal command line tells the format, too; JSON is a way of every command. */
static void report_changed(struct form_dialog *d)
{
	const char *format = form_value(d->form, format_arg.name);

	form_refix(d->form, "format",
		   strcmp(format, "junit") == 0	     ? "junit"
		   : strcmp(format, "markdown") == 0 ? "md"
						     : "text");
}

static const struct form_kind report_kind = {
	.name = "Report",
	.changed = report_changed,
	.submit = report_submit,
};

void doctor_export(struct view *v)
{
	struct form *f = form_new(op_find("provider.doctor"), op_form_no_places,
				  console_now(v->console));
	struct form_dialog *d = form_dialog_new(&report_kind, f);
	char *path = path_join(getenv("HOME") ? getenv("HOME") : ".", "doctor-report.md");

	d->view = v;
	f->submit = "Write";
	form_fix(f, "provider", doctor_state(v)->provider);
	form_extra(f, &format_arg, &(struct form_place){ .arg = format_arg.name, .width = 12 });
	form_extra(f, &file_arg, &(struct form_place){ .arg = file_arg.name, .width = 46 });
	form_start(f, format_arg.name, "markdown");
	form_start(f, file_arg.name, path);
	free(path);
	snprintf(d->title, sizeof(d->title), "Write the doctor's report");
	form_dialog_head(d, STYLE_NORMAL, "", "%s",
			 "Failures and warnings with what was seen, expected and to be done; no "
			 "secret is in it.");
	form_dialog_gap(d);
	form_dialog_open(v->console, d);
}
