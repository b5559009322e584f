#!/usr/bin/python3
"""The disk is full, somebody holds the store, another one stands in its place: what the service says meanwhile, and
that it goes on by itself."""
import contextlib
import fcntl
import os
import re
import shutil
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import Full  # noqa: E402
from serve import Service, request  # noqa: E402
from tap import BINARY, equal, main, match, test, wait_for  # noqa: E402

KEYS = 3000


def ready(serve):
    answer = serve.get("/readyz")
    return answer.status, answer.body.decode()


def verify(serve, secret):
    return serve.verify(secret).status


def called(serve, secrets):
    """One call with each."""
    with serve.connect() as connection:
        for secret in secrets:
            equal(200, connection.send(request("GET", "/v1/verify", {"X-API-Key": secret})).answer().status)


@test
def on_a_full_disk_counts_wait_and_a_revoke_holds_from_the_next_request(home):
    full = Full(home, "8m")
    try:
        secrets = [f"{number:04}{'0123456789abcdef' * 2}" for number in range(KEYS)]
        full.ok("key", "import", "-", "--allow-weak", input="name,secret\n" + "".join(
            f"n{number},{secret}\n" for number, secret in enumerate(secrets)))
        with Service(home, binary=full.inside + [BINARY]) as serve:
            equal((200, "ok\n"), ready(serve))
            equal(0, full.fill(), "bytes free")
            called(serve, secrets)  # a row of figures for each: far more than is kept in reserve
            wait_for(lambda: ready(serve)[1] != "ok\n", "readyz to say so")
            status, text = ready(serve)
            equal(200, status)
            match(r"\Aok\nusage is not written: .*the disk .* is full\n\Z", text)
            called(serve, secrets[:100])
            for number in range(5):
                full.ok("key", "revoke", f"n{number}", "--yes")
                equal(401, verify(serve, secrets[number]), "the next request")
            full.shell('rm "$0"/filler*')
            wait_for(lambda: ready(serve) == (200, "ok\n"), "the counts to be written")
            serve.wait_log("they can't be written")
            equal(0, serve.stop())
        codes = {row["code"]: row["count"] for row in full.ok("--json", "key", "usage", "--by", "code").rows}
        equal({"VALID": KEYS + 100, "REVOKED": 5}, codes)
        full.ok("store", "check")
    finally:
        full.close()


def refuses(serve, secret, pattern):
    """Nobody is let in, and readyz says why."""
    wait_for(lambda: re.search(pattern, ready(serve)[1]), f"readyz to say /{pattern}/")
    equal(503, ready(serve)[0])
    equal(503, verify(serve, secret))


def recovers(serve, secret):
    wait_for(lambda: ready(serve) == (200, "ok\n"), "readyz to be well again")
    equal(200, verify(serve, secret))


@test
def who_holds_the_writers_queue_keeps_counts_waiting_and_nobody_out(home):
    secret = home.create("any")["secret"]
    with Service(home) as serve, open(home.store + "-lock", "rb") as queue:
        equal(200, verify(serve, secret))
        fcntl.flock(queue, fcntl.LOCK_EX)
        equal(200, verify(serve, secret))
        wait_for(lambda: "usage is not written: waited" in ready(serve)[1], "readyz to say so")
        equal((200, 200), (ready(serve)[0], verify(serve, secret)))
        fcntl.flock(queue, fcntl.LOCK_UN)
        recovers(serve, secret)
        equal(0, serve.stop())
    equal([("VALID", 4)], [(row["code"], row["count"]) for row in home.rows("key", "usage", "any", "--by", "code")])


@test
def who_writes_without_queueing_keeps_counts_waiting_and_nobody_out(home):
    secret = home.create("any")["secret"]
    with Service(home) as serve, contextlib.closing(sqlite3.connect(home.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        equal(200, verify(serve, secret))
        wait_for(lambda: "locked by a program that does not queue" in ready(serve)[1], "readyz to say so")
        equal((200, 200), (ready(serve)[0], verify(serve, secret)))
        other.execute("ROLLBACK")
        recovers(serve, secret)


@test
def a_store_that_comes_back_locked_lets_nobody_in_until_it_is_free(home):
    secret = home.create("any")["secret"]
    folder = os.path.dirname(home.store)
    with Service(home) as serve:
        equal(200, verify(serve, secret))
        os.rename(folder, folder + ".away")
        refuses(serve, secret, "no store at")
        other = sqlite3.connect(os.path.join(folder + ".away", "authrack.db"), isolation_level=None)
        with contextlib.closing(other):
            other.execute("PRAGMA locking_mode=EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
            os.rename(folder + ".away", folder)
            refuses(serve, secret, "locked by a program that does not queue")
        recovers(serve, secret)


@test
def another_store_in_its_place_lets_nobody_in(home):
    secret = home.create("any")["secret"]
    folder = os.path.dirname(home.store)
    with Service(home) as serve:
        equal(200, verify(serve, secret))
        os.rename(folder, folder + ".away")
        other = home.json("key", "create", "--name", "other", env={"XDG_CONFIG_HOME": home.folder("other")})["secret"]
        refuses(serve, secret, "another master key")
        equal(503, verify(serve, other))
        shutil.rmtree(folder)
        os.rename(folder + ".away", folder)
        recovers(serve, secret)


@test
def an_older_copy_in_its_place_lets_nobody_in(home):
    secret, gone = home.create("any")["secret"], home.create("gone")["secret"]
    folder = os.path.dirname(home.store)
    with Service(home) as serve:
        equal(200, verify(serve, secret))
        shutil.copytree(folder, folder + ".older")
        home.ok("key", "revoke", "gone", "--yes")
        equal(401, verify(serve, gone))
        os.rename(folder, folder + ".away")
        os.rename(folder + ".older", folder)
        refuses(serve, secret, "was rolled back")
        equal(503, verify(serve, gone))
        os.rename(folder, folder + ".older")
        os.rename(folder + ".away", folder)
        recovers(serve, secret)
        equal(401, verify(serve, gone))


main()
