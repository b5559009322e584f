#!/usr/bin/python3
"""Who may ask the service, whose address counts, and what happens to those who guess keys."""
import os
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from serve import Service, request  # noqa: E402
from tap import check, contains, equal, lacks, main, match, test, wait_for  # noqa: E402

FIRST, SECOND = "first-0123456789abcdefghijABCDEFGHIJ", "second-0123456789abcdefghijABCDEFGHIJ"


@test
def beyond_loopback_it_wants_caller_tokens(home):
    secret = home.create("any")["secret"]
    for address in ("0.0.0.0:0", "[::]:0"):
        result = home.run("serve", "--listen", address, code=2)
        match(r"beyond loopback", result.err)
        contains("--caller-token-file", result.err)
    tokens = home.file("tokens", f"# the shop\n{FIRST}\n\n{SECOND}\n")
    with Service(home, "--caller-token-file", tokens, listen=("0.0.0.0:0",)) as service:
        service.addresses = [name.replace("0.0.0.0", "127.0.0.1") for name in service.addresses]
        for token in (FIRST, SECOND):
            equal(200, service.verify(secret, X_Authrack_Caller=token).status)
        for headers in ([], [("X-Authrack-Caller", FIRST[:-1])], [("X-Authrack-Caller", "")],
                        [("X-Authrack-Caller", FIRST), ("X-Authrack-Caller", FIRST)],
                        [("Authorization", f"Bearer {FIRST}")]):
            for path in ("/v1/verify", "/v1/auth", "/v1/auth/nginx", "/v1/auth/envoy/x", "/v1/verify?key=1"):
                answer = service.get(path, headers + [("X-API-Key", secret)])
                equal((403, "CALLER_REFUSED"), answer.code, f"{path} {headers}")
        for path in ("/healthz", "/readyz"):
            equal(200, service.get(path).status, path)
        equal(403, service.get("/metrics").status)
        equal(403, service.get("/metrics", {"Authorization": "Bearer x"}).status)
        equal(200, service.get("/metrics", {"Authorization": f"Bearer {FIRST}"}).status)
        equal(25 + 2, service.metric("authrack_callers_refused_total", X_Authrack_Caller=FIRST))
        for told in (FIRST, SECOND, secret):
            lacks(told, service.log)


@test
def a_reload_takes_new_caller_tokens_and_keeps_old_ones_on_an_error(home):
    secret = home.create("any")["secret"]
    tokens = home.file("tokens", f"{FIRST}\n")
    with Service(home, "--caller-token-file", tokens) as service:
        equal(403, service.verify(secret, X_Authrack_Caller=SECOND).status)
        home.file("tokens", f"{SECOND}\n")
        service.signal(signal.SIGHUP)
        service.wait_log("reloaded")
        equal(200, service.verify(secret, X_Authrack_Caller=SECOND).status)
        equal(403, service.verify(secret, X_Authrack_Caller=FIRST).status)
        home.file("tokens", "short\n")
        service.signal(signal.SIGHUP)
        service.wait_log("stay as they were")
        equal(200, service.verify(secret, X_Authrack_Caller=SECOND).status)


@test
def a_token_file_that_others_can_read_is_refused(home):
    home.create("any")
    tokens = home.file("tokens", f"{FIRST}\n", mode=0o644)
    equal(7, home.run("serve", "--listen", "127.0.0.1:0", "--caller-token-file", tokens).code)


@test
def the_client_s_address_is_the_proxy_s_word_only_where_it_is_trusted(home):
    secret = home.create("inside", "--allow-from", "10.0.0.0/8")["secret"]

    def status(service, *forwarded, index=0):
        headers = [("X-API-Key", secret)] + [("X-Forwarded-For", value) for value in forwarded]
        return service.get("/v1/verify", headers, index=index).status

    with Service(home) as service:
        equal(403, status(service, "10.1.2.3"), "of no trusted proxy")
    path = os.path.join(home.path, "s")
    trusted = ("--trusted-proxy", "127.0.0.1", "--trusted-proxy", "192.0.2.0/24")
    with Service(home, *trusted, listen=("127.0.0.1:0", f"unix:{path}")) as service:
        equal(200, status(service, "10.1.2.3"))
        equal(200, status(service, "198.51.100.9, 10.1.2.3, 192.0.2.7"))
        equal(200, status(service, "198.51.100.9", "10.1.2.3"), "two fields, in their order")
        equal(403, status(service, "10.1.2.3", "198.51.100.9"))
        equal(403, status(service, "10.1.2.3, 198.51.100.9"))
        equal(403, status(service, "10.1.2.3, nonsense"))
        equal(403, status(service, ""))
        equal(403, status(service), "no word of the client's")
        equal(403, status(service, "10.1.2.3", index=1), "the socket is not trusted")
    with Service(home, "--trusted-proxy", "unix", listen=("127.0.0.1:0", f"unix:{path}")) as service:
        equal(200, status(service, "10.1.2.3", index=1))
        equal(403, status(service, "10.1.2.3"))


@test
def a_trusted_proxy_that_is_no_range_is_a_usage_error(home):
    home.create("any")
    for text in ("10.0.0.1/8", "proxy", ""):
        equal(2, home.run("serve", "--listen", "127.0.0.1:0", "--trusted-proxy", text).code, text)


@test
def who_guesses_keys_waits_and_others_do_not(home):
    secret = home.create("any")["secret"]
    with Service(home, "--trusted-proxy", "127.0.0.0/8", threads=1) as service:
        def ask(key, client):
            return request("GET", "/v1/verify", {"X-API-Key": key, "X-Forwarded-For": client})

        answers = []
        guessers = [service.connect() for _ in range(13)]
        for number, connection in enumerate(guessers):
            connection.send(ask(f"guess-{number}-0123456789", "203.0.113.5"))
        readers = [threading.Thread(target=lambda c=c: answers.append(c.answer())) for c in guessers]
        for reader in readers:
            reader.start()
        wait_for(lambda: service.metric("authrack_connections_held") == 3, "three answers to be held back")
        # Neither another client of the proxy nor a good key of the same one waits for them.
        with service.connect() as other:
            equal(401, other.send(ask("wrong-0123456789", "203.0.113.6")).answer().status)
            equal(200, other.send(ask(secret, "203.0.113.5")).answer().status)
        check(service.metric("authrack_connections_held") > 0, "all were answered meanwhile")
        for reader in readers:
            reader.join()
        equal([401] * 13, [answer.status for answer in answers])
        equal({answers[0].undated}, {answer.undated for answer in answers})
        equal(3, service.metric("authrack_wrong_keys_slowed_total"))
        equal(0, service.metric("authrack_connections_held"))
        for connection in guessers:
            connection.close()


@test
def who_leaves_while_he_waits_is_forgotten_and_too_many_are_refused(home):
    home.create("any")
    with Service(home, "--trusted-proxy", "127.0.0.1") as service:
        ask = request("GET", "/v1/auth", {"X-API-Key": "guess-0123456789", "X-Forwarded-For": "203.0.113.5"})
        waiting = [service.connect().send(ask) for _ in range(60)]
        wait_for(lambda: service.metric("authrack_wrong_keys_refused_total"), "a refusal")
        wait_for(lambda: sum(not one.is_open() for one in waiting) >= 20, "the answers at once")
        codes = [one.answer().code for one in waiting if not one.is_open()]
        check((429, "TOO_MANY_WRONG_KEYS") in codes and (401, "INVALID") in codes, codes)
        for one in waiting:
            one.close()
        equal(0, service.stop())


@test
def a_stop_answers_those_who_wait(home):
    home.create("any")
    with Service(home, "--trusted-proxy", "127.0.0.1") as service:
        ask = request("GET", "/v1/verify", {"X-API-Key": "guess-0123456789", "X-Forwarded-For": "203.0.113.5"})
        waiting = [service.connect().send(ask) for _ in range(20)]
        wait_for(lambda: (service.metric("authrack_connections_held") or 0) >= 5, "some to wait")
        service.signal(signal.SIGTERM)
        equal([401] * 20, [one.answer().status for one in waiting])
        equal(0, service.wait())


main()
