#!/usr/bin/python3
"""Tokens that authrack signs are valid for npm's jose, PyJWT and Debian's jose, with every algorithm
each of them has; changed ones are not."""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
import peers  # noqa: E402
from tap import check, equal, main, test  # noqa: E402

KIND = {"HS256": "256", "HS384": "384", "HS512": "512", "ES256": "P-256", "ES384": "P-384",
        "ES512": "P-521", "ES256K": "secp256k1", "EdDSA": "Ed25519", "Ed25519": "Ed25519"}
COMMON = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
          "ES384", "ES512"]
KEYS = peers.Keys()


def split(name):
    """("EdDSA", the key's kind) of "EdDSA Ed448"."""
    alg, _, kind = name.partition(" ")
    return alg, kind or KIND.get(alg, "RSA")


def signed(home, name):
    alg, kind = split(name)
    path = home.file("key.jwk", json.dumps({**KEYS.get(kind), "kid": "k1"}))
    return home.ok("token", "sign", "--jwk", path, "--alg", alg, "--iss", "https://sso.example.com",
                   "--sub", "alice", "--aud", "orders", "--expires-in", "10m").out.strip()


def held(name, payload):
    claims = json.loads(payload)
    equal(("alice", 600), (claims["sub"], claims["exp"] - claims["iat"]), name)


@test
def npms_jose_verifies_what_is_signed(home):
    names = COMMON + ["ES256K", "EdDSA", "EdDSA Ed448", "Ed25519"]
    requests = []
    for name in names:
        token, (alg, kind) = signed(home, name), split(name)
        for text in (token, peers.bit_changed(token, 1), peers.bit_changed(token, 2)):
            requests.append({"request": "verify", "alg": alg, "token": text,
                             "jwk": peers.public(KEYS.get(kind))})
    answers = peers.npm(requests)
    for index, name in enumerate(names):
        good, *changed = answers[3 * index:3 * index + 3]
        check("answer" in good, f"{name}: {good}")
        held(name, good["answer"])
        for answer in changed:
            check("ERR_JWS_SIGNATURE_VERIFICATION_FAILED" in answer.get("error", ""),
                  f"{name}: {answer}")


@test
def pyjwt_verifies_what_is_signed(home):
    peers.need_python_peers()
    for name in COMMON + ["ES256K", "EdDSA", "EdDSA Ed448"]:
        token, (alg, kind) = signed(home, name), split(name)
        key = peers.pyjwt_key(peers.public(KEYS.get(kind)))
        held(name, json.dumps(peers.jwt.decode(token, key, algorithms=[alg], audience="orders",
                                               issuer="https://sso.example.com")))
        equal({"alg": alg, "typ": "JWT", "kid": "k1"}, peers.jwt.get_unverified_header(token), name)
        try:
            peers.jwt.decode(peers.bit_changed(token, 2), key, algorithms=[alg], audience="orders")
            check(False, f"{name}: a changed one is taken")
        except peers.jwt.InvalidSignatureError:
            pass


@test
def debians_jose_verifies_what_is_signed(home):
    peers.need_python_peers()
    for name in COMMON:
        token, (_, kind) = signed(home, name), split(name)
        key = peers.public(KEYS.get(kind))
        payload = peers.debian_jose("jws", "ver", "-i", home.file("good", token), "-O", "-",
                                    key=key)
        check(payload, f"{name} is refused")
        held(name, payload)
        changed = home.file("changed", peers.bit_changed(token, 2))
        equal(None, peers.debian_jose("jws", "ver", "-i", changed, key=key), name)


main()
