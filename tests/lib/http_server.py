#!/usr/bin/python3
"""A server that answers by script, for tests of the HTTP client: well, late, too long, broken off, and
with certificates of every kind. Run as: http_server.py FOLDER. Says its ports on one line, and ends
when its standard input does."""

import collections
import gzip
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import warnings

MEBIBYTE = 1 << 20
KINDS = ("plain", "other", "good", "wrong", "expired", "selfsigned", "stranger", "mutual", "old")
PROXIED = "proxied.example"  # a name that only the proxy knows

counts = collections.Counter()
ports = {}


def openssl(folder, *arguments):
    subprocess.run(("openssl",) + arguments, cwd=folder, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", name + ".key", "-out", name + ".pem", "-days", "30", "-subj", "/CN=" + name,
            "-addext", "basicConstraints=critical,CA:true")


def certificate(folder, name, names, issuer, days):
    with open(os.path.join(folder, name + ".ext"), "w", encoding="ascii") as out:
        out.write("subjectAltName=" + names + "\n")
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name)
    openssl(folder, "x509", "-req", "-in", name + ".csr", "-CA", issuer + ".pem", "-CAkey",
            issuer + ".key", "-days", str(days), "-extfile", name + ".ext", "-out", name + ".pem")


def certificates(folder):
    here = "IP:127.0.0.1,DNS:localhost"
    authority(folder, "ca")
    authority(folder, "unknown")
    certificate(folder, "good", here + ",DNS:" + PROXIED, "ca", 30)
    certificate(folder, "mutual", here, "ca", 30)
    certificate(folder, "old", here, "ca", 30)
    certificate(folder, "client", "DNS:client", "ca", 30)
    certificate(folder, "nobody", "DNS:nobody", "unknown", 30)
    openssl(folder, "pkey", "-in", "client.key", "-aes256", "-passout", "pass:secret", "-out",
            "locked.key")
    certificate(folder, "wrong", "DNS:elsewhere.example", "ca", 30)
    certificate(folder, "expired", here, "ca", -1)
    certificate(folder, "stranger", here, "unknown", 30)
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", "selfsigned.key", "-out", "selfsigned.pem", "-days", "30", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=" + here)


def answer(connection, body=b"", status="200 OK", *headers):
    lines = ["HTTP/1.1 " + status, "Content-Length: %d" % len(body), "Connection: close", *headers]
    connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def endless(connection, first, piece, pause):
    """Sends until nobody listens."""
    connection.sendall(first)
    while True:
        connection.sendall(piece)
        time.sleep(pause)


def wait_for_end(connection):
    while connection.recv(4096):
        pass


def redirect(connection, target, status="302 Found"):
    answer(connection, b"moved", status, "Location: " + target)


def counted(connection, request, *headers):
    counts[request.path] += 1
    answer(connection, b"%d" % counts[request.path], "200 OK", *headers)


def reset(connection, _):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def echo(connection, request):
    answer(connection, request.head + b"\n\n" + request.body)


def who(connection, _):
    """The common name of the client's certificate."""
    subject = connection.getpeercert()["subject"]
    answer(connection, dict(part[0] for part in subject)["commonName"].encode())


def tunnel(connection, request):
    """A proxy's CONNECT: to the good server, whatever the name; nowhere for any other."""
    counts["CONNECT"] += 1
    if request.target != PROXIED + ":443":
        return answer(connection, b"no", "403 Forbidden")
    connection.sendall(HEAD + b"\r\n")
    with socket.create_connection(("127.0.0.1", ports["good"])) as far:
        back = threading.Thread(target=pump, args=(far, connection), daemon=True)
        back.start()
        pump(connection, far)
        back.join()
    return None


def pump(source, target):
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def bomb(connection, _):
    squeezed = gzip.compress(bytes(100 * MEBIBYTE), 9)
    answer(connection, squeezed, "200 OK", "Content-Encoding: gzip")


HEAD = b"HTTP/1.1 200 OK\r\n"
SCRIPTS = {
    "/ok": lambda c, r: answer(c, b"hello", "200 OK", "X-One: 1", "X-One: 2", "X-Blank:   a b \t"),
    "/echo": echo,
    "/who": who,
    "/tunnels": lambda c, r: answer(c, b"%d" % counts["CONNECT"]),
    "/missing": lambda c, r: answer(c, b"no", "404 Not Found"),
    "/early": lambda c, r: c.sendall(b"HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
                                     + HEAD + b"Content-Length: 2\r\nX-Late: 1\r\n\r\nok"),
    "/to-ok": lambda c, r: redirect(c, "/ok"),
    "/to-echo": lambda c, r: redirect(c, "echo", "307 Temporary Redirect"),
    "/to-other": lambda c, r: redirect(c, "http://127.0.0.1:%d/ok" % ports["other"]),
    "/to-name": lambda c, r: redirect(c, "http://localhost:%d/ok" % ports["plain"]),
    "/to-plain": lambda c, r: redirect(c, "http://192.0.2.1/"),
    "/to-file": lambda c, r: redirect(c, "file:///etc/passwd"),
    "/to-user": lambda c, r: redirect(c, "http://a:b@127.0.0.1:%d/ok" % ports["plain"]),
    "/to-itself": lambda c, r: redirect(c, "/to-itself"),
    "/to-nothing": lambda c, r: answer(c, b"moved", "302 Found"),
    "/large": lambda c, r: answer(c, bytes(10 * MEBIBYTE)),
    "/full": lambda c, r: answer(c, b"x" * MEBIBYTE),
    "/bomb": bomb,
    "/gzip": lambda c, r: answer(c, gzip.compress(b"hello"), "200 OK", "Content-Encoding: gzip"),
    "/broken-gzip": lambda c, r: answer(c, b"hello", "200 OK", "Content-Encoding: gzip"),
    "/endless-header": lambda c, r: endless(c, HEAD, b"X: %s\r\n" % (b"y" * 1000), 0),
    "/many-headers": lambda c, r: answer(c, b"", "200 OK", *["X-%d: y" % i for i in range(600)]),
    "/endless-line": lambda c, r: endless(c, HEAD + b"X: ", b"y" * 1000, 0),
    "/drip": lambda c, r: endless(c, HEAD + b"\r\n", b".", 0.02),
    "/silent": lambda c, r: (c.sendall(HEAD + b"\r\nhello"), wait_for_end(c)),
    "/never": lambda c, r: wait_for_end(c),
    "/reset": reset,
    "/close": lambda c, r: None,
    "/garbage": lambda c, r: c.sendall(b"\x1b[2J\xff\x00garbage\r\n\r\n"),
    "/short": lambda c, r: c.sendall(HEAD + b"Content-Length: 100\r\n\r\nhello"),
    "/kept": lambda c, r: counted(c, r, "Cache-Control: public, max-age=600"),
    "/kept-all": lambda c, r: counted(c, r, "Cache-Control: max-age=99999999999"),
    "/unkept": lambda c, r: counted(c, r),
    "/no-store": lambda c, r: counted(c, r, "Cache-Control: max-age=600, no-store"),
    "/aged": lambda c, r: counted(c, r, "Cache-Control: max-age=600", "Age: 600"),
    "/broken-age": lambda c, r: counted(c, r, "Cache-Control: max-age=6x"),
    "/gone": lambda c, r: (counts.update((r.path,)),
                           answer(c, b"no", "410 Gone", "Cache-Control: max-age=600")),
}


class Request:
    def __init__(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                raise OSError("nothing came")
            data += piece
            if data[0] == 0x16:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                raise ValueError("TLS")
        self.head, self.body = data.split(b"\r\n\r\n", 1)
        self.method, self.target, _ = self.head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        self.path, _, self.query = self.target.partition("?")
        length = 0
        for line in self.head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(self.body) < length:
            self.body += connection.recv(65536)


def serve(connection, context):
    try:
        with connection:
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            with connection:
                request = Request(connection)
                script = tunnel if request.method == "CONNECT" else SCRIPTS.get(request.path)
                if request.path.startswith("/kept-"):
                    script = script or SCRIPTS["/kept"]
                if script:
                    script(connection, request)
                else:
                    answer(connection, b"no", "404 Not Found")
    except (OSError, ValueError):
        pass


def listen(server, context):
    while True:
        connection, _ = server.accept()
        threading.Thread(target=serve, args=(connection, context), daemon=True).start()


def context_of(folder, kind):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, kind + ".pem"), os.path.join(folder, kind + ".key"))
    if kind == "mutual":
        context.load_verify_locations(os.path.join(folder, "ca.pem"))
        context.verify_mode = ssl.CERT_REQUIRED
    if kind == "old":
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def main(folder):
    certificates(folder)
    for kind in KINDS:
        server = socket.create_server(("127.0.0.1", 0), backlog=64)
        context = None if kind in ("plain", "other") else context_of(folder, kind)
        ports[kind] = server.getsockname()[1]
        threading.Thread(target=listen, args=(server, context), daemon=True).start()
    print(*(ports[kind] for kind in KINDS), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
