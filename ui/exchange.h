/* An exchange with a provider, as traces and evidence show it. */
#ifndef UI_EXCHANGE_H
#define UI_EXCHANGE_H

#include "src/base/json.h"
#include "ui/console.h"
#include "ui/frame.h"

/* One line: when, what, status, how long it took, what it said; as much of it as fits. */
void exchange_line(const struct area *a, int y, const struct json *exchange);
/* The whole of it: address, times, headers, bodies. Returns the line below. */
int exchange_draw(const struct area *a, int y, const struct json *exchange);
/* The same as a page. */
void exchange_page_open(struct console *c, const struct json *exchange);

#endif
