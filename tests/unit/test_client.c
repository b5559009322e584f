/* Whose address a request is from: a header is believed only from a trusted proxy, and from the right. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/serve/client.h"

static struct proxies proxies_of(const char *const *texts, size_t count)
{
	struct err e = ERR_INIT;
	struct proxies p;

	assert_well(proxies_parse(&p, texts, count, &e), &e);
	return p;
}

static struct address address_of(const char *text)
{
	struct err e = ERR_INIT;
	struct address a;

	assert_well(address_parse(&a, text, &e), &e);
	return a;
}

/* What is believed of a header that a peer sends (NULL: over the Unix socket): its address, "unknown", with
 * "own " before it where it is the peer's. The proxies are 10.0.0.0/8, 2001:db8::/32 and, on request, unix. */
static const char *believed(bool local, const char *peer, const char *forwarded)
{
	static const char *const texts[] = { "10.0.0.0/8", "2001:db8::/32", "unix" };
	static char out[CIDR_TEXT_SIZE + 4];
	struct proxies p = proxies_of(texts, local ? 3 : 2);
	struct address from, is;
	struct cidr one = { .bits = 128 };
	char text[CIDR_TEXT_SIZE];
	enum client_source source;

	if (peer)
		from = address_of(peer);
	source = client_address(&p, peer ? &from : NULL, forwarded, &is);
	proxies_release(&p);
	one.base = is;
	cidr_text(text, &one);
	if (source == CLIENT_UNKNOWN)
		assert_string_equal(text, "::");
	snprintf(out, sizeof out, "%s%s", source == CLIENT_OWN ? "own " : "",
		 source == CLIENT_UNKNOWN ? "unknown" : text);
	return out;
}

static void peer_that_is_not_trusted_speaks_for_itself_alone(void **state)
{
	(void)state;
	assert_string_equal(believed(false, "192.0.2.7", NULL), "own 192.0.2.7");
	assert_string_equal(believed(true, "192.0.2.7", "198.51.100.1"), "own 192.0.2.7");
	assert_string_equal(believed(false, "192.0.2.7", "10.0.0.1, 10.0.0.2"), "own 192.0.2.7");
	assert_string_equal(believed(false, "2001:db9::1", "198.51.100.1"), "own 2001:db9::1");
}

static void unix_socket_is_trusted_only_on_request(void **state)
{
	(void)state;
	assert_string_equal(believed(false, NULL, NULL), "unknown");
	assert_string_equal(believed(false, NULL, "198.51.100.1"), "unknown");
	assert_string_equal(believed(true, NULL, NULL), "unknown");
	assert_string_equal(believed(true, NULL, "198.51.100.1"), "198.51.100.1");
}

static void rightmost_hop_that_is_not_trusted_is_the_client(void **state)
{
	static const char *const cases[][2] = {
		{ "198.51.100.1", "198.51.100.1" },
		{ "198.51.100.1, 10.0.0.9", "198.51.100.1" },
		/* What the client itself had sent is left of it. */
		{ "10.9.9.9, 203.0.113.66, 198.51.100.1, 10.0.0.9, 10.0.0.8", "198.51.100.1" },
		{ "not an address, 198.51.100.1", "198.51.100.1" },
		{ ",,,198.51.100.1", "198.51.100.1" },
		{ "198.51.100.1,2001:db8::5", "198.51.100.1" },
		{ "2001:db9::7, 10.0.0.9", "2001:db9::7" },
		{ " \t198.51.100.1\t , 10.0.0.9\t", "198.51.100.1" },
		/* All trusted: whoever was first. */
		{ "10.0.0.3, 10.0.0.2, 10.0.0.1", "10.0.0.3" },
		{ "10.0.0.3", "10.0.0.3" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(believed(false, "10.0.0.1", cases[i][0]), cases[i][1]);
}

static void hops_may_have_ports_and_brackets(void **state)
{
	static const char *const cases[][2] = {
		{ "198.51.100.1:8080", "198.51.100.1" },
		{ "198.51.100.1:65535, 10.0.0.9:1", "198.51.100.1" },
		{ "[2001:db9::7]", "2001:db9::7" },
		{ "[2001:db9::7]:443", "2001:db9::7" },
		{ "[2001:db9::7]:443, [2001:db8::1]:1", "2001:db9::7" },
		{ "::ffff:198.51.100.1", "198.51.100.1" },
		{ "[::ffff:198.51.100.1]:80", "198.51.100.1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(believed(false, "10.0.0.1", cases[i][0]), cases[i][1]);
}

static void hop_that_is_no_address_makes_it_unknown(void **state)
{
	static const char *const cases[] = {
		"",
		" ",
		",",
		"198.51.100.1,",
		"198.51.100.1, ,10.0.0.9",
		"unknown",
		"_hidden, 10.0.0.9",
		"198.51.100.1, unknown, 10.0.0.9",
		"198.51.100.256",
		"198.51.100",
		"0198.51.100.1",
		"198.51.100.1:",
		"198.51.100.1:x",
		"198.51.100.1:123456",
		"198.51.100.1:80:80",
		"198.51.100.1 10.0.0.9",
		":198.51.100.1",
		"[198.51.100.1]",
		"[2001:db9::7",
		"[2001:db9::7]443",
		"[2001:db9::7]:",
		"[2001:db9::7]]",
		"[]",
		"[",
		"2001:db9::7%eth0",
		"2001:db9:::7",
		"198.51.100.1\n",
		"\"198.51.100.1\"",
		"for=198.51.100.1",
		"\x80\xff",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(believed(false, "10.0.0.1", cases[i]), "unknown");
}

static void header_of_any_length_is_read(void **state)
{
	static const char hop[] = "10.0.0.3, ";
	enum { HOPS = 20000, HOP = sizeof hop - 1 };
	char *text = x_malloc(HOPS * HOP + sizeof "10.0.0.4"), *last = text + HOPS * HOP;

	(void)state;
	for (size_t i = 0; i < HOPS; i++)
		memcpy(text + i * HOP, hop, HOP);
	memcpy(last, "10.0.0.4", sizeof "10.0.0.4");
	assert_string_equal(believed(false, "10.0.0.1", text), "10.0.0.3");
	memset(text, '1', HOPS * HOP);
	assert_string_equal(believed(false, "10.0.0.1", text), "unknown");
	memset(text, ' ', HOPS * HOP);
	assert_string_equal(believed(false, "10.0.0.1", text), "10.0.0.4");
	memset(text, ',', HOPS * HOP);
	assert_string_equal(believed(false, "10.0.0.1", text), "unknown");
	free(text);
}

static void nobody_is_trusted_without_proxies(void **state)
{
	struct proxies none = { .count = 0 };
	struct address from = address_of("127.0.0.1"), is;

	(void)state;
	assert_int_equal(client_address(&none, &from, "10.0.0.1", &is), CLIENT_OWN);
	assert_memory_equal(&is, &from, sizeof is);
	assert_int_equal(client_address(&none, NULL, "10.0.0.1", &is), CLIENT_UNKNOWN);
}

static void proxy_that_is_no_range_is_refused(void **state)
{
	static const char *const cases[] = { "localhost", "", "10.0.0.1/8", "Unix", "10.0.0.0/33" };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *texts[] = { "10.0.0.0/8", "unix", cases[i] };
		struct err e = ERR_INIT;
		struct proxies p;

		assert_refused(proxies_parse(&p, texts, 3, &e), ERR_USAGE, &e, cases[i]);
		assert_null(p.ranges);
		assert_false(p.local);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peer_that_is_not_trusted_speaks_for_itself_alone),
		cmocka_unit_test(unix_socket_is_trusted_only_on_request),
		cmocka_unit_test(rightmost_hop_that_is_not_trusted_is_the_client),
		cmocka_unit_test(hops_may_have_ports_and_brackets),
		cmocka_unit_test(hop_that_is_no_address_makes_it_unknown),
		cmocka_unit_test(header_of_any_length_is_read),
		cmocka_unit_test(nobody_is_trusted_without_proxies),
		cmocka_unit_test(proxy_that_is_no_range_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
