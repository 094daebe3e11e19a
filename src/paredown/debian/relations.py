"""Relations between packages, as Depends and Provides write them: `libc6 (>= 2.38) | libc6-udeb`."""

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Relation:
    """A package name and, where `operator` is not empty, what its version must be."""

    name: str
    operator: str = ""  # one of << <= = >= >>
    version: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.operator} {self.version})" if self.operator else self.name

    def accepts(self, version: str) -> bool:
        """Whether `version` is one that the relation allows."""
        if not self.operator:
            return True
        from debian.debian_support import Version  # noqa: PLC0415

        have, want = Version(version), Version(self.version)
        match self.operator:
            case "<<":
                return have < want
            case "<=" | "<":
                return have <= want
            case "=":
                return have == want
            case ">=" | ">":
                return have >= want
            case _:
                return have > want


Alternatives = tuple[Relation, ...]


@lru_cache(maxsize=8192)
def parse(text: str) -> tuple[Alternatives, ...]:
    """The relations in a field: all must hold, of each the alternatives one.

    Architecture qualifiers (`:any`) are dropped: an image has one architecture, so every package is of it.
    """
    if not text.strip():
        return ()
    from debian.deb822 import PkgRelation  # noqa: PLC0415

    groups = PkgRelation.parse_relations(text.strip().rstrip(","))
    return tuple(tuple(Relation(one["name"], *(one["version"] or ())) for one in group) for group in groups)
