#!/usr/bin/python3
"""A provider that does what it is told: every scenario of scenarios.py at /NAME, on plain ports and with
certificates of every kind. /NAME~TAG is the same with a state of its own. What was asked, and when, is
kept. In a test: `with ProviderServer() as server`. By itself: provider_server.py FOLDER says its
addresses on one line of JSON and ends with its standard input; then POST /-/next?scenario=NAME&endpoint=token
takes a JSON array of {"status", "body", "headers"} to be answered next, GET /-/requests tells what was
asked."""

import json
import os
import socket
import sys
import tempfile
import threading
import time
import types
import urllib.parse

import http_server
from scenarios import LEFT_OUT, REASONS, SCENARIOS, Call, text

PLAIN = ("plain", "other")  # those of http_server.KINDS that have no certificate
OIDC = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"
ENDPOINTS = {"device": "device_authorization_endpoint", "token": "token_endpoint", "jwks": "jwks_uri",
             "userinfo": "userinfo_endpoint", "introspect": "introspection_endpoint",
             "revoke": "revocation_endpoint"}
USUAL = {"jwks": text('{"keys":[]}', content_type="application/json"),
         "userinfo": text('{"sub":"u-1"}', content_type="application/json"),
         "introspect": text('{"active":true}', content_type="application/json"),
         "revoke": text("", content_type=None),
         "activate": text("<h1>Type your code</h1>")}


def prepare_request(request):
    """What a reply and a record want of a request, beside path, method and body."""
    lines = request.head.split(b"\r\n")[1:]
    request.headers = {name.decode().lower(): value.strip().decode("latin-1")
                       for name, _, value in (line.partition(b":") for line in lines)}
    request.form = urllib.parse.parse_qsl(request.body.decode("latin-1"), keep_blank_values=True)


class State:
    """Of one scenario under one tag: where each endpoint's replies are, the secrets given out."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.given, self.queue, self.secrets, self.scope = {}, {}, [], ""
        self.lock = threading.Lock()

    def reply(self, endpoint):
        """The next reply: one that was put in, else the scenario's."""
        with self.lock:
            if self.queue.get(endpoint):
                return self.queue[endpoint].pop(0)
            replies = self.scenario.replies.get(endpoint) or [USUAL.get(endpoint, text("no", 404))]
            number = self.given.get(endpoint, 0)
            self.given[endpoint] = number + 1
            return replies[min(number, len(replies) - 1)]


class ProviderServer:
    """`urls`: the address of each kind of port. Requests are SimpleNamespaces: at (monotonic), kind,
    scenario, endpoint, method, path, form (pairs), headers, body."""

    def __init__(self, folder=None, tls=True):
        self.folder = folder or tempfile.mkdtemp(prefix="authrack-provider-")
        self.urls, self.requests, self._states, self._servers = {}, [], {}, []
        self._lock = threading.Lock()
        if tls:
            http_server.certificates(self.folder)
        for kind in http_server.KINDS if tls else PLAIN:
            self._listen(kind)

    @property
    def ca(self):
        return os.path.join(self.folder, "ca.pem")

    @property
    def plain(self):
        return self.urls["plain"]

    @property
    def other(self):
        """Another origin."""
        return self.urls["other"]

    def _listen(self, kind):
        context = None if kind in PLAIN else http_server.context_of(self.folder, kind)
        server = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._servers.append(server)
        self.urls[kind] = "%s://127.0.0.1:%d" % ("https" if context else "http", server.getsockname()[1])
        threading.Thread(target=self._accept, args=(server, kind, context), daemon=True).start()

    def _accept(self, server, kind, context):
        while True:
            try:
                connection, _ = server.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(connection, kind, context), daemon=True).start()

    def _serve(self, connection, kind, context):
        try:
            with connection:
                connection.settimeout(120)
                if context:
                    connection = context.wrap_socket(connection, server_side=True)
                with connection:
                    request = http_server.Request(connection)
                    prepare_request(request)
                    self._answer(connection, request, kind)
        except (OSError, ValueError):  # who asked went away, or spoke something else
            pass

    # --- answering -----------------------------------------------------------------------------------

    def state(self, name):
        """The state of "scenario~tag"; None where there is no such scenario."""
        with self._lock:
            if name not in self._states and name.partition("~")[0] in SCENARIOS:
                self._states[name] = State(SCENARIOS[name.partition("~")[0]])
            return self._states.get(name)

    @staticmethod
    def _place(path):
        """(scenario, endpoint) of a path; RFC 8414 puts the well-known part in front."""
        if path.startswith(OAUTH + "/"):
            return path[len(OAUTH) + 1:], "metadata"
        if path.endswith(OIDC):
            return path[1:-len(OIDC)].rstrip("/"), "metadata"
        name, _, endpoint = path[1:].partition("/")
        return name, endpoint

    def _record(self, request, kind, name, endpoint):
        self.requests.append(types.SimpleNamespace(
            at=time.monotonic(), kind=kind, scenario=name, endpoint=endpoint, method=request.method,
            path=request.path, query=request.query, form=request.form, headers=request.headers,
            body=request.body))

    def _answer(self, connection, request, kind):
        if request.path.startswith("/-/"):
            self._control(connection, request)
            return
        name, endpoint = self._place(request.path)
        self._record(request, kind, name, endpoint)
        state = self.state(name)
        call = Call(self, connection, request, f"{self.urls[kind]}/{name}", state)
        if not state:
            call.send("no such scenario", 404, "text/plain")
        elif endpoint == "metadata":
            self._metadata(call)
        else:
            if endpoint == "device":
                state.scope = call.field("scope")
            state.reply(endpoint)(call)

    @staticmethod
    def _metadata(call):
        changes = call.state.scenario.metadata
        if callable(changes):
            changes(call)
            return
        body = {"issuer": call.base, "grant_types_supported": [
                    "urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
                "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "authorization_endpoint": call.base + "/authorize",
                "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"]}
        body.update({member: f"{call.base}/{path}" for path, member in ENDPOINTS.items()})
        for member, value in changes.items():
            body[member] = value(call) if callable(value) else value
        call.send({member: value for member, value in body.items() if value is not LEFT_OUT})

    # --- for the test --------------------------------------------------------------------------------

    def next(self, scenario, endpoint, *replies):
        """What is answered before the scenario's own replies."""
        self.state(scenario).queue.setdefault(endpoint, []).extend(replies)

    def asked(self, scenario, endpoint=None):
        return [request for request in list(self.requests)
                if request.scenario == scenario and endpoint in (None, request.endpoint)]

    def gaps(self, scenario, endpoint="token"):
        """Seconds between the requests to an endpoint."""
        times = [request.at for request in self.asked(scenario, endpoint)]
        return [later - earlier for earlier, later in zip(times, times[1:])]

    def _control(self, connection, request):
        call = Call(self, connection, request, "", None)
        query = dict(urllib.parse.parse_qsl(request.query))
        if request.path == "/-/next":
            for item in json.loads(request.body):
                body = item.get("body", {})
                self.next(query["scenario"], query["endpoint"], text(
                    body if isinstance(body, str) else json.dumps(body), item.get("status", 200),
                    item.get("type", "application/json"),
                    [f"{name}: {value}" for name, value in item.get("headers", {}).items()]))
        call.send([{**vars(asked), "body": asked.body.decode("latin-1")} for asked in list(self.requests)]
                  if request.path == "/-/requests" else {})

    def close(self):
        for server in self._servers:
            try:
                server.shutdown(socket.SHUT_RDWR)  # wakes accept()
            except OSError:
                pass
            server.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def main(folder):
    with ProviderServer(folder) as server:
        print(json.dumps({**server.urls, "ca": server.ca}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
