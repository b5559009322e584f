#!/usr/bin/python3
"""JSON: the members of the contract, times and errors."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import json

from tap import SECRET, check, contains, equal, lacks, main, match, test

INSTANT = r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z\Z"
CREATED = {"id", "name", "status", "version", "secret", "expires_at"}
SHOWN = {"id", "name", "owner", "tier", "note", "scopes", "limits", "allow_from", "meta",
         "not_before", "expires_at", "status", "version", "versions"}
VERIFIED = {"valid", "code", "id", "name", "owner", "tier", "scopes", "version"}
EVENT = {"sequence", "time", "actor", "operation", "object", "detail", "hash"}


def has(names, row):
    check(names <= set(row), f"{sorted(names - set(row))} missing in {row}")


@test
def create_prints_one_object_with_the_secret(home):
    result = home.ok("--json", "key", "create", "--name", "billing", "--owner", "finance",
                     "--tier", "gold", "--scope", "orders:read", "--scope", "a:*",
                     "--limit", "100/min", "--allow-from", "10.0.0.0/8", "--meta", "team=x",
                     "--note", "n", "--expires", "90d")
    equal(1, len(result.lines))
    row = result.json
    has(CREATED, row)
    match(rf"\A{SECRET}\Z", row["secret"])
    match(r"\Akey_[0-9a-hjkmnp-tv-z]{26}\Z", row["id"])
    equal(("billing", "active", 1), (row["name"], row["status"], row["version"]))
    match(INSTANT, row["expires_at"])


@test
def show_has_every_field_and_no_secret(home):
    secret = home.create("billing", "--scope", "b:x", "--scope", "a:*", "--limit", "100/min",
                         "--allow-from", "10.0.0.0/8", "--meta", "team=x", "--owner", "o",
                         "--tier", "t", "--note", "why")["secret"]
    result = home.ok("--json", "key", "show", "billing")
    row = result.json
    has(SHOWN, row)
    lacks("secret", row)
    lacks(secret, result.out)
    lacks(secret[-38:], result.out)
    equal(["a:*", "b:x"], sorted(row["scopes"]))
    equal(["10.0.0.0/8"], row["allow_from"])
    equal({"team": "x"}, row["meta"])
    equal(("o", "t", "why", None), (row["owner"], row["tier"], row["note"], row["expires_at"]))
    equal([1], [version["version"] for version in row["versions"]])
    match(INSTANT, row["created_at"])


@test
def rotate_prints_the_new_secret_and_version(home):
    first = home.create("r")
    row = home.json("key", "rotate", "r")
    has(CREATED, row)
    equal((2, "active", first["id"]), (row["version"], row["status"], row["id"]))
    check(row["secret"] != first["secret"])
    equal("VALID", home.verify(first["secret"]))
    equal("VALID", home.verify(row["secret"]))


@test
def verify_prints_the_verdict(home):
    key = home.create("v", "--owner", "o", "--scope", "s:*")
    row = home.json("key", "verify", "--scope", "s:x", input=key["secret"])
    has(VERIFIED, row)
    equal((True, "VALID", key["id"], "v", "o", 1),
          (row["valid"], row["code"], row["id"], row["name"], row["owner"], row["version"]))
    row = home.run("--json", "key", "verify", input="nonsense", code=1).json
    has(VERIFIED, row)
    equal((False, None), (row["valid"], row["id"]))


@test
def lists_are_json_lines(home):
    for name in ("a", "b", "c"):
        home.create(name)
    rows = home.rows("key", "list")
    equal(["a", "b", "c"], [row["name"] for row in rows])
    for row in rows:
        has(SHOWN - {"versions"}, row)
    equal([], home.rows("key", "list", "--owner", "nobody"))


@test
def audit_events_have_the_contracts_members(home):
    home.create("a")
    home.ok("key", "revoke", "a", "--yes")
    rows = home.rows("audit", "list")
    for row in rows:
        has(EVENT, row)
        match(INSTANT, row["time"])
    contains("key.revoke", {row["operation"] for row in rows})
    contains("key.create", {row["operation"] for row in rows})


@test
def text_of_any_kind_comes_out_as_it_went_in_and_escaped(home):
    name = "a\"b\\c\u202e\u00e9\u6771"
    home.create(name)
    result = home.ok("--json", "key", "list")
    equal(name, result.rows[0]["name"])
    lacks("\u202e".encode(), result.raw)


@test
def errors_are_one_object_on_standard_error(home):
    home.create("a")
    for code, word, args in ((2, "usage", ("key", "lst")), (3, "not_found", ("key", "show", "zz")),
                             (4, "conflict", ("key", "revoke", "a")),
                             (5, "store", ("key", "list", "--store", "/nowhere/x.db"))):
        result = home.run("--json", *args, code=code)
        equal("", result.out)
        equal(["error"], list(json.loads(result.err)))
        equal(word, result.error["code"])
        for member in ("message", "hint"):
            check(isinstance(result.error[member], str))
        match(r"\A[^A-Z].*[^.]\Z", result.error["message"])


@test
def a_no_is_no_error(home):
    home.create("a", "--expires", "1d")
    result = home.run("--json", "key", "list", "--expiring", "2d", "--check", code=1)
    equal("", result.err)
    equal("a", result.rows[0]["name"])
    home.ok("--json", "key", "list", "--expiring", "1h", "--check")


main()
