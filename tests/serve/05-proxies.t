#!/usr/bin/python3
"""The recipes for nginx, Caddy and HAProxy, each run by Debian's program before an API."""
import concurrent.futures
import contextlib
import http.client
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import recipes  # noqa: E402
from recipes import behind, receive, send  # noqa: E402
from serve import on_socket  # noqa: E402
from tap import PATIENCE, check, contains, equal, main, test  # noqa: E402

FORGED = {"X-Auth-Name": "root", "X-Auth-Key-Id": "key_0", "x-auth-tier": "gold", "X-Auth-Code": "VALID",
          "X-Auth-Meta": '{"admin":"1"}', "X-Auth-Left-Out": "x", "X_Auth_Owner": "root", "X_Auth_Name": "root",
          "X-Authrack-Caller": "me"}


def each_proxy(function):
    """One point for each of the three."""
    for name in ("nginx", "caddy", "haproxy"):
        def point(home, name=name):
            recipes.program(name)
            function(home, getattr(recipes, name))
        point.__name__ = f"{name}_{function.__name__}"
        test(point)
    return function


def seen(answer):
    """What the API was told of the caller, by header."""
    equal(200, answer.status, str(answer))
    told = {}
    for name, value in answer.json["headers"]:
        told.setdefault(name, []).append(value)
    return told


@each_proxy
def lets_a_good_key_through_and_says_whose_it_is(home, proxy):
    made = home.create("billing", "--owner", "finance", "--tier", "gold", "--scope", "orders:*", "--meta", "env=é")
    with behind(home, proxy) as world:
        for headers in ({"X-API-Key": made["secret"]}, {"Authorization": f"Bearer {made['secret']}"}):
            told = seen(world.ask("/any?scope=x&a=1", headers))
            equal([made["id"]], told["x-auth-key-id"])
            equal([["billing"], ["finance"], ["gold"]], [told[f"x-auth-{n}"] for n in ("name", "owner", "tier")])
            equal(["orders:*"], told["x-auth-scopes"])
            contains("env", told["x-auth-meta"][0])
            for name in ("x-api-key", "authorization", "x-authrack-scope", "x-auth-code"):
                check(name not in told, f"{name}: {told}")
            check(made["secret"] not in str(told), "the API sees the secret")


@each_proxy
def says_nothing_of_a_key_that_is_not_so(home, proxy):
    made = home.create("bare")
    with behind(home, proxy) as world:
        for path in ("/", "/a/b"):
            told = seen(world.ask(path, {"X-API-Key": made["secret"]}))
            equal({"x-auth-key-id": [made["id"]], "x-auth-name": ["bare"], "x-auth-version": ["1"]},
                  {name: values for name, values in told.items() if name.startswith("x-auth") and values != [""]})


@each_proxy
def believes_nothing_that_the_client_says_of_itself(home, proxy):
    secret = home.create("billing")["secret"]
    with behind(home, proxy) as world:
        told = seen(world.ask("/", {"X-API-Key": secret, **FORGED}))
        equal(["billing"], told["x-auth-name"])
        for name, values in told.items():
            if name.replace("_", "-").startswith("x-auth"):
                check("root" not in values and "gold" not in values and "me" not in values, f"{name}: {values}")
        check("x-auth-meta" not in told or "admin" not in told["x-auth-meta"][0], "forged meta")
        equal(401, world.ask("/", FORGED).status)
        equal(1, world.api.asked)


@each_proxy
def asks_for_the_scope_of_the_place_and_no_other(home, proxy):
    good = home.create("reader", "--scope", "orders:read")["secret"]
    other = home.create("other", "--scope", "invoices:read")["secret"]
    with behind(home, proxy) as world:
        equal(200, world.ask("/orders/1", {"X-API-Key": good}).status)
        for more in ({}, {"X-Authrack-Scope": "invoices:read"}):
            equal(403, world.ask("/orders/1?scope=invoices:read", {"X-API-Key": other, **more}).status)
        equal(200, world.ask("/elsewhere", {"X-API-Key": other, "X-Authrack-Scope": "none:such"}).status)
        equal(2, world.api.asked)


@each_proxy
def takes_a_path_for_the_same_however_it_is_spelled(home, proxy):
    """The API behind reads %6f as o, and may tidy up the rest."""
    other = {"X-API-Key": home.create("other", "--scope", "invoices:read")["secret"]}
    with behind(home, proxy) as world:
        for path in ("/orders/1", "/orders", "/%6frders/1", "/%6Frders", "/orders%2f1", "/orders/1%3f", "//orders/1",
                     "/./orders/1", "/x/../orders/1", "/x/%2e%2e/orders/1", "/x%2f..%2forders/1", "/.//orders/1",
                     "/x/%2e./orders/1", "/%2e/orders/1", "/%2forders/1"):
            status = world.ask(path, other).status
            check(status in (301, 400, 403), f"{path}: {status}")
        equal(0, world.api.asked)
        for path in ("/or/ders", "/a/b.c/..d/.e/...", "/ordersx/1", "/x?/../orders/"):
            equal(200, world.ask(path, other).status, path)


@each_proxy
def refuses_without_asking_the_api(home, proxy):
    made = home.create("billing")
    home.create("dead")
    with behind(home, proxy) as world:
        wrong = made["secret"][:-1] + ("a" if made["secret"][-1] != "a" else "b")
        for headers in ({}, {"X-API-Key": ""}, {"X-API-Key": "nonsense"}, {"X-API-Key": wrong},
                        {"X-API-Key": made["secret"], "Authorization": "Bearer other"}):
            refused = world.ask("/", headers)
            equal(401, refused.status, str(headers))
            contains("Bearer", refused["WWW-Authenticate"])
        home.ok("key", "revoke", "billing", "--yes")
        equal(401, world.ask("/", {"X-API-Key": made["secret"]}).status)
        equal(0, world.api.asked)


@each_proxy
def hands_a_limit_on_as_429_with_the_time_to_wait(home, proxy):
    secret = home.create("slow", "--limit", "2/hour")["secret"]
    with behind(home, proxy) as world:
        for left in (1, 0):
            passed = world.ask("/", {"X-API-Key": secret})
            equal(200, passed.status)
            if proxy is not recipes.caddy:  # its forward_auth hands on nothing of a good answer
                contains(f"r={left}", passed["RateLimit"])
        refused = world.ask("/", {"X-API-Key": secret})
        equal(429, refused.status, str(refused))
        wait = int(refused["Retry-After"])
        check(0 < wait <= 3600, str(refused))
        contains("r=0", refused["RateLimit"])
        contains("q=2", refused["RateLimit-Policy"])
        equal(2, world.api.asked)


@each_proxy
def tells_the_client_address_as_it_sees_it(home, proxy):
    inside = home.create("inside", "--allow-from", "127.0.0.0/8")["secret"]
    outside = home.create("outside", "--allow-from", "10.0.0.0/8")["secret"]
    with behind(home, proxy) as world:
        equal(200, world.ask("/", {"X-API-Key": inside}).status)
        equal(200, world.ask("/", {"X-API-Key": inside, "X-Forwarded-For": "10.1.2.3"}).status)
        for forged in ({}, {"X-Forwarded-For": "10.1.2.3"}, {"Forwarded": "for=10.1.2.3"}, {"X-Real-IP": "10.1.2.3"}):
            equal(403, world.ask("/", {"X-API-Key": outside, **forged}).status, str(forged))


@each_proxy
def lets_nobody_in_when_the_service_is_gone(home, proxy):
    secret = home.create("billing")["secret"]
    with behind(home, proxy) as world:
        equal(200, world.ask("/", {"X-API-Key": secret}).status)
        equal(0, world.service.stop())
        for path in ("/", "/orders/1"):
            answer = world.ask(path, {"X-API-Key": secret})
            check(answer.status in (502, 503, 504), str(answer))
        equal(1, world.api.asked)
        with on_socket(home):
            equal(200, world.ask("/", {"X-API-Key": secret}).status)


@each_proxy
def keeps_its_connections_to_the_service(home, proxy):
    secret = home.create("billing")["secret"]
    with behind(home, proxy) as world:
        connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            for i in range(200):
                send(connection, f"/{i}", {"X-API-Key": secret if i % 4 else "wrong"})
                equal(200 if i % 4 else 401, receive(connection).status)
        check(world.relay.count <= 8, f"{world.relay.count} connections for 200 requests")
        print(f"# {world.relay.count} connections for 200 requests")


@each_proxy
def needs_no_more_connections_than_it_has_clients(home, proxy):
    secret, clients = home.create("billing")["secret"], 24
    with behind(home, proxy) as world:
        def client(_):
            connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=PATIENCE)
            with contextlib.closing(connection):
                for _ in range(20):
                    send(connection, "/", {"X-API-Key": secret})
                    equal(200, receive(connection).status)

        with concurrent.futures.ThreadPoolExecutor(clients) as pool:
            list(pool.map(client, range(clients)))
        check(world.relay.count <= 2 * clients, f"{world.relay.count} connections for {20 * clients} requests")
        print(f"# {world.relay.count} connections for {20 * clients} requests of {clients} clients")


@each_proxy
def hands_bodies_to_the_api_and_not_to_the_service(home, proxy):
    secret = home.create("billing")["secret"]
    with behind(home, proxy) as world:
        for size in (0, 10, 100_000):
            answer = world.ask("/", {"X-API-Key": secret}, method="POST", body=b"x" * size)
            equal(("POST", size), (answer.json["method"], len(answer.json["body"])))
        equal(401, world.ask("/", {"X-API-Key": "wrong"}, method="POST", body=b"x" * 1000).status)


@each_proxy
def leaves_a_403_of_the_api_as_it_is(home, proxy):
    secret = home.create("billing")["secret"]
    with behind(home, proxy) as world:
        answer = world.ask("/forbidden", {"X-API-Key": secret})
        equal((403, "/forbidden"), (answer.status, answer.json["path"]))


# What stands in each recipe for "/", and is replaced by the lines for a key.
PLACES = {
    "nginx": "\tlocation / {\n\t\tset $authrack_scope \"\";\n\t\tproxy_pass http://api;\n\t}\n",
    "caddy": "\troute {\n\t\timport authrack \"\"\n\t\treverse_proxy 127.0.0.1:9000\n\t}\n",
    "haproxy": "\thttp-request set-var(txn.authrack_scope) str(\"orders:read\") if { var(txn.authrack_path) -m reg ^/orders(/|$) }\n"
               "\thttp-request lua.authrack\n",
}


@each_proxy
def takes_the_lines_that_are_printed_for_a_key(home, proxy):
    name = proxy.__name__
    secret = home.create("billing", "--scope", "invoices:*", "--scope", "b")["secret"]
    other = home.create("other", "--scope", "invoices:read")["secret"]
    lines = home.ok("key", "snippet", "billing", "--for", name).out
    with open(os.path.join(recipes.RECIPES, {"caddy": "Caddyfile", "nginx": "nginx.conf",
                                             "haproxy": "haproxy.cfg"}[name]), encoding="utf-8") as file:
        contains(PLACES[name], file.read())
    with behind(home, proxy, more={PLACES[name]: lines}) as world:
        equal(200, world.ask("/", {"X-API-Key": secret}).status)
        equal(403, world.ask("/", {"X-API-Key": other}).status)


main(workers=2)
