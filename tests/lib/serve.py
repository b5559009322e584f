"""The service as a test runs it: started on a free port over the home's own store, spoken to byte by byte.

    with Service(home, "--explain") as service:
        answer = service.get("/v1/verify", {"X-API-Key": secret})
        equal(200, answer.status)
"""

import json
import os
import re
import select
import signal
import socket
import subprocess
import threading

from tap import PATIENCE, fail, wait_for


class Answer:
    """One HTTP answer: status, fields (names in lower case, in order), body, and all its bytes."""

    def __init__(self, status, fields, body, raw):
        self.status, self.fields, self.body, self.raw = status, fields, body, raw

    def __getitem__(self, name):
        """The one field of that name, None without."""
        found = [value for key, value in self.fields if key == name.lower()]
        if len(found) > 1:
            fail(f"{len(found)} fields {name} in {self.raw!r}")
        return found[0] if found else None

    def __str__(self):
        return f"{self.status} {self.fields} {self.body!r}"

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The status, and the code of the error or the verdict."""
        if self.body:
            return self.status, self.json.get("code") or self.json["error"]["code"]
        return self.status, self["X-Auth-Code"]

    @property
    def undated(self):
        """The bytes without the Date."""
        return re.sub(rb"Date: [^\r]*\r\n", b"", self.raw)


class Connection:
    """A connection to the service, for whatever bytes."""

    def __init__(self, address):
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(PATIENCE)
            self.socket.connect(address)
        else:
            self.socket = socket.create_connection(address, PATIENCE)
        self.rest = b""

    def send(self, data):
        self.socket.sendall(data)
        return self

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            data = b""
        except TimeoutError:
            fail(f"no answer; so far: {self.rest!r}")
        self.rest += data
        return data

    def answer(self, bodiless=False):
        """The next answer; None where the connection ends before it. `bodiless`: to a HEAD."""
        while b"\r\n\r\n" not in self.rest:
            if not self._more():
                return None
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        pairs = [line.split(":", 1) for line in lines[1:]]
        fields = [(name.lower(), value.strip()) for name, value in pairs]
        length = 0 if bodiless else int(dict(fields).get("content-length", 0))
        while len(self.rest) < length:
            if not self._more():
                fail(f"the body ends early: {head!r} {self.rest!r}")
        body, self.rest = self.rest[:length], self.rest[length:]
        if status == 100:
            return self.answer(bodiless)
        return Answer(status, fields, body, head + b"\r\n\r\n" + body)

    def ends(self):
        """Waits for the other side to end it; gives what still came."""
        while self._more():
            pass
        return self.rest

    def is_open(self, patience=0):
        """Nothing came, and it was not ended; waits so many seconds for either."""
        return not select.select([self.socket], [], [], patience)[0]

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def request(method, path, headers=(), body=None, version="1.1"):
    """The bytes of a request. `headers`: a dictionary, or pairs where a name comes twice."""
    pairs = list(headers.items() if isinstance(headers, dict) else headers)
    if not any(name.lower() == "host" for name, _ in pairs):
        pairs.insert(0, ("Host", "service"))
    if body is not None:
        pairs.append(("Content-Length", str(len(body))))
    lines = [f"{method} {path} HTTP/{version}"] + [f"{name}: {value}" for name, value in pairs]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + (body or b"")


def _dashed(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


class Service:
    """`authrack serve` with the options given, on a free port of loopback unless they say where."""

    def __init__(self, home, *options, listen=("127.0.0.1:0",), threads=2, **start):
        args = ["serve", "--threads", str(threads)]
        for where in listen:
            args += ["--listen", where]
        self.log = ""
        self.process = home.start(*args, *options, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, **start)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        wait_for(lambda: "listening on" in self.log or self.process.poll() is not None, "the start")
        if "listening on" not in self.log:
            self._reader.join(PATIENCE)
            fail(f"did not start: {self.log}")
        self.addresses = self.log.split("listening on ")[1].split(";")[0].split(", ")

    def _read(self):
        for line in self.process.stderr:
            self.log += line.decode("utf-8", "replace")

    def address(self, index=0):
        name = self.addresses[index]
        if name.startswith("unix:"):
            return name[len("unix:"):]
        host, port = name.rsplit(":", 1)
        return host.strip("[]"), int(port)

    @property
    def port(self):
        return self.address()[1]

    def connect(self, index=0):
        return Connection(self.address(index))

    def ask(self, data, index=0, bodiless=False):
        """Sends bytes on a connection of their own; the answer to them, None where there is none."""
        with self.connect(index) as connection:
            return connection.send(data).answer(bodiless)

    def get(self, path, headers=(), method="GET", body=None, index=0):
        return self.ask(request(method, path, headers, body), index, method == "HEAD")

    def verify(self, secret, **headers):
        """The answer of /v1/verify for a secret; X_Authrack_Scope="a" is a header more."""
        return self.get("/v1/verify", {"X-API-Key": secret, **_dashed(headers)})

    def metric(self, name, **headers):
        """A figure of /metrics, by its name and labels as they stand there."""
        text = self.get("/metrics", _dashed(headers)).body.decode()
        found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
        return float(found.group(1)) if found else None

    def wait_log(self, text):
        wait_for(lambda: text in self.log, f"{text!r} in the log: {self.log}")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Waits for its end; gives the exit code."""
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            fail(f"does not end: {self.log}")
        self._reader.join(PATIENCE)
        return code

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.wait()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reader.join(PATIENCE)
        self.process.stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def on_socket(home, *options, **more):
    """The service as proxies and apps ask it: on a Unix socket of the home, and their word on the client counts."""
    path = os.path.join(home.path, "serve.sock")
    return Service(home, "--trusted-proxy", "unix", *options, listen=(f"unix:{path}",), **more)
