#!/usr/bin/env python3
"""ID tokens that are not what they pretend to be: forged, of another kind, for another client, or that nobody can
check. What was granted is kept, whom it is about is not taken from such a token, and it is said why."""

import hashlib
import hmac
import json
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from jose import b64  # noqa: E402
from oauth import each, openssl, scenario_options, shared_server  # noqa: E402
from scenarios import LEFT_OUT, SCENARIOS, Scenario, text, tokens  # noqa: E402
from tap import check, contains, equal, main, test  # noqa: E402

FOLDER = tempfile.mkdtemp(prefix="authrack-keys-")
NOW = int(time.time())
HOUR = 3600


class Key:
    def __init__(self, name, bits):
        self.path = os.path.join(FOLDER, name)
        openssl("genrsa", "-out", self.path, str(bits))
        self.modulus = bytes.fromhex(openssl("rsa", "-in", self.path, "-noout", "-modulus").decode().split("=")[1])

    def jwk(self, **more):
        return {"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256", "n": b64(self.modulus), "e": "AQAB", **more}

    def sign(self, data):
        return openssl("dgst", "-sha256", "-sign", self.path, data=data)


OURS, OTHER, SMALL = Key("ours", 2048), Key("other", 2048), Key("small", 1024)
PUBLIC = openssl("rsa", "-in", OURS.path, "-pubout")


def token(call, header, claims, sign):
    body = {"iss": call.base, "sub": "alice", "aud": "tests", "exp": NOW + HOUR, "iat": NOW, **claims}
    body = {name: value for name, value in body.items() if value is not LEFT_OUT}
    head = {"alg": "RS256", "kid": "k1", **header}
    signed = ".".join(b64(json.dumps(part).encode()) for part in (head, body))
    return f"{signed}.{b64(sign(signed.encode()))}"


def by(key):
    return lambda data: hmac.new(key, data, hashlib.sha256).digest()


def case(claims=None, header=None, sign=OURS.sign, keys=None, jwks=None):
    def answer(call):
        issued = tokens(call)
        made = claims(call, issued) if callable(claims) else claims or {}
        call.send({**issued, "id_token": token(call, header or {}, made, sign)})

    def keys_reply(call):
        call.send({"keys": [OURS.jwk()] if keys is None else keys})
    return Scenario(token=[answer], jwks=[jwks or keys_reply])


def at_hash(_, issued):
    return {"at_hash": b64(hashlib.sha256(issued["access_token"].encode()).digest()[:16])}


DOWN = text("down", 500)
# Name, what the provider gives, what is said of it; None: it is valid; "unchecked": nobody could check it.
CASES = {
    "good": (case(), None),
    "at-hash": (case(at_hash), None),
    "alg-none": (case(header={"alg": "none"}, sign=lambda _: b""), "none is no signature"),
    "alg-none-case": (case(header={"alg": "nOnE"}, sign=lambda _: b""), "nOnE is no signature"),
    "alg-confusion": (case(header={"alg": "HS256"}, sign=by(PUBLIC)), "HS256 needs a secret"),
    "other-key": (case(sign=OTHER.sign), "does not fit the key"),
    "own-key": (case(header={"jwk": OTHER.jwk(), "jku": "http://127.0.0.1:1/"}, sign=OTHER.sign), "does not fit"),
    "unknown-kid": (case(header={"kid": "k9"}), 'no key has the kid "k9"'),
    "other-audience": (case({"aud": "somebody"}), '"somebody" is not "tests"'),
    "other-party": (case({"aud": ["tests", "x"], "azp": "x"}), "issued to another client"),
    "other-issuer": (case({"iss": "https://evil.example"}), "evil.example"),
    "issuer-slash": (case(lambda call, _: {"iss": call.base + "/"}), "iss:"),
    "issuer-object": (case({"iss": {"a": 1}}), "is no string"),
    "expired": (case({"exp": NOW - HOUR}), "expired"),
    "expiry-text": (case({"exp": str(NOW + HOUR)}), "is no number"),
    "no-subject": (case({"sub": LEFT_OUT}), '"sub" is missing'),
    "subject-number": (case({"sub": 17}), "is no string"),
    "wrong-hash": (case({"at_hash": "A" * 22}), "at_hash"),
    "hash-number": (case({"at_hash": 5}), "at_hash"),
    "critical": (case(header={"crit": ["x"], "x": 1}), "crit"),
    "logout-token": (case(header={"typ": "logout+jwt"}), "another kind than an ID token"),
    "access-token": (case({"client_id": "tests", "jti": "1"}, {"typ": "at+jwt"}), "another kind than an ID token"),
    "small-key": (case(sign=SMALL.sign, keys=[SMALL.jwk()]), "1024 bits"),
    "no-keys": (case(keys=[]), "no key of the provider fits it"),
    "private-key": (case(keys=[OURS.jwk(d="AAAA")]), "private"),
    "secret-key": (case(header={"alg": "HS256"}, sign=by(b"k" * 32), keys=[
        {"kty": "oct", "kid": "k1", "k": b64(b"k" * 32)}]), "secret or private keys"),
    "key-for-encryption": (case(keys=[OURS.jwk(use="enc")]), 'use is "enc"'),
    "one-kid-two-keys": (case(keys=[OTHER.jwk(), OURS.jwk()]), "one kid for two keys"),
    # No key is to be had: it is told, but what can be wrong without one is still wrong.
    "keys-down": (case(jwks=DOWN), "unchecked"),
    "keys-down-none": (case(header={"alg": "none"}, sign=lambda _: b"", jwks=DOWN), "nothing is signed"),
    "keys-down-issuer": (case({"iss": "https://evil.example"}, jwks=DOWN), "of another issuer"),
    "keys-down-audience": (case({"aud": ["somebody"]}, jwks=DOWN), "for somebody else"),
    "keys-down-kind": (case(header={"typ": "logout+jwt"}, jwks=DOWN), "another kind"),
}


def look(home, name, said):
    scenario = "id-token-" + name
    SCENARIOS[scenario] = CASES[name][0]
    home.ok("provider", "add", name, *scenario_options(shared_server(), scenario))
    result = home.ok("--json", "device", "run", name, "--save")
    success = result.rows[-1]
    grant = home.json("grant", "show", success["grant"])
    if said is None:
        equal((True, "alice", None), (success["id_token"]["valid"], grant["subject"], grant["note"]), str(result))
    elif said == "unchecked":
        equal((False, "unchecked"), (success["id_token"]["valid"], success["id_token"]["signature"]), str(result))
        contains("nobody has checked the ID token", result.err)
    else:
        check(not success["id_token"]["valid"], f"valid: {result}")
        contains("NOT VALID", result.err)
        contains(said, json.loads(result.err.splitlines()[-1])["note"])
        equal((None, "its ID token is not valid"), (grant["subject"], grant["note"]))


@test
def an_id_token_is_valid_only_when_all_of_it_holds(home):
    home.ok("provider", "add", "first", *scenario_options(shared_server(), "good"))
    each(lambda name: look(home, name, CASES[name][1]), list(CASES))
    home.ok("store", "check")


@test
def the_header_of_a_token_makes_nothing_be_fetched(home):
    server = shared_server()
    SCENARIOS["id-token-jku"] = case()
    SCENARIOS["id-token-jku"].replies["token"] = [lambda call: call.send({**tokens(call), "id_token": token(
        call, {"jku": call.base + "/elsewhere", "x5u": call.base + "/elsewhere"}, {}, OTHER.sign)})]
    result = home.ok("--json", "device", "run", *scenario_options(server, "id-token-jku"))
    check(not result.rows[-1]["id_token"]["valid"], str(result))
    equal([], server.asked("id-token-jku", "elsewhere"))


main()
