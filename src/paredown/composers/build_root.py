"""Where source distributions become wheels: a Debian root with the declared build packages, entered only through the sandbox."""

import platform
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from paredown.composers import build_hints, uv_tool
from paredown.composers.interface import Means
from paredown.composers.project_files import copy_files
from paredown.errors import UserError, WorldError
from paredown.lock import DebianPins, Lock
from paredown.origin import Origin
from paredown.plan import Architecture, DebianBase
from paredown.tree import PAREDOWN, Tree, file_of, folder_of, keyed

_HOME = "/paredown"  # in the sandbox: uv, its cache, the source and what was built
_TIMEOUT = 3600.0  # seconds; some wheels take half an hour on two cores
_COMPILERS = frozenset({"gcc", "g++", "clang", "build-essential", "gcc-12", "gcc-14", "rustc", "cargo"})
_CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
_EARLIEST = 315_532_800  # 1980-01-01: zip files, which wheels are, know no earlier time


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRoot:
    """A root on disk for this machine's architecture. `key` tells of its packages: what is built in equal roots is equal."""

    folder: Path
    python: str
    interpreter: str
    architecture: Architecture
    key: str
    build_packages: tuple[str, ...] = ()

    def build_wheel(self, source: Path, out: Path, *, name: str, version: str, means: Means, where: Origin) -> Path:
        """Build `source` (a folder of the caller's that may be written to, or an archive) into the folder `out`; the wheel.

        Build requirements come over the host's network. UserError with the build's last words when it does not end well.
        """
        inside = f"{_HOME}/source/{source.name}" if source.is_file() else f"{_HOME}/source"
        words = ["build", "--wheel", "--out-dir", f"{_HOME}/out", "--no-create-gitignore", "--no-config", "--no-sources", "--python", self.interpreter]
        environment = {"SETUPTOOLS_SCM_PRETEND_VERSION": version, "PDM_BUILD_SCM_VERSION": version, "PBR_VERSION": version} if version else {}
        shared = source.parent if source.is_file() else source
        status, _, talk = self._uv([*words, inside], source=shared, out=out, environment={**means.environment, **environment}, extra=environment, means=means)
        wheels = sorted(out.glob("*.whl"))
        if status != 0 or len(wheels) != 1:
            raise build_hints.error_of(talk, name=name, version=version, declared=self.build_packages, where=where)
        return wheels[0]

    def run_uv(self, arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], means: Means, where: Origin) -> str:
        """uv's standard output for `arguments`, run in a copy of `folder` with the root's interpreter. Raises as `uv_tool.run` does."""
        with tempfile.TemporaryDirectory(dir=means.store.scratch) as scratch:
            copy, out = Path(scratch) / "source", Path(scratch) / "out"
            copy_files(folder, copy)
            out.mkdir()
            words = []
            for word in arguments:
                if word.startswith("/") and Path(word).is_file():
                    text = Path(word).read_text("utf-8").replace(str(folder), f"{_HOME}/source")
                    (copy / ".paredown-asked.txt").write_text(text, "utf-8")
                    word = ".paredown-asked.txt"
                words.append(word)
            words += ["--python", self.interpreter]
            status, answer, talk = self._uv(words, source=copy, out=out, environment=environment, extra={}, means=means)
        if status == 0:
            return answer.replace(f"{_HOME}/source", str(folder))
        if "Failed to build" in talk or "build backend" in talk:
            name = build_hints.culprit(talk)
            raise build_hints.error_of(talk, name=name, version="", declared=self.build_packages, where=where)
        raise uv_tool.error_of(talk, where)

    def _uv(
        self, words: Sequence[str], *, source: Path, out: Path, environment: Mapping[str, str], extra: Mapping[str, str], means: Means
    ) -> tuple[int, str, str]:  # fmt: skip
        from paredown import sandbox  # noqa: PLC0415

        if reason := sandbox.unavailable():
            raise WorldError(f"source distributions are built in a sandbox, which cannot run here: {reason}", fix="lock versions that have wheels")
        # A cache of its own: what code from an index writes while it builds must not reach the user's other projects.
        cache = means.store.root / "build-cache"
        cache.mkdir(parents=True, exist_ok=True)
        binds = [
            sandbox.Bind(uv_tool.binary(), f"{_HOME}/uv"),
            sandbox.Bind(cache, f"{_HOME}/cache", writable=True),
            sandbox.Bind(source, f"{_HOME}/source", writable=True),
            sandbox.Bind(out, f"{_HOME}/out", writable=True),
        ]
        binds += [sandbox.Bind(Path(file), file) for file in ("/etc/resolv.conf", "/etc/hosts") if Path(file).exists()]
        certificates = next((name for name in (environment.get("SSL_CERT_FILE", ""), *_CERTIFICATES) if name and Path(name).is_file()), None)
        inside = {
            **_for_network(environment),
            **extra,
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": "/tmp",  # noqa: S108
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONHASHSEED": "0",
            "SOURCE_DATE_EPOCH": str(max(means.epoch, _EARLIEST)),
            "UV_CACHE_DIR": f"{_HOME}/cache",
            "UV_LINK_MODE": "copy",
            # Debug information would name the build's folders, which have names of chance; in an image nobody reads it.
            "CFLAGS": "-g0",
            "CXXFLAGS": "-g0",
            "FFLAGS": "-g0",
        }
        if certificates is not None:
            binds.append(sandbox.Bind(Path(certificates), f"{_HOME}/certificates.crt"))
            inside["SSL_CERT_FILE"] = inside["REQUESTS_CA_BUNDLE"] = f"{_HOME}/certificates.crt"
        box = sandbox.Sandbox(root=self.folder, environment=inside, working_directory=f"{_HOME}/source", binds=tuple(binds), network=True)
        finished = sandbox.run(box, (f"{_HOME}/uv", *words), timeout=_TIMEOUT)
        return finished.status, finished.stdout.decode("utf-8", "replace"), finished.stderr.decode("utf-8", "replace")


def _for_network(environment: Mapping[str, str]) -> dict[str, str]:
    proxies = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}
    kept = uv_tool.surroundings(environment)
    return {
        name: value for name, value in kept.items() if name.lower() in proxies or (name.startswith("UV_") and name not in ("UV_CACHE_DIR", "UV_CONFIG_FILE"))
    }


def host_architecture() -> Architecture:
    """This machine's; WorldError when paredown knows no image for it."""
    machine = platform.machine()
    for architecture in Architecture:
        if machine in (architecture.machine, architecture.value):
            return architecture
    raise WorldError(f"source distributions cannot be built on {machine}", fix="lock versions that have wheels, or build on amd64 or arm64")


def compose(
    base: DebianBase, build_packages: tuple[str, ...], packages: tuple[str, ...], *, lock: Lock, means: Means, where: Origin
) -> tuple[BuildRoot, DebianPins]:  # fmt: skip
    """The build root for `base`, with the packages of the image and those to build with, and the pins it is made of."""
    from paredown.composers import debian_base  # noqa: PLC0415

    architecture = host_architecture()
    wanted = (*build_packages, *packages)
    if not _COMPILERS.isdisjoint(build_packages):
        wanted = (*wanted, f"libpython{base.python}-dev", "libc6-dev")  # headers that every extension module needs
    if build_packages:
        wanted = (*wanted, "perl-base")  # essential in Debian: `pg_config` and others are written in it and declare no dependency
    wanted = tuple(sorted(set(wanted)))
    pins = debian_base.pin(base, wanted, architecture.value, purpose="build", lock=lock, means=means, where=where)
    key = keyed([["build-root", 1, base.suite, base.python, wanted], *([pin.name, pin.sha256] for pin in pins.packages)])

    def fill(folder: Path) -> None:
        from paredown.materialise import write_folder  # noqa: PLC0415

        write_folder(_with_places(debian_base.compose(base, pins, wanted, means, shell=True)), folder)  # noqa: S604 -- a shell in the root, not a call through one

    folder = means.store.folder("build-roots", key, fill)
    root = BuildRoot(
        folder=folder, python=base.python, interpreter=debian_base.interpreter_of(base), architecture=architecture, key=key, build_packages=build_packages
    )  # fmt: skip
    return root, pins


def from_tree(tree: Tree, *, python: str, interpreter: str, build_packages: tuple[str, ...], means: Means) -> BuildRoot:
    """The build root that is `tree` itself: for images as a base, which bring their own compiler or none."""
    if build_packages:
        raise UserError("build-packages need the Debian base; an image as base builds with what it holds", fix="take build-packages out, or the base")
    key = keyed([["build-root-of-tree", 1], tree.key()])

    def fill(folder: Path) -> None:
        from paredown.materialise import write_folder  # noqa: PLC0415

        write_folder(_with_places(tree), folder)

    return BuildRoot(
        folder=means.store.folder("build-roots", key, fill), python=python, interpreter=interpreter, architecture=host_architecture(), key=key
    )  # fmt: skip


def _with_places(tree: Tree) -> Tree:
    """`tree` with a place for each thing that the sandbox lays over it; the root is read-only when it runs."""
    home = _HOME.lstrip("/")
    places = {path: folder_of(owner=PAREDOWN) for path in ("dev", "proc", "tmp", home, f"{home}/cache", f"{home}/source", f"{home}/out")}
    files = {path: file_of(b"", owner=PAREDOWN) for path in (f"{home}/uv", f"{home}/certificates.crt", "etc/resolv.conf", "etc/hosts")}
    accounts = {
        "etc/passwd": file_of(b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n", owner=PAREDOWN),
        "etc/group": file_of(b"root:x:0:\nnogroup:x:65534:\n", owner=PAREDOWN),
    }
    missing = {path: entry for path, entry in {**places, **files, **accounts}.items() if path not in tree}
    return tree.over(Tree(missing)).with_parents()


def copy_into(source: Path, folder: Path) -> Path:
    """A copy of the file `source` in `folder`: what is built may be written to, and what the store keeps may not."""
    return Path(shutil.copyfile(source, folder / source.name))
