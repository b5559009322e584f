#!/usr/bin/python3
"""Requests that mean no good, or were made by mistake: each is refused by its own answer, and hurts nobody
else."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from memory import in_memory, memory_of  # noqa: E402
from serve import Service, request  # noqa: E402
from tap import BINARY, check, contains, equal, lacks, main, match, skip, test, wait_for  # noqa: E402


@test
def a_key_that_comes_twice_is_ambiguous(home):
    secret = home.create("any")["secret"]
    bearer = f"Bearer {secret}"
    with Service(home, "--explain") as service:
        for headers in ([("X-API-Key", secret), ("X-API-Key", secret)],
                        [("Authorization", bearer), ("authorization", bearer)],
                        [("X-API-Key", secret), ("Authorization", bearer + "x")],
                        [("X-API-Key", ""), ("Authorization", bearer)],
                        [("Authorization", "Basic eDp5"), ("Authorization", bearer)]):
            equal((401, "AMBIGUOUS"), service.get("/v1/verify", headers).code, headers)
        for headers in ([("X-API-Key", secret), ("Authorization", bearer)],
                        [("x-api-key", f"  {secret}\t ")],
                        [("AUTHORIZATION", f"bEaReR   {secret}")],
                        [("X-API-Key", secret), ("Authorization", "Basic eDp5")]):
            equal(200, service.get("/v1/verify", headers).status, headers)
        for headers in ([("Authorization", f"Bearer{secret}")], [("Authorization", secret)],
                        [("Authorization", f"Token {secret}")], [("Authorization", "Bearer")],
                        [("Cookie", f"X-API-Key={secret}")], [("X-API-Keys", secret)]):
            equal((401, "MALFORMED"), service.get("/v1/verify", headers).code, headers)


@test
def a_key_in_the_query_is_refused_even_when_it_is_good(home):
    secret = home.create("any")["secret"]
    with Service(home) as service:
        good = {"X-API-Key": secret}
        for query in ("key=x", "API_KEY=x", "apikey", "api-key=", "x-api-key=1", "access_token=x", "token=x",
                      "secret=1", "%6Bey=x", f"a={secret}", f"{secret}", f"a=1&b={secret}",
                      f"a=Bearer+{secret}", f"a={secret},", f"a=%22x_{secret}%22",
                      f"a={secret[:-1]}{'0' if secret[-1] != '0' else '1'}", f"scope={secret}"):
            for path in ("/v1/verify", "/v1/auth", "/v1/auth/nginx"):
                equal((400, "KEY_IN_QUERY"), service.get(f"{path}?{query}", good).code, query)
        equal(200, service.get("/v1/verify?keys=1&x=key", good).status)
        equal(200, service.get(f"/v1/verify?x={secret[2:]}", good).status, "without a prefix it is none")
        # With Envoy the query is the client's own.
        equal(204, service.get("/v1/auth/envoy/list?token=7&scope=a%20b", good).status)
        equal(400, service.get(f"/v1/auth/envoy/list?x={secret}", good).status)
        lacks(secret, service.log)


@test
def scopes_are_said_once_and_are_scopes(home):
    secret = home.create("any", "--scope", "a", "--scope", "b")["secret"]
    key = ("X-API-Key", secret)
    with Service(home) as service:
        for path, scopes in (("/v1/verify?scope=a", ["a"]), ("/v1/verify?scope=a&scope=a", []),
                             ("/v1/verify", ["a", "b"])):
            headers = [key] + [("X-Authrack-Scope", scope) for scope in scopes]
            equal((400, "SCOPE_TWICE"), service.get(path, headers).code, path)
        for scope in ("a,b", "ä", "a\x01", "a" * 65, "a%", '"a"', " ".join(["a"] * 33), "x " * 4000):
            answer = service.get("/v1/auth", [key, ("X-Authrack-Scope", scope)])
            check(answer.code in ((400, "SCOPE_INVALID"), (431, "HEADERS_TOO_LARGE")), scope)
        equal((400, "SCOPE_INVALID"), service.get("/v1/verify?scope=a%00b", [key]).code)
        for scope in ("", "  ", " a  b "):
            equal(200, service.get("/v1/verify", [key, ("X-Authrack-Scope", scope)]).status)


@test
def bodies_are_dropped_up_to_a_size(home):
    secret = home.create("any")["secret"]
    key = {"X-API-Key": secret}
    chunked = {"Transfer-Encoding": "chunked", **key}
    with Service(home) as service, service.connect() as kept:
        kept.send(request("POST", "/v1/verify", key, b"x" * 65536))
        equal(200, kept.answer().status)
        kept.send(request("POST", "/v1/verify", chunked) + b"5\r\nhello\r\n0\r\n\r\n")
        equal(200, kept.answer().status)
        kept.send(request("GET", "/v1/verify", key, b"GET /v1/verify HTTP/1.1\r\n\r\n"))
        equal(200, kept.answer().status)
        check(kept.is_open(), "a body was taken for a request")
        equal((413, "BODY_TOO_LARGE"), service.get("/v1/verify", key, "POST", b"x" * 65537).code)
        big = b"".join(b"8000\r\n" + b"x" * 0x8000 + b"\r\n" for _ in range(3)) + b"0\r\n\r\n"
        equal((413, "BODY_TOO_LARGE"), service.ask(request("POST", "/v1/verify", chunked) + big).code)


@test
def a_request_whose_end_can_be_read_in_two_ways_ends_the_connection(home):
    """What follows would be another client's with a proxy that reads it the other way."""
    secret = home.create("any")["secret"]
    after = request("GET", "/healthz")
    short, long = ("Content-Length", "0"), ("Content-Length", str(len(after)))
    chunked, identity = ("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "identity")
    with Service(home) as service:
        for path in ("/v1/verify", "/v1/auth", "/v1/auth/nginx"):
            for framing in ([short, chunked], [chunked, long], [short, long], [long, short], [short, short],
                            [chunked, identity], [("Content-Length ", "5")], [("Transfer-Encoding\t", "chunked")]):
                data = request("POST", path, [("X-API-Key", secret)] + framing) + b"0\r\n\r\n" + after * 2
                with service.connect() as connection:
                    equal((400, "AMBIGUOUS_LENGTH"), connection.send(data).answer().code, framing)
                    equal(b"", connection.ends(), framing)
        data = request("POST", "/nothing", [short, chunked]) + b"0\r\n\r\n" + after
        with service.connect() as connection:
            equal(404, connection.send(data).answer().status)
            equal(b"", connection.ends())
        equal(200, service.verify(secret).status)


@test
def many_parameters_are_refused_at_once(home):
    """libmicrohttpd would say nothing and keep the connection."""
    secret = home.create("any")["secret"]
    with Service(home) as service, service.connect() as kept:
        for path in ("/v1/verify", "/v1/auth/envoy/list"):
            for query in ("a&" * 300, "a=b&" * 1000, "&" * 6000, "a&" * 180 + "x" * 6000):
                equal(414, service.get(f"{path}?{query}", {"X-API-Key": secret}).status, query[:20])
            answer = service.get(f"{path}?" + "a=b&" * 100 + "x" * 4000, {"X-API-Key": secret})
            equal(2, answer.status // 100)
        good = request("GET", "/v1/verify", {"X-API-Key": secret})
        kept.send(good + request("GET", "/v1/verify?" + "a&" * 300))
        equal([200, 414], [kept.answer().status for _ in range(2)])
        equal(b"", kept.ends())


@test
def oversize_headers_and_paths_are_refused(home):
    secret = home.create("any")["secret"]
    with Service(home) as service:
        for size in (7000, 9000, 20000, 2000000):
            with service.connect() as connection:
                try:
                    connection.send(request("GET", "/v1/verify", {"X-API-Key": secret, "X-Fill": "x" * size}))
                except ConnectionError:
                    continue
                answer = connection.answer()
                check(answer is None or answer.status == (200 if size < 8000 else 431), f"{size}: {answer}")
        with service.connect() as connection:
            try:
                connection.send(request("GET", "/" + "x" * 30000))
                answer = connection.answer()
                check(answer is None or answer.status == 414, f"{answer and answer.status}")
            except ConnectionError:
                pass
        many = [(f"X-{n}", "y") for n in range(2000)]
        answer = service.get("/v1/verify", many)
        check(answer is None or answer.status == 431, "many headers")
        equal(200, service.verify(secret).status)


@test
def a_request_close_to_the_limit_gets_the_longest_answer(home):
    fields = [f"--meta=m{n}={'v' * 250}" for n in range(12)]
    secret = home.create("n" * 128, "--owner", "o" * 256, *fields)["secret"]
    with Service(home) as service:
        answer = service.get("/v1/auth", {"X-API-Key": secret, "X-Fill": "x" * 7900})
        equal((204, "VALID"), (answer.status, answer["X-Auth-Code"]))
        check(len(answer["X-Auth-Meta"]) > 3000)


@test
def what_is_no_http_ends_the_connection_and_nothing_else(home):
    secret = home.create("any")["secret"]
    with Service(home) as service:
        for data in (b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                     b"GET /v1/verify\r\n\r\n", b"GET /v1/verify HTTP/1.1\r\nX-API-Key\r\n\r\n",
                     b"GET " + b"A" * 100000, b"POST /v1/verify HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                     b"POST /v1/verify HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                     b"POST /v1/verify HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"):
            with service.connect() as connection:
                try:
                    rest = connection.send(data).ends()
                except ConnectionError:
                    continue
                lacks(b" 200 ", rest, data[:60])
        for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\r\n\r\n\r\n", b"\0" * 5000):
            with service.connect() as connection:
                connection.send(data)
        equal(200, service.verify(secret).status)
        equal(None, service.process.poll())


@test
def odd_bytes_in_headers_are_harmless(home):
    secret = home.create("any")["secret"]
    with Service(home, "--explain") as service:
        for value in (b"\xff\xfe\x80", b"\x1b[31m", b"caf\xc3\xa9", b"a\0b", b"\x7f", secret.encode() + b"\x01"):
            data = b"GET /v1/verify HTTP/1.1\r\nHost: a\r\nX-API-Key: " + value + b"\r\n\r\n"
            answer = service.ask(data)
            check(answer is None or answer.status in (400, 401), f"{value}: {answer and answer.raw}")
        for name in (b"X-Forwarded-For", b"X-Authrack-Scope", b"X-Authrack-Caller", b"\xff\0"):
            data = (b"GET /v1/verify HTTP/1.1\r\nHost: a\r\n" + name + b": \x1b]0;x\x07\xc0\xaf\0z\r\nX-API-Key: " +
                    secret.encode() + b"\r\n\r\n")
            answer = service.ask(data)
            check(answer is None or answer.status in (200, 400), f"{name}: {answer and answer.raw}")
        lacks("\x1b", service.log)


@test
def pipelined_requests_are_answered_in_their_order(home):
    secret = home.create("any")["secret"]
    good, bad = (request("GET", "/v1/verify", {"X-API-Key": key}) for key in (secret, "bad"))
    with Service(home) as service, service.connect() as connection:
        connection.send((good + bad) * 50)
        equal([200, 401] * 50, [connection.answer().status for _ in range(100)])
        check(connection.is_open())


@test
def http_1_0_and_connection_close_are_closed(home):
    secret = home.create("any")["secret"]
    with Service(home) as service:
        for data in (request("GET", "/v1/verify", {"X-API-Key": secret}, version="1.0"),
                     request("GET", "/v1/verify", {"X-API-Key": secret, "Connection": "close"})):
            with service.connect() as connection:
                equal(200, connection.send(data).answer().status)
                equal(b"", connection.ends())


@test
def a_request_that_is_never_finished_leaves_no_key_in_memory(home):
    if "asan" in BINARY:
        skip("a sanitizer keeps what was given back")
    home.create("any")
    with Service(home, threads=1) as service:
        try:
            next(memory_of(service.process.pid))
        except PermissionError:
            skip("reading another process's memory takes CAP_SYS_PTRACE")
        for start in (b"GET /v1/verify HTTP/1.1\r\nX-API-Key: %s\r\n", b"GET /v1/verify?a=%s HTTP/1.1\r\n",
                      b"POST /v1/verify HTTP/1.1\r\nContent-Length: 9\r\nX-API-Key: %s\r\n\r\n"):
            secret = home.create("to be forgotten")["secret"].encode()[-38:]
            pattern = [re.escape(secret)]
            with service.connect() as connection:
                connection.send(start % secret)
                wait_for(lambda: in_memory(service.process.pid, pattern), "the key to arrive")
            wait_for(lambda: not in_memory(service.process.pid, pattern), "the key to be gone from memory")


@test
def nothing_in_a_key_makes_a_header_of_its_own(home):
    """Names, owners and meta hold line ends, quotes, controls and other scripts."""
    evil = "a\r\nX-Auth-Tier: root\r\n\r\n<b>\x1b[2J\u202e\u00e9\u4e2d%0d%0a\x7f\U0001f600 \"\\"
    row = {"name": "evil " + evil[:100], "owner": evil, "tier": "t" + evil[:50], "meta": {"note": evil},
           "secret": "some-foreign-secret-0123456789abcdef"}
    import json  # the import takes what no command line would
    home.ok("key", "import", "--yes", home.file("rows.jsonl", json.dumps(row) + "\n"))
    with Service(home) as service:
        answer = service.get("/v1/auth", {"X-API-Key": row["secret"]})
        equal(204, answer.status)
        check(all(0x20 <= byte < 0x7F or byte in b"\r\n" for byte in answer.raw), answer.raw)
        contains("%0D%0AX-Auth-Tier: root", answer["X-Auth-Owner"])
        equal(1, sum(name == "x-auth-tier" for name, _ in answer.fields))
        equal({"note": evil}, json.loads(answer["X-Auth-Meta"]))
        told = home.run("--json", "key", "verify", input=row["secret"], code=0).json
        got = service.verify(row["secret"]).json
        got.pop("limits")
        equal(told, got)


@test
def what_makes_the_fields_too_long_is_left_out_and_named(home):
    meta = [f"--meta=m{n:02}={'ü' * 250}" for n in range(32)]
    scopes = [f"--scope=s{n:03}{'x' * 60}" for n in range(256)]
    secret = home.create("big", *meta, *scopes)["secret"]
    with Service(home) as service:
        answer = service.get("/v1/auth", {"X-API-Key": secret})
        equal((204, "big"), (answer.status, answer["X-Auth-Name"]))
        equal("X-Auth-Scopes, X-Auth-Meta", answer["X-Auth-Left-Out"])
        check(len(answer.raw) < 6000, len(answer.raw))
        got = service.verify(secret).json
        equal((256, 32), (len(got["scopes"]), len(got["meta"])))


main()
