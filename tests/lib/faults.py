"""What the fault tests share: prepared homes and their copies, the writing verbs, the state of a store
as it shows from outside, system calls that fail or kill (strace), and a few threads to do it in.

A state is what `key list` tells, without what differs from run to run. A verb that was
interrupted has to leave the state before it or the state after it, and nothing between."""

import concurrent.futures
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile

import tap
from tap import BINARY, Home, SECRET, equal, fail, need, skip

SLOW = "/asan/" in BINARY or "/cov/" in BINARY or "TEST_SLOW" in os.environ
WORKERS = 2
VOLATILE = ("id", "hint", "secret_id", "created_at", "updated_at", "disabled_at", "revoked_at")
TIMES = ("retiring_until", "expires_at")

# System calls that change what other processes or the next start see.
CHANGING = ("write writev pwrite64 pwritev fsync fdatasync sync_file_range openat ftruncate fallocate "
            "flock link linkat rename renameat renameat2 unlink unlinkat mkdir mkdirat chmod fchmod "
            "fchown")


def say(text):
    """A figure for the reader of the test's output."""
    print(f"# {text}", flush=True)


def each(function, items, workers=WORKERS):
    """Calls function(item) for all items in a few threads; gives the results, raises what one raised."""
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        return list(pool.map(function, items))


def thin(items, slow_count):
    """All of them; where the build is slow only so many, evenly spread."""
    items = list(items)
    if not SLOW or len(items) <= slow_count:
        return items
    say(f"slow build: {slow_count} of {len(items)} points")
    return [items[i * len(items) // slow_count] for i in range(slow_count)]


def in_memory():
    """Homes from here on are in memory where there is room: a killed process loses nothing that it
    wrote, so waiting for the disk would prove nothing more."""
    if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").free > 64 << 20:
        tempfile.tempdir = "/dev/shm"


class Copy:
    """A copy of a home, for one attempt: `with Copy(home) as copy`."""

    def __init__(self, home):
        self.home = Home()
        for name in ("data", "config"):
            target = os.path.join(self.home.path, name)
            shutil.rmtree(target)
            shutil.copytree(os.path.join(home.path, name), target)

    def __enter__(self):
        return self.home

    def __exit__(self, *_):
        self.home.close()


# --- state -------------------------------------------------------------------------------

def _key_state(row):
    state = {name: value for name, value in row.items() if name not in VOLATILE}
    state.update((name, row[name] is not None) for name in TIMES)
    state["last_used_at"] = None
    return state


def state(home):
    """The keys as they show, comparable between runs."""
    if not os.path.exists(home.store) or os.path.getsize(home.store) == 0:
        return []
    listed = home.run("--json", "key", "list")
    if listed.code == 5 and "there is no store" in listed.err:
        return []
    equal(0, listed.code, str(listed))
    return sorted((_key_state(row) for row in listed.rows), key=lambda k: (k["name"], k["revision"]))


def unlock(home):
    """Where a new master key was made: does the store want it, or still the old one?"""
    new = os.path.join(home.data, "new.key")
    if os.path.exists(new) and "another master key" in home.run("key", "list").err:
        os.replace(new, home.master)


def sound(home):
    """The store's check finds nothing: rows, MACs, the audit chain and our own invariants."""
    if os.path.exists(home.store) and os.path.getsize(home.store):
        result = home.run("store", "check")
        if result.code == 5 and "there is no store" in result.err:
            return
        equal(0, result.code, f"store check:\n{result}")


def behind(home, query):
    """Rows of a query, asked behind the program's back. Closing may checkpoint: ask last."""
    connection = sqlite3.connect(home.store)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def pending(home):
    """How many versions in the file are not live yet."""
    return behind(home, "SELECT count(*) FROM version WHERE state = 0")[0][0]


def events(home):
    return behind(home, "SELECT operation, name FROM audit ORDER BY sequence")


def sql(home, text, path=None):
    """Runs SQL with the sqlite3 tool, as somebody who knows nothing of authrack."""
    result = subprocess.run([need("sqlite3"), path or home.store, text], capture_output=True,
                            text=True, check=False)
    if result.returncode:
        fail(f"sqlite3: {result.stderr}\n{text}")
    return result.stdout.strip()


# --- the writing verbs -------------------------------------------------------------------

IMPORT = "name,owner,scopes,secret\n" + "".join(
    f"import-{i},ops,orders:read,{'0123456789abcdef' * 4}{i}\n" for i in range(20))


def prepared():
    """A home with a key in each state that a verb needs, and a backup from before the last changes."""
    home = Home()
    home.secrets = {"plain": home.create("plain", "--scope", "orders:read")["secret"]}
    home.create("back")
    home.ok("store", "backup", os.path.join(home.data, "backup.db"))
    home.ok("key", "edit", "back", "--owner", "later")
    home.secrets["turned"] = home.create("turned")["secret"]
    home.secrets["turned2"] = home.json("key", "rotate", "turned")["secret"]
    home.create("off")
    home.ok("key", "disable", "off")
    home.create("gone")
    home.ok("key", "revoke", "gone", "--yes")
    home.file("data/import.csv", IMPORT)
    home.file("data/phrase", "a long passphrase\n")
    return home


# Name, arguments ({data} is the home's data folder), in the prepared home.
VERBS = [
    ("create", ["key", "create", "--name", "fresh", "--owner", "ops"]),
    ("create-file", ["key", "create", "--name", "fresh", "--out-file", "{data}/secret"]),
    ("rotate", ["key", "rotate", "plain"]),
    ("rotate-0", ["key", "rotate", "plain", "--grace", "0", "--expires", "90d"]),
    ("finish", ["key", "rotate", "turned", "--finish", "--yes"]),
    ("cancel", ["key", "rotate", "turned", "--cancel"]),
    ("edit", ["key", "edit", "plain", "--add-scope", "orders:write", "--tier", "gold"]),
    ("revoke", ["key", "revoke", "plain", "--reason", "compromise", "--yes"]),
    ("disable", ["key", "disable", "plain"]),
    ("enable", ["key", "enable", "off"]),
    ("several", ["key", "disable", "plain", "turned", "--reason", "both or none"]),
    ("import", ["key", "import", "{data}/import.csv"]),
    ("purge", ["key", "purge", "--older-than", "0s", "--yes"]),
    ("restore", ["store", "restore", "{data}/backup.db", "--yes"]),
    ("rekey", ["store", "rekey", "--yes"]),
    ("rekey-file", ["store", "rekey", "--new-master-key", "{data}/new.key", "--yes"]),
]
SHOWING = ("create", "create-file", "rotate", "rotate-0")


def arguments(home, args):
    return [arg.replace("{data}", home.data) for arg in args]


# --- strace ------------------------------------------------------------------------------

class Call:
    """One system call of a trace: its name, which of its name it is, and the line."""

    def __init__(self, name, number, line):
        self.name, self.number, self.line = name, number, line


def traced_env():
    """A leak checker can't work under a tracer."""
    old = os.environ.get("ASAN_OPTIONS", "")
    return {"ASAN_OPTIONS": (old + ":" if old else "") + "detect_leaks=0"}


def strace(home, args, calls, inject=(), log="/dev/null", shown=64, **more):
    """Runs authrack under strace; `inject` are expressions for -e inject=, `shown` bytes of what is
    written get into the log."""
    binary = [need("strace"), "-f", "-qq", "-o", log, "-s", str(shown),
              "-e", "trace=" + calls.replace(" ", ",")]
    for expression in inject:
        binary += ["-e", "inject=" + expression]
    return home.run(*arguments(home, args), binary=binary + ["-E", "ASAN_OPTIONS=" + traced_env()[
        "ASAN_OPTIONS"], BINARY], **more)


def trace(home, args, calls=CHANGING):
    """The system calls of a run, each with its number among those of its name, from the first that
    touches the store on: what comes before is the loader's."""
    log = os.path.join(home.path, "trace")
    result = strace(home, args, calls, log=log)
    equal(0, result.code, str(result))
    with open(log, encoding="utf-8", errors="replace") as lines:
        return result, parse_trace(lines)


def parse_trace(lines):
    """strace counts by thread, and so does this: a number that the loader had already is left out."""
    counts, found, early, started = {}, {}, set(), False
    for line in lines:
        match = re.match(r"(\d+) +(\w+)\(", line)
        if not match:
            continue
        counts[match.groups()] = counts.get(match.groups(), 0) + 1
        started = started or "authrack.db" in line or "/authrack\"" in line
        call = Call(match[2], counts[match.groups()], line)
        if not started:
            early.add((call.name, call.number))
        found.setdefault((call.name, call.number), call)
    return [call for point, call in found.items() if point not in early]


def secrets_in(text):
    return re.findall(SECRET, text)


def out_secret(home, result):
    """The secret that a create or rotate got out, wherever it was to go; None where it did not."""
    text = result.out
    path = os.path.join(home.data, "secret")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            text += file.read()
    found = secrets_in(text)
    return found[0] if found else None


def verdict(home, secret):
    result = home.run("--json", "key", "verify", input=secret)
    return result.json["code"] if result.out else result.error["code"]


class Full:
    """The home's data folder on a small tmpfs of its own, in a mount name space that this process
    holds open; programs are run inside."""

    def __init__(self, home, size):
        if os.geteuid() != 0:
            skip("mounting wants root")
        self.home = home
        self.holder = subprocess.Popen(
            [need("unshare"), "-m", "--propagation", "private", "sh", "-c",
             f'mount -t tmpfs -o size={size},mode=700 none "$0" && echo ready && exec cat', home.data],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if self.holder.stdout.readline() != b"ready\n":
            self.close()
            skip("a tmpfs can't be mounted here")
        self.inside = [need("nsenter"), "-t", str(self.holder.pid), "-m", "--wd=/", "--"]

    def run(self, *args, **more):
        return self.home.run(*args, binary=self.inside + [BINARY], **more)

    def ok(self, *args, **more):
        result = self.run(*args, **more)
        equal(0, result.code, str(result))
        return result

    def shell(self, text):
        done = subprocess.run(self.inside + ["sh", "-c", text, self.home.data], check=False,
                              capture_output=True, text=True)
        return done.stdout.strip()

    def fill(self):
        """To the last byte; gives how many are free."""
        self.shell('cat /dev/zero >> "$0/filler" 2>/dev/null; dd if=/dev/zero of="$0/filler2" bs=1 '
                   'count=5000 2>/dev/null; true')
        return int(self.shell('stat -f -c %a "$0"'))

    def close(self):
        self.holder.stdin.close()
        self.holder.wait()


patience = tap.PATIENCE
