"""The real binary in a real terminal: a tmux server of the test's own, driven by keys, read as a screen."""
import os
import re
import shlex
import subprocess
import tempfile

from tap import BINARY, fail, need, wait_for


class Tmux:
    """One program in one pane; `lines` is what stands on the screen."""

    def __init__(self, home, args=(), size=(80, 24), env=None, argv=None, term="tmux-256color"):
        self.program = need("tmux")
        self.home = home
        self.socket = os.path.join(tempfile.mkdtemp(dir=home.path), "tmux")
        conf = home.file("tmux.conf", f"set -g default-terminal {term}\nset -sg escape-time 0\n"
                                      "set -g status off\nset -g remain-on-exit on\n"
                                      "set -g set-clipboard on\nset -g allow-passthrough on\n")
        command = argv or [BINARY, "--no-syslog", *map(str, args)]
        names = {**home.env, **(env or {})}
        names.pop("TERM", None)
        if env and "TERM" in env:
            names["TERM"] = env["TERM"]
        self.status = os.path.join(os.path.dirname(self.socket), "status")
        program = " ".join(shlex.quote(str(word)) for word in
                           ["env", *(f"{k}={v}" for k, v in names.items()), *command])
        # The shell around it keeps the exit status: tmux 3.3 may miss it.
        self.tmux("-f", conf, "new-session", "-d", "-x", size[0], "-y", size[1],
                  f"{program}; echo $? > {shlex.quote(self.status)}")
        shell = int(self.tmux("display-message", "-p", "#{pane_pid}"))
        self.pid = wait_for(lambda: self._child(shell), "the program to start")
        home._terminals.append(self)

    def tmux(self, *args, input=None):
        done = subprocess.run([self.program, "-u", "-S", self.socket, *map(str, args)], input=input,
                              capture_output=True, env={**self.home.env, "TERM": "xterm-256color"})
        if done.returncode:
            fail(f"tmux {args}: {done.stderr.decode()}")
        return done.stdout.decode("utf-8", "replace")

    def keys(self, *names):
        """tmux key names: Enter, Escape, Down, C-s, F1 …"""
        self.tmux("send-keys", *names)

    def type(self, text):
        self.tmux("send-keys", "-l", "--", text)

    def paste(self, text):
        """A bracketed paste, where the program asked for it."""
        self.tmux("load-buffer", "-", input=text if isinstance(text, bytes) else text.encode())
        self.tmux("paste-buffer", "-p", "-r")

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", columns, "-y", rows)

    @property
    def lines(self):
        return [line.rstrip() for line in self.tmux("capture-pane", "-p").split("\n")]

    @property
    def text(self):
        return "\n".join(self.lines)

    def history(self):
        """Screen and scrollback."""
        return self.tmux("capture-pane", "-p", "-S", "-")

    def wait(self, pattern, patience=None):
        """Waits until a regular expression matches the screen; gives the match."""
        expression = re.compile(pattern, re.MULTILINE)
        try:
            return wait_for(lambda: expression.search(self.text), f"/{pattern}/", patience)
        except AssertionError:
            fail(f"/{pattern}/ is not on the screen:\n{self.text}")

    def gone(self, pattern):
        """Waits until a regular expression no longer matches the screen."""
        expression = re.compile(pattern, re.MULTILINE)
        return wait_for(lambda: not expression.search(self.text), f"/{pattern}/ to go")

    @staticmethod
    def _child(shell):
        with open(f"/proc/{shell}/task/{shell}/children", encoding="ascii") as file:
            return next((int(word) for word in file.read().split()), None)

    def ended(self):
        """Waits for the program's end; gives its exit status (128 + signal when killed)."""
        def written():
            try:
                with open(self.status, encoding="ascii") as file:
                    return file.read()
            except FileNotFoundError:
                return ""
        return int(wait_for(written, "the end of the program"))

    def clipboard(self, before=""):
        """Waits for what the program puts into tmux's buffer by OSC 52, other than `before`."""
        def changed():
            done = subprocess.run([self.program, "-S", self.socket, "show-buffer"], capture_output=True)
            text = done.stdout.decode()
            return text if done.returncode == 0 and text != before else ""
        return wait_for(changed, "the clipboard")

    def close(self):
        subprocess.run([self.program, "-S", self.socket, "kill-server"], capture_output=True)
