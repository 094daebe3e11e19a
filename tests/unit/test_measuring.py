"""Two images at rest measured: their sizes, owners and changes, and what is told where nothing could be run."""

import json
from pathlib import Path

import pytest

from builders import tree_of
from comparisons import verdict
from image_layers import digest, hard_link, member, tar_of
from paredown.comparison import Building, BuildTimes, Change, Comparison, Figure, Held, NotMeasured
from paredown.composers import record
from paredown.composers.interface import Means
from paredown.errors import UserError
from paredown.measuring import compare
from paredown.oci import layout
from paredown.oci.assemble import image_of, image_set
from paredown.oci.layer_writer import pack
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.opening import Opened, opened
from paredown.plan import Verification
from paredown.progress import Quiet
from paredown.result import Removal
from paredown.runners.sandbox import SandboxRunner
from paredown.store import Store
from paredown.tree import UNKNOWN, Tree

MANUAL = Removal(path="usr/share/man/ls.1", size=5000, trim="manual-pages", reason="nobody reads it", owner=UNKNOWN)
FILES = {"usr/lib/notes": b"n" * 4000, "app/main.py": b"print()\n"}


@pytest.fixture
def means(tmp_path: Path) -> Means:
    return Means(store=Store(tmp_path / "store"), progress=Quiet(), mirror="", environment={})


def image(path: Path, means: Means, *layers: Tree) -> Opened:
    """An image without a command, in a file."""
    packed = [(f"layer {number}", pack(layer, epoch=0, compression="gzip", store=means.store, progress=Quiet())) for number, layer in enumerate(layers)]
    config = ImageConfig(platform=ImagePlatform(architecture="amd64"), working_directory="/app")
    layout.write_tar(image_set([image_of(config, packed)], reference="it:latest"), path, means.store)
    return opened(str(path), means)


def saved(path: Path, *layers: bytes) -> Path:
    """A docker-archive of plain layers."""
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"diff_ids": [digest(layer) for layer in layers]}}).encode()
    manifest = json.dumps([{"Config": "config.json", "RepoTags": ["it:1"], "Layers": [f"{number}.tar" for number in range(len(layers))]}]).encode()
    parts = [member(f"{number}.tar", layer) for number, layer in enumerate(layers)]
    path.write_bytes(tar_of(member("config.json", config), member("manifest.json", manifest), *parts))
    return path


def compared(before: Opened, after: Opened, means: Means, **more: object) -> Comparison:
    return compare(before, after, verdict(), runner=SandboxRunner(means.store), settings=Verification(), means=means, **more)  # type: ignore[arg-type]


def test_what_cannot_be_started_is_measured_at_rest_and_says_why_not_running(tmp_path: Path, means: Means) -> None:
    before = image(tmp_path / "a.tar", means, tree_of({**FILES, "usr/lib/more": b"m" * 6000}))
    found = compared(before, image(tmp_path / "b.tar", means, tree_of(FILES)), means)
    rows = {row.name: row for row in found.measurements}
    assert (rows["image, uncompressed"].before, rows["image, uncompressed"].after) == (Figure(10008), Figure(4008))
    assert rows["start to first answer"].after == NotMeasured("the image has no command to start")
    assert rows["first build"].after == NotMeasured("two finished images were compared; nothing was built")
    practice = next(each for each in found.practices if each.name == "runs as any user")
    assert (practice.after.held, practice.after.seen) == (Held.UNKNOWN, "the image has no command to start")


def test_files_of_the_working_directory_are_the_apps(tmp_path: Path, means: Means) -> None:
    found = compared(*[image(tmp_path / f"{name}.tar", means, tree_of(FILES)) for name in "ab"], means)
    assert {owner.owner.kind.value: owner.uncompressed for owner in found.owners[0]} == {"app": 8, "unknown": 4000}


def test_the_changes_are_those_of_the_images_own_record(tmp_path: Path, means: Means) -> None:
    after = image(tmp_path / "b.tar", means, tree_of(FILES).over(record.compose([MANUAL])))
    (change,) = compared(image(tmp_path / "a.tar", means, tree_of(FILES)), after, means).changes
    assert (change.rule, change.what) == ("manual-pages", "1 file, 5.0 kB")
    assert not compared(after, after, means).changes


def test_given_changes_and_build_times_are_told_as_they_are(tmp_path: Path, means: Means) -> None:
    one = image(tmp_path / "a.tar", means, tree_of(FILES))
    edit = Change(rule="cache-kept", what="added a cache mount", why="pip's cache stays in the layer")
    builds = (BuildTimes(first=Building(seconds=Figure(60.0))), BuildTimes(first=Building(seconds=Figure(20.0))))
    found = compared(one, one, means, changes=(edit,), builds=builds)
    assert found.changes == (edit,)
    built = found.measured("first build")
    assert built is not None
    assert (built.before, built.after) == (Figure(60.0), Figure(20.0))


def test_an_image_in_no_file_has_no_layers_to_measure(tmp_path: Path, means: Means) -> None:
    one = image(tmp_path / "a.tar", means, tree_of(FILES))
    bare = Opened(one.image, type(one.runnable)(config=one.runnable.config, tree=one.runnable.tree))
    with pytest.raises(UserError, match="is in no file"):
        compared(bare, one, means)


def test_a_hard_link_to_a_lower_layer_is_measured(tmp_path: Path, means: Means) -> None:
    lower, upper = tar_of(member("usr/bin/perl", b"p" * 3000)), tar_of(hard_link("usr/bin/perl5", "usr/bin/perl"))
    path = saved(tmp_path / "linked.tar", lower, upper)
    found = compared(*[opened(str(path), means)] * 2, means)
    rows = {row.name: row.after for row in found.measurements}
    assert rows["image, uncompressed"] == Figure(3000)
    pushed = rows["image, compressed"]
    assert isinstance(pushed, Figure)
    assert pushed.value < 1000  # the layers were stored plain
