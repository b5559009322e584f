#!/usr/bin/python3
"""The first commands on a machine, many at once: one makes the store, the others wait for it."""

import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from tap import BINARY, check, equal, main, need, test, wait_for  # noqa: E402


def all_end_well(processes):
    for process in processes:
        _, err = process.communicate()
        equal(0, process.returncode, err.decode())


def has_open(process, path):
    folder = f"/proc/{process.pid}/fd"
    return any(os.path.realpath(os.path.join(folder, fd)) == path for fd in os.listdir(folder))


@test
def twenty_first_commands_make_one_store(home):
    all_end_well([home.start("key", "create", "--name", f"k{i}") for i in range(20)])
    equal(sorted(f"k{i}" for i in range(20)), sorted(row["name"] for row in home.rows("key", "list")))
    home.ok("store", "check")


@test
def an_empty_database_that_was_left_is_made_a_store_by_one_of_many(home):
    os.makedirs(os.path.dirname(home.store), mode=0o700)
    left = sqlite3.connect(home.store)
    left.execute("CREATE TABLE t(a)")
    left.execute("DROP TABLE t")
    left.close()
    os.chmod(home.store, 0o600)
    check(os.path.getsize(home.store) > 0)
    all_end_well([home.start("key", "create", "--name", f"k{i}") for i in range(20)])
    equal(20, len(home.rows("key", "list")))


@test
def who_is_killed_while_the_master_key_is_linked_leaves_no_second_copy(home):
    strace = need("strace")
    for call in ("linkat", "link", "unlink"):
        home.run("key", "create", "--name", "killed",
                 binary=[strace, "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
                         "-e", f"inject={call}:signal=KILL:when=1", BINARY])
        left = [name for name in os.listdir(os.path.dirname(home.master)) if "tmp" in name]
        equal([], left, call)
        home.create("after")


@test
def opening_waits_for_a_program_that_has_the_file_alone_for_a_moment(home):
    home.create("one")
    other = sqlite3.connect(home.store)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    waiting = home.start("key", "list")
    wait_for(lambda: has_open(waiting, home.store), "the store to be opened")
    other.close()
    all_end_well([waiting])


main()
