"""What the tests with other implementations share: keys as JWK, and each peer behind one function."""

import base64
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from tap import ROOT, fail, need, skip  # noqa: E402

try:
    import jwt
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import (ec, ed448, ed25519, rsa, x448, x25519)
except ImportError:
    jwt = None

HERE = os.path.dirname(os.path.abspath(__file__))
NPM = os.path.join(ROOT, "build", "npm")
CURVES = {"P-256": "SECP256R1", "P-384": "SECP384R1", "P-521": "SECP521R1",
          "secp256k1": "SECP256K1"}
OTHERS = {"Ed25519": "ed25519.Ed25519", "Ed448": "ed448.Ed448",
          "X25519": "x25519.X25519", "X448": "x448.X448"}


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(value, size=None):
    return encode(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


# --- keys ------------------------------------------------------------------------------------------


def need_python_peers():
    if not jwt:
        skip("python3-jwt or python3-cryptography is not installed")


def new_rsa():
    n = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_numbers()
    return {"kty": "RSA", "n": number(n.public_numbers.n), "e": number(n.public_numbers.e),
            "d": number(n.d), "p": number(n.p), "q": number(n.q), "dp": number(n.dmp1),
            "dq": number(n.dmq1), "qi": number(n.iqmp)}


def new_ec(curve):
    key = ec.generate_private_key(getattr(ec, CURVES[curve])())
    n, size = key.private_numbers(), (key.key_size + 7) // 8
    return {"kty": "EC", "crv": curve, "x": number(n.public_numbers.x, size),
            "y": number(n.public_numbers.y, size), "d": number(n.private_value, size)}


def new_okp(curve):
    module, name = OTHERS[curve].split(".")
    key = getattr(globals()[module], name + "PrivateKey").generate()
    raw = serialization.Encoding.Raw
    return {"kty": "OKP", "crv": curve,
            "x": encode(key.public_key().public_bytes(raw, serialization.PublicFormat.Raw)),
            "d": encode(key.private_bytes(raw, serialization.PrivateFormat.Raw,
                                          serialization.NoEncryption()))}


def new_key(kind):
    """A private JWK: "RSA", a curve, or the bits of a secret."""
    need_python_peers()
    if kind == "RSA":
        return new_rsa()
    if kind in CURVES:
        return new_ec(kind)
    return new_okp(kind) if kind in OTHERS else {"kty": "oct",
                                                 "k": encode(os.urandom(int(kind) // 8))}


class Keys:
    """Two keys of each kind, made when they are first asked for."""

    def __init__(self):
        self._keys = {}

    def get(self, kind, which=0):
        if (kind, which) not in self._keys:
            self._keys[kind, which] = new_key(kind)
        return self._keys[kind, which]


def public(jwk):
    """What is for others to see; of a secret all."""
    private = ("d", "p", "q", "dp", "dq", "qi")
    return {name: value for name, value in jwk.items() if name not in private}


# --- forging -----------------------------------------------------------------------------------------


def bit_changed(token, segment):
    """The compact token with one bit of that segment changed: of its middle byte."""
    parts = token.split(".")
    data = bytearray(decode(parts[segment]))
    data[len(data) // 2] ^= 1
    parts[segment] = encode(bytes(data))
    return ".".join(parts)


# --- the peers -----------------------------------------------------------------------------------------


def npm(requests):
    """Asks npm's jose all of it in one run; gives the answers, an exception's text as None."""
    node = need("node")
    if not os.path.isdir(os.path.join(NPM, "node_modules", "jose")):
        skip("npm's jose is not installed (tests/peers/install)")
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    run = subprocess.run([node, "--no-deprecation", os.path.join(HERE, "npm.js"), NPM],
                         input=lines.encode(), stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    if len(answers) != len(requests):
        fail(f"{len(answers)} answers to {len(requests)} requests")
    return answers


def npm_tokens(requests):
    """Likewise, where each has to be answered."""
    answers = npm(requests)
    for request, answer in zip(requests, answers):
        if "error" in answer:
            fail(f"npm's jose refuses {request}: {answer['error']}")
    return [answer["answer"] for answer in answers]


def debian_jose(*args, key=None):
    """Runs Debian's jose, the key on its standard input; an argument that is an object goes in as
    JSON. Gives what it wrote, None where it ended with an error."""
    argv = [need("jose"), *(a if isinstance(a, str) else json.dumps(a) for a in args)]
    run = subprocess.run(argv + (["-k", "-"] if key else []), input=json.dumps(key).encode(),
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return run.stdout.decode().strip() if run.returncode == 0 else None


def pyjwt_key(jwk):
    """The key as PyJWT takes it."""
    if jwk["kty"] == "oct":
        return decode(jwk["k"])
    reader = {"RSA": "RSAAlgorithm", "EC": "ECAlgorithm", "OKP": "OKPAlgorithm"}[jwk["kty"]]
    return getattr(jwt.algorithms, reader).from_jwk(json.dumps(jwk))


def pem(jwk):
    """The public key as PEM."""
    key = pyjwt_key(public(jwk))
    return key.public_bytes(serialization.Encoding.PEM,
                            serialization.PublicFormat.SubjectPublicKeyInfo).decode()
