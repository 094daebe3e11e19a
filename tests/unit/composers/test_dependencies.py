import hashlib
import json
import os
from pathlib import Path

import pytest

from package_index import PackageIndex, serving, wheel_of
from paredown.composers import dependencies
from paredown.composers.interface import Means
from paredown.errors import ParedownError, UntrustedError, UserError, WorldError
from paredown.lock import Lock
from paredown.origin import Origin
from paredown.plan import Architecture, InstallDependencies, LockKind
from paredown.progress import Quiet
from paredown.store import Store
from paredown.tree import Kind, OwnerKind, Tree


@pytest.fixture
def index():
    with serving() as running:
        yield running


@pytest.fixture
def means(tmp_path, index):
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "UV_CACHE_DIR": str(tmp_path / "uv"), "UV_DEFAULT_INDEX": index.simple, "UV_HTTP_RETRIES": "0",
    }  # fmt: skip
    return Means(store=Store(tmp_path / "store"), progress=Quiet(), mirror="", environment=environment, epoch=315532800)


def no_build():
    raise AssertionError("nothing here has to be built")


def step_of(kind: LockKind, file: str) -> InstallDependencies:
    return InstallDependencies(kind=kind, files=(file,), origin=Origin(file))


def composed(kind: LockKind, file: str, project: Path, means: Means, *, architecture=Architecture.AMD64, lock=Lock(), build=no_build) -> Tree:  # noqa: B008
    step = step_of(kind, file)
    resolved = dependencies.resolve(step, project, "3.13", lock=lock, means=means)
    return dependencies.compose(
        resolved, step, python="3.13", interpreter="/usr/bin/python3.13", architecture=architecture, build=build, means=means
    )  # fmt: skip


def project_with(tmp_path: Path, name: str, text: str) -> Path:
    project = tmp_path / "project"
    project.mkdir(exist_ok=True)
    (project / name).write_text(text)
    return project


def add_demo(index: PackageIndex, **changes) -> None:
    files = {
        "demo/__init__.py": b"", "demo/main.py": b"def run():\n    print('hello')\n", "demo.pth": b"demo\n", "demo/__pycache__/main.cpython-311.pyc": b"old",
        "demo-1.0.data/scripts/demo-shell": b"#!python\nprint('hi')\n", "demo-1.0.data/data/share/demo/data.txt": b"data",
        "demo-1.0.data/data/etc/demo.conf": b"conf", "demo-1.0.data/headers/demo.h": b"/* h */", "bin/__init__.py": b"# a package called bin\n",
    }  # fmt: skip
    index.add("demo-1.0-py3-none-any.whl", wheel_of("demo", "1.0", {**files, **changes}, entry_points="[console_scripts]\ndemo = demo.main:run\n"))


def test_a_wheel_lands_where_a_virtual_environment_has_it(tmp_path, index, means):
    add_demo(index)
    tree = composed(LockKind.PYLOCK, "pylock.toml", project_with(tmp_path, "pylock.toml", index.pylock("demo")), means)
    site = "opt/venv/lib/python3.13/site-packages"
    files = {path for path, entry in tree.items() if entry.kind is not Kind.FOLDER}
    assert files == {
        "opt/venv/bin/demo", "opt/venv/bin/demo-shell", "opt/venv/bin/python", "opt/venv/bin/python3", "opt/venv/bin/python3.13", "opt/venv/pyvenv.cfg",
        "opt/venv/etc/demo.conf", "opt/venv/share/demo/data.txt", "opt/venv/include/site/python3.13/demo/demo.h",
        f"{site}/bin/__init__.py", f"{site}/demo.pth", f"{site}/demo/__init__.py", f"{site}/demo/main.py",
        *(f"{site}/demo-1.0.dist-info/{name}" for name in ("INSTALLER", "METADATA", "RECORD", "WHEEL", "entry_points.txt")),
    }  # fmt: skip


def test_scripts_name_the_interpreter_of_the_image(tmp_path, index, means):
    add_demo(index)
    tree = composed(LockKind.PYLOCK, "pylock.toml", project_with(tmp_path, "pylock.toml", index.pylock("demo")), means)
    assert tree.read("opt/venv/bin/demo").startswith(b"#!/opt/venv/bin/python\nimport sys\n\nfrom demo.main import run\n")
    assert tree.read("opt/venv/bin/demo-shell") == b"#!/opt/venv/bin/python\nprint('hi')\n"
    assert tree["opt/venv/bin/demo"].mode == tree["opt/venv/bin/demo-shell"].mode == 0o755
    assert tree["opt/venv/bin/python"].target == "/usr/bin/python3.13"


def test_record_is_true_of_the_tree(tmp_path, index, means):
    add_demo(index)
    tree = composed(LockKind.PYLOCK, "pylock.toml", project_with(tmp_path, "pylock.toml", index.pylock("demo")), means)
    site = "opt/venv/lib/python3.13/site-packages"
    rows = [line.split(",") for line in tree.read(f"{site}/demo-1.0.dist-info/RECORD").decode().splitlines()]
    assert rows == sorted(rows)
    named = {os.path.normpath(f"{site}/{path}"): size for path, _, size in rows}
    assert {path for path, entry in tree.items() if entry.owner.kind is OwnerKind.DISTRIBUTION and entry.kind is Kind.FILE} == set(named)
    assert all(size == "" or int(size) == tree[path].size for path, size in named.items())


def test_files_belong_to_their_distribution(tmp_path, index, means):
    add_demo(index)
    tree = composed(LockKind.PYLOCK, "pylock.toml", project_with(tmp_path, "pylock.toml", index.pylock("demo")), means)
    assert {(entry.owner.name, entry.owner.version) for path, entry in tree.items() if "demo" in path} == {("demo", "1.0")}
    assert tree["opt/venv/pyvenv.cfg"].owner.kind is OwnerKind.PAREDOWN


def test_the_second_time_nothing_is_asked_of_the_index(tmp_path, index, means):
    add_demo(index)
    project = project_with(tmp_path, "pylock.toml", index.pylock("demo"))
    first = composed(LockKind.PYLOCK, "pylock.toml", project, means)
    index.asked.clear()
    assert composed(LockKind.PYLOCK, "pylock.toml", project, means).key() == first.key()
    assert index.asked == []


def test_another_home_umask_and_store_give_the_same_tree(tmp_path, index, means):
    add_demo(index)
    project = project_with(tmp_path, "pylock.toml", index.pylock("demo"))
    first = composed(LockKind.PYLOCK, "pylock.toml", project, means)
    before = os.umask(0o077)
    try:
        environment = {**means.environment, "HOME": "/nonexistent", "UV_CACHE_DIR": str(tmp_path / "other uv"), "TZ": "Asia/Tokyo", "UV_COMPILE_BYTECODE": "1"}
        elsewhere = Means(store=Store(tmp_path / "other store"), progress=Quiet(), mirror="", environment=environment, epoch=315532800)
        assert composed(LockKind.PYLOCK, "pylock.toml", project, elsewhere).key() == first.key()
    finally:
        os.umask(before)


def test_of_two_distributions_with_one_file_the_last_by_name_wins(tmp_path, index, means):
    for name in ("aaa", "zzz", "mmm"):
        index.add(f"{name}-1-py3-none-any.whl", wheel_of(name, "1", {"tests/__init__.py": name.encode(), f"{name}.py": b""}))
    tree = composed(LockKind.PYLOCK, "pylock.toml", project_with(tmp_path, "pylock.toml", index.pylock("aaa", "mmm", "zzz")), means)
    shared = tree["opt/venv/lib/python3.13/site-packages/tests/__init__.py"]
    assert (shared.read(), shared.owner.name) == (b"zzz", "zzz")


def test_the_wheel_of_the_architecture_is_taken(tmp_path, index, means):
    for machine in ("x86_64", "aarch64"):
        tag = f"cp313-cp313-manylinux_2_28_{machine}"
        index.add(f"native-2.0-{tag}.whl", wheel_of("native", "2.0", {"native.so": machine.encode()}, tag=tag))
    project = project_with(tmp_path, "pylock.toml", index.pylock("native"))
    for architecture in Architecture:
        tree = composed(LockKind.PYLOCK, "pylock.toml", project, means, architecture=architecture)
        assert tree.read("opt/venv/lib/python3.13/site-packages/native.so") == architecture.machine.encode()


def test_no_wheel_for_the_platform_is_told_before_any_download(tmp_path, index, means):
    tag = "cp313-cp313-manylinux_2_28_x86_64"
    index.add(f"native-2.0-{tag}.whl", wheel_of("native", "2.0", {"native.so": b""}, tag=tag))
    project = project_with(tmp_path, "pylock.toml", index.pylock("native"))
    with pytest.raises(UserError) as caught:
        composed(LockKind.PYLOCK, "pylock.toml", project, means, architecture=Architecture.ARM64)
    assert str(caught.value) == (
        "error: native 2.0 has no wheel for linux/arm64 (cp313)\n"
        "  --> pylock.toml:5\n"
        "  fix: lock a version that has one, or build with `--platform linux/amd64`"
    )
    assert index.asked == []


def test_other_bytes_than_locked_are_refused(tmp_path, index, means):
    add_demo(index)
    project = project_with(tmp_path, "pylock.toml", index.pylock("demo"))
    index.swapped["demo-1.0-py3-none-any.whl"] = wheel_of("demo", "1.0", {"demo/__init__.py": b"import os; os.system('evil')"})
    with pytest.raises(UntrustedError) as caught:
        composed(LockKind.PYLOCK, "pylock.toml", project, means)
    promised, got = (hashlib.sha256(data["demo-1.0-py3-none-any.whl"]).hexdigest() for data in (index.files, index.swapped))
    assert caught.value.what == f"demo==1.0 is not what the lock promises: expected sha256:{promised}, got sha256:{got}"


def test_nothing_is_kept_of_a_download_that_broke_off(tmp_path, index, means):
    add_demo(index)
    project = project_with(tmp_path, "pylock.toml", index.pylock("demo"))
    index.cut.add("demo-1.0-py3-none-any.whl")
    with pytest.raises(WorldError):
        composed(LockKind.PYLOCK, "pylock.toml", project, means)
    index.cut.clear()
    assert "opt/venv/bin/demo" in composed(LockKind.PYLOCK, "pylock.toml", project, means)


def test_an_index_that_is_gone_is_told_without_its_password(tmp_path, index, means):
    project = project_with(tmp_path, "requirements.txt", "--index-url http://bob:secret@127.0.0.1:9/simple\ndemo\n")
    # What the caller's own settings say of indexes goes before the file, as everywhere with uv.
    del means.environment["UV_DEFAULT_INDEX"]
    with pytest.raises(WorldError) as caught:
        composed(LockKind.REQUIREMENTS, "requirements.txt", project, means)
    assert "127.0.0.1:9" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_changed_file_in_uvs_cache_is_refused(tmp_path, index, means):
    add_demo(index)
    project = project_with(tmp_path, "pylock.toml", index.pylock("demo"))
    composed(LockKind.PYLOCK, "pylock.toml", project, means)
    (cached,) = (tmp_path / "uv").glob("archive-v0/**/demo/main.py")
    cached.write_bytes(b"tampered")
    elsewhere = Means(store=Store(tmp_path / "other"), progress=Quiet(), mirror="", environment=means.environment)
    with pytest.raises(UntrustedError, match=r"demo 1\.0: main\.py is not what the wheel's RECORD promises"):
        composed(LockKind.PYLOCK, "pylock.toml", project, elsewhere)


def test_requirements_are_solved_once_and_kept(tmp_path, index, means):
    add_demo(index)
    project = project_with(tmp_path, "requirements.txt", "demo>=1  # the service\n")
    step = step_of(LockKind.REQUIREMENTS, "requirements.txt")
    first = dependencies.resolve(step, project, "3.13", lock=Lock(), means=means)
    assert first.changed
    add_demo(index, **{"demo/new.py": b""})
    lock = Lock(pylock_inputs=first.inputs, pylock=first.pylock)
    second = dependencies.resolve(step, project, "3.13", lock=lock, means=means)
    assert (second.pylock, second.changed) == (first.pylock, False)


def test_changed_requirements_are_refused_when_locked(tmp_path, index, means):
    project = project_with(tmp_path, "requirements.txt", "demo\n")
    locked = Means(store=means.store, progress=Quiet(), mirror="", environment=means.environment, locked=True)
    for lock, reason in ((Lock(), "does not pin"), (Lock(pylock_inputs="sha256:0", pylock="x"), "was made from other inputs")):
        with pytest.raises(UserError, match=reason) as caught:
            dependencies.resolve(step_of(LockKind.REQUIREMENTS, "requirements.txt"), project, "3.13", lock=lock, means=locked)
        assert "--locked" in (caught.value.fix or "")
    assert index.asked == []


def test_an_included_file_decides_too(tmp_path, index, means):
    add_demo(index)
    project = project_with(tmp_path, "requirements.txt", "-r more.txt\n")
    step = step_of(LockKind.REQUIREMENTS, "requirements.txt")
    keys = []
    for text in ("demo\n", "demo>=1\n"):
        (project / "more.txt").write_text(text)
        keys.append(dependencies.resolve(step, project, "3.13", lock=Lock(), means=means).inputs)
    assert keys[0] != keys[1]


def test_a_missing_included_file_is_told_with_its_line(tmp_path, means):
    project = project_with(tmp_path, "requirements.txt", "demo\n-r more.txt\n")
    with pytest.raises(UserError, match=r"more\.txt does not exist") as caught:
        composed(LockKind.REQUIREMENTS, "requirements.txt", project, means)
    assert caught.value.where == "requirements.txt:2"


def test_hashes_of_requirements_stay_promises(tmp_path, index, means):
    add_demo(index)
    wrong = "0" * 64
    project = project_with(tmp_path, "requirements.txt", f"demo==1.0 \\\n    --hash=sha256:{wrong}\n")
    with pytest.raises(UntrustedError) as caught:
        composed(LockKind.REQUIREMENTS, "requirements.txt", project, means)
    assert wrong in caught.value.what
    assert hashlib.sha256(index.files["demo-1.0-py3-none-any.whl"]).hexdigest() in caught.value.what


def test_credentials_of_an_index_do_not_enter_the_lock(tmp_path, index, means):
    add_demo(index)
    project = project_with(tmp_path, "requirements.txt", f"--index-url http://bob:secret@{index.host}/simple\ndemo\n")
    del means.environment["UV_DEFAULT_INDEX"]
    resolved = dependencies.resolve(step_of(LockKind.REQUIREMENTS, "requirements.txt"), project, "3.13", lock=Lock(), means=means)
    assert "secret" not in resolved.pylock
    assert "secret" not in repr(resolved)


def test_unsolvable_requirements_are_told_in_the_solvers_words(tmp_path, index, means):
    add_demo(index)
    with pytest.raises(UserError, match=r"demo") as caught:
        composed(LockKind.REQUIREMENTS, "requirements.txt", project_with(tmp_path, "requirements.txt", "demo==99\n"), means)
    assert caught.value.what.startswith("the requirements cannot all be met:")


def test_a_source_distribution_without_a_build_root_is_an_error(tmp_path, index, means):
    index.add("old-1.0.tar.gz", b"not read")
    with pytest.raises(ParedownError, match="old"):
        composed(LockKind.REQUIREMENTS, "requirements.txt", project_with(tmp_path, "requirements.txt", "old\n"), means)


@pytest.mark.parametrize(("kind", "name"), [(kind, kind.value) for kind in LockKind if kind is not LockKind.SETUP_PY])
def test_a_broken_lock_is_named(kind, name, tmp_path, means):
    project = project_with(tmp_path, name, "= [ what\n" if kind is not LockKind.REQUIREMENTS else "=== what\n")
    if kind is not LockKind.PYPROJECT:
        (project / "pyproject.toml").write_text('[project]\nname = "service"\nversion = "1"\n')
    with pytest.raises(UserError) as caught:
        composed(kind, name, project, means)
    assert name in (caught.value.where or "")


@pytest.mark.parametrize("kind", [LockKind.PYLOCK, LockKind.UV_LOCK, LockKind.POETRY_LOCK, LockKind.PDM_LOCK, LockKind.PIPFILE_LOCK])
def test_a_lock_of_another_shape_is_no_crash(kind, tmp_path, means):
    text = json.dumps({"default": {"demo": 3}}) if kind is LockKind.PIPFILE_LOCK else 'package = "demo"\npackages = 3\nlock-version = "1.0"\n'
    project = project_with(tmp_path, kind.value, text)
    (project / "pyproject.toml").write_text('[project]\nname = "service"\nversion = "1"\n')
    with pytest.raises(UserError, match=kind.value):
        composed(kind, kind.value, project, means)
