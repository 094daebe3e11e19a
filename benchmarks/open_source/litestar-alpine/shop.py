"""A shop with prices that are worked out."""

from typing import Annotated

import numpy as np
from litestar import Litestar, get, post
from litestar.params import Parameter
from msgspec import Struct


class Order(Struct):
    """What is ordered, by name and number."""

    name: str
    count: int


@get("/prices")
async def prices(days: Annotated[int, Parameter(ge=1, le=31)] = 3) -> dict[str, float]:
    """Mean and deviation of some days."""
    found = np.random.default_rng(1).normal(10, 2, days)
    return {"mean": float(found.mean()), "deviation": float(found.std())}


@post("/orders")
async def order(data: Order) -> Order:
    """The order as it was taken."""
    return data


app = Litestar([prices, order])
