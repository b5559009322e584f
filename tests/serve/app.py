"""The FastAPI app of the introduction as it was: its keys are a dict. share/recipes/fastapi_app.py is the same
app with the dict replaced by authrack."""
from fastapi import Depends, FastAPI, Header, HTTPException

KEYS = {
    "539b40b9da38c4a21b2f9375db081290bae764d62c800817c1bc2827e6ed4fe1": {"user": "ada", "tier": "gold"},
    "303f1f643bd29afeadb1ef15d003f7cc20e95a111a3785acf6311e5475aefb69": {"user": "grace", "tier": "silver"},
    "0d9209cfcc32c8980a3cc84dd966bfa66da68e02c1b1e3327be194891ee82e00": {"user": "linus", "tier": "free"},
}

app = FastAPI()


async def caller(x_api_key: str = Header("")) -> dict:
    if x_api_key not in KEYS:
        raise HTTPException(401, "invalid key")
    return KEYS[x_api_key]


@app.get("/me")
async def me(who: dict = Depends(caller)):
    return who


@app.get("/report")
async def report(who: dict = Depends(caller)):
    if who["tier"] == "free":
        raise HTTPException(403, "not in your tier")
    return {"report": f"for {who['user']}", "rows": 1000 if who["tier"] == "gold" else 10}
