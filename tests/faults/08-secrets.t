#!/usr/bin/env python3
"""After a session of all verbs the secrets are looked for: in every file, in what was written anywhere
but to standard output, in argv, environment, errors and cores."""

import base64
import hashlib
import os
import re
import resource
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import in_memory, pending, say, secrets_in, strace  # noqa: E402
from tap import BINARY, check, equal, lacks, main, need, skip, test, wait_for  # noqa: E402

FOREIGN = "foreign-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2


def shapes(secret):
    """A secret, its random part, and what encodings make of it."""
    raw = secret.encode()
    tail = raw[-38:] if re.fullmatch(r"[a-z0-9_]+_[0-9a-z]{12}_\w{38}", secret) else raw
    return {raw, tail, tail[:20], raw.hex().encode(), base64.b64encode(raw), raw[::-1],
            "".join(c + "\0" for c in secret).encode(), hashlib.sha256(raw).digest(),
            hashlib.sha256(raw).hexdigest().encode()}


def session(home):
    """Runs all verbs; gives the secrets."""
    found = []

    def run(*args, **more):
        result = home.run(*args, **more)
        found.extend(secrets_in(result.out))
        for stream in (result.err,):
            equal([], secrets_in(stream), f"a secret on standard error: {args}")
        return result

    for name in ("a", "b", "c"):
        equal(0, run("key", "create", "--name", name).code)
    run("--json", "key", "rotate", "a")
    run("key", "rotate", "b", "--grace", "0")
    run("--quiet", "key", "rotate", "b", "--grace", "0")
    rows = f"name,secret\nforeign,{FOREIGN}\n"
    equal(0, run("key", "import", "-", input=rows).code)
    for secret in list(found) + [FOREIGN]:
        for verb in (["key", "verify"], ["--json", "key", "verify"], ["key", "identify"],
                     ["key", "scan", "-"]):
            result = home.run(*verb, input=secret)
            lacks(secret, result.out + result.err, f"{verb} echoes a secret")
    run("key", "verify", input=found[0] + "x")
    run("key", "revoke", "--secret", "--yes", input=found[0])
    run("key", "rotate", "b", "--finish", "--yes")
    run("key", "disable", "b")
    run("key", "edit", "b", "--note", "x")
    run("key", "create", "--name", "d", "--out-file", os.path.join(home.path, "out.key"))
    with open(os.path.join(home.path, "out.key"), encoding="ascii") as file:
        found.extend(secrets_in(file.read()))
    os.unlink(os.path.join(home.path, "out.key"))
    run("store", "backup", os.path.join(home.path, "backup.db"))
    home.file("export.csv", run("key", "export").raw)
    home.file("export.jsonl", run("key", "export", "--format", "jsonl").raw)
    home.file("audit.jsonl", run("audit", "export").raw)
    home.file("check", run("store", "check").raw)
    home.file("show", run("key", "show", "b", "--history").raw)
    run("key", "purge", "--older-than", "0s", "--yes")
    run("store", "rekey", "--yes")
    return [*dict.fromkeys(found), FOREIGN]


def files(home):
    for folder, _, names in os.walk(home.path):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                yield os.path.join(folder, name), file.read()


@test
def no_file_of_a_session_has_a_secret(home):
    secrets = session(home)
    check(len(secrets) >= 7, f"{len(secrets)} secrets")
    searched = 0
    for path, data in files(home):
        searched += 1
        for secret in secrets:
            for shape in shapes(secret):
                check(shape not in data, f"{path} has {secret} as {shape!r}")
    say(f"{len(secrets)} secrets in 9 shapes looked for in {searched} files (store, log, shared memory, "
        f"anchor, backup, exports, audit): nowhere")


@test
def a_secret_is_written_to_standard_output_and_nowhere_else(home):
    home.create("a")
    log = os.path.join(home.path, "trace")
    seen = 0
    for args in (["key", "create", "--name", "b"], ["--json", "key", "rotate", "a"]):
        result = strace(home, args, "write writev pwrite64 pwritev sendto sendmsg execve connect",
                        log=log, shown=8192)
        secret = secrets_in(result.out)[0]
        with open(log, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if secret[-20:] in line or secret in line:
                    seen += 1
                    check(re.match(r"\d+ +write\(1, ", line), f"written elsewhere: {line}")
    equal(2, seen, "the trace shows where it was written")


@test
def a_secret_in_the_arguments_is_refused_and_not_echoed(home):
    secret = home.create("a")["secret"]
    for args in (["key", "verify", secret], ["key", "identify", secret], ["key", "show", secret],
                 ["key", "revoke", secret, "--yes"], ["key", "verify", "--secret", secret]):
        result = home.run(*args, input="")
        check(result.code != 0, str(result))
        lacks(secret[-38:], result.out + result.err, "echoed")


def held(home):
    """A process that has made a secret and can't get it out: it waits in write(2)."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    process = home.start("--json", "key", "create", "--name", "held", stdout=writer,
                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)))
    os.close(writer)
    wait_for(lambda: pending(home), "the pending key")
    return process, reader


@test
def a_process_with_a_secret_leaves_no_core(home):
    home.create("a")
    process, reader = held(home)
    with open(f"/proc/{process.pid}/limits", encoding="ascii") as limits:
        line = next(line for line in limits if line.startswith("Max core file size"))
    equal(["0", "0"], line.split()[4:6], "core limit, though it was started without one")
    for name in ("cmdline", "environ"):
        with open(f"/proc/{process.pid}/{name}", "rb") as file:
            equal([], secrets_in(file.read().decode("utf-8", "replace")))
    before = set(os.listdir(home.path))
    process.send_signal(signal.SIGABRT)
    process.communicate()
    os.close(reader)
    equal(-signal.SIGABRT, process.returncode)
    equal(before, set(os.listdir(home.path)), "a core was left")
    say("killed by SIGABRT with a secret in memory: no core, core limit 0")


@test
def another_process_of_the_user_cannot_look_into_it(home):
    if os.geteuid() != 0:
        skip("the look at a process's owner is taken as root")
    if "/asan/" in BINARY:
        skip("builds with a leak checker stay open to it")
    home.create("a")
    subprocess.run(["chown", "-R", "65534:65534", home.path], check=True)
    probe = [need("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups", "--", BINARY]
    if home.run("--version", binary=probe).code:
        skip("the binary can't be run by another user here")
    process = home.start("key", "verify", binary=probe)     # waits for its secret

    def started():
        return not os.readlink(f"/proc/{process.pid}/exe").endswith("setpriv")
    wait_for(started, "the program")
    wait_for(lambda: os.stat(f"/proc/{process.pid}/mem").st_uid == 0, "a process that is not dumpable")
    process.communicate(b"")


in_memory()
main()
