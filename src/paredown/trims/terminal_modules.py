"""Takes readline and curses when no code but the standard library's own names them."""

from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.pydist.naming import Naming
from paredown.tree import Tree
from paredown.trims.interface import Level, trim


@trim(
    id="terminal-modules",
    level=Level.LEAN,
    summary="the modules readline and curses, when neither app nor distributions name them",
    why="They talk to a person at a terminal; a service has none. The standard library itself tries them and goes on without. Their libraries "
    "(readline, ncurses, 1.2 MB on Debian 13) go with them when no other file needs those.",
    sources=("https://docs.python.org/3/library/readline.html", "https://docs.python.org/3/library/curses.html"),
    before=("usr/lib/python3.13/os.py", "usr/lib/python3.13/curses/panel.py", "usr/lib/python3.13/lib-dynload/readline.cpython-313-x86_64-linux-gnu.so",
            "usr/lib/python3.13/lib-dynload/termios.cpython-313-x86_64-linux-gnu.so"),
    after=("usr/lib/python3.13/lib-dynload/termios.cpython-313-x86_64-linux-gnu.so", "usr/lib/python3.13/os.py"),
)  # fmt: skip
def terminal_modules(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    library = facts.standard_library + "/"
    naming = Naming(facts, tree)
    for name, parts in (
        ("readline", ("lib-dynload/readline.",)),
        ("curses", ("curses/", "lib-dynload/_curses.", "lib-dynload/_curses_panel.")),
    ):
        if any(naming.outside(module, library) for module in (name, f"_{name}")):
            continue
        prefixes = tuple(library + part for part in parts)
        for path, _ in tree.under(facts.standard_library):
            if path.startswith(prefixes):
                yield path, f"part of {name}, for a person at a terminal; neither app nor distributions name it"
