"""The images that Dockerfiles start from: pulled where a registry can be reached, else stand-ins made of Debian packages and tagged so that FROM finds them.

`python -m benchmarks.stand_ins [TAG ...]`, or `provide(TAG, ...)`: `python:3.11` and `python:3.13`, whole or `-slim`, `ghcr.io/astral-sh/uv:*`, and what
distroless images are made with: `debian:trixie-slim` and `gcr.io/distroless/python3-debian13:nonroot`. A stand-in has Debian's Python of the same version
where the real image has one built from source: where a figure depends on the base's size, it is the stand-in's and must be said to be so. Needs Docker; to
make one, root and mmdebstrap.
"""

import atexit
import functools
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
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
# What whole images have beside: https://github.com/docker-library/buildpack-deps, debian/*/{curl/,scm/,}Dockerfile; the last line: docker-library/python.
DEVELOPMENT_PACKAGES = (
    "curl gnupg sq wget git mercurial openssh-client subversion procps autoconf automake bzip2 default-libmysqlclient-dev dpkg-dev file g++ gcc"
    " imagemagick libbz2-dev libc6-dev libcurl4-openssl-dev libdb-dev libevent-dev libffi-dev libgdbm-dev libglib2.0-dev libgmp-dev libjpeg-dev"
    " libkrb5-dev liblzma-dev libmagickcore-dev libmagickwand-dev libmaxminddb-dev libncurses5-dev libncursesw5-dev libpng-dev libpq-dev"
    " libreadline-dev libsqlite3-dev libssl-dev libtool libwebp-dev libxml2-dev libxslt-dev libyaml-dev make patch unzip xz-utils zlib1g-dev"
    " libbluetooth-dev tk-dev uuid-dev python{python}-dev"
)
# As Debian's own slim images do.
OF_SLIM = (
    *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in ("doc", "info", "lintian", "locale", "man")),
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
)
# As in the real images: what apt downloads and works out does not stay.
APT_SETTINGS = """\
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin"; };
Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";
Acquire::Languages "none"; Acquire::GzipIndexes "true";
"""
DEBIAN = "debian:trixie-slim"
DISTROLESS = "gcr.io/distroless/python3-debian13:nonroot"
# What the real image is made of: https://github.com/GoogleContainerTools/distroless, {static,base,cc,python3}/config.bzl.
DISTROLESS_PACKAGES = (
    "base-files ca-certificates media-types netbase tzdata tzdata-legacy libc-bin libc6 libssl3t64 libzstd1 zlib1g libgcc-s1 libgomp1 libstdc++6"
    " libbz2-1.0 libcom-err2 libcrypt1 libdb5.3t64 libexpat1 libffi8 libgssapi-krb5-2 libk5crypto3 libkeyutils1 libkrb5-3 libkrb5support0 liblzma5"
    " libncursesw6 libnsl2 libreadline8t64 libsqlite3-0 libtinfo6 libtirpc3t64 libuuid1 libpython3.13-minimal libpython3.13-stdlib python3.13-minimal"
    " python3.13-venv"
)
_DISTROLESS_USERS = {"root": ("0:0", "/root"), "nobody": ("65534:65534", "/nonexistent"), "nonroot": ("65532:65532", "/home/nonroot")}
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
    if tag in (DEBIAN, DISTROLESS):
        return Base("", slim=True, uv=False)
    raise SystemExit(f"error: {tag} can be neither pulled nor made of Debian packages\n  fix: pull it where a registry can be reached, and `docker load` it")


def forget_machine(tag: str) -> None:
    """Tag anew an image that was built on a stand-in, without the certificates that only this machine needs to reach the package indexes."""
    if not list(MACHINE_CERTIFICATES.glob("*.crt")):
        return
    user = _docker("image", "inspect", "--format", "{{.Config.User}}", tag).strip()
    lines = [f"FROM {tag}", "USER root", f"RUN rm -rf {MACHINE_CERTIFICATES}/* /etc/uv && update-ca-certificates --fresh >/dev/null"]
    _build(tag, [*lines, *([f"USER {user}"] if user else [])])


def _make(tag: str, base: Base) -> None:
    if tag.endswith(DISTROLESS):
        _build(tag, _distroless())
        return
    if tag.endswith(DEBIAN):
        _make_bare(f"{tag}-bare", "trixie", "ca-certificates", slim=True)
        _build(tag, [*_trusting(f"{tag}-bare"), 'CMD ["bash"]'])
        return
    if not base.python:
        _build(tag, ["FROM scratch", "COPY uv uvx /", 'ENTRYPOINT ["/uv"]'])
        return
    root = f"{_OURS}debian:python{base.python}{'-slim' if base.slim else ''}"
    if not _identity(root):
        _make_root(root, base)
    lines = [f"FROM {root}"]
    if not base.slim:
        packages = DEVELOPMENT_PACKAGES.format(python=base.python)
        lines.append(f"RUN apt-get update -qq && apt-get install -qq --no-install-recommends {packages} >/dev/null && rm -rf /var/lib/apt/lists/*")
    if base.uv:
        lines.append("COPY uv uvx /usr/local/bin/")
    _build(tag, lines)


def _make_root(name: str, base: Base) -> None:
    """Debian with its Python of that version as `name`: reached as `python`, with pip as the real image has it, and with this machine's certificates."""
    python = base.python
    suite, more = SUITES[python]
    _make_bare(f"{name}-bare", suite, PACKAGES.format(python=python), slim=base.slim)
    program, headers, lists = f"/usr/bin/python{python}", f"libpython{python}-dev", "/var/lib/apt/lists/*"
    lines = [
        *_trusting(f"{name}-bare"),
        f"RUN rm -f /usr/lib/python{python}/EXTERNALLY-MANAGED",
        # The slim images, too, have Python's own headers, though no others.
        f"RUN cd /tmp && apt-get update -qq && apt-get download {headers} && dpkg-deb --fsys-tarfile *.deb | tar -xC / ./usr/include && rm -r *.deb {lists}",
        # Debian's own pip has no RECORD; one from PyPI has, as in the real images.
        f"RUN --mount=type=bind,source=uv,target=/uv /uv pip install --quiet --no-cache --python {program} --system pip {more} && rm -f /tmp/uv-*.lock",
        f"RUN ln -s {program} /usr/local/bin/python3 && ln -s python3 /usr/local/bin/python",
        "ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8",
        'CMD ["python3"]',
    ]
    _build(name, lines)


def _make_bare(name: str, suite: str, packages: str, *, slim: bool) -> None:
    """Debian's `suite` with no more than `packages` as `name`; without documentation where it is `slim`, and /usr is merged from the start."""
    if shutil.which("mmdebstrap") is None:
        raise SystemExit("error: mmdebstrap is not installed\n  fix: apt-get install mmdebstrap")
    with tempfile.TemporaryDirectory(prefix="stand-in-") as scratch:
        Path(scratch).chmod(0o755)  # mmdebstrap's unshared user must reach the folder
        archive = str(Path(scratch) / "root.tar")
        options = ["--variant=minbase", "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr", *(OF_SLIM if slim else ()), f"--include={packages}"]
        subprocess.run(["mmdebstrap", "--quiet", *options, suite, archive], capture_output=True, check=True)
        _docker("import", archive, name)


def _trusting(base: str) -> tuple[str, ...]:
    """The lines that start from `base` and trust whom this machine trusts."""
    return (
        f"FROM {base}",
        f"COPY certificates {MACHINE_CERTIFICATES}/",
        "COPY docker-clean /etc/apt/apt.conf.d/",
        "RUN update-ca-certificates --fresh >/dev/null && mkdir /etc/uv && echo 'system-certs = true' > /etc/uv/uv.toml",
    )


def _distroless() -> Iterator[str]:
    """The files of the packages alone, none of them set up: no shell, no programs but Python, as in the real image."""
    provide(DEBIAN)
    yield f"FROM {DEBIAN} AS files"
    yield "WORKDIR /packages"
    yield f"RUN apt-get update -qq && apt-get download -qq {DISTROLESS_PACKAGES} && mkdir /root/image"
    yield "RUN for file in *.deb; do dpkg-deb --fsys-tarfile $file | tar -xC /root/image; done"
    yield "WORKDIR /root/image"
    yield "RUN ldconfig -r . && cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/ && cp /etc/nsswitch.conf etc/"
    yield "RUN mv usr/sbin/ldconfig . && rm -r usr/share/doc usr/sbin/* usr/bin/[!p]* && mv ldconfig usr/sbin/"
    yield "RUN ln -s python3.13 usr/bin/python3 && ln -s python3.13 usr/bin/python"
    for name, (user, home) in _DISTROLESS_USERS.items():
        yield f"RUN echo '{name}:x:{user}:{name}:{home}:/sbin/nologin' >> etc/passwd && echo '{name}:x:{user.partition(':')[2]}:' >> etc/group"
    yield "RUN install -d -o 65532 -g 65532 -m 0700 home/nonroot"
    yield "FROM scratch"
    yield "COPY --from=files /root/image /"
    yield "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt LANG=C.UTF-8"
    yield "WORKDIR /home/nonroot"
    yield "USER 65532"
    yield 'ENTRYPOINT ["/usr/bin/python3.13"]'


def _build(tag: str, lines: Iterable[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="stand-in-") as scratch:
        context = Path(scratch)
        for name in ("uv", "uvx"):
            shutil.copy(_static_uv() / name, context / name)
        (context / "docker-clean").write_text(APT_SETTINGS, "utf-8")
        (context / "certificates").mkdir()
        for certificate in MACHINE_CERTIFICATES.glob("*.crt"):
            shutil.copy(certificate, context / "certificates")
        (context / "Dockerfile").write_text("\n".join(lines) + "\n", "utf-8")
        _docker("build", "--quiet", "--tag", tag, scratch)


@functools.cache
def _static_uv() -> Path:
    """The folder of a uv that needs no C library, as in the real image: one that was made for glibc would not start on Alpine."""
    from uv import find_uv_bin

    kept = tempfile.mkdtemp(prefix="stand-in-uv-")
    atexit.register(shutil.rmtree, kept)
    words = ["pip", "install", "--quiet", "--no-deps", "--target", kept, "--python-platform", f"{platform.machine()}-unknown-linux-musl"]
    subprocess.run([find_uv_bin(), *words, f"uv=={metadata.version('uv')}"], check=True)
    return Path(kept, "bin")


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
