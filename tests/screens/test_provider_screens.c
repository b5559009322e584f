/* The Providers and Grants screens as whole screens, over a store with some of each: what they show, what
 * their forms ask, and what is not offered to whom. */
#include <stdlib.h>
#include <string.h>

#include "data/grant.h"
#include "data/provider.h"
#include "src/app/session.h"
#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "tests/screens/goldens.h"

static void text_set(char **to, const char *text)
{
	free(*to);
	*to = x_strdup(text);
}

static void make_providers(struct op_run *r)
{
	assert_run(r, "provider.add", "name", "keycloak-dev", "issuer",
		   "https://sso.example.com/realms/dev", "client-id", "acme-tv", "scope",
		   "openid offline_access", NULL);
	assert_run(r, "provider.add", "name", "github", "preset", "github", "client-id",
		   "Iv1.0123456789abcdef", NULL);
	assert_run(r, "provider.add", "name", "lab", "client-id", "tests",
		   "device-authorization-endpoint", "https://lab.example/device", "token-endpoint",
		   "https://lab.example/token", NULL);
}

/* What the doctor said of one of them. */
static void make_report(struct op_run *r, const char *name)
{
	struct store *s = app_store(r->app);
	struct provider_facts facts = {
		.doctor = x_strdup("{\"summary\":{\"pass\":27,\"fail\":2,\"warn\":3,\"info\":1,"
				   "\"skipped\":12}}"),
		.doctor_at = r->clock.wall - HOUR_MS,
	};
	struct provider p;

	provider_init(&p);
	assert_well(provider_get(s, name, &p, &r->e), &r->e);
	assert_well(store_begin_unaudited(s, &r->e), &r->e);
	assert_well(provider_learn(s, &p, &facts, &r->e), &r->e);
	assert_well(store_commit(s, &r->e), &r->e);
	provider_release(&p);
	free(facts.doctor);
}

static void make_grant(struct op_run *r, const char *provider, const char *subject,
		       enum grant_state state, const char *note, int64_t ends_in)
{
	static const char tokens[] =
		"{\"access_token\":\"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.\","
		"\"refresh_token\":\"rt-0123\",\"id_token\":null}";
	struct store *s = app_store(r->app);
	struct secret secret = SECRET_INIT;
	struct provider p;
	struct grant g;

	provider_init(&p);
	grant_init(&g);
	assert_well(provider_get(s, provider, &p, &r->e), &r->e);
	g.provider = p.row;
	text_set(&g.subject, subject);
	text_set(&g.scope, "openid offline_access");
	text_set(&g.token_type, "Bearer");
	text_set(&g.note, note);
	g.state = state;
	g.refreshable = strcmp(provider, "github") != 0;
	g.created_at = r->clock.wall - DAY_MS;
	g.refreshed_at = TIME_NONE;
	g.expires_at = ends_in == TIME_NONE ? TIME_NONE : r->clock.wall + ends_in;
	secret_set(&secret, tokens, strlen(tokens));
	assert_well(store_begin_unaudited(s, &r->e), &r->e);
	assert_well(grant_insert(s, &g, &secret, &r->e), &r->e);
	assert_well(store_commit(s, &r->e), &r->e);
	secret_release(&secret);
	grant_release(&g);
	provider_release(&p);
}

static void make_grants(struct op_run *r)
{
	make_grant(r, "keycloak-dev", "c0ffee00-1111-4222-8333-444455556666", GRANT_LIVE, "",
		   HOUR_MS);
	make_grant(r, "keycloak-dev", "bob", GRANT_UNCERTAIN,
		   "the answer to a refresh was lost: the refresh token may be used up",
		   3 * MINUTE_MS);
	make_grant(r, "github", "", GRANT_LIVE, "", TIME_NONE);
	make_grant(r, "lab", "ann", GRANT_ENDED, "revoked at the provider", -HOUR_MS);
	make_grant(r, "lab", "eve\033[2J", GRANT_LIVE, "", -HOUR_MS);
}

static void make_all(struct op_run *r)
{
	make_providers(r);
	make_report(r, "keycloak-dev");
	make_grants(r);
}

static void open_golden(struct console_run *c, struct op_run *r, const struct golden *g)
{
	if (g->world)
		make_all(r);
	console_run_start(c, r, g->width, g->height, !g->ascii);
}

static const struct golden goldens[] = {
	{ "providers-empty-80x24", NULL, 80, 24, false, "3" },
	{ "providers-80x24", "filled", 80, 24, false, "3j" },
	{ "providers-120x40", "filled", 120, 40, false, "3j" },
	{ "providers-ascii-80x24", "filled", 80, 24, true, "3j" },
	{ "providers-filter-80x24", "filled", 80, 24, false, "3/LAB" },
	{ "providers-add-80x24", "filled", 80, 24, false, "3cnew<Tab>gi" },
	{ "providers-modify-80x24", "filled", 80, 24, false, "3jjm" },
	{ "providers-login-80x24", "filled", 80, 24, false, "3jl" },
	{ "providers-remove-80x24", "filled", 80, 24, false, "3D" },
	{ "providers-help-80x24", "filled", 80, 24, false, "3?" },
	{ "grants-empty-80x24", NULL, 80, 24, false, "5" },
	{ "grants-80x24", "filled", 80, 24, false, "5jjj" },
	{ "grants-120x40", "filled", 120, 40, false, "5" },
	{ "grants-ascii-80x24", "filled", 80, 24, true, "5" },
	{ "grants-refresh-80x24", "filled", 80, 24, false, "5GR" },
	{ "grants-revoke-80x24", "filled", 80, 24, false, "5GX" },
	{ "grants-remove-80x24", "filled", 80, 24, false, "5GD" },
	{ .name = NULL },
};

static int setup(void **state)
{
	golden_setup(state);
	make_all(*state);
	return 0;
}

/* --- lists that are loaded at once ---------------------------------------------------------- */
static const char *selected(struct console_run *c, const char *member)
{
	return json_get_text(list_row(console_view(c->console, NULL)->list), member);
}

static void the_filter_looks_into_every_text_of_a_row(void **state)
{
	struct console_run c;

	console_run_start(&c, *state, 80, 24, true);
	console_run_keys(&c, "3/acme SSO");
	assert_string_equal(selected(&c, "name"), "keycloak-dev");
	console_run_shows(&c, "1 of 3");
	console_run_keys(&c, "x");
	console_run_shows(&c, "no provider matches");
	console_run_keys(&c, "<Esc><Esc>");
	assert_int_equal(list_count(console_view(c.console, NULL)->list), 3);
	console_run_keys(&c, "/lab<Enter><Esc>gn");
	assert_string_equal(selected(&c, "name"), "lab");
	console_run_keys(&c, "n");
	console_run_shows(&c, "no further match");
	console_run_end(&c);
}

static void the_cursor_stays_on_its_row_when_others_come(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	console_run_start(&c, r, 80, 24, true);
	live_look(c.console);
	console_settle(c.console);
	console_run_keys(&c, "3j");
	assert_string_equal(selected(&c, "name"), "keycloak-dev");
	assert_run(r, "provider.add", "name", "aaa", "issuer", "https://aaa.example", "client-id",
		   "x", NULL);
	live_look(c.console);
	console_settle(c.console);
	assert_string_equal(selected(&c, "name"), "keycloak-dev");
	console_run_shows(&c, "aaa");
	console_run_end(&c);
}

/* --- what can't be done ---------------------------------------------------------------------- */
static void what_a_grant_has_not_can_not_be_used(void **state)
{
	struct console_run c;

	console_run_start(&c, *state, 80, 24, true);
	console_run_keys(&c, "5/github<Enter>R");
	console_run_shows(&c, "it has no refresh token");
	assert_null(dialog_top(c.console));
	console_run_end(&c);
}

static void reading_only_takes_every_change_away(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	r->options.read_only = true;
	console_run_start(&c, r, 80, 24, true);
	console_run_keys(&c, "3");
	console_run_lacks(&c, "c add");
	console_run_lacks(&c, "D remove");
	console_run_lacks(&c, "l login");
	console_run_keys(&c, "cmDl");
	assert_null(dialog_top(c.console));
	console_run_keys(&c, "4");
	console_run_lacks(&c, "c start");
	console_run_keys(&c, "c5");
	console_run_lacks(&c, "R refresh");
	console_run_lacks(&c, "i inspect");
	console_run_keys(&c, "RXDi");
	assert_null(dialog_top(c.console));
	console_run_end(&c);
}

static void a_provider_goes_only_when_its_name_is_typed(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	console_run_start(&c, r, 80, 24, true);
	console_run_keys(&c, "3DDgithu<C-s>");
	console_run_shows(&c, "type its name first");
	console_run_keys(&c, "<S-Tab>github<C-s>");
	console_run_shows(&c, "removed github, with 1 grant");
	console_run_end(&c);
	assert_run(r, "provider.list", NULL);
	assert_int_equal(json_count(r->rows), 2);
}

/* Tokens are shown in the Token screen only, and the audit knows. */
static void inspecting_is_audited_and_offers_the_providers_keys(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	console_run_start(&c, r, 80, 24, true);
	console_run_keys(&c, "5/c0ffee<Enter>i");
	console_run_shows(&c, "Token 1 of");
	console_run_shows(&c, "from keycloak-dev");
	console_run_end(&c);
	assert_run(r, "audit.list", "limit", "1", NULL);
	assert_string_equal(op_run_text(r, 0, "operation"), "grant.show");
}

static void a_modified_provider_sends_only_what_changed(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	console_run_start(&c, r, 100, 40, true);
	console_run_keys(&c, "3jm");
	console_run_keys(&c, "<C-s>");
	console_run_shows(&c, "nothing was changed");
	console_run_keys(&c, "-two<C-s>");
	console_run_shows(&c, "modified keycloak-dev-two");
	console_run_end(&c);
	assert_run(r, "provider.show", "provider", "keycloak-dev-two", NULL);
	assert_string_equal(op_run_text(r, 0, "issuer"), "https://sso.example.com/realms/dev");
}

static void every_size_is_survived(void **state)
{
	static const char *const sizes[] = { "<size:80x24>", "<size:40x10>",  "<size:1x1>",
					     "<size:20x7>",  "<size:300x5>",  "<size:19x50>",
					     "<size:81x16>", "<size:200x50>", "<size:120x17>" };
	static const char *const keys[] = { "3", "c", "m", "D", "l", "5", "R", "X", "<Tab>" };
	struct console_run c;

	console_run_start(&c, *state, 80, 24, true);
	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		console_run_keys(&c, keys[k]);
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			console_run_keys(&c, sizes[i]);
		while (dialog_top(c.console))
			console_run_keys(&c, "<Esc>");
		if (strcmp(keys[k], "l") == 0)
			console_run_keys(&c, "3");
	}
	console_run_end(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, op_run_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(the_filter_looks_into_every_text_of_a_row),
		TEST(the_cursor_stays_on_its_row_when_others_come),
		TEST(what_a_grant_has_not_can_not_be_used),
		TEST(reading_only_takes_every_change_away),
		TEST(a_provider_goes_only_when_its_name_is_typed),
		TEST(inspecting_is_audited_and_offers_the_providers_keys),
		TEST(a_modified_provider_sends_only_what_changed),
		TEST(every_size_is_survived),
	};

	return golden_group("provider screens", tests, sizeof(tests) / sizeof(tests[0]), goldens,
			    open_golden);
}
