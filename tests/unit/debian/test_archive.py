import lzma
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from debian_archive import NOW, Key, Mirror, control_of, deb_of, stanza_of, tar_member
from paredown.debian.archive import Archive, fetch
from paredown.debian.closure import closure
from paredown.debian.deb import unpack
from paredown.errors import UntrustedError, UserError, WorldError
from paredown.origin import Origin
from paredown.progress import Quiet
from paredown.store import Store
from paredown.tree import UNKNOWN, digest_of

PACKAGES = "/debian/dists/trixie/main/binary-amd64/"


def at_once(_seconds):
    """No pause before another attempt."""


@pytest.fixture(scope="module")
def key():
    return Key()


@pytest.fixture
def mirror():
    with Mirror() as mirror:
        yield mirror


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def archive(mirror, key, store, tmp_path):
    keyring = key.keyring(tmp_path / "keys.pgp")

    def of(*, now=NOW, suite="trixie", keyring=keyring, store=store, url=mirror.url):
        return Archive(mirror=url, suite=suite, store=store, progress=Quiet(), now=now, keyring=keyring, pause=at_once)

    return of


def edited(mirror, path, old, new):
    assert old in mirror.files[path]
    mirror.files[path] = mirror.files[path].replace(old, new)


def test_the_newest_of_suite_updates_and_security_wins(mirror, key, archive):
    mirror.publish(key, main=[stanza_of("a", "1.9"), stanza_of("b", "2.0")], updates=[stanza_of("b", "1.0")], security=[stanza_of("a", "1.10")])
    index = archive().index("amd64")
    assert (index.package("a").version, index.package("b").version) == ("1.10", "2.0")
    assert index.package("a").url == f"{mirror.url}/debian-security/pool/main/a/a/a_1.10_amd64.deb"
    assert index.date == "20260917T120000Z"


def test_a_second_run_only_asks_whether_the_releases_changed(mirror, key, archive, store):
    mirror.publish(key, main=[stanza_of("a")])
    archive().index("amd64")
    mirror.requests.clear()
    assert archive(store=Store(store.root)).index("amd64").package("a").version == "1.0"
    assert sorted(path.rpartition("/")[2] for path, _ in mirror.requests) == ["InRelease"] * 3


def test_a_changed_release_is_taken_on_the_next_run(mirror, key, archive):
    mirror.publish(key, main=[stanza_of("a")])
    archive().index("amd64")
    mirror.publish(key, main=[stanza_of("a", "2.0")])
    assert archive().index("amd64").package("a").version == "2.0"


def test_the_index_is_asked_for_by_its_hash(mirror, key, archive):
    mirror.publish(key, main=[stanza_of("a")])
    mirror.files[PACKAGES + "Packages.xz"] = b"of the next release already"
    assert archive().index("amd64").package("a").version == "1.0"


def test_a_tampered_release(mirror, key, archive):
    mirror.publish(key)
    edited(mirror, "/debian/dists/trixie/InRelease", b"Acquire-By-Hash: yes", b"Acquire-By-Hash: not")
    with pytest.raises(UntrustedError, match="the signature of the release is not valid") as caught:
        archive().index("amd64")
    assert caught.value.where == f"{mirror.url}/debian/dists/trixie/InRelease"
    assert caught.value.fix


def test_text_outside_the_signature_is_not_read(mirror, key, archive):
    mirror.publish(key, main=[stanza_of("a")])
    mirror.files["/debian/dists/trixie/InRelease"] += b"\nCodename: other\n"
    assert archive().index("amd64").package("a") is not None


def test_a_release_without_a_signature(mirror, key, archive):
    mirror.publish(key)
    mirror.files["/debian/dists/trixie/InRelease"] = b"Codename: trixie\n"
    with pytest.raises(UntrustedError, match="the release is not signed"):
        archive().index("amd64")


def test_a_release_signed_by_an_unknown_key(mirror, archive):
    mirror.publish(Key())
    with pytest.raises(UntrustedError, match=r"signed by [0-9a-f]{16,}.*none of these keys is trusted") as caught:
        archive().index("amd64")
    assert "PAREDOWN_KEYRING" in caught.value.fix


def test_the_shipped_keys_do_not_trust_just_anybody(mirror, key, archive):
    mirror.publish(key)
    with pytest.raises(UntrustedError, match="none of these keys is trusted"):
        archive(keyring=None).index("amd64")


def test_a_keyring_that_is_none(mirror, archive, tmp_path):
    (tmp_path / "text").write_text("hello")
    with pytest.raises(UserError, match="the keyring holds no OpenPGP certificates"):
        archive(keyring=tmp_path / "text").index("amd64")
    with pytest.raises(UserError, match="the keyring cannot be read: No such file"):
        archive(keyring=tmp_path / "absent").index("amd64")


def test_an_expired_release_also_when_it_was_fresh_in_an_earlier_run(mirror, key, archive):
    mirror.publish(key)
    archive().index("amd64")
    with pytest.raises(UntrustedError, match=r"the release of trixie-updates expired on 2026-09-24 12:00 UTC, and it is 2026-10-20 12:00 UTC"):
        archive(now=NOW + timedelta(days=30)).index("amd64")


def test_the_release_of_another_suite(mirror, key, archive):
    mirror.publish(key, codename="bookworm")
    with pytest.raises(UntrustedError, match="answers with the release of 'bookworm' instead of 'trixie'"):
        archive().index("amd64")


def test_a_tampered_package_index(mirror, key, archive, store):
    mirror.publish(key, main=[stanza_of("a")])
    path = next(path for path in mirror.files if path.startswith(PACKAGES + "by-hash"))
    good = mirror.files[path]
    mirror.files[path] = good[:-1] + bytes([good[-1] ^ 1])
    with pytest.raises(UntrustedError, match="trixie packages is not what its signed index promises: its sha256 is another"):
        archive().index("amd64")
    assert not (store.root / "partial" / path.rpartition("/")[2]).exists()
    mirror.files[path] = lzma.compress(b"Package: evil\n")
    with pytest.raises(UntrustedError, match=r"\d+ bytes instead of \d+"):
        archive().index("amd64")
    assert not store.blob(digest_of(mirror.files[path]))


def test_a_suite_and_an_architecture_that_are_not_there(mirror, key, archive):
    mirror.publish(key)
    with pytest.raises(UserError, match="the mirror has no suite 'sarge'"):
        archive(suite="sarge").index("amd64")
    with pytest.raises(UserError, match="Debian trixie has no s390x packages") as caught:
        archive().index("s390x")
    assert caught.value.fix == "build for one of: amd64"
    with pytest.raises(UserError, match="not the name of a Debian suite"):
        archive(suite="../etc")


def test_a_mirror_without_security_updates(mirror, key, archive):
    mirror.publish(key)
    del mirror.files["/debian-security/dists/trixie-security/InRelease"]
    with pytest.raises(WorldError, match="answers 404 Not Found for the release of trixie-security"):
        archive().index("amd64")


def test_a_mirror_that_is_gone(archive):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://user:secret@127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(WorldError, match="the mirror cannot be reached") as caught:
        archive(url=url).index("amd64")
    assert "secret" not in str(caught.value)
    assert caught.value.fix


@pytest.mark.parametrize("address", ["file:///srv/mirror", "deb.example.org", "http://", "http://host:99999999"])
def test_an_address_that_is_no_mirror(archive, address):
    with pytest.raises(UserError, match="is not the http"):
        archive(url=address)


DEB = deb_of(tar_member("./usr/share/doc/a/readme", b"read me\n" * 50_000), packer="")


@pytest.fixture
def pin(mirror, key, archive):
    mirror.publish(key, main=[stanza_of("a", content=DEB)])
    pin = archive().index("amd64").package("a").pin
    mirror.files["/debian/pool/main/a/a/a_1.0_amd64.deb"] = DEB
    mirror.requests.clear()
    return pin


def got(pin, store, server, **settings):
    return fetch([pin], date="20260917T120000Z", store=store, progress=Quiet(), snapshot=f"{server.url}/snapshot", pause=at_once, **settings)


def test_what_is_in_the_store_needs_no_http(tmp_path):
    code = """
import sys
from pathlib import Path
from paredown.debian import archive, closure, deb
archive.fetch([], date="", store=archive.Store(Path(sys.argv[1])), progress=None)
print([name for name in ("httpx", "pysequoia", "debian.deb822", "zstandard") if name in sys.modules])
"""
    assert subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_package_is_fetched_once(pin, store, mirror):
    assert got(pin, store, mirror)["a"].read_bytes() == DEB
    assert got(pin, store, mirror)["a"] == store.blob_path(pin.sha256)
    assert len(mirror.requests) == 1


def test_progress_is_told(pin, store, mirror):
    told = []

    class Listener:
        def advance(self, task, done, total):
            told.append((task, done, total))

    fetch([pin], date="20260917T120000Z", store=store, progress=Listener())
    assert told[-1] == ("a 1.0", len(DEB), len(DEB))


def test_credentials_of_the_mirror_are_not_pinned(mirror, key, archive):
    mirror.publish(key, main=[stanza_of("a")])
    url = mirror.url.replace("http://", "http://user:secret@")
    assert archive(url=url).index("amd64").package("a").url.startswith(f"{mirror.url}/debian/pool/")


def test_two_runs_at_once_download_once(pin, store, mirror):
    with ThreadPoolExecutor(4) as threads:
        paths = list(threads.map(lambda _: got(pin, Store(store.root), mirror)["a"], range(4)))
    assert [path.read_bytes() == DEB for path in paths] == [True] * 4
    assert len(mirror.asked(".deb")) == 1


def test_a_date_that_is_none(pin, store):
    with pytest.raises(UserError, match="'yesterday' is not the date of an archive's index"):
        fetch([pin], date="yesterday", store=store, progress=Quiet())


def test_an_address_in_a_lock_that_is_none(pin, store):
    with pytest.raises(UserError, match="is not the http"):
        fetch([replace(pin, url="file:///etc/passwd")], date="20260917T120000Z", store=store, progress=Quiet())


def test_another_mirror_than_the_pins(pin, store, mirror):
    elsewhere = replace(pin, url=pin.url.replace(mirror.url, "http://gone.invalid"))
    assert got(elsewhere, store, mirror, mirror=mirror.url)["a"].read_bytes() == DEB


def test_a_tampered_package_never_enters_the_store(pin, store, mirror):
    mirror.files["/debian/pool/main/a/a/a_1.0_amd64.deb"] = DEB.replace(b"read me", b"run me!")
    with pytest.raises(UntrustedError, match=r"a 1\.0 is not what its signed index promises") as caught:
        got(pin, store, mirror)
    assert caught.value.where == pin.url
    assert store.blob(pin.sha256) is None
    assert list((store.root / "partial").iterdir()) == []


def test_a_package_cut_off_in_the_middle_is_resumed_within_the_run(pin, store, mirror):
    mirror.cuts[_path(pin)] = [100_000, 50_000]
    assert got(pin, store, mirror)["a"].read_bytes() == DEB
    assert [wanted is None for wanted in mirror.asked(".deb")] == [True, False, False]


def test_a_package_cut_off_again_and_again_is_resumed_by_the_next_run(pin, store, mirror):
    mirror.cuts[_path(pin)] = [100_000, 0, 0, 0, 0]
    with pytest.raises(WorldError, match=rf"the download of a 1\.0 broke off at \d+ of {len(DEB)} bytes"):
        got(pin, store, mirror)
    assert store.blob(pin.sha256) is None
    kept = next((store.root / "partial").iterdir()).stat().st_size
    assert 0 < kept <= 100_000
    mirror.requests.clear()
    assert got(pin, store, mirror)["a"].read_bytes() == DEB
    assert mirror.asked(".deb") == [f"bytes={kept}-"]


def test_a_server_without_ranges_starts_again(pin, store, mirror):
    mirror.ranges = False
    mirror.cuts[_path(pin)] = [100_000]
    assert got(pin, store, mirror)["a"].read_bytes() == DEB


def test_a_server_that_does_not_tell_lengths_and_hangs_up(pin, store, mirror):
    mirror.lengths = False
    mirror.cuts[_path(pin)] = [100_000]
    assert got(pin, store, mirror)["a"].read_bytes() == DEB


def test_a_partial_download_of_something_else_starts_again(pin, store, mirror):
    partial = store.root / "partial" / pin.sha256.removeprefix("sha256:")
    partial.parent.mkdir(parents=True, exist_ok=True)
    partial.write_bytes(b"x" * 1000)
    assert got(pin, store, mirror)["a"].read_bytes() == DEB
    assert mirror.asked(".deb") == ["bytes=1000-", None]


def test_a_partial_download_that_is_too_long_starts_again(pin, store, mirror):
    partial = store.root / "partial" / pin.sha256.removeprefix("sha256:")
    partial.parent.mkdir(parents=True, exist_ok=True)
    partial.write_bytes(b"x" * (len(DEB) + 1))
    assert got(pin, store, mirror)["a"].read_bytes() == DEB


def test_an_answer_longer_than_promised_is_cut(pin, store, mirror):
    mirror.lengths = False
    mirror.files[_path(pin)] = DEB + b"more"
    with pytest.raises(UntrustedError, match=f"more than {len(DEB)} bytes instead of {len(DEB)}"):
        got(pin, store, mirror)


def test_a_server_that_is_busy_for_a_moment(pin, store, mirror):
    mirror.statuses[_path(pin)] = [503]
    assert got(pin, store, mirror)["a"].read_bytes() == DEB


def test_a_server_that_refuses(pin, store, mirror):
    mirror.statuses[_path(pin)] = [403]
    with pytest.raises(WorldError, match=r"answers 403 Forbidden for a 1\.0"):
        got(pin, store, mirror)


def test_what_the_mirror_no_longer_has_comes_from_the_snapshot(pin, store, mirror):
    path = re.sub(r"^/debian/", "/snapshot/archive/debian/20260917T120000Z/", _path(pin))
    mirror.files[path] = mirror.files.pop(_path(pin))
    assert got(pin, store, mirror)["a"].read_bytes() == DEB


def test_a_package_newer_than_the_snapshot_of_its_date_comes_from_the_next_day(pin, store, mirror):
    path = re.sub(r"^/debian/", "/snapshot/archive/debian/20260918T120000Z/", _path(pin))
    mirror.files[path] = mirror.files.pop(_path(pin))
    assert got(pin, store, mirror)["a"].read_bytes() == DEB


def test_what_no_archive_has(pin, store, mirror):
    del mirror.files[_path(pin)]
    with pytest.raises(WorldError, match=r"a 1\.0 is nowhere to be had: .*answers 404.*snapshot.*answers 404") as caught:
        got(pin, store, mirror)
    assert "without --locked" in caught.value.fix


def test_from_the_signed_release_to_the_files(mirror, key, archive, store):
    libc = deb_of(tar_member("./lib/x86_64-linux-gnu/libc.so.6", b"elf"), control=control_of("libc6", "2.41"))
    python = deb_of(tar_member("./usr/bin/python3.13", b"elf", mode=0o755), control=control_of("python3.13", "3.13.5"))
    mirror.publish(key, main=[stanza_of("libc6", "2.41", content=libc), stanza_of("python3.13", "3.13.5", content=python, Depends="libc6 (>= 2.38)")])
    for path, content in (("/l/libc6/libc6_2.41", libc), ("/p/python3.13/python3.13_3.13.5", python)):
        mirror.files[f"/debian/pool/main{path}_amd64.deb"] = content
    index = archive().index("amd64")
    pins = closure(index, ["python3.13"], leave_out=frozenset(), where=Origin("pyproject.toml"))
    debs = fetch(pins, date=index.date, store=store, progress=Quiet())
    trees = [unpack(debs[pin.name], pin.sha256, store, UNKNOWN).tree for pin in pins]
    assert [list(tree) for tree in trees] == [["usr/lib/x86_64-linux-gnu/libc.so.6"], ["usr/bin/python3.13"]]


def _path(pin):
    return "/debian/" + pin.url.partition("/debian/")[2]
