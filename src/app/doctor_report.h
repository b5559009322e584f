/* The doctor's report: the record that --json prints, and the same as Markdown and JUnit. */
#ifndef APP_DOCTOR_REPORT_H
#define APP_DOCTOR_REPORT_H

#include "src/app/doctor_gather.h"

/* {"provider":…,"at":…,"checks":[…],"summary":{…}}; `only`: ids to tell, NULL-terminated; NULL
 * all. Caller frees. */
struct json *doctor_record(const struct doctor_gather *g, const struct doctor_report *r,
			   const char *provider, int64_t at, const char *const *only);
/* The record in another form, appended; what is from outside is escaped for it. */
void doctor_markdown(struct buf *out, const struct json *record);
void doctor_junit(struct buf *out, const struct json *record);

#endif
