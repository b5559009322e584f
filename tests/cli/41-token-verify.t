#!/usr/bin/python3
"""token verify: what is valid, what is not and why, every option and every exit code."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import base64
import json
import subprocess
import time

from jose import SECRET, b64, claims, cookbook, encrypted, hs256, oct_jwk
from tap import check, contains, equal, lacks, main, match, need, test

FIRST = ["valid", "signature", "key", "checks"]
CHECK = {"name", "result", "detail"}


def verify(home, token, *args, code=1):
    """The record; `code` is the exit code there must be."""
    return home.run("--json", "token", "verify", *args, input=token, code=code).json


def secret_file(home, secret=SECRET, name="secret"):
    return home.file(name, secret)


def good(home, token, *args):
    row = verify(home, token, "--secret-file", secret_file(home), *args, code=0)
    equal((True, "valid"), (row["valid"], row["signature"]))
    return row


def bad(home, token, *args):
    row = verify(home, token, "--secret-file", secret_file(home), *args, code=1)
    equal(False, row["valid"])
    return row


def failed(row):
    return [c["name"] for c in row["checks"] if c["result"] == "failed"]


def result_of(row, name):
    return [c["result"] for c in row["checks"] if c["name"] == name][0]


def ids(row):
    return {finding["id"] for finding in row["findings"]}


@test
def the_record_begins_with_the_verdict(home):
    row = good(home, hs256(claims()))
    equal(FIRST, list(row)[:4])
    for one in row["checks"]:
        equal(CHECK, set(one))
        check(one["result"] in ("passed", "failed", "not_made"))
    contains("file secret", row["key"])
    equal({"iss", "sub", "aud", "iat", "exp", "jti"}, set(row["claims"]))
    equal("HS256", row["header"]["alg"])
    for name in ("findings", "members", "segments", "nested"):
        check(name in row)


@test
def without_a_key_nothing_is_valid(home):
    row = verify(home, hs256(claims()))
    equal((False, "unchecked", None), (row["valid"], row["signature"], row["key"]))
    out = home.run("token", "verify", input=hs256(claims()), code=1).out
    contains("UNCHECKED", out)
    lacks("✓ VALID", out)


@test
def another_secret_does_not_fit_and_claims_are_not_looked_at(home):
    row = verify(home, hs256(claims()), "--iss", "x", "--secret-file",
                 secret_file(home, b"another secret of thirty-two bytes!!"))
    equal("invalid", row["signature"])
    equal(("not_made", "not_made"), (result_of(row, "exp"), result_of(row, "iss")))


@test
def every_changed_character_is_noticed(home):
    token = hs256(claims())
    for at in range(0, len(token), 17):
        for other in "A_":
            if token[at] not in (other, "."):
                bad(home, token[:at] + other + token[at + 1:])


@test
def what_is_expected_is_compared_to_the_character(home):
    token = hs256(claims(aud=["orders", "billing"]), {"alg": "HS256", "typ": "at+jwt"})
    token = hs256(claims(aud=["orders", "billing"], client_id="c"),
                  {"alg": "HS256", "typ": "at+jwt"})
    good(home, token, "--iss", "https://sso.example.com", "--aud", "billing", "--sub", "alice",
         "--typ", "AT+JWT", "--require", "jti", "--require", "client_id")
    for args, name in ((("--iss", "https://sso.example.com/"), "iss"), (("--aud", "Orders"), "aud"),
                       (("--sub", "alic"), "sub"), (("--typ", "JWT"), "typ"),
                       (("--require", "nonce"), "require")):
        contains(name, failed(bad(home, token, *args)))
    good(home, token, "--aud", "none", "--aud", "orders")


@test
def times_are_held_with_leeway_and_at_another_time(home):
    now = int(time.time())
    old = hs256(claims(exp=now - 20))
    contains("exp", failed(bad(home, old)))
    good(home, old, "--leeway", "60s")
    good(home, old, "--at", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - 40)))
    early = hs256(claims(nbf=now + 1000))
    contains("nbf", failed(bad(home, early)))
    good(home, hs256(claims(nbf=now + 300)), "--leeway", "10m")


@test
def the_algorithm_is_the_keys_business_and_alg_narrows_it(home):
    token = hs256(claims())
    good(home, token, "--alg", "RS256", "--alg", "HS256")
    equal(True, bool(ids(bad(home, token, "--alg", "RS256")) & {"alg-not-allowed"}))
    for name in ("HS255", "none", "hs256", "A128GCM"):
        result = home.run("token", "verify", "--alg", name, input=token, code=2)
        contains("algorithm", result.err)


@test
def none_never_verifies(home):
    for name in ("none", "None", "NONE", "nOnE"):
        token = f"{b64(json.dumps({'alg': name}).encode())}.{b64(json.dumps(claims()).encode())}."
        for more in ((), ("--allow-weak-key",), ("--no-claims",)):
            row = bad(home, token, *more)
            check(row["signature"] != "valid")


@test
def a_public_key_never_verifies_an_hmac(home):
    openssl = need("openssl")
    private, public = os.path.join(home.path, "k.pem"), os.path.join(home.path, "k.pub")
    subprocess.run([openssl, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
                    "-out", private], check=True, capture_output=True)
    subprocess.run([openssl, "pkey", "-in", private, "-pubout", "-out", public], check=True)
    with open(public, "rb") as file:
        token = hs256(claims(), secret=file.read())
    row = verify(home, token, "--pem", public)
    equal(False, row["valid"])
    check("alg-confusion" in ids(row), ids(row))
    contains("NOT VALID", home.run("token", "verify", "--pem", public, input=token, code=1).out)
    with open(public, "rb") as file:
        text = file.read()
    for secret in (text, text.strip() + b"\n\n"):
        row = verify(home, hs256(claims(), secret=text.strip()), "--secret-file",
                     secret_file(home, secret), "--allow-weak-key")
        equal((False, False), (row["valid"], row["signature"] == "valid"))
        check("alg-confusion" in ids(row), ids(row))


@test
def short_secrets_pass_only_when_told_to(home):
    token = hs256(claims(), secret=b"short")
    path = secret_file(home, b"short")
    row = verify(home, token, "--secret-file", path)
    equal(False, row["valid"])
    check("short-secret" in ids(row), ids(row))
    row = verify(home, token, "--secret-file", path, "--allow-weak-key", code=0)
    equal(True, row["valid"])


@test
def a_secret_that_is_encoded_is_read_both_ways_and_told(home):
    token = hs256(claims())
    for text in (base64.b64encode(SECRET), base64.urlsafe_b64encode(SECRET).rstrip(b"="),
                 SECRET.hex().encode(), SECRET.hex().upper().encode()):
        row = verify(home, token, "--secret-file", secret_file(home, text), code=0)
        check("secret-encoded" in ids(row), ids(row))
        contains("read as", row["key"])
    row = verify(home, token, "--secret-file", secret_file(home, SECRET + b"\n"), code=0)
    lacks("secret-encoded", ids(row))


@test
def keys_are_told_where_they_are_from(home):
    token = hs256(claims(), {"alg": "HS256", "kid": "k1"})
    other = home.file("other.json", oct_jwk(b"x" * 32, kid="k0"))
    jwk = home.file("mine.json", oct_jwk(kid="k1"))
    row = verify(home, token, "--jwk", other, "--jwk", jwk, code=0)
    match("k1.*mine.json", row["key"])
    keys = json.dumps({"keys": [json.loads(oct_jwk(b"x" * 32, kid="k0")),
                                json.loads(oct_jwk(kid="k1")),
                                {"kty": "new", "kid": "k9"}]})
    path = home.file("set.json", keys)
    match("k1.*set.json", verify(home, token, "--jwks", path, code=0)["key"])
    match("standard input", verify(home, "", home.file("t", token), "--jwks", path, code=0)["key"]
          .replace("file set.json", "standard input"))
    row = home.run("--json", "token", "verify", "--jwk", "-", home.file("t", token),
                   input=oct_jwk(kid="k1"), code=0).json
    contains("standard input", row["key"])


@test
def standard_input_is_one_thing_only(home):
    token = home.file("t", hs256(claims()))
    for args in (("--jwk", "-"), ("--jwk", "-", "--pem", "-", token), ("-", "--secret-file", "-")):
        result = home.run("token", "verify", *args, input=oct_jwk(), code=2)
        contains("standard input", result.err)


@test
def keys_that_cannot_be_read_are_usage_errors(home):
    token = hs256(claims())
    home.run("token", "verify", "--pem", "missing.pem", input=token, code=2)
    for option in ("--pem", "--jwk", "--jwks"):
        result = home.run("--json", "token", "verify", option, home.file("k", "no key at all"),
                          input=token, code=2)
        equal(("", "usage"), (result.out, result.error["code"]))
    result = home.run("token", "verify", "--secret-file", home.file("s", SECRET, mode=0o644),
                      input=token, code=7)
    contains("chmod 600", result.err)


@test
def a_key_file_that_all_can_read_is_a_warning_where_it_is_private(home):
    path = home.file("k.json", oct_jwk(), mode=0o644)
    result = home.run("token", "verify", "--jwk", path, input=hs256(claims()), code=0)
    contains("open to others", result.err)
    os.chmod(path, 0o600)
    equal("", home.run("token", "verify", "--jwk", path, input=hs256(claims()), code=0).err)


@test
def known_surroundings_are_passed_over_and_told(home):
    token = hs256(claims())
    for text in (f"Bearer {token}", f"Authorization: Bearer {token}\n",
                 json.dumps({"access_token": token, "token_type": "Bearer"}),
                 f"curl -H 'Authorization: Bearer {token}' https://api.example.com/"):
        row = good(home, text)
        check(row["where"], text)


@test
def nothing_is_repaired_in_silence(home):
    token = hs256(claims())
    half = len(token) // 2
    for text in (token[:half] + "\n" + token[half:], f" {token}", f"{token} \n", f"\n{token}",
                 f"\u201c{token}\u201d", f"{token},", f"> {token}", f"{token}\n\n",
                 token.replace(".", "%2E"), f"xx {token}", f"{token} xx", "\ufeff" + token):
        result = home.run("--json", "token", "verify", "--secret-file", secret_file(home),
                          input=text)
        check(result.code in (1, 2), f"{text!r}: {result}")
        if result.code == 1:
            equal(False, result.json["valid"])
    good(home, token + "\n")
    good(home, token + "\r\n")


@test
def a_malformed_token_is_a_no_with_its_record(home):
    token = hs256(claims())
    head, body, signature = token.split(".")
    for text in (f"{head}.{body}", f"{token}.x", f"{token}.x.y.z", f"{head}=.{body}.{signature}",
                 f"{head}.{body}.", f".{body}.{signature}", f"{head}..{signature}", "a.b.c",
                 f"{head}.{body}.{signature}=", f"{head}!.{body}.{signature}"):
        bad(home, text)


@test
def what_is_no_token_is_a_usage_error(home):
    for text in ("", "hello", "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"):
        result = home.run("--json", "token", "verify", input=text, code=2)
        equal("", result.out)


@test
def of_several_one_is_chosen(home):
    text = f"{hs256(claims(sub='a'))}\n{hs256(claims(sub='b'))}\n"
    result = home.run("token", "verify", input=text, code=2)
    contains("--pick", result.err)
    equal("b", good(home, text, "--pick", "2")["claims"]["sub"])
    home.run("token", "verify", "--pick", "3", input=text, code=2)
    home.run("token", "verify", "--pick", "0", input=text, code=2)


@test
def a_payload_that_is_no_claims_set_needs_to_be_expected(home):
    token = hs256(b"hello", {"alg": "HS256"})
    bad(home, token)
    row = good(home, token, "--no-claims")
    equal(b64(b"hello"), row["payload"])


@test
def a_detached_payload_is_given_as_a_file(home):
    head, _, signature = hs256(b"the payload", {"alg": "HS256"}).split(".")
    payload = home.file("payload", b"the payload")
    good(home, f"{head}..{signature}", "--no-claims", "--payload", payload)
    bad(home, f"{head}..{signature}", "--no-claims")
    bad(home, f"{head}..{signature}", "--no-claims", "--payload", home.file("other", b"x"))


@test
def padded_segments_are_taken_only_when_told(home):
    def pad(data):
        return base64.urlsafe_b64encode(data).decode()
    import hashlib
    import hmac
    signed = (f"{pad(json.dumps({'alg': 'HS256', 'typ': 'JWT'}).encode())}."
              f"{pad(json.dumps(claims(sub='padded-1')).encode())}")
    token = f"{signed}.{pad(hmac.new(SECRET, signed.encode(), hashlib.sha256).digest())}"
    check("=" in token)
    bad(home, token)
    good(home, token, "--padded")


@test
def json_serialisation_is_no_jwt(home):
    head, body, signature = hs256(claims()).split(".")
    flat = json.dumps({"payload": body, "protected": head, "signature": signature})
    check("json-serialisation" in ids(bad(home, flat)))
    good(home, flat, "--no-claims")


@test
def people_see_the_verdict_first(home):
    path = secret_file(home)
    out = home.ok("token", "verify", "--secret-file", path, input=hs256(claims())).out
    match(r"\A✓ VALID", out)
    contains("not asked for", out)
    out = home.run("token", "verify", "--secret-file", path, "--iss", "x", input=hs256(claims()),
                   code=1).out
    match(r"\A✗ NOT VALID  iss: ", out)
    contains("not to be trusted", out)
    equal("yes\n", home.ok("--quiet", "token", "verify", "--secret-file", path,
                           input=hs256(claims())).out)


@test
def the_secret_is_asked_for_where_no_file_has_it(home):
    terminal = home.terminal("token", "verify", "--secret", home.file("t", hs256(claims())))
    terminal.wait("Shared secret: ")
    check(not terminal.echo())
    terminal.send(SECRET + b"\r")
    terminal.wait("VALID")
    terminal.finish(0)
    lacks(SECRET.decode(), terminal.text)


@test
def nothing_is_written_or_audited(home):
    home.create("a")
    before = home.ok("audit", "export").raw
    good(home, hs256(claims()))
    equal(before, home.ok("audit", "export").raw)
    os.chmod(home.path, 0o500)
    home.run("token", "verify", input=hs256(claims()), code=1)
    os.chmod(home.path, 0o700)


def forms(output):
    return [(form, text if isinstance(text, str) else json.dumps(text))
            for form, text in output.items() if form in ("compact", "json", "json_flat")]


@test
def the_cookbooks_signatures_verify_and_none_of_their_changes(home):
    for name, vector in cookbook("jws/*.json"):
        source = vector["input"]
        keys = source["key"] if isinstance(source["key"], list) else [source["key"]]
        args = ["--no-claims"]
        for n, key in enumerate(keys):
            args += ["--jwk", home.file(f"{n}.json", json.dumps(key))]
        if "detached" in name:
            args += ["--payload", home.file("payload", source["payload"])]
        for form, token in forms(vector["output"]):
            row = verify(home, token, *args, code=0)
            equal((True, "valid"), (row["valid"], row["signature"]), f"{name} {form}")
            if form == "compact":
                for part in range(3):
                    pieces = token.split(".")
                    if pieces[part]:
                        changed = "B" if pieces[part][5] == "A" else "A"
                        pieces[part] = pieces[part][:5] + changed + pieces[part][6:]
                        verify(home, ".".join(pieces), *args, code=1)


@test
def what_an_encrypted_token_repeats_of_its_claims_is_the_same_within(home):
    keys = ("--jwk", home.file("o.json", oct_jwk(b"k" * 32)), "--secret-file", secret_file(home))
    within = hs256(claims(aud=["a", "b"]))
    for head, result in (({}, None), ({"iss": "https://sso.example.com"}, "passed"),
                         ({"aud": ["a", "b"], "sub": "alice"}, "passed"),
                         ({"iss": "https://evil.example"}, "failed"), ({"aud": "a"}, "failed"),
                         ({"sub": 7}, "failed"), ({"iss": "https://evil.example",
                                                   "sub": "alice"}, "failed")):
        token = encrypted(within, b"k" * 32, {"cty": "JWT", **head})
        row = verify(home, token, *keys, code=1 if result == "failed" else 0)
        equal([result] if result else [],
              [c["result"] for c in row["checks"] if c["name"] == "repeated"])
        equal(result != "failed", row["valid"])


@test
def the_cookbooks_nested_token_is_decrypted_and_verified(home):
    for _, vector in cookbook("6.*.json"):
        signing = home.file("s.json", json.dumps(vector["sign"]["input"]["key"]))
        opening = home.file("e.json", json.dumps(vector["encrypt"]["input"]["key"]))
        for form, token in forms(vector["encrypt"]["output"]):
            at = ("--at", "2011-03-22T18:00:00Z")
            row = verify(home, token, "--jwk", signing, "--jwk", opening, *at, code=0)
            equal("hobbiton.example", row["claims"]["iss"], form)
            equal(["passed", "passed"], [c["result"] for c in row["checks"]])
            equal((True, "valid"), (row["nested"]["valid"], row["nested"]["signature"]))
            contains("hobbiton.example", row["key"])
            row = verify(home, token, "--jwk", opening, *at, code=1)
            check(row["signature"] != "valid")
            verify(home, token, "--jwk", signing, *at, code=1)
            verify(home, token, "--jwk", signing, "--jwk", opening, code=1)


main()
