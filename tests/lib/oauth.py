"""What the tests of the OAuth pillar share: npm's oidc-provider and the scripted one, saved providers, and
`device run` as a stream of events."""

import atexit
import concurrent.futures
import json
import os
import re
import shutil
import ssl
import subprocess
import tempfile
import threading
import urllib.request

import http_server
from oidc_user import User
from provider_server import ProviderServer
from tap import BINARY, PATIENCE, ROOT, Home, Result, check, equal, fail, need, skip, wait_for

NODE_MODULES = os.path.join(ROOT, "build", "npm", "node_modules")
SLOW = "/asan/" in BINARY or "/cov/" in BINARY or "TEST_SLOW" in os.environ
# What never belongs on a terminal: C0 but for the line's end and tab, DEL, C1, bidi, invisible.
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

# How each client of tests/oauth/provider.js authenticates.
METHODS = {"public": "none", "basic": "client_secret_basic", "post": "client_secret_post",
           "secret-jwt": "client_secret_jwt", "key-jwt": "private_key_jwt", "tls": "tls_client_auth"}


def each(function, items, workers=8):
    """Calls function(item) for all items in a few threads and gives the results; fails with what went wrong
    for each of them."""
    def one(item):
        try:
            return function(item), None
        except AssertionError as trouble:
            return None, f"{item}: {trouble}"
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        done = list(pool.map(one, items))
    wrong = [trouble for _, trouble in done if trouble]
    check(not wrong, "\n\n".join(wrong))
    return [result for result, _ in done]


def openssl(*args, data=None):
    return subprocess.run([need("openssl"), *args], input=data, capture_output=True, check=True).stdout


# --- npm's oidc-provider -----------------------------------------------------------------------------


class OidcProcess:
    """A process with `count` of them, `providers`. `settings` are those of tests/oauth/provider.js; `tls`:
    over TLS, with client certificates."""

    def __init__(self, count, tls=False, **settings):
        self.node = need("node")
        if not os.path.isdir(os.path.join(NODE_MODULES, "oidc-provider")):
            skip("npm's oidc-provider is not installed (tests/peers/install)")
        self.folder = tempfile.mkdtemp(prefix="authrack-oidc-")
        atexit.register(shutil.rmtree, self.folder, True)
        self._make_keys()
        self.ca = self._certificates(settings) if tls else None
        said = self._start(count, {"client_jwk": self.jwk, **settings})
        self.secrets, self.breaks = said["secrets"], said["breaks"]
        self.providers = [Oidc(self, issuer) for issuer in said["issuers"]]

    def file(self, name):
        return os.path.join(self.folder, name)

    def _make_keys(self):
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
                self.file("client-key.pem"))
        convert = ("const c=require('crypto');const k=c.createPublicKey(require('fs').readFileSync(0));"
                   "console.log(JSON.stringify({...k.export({format:'jwk'}),use:'sig',alg:'ES256'}))")
        with open(self.file("client-key.pem"), "rb") as key:
            self.jwk = json.loads(subprocess.run([self.node, "-e", convert], stdin=key, check=True,
                                                 stdout=subprocess.PIPE).stdout)

    def _certificates(self, settings):
        http_server.authority(self.folder, "ca")
        http_server.certificate(self.folder, "server", "IP:127.0.0.1,DNS:localhost", "ca", 30)
        http_server.certificate(self.folder, "client", "DNS:client.example", "ca", 30)
        http_server.certificate(self.folder, "stranger", "DNS:stranger.example", "ca", 30)
        settings["tls"] = {"key": self.file("server.key"), "cert": self.file("server.pem"),
                           "ca": self.file("ca.pem")}
        return self.file("ca.pem")

    def _start(self, count, settings):
        self.process = subprocess.Popen(
            [self.node, os.path.join(ROOT, "tests", "oauth", "provider.js"), NODE_MODULES, str(count),
             json.dumps(settings)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        atexit.register(self.stop)
        line = self.process.stdout.readline()
        if not line:
            fail("oidc-provider does not start")
        return json.loads(line)

    def stop(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(PATIENCE)
            self.process.stdout.close()


class Oidc:
    """One of them."""

    def __init__(self, process, issuer):
        self.issuer, self.ca, self.folder = issuer, process.ca, process.folder
        self.secrets, self.breaks = process.secrets, process.breaks
        context = ssl.create_default_context(cafile=self.ca) if self.ca else None
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            *([urllib.request.HTTPSHandler(context=context)] if context else []))

    def _file(self, name):
        return os.path.join(self.folder, name)

    def _control(self, verb, body=None):
        data = None if body is None else json.dumps(body).encode()
        with self._opener.open(f"{self.issuer}/-/{verb}", data, timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def set(self, **settings):
        """Changes what it does from here on."""
        self._control("set", settings)

    def clear(self):
        self._control("clear", {})

    def requests(self, route=None):
        """What was asked of it since the start or clear(): at, route, method, path, form, headers, body,
        status, answer (an object, a text or None)."""
        return [{"answer": None, **r} for r in self._control("requests") if route in (None, r["route"])]

    def gaps(self, route="token"):
        times = [request["at"] for request in self.requests(route)]
        return [later - earlier for earlier, later in zip(times, times[1:])]

    def given(self):
        """Every secret that went over the wire: device codes, tokens, what clients authenticated with."""
        found = set(self.secrets.values())
        for request in self.requests():
            for fields in (request["form"], request["answer"]):
                if isinstance(fields, dict):
                    found.update(fields.get(name) for name in (
                        "device_code", "access_token", "refresh_token", "id_token", "client_assertion",
                        "client_secret", "code_verifier"))
            found.add(request["headers"].get("authorization", "").partition(" ")[2])
        return sorted(text for text in found if text)

    def user(self, login="alice"):
        return User(login, self.ca)

    def options(self, home, client="public", *more):
        """What `provider add` and `device run` want to know, for one of its clients. Without any scope
        there would be nothing to consent to, which it takes for a no."""
        options = ["--issuer", self.issuer, "--client-id", client, "--auth-method", METHODS.get(client, "none")]
        if client in self.secrets:
            options += ["--client-secret-file", home.file("secret-" + client, self.secrets[client] + "\n")]
        if client == "key-jwt":
            options += ["--client-key-file", self._file("client-key.pem")]
        if client == "tls":
            options += ["--client-key-file", self._file("client.key"), "--client-certificate-file",
                        self._file("client.pem")]
        if self.ca:
            options += ["--ca-file", self.ca]
        return options + ([] if "--scope" in more else ["--scope", "openid"]) + list(more)

    def add(self, home, client="public", *more, name="idp"):
        """Saves it as a provider; gives the record."""
        return home.json("provider", "add", name, *self.options(home, client, *more))


USUAL = {"interval": 1, "device_ttl": 600, "access_ttl": 3600, "rotate": True, "slow_down": 0, "reset": 0,
         "lost": 0, "hang": 0, "break": None}
THREADS = 32
_shared, _mine, _lock = {}, {}, threading.Lock()


def shared_oidc(tls=False):
    """The oidc-provider of this thread, started when the first is wanted: polls each second, and as it is in
    everything else. Points of one thread follow each other, so none sees another's settings or requests."""
    key = (threading.get_ident(), tls)
    with _lock:
        if tls not in _shared:
            _shared[tls] = list(OidcProcess(THREADS, tls).providers)
        if key not in _mine:
            _mine[key] = _shared[tls].pop()
    _mine[key].set(**USUAL)
    _mine[key].clear()
    return _mine[key]


def shared_server():
    """The scripted provider of this test file."""
    with _lock:
        if "server" not in _shared:
            _shared["server"] = ProviderServer()
            atexit.register(_shared["server"].close)
        return _shared["server"]


def scenario_options(server, name, kind="plain", *more):
    return ["--issuer", f"{server.urls[kind]}/{name}", "--client-id", "tests", *more]


# --- device run --------------------------------------------------------------------------------------


class DeviceRun:
    """`device run --json` under way: `events` are the objects that came so far."""

    def __init__(self, home, *args, **popen):
        self.args = ("--json", "device", "run", *args)
        self.process = home.start(*self.args, **popen)
        self.events, self.lines, self.err = [], [], b""
        self._threads = [threading.Thread(target=self._read, daemon=True),
                         threading.Thread(target=self._read_errors, daemon=True)]
        for thread in self._threads:
            thread.start()
        self.process.stdin.close()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)
            self.events.append(json.loads(line))

    def _read_errors(self):
        self.err = self.process.stderr.read()

    @property
    def pid(self):
        return self.process.pid

    @property
    def names(self):
        """The events' names, runs of the same one counted once."""
        names = [event["event"] for event in self.events]
        return [name for i, name in enumerate(names) if not i or names[i - 1] != name]

    def all(self, name):
        return [event for event in list(self.events) if event["event"] == name]

    def wait(self, name, count=1):
        """Waits for the count-th event of that name; gives it."""
        def there():
            return len(self.all(name)) >= count or self.process.poll() is not None
        wait_for(there, f"event {name} of {self.args}")
        if self.process.poll() is not None:
            self._threads[0].join(PATIENCE)
        if len(self.all(name)) < count:
            fail(f"no event {name}:\n{self.result()}")
        return self.all(name)[count - 1]

    def result(self):
        """Waits for the end."""
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            fail(f"hangs: {self.args}\n{b''.join(self.lines).decode()}")
        for thread in self._threads:
            thread.join(PATIENCE)
        return Result(self.args, self.process.returncode, b"".join(self.lines), self.err)

    def ended(self, code):
        """Waits for the end, with this exit code; gives the last event (None without one)."""
        result = self.result()
        equal(code, result.code, str(result))
        return self.events[-1] if self.events else None

    def signal(self, number):
        self.process.send_signal(number)


def approved(oidc, run, login="alice"):
    """The person does as the code event says."""
    event = run.wait("code")
    oidc.user(login).approve(event["verification_uri"], event["user_code"])
    return event


def granted(oidc, home, client="public", *more, name="idp"):
    """A saved provider with one grant, from the device flow; gives the grant's id."""
    oidc.add(home, client, *more, name=name)
    run = DeviceRun(home, name, "--save")
    approved(oidc, run)
    return run.ended(0)["grant"]


def no_secret(secrets, text, what):
    """None of the secrets stands in the text (bytes or str), also not in pieces."""
    data = text if isinstance(text, bytes) else text.encode()
    for secret in secrets:
        for part in {secret, secret[-16:]}:
            check(part.encode() not in data, f"{what} has {part!r} of {secret!r}:\n{data[:2000]!r}")


def nothing_raw(result, what=""):
    """No control, bidi or invisible character in what was printed."""
    for name, text in (("output", result.out), ("errors", result.err)):
        found = RAW.search(text)
        if found:
            fail(f"{what}: {name} has {found[0]!r}: {text!r}")


__all__ = ["DeviceRun", "Home", "METHODS", "RAW", "SLOW", "approved", "each", "granted", "no_secret",
           "nothing_raw", "openssl", "scenario_options", "shared_oidc", "shared_server"]
