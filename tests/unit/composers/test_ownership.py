from builders import tree_of
from package_roots import conda, conda_record
from paredown.composers.ownership import attribute
from paredown.tree import PAREDOWN, UNKNOWN, Owner, OwnerKind


def test_attribute_reads_dpkg_through_a_merged_usr():
    tree = attribute(
        tree_of({
            "lib": "-> usr/lib", "usr/lib": None, "usr/lib/libc.so.6": b"", "usr/bin/python3.13": b"",
            "var/lib/dpkg/status": b"Package: libc6\nVersion: 2.41-12\n\nPackage: python3.13-minimal\nVersion: 3.13.5-2\n",
            "var/lib/dpkg/info/libc6:amd64.list": b"/.\n/lib\n/lib/libc.so.6\n",
            "var/lib/dpkg/info/python3.13-minimal.list": b"/usr/bin/python3.13\n",
        })
    )  # fmt: skip
    assert tree["usr/lib/libc.so.6"].owner == Owner(OwnerKind.BASE, "libc6", "2.41-12")
    assert tree["usr/bin/python3.13"].owner == Owner(OwnerKind.INTERPRETER, "python3.13-minimal", "3.13.5-2")


def test_attribute_reads_the_status_folder_of_distroless_images():
    tree = attribute(
        tree_of({
            "etc/services": b"", "var/lib/dpkg/status.d/netbase": b"Package: netbase\nVersion: 6.5\n",
            "var/lib/dpkg/status.d/netbase.md5sums": b"d41d8cd98f00b204e9800998ecf8427e  etc/services\n",
        })
    )  # fmt: skip
    assert tree["etc/services"].owner == Owner(OwnerKind.BASE, "netbase", "6.5")


def test_attribute_reads_apk():
    database = b"P:musl\nV:1.2.5-r0\nF:lib\nR:ld-musl-x86_64.so.1\n\nP:python3\nV:3.12.1\nF:usr/bin\nR:python3.12\n"
    tree = attribute(tree_of({"lib/apk/db/installed": database, "lib/ld-musl-x86_64.so.1": b"", "usr/bin/python3.12": b""}))
    assert tree["lib/ld-musl-x86_64.so.1"].owner == Owner(OwnerKind.BASE, "musl", "1.2.5-r0")
    assert tree["usr/bin/python3.12"].owner.kind is OwnerKind.INTERPRETER


def test_attribute_tells_the_interpreter_from_its_distributions():
    site = "usr/local/lib/python3.13/site-packages"
    tree = attribute(
        tree_of({
            "usr/local/lib/python3.13/os.py": b"", "usr/local/include/python3.13/patchlevel.h": b'#define PY_VERSION      "3.13.5"\n',
            f"{site}/pip/__init__.py": b"", f"{site}/pip/__pycache__/__init__.cpython-313.pyc": b"", f"{site}/mine.py": b"",
            f"{site}/pip-25.1.dist-info/METADATA": b"Name: pip\nVersion: 25.1\n", f"{site}/pip-25.1.dist-info/RECORD": b"pip/__init__.py,,\n",
        })
    )  # fmt: skip
    assert tree["usr/local/lib/python3.13/os.py"].owner == Owner(OwnerKind.INTERPRETER, "python", "3.13.5")
    pip = Owner(OwnerKind.DISTRIBUTION, "pip", "25.1")
    assert {tree[f"{site}/pip/{name}"].owner for name in ("__init__.py", "__pycache__/__init__.cpython-313.pyc")} == {pip}
    assert tree[f"{site}/mine.py"].owner == UNKNOWN


def test_attribute_knows_its_own_files_and_leaves_the_rest():
    tree = attribute(tree_of({"opt/paredown/health.py": b"", "opt/paredown2": b"", "srv/x": b""}))
    assert [tree[path].owner for path in tree] == [PAREDOWN, UNKNOWN, UNKNOWN]


def test_attribute_reads_the_records_of_a_conda_environment():
    site = "lib/python3.13/site-packages"
    python = conda_record("python", "bin/python3.13", "lib/python3.13/os.py")
    numpy = conda_record("numpy", f"{site}/numpy/__init__.py", "lib/libnumpy.so", f"{site}/numpy-2.0.dist-info/METADATA", f"{site}/numpy-2.0.dist-info/RECORD")
    files = tree_of({
        f"opt/conda/{site}/numpy-2.0.dist-info/METADATA": b"Name: numpy\nVersion: 2.0\n",
        f"opt/conda/{site}/numpy-2.0.dist-info/RECORD": b"numpy/__init__.py,,\n", "opt/conda/pkgs/zlib/libz.so": b"",
    })  # fmt: skip
    tree = attribute(conda(python=python, numpy=numpy).over(files))
    assert tree["opt/conda/lib/python3.13/os.py"].owner == Owner(OwnerKind.INTERPRETER, "python (/opt/conda)", "1.0")
    assert tree["opt/conda/lib/libnumpy.so"].owner == Owner(OwnerKind.BASE, "numpy (/opt/conda)", "1.0")
    assert tree[f"opt/conda/{site}/numpy/__init__.py"].owner == Owner(OwnerKind.DISTRIBUTION, "numpy", "2.0")
    assert tree["opt/conda/pkgs/zlib/libz.so"].owner == tree["opt/conda/conda-meta/history"].owner == Owner(OwnerKind.BASE, "conda (/opt/conda)")


def test_attribute_finds_an_interpreter_wherever_it_was_unpacked():
    tree = attribute(tree_of({"root/.pyenv/versions/3.12.4/lib/python3.12/os.py": b"", "root/.pyenv/versions/3.12.4/bin/python3.12": b"", "srv/x": b""}))
    python = Owner(OwnerKind.INTERPRETER, "python", "3.12")
    assert [entry.owner for entry in tree.values()] == [python, python, UNKNOWN]
