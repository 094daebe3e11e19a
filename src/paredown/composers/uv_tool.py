"""Running uv: which binary, in which surroundings, and what its complaints mean."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from uv import find_uv_bin

from paredown.errors import ParedownError, UntrustedError, UserError, WorldError
from paredown.origin import Origin

# Of uv's own settings only those reach it that say how to get at an index; others (a target, a Python, bytecode) would change what comes out.
_PASSED = (
    "UV_CACHE_DIR", "UV_CONFIG_FILE", "UV_NO_CONFIG", "UV_CREDENTIALS_DIR", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_HTTP_",
    "UV_INDEX", "UV_INSECURE_HOST", "UV_KEYRING_PROVIDER", "UV_NATIVE_TLS", "UV_NO_INDEX", "UV_OFFLINE", "UV_REQUEST_TIMEOUT", "UV_SYSTEM_CERTS",
    "UV_CONCURRENT_DOWNLOADS", "UV_INDEX_STRATEGY", "UV_NO_CACHE", "UV_EXCLUDE_NEWER", "UV_PRERELEASE",
)  # fmt: skip
_DROPPED = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "SOURCE_DATE_EPOCH", "RUST_LOG")


def binary() -> Path:
    """The uv that came with paredown."""
    try:
        return Path(find_uv_bin())
    except FileNotFoundError as error:
        raise WorldError("uv, which paredown depends on, is not where it was installed", fix="install paredown anew") from error


def surroundings(environment: Mapping[str, str]) -> dict[str, str]:
    """The caller's `environment` as uv may see it."""
    kept = {
        name: value
        for name, value in environment.items()
        if name not in _DROPPED and (not name.startswith("UV_") or any(name.startswith(prefix) for prefix in _PASSED))
    }
    return {**kept, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "NO_COLOR": "1", "UV_PREVIEW_FEATURES": "pylock"}


def run(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], where: Origin, say: Callable[[str], None] | None = None
) -> str:  # fmt: skip
    """Run uv in `folder`; its standard output. `say` is told each line of its talk. Raises what `error_of` makes of a failure."""
    command = [str(binary()), *arguments]
    talk: list[str] = []
    # Standard output goes to a file, so that neither pipe can fill up while the other one is read.
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, cwd=folder, env=surroundings(environment), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE)
        with process:
            assert process.stderr is not None  # noqa: S101 -- it was asked for above
            try:
                for line in process.stderr:
                    text = line.decode("utf-8", "replace").rstrip()
                    talk.append(text)
                    if say is not None:
                        say(text)
            except BaseException:
                process.kill()  # else it would be waited for
                raise
        out.seek(0)
        answer = out.read().decode("utf-8", "replace")
    if process.returncode != 0:
        raise error_of("\n".join(talk), where)
    return answer


def host_python() -> str:
    """An interpreter for uv to look at; what is installed never depends on it."""
    return sys.executable


def error_of(talk: str, where: Origin) -> ParedownError:
    """What uv's `talk` on standard error means to the user."""
    mismatch = re.search(r"Hash mismatch for `([^`]+)`\s+Expected:\s+(\S+)(?:[^`]*?)Computed:\s+(\S+)", talk)
    if mismatch is not None:
        name, expected, computed = mismatch.groups()
        return UntrustedError(
            f"{name} is not what the lock promises: expected {expected}, got {computed}",
            where=where,
            fix="do not use it before you know why: the index serves other bytes than those that were locked",
        )
    host = re.search(r"(?:error sending request for url|Failed to fetch:|Could not connect, are you offline\?)\s*\(?`?([^\s`)]*)", talk)
    if host is not None or "dns error" in talk or "Network connectivity is disabled" in talk:
        status = re.search(r"HTTP status (?:client|server) error \((\d+ [^)]*)\)", talk)
        address = host.group(1) if host is not None and host.group(1) else "the package index"
        if status is not None:
            fix = "check the address, and that the index's credentials are in the environment or in .netrc"
            return WorldError(f"{address} answered {status.group(1)}", where=where, fix=fix)
        return WorldError(
            f"{address} cannot be reached", where=where, fix="check the network and the index's address, then build again; what was fetched is kept"
        )
    if re.search(
        r"Failed to (?:extract|read|unzip)|Invalid zip|unexpected end of file|premature|end of central directory|body error|decoding response", talk, re.I
    ):
        return WorldError(f"a download broke off or is no archive:\n{_told(talk)}", where=where, fix="build again; if it stays, the index serves a broken file")
    if "No space left on device" in talk:
        return WorldError(
            "no space left on the disk while uv was writing", where=where, fix="free some space (`uv cache prune`), or point UV_CACHE_DIR elsewhere"
        )
    if "No solution found" in talk:
        return UserError(f"the requirements cannot all be met:\n{_told(talk)}", where=where, fix="loosen one of the requirements it names")
    return UserError(f"uv stops here:\n{_told(talk)}", where=where)


def _told(talk: str) -> str:
    lines = [line for line in talk.splitlines() if line.strip() and not line.startswith(("Using CPython", "warning:", "Downloading", " Downloaded"))]
    return "\n".join("  " + line.removeprefix("error: ") for line in lines[:20])
