"""Tokens for the end-to-end tests: HMAC ones made here, others by openssl(1); the cookbook's vectors
where they lie beside the checkout."""

import base64
import glob
import hashlib
import hmac
import json
import os
import subprocess
import time

from tap import ROOT, need, skip

SECRET = b"not in any list: 48 bytes of a secret, and more!"
VECTORS = os.path.join(os.path.dirname(ROOT), "shared", "vectors")


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def text(value):
    """JSON text as it is given, or made compact of a value."""
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else
            json.dumps(value, separators=(",", ":"), ensure_ascii=False)).encode()


def hs256(claims, header=None, secret=SECRET):
    """A signed token of these claims."""
    head = {"alg": "HS256", "typ": "JWT"} if header is None else header
    signed = f"{b64(text(head))}.{b64(text(claims))}"
    return f"{signed}.{b64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def encrypted(plain, key, header=None):
    """A token encrypted with A128CBC-HS256 under the very key of 32 bytes (RFC 7518 5.2.3)."""
    head = b64(text({"alg": "dir", "enc": "A128CBC-HS256", **(header or {})}))
    vector = bytes(range(16))
    sealed = subprocess.run([need("openssl"), "enc", "-aes-128-cbc", "-K", key[16:].hex(),
                             "-iv", vector.hex()], input=text(plain), check=True,
                            capture_output=True).stdout
    tagged = head.encode() + vector + sealed + (8 * len(head)).to_bytes(8, "big")
    tag = hmac.new(key[:16], tagged, hashlib.sha256).digest()[:16]
    return f"{head}..{b64(vector)}.{b64(sealed)}.{b64(tag)}"


def claims(**more):
    """What hardly any rule has something against."""
    now = int(time.time())
    return {"iss": "https://sso.example.com", "sub": "alice", "aud": "orders", "iat": now - 60,
            "exp": now + 600, "jti": "1", **more}


def oct_jwk(secret=SECRET, **more):
    return json.dumps({"kty": "oct", "k": b64(secret), **more})


def cookbook(folder):
    """Yields (name, content) of the vectors in a folder; skips the point where there are none."""
    paths = sorted(glob.glob(os.path.join(VECTORS, "cookbook", folder)))
    if not paths:
        skip("no vectors beside the checkout")
    for path in paths:
        with open(path, encoding="utf-8") as file:
            yield os.path.basename(path), json.load(file)
