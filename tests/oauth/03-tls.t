#!/usr/bin/python3
"""Providers over TLS: a certificate that is expired, another host's, self-signed or a stranger's, an old
version, and a redirect to plain http end the flow before anything secret is said; a good one is trusted
by the CA file, a client certificate lets in."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from oauth import DeviceRun, each, no_secret, scenario_options, shared_server  # noqa: E402
from tap import Home, check, equal, main, match, test  # noqa: E402

BAD = {"expired": "expired", "wrong": "host|name|127.0.0.1", "selfsigned": "self.signed|unknown|trust",
       "stranger": "issuer|trust|unknown|authority", "old": "version|TLS|protocol|sigalg"}


def run(home, kind, name, *more):
    server = shared_server()
    return DeviceRun(home, *scenario_options(server, name, kind, "--ca-file", server.ca, *more))


@test
def a_good_certificate_is_trusted_by_the_ca_file(home):
    success = run(home, "good", "good~tls").ended(0)
    equal("Bearer", success["token_type"])


@test
def an_authority_that_was_not_named_is_not_trusted(home):
    run = DeviceRun(home, *scenario_options(shared_server(), "good~unknown", "good"))
    run.ended(6)
    match("(?i)certificate|issuer|trust", str(run.events) + run.result().err)


@test
def bad_certificates_end_the_flow_before_anything_is_said():
    def one(kind):
        home, name = Home(), "good~" + kind
        try:
            tried = run(home, kind, name)
            tried.ended(6)
            match("(?i)" + BAD[kind], str(tried.events) + tried.result().err, kind)
            equal([], shared_server().asked(name), "it was asked all the same")
        finally:
            home.close()
    each(one, BAD)


@test
def a_certificate_that_went_bad_lets_no_poll_out(home):
    """It may be a hotel's network that stands between: the flow waits for another one, and says why."""
    server = shared_server()
    tried = DeviceRun(home, "--client-id", "tests", "--ca-file", server.ca,
                      "--device-authorization-endpoint", server.urls["good"] + "/timeout~explicit/device",
                      "--token-endpoint", server.urls["expired"] + "/timeout~explicit/token")
    equal("expired_token", tried.ended(1)["error"])
    match("certificate has expired", tried.all("retry")[0]["reason"])
    match("no answer", tried.events[-1]["explanation"])
    equal(1, len(server.asked("timeout~explicit", "device")))
    equal([], server.asked("timeout~explicit", "token"))


@test
def plain_http_is_refused_beyond_loopback(home):
    tried = DeviceRun(home, "--issuer", "http://id.example", "--client-id", "tests")
    result = tried.result()
    check(result.code in (2, 6), str(result))
    match("https", result.out + result.err)


@test
def a_redirect_to_plain_http_is_not_followed(home):
    server = shared_server()
    tried = run(home, "good", "redirect-plain")
    tried.ended(6)
    match("(?i)redirect|307|https", str(tried.events) + tried.result().err)
    equal([], server.asked("good", "token"))
    no_secret(server.state("redirect-plain").secrets, tried.result().out + tried.result().err, "what was said")


def mutual(home, name, certificate, key, kind="good"):
    server = shared_server()
    return run(home, kind, name, "--auth-method", "tls_client_auth",
               "--client-certificate-file", os.path.join(server.folder, certificate),
               "--client-key-file", os.path.join(server.folder, key))


@test
def a_client_certificate_lets_in_where_the_metadata_has_addresses_for_it(home):
    """RFC 8705 section 5: the others want none."""
    mutual(home, "mutual-aliases", "client.pem", "client.key").ended(0)
    asked = shared_server().asked("mutual-aliases")
    equal({"good", "mutual"}, {request.kind for request in asked})
    equal({"mutual"}, {request.kind for request in asked if request.method == "POST"})


@test
def a_strangers_certificate_does_not(home):
    mutual(home, "mutual-aliases~stranger", "nobody.pem", "nobody.key").ended(6)
    equal([], [r for r in shared_server().asked("mutual-aliases~stranger") if r.method == "POST"])


@test
def a_key_of_another_certificate_is_told(home):
    result = mutual(home, "mutual-aliases~key", "client.pem", "nobody.key").result()
    check(result.code in (2, 6), str(result))
    match("(?i)key|certificate", result.out + result.err)


main(workers=4)
