from pathlib import Path

import pytest

from paredown.probes.writable_paths import observe
from paredown.tree import Entry, file_of, folder_of
from resting_service import DOCKER, PAREDOWN, differing, seen, service


def test_writable_paths_are_fine_in_either_layout(tmp_path: Path) -> None:
    assert set(seen(observe, service(tmp_path))) == {"data", "/data", "home", "/tmp", "/var/tmp"}
    assert set(seen(observe, service(tmp_path)).values()) == {None}
    assert differing(observe, service(tmp_path, DOCKER), service(tmp_path, PAREDOWN)) == []


@pytest.mark.parametrize(
    ("path", "entry", "key"),
    [
        ("data", folder_of(uid=0, gid=1, mode=0o755), "/data"),
        ("app/data", folder_of(), "data"),
        ("home/app", folder_of(), "home"),
        ("tmp", folder_of(), "/tmp"),
        ("var/tmp", folder_of(mode=0o700), "/var/tmp"),
    ],
)
def test_writable_paths_differ_when_an_owner_or_mode_is_wrong(tmp_path: Path, path: str, entry: Entry, key: str) -> None:
    assert differing(observe, service(tmp_path), service(tmp_path, changes={path: entry})) == [key]


def test_volume_complains_with_owner_and_mode(tmp_path: Path) -> None:
    image = service(tmp_path, changes={"srv/files": folder_of()}, volumes=("/srv/files",))
    assert seen(observe, image)["volume /srv/files"] == "/srv/files cannot be written to by 10001:0: it is 0:0's with mode 0755"


def test_root_demands_only_folders_for_data(tmp_path: Path) -> None:
    code = {"app/pages/one.py": b"", "app/cache/x": b"", "app/notes.sqlite3": b""}
    as_root = service(tmp_path, changes=code, user="")
    assert differing(observe, as_root, service(tmp_path, changes=code)) == ["cache", "notes.sqlite3"]


def test_a_whole_app_that_may_be_written_to_is_not_demanded(tmp_path: Path) -> None:
    everything = {path: folder_of(uid=10001, mode=0o755) for path in ("app", "app/static")} | {"app/main.py": file_of(b"", uid=10001)}
    assert differing(observe, service(tmp_path, changes=everything), service(tmp_path)) == []


def test_the_folder_for_the_locks_of_daemons_is_not_demanded(tmp_path: Path) -> None:
    assert differing(observe, service(tmp_path, changes={"run": folder_of(), "run/lock": folder_of(mode=0o1777)}), service(tmp_path)) == []
