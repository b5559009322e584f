#!/usr/bin/env python3
"""Hostile text in every field from outside: what reaches the terminal has no control character, no
bidi override, nothing invisible, and no invalid UTF-8."""

import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import in_memory, say, sound  # noqa: E402
from tap import Result, check, main, test  # noqa: E402

# What must never be in the output, by code point; a line's end is the program's own.
FORBIDDEN = ([chr(c) for c in range(0x20) if c != 0x0a] + [chr(c) for c in range(0x7f, 0xa0)]
             + [chr(c) for c in (0xad, 0x61c, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028,
                                 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2061, 0x2066,
                                 0x2067, 0x2068, 0x2069, 0xfeff, 0xfff9, 0xfffb, 0xe0001, 0xe0041)])
SAMPLES = {f"U+{ord(c):04X}": f"x{c}y".encode() for c in FORBIDDEN if c != "\0"}
SAMPLES.update({
    "newline": b"x\ny", "carriage return and line": b"x\r\ny",
    "clear screen": b"\x1b[2J\x1b[H", "title": b"\x1b]0;owned\x07", "clipboard": b"\x1b]52;c;eA==\x07",
    "C1 by one byte": b"x\x9b31my", "cut sequence": b"x\xe2\x82", "overlong slash": b"x\xc0\xafy",
    "surrogate": b"x\xed\xa0\x80y", "beyond Unicode": b"x\xf4\x90\x80\x80y", "lone continuation": b"\x80",
    "bytes FE FF": b"\xfe\xff", "bidi": "abc\u202edcba\u202c".encode(),
})
FIELDS = ("--name", "--owner", "--tier", "--note")


def look(result, what):
    """Neither output nor errors carry it raw."""
    for stream, raw in (("output", result.raw), ("errors", result.raw_err)):
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = None
        check(text is not None, f"{what}: invalid UTF-8 in {stream}: {raw!r}")
        for c in FORBIDDEN:
            check(c not in text, f"{what}: U+{ord(c):04X} raw in {stream}: {raw!r}")
        check("\x1b" not in text, f"{what}: ESC in {stream}")


def show_all(home, what):
    for args in (["key", "list"], ["--json", "key", "list"], ["audit", "list"], ["audit", "export"],
                 ["key", "export", "--format", "jsonl"], ["--json", "audit", "list"],
                 ["key", "revoke", "--search", "x", "--dry-run"]):
        look(home.run(*args), f"{what} in {' '.join(args)}")
    # CSV is for another program, which gets what was put in; a terminal does not.
    for args in (["key", "export"], ["audit", "list"]):
        terminal = home.terminal(*args)
        terminal.finish(0)
        raw = re.sub(rb"\x1b\[[0-9;]*m|\r\x1b\[K", b"", terminal.raw).replace(b"\r\n", b"\n")
        look(Result(args, 0, raw, b""), f"{what} in {' '.join(args)} on a terminal")


@test
def hostile_options_are_refused_or_kept_harmless(home):
    home.create("first")
    refused = taken = 0
    for name, data in SAMPLES.items():
        args = ["key", "create", "--name", f"n {name}"]
        field = FIELDS[(refused + taken) % len(FIELDS)]
        more = [field, os.fsdecode(data)] if field != "--name" else []
        if field == "--name":
            args[3] = os.fsdecode(data)
        result = home.run(*args, *more)
        check(result.code in (0, 2), f"{name}: {result}")
        look(result, f"{name} as {field}")
        refused += result.code == 2
        taken += result.code == 0
    show_all(home, "options")
    for row in home.rows("key", "list"):
        look(home.run("key", "show", row["id"], "--history"), "show")
    sound(home)
    say(f"{len(SAMPLES)} hostile texts as options: {refused} refused, {taken} kept, 0 raw in any output")


@test
def hostile_names_in_every_verb_and_error_come_out_harmless(home):
    home.create("first")
    verbs = (["key", "show"], ["key", "revoke", "--yes"], ["key", "identify"], ["key", "import"],
             ["key", "list", "--sort"], ["key", "list", "--after"], ["store", "restore", "--yes"],
             ["--store"], ["--config"], ["key"], ["guide"], ["key", "create", "--scope"],
             ["key", "create", "--name", "x", "--expires"], ["key", "create", "--name", "x", "--meta"],
             ["key", "create", "--name", "x", "--allow-from"], ["key", "scan"])
    tried = 0
    for name, data in list(SAMPLES.items())[::4]:
        for args in verbs:
            result = home.run(*args, os.fsdecode(data))
            look(result, f"{name} in {' '.join(args)}")
            look(home.run("--json", *args, os.fsdecode(data)), f"{name} in --json {' '.join(args)}")
            tried += 2
    say(f"{tried} commands with hostile arguments: 0 raw in output and errors")


@test
def hostile_rows_of_an_import_come_out_harmless(home):
    home.create("first")
    kept = refused = 0
    for number, (name, data) in enumerate(SAMPLES.items()):
        secret = f"{number:04}" + "0123456789abcdef" * 4
        quoted = b'"' + data.replace(b'"', b'""') + b'"'
        rows = (b"name,owner,note,secret\n" + b"imported " + str(number).encode() + b"," + quoted + b","
                + quoted + b"," + secret.encode() + b"\n")
        result = home.run("key", "import", "-", input=rows)
        check(result.code in (0, 2, 4), f"{name}: {result}")
        look(result, f"{name} imported")
        kept += result.code == 0
        refused += result.code != 0
    escaped = "\n".join(json.dumps({"name": f"j{n}", "owner": data.decode("utf-8", "replace"),
                                    "secret": f"j{n:03}" + "fedcba9876543210" * 4})
                        for n, data in enumerate(SAMPLES.values()))
    look(home.run("key", "import", "--format", "jsonl", "-", input=escaped), "JSON Lines")
    show_all(home, "import")
    sound(home)
    say(f"{len(SAMPLES)} hostile CSV rows: {refused} refused, {kept} kept, 0 raw in any output")


@test
def hostile_claims_of_the_environment_come_out_harmless(home):
    for name, data in list(SAMPLES.items())[::6]:
        text = os.fsdecode(data)
        env = {"SUDO_USER": text, "SSH_CONNECTION": f"{text} 1 2 3", "USER": text, "LOGNAME": text,
               "SSH_USER_AUTH": text}
        result = home.run("key", "create", "--name", "e", env=env)
        look(result, f"{name} in the environment")
    show_all(home, "claims")
    sound(home)


@test
def a_hostile_secret_is_malformed_and_never_echoed(home):
    home.create("first")
    for name, data in SAMPLES.items():
        result = home.run("--json", "key", "verify", input=data)
        look(result, name)
        check(result.json["code"] in ("MALFORMED", "NOT_FOUND"), str(result))
        look(home.run("key", "identify", input=data), name)


in_memory()
main()
