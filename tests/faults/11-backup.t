#!/usr/bin/env python3
"""Backups while others write, and last night's backup put back after today's revoke."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import CHANGING, SLOW, Copy, each, in_memory, say, sound, strace, thin  # noqa: E402
from faults import trace, verdict  # noqa: E402
from tap import BINARY, check, equal, main, match, test  # noqa: E402

WRITER = r"""
import subprocess, sys
binary, number = sys.argv[1:]
for n in range(1000):
    for args in (["create", "--name", f"w{number}-{n}"], ["revoke", f"w{number}-{n}", "--yes"]):
        if subprocess.run([binary, "key", *args], stdout=subprocess.DEVNULL).returncode:
            sys.exit(1)
    if n >= 3:
        print(n, flush=True)
"""


def opened_alone(home, path):
    """The backup as a store of its own: same master key, no anchor. Gives its keys; it is sound."""
    config = home.folder(f"alone-{os.path.basename(path)}")
    os.makedirs(os.path.join(config, "authrack"), mode=0o700)
    shutil.copy(home.master, os.path.join(config, "authrack", "master.key"))
    place = os.path.join(home.folder(f"place-{os.path.basename(path)}"), "authrack.db")
    shutil.copy(path, place)
    env = {"XDG_CONFIG_HOME": config}
    equal(0, home.run("--store", place, "store", "check", env=env).code, path)
    equal(0, home.run("--store", place, "audit", "verify", env=env).code, path)
    return home.run("--store", place, "--json", "key", "list", env=env, code=0).rows


@test
def a_backup_while_others_write_is_sound(home):
    for number in range(20):
        home.create(f"k{number}")
    script = home.file("writer.py", WRITER)
    writers = [subprocess.Popen([sys.executable, script, BINARY, str(n)], env=home.env,
                                stdout=subprocess.PIPE) for n in range(3)]
    try:
        for writer in writers:
            writer.stdout.readline()    # under way
        backups = []
        for number in range(3 if SLOW else 8):
            path = os.path.join(home.path, f"backup{number}.db")
            home.ok("store", "backup", path)
            backups.append(path)
        equal([None] * 3, [writer.poll() for writer in writers], "a writer failed")
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
            writer.stdout.close()
    counts = [len(opened_alone(home, path)) for path in backups]
    equal(sorted(counts), counts)
    check(counts[0] >= 20, str(counts))
    equal(0o600, os.stat(backups[0]).st_mode & 0o777)
    sound(home)
    say(f"{len(backups)} backups while 3 wrote: all sound, {counts[0]} to {counts[-1]} keys")


@test
def a_revoke_of_today_outlives_the_backup_of_last_night(home):
    secrets = {name: home.create(name)["secret"] for name in ("leaked", "fine", "edited", "turned")}
    backup = os.path.join(home.path, "night.db")
    home.ok("store", "backup", backup)
    home.ok("key", "revoke", "leaked", "--reason", "compromise", "--yes")
    home.ok("key", "edit", "edited", "--owner", "today")
    newest = home.json("key", "rotate", "turned", "--grace", "0")["secret"]
    later = home.create("made today")["secret"]
    refused = home.run("store", "restore", backup)
    equal(4, refused.code, "it asks first")
    home.ok("store", "restore", backup, "--yes")
    codes = {name: verdict(home, secret) for name, secret in secrets.items()}
    equal("REVOKED", codes["leaked"])
    equal("compromise", home.json("key", "show", "leaked")["revoke_reason"])
    equal("VALID", codes["fine"])
    equal("RETIRED", codes["turned"], "a secret that was ended since stays ended")
    equal("", home.json("key", "show", "edited")["owner"])
    check(verdict(home, later) != "VALID", "a key made since is gone")
    sound(home)
    home.ok("audit", "verify")
    operations = [event["operation"] for event in home.rows("audit", "list")]
    check(operations.count("key.revoke") == 1 and "key.rotate" in operations, "the chain goes on")
    say(f"last night's backup after today's revoke: {codes}, newest secret of the rotated key "
        f"{verdict(home, newest)}")


@test
def giving_up_a_revocation_takes_a_word_and_is_audited(home):
    secret = home.create("leaked")["secret"]
    backup = os.path.join(home.path, "night.db")
    home.ok("store", "backup", backup)
    home.ok("key", "revoke", "leaked", "--yes")
    home.ok("store", "restore", backup, "--accept-loss", "--yes")
    equal("VALID", verdict(home, secret))
    check("restore" in home.rows("audit", "list")[0]["operation"], "audited")
    sound(home)


@test
def a_backup_that_was_edited_or_of_another_store_is_refused(home):
    secret = home.create("a", "--scope", "orders:read")["secret"]
    backup = os.path.join(home.path, "night.db")
    home.ok("store", "backup", backup)
    subprocess.run(["sqlite3", backup, "UPDATE apikey SET scopes = 'orders:write'"], check=True)
    result = home.run("store", "restore", backup, "--yes")
    equal(5, result.code, str(result))
    match("not sound|altered", result.err)
    with open(backup, "r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xa5" * 4096)
    equal(5, home.run("store", "restore", backup, "--yes").code)
    other = os.path.join(home.folder("other"), "authrack.db")
    home.ok("--store", other, "key", "create", "--name", "b")
    home.ok("--store", other, "store", "backup", os.path.join(home.path, "other.db"))
    result = home.run("store", "restore", os.path.join(home.path, "other.db"), "--yes")
    check(result.code in (4, 5), str(result))
    match("another store", result.err)
    equal("VALID", verdict(home, secret))
    sound(home)


def killed_backup(home, call):
    with Copy(home) as copy:
        path = os.path.join(copy.data, "backup.db")
        result = strace(copy, ["store", "backup", "{data}/backup.db"], CHANGING,
                        [f"{call.name}:signal=KILL:when={call.number}"])
        check(result.code in (-9, 137, 0), str(result))
        if os.path.exists(path):
            equal(1, len(opened_alone(copy, path)), f"half a backup, killed at {call.line}")
        copy.ok("store", "backup", os.path.join(copy.data, "next.db"))
        sound(copy)
        return os.path.exists(path)


@test
def a_killed_backup_leaves_no_half_of_one_under_its_name(home):
    home.create("a")
    with Copy(home) as copy:
        _, calls = trace(copy, ["store", "backup", "{data}/backup.db"])
    points = thin(calls[::2], 6)
    there = each(lambda call: killed_backup(home, call), points)
    say(f"backup killed at {len(points)} system calls: {there.count(True)} whole, 0 half")


in_memory()
main()
