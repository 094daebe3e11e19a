"""What processes hold and use, as the kernel tells."""

import mmap
import os
import time
from pathlib import Path

from paredown.comparison import NotMeasured
from paredown.errors import WorldError
from paredown.measures.programs import usage as program
from paredown.measures.usage import usage
from paredown.runners.interface import Ended

OWN = str(os.getpid())


class Saying:
    """A Service beside which every program ends as said."""

    def __init__(self, ended: Ended) -> None:
        self._ended = ended

    def execute(self, argv: tuple[str, ...], *, timeout: float) -> Ended:
        return self._ended


class Gone:
    """A Service that has ended."""

    def execute(self, argv: tuple[str, ...], *, timeout: float) -> Ended:
        raise WorldError("the service has ended")


def test_memory_that_a_process_fills_is_its_own() -> None:
    before = program.own(OWN)
    # Pages of its own: an allocation may be given what the process had already.
    with mmap.mmap(-1, 30_000_000, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as pages:
        pages.write(b"x" * len(pages))
        assert program.own(OWN) - before > 0.9 * len(pages)


def test_pages_of_a_mapped_file_are_told_by_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mapped"
    path.write_bytes(b"m" * 8_000_000)
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, prot=mmap.PROT_READ) as pages:
        assert pages.find(b"n") == -1  # reads them all
        found = {inode: size for (_, inode, _), size in program.mapped(OWN).items()}
    assert found[str(path.stat().st_ino)] == -(-8_000_000 // mmap.PAGESIZE) * mmap.PAGESIZE


def test_time_on_a_processor_is_counted() -> None:
    before, end = program.used(OWN), time.process_time() + 0.2
    while time.process_time() < end:
        pass
    assert program.used(OWN) - before > 0.15


def test_the_program_finds_itself_to_be_no_part_of_the_service() -> None:
    assert OWN not in program.processes()


def test_what_the_program_complains_of_is_the_reason() -> None:
    refused = Ended(status=1, stdout=b"", stderr=b"Traceback\nPermissionError: [Errno 13] Permission denied: '/proc/1/smaps'\n")
    found = usage(Saying(refused), "/usr/bin/python3")  # type: ignore[arg-type]
    assert found == NotMeasured("its /proc could not be read: PermissionError: [Errno 13] Permission denied: '/proc/1/smaps'")


def test_an_image_without_python_and_a_service_that_ended_are_reasons() -> None:
    assert usage(Gone(), "") == NotMeasured("the image has no Python to look with")  # type: ignore[arg-type]
    assert usage(Gone(), "/usr/bin/python3") == NotMeasured("the service has ended")  # type: ignore[arg-type]
