"""Practices that the image's files show."""

from pathlib import Path
from typing import Any

import pytest

from builders import tree_of
from paredown.comparison import Evidence, Held
from paredown.measures.practices.contents import PRACTICES
from paredown.pydist.facts import Distribution
from paredown.tree import APP, Owner, OwnerKind, file_of, folder_of
from specimens import specimen

JUDGES = {practice.name: practice.judge for practice in PRACTICES}
WHEEL = Owner(OwnerKind.DISTRIBUTION, "flask", "3.1")
SITE = "opt/venv/lib/python3.13/site-packages"
KEY = b"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----\n"


def judged(tmp_path: Path, practice: str, paths: dict[str, Any], **more: Any) -> Evidence:
    return JUDGES[practice](specimen(tmp_path, tree_of(paths), user="10001", **more))


@pytest.mark.parametrize(
    ("practice", "path", "told"),
    [
        (
            "no cache of a package manager",
            "var/lib/apt/lists/deb.example_dists_trixie_main_binary-amd64_Packages",
            "/var/lib/apt/lists (1 file)",
        ),
        ("no cache of a package manager", "root/.cache/pip/http/1/2", "/root/.cache/pip (1 file)"),
        ("no cache of a package manager", "root/.cache/uv/wheels/x", "/root/.cache/uv (1 file)"),
        ("no leftovers of development", "app/.git/HEAD", "/app/.git/HEAD"),
        ("no leftovers of development", "app/.pytest_cache/README.md", "/app/.pytest_cache/README.md"),
    ],
)
def test_a_practice_is_broken_by_a_file(tmp_path: Path, practice: str, path: str, told: str) -> None:
    assert judged(tmp_path, practice, {path: b"x"}) == Evidence(Held.NO, told)
    assert judged(tmp_path, practice, {"app/main.py": b"x"}).held is Held.YES


def test_a_secret_of_a_lower_layer_is_found_though_a_later_one_deletes_it(tmp_path: Path) -> None:
    lower, upper = tree_of({"app/.env": b"TOKEN=x"}), tree_of({"app/main.py": b"x"})
    found = JUDGES["no secret in any layer"](specimen(tmp_path, lower, upper))
    assert found == Evidence(Held.NO, "app/.env (an environment file)")


def test_a_secret_is_found_in_what_no_package_brought_and_never_shown(tmp_path: Path) -> None:
    found = judged(tmp_path, "no secret in any layer", {"app/settings.py": file_of(KEY, owner=APP)})
    assert found == Evidence(Held.NO, "app/settings.py:1 (a private key)")
    assert judged(tmp_path, "no secret in any layer", {f"{SITE}/test_keys.py": file_of(KEY, owner=WHEEL)}).held is Held.YES


def test_code_in_a_folder_of_the_user_can_be_overwritten(tmp_path: Path) -> None:
    name = "the service cannot change its code"
    found = judged(tmp_path, name, {"app": folder_of(uid=10001), "app/main.py": b"x", "usr/os.py": b"x"})
    assert found == Evidence(Held.NO, "1 of 2 files of code can be overwritten by the service, for instance /app/main.py")
    assert judged(tmp_path, name, {"data": folder_of(uid=10001), "app/main.py": b"x"}).held is Held.YES


def test_distributions_without_bytecode_are_compiled_at_each_start(tmp_path: Path) -> None:
    name = "Python's modules are compiled"
    source = file_of(b"x", owner=WHEEL)
    found = judged(tmp_path, name, {f"{SITE}/flask/app.py": source})
    assert (found.held, found.seen) == (Held.NO, "0 of 1 modules are compiled, and none of the distributions: each start compiles what it imports anew")
    compiled = {f"{SITE}/flask/app.py": source, f"{SITE}/flask/__pycache__/app.cpython-313.pyc": b"x"}
    assert judged(tmp_path, name, compiled) == Evidence(Held.YES, "1 of 1 modules are compiled")


def test_development_tools_are_known_by_name(tmp_path: Path) -> None:
    tools = tuple(Distribution(name=name, version="1", metadata="", files=frozenset()) for name in ("pytest", "flask"))
    assert judged(tmp_path, "no development tool among the distributions", {}, facts={"distributions": tools}) == Evidence(Held.NO, "pytest 1")


def test_many_finds_are_told_by_the_first_ones(tmp_path: Path) -> None:
    files = {f"usr/bin/{name}": file_of(b"x", mode=0o4755) for name in "abcde"}
    assert judged(tmp_path, "no setuid or setgid file", files) == Evidence(Held.NO, "/usr/bin/a, /usr/bin/b, /usr/bin/c and 2 more")


def test_scanners_need_a_database_of_packages(tmp_path: Path) -> None:
    assert judged(tmp_path, "scanners see what is inside", {"usr/lib/libc.so.6": b"x"}).held is Held.NO
    assert judged(tmp_path, "scanners see what is inside", {"var/lib/dpkg/status.d/libc6": b"Package: libc6\n"}).held is Held.YES
