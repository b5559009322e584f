#!/usr/bin/python3
"""Every command of the table with every option: whatever is given, it ends well-behaved."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import random
import re

from tap import check, contains, equal, lacks, main, match, test

NOUNS = ("key", "token", "provider", "device", "grant", "audit", "store")
CODES = {0, 1, 2, 3, 4, 5, 6, 7}
ODD = ("", " ", "-", "--", "0", "-1", "99999999999999999999", "never", "now", "\u202e\x1b[2J",
       "a=b", "1/min", "10.0.0.0/8", "x" * 5000, "%s%n", "../../etc/passwd", "\n", "'\"\\")
WRITES = {
    "key create": ("--name", "x"), "key edit": ("a", "--owner", "x"), "key rotate": ("a",),
    "key revoke": ("a", "--yes"), "key disable": ("a",), "key enable": ("a",),
    "key import": ("-",), "key purge": ("--older-than", "0", "--yes"),
    "store restore": ("backup.db", "--yes"), "store rekey": ("--yes",),
    "provider add": ("x", "--issuer", "https://x.example", "--client-id", "c"),
    "provider edit": ("x", "--scope", "openid"), "provider remove": ("x", "--yes"),
    "device forget": ("x",), "device run": ("x", "--save"), "grant refresh": ("x",),
    "grant revoke": ("x", "--yes"), "grant remove": ("x", "--yes"),
}
READS = {
    "key list": (), "key show": ("a",), "key export": (), "key usage": ("a",), "audit list": (),
    "audit verify": (), "audit export": (), "audit checkpoint": (), "store info": (),
    "store check": (), "provider list": (), "device list": (), "grant list": (),
}


def commands(home):
    """Yields the words of every command."""
    for noun in NOUNS:
        for verb in re.findall(r"^  (\S+) {2,}", home.ok(noun).out, re.MULTILINE):
            yield noun, verb


def options(home, words):
    """Yields (option, does it take a value?) as the command's help lists them."""
    text = home.ok(*words, "--help").out
    for name, value in re.findall(r"^ +(?:-\w, )?(--[a-z-]+)( [A-Z]\S*)?", text, re.MULTILINE):
        yield name, bool(value)


def behaves(result):
    """No signal, no unknown code, nothing raw, a message for every failure."""
    check(result.code in CODES, str(result))
    check(not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", result.raw_err), repr(result.raw_err))
    lacks("\u202e", result.err)
    if result.code > 1:
        match(r"(?m)^authrack: .", result.err)


@test
def every_option_survives_odd_values(home):
    chance = random.Random(7)
    key = home.create("a")["id"]
    for words in commands(home):
        for name, takes_value in options(home, words):
            given = [f"{name}={value}" for value in chance.sample(ODD, 2)] if takes_value else [name]
            for option in given:
                behaves(home.run(*words, option))
                behaves(home.run(*words, key, option))
    equal([key], [row["id"] for row in home.rows("key", "list") if row["id"] == key])
    home.ok("store", "check")
    home.ok("audit", "verify")


@test
def every_command_survives_odd_arguments(home):
    home.create("a")
    for words in commands(home):
        for odd in ODD:
            behaves(home.run(*words, odd))
            behaves(home.run(*words, "--", odd))
    home.ok("store", "check")


@test
def every_command_tells_its_mistakes_as_json_too(home):
    home.create("a")
    for words in commands(home):
        result = home.run("--json", *words, "--no-such-option", code=2)
        equal("usage", result.error["code"])
        equal("", result.out)


@test
def no_option_is_listed_twice_and_every_letter_works(home):
    for words in commands(home):
        text = home.ok(*words, "--help").out
        names = [name for name, _ in options(home, words)]
        equal(len(set(names)), len(names), str(words))
        letters = re.findall(r"^ +-(\w), --", text, re.MULTILINE)
        equal(len(set(letters)), len(letters), str(words))


@test
def a_read_only_store_takes_every_reading_command_and_no_writing_one(home):
    home.create("a")
    home.ok("store", "backup", os.path.join(home.path, "backup.db"))
    before = home.ok("audit", "export").raw
    for words, more in READS.items():
        home.ok("--read-only", *words.split(), *more)
    for words, more in WRITES.items():
        result = home.run("--read-only", *words.split(), *more, code=7)
        contains("read-only", result.err)
        equal("", result.out)
    equal(before, home.ok("audit", "export").raw)


@test
def every_writing_command_leaves_one_audit_event_an_object(home):
    home.create("a")
    for verb, more, events in (("edit", ("--owner", "x"), 1), ("rotate", (), 1),
                               ("disable", (), 1), ("enable", (), 1), ("revoke", ("--yes",), 1)):
        before = len(home.rows("audit", "list"))
        home.ok("key", verb, "a", *more)
        rows = home.rows("audit", "list")
        equal(events, len(rows) - before, verb)
        equal(f"key.{verb}", rows[0]["operation"])


@test
def reading_leaves_no_trace_in_the_audit(home):
    home.create("a")
    before = home.ok("audit", "export").raw
    for words, more in READS.items():
        home.ok(*words.split(), *more)
    home.run("key", "verify", input="x")
    equal(before, home.ok("audit", "export").raw)


main()
