"""The command line as a person uses it, and an archive on the loopback device with packages just large enough to build from."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from debian_archive import Key, Mirror, control_of, deb_of, stanza_of, tar_member
from elf_builder import elf_with_debug_symbols
from paredown.composers import debian_base

ALWAYS = timedelta(days=365000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a run of paredown ended."""

    code: int
    out: str
    err: str

    @property
    def digest(self) -> str:
        """The digest that a build printed; an AssertionError with its complaint when it did not end well."""
        assert self.code == 0, self.err
        return self.out.split()[-1]

    def refuses(self, code: int, what: str, *, where: str = "", fix: str = "") -> None:
        """Assert that the run ended with `code` and a message that says what (an expression), where and the fix."""
        assert "Traceback" not in self.err, self.err
        assert re.search(r"^error: .*" + what, self.err, re.M), self.err
        assert not where or f"\n  --> {where}" in self.err, self.err
        assert f"\n  fix: {fix}" in self.err, self.err
        assert self.code == code, self.err
        assert self.out == ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """paredown with an environment and a store of its own, below `folder`."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.folder / "cache"

    @property
    def surroundings(self) -> dict[str, str]:
        """The environment that paredown gets."""
        return {**os.environ, "PAREDOWN_CACHE": str(self.store), "UV_CACHE_DIR": str(self.folder / "uv"), "UV_HTTP_RETRIES": "0", **self.environment}

    def run(self, *words: str | Path, through: tuple[str, ...] = (), seconds: float = 120) -> Finished:
        """Run `paredown WORDS` in the folder, perhaps through another program."""
        command = [*through, sys.executable, "-m", "paredown", *map(str, words)]
        ended = subprocess.run(command, env=self.surroundings, cwd=self.folder, capture_output=True, text=True, timeout=seconds, check=False)
        return Finished(code=ended.returncode, out=ended.stdout, err=ended.stderr)

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """`paredown WORDS`, running."""
        command = [sys.executable, "-m", "paredown", *map(str, words)]
        return subprocess.Popen(
            command, env=self.surroundings, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )

    def build(self, project: Path, *words: str | Path, output: str = "image.tar", through: tuple[str, ...] = (), seconds: float = 120) -> Finished:
        """Build `project` as `service` into `output`, without proof."""
        words = ("--tag", "service", "--output", self.folder / output, "--quiet", "--no-verify", *words)
        return self.run("build", project, *words, through=through, seconds=seconds)

    def leftovers(self) -> list[str]:
        """What a run must not leave behind: unfinished files of the store and beside its outputs, and damaged blobs."""
        left = [path for pattern in ("cache/scratch/*", ".*", "*/.*.paredown.lock") for path in self.folder.glob(pattern)]
        verified = self.run("cache", "verify")
        return [str(path) for path in left] + ([verified.out] if verified.code else [])


def awaited(process: subprocess.Popen[str], seconds: float = 30) -> None:
    """Until paredown itself runs in `process`, and no longer only Python is starting: it catches SIGTERM then."""
    until = time.monotonic() + seconds
    caught = 1 << (signal.SIGTERM - 1)
    while process.poll() is None and time.monotonic() < until:
        status = Path(f"/proc/{process.pid}/status").read_text()
        if int(re.search(r"^SigCgt:\s*(\w+)", status, re.M)[1], 16) & caught:
            return
        time.sleep(0.005)


def killed_after(process: subprocess.Popen[str], seconds: float, number: signal.Signals, *, group: bool) -> bool:
    """Send `number` after so long, to the process alone or with all that it started; whether it was still running."""
    time.sleep(seconds)
    running = process.poll() is None
    if running:
        (os.killpg if group else os.kill)(process.pid, number)
    process.communicate(timeout=60)
    return running


@dataclass(slots=True)
class Archive:
    """A mirror with a base that holds no working Python: enough for `--bytecode none`."""

    mirror: Mirror
    key: Key
    keyring: Path
    debs: dict[str, bytes] = field(default_factory=dict)
    stanzas: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, *members: tuple[str, bytes], **fields: str) -> str:
        """Serve a package; its path at the mirror."""
        files = [tar_member(f"./{path}", content, mode=0o755 if "bin/" in path else 0o644) for path, content in members]
        deb = deb_of(*files, control=control_of(name, "1.0", **fields))
        self.debs[name] = deb
        self.stanzas[name] = stanza_of(name, "1.0", content=deb, **fields)
        self.mirror.files[self.path(name)] = deb
        return self.path(name)

    def path(self, name: str) -> str:
        return f"/debian/pool/main/{name[0]}/{name}/{name}_1.0_amd64.deb"

    def publish(self, *, key: Key | None = None, valid: timedelta = ALWAYS) -> None:
        """Sign and serve what was added."""
        self.mirror.publish(key or self.key, main=[self.stanzas[name] for name in sorted(self.stanzas)], valid=valid)

    def settings(self) -> dict[str, str]:
        """The variables that lead paredown here."""
        return {"PAREDOWN_MIRROR": self.mirror.url, "PAREDOWN_KEYRING": str(self.keyring)}


@contextmanager
def archive(folder: Path) -> Iterator[Archive]:
    """A published archive; `folder` gets its keyring."""
    key = Key()
    with Mirror() as mirror:
        served = Archive(mirror=mirror, key=key, keyring=key.keyring(folder / "archive.gpg"))
        for name in debian_base._BASE["trixie"]:
            served.add(name, (f"usr/share/doc/{name}/copyright", name.encode()))
        served.add("libpython3.13-stdlib", ("usr/lib/python3.13/os.py", b"import sys\n"), ("usr/lib/python3.13/encodings/__init__.py", b""))
        served.add("libc6", ("usr/lib/x86_64-linux-gnu/libc.so.6", random.Random(1).randbytes(100_000)))
        served.add("python3.13-minimal", ("usr/bin/python3.13", elf_with_debug_symbols() + b"\0" * 200_000), Depends="libc6")
        served.publish()
        yield served


def project_at(folder: Path, files: Mapping[str, str | bytes], settings: str = "") -> Path:
    """A service of `files` that no framework is needed for."""
    for name, content in {"main.py": "print('hello')\n", "paredown.toml": f'command = "python main.py"\n{settings}', **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
