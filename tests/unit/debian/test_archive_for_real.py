from datetime import UTC, datetime

import pytest

from paredown.debian.archive import DEFAULT_MIRROR, Archive, fetch
from paredown.debian.closure import closure
from paredown.debian.deb import unpack_all
from paredown.origin import Origin
from paredown.progress import Quiet
from paredown.store import Store
from paredown.tree import Kind, Owner, OwnerKind, Tree, digest_of

pytestmark = pytest.mark.network

LIBC = {"amd64": "usr/lib/x86_64-linux-gnu/libc.so.6", "arm64": "usr/lib/aarch64-linux-gnu/libc.so.6"}


@pytest.mark.parametrize(("suite", "python", "architecture"), [("trixie", "3.13", "amd64"), ("trixie", "3.13", "arm64"), ("bookworm", "3.11", "amd64")])
def test_the_closure_of_python(tmp_path, suite, python, architecture):
    store = Store(tmp_path)
    index = Archive(mirror=DEFAULT_MIRROR, suite=suite, store=store, progress=Quiet(), now=datetime.now(UTC)).index(architecture)
    asked = [f"python{python}-minimal", f"libpython{python}-stdlib", "ca-certificates", "tzdata"]
    pins = closure(index, asked, leave_out=frozenset({"debconf", "openssl"}), where=Origin("pyproject.toml"))
    assert {*asked, "libc6", "zlib1g"} <= {pin.name for pin in pins}
    assert "debconf" not in {pin.name for pin in pins}
    debs = fetch(pins, date=index.date, store=store, progress=Quiet())
    unpacked = unpack_all([(debs[pin.name], pin.sha256, Owner(OwnerKind.BASE, pin.name, pin.version)) for pin in pins], store)
    tree = Tree().over(*(deb.tree for deb in unpacked))
    assert {f"usr/bin/python{python}", f"usr/lib/python{python}/json/__init__.py", "usr/share/zoneinfo/Europe/Vienna", LIBC[architecture]} <= set(tree)
    assert not any(path.startswith(("bin/", "sbin/", "lib/", "lib64/")) for path in tree)
    assert all(digest_of(entry.read()) == entry.digest for entry in list(tree.values())[::40] if entry.kind is Kind.FILE)
    assert [deb.control.fields["Version"] for deb in unpacked] == [pin.version for pin in pins]
    assert list(store.damaged()) == []
