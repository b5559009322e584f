#!/usr/bin/python3
"""From start to stop: sockets, systemd, signals, connections that nobody uses."""
import fcntl
import grp
import os
import resource
import signal
import socket
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from load import Load  # noqa: E402
from serve import Connection, Service, request  # noqa: E402
from tap import BINARY, PATIENCE, check, contains, equal, fail, lacks, main, match, skip, test, wait_for  # noqa: E402


@test
def the_log_tells_where_it_listens_and_what_happens(home):
    home.create("any")
    with Service(home, threads=3) as service:
        match(r"^authrack: listening on 127\.0\.0\.1:\d+; 3 threads, authrack \d", service.log)
        service.signal(signal.SIGHUP)
        service.wait_log("reloaded")
        equal(0, service.stop())
        match(r"^authrack: stopping$", service.log)


@test
def what_opening_found_is_told(home):
    for name in ("one", "two"):
        home.create(name)
    for name in os.listdir(os.path.dirname(home.master)):
        if name.endswith(".anchor"):
            os.remove(os.path.join(os.path.dirname(home.master), name))
    with Service(home) as service:
        service.wait_log("anchor")
        equal(200, service.get("/readyz").status)
        equal(0, service.metric("authrack_usage_calls_lost_total"))
        equal(0, service.stop())


@test
def a_read_only_service_answers_and_counts_nothing(home):
    secret = home.create("any")["secret"]
    with Service(home, "--read-only") as service:
        equal(200, service.verify(secret).status)
        service.wait_log("nothing is counted: the store was opened to read only")
        lacks("wait in memory", service.log)
        equal(0, service.stop())
    equal([], home.rows("key", "usage", "any"))


@test
def an_address_of_ipv6_is_served(home):
    home.create("any")
    if not socket.has_ipv6:
        skip("no IPv6 here")
    with Service(home, listen=("[::1]:0",)) as service:
        match(r"listening on \[::1\]:\d+;", service.log)
        equal(200, service.get("/healthz").status)


@test
def addresses_that_are_none_or_taken_are_refused(home):
    home.create("any")
    for address in ("", "8420", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:x",
                    "::1:80", "[::1]", "[127.0.0.1]:0", "example.org:80", "unix:", "unix:" + "x" * 200):
        result = home.run("serve", "--listen", address)
        equal(2, result.code, address)
    with Service(home) as service:
        taken = home.run("serve", "--listen", f"127.0.0.1:{service.port}", code=4)
        contains("Address already in use", taken.err)
    for option, value in (("--threads", "0"), ("--threads", "1000"), ("--listen-mode", "9"), ("--listen-mode", "01777"),
                          ("--listen-group", "no-such-group")):
        equal(2, home.run("serve", "--listen", f"unix:{home.path}/s", option, value).code, f"{option} {value}")
    check(not os.path.exists(f"{home.path}/s"), "a socket was left behind")


@test
def a_unix_socket_has_its_mode_and_goes_with_the_service(home):
    secret = home.create("any")["secret"]
    path = os.path.join(home.path, "serve.sock")
    with Service(home, listen=(f"unix:{path}",)) as service:
        equal(0o660, stat.S_IMODE(os.stat(path).st_mode))
        equal(200, service.verify(secret).status)
        contains("somebody listens", home.run("serve", "--listen", f"unix:{path}", code=4).err)
        equal(200, service.verify(secret).status, "after somebody else tried")
        equal(0, service.stop())
        check(not os.path.exists(path), "the socket is still there")
    group = grp.getgrgid(os.getgid()).gr_name
    with Service(home, "--listen-mode", "0600", "--listen-group", group, listen=(f"unix:{path}",)) as service:
        equal((0o600, os.getgid()), (lambda s: (stat.S_IMODE(s.st_mode), s.st_gid))(os.stat(path)))


@test
def a_socket_left_behind_is_replaced_and_a_file_is_not(home):
    secret = home.create("any")["secret"]
    path = os.path.join(home.path, "serve.sock")
    with Service(home, listen=(f"unix:{path}",)) as service:
        service.signal(signal.SIGKILL)
        service.wait()
    check(os.path.exists(path))
    with Service(home, listen=(f"unix:{path}",)) as service:
        equal(200, service.verify(secret).status)
    plain = home.file("plain", "precious")
    contains("is no socket", home.run("serve", "--listen", f"unix:{plain}", code=4).err)
    with open(plain, encoding="ascii") as f:
        equal("precious", f.read())


@test
def a_socket_that_another_service_took_over_stays(home):
    secret = home.create("any")["secret"]
    path = os.path.join(home.path, "s")
    with Service(home, listen=(f"unix:{path}",)) as first:
        os.unlink(path)
        with Service(home, listen=(f"unix:{path}",)) as second:
            equal(0, first.stop())
            equal(200, second.verify(secret).status)
            equal(0, second.stop())
    check(not os.path.exists(path), "the socket was left behind")


@test
def several_addresses_are_served_at_once(home):
    secret = home.create("any")["secret"]
    path = os.path.join(home.path, "s")
    with Service(home, listen=("127.0.0.1:0", f"unix:{path}", "127.0.0.1:0")) as service:
        for index in range(3):
            equal(200, service.get("/v1/verify", {"X-API-Key": secret}, index=index).status)


def with_sockets(home, sockets, *args, env=None):
    """The service with the sockets as systemd hands them over."""
    script = ('import os, sys\nfds = [int(n) for n in sys.argv[1].split(",")]\n'
              'copies = [os.dup(fd) for fd in fds]\n'
              'for n, fd in enumerate(copies): os.dup2(fd, 3 + n); os.set_inheritable(3 + n, True)\n'
              'os.environ.update(LISTEN_PID=os.environ.get("WRONG_PID") or str(os.getpid()),'
              ' LISTEN_FDS=str(len(fds)), LISTEN_FDNAMES="x")\n'
              'os.execv(sys.argv[2], sys.argv[2:])\n')
    numbers = ",".join(str(one.fileno()) for one in sockets)
    return home.start("-c", script, numbers, BINARY, "serve", *args, env=env, binary=[sys.executable],
                      pass_fds=[one.fileno() for one in sockets])


@test
def sockets_of_systemd_are_served_and_it_is_told(home):
    secret = home.create("any")["secret"]
    path = os.path.join(home.path, "theirs")
    name = f"\0authrack-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, socket.create_server(("127.0.0.1", 0)) as tcp, \
            socket.socket(socket.AF_UNIX) as local:
        manager.bind(name)
        manager.settimeout(60)
        local.bind(path)
        local.listen()
        process = with_sockets(home, [tcp, local], "--threads", "1", env={"NOTIFY_SOCKET": "@" + name[1:]})
        try:
            equal(b"READY=1", manager.recv(4096))
            for address in (tcp.getsockname(), path):
                with Connection(address) as connection:
                    equal(200, connection.send(request("GET", "/v1/verify", {"X-API-Key": secret})).answer().status)
            process.send_signal(signal.SIGHUP)
            match(r"^RELOADING=1\nMONOTONIC_USEC=\d+$", manager.recv(4096).decode())
            equal(b"READY=1", manager.recv(4096))
            process.send_signal(signal.SIGTERM)
            equal(b"STOPPING=1", manager.recv(4096))
            equal(0, process.wait(60))
        finally:
            process.kill()
            process.communicate()
        check(os.path.exists(path), "removed systemd's socket")


@test
def sockets_that_are_not_for_us_are_left_alone(home):
    home.create("any")
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        process = with_sockets(home, [tcp], "--listen", "unix:" + "y" * 300, env={"WRONG_PID": "1"})
        contains("is no path", process.communicate()[1].decode())
        equal(2, process.returncode)
        process = with_sockets(home, [udp])
        contains("no stream socket", process.communicate()[1].decode())
        equal(2, process.returncode)
    with socket.create_server(("0.0.0.0", 0)) as wide:
        process = with_sockets(home, [wide])
        contains("beyond loopback", process.communicate()[1].decode())
        equal(2, process.returncode)


@test
def a_stop_under_load_loses_no_answer_and_no_count(home):
    key = home.create("any")
    with Service(home) as service, Load(service, {"any": key["secret"]}, callers=8) as load:
        load.more(500)
        equal(0, service.stop())
    load.check()
    equal({200}, set(load.statuses("any")))
    rows = home.rows("key", "usage", key["id"], "--by", "code")
    equal(load.count(), sum(row["count"] for row in rows))


@test
def a_store_that_goes_away_lets_nobody_in_until_it_is_back(home):
    secret = home.create("any")["secret"]
    folder = os.path.dirname(home.store)
    with Service(home) as service:
        equal(200, service.verify(secret).status)
        os.rename(folder, folder + ".away")
        wait_for(lambda: service.get("/readyz").status == 503, "readyz to say so")
        answer = service.verify(secret)
        equal((503, "UNAVAILABLE", "1"), (answer.status, answer.json["error"]["code"], answer["Retry-After"]))
        answer = service.get("/v1/auth", {"X-API-Key": secret})
        equal((503, b"", "UNAVAILABLE"), (answer.status, answer.body, answer["X-Auth-Code"]))
        equal(200, service.get("/healthz").status)
        equal(0, service.metric("authrack_store_readable"))
        service.wait_log("nobody is let in, the store can't be read")
        os.rename(folder + ".away", folder)
        wait_for(lambda: service.get("/readyz").status == 200, "readyz to be well again")
        equal(200, service.verify(secret).status)
        service.wait_log("the store can be read again")
        equal(0, service.stop())


@test
def who_removes_a_file_of_the_log_parts_the_service_from_nobody(home):
    """SQLite goes on with what it has open, beside those who come later."""
    for suffix in ("-shm", "-wal"):
        secrets = {name: home.create(f"{name}{suffix}")["secret"] for name in ("kept", "revoked")}
        with Service(home, threads=2) as service:
            equal(200, service.verify(secrets["revoked"]).status)
            os.rename(home.store + suffix, home.store + ".away")
            if suffix == "-wal":  # the changes in it are gone: nobody may be let in by what was before them
                wait_for(lambda: service.get("/readyz").status == 503, "readyz to say so")
                equal(503, service.verify(secrets["kept"]).status)
                os.rename(home.store + ".away", home.store + suffix)
                wait_for(lambda: service.get("/readyz").status == 200, "readyz to be well again")
            home.run("key", "revoke", f"revoked{suffix}", "--yes", code=0)
            wait_for(lambda: service.verify(secrets["revoked"]).status == 401, "the revoke to be seen")
            equal([401] * 20, [service.verify(secrets["revoked"]).status for _ in range(20)])
            wait_for(lambda: service.verify(secrets["kept"]).status == 200, "the other key")
            equal(0, service.stop())
        home.run("store", "check", code=0)


@test
def a_second_signal_ends_it_at_once(home):
    home.create("any")
    with Service(home) as service, service.connect() as busy:
        busy.send(b"GET /v1/verify HTTP/1.1\r\nHost: a\r\n")  # a request that does not end
        wait_for(lambda: service.metric("authrack_connections") == 2, "the connection")
        service.signal(signal.SIGTERM)
        service.wait_log("stopping")
        service.signal(signal.SIGTERM)
        equal(-signal.SIGTERM, service.wait())


@test
def a_log_that_nobody_reads_holds_up_nothing(home):
    secret = home.create("any")["secret"]
    path = os.path.join(home.path, "s")
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    process = home.start("serve", "--listen", f"unix:{path}", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=writing)
    try:
        os.read(reading, 1)  # it listens
        os.set_blocking(writing, False)
        try:
            while os.write(writing, b"x"):
                pass
        except BlockingIOError:
            pass
        os.set_blocking(writing, True)
        process.send_signal(signal.SIGHUP)
        with Connection(path) as connection:
            connection.send(request("GET", "/v1/verify", {"X-API-Key": secret}))
            equal(200, connection.answer().status)
        process.send_signal(signal.SIGTERM)
        equal(0, process.wait(PATIENCE))
    finally:
        process.kill()
        process.wait()
        os.close(reading)
        os.close(writing)


@test
def an_interrupt_ends_it_as_well(home):
    home.create("any")
    with Service(home) as service:
        service.signal(signal.SIGINT)
        equal(0, service.wait())


@test
def many_idle_connections_do_not_hurt(home):
    secret = home.create("any")["secret"]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(10000, hard - 300)
    if count < 1000:
        skip(f"only {hard} open files are allowed")
    idle = []
    try:
        with Service(home) as service:
            address = service.address()
            for _ in range(count):
                idle.append(socket.create_connection(address))
            equal(200, service.verify(secret).status)
            check(service.metric("authrack_connections") > count * 0.9, "they are not open")
            equal(0, service.stop())
    finally:
        for one in idle:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@test
def when_no_more_connections_fit_the_idle_make_room(home):
    secret = home.create("any")["secret"]
    limit = ["prlimit", "--nofile=256:256", BINARY]
    with Service(home, binary=limit) as service:
        idle = []
        for _ in range(400):
            idle.append(socket.create_connection(service.address()))
            equal(200, service.verify(secret).status)
        service.wait_log("no more connections fit")
        for one in idle:
            one.close()


@test
def a_request_that_does_not_end_is_let_go(home):
    """Byte after byte, for as long as it is read."""
    home.create("any")
    with Service(home) as service, service.connect() as slow:
        slow.send(b"GET /v1/verify HTTP/1.1\r\n")
        sent = 0
        while slow.is_open(0.05):
            try:
                slow.send(b"X-A: b\r\n" if sent % 2 else b"X-C: d\r\n")
            except OSError:
                break
            sent += 1
            if sent > 2000:
                fail("it may go on for ever")
        check(sent > 10, "it was not slow")


main()
