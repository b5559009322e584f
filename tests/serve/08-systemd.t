#!/usr/bin/python3
"""The units for systemd: sound, closed, and the service lives with what they leave it."""
import os
import re
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from serve import Connection, request  # noqa: E402
from tap import BINARY, ROOT, check, contains, equal, main, match, need, skip, test, wait_for  # noqa: E402

UNITS = os.path.join(ROOT, "share", "systemd")


def unit(name):
    with open(os.path.join(UNITS, name), encoding="utf-8") as file:
        return file.read()


def analyze(*args, code=0):
    done = subprocess.run([need("systemd-analyze"), "--no-pager", *args], capture_output=True, text=True, check=False)
    equal(code, done.returncode, done.stdout + done.stderr)
    return done.stdout


def groups():
    """The named sets of system calls, each with its members (which may be sets)."""
    found, name = {}, None
    for line in analyze("syscall-filter").splitlines():
        word = line.strip()
        if line.startswith("@"):
            name = word
            found[name] = set()
        elif word and not word.startswith("#") and name:
            found[name].add(word)
    return found


def spread(sets, word):
    if word not in sets:
        return {word}
    return set().union(*(spread(sets, part) for part in sets[word]))


def allowed_calls():
    sets, allowed = groups(), set()
    for line in re.findall(r"^SystemCallFilter=(.*)$", unit("authrack.service"), re.MULTILINE):
        words = set().union(*(spread(sets, word) for word in line.lstrip("~").split()))
        allowed = allowed - words if line.startswith("~") else allowed | words
    return allowed


@test
def systemd_finds_nothing_wrong_in_them(home):
    for name in ("authrack.service", "authrack.socket"):
        text = re.sub(r"^Documentation=.*\n", "", unit(name), flags=re.MULTILINE)
        home.file(name, text.replace("/usr/local/bin/authrack", BINARY))
    done = subprocess.run([need("systemd-analyze"), "verify", os.path.join(home.path, "authrack.service"),
                           os.path.join(home.path, "authrack.socket")], capture_output=True, text=True, check=False)
    equal((0, ""), (done.returncode, done.stderr))


@test
def the_service_is_closed_as_far_as_it_can_be(home):
    figure = match(r"overall exposure level for \S+: ([\d.]+)",
                   analyze("security", "--offline=true", os.path.join(UNITS, "authrack.service")).lower())[1]
    print(f"# exposure {figure}")
    check(float(figure) <= 1.0, figure)


@test
def its_user_and_its_folder_are_those_of_the_host(home):
    with open(os.path.join(ROOT, "share/host/authrack.sysusers"), encoding="utf-8") as file:
        folder = match(r'^u authrack - ".*" (\S+)', file.read())[1]
    text = unit("authrack.service")
    contains("\nUser=authrack\n", text)
    contains(f"\nStateDirectory={os.path.basename(folder)}\n", text)
    contains(f"\nLoadCredential=authrack-master-key:{folder}/", text)
    equal("/var/lib", os.path.dirname(folder))


def ask(path, where, headers):
    with Connection(path) as connection:
        return connection.send(request("GET", where, headers)).answer()


class Activated:
    """The service as systemd starts it: socket, master key and the way to say "ready" are handed to it."""

    def __init__(self, home, trace):
        self.path = os.path.join(home.path, "serve.sock")
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(self.path)
        self.listening.listen()
        self.told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.told.bind(os.path.join(home.path, "notify"))
        self.told.settimeout(60)
        folder = home.folder("credentials")
        os.rename(home.master, os.path.join(folder, "authrack-master-key"))
        os.chmod(folder, 0o500)
        env = {**home.env, "NOTIFY_SOCKET": os.path.join(home.path, "notify"), "LISTEN_FDS": "1",
               "CREDENTIALS_DIRECTORY": folder}
        argv = [need("strace"), "-f", "-qq", "-o", trace, "sh", "-c",
                'LISTEN_PID=$$ exec "$0" serve --trusted-proxy unix', BINARY]
        self.process = subprocess.Popen(argv, env=env, cwd=home.path, stdin=subprocess.DEVNULL,
                                        preexec_fn=lambda: os.dup2(self.listening.fileno(), 3),
                                        pass_fds=(3, self.listening.fileno()), stderr=subprocess.PIPE)

    def wait_told(self, word):
        while word not in self.told.recv(4096).decode().splitlines():
            pass


def service_pid(strace):
    with open(f"/proc/{strace}/task/{strace}/children", encoding="ascii") as file:
        return int(file.read().split()[0])


@test
def it_needs_no_system_call_that_the_unit_forbids(home):
    if "asan" in BINARY:
        skip("the sanitizers' own system calls")
    allowed = allowed_calls()
    need("strace")
    trace = os.path.join(home.path, "trace")
    secret = home.create("billing", "--limit", "1000/min")["secret"]
    serve = Activated(home, trace)
    serve.wait_told("READY=1")
    for headers in ({"X-API-Key": secret}, {"X-API-Key": "wrong"}, {}):
        for path in ("/v1/verify", "/v1/auth", "/v1/auth/nginx", "/metrics", "/readyz", "/healthz"):
            ask(serve.path, path, headers)
    os.kill(service_pid(serve.process.pid), signal.SIGHUP)
    equal(200, ask(serve.path, "/v1/verify", {"X-API-Key": secret}).status)
    wait_for(lambda: b"pwrite64" in reading(trace) or b"fdatasync" in reading(trace), "a write of the counts")
    os.kill(service_pid(serve.process.pid), signal.SIGTERM)
    _, said = serve.process.communicate(timeout=60)
    equal(0, serve.process.returncode, said.decode())
    lines = reading(trace).decode("utf-8", "replace").splitlines()
    begin = next(i for i, line in enumerate(lines) if "execve(" in line and '"serve"' in line)
    ours = lines[begin:]
    made = set(re.findall(r"^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)", "\n".join(ours), re.MULTILINE))
    check("accept4" in made or "accept" in made, str(made))
    # SQLite hands its files to the store's owner, where it is run by root.
    equal(set(), made - allowed - ({"fchown"} if os.geteuid() == 0 else set()), "not allowed")
    families = set(re.findall(r"\bsocket\((AF_\w+)", "\n".join(ours)))
    check(families <= {"AF_UNIX"}, str(families))
    for line in ours:
        check(not re.search(r"(mmap|mprotect|pkey_mprotect)\(.*PROT_WRITE\|PROT_EXEC", line), line)
        check(not re.search(r"mprotect\(.*PROT_EXEC", line), line)


def reading(path):
    with open(path, "rb") as file:
        return file.read()


main()
