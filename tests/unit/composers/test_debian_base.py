import platform
from dataclasses import replace
from datetime import timedelta

import pytest

from builders import NOWHERE
from debian_archive import Key, Mirror, control_of, deb_of, stanza_of, tar_member
from paredown.composers import debian_base
from paredown.composers.interface import Means
from paredown.errors import UserError, WorldError
from paredown.lock import DebianPins, Lock, Pin
from paredown.plan import DebianBase
from paredown.progress import Quiet
from paredown.store import Store
from paredown.tree import OwnerKind

TRIXIE = DebianBase(suite="trixie", python="3.13", origin=NOWHERE)
ALWAYS = timedelta(days=365000)


@pytest.fixture
def means(tmp_path):
    return Means(store=Store(tmp_path / "store"), progress=Quiet(), mirror="https://mirror.invalid", environment={})


def pins_of(store, *debs, purpose="run", architecture="amd64"):
    """Pins of packages (name, deb) that lie in the store already: composing them needs no network."""
    pins = [
        Pin(name=name, version="1.0", architecture=architecture, sha256=store.add_bytes(deb), size=len(deb), url=f"https://mirror.invalid/debian/{name}.deb")
        for name, deb in sorted(debs)
    ]
    return DebianPins(suite="trixie", purpose=purpose, architecture=architecture, inputs="x", date="20260901T000000Z", packages=tuple(pins))


def package(name, *members, depends="", scripts=None, **fields):
    files = [tar_member(f"./{path}", content, mode=0o755 if "bin/" in path else 0o644) for path, content in members]
    control = control_of(name, "1.0", **({"Depends": depends} if depends else {}), **fields)
    return name, deb_of(*files, control=control, scripts={key: text.encode() for key, text in (scripts or {}).items()})


def base_packages(*more):
    return (
        package("libc6", ("lib/x86_64-linux-gnu/libc.so.6", b"elf"), ("lib64/ld-linux-x86-64.so.2", b"elf")),
        package("python3.13-minimal", ("usr/bin/python3.13", b"elf"), depends="libc6"),
        package(
            "ca-certificates", ("usr/share/ca-certificates/mozilla/B.crt", b"B\n"), ("usr/share/ca-certificates/mozilla/A.crt", b"A"),
            ("usr/sbin/update-ca-certificates", b"#!/bin/sh\n"), depends="openssl", scripts={"postinst": "#!/bin/sh\nupdate-ca-certificates\n"},
        ),
        package("openssl", ("usr/bin/openssl", b"elf"), ("etc/ssl/openssl.cnf", b"[x]\n"),
                scripts={"md5sums": "aa  etc/ssl/openssl.cnf\nbb  usr/bin/openssl\n"}),
        *more,
    )  # fmt: skip


def composed(means, *more, asked=(), shell=False, **settings):
    return debian_base.compose(TRIXIE, pins_of(means.store, *base_packages(*more), **settings), asked, means, shell=shell)


def test_the_interpreter_of_a_suite():
    assert debian_base.interpreter_of(TRIXIE) == "/usr/bin/python3.13"


@pytest.mark.parametrize("suite", ["trixie", "bookworm", "forky"])
def test_a_python_that_no_suite_has(means, suite):
    base = DebianBase(suite=suite, python="3.12", origin=NOWHERE)
    with pytest.raises(UserError, match=r"3\.12") as caught:
        debian_base.pin(base, (), "amd64", purpose="run", lock=Lock(), means=means, where=NOWHERE)
    assert caught.value.fix is not None
    assert all(word in caught.value.fix for word in ("3.13 (Debian trixie)", "3.11 (Debian bookworm)", "image"))


def test_a_root_has_merged_folders_and_pythons_plain_names(means):
    tree = composed(means)
    assert {path: tree[path].target for path in ("bin", "sbin", "lib", "lib64")} == {path: f"usr/{path}" for path in ("bin", "sbin", "lib", "lib64")}
    assert tree.resolve("lib/x86_64-linux-gnu/libc.so.6") == "usr/lib/x86_64-linux-gnu/libc.so.6"
    assert tree.resolve("lib64/ld-linux-x86-64.so.2") == "usr/lib64/ld-linux-x86-64.so.2"
    assert tree.resolve("usr/bin/python") == tree.resolve("usr/bin/python3") == "usr/bin/python3.13"


def test_arm64_has_no_lib64(means):
    assert "lib64" not in composed(means, architecture="arm64")


def test_owners_tell_base_interpreter_and_what_was_asked_for(means):
    tree = composed(
        means, package("libpq5", ("usr/lib/libpq.so.5", b""), depends="libldap2"), package("libldap2", ("usr/lib/libldap.so.2", b"")), asked=("libpq5",)
    )
    kinds = {path: tree[path].owner.kind for path in ("usr/lib/x86_64-linux-gnu/libc.so.6", "usr/bin/python3.13", "usr/lib/libpq.so.5", "usr/lib/libldap.so.2")}
    assert list(kinds.values()) == [OwnerKind.BASE, OwnerKind.INTERPRETER, OwnerKind.SYSTEM, OwnerKind.SYSTEM]
    assert (tree["usr/lib/libpq.so.5"].owner.name, tree["usr/lib/libpq.so.5"].owner.version) == ("libpq5", "1.0")


def test_scanners_find_every_package(means):
    tree = composed(means)
    status = tree.read("var/lib/dpkg/status.d/libc6").decode()
    assert status == "Package: libc6\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\n"
    assert {path for path, _ in tree.under("var/lib/dpkg/status.d")} >= {f"var/lib/dpkg/status.d/{name}" for name in ("libc6", "openssl", "python3.13-minimal")}
    assert tree["var/lib/dpkg/status.d/libc6"].owner.name == "libc6"


def test_a_package_of_which_only_a_part_serves(means):
    tree = composed(means)
    assert "etc/ssl/openssl.cnf" in tree
    assert "usr/bin/openssl" not in tree
    assert "usr/bin/openssl" in composed(means, asked=("openssl",))


def test_the_bundle_is_made_with_the_certificates(means):
    tree = composed(means)
    assert tree.read("etc/ssl/certs/ca-certificates.crt") == b"A\nB\n"
    assert "usr/share/ca-certificates/mozilla/A.crt" not in tree


def test_metadata_stays_true_after_a_trim(means):
    tree = composed(means, asked=("openssl",))
    assert len(debian_base.filtered_md5sums(tree)) == 0
    changed = debian_base.filtered_md5sums(tree.without(["usr/bin/openssl"]))
    assert {path: entry.read() for path, entry in changed.items()} == {"var/lib/dpkg/status.d/openssl.md5sums": b"aa  etc/ssl/openssl.cnf\n"}


def test_a_shell_brings_sh(means):
    assert composed(means, package("dash", ("bin/dash", b"elf")), shell=True)["usr/bin/sh"].target == "dash"


def test_a_second_run_reads_what_the_first_made(means):
    first = composed(means)
    for blob in (means.store.root / "records" / "deb-1").iterdir():
        blob.unlink()
    assert composed(means).key() == first.key()
    assert not any((means.store.root / "records" / "deb-1").iterdir())


def test_a_store_that_moved_still_serves(means, tmp_path):
    first = composed(means)
    (tmp_path / "store").rename(tmp_path / "moved")
    moved = composed(replace(means, store=Store(tmp_path / "moved")))
    assert moved.key() == first.key()
    assert moved.read("usr/bin/python3.13") == b"elf"


def test_without_unknown_scripts_no_toolbox_is_needed(means):
    assert debian_base.toolbox_of(TRIXIE, pins_of(means.store, *base_packages()), lock=Lock(), means=replace(means, locked=True), where=NOWHERE) is None


def test_an_unknown_script_needs_a_toolbox_that_is_pinned(means):
    pins = pins_of(means.store, *base_packages(package("thing", scripts={"postinst": "#!/bin/sh\nmake-thing\n"})))
    with pytest.raises(UserError, match=r"paredown\.lock is out of date: it pins no Debian packages for trixie, amd64 \(configure\)"):
        debian_base.toolbox_of(TRIXIE, pins, lock=Lock(), means=replace(means, locked=True), where=NOWHERE)


def test_an_unknown_script_of_another_architecture(means):
    pins = pins_of(means.store, *base_packages(package("thing", scripts={"postinst": "#!/bin/sh\nmake-thing\n"})), architecture="arm64")
    toolbox = replace(pins, purpose="configure")
    other = "amd64" if platform.machine() == "aarch64" else "arm64"
    with pytest.raises(WorldError, match=f"thing can only be configured by running {other} programs"):
        debian_base.compose(TRIXIE, replace(pins, architecture=other), (), means, shell=False, toolbox=replace(toolbox, architecture=other))


@pytest.fixture(scope="module")
def key():
    return Key()


@pytest.fixture
def archive(key, tmp_path, means):
    """A mirror with all that the base names, and the means to use it."""
    names = {*debian_base._names(TRIXIE, (), "run", True), "libpq5", "libpq-dev"}
    with Mirror() as mirror:
        mirror.publish(
            key, main=[stanza_of(name, Depends="debconf, perl-base") if name == "libpq5" else stanza_of(name) for name in sorted(names)], valid=ALWAYS
        )
        yield replace(means, mirror=mirror.url, keyring=key.keyring(tmp_path / "keys.pgp"))


def pinned(means, *packages, lock=None, **settings):
    return debian_base.pin(TRIXIE, packages, "amd64", purpose="run", lock=lock or Lock(), means=means, where=NOWHERE, **settings)


def test_pins_are_solved_and_then_read_from_the_lock(archive):
    pins = pinned(archive, "libpq5")
    names = {pin.name for pin in pins.packages}
    assert {"libpq5", "python3.13-minimal", "libpython3.13-stdlib", "tzdata-legacy"} <= names
    assert names.isdisjoint({"debconf", "perl-base", "coreutils"})
    offline = replace(archive, mirror="https://mirror.invalid", locked=True)
    assert pinned(offline, "libpq5", lock=Lock(debian=(pins,))) is pins


def test_a_shell_changes_the_pins(archive):
    assert {"dash", "coreutils", "bash"} <= {pin.name for pin in pinned(archive, shell=True).packages}


def test_a_lock_that_lacks_a_package(archive):
    lock = Lock(debian=(pinned(archive),))
    with pytest.raises(UserError, match=r"paredown\.lock is out of date: it lacks libpq5") as caught:
        pinned(replace(archive, locked=True), "libpq5", lock=lock)
    assert caught.value.fix == "build once without --locked and commit paredown.lock"
    assert "libpq5" in {pin.name for pin in pinned(archive, "libpq5", lock=lock).packages}


def test_a_lock_with_a_package_too_many(archive):
    lock = Lock(debian=(pinned(archive, "libpq5"),))
    with pytest.raises(UserError, match="the packages asked for on trixie, amd64"):
        pinned(replace(archive, locked=True), lock=lock)


def test_a_package_that_does_not_exist(archive):
    with pytest.raises(UserError, match="libqp5"):
        pinned(archive, "libqp5")


def test_every_left_out_package_and_part_has_its_reason():
    assert all(len(reason) > 5 for reason in debian_base.BESIDE_THE_POINT.values())
