"""TAP for the end-to-end tests: each function marked @test is one point, run in a home of its own.

    from tap import test, main, equal, match

    @test
    def an_unknown_noun_is_a_usage_error(home):
        result = home.run("kye", "list", code=2)
        match("did you mean", result.err)

    main()

The binary is $AUTHRACK, else build/release/authrack. TEST_FILTER=WORD runs only the points whose
name has the word.
"""

import concurrent.futures
import fcntl
import inspect
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.path.abspath(os.environ.get("AUTHRACK") or
                         os.path.join(ROOT, "build", "release", "authrack"))
# Generous: only a hang takes so long. Valgrind and the sanitizers are slow.
PATIENCE = float(os.environ.get("TEST_PATIENCE", "60"))
SECRET = r"[a-z][a-z0-9_]{0,15}_[0-9a-hjkmnp-tv-z]{12}_[0-9A-Za-z]{38}"

_tests = []


class Skip(Exception):
    """Raised by skip()."""


class Failure(AssertionError):
    """Raised by the checks below."""


def test(function):
    """Registers a test point; its name is the function's, read as a sentence."""
    _tests.append(function)
    return function


def skip(reason):
    raise Skip(reason)


def need(program):
    """Skips the point where a program is missing; gives its path."""
    path = shutil.which(program)
    if not path:
        skip(f"{program} is not installed")
    return path


def fail(message):
    raise Failure(message)


def check(truth, message="not true"):
    if not truth:
        fail(message)


def equal(expected, got, what=""):
    if expected != got:
        fail(f"{what}\nexpected: {expected!r}\ngot:      {got!r}")


def contains(part, text, what=""):
    if part not in text:
        fail(f"{what}\n{part!r} is not in:\n{text}")


def lacks(part, text, what=""):
    if part in text:
        fail(f"{what}\n{part!r} should not be in:\n{text}")


def match(pattern, text, what=""):
    found = re.search(pattern, text, re.MULTILINE)
    if not found:
        fail(f"{what}\n/{pattern}/ does not match:\n{text}")
    return found


def wait_for(condition, what, patience=None):
    """Polls until condition() is true and gives what it returned."""
    end = time.monotonic() + (patience or PATIENCE)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            fail(f"waited in vain for {what}")
        select.select([], [], [], 0.01)


class Result:
    """What a finished process left: code, out and err as text, raw as bytes."""

    def __init__(self, args, code, out, err):
        self.args, self.code, self.raw, self.raw_err = args, code, out, err
        self.out = out.decode("utf-8", "replace")
        self.err = err.decode("utf-8", "replace")

    def __str__(self):
        return (f"$ authrack {' '.join(map(str, self.args))}\n(exit {self.code})\n"
                f"{self.out}\n-- stderr --\n{self.err}")

    @property
    def json(self):
        """The one object on standard output."""
        return json.loads(self.out)

    @property
    def rows(self):
        """JSON Lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self):
        """The error object of --json on standard error (its last line)."""
        return json.loads(self.err.splitlines()[-1])["error"]

    @property
    def lines(self):
        return self.out.splitlines()

    @property
    def secret(self):
        """The one secret that was shown."""
        found = re.findall(SECRET, self.out)
        if len(found) != 1:
            fail(f"{len(found)} secrets in:\n{self}")
        return found[0]


class Home:
    """A throw-away XDG home with its own store."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="authrack-test-")
        self.data = self.folder("data")
        self.config = self.folder("config")
        self.store = os.path.join(self.data, "authrack", "authrack.db")
        self.master = os.path.join(self.config, "authrack", "master.key")
        self.env = {
            "HOME": self.path, "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "XDG_DATA_HOME": self.data, "XDG_CONFIG_HOME": self.config,
            "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "xterm-256color", "USER": "tester",
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_PRELOAD"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        self._terminals = []

    def folder(self, name):
        path = os.path.join(self.path, name)
        os.makedirs(path, mode=0o700, exist_ok=True)
        return path

    def file(self, name, text="", mode=0o600):
        """Writes a file in the home; gives its path."""
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(path, "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)
        return path

    def start(self, *args, env=None, binary=None, **popen):
        """A running process with pipes (see subprocess.Popen)."""
        popen.setdefault("stdin", subprocess.PIPE)
        popen.setdefault("stdout", subprocess.PIPE)
        popen.setdefault("stderr", subprocess.PIPE)
        popen.setdefault("start_new_session", True)  # no /dev/tty of the tester's
        argv = (binary or [BINARY]) + [str(a) for a in args]
        return subprocess.Popen(argv, env={**self.env, **(env or {})}, cwd=self.path, **popen)

    def run(self, *args, input=b"", code=None, **more):
        """Runs to the end. `code`: the exit code there must be, None for any."""
        process = self.start(*args, **more)
        if isinstance(input, str):
            input = input.encode()
        try:
            out, err = process.communicate(input, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            fail(f"hangs: {Result(args, 'none', out or b'', err or b'')}")
        result = Result(args, process.returncode, out or b"", err or b"")
        if code is not None and result.code != code:
            fail(f"exit {result.code}, should be {code}:\n{result}")
        return result

    def ok(self, *args, **more):
        return self.run(*args, code=0, **more)

    def json(self, *args, **more):
        """The object that a command prints with --json."""
        return self.ok("--json", *args, **more).json

    def rows(self, *args, **more):
        return self.ok("--json", *args, **more).rows

    def create(self, name, *args):
        """A new key; gives its object, `secret` included."""
        return self.json("key", "create", "--name", name, *args)

    def verify(self, secret, *args, **more):
        """The verification code of a secret."""
        return self.run("--json", "key", "verify", *args, input=secret, **more).json["code"]

    def terminal(self, *args, **more):
        """The program in a terminal of its own."""
        terminal = Terminal(self, args, **more)
        self._terminals.append(terminal)
        return terminal

    def close(self):
        for terminal in self._terminals:
            terminal.close()
        subprocess.run(["chmod", "-R", "u+rwx", self.path], check=False)
        shutil.rmtree(self.path, ignore_errors=True)


class Terminal:
    """A child on a pseudo terminal: send keys, wait for text, look at what came."""

    def __init__(self, home, args, size=(24, 80), env=None, binary=None, stdin=None, stdout=None):
        argv = (binary or [BINARY]) + [str(a) for a in args]
        self.args, self.raw, self.seen, self.code = args, b"", 0, None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            self._child(argv, {**home.env, **(env or {})}, home.path, stdin, stdout, size)
        self.resize(*size)

    @staticmethod
    def _child(argv, env, folder, stdin, stdout, size):
        try:
            os.chdir(folder)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
            for number, path, flags in ((0, stdin, os.O_RDONLY),
                                        (1, stdout, os.O_WRONLY | os.O_CREAT)):
                if path:
                    os.dup2(os.open(path, flags, 0o600), number)
            os.execve(argv[0], argv, env)
        finally:
            os._exit(127)

    @property
    def text(self):
        return self.raw.decode("utf-8", "replace")

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def echo(self):
        """Is what is typed shown?"""
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def send(self, text):
        os.write(self.fd, text.encode() if isinstance(text, str) else text)

    def kill(self, number=signal.SIGKILL):
        os.kill(self.pid, number)

    def _read(self, seconds):
        """True when something was read; None at the end."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return None
        self.raw += data
        return True if data else None

    def wait(self, pattern, patience=None):
        """Waits for a regular expression in what comes from here on (behind the last match)."""
        expression = re.compile(pattern.encode(), re.MULTILINE | re.DOTALL)
        end = time.monotonic() + (patience or PATIENCE)
        while True:
            found = expression.search(self.raw, self.seen)
            if found:
                self.seen = found.end()
                return found
            more = self._read(0.2)
            if more is None or time.monotonic() > end:
                fail(f"/{pattern}/ did not come:\n{self.text!r}")

    def finish(self, code=None):
        """Reads to the end and gives the exit code (128 + signal when killed)."""
        end = time.monotonic() + PATIENCE
        while self._read(0.2) is not None:
            if time.monotonic() > end:
                fail(f"does not end:\n{self.text!r}")
        self._reap()
        if code is not None and self.code != code:
            fail(f"exit {self.code}, should be {code}:\n{self.text!r}")
        return self.code

    def _reap(self):
        if self.code is None:
            status = os.waitpid(self.pid, 0)[1]
            self.code = (128 + os.WTERMSIG(status) if os.WIFSIGNALED(status)
                         else os.WEXITSTATUS(status))

    def close(self):
        if self.code is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._reap()
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def _say(text):
    for line in text.rstrip().splitlines():
        print(f"#   {line}")


def _run(function):
    """Runs one point; gives its directive, raises on failure."""
    home = Home() if inspect.signature(function).parameters else None
    try:
        function(*([home] if home else []))
        return ""
    except Skip as reason:
        return f" # SKIP {reason}"
    finally:
        if home:
            home.close()


def _point(function):
    """(directive, what went wrong or None)"""
    try:
        return _run(function), None
    except Exception as trouble:  # a point that breaks fails; the next one runs
        return "", str(trouble) if isinstance(trouble, Failure) else traceback.format_exc()


def main(workers=1):
    """Runs all points and exits. With several workers so many of them run at a time, for tests that mostly
    wait; what they share has to bear it."""
    word = os.environ.get("TEST_FILTER", "").replace(" ", "_")
    chosen = [function for function in _tests if word in function.__name__]
    print(f"1..{len(chosen)}", flush=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        done = pool.map(_point, chosen) if workers > 1 else map(_point, chosen)
        for number, (function, (directive, trouble)) in enumerate(zip(chosen, done), 1):
            failed += trouble is not None
            print(f"{'not ' if trouble is not None else ''}ok {number} - {function.__name__.replace('_', ' ')}"
                  f"{directive}")
            _say(trouble or "")
            sys.stdout.flush()
    sys.exit(1 if failed else 0)
