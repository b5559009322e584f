/* The Keys screen, its forms and dialogs as whole screens: 80×24, 120×40, and without UTF-8. */

#include "data/usage.h"
#include "src/app/session.h"
#include "tests/screens/goldens.h"

static void use(struct op_run *r, int64_t key, int64_t version, int64_t ago, const char *code,
		int64_t count, const char *address)
{
	const struct usage_add add = { .key = key,
				       .version = version,
				       .code = code,
				       .count = count,
				       .at = r->clock.wall - ago,
				       .address = address };

	assert_well(usage_write(app_store(r->app), &add, 1, &r->e), &r->e);
}

/* A day of calls: of the first key much at noon, of the second steadily by both its versions. */
static void make_usage(struct op_run *r)
{
	assert_well(store_begin_unaudited(app_store(r->app), &r->e), &r->e);
	for (int64_t hour = 23; hour >= 0; hour--) {
		use(r, 1, 1, hour * HOUR_MS + 3000, "VALID", 100 + hour * (23 - hour) * 9,
		    "10.20.7.3");
		use(r, 2, 1, hour * HOUR_MS + 120000, "VALID", 40, "10.20.4.18");
		use(r, 2, 2, hour * HOUR_MS + 12000, "VALID", 700 + hour % 5 * 30, "10.20.4.19");
	}
	use(r, 2, 2, 13000, "RATE_LIMITED", 23, NULL);
	use(r, 6, 1, 26 * DAY_MS, "VALID", 1, "10.20.9.9");
	assert_well(store_commit(app_store(r->app), &r->e), &r->e);
}

/* A handful of keys in every state. */
static void make_keys(struct op_run *r)
{
	assert_run(r, "key.create", "name", "acme-mobile", "owner", "mobile", "tier", "gold",
		   "scope", "orders:read", "scope", "orders:write", "limit", "100/min", "expires",
		   "212d", NULL);
	assert_run(r, "key.create", "name", "billing-sync", "owner", "finance", "scope",
		   "orders:read", "scope", "invoices:*", "limit", "100/min", "limit", "50000/day",
		   "allow-from", "10.20.0.0/16", "expires", "41d", "meta", "team=payments", "meta",
		   "env=prod", "note", "nightly sync, webhooks", NULL);
	assert_run(r, "key.create", "name", "ci-deploy", "owner", "platform", "prefix", "ci",
		   "expires", "2d4h", NULL);
	assert_run(r, "key.create", "name", "grafana-read", "owner", "platform", NULL);
	assert_run(r, "key.create", "name", "partner-feed-2027", "owner", "partners", "not-before",
		   "404d", NULL);
	assert_run(r, "key.create", "name", "support-bot", "owner", "support", NULL);
	assert_run(r, "key.create", "name", "東京-pos-sync", "owner", "retail", "expires", "55d",
		   NULL);
	test_clock_advance(&r->clock, HOUR_MS);
	assert_run(r, "key.rotate", "key", "billing-sync", "grace", "3h", NULL);
	assert_run(r, "key.disable", "key", "grafana-read", NULL);
	assert_run(r, "key.revoke", "key", "support-bot", "reason", "compromise", "yes", "", NULL);
	test_clock_advance(&r->clock, 5 * MINUTE_MS);
	make_usage(r);
}

/* What to type on which terminal, and the screen it must give. */
static const struct golden goldens[] = {
	{ "keys-80x24", "keys", 80, 24, false, "j" },
	{ "keys-120x40", "keys", 120, 40, false, "j" },
	{ "keys-200x50", "keys", 200, 50, false, "j" },
	{ "keys-ascii-80x24", "keys", 80, 24, true, "j" },
	{ "keys-marked-80x24", "keys", 80, 24, false, "<Space><Space>" },
	{ "keys-marked-hidden-80x24", "keys", 80, 24, false, "<Space>/billing<Enter>" },
	{ "keys-filter-80x24", "keys", 80, 24, false, "/owner:platform " },
	{ "keys-no-match-80x24", "keys", 80, 24, false, "/blling" },
	{ "page-80x24", "keys", 80, 24, false, "j<Enter>" },
	{ "page-120x40", "keys", 120, 40, false, "j<Enter>" },
	{ "page-ascii-80x24", "keys", 80, 24, true, "j<Enter>" },
	{ "page-revoked-80x24", "keys", 80, 24, false, "jjjjj<Enter>" },
	{ "create-80x24", "keys", 80, 24, false, "cacme-mobile<Tab>fin" },
	{ "create-120x40", "keys", 120, 40, false, "cacme-tablet<Tab>" },
	{ "create-ascii-80x24", "keys", 80, 24, true, "cacme-tablet<Tab>" },
	{ "create-wrong-80x24", "keys", 80, 24, false,
	  "cx<Tab><Tab><Tab><Tab><Tab>100<Tab>nowhere<Tab><C-s>" },
	{ "create-leave-80x24", "keys", 80, 24, false, "cx<Esc>" },
	{ "modify-80x24", "keys", 80, 24, false, "jm<Tab>es" },
	{ "modify-two-80x24", "keys", 80, 24, false, "<Space><Space>m" },
	{ "rotate-80x24", "keys", 80, 24, false, "jjR" },
	{ "rotate-120x40", "keys", 120, 40, false, "jjR" },
	{ "rotate-leak-80x24", "keys", 80, 24, false, "jR<BS><BS><BS>0" },
	{ "rotate-two-80x24", "keys", 80, 24, false, "<Space><Space>R" },
	{ "finish-80x24", "keys", 80, 24, false, "jF" },
	{ "keep-80x24", "keys", 80, 24, false, "jK" },
	{ "disable-80x24", "keys", 80, 24, false, "D" },
	{ "enable-80x24", "keys", 80, 24, false, "jjjD" },
	{ "revoke-80x24", "keys", 80, 24, false, "jX<Tab><Tab><Tab>billing" },
	{ "revoke-120x40", "keys", 120, 40, false, "jX" },
	{ "revoke-ascii-80x24", "keys", 80, 24, true, "jX" },
	{ "revoke-two-80x24", "keys", 80, 24, false, "<Space><Space>X" },
	{ "secret-80x24", "keys", 80, 24, false, "cacme-tablet<C-s>" },
	{ "secret-120x40", "keys", 120, 40, false, "cacme-tablet<C-s>" },
	{ "secret-ascii-80x24", "keys", 80, 24, true, "cacme-tablet<C-s>" },
	{ "secret-shown-80x24", "keys", 80, 24, false, "cacme-tablet<C-s>v" },
	{ "secret-copied-80x24", "keys", 80, 24, false, "cacme-tablet<C-s>y" },
	{ "secret-tested-80x24", "keys", 80, 24, false, "cacme-tablet<C-s>t" },
	{ "secret-leave-80x24", "keys", 80, 24, false, "cacme-tablet<C-s><Esc>" },
	{ "copy-80x24", "keys", 80, 24, false, "jy" },
	{ "snippet-form-80x24", "keys", 80, 24, false, "jp" },
	{ "snippet-80x24", "keys", 80, 24, false, "jp<C-s>" },
	{ "identify-80x24", "keys", 80, 24, false, "i" },
	{ "paste-80x24", "keys", 80, 24, false,
	  "<paste:ghp_0123456789abcdefghijklmnopqrstuvwxyz>" },
	{ "verify-80x24", "keys", 80, 24, false, "V" },
	{ "verified-80x24", "keys", 80, 24, false, "Vnonsense<C-s>" },
	{ "import-80x24", "keys", 80, 24, false, "I" },
	{ "usage-80x24", "keys", 80, 24, false, "o" },
	{ "audit-80x24", "keys", 80, 24, false, "7jj" },
	{ "audit-120x40", "keys", 120, 40, false, "7jj" },
	{ "audit-ascii-80x24", "keys", 80, 24, true, "7jj" },
	{ "audit-checkpoint-80x24", "keys", 80, 24, false, "7P" },
	{ "guide-80x24", "keys", 80, 24, false, "9<Enter><Enter>" },
	{ "guide-120x40", "keys", 120, 40, false, "9<Enter><Enter>" },
	{ "guide-end-80x24", "keys", 80, 24, false, "9<Enter><Enter><Enter><Enter>" },
	{ "guide-create-80x24", "keys", 80, 24, false, "9<Enter><Enter><Enter><Enter><Enter>" },
	{ "start-80x24", NULL, 80, 24, false, "" },
	{ "start-120x40", NULL, 120, 40, false, "" },
	{ "start-audit-80x24", NULL, 80, 24, false, "7" },
	{ .name = NULL },
};

static void open_golden(struct console_run *c, struct op_run *r, const struct golden *g)
{
	if (g->world)
		make_keys(r);
	console_run_start(c, r, g->width, g->height, !g->ascii);
}

int main(void)
{
	return golden_group("keys screens", NULL, 0, goldens, open_golden);
}
