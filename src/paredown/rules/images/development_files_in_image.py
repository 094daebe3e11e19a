"""Finds what belongs to a developer's folder, not to a service: repositories, caches of tools, notebooks, the build's own files."""

import re
from collections import defaultdict
from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import listed, size
from paredown.tree import OwnerKind, file_of

_FOLDERS = re.compile(
    r"(?P<top>(?:.*/)?(?:\.git|\.hg|\.svn|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.tox|\.nox|\.hypothesis|\.ipynb_checkpoints|\.idea|\.vscode|\.github|"
    r"\.devcontainer|htmlcov|\.eggs))/.+"
)
_FILES = re.compile(
    r"(?:.*/)?(?:Dockerfile[^/]*|[^/]*\.Dockerfile|Containerfile|\.dockerignore|(?:docker-)?compose[^/]*\.ya?ml|\.gitlab-ci\.yml|\.pre-commit-config\.yaml|"
    r"\.coverage|\.DS_Store|\.bash_history|\.python_history|[^/]+\.(?:swp|ipynb|orig|rej))"
)
_TESTS = re.compile(r"(?P<top>(?:[^/]+/)?[^/]+/tests?)/(?:.*/)?(?:test_[^/]*|[^/]*_test|conftest)\.py")
_LEAST = 10_000  # bytes; a Dockerfile alone harms nobody
_OWN = frozenset({OwnerKind.APP, OwnerKind.UNKNOWN})
_ELSEWHERE = ("usr/", "opt/venv/", "var/", "etc/", "lib/", "proc/")
_REPOSITORY = file_of(b"ref: refs/heads/main\n")


@rule(
    id="development-files-in-image",
    severity=Severity.INFO,
    summary="repository, tools' caches, tests or build files are shipped",
    why="No service opens them. A repository holds all that was ever committed, and changes with each commit, so that the layer is never reused.",
    sources=("goodwithtech/dockle CHECKPOINT.md DKL-LI-0003", "https://docs.docker.com/build/concepts/context/#dockerignore-files"),
    same_as=("dockle DKL-LI-0003",),
    before=ImageExample(layers=(("COPY . /app", {"app/.git/HEAD": _REPOSITORY, "app/main.py": file_of(b"")}),)),
    after=ImageExample(layers=(("COPY . /app", {"app/main.py": file_of(b"")}),)),
)
def development_files_in_image(image: FinishedImage) -> Iterator[Found]:
    held: dict[str, int] = defaultdict(int)
    for path, entry in image.files:
        if entry.owner.kind not in _OWN or path.startswith(_ELSEWHERE) or "/site-packages/" in path or "/node_modules/" in path:
            continue
        if found := _FOLDERS.fullmatch(path) or _TESTS.fullmatch(path):
            held[f"/{found['top']}"] += entry.size
        elif _FILES.fullmatch(path):
            held[f"/{path}"] += entry.size
    repository = any(name.endswith("/.git") for name in held)
    if repository or sum(held.values()) >= _LEAST:
        largest = sorted(held, key=lambda name: (-held[name], name))
        yield Found(
            message=f"{listed(largest)} {'is' if len(largest) == 1 else 'are'} shipped, {size(sum(held.values()))}",
            advice=f"list {'it' if len(largest) == 1 else 'them'} in .dockerignore, or copy only the service's own folder",
            severity=Severity.WARNING if repository else None,
        )
