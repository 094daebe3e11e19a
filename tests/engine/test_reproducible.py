"""The same project gives the same digest under another home, umask, time zone, locale and clock."""

import os
import shutil
from pathlib import Path

from engines import build


def test_two_builds_in_different_surroundings_give_one_digest(service: Path, archive: Path, faketime: str, tmp_path: Path) -> None:
    here, there = tmp_path / "here" / "lightweight-app", tmp_path / "th ére" / "other name"
    shutil.copytree(service, here)
    shutil.copytree(service, there)
    for path in there.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
        path.chmod(0o700 if path.is_dir() else 0o600)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    first = build(
        here,
        *("--tag", "lightweight-app", "--output", str(tmp_path / "first.tar")),
        umask=0o022,
        environment={**kept, "PAREDOWN_CACHE": str(tmp_path / "cache-1"), "TZ": "UTC", "LANG": "C.UTF-8", "PYTHONHASHSEED": "1"},
    )
    home = tmp_path / "home"
    home.mkdir()
    elsewhere = {"HOME": str(home), "PAREDOWN_CACHE": str(tmp_path / "cache-2"), "TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"}
    second = build(
        there,
        *("--tag", "lightweight-app", "--output", str(tmp_path / "second.tar")),
        umask=0o077,
        through=(faketime, "-f", "+3h"),
        environment={**kept, **elsewhere},
    )
    assert first == second
    assert (tmp_path / "first.tar").read_bytes() == (tmp_path / "second.tar").read_bytes()
