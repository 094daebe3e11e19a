"""Trees on disk: what is written, and that nothing is written elsewhere."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from paredown.errors import BrokenArchiveError, WorldError
from paredown.materialise import remove_folder, write_folder
from paredown.tree import Entry, Kind, Slice, Tree, digest_of, file_of, folder_of, link_of


def sliced(file: Path, offset: int, size: int) -> Entry:
    data = file.read_bytes()[offset : offset + size]
    return Entry(kind=Kind.FILE, mode=0o644, size=size, digest=digest_of(data), content=Slice(str(file), offset))


def test_files_folders_and_links_are_written_with_their_modes_when_the_folder_is_new(tmp_path: Path) -> None:
    tree = Tree(
        {
            "usr/bin/tool": file_of(b"#!", mode=0o755),
            "etc": folder_of(mode=0o750),
            "etc/secret": file_of(b"s", mode=0o640),
            "bin": link_of("usr/bin"),
            "out": link_of("../../etc/passwd"),
        }
    )
    previous = os.umask(0o077)
    try:
        write_folder(tree, tmp_path / "root")
    finally:
        os.umask(previous)
    root = tmp_path / "root"
    assert (root / "bin/tool").read_bytes() == b"#!"
    assert stat.S_IMODE((root / "usr/bin/tool").stat().st_mode) == 0o755
    assert stat.S_IMODE((root / "etc").stat().st_mode) == 0o750
    assert stat.S_IMODE((root / "etc/secret").stat().st_mode) == 0o640
    assert stat.S_IMODE((root / "usr").stat().st_mode) == 0o755
    assert os.readlink(root / "out") == "../../etc/passwd"


def test_set_uid_bits_are_dropped_and_owner_may_read_when_the_tree_has_them(tmp_path: Path) -> None:
    write_folder(Tree({"su": file_of(b"x", mode=0o4755), "shadow": file_of(b"x", mode=0o000)}), tmp_path)
    assert stat.S_IMODE((tmp_path / "su").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "shadow").stat().st_mode) == 0o400


def test_slices_small_and_big_keep_their_bytes_when_read_from_one_file(tmp_path: Path) -> None:
    source = tmp_path / "data"
    source.write_bytes(os.urandom(3_500_000))
    tree = Tree({"z": sliced(source, 0, 10), "a": sliced(source, 10, 3_000_001), "m": sliced(source, 3_000_500, 499_500), "empty": sliced(source, 5, 0)})
    write_folder(tree, tmp_path / "root")
    for path, entry in tree.items():
        assert (tmp_path / "root" / path).read_bytes() == entry.read()


def test_hard_links_share_one_file_when_their_token_is_the_same(tmp_path: Path) -> None:
    entry = replace(file_of(b"one"), inode="7")
    write_folder(Tree({"a": entry, "deep/b": entry, "c": file_of(b"one")}), tmp_path)
    assert (tmp_path / "a").stat().st_ino == (tmp_path / "deep/b").stat().st_ino
    assert (tmp_path / "c").stat().st_ino != (tmp_path / "a").stat().st_ino


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "a//b", "", "./a", "a\0b"])
def test_names_that_leave_the_root_are_refused_when_written(tmp_path: Path, path: str) -> None:
    with pytest.raises(BrokenArchiveError):
        write_folder(Tree({path: file_of(b"")}), tmp_path / "root")
    assert not (tmp_path / "x").exists()


def test_an_entry_below_a_link_is_refused_when_the_tree_holds_both(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    tree = Tree({"a": link_of(str(outside)), "a/b/c": file_of(b"")})
    with pytest.raises(BrokenArchiveError, match="a/b/c lies below a, which is a link"):
        write_folder(tree, tmp_path / "root")
    assert list(outside.iterdir()) == []


def test_links_on_disk_are_replaced_and_not_followed_when_the_folder_has_them(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    (outside / "file").write_text("kept")
    root.mkdir()
    (root / "folder").symlink_to(outside)
    (root / "name").symlink_to(outside / "file")
    write_folder(Tree({"folder/file": file_of(b"new"), "name": file_of(b"new")}), root)
    assert (outside / "file").read_text() == "kept"
    assert (root / "folder/file").read_bytes() == (root / "name").read_bytes() == b"new"


def test_writing_again_replaces_what_stands_there_when_folders_were_read_only(tmp_path: Path) -> None:
    tree = Tree({"d": folder_of(mode=0o555), "d/f": file_of(b"1", mode=0o444), "l": link_of("x")})
    write_folder(tree, tmp_path)
    write_folder(Tree({**tree, "d/f": file_of(b"2")}), tmp_path)
    assert (tmp_path / "d/f").read_bytes() == b"2"


def test_a_slice_that_ends_early_is_an_error_when_the_source_was_cut(tmp_path: Path) -> None:
    source = tmp_path / "data"
    source.write_bytes(b"12345")
    entry = replace(sliced(source, 0, 5), size=9)
    with pytest.raises(WorldError, match="shorter than its index says"):
        write_folder(Tree({"f": entry}), tmp_path / "root")


def test_a_source_that_is_gone_is_an_error_when_written(tmp_path: Path) -> None:
    entry = Entry(kind=Kind.FILE, mode=0o644, size=1, content=Slice(str(tmp_path / "gone")))
    with pytest.raises(WorldError, match="gone from paredown's cache"):
        write_folder(Tree({"f": entry}), tmp_path / "root")


def test_read_only_folders_are_removed_when_asked(tmp_path: Path) -> None:
    deep = tmp_path / "a/b"
    deep.mkdir(parents=True)
    (deep / "f").write_text("")
    deep.chmod(0o500)
    deep.parent.chmod(0o500)
    remove_folder(tmp_path / "a")
    remove_folder(tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_files_have_their_times_when_the_tree_has_some(tmp_path: Path) -> None:
    file = file_of(b"1")
    write_folder(Tree({"dated": replace(file, modified=1_234_567_890), "never": replace(file, modified=1 << 80), "undated": file}), tmp_path)
    assert (tmp_path / "dated").stat().st_mtime == 1_234_567_890
    assert (tmp_path / "never").stat().st_mtime == pytest.approx((tmp_path / "undated").stat().st_mtime, abs=60)
