#!/usr/bin/env python3
"""The writers' queue: who holds it is named, who can't go on lets others go on, and of those who race
one wins."""

import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import SLOW, in_memory, pending, say, secrets_in, sound, verdict  # noqa: E402
from tap import BINARY, Result, check, contains, equal, main, match, need, test, wait_for  # noqa: E402


def fill(home, count):
    """An import that takes a while."""
    return home.file("many.csv", "name,secret\n" + "".join(
        f"many{i},{'fedcba9876543210' * 3}{i:08}\n" for i in range(count)))


def stopped_holder(home):
    """An import that is stopped at its first write to the log, with the lock held: strace stops it."""
    path = fill(home, 50)
    binary = [need("strace"), "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync",
              "-e", "inject=fdatasync:signal=STOP:when=1", BINARY]
    tracer = home.start("key", "import", path, binary=binary)
    lock = home.store + "-lock"

    def held():
        with open(lock, "rb") as file:
            record = file.read().rstrip(b"\0\n").decode()
        pid = record.split()[0] if record else ""
        if "key.import" not in record or not os.path.exists(f"/proc/{pid}/stat"):
            return None
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            return int(pid) if stat.read().rsplit(")", 1)[1].split()[0] in "tT" else None
    return tracer, wait_for(held, "a stopped holder of the lock")


@test
def a_stopped_holder_is_named_to_who_waits(home):
    home.create("a")
    tracer, pid = stopped_holder(home)
    try:
        start = time.monotonic()
        result = home.run("--wait", "1s", "key", "disable", "a")
        equal(5, result.code, str(result))
        contains(str(pid), result.err)
        contains("key.import", result.err)
        check(time.monotonic() - start >= 0.9, "it did not wait")
        equal("active", home.json("key", "show", "a")["status"], "reading goes on")
        say(f"lock held by a stopped process: {result.err.splitlines()[0]}")
    finally:
        os.kill(pid, signal.SIGKILL)
        tracer.communicate()
    home.ok("key", "disable", "a")
    sound(home)


@test
def a_create_whose_reader_stopped_holds_up_nobody(home):
    """A terminal stopped by Ctrl-S: the write of the secret blocks, and no lock is held."""
    home.create("a")
    # The shell starts it once the terminal has been stopped.
    terminal = home.terminal("key", "create", "--name", "stopped",
                             binary=["/bin/sh", "-c", 'read x; exec "$0" "$@"', BINARY])
    terminal.send(b"\x13\n")
    wait_for(lambda: pending(home), "the pending key")
    for verb in (["key", "edit", "a", "--owner", "x"], ["key", "create", "--name", "b"],
                 ["key", "revoke", "b", "--yes"]):
        home.ok("--wait", "5s", *verb)
    equal(1, pending(home), "it is still being written out")
    terminal.send(b"\x11")
    terminal.finish(0)
    equal("VALID", verdict(home, secrets_in(terminal.text)[0]))
    sound(home)
    say("a terminal stopped by Ctrl-S: three other changes went through meanwhile")


@test
def a_create_into_a_full_pipe_holds_up_nobody_and_is_not_live(home):
    """The same with a pipe: nobody reads, it is full."""
    home.create("a")
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    process = home.start("--json", "key", "create", "--name", "stuck", stdout=writer)
    os.close(writer)
    wait_for(lambda: pending(home), "the pending key")
    home.ok("--wait", "5s", "key", "edit", "a", "--owner", "x")
    home.ok("--wait", "5s", "key", "create", "--name", "b")
    equal(["a", "b"], [row["name"] for row in home.rows("key", "list")], "pending ones are not listed")
    equal(1, pending(home), "a living process keeps its pending key")
    os.close(reader)
    _, err = process.communicate(timeout=60)
    equal(5, process.returncode, err.decode())
    home.ok("key", "edit", "a", "--owner", "y")
    equal(0, pending(home))
    sound(home)


@test
def a_pending_secret_whose_process_is_gone_never_verifies_and_is_swept(home):
    reader, writer = os.pipe()
    home.create("a")
    process = home.start("--json", "key", "rotate", "a", stdout=writer, binary=[
        need("strace"), "-f", "-qq", "-o", "/dev/null", "-e", "trace=flock",
        "-e", "inject=flock:signal=KILL:when=3", BINARY])
    os.close(writer)
    process.communicate(timeout=60)
    with os.fdopen(reader) as out:
        shown = secrets_in(out.read())
    equal(1, len(shown), "it was shown, then killed before it went live")
    equal("NOT_FOUND", verdict(home, shown[0]))
    equal(1, home.json("key", "show", "a")["version"])
    home.ok("key", "edit", "a", "--owner", "y")
    equal(0, pending(home))
    sound(home)


@test
def a_create_with_a_closed_output_or_a_full_one_leaves_no_live_key(home):
    home.create("a")
    reader, writer = os.pipe()
    os.close(reader)
    closed = home.run("key", "create", "--name", "closed", stdout=writer)
    os.close(writer)
    with open("/dev/full", "wb") as full_file:
        full = home.run("key", "create", "--name", "full", stdout=full_file)
        turned = home.run("key", "rotate", "a", stdout=full_file)
    nowhere = subprocess.run([BINARY, "key", "create", "--name", "none"], env=home.env, check=False,
                             stdout=None, stderr=subprocess.PIPE, close_fds=True,
                             preexec_fn=lambda: os.close(1))
    for result in (closed, full, turned):
        equal(5, result.code, str(result))
        match("standard output", result.err)
    left = [row["name"] for row in home.rows("key", "list")]
    say(f"closed pipe {closed.code}, /dev/full {full.code}, rotate to /dev/full {turned.code},"
        f" no standard output {nowhere.returncode}: keys left {left}")
    equal(["a"] if nowhere.returncode else ["a", "none"], left)
    check(nowhere.returncode, "a secret written to nowhere was acknowledged")
    equal(1, home.json("key", "show", "a")["version"])
    sound(home)


# --- races -------------------------------------------------------------------------------

def together(home, commands):
    """Runs all at once; gives their results."""
    processes = [(args, home.start("--json", *args)) for args in commands]
    results = []
    for args, process in processes:
        out, err = process.communicate(timeout=300)
        results.append(Result(args, process.returncode, out, err))
    return results


@test
def of_fifty_rotations_with_one_expected_version_one_wins(home):
    home.create("a")
    count = 20 if SLOW else 50
    results = together(home, [["key", "rotate", "a", "--expect-version", "1", "--grace", "0"]] * count)
    codes = [result.code for result in results]
    equal((1, count - 1), (codes.count(0), codes.count(4)), str([str(r) for r in results][:3]))
    shown = [secret for result in results for secret in secrets_in(result.out)]
    live = [secret for secret in shown if verdict(home, secret) == "VALID"]
    equal(1, len(live), "live secrets")
    equal(2, home.json("key", "show", "a")["version"])
    equal(2, len([v for v in home.json("key", "show", "a")["versions"]]))
    sound(home)
    say(f"{count} rotations at once: {codes.count(0)} won, {codes.count(4)} got 4, 1 live secret")


@test
def rotations_against_a_revoke_leave_nothing_alive(home):
    rounds = 4 if SLOW else 12
    for number in range(rounds):
        name = f"a{number}"
        secrets = [home.create(name)["secret"]]
        results = together(home, [["key", "rotate", name]] * 2 + [["key", "revoke", name, "--yes"]]
                           + [["key", "rotate", name]] * 2)
        equal(0, results[2].code, str(results[2]))
        for result in results:
            check(result.code in (0, 4), str(result))
            secrets += secrets_in(result.out)
        for secret in secrets:
            check(verdict(home, secret) in ("REVOKED", "NOT_FOUND"), f"alive: {verdict(home, secret)}")
    sound(home)
    say(f"{rounds} × 4 rotations against a revoke: 0 secrets alive")


@test
def no_verification_that_starts_after_a_revoke_returned_accepts_the_key(home):
    rounds, asked = (3 if SLOW else 10), 0
    for number in range(rounds):
        secret = home.create(f"a{number}")["secret"]
        running = home.start("--json", "key", "revoke", f"a{number}", "--yes")
        while running.poll() is None:
            code = verdict(home, secret)
            asked += 1
            check(code in ("VALID", "REVOKED"), code)
        running.communicate()
        for _ in range(3):
            equal("REVOKED", verdict(home, secret))
            asked += 1
    say(f"{asked} verifications around {rounds} revokes: 0 VALID after one had returned")


# --- eight writers -----------------------------------------------------------------------

@test
def eight_writers_at_once_lose_no_update(home):
    rounds = 4 if SLOW else 15
    for number in range(8):
        home.create(f"own{number}")
    home.create("shared")
    script = home.file("writer.py", WRITER, mode=0o700)
    writers = [subprocess.Popen([sys.executable, script, BINARY, str(n), str(rounds)], env=home.env,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for n in range(8)]
    for writer in writers:
        out, _ = writer.communicate(timeout=600)
        equal(0, writer.returncode, out.decode())
    check_counts(home, rounds)


WRITER = r"""
import json, subprocess, sys
binary, number, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])

def run(*args):
    done = subprocess.run([binary, "--json", *args], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{args}: exit {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout) if done.stdout else None

for n in range(rounds):
    run("key", "edit", "shared", "--add-scope", f"w{number}:{n}")
    run("key", "rotate", "own" + number, "--grace", "0")
    made = run("key", "create", "--name", f"made{number}-{n}")["id"]
    run("key", "disable", made)
    run("key", "revoke", made, "--yes")
"""


def check_counts(home, rounds):
    shared = home.json("key", "show", "shared")
    wanted = sorted(f"w{w}:{n}" for w in range(8) for n in range(rounds))
    equal(wanted, sorted(shared["scopes"]), "a lost update")
    for number in range(8):
        equal(rounds + 1, home.json("key", "show", f"own{number}")["version"])
    revoked = home.rows("key", "list", "--status", "revoked")
    equal(8 * rounds, len(revoked))
    sound(home)
    home.ok("audit", "verify")
    say(f"8 writers × {rounds * 5} changes: 0 errors, 0 lost updates, chain whole")


in_memory()
main()
