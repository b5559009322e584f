#!/usr/bin/python3
"""An administrator on a jump host: a real OpenSSH server on loopback, the console in its session, the audit
with the fingerprint of the SSH key that was used."""
import getpass
import os
import re
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from tap import BINARY, check, contains, equal, main, match, need, skip, test, wait_for  # noqa: E402
from tmux import Tmux  # noqa: E402


class Sshd:
    """sshd of the test's own: a free port on loopback, its own keys, stopped by its process id."""

    def __init__(self, home):
        self.home = home
        program = need("/usr/sbin/sshd")
        need("ssh")
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        self.folder = home.folder("ssh")
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.path(name)],
                           check=True)
        self.write("authorized", open(self.path("user.pub"), encoding="ascii").read())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        env = " ".join(f"{k}={home.env[k]}" for k in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "LC_ALL", "TZ"))
        self.write("config", f"""
Port {self.port}
ListenAddress 127.0.0.1
HostKey {self.path('host')}
AuthorizedKeysFile {self.path('authorized')}
PidFile {self.path('pid')}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
PermitUserEnvironment no
ExposeAuthInfo yes
PrintMotd no
SetEnv {env}
""")
        self.process = subprocess.Popen([program, "-D", "-e", "-f", self.path("config")],
                                        stderr=open(self.path("log"), "w", encoding="utf-8"))
        wait_for(self.answers, "sshd to listen")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as out:
            out.write(text)
        os.chmod(self.path(name), 0o600)

    def answers(self):
        if self.process.poll() is not None:
            skip("sshd does not start: " + open(self.path("log"), encoding="utf-8").read().strip())
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def argv(self, *command):
        return ["ssh", "-tt", "-F", "/dev/null", "-i", self.path("user"), "-p", self.port,
                "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR",
                "-o", f"UserKnownHostsFile={self.path('known')}",
                f"{getpass.getuser()}@127.0.0.1", *command]

    def console(self, **more):
        return Tmux(self.home, argv=self.argv(BINARY, "--no-syslog"), env={"TERM": "tmux-256color"}, **more)

    def fingerprint(self):
        out = subprocess.run(["ssh-keygen", "-l", "-f", self.path("user.pub")], capture_output=True, text=True,
                             check=True).stdout
        return re.search(r"SHA256:\S+", out).group(0)

    def close(self):
        self.process.terminate()
        self.process.wait()


def with_sshd(function):
    def run(home):
        sshd = Sshd(home)
        try:
            function(home, sshd)
        finally:
            for terminal in home._terminals:
                terminal.close()
            sshd.close()
    run.__name__ = function.__name__
    return test(run)


def store_secret(screen, before=""):
    """Takes the secret from the show-once box by OSC 52 and closes it."""
    screen.wait("shown this once")
    screen.type("y")
    screen.wait("sent to your terminal")
    secret = screen.clipboard(before)
    screen.keys("Tab", "Enter")
    screen.gone("shown this once")
    return secret


def form_fill(screen, label, text):
    """Goes to a field of the open form and replaces what is in it."""
    for _ in range(20):
        if re.search(rf"^.*{label} +\S*.*$", screen.lines[screen_cursor(screen)]):
            break
        screen.keys("Tab")
    screen.keys("C-u")
    screen.type(text)


def screen_cursor(screen):
    return int(screen.tmux("display-message", "-p", "#{cursor_y}"))


@with_sshd
def a_key_lives_its_whole_life_over_ssh(home, sshd):
    screen = sshd.console()
    screen.wait("Welcome to authrack")
    screen.type("c")
    screen.wait("nothing is stored before")
    screen.type("over-ssh")
    screen.keys("C-s")
    first = store_secret(screen)
    screen.wait("active +over-ssh")

    screen.type("R")
    screen.wait("Rotate over-ssh, v1 → v2")
    screen.keys("C-u")
    screen.type("2h")
    screen.wait("v1 ends|= ")
    screen.keys("C-s")
    second = store_secret(screen, first)
    screen.wait("in grace +over-ssh")
    equal(["VALID", "VALID"], [home.verify(first), home.verify(second)])
    ends = [v["valid_until"] for v in home.json("key", "show", "over-ssh")["versions"] if v["version"] == 1]
    created = home.json("key", "show", "over-ssh")["versions"][0]["created_at"]
    equal(2 * 3600, seconds(ends[0]) - seconds(created), "grace of the first version")

    screen.type("X")
    screen.wait("cannot be undone")
    form_fill(screen, "to revoke:", "over-ssh")
    screen.keys("Tab")
    screen.wait("\\[ Revoke \\]")
    screen.keys("C-s")
    screen.wait("revoked +over-ssh")
    equal(["REVOKED", "REVOKED"], [home.verify(first), home.verify(second)])

    screen.type("7")
    for operation in ("key.create", "key.rotate", "key.revoke"):
        screen.wait(f"{operation} +over-ssh")
    screen.wait(re.escape(sshd.fingerprint()[:12]))
    screen.wait("127.0.0.1")
    for event in home.rows("audit", "list"):
        claimed = event["actor"]["claimed"]
        contains(sshd.fingerprint(), claimed["ssh_key"], event["operation"])
        equal("127.0.0.1", claimed["client"])
    screen.type("q")
    screen.ended()


def seconds(text):
    import datetime
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


@with_sshd
def a_session_killed_in_a_form_loses_nothing_and_leaves_no_lock(home, sshd):
    home.create("stays")
    screen = sshd.console()
    screen.wait("active +stays")
    screen.type("c")
    screen.wait("nothing is stored before")
    screen.type("never-made")
    screen.wait("never-made")
    os.kill(screen.pid, signal.SIGKILL)  # the ssh client: the connection drops
    screen.ended()
    wait_for(lambda: not consoles(home), "the console on the server to end")
    home.ok("key", "edit", "stays", "--note", "written after", "--wait", "2s")
    equal(["stays"], [row["name"] for row in home.rows("key", "list")])
    home.ok("store", "check")


def consoles(home):
    """Process ids of consoles on this home's store."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if file.read().split(b"\0")[0] != BINARY.encode():
                    continue
            for descriptor in os.listdir(f"/proc/{pid}/fd"):
                if os.readlink(f"/proc/{pid}/fd/{descriptor}").startswith(home.path):
                    found.append(int(pid))
                    break
        except OSError:
            continue
    return found


@with_sshd
def the_command_line_over_ssh_tells_who_it_was(home, sshd):
    done = subprocess.run([*map(str, sshd.argv(BINARY, "--no-syslog", "key", "create", "--name", "scripted",
                                               "--quiet"))], capture_output=True, stdin=subprocess.DEVNULL)
    equal(0, done.returncode, done.stderr.decode())
    match(r"^ak_", done.stdout.decode())
    event = home.rows("audit", "list")[0]
    contains(sshd.fingerprint(), event["actor"]["claimed"]["ssh_key"])
    check("uid" in event["actor"], "the kernel's part is there too")


main()
