#!/usr/bin/python3
"""The Token screen in a real terminal: large pastes run no key, nothing of a token reaches the terminal
raw, and leaving the screen takes it out of the process."""
import base64
import hashlib
import hmac
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from memory import in_memory, memory_of  # noqa: E402
from tap import check, contains, equal, lacks, main, match, skip, test, wait_for  # noqa: E402
from tmux import Tmux  # noqa: E402

KEY = b"0123456789abcdef0123456789abcdef"
START, END = "\x1b[200~", "\x1b[201~"


def part(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(claims, **header):
    text = ".".join(part(json.dumps(x, ensure_ascii=False).encode())
                    for x in ({"alg": "HS256", **header}, claims))
    return text + "." + part(hmac.new(KEY, text.encode(), hashlib.sha256).digest())


def of_size(size):
    return token({"sub": "large", "filler": "qXDR:1/" * (size * 3 // 4 // 7)})


def to_tokens(home, **more):
    screen = Tmux(home, **more)
    screen.wait("1 Keys")
    screen.type("2")
    screen.wait("Paste a token")
    return screen


@test
def a_token_of_64_kilobytes_is_shown_and_runs_no_key(home):
    home.create("billing-sync")
    screen = to_tokens(home)
    screen.paste("qXXyRDc:q9\n" * 2000 + of_size(64 * 1024) + "\nqXXyRDc:q1\n")
    screen.wait("Token 1 of 1  JWT")
    screen.wait('"large"')
    screen.wait("UNCHECKED")
    equal("active", home.json("key", "show", "billing-sync")["status"])
    equal(1, len(home.rows("audit", "list")))
    screen.type("q")
    equal(0, screen.ended())


@test
def a_paste_of_a_megabyte_is_looked_through(home):
    screen = to_tokens(home)
    one = token({"sub": "one of many"})
    screen.paste(("x" * (10_400 - len(one)) + " " + one + "\n") * 100)
    screen.wait("Token 1 of 100")
    screen.type("G")
    screen.keys("Left")
    screen.wait("Token 100 of 100")


@test
def a_paste_on_the_keys_screen_offers_to_inspect(home):
    home.create("billing-sync")
    screen = Tmux(home)
    screen.wait("billing-sync")
    screen.paste(token({"sub": "from the keys"}))
    screen.wait("looks like a token")
    screen.keys("Tab", "Enter")
    screen.wait("from the keys")


@test
def the_paste_box_takes_keys_as_text(home):
    screen = to_tokens(home)
    screen.type("p")
    screen.wait("Paste or type")
    screen.type(token({"sub": "typed qXD"}))
    screen.keys("Enter", "C-d")
    screen.wait("typed qXD")


@test
def a_token_is_verified_by_hand(home):
    screen = to_tokens(home)
    screen.paste(token({"sub": "by hand"}, typ="JWT"))
    screen.wait("UNCHECKED")
    screen.type("V")
    screen.wait("Shared secret")
    screen.type(KEY.decode())
    screen.keys("C-s")
    screen.wait("✓ VALID")
    screen.keys("Escape")
    screen.wait("Paste a token")
    screen.paste(token({"sub": "by hand"}, typ="JWT")[:-2] + "AA")
    screen.wait("UNCHECKED")
    screen.type("V")
    screen.wait("Shared secret")
    screen.type(KEY.decode())
    screen.keys("C-s")
    screen.wait("✗ NOT VALID")


@test
def a_claim_is_copied(home):
    screen = to_tokens(home)
    screen.paste(token({"sub": "sent by OSC 52"}))
    screen.wait("UNCHECKED")
    screen.type("y")
    screen.wait("sent to your terminal")
    equal("sent by OSC 52", screen.clipboard())


HOSTILE = {"sub": "a\x1b]0;owned\x07", "c1": "a\x9b31m", "bidi": "root\u202enimda", "zero": "a\u200bb",
           "\x1b[2Jname": "x", "tag": "\U000e0041", "del": "\x7f"}


@test
def nothing_of_a_token_reaches_the_terminal_raw(home):
    terminal = home.terminal("--no-syslog", size=(40, 120))
    terminal.wait("1 Keys")
    terminal.send("2")
    terminal.wait("Paste a token")
    text = token(HOSTILE, kid="\x1b]52;c;eA==\x07\u202e")
    terminal.send(START + text + END)
    terminal.wait("UNCHECKED")
    terminal.wait("nimda")
    terminal.send("\t" * 3 + "T")
    terminal.send("\r" + "\x1b[B" * 3)
    terminal.wait("header")
    for raw in (b"\x1b]0;owned", b"\x1b]52;c;eA", "\u202e".encode(), "\u200b".encode(), b"\xc2\x9b",
                b"\x1b[2Jname", "\U000e0041".encode(), b"\x7f"):
        check(raw not in terminal.raw, f"{raw!r} reached the terminal")
    match("U\\+202E", terminal.text)
    terminal.send("q" * 3)
    terminal.finish(0)


def shapes(text):
    """The bytes of a text, and its characters at the stride of cells."""
    head = text[:10].encode()
    return [re.escape(text.encode())] + [(b".{%d}" % gap).join(re.escape(head[i:i + 1])
                                                              for i in range(10)) for gap in (3, 23, 27)]


@test
def leaving_the_screen_takes_the_token_out_of_the_process(home):
    screen = to_tokens(home)
    try:
        next(memory_of(screen.pid))
    except PermissionError:
        skip("reading another process's memory takes CAP_SYS_PTRACE")
    text = token({"sub": "to be forgotten"})
    signature = shapes(text.split(".")[2][:40])
    screen.paste(text)
    screen.wait("UNCHECKED")
    screen.type("T")
    screen.wait("hide token|" + re.escape(text.split(".")[2][-8:]))
    check(in_memory(screen.pid, signature), "the token is found while it is on the screen")
    screen.type("1")
    screen.gone("UNCHECKED")
    wait_for(lambda: not in_memory(screen.pid, signature), "the token to be gone from memory")
    screen.type("2")
    screen.wait("was wiped when you left")


@test
def esc_wipes_it_too(home):
    screen = to_tokens(home)
    text = token({"sub": "to be cleared"})
    screen.paste(text)
    screen.wait("UNCHECKED")
    screen.keys("Escape")
    screen.wait("Paste a token")
    try:
        wait_for(lambda: not in_memory(screen.pid, shapes(text.split(".")[2][:40])), "the token to be gone")
    except PermissionError:
        skip("reading another process's memory takes CAP_SYS_PTRACE")


@test
def nothing_of_it_is_stored_or_logged(home):
    screen = to_tokens(home)
    text = token({"sub": "never stored"})
    screen.paste(text)
    screen.wait("UNCHECKED")
    screen.type("q")
    equal(0, screen.ended())
    for folder, _, names in os.walk(home.path):
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                lacks(text.split(".")[2], file.read().decode("latin-1"), path)


main()
