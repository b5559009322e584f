/* The events of a device flow, as records. Each has `event` and `at`; what has happened is told once. */
#ifndef APP_DEVICE_EVENT_H
#define APP_DEVICE_EVENT_H

#include "src/app/op.h"
#include "src/oauth/device_flow.h"

struct device_telling {
	const struct op_call *call;
	const struct device_flow *flow;
	const char *provider; /* its name; NULL: it is not saved */
	const char *flow_id;  /* NULL: it is not kept */
};

/* The codes have come, or are shown again. `notes`: array of texts, borrowed; NULL none. */
enum errc device_tell_code(const struct device_telling *t, const struct json *notes, struct err *e);
/* What came of a request, where the flow goes on: pending, slow_down or retry. */
enum errc device_tell_answer(const struct device_telling *t, const struct oauth_answer *a,
			     struct err *e);

struct device_success {
	struct json *id_token; /* record of id_token_check(); NULL: none came. Taken */
	const char *grant;     /* id; NULL: it is not saved */
	const struct json *notes;
	bool show_tokens;
};
enum errc device_tell_success(const struct device_telling *t, const struct device_success *s,
			      struct err *e);
/* The flow has ended otherwise. */
enum errc device_tell_error(const struct device_telling *t, struct err *e);

/* The flow's end as an exit code: ERR_OK, ERR_NO, ERR_REMOTE or ERR_CANCELLED, the latter two with words. */
enum errc device_outcome(const struct device_flow *f, struct err *e);

#endif
