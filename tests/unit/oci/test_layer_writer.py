import gzip
import io
import tarfile
from dataclasses import replace

import pytest

from builders import tree_of
from image_layers import digest, packed
from paredown.errors import UserError, WorldError
from paredown.store import Store
from paredown.tree import Entry, Kind, Slice, Tree, file_of, folder_of


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def tar_in(store, layer):
    return tarfile.open(fileobj=io.BytesIO(plain(store, layer)))


def plain(store, layer):
    return gzip.decompress(store.blob_path(layer.descriptor.digest).read_bytes())


def test_pack_gives_the_digests_and_sizes_of_both_streams(store):
    layer = packed(tree_of({"etc": None, "etc/motd": b"hello"}), store)
    blob = store.blob_path(layer.descriptor.digest).read_bytes()
    assert (layer.descriptor.digest, layer.descriptor.size) == (digest(blob), len(blob))
    assert (layer.diff_id, layer.uncompressed) == (digest(gzip.decompress(blob)), len(gzip.decompress(blob)))
    assert layer.files == 1


def test_pack_writes_folders_before_children_and_no_names_of_owners(store):
    layer = packed(tree_of({"b": None, "b/x": replace(file_of(b"1"), uid=10001), "a": "-> b/x"}), store, epoch=77)
    with tar_in(store, layer) as tar:
        members = tar.getmembers()
    assert [member.name for member in members] == ["a", "b", "b/x"]
    assert {(member.uname, member.gname, member.mtime) for member in members} == {("", "", 77)}
    assert members[2].uid == 10001


@pytest.mark.parametrize(
    "path",
    ["short", "ünïcode/nämé", "d/" * 70 + "deep", "n" * 200, "p" * 99 + "/" + "q" * 100, "x" * 100, "y" * 101, "naïve " + "z" * 255, "bad\udcff"],
    ids=["short", "unicode", "deep", "long", "split", "100", "101", "unicode-long", "not-utf8"],
)
def test_pack_keeps_any_name(store, path):
    layer = packed(Tree({path: file_of(b"here")}), store)
    with tar_in(store, layer) as tar:
        assert [member.name for member in tar] == [path]


def test_pack_keeps_what_ustar_has_no_room_for(store):
    entry = replace(file_of(b"x"), uid=3_000_000, modified=-5, xattrs=(("security.capability", b"\x01\n\x00=\xff"), ("user.long", b"v" * 990)))
    layer = packed(Tree({"ping": entry, "far": replace(tree_of({"l": "-> " + "t" * 300})["l"])}), store)
    with tar_in(store, layer) as tar:
        far, ping = tar.getmembers()
    assert far.linkname == "t" * 300
    assert (ping.uid, ping.mtime) == (3_000_000, -5)
    assert ping.pax_headers["SCHILY.xattr.security.capability"].encode("utf-8", "surrogateescape") == b"\x01\n\x00=\xff"
    assert ping.pax_headers["SCHILY.xattr.user.long"] == "v" * 990


def test_pack_stores_hard_links_once(store):
    one = replace(file_of(b"shared"), inode="i")
    with tar_in(store, packed(Tree({"b": one, "a": one}), store)) as tar:
        assert [(member.name, member.type, member.linkname) for member in tar] == [("a", tarfile.REGTYPE, ""), ("b", tarfile.LNKTYPE, "a")]


def test_pack_again_packs_nothing(store):
    tree = tree_of({"x": b"1"})
    first, second = packed(tree, store), packed(tree, store)
    assert (first.reused, second.reused) == (False, True)
    assert replace(second, reused=False) == first


def test_pack_again_packs_anew_when_the_blob_is_gone(store):
    tree = tree_of({"x": b"1"})
    first = packed(tree, store)
    store.blob_path(first.descriptor.digest).unlink()
    assert packed(tree, store) == first


@pytest.mark.parametrize("change", ["epoch", "compression", "content"])
def test_pack_again_packs_anew_when_something_changed(store, change):
    packed(tree_of({"x": b"1"}), store)
    tree = tree_of({"x": b"2" if change == "content" else b"1"})
    layer = packed(tree, store, epoch=1 if change == "epoch" else 0, compression="zstd" if change == "compression" else "gzip")
    assert not layer.reused


def test_pack_refuses_a_name_that_layers_read_as_a_deletion(store):
    with pytest.raises(UserError, match=r"/app/\.wh\.notes cannot be in an image"):
        packed(tree_of({"app": None, "app/.wh.notes": b""}), store)


def test_pack_refuses_a_file_that_became_shorter(store, tmp_path):
    (tmp_path / "data").write_bytes(b"short")
    entry = Entry(kind=Kind.FILE, mode=0o644, size=50, digest=digest(b"long"), content=Slice(str(tmp_path / "data")))
    with pytest.raises(WorldError, match="/data became shorter while it was packed"):
        packed(Tree({"data": entry}), store)


def test_pack_says_which_bytes_are_gone(store, tmp_path):
    entry = Entry(kind=Kind.FILE, mode=0o644, size=5, digest=digest(b"12345"), content=Slice(str(tmp_path / "gone")))
    with pytest.raises(WorldError, match="the bytes of /x cannot be read: No such file"):
        packed(Tree({"x": entry}), store)


def test_pack_names_the_compressions_there_are(store):
    with pytest.raises(UserError, match="no compression called 'xz'") as caught:
        packed(tree_of({}), store, compression="xz")
    assert caught.value.fix == "choose one of: gzip, gzip-max, zstd, zstd-max"


def test_pack_reads_slices_from_their_offset(store, tmp_path):
    (tmp_path / "many").write_bytes(b"....abcde....")
    entry = Entry(kind=Kind.FILE, mode=0o755, size=5, digest=digest(b"abcde"), content=Slice(str(tmp_path / "many"), 4))
    with tar_in(store, packed(Tree({"d": folder_of(mode=0o1777), "d/x": entry}), store)) as tar:
        assert tar.extractfile("d/x").read() == b"abcde"
        assert (tar.getmember("d").mode, tar.getmember("d/x").mode) == (0o1777, 0o755)
