"""Whatever the tree: its layers give it back, and its bytes depend on nothing but itself."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from image_layers import layer_in, packed
from paredown.oci.layer_reader import read_layers
from paredown.packers.layers import split
from paredown.progress import Quiet
from paredown.store import Store
from paredown.tree import UNKNOWN, Entry, Kind, Owner, OwnerKind, Tree, file_of, folder_of, link_of

NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1, max_size=40).filter(
    lambda name: name not in (".", "..") and not name.startswith(".wh.") and len(name.encode()) < 200
)
OWNERS = st.builds(Owner, st.sampled_from(OwnerKind), st.sampled_from(["", "numpy", "libc6"]))
FILES = st.builds(
    lambda data, mode, uid, modified, xattr: replace(
        file_of(data, mode=mode, uid=uid), modified=modified, xattrs=(("user.x", xattr),) if xattr else ()
    ),
    st.binary(max_size=1500), st.integers(0, 0o7777),
    st.sampled_from([0, 10001, 2_097_152, 3_000_000]), st.sampled_from([0, 5, 2**34, -7]), st.binary(max_size=9),
)  # fmt: skip
LINKS = st.builds(
    lambda target: replace(link_of(target), modified=3), st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=150)
)
FOLDERS = st.builds(lambda mode: replace(folder_of(mode=mode), modified=9), st.sampled_from([0o755, 0o1777, 0o2770]))


@st.composite
def trees(draw):
    """Some folders in folders, with files and links in them, owners at random, and a few files of one inode."""
    folders = [""]
    entries: dict[str, Entry] = {}
    for _ in range(draw(st.integers(0, 12))):
        above, name = draw(st.sampled_from(folders)), draw(NAMES)
        path = f"{above}/{name}" if above else name
        if path in entries:
            continue
        entry = draw(st.one_of(FILES, LINKS, FOLDERS))
        entries[path] = replace(entry, owner=draw(OWNERS))
        if entry.kind is Kind.FOLDER:
            folders.append(path)
    files = [path for path, entry in sorted(entries.items()) if entry.kind is Kind.FILE]
    if len(files) > 1 and draw(st.booleans()):
        for path in files[1:3]:
            entries[path] = replace(entries[files[0]], owner=entries[path].owner, inode="i")
        entries[files[0]] = replace(entries[files[0]], inode="i")
    return Tree(entries)


def shown(tree):
    """What an image can tell of a tree: hard links as groups, no owners, no places."""
    groups: dict[str, str] = {}
    for path, entry in tree.items():
        if entry.inode:
            groups.setdefault(entry.inode, path)
    return {path: replace(e, owner=UNKNOWN, content=None, inode=groups.get(e.inode, "")) for path, e in tree.items()}


@given(trees())
def test_a_tree_is_its_layers_laid_over_one_another(tree):
    assert dict(Tree().over(*(layer.tree for layer in split(tree)))) == dict(tree)


@settings(deadline=None, max_examples=60)
@given(trees(), st.sampled_from(["gzip", "zstd"]))
def test_a_tree_is_what_is_read_from_its_packed_layers(tree, compression):
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(Path(scratch))
        layers = [layer_in(store, packed(layer.tree, store, compression=compression)) for layer in split(tree)]
        assert shown(read_layers(layers, store, Quiet())) == shown(tree)


@settings(deadline=None, max_examples=40)
@given(trees(), st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_the_order_of_entries(tree, chance):
    entries = list(tree.items())
    chance.shuffle(entries)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        assert packed(tree, Store(Path(one))) == packed(Tree(entries), Store(Path(two)))
