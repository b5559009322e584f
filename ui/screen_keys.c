/* The Keys screen as a record: its columns, its actions, its list and where its totals come
 * from. */
#include <stdio.h>
#include <string.h>

#include "src/app/key_pick.h"
#include "src/base/clock.h"
#include "src/base/text.h"
#include "ui/chart.h"
#include "ui/key_view.h"
#include "ui/keys.h"

enum { SPARK = 12, CALL_HOURS = 24 };

struct keys_state *keys_state(struct view *v)
{
	return v->state;
}

/* --- columns ------------------------------------------------------------------------------- */
static void status_cell(struct view *v, const struct json *row, const struct area *cell)
{
	struct key_badge badge = key_badge(row, console_now(v->console));

	area_text(cell, 0, 0, 1, badge.style, glyph(cell->frame, badge.glyph));
	area_text(cell, 2, 0, -1, badge.style, badge.word);
}

static void hint_cell(struct view *v, const struct json *row, const struct area *cell)
{
	char hint[64];

	(void)v;
	key_hint(row, NULL, cell->frame->utf8, hint, sizeof(hint));
	area_text_middle(cell, 0, 0, -1, STYLE_NORMAL, hint);
}

static void version_cell(struct view *v, const struct json *row, const struct area *cell)
{
	char text[NUMBER_SIZE];

	(void)v;
	snprintf(text, sizeof(text), "%lld", (long long)json_get_int(row, "version", 0));
	area_text_right(cell, 0, 0, -1, STYLE_NORMAL, text);
}

static void expires_cell(struct view *v, const struct json *row, const struct area *cell)
{
	struct key_badge badge = key_badge(row, console_now(v->console));
	char when[48];

	if (key_is(row, "revoked")) {
		area_text_right(cell, 0, 0, -1, STYLE_NORMAL, cell->frame->utf8 ? "—" : "-");
		return;
	}
	console_when_fit(v->console, when, sizeof(when), record_time(row, "expires_at"),
			 cell->width);
	area_text_right(cell, 0, 0, -1,
			badge.glyph == GLYPH_EXPIRING || badge.glyph == GLYPH_EXPIRED
				? badge.style
				: STYLE_NORMAL,
			when);
}

static void used_cell(struct view *v, const struct json *row, const struct area *cell)
{
	char when[48];

	console_when_fit(v->console, when, sizeof(when), record_time(row, "last_used_at"),
			 cell->width);
	area_text_right(cell, 0, 0, -1, STYLE_NORMAL, when);
}

static void calls_cell(struct view *v, const struct json *row, const struct area *cell)
{
	int64_t calls[CALL_HOURS];
	size_t count = cell->width >= CALL_HOURS ? CALL_HOURS : SPARK;

	(void)v;
	key_calls(row, calls, count);
	spark_draw(cell, 0, 0, calls, count, STYLE_NORMAL);
}

static void from_cell(struct view *v, const struct json *row, const struct area *cell)
{
	(void)v;
	area_text_middle(cell, 0, 0, -1, STYLE_SECONDARY, json_get_text(row, "last_used_from"));
}

static const struct list_column keys_columns[] = {
	{ .title = "STATUS", .width = 10, .draw = status_cell },
	{ .title = "NAME",
	  .width = 16,
	  .max_width = 40,
	  .flags = LIST_FLEX,
	  .sort = "name",
	  .member = "name" },
	{ .title = "OWNER", .width = 9, .drop = 2, .sort = "owner", .member = "owner" },
	{ .title = "TIER",
	  .width = 8,
	  .drop = 5,
	  .from_width = 90,
	  .member = "tier",
	  .style = STYLE_SECONDARY },
	{ .title = "KEY", .width = 8, .drop = 3, .from_width = 78, .draw = hint_cell },
	{ .title = "V", .width = 2, .drop = 1, .flags = LIST_RIGHT, .draw = version_cell },
	{ .title = "EXPIRES",
	  .width = 9,
	  .flags = LIST_RIGHT,
	  .sort = "expires",
	  .draw = expires_cell },
	{ .title = "USED",
	  .width = 5,
	  .flags = LIST_RIGHT,
	  .sort = "used",
	  .descending = true,
	  .draw = used_cell },
	{ .title = "24 H",
	  .width = SPARK,
	  .drop = 4,
	  .flags = LIST_UNREVERSED,
	  .draw = calls_cell },
	{ .title = "FROM", .width = 15, .drop = 6, .from_width = 104, .draw = from_cell },
	{ .title = NULL },
};

static const struct list_sort keys_sorts[] = {
	{ "name", "name", false },
	{ "attention", "needs attention first", false },
	{ "expires", "expiry, soonest first", false },
	{ "used", "last used, latest first", true },
	{ "owner", "owner", false },
	{ "created", "newest first", true },
	{ .label = NULL },
};

/* --- loading ------------------------------------------------------------------------------- */
static enum errc keys_list_filter(struct view *v, struct op_args *args, const char *text,
				  struct err *e)
{
	(void)v;
	return keys_filter(args, text, e);
}

static void keys_list_page(struct view *v, struct op_args *args, const struct list_query *q)
{
	struct err e = ERR_INIT;

	(void)v;
	if (!q->ids_only)
		op_args_add(args, "calls", "24", &e);
}

/* --- totals on the context line ------------------------------------------------------------ */
struct counting {
	const char *option, *value;
	enum glyph glyph;
	enum style style;
	const char *word;
};

static const struct counting countings[TOTAL_COUNT] = {
	[TOTAL_ALL] = { .word = "keys" },
	[TOTAL_EXPIRING] = { "expiring", "14d", GLYPH_EXPIRING, STYLE_WARNING, "expiring" },
	[TOTAL_GRACE] = { "in-grace", "true", GLYPH_GRACE, STYLE_PROGRESS, "in grace" },
	[TOTAL_DISABLED] = { "status", "disabled", GLYPH_DISABLED, STYLE_NORMAL, "disabled" },
};

static void count_done(struct view *v, enum keys_total total, const struct work_result *r)
{
	struct keys_state *s = keys_state(v);

	s->counting[total] = NULL;
	if (r->code != ERR_OK)
		return;
	s->totals[total] = json_get_int(json_at(r->rows, 0), "count", -1);
	console_redraw(v->console);
}

static void count_all(void *arg, const struct work_result *r)
{
	count_done(arg, TOTAL_ALL, r);
}

static void count_expiring(void *arg, const struct work_result *r)
{
	count_done(arg, TOTAL_EXPIRING, r);
}

static void count_grace(void *arg, const struct work_result *r)
{
	count_done(arg, TOTAL_GRACE, r);
}

static void count_disabled(void *arg, const struct work_result *r)
{
	count_done(arg, TOTAL_DISABLED, r);
}

void keys_count_again(struct view *v)
{
	static void (*const done[TOTAL_COUNT])(void *arg, const struct work_result *r) = {
		count_all,
		count_expiring,
		count_grace,
		count_disabled,
	};
	const struct op *op = op_find("key.list");
	struct err e = ERR_INIT;

	for (int i = 0; i < TOTAL_COUNT; i++) {
		struct op_args *args = op_args_new(op);

		op_args_add(args, "count", "true", &e);
		if (countings[i].option)
			op_args_add(args, countings[i].option, countings[i].value, &e);
		work_drop(keys_state(v)->counting[i]);
		keys_state(v)->counting[i] = console_work(v->console, &(struct work_order){
									      .op = op,
									      .args = args,
									      .lane = LANE_SLOW,
									      .arg = v,
									      .done = done[i],
								      });
	}
}

static void keys_open_view(struct view *v)
{
	for (int i = 0; i < TOTAL_COUNT; i++)
		keys_state(v)->totals[i] = -1;
	keys_count_again(v);
}

static void keys_close_view(struct view *v)
{
	for (int i = 0; i < TOTAL_COUNT; i++)
		work_drop(keys_state(v)->counting[i]);
	work_drop(keys_state(v)->guessing);
	keys_undo_forget(v);
	keys_copy_forget(v);
}

static void keys_store_changed(struct view *v)
{
	keys_count_again(v);
	if (keys_state(v)->page)
		key_page_changed(keys_state(v)->page);
	if (keys_state(v)->figures)
		key_usage_changed(keys_state(v)->figures);
}

static void keys_context(struct view *v, const struct area *line)
{
	const struct keys_state *s = keys_state(v);
	char number[NUMBER_SIZE];
	int x = 0;

	if (s->totals[TOTAL_ALL] < 0)
		return;
	if (s->totals[TOTAL_ALL] == 0) {
		area_text(line, x, 0, -1, STYLE_NORMAL, "no keys yet");
		return;
	}
	number_grouped(number, s->totals[TOTAL_ALL]);
	x += area_textf(line, x, 0, -1, STYLE_NORMAL, "%s key%s", number,
			s->totals[TOTAL_ALL] == 1 ? "" : "s") +
	     2;
	for (int i = TOTAL_ALL + 1; i < TOTAL_COUNT; i++) {
		const struct counting *c = &countings[i];

		if (s->totals[i] <= 0)
			continue;
		number_grouped(number, s->totals[i]);
		x += area_textf(line, x, 0, -1, c->style, "%s%s %s", glyph(line->frame, c->glyph),
				number, c->word) +
		     2;
	}
}

/* --- nothing there ------------------------------------------------------------------------- */
static void keys_empty(struct view *v, const struct area *a)
{
	static const char *const welcome[] = {
		"A key has a name, an owner and limits. Its secret is shown once; only a",
		"fingerprint is stored, so nobody can read it out of the store.",
		"Rotating gives a new secret and lets the old one run out; revoking is final.",
		"Every change is written to an audit chain (screen 7).",
		"The store and its master key are readable by you only.",
	};
	static const struct {
		const char *key, *text;
		bool writes;
	} ways[] = {
		{ "c", "create your first key", true },
		{ "I", "import keys from CSV or JSON Lines", true },
		{ "i", "identify a string you were handed (paste it)", false },
		{ "2", "look at a token you have (paste it)", false },
		{ "3", "add a provider and try a device login", true },
		{ "9", "not sure what you need: four questions", false },
	};
	bool read_only = console_read_only(v->console);
	int y = a->height > 20 ? 2 : 1;

	area_text(a, 3, y, -1, STYLE_TITLE, "Welcome to authrack.");
	y += 2;
	for (size_t i = 0; i < sizeof(welcome) / sizeof(welcome[0]); i++)
		area_text(a, 3, y++, -1, STYLE_NORMAL, welcome[i]);
	y += a->height > 18 ? 2 : 1;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (read_only && ways[i].writes)
			continue;
		area_text(a, 8, y, 1, STYLE_TITLE, ways[i].key);
		area_text(a, 13, y++, -1, STYLE_NORMAL, ways[i].text);
	}
	area_text(a, 3, y + 1, -1, STYLE_WARNING,
		  "Back up   the store and its master key   (without that no key verifies)");
}

/* --- record -------------------------------------------------------------------------------- */
static struct op_args *keys_detail_load(struct view *v, const struct json *row,
					const struct op **op)
{
	(void)v;
	*op = op_find("key.show");
	return keys_show_args(record_text(row, "id", ""));
}

static void keys_paste(struct view *v, const char *text, size_t len, bool cut)
{
	(void)cut;
	keys_identify_text(v, text, len);
}

static const struct action keys_actions[] = {
	{ PRESS_ENTER, "open", "open", "Open key", "key.show", GROUP_MOVE,
	  ACTION_FOOTER | ACTION_NEEDS_ROW, .run = keys_open },
	{ 'c', "create", "create a key…", "Create key…", "key.create", GROUP_CHANGE, ACTION_FOOTER,
	  .run = keys_create },
	{ 'm', "modify", "modify (edit)…", "Modify key…", "key.edit", GROUP_CHANGE,
	  ACTION_FOOTER | ACTION_NEEDS_ROW | ACTION_BULK, .disabled = keys_why_no_modify,
	  .run = keys_modify },
	{ 'R', "rotate", "rotate: a new secret…", "Rotate key…", "key.rotate", GROUP_CHANGE,
	  ACTION_FOOTER | ACTION_NEEDS_ROW | ACTION_BULK, .disabled = keys_why_no_rotate,
	  .run = keys_rotate },
	{ 'F', "finish", "finish a rotation…", "Finish rotation…", "key.rotate", GROUP_CHANGE,
	  ACTION_NEEDS_ROW, .disabled = keys_why_no_finish, .run = keys_finish },
	{ 'K', "keep old", "keep old: cancel rotation…", "Cancel rotation (keep the old version)…",
	  "key.rotate", GROUP_CHANGE, ACTION_NEEDS_ROW, .disabled = keys_why_no_keep,
	  .run = keys_keep },
	{ 'D', "disable", "disable, or enable…", "Disable or enable key…", "key.disable",
	  GROUP_CHANGE, ACTION_FOOTER | ACTION_NEEDS_ROW | ACTION_BULK,
	  .disabled = keys_why_no_disable, .label_now = keys_disable_label, .run = keys_disable },
	{ 'X', "revoke", "revoke, final…", "Revoke key…", "key.revoke", GROUP_CHANGE,
	  ACTION_FOOTER | ACTION_NEEDS_ROW | ACTION_BULK | ACTION_DANGER,
	  .disabled = keys_why_no_revoke, .run = keys_revoke },
	{ PRESS_CTRL('U'), "undo", "undo a disable (10 s)", "Undo disable", "key.enable",
	  GROUP_CHANGE, 0, .disabled = keys_why_no_undo, .run = keys_undo },
	{ 'i', "identify", "identify a string…", "Identify a pasted string…", "key.identify",
	  GROUP_FIND, 0, .run = keys_identify },
	{ 'V', "verify", "verify a secret…", "Verify a secret…", "key.verify", GROUP_FIND, 0,
	  .run = keys_verify },
	{ 'I', "import", "import CSV, JSON Lines…", "Import keys…", "key.import", GROUP_CHANGE, 0,
	  .run = keys_import },
	{ 'e', "export", "export CSV, JSON Lines…", "Export keys…", "key.export", GROUP_OTHER, 0,
	  .run = keys_export },
	{ 'y', "copy", "copy name, id, command", "Copy name, id or command…", NULL, GROUP_OTHER,
	  ACTION_NEEDS_ROW, .run = keys_copy },
	{ 'p', "paste lines", "lines to paste: curl, nginx…",
	  "Lines to paste: curl, nginx, FastAPI…", "key.snippet", GROUP_OTHER, ACTION_NEEDS_ROW,
	  .run = keys_snippet },
	{ 'o', "usage", "who uses the key, and how much", "Usage of key", "key.usage", GROUP_OTHER,
	  ACTION_NEEDS_ROW, .run = keys_usage },
	{ 0, "revoke by secret", "revoke a leaked secret…",
	  "Revoke by pasted secret: \"this string leaked\"…", "key.revoke", GROUP_CHANGE,
	  ACTION_DANGER, .run = keys_revoke_secret },
	{ 0, "scan", "scan files for keys…", "Scan files for leaked keys…", "key.scan", GROUP_FIND,
	  0, .run = keys_scan },
	{ 0, "purge", "remove revoked keys…", "Purge revoked keys…", "key.purge", GROUP_CHANGE,
	  ACTION_DANGER, .run = keys_purge },
	{ .label = NULL },
};

static const struct list_type keys_list = {
	.columns = keys_columns,
	.sorts = keys_sorts,
	.noun = "key",
	.plural = "keys",
	.op = "key.list",
	.filter = keys_list_filter,
	.page = keys_list_page,
	.empty = keys_empty,
	.no_match = keys_no_match,
	.marked = keys_marked_draw,
};

const struct screen screen_keys = {
	.id = "keys",
	.title = "Keys",
	.digit = '1',
	.help = "API keys: create, rotate, revoke, see who uses them",
	.legend = "Status  ● active  ▲ expires within 14 d  ◐ older version in grace\n"
		  "        ○ disabled  ◌ expired  ✗ revoked  ◷ not yet valid",
	.state_size = sizeof(struct keys_state),
	.actions = keys_actions,
	.list = &keys_list,
	.open = keys_open_view,
	.close = keys_close_view,
	.context = keys_context,
	.detail_load = keys_detail_load,
	.detail = keys_pane_draw,
	.changed = keys_store_changed,
	.paste = keys_paste,
};
