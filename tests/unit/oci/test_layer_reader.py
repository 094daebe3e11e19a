import gzip
import tarfile

import pytest
import zstandard

from builders import tree_of
from image_layers import digest, folder, hard_link, layer_in, link, member, packed, stored, tar_of
from paredown.errors import BrokenArchiveError
from paredown.oci.blob import Blob
from paredown.oci.layer_reader import StoredLayer, flattened, read_each_layer, read_layers
from paredown.progress import Quiet
from paredown.store import Store
from paredown.tree import Kind


@pytest.fixture
def read(tmp_path):
    def read(*tars):
        layers = [tar if isinstance(tar, StoredLayer) else stored(tmp_path, tar) for tar in tars]
        return read_layers(layers, Store(tmp_path / "store"), Quiet())

    return read


def test_read_layers_keeps_bytes_modes_times_and_owners(read):
    info, data = member("bin/x", b"#!", mode=0o4755)
    info.uid, info.gid, info.mtime = 7, 8, 99
    entry = read(tar_of(folder("bin/"), (info, data)))["bin/x"]
    assert (entry.read(), entry.mode, entry.uid, entry.gid, entry.modified, entry.digest) == (b"#!", 0o4755, 7, 8, 99, digest(b"#!"))


def test_read_layers_obeys_a_deletion_of_what_lower_layers_brought(read):
    tree = read(tar_of(folder("d"), member("d/a"), member("d/b"), member("e")), tar_of(member("d/.wh.a"), member(".wh.e")))
    assert list(tree) == ["d", "d/b"]


def test_read_layers_deletes_a_folder_with_all_below(read):
    assert list(read(tar_of(folder("d"), folder("d/s"), member("d/s/a")), tar_of(member(".wh.d")))) == []


@pytest.mark.parametrize("last", [False, True], ids=["first", "last"])
def test_read_layers_lets_an_opaque_folder_hide_only_lower_layers(read, last):
    mark, own = member("d/.wh..wh..opq"), member("d/new", b"n")
    tree = read(tar_of(folder("d"), member("d/old")), tar_of(folder("d"), *((own, mark) if last else (mark, own))))
    assert list(tree) == ["d", "d/new"]


def test_read_layers_keeps_what_the_deleting_layer_itself_brings(read):
    assert read(tar_of(member("a", b"old")), tar_of(member("a", b"new"), member(".wh.a"))).read("a") == b"new"


def test_read_layers_replaces_a_folder_by_a_file_and_a_link_by_a_folder(read):
    tree = read(tar_of(folder("d"), member("d/x"), link("l", "d")), tar_of(member("d", b"file"), folder("l"), member("l/y")))
    assert {path: entry.kind for path, entry in tree.items()} == {"d": Kind.FILE, "l": Kind.FOLDER, "l/y": Kind.FILE}


def test_read_layers_joins_hard_links_across_entries_and_layers(read):
    tree = read(tar_of(member("a", b"1"), hard_link("b", "a")), tar_of(hard_link("c", "a")))
    assert tree["a"].inode
    assert tree["a"].inode == tree["b"].inode == tree["c"].inode
    assert tree["c"].read() == b"1"


def test_read_layers_follows_a_link_of_a_lower_layer_inside_the_root(read):
    tree = read(tar_of(folder("usr"), folder("usr/lib"), link("lib", "usr/lib")), tar_of(member("lib/x", b"1")))
    assert tree["usr/lib/x"].read() == b"1"
    assert tree["lib"].kind is Kind.LINK


@pytest.mark.parametrize("target", ["/", "../../../..", "/etc/../.."], ids=["root", "up", "mixed"])
def test_read_layers_holds_an_entry_behind_a_link_to_outside_in_the_root(read, target):
    tree = read(tar_of(link("out", target)), tar_of(member("out/passwd", b"x")))
    assert tree["passwd"].read() == b"x"


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "..", "a/.."])
def test_read_layers_refuses_a_name_that_leaves_the_root(read, name):
    with pytest.raises(BrokenArchiveError, match="leave the root"):
        read(tar_of(member(name, b"x")))


def test_read_layers_refuses_a_hard_link_that_leaves_the_root(read):
    with pytest.raises(BrokenArchiveError, match="leave the root"):
        read(tar_of(hard_link("a", "../../etc/shadow")))


def test_read_layers_holds_an_absolute_name_in_the_root(read):
    assert list(read(tar_of(member("/etc/x", b"1")))) == ["etc/x"]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ((hard_link("a", "nowhere"),), "the hard link /a leads to /nowhere, which is not a file"),
        ((link("a", "b"), link("b", "a"), member("a/x")), "go in circles"),
        ((member("f", b"1"), member("f/x")), "/f should be a folder, but /f is a file"),
        ((member("pipe", kind=tarfile.FIFOTYPE),), "/pipe is a device or pipe"),
        ((member("x/.wh.."),), "names nothing"),
    ],
    ids=["dangling", "circle", "through-file", "device", "empty-deletion"],
)
def test_read_layers_refuses_what_no_engine_can_mean(read, members, said):
    with pytest.raises(BrokenArchiveError, match=said):
        read(tar_of(*members))


def test_read_layers_leaves_devices_under_dev_to_the_engine(read):
    assert list(read(tar_of(folder("dev"), member("dev/null", kind=tarfile.CHRTYPE)))) == ["dev"]


@pytest.mark.parametrize(
    "compress",
    [gzip.compress, lambda tar: gzip.compress(tar[:700]) + gzip.compress(tar[700:]), lambda tar: gzip.compress(tar) + bytes(9),
     zstandard.compress, lambda tar: zstandard.compress(tar[:700]) + zstandard.compress(tar[700:])],
    ids=["gzip", "members", "padded", "zstd", "frames"],
)  # fmt: skip
def test_read_layers_reads_any_compression(read, tmp_path, compress):
    tar = tar_of(member("a", b"1" * 3000))
    assert read(stored(tmp_path, compress(tar), tar)).read("a") == b"1" * 3000


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
@pytest.mark.parametrize("harm", ["cut", "bit", "tail"])
def test_read_layers_names_the_layer_that_is_damaged(read, tmp_path, compress, harm):
    tar = tar_of(member("a", bytes(range(256)) * 40))
    blob = bytearray(compress(tar))
    if harm == "cut":
        del blob[-20:]
    elif harm == "bit":
        blob[len(blob) // 2] ^= 0xFF
    else:
        blob += b"more"
    with pytest.raises(BrokenArchiveError, match=digest(bytes(blob))):
        read(stored(tmp_path, bytes(blob), tar))


def test_read_layers_refuses_a_blob_that_is_not_the_promised_one(read, tmp_path):
    tar = tar_of(member("a", b"1"))
    (tmp_path / "other").write_bytes(gzip.compress(tar))
    promised = digest(b"something else")
    with pytest.raises(BrokenArchiveError, match=f"{promised} cannot be read: its bytes are sha256:"):
        read(StoredLayer(Blob(digest=promised, size=(tmp_path / "other").stat().st_size, file=tmp_path / "other"), digest(tar)))


def test_read_layers_refuses_a_tar_that_is_not_the_promised_one(read, tmp_path):
    with pytest.raises(BrokenArchiveError, match="the image promises"):
        read(stored(tmp_path, gzip.compress(tar_of(member("a"))), b"another tar"))


def test_read_layers_refuses_a_tar_with_a_damaged_header(read):
    tar = bytearray(tar_of(member("a", b"1"), member("b", b"2")))
    tar[1024 + 10] ^= 0xFF
    with pytest.raises(BrokenArchiveError, match="no readable entry at byte 1024"):
        read(bytes(tar))


def test_read_layers_refuses_a_tar_cut_off_in_a_file(read):
    with pytest.raises(BrokenArchiveError, match=r"cut off|damaged"):
        read(tar_of(member("a", b"1" * 9000))[:4096])


def test_read_layers_again_gives_the_same_tree(read):
    tar = tar_of(folder("d"), member("d/a", b"1"))
    assert read(tar) == read(tar)


def test_read_layers_reads_what_pack_wrote(tmp_path):
    store = Store(tmp_path / "store")
    tree = tree_of({"d": None, "d/ü*": b"1", "l": "-> d/ü"})
    found = read_layers([layer_in(store, packed(tree, store, epoch=3))], store, Quiet())
    assert [(path, entry.kind, entry.mode, entry.digest, entry.target, entry.modified) for path, entry in found.items()] == [
        (path, entry.kind, entry.mode, entry.digest, entry.target, 3) for path, entry in tree.items()
    ]


def test_read_each_layer_tells_what_each_changes(tmp_path):
    layers = [
        stored(tmp_path, tar_of(folder("d"), member("d/a", b"1"), member("d/b", b"2"))),
        stored(tmp_path, tar_of(member("d/.wh.a"), member("d/b", b"33"))),
    ]
    store = Store(tmp_path / "store")
    first = read_each_layer(layers, store, Quiet())
    assert [(sorted(layer.entries), layer.removed) for layer in first] == [(["d", "d/a", "d/b"], ()), (["d/b"], ("d/a",))]
    again = read_each_layer(layers, store, Quiet())  # as the store remembers it
    assert [dict(layer.entries) for layer in again] == [layer.entries for layer in first]
    assert list(flattened(again)) == ["d", "d/b"]


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_what_few_bytes_hold_comes_in_pieces(tmp_path, compress):
    layer = stored(tmp_path, compress(bytes(96 << 20)), b"")
    sizes = [len(piece) for _, piece in layer.blob.plain(1 << 20)]
    assert sum(sizes) == 96 << 20
    assert max(sizes) <= 34 << 20
