/* What the parts of the Device screen share: device logins, those that run in this console and those that
 * an earlier one left, and what is shown of them (logins_*.c). */
#ifndef UI_LOGINS_H
#define UI_LOGINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/json.h"
#include "src/base/qr.h"
#include "ui/console.h"
#include "ui/screen.h"
#include "ui/scroll.h"

enum { LOGIN_TRACE_MAX = 200 }; /* exchanges that are kept of each */

/* A device login of this console. */
struct login {
	struct view *view;
	struct login *next; /* older */
	struct work *work;
	bool running;
	char *provider, *scope; /* as asked for; scope "": the provider's */
	int64_t started_at;
	struct json *code;	     /* its record `code`; NULL: not there yet */
	struct json *result;	     /* its record `success` or `error`; NULL */
	struct json *trace;	     /* array of exchanges, oldest first */
	struct json *notes;	     /* array of texts: what was tolerated */
	enum errc ended;	     /* once it does not run any more */
	struct err err;		     /* where it ended without a result */
	int64_t deadline, next_poll; /* on the boot clock; TIME_NONE: not known */
	int64_t life;		     /* of the code, ms */
	int64_t interval;	     /* seconds */
	int64_t polls;
	char said[200]; /* why the last poll came late or the next one will; "" */
	struct qr qr;	/* width 0: none */
	bool cancelling;
};

struct logins_state {
	struct login *logins; /* newest first */
	struct login *open;   /* the one that is shown; NULL: the list */
	struct login *asked;  /* whether it is to be cancelled */
	struct json *kept;    /* array of device.list's records; NULL: not loaded */
	struct work *loading;
	char at[40];	      /* id of the list's row in focus (see logins_row_id) */
	bool in_trace;	      /* the trace has the focus, not the login */
	size_t trace_at;      /* exchange in focus */
	struct scroll scroll; /* of the body */
	struct loop_timer *tick;
	int list_y; /* of the first row as drawn last, for the mouse */
};

struct logins_state *logins_state(struct view *v);

/* --- logins_run.c: what comes of them --------------------------------------------------------- */
/* Starts one; takes `args` of device.run. Shows it. */
void login_start(struct view *v, const char *provider, const char *scope, struct op_args *args);
/* What a record of device.run tells. */
void login_heard(struct login *l, const struct json *record);
void login_ended(struct login *l, enum errc code, const struct err *e);
struct login *login_new(struct view *v, const char *provider, const char *scope);
void logins_forget(struct view *v, struct login *l); /* out of the list, ended or not */
bool login_succeeded(const struct login *l);
/* The grant that was saved; NULL. */
const char *login_grant(const struct login *l);
int64_t login_left_ms(const struct login *l);	    /* of the code's life; 0: over, -1: not known */
const char *login_user_code(const struct login *l); /* NULL */

/* --- logins_list.c ------------------------------------------------------------------------------ */
/* Rows of the list: logins of this console, newest first, then kept ones that run nowhere here. */
size_t logins_rows(struct view *v);
struct login *logins_row_login(struct view *v, size_t n);     /* NULL: a kept one */
const struct json *logins_row_kept(struct view *v, size_t n); /* NULL: one of ours */
size_t logins_row_now(struct view *v);			      /* the one in focus */
void logins_move(struct view *v, int by);
void logins_list_draw(struct view *v, const struct area *a);
void logins_load_kept(struct view *v);

/* --- logins_draw.c ------------------------------------------------------------------------------ */
void logins_context(struct view *v, const struct area *line);
void login_draw(struct view *v, struct login *l, const struct area *a);
/* "13:39", of milliseconds. */
void login_clock(char out[24], int64_t ms);

/* --- actions ------------------------------------------------------------------------------------ */
void logins_new(struct view *v); /* the form */
void logins_new_for(struct view *v, const char *provider,
		    const char *scope); /* the form, filled in */
void logins_resume(struct view *v, const struct json *kept);
void logins_qr_page(struct view *v);

#endif
