"""Which installed packages a dependency means: that of the name, or those that provide it."""

from collections import defaultdict
from collections.abc import Iterable

from paredown.packages.installed import Package


class Providers:
    """The packages that are installed, by what their dependencies call them."""

    def __init__(self, packages: Iterable[Package]) -> None:
        self._names = {package.name for package in packages}
        self._provided: dict[str, list[str]] = defaultdict(list)
        for package in packages:
            for name in package.provides:
                self._provided[name].append(package.name)

    def of(self, group: Iterable[str]) -> list[str]:
        """Those that one of `group` stands for, in its order: `mail-transport-agent | postfix`."""
        return [one for name in group for one in (name, *self._provided.get(name, ())) if one in self._names]
