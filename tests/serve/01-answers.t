#!/usr/bin/python3
"""What each path answers to each verdict."""
import datetime
import email.utils
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from serve import Service, request  # noqa: E402
from tap import check, contains, equal, lacks, main, match, test, wait_for  # noqa: E402

FULL = ("--owner", "Björn \"the\" Ops", "--tier", "gold", "--scope", "orders:read", "--scope", "users:*",
        "--meta", "team=größe", "--meta", "plan=a b")


def bad_secrets(home):
    """A secret for each reason to refuse one, by its code."""
    keys = {name: home.create(name) for name in ("revoked", "disabled", "expired", "early", "old")}
    home.ok("key", "revoke", keys["revoked"]["id"], "--reason", "compromise", "--yes")
    home.ok("key", "disable", keys["disabled"]["id"], "--yes")
    home.ok("key", "edit", keys["expired"]["id"], "--expires", "500ms", "--yes")
    wait_for(lambda: home.verify(keys["expired"]["secret"]) == "EXPIRED", "the end of a key")
    home.ok("key", "edit", keys["early"]["id"], "--not-before", "30d", "--yes")
    home.ok("key", "rotate", keys["old"]["id"], "--grace", "0", "--yes")
    good = home.create("good")["secret"]
    wrong = good[:-7] + ("0" if good[-7] != "0" else "1") + good[-6:]
    return {
        "REVOKED": keys["revoked"]["secret"], "DISABLED": keys["disabled"]["secret"],
        "EXPIRED": keys["expired"]["secret"], "NOT_YET_VALID": keys["early"]["secret"],
        "RETIRED": keys["old"]["secret"], "MALFORMED": wrong, "NOT_FOUND": "some-other-secret-of-no-one",
    }


@test
def a_good_key_is_told_as_key_verify_tells_it(home):
    secret = home.create("ci deploy", *FULL)["secret"]
    told = home.run("--json", "key", "verify", input=secret, code=0).json
    with Service(home) as service:
        answer = service.verify(secret)
    equal(200, answer.status)
    equal("application/json", answer["Content-Type"])
    equal("no-store", answer["Cache-Control"])
    got = answer.json
    equal([], got.pop("limits"))
    equal(told, got)
    equal(list(told), list(got), "order of the members")


@test
def the_limits_of_a_key_are_told_in_json_and_in_fields(home):
    secret = home.create("limited", "--limit", "5/min", "--limit", "100/day")["secret"]
    with Service(home) as service:
        answer = service.verify(secret)
        equal(["5/min", "100/day"], [limit["limit"] for limit in answer.json["limits"]])
        equal([4, 99], [limit["remaining"] for limit in answer.json["limits"]])
        match(r'^"5/min";q=5;w=60, "100/day";q=100;w=86400$', answer["RateLimit-Policy"])
        match(r'^"5/min";r=4;t=\d+, "100/day";r=99;t=\d+$', answer["RateLimit"])
        for _ in range(4):
            equal(200, service.verify(secret).status)
        answer = service.verify(secret)
        equal(429, answer.status)
        equal({"valid", "code", "retry_after"}, set(answer.json))
        equal("RATE_LIMITED", answer.json["code"])
        equal(str(answer.json["retry_after"]), answer["Retry-After"])
        check(1 <= int(answer["Retry-After"]) <= 12, answer["Retry-After"])
        match(r'^"5/min";r=0;', answer["RateLimit"])


@test
def auth_has_no_body_and_the_identity_in_fields(home):
    key = home.create("ci deploy", *FULL)
    with Service(home) as service:
        for path in ("/v1/auth", "/v1/auth/nginx", "/v1/auth/envoy/orders/7?key=their+own"):
            answer = service.get(path, {"Authorization": f"Bearer {key['secret']}"})
            equal(204, answer.status, path)
            equal(b"", answer.body)
            equal("VALID", answer["X-Auth-Code"])
            equal(key["id"], answer["X-Auth-Key-Id"])
            equal("ci deploy", answer["X-Auth-Name"])
            equal('Bj%C3%B6rn "the" Ops', answer["X-Auth-Owner"])
            equal("gold", answer["X-Auth-Tier"])
            equal("orders:read users:*", answer["X-Auth-Scopes"])
            equal("1", answer["X-Auth-Version"])
            equal('{"plan":"a b","team":"gr\\u00f6\\u00dfe"}', answer["X-Auth-Meta"])
            equal(None, answer["X-Auth-Left-Out"])


@test
def nginx_gets_a_403_for_a_429(home):
    secret = home.create("limited", "--limit", "1/day")["secret"]
    with Service(home) as service:
        equal(204, service.get("/v1/auth/nginx", {"X-API-Key": secret}).status)
        answer = service.get("/v1/auth/nginx", {"X-API-Key": secret})
        equal((403, "RATE_LIMITED", b""), (answer.status, answer["X-Auth-Code"], answer.body))
        check(int(answer["Retry-After"]) > 0)
        equal(429, service.get("/v1/auth", {"X-API-Key": secret}).status)


@test
def every_401_is_the_same_byte_for_byte(home):
    secrets = bad_secrets(home)
    with Service(home) as service:
        for path in ("/v1/verify", "/v1/auth", "/v1/auth/nginx"):
            answers = {code: service.get(path, {"X-API-Key": secret}) for code, secret in secrets.items()}
            answers["no key"] = service.get(path)
            answers["AMBIGUOUS"] = service.get(path, {"X-API-Key": "a", "Authorization": "Bearer b"})
            for code, answer in answers.items():
                equal(401, answer.status, code)
                equal('Bearer realm="authrack"', answer["WWW-Authenticate"])
                equal(answers["NOT_FOUND"].undated, answer.undated, f"{path} {code}")
        equal({"valid": False, "code": "INVALID"}, service.verify("nothing").json)


@test
def explain_tells_why(home):
    secrets = bad_secrets(home)
    with Service(home, "--explain") as service:
        for code, secret in secrets.items():
            answer = service.verify(secret)
            equal((401, {"valid": False, "code": code}), (answer.status, answer.json))
            equal(code, service.get("/v1/auth", {"X-API-Key": secret})["X-Auth-Code"])
        both = {"X-API-Key": "a", "Authorization": "Bearer b"}
        equal("AMBIGUOUS", service.get("/v1/verify", both).json["code"])
        lacks(secrets["REVOKED"], service.log)


@test
def what_is_not_granted_is_a_403(home):
    secret = home.create("reader", "--scope", "orders:read", "--scope", "orders:list")["secret"]
    inside = home.create("inside", "--allow-from", "10.0.0.0/8")["secret"]
    with Service(home) as service:
        equal(200, service.verify(secret, X_Authrack_Scope="orders:read").status)
        equal(200, service.verify(secret, X_Authrack_Scope="orders:read orders:list").status)
        answer = service.verify(secret, X_Authrack_Scope="orders:read orders:write")
        equal((403, {"valid": False, "code": "INSUFFICIENT_SCOPE"}), (answer.status, answer.json))
        equal(403, service.get("/v1/verify?scope=orders%3Awrite", {"X-API-Key": secret}).status)
        equal(200, service.get("/v1/verify?scope=orders:read+orders:list", {"X-API-Key": secret}).status)
        answer = service.verify(inside)
        equal((403, "ADDRESS_DENIED"), (answer.status, answer.json["code"]))


@test
def a_key_that_is_revoked_is_refused_on_the_next_request(home):
    key = home.create("short-lived")
    with Service(home) as service, service.connect() as kept:
        ask = request("GET", "/v1/verify", {"X-API-Key": key["secret"]})
        equal(200, kept.send(ask).answer().status)
        home.ok("key", "revoke", key["id"], "--reason", "compromise", "--yes")
        equal(401, kept.send(ask).answer().status)
        new = home.create("new")["secret"]
        equal(200, service.verify(new).status)


@test
def an_older_version_in_grace_has_deprecation_and_sunset(home):
    key = home.create("rotated")
    new = home.json("key", "rotate", key["id"], "--grace", "2d", "--yes")["secret"]
    with Service(home) as service:
        answer = service.verify(key["secret"])
        equal((200, True), (answer.status, answer.json["retiring"]))
        match(r"^@\d+$", answer["Deprecation"])
        since = int(answer["Deprecation"][1:])
        sunset = email.utils.parsedate_to_datetime(answer["Sunset"])
        until = datetime.datetime.fromisoformat(answer.json["valid_until"].replace("Z", "+00:00"))
        equal(until.replace(microsecond=0), sunset)
        equal(2 * 86400, int(sunset.timestamp()) - since)
        answer = service.verify(new)
        equal((200, None, None), (answer.status, answer["Deprecation"], answer["Sunset"]))


@test
def paths_and_methods_that_are_none_are_told(home):
    home.create("any")
    with Service(home) as service:
        for path in ("/", "/v1", "/v1/verify/", "/v2/verify", "/metricsx"):
            answer = service.get(path)
            equal((404, "NO_SUCH_PATH"), (answer.status, answer.json["error"]["code"]), path)
        for method in ("PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "X"):
            answer = service.get("/v1/verify", method=method)
            equal((405, "GET, POST"), (answer.status, answer["Allow"]), method)
        answer = service.get("/v1/auth", method="PUT")
        equal((405, "METHOD_NOT_ALLOWED", b""), (answer.status, answer["X-Auth-Code"], answer.body))
        equal((405, "GET, HEAD"), (lambda a: (a.status, a["Allow"]))(service.get("/healthz", method="POST")))
        equal(401, service.get("/v1/auth/envoy/x", method="DELETE").status)


@test
def health_is_told(home):
    home.create("any")
    with Service(home) as service:
        for path in ("/healthz", "/readyz"):
            equal((200, b"ok\n"), (lambda a: (a.status, a.body))(service.get(path)))
            equal((200, b""), (lambda a: (a.status, a.body))(service.get(path, method="HEAD")))


@test
def verdicts_and_requests_are_counted(home):
    secret = home.create("any", "--limit", "2/day")["secret"]
    with Service(home) as service:
        for _ in range(3):
            service.verify(secret)
        service.verify("wrong-key-that-is-not-known")
        service.get("/v1/auth", {"X-API-Key": "a", "Authorization": "Bearer b"})
        text = service.get("/metrics").body.decode()
        for line in ('authrack_verifications_total{code="VALID"} 2', 'authrack_verifications_total{code="RATE_LIMITED"} 1',
                     'authrack_verifications_total{code="NOT_FOUND"} 1',
                     'authrack_verifications_total{code="AMBIGUOUS"} 1',
                     'authrack_requests_total{path="/v1/verify",status="429"} 1',
                     'authrack_requests_total{path="/v1/auth",status="401"} 1',
                     "authrack_verification_seconds_count 4", "authrack_store_readable 1"):
            contains(line + "\n", text)
        for line in text.splitlines():
            match(r'^(# (HELP|TYPE) authrack_\w+ .+|authrack_\w+(\{[^}]*\})? [0-9.e+]+)$', line)


main()
