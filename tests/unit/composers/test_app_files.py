"""Which files of a project become the app, with which modes, and what is refused."""

import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paredown.composers.app_files import compose
from paredown.errors import UserError
from paredown.origin import Origin
from paredown.plan import CopyFiles
from paredown.tree import APP, Kind, Tree


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    """`folder` with these files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def composed(project: Path, **changes: Any) -> Tree:
    """The project's files at /app."""
    return compose(CopyFiles(**{"source": ".", "destination": "/app", "origin": Origin("pyproject.toml"), **changes}), project)


def names_of(tree: Tree) -> set[str]:
    """The files and links, relative to /app."""
    return {path.removeprefix("app/") for path, entry in tree.items() if entry.kind is not Kind.FOLDER}


def refused(project: Path, **changes: Any) -> UserError:
    """The error that composing gives."""
    with pytest.raises(UserError) as caught:
        composed(project, **changes)
    return caught.value


def test_files_belong_to_root_and_only_the_owners_execute_bit_counts(tmp_path: Path) -> None:
    written(tmp_path, {"run.sh": "x", "main.py": "y", "odd": "z"})
    (tmp_path / "run.sh").chmod(0o700)
    (tmp_path / "main.py").chmod(0o666)
    (tmp_path / "odd").chmod(0o654)
    tree = composed(tmp_path)
    assert {path: oct(entry.mode) for path, entry in tree.items()} == {"app": "0o755", "app/run.sh": "0o755", "app/main.py": "0o644", "app/odd": "0o644"}
    assert {(entry.uid, entry.gid, entry.owner) for entry in tree.values()} == {(0, 0, APP)}
    assert tree.read("app/run.sh") == b"x"


def test_what_no_service_needs_stays_out(tmp_path: Path) -> None:
    gone = [
        ".git/config", ".venv/bin/python", "__pycache__/a.pyc", "a.pyc", "env/pyvenv.cfg", "env/lib/x.py", "Dockerfile", "Dockerfile.prod", ".dockerignore",
        "paredown.lock", ".mypy_cache/x", "x.egg-info/PKG-INFO", "image/oci-layout", "image/index.json", "image/blobs/sha256/a", ".coverage",
    ]  # fmt: skip
    kept = ["main.py", "tests/test_a.py", "node_modules/x.js", "sub/Dockerfile", "envs/a", ".gitignore", "docs/oci-layout"]
    written(tmp_path, {**dict.fromkeys([*gone, *kept], ""), "image.tar": b"oci-layout" + b"\0" * 600, "data.tar": b"readme\0"})
    assert names_of(composed(tmp_path)) == {*kept, "data.tar"}


def test_docker_rules_are_obeyed(tmp_path: Path) -> None:
    written(tmp_path, {".dockerignore": "data\n*.md\n!README.md\n**/*.log\n", "data/x": "", "A.md": "", "README.md": "", "s/a.log": "", "s/b.py": ""})
    assert names_of(composed(tmp_path)) == {"README.md", "s/b.py"}


def test_docker_rules_can_bring_back_from_an_ignored_folder(tmp_path: Path) -> None:
    written(tmp_path, {".dockerignore": "*\n!src/app.py\n", "src/app.py": "", "src/b.py": "", "c.py": ""})
    assert names_of(composed(tmp_path)) == {"src/app.py"}


def test_excluded_and_included_patterns(tmp_path: Path) -> None:
    written(tmp_path, {".gitignore": "dist/\nbuild/\n", "dist/app.js": "", "dist/app.map": "", "build/x": "", "main.py": "", "notes/a.txt": ""})
    tree = composed(tmp_path, include=("/dist/*.js",), exclude=("notes/",))
    assert names_of(tree) == {".gitignore", "dist/app.js", "main.py"}


def test_source_folder_keeps_the_projects_rules(tmp_path: Path) -> None:
    written(tmp_path, {".gitignore": "*.log\n", ".dockerignore": "src/b.py\n", "src/a.py": "", "src/b.py": "", "src/c.log": "", "other.py": ""})
    (tmp_path / ".git").mkdir()
    assert names_of(composed(tmp_path, source="src")) == {"a.py"}


def test_single_file(tmp_path: Path) -> None:
    written(tmp_path, {"main.py": "x", "b.py": ""})
    assert names_of(composed(tmp_path, source="main.py")) == {"main.py"}


def git(folder: Path, *words: str) -> str:
    """Run git without the caller's settings."""
    environment = {"PATH": os.defpath, "HOME": str(folder.parent), "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True, env=environment).stdout


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def as_git_says(folder: Path) -> set[str]:
    """What git tracks or would add."""
    return set(git(folder, "-c", "core.quotepath=off", "ls-files", "-co", "--exclude-standard").split("\n")) - {""}


@needs_git
def test_same_files_as_git(tmp_path: Path) -> None:
    written(tmp_path, {
        ".gitignore": "*.log\n!keep.log\n/build/\ncache/\nsub/*.txt\n\\#x\nfoo/**/bar\n# no\ntrailing \n", "sub/.gitignore": "!b.log\n*.tmp\n!/deep/\n",
        "a.log": "", "keep.log": "", "sub/b.log": "", "sub/c.log": "", "sub/a.tmp": "", "b.tmp": "", "build/x": "", "sub/build/x": "", "sub/cache/x": "",
        "sub/a.txt": "", "sub/deep/a.txt": "", "#x": "", "foo/bar": "", "foo/a/b/bar": "", "foo/bars": "", "trailing": "", "tracked.log": "",
        "cache/tracked": "", "secret.me": "",
    })  # fmt: skip
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-f", "tracked.log", "cache/tracked")
    with open(tmp_path / ".git/info/exclude", "a") as exclude:
        exclude.write("*.me\n")
    assert names_of(composed(tmp_path)) == as_git_says(tmp_path)


PATTERN = st.lists(st.sampled_from(["a", "b", "*", "**", "?", "a*", "[ab]"]), min_size=1, max_size=3).map("/".join)
LINE = st.builds("{}{}{}{}".format, st.sampled_from(["", "", "!"]), st.sampled_from(["", "/"]), PATTERN, st.sampled_from(["", "/"]))


@needs_git
@settings(max_examples=25, deadline=None)
@given(above=st.lists(LINE, max_size=4), below=st.lists(LINE, max_size=3))
def test_same_files_as_git_for_any_patterns(above: list[str], below: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("project")
    names = ["a", "c", "b/a", "b/b/a", "b/c/ab", "d/a/b/c", "d/b"]
    written(folder, {**dict.fromkeys(names, ""), ".gitignore": "\n".join(above), "b/.gitignore": "\n".join(below)})
    git(folder, "init", "-q")
    told = as_git_says(folder)
    assert (names_of(composed(folder)) if told else set()) == told


@needs_git
def test_rules_above_the_project_hold_too(tmp_path: Path) -> None:
    project = written(tmp_path / "services" / "api", {"a.log": "", "main.py": "", "gen/x": ""})
    written(tmp_path, {".gitignore": "*.log\n", "services/.gitignore": "/api/gen\n"})
    git(tmp_path, "init", "-q")
    assert names_of(composed(project)) == {"main.py"}


@needs_git
def test_project_inside_of_an_ignored_folder_stands_for_itself(tmp_path: Path) -> None:
    project = written(tmp_path / "out" / "api", {"main.py": ""})
    written(tmp_path, {".gitignore": "out/\n"})
    git(tmp_path, "init", "-q")
    assert names_of(composed(project)) == {"main.py"}


def test_names_with_spaces_and_any_bytes(tmp_path: Path) -> None:
    written(tmp_path, {"a b/ü 日本.txt": "x"})
    odd = os.fsdecode(b"odd\xff.txt")
    (tmp_path / odd).write_bytes(b"y")
    tree = composed(tmp_path)
    assert names_of(tree) == {"a b/ü 日本.txt", odd}
    assert tree.key()


def test_links_inside_stay_links(tmp_path: Path) -> None:
    written(tmp_path, {"real/a.txt": "x"})
    (tmp_path / "near").symlink_to("real/a.txt")
    (tmp_path / "folder").symlink_to("real")
    (tmp_path / "absolute").symlink_to(tmp_path / "real" / "a.txt")
    (tmp_path / "dangling").symlink_to("nowhere")
    tree = composed(tmp_path)
    targets = {path: entry.target for path, entry in tree.items() if entry.kind is Kind.LINK}
    assert targets == {"app/near": "real/a.txt", "app/folder": "real", "app/absolute": "real/a.txt", "app/dangling": "nowhere"}


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "sub/../../outside"])
def test_link_that_leaves_the_project_is_refused(target: str, tmp_path: Path) -> None:
    project = written(tmp_path / "project", {"main.py": "", "sub/x": ""})
    (project / "way out").symlink_to(target)
    error = refused(project)
    assert "the link way out leaves the project" in error.what
    assert target in error.what
    assert error.fix


def test_link_that_leaves_by_another_link_is_refused(tmp_path: Path) -> None:
    project = written(tmp_path / "project", {"main.py": ""})
    written(tmp_path / "elsewhere", {"x": ""})
    (project / ".venv").symlink_to("../elsewhere")
    (project / "hop").symlink_to(".venv/x")
    assert "leaves the project" in refused(project).what


def test_ignored_link_may_lead_anywhere(tmp_path: Path) -> None:
    written(tmp_path, {"main.py": "", ".dockerignore": "out\n"})
    (tmp_path / "out").symlink_to("/etc/passwd")
    assert names_of(composed(tmp_path)) == {"main.py"}


def test_pipe_is_refused(tmp_path: Path) -> None:
    written(tmp_path, {"main.py": ""})
    os.mkfifo(tmp_path / "queue")
    assert "queue is a socket, a pipe or a device" in refused(tmp_path).what


def test_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, {"main.py": ""})
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")
        assert "s is a socket" in refused(tmp_path).what


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file_is_named(tmp_path: Path) -> None:
    written(tmp_path, {"main.py": ""})
    (tmp_path / "main.py").chmod(0)
    assert "main.py cannot be read" in refused(tmp_path).what


def test_secrets_are_named_and_never_shown(tmp_path: Path) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    written(tmp_path, {".env": "A=hunter2", "app/config.py": f"\nTOKEN = '{token}'\n", ".env.example": "A="})
    error = refused(tmp_path)
    assert ".env (an environment file)" in error.what
    assert "app/config.py:2 (a GitHub token)" in error.what
    assert error.where == ".env"
    assert ".dockerignore" in (error.fix or "")
    assert token not in str(error)
    assert "hunter2" not in str(error)


def test_ignored_secret_is_no_error(tmp_path: Path) -> None:
    written(tmp_path, {".gitignore": ".env\n", ".env": "A=b", "main.py": ""})
    assert names_of(composed(tmp_path)) == {".gitignore", "main.py"}


def test_allowed_secret_ships(tmp_path: Path) -> None:
    written(tmp_path, {"tests/key/.env": "A=b"})
    assert names_of(composed(tmp_path, allow_secrets=("tests/key/",))) == {"tests/key/.env"}


def test_secret_is_named_and_allowed_by_its_path_in_the_project(tmp_path: Path) -> None:
    written(tmp_path, {"api/keys/.env": "A=b"})
    assert refused(tmp_path, source="api").where == "api/keys/.env"
    assert names_of(composed(tmp_path, source="api", allow_secrets=("/api/keys/.env",))) == {"keys/.env"}


def test_empty_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no file of" in refused(tmp_path).what


def test_project_that_ignores_all_is_told_so(tmp_path: Path) -> None:
    written(tmp_path, {".dockerignore": "*\n", "main.py": ""})
    assert "ignored by .gitignore" in refused(tmp_path).what


@pytest.mark.parametrize(("source", "said"), [("../x", "lies outside of the project"), ("nowhere", "does not exist")])
def test_source_that_is_not_there_is_refused(source: str, said: str, tmp_path: Path) -> None:
    assert said in refused(tmp_path, source=source).what


def test_same_files_give_the_same_tree_in_any_order(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"{name}/{name}.py": name for name in "zaybxc"}
    first = composed(written(tmp_path / "one", files))
    second = composed(written(tmp_path / "two", dict(reversed(files.items()))))
    assert first.key() == second.key()
