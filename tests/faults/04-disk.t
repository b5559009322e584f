#!/usr/bin/env python3
"""A full disk, and files that are not as they should be: a clear error with exit 5, nothing half
written, and revoking works on the full disk."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import Full, in_memory, pending, say, sound, sql, state, traced_env, verdict  # noqa: E402
from tap import BINARY, check, contains, equal, main, match, need, skip, test  # noqa: E402


def on_full_disk(body, size="2m"):
    def point(home):
        full = Full(home, size)
        try:
            body(home, full)
        finally:
            full.close()
    point.__name__ = body.__name__
    return test(point)


def create(full, name):
    return full.ok("--json", "key", "create", "--name", name).json["secret"]


def code_of(full, secret):
    return full.run("--json", "key", "verify", input=secret).json["code"]


@on_full_disk
def on_a_full_disk_revoke_and_disable_work_and_create_says_full(home, full):
    secrets = [create(full, f"k{n}") for n in range(12)]
    equal(0, full.fill(), "bytes free")
    equal("VALID", code_of(full, secrets[0]), "reading")
    equal(12, len(full.ok("--json", "key", "list").rows))
    refused = full.run("key", "import", "-", "--allow-weak", input="name,secret\n" + "".join(
        f"i{n},{'0123456789abcdef' * 2}{n:04}\n" for n in range(3000)))
    equal(5, refused.code, str(refused))
    match("full|No space", refused.err)
    equal(12, len(full.ok("--json", "key", "list").rows), "nothing half imported")
    for number in range(6):
        full.ok("key", "revoke", f"k{number}", "--yes")
        equal("REVOKED", code_of(full, secrets[number]))
    for number in range(6, 12):
        full.ok("key", "disable", f"k{number}")
        equal("DISABLED", code_of(full, secrets[number]))
    full.ok("store", "check")
    full.ok("audit", "verify")
    say(f"full disk: an import of 3,000 rows {refused.code} ({refused.err.splitlines()[0]}); 6 revokes "
        f"and 6 disables done")


@on_full_disk
def after_many_revokes_on_a_full_disk_the_reserve_is_there_anew(home, full):
    rows = "name,secret\n" + "".join(f"i{n},{'0123456789abcdef' * 2}{n:04}\n" for n in range(120))
    full.ok("key", "import", "-", "--allow-weak", input=rows)
    equal(0, full.fill(), "bytes free")
    done = 0
    for number in range(120):
        result = full.run("key", "revoke", f"i{number}", "--yes")
        check(result.code in (0, 5), str(result))
        if result.code:
            match("full|No space", result.err)
            break
        done += 1
    full.ok("key", "list")
    full.ok("store", "check")
    say(f"{done} revokes by as many processes on a full disk before it said full")
    check(done >= 60, f"only {done} revokes")
    full.shell('rm "$0"/filler*')
    full.ok("key", "create", "--name", "again")
    full.ok("store", "check")


@on_full_disk
def a_full_disk_leaves_no_key_whose_secret_was_not_stored(home, full):
    create(full, "first")
    full.fill()
    made, refused = [], None
    for number in range(400):
        result = full.run("--json", "key", "create", "--name", f"n{number}", "--note", "x" * 1000)
        if result.code:
            refused = result
            break
        made.append(result.secret)
    check(refused, "it never got full")
    equal(5, refused.code, str(refused))
    match("full|No space", refused.err)
    for secret in made:
        equal("VALID", code_of(full, secret))
    equal(len(made) + 1, len(full.ok("--json", "key", "list").rows))
    last = full.run("key", "revoke", "first", "--yes")
    say(f"{len(made)} creates fit into the reserve, then {refused.error['message']!r}; "
        f"a revoke after that: {last.code}")
    equal(0, last.code, str(last))
    full.ok("store", "check")


def first_store(home, full):
    """No room even for a new store."""
    full.shell('head -c 1900000 /dev/zero > "$0/filler"')
    refused = full.run("key", "create", "--name", "a")
    equal(5, refused.code, str(refused))
    match("full|No space|look at the disk", refused.err)
    full.shell('rm "$0/filler"')
    full.ok("key", "create", "--name", "a")
    full.ok("store", "check")


first_store.__name__ = "a_store_that_does_not_fit_is_refused_and_can_be_made_later"
on_full_disk(first_store)


@test
def a_limit_on_file_size_is_an_error_and_no_end_by_signal(home):
    home.create("a")
    size = os.path.getsize(home.store)
    rows = "name,secret\n" + "".join(f"i{n},{'0123456789abcdef' * 2}{n:04}\n" for n in range(3000))
    limited = [need("prlimit"), f"--fsize={size + 65536}", "--", BINARY]
    result = home.run("key", "import", "-", "--allow-weak", input=rows, binary=limited)
    equal(5, result.code, str(result))
    equal(["a"], [row["name"] for row in home.rows("key", "list")])
    home.ok("key", "revoke", "a", "--yes", binary=limited)
    sound(home)
    say(f"file size limit: {result.err.splitlines()[0]}")


# --- files that are not as they should be ------------------------------------------------

def as_user(home):
    """Rights mean something only to who is not root."""
    if os.geteuid() != 0:
        return [BINARY]
    subprocess.run(["chown", "-R", "65534:65534", home.path], check=True)
    probe = [need("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups", "--", BINARY]
    if subprocess.run(probe + ["--version"], capture_output=True, check=False).returncode:
        skip("the binary can't be run by another user here")
    return probe


@test
def a_read_only_file_or_folder_is_told(home):
    secret = home.create("a")["secret"]
    user = as_user(home)
    folder = os.path.dirname(home.store)
    before = home.run("--json", "key", "list", binary=user)
    equal(0, before.code, str(before))
    os.chmod(home.store, 0o400)
    written = home.run("key", "disable", "a", binary=user)
    equal(5, written.code, str(written))
    contains("authrack.db", written.err)
    os.chmod(home.store, 0o600)
    os.chmod(folder, 0o500)
    in_folder = home.run("key", "disable", "a", binary=user)
    read = home.run("--json", "key", "verify", input=secret, binary=user)
    os.chmod(folder, 0o700)
    check(in_folder.code in (0, 5), str(in_folder))
    check(read.code in (0, 1, 5), str(read))
    home.run("key", "enable", "a", binary=user)
    equal(0, home.run("store", "check", binary=user).code)
    say(f"read-only file: write {written.code} ({written.err.splitlines()[0]}); read-only folder: write"
        f" {in_folder.code}, verify {read.code}")


def damaged(what, damage, reads):
    """`damage` gets the bytes of the file after a checkpoint and gives those of the damaged one."""
    def point(home):
        secret = home.create("a")["secret"]
        for number in range(30):
            home.create(f"b{number}", "--note", "x" * 500)
        sql(home, "PRAGMA wal_checkpoint(TRUNCATE)")
        for end in ("-wal", "-shm"):
            if os.path.exists(home.store + end):
                os.unlink(home.store + end)
        with open(home.store, "rb") as file:
            data = file.read()
        with open(home.store, "wb") as file:
            file.write(damage(data))
        codes = []
        for verb in (["key", "list"], ["key", "disable", "a"], ["key", "create", "--name", "c"],
                     ["store", "check"]):
            result = home.run(*verb)
            codes.append(result.code)
            check(result.code == 5 or (reads and result.code == 0), f"{what}:\n{result}")
            if result.code:
                match(r"\S", result.err)
                check("Assert" not in result.err and "signal" not in result.err, result.err)
        verified = home.run("--json", "key", "verify", input=secret)
        check(verified.code in (0, 1, 5), str(verified))
        equal(5, codes[-1], "the check has to notice")
        say(f"{what}: list, disable, create, check end with {codes}, verify {verified.code}")
    point.__name__ = what.replace(" ", "_") + "_is_told"
    test(point)


def smash(data, first, count):
    return data[:first] + b"\xa5" * count + data[first + count:]


damaged("a garbage file", lambda data: b"not a database at all" * 1000, False)
damaged("a damaged header", lambda data: smash(data, 0, 100), False)
damaged("a truncated file", lambda data: data[:len(data) // 8 // 4096 * 4096], False)
damaged("a file cut within a page", lambda data: data[:4096 * 3 + 100], False)


@test
def corrupt_pages_are_told_wherever_they_are(home):
    """One page after the other is overwritten: no crash, no VALID for a key that is not, exit 0 or 5."""
    secret = home.create("a")["secret"]
    for number in range(10):
        home.create(f"b{number}")
    home.ok("key", "revoke", "b1", "--yes")
    sql(home, "VACUUM")  # a page that no table has any more may be overwritten
    sql(home, "PRAGMA wal_checkpoint(TRUNCATE)")
    pages = int(sql(home, "PRAGMA page_count"))
    with open(home.store, "rb") as file:
        data = file.read()
    told = 0
    for page in range(pages):
        with open(home.store, "wb") as file:
            file.write(smash(data, page * 4096, 4096))
        result = home.run("store", "check")
        equal(5, result.code, f"page {page + 1} of {pages}\n{result}")
        for args in (["key", "list"], ["key", "disable", "a"]):
            result = home.run(*args)
            check(result.code in (0, 5), f"page {page + 1}: {result}")
            told += result.code == 5
        verified = home.run("--json", "key", "verify", input=secret)
        check(verified.code in (0, 1, 5), str(verified))
        for end in ("-wal", "-shm"):
            if os.path.exists(home.store + end):
                os.unlink(home.store + end)
        anchors(home, remove=True)
    say(f"{pages} corrupt pages: the check found all, list and disable told {told} times, 0 crashes")


def anchors(home, remove=False):
    folder = os.path.dirname(home.master)
    found = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".anchor")]
    for path in found if remove else []:
        os.unlink(path)
    return found


@test
def a_truncated_shared_memory_file_ends_no_later_process(home):
    secret = home.create("a")["secret"]
    for size in (0, 3, 4096, 20000):
        os.truncate(home.store + "-shm", size)
        equal("VALID", verdict(home, secret))
        home.ok("key", "edit", "a", "--owner", f"o{size}")
    os.unlink(home.store + "-shm")
    home.ok("key", "edit", "a", "--owner", "x")
    sound(home)


@test
def other_databases_and_folders_are_no_store(home):
    home.create("a")
    other = os.path.join(home.folder("other"), "other.db")
    sql(home, "CREATE TABLE t (x); INSERT INTO t VALUES (1)", other)
    os.chmod(other, 0o600)
    for path, words in ((other, "no store"), (home.data, "no regular file"),
                        (os.path.join(home.data, "none", "x.db"), "no store")):
        result = home.run("--store", path, "key", "list")
        equal(5, result.code, str(result))
        match(words, result.err)
    result = home.run("--store", other, "key", "create", "--name", "x")
    equal(5, result.code, f"a foreign database was written to: {result}")
    equal("1", sql(home, "SELECT x FROM t", other))


@test
def a_network_file_system_is_refused(home):
    """Which it is, statfs(2) tells; here strace says NFS."""
    home.create("a")
    result = home.run("key", "list", binary=[
        need("strace"), "-f", "-qq", "-o", "/dev/null", "-e", "trace=statfs",
        "-e", "inject=statfs:poke_exit=@arg2=6969000000000000", BINARY], env=traced_env())
    if "poke" in result.err or "invalid" in result.err:
        skip("this strace can't change what a call gives")
    equal(5, result.code, str(result))
    contains("network file system (NFS)", result.err)
    equal(1, len(state(home)))
    equal(0, pending(home))
    check(shutil.which("strace"))


in_memory()
main()
