#!/usr/bin/python3
"""Ctrl-C, progress and closed input while an operation runs."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import secrets
import signal

from tap import check, contains, equal, lacks, main, match, test, wait_for


def rows(count):
    return "name,secret\n" + "".join(f"k{n},{secrets.token_hex(32)}\n" for n in range(count))


def watched(process):
    """Is SIGINT taken by the program's own watch?"""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        return int(match(r"^SigBlk:\s+(\w+)", file.read()).group(1), 16) & 2


def sleeping(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        return file.read().rsplit(")", 1)[1].split()[0] == "S"


@test
def ctrl_c_while_an_import_reads_ends_with_130_and_takes_nothing(home):
    home.create("before")
    process = home.start("key", "import", "-")
    process.stdin.write(rows(10).encode())
    process.stdin.flush()
    wait_for(lambda: watched(process) and sleeping(process), "the import to read")
    process.send_signal(signal.SIGINT)
    process.wait()
    equal(130, process.returncode)
    process.communicate()
    equal(["before"], [row["name"] for row in home.rows("key", "list")])


@test
def a_second_ctrl_c_is_not_waited_for(home):
    home.create("before")
    process = home.start("key", "import", "-")
    wait_for(lambda: watched(process) and sleeping(process), "the import to read")
    for _ in range(2):
        process.send_signal(signal.SIGINT)
    process.wait()
    equal(130, process.returncode)
    process.communicate()


@test
def progress_is_drawn_on_a_terminal_and_wiped(home):
    path = home.file("keys.csv", rows(3000))
    terminal = home.terminal("key", "import", path)
    terminal.finish(0)
    match(r"\r\x1b\[K\D*\d+ of 3000|\r\x1b\[K\D*\d+", terminal.text)
    check(terminal.text.count("\r\x1b[K") >= 2, terminal.text)


@test
def progress_is_for_terminals_people_and_the_talkative_only(home):
    path = home.file("keys.csv", rows(2000))
    lacks("\x1b", home.ok("key", "import", path).err)
    for mode in ("--json", "--quiet"):
        terminal = home.terminal(mode, "key", "import", home.file("more.csv", rows(2000)))
        terminal.finish(0)
        lacks("\x1b", terminal.text)


@test
def a_creation_that_is_cut_off_leaves_no_live_key(home):
    home.create("before")
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(write, True)
    process = home.start("key", "create", "--name", "stuck", stdout=write)
    os.close(write)
    wait_for(lambda: watched(process) and sleeping(process), "the full pipe to stop it")
    home.ok("key", "create", "--name", "meanwhile", "--wait", "5s")
    process.send_signal(signal.SIGINT)
    process.wait()
    equal(130, process.returncode)
    process.communicate()
    os.close(read)
    equal(["before", "meanwhile"], [row["name"] for row in home.rows("key", "list")])
    home.ok("store", "check")


@test
def a_hung_up_terminal_at_a_prompt_ends_the_program(home):
    home.create("a")
    terminal = home.terminal("key", "verify")
    terminal.wait("(?i)secret: ")
    terminal.kill(signal.SIGHUP)
    check(terminal.finish() != 0)
    contains("a", home.ok("key", "list").out)


main()
