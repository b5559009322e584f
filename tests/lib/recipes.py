"""What the recipes are tested with beside the service: an API that tells what it was asked, a relay that counts
connections, and the proxies of Debian, each on a free port and with a folder of its own."""
import contextlib
import http.client
import http.server
import json
import os
import socket
import socketserver
import subprocess
import threading

from serve import Answer, on_socket
from tap import PATIENCE, ROOT, fail, need, wait_for

RECIPES = os.path.join(ROOT, "share", "recipes")
PROGRAMS = {"nginx": "/usr/sbin/nginx", "haproxy": "/usr/sbin/haproxy", "caddy": "/usr/bin/caddy"}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def listens(where):
    """Is there somebody at a port of this host, or at a Unix socket?"""
    with socket.socket(socket.AF_INET if isinstance(where, int) else socket.AF_UNIX) as one:
        return one.connect_ex(("127.0.0.1", where) if isinstance(where, int) else where) == 0


def ask(port, path, headers=(), method="GET", body=None):
    """One request on a connection of its own; `headers` is a dict, or pairs where a name is there twice."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        send(connection, path, headers, method, body)
        return receive(connection)


def send(connection, path, headers=(), method="GET", body=None):
    connection.putrequest(method, path)
    for name, value in headers.items() if isinstance(headers, dict) else headers:
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)


def receive(connection):
    got = connection.getresponse()
    return Answer(got.status, [(name.lower(), value) for name, value in got.headers.items()], got.read(), b"")


class Server:
    """A process that listens; `log` has what it said."""

    def __init__(self, argv, where, log, **popen):
        self.argv, self.where, self.log = argv, where, log
        with open(log, "ab") as out:
            self.process = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=out, start_new_session=True, **popen)
        self.pid = self.process.pid

    def said(self):
        with open(self.log, "rb") as file:
            return file.read().decode("utf-8", "replace")

    def wait(self):
        wait_for(lambda: listens(self.where) or self.process.poll() is not None, f"{self.argv[0]} to listen")
        if self.process.poll() is not None:
            fail(f"{self.argv} ended:\n{self.said()}")
        return self

    def __enter__(self):
        return self.wait()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class Relay:
    """Stands before a Unix socket and counts who connects to it."""

    def __init__(self, folder, target):
        self.path, self.target, self.count = os.path.join(folder, "relay.sock"), target, 0
        relay = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                relay.count += 1
                relay.join(self.request)

        class Listening(socketserver.ThreadingUnixStreamServer):
            request_queue_size = 128  # a connection beyond it fails at once

        self.server = Listening(self.path, Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def join(self, one):
        with socket.socket(socket.AF_UNIX) as other:
            if other.connect_ex(self.target):
                return
            back = threading.Thread(target=self.pump, args=(other, one), daemon=True)
            back.start()
            self.pump(one, other)
            back.join()

    @staticmethod
    def pump(one, other):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        os.unlink(self.path)


class Api:
    """The API behind a proxy: answers with what it was asked, as JSON."""

    def __init__(self):
        api = self
        self.asked = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                api.asked += 1
                read = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                body = json.dumps({"path": self.path, "method": self.command, "body": read,
                                   "headers": [[n.lower(), v] for n, v in self.headers.items()]}).encode()
                self.send_response(403 if self.path.endswith("/forbidden") else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # who goes away goes away
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


# --- the proxies ----------------------------------------------------------------------------------------
def recipe(name, folder, changes):
    """Writes a recipe with other places in it; each of them must stand there."""
    with open(os.path.join(RECIPES, name), encoding="utf-8") as file:
        text = file.read()
    for old, new in changes.items():  # in this order
        if old not in text:
            fail(f"{name} has no {old}")
        text = text.replace(old, str(new))
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {site};
}}
"""


def nginx(folder, sock, api, more=None):
    port = free_port()
    site = recipe("nginx.conf", folder, {**(more or {}), "/run/authrack/serve.sock": sock,
                                         "listen 8080": f"listen 127.0.0.1:{port}",
                                         "127.0.0.1:9000": f"127.0.0.1:{api}"})
    path = os.path.join(folder, "main.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(NGINX.format(folder=folder, site=site))
    return [program("nginx"), "-p", folder, "-c", path, "-e", "stderr"], port


def caddy(folder, sock, api, more=None):
    port = free_port()
    path = recipe("Caddyfile", folder, {**(more or {}), "unix//run/authrack/serve.sock": f"unix/{sock}",
                                        ":8080 {": f":{port} {{", "127.0.0.1:9000": f"127.0.0.1:{api}"})
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write("{\nadmin off\nauto_https off\ndefault_bind 127.0.0.1\n}\n" + text)
    return [program("caddy"), "run", "--config", path, "--adapter", "caddyfile"], port


def haproxy(folder, sock, api, more=None):
    port = free_port()
    name = f"authrack-lua-{os.getpid()}-{port}"
    lua = recipe("authrack.lua", folder, {"authrack-lua": name})
    path = recipe("haproxy.cfg", folder, {**(more or {}), "/etc/haproxy/authrack.lua": lua,
                                          "/run/authrack/serve.sock": sock, "authrack-lua": name,
                                          "bind :8080": f"bind 127.0.0.1:{port}",
                                          "127.0.0.1:9000": f"127.0.0.1:{api}"})
    return [program("haproxy"), "-db", "-f", path], port


def program(name):
    return PROGRAMS[name] if os.access(PROGRAMS[name], os.X_OK) else need(name)


class World:
    def ask(self, path="/", headers=(), **more):
        return ask(self.port, path, headers, **more)


@contextlib.contextmanager
def behind(home, proxy, *args, more=None):
    """A world with the proxy before an API and the service beside it."""
    world = World()
    with contextlib.ExitStack() as stack:
        world.home, world.folder = home, home.folder("proxy")
        world.service = stack.enter_context(on_socket(home, *args))
        world.relay = Relay(world.folder, world.service.address())
        stack.callback(world.relay.close)
        world.api = Api()
        stack.callback(world.api.close)
        argv, world.port = proxy(world.folder, world.relay.path, world.api.port, more)
        env = {**home.env, "HOME": world.folder, "XDG_DATA_HOME": world.folder, "XDG_CONFIG_HOME": world.folder}
        world.proxy = stack.enter_context(Server(argv, world.port, os.path.join(world.folder, "log"), env=env,
                                                 cwd=world.folder))
        yield world
