"""Libraries that installed distributions need and the image does not have, and the Debian packages that bring them."""

import posixpath
import re

from paredown.pydist.facts import Facts
from paredown.tree import OwnerKind, Tree

# Soname -> package, under a name that trixie and bookworm both know: what wheels may take from the system (PEP 600), and what they take all the same.
_PACKAGES = {
    "libGL.so.1": "libgl1", "libEGL.so.1": "libegl1", "libGLX.so.0": "libglx0", "libOpenGL.so.0": "libopengl0", "libgomp.so.1": "libgomp1",
    "libglib-2.0.so.0": "libglib2.0-0", "libgobject-2.0.so.0": "libglib2.0-0", "libgthread-2.0.so.0": "libglib2.0-0", "libgio-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6", "libXext.so.6": "libxext6", "libXrender.so.1": "libxrender1", "libSM.so.6": "libsm6", "libICE.so.6": "libice6",
    "libxcb.so.1": "libxcb1", "libatomic.so.1": "libatomic1", "libgfortran.so.5": "libgfortran5", "libquadmath.so.0": "libquadmath0",
    "libpq.so.5": "libpq5", "libmariadb.so.3": "libmariadb3", "libodbc.so.2": "libodbc2", "libxml2.so.2": "libxml2", "libxslt.so.1": "libxslt1.1",
    "libexslt.so.0": "libxslt1.1", "libldap.so.2": "libldap2", "libsasl2.so.2": "libsasl2-2", "libyaml-0.so.2": "libyaml-0-2", "libsodium.so.23": "libsodium23",
    "libjpeg.so.62": "libjpeg62-turbo", "libcairo.so.2": "libcairo2", "libnsl.so.1": "libnsl2", "libusb-1.0.so.0": "libusb-1.0-0", "libtbb.so.12": "libtbb12",
    "libstdc++.so.6": "libstdc++6", "libz.so.1": "zlib1g", "libexpat.so.1": "libexpat1", "libffi.so.8": "libffi8", "libsqlite3.so.0": "libsqlite3-0",
    "libssl.so.3": "libssl3", "libcrypto.so.3": "libssl3", "libuuid.so.1": "libuuid1", "libasound.so.2": "libasound2", "libportaudio.so.2": "libportaudio2",
}  # fmt: skip
# The engine brings these with the graphics card's driver; musl's and the loader's names tell of builds for other systems.
_NEVER = re.compile(r"lib(?:cuda|nvidia|nvcuvid|cudadebugger)[\w-]*\.so|libc\.musl|ld-linux|ld-musl")


def notes(tree: Tree, facts: Facts) -> tuple[str, ...]:
    """A sentence for each distribution of the finished `tree` with an ELF file that needs a library which is nowhere in it."""
    there = {posixpath.basename(path) for path in tree if ".so" in path}
    there.update(elf.soname for path, elf in facts.elves.items() if elf.soname and path in tree)
    own = next((elf.machine for path, elf in facts.elves.items() if elf.interpreter and "/python" in path), "")
    missing: dict[str, set[str]] = {}
    for path, elf in facts.elves.items():
        entry = tree.get(path)
        if entry is None or entry.owner.kind is not OwnerKind.DISTRIBUTION or (own and elf.machine != own):
            continue
        for needed in elf.needed:
            name = posixpath.basename(needed)
            if name not in there and not _NEVER.match(name):
                missing.setdefault(entry.owner.name, set()).add(name)
    return tuple(_sentence(name, sorted(sonames)) for name, sonames in sorted(missing.items()))


def _sentence(distribution: str, sonames: list[str]) -> str:
    packages = sorted({_PACKAGES[name] for name in sonames if name in _PACKAGES})
    line = "packages = [" + ", ".join(f'"{package}"' for package in packages) + "]"
    unknown = any(name not in _PACKAGES for name in sonames)
    advice = "add the Debian packages that bring them to `packages`" if unknown else f"write `{line}`"
    return f"{distribution} needs {', '.join(sonames)}, which the image does not have: if the service uses that part of it, {advice}."
