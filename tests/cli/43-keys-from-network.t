#!/usr/bin/python3
"""Keys by the address of a set and by an issuer's metadata, from a server of its own on loopback."""
import http.server
import json
import os
import signal
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from tap import check, contains, equal, lacks, main, match, test, wait_for  # noqa: E402

PRIVATE = {
    "kty": "EC", "crv": "P-256", "kid": "one",
    "x": "KNWa3E0a6NsJcO_5dRS9h1EvbYSktj8EJyxHK1W_gMc", "y": "KzT71S2UEuUuokKqZUYBasYt9hBYlH1UQCkeEHpdPtQ",
    "d": "ByCWJokYUeQYGD5OW-yaiNTlR2qJsxmItZt410AJI80"}
PUBLIC = {name: value for name, value in PRIVATE.items() if name != "d"}
OIDC = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"


class Server:
    """Answers from `pages`: path -> body, or (status, headers, body). Keeps what was asked."""

    def __init__(self):
        self.pages, self.asked = {}, []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                server.asked.append(self.path)
                page = server.pages.get(self.path, (404, {}, b"no"))
                if callable(page):
                    page = page()
                if not isinstance(page, tuple):
                    page = (200, {"Content-Type": "application/json"}, page)
                status, headers, body = page
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self.http.server_address[1]
        self.http.handle_error = lambda *_: None  # who asked went away
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()


def token(home, issuer):
    key = home.file("private.json", json.dumps(PRIVATE))
    signed = home.run("token", "sign", "--jwk", key, "--iss", issuer, "--sub", "a", "--expires-in", "1h", code=0)
    return signed.out.strip()


def verify(home, text, *options, code=None):
    return home.run("--json", "token", "verify", *options, input=text, code=code)


@test
def a_set_of_keys_is_fetched_by_its_address(home):
    with Server() as server:
        server.pages["/keys"] = {"keys": [{"kty": "AKP"}, PUBLIC]}
        good = verify(home, token(home, "x"), "--jwks", server.url + "/keys", code=0)
        equal(True, good.json["valid"])
        contains("kid one", good.json["key"])
        equal(["/keys"], server.asked)


@test
def an_issuers_keys_are_found_by_its_metadata(home):
    with Server() as server:
        server.pages[OIDC] = {"issuer": server.url, "jwks_uri": server.url + "/keys"}
        server.pages["/keys"] = {"keys": [PUBLIC]}
        equal(True, verify(home, token(home, server.url), "--issuer", server.url, code=0).json["valid"])
        equal([OIDC, "/keys"], server.asked)


@test
def metadata_of_rfc_8414_stands_between_host_and_path(home):
    with Server() as server:
        issuer = server.url + "/tenant/1"
        server.pages[OAUTH + "/tenant/1"] = {"issuer": issuer, "jwks_uri": server.url + "/keys"}
        server.pages["/keys"] = {"keys": [PUBLIC]}
        verify(home, token(home, issuer), "--issuer", issuer, code=0)
        equal(["/tenant/1" + OIDC, OAUTH + "/tenant/1", "/keys"], server.asked)


@test
def a_slash_at_the_issuers_end_stays_its_own(home):
    with Server() as server:
        issuer = server.url + "/"
        server.pages[OIDC] = {"issuer": issuer, "jwks_uri": server.url + "/keys"}
        server.pages["/keys"] = {"keys": [PUBLIC]}
        verify(home, token(home, issuer), "--issuer", issuer, code=0)
        refused = verify(home, token(home, server.url), "--issuer", server.url, code=6)
        contains("is of issuer", refused.error["message"])
        contains("slash", refused.error["hint"])


@test
def the_token_has_to_be_that_issuers(home):
    with Server() as server:
        server.pages[OIDC] = {"issuer": server.url, "jwks_uri": server.url + "/keys"}
        server.pages["/keys"] = {"keys": [PUBLIC]}
        answer = verify(home, token(home, "https://other.example"), "--issuer", server.url, code=1)
        equal(False, answer.json["valid"])
        equal("valid", answer.json["signature"])


@test
def metadata_of_another_issuer_is_refused(home):
    with Server() as server:
        server.pages["/keys"] = {"keys": [PUBLIC]}
        for issuer, words in (("https://evil.example", "as it calls itself"),
                              (server.url.upper(), "as it calls itself"),
                              ("https://login.example/{tenantid}", "template"),
                              ("https://a.example/\x1b[2J", "as it calls itself")):
            server.pages[OIDC] = {"issuer": issuer, "jwks_uri": server.url + "/keys"}
            refused = verify(home, token(home, server.url), "--issuer", server.url, code=6)
            contains(words, refused.error["hint"])
            lacks("\x1b", refused.err)
        lacks("/keys", " ".join(server.asked))


@test
def metadata_that_is_none(home):
    with Server() as server:
        for page, words in ((b"<html>", "no JSON"), ([], "no JSON object"), ({"jwks_uri": "x"}, "no issuer"),
                            ({"issuer": server.url}, "no jwks_uri"),
                            (b'{"issuer":"%s","issuer":"x"}' % server.url.encode(), "no JSON"),
                            ({"issuer": 7, "jwks_uri": "x"}, "no issuer"),
                            ((500, {}, b""), "status 500"), ((404, {}, b""), "status 404")):
            server.pages[OIDC] = page
            refused = verify(home, token(home, server.url), "--issuer", server.url, code=6)
            contains(words, refused.error["message"], str(page))
            equal("", refused.out)


@test
def keys_are_fetched_by_https_or_from_this_machine(home):
    with Server() as server:
        for uri in ("http://example.com/keys", "file:///etc/passwd", "//x", "https://a:b@example.com/"):
            server.pages[OIDC] = {"issuer": server.url, "jwks_uri": uri}
            refused = verify(home, token(home, server.url), "--issuer", server.url, code=6)
            lacks("a:b", refused.err)
    refused = verify(home, "x", "--jwks", "http://example.com/keys", code=2)
    contains("not encrypted", refused.error["message"])
    refused = verify(home, "x", "--issuer", "sso.example.com", code=2)
    contains("no absolute", refused.error["message"])
    refused = verify(home, "x", "--issuer", "https://sso.example.com" + OIDC, code=2)
    contains("no issuer", refused.error["message"])
    verify(home, "x", "--issuer", "https://sso.example.com/?a=b", code=2)


@test
def a_set_that_sends_elsewhere_is_not_followed(home):
    with Server() as server, Server() as other:
        other.pages["/keys"] = {"keys": [PUBLIC]}
        server.pages["/keys"] = (302, {"Location": other.url + "/keys"}, b"")
        refused = verify(home, token(home, "x"), "--jwks", server.url + "/keys", code=6)
        contains("another origin", refused.error["message"])
        equal([], other.asked)


@test
def what_is_no_set_of_keys(home):
    with Server() as server:
        for page in (b"", b"<html>", b"[]", {"keys": 1}, {"keys": [PUBLIC], "kty": "EC"}):
            server.pages["/keys"] = page
            refused = verify(home, token(home, "x"), "--jwks", server.url + "/keys", code=6)
            equal("", refused.out)


@test
def a_set_with_private_members_makes_nothing_valid(home):
    with Server() as server:
        server.pages["/keys"] = {"keys": [PRIVATE]}
        answer = verify(home, token(home, "x"), "--jwks", server.url + "/keys", code=1)
        equal(False, answer.json["valid"])
        contains("jwks-mixed", json.dumps(answer.json["findings"]))


@test
def a_server_that_is_not_there(home):
    server = Server()
    with server:
        pass
    refused = verify(home, token(home, "x"), "--jwks", server.url + "/keys", code=6)
    contains("refused", refused.error["message"])
    match(r"\w", refused.error["hint"])


@test
def no_address_in_a_token_is_ever_fetched(home):
    with Server() as server:
        server.pages["/keys"] = {"keys": [PUBLIC]}
        key = home.file("private.json", json.dumps(PRIVATE))
        signed = home.run("token", "sign", "--jwk", key, "--sub", "a", "--expires-in", "1h", "--header",
                          "jku=" + server.url + "/keys", "--header", "x5u=" + server.url + "/keys", "--iss",
                          server.url, code=0).out.strip()
        verify(home, signed, code=1)
        home.run("token", "inspect", input=signed, code=0)
        equal([], server.asked)


@test
def waiting_ends_with_an_interrupt(home):
    with Server() as server:
        asked, go_on = threading.Event(), threading.Event()

        def hang():
            asked.set()
            go_on.wait()
            return b""

        server.pages["/keys"] = hang
        text = home.file("token", token(home, "x"))
        process = home.start("token", "verify", "--jwks", server.url + "/keys", text)
        wait_for(asked.is_set, "the request")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate()
        go_on.set()
        check(process.returncode in (130, -signal.SIGINT), f"exit {process.returncode}")
        equal(b"", out)


main()
