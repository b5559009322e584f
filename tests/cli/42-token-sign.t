#!/usr/bin/python3
"""token sign, decrypt and diff."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import base64
import json
import re
import subprocess

import jose
from jose import SECRET, b64, claims, cookbook, hs256, oct_jwk
from tap import Result, check, contains, equal, lacks, main, match, need, test

DECRYPTED = {"plaintext", "plaintext_base64url", "header", "key", "nested", "reason"}
TOKEN = r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+"


def secret_file(home):
    return home.file("secret", SECRET)


def payload(token):
    part = token.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def header(token):
    part = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def sign(home, *args, **more):
    out = home.ok("token", "sign", "--secret-file", secret_file(home), *args, **more).out
    match(rf"\A{TOKEN}\n\Z", out)
    return out.strip()


def key_pair(home, algorithm, *options):
    openssl = need("openssl")
    private, public = os.path.join(home.path, "k.pem"), os.path.join(home.path, "k.pub")
    subprocess.run([openssl, "genpkey", "-algorithm", algorithm, *options, "-out", private],
                   check=True, capture_output=True)
    subprocess.run([openssl, "pkey", "-in", private, "-pubout", "-out", public], check=True)
    return private, public


# --- sign ------------------------------------------------------------------------------------------

@test
def a_claims_file_is_signed_byte_by_byte(home):
    for text in ('{"v": 1.10,\n "a":"\\u0041", "a":2}', '{}', ' { "x" : null } '):
        token = sign(home, "--claims", home.file("c.json", text))
        equal(text.encode(), payload(token))
        equal(text.encode(), payload(sign(home, "--claims", "-", input=text)))
        equal(text.encode(), payload(sign(home, "--text", input=text)))
    equal({"alg": "HS256", "typ": "JWT"}, header(token))
    equal(b"no json", payload(sign(home, "--claims", home.file("c", "no json"))))


@test
def options_replace_claims_and_leave_the_rest_as_it_stands(home):
    path = home.file("c.json", '{"sub":"x","v":1.10,"deep":{"a" :1},"sub":"y"}')
    equal(b'{"sub":"alice","v":1.10,"deep":{"a" :1},"aud":["a","b"],"n":[1,2.50],"t":"1x"}',
          payload(sign(home, "--claims", path, "--sub", "alice", "--aud", "a", "--aud", "b",
                       "--claim", "n=[1,2.50]", "--claim", "t=1x")))
    home.run("token", "sign", "--secret-file", secret_file(home), "--claims",
             home.file("c", "[1]"), "--sub", "x", code=2)


@test
def times_come_from_a_duration(home):
    token = sign(home, "--expires-in", "10m", "--at", "2026-01-01T00:00:00Z", "--iss", "i")
    equal({"iss": "i", "iat": 1767225600, "exp": 1767226200}, json.loads(payload(token)))


@test
def header_parameters_are_set(home):
    token = sign(home, "--sub", "a", "--kid", "k1", "--typ", "at+jwt", "--header", "x=[1]",
                 "--alg", "HS384")
    equal({"alg": "HS384", "typ": "at+jwt", "kid": "k1", "x": [1]}, header(token))
    for value in ("alg=none", "nonsense", "=x"):
        home.run("token", "sign", "--secret-file", secret_file(home), "--sub", "a", "--header",
                 value, code=2)


@test
def the_json_has_the_contracts_members(home):
    row = home.json("token", "sign", "--secret-file", secret_file(home), "--sub", "a")
    equal({"token", "header", "claims", "key"}, set(row))
    equal(({"sub": "a"}, "HS256"), (row["claims"], row["header"]["alg"]))
    match(rf"\A{TOKEN}\Z", row["token"])


@test
def what_is_signed_verifies_with_every_kind_of_key(home):
    for algorithm, options, names in (
            ("RSA", ("-pkeyopt", "rsa_keygen_bits:2048"), ("RS256", "RS512", "PS256", "PS384")),
            ("EC", ("-pkeyopt", "ec_paramgen_curve:P-256"), ("ES256",)),
            ("EC", ("-pkeyopt", "ec_paramgen_curve:P-384"), ("ES384",)),
            ("EC", ("-pkeyopt", "ec_paramgen_curve:P-521"), ("ES512",)),
            ("EC", ("-pkeyopt", "ec_paramgen_curve:secp256k1"), ("ES256K",)),
            ("ED25519", (), ("EdDSA", "Ed25519")), ("ED448", (), ("EdDSA", "Ed448"))):
        private, public = key_pair(home, algorithm, *options)
        for name in names:
            token = home.ok("token", "sign", "--pem", private, "--alg", name, "--sub", "a").out
            row = home.ok("--json", "token", "verify", "--pem", public, "--alg", name,
                          input=token).json
            equal((True, name), (row["valid"], row["header"]["alg"]))
        usual = home.ok("token", "sign", "--pem", private, "--sub", "a").out
        check(header(usual)["alg"] in names)
        home.run("token", "sign", "--pem", public, "--sub", "a", code=2)


@test
def what_cannot_be_signed_is_a_usage_error(home):
    path = secret_file(home)
    for args in (("--sub", "a"), ("--secret-file", path),
                 ("--secret-file", path, "--sub", "a", "--alg", "RS256"),
                 ("--secret-file", path, "--sub", "a", "--alg", "none"),
                 ("--secret-file", path, "--claims", "missing"),
                 ("--secret-file", path, "--claim", "novalue"),
                 ("--secret-file", home.file("short", "short"), "--sub", "a"),
                 ("--secret-file", path, "--jwk", home.file("k", oct_jwk()), "--sub", "a"),
                 ("--secret-file", "-", "--claims", "-")):
        result = home.run("--json", "token", "sign", *args, code=2)
        equal(("", "usage"), (result.out, result.error["code"]))
    home.ok("token", "sign", "--secret-file", home.file("short", "short"), "--sub", "a",
            "--allow-weak-key")


@test
def a_token_that_cannot_be_written_is_told(home):
    result = home.start("token", "sign", "--secret-file", secret_file(home), "--sub", "a",
                        stdout=open("/dev/full", "wb"))
    _, err = result.communicate()
    equal(5, result.returncode)
    contains(b"cannot write", err)


# --- decrypt ---------------------------------------------------------------------------------------

def forms(output):
    return [(form, text if isinstance(text, str) else json.dumps(text))
            for form, text in output.items() if form in ("compact", "json", "json_flat")]


def opening(home, source):
    if "pwd" in source:
        return ["--secret-file", home.file("pwd", source["pwd"])]
    keys = source["key"] if isinstance(source["key"], list) else [source["key"]]
    args = []
    for n, key in enumerate(keys):
        args += ["--jwk", home.file(f"{n}.json", json.dumps(key))]
    return args


@test
def the_cookbooks_are_decrypted_and_none_of_their_changes(home):
    for name, vector in cookbook("jwe/*.json"):
        args = opening(home, vector["input"])
        for form, token in forms(vector["output"]):
            raw = home.ok("token", "decrypt", *args, input=token).raw
            equal(vector["input"]["plaintext"].encode(), raw, f"{name} {form}")
        if "compact" in vector["output"]:
            pieces = vector["output"]["compact"].split(".")
            for part in range(5):
                if not pieces[part]:
                    continue
                changed = list(pieces)
                at = len(changed[part]) // 2
                other = "B" if changed[part][at] == "A" else "A"
                changed[part] = changed[part][:at] + other + changed[part][at + 1:]
                result = home.run("token", "decrypt", *args, input=".".join(changed))
                check(result.code in (1, 2), f"{name} {part}")
                check(result.code == 1 or part == 0, f"{name} {part}")
                equal(b"", result.raw)


def encrypted(home):
    """A token, its arguments and its plaintext."""
    for _, vector in cookbook("jwe/5_6*.json"):
        return vector["output"]["compact"], opening(home, vector["input"]), \
            vector["input"]["plaintext"]


@test
def decrypting_as_json_tells_the_key_and_the_bytes(home):
    token, args, plain = encrypted(home)
    row = home.ok("--json", "token", "decrypt", *args, input=token).json
    equal(DECRYPTED, set(row))
    equal(None, row["reason"])
    equal((plain, b64(plain.encode()), None),
          (row["plaintext"], row["plaintext_base64url"], row["nested"]))
    check(row["key"])


@test
def a_nested_token_is_shown_with_json(home):
    for _, vector in cookbook("6.*.json"):
        path = home.file("k", json.dumps(vector["encrypt"]["input"]["key"]))
        token = vector["encrypt"]["output"]["compact"]
        row = home.ok("--json", "token", "decrypt", "--jwk", path, input=token).json
        equal("hobbiton.example", row["nested"]["claims"]["iss"])
        equal(vector["sign"]["output"]["compact"], row["plaintext"])


@test
def decrypting_repairs_nothing_and_leaves_nothing_out(home):
    key = ("--jwk", home.file("o.json", oct_jwk(b"k" * 32)))
    token = jose.encrypted("plain", b"k" * 32)
    for text in (token, token + "\n", "Bearer " + token, json.dumps({"id_token": token})):
        equal("plain", home.ok("token", "decrypt", *key, input=text).out)
    parts = token.split(".")
    for text in (token + ".A", token + " A", token[:60] + "\n" + token[60:], " " + token,
                 token.replace(parts[3], parts[3] + "="), ".".join(parts[1:]), "x" + token):
        result = home.run("token", "decrypt", *key, input=text, code=1)
        equal("", result.out)
        check(result.err)


@test
def decrypting_needs_a_key_and_something_encrypted(home):
    token, args, _ = encrypted(home)
    home.run("token", "decrypt", input=token, code=2)
    home.run("token", "decrypt", *args, input=hs256(claims()), code=2)
    home.run("token", "decrypt", *args, input="nothing", code=2)
    for more in ((), ("--json",)):
        result = home.run(*more, "token", "decrypt", "--jwk",
                          home.file("o", oct_jwk(b"y" * 16)), input=token, code=1)
        check(result.err)
    equal((DECRYPTED, None), (set(result.json), result.json["plaintext"]))
    check(result.json["reason"])


# --- diff ------------------------------------------------------------------------------------------

@test
def the_same_contents_are_the_same_whatever_signed_them(home):
    one, two = hs256(claims(iat=1, exp=2)), hs256(claims(iat=1, exp=2), secret=b"x" * 32)
    row = home.ok("--json", "token", "diff", home.file("a", one), home.file("b", two)).json
    equal({"same", "left", "right", "members"}, set(row))
    equal((True, {"same"}), (row["same"], {m["change"] for m in row["members"]}))


@test
def what_differs_is_told_member_by_member(home):
    one = hs256('{"a":1.0,"b":2,"exp":1000,"c":3}')
    two = hs256('{"exp":2000,"a":1.0,"c":3.0,"d":4}', {"alg": "HS256", "typ": "at+jwt"})
    row = home.run("--json", "token", "diff", input=f"{one}\n{two}\n", code=1).json
    equal(False, row["same"])
    equal([("alg", "same"), ("typ", "changed"), ("a", "same"), ("b", "removed"),
           ("exp", "changed"), ("c", "changed"), ("d", "added")],
          [(m["name"], m["change"]) for m in row["members"]])
    exp = row["members"][4]
    equal(("1000", "2000", "1970-01-01T00:16:40Z", "1970-01-01T00:33:20Z"),
          (exp["left"], exp["right"], exp["left_at"], exp["right_at"]))
    equal(("3", "3.0"), (row["members"][5]["left"], row["members"][5]["right"]))
    out = home.run("token", "diff", input=f"{one}\n{two}\n", code=1).out
    for part in ("they differ", '"at+jwt"', "≠", "1970-01-01"):
        contains(part, out)


@test
def names_that_stand_twice_are_compared_in_pairs(home):
    one, two = hs256('{"a":1,"a":2}'), hs256('{"a":1,"a":3}')
    row = home.run("--json", "token", "diff", input=f"{one}\n{two}\n", code=1).json
    equal(["same", "changed"], [m["change"] for m in row["members"] if m["part"] == "claims"])


@test
def a_token_of_very_many_claims_is_compared_as_well(home):
    body = "{" + ",".join(f'"{n:x}":1' for n in range(60000)) + "}"
    one, two = home.file("a", hs256(body)), home.file("b", hs256(body[:-2] + "2}"))
    equal("yes\n", home.ok("--quiet", "token", "diff", one, one).out)
    equal("no\n", home.run("--quiet", "token", "diff", one, two, code=1).out)


@test
def two_tokens_are_needed(home):
    one = hs256(claims())
    home.run("token", "diff", input=one, code=2)
    home.run("token", "diff", input="", code=2)
    home.run("token", "diff", input=f"{one}\n{one}\n{one}x\n", code=2)
    home.run("token", "diff", home.file("a", one), "missing", code=2)
    equal(True, home.ok("--json", "token", "diff", home.file("a", one), "-", input=one)
          .json["same"])


@test
def hostile_text_is_escaped_everywhere(home):
    evil = "\x1b[2J\u202e\x9b"
    path = home.file("s", SECRET)
    token = hs256({evil: evil})
    other = home.file("b", hs256({evil: "x"}))
    for args in (("diff", home.file("a", token), other),
                 ("sign", "--secret-file", path, "--claim", "x=\u202e\x9b"),
                 ("sign", "--secret-file", path, "--claims", home.file("c", evil), "--json")):
        terminal = home.terminal("token", *args)
        terminal.finish()
        text = re.sub(r"\x1b\[[0-9;]*m|\r\n", "", terminal.raw.decode("utf-8"))
        for c in "\x1b\u202e\x9b":
            lacks(c, text, str(args))


main()
