"""A finished image carved: packages of which nothing is needed go, and what only running shows to be needed comes back."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pytest

from advisory_data import issue
from builders import tree_of
from image_layers import packed
from machine_python import LIBRARY, LOADED_FROM, PROGRAM, machine_python
from paredown import slimming
from paredown.composers.build_root import host_architecture
from paredown.composers.interface import Means
from paredown.errors import UserError
from paredown.needs import reasons
from paredown.oci import layout
from paredown.oci.assemble import image_of, image_set
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.packages.installed import installed
from paredown.plan import Level
from paredown.progress import Quiet
from paredown.reports.holdings import holdings_value
from paredown.result import Answer, Removal
from paredown.slimming import Request, halved, slim
from paredown.store import Store
from paredown.tree import UNKNOWN, Tree
from paredown.verification import compared

SERVICE = b"""
import http.server, signal, sys

class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = 200, b'<a href="/stock">What is there</a>'
        if self.path == "/stock":
            try:
                # No reading of this code tells which file it is.
                body = open("/".join(["", "usr", "share", "stock", "list.txt"]), "rb").read()
            except OSError as error:
                status, body = 500, str(error).encode()
        elif self.path != "/":
            status, body = 404, b"there is no such page"
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Shop).serve_forever()
"""
STATUS = "".join(f"Package: {name}\nStatus: install ok installed\nVersion: 1\n\n" for name in ("git", "stock-data"))
ROOT = {
    "app/shop.py": SERVICE,
    "etc/passwd": b"app:x:10001:0::/tmp:/bin/false\n",
    "usr/bin/git*": b"\x00" * 50_000,
    "usr/share/stock/list.txt": b"apples",
    "var/lib/dpkg/status": STATUS.encode(),
    "var/lib/dpkg/info/git.list": b"/usr/bin/git\n",
    "var/lib/dpkg/info/stock-data.list": b"/usr/share/stock/list.txt\n",
}


@pytest.fixture
def means(tmp_path: Path) -> Means:
    return Means(store=Store(tmp_path / "store"), progress=Quiet(), mirror="", environment=dict(os.environ))


def written(tree: Tree, path: Path, means: Means, *, command: tuple[str, ...] = (PROGRAM, "shop.py"), python: bool = True) -> str:
    """An image of `tree`, with this machine's Python below it, in a file."""
    config = ImageConfig(
        platform=ImagePlatform(architecture=host_architecture().value), created="1970-01-01T00:00:00Z", user="10001:0", working_directory="/app",
        environment=(("PATH", "/usr/bin"), ("LD_LIBRARY_PATH", LOADED_FROM)), command=command, ports=("8000/tcp",),
    )  # fmt: skip
    layers = [("python", packed(machine_python(), means.store))] if python else []
    layout.write_tar(image_set([image_of(config, [*layers, ("app", packed(tree, means.store))])], reference="shop:latest"), path, means.store)
    return str(path)


def compiled(source: str) -> str:
    return str(PurePosixPath(source).with_name("__pycache__") / f"{PurePosixPath(source).stem}.{sys.implementation.cache_tag}.pyc")


def test_a_file_that_only_a_request_shows_to_be_needed_is_given_back(means: Means, tmp_path: Path) -> None:
    image = written(tree_of(ROOT), tmp_path / "shop.tar", means)
    slimmed = slim(Request(image=image, outputs=(tmp_path / "small.tar",), project=tmp_path), means)
    assert slimmed.result.verdict is not None
    assert slimmed.result.verdict.answer is Answer.EQUIVALENT
    assert "usr/bin/git" not in slimmed.tree
    assert slimmed.tree.read("usr/share/stock/list.txt") == b"apples"
    assert [package.name for package in installed(slimmed.tree)] == ["stock-data"]
    assert any("/usr/share/stock/list.txt" in note for note in slimmed.result.notes)


def test_what_no_reading_shows_is_kept_by_the_run_or_given_back_when_level_is_tight(means: Means, tmp_path: Path) -> None:
    site = f"{LIBRARY}/site-packages"
    service = SERVICE.replace(
        b"try:",
        b"""__import__("wa" + "ve")
            def late():
                import shelf.extra
            try:""",
    )
    files = {
        **ROOT,
        "app/shop.py": service,
        f"{site}/shelf/__init__.py": b"",
        f"{site}/shelf/extra.py": b"exec('import color' + 'sys')",
        **dict.fromkeys((compiled(f"{LIBRARY}/wave.py"), compiled(f"{site}/shelf/extra.py")), b"of no Python"),
        f"{site}/overlooked_shelf/__init__.py": b"",
    }
    image = written(tree_of(files), tmp_path / "shop.tar", means)
    slimmed = slim(Request(image=image, outputs=(tmp_path / "small.tar",), project=tmp_path, level=Level.TIGHT), means)
    assert slimmed.result.verdict is not None
    assert slimmed.result.verdict.answer is Answer.EQUIVALENT
    there = {name for name in ("wave", "colorsys", "imaplib") if f"{LIBRARY}/{name}.py" in slimmed.tree}
    assert there == {"wave", "colorsys"}, "the first was imported for a request, the second is missed by a module that stays"
    assert f"{site}/shelf/extra.py" in slimmed.tree
    assert compiled(f"{site}/shelf/extra.py") not in slimmed.tree
    assert compiled(f"{LIBRARY}/wave.py") in slimmed.tree
    assert f"{site}/overlooked_shelf/__init__.py" not in slimmed.tree
    why = reasons(slimmed.tree, slimmed.facts)
    assert why[f"{LIBRARY}/wave.py"] == "a run of the service opened it"
    assert why[f"{site}/shelf/extra.py"] == "/app/shop.py names it"


def test_what_the_platform_misses_and_nothing_names_is_found_before_a_whole_comparison(means: Means, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status = ROOT["var/lib/dpkg/status"] + b"Package: odd-names\nStatus: install ok installed\nVersion: 1\n\n"
    names = {"etc/protocols": b"tcp 6 TCP\nudp 17 UDP\n", "var/lib/dpkg/info/odd-names.list": b"/etc/protocols\n", "var/lib/dpkg/status": status}
    comparisons = []
    monkeypatch.setattr(slimming, "compared", lambda *images, **words: comparisons.append(images) or compared(*images, **words))
    image = written(
        tree_of({**ROOT, **names, "app/shop.py": SERVICE.replace(b'"/".join(["", "usr", "share", "stock", "list.txt"])', b"__file__")}),
        tmp_path / "shop.tar",
        means,
    )
    slimmed = slim(Request(image=image, outputs=(tmp_path / "small.tar",), project=tmp_path), means)
    assert slimmed.result.verdict is not None
    assert slimmed.result.verdict.answer is Answer.EQUIVALENT
    assert "etc/protocols" in slimmed.tree
    assert "usr/bin/git" not in slimmed.tree
    assert len(comparisons) == 1


def test_what_cannot_be_proven_is_not_carved_tight(means: Means, tmp_path: Path) -> None:
    files = {**ROOT, "app/shop.py": b"import os\nprint(os.environ['NAME'])\n", f"{LIBRARY}/site-packages/overlooked_shelf/__init__.py": b""}
    image = written(tree_of(files), tmp_path / "shop.tar", means)
    slimmed = slim(Request(image=image, outputs=(tmp_path / "small.tar",), project=tmp_path, level=Level.TIGHT), means)
    assert slimmed.result.verdict is not None
    assert slimmed.result.verdict.answer is Answer.UNPROVEN
    assert "usr/bin/git" not in slimmed.tree
    assert f"{LIBRARY}/site-packages/overlooked_shelf/__init__.py" in slimmed.tree
    assert any("this is level lean" in note for note in slimmed.result.notes)
    assert [each.what for each in slimmed.result.skipped] == ["a watched run of the service"]


def test_the_same_image_gives_the_same_digest(means: Means, tmp_path: Path) -> None:
    image = written(tree_of(ROOT), tmp_path / "shop.tar", means)
    one, other = (slim(Request(image=image, outputs=(tmp_path / name,), project=tmp_path, verify=False), means) for name in ("a.tar", "b.tar"))
    assert one.result.digest == other.result.digest
    assert "usr/share/stock/list.txt" not in one.tree
    again = slim(Request(image=image, outputs=(tmp_path / "c.tar",), project=tmp_path, verify=False, keep=("/usr/share/stock",)), means)
    assert "usr/share/stock/list.txt" in again.tree


def test_packages_files_and_advisories_are_counted_before_and_after(means: Means, tmp_path: Path) -> None:
    release = {"etc/os-release": b"ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n", "usr/share/man/man1/stock.1": b"how to"}
    owned = {"var/lib/dpkg/info/stock-data.list": b"/usr/share/stock/list.txt\n/usr/share/man/man1/stock.1\n"}
    image = written(tree_of({**ROOT, **release, **owned}), tmp_path / "shop.tar", means)
    issues = {"git": {"CVE-1": issue(bookworm=("open", "")), "CVE-2": issue(bookworm=("open", ""))}, "stock-data": {"CVE-2": issue(bookworm=("open", ""))}}
    data = tmp_path / "list.json"
    data.write_text(json.dumps(issues))
    request = Request(image=image, outputs=(tmp_path / "small.tar",), project=tmp_path, verify=False, keep=("/usr/share/stock",), advisories=(data,))
    told = slim(request, means).result.holdings
    assert told is not None
    value = holdings_value(told)
    assert [(value[side]["packages"], value[side]["advisories_matched"]) for side in ("before", "after")] == [(2, 2), (1, 1)]
    # The man page is gone; the package is still there, and so is what is said of it.
    assert [(each["package"], each["reduced"], each["matched"]) for each in value["after"]["by_package"]] == [("stock-data", True, ["CVE-2"])]
    assert value["after"]["files"] < value["before"]["files"]


def test_a_distribution_tells_what_is_left_of_it(means: Means, tmp_path: Path) -> None:
    site = f"{LIBRARY}/site-packages"
    rows = b"kit/__init__.py,,\nkit/__init__.pyi,,\nkit-1.dist-info/METADATA,,\nkit-1.dist-info/RECORD,,\n"
    files = {"kit/__init__.py": b"", "kit/__init__.pyi": b"", "kit-1.dist-info/METADATA": b"Name: kit\nVersion: 1\n", "kit-1.dist-info/RECORD": rows}
    files |= {
        "types_kit-1.dist-info/METADATA": b"Name: types-kit\nVersion: 1\n",
        "types_kit-1.dist-info/RECORD": b"kit-stubs/a.pyi,,\n",
        "kit-stubs/a.pyi": b"",
    }
    image = written(tree_of({**ROOT, **{f"{site}/{name}": data for name, data in files.items()}}), tmp_path / "shop.tar", means)
    tree = slim(Request(image=image, outputs=(tmp_path / "small.tar",), project=tmp_path, verify=False), means).tree
    assert f"{site}/types_kit-1.dist-info/METADATA" not in tree
    assert tree.read(f"{site}/kit-1.dist-info/PAREDOWN-REMOVED") == b"1 of 2 files\n"
    listed = [row.partition(",")[0] for row in tree.read(f"{site}/kit-1.dist-info/RECORD").decode().splitlines()]
    assert listed == ["kit/__init__.py", "kit-1.dist-info/METADATA", "kit-1.dist-info/RECORD", "kit-1.dist-info/PAREDOWN-REMOVED"]


def test_an_image_that_is_slim_already_is_left_alone(means: Means, tmp_path: Path) -> None:
    image = written(tree_of(ROOT), tmp_path / "shop.tar", means)
    slim(Request(image=image, outputs=(tmp_path / "small.tar",), project=tmp_path, verify=False), means)
    with pytest.raises(UserError, match="nothing to take from"):
        slim(Request(image=str(tmp_path / "small.tar"), outputs=(tmp_path / "smaller.tar",), project=tmp_path, verify=False), means)
    assert not (tmp_path / "smaller.tar").exists()


@pytest.mark.parametrize("guilty", [{0}, {6}, {3, 4}])
def test_what_has_to_be_given_back_is_found_by_halves(guilty: set[int]) -> None:
    groups = [[Removal(path=str(number), size=1, trim="a", reason="b", owner=UNKNOWN)] for number in range(7)]

    def works(given: Sequence[list[Removal]]) -> bool:
        return guilty <= {int(group[0].path) for group in given}

    assert guilty <= {int(group[0].path) for group in halved(groups, works)}


def test_nothing_is_found_where_no_half_is_enough() -> None:
    groups = [[Removal(path=name, size=1, trim="a", reason="b", owner=UNKNOWN)] for name in "ab"]
    assert halved(groups, lambda _: False) == ()


@pytest.mark.parametrize(("python", "command", "complaint"), [(False, ("/usr/bin/git",), "has no Python 3"), (True, (), "does not say what it starts")])
def test_what_cannot_be_slimmed_is_refused(means: Means, tmp_path: Path, python: bool, command: tuple[str, ...], complaint: str) -> None:
    image = written(tree_of(ROOT), tmp_path / "shop.tar", means, command=command, python=python)
    with pytest.raises(UserError, match=complaint):
        slim(Request(image=image, outputs=(tmp_path / "small.tar",), project=tmp_path, level=Level.SAFE), means)
