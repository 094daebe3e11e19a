"""Takes translations and locale data that nothing asks for; C.UTF-8 stays."""

import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import OwnerKind, Tree
from paredown.trims.interface import Level, trim

_COMPILED = re.compile(r"usr/lib/locale/(?P<name>[^/]+)(?:/.*)?")
_PACKAGES = frozenset({"locales", "locales-all", "locales-l10n"})


@trim(
    id="locales",
    level=Level.LEAN,
    once=True,
    summary="message catalogues of base packages, locale sources, and compiled locales that nothing names",
    why="The catalogues translate the messages of base packages' programs. Locale sources are read by localedef alone. A compiled locale is used by name "
    "(`setlocale`), so one that code or the command names stays; with the package `locales` asked for, all do.",
    sources=("https://wiki.debian.org/Locale", "https://docs.python.org/3/library/locale.html#locale.setlocale"),
    before=("usr/share/locale/de/LC_MESSAGES/tar.mo", "usr/share/i18n/locales/de_DE", "usr/lib/locale/de_DE.utf8/LC_TIME", "usr/lib/locale/C.utf8/LC_CTYPE"),
    after=("usr/lib/locale/C.utf8/LC_CTYPE",),
)
def locales(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.system_packages & _PACKAGES:
        return
    named = {word.partition(".")[0].partition("@")[0] for word in facts.words if "_" in word}
    for path, entry in tree.items():
        if entry.owner.kind is OwnerKind.SYSTEM:
            continue
        if path.startswith("usr/share/locale/"):
            yield path, "translated messages of base packages"
        elif path.startswith("usr/share/i18n/"):
            yield path, "locale sources, read by localedef alone"
        elif (
            (found := _COMPILED.fullmatch(path))
            and not found["name"].startswith(("C.", "POSIX", "locale-archive"))
            and found["name"].partition(".")[0] not in named
        ):
            yield path, f"the locale {found['name']}, which nothing names"
