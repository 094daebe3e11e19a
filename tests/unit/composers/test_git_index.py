"""git's index, as git itself writes it in each of its versions."""

import shutil
import subprocess
from pathlib import Path

import pytest

from paredown.composers.git_index import git_folder, tracked_paths

NAMES = ["a.py", "a/b.py", "a/" + "long" * 40 + ".py", "z/ä ö.txt"]


def git(folder: Path, *words: str) -> None:
    """Run git without the caller's settings."""
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"})


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("version", ["2", "3", "4"])
@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_index_that_git_wrote(version: str, algorithm: str, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", f"--object-format={algorithm}")
    for name in NAMES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    git(tmp_path, "add", ".")
    if version == "3":
        git(tmp_path, "update-index", "--skip-worktree", "a.py")
    else:
        git(tmp_path, "update-index", f"--index-version={version}")
    assert tracked_paths(tmp_path / ".git") == set(NAMES)


@pytest.mark.parametrize(
    "content", [b"", b"DIRC", b"DIRC\0\0\0\2\0\0\0\x09short", b"PACK\0\0\0\2\0\0\0\1" + b"x" * 100, b"DIRC\0\0\0\x63\0\0\0\1" + b"x" * 100]
)
def test_index_that_cannot_be_read(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "index").write_bytes(content)
    assert tracked_paths(tmp_path) == frozenset()


def test_work_tree_whose_git_folder_is_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "tree" / "sub").mkdir(parents=True)
    (tmp_path / "tree" / ".git").write_text("gitdir: ../real\n")
    assert git_folder(tmp_path / "tree" / "sub") == (tmp_path / "tree", tmp_path / "real")
