#!/usr/bin/python3
"""The app of the introduction before (a dict of keys) and after (one dependency that asks authrack): the
same calls get the same answers, and then keys do what a dict can't."""
import contextlib
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from recipes import Server, ask, free_port, recipe  # noqa: E402
from serve import on_socket  # noqa: E402
from tap import BINARY, ROOT, check, equal, main, need, skip, test  # noqa: E402

HERE = os.path.join(ROOT, "tests", "serve")


def python_has(*modules):
    if subprocess.run(["/usr/bin/python3", "-c", "import " + ", ".join(modules)], check=False,
                      stderr=subprocess.DEVNULL).returncode:
        skip(f"Python has not all of {' '.join(modules)}")


def app(home, folder, module):
    port = free_port()
    env = {**home.env, "PYTHONDONTWRITEBYTECODE": "1"}
    return Server(["/usr/bin/python3", need("uvicorn"), "--app-dir", folder, "--port", port, "--no-proxy-headers",
                   "--log-level", "warning", f"{module}:app"], port, os.path.join(home.path, f"{module}.log"), env=env, cwd=home.path)


@contextlib.contextmanager
def after(home):
    """The app as the recipe has it, with its service."""
    folder = home.folder("after")
    with on_socket(home) as serve:
        recipe("fastapi_app.py", folder, {"/run/authrack/serve.sock": serve.address()})
        with app(home, folder, "fastapi_app") as running:
            yield running, serve


def move_in(home):
    """The command of the README, as it stands there."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        command = re.search(r"^python3 -c 'from app import KEYS;.*?authrack key import -$", file.read(),
                            re.MULTILINE | re.DOTALL)[0]
    folder = home.folder("bin")
    for name, target in (("authrack", BINARY), ("python3", "/usr/bin/python3")):
        os.symlink(target, os.path.join(folder, name))
    env = {**home.env, "PATH": f"{folder}:{home.env['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(["sh", "-eu", "-c", command], cwd=HERE, env=env, check=True, capture_output=True)


def keys():
    sys.dont_write_bytecode = True
    sys.path.insert(0, HERE)
    from app import KEYS  # pylint: disable=import-outside-toplevel
    return KEYS


@test
def the_same_calls_get_the_same_answers(home):
    python_has("fastapi", "httpx")
    tokens = list(keys())
    move_in(home)
    wrong = [tokens[0][:-1], tokens[0][:-1] + "x", tokens[0].upper(), "x", "", "é" * 20, "x" * 5000, "a b"]
    with app(home, HERE, "app") as before, after(home) as (now, _):
        for headers in [{}] + [{"X-API-Key": key} for key in tokens + wrong]:
            for path in ("/me", "/report", "/none"):
                told = [ask(one.where, path, {n: v.encode("latin-1") for n, v in headers.items()})
                        for one in (before, now)]
                equal((told[0].status, told[0].body), (told[1].status, told[1].body), f"{path} {headers}")
        equal({"user": "ada", "tier": "gold"}, ask(now.where, "/me", {"X-API-Key": tokens[0]}).json)


@test
def a_key_is_made_rotated_limited_and_revoked_under_the_running_app(home):
    python_has("fastapi", "httpx")
    home.create("first")
    with after(home) as (now, _):
        def call(secret):
            return ask(now.where, "/me", {"X-API-Key": secret})

        old = home.create("ada", "--tier", "gold")["secret"]
        equal({"user": "ada", "tier": "gold"}, call(old).json)
        new = home.json("key", "rotate", "ada", "--grace", "1h")["secret"]
        equal([200, 200], [call(old).status, call(new).status])
        home.ok("key", "rotate", "ada", "--finish", "--yes")
        equal([401, 200], [call(old).status, call(new).status])
        home.ok("key", "edit", "ada", "--limit", "1/hour")
        equal([200, 429], [call(new).status, call(new).status])
        check(int(call(new)["Retry-After"]) > 0)
        home.ok("key", "revoke", "ada", "--yes")
        equal(401, call(new).status)


@test
def the_address_of_the_caller_counts(home):
    python_has("fastapi", "httpx")
    inside = home.create("inside", "--allow-from", "127.0.0.1")["secret"]
    outside = home.create("outside", "--allow-from", "10.0.0.0/8")["secret"]
    with after(home) as (now, _):
        equal(200, ask(now.where, "/me", {"X-API-Key": inside}).status)
        equal(403, ask(now.where, "/me", {"X-API-Key": outside, "X-Forwarded-For": "10.0.0.1"}).status)


@test
def nobody_is_let_in_while_the_service_is_gone(home):
    python_has("fastapi", "httpx")
    secret = home.create("ada")["secret"]
    with after(home) as (now, serve):
        equal(200, ask(now.where, "/me", {"X-API-Key": secret}).status)
        equal(0, serve.stop())
        equal(503, ask(now.where, "/me", {"X-API-Key": secret}).status)
        with on_socket(home):
            equal(200, ask(now.where, "/me", {"X-API-Key": secret}).status)


main(workers=2)
