"""Takes what only a distribution's own tools read: checkers, bug reports, shell completions, menus."""

from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_FOLDERS = (
    ("usr/share/lintian/", "read by Debian's package checker alone"),
    ("usr/share/linda/", "read by Debian's package checker alone"),
    ("usr/share/bug/", "read by reportbug alone"),
    ("usr/share/apport/", "read by Ubuntu's crash reporter alone"),
    ("usr/share/bash-completion/", "completions for an interactive shell"),
    ("etc/bash_completion.d/", "completions for an interactive shell"),
    ("usr/share/zsh/", "completions for an interactive shell"),
    ("usr/share/fish/", "completions for an interactive shell"),
    ("opt/venv/share/bash-completion/", "completions for an interactive shell"),
    ("opt/venv/share/zsh/", "completions for an interactive shell"),
    ("opt/venv/share/fish/", "completions for an interactive shell"),
    ("usr/share/menu/", "a desktop's menu"),
    ("usr/share/applications/", "a desktop's menu"),
    ("usr/share/binfmts/", "read by update-binfmts alone, when the package is installed"),
    ("usr/share/gdb/auto-load/", "read by the debugger gdb alone"),
)


@trim(
    id="packaging-files",
    level=Level.SAFE,
    once=True,
    summary="files for package checkers, bug reports, shell completion and desktop menus",
    why="Each of these folders has one reader, which is no service.",
    sources=("https://lintian.debian.org/manual/index.html", "https://github.com/scop/bash-completion#faq"),
    before=("usr/share/lintian/overrides/zlib1g", "usr/share/bug/media-types/presubj", "usr/share/bash-completion/completions/tz", "usr/share/zoneinfo/UTC"),
    after=("usr/share/zoneinfo/UTC",),
)
def packaging_files(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    for path in tree:
        for folder, reason in _FOLDERS:
            if path.startswith(folder):
                yield path, reason
