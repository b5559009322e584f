/* What the parts of the Keys screen share: its state, which keys an action is about, and the
 * dialogs that
 * change them (keys_*.c). */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/form_dialog.h"
#include "ui/screen.h"

enum keys_total { TOTAL_ALL, TOTAL_EXPIRING, TOTAL_GRACE, TOTAL_DISABLED, TOTAL_COUNT };

enum { COPY_NAME, COPY_ID, COPY_SECRET_ID, COPY_COMMAND, COPY_COUNT };

struct key_page;
struct key_usage;

struct keys_state {
	int64_t totals[TOTAL_COUNT]; /* -1: not known (yet) */
	struct work *counting[TOTAL_COUNT];
	struct key_page *page;	       /* the full detail, when open: actions are about its key */
	struct key_usage *figures;     /* its usage, likewise; above the page when both are open */
	struct work *guessing;	       /* looks for what a filter may have meant */
	char guess_for[32], guess[32]; /* the filter; a word that is there, "" none */
	size_t guess_distance;
	struct json *undo; /* ids that were disabled just now; NULL: nothing to undo */
	struct loop_timer *undo_timer;
	char *copies[COPY_COUNT]; /* what the copy menu offered last */
};

struct keys_state *keys_state(struct view *v);

/* The keys an action is about: the page's, else the marked, else the one under the cursor. */
size_t keys_targets(struct view *v);
const char *keys_target(struct view *v, size_t n);	      /* id */
const struct json *keys_target_row(struct view *v, size_t n); /* may be NULL */
/* The record to draw facts from: of key.show where it is at hand, else of the list. */
const struct json *keys_record(struct view *v);

/* What key.show is asked for wherever the whole of a key is wanted. */
struct op_args *keys_show_args(const char *id);
/* Loads a dialog's row anew. */
void keys_dialog_load(struct form_dialog *d, const char *id);

/* A form about the targets: the key arguments are fixed, several with --expect. */
struct form *keys_form(struct view *v, const char *op, const struct form_place *places);
/* "billing-sync", or "12 keys". */
void keys_subject(struct view *v, char *out, size_t size);
/* Why but revoking nothing can be done to the one key; NULL: its row is as authrack wrote it. */
const char *keys_altered(struct view *v);
/* Head lines: whom it hits. */
void keys_head_used(struct form_dialog *d);
void keys_head_list(struct form_dialog *d); /* the first of several */
/* Opens a dialog about the targets: its row is the one key's, and loaded anew with versions and
 * use. */
void keys_dialog(struct view *v, struct form_dialog *d);
void keys_count_again(struct view *v); /* the totals on the context line */
/* After a change: reload, the cursor on that key. */
void keys_changed(struct view *v, const char *id);

/* --- filter ("owner:finance status:active words") ------------------------------------------ */
enum errc keys_filter(struct op_args *args, const char *text, struct err *e);

/* --- actions ------------------------------------------------------------------------------- */
void keys_create(struct view *v);
void keys_create_with(struct view *v, const char *const *preset); /* option, value, …, NULL */
void keys_modify(struct view *v);
void keys_rotate(struct view *v);
void keys_finish(struct view *v);
void keys_keep(struct view *v);
void keys_revoke(struct view *v);
void keys_disable(struct view *v);
void keys_undo(struct view *v);
void keys_undo_forget(struct view *v);
void keys_identify(struct view *v);
void keys_identify_text(struct view *v, const char *text, size_t len); /* asks first */
void keys_identify_now(struct view *v, const char *text);
void keys_revoke_secret(struct view *v);
void keys_import(struct view *v);
void keys_export(struct view *v);
void keys_verify(struct view *v);
void keys_scan(struct view *v);
void keys_purge(struct view *v);
void keys_usage(struct view *v);
void keys_snippet(struct view *v);
void keys_copy(struct view *v);
void keys_copy_forget(struct view *v);
void keys_open(struct view *v);
void keys_usage_open(struct view *v, const char *id, const char *name);
/* From another screen: the Keys screen with this key's page, and over it that of its usage. */
void keys_open_elsewhere(struct console *c, const char *id, bool usage);

const char *keys_why_no_finish(struct view *v);
const char *keys_why_no_keep(struct view *v);
const char *keys_why_no_rotate(struct view *v);
const char *keys_why_no_revoke(struct view *v);
const char *keys_why_no_disable(struct view *v);
const char *keys_why_no_undo(struct view *v);
const char *keys_why_no_modify(struct view *v);
const char *keys_disable_label(struct view *v);

/* --- the pane and the page ----------------------------------------------------------------- */
/* Nothing fits the filter: says so, and what may have been meant. */
void keys_no_match(struct view *v, const char *filter, const struct area *area);
void keys_marked_draw(struct view *v, const struct json *row, const struct area *line);
int keys_pane_draw(struct view *v, const struct json *row, const struct area *area);
void key_page_changed(struct key_page *p);		      /* the store changed: load again */
const struct json *key_page_record(const struct key_page *p); /* NULL: not there yet */
const char *key_page_id(const struct key_page *p);
void key_usage_changed(struct key_usage *p);
const struct json *key_usage_record(const struct key_usage *p);
const char *key_usage_id(const struct key_usage *p);

#endif
