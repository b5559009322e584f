#!/usr/bin/python3
"""Files in and out: import, export, scan, backup, restore, rekey, audit, through the whole program."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import csv
import io
import json
import secrets

from tap import check, contains, equal, lacks, main, match, test

FOREIGN = "3f9c1d7be05a482c9d16f0a7b3e8c45d92f1a06b7c8d3e4f5061728394a5b6c7"


def rows_csv(*rows):
    return "name,owner,secret\n" + "".join(",".join(row) + "\n" for row in rows)


@test
def keys_are_imported_from_a_file_and_from_standard_input(home):
    path = home.file("keys.csv", rows_csv(("a", "x", FOREIGN)))
    equal(1, home.json("key", "import", path)["imported"])
    equal("VALID", home.verify(FOREIGN))
    other = secrets.token_hex(32)
    line = json.dumps({"name": "b", "secret": other}) + "\n"
    equal(1, home.json("key", "import", "-", input=line)["imported"])
    equal("VALID", home.verify(other))
    equal("NOT_FOUND", home.verify(secrets.token_hex(32)))


@test
def an_import_names_line_and_column_never_the_value_and_takes_nothing(home):
    home.create("before")
    text = rows_csv(("a", "x", FOREIGN), ("b", "x", "short"), ("", "x", secrets.token_hex(32)))
    result = home.run("key", "import", "-", input=text)
    check(result.code in (2, 4), str(result))
    everything = result.out + result.err
    contains("3", everything)
    contains("secret", everything)
    lacks("short", everything)
    lacks(FOREIGN, everything)
    equal(["before"], [row["name"] for row in home.rows("key", "list")])


@test
def a_dry_run_of_an_import_changes_nothing(home):
    home.create("before")
    home.ok("key", "import", "-", "--dry-run", input=rows_csv(("a", "x", FOREIGN)))
    equal(["before"], [row["name"] for row in home.rows("key", "list")])


@test
def the_secret_of_an_import_is_nowhere_in_the_home(home):
    home.ok("key", "import", "-", input=rows_csv(("a", "x", FOREIGN)))
    for folder, _, names in os.walk(home.path):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                lacks(FOREIGN.encode(), file.read(), name)


@test
def an_export_is_csv_or_json_lines_without_secrets(home):
    secret = home.create("a", "--owner", "=cmd()", "--scope", "s:x")["secret"]
    result = home.ok("key", "export")
    row = next(csv.DictReader(io.StringIO(result.out)))
    equal(("a", "s:x"), (row["name"], row["scopes"]))
    equal("'=cmd()", row["owner"])
    lacks(secret[-38:], result.out)
    rows = [json.loads(line) for line in home.ok("key", "export", "--format", "jsonl").lines]
    equal(["=cmd()"], [row["owner"] for row in rows])


@test
def a_scan_finds_what_lives_and_says_no(home):
    secret = home.create("leaky")["secret"]
    path = home.file("repo/app.py", f"KEY = '{secret}'\n")
    result = home.run("--json", "key", "scan", os.path.dirname(path), code=1)
    contains("leaky", result.out)
    lacks(secret[-38:], result.out)
    home.run("key", "scan", "-", input=f"x {secret} y", code=1)
    home.ok("key", "revoke", "leaky", "--yes")
    home.run("key", "scan", path, code=0)
    home.run("key", "scan", home.file("clean", "nothing here"), code=0)


@test
def a_string_is_identified_by_standard_input_or_public_id(home):
    key = home.create("a")
    row = home.json("key", "identify", input=key["secret"] + "\n")
    equal((key["id"], 1), (row["id"], row["version"]))
    public = key["secret"].split("_")[-2]
    equal(key["id"], home.json("key", "identify", public)["id"])
    home.run("key", "identify", input="nothing we know", code=3)


@test
def usage_of_an_unused_key_is_empty(home):
    home.create("a")
    for by in ("hour", "version", "code"):
        home.ok("key", "usage", "a", "--by", by)
    home.run("key", "usage", "nobody", code=3)


@test
def a_backup_is_restored_and_keeps_later_revocations(home):
    home.create("a")
    home.create("b")
    backup = os.path.join(home.path, "night.db")
    home.ok("store", "backup", backup)
    equal(0o600, os.stat(backup).st_mode & 0o777)
    home.ok("key", "revoke", "a", "--yes")
    home.ok("key", "edit", "b", "--owner", "changed")
    home.run("store", "restore", backup, code=4)
    home.ok("store", "restore", backup, "--yes")
    equal("revoked", home.json("key", "show", "a")["status"])
    equal("", home.json("key", "show", "b")["owner"])
    home.ok("store", "check")
    home.ok("audit", "verify")


@test
def a_backup_never_overwrites(home):
    home.create("a")
    path = home.file("there", "precious")
    check(home.run("store", "backup", path).code != 0)
    with open(path, encoding="ascii") as file:
        equal("precious", file.read())


@test
def a_passphrase_is_asked_for_without_echo_and_opens_the_store(home):
    secret = home.create("a")["secret"]
    terminal = home.terminal("store", "rekey", "--with-passphrase", "--yes")
    for question in ("passphrase: ", "again: "):
        terminal.wait(question)
        check(not terminal.echo(), "what is typed is shown")
        terminal.send("correct horse battery\r")
    terminal.finish(0)
    lacks("horse", terminal.text)
    terminal = home.terminal("key", "show", "a")
    terminal.wait("(?i)passphrase[^\n]*: ")
    terminal.send("correct horse battery\r")
    terminal.finish(0)
    contains("active", terminal.text)
    wrong = home.terminal("key", "show", "a")
    wrong.wait("(?i)passphrase[^\n]*: ")
    wrong.send("wrong\r")
    check(wrong.finish() in (5, 7), wrong.text)
    check(home.run("key", "verify", input=secret).code not in (0, 1), "opened without it")


@test
def a_checkpoint_is_one_object_and_verifies(home):
    home.create("a")
    mark = home.ok("audit", "checkpoint")
    path = home.file("mark.json", mark.raw)
    check({"sequence", "hash", "signature"} <= set(mark.json))
    home.create("b")
    home.ok("audit", "verify", "--checkpoint", path)
    forged = dict(mark.json, sequence=mark.json["sequence"] + 1)
    home.run("audit", "verify", "--checkpoint", home.file("forged", json.dumps(forged)), code=4)
    match(r"\S{32,}", home.ok("audit", "checkpoint", "--public-key").out)


@test
def an_audit_export_has_every_event_once(home):
    for name in "abc":
        home.create(name)
    events = [json.loads(line) for line in home.ok("audit", "export").lines]
    numbers = [event["sequence"] for event in events]
    equal(sorted(set(numbers)), numbers)
    check(sum(event["operation"] == "key.create" for event in events) == 3)


@test
def a_purge_takes_only_what_was_revoked_long_ago(home):
    secret = home.create("old")["secret"]
    home.create("live")
    home.ok("key", "revoke", "old", "--yes")
    home.run("key", "purge", "--older-than", "0", code=4)
    home.ok("key", "purge", "--older-than", "30d", "--yes")
    equal(2, len(home.rows("key", "list")))
    home.ok("key", "purge", "--older-than", "0", "--yes")
    equal(["live"], [row["name"] for row in home.rows("key", "list")])
    check(home.run("key", "import", "-", input=rows_csv(("again", "x", secret))).code != 0)
    home.ok("store", "check")


@test
def store_info_works_and_upgrade_has_nothing_to_do(home):
    home.create("a")
    equal(home.store, home.json("store", "info")["path"])
    home.ok("store", "upgrade")


main()
