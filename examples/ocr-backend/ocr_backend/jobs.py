"""The documents and what was read in them, in SQLite; a full-text index over all pages."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ocr_backend.models import Document, Found, Page, State

SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    language TEXT NOT NULL,
    size INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    pages TEXT NOT NULL DEFAULT '[]'
);
CREATE VIRTUAL TABLE IF NOT EXISTS page USING fts5(
    text, id UNINDEXED, number UNINDEXED, tokenize = 'unicode61 remove_diacritics 2'
);
"""


class Jobs:
    def __init__(self, file: Path) -> None:
        self._file = file
        with self._connected() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)

    def add(self, document: Document) -> bool:
        """False when the same document was read before."""
        row = document.model_dump(exclude={"pages", "reason"})
        with self._connected() as connection:
            cursor = connection.execute(
                "INSERT INTO document (id, name, media_type, language, size, state) "
                "VALUES (:id, :name, :media_type, :language, :size, :state) ON CONFLICT DO NOTHING",
                row,
            )
            return cursor.rowcount == 1

    def get(self, document_id: str) -> Document | None:
        return next(self._select("WHERE id = ?", document_id), None)

    def in_state(self, state: State) -> list[Document]:
        return list(self._select("WHERE state = ? ORDER BY rowid", state))

    def set_state(self, document_id: str, state: State, reason: str | None = None) -> None:
        with self._connected() as connection:
            connection.execute(
                "UPDATE document SET state = ?, reason = ? WHERE id = ?",
                (state, reason, document_id),
            )

    def keep(self, document_id: str, pages: list[Page]) -> None:
        text = json.dumps([page.model_dump() for page in pages])
        with self._connected() as connection:
            connection.execute(
                "UPDATE document SET state = ?, pages = ? WHERE id = ?",
                (State.DONE, text, document_id),
            )
            connection.executemany(
                "INSERT INTO page (text, id, number) VALUES (?, ?, ?)",
                [(page.text, document_id, number) for number, page in enumerate(pages, 1)],
            )

    def remove(self, document_id: str) -> None:
        with self._connected() as connection:
            connection.execute("DELETE FROM page WHERE id = ?", (document_id,))
            connection.execute("DELETE FROM document WHERE id = ?", (document_id,))

    def search(self, words: str) -> list[Found]:
        """The pages that have all `words`, in any case and without regard to accents."""
        wanted = " ".join(f'"{word}"' for word in words.replace('"', " ").split())
        with self._connected() as connection:
            rows = connection.execute(
                "SELECT id, number, snippet(page, 0, '[', ']', '…', 8) FROM page "
                "WHERE page MATCH ? ORDER BY rank LIMIT 50",
                (wanted,),
            )
            return [Found(id=row[0], page=row[1], snippet=row[2]) for row in rows]

    def count(self) -> int:
        with self._connected() as connection:
            return connection.execute("SELECT count(*) FROM document").fetchone()[0]

    def _select(self, condition: str, value: str) -> Iterator[Document]:
        with self._connected() as connection:
            connection.row_factory = sqlite3.Row
            for row in connection.execute(f"SELECT * FROM document {condition}", (value,)):
                yield Document(**{**row, "pages": json.loads(row["pages"])})

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=10)) as connection, connection:
            yield connection
