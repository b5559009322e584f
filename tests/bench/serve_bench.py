"""The service under wrk beside its peers: the introduction's app under uvicorn, and nginx with "return 200"; one
thread of each, the same requests, one round after the other. And what nginx's auth_request costs."""
import contextlib
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))
sys.path.insert(0, str(ROOT / "tests/serve"))
import recipes  # noqa: E402

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = 3
CONNECTIONS = 64
CORES = sorted(os.sched_getaffinity(0))
TICK = os.sysconf("SC_CLK_TCK")
# A service's own core, and wrk's: neither takes time from the other.
SERVER_CORE, WRK_CORE = (CORES[0], CORES[-1]) if len(CORES) > 1 else (None, None)
LIMIT = "1000000/sec"

NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log stderr;
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 100000000; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    {rest}
}}
"""


def pinned(core, argv):
    return (["taskset", "-c", str(core)] if core is not None else []) + [str(a) for a in argv]


class Figures:
    """Of one run: answers a second, microseconds of the server's processor for each, 99th percentile in ms."""

    def __init__(self, rate, cpu, p99):
        self.rate, self.cpu, self.p99 = rate, cpu, p99

    @staticmethod
    def median(runs):
        return Figures(*(statistics.median(getattr(run, name) for run in runs) for name in ("rate", "cpu", "p99")))


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


def load(url, secrets, pid, seconds=SECONDS):
    """One run of wrk; every answer has to be a good one."""
    before = cpu_seconds(pid)
    done = subprocess.run(pinned(WRK_CORE, ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s",
                                            ROOT / "tests/bench/serve.lua", url]), check=True,
                          capture_output=True, text=True, env={**os.environ, "BENCH_SECRETS": str(secrets)})
    spent = cpu_seconds(pid) - before
    words = next(line.split() for line in done.stdout.splitlines() if line.startswith("BENCH"))
    requests, duration, p99, errors = map(int, words[1:])
    if errors:
        sys.exit(f"{url}: {done.stdout}")
    return Figures(requests * 1e6 / duration, spent * 1e6 / requests, p99 / 1000)


class Bench:
    def __init__(self, binary, folder):
        self.binary, self.folder, self.stack = binary, pathlib.Path(folder), contextlib.ExitStack()

    def start(self, name, argv, where, env=None, core=SERVER_CORE):
        server = recipes.Server(pinned(core, argv), where, self.folder / f"{name}.log", env=env, cwd=self.folder)
        return self.stack.enter_context(server)

    def service(self, place, threads=1, core=SERVER_CORE, listen=None):
        port = listen or recipes.free_port()
        address = f"127.0.0.1:{port}" if listen is None else f"unix:{listen}"
        return self.start("serve", [self.binary, "--no-syslog", "serve", "--threads", threads, "--listen", address,
                                    "--trusted-proxy", "unix"], port, place.env, core)

    def nginx(self, name, rest, port, core=SERVER_CORE):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, rest=rest))
        return self.start(name, ["nginx", "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr"], port, core=core)

    def bare_nginx(self, name="bare", core=SERVER_CORE):
        port = recipes.free_port()
        return self.nginx(name, f"server {{ listen 127.0.0.1:{port}; location / {{ return 200; }} }}", port, core)

    def app(self, core=SERVER_CORE):
        port = recipes.free_port()
        return self.start("uvicorn", ["/usr/bin/python3", "/usr/bin/uvicorn", "--app-dir", ROOT / "tests/serve",
                                      "--port", port, "--loop", "uvloop", "--http", "httptools", "--no-access-log",
                                      "--log-level", "warning", "app:app"], port,
                          {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, core)

    def stop(self):
        self.stack.close()


def of_the_app(folder):
    sys.dont_write_bytecode = True
    from app import KEYS  # pylint: disable=import-outside-toplevel
    path = folder / "app-secrets"
    path.write_text("".join(f"{key}\n" for key in KEYS))
    return path


def first(path, count):
    shorter = path.with_name(f"{path.name}-{count}")
    shorter.write_text("".join(path.read_text().splitlines(keepends=True)[:count]))
    return shorter


def told(f):
    return f"{f.rate:,.0f}/s, {f.cpu:.1f} µs, p99 {f.p99:.1f} ms"


def beside_peers(bench, big, report):
    ours, bare, app = bench.service(big), bench.bare_nginx(), bench.app()
    runs = {"verify": [], "auth": [], "bare": [], "app": []}
    thousand, theirs = first(big.secrets, 1000), of_the_app(bench.folder)
    for _ in range(ROUNDS):
        runs["bare"].append(load(f"http://127.0.0.1:{bare.where}/", thousand, bare.pid))
        runs["verify"].append(load(f"http://127.0.0.1:{ours.where}/v1/verify", thousand, ours.pid))
        runs["auth"].append(load(f"http://127.0.0.1:{ours.where}/v1/auth", thousand, ours.pid))
        runs["app"].append(load(f"http://127.0.0.1:{app.where}/me", theirs, app.pid))
    verify, auth, nginx, sample = (Figures.median(runs[n]) for n in ("verify", "auth", "bare", "app"))
    for name, f in (("/v1/verify", verify), ("/v1/auth", auth)):
        report(f"serve: {name}, {big.count:,} keys", f"{told(f)}; {f.rate / nginx.rate:.2f} ×",
               f"nginx return 200 {told(nginx)}", "≥ 0.5 ×, p99 ≤ 3 ×",
               f.rate >= 0.5 * nginx.rate and f.p99 <= 3 * nginx.p99)
        report(f"serve: {name} against the sample", f"{f.rate / sample.rate:.1f} ×", f"uvicorn {told(sample)}",
               "≥ 3 ×", f.rate >= 3 * sample.rate)
    active = load(f"http://127.0.0.1:{ours.where}/v1/verify", big.secrets, ours.pid, 2 * SECONDS)
    report("serve: 10,000 active keys", f"{told(active)}, {resident_mib(ours.pid):.0f} MiB", "—", "≤ 64 MiB",
           resident_mib(ours.pid) <= 64)
    bench.stop()


def by_size(bench, big, small, report):
    low, high = bench.service(small), bench.service(big)
    pairs = [(load(f"http://127.0.0.1:{low.where}/v1/verify", small.secrets, low.pid),
              load(f"http://127.0.0.1:{high.where}/v1/verify", big.secrets, high.pid)) for _ in range(ROUNDS)]
    few, many = (Figures.median(runs) for runs in zip(*pairs))
    report(f"serve: {small.count:,} to {big.count:,} keys", f"{told(few)} → {told(many)}", "—", "≤ 15 % slower",
           many.rate >= 0.85 * few.rate)
    bench.stop()


def by_threads(bench, big, report):
    if len(CORES) < 3:
        print(f"  serve: two threads and wrk want three cores, here are {len(CORES)}", file=sys.stderr)
        return
    one, two = bench.service(big), bench.service(big, threads=2, core=f"{CORES[0]},{CORES[1]}")
    pairs = [(load(f"http://127.0.0.1:{one.where}/v1/verify", big.secrets, one.pid),
              load(f"http://127.0.0.1:{two.where}/v1/verify", big.secrets, two.pid)) for _ in range(ROUNDS)]
    single, double = (Figures.median(runs) for runs in zip(*pairs))
    report("serve: two threads", f"{told(double)}, {double.rate / single.rate:.2f} ×", f"one {told(single)}", "≥ 1.6 ×",
           double.rate >= 1.6 * single.rate)
    bench.stop()


def through_nginx(bench, big, report):
    """The recipe against the same proxy without its questions; the API behind is the introduction's app."""
    sock, port = bench.folder / "serve.sock", recipes.free_port()
    ours, api = bench.service(big, core=None, listen=str(sock)), bench.app(core=None)
    plain = bench.nginx("plain", f"upstream api {{ server 127.0.0.1:{api.where}; keepalive 128; }} server {{ "
                        f"listen 127.0.0.1:{port}; location / {{ proxy_pass http://api; proxy_http_version 1.1; "
                        "proxy_set_header Connection \"\"; } }", port, core=None)
    folder = bench.folder / "asking"
    folder.mkdir()
    argv, asked = recipes.nginx(str(folder), str(sock), api.where, {'X-API-Key "";': 'X-API-Key $http_x_api_key;'})
    asking = bench.start("asking", argv, asked, core=None)
    # What the sample takes for a key as well: the same answers on both ways.
    secrets = of_the_app(bench.folder)
    big.run("key", "import", "-", input=("name,secret,limits\n" + "".join(
        f"app-{i},{key},{LIMIT}\n" for i, key in enumerate(secrets.read_text().split()))).encode())
    pairs = [(load(f"http://127.0.0.1:{asked}/me", secrets, asking.pid),
              load(f"http://127.0.0.1:{port}/me", secrets, plain.pid)) for _ in range(ROUNDS)]
    with_key, without = (Figures.median(runs) for runs in zip(*pairs))
    report("serve: through nginx auth_request", f"{told(with_key)}, {with_key.rate / without.rate:.2f} ×",
           f"plain proxy_pass {told(without)}", "≥ 0.8 ×", with_key.rate >= 0.8 * without.rate)
    assert ours.process.poll() is None
    bench.stop()


def measure(binary, folder, big, small, report):
    bench = Bench(binary, folder)
    try:
        beside_peers(bench, big, report)
        by_size(bench, big, small, report)
        by_threads(bench, big, report)
        through_nginx(bench, big, report)
    finally:
        bench.stop()
