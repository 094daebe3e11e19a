"""Source distributions, folders and commits become wheels in the store, each built once per source and build root."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from paredown.composers.build_root import BuildRoot, copy_into
from paredown.composers.interface import Means
from paredown.composers.project_files import copy_files, digest_of_files
from paredown.composers.wheels import Chosen, Form, glibc_of, tags_of
from paredown.errors import UntrustedError, UserError, WorldError, redacted
from paredown.origin import Origin
from paredown.plan import Architecture
from paredown.tree import keyed


def built(chosen: Chosen, *, python: str, architecture: Architecture, build: Callable[[], BuildRoot], means: Means, where: Origin) -> Chosen:
    """`chosen`, which is no wheel, as a wheel in the store that fits the target; UserError when it would only fit this machine."""
    with tempfile.TemporaryDirectory(dir=means.store.scratch) as name:
        scratch = Path(name)
        source, digest = _source(chosen, scratch, means, where)
        root = build()
        key = keyed([["wheel", 1, chosen.name, chosen.version, digest, chosen.subdirectory, root.key, means.epoch]])

        def fill(folder: Path) -> None:
            if source.is_file():
                (scratch / "archive").mkdir()
                copied = copy_into(source, scratch / "archive").rename(scratch / "archive" / (chosen.filename or source.name))
                if chosen.subdirectory:
                    shutil.unpack_archive(copied, scratch / "unpacked", filter="data")
                    copied = _only(scratch / "unpacked") / chosen.subdirectory
            else:
                copied = scratch / "copy"
                copy_files(source / chosen.subdirectory, copied)
            out = scratch / "out"
            out.mkdir()
            wheel = root.build_wheel(copied, out, name=chosen.name, version=chosen.version, means=means, where=where)
            shutil.copyfile(wheel, folder / wheel.name)

        wheel = next(means.store.folder("wheels", key, fill).glob("*.whl"))
    return _fitting(chosen, wheel, python, architecture, root, where)


def _fitting(chosen: Chosen, wheel: Path, python: str, architecture: Architecture, root: BuildRoot, where: Origin) -> Chosen:
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename  # noqa: PLC0415

    try:
        _, version, _, tags = parse_wheel_filename(wheel.name)
    except InvalidWheelFilename as error:
        raise UserError(f"{chosen.name} was built into {wheel.name}, which is no wheel's name", where=where) from error
    if tags.isdisjoint(tags_of(python, architecture, glibc_of(python))):
        if root.architecture is not architecture:
            raise UserError(
                f"{chosen.name} {version} has no wheel for linux/{architecture}, and is not pure Python: on {root.architecture} it cannot be built for that",
                where=where,
                fix=f"lock a version that has one, build on an {architecture} machine, or build with `--platform linux/{root.architecture}`",
            )
        raise UserError(f"{chosen.name} {version} was built into {wheel.name}, which does not fit Python {python}", where=where)
    with open(wheel, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return replace(chosen, version=str(version), form=Form.WHEEL, url="", path=str(wheel), filename=wheel.name, hashes=(("sha256", digest),), size=0)


def _source(chosen: Chosen, scratch: Path, means: Means, where: Origin) -> tuple[Path, str]:
    """The source as a file or folder on disk, and a digest of all it is."""
    match chosen.form:
        case Form.FOLDER:
            folder = Path(chosen.path)
            if not folder.is_dir():
                raise UserError(f"{chosen.name} shall come from {folder}, which is no folder", where=where, fix="add the folder, or lock again without it")
            return folder, digest_of_files(folder)
        case Form.REPOSITORY:
            return _checked_out(chosen, scratch / "repository", means, where), f"git:{chosen.commit}"
        case Form.SOURCE | Form.WHEEL:
            file = Path(chosen.path) if chosen.path else _downloaded(chosen, means, where)
            if not file.is_file():
                raise UserError(f"{chosen.name} shall come from {file}, which is no file", where=where, fix="add the file, or lock again without it")
            return file, _checked(chosen, file, where)


def _checked(chosen: Chosen, file: Path, where: Origin) -> str:
    """The file's SHA-256, after all promised hashes were compared."""
    for algorithm, expected in (("sha256", ""), *chosen.hashes):
        with open(file, "rb") as stream:
            found = hashlib.file_digest(stream, algorithm).hexdigest()
        if algorithm == "sha256" and not expected:
            digest = found
        elif found != expected:
            raise UntrustedError(
                f"{chosen.name} {chosen.version} is not what the lock promises: expected {algorithm}:{expected}, got {algorithm}:{found}",
                where=where,
                fix="do not use it before you know why: the index serves other bytes than those that were locked",
            )
    return f"sha256:{digest}"


def _downloaded(chosen: Chosen, means: Means, where: Origin) -> Path:
    expected = dict(chosen.hashes).get("sha256")
    if expected is not None and (kept := means.store.blob(f"sha256:{expected}")) is not None:
        return kept
    import httpx  # noqa: PLC0415

    from paredown.debian.download import client  # noqa: PLC0415

    label = chosen.filename or chosen.name
    try:
        with client() as http, http.stream("GET", chosen.url, auth=_credentials(chosen.url, means)) as response:
            if response.status_code != 200:
                raise WorldError(
                    f"{redacted(chosen.url)} answered {response.status_code} {response.reason_phrase}",
                    where=where,
                    fix="lock again: the index no longer has this file" if response.status_code in (404, 410) else "check the index's address and credentials",
                )
            total, done = int(response.headers.get("Content-Length", chosen.size) or 0), 0
            with means.store.writer() as writer:
                for chunk in response.iter_raw():
                    done += writer.write(chunk)
                    means.progress.advance(label, done, total)
                if total and done != total:
                    raise WorldError(f"the download of {label} broke off at {done} of {total} bytes", where=where, fix="check the network, then build again")
                try:
                    digest = writer.commit(f"sha256:{expected}" if expected else None, what=f"{chosen.name} {chosen.version}")
                except UntrustedError as error:
                    raise UntrustedError(error.what, where=where, fix=error.fix) from error
    except httpx.TransportError as error:
        raise WorldError(f"{redacted(chosen.url)} cannot be fetched: {error}", where=where, fix="check the network, then build again") from error
    return means.store.blob_path(digest)


def _credentials(url: str, means: Means) -> tuple[str, str] | None:
    """User and password of the index on the same host, as the caller's settings for uv or the .netrc file say them."""
    import netrc  # noqa: PLC0415

    host = urlsplit(url).hostname
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"):
        for word in means.environment.get(name, "").split():
            index = urlsplit(word.partition("=")[2] if "=" in word.partition("://")[0] else word)
            if index.hostname == host and index.username is not None:
                return index.username, index.password or ""
    file = means.environment.get("NETRC") or os.path.join(means.environment.get("HOME", "/nonexistent"), ".netrc")
    try:
        found = netrc.netrc(file).authenticators(host or "")
    except (OSError, netrc.NetrcParseError):
        return None
    return (found[0], found[2] or "") if found else None


def _checked_out(chosen: Chosen, folder: Path, means: Means, where: Origin) -> Path:
    git = shutil.which("git", path=means.environment.get("PATH"))
    if git is None:
        raise WorldError(f"{chosen.name} is locked to a commit of {chosen.url or chosen.path}, and there is no git here", where=where, fix="apt install git")
    if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", chosen.commit):
        raise UserError(f"{chosen.name} is locked to {chosen.commit!r}, which is no commit", where=where, fix="lock again")
    folder.mkdir()
    # Nothing of the user's own configuration but credentials and proxies matters, and no hook of the repository runs.
    environment = {**means.environment, "GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([git, "-c", "core.hooksPath=/dev/null", "-C", str(folder), *words], env=environment, capture_output=True, text=True, check=False)

    address = (chosen.url or chosen.path).removeprefix("git+")
    run("init", "--quiet")
    # Not every server gives out a commit by its name alone; then all branches and tags come.
    if run("fetch", "--quiet", "--depth", "1", "--", address, chosen.commit).returncode != 0:
        everything = run("fetch", "--quiet", "--tags", "--", address, "+refs/heads/*:refs/remotes/origin/*")
        if everything.returncode != 0:
            raise WorldError(
                f"{address} cannot be fetched: {everything.stderr.strip()}", where=where, fix="check the address, the network and your git credentials"
            )
    if run("checkout", "--quiet", "--detach", chosen.commit).returncode != 0:
        raise UserError(f"{address} has no commit {chosen.commit}, which is locked for {chosen.name}", where=where, fix="lock again")
    return folder


def _only(folder: Path) -> Path:
    children = list(folder.iterdir())
    return children[0] if len(children) == 1 and children[0].is_dir() else folder
