/* The events of a device flow for people: code, address and QR code, and a line for what happens then. */
#ifndef CLI_DEVICE_TEXT_H
#define CLI_DEVICE_TEXT_H

#include "src/cli/look.h"
#include "src/cli/out.h"

/* Prints one event. Of --quiet: code and address, and the grant's id. */
enum errc device_print(struct out *o, const struct look *l, const struct json *event,
		       struct err *e);

#endif
