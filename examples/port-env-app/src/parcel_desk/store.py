"""The parcels, in an SQLite database in the data folder that all processes share."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, current_app, g

from parcel_desk import _checkdigit

SCHEMA = """
CREATE TABLE IF NOT EXISTS parcel (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient TEXT NOT NULL,
    grams INTEGER NOT NULL CHECK (grams > 0),
    carrier TEXT NOT NULL,
    cents INTEGER NOT NULL,
    arrived TEXT NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Parcel:
    id: int
    recipient: str
    grams: int
    carrier: str
    cents: int
    arrived: datetime

    @property
    def number(self) -> str:
        serial = f"{self.id:08}"
        return f"PD{serial}{_checkdigit.s10(serial)}AT"


def prepare(app: Flask) -> None:
    folder: Path = app.config["DATA_DIR"]
    (folder / "attachments").mkdir(parents=True, exist_ok=True)
    with closing(_connected(folder)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(SCHEMA)
    app.teardown_appcontext(_close)


def add(recipient: str, grams: int, carrier: str, cents: int) -> Parcel:
    arrived = datetime.now(UTC).replace(microsecond=0)
    row = (recipient, grams, carrier, cents, arrived.isoformat())
    with _database() as connection:
        cursor = connection.execute(
            "INSERT INTO parcel (recipient, grams, carrier, cents, arrived) VALUES (?, ?, ?, ?, ?)",
            row,
        )
    return Parcel(cursor.lastrowid or 0, recipient, grams, carrier, cents, arrived)


def find(number: str) -> Parcel | None:
    """The parcel of `number`; None when there is none or the check digit is wrong."""
    row = None
    if number[2:10].isdecimal():
        row = _database().execute("SELECT * FROM parcel WHERE id = ?", (number[2:10],)).fetchone()
    parcel = _parcel(row) if row else None
    return parcel if parcel and parcel.number == number else None


def newest(limit: int) -> list[Parcel]:
    rows = _database().execute("SELECT * FROM parcel ORDER BY id DESC LIMIT ?", (limit,))
    return [_parcel(row) for row in rows]


def count() -> int:
    return _database().execute("SELECT count(*) FROM parcel").fetchone()[0]


def every() -> Iterator[Parcel]:
    """All parcels one by one, on a connection of their own: a download outlives its request."""
    with closing(_connected(current_app.config["DATA_DIR"])) as connection:
        for row in connection.execute("SELECT * FROM parcel ORDER BY id"):
            yield _parcel(row)


def _parcel(row: tuple) -> Parcel:
    return Parcel(*row[:-1], datetime.fromisoformat(row[-1]))


def _database() -> sqlite3.Connection:
    if "database" not in g:
        g.database = _connected(current_app.config["DATA_DIR"])
    return g.database


def _connected(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "parcels.sqlite3", timeout=10)


def _close(_: BaseException | None) -> None:
    if "database" in g:
        g.pop("database").close()
