/* Cases of finding_time.c; now is 1781615212. */
#include "tests/lib/finding_cases.h"

static void leeway_of_a_minute(struct finding_world *w)
{
	w->in.leeway_ms = 60000;
}

static void no_claims_expected(struct finding_world *w)
{
	w->expected.no_claims = true;
	w->in.expected = &w->expected;
}

static void leeway_below_nothing(struct finding_world *w)
{
	w->in.leeway_ms = -5000;
}

static void leeway_without_end(struct finding_world *w)
{
	w->in.leeway_ms = INT64_MAX;
}

#define JWT "{'alg':'ES256','typ':'JWT'}"

const struct finding_case finding_cases_time[] = {
	RAISES("exp-missing", JWT, "{'sub':'x'}"),
	SILENT("exp-missing", JWT, "{'sub':'x','exp':1}"),
	SILENT("exp-missing", "{'alg':'ES256','typ':'secevent+jwt'}", "{'sub':'x'}"),
	SILENT("exp-missing", "{'alg':'ES256'}", "not claims"),
	RAISES("expired", JWT, "{'exp':1781615212}", .text = "ended 0 seconds ago"),
	RAISES("expired", JWT, "{'exp':1781500000.5}", .text = "2026-06-15T05:06:40.500Z"),
	RAISES("expired", JWT, "{'exp':1e9}", .text = "24 years"),
	RAISES("expired", JWT, "{'exp':-5}"),
	RAISES("expired", JWT, "{'exp':1781615152}", .prepare = leeway_of_a_minute),
	SILENT("expired", JWT, "{'exp':1781615153}", .prepare = leeway_of_a_minute),
	SILENT("expired", JWT, "{'exp':1781615213}"),
	SILENT("expired", JWT, "{'exp':1781615213}", .prepare = leeway_below_nothing),
	SILENT("expired", JWT, "{'exp':1}", .prepare = leeway_without_end),
	SILENT("expired", JWT, "{'exp':'1781500000'}"),
	SILENT("expired", JWT, "{'exp':1781500000}", .prepare = no_claims_expected),
	RAISES("exp-long", JWT, "{'exp':4102444800}", .text = "ends in 73 years"),
	RAISES("exp-long", JWT, "{'iat':1781615212,'exp':1781701613}", .text = "24 hours"),
	RAISES("exp-long", JWT, "{'scope':'a'}", .text = "without end"),
	SILENT("exp-long", JWT, "{'iat':1781615212,'exp':1781701612}"),
	SILENT("exp-long", "{'alg':'ES256','typ':'dc+sd-jwt'}", "{'exp':4102444800}"),
	SILENT("exp-long", JWT, "{'typ':'Refresh','exp':4102444800}"),
	SILENT("exp-long", JWT, "{'nonce':'x','exp':4102444800}"),
	SILENT("exp-long", JWT, "{'sub':'x'}"),
	RAISES("exp-order", JWT, "{'exp':1781615300,'iat':1781615300}", .text = "iat"),
	RAISES("exp-order", JWT, "{'exp':1781615300,'nbf':1781615300}", .text = "nbf"),
	SILENT("exp-order", JWT, "{'exp':1781615301,'iat':1781615300,'nbf':1781615300}"),
	RAISES("time-type", JWT, "{'exp':'1781615300'}", .text = "exp is no time"),
	RAISES("time-type", JWT, "{'nbf':null}", .text = "nbf"),
	RAISES("time-type", JWT, "{'iat':1e400}", .text = "1e400"),
	RAISES("time-type", JWT, "{'iat':-1e300}"),
	SILENT("time-type", JWT, "{'iat':1.5,'nbf':1e3,'exp':1781615300}"),
	SILENT("time-type", JWT, "{'exp':1781615300000}"),
	RAISES("time-millis", JWT, "{'exp':1781615300000}", .text = "exp is in milliseconds"),
	RAISES("time-millis", JWT, "{'iat':100000000001}"),
	RAISES("time-millis", JWT, "{'iat':1781615300000000}", .text = "microseconds"),
	RAISES("time-millis", JWT, "{'iat':1781615300000000000}", .text = "nanoseconds"),
	SILENT("time-millis", JWT, "{'exp':100000000000}"),
	RAISES("nbf-future", JWT, "{'nbf':1781615213}", .text = "begins in 1 seconds"),
	RAISES("nbf-future", JWT, "{'nbf':1781615273}", .prepare = leeway_of_a_minute),
	SILENT("nbf-future", JWT, "{'nbf':1781615272}", .prepare = leeway_of_a_minute),
	SILENT("nbf-future", JWT, "{'nbf':1781615212}"),
	RAISES("iat-future", JWT, "{'iat':1781615332}", .text = "2 minutes"),
	SILENT("iat-future", JWT, "{'iat':1781615272}", .prepare = leeway_of_a_minute),
	SILENT("iat-future", JWT, "{'iat':1781615212}"),
	{ .id = NULL },
};
