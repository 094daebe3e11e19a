"""A shop with a table of what is sold."""

import ssl

import pandas as pd
from fastapi import FastAPI

app = FastAPI()
SALES = pd.DataFrame({"month": ["Jan", "Feb", "Mar"], "sold": [3, 5, 8]})


@app.get("/sales")
def sales(least: int = 0) -> list[dict[str, int | str]]:
    """The months in which more was sold."""
    return SALES[SALES.sold > least].to_dict("records")


@app.get("/trust")
def trust() -> dict[str, str]:
    """Which OpenSSL checks whom we talk to."""
    return {"openssl": ssl.OPENSSL_VERSION}
