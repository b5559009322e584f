#!/usr/bin/python3
"""Output for people: tables, details, colours, and text that means harm."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import re
import unicodedata

from tap import check, contains, equal, lacks, main, match, test

EVIL = ["\x1b[2J", "\x1b]0;title\x07", "a\nb", "\u202eevil", "\u009b5n", "x\u200by", "\ufeff",
        "tab\there", "del\x7f", "\u2028line", "zalgo" + "\u0301" * 40]


def width(text):
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def plain(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@test
def a_list_is_a_table_with_aligned_columns(home):
    for name in ("short", "a-much-longer-name", "\u6771\u4eac"):
        home.create(name, "--owner", f"owner-of-{name}")
    lines = home.ok("key", "list").lines
    match(r"\ASTATUS +NAME +OWNER", lines[0])
    at = lines[0].index("OWNER")
    for line in lines[1:]:
        before = line[:line.index("owner-of-")]
        equal(at, width(before), line)


@test
def a_pipe_gets_no_colours_and_whole_text(home):
    home.create("n" * 128, "--owner", "o" * 200)
    result = home.ok("key", "list", env={"COLUMNS": "40"})
    lacks("\x1b", result.out)
    contains("n" * 128, result.out)
    contains("o" * 200, result.out)


@test
def a_terminal_gets_lines_that_fit(home):
    home.create("n" * 100, "--owner", "o" * 200)
    home.create("revoked")
    home.ok("key", "revoke", "revoked", "--yes")
    for columns in (80, 100, 140):
        terminal = home.terminal("key", "list", size=(24, columns))
        terminal.finish(0)
        for line in plain(terminal.text).splitlines():
            check(width(line) <= columns, f"{width(line)} columns: {line}")
        contains("\u2026", terminal.text)
        contains("revoked", terminal.text)


@test
def exceptions_are_coloured_and_no_color_is_honoured(home):
    home.create("good")
    home.create("bad")
    home.ok("key", "revoke", "bad", "--yes")
    terminal = home.terminal("key", "list")
    terminal.finish(0)
    match(r"\x1b\[38;5;196m\u2717 revoked\x1b\[0m", terminal.text)
    match(r"^\u25cf active", terminal.text.replace("\x1b[0m", ""))
    for args, env in ((("--no-color",), {}), ((), {"NO_COLOR": "1"}), ((), {"TERM": "vt100"})):
        terminal = home.terminal(*args, "key", "list", env=env)
        terminal.finish(0)
        lacks("\x1b", terminal.text)


@test
def a_terminal_without_utf_8_gets_ascii(home):
    home.create("\u6771\u4eac")
    home.ok("key", "disable", "\u6771\u4eac")
    terminal = home.terminal("key", "list", env={"LC_ALL": "C"})
    terminal.finish(0)
    check(all(byte < 128 for byte in terminal.raw), terminal.text)
    contains("D disabled", terminal.text)


@test
def hostile_text_never_reaches_the_terminal(home):
    made = []
    for evil in EVIL:
        result = home.run("key", "create", "--name", f"n{evil}", "--owner", f"o{evil}",
                          "--note", f"t{evil}", "--tier", f"r{evil}", "--meta", f"m={evil}")
        made += [evil] if result.code == 0 else []
        check(result.code in (0, 2), str(result))
        for raw in (result.raw, result.raw_err):
            check(not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", raw), repr(raw))
    home.create("b")
    for args in (("key", "list"), ("audit", "list"), ("--json", "key", "list"),
                 ("--json", "audit", "list"), ("key", "show", "b"), ("key", "usage", "b")):
        out = home.run(*args).out
        for evil in ("\x1b", "\x07", "\u202e", "\u009b", "\u200b", "\ufeff", "\x7f", "\u2028"):
            lacks(evil, out, str(args))
    for row in home.rows("key", "list"):
        shown = home.ok("key", "show", row["id"]).out
        lacks("\x1b", shown)
        lacks("\u202e", shown)


@test
def a_detail_has_a_line_a_field_and_tables_for_lists(home):
    home.create("d", "--owner", "me", "--scope", "a:b", "--scope", "c:d", "--meta", "k=v",
                "--expires", "2099-01-02T03:04:05Z")
    home.ok("key", "rotate", "d")
    out = home.ok("key", "show", "d").out
    match(r"^name: +d$", out)
    match(r"^owner: +me$", out)
    match(r"^scopes: +a:b c:d$", out)
    match(r"^meta: +k=v$", out)
    match(r"^expires at: +2099-01-02 03:04 UTC \(in \d+d\)$", out)
    match(r"^versions$", out)
    match(r"^  VERSION +", out)
    lacks("revoked at", out)


@test
def quiet_lists_ids(home):
    ids = [home.create(name)["id"] for name in ("a", "b")]
    equal(ids, home.ok("--quiet", "key", "list").lines)
    equal([ids[0]], home.ok("-q", "key", "disable", "a").lines)


@test
def what_attention_wants_is_said_in_words(home):
    home.create("soon", "--expires", "3d")
    home.create("grace")
    home.ok("key", "rotate", "grace")
    home.create("later", "--not-before", "2d", "--expires", "400d")
    out = home.ok("key", "list").out
    match(r"expiring +soon", out)
    match(r"in grace +grace", out)
    match(r"not yet +later", out)


@test
def history_is_for_reading(home):
    home.create("d", "--owner", "me")
    home.ok("key", "disable", "d", "--reason", "audit")
    out = home.ok("key", "show", "d", "--history").out
    match(r"^  SEQUENCE +TIME +USER +OPERATION +DETAIL$", out)
    match(r"^ +2 +now +\S+ +key\.disable +reason=audit$", out)
    lacks("login_uid", out)
    lacks("note=", out)


@test
def a_time_that_is_not_there_is_not_called_never(home):
    home.create("d")
    lacks("never", home.ok("key", "enable", "d").out.replace("expires at: never", ""))
    lacks("retiring", home.ok("key", "rotate", "d", "--grace", "0").out)
    match(r"  never +never$", home.ok("key", "list").out)


@test
def a_reading_command_whose_reader_left_ends_by_sigpipe_and_says_nothing(home):
    home.create("d")
    for words in (("key", "list"), ("--json", "key", "show", "d"), ("help",)):
        read, write = os.pipe()
        os.close(read)
        process = home.start(*words, stdout=write)
        os.close(write)
        err = process.communicate()[1].decode()
        equal(-signal.SIGPIPE, process.returncode)
        equal("", err)


@test
def a_change_whose_reader_left_tells_that_it_was_made(home):
    home.create("d")
    read, write = os.pipe()
    os.close(read)
    process = home.start("key", "disable", "d", stdout=write)
    os.close(write)
    err = process.communicate()[1].decode()
    equal(5, process.returncode)
    contains("the change was made", err)


@test
def an_empty_list_prints_nothing(home):
    home.create("a")
    equal("", home.ok("key", "list", "--owner", "nobody").out)


main()
