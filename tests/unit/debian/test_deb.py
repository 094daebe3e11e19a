import contextlib
import gzip
import lzma
import tarfile

import pytest

from debian_archive import ar_of, control_of, deb_of, tar_member, tar_of
from paredown.debian.deb import merged, unpack, unpack_all
from paredown.errors import BrokenArchiveError
from paredown.materialise import write_folder
from paredown.store import Store
from paredown.tree import Kind, Owner, OwnerKind, digest_of

OWNER = Owner(OwnerKind.SYSTEM, "thing", "1.0")


@pytest.fixture
def unpacked(tmp_path):
    def of(content, *, store=tmp_path / "store"):
        deb = tmp_path / "thing.deb"
        deb.write_bytes(content)
        return unpack(deb, digest_of(content), Store(store), OWNER)

    return of


def refusal(unpacked, content):
    with pytest.raises(BrokenArchiveError) as caught:
        unpacked(content)
    assert caught.value.what.startswith("a Debian package cannot be unpacked: ")
    assert caught.value.where.endswith("thing.deb")
    assert caught.value.fix
    return caught.value.what


@pytest.mark.parametrize("packer", ["", ".gz", ".xz", ".zst"])
def test_a_package_becomes_a_tree(unpacked, packer):
    members = [
        tar_member("./", kind=tarfile.DIRTYPE, mode=0o755),
        tar_member("./usr/bin/thing", b"#!", mode=0o4755),
        tar_member("./usr/bin/alias", kind=tarfile.SYMTYPE, link="thing"),
    ]
    deb = unpacked(deb_of(*members, packer=packer, control_packer=packer, scripts={"postinst": b"#!/bin/sh\n"}))
    assert list(deb.tree) == ["usr/bin/alias", "usr/bin/thing"]
    thing = deb.tree["usr/bin/thing"]
    assert (thing.read(), thing.mode, thing.owner, thing.digest) == (b"#!", 0o4755, OWNER, digest_of(b"#!"))
    assert deb.tree["usr/bin/alias"].target == "thing"
    assert deb.scripts == {"postinst": b"#!/bin/sh\n"}


def test_the_control_file_is_kept_as_it_was(unpacked):
    text = control_of(Multi_Arch="same", Description="short\n long")
    control = unpacked(deb_of(control=text)).control
    assert control.text == text
    assert (control.fields["Multi-Arch"], control.fields["Description"]) == ("same", "short\n long")


def test_a_second_time_it_is_recalled_and_the_file_is_not_needed(unpacked, tmp_path):
    content = deb_of(*(tar_member(f"./usr/share/{number}", b"x" * number) for number in range(200)))
    first = unpacked(content)
    (tmp_path / "thing.deb").unlink()
    second = unpack(tmp_path / "thing.deb", digest_of(content), Store(tmp_path / "store"), Owner(OwnerKind.BASE, "other"))
    assert second.tree == first.tree.owned(Owner(OwnerKind.BASE, "other"))
    assert (second.control, second.scripts) == (first.control, first.scripts)


def test_a_store_that_moved(unpacked, tmp_path):
    content = deb_of(tar_member("./etc/x", b"here"))
    unpacked(content)
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    assert unpacked(content, store=tmp_path / "elsewhere").tree.read("etc/x") == b"here"


def test_unpacked_bytes_that_were_lost_are_made_again(unpacked, tmp_path):
    content = deb_of(tar_member("./etc/x", b"here"))
    data = unpacked(content).tree["etc/x"].content.file
    (tmp_path / "store" / data).unlink()
    assert unpacked(content).tree.read("etc/x") == b"here"


def test_several_at_once_in_their_order(tmp_path):
    debs = []
    for number in range(8):
        content = deb_of(tar_member(f"./etc/{number}", b"x"), control=control_of(f"p{number}"))
        (tmp_path / str(number)).write_bytes(content)
        debs.append((tmp_path / str(number), digest_of(content), OWNER))
    assert [list(deb.tree) for deb in unpack_all(debs, Store(tmp_path / "store"))] == [[f"etc/{number}"] for number in range(8)]


def test_merged_usr(unpacked):
    members = [
        tar_member("./lib/", kind=tarfile.DIRTYPE, mode=0o755),
        tar_member("./lib/a.so", b"elf"),
        tar_member("./bin/b", kind=tarfile.LNKTYPE, link="./lib/a.so"),
    ]
    tree = unpacked(deb_of(*members, tar_member("./lib64", kind=tarfile.SYMTYPE, link="usr/lib64"))).tree
    assert {path: entry.kind for path, entry in tree.items()} == {"lib64": Kind.LINK, "usr/bin/b": Kind.FILE, "usr/lib": Kind.FOLDER, "usr/lib/a.so": Kind.FILE}
    assert [merged(path) for path in ("lib/x/y", "lib", "library/x", "usr/lib/x", "sbin/x")] == ["usr/lib/x/y", "lib", "library/x", "usr/lib/x", "usr/sbin/x"]


def test_hard_links_share_their_bytes(unpacked):
    tree = unpacked(deb_of(tar_member("./usr/a", b"bytes"), tar_member("./usr/b", kind=tarfile.LNKTYPE, link="./usr/a"))).tree
    assert tree["usr/a"] == tree["usr/b"]
    assert (tree["usr/a"].inode, tree.size) == ("thing/usr/a", 5)


def test_a_link_that_leaves_the_root_is_kept_as_text(unpacked):
    tree = unpacked(deb_of(tar_member("./etc/x", kind=tarfile.SYMTYPE, link="/../../etc/passwd"))).tree
    assert tree["etc/x"].target == "/../../etc/passwd"


@pytest.mark.parametrize("name", ["../evil", "./usr/../../evil", "usr/lib/../../../etc/passwd"])
def test_a_name_that_leaves_the_root(unpacked, name):
    assert "would leave the root" in refusal(unpacked, deb_of(tar_member(name, b"evil")))


def test_an_absolute_name_stays_inside(unpacked):
    assert list(unpacked(deb_of(tar_member("/etc/x", b""))).tree) == ["etc/x"]


def test_a_file_beneath_a_link(unpacked):
    members = [tar_member("./etc/x", kind=tarfile.SYMTYPE, link="/tmp"), tar_member("./etc/x/evil", b"evil")]
    assert "'etc/x/evil' lies beneath 'etc/x', which is a link" in refusal(unpacked, deb_of(*members))


def test_a_file_beneath_a_link_of_another_package_is_not_written_outside(unpacked, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    link = unpacked(deb_of(tar_member("./etc/x", kind=tarfile.SYMTYPE, link=str(outside)))).tree
    file = unpacked(deb_of(tar_member("./etc/x/evil", b"evil"))).tree
    with contextlib.suppress(BrokenArchiveError):
        write_folder(link.over(file), tmp_path / "root")
    assert list(outside.iterdir()) == []


def test_a_hard_link_to_nothing_or_to_the_outside(unpacked):
    assert "which is not a file of the package before it" in refusal(unpacked, deb_of(tar_member("./a", kind=tarfile.LNKTYPE, link="./etc/passwd")))
    assert "would leave the root" in refusal(unpacked, deb_of(tar_member("./a", kind=tarfile.LNKTYPE, link="../etc/passwd")))


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_a_device_or_pipe(unpacked, kind):
    assert "'./dev/x' is neither file, folder nor link" in refusal(unpacked, deb_of(tar_member("./dev/x", kind=kind)))


GOOD = deb_of(tar_member("./usr/a", bytes(range(256)) * 2000))


@pytest.mark.parametrize("length", [0, 5, 8, 40, 68, 150, len(GOOD) // 2, len(GOOD) - 20])
def test_a_package_cut_off_anywhere(unpacked, length):
    refusal(unpacked, GOOD[:length])


def test_a_data_archive_cut_off_within_a_whole_package(unpacked):
    packed = lzma.compress(tar_of(tar_member("./usr/a", b"x" * 5000)))
    refusal(unpacked, deb_of(data=packed[: len(packed) // 2]))
    plain = tar_of(tar_member("./usr/a", b"x" * 5000))
    assert "cut off" in refusal(unpacked, deb_of(data=lzma.compress(plain[:2000])))
    assert "cut off" in refusal(unpacked, deb_of(data=lzma.compress(plain[: 512 + 5120])))
    assert "cut off" in refusal(unpacked, deb_of(data=lzma.compress(b"")))


def test_a_header_damaged_in_the_middle_is_not_taken_for_the_end(unpacked):
    plain = bytearray(tar_of(tar_member("./usr/a", b""), tar_member("./usr/b", b"")))
    plain[512 + 5] ^= 1
    assert "its tar has no end" in refusal(unpacked, deb_of(data=lzma.compress(bytes(plain))))


@pytest.mark.parametrize("name", ["data.tar.xz", "data.tar.zst", "data.tar.gz"])
def test_data_packed_in_another_way_than_its_name_says(unpacked, name):
    packed = lzma.compress(b"x") if name.endswith("gz") else gzip.compress(b"x")
    refusal(unpacked, deb_of(data=packed, data_name=name))


def test_a_way_of_packing_that_packages_do_not_use(unpacked):
    assert "data.tar.rar is packed in a way that packages are not" in refusal(unpacked, deb_of(data=b"", data_name="data.tar.rar"))


def test_an_archive_that_is_no_package(unpacked):
    assert "it has the members a instead of" in refusal(unpacked, ar_of(("a", b"b")))
    assert "it is not an ar archive" in refusal(unpacked, b"<html>")


def test_a_control_archive_without_control_or_with_a_link(unpacked):
    control = gzip.compress(tar_of(tar_member("./postinst", b"")))
    assert "no control file" in refusal(unpacked, ar_of(("debian-binary", b"2.0\n"), ("control.tar.gz", control), ("data.tar", tar_of())))
    control = gzip.compress(tar_of(tar_member("./control", kind=tarfile.SYMTYPE, link="/etc/passwd")))
    assert "which is not a plain file" in refusal(unpacked, ar_of(("debian-binary", b"2.0\n"), ("control.tar.gz", control), ("data.tar", tar_of())))


def test_nothing_broken_is_remembered(unpacked, tmp_path):
    refusal(unpacked, deb_of(tar_member("../evil", b"evil")))
    assert not list((tmp_path / "store").glob("records/*/*"))
