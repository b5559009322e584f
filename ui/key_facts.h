/* Parts of a key's detail that the pane and the page share. */
#ifndef UI_KEY_FACTS_H
#define UI_KEY_FACTS_H

#include "src/base/json.h"
#include "ui/console.h"
#include "ui/frame.h"

/* What is unfinished, wrapped, with what to press; returns the lines. */
int facts_now(const struct console *c, const struct area *a, int x, int y, const struct json *key);
/* The table of versions with its title line; `wide` adds CREATED and FROM. Returns the lines. */
int facts_versions(const struct console *c, const struct area *a, int y, const struct json *key,
		   bool wide);
/* Label and value pairs in one column; values are wrapped. Returns the lines. */
int facts_rules(const struct console *c, const struct area *a, int y, const struct json *key);
/* The same in two columns, one line each. Returns the lines. */
int facts_rules_wide(const struct console *c, const struct area *a, int y, const struct json *key);
/* Calls per hour as a chart of `height` lines, with hours below. Returns the lines. */
int facts_chart(const struct console *c, const struct area *a, int y, int height,
		const struct json *key);
/* "18,402 ok  23 denied" */
void facts_calls(const struct json *key, char *out, size_t size);
/* "RATE_LIMITED 23": denials of the last 24 hours by reason; "" when there were none. */
void facts_denied(const struct json *key, char *out, size_t size);
/* One line of history for an audit event. */
void facts_event(const struct console *c, const struct area *a, int y, const struct json *event);

#endif
