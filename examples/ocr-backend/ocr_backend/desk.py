"""Takes documents in and has them read, one after the other, beside the requests."""

import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ocr_backend import reading
from ocr_backend.jobs import Jobs
from ocr_backend.models import Document, Language, State
from ocr_backend.settings import Settings

log = logging.getLogger("uvicorn.error")


class Desk:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        for folder in (settings.uploads, settings.cache_dir):
            folder.mkdir(parents=True, exist_ok=True)
        self.jobs = Jobs(settings.data_dir / "jobs.sqlite3")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        for state in (State.READING, State.QUEUED):  # what an earlier process did not end
            for document in self.jobs.in_state(state):
                self._reader.submit(self._read, document)

    def take(
        self, name: str, media_type: str, language: Language, data: bytes
    ) -> tuple[Document, bool]:
        """The document, and whether it is new: the same bytes in the same language are read once."""
        document_id = hashlib.sha256(language.encode() + b"\0" + data).hexdigest()[:24]
        document = Document(
            id=document_id,
            name=name,
            media_type=media_type,
            language=language,
            size=len(data),
            state=State.QUEUED,
        )
        self.file(document).write_bytes(data)
        new = self.jobs.add(document)
        if new:
            self._reader.submit(self._read, document)
        return self.jobs.get(document_id) or document, new

    def file(self, document: Document) -> Path:
        return self._settings.uploads / document.id

    def thumbnail(self, document: Document, width: int) -> Path:
        kept = self._settings.cache_dir / f"{document.id}-{width}.png"
        if not kept.exists():
            picture = reading.thumbnail(self.file(document), document.media_type, width)
            fresh = kept.with_suffix(".part")
            fresh.write_bytes(picture)
            fresh.rename(kept)
        return kept

    def remove(self, document: Document) -> None:
        self.jobs.remove(document.id)
        self.file(document).unlink(missing_ok=True)
        for kept in self._settings.cache_dir.glob(f"{document.id}-*"):
            kept.unlink(missing_ok=True)

    def close(self) -> None:
        self._reader.shutdown(wait=True, cancel_futures=True)

    def _read(self, document: Document) -> None:
        self.jobs.set_state(document.id, State.READING)
        try:
            pages = reading.read(
                self.file(document),
                document.media_type,
                document.language,
                self._settings.resolution,
            )
        except Exception as error:
            unexpected = not isinstance(error, ValueError)
            log.warning("%s cannot be read: %s", document.id, error, exc_info=unexpected)
            self.jobs.set_state(document.id, State.FAILED, str(error))
        else:
            self.jobs.keep(document.id, pages)
            log.info("%s was read, %d pages", document.id, len(pages))
