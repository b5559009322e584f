/* Keys and tokens that stand still: made for the fuzzers, used for nothing else. */
#include "tests/fuzz/fixed.h"

#include <string.h>

#include "src/base/text.h"
#include "src/token/jws.h"
#include "tests/fuzz/fuzz.h"

static const char *const keys[FUZZ_KEYS] = {
	[FUZZ_SECRET] = "{\"k\":\"caslM2M_1whesResDH2evcCv3RcqVXokwzEbJLdFKi4\",\"kid\":\"secre"
			"t\",\"kty\":\"oct\"}",
	[FUZZ_RSA] = "{\"d\":\"A9hL3P3M-V83LqJEZ3Vc2TICBJrA5f7E_HU8TEhxvUHwQbug2Sxd2Q4c7yNU1"
		     "WokVea1hiofh8HjeZyCUW42Ut5M_duPCVbcNZA5kkaJU-7pjzIzT3FzEQiqCfvRX-Km6d-"
		     "u2RPLqpMYi5lO52R9Lk1n6cQ8mdxQRObSheAefoYQvkxEBB_bI03SIjlc1HdoMXcEeHpzM"
		     "BQIDUHTmaLqdtLMo2mPjVdSWEeImdTO2fAmPvN-jlYAwnUrnwJODbLfvynh9RbkipJZK6u"
		     "us3irEk3-faNl-a9bnBABEW2ObASIFka_Pd6YJj7DMWzaPQanSh2tmDDVhVCUwBmFMAWjS"
		     "Q\",\"dp\":\"LSIAd9KooBME2Ax71bKDm-TNgJ0D-DPlw2hKtH6p_XjnuXbzQjxF-qf8H"
		     "VJ6naoa6dIdLrBJ5VLlq2EzMvGDtknq9OCpSQ6kIUK0BDJiRYnhBBlVhf8PWx3_hfPwwa-"
		     "h8arBT8uUxG2SrEBKMeKeUhH0eR2Dr-iK8UmdiDpgM3k\",\"dq\":\"UhWLTQekUVMcgX"
		     "vlAKtlHlsmzVdOtJMfgsqefK3Fz-2upHuVm3SiU53nra9Ou0P24rVB_5gTsXd0j2Jn4leI"
		     "mhB__QDgN8ilo4IgO8jAqe5c0MwxmppjuL121LEa9ukJG0yEdIDiZT8bfL8mxgzypOWzSv"
		     "hrmEjofk8Buqtfdzs\",\"e\":\"AQAB\",\"kid\":\"rsa\",\"kty\":\"RSA\",\"n"
		     "\":\"oetCBzcx6QMfmPn4F37-tFsXWDSfu1aHf1qSYWKkqLlHR01-JOe9YZSO1opW8hiDY"
		     "zeWsDsamhWkfSB6IvjeoBLAetRMA9fgIoG2ufURGl1t3YOlDL37fAbjWLaOEWiPtKtlV35"
		     "da4QsYCzkdn5U2PkWjGMGBS8jufL5xUUArnfPwtlxD2PYfr7OkT15Dq02R_LlR0TLUNBgS"
		     "yumZJmQikl2zNnS5l7w2gPmvPspMr8rweuX_y1K9JXE_xwqAJ62_0UejbiWcPnNlxkthll"
		     "aj-XaaQI3r1u9sXlRBUjyMN-OujE32VTO-TcSgpUi7xo5VShXitAvVX2lDBEPoAcUrw\","
		     "\"p\":\"0Fg9xj7wj0_O3TRFyXpDKI-0OBa7FfFJCPZ_ye3CqFzZpxQVJ6TVjSv1NFJL_U"
		     "Wq_vRjMLscP8Z-8zsjJZwK40S0zY7DGdan8rUZo8Fv_sbLZntnb_iYX5gKBl-nh0PPxRWH"
		     "oOEfEbtILchTRlt_ewBHwCFo4bFAbNngjKXUbpk\",\"q\":\"xvSHVpeN8OclOTyWzv0q"
		     "yFw6NnW5H3W7pEIY7npAwchCS44kGeMj22F24iNutmT3UwshoNSQfkrfJSuXok0TrgTse2"
		     "41FTALLGlHkPiNlonSCQq2Pm4_B0XlkT64kMgcmI-HlETgmLYEG46vTF_IbCnZeO34HEto"
		     "snHI0Y1KEoc\",\"qi\":\"ojmUn_8hP09WbIXpJ3_ZHBXeY_BMFsXG5qeD4ZYhQBHyn2R"
		     "Vg6VQRvQAVfdCz4mqCVju0dVhBX9O8BKctCe6BwKdTa3aUdr9UURM2C4-BD3_q1pW6dlXn"
		     "NSiHj-gT37DMUde9O_vru1pHpwZ7r36ZEg7J6PweRb_xafOS7EZFac\"}",
	[FUZZ_EC] = "{\"crv\":\"P-256\",\"d\":\"1sOKpv9rdFL4QYBO3PmNToK3wrBEc0QVVCXPPCIjwsQ"
		    "\",\"kid\":\"ec\",\"kty\":\"EC\",\"x\":\"hKv9z2eg7Re7GJG2DH1MD8yCZJbxk"
		    "RuPE-IBlTfMagk\",\"y\":\"SzBBbyYGId8TMBXIfv_NoJQGlLF9BJ9_GILOrMQeKbo\""
		    "}",
	[FUZZ_ED25519] = "{\"crv\":\"Ed25519\",\"d\":\"5dkmEzvLy4C4ZEnNkylyzEfBZg9q-lqSfm500c5Z6"
			 "rQ\",\"kid\":\"ed\",\"kty\":\"OKP\",\"x\":\"tpYi-Y2tdiS6oZudcMBFR9ugwh"
			 "2Hzt7SqGWXS1z-Cbo\"}",
	[FUZZ_X25519] = "{\"crv\":\"X25519\",\"d\":\"0H2ZnJsWayhfCGjBYYR87YEoSGdv01NVmeyrN7Qr63"
			"s\",\"kty\":\"OKP\",\"x\":\"KJ4dB1V0xqsgssL53s7isPc6YxPjDi73R2eRifNBjE"
			"k\"}",
};

const char *const fuzz_tokens[FUZZ_TOKENS + 1] = {
	"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InNlY3JldCJ9.eyJpc3MiOiJod"
	"HRwczovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoiYWxpY2UiLCJhdWQiOiJhcGkiLCJpYXQ"
	"iOjE3ODE2MTUwMDAsImV4cCI6MTc4MTYxODYwMCwianRpIjoiYTEifQ.cnGn0tHnsjgUKp"
	"IMy15hBH00mUse5HiHFMsbJhvTE8c",
	"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwc"
	"zovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoiYWxpY2UiLCJhdWQiOiJhcGkiLCJpYXQiOjE"
	"3ODE2MTUwMDAsImV4cCI6MTc4MTYxODYwMCwianRpIjoiYTEifQ.F2647vtQIfpf0RyLOV"
	"9Bk-HnXQNqiLH_B3dG_hm2k8e96-VLKgF3P3zD0Jcv-TO5AfgK8JhvV4fEmGTALKAXPL6Y"
	"pW71A3xoMqp8k36S4FEejTh65H_Aqv7wZ9C-TX-KwoEqgbS8sdIBw7zrjlZD7AaFeHh484"
	"HclSELiTQ9bo3UHxPabqtOmRSepD-cN4wB0cJStJhpJY6KYN21a6VSrChGmwp9fM0dHhLP"
	"-YRTOzm1AuXxJYwHsUpM9oM208UhsOOD5uN1uEc207j3B2FrKRpvLZMeO6HAPuSGWR8YAW"
	"QdLvr1J5wws1eXbDDt41TJl8av5_JV7T8q600sucnDlA",
	"eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImVjIn0.eyJpc3MiOiJodHRwcz"
	"ovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoiYWxpY2UiLCJhdWQiOiJhcGkiLCJpYXQiOjE3"
	"ODE2MTUwMDAsImV4cCI6MTc4MTYxODYwMCwianRpIjoiYTEifQ.JZ0pEHiud0uwaXznoyZ"
	"C6G042ef0sjB8GP0pqpF_UVXczLIPfV_Ihf9batFnp1wDzPZmQ0ftSHDpO9hMED99tw",
	"eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImVkIn0.eyJpc3MiOiJodHRwcz"
	"ovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoiYWxpY2UiLCJhdWQiOiJhcGkiLCJpYXQiOjE3"
	"ODE2MTUwMDAsImV4cCI6MTc4MTYxODYwMCwianRpIjoiYTEifQ.VDP-RVe8D9N47ZmDfu8"
	"JkbBiOhWwrkz085eEfRzJi-SRQKwMpr8wLgfjBZO7bm1axCGT6OpDJb8pHnITsKoDDg",
};

struct key_set *fuzz_key_set(void)
{
	static struct key_set set;
	struct err e = ERR_INIT;

	if (set.count)
		return &set;
	key_set_init(&set);
	for (size_t i = 0; i < FUZZ_KEYS; i++)
		must(key_set_add_jwk(&set, keys[i], strlen(keys[i]), "fuzz", &e) == ERR_OK);
	for (size_t i = 0; i < FUZZ_KEYS; i++)
		must(!set.keys[i].faults);
	set.faults = 0; /* that they are of all kinds is meant */
	return &set;
}

void fuzz_verify(const struct jose *t, struct verdict *out, bool no_claims, bool padded)
{
	const struct expectations expected = {
		.now_ms = INT64_C(1781615212000),
		.no_claims = no_claims,
		.padded = padded,
	};

	token_verify(t, fuzz_key_set(), &expected, out);
	must(!out->valid || (out->signature == SIGNATURE_VALID && out->key));
	for (size_t i = 0; i < out->count; i++)
		must(!out->valid || out->checks[i].result != CHECK_FAILED);
	for (size_t i = 0; i < out->findings.count; i++)
		must(!out->valid || out->findings.list[i].severity < SEVERITY_ERROR);
}

/* What is signed with a key fits it, and nothing else does. */
static void sign_and_check(struct jose_key *k, const struct algorithm *a)
{
	struct span message[] = { { "message", 7 } };
	struct buf signature = BUF_INIT(16384);
	struct err e = ERR_INIT;

	if (jws_sign(k, a, message, 1, &signature, &e) == ERR_OK) {
		unsigned char *bytes = (unsigned char *)signature.data;

		must(jws_check(k, a, message, 1, bytes, signature.len));
		bytes[signature.len / 2] ^= 1;
		must(!jws_check(k, a, message, 1, bytes, signature.len));
	}
	buf_release(&signature);
}

static void use_key(struct jose_key *k)
{
	static const unsigned char garbage[64] = { 1, 2, 3 };
	struct span message[] = { { "message", 7 } };
	char text[256], thumbprint[THUMBPRINT_SIZE];
	bool signed_once = false;

	jose_key_describe(k, text, sizeof(text));
	must(strlen(text) > 0 && utf8_valid(text, strlen(text)));
	jose_key_thumbprint(k, thumbprint);
	must(strlen(thumbprint) == 0 || strlen(thumbprint) == 43);
	for (const struct algorithm *a = algorithms; a->name; a++) {
		if (jose_key_allows(k, a, KEY_OP_VERIFY, true, text, sizeof(text))) {
			must(a->purpose == ALGORITHM_SIGNS && a->family != FAMILY_NONE);
			must(!(k->faults & KEY_FATAL));
			must(!jws_check(k, a, message, 1, garbage, sizeof(garbage)));
		}
		if (!signed_once && jose_key_allows(k, a, KEY_OP_SIGN, true, text, sizeof(text))) {
			sign_and_check(k, a);
			signed_once = true;
		}
	}
}

void fuzz_use_keys(struct key_set *s)
{
	for (size_t i = 0; i < s->count && i < 8; i++)
		use_key(&s->keys[i]);
}
