"""A FastAPI app whose keys are checked by authrack: one dependency in the place of a dict of keys.

    authrack serve --listen unix:/run/authrack/serve.sock --listen-group www-data --trusted-proxy unix
    uvicorn --no-proxy-headers fastapi_app:app

Without --no-proxy-headers uvicorn takes the client's address from X-Forwarded-For of whoever calls from this host:
right behind a proxy that sets it, and nowhere else.

Wants python3-fastapi, python3-httpx and uvicorn.
"""
import httpx
from fastapi import Depends, FastAPI, Header, HTTPException, Request

app = FastAPI()
authrack = httpx.AsyncClient(
    base_url="http://authrack", timeout=2,
    transport=httpx.AsyncHTTPTransport(uds="/run/authrack/serve.sock"))


async def caller(request: Request, x_api_key: str = Header("")) -> dict:
    asked = {"X-API-Key": x_api_key.encode("latin-1"), "X-Forwarded-For": request.client.host}
    try:
        answer = await authrack.get("/v1/verify", headers=asked)
    except httpx.HTTPError as trouble:
        raise HTTPException(503, "keys can't be checked just now") from trouble
    if answer.status_code != 200:
        told = {n: v for n, v in answer.headers.items() if n == "retry-after"}
        raise HTTPException(answer.status_code, "invalid key", headers=told)
    key = answer.json()
    return {"user": key["name"], "tier": key["tier"]}


@app.get("/me")
async def me(who: dict = Depends(caller)):
    return who


@app.get("/report")
async def report(who: dict = Depends(caller)):
    if who["tier"] == "free":
        raise HTTPException(403, "not in your tier")
    return {"report": f"for {who['user']}", "rows": 1000 if who["tier"] == "gold" else 10}
