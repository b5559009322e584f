"""What providers answer that no certified one does: bad answers, and those that vendors are known for. A
scenario is a Scenario by name; provider_server.py serves it at /NAME. Each of its endpoints has a list of
replies, given in turn, the last one again and again."""

import gzip
import json
import os
import socket
import struct
import time
import urllib.parse

MEBIBYTE = 1 << 20
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
JSON = "application/json"
HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202egnp.exe\u200b\u2066\r\nnext"
REASONS = {200: "OK", 302: "Found", 307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized",
           403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 428: "Precondition Required",
           429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
           503: "Service Unavailable"}


class Call:
    """One request as a reply sees it: the server, the scenario's address, the form, what was issued."""

    def __init__(self, server, connection, request, base, state):
        self.server, self.connection, self.request = server, connection, request
        self.base, self.state = base, state

    def field(self, name):
        return dict(self.request.form).get(name, "")

    def secret(self, kind):
        """A fresh secret, remembered so that tests can look for it."""
        value = f"{kind}-{os.urandom(24).hex()}"
        self.state.secrets.append(value)
        return value

    def send(self, body, status=200, content_type=JSON, headers=(), store=False):
        """A whole answer. A body that is no text goes out as JSON."""
        if not isinstance(body, (bytes, str)):
            body = json.dumps(body, ensure_ascii=False)
        data = body if isinstance(body, bytes) else body.encode()
        lines = [f"HTTP/1.1 {status} {REASONS[status]}", f"Content-Length: {len(data)}",
                 "Connection: close", *headers]
        lines += [f"Content-Type: {content_type}"] if content_type else []
        lines += [] if store else ["Cache-Control: no-store"]
        self.connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + data)


# --- replies: functions of a Call --------------------------------------------------------------------


def codes(call, **changes):
    """A good answer of the device endpoint; a value None leaves the member out."""
    code = "WDJB-MJHT"
    body = {"device_code": call.secret("dc"), "user_code": code,
            "verification_uri": call.base + "/activate",
            "verification_uri_complete": f"{call.base}/activate?user_code={code}",
            "expires_in": 600, "interval": 1}
    for name, value in changes.items():
        body[name] = value(call) if callable(value) else value
    return {name: value for name, value in body.items() if value is not LEFT_OUT}


LEFT_OUT = object()


def device(**changes):
    return lambda call: call.send(codes(call, **changes))


def tokens(call, **changes):
    body = {"access_token": call.secret("at"), "token_type": "Bearer", "expires_in": 3600,
            "refresh_token": call.secret("rt"), "scope": call.state.scope}
    body.update(changes)
    return {name: value for name, value in body.items() if value is not LEFT_OUT}


def success(**changes):
    return lambda call: call.send(tokens(call, **changes))


def error(name, status=400, headers=(), description=LEFT_OUT, **more):
    body = {"error": name, **more}
    if description is not LEFT_OUT:
        body["error_description"] = description
    return lambda call: call.send(body, status, headers=headers)


def text(body, status=200, content_type="text/html; charset=utf-8", headers=()):
    return lambda call: call.send(body, status, content_type, headers)


def form(fields, status=200):
    """Form-encoded, as GitHub answers who does not ask for JSON."""
    return lambda call: call.send(urllib.parse.urlencode(fields(call) if callable(fields) else fields),
                                  status, "application/x-www-form-urlencoded")


def redirect(target, status=302):
    return lambda call: call.send("moved", status, "text/plain", ["Location: " + target(call)])


def reset(call):
    call.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    call.connection.close()


def silence(call):
    """Nothing, until the client goes."""
    while call.connection.recv(4096):
        pass


def drip(call):
    """A byte a second."""
    call.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        call.connection.sendall(b" ")
        time.sleep(1)


def endless_header(call):
    call.connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        call.connection.sendall(b"X-More: %s\r\n" % (b"y" * 1000))


def short(call):
    """Less than was promised."""
    call.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                            b"Content-Length: 500\r\n\r\n{\"access_token\":")


def bomb(call):
    call.send(gzip.compress(bytes(100 * MEBIBYTE), 9), headers=["Content-Encoding: gzip"])


def large(call):
    call.send(b'{"access_token":"' + b"x" * (10 * MEBIBYTE) + b'"}')


def echo_secrets(call):
    """Everything that was sent, in the error's text."""
    sent = " ".join(value for _, value in call.request.form)
    authorization = call.request.headers.get("authorization", "")
    call.send({"error": "invalid_grant", "error_description": f"bad request: {sent} {authorization}",
               "error_uri": "https://id.example/?" + urllib.parse.urlencode(call.request.form)}, 400)


def duplicated(call):
    call.send('{"access_token":"%s","access_token":"%s","token_type":"Bearer"}'
              % (call.secret("at"), call.secret("at")))


PENDING = error("authorization_pending")


# --- scenarios ---------------------------------------------------------------------------------------


class Scenario:
    """`metadata`: members that replace those of discovery; LEFT_OUT removes one."""

    def __init__(self, device=None, token=None, metadata=None, **endpoints):
        self.metadata = metadata or {}
        self.replies = {"device": device or [globals()["device"]()], "token": token or [success()],
                        **endpoints}


def polled(*replies):
    return Scenario(token=list(replies))


def asked(*replies):
    return Scenario(device=list(replies))


def given(**changes):
    """A device answer with these members changed; the flow succeeds otherwise."""
    return Scenario(device=[device(**changes)])


ANSWERS = {
    "good": polled(PENDING, success()),
    # the device endpoint
    "device-type": Scenario(device=[lambda call: call.send(codes(call), content_type="text/html")]),
    "device-html": asked(text("<!doctype html><h1>Down for maintenance</h1>")),
    "device-empty": asked(text("{}", content_type=JSON)),
    "device-array": asked(text("[]", content_type=JSON)),
    "device-not-json": asked(text('{"device_code": ', content_type=JSON)),
    "device-duplicate": asked(lambda call: call.send(
        json.dumps(codes(call))[:-1] + ', "user_code": "EVIL-CODE"}')),
    "device-rate": asked(error("slow_down", 429, ["Retry-After: 3600"])),
    "device-rate-bare": asked(text("Too many requests", 429, "text/plain")),
    "device-unknown-client": asked(error("invalid_client", 401, description="client not found")),
    "device-large": asked(large),
    "device-bomb": asked(bomb),
    "device-endless": asked(endless_header),
    "device-reset": asked(reset),
    "device-redirect": asked(redirect(lambda call: call.server.other + "/good/device", 307)),
    "code-missing": given(device_code=LEFT_OUT),
    "code-empty": given(device_code=""),
    "code-number": given(device_code=12345),
    "user-code-missing": given(user_code=LEFT_OUT),
    "user-code-null": given(user_code=None),
    "uri-missing": given(verification_uri=LEFT_OUT),
    "expires-missing": given(expires_in=LEFT_OUT),
    "expires-null": given(expires_in=None),
    "expires-string": given(expires_in="600"),
    "expires-word": given(expires_in="soon"),
    "expires-negative": given(expires_in=-5),
    "expires-zero": given(expires_in=0),
    "expires-huge": Scenario(device=[lambda call: call.send(
        json.dumps(codes(call)).replace("600", "9" * 400))]),
    "expires-long": given(expires_in=86400),
    "expires-fraction": given(expires_in=599.5),
    "interval-missing": given(interval=LEFT_OUT),
    "interval-null": given(interval=None),
    "interval-string": given(interval="1"),
    "interval-word": given(interval="often"),
    "interval-zero": given(interval=0),
    "interval-negative": given(interval=-1),
    "interval-milliseconds": given(interval=1000),
    "interval-over-expiry": Scenario(device=[device(interval=300, expires_in=300)]),
    "interval-object": given(interval={"seconds": 1}),
    "both-urls": given(verification_url="https://old.example/device"),
    "user-information": given(
        verification_uri=lambda call: call.base.replace("//", "//accounts.google.com@") + "/activate",
        verification_uri_complete=LEFT_OUT),
    "complete-elsewhere": given(verification_uri_complete="https://evil.example/activate?user_code=WDJB-MJHT"),
    "complete-long": given(
        verification_uri_complete=lambda call: call.base + "/activate?user_code=WDJB-MJHT&x=" + "y" * 5000),
    "complete-no-url": given(verification_uri_complete="javascript:alert(1)"),
    "uri-no-url": given(verification_uri="javascript:alert(1)", verification_uri_complete=LEFT_OUT),
    "uri-text": given(verification_uri="ask Paul on the third floor", verification_uri_complete=LEFT_OUT),
    "hostile-user-code": given(user_code="WDJB" + HOSTILE, verification_uri_complete=LEFT_OUT),
    "hostile-uri": given(verification_uri=lambda call: call.base + "/" + HOSTILE,
                         verification_uri_complete=LEFT_OUT),
    "hostile-complete": given(verification_uri_complete=lambda call: call.base + "/" + HOSTILE),
    "hostile-message": given(message="Go to " + HOSTILE),
    "hostile-device-error": asked(error("invalid_scope", description="no " + HOSTILE, error_uri=HOSTILE)),
    # the token endpoint
    "token-type": polled(lambda call: call.send(tokens(call), content_type="text/plain")),
    "error-beside-token": polled(lambda call: call.send({**tokens(call), "error": "invalid_grant"})),
    "empty": polled(text("{}", content_type=JSON)),
    "nothing": polled(text("", content_type=JSON)),
    "pending-401": polled(error("authorization_pending", 401), success()),
    "pending-200": polled(error("authorization_pending", 200), success()),
    "denied-200": polled(error("access_denied", 200)),
    "error-object": polled(error({"code": "denied"})),
    "error-number": polled(error(42)),
    "error-null": polled(lambda call: call.send({**tokens(call), "error": None})),
    "unknown-error": polled(error("teapot_failure", description="short and stout")),
    "echoed-secrets": polled(echo_secrets),
    "html": polled(text("<!doctype html><h1>Not Found</h1>", 404)),
    "html-200": polled(text("<!doctype html><h1>Sign in</h1>")),
    "not-json": polled(text('{"access_token": "at-', content_type=JSON)),
    "duplicate": polled(duplicated),
    "no-access-token": polled(success(access_token=LEFT_OUT)),
    "access-token-number": polled(success(access_token=12345)),
    "access-token-empty": polled(success(access_token="")),
    "no-token-type": polled(success(token_type=LEFT_OUT)),
    "odd-token-type": polled(success(token_type="mac")),
    "token-expires-string": polled(success(expires_in="3600")),
    "token-expires-negative": polled(success(expires_in=-1)),
    "scope-array": polled(success(scope=["openid", "profile"])),
    "scope-wider": polled(success(scope="openid admin")),
    "id-token-garbage": polled(success(id_token="not.a.token")),
    "large": polled(large),
    "endless": polled(endless_header),
    "bomb": polled(bomb),
    "drip": Scenario(device=[device(expires_in=5)], token=[drip]),
    "cut-short": polled(short, success()),
    "reset": polled(reset, success()),
    "timeout": Scenario(device=[device(expires_in=5)], token=[silence]),
    "rate": polled(text("slow", 429, "text/plain"), success()),
    "rate-after": polled(text("slow", 429, "text/plain", ["Retry-After: 3"]), success()),
    "down": polled(text("down", 503, "text/plain"), success()),
    "down-after": polled(text("down", 503, "text/plain", ["Retry-After: 3"]), success()),
    "down-date": polled(text("down", 503, "text/plain", ["Retry-After: Wed, 21 Oct 2015 07:28:00 GMT"]),
                        success()),
    "down-garbage": polled(text("down", 503, "text/plain", ["Retry-After: soon"]), success()),
    "down-beyond": Scenario(device=[device(expires_in=30)],
                            token=[text("down", 503, "text/plain", ["Retry-After: 3600"])]),
    "redirect": polled(redirect(lambda call: call.server.other + "/good/token")),
    "redirect-307": polled(redirect(lambda call: call.server.other + "/good/token", 307)),
    "redirect-plain": polled(redirect(lambda call: call.server.plain + "/good/token", 307)),
    "redirect-http": polled(redirect(lambda call: "http://192.0.2.1/token", 307)),
    "denied": polled(PENDING, error("access_denied")),
    "expired": polled(error("expired_token")),
    "never-denied": Scenario(device=[device(expires_in=4)], token=[PENDING]),
    "slow-down": polled(error("slow_down"), success()),
    "slow-down-interval": polled(error("slow_down", interval=8), success()),
    "hostile-error": polled(error("invalid_grant" + HOSTILE, description="no " + HOSTILE,
                                  error_uri=HOSTILE)),
    "hostile-token": polled(success(token_type="Bearer" + HOSTILE, scope="a " + HOSTILE)),
    # discovery
    "wrong-issuer": Scenario(metadata={"issuer": "https://other.example"}),
    "issuer-slash": Scenario(metadata={"issuer": lambda call: call.base + "/"}),
    "no-device-endpoint": Scenario(metadata={"device_authorization_endpoint": LEFT_OUT}),
    "endpoint-not-https": Scenario(metadata={"token_endpoint": "http://192.0.2.1/token"}),
    "endpoint-file": Scenario(metadata={"token_endpoint": "file:///etc/passwd"}),
    "endpoint-number": Scenario(metadata={"token_endpoint": 7}),
    "metadata-html": Scenario(metadata=text("<h1>Hello</h1>")),
    "metadata-large": Scenario(metadata=large),
    "metadata-redirect": Scenario(metadata=redirect(
        lambda call: call.server.other + "/good/.well-known/openid-configuration")),
    "mutual-aliases": Scenario(metadata={"mtls_endpoint_aliases": lambda call: {
        f"{name}_endpoint": call.base.replace(call.server.urls["good"], call.server.urls["mutual"]) + "/" + path
        for name, path in (("device_authorization", "device"), ("token", "token"))}}),
    "pkce": Scenario(metadata={"code_challenge_methods_supported": ["S256"]}),
    "pkce-wanted": Scenario(device=[
        error("invalid_request", description="Missing parameter: code_challenge_method"), device()]),
}


# --- vendors' look-alikes ----------------------------------------------------------------------------


def twitch(message, status=400):
    return text(json.dumps({"status": status, "message": message}), status, JSON)


def wants_json(as_json, otherwise):
    def reply(call):
        (as_json if JSON in call.request.headers.get("accept", "") else otherwise)(call)
    return reply


def github(fields):
    """200 whatever it is; form-encoded unless JSON is asked for."""
    def made(call):
        return fields(call) if callable(fields) else fields
    return lambda call: (call.send(made(call)) if JSON in call.request.headers.get("accept", "")
                         else form(made)(call))


def _github_tokens(call):
    return tokens(call, scope="repo,gist", refresh_token=LEFT_OUT, expires_in=LEFT_OUT, token_type="bearer")


VENDORS = {
    "github": Scenario(
        device=[github(lambda call: codes(call, verification_uri_complete=LEFT_OUT, expires_in=899))],
        token=[github({"error": "authorization_pending", "error_description": "not yet",
                       "error_uri": "https://docs.github.com/"}), github(_github_tokens)]),
    "github-form": Scenario(
        device=[form(lambda call: codes(call, verification_uri_complete=LEFT_OUT, expires_in=899))],
        token=[form({"error": "authorization_pending"}), form(_github_tokens)]),
    "github-slow": Scenario(
        device=[github(lambda call: codes(call, verification_uri_complete=LEFT_OUT))],
        token=[github({"error": "slow_down", "interval": 2}), github(_github_tokens)]),
    "github-incorrect": Scenario(
        device=[github(lambda call: codes(call, verification_uri_complete=LEFT_OUT))],
        token=[github({"error": "incorrect_device_code"}), github(_github_tokens)]),
    "github-denied": Scenario(
        device=[github(lambda call: codes(call, verification_uri_complete=LEFT_OUT))],
        token=[github({"error": "access_denied"})]),
    "github-disabled": Scenario(device=[github({"error": "device_flow_disabled"})]),
    "google": Scenario(
        device=[device(verification_uri=LEFT_OUT, verification_uri_complete=LEFT_OUT,
                       verification_url=lambda call: call.base + "/activate")],
        token=[error("authorization_pending", 428, description="Precondition Required"), success()]),
    "google-slow": Scenario(
        device=[device(verification_uri=LEFT_OUT, verification_uri_complete=LEFT_OUT,
                       verification_url=lambda call: call.base + "/activate")],
        token=[error("slow_down", 403, description="Forbidden"), success()]),
    "google-denied": Scenario(token=[error("access_denied", 403, description="Forbidden")]),
    "entra": Scenario(
        device=[device(message="To sign in, use a web browser to open the page", expires_in=900,
                       verification_uri_complete=LEFT_OUT)],
        token=[error("authorization_pending", description="AADSTS70016: pending", error_codes=[70016]),
               success()]),
    "entra-declined": Scenario(token=[error("authorization_declined", description="AADSTS70000: declined")]),
    "entra-expired": Scenario(token=[error("code_expired", description="AADSTS70020: expired")]),
    "entra-bad-code": Scenario(token=[error("bad_verification_code")]),
    "entra-public": Scenario(token=[error(
        "invalid_client", 401, description="AADSTS7000218: The request body must contain the following "
                                           "parameter: 'client_assertion' or 'client_secret'.")]),
    "entra-blocked": Scenario(token=[error("invalid_grant", description="AADSTS53003: blocked by policy")]),
    "entra-v1": Scenario(device=[device(expires_in="900", interval="1")],
                         token=[success(expires_in="3599")]),
    "auth0": Scenario(token=[error("authorization_pending", 403), success()],
                      metadata={"issuer": lambda call: call.base + "/"}),
    "auth0-slow": Scenario(token=[error("slow_down", 429), success()],
                           metadata={"issuer": lambda call: call.base + "/"}),
    "keycloak-off": Scenario(device=[error("unauthorized_client", 401, description=(
        "Client is not allowed to initiate OAuth 2.0 Device Authorization Grant."))]),
    "keycloak-pkce": Scenario(device=[
        error("invalid_request", description="Missing parameter: code_challenge_method"), device()]),
    "authentik-rate": Scenario(device=[error("slow_down", 429)]),
    "dex": Scenario(token=[error("authorization_pending", 401), success()]),
    "hydra": Scenario(device=[device(expires_in=4)], token=[PENDING]),
    "twitch": Scenario(
        device=[device(verification_uri_complete=LEFT_OUT)],
        token=[twitch("authorization_pending"), success(scope=["chat:read", "chat:edit"])]),
    "twitch-invalid": Scenario(token=[twitch("invalid device code"), success(scope=["chat:read"])]),
    "wso2": given(interval=5000),
    "spring": Scenario(device=[device(expires_in=4)], token=[PENDING]),
    "oracle": given(interval=LEFT_OUT),
}

SCENARIOS = {**ANSWERS, **VENDORS}
