#!/usr/bin/python3
"""The console in a real terminal: it opens, resizes, is suspended and resumed, ends when its terminal does,
and gives the terminal back however it ends."""
import os
import signal
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from tap import check, contains, equal, lacks, main, match, skip, test, wait_for  # noqa: E402
from tmux import Tmux  # noqa: E402


def key(home, name="billing-sync"):
    return home.create(name, "--owner", "finance")


@test
def the_console_opens_and_lists_the_keys(home):
    key(home)
    screen = Tmux(home)
    screen.wait("1 Keys")
    screen.wait("active +billing-sync +finance")
    equal(24 + 1, len(screen.lines), "lines of the screen")


@test
def q_ends_it_with_exit_0_and_gives_the_terminal_back(home):
    key(home)
    screen = Tmux(home)
    screen.wait("billing-sync")
    screen.type("q")
    equal(0, screen.ended())
    lacks("billing-sync", screen.text)  # the alternate screen is left


@test
def a_key_is_created_rotated_and_revoked_by_hand(home):
    screen = Tmux(home)
    screen.wait("Welcome to authrack|create")
    screen.type("c")
    screen.wait("nothing is stored before")
    screen.type("by-hand")
    screen.keys("C-s")
    screen.wait("by-hand: the secret, shown this once")
    screen.type("y")
    screen.wait("sent to your terminal")
    secret = screen.clipboard()
    equal("VALID", home.verify(secret))
    screen.keys("Tab", "Enter")
    screen.gone("shown this once")
    screen.wait("by-hand")
    screen.type("R")
    screen.wait("Rotate by-hand")
    screen.keys("C-s")
    screen.wait("by-hand: the secret, shown this once")
    screen.type("y")
    screen.wait("sent to your terminal")
    newer = screen.clipboard(secret)
    check(newer != secret, "the clipboard holds the new secret")
    equal(["VALID", "VALID"], [home.verify(newer), home.verify(secret)])
    screen.keys("Tab", "Enter")
    screen.gone("shown this once")
    screen.wait("in grace +by-hand")
    screen.type("X")
    screen.wait("cannot be undone")
    equal("active", home.json("key", "show", "by-hand")["status"])
    screen.keys("Escape")
    screen.gone("cannot be undone")
    equal("VALID", home.verify(newer))
    screen.type("q")
    equal(0, screen.ended())
    equal(["key.create", "key.rotate"], [row["operation"] for row in reversed(home.rows("audit", "list"))])


@test
def an_unconfirmed_secret_box_asks_before_it_closes(home):
    screen = Tmux(home)
    screen.wait("create")
    screen.type("c")
    screen.wait("nothing is stored before")
    screen.type("kept")
    screen.keys("C-s")
    screen.wait("shown this once")
    screen.keys("Escape")
    screen.wait("Close without the secret")
    screen.keys("Escape")
    screen.gone("Close without the secret")
    screen.wait("shown this once")


@test
def resizing_redraws_and_too_small_says_so(home):
    key(home)
    screen = Tmux(home)
    screen.wait("billing-sync")
    for size in ((120, 40), (200, 50), (80, 24), (100, 30)):
        screen.resize(*size)
        screen.wait("1 Keys")
        screen.wait("billing-sync")
        wait_for(lambda: len(screen.lines) == size[1] + 1, "the new height")
    screen.resize(40, 10)
    screen.wait("80.?[x×].?24")
    screen.resize(80, 24)
    screen.wait("billing-sync")


@test
def resizing_inside_a_form_keeps_what_was_typed(home):
    screen = Tmux(home)
    screen.wait("create")
    screen.type("c")
    screen.wait("nothing is stored before")
    screen.type("half-typed")
    screen.resize(40, 10)
    screen.wait("80.?[x×].?24")
    screen.resize(120, 40)
    screen.wait("Name +half-typed")


@test
def escape_is_answered_though_no_key_follows(home):
    key(home)
    screen = Tmux(home)
    screen.wait("billing-sync")
    screen.type("?")
    screen.wait("Help")
    screen.keys("Escape")
    screen.gone("Help: Keys")


@test
def a_paste_of_64_kilobytes_runs_no_key(home):
    key(home)
    screen = Tmux(home)
    screen.wait("billing-sync")
    screen.paste("qXXyRDc:q\n" * 6554)
    screen.wait("65539 bytes pasted")
    equal("active", home.json("key", "show", "billing-sync")["status"])
    equal(1, len(home.rows("audit", "list")))


@test
def a_paste_into_a_field_stays_on_one_line(home):
    screen = Tmux(home)
    screen.wait("create")
    screen.type("c")
    screen.wait("nothing is stored before")
    screen.paste("two\nlines")
    screen.wait("Name +two lines")


@test
def suspend_and_resume_bring_the_screen_back(home):
    key(home)
    screen = Tmux(home, argv=["/bin/bash", "--norc", "-i"])
    from tap import BINARY
    screen.type(f"{BINARY} --no-syslog")
    screen.keys("Enter")
    screen.wait("1 Keys")
    screen.wait("billing-sync")
    screen.keys("C-z")
    screen.wait("Stopped")
    screen.type("fg")
    screen.keys("Enter")
    screen.wait("1 Keys")
    screen.wait("billing-sync")
    screen.type("q")
    screen.gone("1 Keys")
    screen.type("stty -a | tr ';' '\\n' | grep -cE ' echo|-icanon'")
    screen.keys("Enter")
    screen.wait("^[0-9]+$")


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


@test
def a_hung_up_terminal_ends_it(home):
    key(home)
    screen = Tmux(home)
    screen.wait("billing-sync")
    pid = screen.pid
    screen.close()
    wait_for(lambda: not os.path.exists(f"/proc/{pid}"), "the end of the console")
    home.ok("key", "revoke", "billing-sync", "--yes", "--wait", "2s")


@test
def hup_and_term_end_it_and_leave_no_lock(home):
    key(home)
    for number in (signal.SIGHUP, signal.SIGTERM):
        screen = Tmux(home)
        screen.wait("billing-sync")
        screen.type("c")
        screen.wait("nothing is stored before")
        screen.type("never")
        os.kill(screen.pid, number)
        screen.ended()
        home.ok("key", "edit", "billing-sync", "--note", str(number), "--wait", "2s")
    equal(1, len(home.rows("key", "list")))


@test
def kill_9_loses_nothing_and_leaves_no_lock(home):
    key(home)
    screen = Tmux(home)
    screen.wait("billing-sync")
    screen.type("m")
    screen.wait("billing-sync")
    os.kill(screen.pid, signal.SIGKILL)
    screen.ended()
    home.ok("key", "edit", "billing-sync", "--note", "after", "--wait", "2s")
    home.ok("store", "check")


@test
def a_crash_gives_the_terminal_back_and_says_so(home):
    if "asan" in os.environ.get("AUTHRACK", ""):
        skip("the sanitizer has the signal")
    key(home)
    terminal = home.terminal("--no-syslog")
    terminal.wait("billing-sync")
    check(not terminal.echo(), "the console switches echo off")
    terminal.kill(signal.SIGSEGV)
    terminal.wait("authrack: crashed")
    check(terminal.echo(), "echo is back")
    check(terminal.raw.rfind(b"\x1b[?1049l") > terminal.raw.rfind(b"\x1b[?1049h"), "the screen is back")
    terminal.finish(128 + signal.SIGSEGV)


@test
def what_another_process_changes_shows_and_the_cursor_stays(home):
    for name in ("aa", "bb", "cc"):
        key(home, name)
    screen = Tmux(home)
    screen.wait("cc +finance")
    screen.keys("Down", "Down")
    screen.wait("── cc ")
    home.ok("key", "revoke", "aa", "--yes", "--reason", "compromise")
    screen.wait("revoked +aa")
    screen.wait("── cc ")
    home.create("ab")
    screen.wait("active +ab")
    screen.wait("── cc ")


@test
def a_store_that_was_moved_away_is_a_line_and_its_return_too(home):
    key(home)
    screen = Tmux(home, size=(160, 30))
    screen.wait("billing-sync")
    folder = os.path.dirname(home.store)
    os.rename(folder, folder + ".away")
    screen.wait("was moved, removed or replaced")
    screen.wait("active +billing-sync")
    os.rename(folder + ".away", folder)
    screen.wait("can be read again")
    home.create("later")
    screen.wait("active +later")


@test
def a_key_edited_by_hand_is_told_and_can_only_be_revoked(home):
    key(home, "aa")
    key(home, "bb")
    screen = Tmux(home)
    screen.wait("active +bb")
    other = sqlite3.connect(home.store)
    with other:
        other.execute("UPDATE apikey SET owner='mallory' WHERE name='aa'")
    other.close()
    screen.wait("altered +aa")
    screen.wait("active +bb")
    for letter in "RmD":
        screen.type(letter)
        screen.wait("it was altered outside authrack: it can only be revoked")
        screen.keys("Down")
        screen.gone("it can only be revoked")
        screen.keys("Up")
    screen.type("X")
    screen.wait("Revoke aa: cannot be undone")


@test
def esc_gives_up_waiting_for_who_holds_the_store(home):
    key(home)
    screen = Tmux(home)
    screen.wait("billing-sync")
    other = sqlite3.connect(home.store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    screen.type("D")
    screen.wait("Disable billing-sync")
    screen.keys("C-s")
    screen.wait("Esc cancels")
    screen.keys("Escape")
    screen.wait("cancelled: nothing was changed")
    other.execute("ROLLBACK")
    other.close()
    screen.keys("Escape")
    screen.gone("Disable billing-sync")
    equal("active", home.json("key", "show", "billing-sync")["status"])


@test
def read_only_has_no_action_that_writes(home):
    key(home)
    screen = Tmux(home, ["--read-only"])
    screen.wait("billing-sync")
    lacks("rotate", screen.text)
    lacks("revoke", screen.text.replace("✗", ""))
    screen.type("R")
    screen.type("X")
    screen.type("c")
    screen.type("?")
    screen.wait("Help")
    lacks("rotate: a new secret", screen.text)


@test
def a_dumb_terminal_is_refused_with_the_way_out(home):
    result = home.run(code=None, env={"TERM": "dumb"})
    check(result.code != 0, "exit code")
    contains("authrack help", result.err)


main()
