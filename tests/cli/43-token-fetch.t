#!/usr/bin/python3
"""Keys from the network: a set's address, an issuer's discovery, and all that can be wrong there."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import http.server
import json
import signal
import threading

from jose import claims, hs256, oct_jwk
from tap import check, contains, equal, main, test, wait_for

KEYS = json.dumps({"keys": [json.loads(oct_jwk(kid="k1"))]})


class Provider:
    """A server on the loopback: path -> (status, text); a path without an entry is 404, one whose text
    is None never answers."""

    def __init__(self, pages):
        self.asked, self.open = [], threading.Event()
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):  # noqa: N802
                provider.asked.append(self.path)
                status, text = pages(provider.base).get(self.path, (404, ""))
                if text is None:
                    provider.open.wait()
                    return
                body = text.encode()
                self.send_response(status)
                if status in (301, 302):
                    self.send_header("Location", text)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(
            target=lambda: self.server.serve_forever(poll_interval=0.01), daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.open.set()
        self.server.shutdown()
        self.server.server_close()


def metadata(base, issuer="", **more):
    return json.dumps({"issuer": base + issuer, "jwks_uri": base + "/keys", **more})


OIDC, OAUTH = "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"


def verify(home, *args, code, **more):
    token = hs256(claims(**more), {"alg": "HS256", "typ": "JWT", "kid": "k1"})
    return home.run("--json", "token", "verify", *args, input=token, code=code)


@test
def a_set_is_fetched_and_named(home):
    with Provider(lambda base: {"/keys": (200, KEYS)}) as provider:
        row = verify(home, "--jwks", provider.base + "/keys", code=0).json
        equal((True, ["/keys"]), (row["valid"], provider.asked))
        contains(provider.base + "/keys", row["key"])


@test
def an_issuer_is_discovered_and_has_to_be_the_tokens(home):
    with Provider(lambda base: {OIDC: (200, metadata(base)), "/keys": (200, KEYS)}) as provider:
        row = verify(home, "--issuer", provider.base, code=0, iss=provider.base).json
        equal([OIDC, "/keys"], provider.asked)
        check(row["valid"])
        row = verify(home, "--issuer", provider.base, code=1, iss="https://other.example").json
        equal(["iss"], [c["name"] for c in row["checks"] if c["result"] == "failed"])


@test
def the_path_of_an_issuer_goes_to_both_well_known_places(home):
    with Provider(lambda base: {"/realms/dev" + OIDC: (200, metadata(base, "/realms/dev")),
                                "/keys": (200, KEYS)}) as provider:
        issuer = provider.base + "/realms/dev"
        verify(home, "--issuer", issuer, code=0, iss=issuer)
    with Provider(lambda base: {OAUTH + "/realms/dev": (200, metadata(base, "/realms/dev")),
                                "/keys": (200, KEYS)}) as provider:
        issuer = provider.base + "/realms/dev"
        verify(home, "--issuer", issuer, code=0, iss=issuer)
        equal(["/realms/dev" + OIDC, OAUTH + "/realms/dev", "/keys"], provider.asked)


@test
def an_issuer_that_calls_itself_otherwise_is_refused(home):
    with Provider(lambda base: {OIDC: (200, metadata(base, "/")), "/keys": (200, KEYS)}) as provider:
        result = verify(home, "--issuer", provider.base, code=6, iss=provider.base)
        equal(("", "remote"), (result.out, result.error["code"]))
        contains("slash", result.error["hint"])
        equal([OIDC], provider.asked)
        verify(home, "--issuer", provider.base + "/", code=0, iss=provider.base + "/")


@test
def answers_of_no_use_are_network_failures(home):
    for page in ((404, ""), (500, "{}"), (200, ""), (200, "<html>"), (200, "[]"), (200, "{}"),
                 (200, '{"keys":1}'), (302, "http://localhost:1/"), (200, "x" * (1 << 20) + "y")):
        with Provider(lambda base, page=page: {"/keys": page, OIDC: (200, metadata(base))}) as provider:
            for args in (("--jwks", provider.base + "/keys"), ("--issuer", provider.base)):
                result = verify(home, *args, code=6)
                equal("", result.out)
                check(result.error["message"])


@test
def metadata_without_keys_is_a_network_failure(home):
    for text in ("", "no", "{}", '{"issuer":1}', "[1]"):
        with Provider(lambda base, text=text: {OIDC: (200, text)}) as provider:
            verify(home, "--issuer", provider.base, code=6)
    with Provider(lambda base: {OIDC: (200, json.dumps({"issuer": base}))}) as provider:
        contains("jwks_uri", verify(home, "--issuer", provider.base, code=6).error["message"])
    with Provider(lambda base: {OIDC: (200, metadata(base, jwks_uri="http://example.com/k"))}) as p:
        verify(home, "--issuer", p.base, code=6)


@test
def nobody_there_is_a_network_failure(home):
    with Provider(lambda base: {}) as provider:
        base = provider.base
    verify(home, "--jwks", base + "/keys", code=6)
    verify(home, "--issuer", base, code=6)


@test
def addresses_that_must_not_be_fetched_are_usage_errors(home):
    for url in ("http://example.com/keys", "https://user:pass@example.com/", "https://", "http:"):
        verify(home, "--jwks", url, code=2)
        verify(home, "--issuer", url, code=2)
    for url in ("ftp://example.com", "example.com", "file:///etc/passwd"):
        verify(home, "--issuer", url, code=2)


@test
def nothing_that_a_token_names_is_fetched(home):
    with Provider(lambda base: {"/keys": (200, KEYS), "/k": (200, KEYS)}) as provider:
        base = provider.base
        token = hs256(claims(iss=base), {"alg": "HS256", "typ": "JWT", "jku": base + "/k",
                                         "x5u": base + "/k", "jwk": json.loads(oct_jwk())})
        home.run("token", "inspect", input=token, code=0)
        equal(False, home.run("--json", "token", "verify", input=token, code=1).json["valid"])
        home.run("token", "verify", "--jwks", base + "/keys", input=token)
        equal(["/keys"], provider.asked)


@test
def a_set_with_private_keys_or_mixed_ones_is_not_relied_on(home):
    mixed = json.dumps({"keys": [json.loads(oct_jwk(kid="k1")), {
        "kty": "OKP", "crv": "Ed25519", "kid": "k2",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})
    with Provider(lambda base: {"/keys": (200, mixed)}) as provider:
        row = verify(home, "--jwks", provider.base + "/keys", code=1).json
        contains("jwks-mixed", {finding["id"] for finding in row["findings"]})


@test
def a_provider_that_hangs_is_left_by_ctrl_c(home):
    with Provider(lambda base: {"/keys": (200, None)}) as provider:
        path = home.file("t", hs256(claims()))
        process = home.start("token", "verify", "--jwks", provider.base + "/keys", path)
        wait_for(lambda: provider.asked, "the request")
        process.send_signal(signal.SIGINT)
        process.communicate()
        equal(130, process.returncode)


main()
