/* The doctor's report for people: what is wrong and what to do first, what is well in one line. */
#ifndef CLI_DOCTOR_TEXT_H
#define CLI_DOCTOR_TEXT_H

#include "src/cli/look.h"
#include "src/cli/out.h"

enum errc doctor_print(struct out *o, const struct look *l, const struct json *report,
		       struct err *e);

#endif
