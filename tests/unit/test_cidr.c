/* Address ranges: both families, canonical text, and what is refused. */
#include "tests/lib/support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cidr.h"

static struct cidr range(const char *text)
{
	struct err e = ERR_INIT;
	struct cidr c;

	assert_well(cidr_parse(&c, text, &e), &e);
	return c;
}

static bool contains(const char *range_text, const char *address_text)
{
	struct cidr c = range(range_text);
	struct err e = ERR_INIT;
	struct address a;

	assert_well(address_parse(&a, address_text, &e), &e);
	return cidr_contains(&c, &a);
}

static void ranges_have_one_canonical_text(void **state)
{
	static const char *const cases[][2] = {
		{ "10.0.0.0/8", "10.0.0.0/8" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "192.0.2.7", "192.0.2.7" },
		{ "192.0.2.7/32", "192.0.2.7" },
		{ "2001:DB8:0:0::/32", "2001:db8::/32" },
		{ "::/0", "::/0" },
		{ "::1", "::1" },
		{ "::1/128", "::1" },
		{ "::ffff:192.0.2.7", "192.0.2.7" },
		{ "::ffff:10.0.0.0/104", "10.0.0.0/8" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127" },
	};
	char text[CIDR_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct cidr c = range(cases[i][0]);

		cidr_text(text, &c);
		assert_string_equal(text, cases[i][1]);
	}
}

static void a_range_contains_what_shares_its_bits(void **state)
{
	(void)state;
	assert_true(contains("10.0.0.0/8", "10.255.255.255"));
	assert_false(contains("10.0.0.0/8", "11.0.0.0"));
	assert_true(contains("192.0.2.0/25", "192.0.2.127"));
	assert_false(contains("192.0.2.0/25", "192.0.2.128"));
	assert_true(contains("192.0.2.7", "192.0.2.7"));
	assert_false(contains("192.0.2.7", "192.0.2.6"));
	assert_true(contains("2001:db8::/33", "2001:db8:7fff::1"));
	assert_false(contains("2001:db8::/33", "2001:db8:8000::1"));
	assert_true(contains("::1", "::1"));
}

static void an_ipv4_address_in_ipv6_clothes_is_the_same(void **state)
{
	(void)state;
	assert_true(contains("192.0.2.0/24", "::ffff:192.0.2.9"));
	assert_true(contains("::ffff:192.0.2.0/120", "192.0.2.9"));
}

static void all_of_one_family_is_nothing_of_the_other(void **state)
{
	(void)state;
	assert_true(contains("0.0.0.0/0", "203.0.113.1"));
	assert_false(contains("0.0.0.0/0", "2001:db8::1"));
	assert_true(contains("::/0", "2001:db8::1"));
	assert_false(contains("::/0", "203.0.113.1"));
	assert_false(contains("::/64", "::ffff:203.0.113.1"));
}

static void host_bits_are_refused_with_the_range_meant(void **state)
{
	static const char *const cases[][2] = {
		{ "10.1.2.3/8", "write 10.0.0.0/8" },
		{ "192.0.2.1/31", "write 192.0.2.0/31" },
		{ "0.0.0.1/0", "write 0.0.0.0/0" },
		{ "2001:db8::1/32", "write 2001:db8::/32" },
	};
	struct cidr c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = ERR_INIT;

		assert_refused(cidr_parse(&c, cases[i][0], &e), ERR_USAGE, &e, cases[i][1]);
	}
}

static void what_is_no_range_is_refused(void **state)
{
	static const char *const refused[] = {
		"",
		"/8",
		"10.0.0.0/",
		"10.0.0.0/33",
		"10.0.0.0/-1",
		"10.0.0.0/08",
		"10.0.0.0/ 8",
		"10.0.0.0/8 ",
		"10.0.0.0/8/8",
		"10.0.0/8",
		"10.0.0.0.0",
		"010.0.0.0",
		"10.0.0.256",
		"0x0a.0.0.0",
		"1:2:3:4:5:6:7",
		"1::2::3",
		"::1/129",
		"fe80::1%eth0",
		"[::1]",
		"10.0.0.0/255.0.0.0",
		"localhost",
		"10.0.0.0/1e1",
		"2001:db8::/3 2",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111:2222/8",
	};
	struct cidr c;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct err e = ERR_INIT;

		assert_refused(cidr_parse(&c, refused[i], &e), ERR_USAGE, &e,
			       "is not an address range");
	}
}

static void an_address_has_no_length(void **state)
{
	struct err e = ERR_INIT;
	struct address a;

	(void)state;
	assert_refused(address_parse(&a, "10.0.0.0/8", &e), ERR_USAGE, &e, "is not an address");
	assert_refused(address_parse(&a, "", &e), ERR_USAGE, &e, "is not an address");
	assert_refused(address_parse(&a, "\x1b", &e), ERR_USAGE, &e, "<U+001B>");
}

static void loopback_is_known_in_both_families(void **state)
{
	static const char *const local[] = { "127.0.0.1", "127.255.0.9", "::1",
					     "::ffff:127.0.0.1" };
	static const char *const other[] = {
		"126.255.255.255", "128.0.0.1", "0.0.0.0", "::", "::2", "1::1",
		"::127.0.0.1",	   "7f00::1"
	};
	struct address a;

	(void)state;
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
		assert_int_equal(address_parse(&a, local[i], NULL), ERR_OK);
		assert_true(address_is_loopback(&a));
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		assert_int_equal(address_parse(&a, other[i], NULL), ERR_OK);
		assert_false(address_is_loopback(&a));
	}
}

static void a_socket_has_its_address_or_none(void **state)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	const struct sockaddr local = { .sa_family = AF_UNIX };
	struct address a, same;

	(void)state;
	assert_int_equal(inet_pton(AF_INET, "192.0.2.7", &v4.sin_addr), 1);
	assert_true(address_of_socket(&a, (const struct sockaddr *)&v4));
	assert_int_equal(address_parse(&same, "192.0.2.7", NULL), ERR_OK);
	assert_memory_equal(&a, &same, sizeof(a));
	assert_true(address_is_v4(&a));
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::7", &v6.sin6_addr), 1);
	assert_true(address_of_socket(&a, (const struct sockaddr *)&v6));
	assert_int_equal(address_parse(&same, "2001:db8::7", NULL), ERR_OK);
	assert_memory_equal(&a, &same, sizeof(a));
	assert_false(address_is_v4(&a));
	assert_false(address_of_socket(&a, &local));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_have_one_canonical_text),
		cmocka_unit_test(a_range_contains_what_shares_its_bits),
		cmocka_unit_test(an_ipv4_address_in_ipv6_clothes_is_the_same),
		cmocka_unit_test(all_of_one_family_is_nothing_of_the_other),
		cmocka_unit_test(host_bits_are_refused_with_the_range_meant),
		cmocka_unit_test(what_is_no_range_is_refused),
		cmocka_unit_test(an_address_has_no_length),
		cmocka_unit_test(loopback_is_known_in_both_families),
		cmocka_unit_test(a_socket_has_its_address_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
