#!/usr/bin/python3
"""Tokens signed by npm's jose, PyJWT and Debian's jose, with every algorithm each of them has, are
valid; forged ones are not."""

import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
import peers  # noqa: E402
from tap import check, equal, main, test  # noqa: E402

KIND = {"HS256": "256", "HS384": "384", "HS512": "512", "ES256": "P-256", "ES384": "P-384",
        "ES512": "P-521", "ES256K": "secp256k1", "EdDSA": "Ed25519", "Ed25519": "Ed25519"}
NPM = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
       "ES384", "ES512", "ES256K", "EdDSA", "EdDSA Ed448", "Ed25519"]
PYJWT = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
         "ES384", "ES512", "ES256K", "EdDSA", "EdDSA Ed448"]
DEBIAN = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
          "ES384", "ES512"]
KEYS = peers.Keys()


def claims():
    now = int(time.time())
    return {"iss": "https://sso.example.com", "sub": "u-1", "aud": "orders", "jti": "1",
            "iat": now - 5, "exp": now + 600}


def split(name):
    """("EdDSA", the key's kind) of "EdDSA Ed448"."""
    alg, _, kind = name.partition(" ")
    return alg, kind or KIND.get(alg, "RSA")


def verified(home, token, jwk, *options):
    """Verifies it by the key's public half: the answer, and the exit code that belongs to it."""
    path = home.file("key.jwk", json.dumps(peers.public(jwk)))
    result = home.run("--json", "token", "verify", "--jwk", path, *options, input=token)
    check(result.code in (0, 1), result)
    equal(result.code == 0, result.json["valid"], str(result))
    return result


def good(home, name, token, jwk, *options):
    result = verified(home, token, jwk, *options)
    check(result.json["valid"], f"{name}: {result}")
    equal("valid", result.json["signature"], name)


def bad(home, name, token, jwk, *options):
    check(not verified(home, token, jwk, *options).json["valid"], f"{name}: {token}")


def good_and_forged(home, name, token):
    alg, kind = split(name)
    jwk = KEYS.get(kind)
    good(home, name, token, jwk)
    good(home, name, token, {**jwk, "alg": alg, "use": "sig"})
    for segment in (1, 2):
        bad(home, f"{name}, segment {segment} changed", peers.bit_changed(token, segment), jwk)
    bad(home, f"{name}, another key", token, KEYS.get(kind, 1))
    bad(home, f"{name}, key for encryption", token, {**jwk, "use": "enc"})


@test
def tokens_of_npms_jose_are_valid_and_forged_ones_are_not(home):
    tokens = peers.npm_tokens([
        {"request": "sign", "alg": split(name)[0], "jwk": KEYS.get(split(name)[1]),
         "payload": json.dumps(claims()), "header": {"typ": "JWT"}}
        for name in NPM])
    for name, token in zip(NPM, tokens):
        good_and_forged(home, name, token)


@test
def tokens_of_pyjwt_are_valid_and_forged_ones_are_not(home):
    peers.need_python_peers()
    for name in PYJWT:
        alg, kind = split(name)
        token = peers.jwt.encode(claims(), peers.pyjwt_key(KEYS.get(kind)), algorithm=alg)
        good_and_forged(home, name, token)


@test
def tokens_of_debians_jose_are_valid_and_forged_ones_are_not(home):
    peers.need_python_peers()
    payload = home.file("claims.json", json.dumps(claims()))
    for name in DEBIAN:
        alg, kind = split(name)
        token = peers.debian_jose("jws", "sig", "-I", payload, "-c", "-s",
                                  {"protected": {"alg": alg}}, key=KEYS.get(kind))
        good_and_forged(home, name, token)


@test
def no_algorithm_of_the_peers_is_left_out():
    peers.need_python_peers()
    of_pyjwt = set(peers.jwt.algorithms.get_default_algorithms())
    # ES521 is what PyJWT once called ES512.
    equal(set(), of_pyjwt - {"none", "ES521"} - set(PYJWT))
    of_debian = {name for name in peers.debian_jose("alg").split()
                 if name[:2] in ("HS", "RS", "PS", "ES") and name[2:].isdigit()}
    equal(of_debian, set(DEBIAN))


@test
def keys_of_debians_jose_are_read_with_their_operations(home):
    for alg in ("HS256", "ES512", "PS384"):
        jwk = json.loads(peers.debian_jose("jwk", "gen", "-i", {"alg": alg}))
        payload = home.file("claims.json", json.dumps(claims()))
        token = peers.debian_jose("jws", "sig", "-I", payload, "-c", key=jwk)
        good(home, alg, token, {**jwk, "key_ops": ["verify"]})
        bad(home, alg, token, {**jwk, "key_ops": ["sign"]})


@test
def unsecured_tokens_are_never_valid(home):
    peers.need_python_peers()
    tokens = [peers.jwt.encode(claims(), None, algorithm="none")]
    tokens += peers.npm_tokens([{"request": "unsecured", "claims": claims()}])
    for token in tokens:
        for kind in ("256", "RSA", "P-256"):
            bad(home, "none", token, KEYS.get(kind))
            bad(home, "none", token, KEYS.get(kind), "--no-claims")


@test
def an_hmac_keyed_with_a_public_key_is_not_valid(home):
    peers.need_python_peers()
    for kind in ("RSA", "P-256"):
        pem = peers.pem(KEYS.get(kind))
        path = home.file("key.pem", pem)
        tokens = peers.npm_tokens([
            {"request": "signWithText", "alg": alg, "text": text, "payload": json.dumps(claims())}
            for alg in ("HS256", "HS512") for text in (pem, pem.strip())])
        for token in tokens:
            result = home.run("--json", "token", "verify", "--pem", path, input=token)
            equal(1, result.code, str(result))
            check(not result.json["valid"], result)


@test
def json_serialisations_verify_where_no_claims_are_meant(home):
    signers = [{"alg": split(name)[0], "jwk": KEYS.get(split(name)[1])}
               for name in ("RS256", "ES384", "EdDSA")]
    token, = peers.npm_tokens([{"request": "signGeneral", "payload": json.dumps(claims()),
                                "signers": signers}])
    for signer in signers:
        good(home, signer["alg"], token, signer["jwk"], "--no-claims")
        bad(home, signer["alg"], token, signer["jwk"])
    bad(home, "another key", token, KEYS.get("P-384", 1), "--no-claims")


@test
def unencoded_detached_payloads_verify(home):
    payload = "$.02, and no more"
    token, = peers.npm_tokens([{"request": "signUnencoded", "alg": "ES256",
                                "jwk": KEYS.get("P-256"), "payload": payload}])
    options = ("--no-claims", "--payload")
    good(home, "b64", token, KEYS.get("P-256"), *options, home.file("payload", payload))
    bad(home, "b64", token, KEYS.get("P-256"), *options, home.file("payload", payload + "."))
    bad(home, "b64", token, KEYS.get("P-256", 1), *options, home.file("payload", payload))


main()
