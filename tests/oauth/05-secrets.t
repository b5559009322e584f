#!/usr/bin/python3
"""After sessions with every kind of client the secrets are looked for: client secrets and keys, device
codes, access, refresh and ID tokens, assertions, code verifiers. In every file of the home, in what was
printed and traced, in arguments and environments, in what was written to any file, in a core."""

import base64
import hashlib
import json
import os
import re
import resource
import signal
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import say, traced_env  # noqa: E402
from oauth import DeviceRun, approved, each, shared_oidc  # noqa: E402
from tap import BINARY, check, equal, main, need, skip, test  # noqa: E402

SCOPE = "openid profile email offline_access"
CLIENTS = ["public", "basic", "post", "secret-jwt", "key-jwt"]


def shapes(secret):
    """A secret, its last part, and what encodings make of it."""
    raw = secret.encode()
    return {raw, raw[-20:], raw.hex().encode(), base64.b64encode(raw), base64.urlsafe_b64encode(raw).rstrip(b"="),
            urllib.parse.quote(secret, safe="").encode(), urllib.parse.quote_plus(secret).encode(),
            json.dumps(secret)[1:-1].encode(), raw[::-1], "".join(c + "\0" for c in secret).encode(),
            hashlib.sha256(raw).digest(), hashlib.sha256(raw).hexdigest().encode()}


def with_client(oidc, home, client, said):
    """Everything that can be done with a grant, with one client."""
    name = "idp-" + client

    def run(*args, **more):
        result = home.run(*args, **more)
        said.append((" ".join(args), result.raw + result.raw_err))
        return result

    options = oidc.options(home, client, "--scope", SCOPE)
    equal(0, run("provider", "add", name, *options).code)
    if os.path.exists(os.path.join(home.path, "secret-" + client)):
        os.unlink(os.path.join(home.path, "secret-" + client))
    flow = DeviceRun(home, name, "--save", "--trace")
    approved(oidc, flow)
    grant = flow.ended(0)["grant"]
    said.append(("device run", b"".join(flow.lines) + flow.err))
    for verb in (["grant", "show", grant], ["grant", "list"], ["--json", "grant", "refresh", grant],
                 ["grant", "userinfo", grant], ["grant", "introspect", grant], ["provider", "show", name],
                 ["--json", "provider", "list"], ["grant", "revoke", grant, "--yes"], ["grant", "refresh", grant]):
        run(*verb)
    # One that stays, one that was refused, one that is under way.
    flow = DeviceRun(home, name, "--save")
    code = approved(oidc, flow)
    flow.ended(0)
    refused = DeviceRun(home, name, "--save", "--trace")
    code = refused.wait("code")
    oidc.user().deny(code["verification_uri"], code["user_code"])
    refused.ended(1)
    said.append(("device run", b"".join(refused.lines) + refused.err))
    left = DeviceRun(home, name, "--save")
    left.wait("pending")
    left.signal(signal.SIGKILL)
    left.result()


def key_body(oidc):
    with open(os.path.join(oidc.folder, "client-key.pem"), encoding="ascii") as file:
        lines = file.read().splitlines()
    return [line for line in lines if len(line) > 40]


def session(home):
    oidc, said = shared_oidc(), []
    each(lambda client: with_client(oidc, home, client, said), CLIENTS)
    home.ok("store", "backup", os.path.join(home.path, "backup.db"))
    home.file("audit.jsonl", home.ok("audit", "export").raw)
    home.file("check", home.run("store", "check").raw)
    home.ok("store", "rekey", "--yes")
    home.file("providers", home.ok("--json", "provider", "list").raw)
    secrets = oidc.given() + key_body(oidc)
    check(len(secrets) > 50, f"{len(secrets)} secrets only")
    return secrets, said


def look(secrets, places):
    for what, data in places:
        for secret in secrets:
            for shape in shapes(secret):
                check(shape not in data, f"{what} has {secret!r} as {shape!r}")


def files(home):
    for folder, _, names in os.walk(home.path):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                yield path, file.read()


@test
def no_file_and_no_output_of_a_session_has_a_secret(home):
    secrets, said = session(home)
    found = list(files(home))
    look(secrets, found + said)
    say(f"{len(secrets)} secrets in {len(shapes(secrets[0]))} shapes looked for in {len(found)} files (store, log, "
        f"anchor, backup, audit) and {len(said)} outputs (traces): nowhere")


@test
def tokens_are_written_to_standard_output_and_nowhere_else(home):
    oidc = shared_oidc()
    oidc.add(home, "basic", "--scope", SCOPE)
    log = os.path.join(home.path, "trace")
    binary = [need("strace"), "-f", "-qq", "-o", log, "-s", "65536", "-e",
              "trace=write,writev,pwrite64,pwritev,execve,openat", "-E",
              "ASAN_OPTIONS=" + traced_env()["ASAN_OPTIONS"], BINARY]
    run = DeviceRun(home, "idp", "--save", "--show-tokens", binary=binary)
    approved(oidc, run)
    success = run.ended(0)
    tokens = [success[name] for name in ("access_token", "refresh_token")]
    secrets = [*tokens, *oidc.given()]
    seen = 0
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if any(secret in line for secret in secrets):
                seen += 1
                check(re.match(r"\d+ +write\(1, ", line), f"written elsewhere: {line[:200]}")
    check(seen, "the trace shows where they were written")


@test
def a_process_under_way_has_no_secret_in_its_arguments_or_environment(home):
    oidc = shared_oidc()
    oidc.add(home, "post")
    run = DeviceRun(home, "idp", "--save")
    run.wait("pending")
    for name in ("cmdline", "environ"):
        with open(f"/proc/{run.pid}/{name}", "rb") as file:
            look(oidc.given(), [(name, file.read())])
    run.signal(signal.SIGINT)
    run.ended(130)


@test
def secrets_are_refused_as_arguments(home):
    oidc = shared_oidc()
    for option in ("--client-secret", "--client-key"):
        result = home.run("provider", "add", "x", "--issuer", oidc.issuer, "--client-id", "basic", option,
                          oidc.secrets["basic"])
        equal(2, result.code, str(result))
        look([oidc.secrets["basic"]], [(option, result.raw + result.raw_err)])


@test
def a_process_with_a_device_code_leaves_no_core(home):
    if "/asan/" in BINARY:
        skip("a sanitizer takes the signal")
    oidc = shared_oidc()
    oidc.add(home, "post")
    run = DeviceRun(home, "idp", "--save",
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)))
    run.wait("pending")
    with open(f"/proc/{run.pid}/limits", encoding="ascii") as limits:
        line = next(line for line in limits if line.startswith("Max core file size"))
    equal(["0", "0"], line.split()[4:6], "core limit, though it was started without one")
    before = set(os.listdir(home.path))
    run.signal(signal.SIGABRT)
    equal(-signal.SIGABRT, run.result().code)
    equal(before, set(os.listdir(home.path)), "a core was left")


def mappings(pid):
    """(start, end, whether a core would have it) of what can be read and written."""
    found, here = [], None
    with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line)
            if match:
                here = (int(match[1], 16), int(match[2], 16), match[3])
            elif line.startswith("VmFlags:") and here and here[2].startswith("rw"):
                found.append((here[0], here[1], "dd" not in line.split()))
    return found


@test
def between_two_polls_secrets_are_only_where_no_core_would_have_them(home):
    if os.geteuid() != 0:
        skip("another process's memory is looked at as root")
    if "/asan/" in BINARY:
        skip("a sanitizer keeps what was freed")
    oidc = shared_oidc()
    oidc.set(interval=5)
    oidc.add(home, "post")
    run = DeviceRun(home, "idp", "--save")
    run.wait("pending")
    code = oidc.requests("device")[0]["answer"]["device_code"]
    spread = []
    with open(f"/proc/{run.pid}/mem", "rb") as memory:
        for start, end, dumped in mappings(run.pid):
            memory.seek(start)
            data = memory.read(end - start)
            for name, secret in (("device code", code), ("client secret", oidc.secrets["post"])):
                for shape in (secret.encode(), urllib.parse.quote_plus(secret).encode()):
                    if shape in data:
                        spread.append((name, hex(start), dumped))
    run.signal(signal.SIGINT)
    run.ended(130)
    equal([], [place for place in spread if place[2]], "in memory that a core would have")


main(workers=3)
