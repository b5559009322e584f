#!/usr/bin/env python3
"""The store moved or replaced, the master key and the anchor gone or another, and who may open it."""

import os
import pwd
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import in_memory, say, sound, sql, verdict  # noqa: E402
from tap import BINARY, check, contains, equal, main, match, need, skip, test, wait_for  # noqa: E402


def anchor(home):
    folder = os.path.dirname(home.master)
    found = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".anchor")]
    equal(1, len(found))
    return found[0]


def waiting(home, *args):
    """A process that has opened the store and waits in the queue; the lock's holder is this one."""
    import fcntl
    lock = open(home.store + "-lock", "r+b")    # noqa: SIM115 (given to the caller)
    fcntl.flock(lock, fcntl.LOCK_EX)
    process = home.start(*args)

    def in_queue():
        with open("/proc/locks", encoding="ascii") as locks:
            inode = f":{os.fstat(lock.fileno()).st_ino} "
            return any("->" in line and inode in line for line in locks)
    wait_for(in_queue, "the process in the queue")
    return process, lock


def moved_while_waiting(what, change):
    def point(home):
        home.create("a")
        process, lock = waiting(home, "key", "disable", "a")
        change(home)
        lock.close()
        _, err = process.communicate(timeout=60)
        equal(5, process.returncode, err.decode())
        match("moved|replaced|removed|another|rolled back", err.decode())
        say(f"{what} while a change waits: 5, {err.decode().splitlines()[0]}")
    point.__name__ = f"a_store_{what}_under_a_waiting_change_is_noticed"
    test(point)


def replace(home):
    """With a store of its own master key's, as a restore by cp would."""
    os.rename(home.store, home.store + ".away")
    for end in ("-wal", "-shm"):
        os.rename(home.store + end, home.store + ".away" + end)
    shutil.copy(home.store + ".away", home.store)


moved_while_waiting("moved", lambda home: os.rename(home.store, home.store + ".away"))
moved_while_waiting("removed", lambda home: os.unlink(home.store))
moved_while_waiting("replaced", replace)


@test
def a_store_at_another_place_works_and_keeps_its_anchor(home):
    secret = home.create("a")["secret"]
    target = home.folder("elsewhere")
    for name in os.listdir(os.path.dirname(home.store)):
        shutil.move(os.path.join(os.path.dirname(home.store), name), os.path.join(target, name))
    path = os.path.join(target, "authrack.db")
    result = home.run("--store", path, "--json", "key", "verify", input=secret)
    equal("VALID", result.json["code"])
    home.ok("--store", path, "key", "disable", "a")
    missing = home.run("key", "list")
    equal(5, missing.code)
    contains("there is no store", missing.err)
    check(not os.path.exists(home.store), "reading made a store")


# --- master key --------------------------------------------------------------------------

KEYS = {
    "missing": (lambda path: os.unlink(path), "master key"),
    "another": (lambda path: write(path, "ab" * 32 + "\n"), "another master key"),
    "garbage": (lambda path: write(path, "no key at all\n"), "no master key"),
    "empty": (lambda path: write(path, ""), "no master key"),
    "a folder": (lambda path: (os.unlink(path), os.mkdir(path, 0o700)), "master.key"),
}


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def master(what, change, words):
    def point(home):
        secret = home.create("a")["secret"]
        shutil.copy(home.master, home.master + ".saved")
        change(home.master)
        before = sorted(os.listdir(os.path.dirname(home.master)))
        for args in (["key", "list"], ["key", "create", "--name", "b"], ["key", "disable", "a"],
                     ["store", "check"], ["store", "rekey", "--yes"]):
            result = home.run(*args)
            equal(5, result.code, str(result))
            contains(words, result.err)
        equal(5, home.run("key", "verify", input=secret).code)
        equal(before, sorted(os.listdir(os.path.dirname(home.master))), "something was made")
        if os.path.isdir(home.master):
            os.rmdir(home.master)
        shutil.copy(home.master + ".saved", home.master)
        equal("VALID", verdict(home, secret))
        say(f"master key {what}: every verb 5, nothing made")
    point.__name__ = f"a_master_key_that_is_{what.replace(' ', '_')}_opens_nothing_and_makes_nothing"
    test(point)


for name, (change_it, say_so) in KEYS.items():
    master(name, change_it, say_so)


@test
def a_master_key_that_others_can_read_is_refused(home):
    home.create("a")
    os.chmod(home.master, 0o644)
    result = home.run("key", "list")
    check(result.code in (5, 7), str(result))
    contains("master.key", result.err)


# --- anchor ------------------------------------------------------------------------------

@test
def a_missing_or_torn_anchor_is_told_and_made_anew(home):
    home.create("a")
    path = anchor(home)
    whole = os.path.getsize(path)
    for damage in ("removed", "cut", "overwritten"):
        if damage == "removed":
            os.unlink(path)
        elif damage == "cut":
            os.truncate(path, 50)
        else:
            with open(path, "r+b") as file:
                file.write(b"\xff" * whole)
        info = home.json("store", "info")
        check(info["anchor"]["state"] in ("none", "missing", "torn"), f"{damage}: {info['anchor']}")
        home.ok("key", "edit", "a", "--owner", damage)
        home.ok("key", "edit", "a", "--note", damage)
        equal(whole, os.path.getsize(path))
        check(home.json("store", "info")["anchor"]["state"] not in ("none", "missing", "torn"))
        sound(home)


@test
def an_anchor_with_one_torn_slot_still_guards(home):
    home.create("a")
    home.ok("key", "edit", "a", "--owner", "x")
    sql(home, "PRAGMA wal_checkpoint(TRUNCATE)")
    old = home.file("old.db")
    shutil.copy(home.store, old)
    for number in range(4):
        home.ok("key", "edit", "a", "--note", str(number))
    path = anchor(home)
    with open(path, "rb") as file:
        data = file.read()
    half = len(data) // 2
    sql(home, "PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(old, home.store)
    for torn in (b"\0" * half + data[half:], data[:half] + b"\0" * half):
        with open(path, "wb") as file:
            file.write(torn)
        result = home.run("key", "list")
        equal(5, result.code, str(result))
        contains("rolled back", result.err)


@test
def an_anchor_that_cannot_be_written_fails_no_change(home):
    home.create("a")
    path = anchor(home)
    os.unlink(path)
    os.mkdir(path)
    home.ok("key", "disable", "a")
    sound(home)
    os.rmdir(path)
    home.ok("key", "enable", "a")
    check(os.path.isfile(path), "it is made anew")


# --- who may open it ---------------------------------------------------------------------

@test
def links_and_open_files_are_refused(home):
    home.create("a")
    folder = os.path.dirname(home.store)
    away = os.path.join(home.folder("away"), "authrack.db")
    cases = {
        "a symbolic link": (lambda: (os.rename(home.store, away), os.symlink(away, home.store)),
                            lambda: (os.unlink(home.store), os.rename(away, home.store))),
        "a group-writable store": (lambda: os.chmod(home.store, 0o660),
                                   lambda: os.chmod(home.store, 0o600)),
        "a readable store": (lambda: os.chmod(home.store, 0o644),
                             lambda: os.chmod(home.store, 0o600)),
        "a group-writable folder": (lambda: os.chmod(folder, 0o770),
                                    lambda: os.chmod(folder, 0o700)),
        "a parent that others write": (lambda: os.chmod(home.data, 0o777),
                                       lambda: os.chmod(home.data, 0o700)),
        "a readable lock": (lambda: os.chmod(home.store + "-lock", 0o666),
                            lambda: os.chmod(home.store + "-lock", 0o600)),
    }
    for what, (spoil, mend) in cases.items():
        spoil()
        for args in (["key", "list"], ["key", "disable", "a"]):
            result = home.run(*args)
            equal(5 if "link" in what else 7, result.code, f"{what}\n{result}")
            match("symbolic link|mode", result.err, what)
        mend()
        home.ok("key", "list")
    say(f"refused: {', '.join(cases)}")


@test
def a_store_of_another_user_is_refused_with_the_line_to_use(home):
    if os.geteuid() != 0:
        skip("another user's files want root")
    home.create("a")
    nobody = pwd.getpwnam("nobody")
    subprocess.run(["chown", "-R", f"{nobody.pw_uid}:{nobody.pw_gid}", home.path], check=True)
    as_root = home.run("key", "list")
    equal(7, as_root.code, str(as_root))
    match(r"sudo -u nobody authrack", as_root.err)
    own = home.run("key", "list", binary=[need("setpriv"), f"--reuid={nobody.pw_uid}",
                                          f"--regid={nobody.pw_gid}", "--clear-groups", BINARY])
    if own.code == 126 or "execute" in own.err:
        skip("the binary can't be run by another user here")
    equal(0, own.code, str(own))
    other = home.run("key", "list", binary=[need("setpriv"), "--reuid=54321", "--regid=54321",
                                            "--clear-groups", BINARY])
    equal(7, other.code, str(other))
    say(f"root on somebody else's store: 7, {as_root.err.splitlines()[-1]}")


in_memory()
main()
