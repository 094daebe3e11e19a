"""The images that Dockerfiles start from: pulled where a registry can be reached, else stand-ins made of Debian packages and tagged so that FROM finds them.

`python -m benchmarks.stand_ins [TAG ...]`, or `provide(TAG, ...)`: `python:3.11` and `python:3.13`, whole or `-slim`, and `ghcr.io/astral-sh/uv:*`. A stand-in
has Debian's Python of the same version where the real image has one built from source, and fewer development packages: where a figure depends on the base's
size, it is the stand-in's and must be said to be so. Needs Docker; to make one, root and mmdebstrap.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

OF_THE_EXAMPLES = (
    "python:3.11", "python:3.11-slim", "python:3.13", "python:3.13-slim", "ghcr.io/astral-sh/uv:0.13.8", "ghcr.io/astral-sh/uv:python3.13-bookworm",
    "ghcr.io/astral-sh/uv:python3.13-bookworm-slim",
)  # fmt: skip
# Debian's release with that Python, and what the real image has beside pip.
SUITES = {"3.11": ("bookworm", "setuptools wheel"), "3.13": ("trixie", "")}
PACKAGES = "ca-certificates,media-types,netbase,python{python},python{python}-venv,tzdata,usr-is-merged"
DEVELOPMENT_PACKAGES = (
    "curl file g++ gcc git libbz2-dev libc6-dev libffi-dev liblzma-dev libpq-dev libsqlite3-dev libssl-dev make python{python}-dev wget zlib1g-dev"
)
# As Debian's own slim images do; and /usr is merged from the start.
OF_SLIM = (
    *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in ("doc", "info", "lintian", "locale", "man")),
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
)
# As in the real images: what apt downloads and works out does not stay.
APT_SETTINGS = """\
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin"; };
Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";
Acquire::Languages "none"; Acquire::GzipIndexes "true";
"""
MACHINE_CERTIFICATES = Path("/usr/local/share/ca-certificates")
_TAG = re.compile(r"(?:python:|ghcr\.io/astral-sh/uv:python)(?P<python>3\.\d+)(?:-(?:bookworm|trixie))?(?P<slim>-slim)?(?:-(?:bookworm|trixie))?")
_UV = "ghcr.io/astral-sh/uv:"
# Before the tag of an image that was made here: the recipe, so that one made by an older is made anew.
_OURS = f"stand-in-{hashlib.sha256(Path(__file__).read_bytes() + metadata.version('uv').encode()).hexdigest()[:12]}/"


@dataclass(frozen=True, slots=True)
class Base:
    """What a tag stands for: Python of a version ("" for none), without development packages or with, and uv beside it or not."""

    python: str
    slim: bool
    uv: bool


def docker() -> str:
    """Debian's docker client where there is one (it speaks BuildKit without a plug-in), else the first on PATH."""
    for candidate in ("/usr/bin/docker", shutil.which("docker")):
        if candidate and Path(candidate).exists():
            return candidate
    raise SystemExit("error: no docker client is installed\n  fix: apt-get install docker.io")


def provide(*tags: str) -> tuple[str, ...]:
    """See to it that the engine has `tags`; those that are stand-ins. What is there already is left as it is, unless an older recipe made it."""
    for tag in tags:
        if _outdated(tag) or not (_identity(tag) or _succeeds("pull", "--quiet", tag)):
            print(f"making a stand-in for {tag}", file=sys.stderr)
            _make(_OURS + tag, read_tag(tag))
            _docker("tag", _OURS + tag, tag)
    return tuple(tag for tag in tags if _identity(tag) == _identity(_OURS + tag))


def read_tag(tag: str) -> Base:
    """What `tag` stands for; ends where no stand-in can be made for it."""
    found = _TAG.fullmatch(tag)
    if found and found["python"] in SUITES:
        return Base(found["python"], bool(found["slim"]), tag.startswith(_UV))
    if tag.startswith(_UV) and not found:
        return Base("", slim=True, uv=True)
    raise SystemExit(f"error: {tag} can be neither pulled nor made of Debian packages\n  fix: pull it where a registry can be reached, and `docker load` it")


def forget_machine(tag: str) -> None:
    """Tag anew an image that was built on a stand-in, without the certificates that only this machine needs to reach the package indexes."""
    if not list(MACHINE_CERTIFICATES.glob("*.crt")):
        return
    user = _docker("image", "inspect", "--format", "{{.Config.User}}", tag).strip()
    lines = [f"FROM {tag}", "USER root", f"RUN rm -rf {MACHINE_CERTIFICATES}/* /etc/uv && update-ca-certificates --fresh >/dev/null"]
    _build(tag, [*lines, *([f"USER {user}"] if user else [])])


def _make(tag: str, base: Base) -> None:
    if not base.python:
        _build(tag, ["FROM scratch", "COPY uv uvx /", 'ENTRYPOINT ["/uv"]'])
        return
    root = f"{_OURS}debian:python{base.python}"
    if not _identity(root):
        _make_root(root, base.python)
    lines = [f"FROM {root}"]
    if not base.slim:
        packages = DEVELOPMENT_PACKAGES.format(python=base.python)
        lines.append(f"RUN apt-get update -qq && apt-get install -qq --no-install-recommends {packages} >/dev/null && rm -rf /var/lib/apt/lists/*")
    if base.uv:
        lines.append("COPY uv uvx /usr/local/bin/")
    _build(tag, lines)


def _make_root(name: str, python: str) -> None:
    """Debian with its Python of that version as `name`: reached as `python`, with pip as the real image has it, and with this machine's certificates."""
    if shutil.which("mmdebstrap") is None:
        raise SystemExit("error: mmdebstrap is not installed\n  fix: apt-get install mmdebstrap")
    suite, more = SUITES[python]
    with tempfile.TemporaryDirectory(prefix="stand-in-") as scratch:
        Path(scratch).chmod(0o755)  # mmdebstrap's unshared user must reach the folder
        archive = str(Path(scratch) / "root.tar")
        words = ["mmdebstrap", "--quiet", "--variant=minbase", *OF_SLIM, f"--include={PACKAGES.format(python=python)}", suite, archive]
        subprocess.run(words, capture_output=True, check=True)
        _docker("import", archive, f"{name}-bare")
    program, headers, lists = f"/usr/bin/python{python}", f"libpython{python}-dev", "/var/lib/apt/lists/*"
    lines = [
        f"FROM {name}-bare",
        f"COPY certificates {MACHINE_CERTIFICATES}/",
        "COPY docker-clean /etc/apt/apt.conf.d/",
        "RUN update-ca-certificates --fresh >/dev/null && mkdir /etc/uv && echo 'system-certs = true' > /etc/uv/uv.toml",
        f"RUN rm -f /usr/lib/python{python}/EXTERNALLY-MANAGED",
        # The slim images, too, have Python's own headers, though no others.
        f"RUN cd /tmp && apt-get update -qq && apt-get download {headers} && dpkg-deb --fsys-tarfile *.deb | tar -xC / ./usr/include && rm -r *.deb {lists}",
        # Debian's own pip has no RECORD; one from PyPI has, as in the real images.
        f"RUN --mount=type=bind,source=uv,target=/uv /uv pip install --quiet --no-cache --python {program} --system pip {more}",
        f"RUN ln -s {program} /usr/local/bin/python3 && ln -s python3 /usr/local/bin/python",
        "ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8",
        'CMD ["python3"]',
    ]
    _build(name, lines)


def _build(tag: str, lines: Iterable[str]) -> None:
    from uv import find_uv_bin

    with tempfile.TemporaryDirectory(prefix="stand-in-") as scratch:
        context = Path(scratch)
        program = Path(find_uv_bin())
        for name in ("uv", "uvx"):
            shutil.copy(program.with_name(name), context / name)
        (context / "docker-clean").write_text(APT_SETTINGS, "utf-8")
        (context / "certificates").mkdir()
        for certificate in MACHINE_CERTIFICATES.glob("*.crt"):
            shutil.copy(certificate, context / "certificates")
        (context / "Dockerfile").write_text("\n".join(lines) + "\n", "utf-8")
        _docker("build", "--quiet", "--tag", tag, scratch)


def _outdated(tag: str) -> bool:
    """Whether `tag` is a stand-in that an older recipe made."""
    names = _inspected(tag, '{{join .RepoTags " "}}').split()
    return any(name.startswith("stand-in") for name in names) and not any(name.startswith(_OURS) for name in names)


def _docker(*words: str) -> str:
    finished = subprocess.run([docker(), *words], env={**os.environ, "DOCKER_BUILDKIT": "1"}, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise SystemExit(f"error: docker {' '.join(words)} ended with {finished.returncode}\n{finished.stderr}")
    return finished.stdout


def _succeeds(*words: str) -> bool:
    return subprocess.run([docker(), *words], capture_output=True, check=False).returncode == 0


def _identity(tag: str) -> str:
    """The digest of the image that `tag` means, "" when there is none."""
    return _inspected(tag, "{{.Id}}")


def _inspected(tag: str, format: str) -> str:
    return subprocess.run([docker(), "image", "inspect", "--format", format, tag], capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    for made in provide(*(sys.argv[1:] or OF_THE_EXAMPLES)):
        print(f"{made} is a stand-in")
