#!/usr/bin/python3
"""PyJWT over the tokens of the benchmark in the folder given: prints "ALG PER_SECOND" a line."""
import pathlib
import statistics
import sys
import time

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key

FOLDER = pathlib.Path(sys.argv[1])
for algorithm in ("HS256", "RS256", "ES256", "EdDSA"):
    token = (FOLDER / f"{algorithm}.jwt").read_text()
    text = (FOLDER / f"{algorithm}.key").read_bytes()
    key = text if algorithm.startswith("HS") else load_pem_public_key(text)
    rates = []
    for _ in range(5):
        begin = time.monotonic()
        for _ in range(500):
            jwt.decode(token, key, algorithms=[algorithm], audience="orders-api",
                       issuer="https://sso.example.com/realms/production")
        rates.append(500 / (time.monotonic() - begin))
    print(algorithm, round(statistics.median(rates)))
