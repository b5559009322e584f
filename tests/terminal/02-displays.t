#!/usr/bin/python3
"""The console on terminals and in locales that can do less: the same cells, other glyphs, no colour."""
import json
import os
import secrets
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from tap import check, contains, equal, lacks, main, match, skip, test  # noqa: E402
from tmux import Tmux  # noqa: E402


def keys(home):
    home.create("billing-sync", "--owner", "finance")
    home.create("grafana", "--owner", "platform")
    home.ok("key", "disable", "grafana")
    home.create("東京-pos", "--owner", "retail")


@test
def a_utf_8_locale_shows_the_glyphs(home):
    keys(home)
    screen = Tmux(home)
    screen.wait("● active +billing-sync")
    screen.wait("○ disabled +grafana")
    screen.wait("東京-pos")


@test
def the_c_locale_shows_ascii_in_the_same_places(home):
    keys(home)
    screen = Tmux(home, env={"LC_ALL": "C"})
    screen.wait("A active +billing-sync")
    screen.wait("D disabled +grafana")
    screen.wait(r"\?\?\?\?-pos")
    raw = screen.text
    equal([], [c for c in raw if ord(c) > 126 and c not in "─│┌┐└┘├┤┬┴┼"], "characters beyond ASCII")


@test
def a_vt100_gets_no_colour(home):
    keys(home)
    screen = Tmux(home, env={"TERM": "vt100"})
    screen.wait("active +billing-sync")
    coloured = screen.tmux("capture-pane", "-p", "-e")
    lacks("\x1b[3", coloured.replace("\x1b[39m", ""))


@test
def no_color_keeps_reverse_and_drops_colour(home):
    keys(home)
    screen = Tmux(home, env={"NO_COLOR": "1"})
    screen.wait("active +billing-sync")
    coloured = screen.tmux("capture-pane", "-p", "-e")
    contains("\x1b[7m", coloured)
    lacks("\x1b[38", coloured)


@test
def other_terminals_work_too(home):
    keys(home)
    for term in ("xterm", "xterm-256color", "screen", "linux"):
        if subprocess.run(["infocmp", term], capture_output=True).returncode:
            skip(f"no description of {term}")
        screen = Tmux(home, env={"TERM": term})
        screen.wait("active +billing-sync")
        screen.type("q")
        equal(0, screen.ended(), term)


@test
def hostile_names_never_reach_the_terminal_raw(home):
    hostile = "a\x1b]0;owned\x07b\u202ec\u200bd\x9be"
    rows = '{"name":"x","owner":%s,"secret":"%s"}\n'
    home.ok("key", "import", "-", input=rows % (json.dumps(hostile), secrets.token_hex(32)))
    terminal = home.terminal("--no-syslog", size=(24, 100))
    terminal.wait("1 Keys")
    terminal.wait("owned")
    for raw in (b"\x1b]0;owned", "\u202e".encode(), "\u200b".encode(), b"\xc2\x9b"):
        check(raw not in terminal.raw, f"{raw!r} reached the terminal")
    match("<U\\+001B>|U\\+001B|\\\\x1b", terminal.text)
    terminal.send("q")
    terminal.finish(0)


main()
