#!/usr/bin/python3
"""Tokens encrypted by npm's jose and Debian's jose, with every algorithm each of them has, are opened;
changed ones and those for another key are not."""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
import peers  # noqa: E402
from tap import check, equal, main, test  # noqa: E402

CONTENTS = {"A128GCM": "128", "A192GCM": "192", "A256GCM": "256", "A128CBC-HS256": "256",
            "A192CBC-HS384": "384", "A256CBC-HS512": "512"}
SYMMETRIC = {"A128KW": "128", "A192KW": "192", "A256KW": "256", "A128GCMKW": "128",
             "A192GCMKW": "192", "A256GCMKW": "256", "PBES2-HS256+A128KW": "128",
             "PBES2-HS384+A192KW": "192", "PBES2-HS512+A256KW": "256"}
AGREED = ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"]
PLAIN = "You can trust us to stick with you through thick and thin – ✓\n"
KEYS = peers.Keys()


def cases(rsa, curves):
    """(alg, enc, kind of key): every alg, its contents in turn, and one with all of them."""
    kinds = [(alg, "RSA") for alg in rsa] + list(SYMMETRIC.items())
    kinds += [(alg, curve) for alg in AGREED for curve in curves]
    contents = list(CONTENTS)
    for index, (alg, kind) in enumerate(kinds):
        yield alg, contents[index % len(contents)], kind
    for enc, bits in CONTENTS.items():
        yield "dir", enc, bits
        yield "A256KW", enc, "256"


def decrypted(home, token, jwk):
    path = home.file("key.jwk", json.dumps(jwk))
    return home.run("token", "decrypt", "--jwk", path, input=token)


def opens(home, name, token, jwk):
    result = decrypted(home, token, jwk)
    equal(0, result.code, f"{name}: {result}")
    equal(PLAIN.encode(), result.raw, name)


def refused(home, name, token, jwk):
    result = decrypted(home, token, jwk)
    check(result.code in (1, 2), f"{name}: {result}")
    equal(b"", result.raw, name)


def opens_unchanged_only(home, index, case, token):
    """Of what may be changed, the tag and one more segment for each case in turn."""
    alg, enc, kind = case
    jwk, name = KEYS.get(kind), f"{alg} {enc} {kind}"
    opens(home, name, token, jwk if index % 2 else {**jwk, "alg": enc if alg == "dir" else alg,
                                                    "use": "enc"})
    segments = [n for n, text in enumerate(token.split(".")) if text]
    for segment in {segments[-1], segments[index % len(segments)]}:
        refused(home, f"{name}, segment {segment} changed", peers.bit_changed(token, segment), jwk)
    refused(home, f"{name}, another key", token, KEYS.get(kind, 1))
    refused(home, f"{name}, key for something else", token,
            {**jwk, "use": "sig"} if index % 2 else {**jwk, "alg": "RSA-OAEP-9"})


@test
def tokens_of_npms_jose_are_opened_and_changed_ones_are_not(home):
    rsa = ["RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"]
    every = list(cases(rsa, ["P-256", "P-384", "P-521", "X25519", "X448"]))
    tokens = peers.npm_tokens([
        {"request": "encrypt", "alg": alg, "enc": enc, "plaintext": PLAIN,
         "jwk": peers.public(KEYS.get(kind))} for alg, enc, kind in every])
    for index, (case, token) in enumerate(zip(every, tokens)):
        opens_unchanged_only(home, index, case, token)


@test
def tokens_of_debians_jose_are_opened_and_changed_ones_are_not(home):
    peers.need_python_peers()
    plain = home.file("plain", PLAIN)
    for index, case in enumerate(cases(["RSA1_5"], ["P-256", "P-384", "P-521"])):
        alg, enc, kind = case
        token = peers.debian_jose("jwe", "enc", "-I", plain, "-c", "-i",
                                  {"protected": {"alg": alg, "enc": enc}},
                                  key=peers.public(KEYS.get(kind)))
        check(token, f"{case} is not encrypted")
        opens_unchanged_only(home, index, case, token)


@test
def no_algorithm_of_debians_jose_is_left_out():
    """But for what is no algorithm of a header: hashes, and exchanges of keys of its own."""
    known = {alg for alg, _, _ in cases(["RSA1_5"], ["P-256"])} | set(CONTENTS)
    others = {"DEF", "ECDH", "ECMR", "S1", "S224", "S256", "S384", "S512"}
    left = set(peers.debian_jose("alg").split()) - known - others
    equal(set(), {name for name in left if name[:2] not in ("HS", "RS", "PS", "ES")})


@test
def content_that_only_claims_to_be_compressed_is_refused(home):
    """Debian's jose writes zip into the header and does not compress; it can't read that either."""
    plain = home.file("plain", PLAIN)
    token = peers.debian_jose("jwe", "enc", "-I", plain, "-c", "-i",
                              {"protected": {"alg": "A128KW", "enc": "A128GCM", "zip": "DEF"}},
                              key=KEYS.get("128"))
    refused(home, "zip", token, KEYS.get("128"))


@test
def keys_of_debians_jose_are_read_with_their_operations(home):
    plain = home.file("plain", PLAIN)
    for alg in ("ECDH-ES", "ECDH-ES+A128KW", "A192KW", "A256GCMKW", "PBES2-HS256+A128KW",
                "RSA1_5"):
        jwk = json.loads(peers.debian_jose("jwk", "gen", "-i", {"alg": alg}))
        check(jwk["key_ops"], alg)
        token = peers.debian_jose("jwe", "enc", "-I", plain, "-c", "-i",
                                  {"protected": {"alg": alg, "enc": "A128GCM"}}, key=jwk)
        opens(home, alg, token, jwk)
        refused(home, alg, token, {**jwk, "key_ops": ["wrapKey", "sign"]})


@test
def json_serialisations_are_opened(home):
    flattened, general = peers.npm_tokens([
        {"request": "encryptFlattened", "alg": "A128KW", "enc": "A128CBC-HS256",
         "plaintext": PLAIN, "aad": "beside it", "jwk": KEYS.get("128")},
        {"request": "encryptGeneral", "enc": "A256GCM", "plaintext": PLAIN, "recipients": [
            {"alg": "RSA-OAEP-256", "jwk": peers.public(KEYS.get("RSA"))},
            {"alg": "ECDH-ES+A256KW", "jwk": peers.public(KEYS.get("X25519"))},
            {"alg": "A192GCMKW", "jwk": KEYS.get("192")}]}])
    opens(home, "flattened", flattened, KEYS.get("128"))
    changed = json.loads(flattened)
    changed["aad"] = peers.encode(b"beside At")
    refused(home, "flattened, aad changed", json.dumps(changed), KEYS.get("128"))
    for kind in ("RSA", "X25519", "192"):
        opens(home, f"general, {kind}", general, KEYS.get(kind))
        refused(home, f"general, another {kind}", general, KEYS.get(kind, 1))


@test
def a_nested_token_of_npms_jose_is_verified_once_opened(home):
    claims = {"iss": "https://sso.example.com", "sub": "u-1", "aud": "orders", "exp": 4102444800}
    inner, = peers.npm_tokens([{"request": "sign", "alg": "ES256", "jwk": KEYS.get("P-256"),
                                "payload": json.dumps(claims), "header": {"typ": "JWT"}}])
    outer, = peers.npm_tokens([{"request": "encrypt", "alg": "RSA-OAEP-256", "enc": "A256GCM",
                                "jwk": peers.public(KEYS.get("RSA")), "plaintext": inner,
                                "header": {"cty": "JWT"}}])
    opener = home.file("opener.jwk", json.dumps(KEYS.get("RSA")))
    signer = home.file("signer.jwk", json.dumps(peers.public(KEYS.get("P-256"))))
    other = home.file("other.jwk", json.dumps(peers.public(KEYS.get("P-256", 1))))
    equal(inner, home.ok("token", "decrypt", "--jwk", opener, input=outer).out.strip())
    both = home.run("--json", "token", "verify", "--jwk", opener, "--jwk", signer, input=outer)
    equal((0, True), (both.code, both.json["valid"]), str(both))
    for keys in ((opener, other), (opener,), (signer,)):
        options = [word for key in keys for word in ("--jwk", key)]
        result = home.run("--json", "token", "verify", *options, input=outer)
        check(result.code in (1, 2), result)


main()
