#!/usr/bin/python3
"""token inspect: what is found in a paste, what is said of it, and how it is shown."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import json
import re

from jose import SECRET, b64, claims, hs256
from tap import check, contains, equal, lacks, main, match, test

RECORD = {
    "kind", "what", "form", "where", "warning", "offset", "length", "size", "mended", "token",
    "header", "claims", "header_text", "claims_text", "payload", "algorithm", "members",
    "segments", "signatures", "recipients", "disclosures", "undisclosed", "as_of", "issued_at",
    "not_before", "expires_at", "truncated_by", "checksum", "revoke_at", "facts", "findings",
}
MEMBER = {"part", "signature", "name", "value", "type", "offset", "text", "issuer", "source", "at",
          "relative", "duplicate", "personal"}
FINDING = {"id", "severity", "text", "source", "remedy"}
GITHUB = "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"
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e"
                       "\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")


def inspect(home, text, *more, code=0):
    """The array of records."""
    return home.run("--json", "token", "inspect", *more, input=text, code=code).json


def one(home, text, *more):
    rows = inspect(home, text, *more)
    equal(1, len(rows))
    return rows[0]


def ids(row):
    return {finding["id"] for finding in row["findings"]}


@test
def the_record_has_the_members_of_the_contract(home):
    row = one(home, hs256(claims()))
    equal(RECORD, set(row))
    for member in row["members"]:
        equal(MEMBER, set(member))
    check(row["findings"])
    for finding in row["findings"]:
        equal(FINDING, set(finding))
    equal({"name", "offset", "length", "bytes"}, set(row["segments"][0]))
    equal({"algorithm", "kid", "bytes"}, set(row["signatures"][0]))
    equal({"name", "text"}, set(row["algorithm"]))
    equal(("jwt", "compact", 0, None), (row["kind"], row["form"], row["offset"], row["payload"]))
    equal(None, row["recipients"])


@test
def a_credential_has_the_same_members(home):
    row = one(home, GITHUB)
    equal(RECORD, set(row))
    equal(("github", "good", None), (row["kind"], row["checksum"], row["header"]))
    lacks(GITHUB, json.dumps(row))
    check(row["revoke_at"])


@test
def members_stand_as_in_the_source_and_in_its_order(home):
    source = ('{"z":1.10,"exp":1e400,"n":123456789012345678901234567890,"a":"\\u0041","z":2,'
              '"f":-0,"t":true,"x":null,"o":{"b":[1,2]}}')
    row = one(home, hs256(source))
    members = [m for m in row["members"] if m["part"] == "claims"]
    equal(["z", "exp", "n", "a", "z", "f", "t", "x", "o"], [m["name"] for m in members])
    equal(["1.10", "1e400", "123456789012345678901234567890", '"\\u0041"', "2", "-0", "true",
           "null", '{"b":[1,2]}'], [m["value"] for m in members])
    equal([False, False, False, False, True, False, False, False, False],
          [m["duplicate"] for m in members])
    equal(source, row["claims_text"])
    for member in members:
        start = member["offset"]
        equal(member["value"], source[start:start + len(member["value"])])
    check("dup-claim" in ids(row))


@test
def numbers_are_printed_as_they_stand(home):
    raw = home.ok("--json", "token", "inspect",
                  input=hs256('{"v":1.10,"big":123456789012345678901234567890,"e":1E+2}')).out
    contains('"claims":{"v":1.10,"big":123456789012345678901234567890,"e":1E+2}', raw)


@test
def times_are_told_in_utc_and_relative(home):
    row = one(home, hs256({"iat": 1000, "exp": 1600, "nbf": 1000.5}), "--at",
              "1970-01-01T00:20:00Z")
    equal(("1970-01-01T00:16:40Z", "1970-01-01T00:16:40.500Z", "1970-01-01T00:26:40Z"),
          (row["issued_at"], row["not_before"], row["expires_at"]))
    equal("1970-01-01T00:20:00Z", row["as_of"])
    exp = [m for m in row["members"] if m["name"] == "exp"][0]
    equal(("1970-01-01T00:26:40Z", "in 6m 40s"), (exp["at"], exp["relative"]))


@test
def a_time_beyond_any_calendar_is_no_time(home):
    row = one(home, hs256('{"exp":99999999999999999,"iat":"soon","nbf":-99999999999999}'))
    equal((None, None, None), (row["expires_at"], row["issued_at"], row["not_before"]))


@test
def several_tokens_are_one_array(home):
    first, second = hs256(claims(sub="a")), hs256(claims(sub="b"))
    text = f"first {first}\nthen {GITHUB} and\n{second}\n"
    rows = inspect(home, text)
    equal(["jwt", "github", "jwt"], [row["kind"] for row in rows])
    for row, token in zip(rows, (first, GITHUB, second)):
        equal(token, text[row["offset"]:row["offset"] + row["length"]])
    equal(["a", "b"], [row["claims"]["sub"] for row in (rows[0], rows[2])])


@test
def a_file_is_read_whatever_its_mode_and_standard_input_by_a_dash(home):
    token = hs256(claims())
    path = home.file("token.txt", token, mode=0o644)
    equal(1, len(home.json("token", "inspect", path)))
    equal(1, len(home.json("token", "inspect", "-", input=token)))
    home.run("token", "inspect", "missing.txt", code=2)


@test
def what_is_wrong_with_the_input_is_a_usage_error(home):
    for text in ("", "\n", "hello world", "eyJ", "a.b.c"):
        result = home.run("--json", "token", "inspect", input=text, code=2)
        equal("", result.out)
        equal("usage", result.error["code"])
    home.run("token", "inspect", input=b"x" * (1024 * 1024 + 1), code=2)


@test
def a_token_on_the_command_line_is_refused_and_never_repeated(home):
    token = hs256(claims())
    for words in (("token", "inspect", token), ("token", "verify", token), (token,),
                  ("token", token), ("token", "inspect", f"--token={token}"),
                  ("token", "inspect", GITHUB), ("token", "diff", token, token),
                  ("token", "inspect", f"Authorization: Bearer {token}")):
        result = home.run(*words, code=2)
        equal("", result.out)
        lacks(token[:20], result.err)
        lacks(GITHUB[:12], result.err)
        contains("command line", result.err)


@test
def the_token_itself_is_masked(home):
    token = hs256(claims())
    for args in (("token", "inspect"), ("--json", "token", "inspect"),
                 ("--quiet", "token", "inspect")):
        result = home.ok(*args, input=token)
        for part in (token[:40], token.split(".")[2][8:], token.split(".")[1][:30]):
            lacks(part, result.out)


@test
def quiet_prints_the_kinds(home):
    equal("jwt\ngithub\n", home.ok("--quiet", "token", "inspect",
                                   input=f"{hs256(claims())}\n{GITHUB}").out)


@test
def no_store_is_opened_or_made(home):
    home.ok("token", "inspect", input=hs256(claims()))
    check(not os.path.exists(home.store))
    home.ok("token", "inspect", "--store", "/nowhere/at/all.db", input=hs256(claims()))
    home.ok("token", "inspect", "--read-only", input=hs256(claims()))


@test
def cut_off_tokens_are_told_and_shown(home):
    token = hs256(claims())
    row = one(home, token[:-5])
    equal(5, row["truncated_by"])
    check("truncated" in ids(row))
    equal("alice", row["claims"]["sub"])
    contains("cut off by 5 characters", home.ok("token", "inspect", input=token[:-5]).out)


@test
def malformed_tokens_show_what_can_be_read(home):
    head = b64(b'{"alg":"HS256","kid":"k1"}')
    row = one(home, f"{head}.{b64(b'{')}.{b64(bytes(32))}")
    equal("k1", row["header"]["kid"])
    check(ids(row) & {"json-invalid", "not-object"}, ids(row))


@test
def people_see_header_claims_and_findings(home):
    out = home.ok("token", "inspect", input=hs256(claims(scope="a b"))).out
    for part in ("UNCHECKED", "signed token (JWT)", "header", "claims", "findings", '"alice"',
                 "HMAC", "issuer", "iss"):
        contains(part, out)
    lacks("VALID", out)
    lacks("\x1b", out)


@test
def a_terminal_is_kept_within_its_width(home):
    token = hs256(claims(scope="x" * 300, note="many words " * 30, 東京="東" * 80))
    path = home.file("t", token)
    for columns in (40, 60, 80, 132):
        terminal = home.terminal("token", "inspect", path, size=(24, columns))
        terminal.finish(0)
        for line in re.sub("\x1b\\[[0-9;]*m", "", terminal.text).splitlines():
            wide = sum(2 if ord(c) > 0x2e80 else 1 for c in line)
            check(wide <= columns, f"{wide} > {columns}: {line!r}")


@test
def colours_stay_away_when_told(home):
    path = home.file("t", hs256(claims()))
    for args, env in ((("--no-color",), {}), ((), {"NO_COLOR": "1"}), ((), {"TERM": "vt100"})):
        terminal = home.terminal("token", "inspect", *args, path, env=env)
        terminal.finish(0)
        lacks("\x1b[", terminal.text)
    terminal = home.terminal("token", "inspect", path)
    terminal.finish(0)
    contains("\x1b[", terminal.text)


@test
def nothing_raw_of_a_token_reaches_a_terminal(home):
    evil = ["\x1b[2J", "\x1b]52;c;eA==\x07", "\x9b31m", "\u202egnp", "a\u200bb", "\ufeff", "\x7f",
            "\u2028", "\U000e0041", "\x00"]
    for bad in evil:
        for header, body in (({"alg": "HS256", "kid": bad, "x" + bad: 1}, claims()),
                             ({"alg": bad}, claims()), (None, {bad: bad, "iss": bad, "aud": [bad]}),
                             (None, '{"raw":"' + bad + '"')):
            path = home.file("t", hs256(body, header))
            for args in (("token", "inspect"), ("token", "verify"),
                         ("--json", "token", "inspect")):
                terminal = home.terminal(*args, path)
                terminal.finish()
                text = re.sub(r"\x1b\[[0-9;]*m|\r\n", "", terminal.raw.decode("utf-8"))
                found = FORBIDDEN.search(text)
                check(not found, f"{bad!r} in {args}: {text!r}")


@test
def a_paste_on_a_terminal_ends_with_ctrl_d_and_is_not_shown(home):
    token = hs256(claims(note="x" * 9000))
    terminal = home.terminal("token", "inspect")
    terminal.wait("Ctrl-D")
    check(not terminal.echo())
    terminal.send(f"\x1b[200~one line\r{token}\r\x1b[201~")
    terminal.send("\x04")
    terminal.wait("UNCHECKED")
    terminal.finish(0)
    lacks(token[:60], terminal.text)


@test
def a_cancelled_paste_ends_with_130(home):
    terminal = home.terminal("token", "inspect")
    terminal.wait("Ctrl-D")
    terminal.send("eyJ\x03")
    equal(130, terminal.finish())


@test
def a_mebibyte_with_a_hundred_tokens_is_taken(home):
    tokens = [hs256(claims(sub=str(n))) for n in range(100)]
    filler = "lorem ipsum dolor\n" * (((1 << 20) - sum(map(len, tokens)) - 200) // 1800)
    text = "".join(f"{token}\n{filler}" for token in tokens)
    check(len(text) <= 1 << 20)
    rows = inspect(home, text)
    equal([str(n) for n in range(100)], [row["claims"]["sub"] for row in rows])


@test
def a_closed_output_is_told(home):
    path = home.file("t", hs256(claims()))
    terminal = home.terminal("token", "inspect", path, stdout="/dev/full")
    equal(5, terminal.finish())
    contains("cannot write", terminal.text)


@test
def secrets_stay_out_of_errors(home):
    result = home.run("token", "inspect", "--at", "nonsense", input=hs256(claims()), code=2)
    lacks("eyJ", result.err)
    match("nonsense", result.err)
    lacks(SECRET.decode(), result.err)


main()
