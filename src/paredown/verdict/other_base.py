"""What differs because the user chose another base: Alpine's C library, and what a distroless image says of itself and is without."""

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from paredown.probes.installed import installed
from paredown.probes.interface import Image
from paredown.result import Difference
from paredown.tree import Kind
from paredown.verdict.comparison import ABSENT

_MUSL_WHEEL = re.compile(rb"(?m)^Tag: .*musllinux")
_BUILT = re.compile(r"\.so(?:\.[\d.]+)?$|\.dist-info/sboms/")
_OF_LIBC = re.compile(r"-(?:gnu|musl)(?=\.so$)")
# How code would come to them: by a configuration of OpenSSL's, or by hashlib with one of these names.
_LEGACY = frozenset({"OPENSSL_CONF", "OSSL_PROVIDER_load", "legacy"})
_LEGACY_DIGESTS = frozenset({"md4", "MD4", "mdc2", "MDC2", "whirlpool", "WHIRLPOOL"})


class OtherBase:
    """Two images of which the one after was made by an emitted Dockerfile; `words` are all that the app's code and its environment are made of."""

    def __init__(self, before: Image, after: Image, words: frozenset[str]) -> None:
        self._before, self._after = before, after
        self._words = words | {name for name, _ in before.config.environment}

    def reason(self, difference: Difference) -> str:
        """Why the difference comes with the base, "" when it does not."""
        match difference.probe, difference.key:
            case "python version", "extension modules" if difference.before.replace("-gnu", "-musl") == difference.after:
                return "the image is on Alpine, whose C library is musl"
            case "distribution files", key:
                return self._of_wheel(key)
            case "configuration", "environment SSL_CERT_FILE" if difference.before == ABSENT and self._after.tree.resolve(difference.after) is not None:
                return "by it the base names its file of TLS roots, which are compared one by one"
            case "platform", "OpenSSL's legacy algorithms" if self._words.isdisjoint(_LEGACY) and self._before.facts.words.isdisjoint(_LEGACY_DIGESTS):
                return "the base is without them, and no code in the image asks for them"
        return ""

    def _of_wheel(self, key: str) -> str:
        """What was compiled of a distribution that has a wheel for each C library; the other file of a pair has to be there."""
        name = self._owners.get(key, "")
        if not name or not _BUILT.search(key):
            return ""
        paired = ".libs/" in key or _OF_LIBC.sub("", key) in self._pairs
        return f"{name} is of the same version, from its wheel for musl" if paired else ""

    @cached_property
    def _owners(self) -> dict[str, str]:
        """The file's path below the folder it is imported from -> its distribution, of those that have the same version for musl in the image after."""
        versions = {each.name: each.version for each in installed(self._after) if self._is_for_musl(each.metadata)}
        return {
            key: each.name
            for image in (self._before, self._after)
            for each in installed(image)
            if versions.get(each.name) == each.version
            for key in _keys(image, each.metadata, each.files)
        }

    @cached_property
    def _pairs(self) -> frozenset[str]:
        """The files, whatever C library their names tell, that both images have."""
        were, are = (
            {_OF_LIBC.sub("", key) for each in installed(image) for key in _keys(image, each.metadata, each.files)} for image in (self._before, self._after)
        )
        return frozenset(were & are)

    def _is_for_musl(self, metadata: str) -> bool:
        entry = self._after.tree.get(f"{metadata}/WHEEL")
        return entry is not None and entry.kind is Kind.FILE and _MUSL_WHEEL.search(entry.read()) is not None


def _keys(image: Image, metadata: str, files: frozenset[str]) -> Iterator[str]:
    site = f"{posixpath.dirname(metadata)}/"
    return (path.removeprefix(site) for path in files if path.startswith(site) and path in image.tree)
