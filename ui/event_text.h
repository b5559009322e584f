/* An audit event's record as people read it, for the audit screen and a key's history. */
#ifndef UI_EVENT_TEXT_H
#define UI_EVENT_TEXT_H

#include <stddef.h>

#include "src/base/json.h"

/* What the event says beyond operation and object, on one line: "grace 24h  version 2". */
void event_detail(const struct json *event, char *out, size_t size);
/* "ops2", "ops2 sudo". */
void event_actor(const struct json *event, char *out, size_t size);

#endif
