"""What `paredown slim` took comes back: all of it by the spare file, chosen paths by `restore`, shell and tools in the companion."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from builders import tree_of
from elf_builder import elf_with_debug_symbols
from image_layers import images_of, packed
from paredown.composers import record
from paredown.composers.build_root import host_architecture
from paredown.composers.interface import Means
from paredown.errors import UserError
from paredown.oci import layout
from paredown.oci.assemble import image_of, image_over, image_set
from paredown.oci.layer_reader import read_layers
from paredown.oci.layout_reader import FoundImage, read
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.packages.installed import installed
from paredown.progress import Quiet
from paredown.restoring import Request, Restored, restore
from paredown.slimming import Request as Slim
from paredown.slimming import slim
from paredown.store import Store
from paredown.tree import Tree, file_of, folder_of
from shared_libraries import library

SITE = "usr/lib/python3/dist-packages"
GIT = replace(file_of(library("git", needed=("libgit.so.1",)), mode=0o755, uid=7), inode="git")
DEBIAN = {
    "app/shop.py": b"",
    "usr/bin/python3.13*": b"python",
    "usr/lib/python3.13/os.py": b"",
    "usr/bin/git": GIT,
    "usr/lib/git-core": replace(folder_of(mode=0o750, gid=3), modified=5),
    "usr/lib/git-core/git": GIT,
    "usr/lib/libgit.so.1": "-> libgit.so.1.2",
    "usr/lib/libgit.so.1.2": library("libgit.so.1"),
    "usr/bin/bash*": b"bash",
    "usr/bin/sh": "-> bash",
    "usr/bin/ls*": b"ls",
    "usr/bin/dir": "-> /usr/bin/ls",
    "usr/share/doc/bash/README": b"of no use at a shell",
    f"{SITE}/pip/__init__.py": b"",
    f"{SITE}/pip-24.0.dist-info/METADATA": b"Name: pip\nVersion: 24.0\n",
    f"{SITE}/pip-24.0.dist-info/RECORD": b"pip/__init__.py,,0\npip-24.0.dist-info/METADATA,,\npip-24.0.dist-info/RECORD,,\npip/main.py,,\n",
    f"{SITE}/pip/main.py": b"",
    f"{SITE}/fast.so": elf_with_debug_symbols(),
    f"{SITE}/fast-1.dist-info/METADATA": b"Name: fast\nVersion: 1\n",
    f"{SITE}/fast-1.dist-info/RECORD": b"fast.so,,\nfast-1.dist-info/METADATA,,\nfast-1.dist-info/RECORD,,\n",
    "var/lib/dpkg/status": "".join(
        f"Package: {name}\nStatus: install ok installed\nVersion: 1\n{more}\n"
        for name, more in (("git", "Depends: libgit1\n"), ("libgit1", ""), ("bash", "Depends: coreutils\n"), ("coreutils", ""))
    ).encode(),
    "var/lib/dpkg/info/git.list": b"/usr/bin/git\n/usr/lib/git-core\n/usr/lib/git-core/git\n",
    "var/lib/dpkg/info/libgit1.list": b"/usr/lib/libgit.so.1\n/usr/lib/libgit.so.1.2\n",
    "var/lib/dpkg/info/bash.list": b"/usr/bin/bash\n/usr/bin/sh\n/usr/share/doc/bash/README\n",
    "var/lib/dpkg/info/coreutils.list": b"/usr/bin/ls\n",
}


@pytest.fixture(scope="module")
def means(tmp_path_factory: pytest.TempPathFactory) -> Means:
    return Means(store=Store(tmp_path_factory.mktemp("store")), progress=Quiet(), mirror="", environment=dict(os.environ))


def image(tree: Tree, path: Path, means: Means) -> Path:
    config = ImageConfig(platform=ImagePlatform(architecture=host_architecture().value), command=("/usr/bin/python3.13", "/app/shop.py"))
    layout.write_tar(image_set([image_of(config, [("all", packed(tree.with_parents(), means.store))])], reference="shop:latest"), path, means.store)
    return path


def found(path: Path) -> FoundImage:
    return read(path)[0]


def tree(path: Path, means: Means) -> Tree:
    return read_layers(found(path).layers, means.store, means.progress)


@pytest.fixture(scope="module")
def slimmed(tmp_path_factory: pytest.TempPathFactory, means: Means) -> Path:
    """The folder with the image `big.tar`, `small.tar` of it, and what goes beside it."""
    folder = tmp_path_factory.mktemp("images")
    request = Slim(
        image=str(image(tree_of(DEBIAN), folder / "big.tar", means)), outputs=(folder / "small.tar",), project=folder, verify=False,
        spare=folder / "spare.tar", companion=str(folder / "debug.tar"),
    )  # fmt: skip
    slim(request, means)
    return folder


def restored(folder: Path, means: Means, *patterns: str, image: str = "small.tar", to: str = "more.tar") -> Restored:
    return restore(Request(image=str(folder / image), spare=folder / "spare.tar", patterns=patterns, outputs=(folder / to,)), means)


def test_the_spare_file_laid_over_the_slimmed_image_is_the_image_before(slimmed: Path, means: Means) -> None:
    big, small = (tree(slimmed / name, means) for name in ("big.tar", "small.tar"))
    both = read_layers((*found(slimmed / "small.tar").layers, *found(slimmed / "spare.tar").layers), means.store, means.progress)
    assert "usr/bin/git" not in small
    assert both["usr/bin/git"].inode == both["usr/lib/git-core/git"].inode != ""
    assert {path: replace(entry, content=None, inode="") for path, entry in both.items()} == {
        path: replace(entry, content=None, inode="") for path, entry in big.items()
    }


def test_a_program_comes_back_with_its_folder_its_libraries_and_its_package(slimmed: Path, means: Means) -> None:
    told = restored(slimmed, means, "/usr/lib/git-core")
    more = tree(slimmed / "more.tar", means)
    assert [removal.path for removal in told.chosen] == ["usr/lib/git-core/git"]
    assert [removal.path for removal in told.needed] == ["usr/lib/libgit.so.1", "usr/lib/libgit.so.1.2"]
    assert (more["usr/lib/git-core"].mode, more["usr/lib/git-core"].gid, more["usr/lib/git-core"].modified) == (0o750, 3, 5)
    assert (more["usr/lib/git-core/git"].digest, more["usr/lib/git-core/git"].uid) == (GIT.digest, 7)
    assert {package.name for package in installed(more)} >= {"git", "libgit1"}
    assert b"Paredown-Removed: 1 of 2 files" in more.read("var/lib/dpkg/status")
    assert "bash" not in {package.name for package in installed(more)}
    gone = {removal.path for removal in record.read(more)}
    assert "usr/bin/git" in gone
    assert "usr/lib/git-core/git" not in gone


def test_the_other_layers_stay_and_a_second_time_adds_one_more(slimmed: Path, means: Means) -> None:
    restored(slimmed, means, "/usr/bin/git")
    told = restored(slimmed, means, "usr/lib/git-*", image="more.tar", to="most.tar")
    small, more, most = (found(slimmed / name) for name in ("small.tar", "more.tar", "most.tar"))
    blobs = [[layer.blob.digest for layer in one.layers] for one in (small, more, most)]
    assert blobs[1][:-1] == blobs[0]
    assert blobs[2][:-1] == blobs[1]
    assert replace(most.config, diff_ids=(), history=()) == replace(small.config, diff_ids=(), history=())
    assert told.digest == most.digest
    whole = tree(slimmed / "most.tar", means)
    assert whole["usr/bin/git"].inode == whole["usr/lib/git-core/git"].inode != ""
    assert b"Paredown-Removed" not in whole.read("var/lib/dpkg/status").partition(b"Package: git\n")[2].partition(b"\n\n")[0]


def test_a_module_comes_back_with_the_metadata_of_its_distribution_which_lists_what_is_there(slimmed: Path, means: Means) -> None:
    restored(slimmed, means, f"/{SITE}/pip/__init__.py")
    more = tree(slimmed / "more.tar", means)
    assert f"{SITE}/pip-24.0.dist-info/METADATA" in more
    assert b"pip/main.py" not in more.read(f"{SITE}/pip-24.0.dist-info/RECORD")
    assert more.read(f"{SITE}/pip-24.0.dist-info/PAREDOWN-REMOVED") == b"1 of 2 files\n"
    assert b"\npip.main\t.py\n" in more.read("opt/paredown/removed-modules")
    restored(slimmed, means, f"/{SITE}/pip", image="more.tar", to="most.tar")
    most = tree(slimmed / "most.tar", means)
    assert b"pip/main.py" in most.read(f"{SITE}/pip-24.0.dist-info/RECORD")
    assert not [path for path in most if path.startswith("opt/paredown/removed-modules") or path.endswith((".pth", "pip-24.0.dist-info/PAREDOWN-REMOVED"))]


def test_a_stripped_file_comes_back_whole(slimmed: Path, means: Means) -> None:
    path = f"{SITE}/fast.so"
    small, big = tree(slimmed / "small.tar", means), tree(slimmed / "big.tar", means)
    assert 0 < small[path].size < big[path].size
    restored(slimmed, means, f"/{path}")
    more = tree(slimmed / "more.tar", means)
    assert more[path].digest == big[path].digest
    assert more.read(f"{SITE}/fast-1.dist-info/RECORD") == big.read(f"{SITE}/fast-1.dist-info/RECORD")
    assert f"{SITE}/fast-1.dist-info/PAREDOWN-REMOVED" in small
    assert f"{SITE}/fast-1.dist-info/PAREDOWN-REMOVED" not in more


def test_a_link_comes_back_with_what_it_leads_to(slimmed: Path, means: Means) -> None:
    told = restored(slimmed, means, "/usr/bin/dir")
    assert [removal.path for removal in told.needed] == ["usr/bin/ls"]


@pytest.mark.parametrize(
    ("pattern", "complaint", "fix"),
    [
        ("/usr/bin/gitt", "nothing that /usr/bin/gitt names was taken", "/usr/bin/git"),
        ("/usr/bin/python3.13", "/usr/bin/python3.13 is in the image: it was not taken", ""),
        ("/usr/share/qqqqqqqqqqqq", "nothing that", "paredown inspect"),
    ],
)
def test_what_was_not_taken_cannot_come_back(slimmed: Path, means: Means, pattern: str, complaint: str, fix: str) -> None:
    with pytest.raises(UserError, match=complaint) as told:
        restored(slimmed, means, "/usr/bin/git", pattern, to="never.tar")
    assert fix in str(told.value.fix)
    assert not (slimmed / "never.tar").exists()


def test_the_spare_file_of_another_image_is_refused(slimmed: Path, means: Means) -> None:
    for image in ("big.tar", "spare.tar"):
        with pytest.raises(UserError, match="is another image"):
            restored(slimmed, means, "/usr/bin/git", image=image)


def test_an_image_built_on_the_slimmed_one_is_another_image(slimmed: Path, means: Means) -> None:
    theirs = images_of([tree_of({"app/new.py": b""})], means.store).images[0].layers
    own = found(slimmed / "small.tar")
    layers = [packed(read_layers([layer], means.store, means.progress), means.store) for layer in own.layers]
    made = image_over(own.config, layers, [("theirs", theirs[0])])
    config = replace(made.config, history=tuple(replace(one, created_by="COPY . .") for one in made.config.history))
    layout.write_tar(image_set([image_over(config, made.layers, [])], reference="shop:2"), slimmed / "theirs.tar", means.store)
    with pytest.raises(UserError, match="is another image"):
        restored(slimmed, means, "/usr/bin/git", image="theirs.tar")


def test_a_file_that_is_no_spare_file_is_refused(slimmed: Path, means: Means) -> None:
    with pytest.raises(UserError, match="no spare file"):
        restore(Request(image=str(slimmed / "small.tar"), spare=slimmed / "big.tar", patterns=("/usr/bin/git",)), means)
    with pytest.raises(UserError, match="there is no"):
        restore(Request(image=str(slimmed / "small.tar"), spare=slimmed / "nothing.tar", patterns=("/usr/bin/git",)), means)


def test_the_companion_is_the_same_image_with_the_shell_and_what_it_depends_on(slimmed: Path, means: Means) -> None:
    small, debug = found(slimmed / "small.tar"), found(slimmed / "debug.tar")
    assert [layer.blob.digest for layer in debug.layers[:-1]] == [layer.blob.digest for layer in small.layers]
    assert debug.config.labels == (("paredown.companion-of", small.digest),)
    assert replace(debug.config, labels=(), diff_ids=(), history=()) == replace(small.config, labels=(), diff_ids=(), history=())
    files = tree(slimmed / "debug.tar", means)
    assert {"usr/bin/bash", "usr/bin/sh", "usr/bin/ls", "usr/bin/dir"} <= set(files)
    assert not {"usr/bin/git", "usr/share/doc/bash/README"} & set(files)
    assert {package.name for package in installed(files)} == {"bash", "coreutils"}
    restored(slimmed, means, "/usr/bin/git", image="debug.tar")


def test_no_two_images_go_to_one_file(slimmed: Path, means: Means) -> None:
    one = slimmed / "one.tar"
    with pytest.raises(UserError, match="two images would be written"):
        slim(Slim(image=str(slimmed / "big.tar"), outputs=(one,), project=slimmed, verify=False, spare=one), means)
    assert not one.exists()


def test_an_image_without_a_shell_can_have_no_companion(tmp_path: Path, means: Means) -> None:
    big = image(tree_of(DEBIAN).without(["usr/bin/bash", "usr/bin/sh"]), tmp_path / "big.tar", means)
    with pytest.raises(UserError, match="has no shell"):
        slim(Slim(image=str(big), outputs=(tmp_path / "small.tar",), project=tmp_path, verify=False, companion="shop:debug"), means)
    assert not (tmp_path / "small.tar").exists()
