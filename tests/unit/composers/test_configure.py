import os
import subprocess
from pathlib import Path

import pytest

from builders import NOWHERE, plan_of
from paredown import sandbox
from paredown.composers import accounts, configure, debian_base, health_check, launcher, system_data
from paredown.composers.interface import Means
from paredown.debian.archive import DEFAULT_MIRROR
from paredown.debian.deb import Control, UnpackedDeb
from paredown.lock import Lock
from paredown.materialise import remove_folder, write_folder
from paredown.plan import Architecture, Command, DebianBase, HealthCheck
from paredown.progress import Quiet
from paredown.store import Store
from paredown.tree import Kind, OwnerKind, Tree

BASES = [DebianBase(suite="trixie", python="3.13", origin=NOWHERE), DebianBase(suite="bookworm", python="3.11", origin=NOWHERE)]
PROBE = """
import ctypes.util, locale, mimetypes, os, pwd, socket, sqlite3, ssl, time, zoneinfo
assert len(ssl.create_default_context().get_ca_certs()) > 100
assert zoneinfo.ZoneInfo("US/Central") and time.tzname == ("UTC", "UTC")
assert mimetypes.guess_type("a.docx")[0] and mimetypes.guess_type("a.woff2")[0] == "font/woff2"
assert ctypes.util.find_library("pq") == "libpq.so.5", ctypes.util.find_library("pq")
assert ctypes.util.find_library("c") == "libc.so.6" and ctypes.util.find_library("nope") is None
assert locale.setlocale(locale.LC_ALL, "") == "C.UTF-8"
assert socket.getservbyname("https") == 443 and socket.getprotobyname("tcp") == 6
assert pwd.getpwuid(10001).pw_dir == os.path.expanduser("~") == "/home/app"
print("well")
"""


def package(name, **fields):
    return UnpackedDeb(control=Control("", {"Package": name, **fields}), scripts={}, tree=Tree())


def test_packages_are_configured_after_what_they_need():
    box = [package("a", Depends="b (>= 1), c | d"), package("b", **{"Pre-Depends": "c"}), package("c"), package("d", Depends="a")]
    order = configure._in_order(box)
    assert order.index("c") < order.index("b") < order.index("a")
    assert sorted(order) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "path", ["var/lib/dpkg/status", "etc/ld.so.cache", "etc/machine-id", "etc/ssh/ssh_host_rsa_key", "var/log/thing.log", "usr/lib/a/__pycache__/b.pyc"]
)
def test_what_is_the_toolboxs_own_is_not_carried_over(path):
    assert configure._own_state(path)


@pytest.mark.parametrize("path", ["etc/fonts/conf.d/10-x.conf", "var/cache/fontconfig/x.cache-9", "usr/bin/open", "etc/alternatives/open", "var/lib/redis"])
def test_what_scripts_make_is_carried_over(path):
    assert not configure._own_state(path)


def test_a_folder_for_logs_is_carried_over_and_its_files_are_not():
    assert not configure._own_state("var/log/redis", folder=True)
    assert configure._own_state("var/log/redis/redis.log")


@pytest.fixture(scope="module")
def means(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    yield Means(store=Store(folder), progress=Quiet(), mirror=DEFAULT_MIRROR, environment=dict(os.environ))
    remove_folder(folder)


def composed(means: Means, base: DebianBase, *packages: str) -> Tree:
    pins = debian_base.pin(base, packages, "amd64", purpose="run", lock=Lock(), means=means, where=NOWHERE)
    return debian_base.compose(base, pins, packages, means, shell=False)


@pytest.mark.network
@pytest.mark.parametrize("base", BASES, ids=["trixie", "bookworm"])
def test_a_composed_root_runs_as_a_system(means, base, tmp_path):
    words = ("python3", "-m", "http.server", "${PORT:-8123}")
    plan = plan_of(base=base, command=Command(words=words, origin=NOWHERE), health=HealthCheck(path="/", origin=NOWHERE), writable=("data",))
    interpreter = debian_base.interpreter_of(base)
    launch, argv = launcher.compose(plan, interpreter)
    check, test = health_check.compose(plan, interpreter)
    tree = composed(means, base, "libpq5").over(launch, check)
    tree = tree.over(accounts.compose(tree, plan))
    tree = tree.over(system_data.compose(tree, plan, Architecture.AMD64))
    write_folder(tree, tmp_path / "root")
    environment = {"LANG": "C.UTF-8", "PATH": "/usr/bin", "HOME": "/home/app"}
    box = sandbox.Sandbox(root=tmp_path / "root", environment=environment, uid=10001, working_directory="/home/app")
    finished = sandbox.run(box, (interpreter, "-c", PROBE), timeout=30)
    assert (finished.status, finished.stdout) == (0, b"well\n"), finished.stderr.decode()
    both = f"""
import subprocess, sys, time
service = subprocess.Popen({argv!r}, stderr=subprocess.DEVNULL)
for _ in range(50):
    status = subprocess.run({test!r}, stderr=subprocess.DEVNULL).returncode
    if status == 0: break
    time.sleep(0.1)
print(status, open(f"/proc/{{service.pid}}/cmdline").read().split(chr(0))[:3])
service.terminate(); service.wait()
print(subprocess.run({test!r}, stderr=subprocess.DEVNULL).returncode)
"""
    finished = sandbox.run(box, (interpreter, "-c", both), timeout=30)
    assert finished.stdout.decode().splitlines() == ["0 ['python3', '-m', 'http.server']", "1"], finished.stderr.decode()


@pytest.mark.network
def test_the_loader_cache_is_ldconfigs(means, tmp_path):
    tree = composed(means, BASES[0], "libpq5")
    write_folder(tree, tmp_path / "root")
    subprocess.run(["/sbin/ldconfig", "-X", "-r", tmp_path / "root"], check=True, capture_output=True)
    from paredown.composers.loader_cache import cache_of, read

    assert read(cache_of(tree, Architecture.AMD64)) == read((tmp_path / "root" / "etc" / "ld.so.cache").read_bytes())


@pytest.mark.network
def test_packages_with_unknown_scripts_are_really_configured(means):
    tree = composed(means, BASES[0], "redis-server", "fontconfig", "fonts-dejavu-core", "mailcap")
    assert tree.read("etc/passwd").decode().splitlines()[1].startswith("redis:x:100:")
    assert tree.read("etc/group").decode().splitlines() == ["root:x:0:", "redis:x:101:"]
    assert (tree["var/lib/redis"].uid, tree["var/lib/redis"].gid, tree["var/lib/redis"].mode) == (100, 101, 0o750)
    assert tree["etc/redis/redis.conf"].uid == 100
    assert tree.resolve("etc/fonts/conf.d/10-hinting-slight.conf") is not None
    assert any(path.endswith(".cache-9") for path, _ in tree.under("var/cache/fontconfig"))
    assert tree.resolve("usr/bin/open") == "usr/bin/run-mailcap"
    made = {tree[path].owner.name for path in ("var/lib/redis", "etc/mailcap", "var/cache/fontconfig", "etc/fonts/conf.d/10-hinting-slight.conf")}
    assert made <= {"redis-tools", "redis-server", "mailcap", "fontconfig", "fontconfig-config"}
    assert all(entry.owner.kind in (OwnerKind.BASE, OwnerKind.INTERPRETER, OwnerKind.SYSTEM) for entry in tree.values())
    assert not any(path.startswith(("usr/bin/dpkg", "usr/bin/perl", "etc/shadow", "paredown-configure")) for path in tree)
    assert all(entry.kind is not Kind.FILE or entry.read() is not None for path, entry in tree.under("etc"))
    # The same packages configured once more give the same bytes.
    again = Means(store=Store(means.store.root), progress=Quiet(), mirror=means.mirror, environment=means.environment)
    for kind in ("configured", "debian-base"):
        for record in Path(means.store.root / "records" / kind).glob("*"):
            record.unlink()
    assert composed(again, BASES[0], "redis-server", "fontconfig", "fonts-dejavu-core", "mailcap").key() == tree.key()
