#!/usr/bin/python3
"""Odd files where the store, its anchor and its lock should be: told, and nothing waits for ever."""

import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from tap import contains, equal, lacks, main, test  # noqa: E402


@test
def a_store_with_a_second_name_is_refused(home):
    home.create("k")
    other = home.store.replace(".db", ".second")
    os.link(home.store, other)
    for path in (home.store, other):
        contains("has 2 names", home.run("--store", path, "key", "list", code=5).err)
    os.unlink(other)
    home.ok("key", "list")


@test
def a_database_of_another_program_stays_as_it_is(home):
    path = os.path.join(home.folder("theirs"), "app.db")
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE t(x)")
    theirs.close()
    os.chmod(path, 0o600)
    before = open(path, "rb").read()
    for verb in (("key", "list"), ("key", "create", "--name", "k"), ("store", "check")):
        contains("no store of authrack", home.run("--store", path, *verb, code=5).err)
    equal(before, open(path, "rb").read())


@test
def a_pipe_in_the_anchors_place_is_not_waited_for(home):
    home.create("k")
    home.create("second")
    folder = os.path.dirname(home.master)
    anchor, = (os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".anchor"))
    os.unlink(anchor)
    os.mkfifo(anchor, 0o600)
    contains("anchor is", home.ok("key", "list").err)
    home.ok("key", "disable", "k")
    os.unlink(anchor)
    home.ok("key", "enable", "k")
    lacks("anchor", home.ok("key", "list").err)


@test
def a_path_too_long_for_the_engine_leaves_nothing_behind(home):
    folder = os.path.join(home.path, *["y" * 100] * 5)
    result = home.run("--store", os.path.join(folder, "s.db"), "key", "create", "--name", "k", code=5)
    contains("is longer than 500 bytes", result.err)
    equal([], os.listdir(folder))


main()
