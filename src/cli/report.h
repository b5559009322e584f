/* Errors and remarks on standard error: for people "authrack: message", for --json one object a
 * line. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdbool.h>

#include "src/base/err.h"

void report_error(bool json, const struct err *e); /* ERR_NO says nothing */
void report_note(bool json, const char *text);

#endif
