"""How fast layers are packed, against `tar | zstd -3 -T0` on the same files; and how much memory a 1 GB distribution takes."""

import hashlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from benchmarks.measure import Table, in_turns, seconds
from paredown.oci import layer_writer
from paredown.progress import Quiet
from paredown.store import Store
from paredown.tree import Entry, Kind, Slice, Tree, folder_of

MEGABYTE = 1_000_000
SAMPLE = 300 * MEGABYTE


def sample(folder: Path) -> None:
    """Up to 300 MB of what images hold: the standard library and this environment's distributions."""
    size = 0
    for number, source in enumerate((sysconfig.get_path("stdlib"), sysconfig.get_path("platlib"))):
        for path in sorted(Path(source).rglob("*")):
            if path.is_file() and not path.is_symlink() and size + path.stat().st_size < SAMPLE:
                target = folder / str(number) / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
                size += path.stat().st_size


def tree_of_folder(folder: Path) -> Tree:
    """The folder's files, their bytes staying where they are."""
    entries: dict[str, Entry] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir():
            entries[name] = folder_of()
            continue
        with open(path, "rb") as stream:
            digest = "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()
        entries[name] = Entry(kind=Kind.FILE, mode=0o644, size=path.stat().st_size, digest=digest, content=Slice(str(path)))
    return Tree(entries)


def pack(tree: Tree, compression: str, scratch: Path) -> None:
    """Pack into a store of its own, which is thrown away."""
    with tempfile.TemporaryDirectory(dir=scratch) as store:
        layer_writer.pack(tree, epoch=0, compression=compression, store=Store(Path(store)), progress=Quiet())


def tar_and_zstd(folder: Path, scratch: Path) -> None:
    """The same files by tar and zstd."""
    with open(scratch / "peer.tar.zst", "wb") as out:
        tar = subprocess.Popen(["tar", "--create", "--file", "-", "--directory", str(folder), "."], stdout=subprocess.PIPE)
        subprocess.run(["zstd", "-3", "-T0", "--quiet"], stdin=tar.stdout, stdout=out, check=True)
        if tar.wait():
            raise SystemExit("error: tar failed")


def speed(scratch: Path, runs: int) -> Table:
    """Megabytes a second, uncompressed."""
    folder = scratch / "files"
    folder.mkdir()
    sample(folder)
    tree = tree_of_folder(folder)
    times = in_turns(
        {
            "paredown, gzip": lambda: seconds(lambda: pack(tree, "gzip", scratch)),
            "paredown, zstd": lambda: seconds(lambda: pack(tree, "zstd", scratch)),
            "tar | zstd -3 -T0": lambda: seconds(lambda: tar_and_zstd(folder, scratch)),
        },
        runs,
    )
    table = Table(f"packing {tree.size / MEGABYTE:.0f} MB in {len(tree)} paths")
    rates = {name: tree.size / MEGABYTE / statistics.median(values) for name, values in times.items()}
    for name, rate in rates.items():
        table.fact(name, f"{rate:.0f} MB/s")
    for name in ("paredown, gzip", "paredown, zstd"):
        table.at_most(f"{name}: time against tar | zstd", rates["tar | zstd -3 -T0"] / rates[name], 2, "x")
    return table


PACK_ONE = """
import resource, sys
from pathlib import Path
from benchmarks.packing import pack, tree_of_folder
pack(tree_of_folder(Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def memory(scratch: Path) -> Table:
    """The peak of a process that packs 1 GB: one big file of noise and text, and many small ones."""
    folder = scratch / "heavy"
    folder.mkdir()
    chance = random.Random(1)
    block = chance.randbytes(MEGABYTE // 2) + b"weights and biases\n" * (MEGABYTE // 2 // 19)
    with open(folder / "libheavy.so", "wb") as out:
        for _ in range(900):
            out.write(block)
    for number in range(10_000):
        (folder / f"module_{number}.py").write_bytes(block[number * 10 : number * 10 + 10_000])
    table = Table("peak memory of packing 1 GB")
    for compression in ("gzip", "zstd", "zstd-max"):
        words = [sys.executable, "-c", PACK_ONE, str(folder), compression, str(scratch)]
        finished = subprocess.run(words, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": os.getcwd()})
        table.at_most(compression, int(finished.stdout) * 1024 / MEGABYTE, 300, "MB")
    return table


def main(runs: int = 5) -> int:
    """Measure both; 1 when a target was missed."""
    missed = False
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        for table in (speed(Path(scratch), runs), memory(Path(scratch))):
            table.show()
            missed |= table.missed
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
