"""The carriers: plug-ins that any installed distribution may bring, by the entry point group."""

import json
from decimal import Decimal
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from typing import Protocol

GROUP = "parcel_desk.carriers"


class Carrier(Protocol):
    title: str  # in English; the desk translates it

    def price(self, grams: int) -> Decimal:
        """In euros; ValueError for what it does not take."""


@cache
def all_carriers() -> dict[str, Carrier]:
    found = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return {point.name: point.load()() for point in found}


@cache
def tariff(name: str) -> dict:
    text = files("parcel_desk").joinpath("data", "tariffs.json").read_text("utf-8")
    return json.loads(text, parse_float=Decimal)[name]
